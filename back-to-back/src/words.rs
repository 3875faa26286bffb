//! Entries of a recording in words, with the names behind their numbers.

use deployment::Partition;
use ecu_host::{
    PartitionId, Work,
    board::{I2cOperation, SpiOperation},
};
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{Answer, Call, Ended, Entry, Head, Input, Note, Output};

fn table<'a>(head: &'a Head, name: &str) -> Option<&'a Partition> {
    let mut tables = head.partitions.iter().map(|partition| &partition.table);
    tables.find(|table| table.name == name)
}

pub(crate) fn runnable_name(head: &Head, partition: &str, runnable: u32) -> String {
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

pub(crate) fn work_name(head: &Head, ended: &Ended) -> String {
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

pub(crate) fn entry_line(head: &Head, entry: &Entry) -> String {
    match entry {
        Entry::Input(input) => input_line(input),
        Entry::Call { call, answer } => format!("{} -> {}", call_line(call), answer_text(answer)),
        Entry::Note(note) => note_line(head, note),
        Entry::Ended(ended) => ended_line(head, ended),
        Entry::Idle { next_ns } => idle_line(*next_ns),
    }
}

pub(crate) fn output_line(head: &Head, output: &Output) -> String {
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
        Call::Spi {
            at_ns,
            device,
            operations,
        } => format!("{at_ns} SPI {device} {}", spi_text(operations)),
        other => format!("{other:?}"),
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
        Answer::I2c(transfer, operations) => match transfer.result {
            Ok(()) => operations_text(operations),
            Err(error) => format!("{error:?}"),
        },
        Answer::Random(number) => format!("{number:#018x}"),
        Answer::Spi(transfer, operations) => match &transfer.result {
            Ok(()) => spi_text(operations),
            Err(error) => format!("{error:?}"),
        },
        other => format!("{other:?}"),
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
    #[cfg(feature = "can-fd")]
    if let Some(flexible) = frame.flexible {
        let flags =
            u8::from(flexible.bit_rate_switch) + 2 * u8::from(flexible.error_state_indicator);
        let data = hex(&frame.data).to_uppercase();
        return format!("{} {id}##{flags}{data}", frame.bus);
    }
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

fn spi_text(operations: &[SpiOperation]) -> String {
    let text = operations.iter().map(|operation| match operation {
        SpiOperation::Read(bytes) => format!("r{}", hex(bytes)),
        SpiOperation::Write(bytes) => format!("w{}", hex(bytes)),
        SpiOperation::Transfer(bytes) => format!("t{}", hex(bytes)),
        SpiOperation::DelayNs(delay_ns) => format!("{delay_ns} ns"),
    });
    text.collect::<Vec<_>>().join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
