//! What an ECU does on its buses and pins and with its memory: the calls of its board on the world,
//! and their lines in the trace. Knows nothing of partitions and of the order of events.

use super::{faults, files::hex, world::World};
use crate::{
    faults::SpiEffect,
    gpio::Line,
    trace::{Kind, SubjectId},
};
use ecu_host::board::{
    BusTime, GpioError, I2cError, I2cOperation, I2cTransfer, Level, NvBlock, NvError, PinWatch,
    SpiConfig, SpiError, SpiOperation, SpiTransfer,
};

/// One I2C transaction with the device at an address.
pub(super) fn i2c(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    bus: &str,
    (address, operations): (u16, &mut [I2cOperation]),
) -> I2cTransfer {
    let nothing = I2cTransfer {
        bus_time: BusTime(0),
        result: Err(I2cError::Other),
    };
    let Some(bus) = world.i2cs.iter().position(|wire| wire.name() == bus) else {
        return nothing;
    };
    world.come_to(at_ns);
    let disturbance = world.i2c_disturbance(at_ns, (bus, address));
    let Some(wire) = world.i2cs.get_mut(bus) else {
        return nothing;
    };
    let transfer = wire.transact_disturbed(at_ns, (address, operations), disturbance);
    let name = wire.name().to_owned();
    let subject = world.trace.subject(&name);
    let bytes: String = operations
        .iter()
        .map(|operation| match operation {
            I2cOperation::Read(bytes) => format!(" r{}", hex(bytes)),
            I2cOperation::Write(bytes) => format!(" w{}", hex(bytes)),
        })
        .collect();
    let result = transfer.result.map_or_else(i2c_word, |()| "ok");
    let start_ns = transfer.start_ns;
    world.trace.record(
        transfer.end_ns,
        Kind::I2c,
        subject,
        format_args!("{ecu} {address:#04x}{bytes} {result} {start_ns}"),
    );
    world.collect_i2c_misuse(transfer.end_ns, bus);
    I2cTransfer {
        bus_time: BusTime(transfer.end_ns - at_ns),
        result: transfer.result,
    }
}

fn i2c_word(error: I2cError) -> &'static str {
    match error {
        I2cError::Bus => "bus",
        I2cError::ArbitrationLoss => "arbitration-loss",
        I2cError::NoAcknowledgeAddress => "no-acknowledge-address",
        I2cError::NoAcknowledgeData => "no-acknowledge-data",
        I2cError::NoAcknowledgeUnknown => "no-acknowledge",
        I2cError::Overrun => "overrun",
        I2cError::Other => "other",
    }
}

/// Positions of an SPI device's bus and of the device there.
pub(super) fn spi_place(world: &World, device: &str) -> Option<(usize, usize)> {
    let mut buses = world.spis.iter().enumerate();
    buses.find_map(|(bus, wire)| Some((bus, wire.position(device)?)))
}

pub(super) fn spi_configure(
    world: &mut World,
    device: &str,
    config: SpiConfig,
) -> Result<(), SpiError> {
    let (bus, position) = spi_place(world, device).ok_or_else(not_attached)?;
    let wire = world.spis.get_mut(bus).ok_or_else(not_attached)?;
    wire.configure(position, config)
}

/// One SPI transaction with a device.
pub(super) fn spi(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    device: &str,
    operations: &mut [SpiOperation],
) -> SpiTransfer {
    let Some((bus, position)) = spi_place(world, device) else {
        return SpiTransfer::failed(not_attached());
    };
    world.come_to(at_ns);
    let effect = world.spi_effect(at_ns, (bus, position));
    if let Some(error) = faults::spi_failure(&effect) {
        return SpiTransfer::failed(error);
    }
    let Some(wire) = world.spis.get_mut(bus) else {
        return SpiTransfer::failed(not_attached());
    };
    faults::flip_written(&effect, operations);
    let sent: Vec<String> = operations.iter().map(sent).collect();
    wire.part(position, effect == Some(SpiEffect::Disconnect));
    let done = wire.transact(at_ns, position, operations);
    faults::flip_read(&effect, operations);
    let name = wire.name().to_owned();
    let subject = world.trace.subject(&name);
    let both = sent.iter().zip(operations.iter());
    let words: String = both.map(|(sent, done)| word(sent, done)).collect();
    let start_ns = done.start_ns;
    world.trace.record(
        done.end_ns,
        Kind::Spi,
        subject,
        format_args!("{ecu} {device}{words} {start_ns}"),
    );
    world.collect_spi_misuse(done.end_ns, bus, position);
    world.settle_spi(done.end_ns, bus, position);
    SpiTransfer {
        bus_time: BusTime(done.end_ns - at_ns),
        result: Ok(()),
    }
}

/// What a transfer sends, before what comes in takes its place.
fn sent(operation: &SpiOperation) -> String {
    match operation {
        SpiOperation::Transfer(bytes) => hex(bytes),
        _ => String::new(),
    }
}

fn word(sent: &str, done: &SpiOperation) -> String {
    match done {
        SpiOperation::Read(bytes) => format!(" r{}", hex(bytes)),
        SpiOperation::Write(bytes) => format!(" w{}", hex(bytes)),
        SpiOperation::Transfer(bytes) => format!(" t{sent}>{}", hex(bytes)),
        SpiOperation::DelayNs(delay_ns) => format!(" d{delay_ns}"),
    }
}

fn not_attached() -> SpiError {
    SpiError::Other("the device is not attached".to_owned())
}

/// Position of a pin in the world.
pub(super) fn pin_number(world: &World, name: &str) -> Option<usize> {
    world.lines.iter().position(|pin| pin.line.name() == name)
}

/// The line of a pin, after what the world has done to it up to then.
pub(super) fn line<'a>(world: &'a mut World, at_ns: u64, pin: &str) -> Result<&'a Line, GpioError> {
    let number = pin_number(world, pin).ok_or(GpioError::UndefinedPinLabel)?;
    world.come_to(at_ns);
    world.pin_failure(at_ns, pin)?;
    let pin = world.lines.get(number);
    Ok(&pin.ok_or(GpioError::UndefinedPinLabel)?.line)
}

/// The level of a digital pin, as an ECU reads it.
pub(super) fn level(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    pin: &str,
) -> Result<Level, GpioError> {
    let level = line(world, at_ns, pin)?.level(at_ns);
    let value = u32::from(level == Level::High);
    world.trace.note_pin_read(at_ns, ecu, pin, value);
    Ok(level)
}

/// What the converter of an analog pin gives an ECU.
pub(super) fn value(world: &mut World, ecu: &str, at_ns: u64, pin: &str) -> Result<u32, GpioError> {
    let value = line(world, at_ns, pin)?.value(at_ns);
    world.trace.note_pin_read(at_ns, ecu, pin, value);
    Ok(value)
}

/// The ECU drives a pin with 0 or 1, or a number.
pub(super) fn drive(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    pin: &str,
    value: u32,
) -> Result<(), GpioError> {
    let number = pin_number(world, pin).ok_or(GpioError::UndefinedPinLabel)?;
    world.come_to(at_ns);
    world.pin_failure(at_ns, pin)?;
    world.drive(at_ns, number, ecu, value);
    Ok(())
}

/// When the condition first holds at or after `since_ns`, as far as stimuli are known.
pub(super) fn pin_ready(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    pin: &str,
    watch: PinWatch,
    since_ns: u64,
) -> Result<Option<u64>, GpioError> {
    // Who asks whether a level has come learns the level.
    let level = line(world, at_ns, pin)?.level(at_ns);
    let value = u32::from(level == Level::High);
    world.trace.note_pin_read(at_ns, ecu, pin, value);
    let number = pin_number(world, pin).ok_or(GpioError::UndefinedPinLabel)?;
    world.stimulate_until(at_ns);
    let pin = world.lines.get(number);
    let pin = pin.ok_or(GpioError::UndefinedPinLabel)?;
    Ok(pin
        .line
        .ready_ns(watch, since_ns, world.stimuli_to_come(number)))
}

pub(super) fn nv_read(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    block: NvBlock<'_>,
) -> Result<Vec<u8>, NvError> {
    let read = world.memory.read(ecu, block);
    let subject = block_subject(world, ecu, block);
    let kind = Kind::Nv;
    match &read {
        Ok(bytes) => world
            .trace
            .record(at_ns, kind, subject, format_args!("read {}", hex(bytes))),
        Err(error) => {
            let word = nv_word(*error);
            world
                .trace
                .record(at_ns, kind, subject, format_args!("read {word}"));
        }
    }
    read
}

pub(super) fn nv_write(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    block: NvBlock<'_>,
    data: &[u8],
) -> Result<(), NvError> {
    let written = world.memory.write(at_ns, ecu, block, data);
    let request = format!("write {}", hex(data));
    note_request(world, ecu, at_ns, block, &request, written)
}

pub(super) fn nv_invalidate(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    block: NvBlock<'_>,
) -> Result<(), NvError> {
    let done = world.memory.invalidate(at_ns, ecu, block);
    note_request(world, ecu, at_ns, block, "invalidate", done)
}

fn note_request(
    world: &mut World,
    ecu: &str,
    at_ns: u64,
    block: NvBlock<'_>,
    request: &str,
    outcome: Result<u64, NvError>,
) -> Result<(), NvError> {
    let subject = block_subject(world, ecu, block);
    let outcome_word = match outcome {
        Ok(safe_ns) => format!("safe {safe_ns}"),
        Err(error) => nv_word(error).to_owned(),
    };
    let detail = format_args!("{request} {outcome_word}");
    world.trace.record(at_ns, Kind::Nv, subject, detail);
    outcome.map(drop)
}

fn block_subject(world: &mut World, ecu: &str, block: NvBlock<'_>) -> SubjectId {
    let name = format!("{ecu}/{}/{}", block.partition, block.name);
    world.trace.subject(&name)
}

fn nv_word(error: NvError) -> &'static str {
    match error {
        NvError::NotOk => "not-ok",
        NvError::IntegrityFailed => "integrity-failed",
        NvError::NvInvalidated => "nv-invalidated",
        NvError::Full => "full",
        NvError::WrongBlock => "wrong-block",
        NvError::NotServed => "not-served",
    }
}
