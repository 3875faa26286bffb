//! What of a partition depends on modes.

#[cfg(doc)]
use super::TaskPlan;
use autosar_wit::types::ValueType;

/// A mode machine as its users in this partition know it. Before the first reception it is in the
/// first mode of its enum.
#[derive(Debug, Clone, PartialEq)]
pub struct ModePlan {
    /// A `mode-state` or an enum: [`autosar_wit::modes::Modes::state`].
    pub state: ValueType,
    pub dependencies: Vec<ModeDependency>,
}

/// A call that is made or not by the mode at the start of its task. What a runnable gives is handed
/// on only where it was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeDependency {
    /// [`TaskPlan::name`].
    pub task: String,
    /// Position in [`TaskPlan::runnables`].
    pub call: usize,
    pub condition: ModeCondition,
}

/// When a call is made; modes by their position in the enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeCondition {
    /// In none of these modes, nor on the way to one or from one.
    NotIn(Vec<u32>),
    /// Once, when the mode is reached.
    Entry(u32),
    /// Once, when the mode is left.
    Exit(u32),
    /// Once, when that transition begins, or where none was seen, when it is over.
    Transition { from: u32, to: u32 },
}
