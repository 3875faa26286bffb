//! When a message is sent and when it is missed, by the attributes that interaction layers agree on.
//! Knows nothing of the statements they stand in.
//!
//! Source: Vector, Interaction layer attributes (GenMsgSendType, GenMsgDelayTime, GenMsgNrOfRepetition,
//! GenMsgCycleTimeFast, GenSigTimeoutTime).

/// What a description says of a message's times beside its cycle time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// GenMsgSendType; `None`: not said, or a word that says nothing here.
    pub send_type: Option<SendType>,
    /// GenMsgDelayTime: at least so long from one frame to the next.
    pub delay_time_ms: Option<u32>,
    /// GenMsgNrOfRepetition: how often a change is sent again.
    pub repetitions: Option<u32>,
    /// GenMsgCycleTimeFast: from one of these to the next.
    pub fast_cycle_ms: Option<u32>,
    /// GenSigTimeoutTime, also with the name of a receiver behind it: the shortest of its signals.
    pub timeout_ms: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendType {
    Cyclic,
    OnChange,
    Mixed,
}

impl SendType {
    /// By the words of tools: `Cyclic`, `cyclicX`, `spontanX`, `OnChange`, `IfActive`,
    /// `cyclicAndSpontanX` and their kin. Words that depend on a signal being active as well as
    /// cyclic say nothing: there the cycle time counts.
    pub fn of_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let has = |part: &str| word.contains(part);
        let is_event = ["spontan", "event", "change", "write", "trigger"]
            .into_iter()
            .any(has);
        match (has("cyclic"), is_event) {
            (true, true) => Some(Self::Mixed),
            (true, false) if has("active") => None,
            (true, false) => Some(Self::Cyclic),
            (false, true) => Some(Self::OnChange),
            (false, false) if word.starts_with("ifactive") => Some(Self::OnChange),
            (false, false) => None,
        }
    }

    /// The word that [`SendType::of_word`] reads.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cyclic => "Cyclic",
            Self::OnChange => "OnChange",
            Self::Mixed => "CyclicAndOnChange",
        }
    }
}
