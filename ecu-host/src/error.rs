//! Why a partition could not be loaded, or data not be delivered. Not for what happens while it
//! runs: that is an [`crate::Outcome`].

use alloc::string::String;

/// Why a partition does not fit this ECU.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum LoadError {
    /// Two partitions of one name.
    #[error("the ECU has a partition `{partition}` already; give one of them another name")]
    DuplicatePartition { partition: String },
    /// Two tasks of one name.
    #[error("partition `{partition}` has two tasks `{task}`; compose the project again")]
    DuplicateTask { partition: String, task: String },
    /// A task without its export.
    #[error(
        "partition `{partition}` does not export `{task}` as a function without parameters and results; compose the project again"
    )]
    MissingTask { partition: String, task: String },
    /// A number in the table that points past its end.
    #[error(
        "`{place}` of partition `{partition}` names {what} {number}, there are {count}; compose the project again"
    )]
    Number {
        partition: String,
        place: String,
        what: &'static str,
        number: u32,
        count: usize,
    },
    /// A timing event that never ends.
    #[error("task `{task}` of partition `{partition}` has a period of 0; give it one")]
    ZeroPeriod { partition: String, task: String },
    /// An import that no ECU serves.
    #[error(
        "partition `{partition}` imports `{import}`, which an ECU does not serve; connect or stub it"
    )]
    Unserved { partition: String, import: String },
    /// An import whose functions or types are others than the ECU's.
    #[error(
        "partition `{partition}` can not be linked: {reason}; compose the project again with this version"
    )]
    Link { partition: String, reason: String },
    /// The engine counts no fuel.
    #[error("the engine counts no fuel; make it with `ecu_host::engine_config`")]
    Engine,
    /// A connector to a partition or element that is not there, or goes the other way.
    #[error(
        "a connector between partitions names partition {partition} element {element}, which is not there or goes the other way; compose the project again"
    )]
    RouteEnd { partition: u32, element: u32 },
}

/// Why a value could not be delivered.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum DeliverError {
    /// No such partition or element, or an element that leaves.
    #[error("partition {partition} takes no element {element}")]
    NoElement { partition: u32, element: u32 },
}

/// Why the deployment of a component could not be found.
#[derive(Debug, thiserror::Error)]
pub enum SectionError {
    /// Not a component, or cut off.
    #[error("the file is not a WebAssembly component; choose a composed partition")]
    NotAComponent,
    /// A component, but not a partition.
    #[error("the component has no section `wireloom:deployment`; choose a composed partition")]
    NoDeployment,
    /// The section says something else.
    #[error(transparent)]
    Deployment(#[from] deployment::DeploymentError),
}
