//! What can go wrong outside of the guests: files, connections, ECUs that are lost.

use std::{io, path::PathBuf};

/// Why a message could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The other side has closed the connection between two messages.
    #[error("the connection has ended")]
    Closed,
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    /// A length that no message has.
    #[error(
        "a message of {bytes} bytes was announced, at most {limit} are allowed; something else speaks on this port"
    )]
    TooLong {
        /// As announced.
        bytes: usize,
        /// [`crate::MESSAGE_BYTES`].
        limit: usize,
    },
    /// Not a message of this protocol.
    #[error("a message can not be understood: {0}; both sides must be of one version")]
    Malformed(#[from] serde_json::Error),
}

/// Why a folder does not hold a runnable system.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file that is not there or not readable.
    #[error("`{}` can not be read: {error}; compose the project into this folder", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The system file says something else.
    #[error("`{}`: {error}", .path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// Why.
        error: deployment::DeploymentError,
    },
    /// A partition that is not the one the system was composed with.
    #[error("`{}` is not the file that the system was composed with; compose the project again", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A name that leaves the folder.
    #[error(
        "the system file names `{file}`, which is not a plain file name; compose the project again"
    )]
    Name {
        /// As in the system file.
        file: String,
    },
    /// No such ECU.
    #[error("the system has no ECU `{ecu}`; it has {known}")]
    NoEcu {
        /// As asked for.
        ecu: String,
        /// All names.
        known: String,
    },
}

/// Why an ECU process could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system or its files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The hub is not there.
    #[error("no hub answers at {address}: {error}; start the hub first")]
    Connect {
        /// Of the hub.
        address: String,
        /// What the system says.
        error: io::Error,
    },
    /// A partition that can not be compiled.
    #[error("partition `{partition}` can not be compiled: {reason}; compose the project again")]
    Compile {
        /// Its name.
        partition: String,
        /// The engine's words.
        reason: String,
    },
    /// A partition without its table.
    #[error("partition `{partition}`: {error}")]
    Section {
        /// Its name.
        partition: String,
        /// Why.
        error: ecu_host::SectionError,
    },
    /// A partition that does not fit the ECU.
    #[error(transparent)]
    Load(#[from] ecu_host::LoadError),
    /// A connector to a partition that the ECU does not have.
    #[error(
        "a connector names partition `{partition}`, which ECU `{ecu}` does not have; compose the project again"
    )]
    Route {
        /// The ECU.
        ecu: String,
        /// As in the system file.
        partition: String,
    },
    /// The engine does not take our configuration.
    #[error("the engine can not be set up: {reason}")]
    Engine {
        /// The engine's words.
        reason: String,
    },
    /// The hub went away in the middle of the run.
    #[error("the hub is gone: {0}")]
    HubLost(ReadError),
    /// The tester of a back-to-back test.
    #[error("the tester: {0}")]
    Tester(#[from] back_to_back::LinkError),
    /// The hub does not want this ECU.
    #[error("the hub refuses this ECU: {reason}")]
    Refused {
        /// The hub's words.
        reason: String,
    },
}

/// Why a run of the hub ended badly.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The socket.
    #[error("the hub can not listen on this machine: {0}")]
    Listen(#[from] io::Error),
    /// Somebody never came.
    #[error("the ECUs did not all become ready in time; missing: {missing}")]
    NotReady {
        /// Names, joined by commas.
        missing: String,
    },
    /// A process that died or spoke nonsense.
    #[error("ECU `{ecu}` was lost: {reason}")]
    EcuLost {
        /// Its name.
        ecu: String,
        /// What was seen of it last.
        reason: ReadError,
    },
    /// A process that did not come to its end.
    #[error("ECU `{ecu}` did not finish in time")]
    NotFinished {
        /// Its name.
        ecu: String,
    },
}
