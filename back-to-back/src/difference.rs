//! The first difference in words: what both sides did, in which activation of which instance, and
//! the last calls before. Knows nothing of links.

use deployment::Partition;
use ecu_host::{PartitionId, Work, board::I2cOperation};
use serde::Serialize;
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{Answer, Call, Ended, Entry, Head, Input, Note, Output, Recording};

/// Lines before and after that are shown.
const SHOWN: usize = 6;

/// Where a target left a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of the first entry that is not the same; all before it agree.
    pub position: usize,
    /// What the target did instead, and what it told behind it.
    pub found: Vec<Output>,
}

/// A place in a recording, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activated {
    /// `partition/task` or `partition/start`, as recorded; none where no activation runs.
    pub activation: Option<String>,
    /// When it started (or when the input came), in nanoseconds.
    pub at_ns: Option<u64>,
    /// `instance.function` of the runnable that runs, if one does.
    pub runnable: Option<String>,
    /// What happened last on both sides, oldest first.
    pub before: Vec<String>,
    /// What comes next in the recording.
    pub expected: Vec<String>,
    /// What the target did instead; empty where it said nothing more.
    pub found: Vec<String>,
}

impl Difference {
    /// The place, with what the target did.
    pub fn place(&self, recording: &Recording) -> Activated {
        let head = &recording.head;
        let found = self.found.iter().map(|output| output_line(head, output));
        Activated {
            found: found.collect(),
            ..Activated::at(recording, self.position)
        }
    }
}

impl Activated {
    /// The place of an entry, as recorded.
    pub fn at(recording: &Recording, position: usize) -> Activated {
        let (done, coming) = recording
            .entries
            .split_at_checked(position)
            .unwrap_or((&recording.entries, &[]));
        let head = &recording.head;
        let line = |entry: &Entry| entry_line(head, entry);
        let input = done
            .iter()
            .rposition(|entry| matches!(entry, Entry::Input(_)));
        let turn = input.and_then(|input| done.get(input..)).unwrap_or(done);
        let is_output = |entry: &&Entry| !matches!(entry, Entry::Input(_));
        let rest = coming.iter().take_while(is_output);
        Activated {
            activation: ended(turn.iter().chain(rest.clone())).map(|ended| work_name(head, ended)),
            at_ns: turn.first().and_then(input_ns),
            runnable: running(head, turn),
            before: done
                .get(done.len().saturating_sub(SHOWN)..)
                .unwrap_or_default()
                .iter()
                .map(line)
                .collect(),
            expected: rest.take(SHOWN).map(line).collect(),
            found: Vec::new(),
        }
    }
}

fn ended<'a>(mut entries: impl Iterator<Item = &'a Entry>) -> Option<&'a Ended> {
    entries.find_map(|entry| match entry {
        Entry::Ended(ended) => Some(ended),
        _ => None,
    })
}

fn input_ns(entry: &Entry) -> Option<u64> {
    match entry {
        Entry::Input(
            Input::Receive { at_ns, .. }
            | Input::CanEvent { at_ns, .. }
            | Input::Deliver { at_ns, .. }
            | Input::Run { at_ns },
        ) => Some(*at_ns),
        Entry::Input(Input::Confirm(confirmation)) => Some(confirmation.at_ns),
        _ => None,
    }
}

/// The runnable that has been entered and not been left.
fn running(head: &Head, turn: &[Entry]) -> Option<String> {
    turn.iter().rev().find_map(|entry| match entry {
        Entry::Note(Note::Left { .. }) => Some(None),
        Entry::Note(Note::Entered {
            partition,
            runnable,
            ..
        }) => Some(Some(runnable_name(head, partition, *runnable))),
        _ => None,
    })?
}

fn table<'a>(head: &'a Head, name: &str) -> Option<&'a Partition> {
    let mut tables = head.partitions.iter().map(|partition| &partition.table);
    tables.find(|table| table.name == name)
}

fn runnable_name(head: &Head, partition: &str, runnable: u32) -> String {
    let named = || {
        let table = table(head, partition)?;
        let runnable = table.runnables.get(runnable as usize)?;
        let instance = table.instances.get(runnable.instance as usize)?;
        Some(format!("{instance}.{}", runnable.function))
    };
    named().unwrap_or_else(|| format!("runnable {runnable}"))
}

fn element_name(head: &Head, partition: &str, element: u32) -> String {
    let named = || table(head, partition)?.elements.get(element as usize);
    named().map_or_else(|| format!("element {element}"), |entry| entry.name.clone())
}

fn work_name(head: &Head, ended: &Ended) -> String {
    let PartitionId(number) = ended.partition;
    let Some(partition) = head.partitions.get(number as usize) else {
        return format!("partition {number}");
    };
    let name = &partition.table.name;
    match ended.work {
        Work::Start => format!("{name}/start"),
        Work::Task(task) => match partition.table.tasks.get(task as usize) {
            Some(entry) => format!("{name}/{}", entry.name),
            None => format!("{name}/task {task}"),
        },
    }
}

fn entry_line(head: &Head, entry: &Entry) -> String {
    match entry {
        Entry::Input(input) => input_line(input),
        Entry::Call { call, answer } => format!("{} -> {}", call_line(call), answer_text(answer)),
        Entry::Note(note) => note_line(head, note),
        Entry::Ended(ended) => ended_line(head, ended),
        Entry::Idle { next_ns } => idle_line(*next_ns),
    }
}

fn output_line(head: &Head, output: &Output) -> String {
    match output {
        Output::Call(call) => call_line(call),
        Output::Note(note) => note_line(head, note),
        Output::Ended(ended) => ended_line(head, ended),
        Output::Idle { next_ns } => idle_line(*next_ns),
    }
}

fn input_line(input: &Input) -> String {
    match input {
        Input::Receive { at_ns, frame } => {
            format!("{at_ns} frame arrives: {}", frame_text(frame))
        }
        Input::Confirm(confirmation) => format!(
            "{} request {} is confirmed: {:?}",
            confirmation.at_ns, confirmation.request, confirmation.outcome
        ),
        Input::CanEvent { at_ns, bus, event } => format!("{at_ns} {bus}: {event:?}"),
        Input::Deliver {
            at_ns,
            partition,
            element,
            value,
        } => format!(
            "{at_ns} value arrives: partition {} element {element} = {}",
            partition.0,
            hex(value)
        ),
        Input::Run { at_ns } => format!("{at_ns} run"),
    }
}

fn call_line(call: &Call) -> String {
    match call {
        Call::Transmit {
            at_ns,
            request,
            frame,
        } => format!("{at_ns} transmit {} (request {request})", frame_text(frame)),
        Call::TransmitOnce {
            at_ns,
            request,
            frame,
        } => format!(
            "{at_ns} transmit once {} (request {request})",
            frame_text(frame)
        ),
        Call::Abort {
            at_ns,
            bus,
            request,
        } => format!("{at_ns} abort request {request} on {bus}"),
        Call::CanBitRate { bus } => format!("bit rate of {bus}"),
        Call::CanStatus { at_ns, bus } => format!("{at_ns} status of {bus}"),
        Call::HasCan { bus } => format!("open CAN {bus}"),
        Call::HasI2c { bus } => format!("open I2C {bus}"),
        Call::I2c {
            at_ns,
            bus,
            address,
            operations,
        } => format!(
            "{at_ns} I2C {bus} {address:#04x} {}",
            operations_text(operations)
        ),
        Call::Random => "random".to_string(),
    }
}

fn answer_text(answer: &Answer) -> String {
    match answer {
        Answer::Taken(Ok(())) => "taken".to_string(),
        Answer::Taken(Err(error)) => format!("{error:?}"),
        Answer::BitRateHz(rate) => rate.map_or("unknown".to_string(), |rate| format!("{rate} Hz")),
        Answer::CanStatus(status) => format!("{status:?}"),
        Answer::IsAttached(true) => "attached".to_string(),
        Answer::IsAttached(false) => "not attached".to_string(),
        Answer::I2c {
            result: Err(error), ..
        } => format!("{error:?}"),
        Answer::I2c { operations, .. } => operations_text(operations),
        Answer::Random(number) => format!("{number:#018x}"),
    }
}

fn note_line(head: &Head, note: &Note) -> String {
    match note {
        Note::Published {
            at_ns,
            partition,
            element,
            value,
        } => format!(
            "{at_ns} {partition} publishes {} = {}",
            element_name(head, partition, *element),
            hex(value)
        ),
        Note::Refused {
            at_ns,
            partition,
            element,
        } => format!(
            "{at_ns} {partition} refuses {}",
            element_name(head, partition, *element)
        ),
        Note::Called {
            at_ns,
            partition,
            probe,
            function,
            arguments,
        } => format!(
            "{at_ns} {partition} calls probe {probe} function {function} ({})",
            hex(arguments)
        ),
        Note::Returned {
            at_ns,
            partition,
            probe,
            function,
            outcome,
        } => format!(
            "{at_ns} {partition} returns from probe {probe} function {function} ({})",
            hex(outcome)
        ),
        Note::Entered {
            at_ns,
            partition,
            runnable,
        } => format!(
            "{at_ns} enters {}",
            runnable_name(head, partition, *runnable)
        ),
        Note::Left {
            at_ns,
            partition,
            runnable,
            fuel,
        } => format!(
            "{at_ns} leaves {} (fuel {fuel})",
            runnable_name(head, partition, *runnable)
        ),
        Note::Printed {
            at_ns,
            partition,
            text,
            ..
        } => format!(
            "{at_ns} {partition} prints {:?}",
            String::from_utf8_lossy(text)
        ),
    }
}

fn ended_line(head: &Head, ended: &Ended) -> String {
    let name = work_name(head, ended);
    let Ended {
        started_ns,
        cost_ns,
        fuel,
        ..
    } = ended;
    let end = format!("{started_ns} + {cost_ns} ns: {name} ends (fuel {fuel})");
    match &ended.trap {
        None => end,
        Some(trap) => format!("{end}, trapped: {}", trap.reason),
    }
}

fn idle_line(next_ns: Option<u64>) -> String {
    match next_ns {
        Some(next_ns) => format!("idle until {next_ns}"),
        None => "idle".to_string(),
    }
}

fn frame_text(frame: &ecu_host::board::CanFrame) -> String {
    let id = match frame.extended {
        true => format!("{:08X}", frame.id),
        false => format!("{:03X}", frame.id),
    };
    match frame.remote {
        true => format!("{} {id}#R{}", frame.bus, frame.data.len()),
        false => format!("{} {id}#{}", frame.bus, hex(&frame.data).to_uppercase()),
    }
}

fn operations_text(operations: &[I2cOperation]) -> String {
    let text = operations.iter().map(|operation| match operation {
        I2cOperation::Read(bytes) => format!("r{}", hex(bytes)),
        I2cOperation::Write(bytes) => format!("w{}", hex(bytes)),
    });
    text.collect::<Vec<_>>().join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
