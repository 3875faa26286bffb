//! Messages of CAN descriptions, packed and unpacked by generated tasks, against cantools, an
//! independent reader; and what multiplexing does to what is sent.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{
    component::PortItem,
    dbc::{self, Database, Message},
    types::ValueType,
};
use rte::*;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use support::{host::Partition, *};
use wasmtime::component::Val;

const ROUNDS: usize = 12;

fn reference(port: &str) -> FunctionRef {
    FunctionRef {
        instance: "a".into(),
        port: port.into(),
        function: None,
    }
}

fn raw_type(layout: &SignalLayout) -> ValueType {
    match (layout.float, layout.signed) {
        (true, _) => ValueType::F64,
        (false, true) => ValueType::S64,
        (false, false) => ValueType::U64,
    }
}

/// `give` writes every signal of the message into PDU 0, raw; `raw` and `physical` take them from
/// PDU 1, by queues, so that a signal that a frame does not have is told from one that stays.
fn plan(message: &Message, sending: Sending) -> Plan {
    let signals = message_signals(message);
    let places: Vec<(String, SignalLayout)> = signals
        .layouts
        .iter()
        .enumerate()
        .filter_map(|(at, layout)| Some((format!("x{at}"), (*layout)?)))
        .collect();
    let given = places
        .iter()
        .map(|(name, layout)| (name.as_str(), raw_type(layout)))
        .collect();
    let taken = |physical: bool| {
        let value = |layout: &SignalLayout| match physical {
            true => ValueType::F64,
            false => raw_type(layout),
        };
        let parameter =
            |(name, layout): &(String, SignalLayout)| (name.clone(), received(value(layout)));
        places.iter().map(parameter).collect::<Vec<_>>()
    };
    let root = |function: autosar_wit::types::Function| PortPlan {
        name: function.name.clone(),
        item: PortItem::Function(function),
    };
    let taker = |name: &str, parameters: &[(String, ValueType)]| {
        let parameters = parameters.iter();
        let parameters = parameters.map(|(name, value)| (name.as_str(), value.clone()));
        root(function(name, parameters.collect(), None))
    };
    let runnable = |name| RunnablePlan {
        function: reference(name),
        handles: BTreeMap::new(),
        ports: None,
    };
    let mut links = Vec::new();
    for (name, layout) in &places {
        links.push(Link {
            source: Source::Result {
                runnable: 0,
                fields: vec![name.clone()],
            },
            sink: Sink::Signal {
                pdu: 0,
                layout: *layout,
            },
            buffering: Buffering {
                conversion: Conversion::Raw,
                ..Buffering::default()
            },
        });
        for (runnable, conversion) in [(1, Conversion::Raw), (2, Conversion::Physical)] {
            links.push(Link {
                source: Source::Signal {
                    pdu: 1,
                    layout: *layout,
                },
                sink: Sink::Parameter {
                    runnable,
                    parameter: name.clone(),
                    fields: vec![],
                },
                buffering: Buffering {
                    conversion,
                    queue: Some(1),
                    ..Buffering::default()
                },
            });
        }
    }
    let pdu = |name: &str, sending| PduPlan {
        name: name.into(),
        length_bytes: u8::try_from(message.length_bytes).unwrap(),
        initial: signals.initial.clone(),
        multiplexed: signals.multiplexed.clone(),
        sending,
        ..PduPlan::default()
    };
    Plan {
        instances: vec![InstancePlan {
            name: "a".into(),
            provides: vec![
                root(function("give", vec![], Some(record("a", "all", given)))),
                taker("raw", &taken(false)),
                taker("physical", &taken(true)),
            ],
            requires: vec![],
            serves: None,
        }],
        runnables: vec![runnable("give"), runnable("raw"), runnable("physical")],
        tasks: vec![
            TaskPlan {
                name: "give".into(),
                runnables: vec![0],
                sends: vec![],
                ..TaskPlan::default()
            },
            TaskPlan {
                name: "take".into(),
                runnables: vec![1, 2],
                sends: vec![],
                ..TaskPlan::default()
            },
            TaskPlan {
                name: "send-now".into(),
                runnables: vec![],
                sends: vec![0],
                ..TaskPlan::default()
            },
        ],
        links,
        pdus: vec![pdu("sent", sending), pdu("received", Sending::ByTask)],
        ..Plan::default()
    }
}

struct Trial<'a> {
    partition: Partition,
    message: &'a Message,
    layouts: Vec<Option<SignalLayout>>,
}

impl<'a> Trial<'a> {
    fn new(message: &'a Message, sending: Sending) -> Self {
        let mut partition = Partition::new(&generate(&plan(message, sending)).unwrap());
        for taker in ["raw", "physical"] {
            partition.ecu().answers.insert(taker.into(), vec![]);
        }
        Self {
            partition,
            message,
            layouts: message_signals(message).layouts,
        }
    }

    /// Writes all signals: those that are named, and what `other` gives.
    fn give(&mut self, values: &BTreeMap<&str, Val>, mut other: impl FnMut() -> u64) {
        let fields = self.layouts.iter().enumerate().filter_map(|(at, layout)| {
            let (name, layout) = (self.message.signals[at].name.as_str(), layout.as_ref()?);
            let value = values.get(name).cloned();
            let value = value.unwrap_or_else(|| match raw_type(layout) {
                ValueType::U64 => Val::U64(other()),
                ValueType::S64 => Val::S64(other().cast_signed()),
                _ => Val::Float64(other() as f64),
            });
            Some((format!("x{at}"), value))
        });
        let record = Val::Record(fields.collect());
        let answers = &mut self.partition.ecu().answers;
        answers.insert("give".into(), vec![record]);
        self.partition.run("give");
    }

    fn sent(&mut self) -> Vec<String> {
        let sent = std::mem::take(&mut self.partition.ecu().transmitted);
        sent.iter().map(|(_, data)| hex(data)).collect()
    }

    /// Raw and physical values of the signals that the frame has.
    fn take(&mut self, frame: &[u8]) -> BTreeMap<&'a str, (Val, f64)> {
        let frames = &mut self.partition.ecu().frames;
        frames.entry(1).or_default().push_back(frame.to_vec());
        self.partition.run("take");
        let raw = self.partition.called_with("raw");
        let physical = self.partition.called_with("physical");
        let places = (0..self.layouts.len()).filter(|at| self.layouts[*at].is_some());
        let both = places.zip(raw.into_iter().zip(physical));
        let there = both.filter_map(|(at, both)| match both {
            (Val::Result(Ok(Some(raw))), Val::Result(Ok(Some(physical)))) => {
                let Val::Float64(physical) = *physical else {
                    unreachable!()
                };
                let name = self.message.signals[at].name.as_str();
                Some((name, (*raw, physical)))
            }
            _ => None,
        });
        there.collect()
    }
}

fn hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(raw: &Val) -> String {
    match raw {
        Val::U64(value) => value.to_string(),
        Val::S64(value) => value.to_string(),
        Val::Float64(value) => format!("{value:?}"),
        other => unreachable!("{other:?}"),
    }
}

/// A small generator of test data: the same on every machine.
struct Noise(u64);

impl Noise {
    fn byte(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 56) as u8
    }

    fn word(&mut self) -> u64 {
        u64::from_le_bytes([0; 8].map(|_: u8| self.byte()))
    }
}

/// Gives every multiplexor a value that selects something.
fn select(message: &Message, data: &mut [u8], noise: &mut Noise) {
    for (at, multiplexor) in message.signals.iter().enumerate() {
        let presences = message
            .signals
            .iter()
            .filter_map(|one| one.presence.as_ref());
        let of_this = presences.filter(|presence| presence.multiplexor == at);
        let values: Vec<u64> = of_this
            .flat_map(|presence| presence.ranges.iter().flat_map(|(low, high)| [*low, *high]))
            .collect();
        if let Some(value) = values.get(usize::from(noise.byte()) % values.len().max(1)) {
            multiplexor.insert(data, *value).unwrap();
        }
    }
}

fn database(file: &Path) -> Database {
    dbc::read(&std::fs::read(file).unwrap()).database
}

/// Frames of every message of a file, as generated tasks unpack and pack them.
fn frames(file: &Path) -> serde_json::Value {
    let mut noise = Noise(1);
    let mut frames = Vec::new();
    let messages = database(file).messages;
    // Longer ones are no frames; tasks refuse signals that lie outside, as the check does.
    let whole = |message: &&Message| {
        let mut signals = message.signals.iter();
        (1..=64).contains(&message.length_bytes)
            && !message.signals.is_empty()
            && signals.all(|signal| signal.fits(message.length_bytes))
    };
    for message in messages.iter().filter(whole) {
        let mut without_start_values = message.clone();
        for signal in &mut without_start_values.signals {
            signal.start_value = None;
        }
        let mut trial = Trial::new(&without_start_values, Sending::ByTask);
        for round in 0..ROUNDS {
            let mut data: Vec<u8> = (0..message.length_bytes)
                .map(|_| if round == 0 { 0xff } else { noise.byte() })
                .collect();
            if round > 0 {
                select(message, &mut data, &mut noise);
            }
            let there = trial.take(&data);
            let values = there.iter().map(|(name, (raw, _))| (*name, raw.clone()));
            // What goes into the other branches must not be seen.
            trial.give(&values.collect(), || noise.word());
            trial.partition.run("send-now");
            let signals = there.iter().map(|(name, (raw, physical))| {
                let both = json!([text(raw), format!("{physical:?}")]);
                ((*name).to_owned(), both)
            });
            frames.push(json!({
                "id": message.id, "extended": message.extended, "name": message.name,
                "data": hex(&data), "signals": signals.collect::<serde_json::Map<_, _>>(),
                "encoded": trial.sent().remove(0),
            }));
        }
    }
    json!({ "file": file, "frames": frames })
}

fn own_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/multiplexed.dbc")
}

#[test]
fn cantools_packs_and_unpacks_the_same() {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has cantools");
    };
    let mut files = vec![own_file()];
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/dbc");
    match std::fs::read_dir(&shared) {
        Ok(entries) => files.extend(entries.map(|entry| entry.unwrap().path())),
        Err(_) => println!("without {}, which is not there", shared.display()),
    }
    files.sort();
    let frames: Vec<_> = files.iter().map(|file| frames(file)).collect();
    let list = std::env::temp_dir().join(format!("wireloom-tasks-{}.json", std::process::id()));
    std::fs::write(&list, serde_json::to_vec(&frames).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/referees/dbc_agree.py");
    let output = std::process::Command::new(python)
        .arg(script)
        .arg(&list)
        .output()
        .unwrap();
    std::fs::remove_file(&list).unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    println!("{out}");
    assert!(output.status.success(), "{out}\n{err}");
}

fn values<const N: usize>(values: [(&'static str, u64); N]) -> BTreeMap<&'static str, Val> {
    values.map(|(name, value)| (name, Val::U64(value))).into()
}

fn two() -> Message {
    let mut message = database(&own_file())
        .message_by_name("Two")
        .unwrap()
        .clone();
    let start = [("A", 0xa0), ("B", 0xb0), ("Second", 2)];
    for (name, value) in start {
        let mut signals = message.signals.iter_mut();
        signals.find(|one| one.name == name).unwrap().start_value = Some(f64::from(value));
    }
    message
}

#[test]
fn a_branch_keeps_its_values_while_another_goes_out() {
    let message = two();
    let mut trial = Trial::new(&message, Sending::OnChange);
    let mut give = |all| {
        trial.give(&values(all), || 0);
        trial.sent()
    };
    let both = |first, a, b| [("First", first), ("Second", 2), ("A", a), ("B", b)];
    assert_eq!(give(both(0, 0x11, 0x22)), ["0211000000000000"]);
    // Nothing that goes out has changed.
    assert_eq!(give(both(0, 0x11, 0x33)), Vec::<String>::new());
    assert_eq!(give(both(1, 0x44, 0x33)), ["1233000000000000"]);
    assert_eq!(give(both(0, 0x44, 0x33)), ["0244000000000000"]);
}

#[test]
fn start_values_go_out_in_their_branches_only() {
    let message = two();
    let mut plan = plan(&message, Sending::ByTask);
    let first = message_signals(&message).layouts[0].unwrap();
    // Nothing but the first multiplexor is written.
    plan.links.retain(|link| {
        link.sink
            == Sink::Signal {
                pdu: 0,
                layout: first,
            }
    });
    let mut partition = Partition::new(&generate(&plan).unwrap());
    let mut sent = |first: u64| {
        let field = |at: usize, value| (format!("x{at}"), value);
        let signed = |at| matches!(at, 4 | 5);
        let rest = (1..6).map(|at| match signed(at) {
            true => field(at, Val::S64(0)),
            false => field(at, Val::U64(0)),
        });
        let all = std::iter::once(field(0, Val::U64(first))).chain(rest);
        let answers = &mut partition.ecu().answers;
        answers.insert("give".into(), vec![Val::Record(all.collect())]);
        partition.run("give");
        partition.run("send-now");
        hex(&partition.ecu().transmitted.pop().unwrap().1)
    };
    assert_eq!(sent(0), "02a0000000000000");
    assert_eq!(sent(7), "72b0000000000000");
    assert_eq!(sent(0), "02a0000000000000");
}

#[test]
fn a_frame_too_short_for_its_multiplexor_brings_nothing_of_its_branches() {
    let file = database(&own_file());
    let message = file.message_by_name("Far").unwrap();
    let mut trial = Trial::new(message, Sending::ByTask);
    let mut frame = vec![0; 64];
    frame[32] = 0x00;
    frame[33] = 0x70;
    let names = |there: BTreeMap<&str, _>| there.into_keys().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        names(trial.take(&frame)),
        ["Front", "Plain", "Real", "Selector"]
    );
    assert_eq!(names(trial.take(&frame[..33])), Vec::<String>::new());
    assert_eq!(names(trial.take(&frame[..34])), ["Front", "Selector"]);
}

#[test]
fn multiplexors_stand_before_what_depends_on_them() {
    let file = database(&own_file());
    let mut plan = plan(file.message_by_name("Nested").unwrap(), Sending::ByTask);
    plan.pdus[1].multiplexed.reverse();
    let error = generate(&plan).unwrap_err().to_string();
    assert!(error.contains("stands before its multiplexor"), "{error}");
    plan.pdus[1].multiplexed.clear();
    let error = generate(&plan).unwrap_err().to_string();
    assert_eq!(
        error,
        "`branch 0 of PDU 1` does not exist; connect an end that the component has"
    );
}
