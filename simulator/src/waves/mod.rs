//! The lines of buses and pins over time, made of a trace, as a Value Change Dump: what a logic
//! analyser would have seen. Knows nothing of who asked for what and of files.
//!
//! | bus | lines |
//! | --- | --- |
//! | CAN | `can`: 1 is recessive; `x` where an error other than a missing acknowledgement is on the bus |
//! | I2C | `scl`, `sda` |
//! | SPI | `sclk`, `mosi`, `miso` (`x` where a driver only writes, since nobody looked), `cs_DEVICE` |
//! | pins | one each; an analog one is a number |
//!
//! Within a clock, edges stand where a receiver samples them safely; where exactly is no part of the
//! simulation.
//!
//! Source: IEEE 1364-2005, 18 (Value Change Dump).

mod can;
mod i2c;
mod spi;

use crate::{
    gpio::Line,
    simulation::frames::rates_of,
    trace::{Kind, Trace},
};
use deployment::{BusKind, PinSignal, SpiMode, System};
use ecu_host::board::BitOrder;
use std::{
    collections::{BTreeMap, HashMap},
    io,
};
use vcd::{IdCode, SimulationCommand, TimescaleUnit, Value, VarType, Writer};

/// How an SPI device is spoken to, by its name: as it was at the end of the run.
pub(crate) type SpiForms = BTreeMap<String, (SpiMode, BitOrder)>;

/// A line has a value from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    at_ns: u64,
    line: usize,
    value: u32,
}

/// A level that nobody knows.
const UNKNOWN: u32 = u32::MAX;

/// Lines by bus or controller and name, and what they do.
#[derive(Debug, Default)]
struct Waves {
    lines: Vec<Wave>,
    by_name: HashMap<(String, String), usize>,
    changes: Vec<Change>,
}

#[derive(Debug)]
struct Wave {
    scope: String,
    name: String,
    bits: u32,
    initial: u32,
}

/// Writes the lines of all rows that are kept, up to now.
pub(crate) fn write(
    system: &System,
    forms: &SpiForms,
    (trace, now_ns): (&Trace, u64),
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut waves = Waves::declared(system, forms);
    waves.draw(system, forms, trace);
    waves.write(now_ns, out)
}

impl Waves {
    /// All lines in the order of buses by name, as they are before anything happens.
    fn declared(system: &System, forms: &SpiForms) -> Waves {
        let mut waves = Waves::default();
        let mut buses: Vec<&deployment::Bus> = system.buses.iter().collect();
        buses.sort_by(|a, b| a.name.cmp(&b.name));
        for bus in buses {
            let mut bit = |name: &str, initial: u32| waves.declare(&bus.name, name, 1, initial);
            match &bus.kind {
                BusKind::Can { .. } | BusKind::CanFd { .. } => bit(can::LINE, 1),
                BusKind::I2c { .. } => ["scl", "sda"].into_iter().for_each(|name| bit(name, 1)),
                BusKind::Spi { devices, .. } => {
                    let first = devices.first().and_then(|device| forms.get(&device.name));
                    let mode = first.map(|(mode, _)| *mode).unwrap_or_default();
                    bit("sclk", u32::from(spi::idles_high(mode)));
                    bit("mosi", 0);
                    bit("miso", UNKNOWN);
                    devices
                        .iter()
                        .for_each(|device| bit(&spi::select(&device.name), 1));
                }
                BusKind::Gpio { pins } => {
                    for pin in pins {
                        let bits = match pin.signal {
                            PinSignal::Digital => 1,
                            PinSignal::Analog { .. } => u32::BITS,
                        };
                        let initial = Line::new(pin).value(0);
                        waves.declare(&bus.name, &pin.name, bits, initial);
                    }
                }
                BusKind::Ethernet { .. } => {}
            }
        }
        waves
    }

    fn declare(&mut self, scope: &str, name: &str, bits: u32, initial: u32) {
        let key = (scope.to_owned(), name.to_owned());
        self.by_name.insert(key, self.lines.len());
        self.lines.push(Wave {
            scope: scope.to_owned(),
            name: name.to_owned(),
            bits,
            initial,
        });
    }

    fn draw(&mut self, system: &System, forms: &SpiForms, trace: &Trace) {
        let kinds: HashMap<&str, &BusKind> = system
            .buses
            .iter()
            .map(|bus| (bus.name.as_str(), &bus.kind))
            .collect();
        let pins: HashMap<&str, &str> = system
            .buses
            .iter()
            .filter_map(|bus| match &bus.kind {
                BusKind::Gpio { pins } => Some(pins.iter().map(|pin| (&*pin.name, &*bus.name))),
                _ => None,
            })
            .flatten()
            .collect();
        for row in trace.rows_from(trace.begin()) {
            let (end_ns, detail) = (row.time_ns, row.detail);
            let kind = kinds.get(row.subject).copied();
            let mut set = |name: &str, at_ns: u64, value: u32| {
                self.change(row.subject, name, at_ns, value);
            };
            match (row.kind, kind) {
                (Kind::Frame | Kind::Error, Some(kind)) => {
                    if let Some(rates) = rates_of(kind) {
                        can::draw(detail, row.kind, (end_ns, &rates), &mut set);
                    }
                }
                (Kind::I2c, Some(BusKind::I2c { clock_hz, .. })) => {
                    i2c::draw(detail, (end_ns, *clock_hz), &mut set);
                }
                (Kind::Spi, _) => spi::draw(detail, end_ns, forms, &mut set),
                (Kind::Pin, _) => {
                    let value = match detail.split(' ').next_back() {
                        Some("low") => Some(0),
                        Some("high") => Some(1),
                        number => number.and_then(|number| number.parse().ok()),
                    };
                    if let (Some(scope), Some(value)) = (pins.get(row.subject), value) {
                        self.change(scope, row.subject, end_ns, value);
                    }
                }
                _ => {}
            }
        }
    }

    fn change(&mut self, scope: &str, name: &str, at_ns: u64, value: u32) {
        let key = (scope.to_owned(), name.to_owned());
        if let Some(line) = self.by_name.get(&key) {
            self.changes.push(Change {
                at_ns,
                line: *line,
                value,
            });
        }
    }

    fn write(mut self, now_ns: u64, out: &mut dyn io::Write) -> io::Result<()> {
        // Stable: of two at one instant the one that was drawn later holds.
        self.changes.sort_by_key(|change| change.at_ns);
        let mut writer = Writer::new(out);
        writer.timescale(1, TimescaleUnit::NS)?;
        let mut codes = Vec::new();
        let mut scope: Option<&str> = None;
        for line in &self.lines {
            if scope != Some(&line.scope) {
                if scope.is_some() {
                    writer.upscope()?;
                }
                writer.add_module(&line.scope)?;
                scope = Some(&line.scope);
            }
            let kind = if line.bits == 1 {
                VarType::Wire
            } else {
                VarType::Integer
            };
            codes.push(writer.add_var(kind, line.bits, &line.name, None)?);
        }
        if scope.is_some() {
            writer.upscope()?;
        }
        writer.enddefinitions()?;
        writer.timestamp(0)?;
        writer.begin(SimulationCommand::Dumpvars)?;
        let mut now: Vec<u32> = self.lines.iter().map(|line| line.initial).collect();
        let known = self.lines.iter().zip(&codes);
        for (line, code) in known {
            put(&mut writer, *code, line.bits, line.initial)?;
        }
        writer.end()?;
        let mut at_ns = 0;
        for change in &self.changes {
            let (Some(line), Some(code), Some(before)) = (
                self.lines.get(change.line),
                codes.get(change.line),
                now.get_mut(change.line),
            ) else {
                continue;
            };
            if *before == change.value {
                continue;
            }
            *before = change.value;
            if at_ns != change.at_ns {
                at_ns = change.at_ns;
                writer.timestamp(at_ns)?;
            }
            put(&mut writer, *code, line.bits, change.value)?;
        }
        // A reader knows by it how long the last levels hold.
        if now_ns > at_ns {
            writer.timestamp(now_ns)?;
        }
        writer.flush()
    }
}

fn put(
    writer: &mut Writer<&mut dyn io::Write>,
    code: IdCode,
    bits: u32,
    value: u32,
) -> io::Result<()> {
    match (bits, value) {
        (1, UNKNOWN) => writer.change_scalar(code, Value::X),
        (1, value) => writer.change_scalar(code, value != 0),
        (_, number) => {
            let bits = (0..u32::BITS).rev().map(|bit| number >> bit & 1 != 0);
            writer.change_vector(code, bits.map(Value::from))
        }
    }
}

#[cfg(test)]
mod tests;
