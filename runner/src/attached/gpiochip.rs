//! Lines of `/dev/gpiochip*`. A line is asked for as plain input until somebody watches it: an
//! interrupt an edge is a cost that nobody pays for a line that is only read.
//!
//! Source: Linux, include/uapi/linux/gpio.h (GPIO_GET_LINEHANDLE_IOCTL, GPIO_GET_LINEEVENT_IOCTL).

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use ecu_host::board::{GpioError, Level};
use gpio_cdev::{Chip, EventRequestFlags, LineEventHandle, LineHandle, LineRequestFlags};

use super::edges::{DigitalLine, Edge, EdgeSource};
use crate::{configuration::PinUse, os};

const CONSUMER: &str = "wireloom-ecu";
/// Of `struct gpioevent_data`: nanoseconds (u64), what happened (u32), padding.
const EVENT_BYTES: usize = 16;
const RISING: u32 = 1;
/// An event that is said to be older was stamped by another clock than CLOCK_MONOTONIC, as by
/// kernels before 5.7.
const OLDEST: Duration = Duration::from_secs(1);

/// A line of a controller, for this process alone.
pub(crate) struct GpioLine {
    chip: PathBuf,
    offset: u32,
    handle: Handle,
}

enum Handle {
    Plain(LineHandle),
    Watched(LineEventHandle),
    /// The kernel gave it back for watching and did not take it again.
    Lost,
}

impl GpioLine {
    /// An output starts inactive.
    pub(crate) fn open(
        chip: &Path,
        offset: u32,
        direction: PinUse,
        active_low: bool,
    ) -> Result<GpioLine, String> {
        let flags = match direction {
            PinUse::In => LineRequestFlags::INPUT,
            PinUse::Out => LineRequestFlags::OUTPUT,
        };
        let opened = Chip::new(chip)
            .and_then(|mut chip| chip.get_line(offset))
            .and_then(|line| line.request(flags, u8::from(active_low), CONSUMER));
        let handle = opened.map_err(|error| error.to_string())?;
        Ok(GpioLine {
            chip: chip.to_owned(),
            offset,
            handle: Handle::Plain(handle),
        })
    }

    fn line(&self) -> Result<gpio_cdev::Line, gpio_cdev::Error> {
        Chip::new(&self.chip)?.get_line(self.offset)
    }

    /// As it was before somebody wanted to watch it.
    fn plain(&self) -> Handle {
        let line = self.line();
        let plain = line.and_then(|line| line.request(LineRequestFlags::INPUT, 0, CONSUMER));
        plain.map_or(Handle::Lost, Handle::Plain)
    }
}

impl DigitalLine for GpioLine {
    fn level(&self) -> Result<Level, GpioError> {
        let value = match &self.handle {
            Handle::Plain(handle) => handle.get_value(),
            Handle::Watched(handle) => handle.get_value(),
            Handle::Lost => return Err(GpioError::HardwareFault),
        };
        match value.map_err(|_| GpioError::HardwareFault)? {
            0 => Ok(Level::Low),
            _ => Ok(Level::High),
        }
    }

    fn drive(&self, level: Level) -> Result<(), GpioError> {
        let value = u8::from(level == Level::High);
        match &self.handle {
            Handle::Plain(handle) => handle
                .set_value(value)
                .map_err(|_| GpioError::HardwareFault),
            Handle::Watched(_) => Err(GpioError::PinModeNotAllowed),
            Handle::Lost => Err(GpioError::HardwareFault),
        }
    }

    fn watch(&mut self) -> Result<Box<dyn EdgeSource>, GpioError> {
        // A line has one handle at a time.
        self.handle = Handle::Lost;
        let events = self.line().and_then(|line| {
            let edges = EventRequestFlags::BOTH_EDGES;
            line.events(LineRequestFlags::INPUT, edges, CONSUMER)
        });
        let opened = events
            .ok()
            .and_then(|events| Some((events.file().try_clone().ok()?, events)));
        let Some((file, events)) = opened else {
            self.handle = self.plain();
            return Err(GpioError::OperationNotSupported);
        };
        self.handle = Handle::Watched(events);
        Ok(Box::new(Events { file }))
    }
}

struct Events {
    file: File,
}

impl EdgeSource for Events {
    fn next(&mut self) -> io::Result<Edge> {
        let mut bytes = [0; EVENT_BYTES];
        self.file.read_exact(&mut bytes)?;
        Ok(edge(bytes, os::monotonic_ns(), Instant::now()))
    }
}

/// The edge of an event that was read when CLOCK_MONOTONIC showed `now_ns`.
fn edge(bytes: [u8; EVENT_BYTES], now_ns: u64, now: Instant) -> Edge {
    let [a, b, c, d, e, f, g, h, i, j, k, l, ..] = bytes;
    let stamped_ns = u64::from_ne_bytes([a, b, c, d, e, f, g, h]);
    let age = now_ns.checked_sub(stamped_ns).map(Duration::from_nanos);
    let age = age.filter(|age| *age < OLDEST).unwrap_or_default();
    Edge {
        to: match u32::from_ne_bytes([i, j, k, l]) {
            RISING => Level::High,
            _ => Level::Low,
        },
        at: now.checked_sub(age).unwrap_or(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(stamped_ns: u64, what: u32) -> [u8; EVENT_BYTES] {
        let mut bytes = [0; EVENT_BYTES];
        bytes[..8].copy_from_slice(&stamped_ns.to_ne_bytes());
        bytes[8..12].copy_from_slice(&what.to_ne_bytes());
        bytes
    }

    #[test]
    fn events_of_the_kernel_are_edges_at_their_time() {
        let now = Instant::now() + OLDEST;
        for (what, to) in [(1, Level::High), (2, Level::Low)] {
            let found = edge(event(5_000_000, what), 5_000_700, now);
            let at = now.checked_sub(Duration::from_nanos(700)).unwrap();
            assert_eq!(found, Edge { to, at });
        }
    }

    #[test]
    fn stamps_of_another_clock_are_the_time_of_reading() {
        let now = Instant::now();
        // Before the start of the machine's clock, and seconds ago.
        for stamped_ns in [1_700_000_000_000_000_000, 1] {
            let found = edge(event(stamped_ns, 1), 9_000_000_000, now);
            assert_eq!(found.at, now);
        }
    }

    #[test]
    fn what_is_no_controller_is_an_error() {
        for chip in ["/dev/gpiochip-none", "/dev/null"] {
            assert!(GpioLine::open(Path::new(chip), 17, PinUse::Out, false).is_err());
        }
    }
}
