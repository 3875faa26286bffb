//! The driver as a component: the chip's handles, and `autosar:can` for its neighbour. Knows nothing
//! of registers.

use crate::{
    Filter, Frame, Id, Timing, acceptance,
    chip::{Chip, Silent},
    mode,
};
use autosar::can::types::{
    Attempts, BitTiming, Confirmation, ControllerState, Counters, Error, ErrorState,
    Filter as Asked, Format, Frame as CanFrame, Identifier, Received, TimedEvent,
};
use exports::{
    autosar::can::controllers::{self, Controller, GuestController},
    wireloom::gateway::chip as runnables,
};
use std::cell::RefCell;
use wasi::spi::spi::{Config, Mode};
use wireloom::ecu::clock;

wit_bindgen::generate!({ path: "../wit", world: "mcp2515", generate_all });
export!(Component);

struct Component;

/// The chip takes 10 MHz; the bus may be slower.
const CLOCK_HZ: u32 = 10_000_000;

struct Driver {
    chip: Chip,
    interrupt: DigitalInPin,
}

thread_local! {
    /// None before its initialization, and where no chip answers.
    static DRIVER: RefCell<Option<Driver>> = const { RefCell::new(None) };
}

fn driver<T>(act: impl FnOnce(&mut Driver) -> Result<T, Error>) -> Result<T, Error> {
    DRIVER.with_borrow_mut(|driver| match driver {
        Some(driver) => act(driver),
        None => Err(Error::WrongState(ControllerState::Uninit)),
    })
}

impl From<Silent> for Error {
    fn from(_: Silent) -> Error {
        Error::WrongState(ControllerState::Uninit)
    }
}

impl runnables::Guest for Component {
    fn initialize() {
        let spi = get_can_chip();
        let config = Config {
            frequency: CLOCK_HZ,
            mode: Mode::Mode0,
            lsb_first: false,
        };
        // An ECU whose devices are set up once and for all refuses; then its own set-up counts.
        let _kept = spi.configure(config);
        let made = Chip::reset(spi).ok().map(|chip| Driver {
            chip,
            interrupt: get_interrupt(),
        });
        DRIVER.with_borrow_mut(|driver| *driver = made);
    }

    fn poll() {
        // Who does not answer is asked again the next time.
        let _polled = driver(|driver| {
            // A pin that cannot be read is no reason to hear nothing.
            let is_called = driver.interrupt.is_active().unwrap_or(true);
            if is_called || driver.chip.is_watched() {
                driver.chip.poll(clock::now())?;
            }
            Ok(())
        });
    }
}

/// The only controller; all handles are the same.
struct Opened;

impl controllers::Guest for Component {
    type Controller = Opened;
}

impl Driver {
    /// The chip takes its settings when it has stopped, which may be after the frame on the bus.
    fn stopped(&mut self) -> Result<&mut Chip, Error> {
        match self.chip.state {
            ControllerState::Stopped => {}
            other => return Err(Error::WrongState(other)),
        }
        match self.chip.is_in(mode::CONFIGURATION)? {
            true => Ok(&mut self.chip),
            false => Err(Error::WrongState(ControllerState::Started)),
        }
    }

    fn turn(&mut self, asked: u8, state: ControllerState) -> Result<(), Error> {
        self.chip.ask_mode(asked)?;
        if !self.chip.is_in(asked)? {
            return Err(Error::WrongState(self.chip.state));
        }
        self.chip.state = state;
        Ok(())
    }
}

impl GuestController for Opened {
    fn open(_name: String) -> Result<Controller, Error> {
        driver(|driver| Ok(driver.chip.stop()?))?;
        Ok(Controller::new(Opened))
    }

    fn configure(&self, nominal: BitTiming, data: Option<BitTiming>) -> Result<(), Error> {
        if data.is_some() {
            return Err(Error::Unsupported);
        }
        let timing = Timing {
            bit_rate_hz: nominal.bit_rate_hz,
            segment_1: nominal.segment_1,
            segment_2: nominal.segment_2,
            jump_width: nominal.synchronisation_jump_width,
        };
        let registers = timing.registers();
        let registers = registers.map_err(|rule| Error::Invalid(rule.to_owned()))?;
        driver(|driver| Ok(driver.stopped()?.configure(timing, registers)?))
    }

    fn timing(&self) -> (BitTiming, Option<BitTiming>) {
        let timing = driver(|driver| Ok(driver.chip.timing)).ok();
        let nominal = timing.map_or(
            BitTiming {
                bit_rate_hz: 0,
                segment_1: 0,
                segment_2: 0,
                synchronisation_jump_width: 0,
            },
            |timing| BitTiming {
                bit_rate_hz: timing.bit_rate_hz,
                segment_1: timing.segment_1,
                segment_2: timing.segment_2,
                synchronisation_jump_width: timing.jump_width,
            },
        );
        (nominal, None)
    }

    fn set_filters(&self, filters: Vec<Asked>) -> Result<(), Error> {
        let asked: Vec<Filter> = filters.iter().map(filter).collect::<Result<_, _>>()?;
        let taken = match asked.is_empty() {
            true => None,
            false => Some(acceptance(&asked).ok_or(Error::Unsupported)?),
        };
        driver(|driver| Ok(driver.stopped()?.accept(taken.as_ref())?))
    }

    fn start(&self) -> Result<(), Error> {
        driver(|driver| {
            driver.stopped()?;
            driver.turn(mode::NORMAL, ControllerState::Started)
        })
    }

    fn stop(&self) -> Result<(), Error> {
        driver(|driver| match driver.chip.state {
            ControllerState::Started => Ok(driver.chip.stop()?),
            other => Err(Error::WrongState(other)),
        })
    }

    fn sleep(&self) -> Result<(), Error> {
        driver(|driver| {
            driver.stopped()?;
            driver.turn(mode::SLEEP, ControllerState::Sleep)
        })
    }

    fn wake(&self) -> Result<(), Error> {
        driver(|driver| {
            if driver.chip.state != ControllerState::Sleep {
                return Err(Error::WrongState(driver.chip.state));
            }
            driver.chip.wake()?;
            driver.turn(mode::CONFIGURATION, ControllerState::Stopped)
        })
    }

    fn state(&self) -> ControllerState {
        driver(|driver| Ok(driver.chip.state)).unwrap_or(ControllerState::Uninit)
    }

    fn error_state(&self) -> ErrorState {
        driver(|driver| Ok(driver.chip.error_state)).unwrap_or(ErrorState::ErrorActive)
    }

    fn counters(&self) -> Counters {
        let counted = driver(|driver| Ok(driver.chip.counters()?));
        let (transmit, receive) = counted.unwrap_or((0, 0));
        Counters {
            transmit_errors: transmit.into(),
            receive_errors: receive.into(),
        }
    }

    fn transmit(&self, frame: CanFrame, attempts: Attempts) -> Result<u64, Error> {
        let frame = classic(frame)?;
        driver(|driver| {
            if driver.chip.state != ControllerState::Started {
                return Err(Error::WrongState(driver.chip.state));
            }
            let is_one_shot = attempts == Attempts::OneShot;
            let request = driver.chip.transmit(&frame, is_one_shot)?;
            request.ok_or(Error::QueueFull)
        })
    }

    fn abort(&self, request: u64) -> Result<(), Error> {
        driver(|driver| Ok(driver.chip.abort(request)?))
    }

    fn confirmed(&self) -> Option<Confirmation> {
        let oldest = driver(|driver| Ok(driver.chip.confirmations.pop_front())).ok()??;
        let (request, outcome, timestamp_ns) = oldest;
        Some(Confirmation {
            request,
            outcome,
            timestamp_ns,
        })
    }

    fn receive(&self) -> Option<Received> {
        let oldest = driver(|driver| Ok(driver.chip.frames.pop_front())).ok()??;
        let (frame, timestamp_ns, lost) = oldest;
        let format = match frame.remote {
            true => Format::REMOTE,
            false => Format::empty(),
        };
        let id = match frame.id {
            Id::Standard(id) => Identifier::Standard(id),
            Id::Extended(id) => Identifier::Extended(id),
        };
        let frame = CanFrame {
            id,
            format,
            dlc: frame.dlc,
            data: frame.data,
        };
        Some(Received {
            frame,
            timestamp_ns,
            lost,
        })
    }

    fn next_event(&self) -> Option<TimedEvent> {
        let oldest = driver(|driver| Ok(driver.chip.events.pop_front())).ok()??;
        let (event, timestamp_ns) = oldest;
        Some(TimedEvent {
            event,
            timestamp_ns,
        })
    }
}

fn id(id: Identifier) -> Result<Id, Error> {
    match id {
        Identifier::Standard(id) if id <= 0x7ff => Ok(Id::Standard(id)),
        Identifier::Standard(_) => Err(Error::Invalid("an identifier has 11 bits".to_owned())),
        Identifier::Extended(id) if id <= 0x1fff_ffff => Ok(Id::Extended(id)),
        Identifier::Extended(_) => Err(Error::Invalid("an identifier has 29 bits".to_owned())),
    }
}

fn filter(asked: &Asked) -> Result<Filter, Error> {
    Ok(Filter {
        id: id(asked.id)?,
        mask: asked.mask,
    })
}

fn classic(frame: CanFrame) -> Result<Frame, Error> {
    let remote = frame.format & Format::REMOTE == Format::REMOTE;
    if frame.format | Format::REMOTE != Format::REMOTE {
        return Err(Error::Unsupported);
    }
    let meant = if remote {
        0
    } else {
        usize::from(frame.dlc.min(8))
    };
    if frame.dlc > 15 || frame.data.len() != meant {
        let rule = "a frame has as many bytes as its code means; a remote frame has none";
        return Err(Error::Invalid(rule.to_owned()));
    }
    Ok(Frame {
        id: id(frame.id)?,
        remote,
        dlc: frame.dlc,
        data: frame.data,
    })
}
