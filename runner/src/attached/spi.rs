//! spidev: a transaction with chip select asserted all the while is one system call.

use std::{io, iter, path::Path, time::Instant};

use ecu_host::board::{BitOrder, BusTime, SpiConfig, SpiError, SpiMode, SpiOperation, SpiTransfer};
use spidev::{SpiModeFlags, Spidev, SpidevOptions, SpidevTransfer};

/// The longest rest that spidev takes, in microseconds.
const LONGEST_REST_US: u32 = u16::MAX as u32;

/// An open device: a bus with its chip select.
pub(crate) struct Device {
    inner: Spidev,
}

impl Device {
    pub(crate) fn open(device: &Path, config: SpiConfig) -> Result<Device, String> {
        let opened = Spidev::open(device).and_then(|mut inner| {
            inner.configure(&options(config))?;
            Ok(Device { inner })
        });
        opened.map_err(|error| error.to_string())
    }

    pub(crate) fn configure(&mut self, config: SpiConfig) -> Result<(), SpiError> {
        let set = self.inner.configure(&options(config));
        set.map_err(|error| SpiError::Other(error.to_string()))
    }

    pub(crate) fn transfer(&mut self, operations: &mut [SpiOperation]) -> SpiTransfer {
        let begun = Instant::now();
        let mut transfers: Vec<_> = operations.iter_mut().flat_map(transfers).collect();
        let done = self.inner.transfer_multiple(&mut transfers);
        let bus_ns = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        SpiTransfer {
            bus_time: BusTime(bus_ns),
            result: done.map_err(|error| meaning(&error)),
        }
    }
}

/// A rest is waited for by the kernel, in microseconds that are rounded up; a long one is several.
fn transfers(operation: &mut SpiOperation) -> Vec<SpidevTransfer<'_, '_>> {
    match operation {
        SpiOperation::Read(bytes) => vec![SpidevTransfer::read(bytes)],
        SpiOperation::Write(bytes) => vec![SpidevTransfer::write(bytes)],
        SpiOperation::Transfer(bytes) => vec![SpidevTransfer::read_write_in_place(bytes)],
        SpiOperation::DelayNs(delay_ns) => rests_us(*delay_ns).map(SpidevTransfer::delay).collect(),
    }
}

fn rests_us(delay_ns: u32) -> impl Iterator<Item = u16> {
    let delay_us = delay_ns.div_ceil(1_000);
    let (whole, rest) = (delay_us / LONGEST_REST_US, delay_us % LONGEST_REST_US);
    let longest = iter::repeat_n(u16::MAX, whole as usize);
    // The rest of a division by this number fits.
    longest.chain(u16::try_from(rest).ok())
}

fn options(config: SpiConfig) -> SpidevOptions {
    let mode = match config.mode {
        SpiMode::Mode0 => SpiModeFlags::SPI_MODE_0,
        SpiMode::Mode1 => SpiModeFlags::SPI_MODE_1,
        SpiMode::Mode2 => SpiModeFlags::SPI_MODE_2,
        SpiMode::Mode3 => SpiModeFlags::SPI_MODE_3,
    };
    let lsb_first = config.bit_order == BitOrder::LeastSignificantFirst;
    SpidevOptions::new()
        .bits_per_word(8)
        .max_speed_hz(config.clock_hz)
        .lsb_first(lsb_first)
        .mode(mode)
        .build()
}

fn meaning(error: &io::Error) -> SpiError {
    match error.raw_os_error() {
        Some(libc::EOVERFLOW) => SpiError::Overrun,
        Some(libc::EBUSY) => SpiError::ModeFault,
        Some(libc::EPROTO) => SpiError::FrameFormat,
        Some(libc::ENXIO) => SpiError::ChipSelectFault,
        _ => SpiError::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: SpiConfig = SpiConfig {
        clock_hz: 1_000_000,
        mode: SpiMode::Mode0,
        bit_order: BitOrder::MostSignificantFirst,
    };

    #[test]
    fn what_is_no_device_is_an_error() {
        for path in ["/dev/spidev-none", "/dev/null"] {
            assert!(Device::open(Path::new(path), CONFIG).is_err(), "{path}");
        }
    }

    #[test]
    fn delays_are_rounded_up_and_long_ones_are_several() {
        for (delay_ns, expected_us) in [
            (0, vec![0]),
            (1, vec![1]),
            (65_534_001, vec![65_535, 0]),
            (65_535_001, vec![65_535, 1]),
            (200_000_000, vec![65_535, 65_535, 65_535, 3_395]),
        ] {
            let rests_us: Vec<u16> = rests_us(delay_ns).collect();
            assert_eq!(rests_us, expected_us, "{delay_ns}");
        }
        let longest_us: u32 = rests_us(u32::MAX).map(u32::from).sum();
        assert_eq!(longest_us, u32::MAX.div_ceil(1_000));
    }

    #[test]
    fn errors_of_the_kernel_have_their_meaning() {
        let meant = |errno| meaning(&io::Error::from_raw_os_error(errno));
        assert_eq!(meant(libc::EOVERFLOW), SpiError::Overrun);
        assert_eq!(meant(libc::EBUSY), SpiError::ModeFault);
        assert_eq!(meant(libc::EPROTO), SpiError::FrameFormat);
        assert_eq!(meant(libc::ENXIO), SpiError::ChipSelectFault);
        assert!(matches!(meant(libc::EIO), SpiError::Other(words) if words.contains("5")));
    }
}
