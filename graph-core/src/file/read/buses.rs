//! Buses with what is on them, what instances bind to, and partitions with their blocks.

use super::{FileError, Problem, Reader, slashed};
use crate::{
    document::*,
    edit::Edit,
    file::{bytes, v1},
};
use std::collections::BTreeMap;

impl Reader<'_> {
    pub(super) fn buses(&mut self, buses: v1::Table<v1::Bus>) -> Result<(), FileError> {
        for (name, entry) in buses {
            let kind = self.bus_kind(&name, entry)?;
            let id = self.document.new_ids().bus();
            let bus = Bus {
                name: name.get_ref().clone(),
                kind,
            };
            self.apply(&name.span(), Edit::InsertBus(id, bus))?;
        }
        Ok(())
    }

    fn bus_kind(&self, name: &v1::Text, entry: v1::Bus) -> Result<BusKind, FileError> {
        let described = || match entry.kind {
            v1::BusKind::Can => format!("the CAN bus `{}`", name.get_ref()),
            v1::BusKind::I2c => format!("the I2C bus `{}`", name.get_ref()),
            v1::BusKind::Spi => format!("the SPI bus `{}`", name.get_ref()),
            v1::BusKind::Gpio => format!("the GPIO controller `{}`", name.get_ref()),
            v1::BusKind::Ethernet => format!("the Ethernet network `{}`", name.get_ref()),
        };
        if !matches!(entry.kind, v1::BusKind::Can | v1::BusKind::Ethernet) {
            self.none("bitrate_bps", &entry.bitrate_bps, described)?;
        }
        if !matches!(entry.kind, v1::BusKind::Can) {
            self.none("data_bitrate_bps", &entry.data_bitrate_bps, described)?;
            self.no_sample_points(&entry, described)?;
            self.none("description", &entry.description, described)?;
        }
        if !matches!(entry.kind, v1::BusKind::Ethernet) {
            self.none("latency_ns", &entry.latency_ns, described)?;
        }
        if matches!(
            entry.kind,
            v1::BusKind::Can | v1::BusKind::Gpio | v1::BusKind::Ethernet
        ) {
            self.none("clock_hz", &entry.clock_hz, described)?;
            self.nothing_in("devices", &entry.devices, described)?;
        }
        if !matches!(entry.kind, v1::BusKind::Gpio) {
            self.nothing_in("pins", &entry.pins, described)?;
        }
        Ok(match entry.kind {
            v1::BusKind::Can => BusKind::Can {
                flexible: self.flexible(name, &entry)?,
                bitrate_bps: self.some(
                    "bitrate_bps",
                    entry.bitrate_bps,
                    &name.span(),
                    described,
                )?,
                description: entry.description.map(|path| slashed(path.get_ref())),
                restbus: entry.restbus,
            },
            v1::BusKind::I2c => BusKind::I2c {
                clock_hz: self.some("clock_hz", entry.clock_hz, &name.span(), described)?,
                devices: each(entry.devices, |name, device| self.i2c_device(name, device))?,
            },
            v1::BusKind::Spi => BusKind::Spi {
                clock_hz: self.some("clock_hz", entry.clock_hz, &name.span(), described)?,
                devices: each(entry.devices, |name, device| self.spi_device(name, device))?,
            },
            v1::BusKind::Gpio => BusKind::Gpio {
                pins: each(entry.pins, |name, pin| self.pin(name, pin))?,
            },
            v1::BusKind::Ethernet => {
                let span = name.span();
                BusKind::Ethernet {
                    bitrate_bps: self.some("bitrate_bps", entry.bitrate_bps, &span, described)?,
                    latency_ns: self.some("latency_ns", entry.latency_ns, &span, described)?,
                }
            }
        })
    }

    fn no_sample_points(
        &self,
        entry: &v1::Bus,
        described: impl Fn() -> String,
    ) -> Result<(), FileError> {
        let (one, other) = (
            &entry.sample_point_permille,
            &entry.data_sample_point_permille,
        );
        self.none("sample_point_permille", one, &described)?;
        self.none("data_sample_point_permille", other, described)
    }

    /// What makes a bus CAN FD.
    fn flexible(
        &self,
        name: &v1::Text,
        entry: &v1::Bus,
    ) -> Result<Option<FlexibleDataRate>, FileError> {
        let Some(data_bitrate_bps) = &entry.data_bitrate_bps else {
            let described = || {
                format!(
                    "the CAN bus `{}` without `data_bitrate_bps`",
                    name.get_ref()
                )
            };
            self.no_sample_points(entry, described)?;
            return Ok(None);
        };
        let usual = FlexibleDataRate::SAMPLE_POINT_PERMILLE;
        let sample = |point: &Option<toml::Spanned<u16>>| {
            point.as_ref().map_or(usual, |point| *point.get_ref())
        };
        Ok(Some(FlexibleDataRate {
            data_bitrate_bps: *data_bitrate_bps.get_ref(),
            sample_point_permille: sample(&entry.sample_point_permille),
            data_sample_point_permille: sample(&entry.data_sample_point_permille),
        }))
    }

    fn i2c_device(&self, name: v1::Text, device: v1::Device) -> Result<Device, FileError> {
        let described = || format!("the device `{}` on an I2C bus", name.get_ref());
        self.none("chip_select", &device.chip_select, described)?;
        self.none("mode", &device.mode, described)?;
        self.none("can", &device.can, described)?;
        self.none("interrupt", &device.interrupt, described)?;
        let at = device.model.span();
        Ok(Device {
            address: self.some("address", device.address, &at, described)?,
            model: device.model.into_inner(),
            stimuli: device.stimuli,
            name: name.into_inner(),
        })
    }

    fn spi_device(&self, name: v1::Text, device: v1::Device) -> Result<SpiDevice, FileError> {
        let described = || format!("the device `{}` on an SPI bus", name.get_ref());
        self.none("address", &device.address, described)?;
        let mode = match &device.mode {
            None => deployment::SpiMode::default(),
            Some(mode) => deployment::SpiMode::numbered(*mode.get_ref()).ok_or_else(|| {
                let problem = Problem::SpiMode {
                    device: name.get_ref().clone(),
                    found: *mode.get_ref(),
                };
                self.place.error(&mode.span(), problem)
            })?,
        };
        let at = device.model.span();
        Ok(SpiDevice {
            chip_select: self.some("chip_select", device.chip_select, &at, described)?,
            mode,
            can: device.can.map(toml::Spanned::into_inner),
            interrupt: device.interrupt.map(toml::Spanned::into_inner),
            model: device.model.into_inner(),
            stimuli: device.stimuli,
            name: name.into_inner(),
        })
    }

    fn pin(&self, name: v1::Text, pin: v1::Pin) -> Result<Pin, FileError> {
        let signal = match pin.signal {
            v1::Signal::Digital => {
                let described = || format!("the digital pin `{}`", name.get_ref());
                self.none("full_scale", &pin.full_scale, described)?;
                deployment::PinSignal::Digital
            }
            v1::Signal::Analog => {
                let described = || format!("the analog pin `{}`", name.get_ref());
                self.none("pull", &pin.pull, described)?;
                let full_scale =
                    self.some("full_scale", pin.full_scale, &name.span(), described)?;
                deployment::PinSignal::Analog { full_scale }
            }
        };
        Ok(Pin {
            name: name.into_inner(),
            signal,
            direction: pin.direction,
            active_level: pin.active_level,
            pull: pin.pull.map(toml::Spanned::into_inner),
            stimuli: pin.stimuli,
        })
    }

    /// `i2c0`, `spi0/adc`
    pub(super) fn binding(&self, text: &v1::Text) -> Result<Binding, FileError> {
        let (bus, part) = match text.get_ref().split_once('/') {
            Some((bus, part)) => (bus, Some(part)),
            None => (text.get_ref().as_str(), None),
        };
        let id = self.bus(bus, &text.span())?;
        let parts = self.document.buses.get(&id).map(Bus::parts);
        match part.filter(|part| !parts.is_some_and(|parts| parts.contains(part))) {
            None => Ok(Binding {
                bus: id,
                part: part.map(str::to_owned),
            }),
            Some(part) => {
                let problem = Problem::UnknownPart {
                    bus: bus.to_owned(),
                    part: part.to_owned(),
                };
                Err(self.place.error(&text.span(), problem))
            }
        }
    }

    pub(super) fn partition(&self, entry: v1::Partition) -> Result<Partition, FileError> {
        let mut blocks = BTreeMap::new();
        for (name, block) in entry.blocks {
            let initial = block.initial.map(|text| {
                let problem = || Problem::Content {
                    text: text.get_ref().clone(),
                };
                bytes(text.get_ref()).ok_or_else(|| self.place.error(&text.span(), problem()))
            });
            let block = Block {
                size_bytes: block.size_bytes,
                initial: initial.transpose()?,
            };
            blocks.insert(name.into_inner(), block);
        }
        Ok(Partition {
            memory_bytes: entry.memory_bytes,
            fuel: entry.fuel,
            on_trap: match entry.on_trap {
                v1::Reaction::Restart => deployment::Reaction::Restart,
                v1::Reaction::Stop => deployment::Reaction::Stop,
                v1::Reaction::StopRun => deployment::Reaction::StopRun,
            },
            blocks,
        })
    }

    fn nothing_in<T>(
        &self,
        field: &'static str,
        table: &v1::Table<T>,
        entry: impl Fn() -> String,
    ) -> Result<(), FileError> {
        match table.first_key_value() {
            None => Ok(()),
            Some((first, _)) => {
                let entry = entry();
                Err(self
                    .place
                    .error(&first.span(), Problem::StrayField { entry, field }))
            }
        }
    }
}

fn each<T, U>(
    table: v1::Table<T>,
    read: impl Fn(v1::Text, T) -> Result<U, FileError>,
) -> Result<Vec<U>, FileError> {
    let entries = table.into_iter();
    entries.map(|(name, entry)| read(name, entry)).collect()
}
