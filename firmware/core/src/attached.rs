//! SPI devices and pins of a system by the numbers that the board has for them: a device by its
//! chip select, pins in the system's order, digital and analog ones apart. Knows no board.

use alloc::{string::String, vec::Vec};

use deployment::{BusKind, PinSignal, System};
use ecu_host::board::{BitOrder, GpioError, PinConfig, SpiConfig, SpiMode};

use crate::{hardware::Hardware, log::log};

/// A device at the board's controller of SPI.
pub(crate) struct SpiLine {
    pub(crate) name: String,
    pub(crate) select: usize,
    pub(crate) config: SpiConfig,
}

/// A pin.
pub(crate) struct PinLine {
    pub(crate) name: String,
    /// Among the board's pins of its kind.
    pub(crate) number: usize,
    pub(crate) config: PinConfig,
}

/// The devices of the system's first SPI bus whose chip selects the board has.
pub(crate) fn spi_lines(system: &System, selects: usize) -> Vec<SpiLine> {
    let mut buses = system.buses.iter();
    let first = buses.find_map(|bus| match &bus.kind {
        BusKind::Spi { clock_hz, devices } => Some((*clock_hz, devices)),
        _ => None,
    });
    let Some((clock_hz, devices)) = first else {
        return Vec::new();
    };
    let lines = devices.iter().map(|device| SpiLine {
        name: device.name.clone(),
        select: usize::from(device.chip_select),
        config: SpiConfig {
            clock_hz,
            mode: spi_mode(device.mode),
            bit_order: BitOrder::MostSignificantFirst,
        },
    });
    let lines: Vec<SpiLine> = lines.filter(|line| line.select < selects).collect();
    for line in &lines {
        log!("spi select {}: {} at {clock_hz} Hz", line.select, line.name);
    }
    lines
}

fn spi_mode(mode: deployment::SpiMode) -> SpiMode {
    match mode {
        deployment::SpiMode::Mode0 => SpiMode::Mode0,
        deployment::SpiMode::Mode1 => SpiMode::Mode1,
        deployment::SpiMode::Mode2 => SpiMode::Mode2,
        deployment::SpiMode::Mode3 => SpiMode::Mode3,
    }
}

/// The system's pins, set up; those that the board does not have are told and left out.
pub(crate) fn pin_lines<H: Hardware>(system: &System, hardware: &mut H) -> Vec<PinLine> {
    let (mut digital, mut analog) = (0, 0);
    let mut lines = Vec::new();
    let buses = system.buses.iter();
    let pins = buses.filter_map(|bus| match &bus.kind {
        BusKind::Gpio { pins } => Some(pins),
        _ => None,
    });
    for pin in pins.flatten() {
        let (kind, counter) = match pin.signal {
            PinSignal::Digital => ("digital", &mut digital),
            PinSignal::Analog { .. } => ("analog", &mut analog),
        };
        let line = PinLine {
            name: pin.name.clone(),
            number: *counter,
            config: pin.into(),
        };
        *counter += 1;
        match hardware.pin_set_up(line.number, &line.config) {
            Ok(()) => {
                log!("{kind} pin {}: {}", line.number, line.name);
                lines.push(line);
            }
            Err(GpioError::PinModeNotAvailable) => {
                log!(
                    "{kind} pin {}: the board can not drive {}",
                    line.number,
                    line.name
                );
            }
            Err(_) => log!(
                "{kind} pin {}: the board has none for {}",
                line.number,
                line.name
            ),
        }
    }
    lines
}
