//! The platform of `ecu-host` over the board's hardware: real time, the buses by their names in
//! the system. Knows no board.

use alloc::{
    collections::VecDeque,
    string::{String, ToString},
    vec::Vec,
};

use deployment::{BusKind, System};
use ecu_host::{
    Confirmation, Transmission,
    board::{
        Board, BusTime, CanError, CanFrame, CanStatus, GpioError, I2cError, I2cOperation,
        I2cTransfer, Level, NvBlock, NvError, NvStatus, PinConfig, PinKind, Record, SpiConfig,
        SpiError, SpiOperation, SpiTransfer,
    },
};
use embedded_hal::i2c::{Error as _, ErrorKind, I2c as _, NoAcknowledgeSource, Operation};
use slcan::Frame;

use crate::{
    attached::{PinLine, SpiLine, pin_lines, spi_lines},
    clock::Clock,
    hardware::{CanTaken, CanTold, Hardware},
    log::log,
};

/// The hardware with the names that the system gives it: its first CAN bus is the board's first
/// one, and so on; the same for I2C, SPI by chip select, and pins by their order.
pub(crate) struct EcuBoard<H> {
    pub(crate) hardware: H,
    pub(crate) clock: Clock,
    /// By the board's number.
    can: Vec<CanBus>,
    /// By the board's number: name and clock rate.
    i2c: Vec<(String, u32)>,
    spi: Vec<SpiLine>,
    pins: Vec<PinLine>,
    /// Transmissions that have gone and were not confirmed yet.
    pub(crate) sent: Vec<Confirmation>,
    /// Frames that came while an activation waited.
    early: VecDeque<CanFrame>,
}

/// Frames that are kept while an activation waits; further ones stay in the board's rings.
const EARLY: usize = 64;
/// What is left of a wait is not slept: an alarm takes about as long.
const SPIN_NS: u64 = 20_000;

struct CanBus {
    name: String,
    bit_rate_hz: u32,
}

impl<H: Hardware> EcuBoard<H> {
    pub(crate) fn new(mut hardware: H, clock: Clock, system: &System) -> EcuBoard<H> {
        let can = system.buses.iter().filter_map(|bus| match &bus.kind {
            BusKind::Can { bitrate_bps } => Some(CanBus {
                name: bus.name.clone(),
                bit_rate_hz: *bitrate_bps,
            }),
            _ => None,
        });
        let i2c = system.buses.iter().filter_map(|bus| match &bus.kind {
            BusKind::I2c { clock_hz, .. } => Some((bus.name.clone(), *clock_hz)),
            _ => None,
        });
        let can: Vec<CanBus> = can.take(hardware.can_buses()).collect();
        for (number, bus) in can.iter().enumerate() {
            if let Err(reason) = hardware.can_start(number, bus.bit_rate_hz) {
                log!("can {number}: {reason}");
            }
        }
        let board = EcuBoard {
            can,
            i2c: i2c.take(hardware.i2c_controllers()).collect(),
            spi: spi_lines(system, hardware.spi_selects()),
            pins: pin_lines(system, &mut hardware),
            hardware,
            clock,
            sent: Vec::new(),
            early: VecDeque::new(),
        };
        board.tell_buses();
        board
    }

    fn tell_buses(&self) {
        for (number, bus) in self.can.iter().enumerate() {
            log!("can {number}: {} at {} bit/s", bus.name, bus.bit_rate_hz);
        }
        for (number, (name, clock_hz)) in self.i2c.iter().enumerate() {
            log!("i2c {number}: {name} at {clock_hz} Hz");
        }
    }

    /// Now is time zero.
    pub(crate) fn restart_clock(&mut self) {
        self.clock = Clock::new(H::CLOCK_HZ, self.hardware.ticks());
    }

    /// Time since the start.
    pub(crate) fn clock_ns(&mut self) -> u64 {
        self.clock.now_ns(self.hardware.ticks())
    }

    /// The next frame of any bus.
    pub(crate) fn received(&mut self) -> Option<CanFrame> {
        self.early.pop_front().or_else(|| self.waiting_frame())
    }

    /// Frames that come while an activation waits are taken out of the board's rings, which are
    /// short.
    fn take_early(&mut self) {
        while self.early.len() < EARLY
            && let Some(frame) = self.waiting_frame()
        {
            self.early.push_back(frame);
        }
    }

    /// Until an interrupt, or as many ticks. Interrupts wait while the alarm is set and the last
    /// look is taken: one that comes then ends the sleep at once, instead of being gone when it
    /// begins.
    pub(crate) fn sleep(&mut self, ticks: u32) {
        cortex_m::interrupt::free(|_| {
            self.hardware.set_alarm(ticks.max(1));
            if !self.hardware.has_input() {
                cortex_m::asm::dsb();
                cortex_m::asm::wfi();
            }
        });
    }

    fn waiting_frame(&mut self) -> Option<CanFrame> {
        for (number, bus) in self.can.iter().enumerate() {
            if let Some(frame) = self.hardware.can_receive(number) {
                return Some(CanFrame {
                    bus: bus.name.clone(),
                    id: frame.id,
                    extended: frame.extended,
                    remote: frame.remote,
                    data: frame.data().to_vec(),
                });
            }
        }
        None
    }

    /// The next thing that a controller has to tell, with its bus.
    pub(crate) fn told(&mut self) -> Option<(String, CanTold)> {
        for (number, bus) in self.can.iter().enumerate() {
            if let Some(told) = self.hardware.can_told(number) {
                return Some((bus.name.clone(), told));
            }
        }
        None
    }

    fn pin_line(&self, name: &str) -> Result<&PinLine, GpioError> {
        let mut pins = self.pins.iter();
        let line = pins.find(|line| line.name == name);
        line.ok_or(GpioError::UndefinedPinLabel)
    }

    /// Number of a digital pin.
    fn digital(&self, name: &str) -> Result<usize, GpioError> {
        let line = self.pin_line(name)?;
        match line.config.kind {
            PinKind::Digital => Ok(line.number),
            PinKind::Analog { .. } => Err(GpioError::PinModeNotAvailable),
        }
    }

    fn number(&self, bus: &str) -> Option<usize> {
        self.can.iter().position(|can| can.name == bus)
    }

    fn i2c_transaction(
        &mut self,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> Result<(), I2cError> {
        let number = self.i2c.iter().position(|(name, _)| name == bus);
        let entry = number.and_then(|number| Some((number, self.i2c.get(number)?.1)));
        let (number, clock_hz) = entry.ok_or(I2cError::Other)?;
        let controller = self.hardware.i2c(number, clock_hz).ok_or(I2cError::Other)?;
        // No controller of these boards sends addresses of ten bits.
        let address = u8::try_from(address).map_err(|_| I2cError::Other)?;
        let mut parts: Vec<Operation<'_>> = operations
            .iter_mut()
            .map(|operation| match operation {
                I2cOperation::Read(bytes) => Operation::Read(bytes),
                I2cOperation::Write(bytes) => Operation::Write(bytes),
            })
            .collect();
        let done = controller.transaction(address, &mut parts);
        done.map_err(|error| i2c_error(error.kind()))
    }
}

fn plain(frame: &CanFrame) -> Frame {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(&frame.data) {
        *place = *byte;
    }
    Frame {
        id: frame.id,
        extended: frame.extended,
        remote: frame.remote,
        length: frame.data.len().min(8) as u8,
        bytes,
    }
}

fn i2c_error(kind: ErrorKind) -> I2cError {
    match kind {
        ErrorKind::Bus => I2cError::Bus,
        ErrorKind::ArbitrationLoss => I2cError::ArbitrationLoss,
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address) => I2cError::NoAcknowledgeAddress,
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data) => I2cError::NoAcknowledgeData,
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown) => I2cError::NoAcknowledgeUnknown,
        ErrorKind::Overrun => I2cError::Overrun,
        _ => I2cError::Other,
    }
}

impl<H: Hardware> Board for EcuBoard<H> {
    fn now_ns(&mut self, _modelled_ns: u64) -> u64 {
        self.clock_ns()
    }

    fn wait(&mut self, _from_ns: u64, until_ns: u64) {
        loop {
            let left_ns = until_ns.saturating_sub(self.clock_ns());
            if left_ns == 0 {
                return;
            }
            self.hardware.alive();
            self.take_early();
            if left_ns > SPIN_NS {
                let ticks = self.clock.ticks_of(left_ns);
                self.sleep(ticks);
            }
        }
    }

    fn transmit(&mut self, _at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        let number = self.number(&frame.bus).ok_or(CanError::NoBus)?;
        let taken = self.hardware.can_transmit(number, request, &plain(frame))?;
        if taken == CanTaken::Waits {
            return Ok(());
        }
        let at_ns = self.clock_ns();
        self.sent.push(Confirmation {
            request,
            outcome: Transmission::Sent,
            at_ns,
        });
        Ok(())
    }

    fn abort(&mut self, _at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        let number = self.number(bus).ok_or(CanError::NoBus)?;
        self.hardware.can_abort(number, request)
    }

    fn can_status(&self, _at_ns: u64, bus: &str) -> Option<CanStatus> {
        self.hardware.can_status(self.number(bus)?)
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        let found = self.can.iter().find(|can| can.name == bus)?;
        Some(found.bit_rate_hz)
    }

    fn has_can(&self, bus: &str) -> bool {
        self.can.iter().any(|can| can.name == bus)
    }

    fn has_i2c(&self, bus: &str) -> bool {
        self.i2c.iter().any(|(name, _)| name == bus)
    }

    fn i2c(
        &mut self,
        _at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        let began_ns = self.clock_ns();
        let result = self.i2c_transaction(bus, address, operations);
        let bus_time = BusTime(self.clock_ns().saturating_sub(began_ns));
        I2cTransfer { bus_time, result }
    }

    fn has_spi(&self, device: &str) -> bool {
        self.spi.iter().any(|line| line.name == device)
    }

    fn spi_devices(&self) -> Vec<String> {
        self.spi.iter().map(|line| line.name.clone()).collect()
    }

    fn spi_configure(
        &mut self,
        _at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        let mut lines = self.spi.iter_mut();
        let line = lines.find(|line| line.name == device);
        line.ok_or(SpiError::ChipSelectFault)?.config = config;
        Ok(())
    }

    fn spi(&mut self, _at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        let began_ns = self.clock_ns();
        let mut lines = self.spi.iter();
        let Some(line) = lines.find(|line| line.name == device) else {
            return SpiTransfer::failed(SpiError::ChipSelectFault);
        };
        let result = self.hardware.spi(line.select, &line.config, operations);
        let bus_time = BusTime(self.clock_ns().saturating_sub(began_ns));
        SpiTransfer { bus_time, result }
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        self.pin_line(name).ok().map(|line| line.config)
    }

    fn digital_read(&mut self, _at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        let number = self.digital(pin)?;
        self.hardware.digital_read(number)
    }

    fn digital_write(&mut self, _at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        let number = self.digital(pin)?;
        self.hardware.digital_write(number, level)
    }

    fn analog_read(&mut self, _at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        let line = self.pin_line(pin)?;
        let number = line.number;
        match line.config.kind {
            PinKind::Analog { full_scale } => self.hardware.analog_read(number, full_scale),
            PinKind::Digital => Err(GpioError::PinModeNotAvailable),
        }
    }

    fn nv_read(&mut self, _at_ns: u64, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        self.hardware.nv_read(block)
    }

    fn nv_write(&mut self, _at_ns: u64, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        self.hardware.nv_write(block, data)
    }

    fn nv_invalidate(&mut self, _at_ns: u64, block: NvBlock<'_>) -> Result<(), NvError> {
        self.hardware.nv_invalidate(block)
    }

    fn nv_status(&mut self, _at_ns: u64, block: NvBlock<'_>) -> NvStatus {
        self.hardware.nv_status(block)
    }

    fn record(&mut self, _at_ns: u64, record: Record<'_>) {
        if let Record::Printed {
            partition, text, ..
        } = record
        {
            let text = String::from_utf8_lossy(text).to_string();
            log!("{partition}: {}", text.trim_end());
        }
    }

    fn random(&mut self) -> u64 {
        self.hardware.random()
    }
}
