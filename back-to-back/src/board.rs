//! The board of an ECU that is driven over a link: every call goes to the tester. The same on a
//! microcontroller (a UART) and in a process (standard input and output).

use alloc::{format, string::String, vec::Vec};
use core::cell::RefCell;

use ecu_host::board::{
    Board, BusTime, CanError, CanFrame, CanStatus, GpioError, I2cError, I2cOperation, I2cTransfer,
    Level, NvBlock, NvError, NvStatus, PinConfig, PinWatch, Record, SpiConfig, SpiError,
    SpiOperation, SpiTransfer,
};

use crate::{Answer, Call, FromEcu, LinkError, Note, Output, Port, ToEcu, link::Link};

/// See the file's head. Calls of the board cannot fail: after an error of the link they answer what
/// a board without buses would, and [`crate::serve`] ends with the error.
#[derive(Debug)]
pub struct LinkBoard<P> {
    // Some calls of a board take it shared.
    end: RefCell<End<P>>,
}

#[derive(Debug)]
struct End<P> {
    link: Link<P>,
    failed: Option<LinkError>,
}

/// The content of the answer, if it is of that kind; else what a board without buses would say.
macro_rules! answered {
    ($board:expr, $call:expr, $kind:path, $otherwise:expr) => {
        match $board.ask($call) {
            Some($kind(content)) => content,
            Some(other) => {
                $board.refuse(&other);
                $otherwise
            }
            None => $otherwise,
        }
    };
}

impl<P: Port> LinkBoard<P> {
    /// A board whose calls go over this port.
    pub fn new(port: P) -> LinkBoard<P> {
        let link = Link::new(port);
        LinkBoard {
            end: RefCell::new(End { link, failed: None }),
        }
    }

    pub(crate) fn receive(&self) -> Result<ToEcu, LinkError> {
        self.end.borrow_mut().link.receive()
    }

    pub(crate) fn say(&self, message: &FromEcu) -> Result<(), LinkError> {
        self.end.borrow_mut().link.send(message)
    }

    pub(crate) fn failed(&self) -> Option<LinkError> {
        self.end.borrow().failed.clone()
    }

    fn ask(&self, call: Call) -> Option<Answer> {
        let end = &mut *self.end.borrow_mut();
        if end.failed.is_some() {
            return None;
        }
        let said = end.link.send(&FromEcu::Output(Output::Call(call)));
        match said.and_then(|()| end.link.receive()) {
            Ok(ToEcu::Answer(answer)) => Some(answer),
            Ok(other) => end.fail(unexpected(&format!("{other:?}"))),
            Err(error) => end.fail(error),
        }
    }

    fn refuse(&self, answer: &Answer) {
        self.end
            .borrow_mut()
            .fail(unexpected(&format!("{answer:?}")));
    }
}

impl<P> End<P> {
    fn fail(&mut self, error: LinkError) -> Option<Answer> {
        self.failed.get_or_insert(error);
        None
    }
}

fn unexpected(found: &str) -> LinkError {
    LinkError::Unexpected {
        expected: "the answer to a call",
        found: String::from(found),
    }
}

impl<P: Port> Board for LinkBoard<P> {
    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        let frame = frame.clone();
        let call = Call::Transmit {
            at_ns,
            request,
            frame,
        };
        answered!(self, call, Answer::Taken, Err(CanError::NoBus))
    }

    fn transmit_once(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
    ) -> Result<(), CanError> {
        let frame = frame.clone();
        let call = Call::TransmitOnce {
            at_ns,
            request,
            frame,
        };
        answered!(self, call, Answer::Taken, Err(CanError::NoBus))
    }

    fn abort(&mut self, at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        let bus = bus.into();
        let call = Call::Abort {
            at_ns,
            bus,
            request,
        };
        answered!(self, call, Answer::Taken, Err(CanError::NoBus))
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        let call = Call::CanBitRate { bus: bus.into() };
        answered!(self, call, Answer::BitRateHz, None)
    }

    fn can_status(&self, at_ns: u64, bus: &str) -> Option<CanStatus> {
        let bus = bus.into();
        answered!(
            self,
            Call::CanStatus { at_ns, bus },
            Answer::CanStatus,
            None
        )
    }

    fn has_can(&self, bus: &str) -> bool {
        let call = Call::HasCan { bus: bus.into() };
        answered!(self, call, Answer::IsAttached, false)
    }

    fn has_i2c(&self, bus: &str) -> bool {
        let call = Call::HasI2c { bus: bus.into() };
        answered!(self, call, Answer::IsAttached, false)
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        let answer = self.ask(Call::I2c {
            at_ns,
            bus: bus.into(),
            address,
            operations: operations.to_vec(),
        });
        match answer {
            Some(Answer::I2c(transfer, done)) if fits_i2c(operations, &done) => {
                operations.clone_from_slice(&done);
                return transfer;
            }
            Some(other) => self.refuse(&other),
            None => {}
        }
        I2cTransfer {
            bus_time: BusTime(0),
            result: Err(I2cError::Other),
        }
    }

    fn has_spi(&self, device: &str) -> bool {
        let device = device.into();
        answered!(self, Call::HasSpi { device }, Answer::IsAttached, false)
    }

    fn spi_devices(&self) -> Vec<String> {
        answered!(self, Call::SpiDevices, Answer::SpiDevices, Vec::new())
    }

    fn spi_configure(
        &mut self,
        at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        let device = device.into();
        let call = Call::SpiConfigure {
            at_ns,
            device,
            config,
        };
        answered!(self, call, Answer::SpiConfigured, Err(no_spi()))
    }

    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        let answer = self.ask(Call::Spi {
            at_ns,
            device: device.into(),
            operations: operations.to_vec(),
        });
        match answer {
            Some(Answer::Spi(transfer, done)) if fits_spi(operations, &done) => {
                operations.clone_from_slice(&done);
                return transfer;
            }
            Some(other) => self.refuse(&other),
            None => {}
        }
        SpiTransfer::failed(no_spi())
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        answered!(self, Call::Pin { name: name.into() }, Answer::Pin, None)
    }

    fn digital_read(&mut self, at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        let pin = pin.into();
        let call = Call::DigitalRead { at_ns, pin };
        answered!(self, call, Answer::Level, Err(no_pin()))
    }

    fn digital_write(&mut self, at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        let pin = pin.into();
        let call = Call::DigitalWrite { at_ns, pin, level };
        answered!(self, call, Answer::PinWritten, Err(no_pin()))
    }

    fn analog_read(&mut self, at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        let pin = pin.into();
        let call = Call::AnalogRead { at_ns, pin };
        answered!(self, call, Answer::Analog, Err(no_pin()))
    }

    fn analog_write(&mut self, at_ns: u64, pin: &str, value: u32) -> Result<(), GpioError> {
        let pin = pin.into();
        let call = Call::AnalogWrite { at_ns, pin, value };
        answered!(self, call, Answer::PinWritten, Err(no_pin()))
    }

    fn pin_ready(
        &mut self,
        at_ns: u64,
        pin: &str,
        watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        let pin = pin.into();
        let call = Call::PinReady {
            at_ns,
            pin,
            watch,
            since_ns,
        };
        answered!(self, call, Answer::PinReady, Err(no_pin()))
    }

    fn nv_read(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        let block = block.into();
        let call = Call::NvRead { at_ns, block };
        answered!(self, call, Answer::NvContent, Err(NvError::NotServed))
    }

    fn nv_write(&mut self, at_ns: u64, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        let (block, data) = (block.into(), data.into());
        let call = Call::NvWrite { at_ns, block, data };
        answered!(self, call, Answer::NvTaken, Err(NvError::NotServed))
    }

    fn nv_invalidate(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<(), NvError> {
        let block = block.into();
        let call = Call::NvInvalidate { at_ns, block };
        answered!(self, call, Answer::NvTaken, Err(NvError::NotServed))
    }

    fn nv_status(&mut self, at_ns: u64, block: NvBlock<'_>) -> NvStatus {
        let block = block.into();
        let call = Call::NvStatus { at_ns, block };
        let otherwise = NvStatus::Failed(NvError::NotServed);
        answered!(self, call, Answer::NvStatus, otherwise)
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        let Some(note) = Note::of(at_ns, &record) else {
            return;
        };
        let end = self.end.get_mut();
        if end.failed.is_some() {
            return;
        }
        if let Err(error) = end.link.send(&FromEcu::Output(Output::Note(note))) {
            end.fail(error);
        }
    }

    fn random(&mut self) -> u64 {
        answered!(self, Call::Random, Answer::Random, 0)
    }
}

fn no_spi() -> SpiError {
    SpiError::Other("the ECU has no SPI".into())
}

fn no_pin() -> GpioError {
    GpioError::OperationNotSupported
}

/// Whether the answer has the operations that were asked for, each of its length.
fn fits_i2c(asked: &[I2cOperation], done: &[I2cOperation]) -> bool {
    let same = |(asked, done): (&I2cOperation, &I2cOperation)| match (asked, done) {
        (I2cOperation::Read(asked), I2cOperation::Read(done)) => asked.len() == done.len(),
        (I2cOperation::Write(asked), I2cOperation::Write(done)) => asked == done,
        _ => false,
    };
    asked.len() == done.len() && asked.iter().zip(done).all(same)
}

fn fits_spi(asked: &[SpiOperation], done: &[SpiOperation]) -> bool {
    let same = |(asked, done): (&SpiOperation, &SpiOperation)| match (asked, done) {
        (SpiOperation::Read(asked), SpiOperation::Read(done))
        | (SpiOperation::Transfer(asked), SpiOperation::Transfer(done)) => {
            asked.len() == done.len()
        }
        (SpiOperation::Write(_) | SpiOperation::DelayNs(_), _) => asked == done,
        _ => false,
    };
    asked.len() == done.len() && asked.iter().zip(done).all(same)
}

/// Names of an ECU's partitions, in the order of their numbers.
pub(crate) fn partition_names<B: Board + 'static>(ecu: &ecu_host::Ecu<B>) -> Vec<String> {
    let name = |number| ecu.partition(ecu_host::PartitionId(number));
    (0..)
        .map_while(|number| name(number).map(|table| table.name.clone()))
        .collect()
}
