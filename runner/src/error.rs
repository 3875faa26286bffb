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

/// Why a configuration is none.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum ConfigurationError {
    #[error("`{}` can not be read: {error}; the export writes one into every bundle", .path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("`{}` is no configuration: {reason}; correct it there", .path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("priority {found} is none; give 1 to 99, or 0 for the ordinary scheduler")]
    Priority { found: u8 },
    #[error("SPI device `{name}` has mode {found}; give 0 to 3")]
    SpiMode { name: String, found: u8 },
    #[error("pin `{name}` has a full scale of 0; give the highest number of its converter")]
    FullScale { name: String },
    #[error(
        "network `{network}`: `{found}` is no endpoint; give `tcp/HOST:PORT`, to listen on all addresses `tcp/0.0.0.0:PORT`"
    )]
    Endpoint { network: String, found: String },
    #[error(
        "network `{network}` neither listens nor connects; give `listen` or `connect` an endpoint, `tcp/HOST:PORT`"
    )]
    NoEndpoint { network: String },
    #[error("OTLP every 0 s is no interval; give at least 1")]
    Interval,
}

/// Why a bundle can not be used here.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum BundleError {
    #[error("`{}` can not be read: {error}; export the bundle again", .path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("`{}`: {error}", .path.display())]
    Malformed {
        path: PathBuf,
        error: deployment::DeploymentError,
    },
    #[error("`{}` is not the file that was exported; copy the bundle again", .path.display())]
    Changed { path: PathBuf },
    #[error(transparent)]
    Name(#[from] FilesError),
    #[error(
        "the bundle was made for {what} {made_for}, this program has {ours}; export it with the version of Wireloom that this program came with, or make it again by `wireloom rebuild`"
    )]
    OtherEngine {
        what: &'static str,
        made_for: String,
        ours: String,
    },
}

/// Why what the configuration names could not be attached.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum AttachError {
    #[error("`{name}` can not be opened: {reason}; correct its entry in `ecu.toml`")]
    Device { name: String, reason: String },
    #[error("`ecu.toml` binds bus `{name}`, which the system does not have; remove the entry")]
    NoBus { name: String },
    #[error(
        "`ecu.toml` binds pin `{name}` to the hub, and the system does not have it; remove the entry"
    )]
    NoPin { name: String },
    #[error("`ecu.toml` binds bus `{name}` to a device of another kind; correct the entry")]
    Kind { name: String },
    #[error("`ecu.toml` binds network `{name}`, which the system does not have; remove the entry")]
    NoNetwork { name: String },
    #[error("the flow `{key}` in `system.json` is damaged; export the bundle again")]
    Flow { key: String },
    #[error(
        "network `{name}` is one over zenoh, which this program was built without; export the bundle again: one with values over Ethernet takes the program that has it, which `scripts/build-runner` builds"
    )]
    NoZenoh { name: String },
    #[error("`{name}` is one of the hub, and no hub was named; start with `--hub ADDRESS`")]
    NoHub { name: String },
}

/// Why an ECU process could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system or its files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A bundle that does not fit.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A configuration that is none.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A device that is not there.
    #[error(transparent)]
    Attach(#[from] AttachError),
    /// Native code that the engine does not take.
    #[error("partition `{partition}` can not be loaded: {reason}; export the bundle again")]
    Native {
        /// Its name.
        partition: String,
        /// The engine's words.
        reason: String,
    },
    /// Non-volatile blocks, HTTP, threads.
    #[error("{what} can not be set up: {error}")]
    SetUp {
        /// What.
        what: String,
        /// What the system says.
        error: io::Error,
    },
    /// A partition stopped while a new version was on trial.
    #[error("{reason} while the new version was on trial; the old one comes back")]
    Trial {
        /// In words.
        reason: String,
    },
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
    /// A partition whose components wait for each other.
    #[error(
        "partition `{partition}` needs concurrency (its components wait for each other), which this program does not serve; simulate it, or offer plain functions"
    )]
    Concurrency {
        /// Its name.
        partition: String,
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
    #[error("the hub is gone: {0}; start it, then the ECU again")]
    HubLost(ReadError),
    /// The tester of a back-to-back test.
    #[cfg(feature = "compile")]
    #[error("the tester: {0}")]
    Tester(#[from] back_to_back::LinkError),
    /// The hub does not want this ECU.
    #[error("the hub refuses this ECU: {reason}")]
    Refused {
        /// The hub's words.
        reason: String,
    },
}

impl RunError {
    /// What could not be set up, for the error of the system that follows.
    pub(crate) fn set_up(what: &'static str) -> impl FnOnce(io::Error) -> RunError {
        move |error| RunError::SetUp {
            what: what.to_owned(),
            error,
        }
    }
}

/// Why a run of the hub ended badly.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The socket.
    #[error("the hub can not listen on this machine: {0}; end what holds its port, and run again")]
    Listen(#[from] io::Error),
    /// Somebody never came.
    #[error(
        "the ECUs did not all become ready in time, missing: {missing}; look at what they say, and run again"
    )]
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
    #[error("ECU `{ecu}` did not finish in time; look at what it says, or give the run more time")]
    NotFinished {
        /// Its name.
        ecu: String,
    },
}
