//! Opens what the configuration binds: devices of this machine, or those of the hub.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc::Sender,
};

use deployment::{BusKind, System};
use ecu_host::board::{BitOrder, CanFlexibleRates, CanStatus, SpiConfig, SpiMode};

use super::{Can, CanLink, I2c, LinuxBoard, News, PinLink, Spi};
use crate::{
    AttachError,
    attached::{can::Interface, edges::Edges, i2c, pins::Pin, spi},
    clock::Clock,
    configuration::{BusBinding, Configuration, PinBinding},
    hub_link::HubLink,
    network::Networks,
    nv::NvStore,
    services::Line,
};

impl LinuxBoard {
    /// Opens everything that the configuration binds. A bus of the system without a binding is not
    /// attached: a partition that needs it says so.
    pub(crate) fn open(
        system: &System,
        configuration: &Configuration,
        hub: Option<HubLink>,
        nv: Option<NvStore>,
        log: Sender<Line>,
        news: &Sender<News>,
    ) -> Result<LinuxBoard, AttachError> {
        let mut board = LinuxBoard {
            clock: Clock::standing(),
            hub,
            can: BTreeMap::new(),
            i2c: BTreeMap::new(),
            spi: BTreeMap::new(),
            pins: BTreeMap::new(),
            edges: Edges::default(),
            lost_pins: BTreeSet::new(),
            nv,
            networks: Networks::default(),
            log,
        };
        for (name, binding) in &configuration.buses {
            match binding {
                BusBinding::Hub {} => board.attach_virtual(system, name)?,
                binding => board.attach(system, name, binding, news)?,
            }
        }
        for (name, binding) in &configuration.pins {
            let link = board.pin_of(system, name, binding)?;
            board.pins.insert(name.clone(), link);
        }
        Ok(board)
    }

    fn needs_hub(&self, name: &str) -> Result<(), AttachError> {
        match self.hub {
            Some(_) => Ok(()),
            None => Err(AttachError::NoHub { name: name.into() }),
        }
    }

    /// A bus or an SPI device of the hub.
    fn attach_virtual(&mut self, system: &System, name: &str) -> Result<(), AttachError> {
        self.needs_hub(name)?;
        let mut buses = system.buses.iter();
        match buses.find(|bus| bus.name == name).map(|bus| &bus.kind) {
            Some(kind @ (BusKind::Can { .. } | BusKind::CanFd { .. })) => {
                let can = Can::new(kind, CanLink::Hub);
                self.can.insert(name.into(), can);
            }
            Some(BusKind::I2c { .. }) => {
                self.i2c.insert(name.into(), I2c::Hub);
            }
            Some(_) => return Err(AttachError::Kind { name: name.into() }),
            None if has_spi_device(system, name) => {
                self.spi.insert(name.into(), Spi::Hub);
            }
            None => return Err(AttachError::NoBus { name: name.into() }),
        }
        Ok(())
    }

    fn attach(
        &mut self,
        system: &System,
        name: &str,
        binding: &BusBinding,
        news: &Sender<News>,
    ) -> Result<(), AttachError> {
        let failed = |reason: String| AttachError::Device {
            name: name.to_owned(),
            reason,
        };
        let bus = system.buses.iter().find(|bus| bus.name == name);
        let kind = bus.map(|bus| &bus.kind);
        match (binding, kind) {
            (
                BusBinding::Socketcan { interface },
                Some(kind @ (BusKind::Can { .. } | BusKind::CanFd { .. })),
            ) => {
                let (tell, bus) = (news.clone(), name.to_owned());
                let hear = move |heard| {
                    tell.send(News::Can {
                        bus: bus.clone(),
                        heard,
                    })
                    .is_ok()
                };
                let opened = Interface::open(interface, name, hear);
                let link = opened.map_err(|error| failed(format!("`{interface}`: {error}")))?;
                self.can
                    .insert(name.into(), Can::new(kind, CanLink::Socket(link)));
            }
            (BusBinding::I2cDev { device }, Some(BusKind::I2c { .. })) => {
                let opened = i2c::Bus::open(device);
                let bus =
                    opened.map_err(|error| failed(format!("`{}`: {error}", device.display())))?;
                self.i2c.insert(name.into(), I2c::Device(bus));
            }
            (
                BusBinding::Spidev {
                    device,
                    clock_hz,
                    mode,
                    lsb_first,
                },
                None,
            ) => {
                let opened = spi::Device::open(device, spi_config(*clock_hz, *mode, *lsb_first));
                let opened =
                    opened.map_err(|error| failed(format!("`{}`: {error}", device.display())))?;
                self.spi.insert(name.into(), Spi::Device(opened));
            }
            (_, None) => return Err(AttachError::NoBus { name: name.into() }),
            (_, Some(_)) => return Err(AttachError::Kind { name: name.into() }),
        }
        Ok(())
    }

    fn pin_of(
        &self,
        system: &System,
        name: &str,
        binding: &PinBinding,
    ) -> Result<PinLink, AttachError> {
        if let PinBinding::Hub {} = binding {
            self.needs_hub(name)?;
            let pin = system_pin(system, name);
            let pin = pin.ok_or_else(|| AttachError::NoPin { name: name.into() })?;
            return Ok(PinLink::Hub(pin.into()));
        }
        let opened = Pin::open(binding).map_err(|reason| AttachError::Device {
            name: name.to_owned(),
            reason,
        });
        opened.map(PinLink::Own)
    }
}

impl Can {
    fn new(kind: &BusKind, link: CanLink) -> Can {
        let (bit_rate_hz, flexible) = match kind {
            BusKind::CanFd {
                bitrate_bps,
                sample_point_permille,
                data_bitrate_bps,
                data_sample_point_permille,
            } => {
                let rates = CanFlexibleRates {
                    sample_point_permille: *sample_point_permille,
                    data_bit_rate_hz: *data_bitrate_bps,
                    data_sample_point_permille: *data_sample_point_permille,
                };
                (*bitrate_bps, Some(rates))
            }
            BusKind::Can { bitrate_bps } => (*bitrate_bps, None),
            _ => (0, None),
        };
        Can {
            bit_rate_hz,
            flexible,
            status: CanStatus::default(),
            link,
        }
    }
}

fn has_spi_device(system: &System, name: &str) -> bool {
    let devices = system.buses.iter().filter_map(|bus| match &bus.kind {
        BusKind::Spi { devices, .. } => Some(devices),
        _ => None,
    });
    devices.flatten().any(|device| device.name == name)
}

fn system_pin<'a>(system: &'a System, name: &str) -> Option<&'a deployment::Pin> {
    let pins = system.buses.iter().filter_map(|bus| match &bus.kind {
        BusKind::Gpio { pins } => Some(pins),
        _ => None,
    });
    pins.flatten().find(|pin| pin.name == name)
}

fn spi_config(clock_hz: u32, mode: u8, lsb_first: bool) -> SpiConfig {
    SpiConfig {
        clock_hz,
        mode: match mode {
            0 => SpiMode::Mode0,
            1 => SpiMode::Mode1,
            2 => SpiMode::Mode2,
            _ => SpiMode::Mode3,
        },
        bit_order: match lsb_first {
            true => BitOrder::LeastSignificantFirst,
            false => BitOrder::MostSignificantFirst,
        },
    }
}
