//! Values as frames: one sender and period each, wide values first, no two bits shared; names and
//! identifiers.

use super::{
    Frame, Signal,
    bits::Bits,
    values::{self, Value},
};
use crate::context::Context;
use autosar_wit::{
    dbc::{self, ByteOrder, Database, Multiplexing},
    names,
};
use std::collections::{BTreeMap, BTreeSet};

const NS_PER_MS: u64 = 1_000_000;
/// Room for what has to be more urgent than anything that is proposed.
const FIRST_ID: u32 = 0x100;
const LAST_ID: u32 = 0x7ff;
/// Between two proposed identifiers, so that others find room.
const ID_STEP: u32 = 0x10;
/// DBC's longest name.
const LONGEST_NAME: usize = 32;
/// How many millisecond cycles sort behind all others.
const NO_CYCLE: u32 = u32::MAX;

pub(super) fn packed(
    context: &Context,
    values: Vec<Value>,
    most_bytes: u32,
    existing: Option<&Database>,
) -> Vec<Frame> {
    let mut groups: BTreeMap<(u32, String), Vec<Value>> = BTreeMap::new();
    for value in values {
        let cycle = value.period_ns.map_or(NO_CYCLE, milliseconds);
        let sender = context.partition_name(&value.sender);
        groups.entry((cycle, sender)).or_default().push(value);
    }
    let mut taken = Taken::new(existing);
    let mut frames = Vec::new();
    for ((cycle, sender), mut values) in groups {
        // The widest first: what is narrow finds room in what is left.
        values.sort_by(|one, other| {
            let key = |value: &Value| (std::cmp::Reverse(value.form.bits), value.source.clone());
            key(one).cmp(&key(other))
        });
        for values in split(values, most_bytes) {
            frames.push(frame(context, cycle, &sender, values, &mut taken));
        }
    }
    number(&mut frames, &taken);
    frames
}

/// DBC counts whole milliseconds.
fn milliseconds(period_ns: u64) -> u32 {
    let cycle = period_ns.div_ceil(NS_PER_MS).max(1);
    u32::try_from(cycle).unwrap_or(NO_CYCLE - 1)
}

/// A value and its first bit.
type Placed = (u32, Value);

/// Frame by frame: each value into the first frame that has room.
fn split(values: Vec<Value>, most_bytes: u32) -> Vec<Vec<Placed>> {
    let mut frames: Vec<(Bits, Vec<Placed>)> = Vec::new();
    for value in values {
        let bits = value.form.bits;
        let place = frames
            .iter()
            .enumerate()
            .find_map(|(at, (used, _))| Some((at, used.room(bits, most_bytes)?)));
        let (at, start) = place.unwrap_or((frames.len(), 0));
        if at == frames.len() {
            frames.push((Bits::none(), Vec::new()));
        }
        if let Some((used, placed)) = frames.get_mut(at) {
            used.take(start, bits);
            placed.push((start, value));
        }
    }
    frames.into_iter().map(|(_, placed)| placed).collect()
}

/// Names and identifiers that are given.
struct Taken {
    messages: BTreeSet<String>,
    ids: BTreeSet<u32>,
}

impl Taken {
    fn new(existing: Option<&Database>) -> Taken {
        let messages = existing.into_iter().flat_map(|database| &database.messages);
        let mut taken = Taken {
            messages: BTreeSet::new(),
            ids: BTreeSet::new(),
        };
        for message in messages {
            taken.messages.insert(message.name.clone());
            if !message.extended {
                taken.ids.insert(message.id);
            }
        }
        taken
    }
}

fn frame(
    context: &Context,
    cycle: u32,
    sender: &str,
    values: Vec<Placed>,
    taken: &mut Taken,
) -> Frame {
    let cycle_ms = (cycle != NO_CYCLE).then_some(cycle);
    let partition = values.first().map(|(_, value)| value.sender.clone());
    let Some(partition) = partition else {
        unreachable!("a frame is made for a value: this is a bug")
    };
    let ecu = context.document.ecus.get(&partition.ecu);
    let node = node(ecu.map_or("", |ecu| &ecu.name));
    let ending = cycle_ms.map_or("Event".to_owned(), |cycle| format!("{cycle}ms"));
    let name = unique(&format!("{}{ending}", camel(&[&node])), |name| {
        taken.messages.contains(name)
    });
    taken.messages.insert(name.clone());
    let whole = values
        .first()
        .and_then(|(_, value)| value.period_ns)
        .filter(|period| period % NS_PER_MS != 0);
    let rounded = whole.map(|period| {
        let ms = std::time::Duration::from_nanos(period).as_secs_f64() * 1e3;
        format!(", {ms} ms in whole milliseconds")
    });
    let why = match cycle_ms {
        Some(cycle) => format!(
            "`{sender}` writes these every {cycle} ms{}",
            rounded.unwrap_or_default()
        ),
        None => format!("nothing periodic in `{sender}` writes these, so they are sent on change"),
    };
    let mut names = BTreeSet::new();
    let mut signals: Vec<Signal> = Vec::new();
    for (start, value) in values {
        let words = values::words(context, &value.source);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let name = unique(&camel(&words), |name| names.contains(name));
        names.insert(name.clone());
        signals.push(signal(context, name, start, value));
    }
    signals.sort_by_key(|signal| signal.layout.start_bit);
    Frame {
        name,
        id: 0,
        sender: partition,
        node,
        cycle_ms,
        signals,
        why,
    }
}

fn signal(context: &Context, name: String, start: u32, value: Value) -> Signal {
    let form = value.form;
    let receivers: BTreeSet<String> = value
        .receivers
        .iter()
        .filter_map(|receiver| context.partition_of(&receiver.end))
        .filter_map(|key| context.document.ecus.get(&key.ecu))
        .map(|ecu| node(&ecu.name))
        .collect();
    let physical = |raw: f64| raw * form.factor + form.offset;
    let (minimum, maximum) = form.range.map_or((0.0, 0.0), |(low, high)| {
        let (one, other) = (physical(low), physical(high));
        (one.min(other), one.max(other))
    });
    let is_raw = form.factor != 1.0 || form.offset != 0.0;
    let size = match form.bits {
        1 => "1 bit".to_owned(),
        bits => format!("{bits} bits"),
    };
    let mut why = format!("{}: {size}", form.made_of);
    if is_raw {
        why += &format!(", its scale kept: raw × {} + {}", form.factor, form.offset);
    }
    if form.float && form.bits == 64 {
        why += "; half of them would do as `f32`";
    }
    // The elements carry raw values where there is a scale, so the initial one is raw as well.
    let start_value = value.start;
    Signal {
        source: value.source,
        receivers: value.receivers,
        is_raw,
        why,
        layout: dbc::Signal {
            name,
            start_bit: start,
            length_bits: form.bits,
            byte_order: ByteOrder::Intel,
            signed: form.signed,
            float: form.float,
            factor: form.factor,
            offset: form.offset,
            minimum,
            maximum,
            unit: value.unit,
            receivers: receivers.into_iter().collect(),
            values: form.texts,
            multiplexing: Multiplexing::Plain,
            presence: None,
            comment: String::new(),
            start_value,
        },
    }
}

/// In their order, the lowest identifiers first: they are the most urgent on the bus.
fn number(frames: &mut [Frame], taken: &Taken) {
    let free = |step: u32| {
        let all = (FIRST_ID..=LAST_ID).step_by(usize::try_from(step).unwrap_or(1));
        all.filter(|id| !taken.ids.contains(id))
    };
    let step = match free(ID_STEP).count() >= frames.len() {
        true => ID_STEP,
        false => 1,
    };
    for (frame, id) in frames.iter_mut().zip(free(step)) {
        frame.id = id;
        let rank = match frame.cycle_ms {
            Some(_) => "shorter periods have lower identifiers, which win the bus",
            None => "what is sent on change stands behind everything periodic",
        };
        frame.why = format!("{}; {rank}", frame.why);
    }
}

/// A name of DBC for an ECU.
pub(super) fn node(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '_',
    });
    let node: String = letters.collect();
    match node.starts_with(|first: char| first.is_ascii_digit()) {
        true => format!("n{node}"),
        false => node,
    }
}

/// `["front-left", "speed"]` → `FrontLeftSpeed`; a word that the one before ends with is said once.
fn camel(words: &[&str]) -> String {
    let mut name = String::new();
    let mut before = "";
    let words = words
        .iter()
        .flat_map(|word| word.split(['-', '_', '.', ':', '/', '#']));
    for word in words.filter(|word| !word.is_empty()) {
        if word == before {
            continue;
        }
        before = word;
        let letters = word.chars().filter(char::is_ascii_alphanumeric);
        let is_first = name.is_empty();
        let mut letters = letters.skip_while(|first| is_first && first.is_ascii_digit());
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(letters);
    }
    match name.is_empty() {
        true => "Unnamed".to_owned(),
        false => name,
    }
}

/// At most as long as DBC has it, and not taken.
fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let short = |length: usize| name.get(..length.min(name.len())).unwrap_or(name);
    let whole = short(LONGEST_NAME);
    match taken(whole) {
        false => whole.to_owned(),
        // Room for a number.
        true => names::unique(short(LONGEST_NAME - 4), taken).replace('-', "_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_dbc() {
        assert_eq!(camel(&["front-left", "speed"]), "FrontLeftSpeed");
        assert_eq!(
            camel(&["sensor", "temperature", "temperature"]),
            "SensorTemperature"
        );
        assert_eq!(camel(&["2nd", "é"]), "Nd");
        assert_eq!(camel(&[]), "Unnamed");
        assert_eq!(node("front-left"), "front_left");
        assert_eq!(node("1st"), "n1st");
        let long = "A".repeat(40);
        let first = unique(&long, |_| false);
        assert_eq!(first.len(), 32);
        let second = unique(&long, |name| name == first);
        assert!(second != first && second.len() <= 32, "{second}");
        assert_eq!(milliseconds(2_500_000), 3);
        assert_eq!(milliseconds(100), 1);
    }
}
