//! Why a project could not be composed, in the words of instances and ports.

/// What stands in the way of a composition. Never carries the raw words of the composer alone:
/// each names the instance and the port.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ComposeError {
    #[error("project `{project}` has no instance on any ECU; deploy an instance to a partition")]
    NothingDeployed { project: String },
}
