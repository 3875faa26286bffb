//! What a file says, brought together: messages with their signals, and to each what stands of it
//! elsewhere in the file. Names that are not there, or are there twice, are defects.

use super::defects::Defects;
use super::multiplex::{self, Said};
use super::parse::{About, Attributes, Content, Parsed, ParsedMessage, Remark, Value, Values};
use super::{Database, Message, SendType, Signal, Timing, check, format};
use indexmap::IndexSet;
use std::collections::{HashMap, HashSet};

/// The name under which CANdb++ keeps signals that no message has.
const NO_MESSAGE: &str = "VECTOR__INDEPENDENT_SIG_MSG";
/// DBC's words for nobody.
const NOBODY: [&str; 2] = ["Vector__XXX", "VECTOR__XXX"];
/// Set in identifiers of the extended format.
const EXTENDED: u64 = 1 << 31;
const STANDARD_IDS: u64 = 1 << 11;
const EXTENDED_IDS: u64 = 1 << 29;
/// What J1939's transport protocol carries (SAE J1939-21: 255 packets of 7 bytes).
const LONGEST_BYTES: u64 = 1785;
/// Of one message; far more than any has.
const MOST_SIGNALS: usize = 4096;

/// A message and where it stands.
pub(super) struct Built {
    pub message: Message,
    pub line: u32,
    /// Of each signal.
    pub lines: Vec<u32>,
    /// Of what gives a signal its texts.
    pub text_lines: HashMap<usize, u32>,
    /// What `SG_MUL_VAL_` says, by signal.
    pub said: HashMap<usize, Said>,
    /// By name.
    signals: HashMap<String, usize>,
    unread: HashSet<String>,
}

pub(super) fn database(parsed: Parsed<'_>, defects: &mut Defects) -> Database {
    let mut build = Build {
        places: parsed.unread.iter().map(|id| (*id, None)).collect(),
        tables: parsed.tables.into_iter().collect(),
        built: Vec::new(),
        nodes: IndexSet::new(),
        long_nodes: HashMap::new(),
        attributes: parsed.attributes,
        defects,
    };
    for node in &parsed.nodes {
        build.node(node.text, node.line);
    }
    let declared: HashSet<String> = build.nodes.iter().cloned().collect();
    for message in parsed.messages {
        build.message(message, &declared);
    }
    for built in &mut build.built {
        let attributes = &build.attributes;
        let message = &mut built.message;
        message.cycle_time_ms = attributes.cycle_time.and_then(positive);
        message.timing.delay_time_ms = attributes.delay_time.and_then(positive);
        message.timing.timeout_ms = attributes.timeout.and_then(positive);
        let word = attributes
            .send_type
            .and_then(|value| attributes.send_word(value));
        message.timing.send_type = word.and_then(SendType::of_word);
        message.timing.repetitions = attributes.repetitions.and_then(positive);
        message.timing.fast_cycle_ms = attributes.fast_cycle.and_then(positive);
        let word = attributes
            .frame_format
            .and_then(|value| attributes.format_word(value));
        message.flexible = match word {
            Some(word) => format::is_flexible_word(word),
            None => format::is_flexible_by_length(message.length_bytes),
        };
        for signal in &mut message.signals {
            signal.start_value = attributes.start_value;
        }
    }
    for remark in parsed.remarks {
        build.remark(remark, &declared);
    }
    build.done()
}

struct Build<'a, 'd> {
    built: Vec<Built>,
    /// By identifier as written; `None`: left out, and that is said.
    places: HashMap<u64, Option<usize>>,
    tables: HashMap<&'a str, Values>,
    /// Declared ones, then those that are only used.
    nodes: IndexSet<String>,
    long_nodes: HashMap<String, String>,
    attributes: Attributes<'a>,
    defects: &'d mut Defects,
}

impl<'a> Build<'a, '_> {
    fn node(&mut self, name: &str, line: u32) {
        if NOBODY.contains(&name) {
            return;
        }
        if !self.nodes.insert(name.to_owned()) {
            let text = format!("`BU_` has the node `{name}` twice; remove one");
            return self.defects.push(line, text);
        }
        self.sound_name("node", name, line);
    }

    fn sound_name(&mut self, what: &str, name: &str, line: u32) {
        if let Some(fault) = check::name(name) {
            let text = format!("{what} `{name}` {fault}; rename it");
            self.defects.push(line, text);
        }
    }

    fn message(&mut self, parsed: ParsedMessage<'a>, declared: &HashSet<String>) {
        let (line, name) = (parsed.line, parsed.name);
        if name == NO_MESSAGE {
            self.places.insert(parsed.id, None);
            return;
        }
        self.sound_name("message", &name, line);
        if let Some(Some(place)) = self.places.get(&parsed.id)
            && let Some(first) = self.built.get_mut(*place)
        {
            let text = format!(
                "message `{name}` has the identifier {:#x}, which `{}` has already; it is left out, give it another",
                parsed.id & !EXTENDED,
                first.message.name
            );
            let signals = parsed.signals.into_iter().map(|one| one.signal.name);
            first.unread.extend(signals);
            return self.defects.push(line, text);
        }
        let Some((id, extended)) = self.identifier(parsed.id, &name, line) else {
            self.places.insert(parsed.id, None);
            return;
        };
        if let Some(fault) = check::length(&name, parsed.length_bytes) {
            self.defects.push(line, fault);
        }
        let sender = parsed.sender.filter(|sender| !NOBODY.contains(sender));
        if let Some(sender) = sender {
            let role = format!("the sender of `{name}`");
            self.used(sender, &role, line, declared);
        }
        let mut built = Built {
            message: Message {
                name,
                id,
                extended,
                length_bytes: u32::try_from(parsed.length_bytes.min(LONGEST_BYTES))
                    .unwrap_or_default(),
                flexible: false,
                sender: sender.map(str::to_owned),
                other_senders: Vec::new(),
                cycle_time_ms: None,
                timing: Timing::default(),
                signals: Vec::new(),
                comment: String::new(),
            },
            line,
            lines: Vec::new(),
            text_lines: HashMap::new(),
            said: HashMap::new(),
            signals: HashMap::new(),
            unread: parsed.unread.into_iter().map(str::to_owned).collect(),
        };
        for signal in parsed.signals {
            self.signal(&mut built, signal.signal, signal.line, declared);
        }
        self.places.insert(parsed.id, Some(self.built.len()));
        self.built.push(built);
    }

    /// Identifier and format. One that is too large for the standard format is taken as extended:
    /// no other frame can have it.
    fn identifier(&mut self, written: u64, name: &str, line: u32) -> Option<(u32, bool)> {
        let (id, extended) = (written & !EXTENDED, written & EXTENDED != 0);
        if id >= EXTENDED_IDS {
            let text = format!(
                "message `{name}` has the identifier {id:#x} of more than 29 bits; it is left out, correct it"
            );
            self.defects.push(line, text);
            return None;
        }
        if !extended && id >= STANDARD_IDS {
            let text = format!(
                "message `{name}` has the identifier {id:#x} of more than 11 bits without the flag of extended ones, and is taken as extended; add 0x80000000"
            );
            self.defects.push(line, text);
        }
        let id = u32::try_from(id).ok()?;
        Some((id, extended || u64::from(id) >= STANDARD_IDS))
    }

    fn signal(
        &mut self,
        built: &mut Built,
        mut signal: Signal,
        line: u32,
        declared: &HashSet<String>,
    ) {
        let message = built.message.name.clone();
        self.sound_name("signal", &signal.name, line);
        if built.signals.contains_key(&signal.name) {
            let text = format!(
                "message `{message}` has two signals `{}`; the first counts, rename one",
                signal.name
            );
            return self.defects.push(line, text);
        }
        if built.lines.len() == MOST_SIGNALS {
            let text = format!(
                "message `{message}` has more than {MOST_SIGNALS} signals; `{}` is left out",
                signal.name
            );
            built.unread.insert(signal.name);
            return self.defects.push(line, text);
        }
        let is_somebody = |node: &String| !NOBODY.contains(&node.as_str());
        signal.receivers.retain(is_somebody);
        for node in &signal.receivers {
            let role = format!("a receiver of `{}` in `{message}`", signal.name);
            self.used(node, &role, line, declared);
        }
        built.signals.insert(signal.name.clone(), built.lines.len());
        built.message.signals.push(signal);
        built.lines.push(line);
    }

    fn used(&mut self, node: &str, role: &str, line: u32, declared: &HashSet<String>) {
        if declared.contains(node) {
            return;
        }
        let text = format!("node `{node}`, {role}, is not in `BU_`; add it there");
        self.defects.push(line, text);
        if !self.nodes.contains(node) {
            self.nodes.insert(node.to_owned());
        }
    }

    fn remark(&mut self, remark: Remark<'a>, declared: &HashSet<String>) {
        match remark.about {
            About::Node(node) => self.about_node(node, &remark, declared),
            About::Message(id) => {
                if let Some(place) = self.place(id, None, &remark) {
                    self.about_message(place, remark, declared);
                }
            }
            About::Signal(id, name) => {
                if let Some(place) = self.place(id, Some(name), &remark) {
                    self.about_signal(place, name, remark);
                }
            }
        }
    }

    /// The message; `None`, and a defect, where it or its signal is not there.
    fn place(&mut self, id: u64, signal: Option<&str>, remark: &Remark<'_>) -> Option<usize> {
        let message = id & !EXTENDED;
        let what = match self.places.get(&id) {
            Some(None) => return None,
            Some(Some(place)) => {
                let built = self.built.get(*place)?;
                match signal {
                    Some(name) if built.signals.contains_key(name) => return Some(*place),
                    Some(name) if built.unread.contains(name) => return None,
                    Some(name) => {
                        format!("signal `{name}` in message {message:#x}")
                    }
                    None => return Some(*place),
                }
            }
            None => format!("message {message:#x}"),
        };
        let keyword = remark.keyword;
        let text = format!("`{keyword}` is about a {what}, which is not there; remove it");
        self.defects.push(remark.line, text);
        None
    }

    fn about_node(&mut self, node: &str, remark: &Remark<'_>, declared: &HashSet<String>) {
        if !declared.contains(node) && !NOBODY.contains(&node) {
            let keyword = remark.keyword;
            let text =
                format!("`{keyword}` is about a node `{node}`, which is not there; remove it");
            self.defects.push(remark.line, text);
        }
        if let Content::Attribute("SystemNodeLongSymbol", Value::Text(long)) = remark.content {
            self.long_nodes.insert(node.to_owned(), long.to_owned());
        }
    }

    fn about_message(&mut self, place: usize, remark: Remark<'a>, declared: &HashSet<String>) {
        if let Content::Senders(senders) = &remark.content {
            return self.senders(place, senders, remark.line, declared);
        }
        let Some(Built { message, .. }) = self.built.get_mut(place) else {
            return;
        };
        match remark.content {
            Content::Comment(text) if message.comment.is_empty() => message.comment = text,
            Content::Attribute("GenMsgCycleTime", value) => {
                message.cycle_time_ms = value.number().and_then(positive);
            }
            Content::Attribute("GenMsgDelayTime", value) => {
                message.timing.delay_time_ms = value.number().and_then(positive);
            }
            Content::Attribute("GenMsgNrOfRepetition", value) => {
                message.timing.repetitions = value.number().and_then(positive);
            }
            Content::Attribute("GenMsgCycleTimeFast", value) => {
                message.timing.fast_cycle_ms = value.number().and_then(positive);
            }
            Content::Attribute("VFrameFormat", value) => {
                if let Some(word) = self.attributes.format_word(value) {
                    message.flexible = format::is_flexible_word(word);
                }
            }
            Content::Attribute("GenMsgSendType", value) => {
                let word = self.attributes.send_word(value);
                message.timing.send_type = word.and_then(SendType::of_word);
            }
            Content::Attribute("SystemMessageLongSymbol", Value::Text(long))
                if !long.is_empty() =>
            {
                message.name = long.to_owned();
            }
            _ => {}
        }
    }

    fn senders(&mut self, place: usize, senders: &[&str], line: u32, declared: &HashSet<String>) {
        for sender in senders.iter().filter(|sender| !NOBODY.contains(sender)) {
            let name = self
                .built
                .get(place)
                .map(|built| built.message.name.clone());
            let role = format!("a sender of `{}`", name.unwrap_or_default());
            self.used(sender, &role, line, declared);
            let Some(Built { message, .. }) = self.built.get_mut(place) else {
                return;
            };
            if !message.senders().any(|known| known == *sender) {
                message.other_senders.push((*sender).to_owned());
            }
        }
    }

    fn about_signal(&mut self, place: usize, name: &str, remark: Remark<'a>) {
        let Some(built) = self.built.get_mut(place) else {
            return;
        };
        let Some(index) = built.signals.get(name).copied() else {
            return;
        };
        let Some(signal) = built.message.signals.get_mut(index) else {
            return;
        };
        let message = &built.message.name;
        let mut fault = None;
        if matches!(remark.content, Content::Values(_) | Content::Table(_)) {
            built.text_lines.entry(index).or_insert(remark.line);
        }
        match remark.content {
            Content::Comment(text) if signal.comment.is_empty() => signal.comment = text,
            Content::Values(_) | Content::Table(_) if !signal.values.is_empty() => {
                fault = Some(format!(
                    "signal `{name}` of `{message}` has a second `VAL_`; the first counts, remove one"
                ));
            }
            Content::Values(values) => signal.values = values,
            Content::Table(table) => match self.tables.get(table) {
                Some(values) => signal.values = values.clone(),
                None => {
                    fault = Some(format!(
                        "`VAL_` of signal `{name}` names the table `{table}`, which is not there; add a `VAL_TABLE_`"
                    ));
                }
            },
            Content::Float(is_float) => {
                signal.float = is_float && matches!(signal.length_bits, 32 | 64);
                if is_float && !signal.float {
                    fault = Some(format!(
                        "signal `{name}` of `{message}` has {} bits and cannot be a float; it is read as an integer, correct its length",
                        signal.length_bits
                    ));
                }
            }
            Content::Presence {
                multiplexor,
                ranges,
            } => {
                let said = Said {
                    line: remark.line,
                    multiplexor: multiplexor.to_owned(),
                    place: built.signals.get(multiplexor).copied(),
                    ranges,
                };
                fault = multiplex::add(&mut built.said, index, said, name);
            }
            Content::Attribute("GenSigStartValue", value) => signal.start_value = value.number(),
            Content::Attribute(attribute, value) if attribute.starts_with("GenSigTimeoutTime") => {
                let timing = &mut built.message.timing;
                let timeout_ms = value.number().and_then(positive);
                timing.timeout_ms = [timing.timeout_ms, timeout_ms].into_iter().flatten().min();
            }
            Content::Attribute("SystemSignalLongSymbol", Value::Text(long)) if !long.is_empty() => {
                signal.name = long.to_owned();
            }
            _ => {}
        }
        if let Some(text) = fault {
            self.defects.push(remark.line, text);
        }
    }

    fn done(self) -> Database {
        let mut messages: Vec<Message> = Vec::new();
        let mut names = HashSet::new();
        for mut built in self.built {
            multiplex::resolve(&mut built, self.defects);
            check::message(&built, self.defects);
            if !names.insert(built.message.name.clone()) {
                let text = format!(
                    "two messages have the name `{}`; rename one",
                    built.message.name
                );
                self.defects.push(built.line, text);
            }
            messages.push(built.message);
        }
        let mut database = Database {
            nodes: self.nodes.into_iter().collect(),
            messages,
        };
        rename_nodes(&mut database, &self.long_nodes);
        database
    }
}

fn rename_nodes(database: &mut Database, names: &HashMap<String, String>) {
    if names.is_empty() {
        return;
    }
    let senders = database.messages.iter_mut().flat_map(|message| {
        let receivers = message.signals.iter_mut();
        let receivers = receivers.flat_map(|signal| &mut signal.receivers);
        message
            .sender
            .iter_mut()
            .chain(&mut message.other_senders)
            .chain(receivers)
    });
    for node in database.nodes.iter_mut().chain(senders) {
        if let Some(long) = names.get(node.as_str()).filter(|long| !long.is_empty()) {
            long.clone_into(node);
        }
    }
}

/// Milliseconds, or how often; 0 is none.
fn positive(number: f64) -> Option<u32> {
    // `as` saturates.
    Some(number as u32).filter(|number| *number > 0)
}
