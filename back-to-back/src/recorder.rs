//! Writes down what passes between an ECU and its board. Knows nothing of who puts something in.

use alloc::{string::String, vec::Vec};
use core::cell::RefCell;

use ecu_host::PartitionId;
use ecu_host::board::{
    Board, CanError, CanFrame, CanStatus, GpioError, I2cOperation, I2cTransfer, Level, NvBlock,
    NvError, NvStatus, PinConfig, PinWatch, Record, SpiConfig, SpiError, SpiOperation, SpiTransfer,
    WatchedPin,
};

use crate::{Answer, Call, Entry, Note};

/// A board with a recorder around it; while the recorder is off it costs a comparison a call.
#[derive(Debug)]
pub struct Recorder<B> {
    /// The platform.
    pub board: B,
    // Some calls of a board take it shared.
    entries: RefCell<Option<Vec<Entry>>>,
}

impl<B> Recorder<B> {
    /// Records nothing.
    pub fn off(board: B) -> Recorder<B> {
        Recorder {
            board,
            entries: RefCell::new(None),
        }
    }

    /// Records from now on; for a whole recording, before the ECU first runs.
    pub fn on(board: B) -> Recorder<B> {
        Recorder {
            board,
            entries: RefCell::new(Some(Vec::new())),
        }
    }

    /// What was recorded so far; none while it is off.
    pub fn entries(&self) -> Option<Vec<Entry>> {
        self.entries.borrow().clone()
    }

    pub(crate) fn note(&self, entry: impl FnOnce() -> Entry) {
        if let Some(entries) = &mut *self.entries.borrow_mut() {
            entries.push(entry());
        }
    }

    pub(crate) fn is_off(&self) -> bool {
        self.entries.borrow().is_none()
    }

    /// Notes a call with what was answered, and hands that on.
    fn answered<T: Clone>(
        &self,
        answered: T,
        answer: fn(T) -> Answer,
        call: impl FnOnce() -> Call,
    ) -> T {
        self.note(|| Entry::Call {
            call: call(),
            answer: answer(answered.clone()),
        });
        answered
    }
}

impl<B: Board> Board for Recorder<B> {
    fn now_ns(&mut self, modelled_ns: u64) -> u64 {
        self.board.now_ns(modelled_ns)
    }

    fn wait_for_pins(
        &mut self,
        at_ns: u64,
        watched: &[WatchedPin<'_>],
        until_ns: u64,
    ) -> Option<u64> {
        self.board.wait_for_pins(at_ns, watched, until_ns)
    }

    fn wait(&mut self, from_ns: u64, until_ns: u64) {
        self.board.wait(from_ns, until_ns);
    }

    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        let taken = self.board.transmit(at_ns, request, frame);
        self.answered(taken, Answer::Taken, || Call::Transmit {
            at_ns,
            request,
            frame: frame.clone(),
        })
    }

    fn transmit_once(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
    ) -> Result<(), CanError> {
        let taken = self.board.transmit_once(at_ns, request, frame);
        self.answered(taken, Answer::Taken, || Call::TransmitOnce {
            at_ns,
            request,
            frame: frame.clone(),
        })
    }

    fn abort(&mut self, at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        let taken = self.board.abort(at_ns, bus, request);
        self.answered(taken, Answer::Taken, || Call::Abort {
            at_ns,
            bus: bus.into(),
            request,
        })
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        let rate = self.board.can_bit_rate_hz(bus);
        self.answered(rate, Answer::BitRateHz, || Call::CanBitRate {
            bus: bus.into(),
        })
    }

    /// Not on the link: what it drives are boards of classic buses.
    #[cfg(feature = "can-fd")]
    fn can_flexible_rates(&self, bus: &str) -> Option<ecu_host::board::CanFlexibleRates> {
        self.board.can_flexible_rates(bus)
    }

    fn can_status(&self, at_ns: u64, bus: &str) -> Option<CanStatus> {
        let status = self.board.can_status(at_ns, bus);
        self.answered(status, Answer::CanStatus, || Call::CanStatus {
            at_ns,
            bus: bus.into(),
        })
    }

    fn has_can(&self, bus: &str) -> bool {
        let is_attached = self.board.has_can(bus);
        let call = || Call::HasCan { bus: bus.into() };
        self.answered(is_attached, Answer::IsAttached, call)
    }

    fn has_i2c(&self, bus: &str) -> bool {
        let is_attached = self.board.has_i2c(bus);
        let call = || Call::HasI2c { bus: bus.into() };
        self.answered(is_attached, Answer::IsAttached, call)
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        if self.is_off() {
            return self.board.i2c(at_ns, bus, address, operations);
        }
        let call = Call::I2c {
            at_ns,
            bus: bus.into(),
            address,
            operations: operations.to_vec(),
        };
        let transfer = self.board.i2c(at_ns, bus, address, operations);
        let answer = Answer::I2c(transfer, operations.to_vec());
        self.note(|| Entry::Call { call, answer });
        transfer
    }

    fn has_spi(&self, device: &str) -> bool {
        let is_attached = self.board.has_spi(device);
        self.answered(is_attached, Answer::IsAttached, || Call::HasSpi {
            device: device.into(),
        })
    }

    fn spi_devices(&self) -> Vec<String> {
        let devices = self.board.spi_devices();
        self.answered(devices, Answer::SpiDevices, || Call::SpiDevices)
    }

    fn spi_configure(
        &mut self,
        at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        let configured = self.board.spi_configure(at_ns, device, config);
        self.answered(configured, Answer::SpiConfigured, || Call::SpiConfigure {
            at_ns,
            device: device.into(),
            config,
        })
    }

    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        if self.is_off() {
            return self.board.spi(at_ns, device, operations);
        }
        let call = Call::Spi {
            at_ns,
            device: device.into(),
            operations: operations.to_vec(),
        };
        let transfer = self.board.spi(at_ns, device, operations);
        let answer = Answer::Spi(transfer.clone(), operations.to_vec());
        self.note(|| Entry::Call { call, answer });
        transfer
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        let config = self.board.pin(name);
        let call = || Call::Pin { name: name.into() };
        self.answered(config, Answer::Pin, call)
    }

    fn digital_read(&mut self, at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        let level = self.board.digital_read(at_ns, pin);
        self.answered(level, Answer::Level, || Call::DigitalRead {
            at_ns,
            pin: pin.into(),
        })
    }

    fn digital_write(&mut self, at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        let written = self.board.digital_write(at_ns, pin, level);
        self.answered(written, Answer::PinWritten, || Call::DigitalWrite {
            at_ns,
            pin: pin.into(),
            level,
        })
    }

    fn analog_read(&mut self, at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        let value = self.board.analog_read(at_ns, pin);
        self.answered(value, Answer::Analog, || Call::AnalogRead {
            at_ns,
            pin: pin.into(),
        })
    }

    fn analog_write(&mut self, at_ns: u64, pin: &str, value: u32) -> Result<(), GpioError> {
        let written = self.board.analog_write(at_ns, pin, value);
        self.answered(written, Answer::PinWritten, || Call::AnalogWrite {
            at_ns,
            pin: pin.into(),
            value,
        })
    }

    fn pin_ready(
        &mut self,
        at_ns: u64,
        pin: &str,
        watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        let ready = self.board.pin_ready(at_ns, pin, watch, since_ns);
        self.answered(ready, Answer::PinReady, || Call::PinReady {
            at_ns,
            pin: pin.into(),
            watch,
            since_ns,
        })
    }

    fn nv_read(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        let content = self.board.nv_read(at_ns, block);
        self.answered(content, Answer::NvContent, || Call::NvRead {
            at_ns,
            block: block.into(),
        })
    }

    fn nv_write(&mut self, at_ns: u64, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        let taken = self.board.nv_write(at_ns, block, data);
        self.answered(taken, Answer::NvTaken, || Call::NvWrite {
            at_ns,
            block: block.into(),
            data: data.into(),
        })
    }

    fn nv_invalidate(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<(), NvError> {
        let taken = self.board.nv_invalidate(at_ns, block);
        self.answered(taken, Answer::NvTaken, || Call::NvInvalidate {
            at_ns,
            block: block.into(),
        })
    }

    fn nv_status(&mut self, at_ns: u64, block: NvBlock<'_>) -> NvStatus {
        let status = self.board.nv_status(at_ns, block);
        self.answered(status, Answer::NvStatus, || Call::NvStatus {
            at_ns,
            block: block.into(),
        })
    }

    /// Not an entry of its own: the note of the element says what was published.
    fn publish(&mut self, at_ns: u64, partition: PartitionId, element: u32, value: &[u8]) {
        self.board.publish(at_ns, partition, element, value);
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        if let Some(entries) = self.entries.get_mut() {
            entries.extend(Note::of(at_ns, &record).map(Entry::Note));
        }
        self.board.record(at_ns, record);
    }

    fn random(&mut self) -> u64 {
        let number = self.board.random();
        self.answered(number, Answer::Random, || Call::Random)
    }
}
