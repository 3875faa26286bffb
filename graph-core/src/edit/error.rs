//! Why an edit was refused. Speaks of things by their names.

use std::fmt;

/// A refused edit; the document is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error(
        "there is no {noun} with the number {id} in the project; it may have been removed meanwhile"
    )]
    Unknown { noun: Noun, id: u64 },
    #[error("the number {id} is taken by another {noun}; ask the document for a new one")]
    IdTaken { noun: Noun, id: u64 },
    #[error("there is already {} {noun} `{name}`; choose another name", noun.article())]
    DuplicateName { noun: Noun, name: String },
    #[error(
        "`{name}` is no name for {} {noun}; use lower-case words of letters and digits joined by hyphens, such as `front-left`",
        noun.article()
    )]
    NotALabel { noun: Noun, name: String },
    #[error("`{name}` is no name for {} {noun}; it needs one line of text without spaces at its ends", noun.article())]
    NotOneLine { noun: Noun, name: String },
    #[error("{noun} `{name}` is still used by {user}; remove that first")]
    StillReferenced {
        noun: Noun,
        name: String,
        user: String,
    },
    #[error(
        "the composition `{composition}` would contain itself by its part `{part}`; use another component there"
    )]
    Circle { composition: String, part: String },
    #[error(
        "with `{part}` in `{composition}` more than 32 compositions would stand in each other; take one of them apart"
    )]
    TooDeep { composition: String, part: String },
    #[error("`{name}` is no composition; only compositions have parts and ports")]
    NoComposition { name: String },
    #[error("`{instance}` is no instance of a composition; take its prefix away")]
    Prefix { instance: String },
    #[error(
        "`{instance}` is an instance of a composition, which has no {what} of its own; set them at its parts"
    )]
    OfParts {
        instance: String,
        what: &'static str,
    },
    #[error(
        "`{from}` and `{to}` are not in one composition; lead the connector through a port of the inner one"
    )]
    AcrossCompositions { from: String, to: String },
    #[error(
        "no delegation leads from `{from}` to `{to}`; it joins a port of the composition with a whole port of a part, from a required one or to a provided one, and has no adapter, probe or buffer"
    )]
    NoDelegation { from: String, to: String },
    #[error("there is already a connector from `{from}` to `{to}`; change that one")]
    DuplicateConnector { from: String, to: String },
    #[error("factor or offset of the adapter's rule for `{place}` is no number; give finite ones")]
    AdapterNumber { place: String },
    #[error(
        "the end `{end}` cannot be written; names of ports, functions and fields hold no spaces, `#` or parentheses"
    )]
    EndText { end: String },
    #[error(
        "`{runnable}` cannot be written; names of ports and functions hold no spaces, `#` or parentheses"
    )]
    RunnableText { runnable: String },
    #[error("the ECU `{ecu}` has no partition `{partition}`; add it to the ECU first")]
    UnknownPartition { ecu: String, partition: String },
    #[error("message `{message}` of `{bus}` has a transmission mode already; change that one")]
    DuplicatePdu { bus: String, message: String },
    #[error("the data bit rate of `{bus}` is below its bit rate; give the same or a higher one")]
    DataBitRate { bus: String },
    #[error(
        "a sample point of `{bus}` is outside of its bit; give 1 to 999 thousandths of the bit"
    )]
    SamplePoint { bus: String },
    #[error("the full scale of pin `{pin}` is 0; give the highest number of its converter")]
    FullScale { pin: String },
    #[error("the analog pin `{pin}` cannot have a pull resistor; take it away")]
    AnalogPull { pin: String },
    #[error("`{bus}` has no device or pin `{part}`; add it there first")]
    UnknownPart { bus: String, part: String },
    #[error(
        "non-volatile block `{block}` needs a size of 1 to 4096 bytes and an initial content that fits"
    )]
    BlockSize { block: String },
    #[error(
        "`{name}` is no name for a non-volatile block; use 1 to 48 small letters, digits and `-`"
    )]
    BlockName { name: String },
    #[error("a reroute point of {connector} is no number; give finite coordinates")]
    ReroutePoint { connector: String },
    #[error(
        "frame `{frame}` needs finite coordinates and a width and a height above 0; draw it larger"
    )]
    FrameArea { frame: String },
    #[error("frame `{frame}` has colour {colour}, which is none; choose one from 0 to 5")]
    FrameColour { frame: String, colour: u8 },
    #[error("note `{note}` needs finite coordinates and a width above 0; draw it wider")]
    NotePlace { note: String },
    #[error("the position of `{instance}` is no number; give finite coordinates")]
    Position { instance: String },
}

/// What an edit is about, in the window's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Noun {
    Project,
    Component,
    Composition,
    Instance,
    Port,
    Connector,
    Bus,
    Ecu,
    Partition,
    Device,
    Part,
    /// Whatever a name is looked up among.
    Named,
    Pin,
    Pdu,
    Target,
    Frame,
    Note,
}

impl Noun {
    fn article(self) -> &'static str {
        match self {
            Noun::Instance | Noun::Ecu => "an",
            _ => "a",
        }
    }
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Noun::Project => "project",
            Noun::Component => "component",
            Noun::Composition => "composition",
            Noun::Port => "port",
            Noun::Instance => "instance",
            Noun::Connector => "connector",
            Noun::Bus => "bus",
            Noun::Ecu => "ECU",
            Noun::Partition => "partition",
            Noun::Device => "device",
            Noun::Part => "device or pin",
            Noun::Named => "bus, device or pin",
            Noun::Pin => "pin",
            Noun::Pdu => "transmission mode",
            Noun::Target => "target board",
            Noun::Frame => "frame",
            Noun::Note => "note",
        })
    }
}
