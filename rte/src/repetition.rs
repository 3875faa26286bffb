//! How often a change of a PDU is sent again. Data only.

/// After the frame of a change so many more, each a period after the last one; a new change begins
/// anew (AUTOSAR: transmission mode DIRECT with numberOfRepetitions and repetitionPeriod).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repetition {
    pub count: u32,
    pub period_ns: u64,
}
