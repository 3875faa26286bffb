//! The platform of `ecu-host` over the board's hardware: real time, the buses by their names in
//! the system. Knows no board.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use deployment::{BusKind, System};
use ecu_host::{
    Confirmation, Transmission,
    board::{Board, BusTime, CanError, CanFrame, I2cError, I2cOperation, I2cTransfer, Record},
};
use embedded_hal::i2c::{Error as _, ErrorKind, I2c as _, NoAcknowledgeSource, Operation};
use slcan::Frame;

use crate::{clock::Clock, hardware::Hardware, log::log};

/// The hardware with the names that the system gives it: its first CAN bus is the board's first
/// one, and so on; the same for I2C.
pub(crate) struct EcuBoard<H> {
    pub(crate) hardware: H,
    pub(crate) clock: Clock,
    /// By the board's number.
    can: Vec<CanBus>,
    /// By the board's number: name and clock rate.
    i2c: Vec<(String, u32)>,
    /// Transmissions that have gone and were not confirmed yet.
    pub(crate) sent: Vec<Confirmation>,
}

struct CanBus {
    name: String,
    bit_rate_hz: u32,
}

impl<H: Hardware> EcuBoard<H> {
    pub(crate) fn new(hardware: H, clock: Clock, system: &System) -> EcuBoard<H> {
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
        let board = EcuBoard {
            can: can.take(hardware.can_buses()).collect(),
            i2c: i2c.take(hardware.i2c_controllers()).collect(),
            hardware,
            clock,
            sent: Vec::new(),
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

    /// Time since the start.
    pub(crate) fn clock_ns(&mut self) -> u64 {
        self.clock.now_ns(self.hardware.ticks())
    }

    /// The next frame of any bus.
    pub(crate) fn received(&mut self) -> Option<CanFrame> {
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

    fn send(&mut self, frame: &CanFrame) -> Result<(), CanError> {
        let number = self.can.iter().position(|bus| bus.name == frame.bus);
        let number = number.ok_or(CanError::NoBus)?;
        self.hardware.can_transmit(number, &plain(frame))
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

    fn transmit(&mut self, _at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        self.send(frame)?;
        let at_ns = self.clock_ns();
        self.sent.push(Confirmation {
            request,
            outcome: Transmission::Sent,
            at_ns,
        });
        Ok(())
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
