//! Why a project could not be composed, in the words of instances and ports.

/// What stands in the way of a composition: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ComposeError {
    #[error("project `{project}` has no instance on any ECU; deploy an instance to a partition")]
    NothingDeployed { project: String },
    #[error("{finding}; {help}")]
    Composition { finding: String, help: String },
    #[error("{subject} refers to {missing}, which the project does not have; remove the reference")]
    Dangling { subject: String, missing: String },
    #[error(
        "component `{component}` of instance `{instance}` is not there: {reason}; mend its file or its WIT"
    )]
    MissingComponent {
        instance: String,
        component: String,
        reason: String,
    },
    #[error(
        "port `{port}` of `{instance}` is not connected; connect it, or take the instance away"
    )]
    Unconnected { instance: String, port: String },
    #[error("port `{port}` of `{instance}` has two providers; remove one of the connectors")]
    TwoProviders { instance: String, port: String },
    #[error("`{piece}` has no export `{port}`; its component has changed: connect the port again")]
    NoExport { piece: String, port: String },
    #[error("`{piece}` has no import `{port}`; its component has changed: connect the port again")]
    NoImport { piece: String, port: String },
    #[error(
        "port `{required}` of `{requirer}` does not take port `{provided}` of `{provider}`: {reason}; change one of the interfaces"
    )]
    Mismatch {
        provider: String,
        provided: String,
        requirer: String,
        required: String,
        reason: String,
    },
    #[error(
        "direct connectors form a cycle: {}; make one of them buffered",
        chain(path)
    )]
    Cycle { path: Vec<String> },
    #[error(
        "`{first}` and `{second}` import `{import}` with types that do not agree: {reason}; build both against the same WIT, or give each a partition of its own"
    )]
    ImportConflict {
        import: String,
        first: String,
        second: String,
        reason: String,
    },
    #[error(
        "`{instance}` has no function `{function}`; its component has changed: choose the function again"
    )]
    NoFunction { instance: String, function: String },
    #[error(
        "`{end}` carries no value; end the connector at a getter, a result, a parameter or a field of a record"
    )]
    NoValue { end: String },
    #[error(
        "runnable `{function}` of `{instance}` is connected and never runs; give it an activation"
    )]
    NotActivated { instance: String, function: String },
    #[error(
        "direct connector `{from}` -> `{to}` needs whole ports of instances at both ends; make it buffered"
    )]
    DirectParts { from: String, to: String },
    #[error("direct connector `{from}` -> `{to}` crosses partitions; make it buffered")]
    DirectApart { from: String, to: String },
    #[error(
        "connector `{from}` -> `{to}` joins a whole port and a single element; connect two of a kind"
    )]
    PortToElement { from: String, to: String },
    #[error(
        "connector `{from}` -> `{to}` crosses ECUs; give it an Ethernet network, or connect both ends to a signal of a bus"
    )]
    EcusApart { from: String, to: String },
    #[error("connector `{from}` -> `{to}` joins two signals; put an instance in between")]
    SignalToSignal { from: String, to: String },
    #[error("`{to}` has two senders; remove one of the connectors")]
    TwoSenders { to: String },
    #[error(
        "from `{from}` to `{to}` there is no scale between the units; take `conversion = \"unit\"` away, or mend the metadata"
    )]
    NoScale { from: String, to: String },
    #[error("{what} `{text}` does not fit `{end}`: {reason}; write it anew")]
    BadValue {
        what: &'static str,
        end: String,
        text: String,
        reason: String,
    },
    #[error("there is no signal `{end}`; correct its name, or give the bus a DBC file that has it")]
    NoSignal { end: String },
    #[error(
        "message `{message}` on bus `{bus}` has {length_bytes} bytes; classic CAN takes 1 to 8, CAN FD 64 at most"
    )]
    PduLength {
        bus: String,
        message: String,
        length_bytes: u32,
    },
    #[error("message `{message}` cannot be protected end to end: {reason}; change its protection")]
    Protection { message: String, reason: String },
    #[error("nothing is bound to `{what}` of `{instance}`; bind what it needs to it")]
    Unbound { instance: String, what: String },
    #[error(
        "runnables of task `{task}` have different events; give them one event, or tasks of their own"
    )]
    TwoEvents { task: String },
    #[error(
        "task `{task}` waits for data and nothing that it reads is buffered; connect an input, or give it another event"
    )]
    NothingReceived { task: String },
    #[error("`{port}` of `{instance}` is no required mode switch port; let `{task}` depend on one")]
    NoModePort {
        task: String,
        instance: String,
        port: String,
    },
    #[error("`{port}` of `{instance}` has no mode `{mode}`; name one that it has")]
    NoMode {
        instance: String,
        port: String,
        mode: String,
    },
    #[error(
        "task `{task}` depends on the mode at `{port}` of `{instance}`, which no buffered connector without an adapter brings; make it buffered"
    )]
    ModeUnseen {
        task: String,
        instance: String,
        port: String,
    },
    #[error(
        "partition `{partition}` of ECU `{ecu}` has {pieces} components with its glue, and engines take {limit}; divide it"
    )]
    TooLarge {
        ecu: String,
        partition: String,
        pieces: usize,
        limit: usize,
    },
    #[error(
        "connector `{connector}` joins root functions, which cannot be probed; take the probe away"
    )]
    ProbeOnFunction { connector: String },
    #[error("connector `{connector}` cannot be probed: {source}")]
    Probe {
        connector: String,
        source: Box<rte::GenerateError>,
    },
    #[error(
        "the adapter of the connector `{from}` -> `{to}` does not fit: {reason}; correct its mapping or remove it"
    )]
    Adapter {
        from: String,
        to: String,
        reason: String,
    },
    #[error(
        "the adapter of the connector `{from}` -> `{to}` has rules that nobody has confirmed; look at them and confirm them"
    )]
    AdapterToConfirm { from: String, to: String },
    #[error("the adapter of the connector `{connector}` cannot be made: {source}")]
    AdapterGlue {
        connector: String,
        source: Box<rte::GenerateError>,
    },
    #[error("{reason}, for `{instance}`")]
    Capability {
        instance: String,
        reason: crate::authority::Refusal,
    },
    #[error("what stands in for the platform at `{instance}`: {source}")]
    StandIn {
        instance: String,
        source: Box<rte::GenerateError>,
    },
    #[error("environment of `{instance}`: {source}")]
    Environment {
        instance: String,
        source: Box<rte::GenerateError>,
    },
    #[error("partition `{partition}` of ECU `{ecu}`: {source}")]
    Glue {
        ecu: String,
        partition: String,
        source: Box<rte::GenerateError>,
    },
    #[error(
        "ECUs `{ecu}` and `{other}` have partitions of one file name, `{file}`; rename a partition"
    )]
    FileName {
        file: String,
        ecu: String,
        other: String,
    },
    #[error("component of `{piece}` is not readable: {reason}; build it again")]
    Unreadable { piece: String, reason: String },
    #[error(
        "`{name}` is not a name for an export, or is there twice; rename the task or its instance"
    )]
    ExportName { name: String },
    #[error(
        "{} do not make a valid component: {reason}; give some of them a partition of their own",
        list(pieces)
    )]
    Invalid { pieces: Vec<String>, reason: String },
    #[error(
        "{} could not be linked; this is a bug of Wireloom: please report it with the project",
        list(pieces)
    )]
    Linker { pieces: Vec<String> },
    #[error(
        "partition `{partition}` of ECU `{ecu}` needs `{import}`, which no plain engine has; run it with `wireloom run`"
    )]
    NeedsHost {
        ecu: String,
        partition: String,
        import: String,
    },
    #[error(
        "partition `{partition}` of ECU `{ecu}` needs `{import}` of its host, which no host serves; connect the port of that name"
    )]
    ForeignImport {
        ecu: String,
        partition: String,
        import: String,
    },
}

fn chain(path: &[String]) -> String {
    let names: Vec<String> = path.iter().map(|name| format!("`{name}`")).collect();
    names.join(" -> ")
}

fn list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}
