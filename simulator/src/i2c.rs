//! An I2C bus with its clock and the devices on it: START, address, bytes, repeated START, STOP.
//! Knows nothing of ECUs and of what devices are.
//!
//! Time: one clock for START, repeated START and STOP each, nine for every byte with its
//! acknowledge bit. A transaction that comes while another one is on the bus waits for its STOP.
//!
//! Source: NXP UM10204, I2C-bus specification, 3.1.

use crate::{
    can::bits::duration_ns,
    devices::{Acknowledge, Device},
};
use ecu_host::board::{I2cError, I2cOperation};

/// Largest 7-bit address; above it 10 bits are sent.
const SHORT_ADDRESS_MAX: u16 = 0x7f;
/// Largest address.
const ADDRESS_MAX: u16 = 0x3ff;
/// The general call.
const GENERAL_CALL: u16 = 0;

/// See the file's head.
pub struct I2cBus {
    name: String,
    clock_hz: u32,
    devices: Vec<(u16, Box<dyn Device>)>,
    busy_until_ns: u64,
}

/// What something outside does to a transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Disturbance {
    /// The controller sees this byte refused: 0 is the address, 1 the first that is written.
    pub nack: Option<u32>,
    /// What the controller reports behind the address.
    pub failure: Option<I2cError>,
    /// A byte behind the address, 1 is the first, and what is turned over of it.
    pub flip: Option<(u32, u8)>,
    /// The device holds the clock so long behind the address.
    pub stretch_ns: u64,
    /// Nobody on the bus hears anything.
    pub is_apart: bool,
    /// The data line stays low: nine clocks and a STOP do not free it.
    pub is_stuck: bool,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    pub start_ns: u64,
    /// After the STOP.
    pub end_ns: u64,
    pub result: Result<(), I2cError>,
}

impl I2cBus {
    pub fn new(name: &str, clock_hz: u32) -> I2cBus {
        I2cBus {
            name: name.to_owned(),
            clock_hz: clock_hz.max(1),
            devices: Vec::new(),
            busy_until_ns: 0,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A further device; of two with one address both answer, as on a real bus.
    pub fn attach(&mut self, address: u16, device: Box<dyn Device>) -> usize {
        self.devices.push((address, device));
        self.devices.len() - 1
    }

    /// The device at that position.
    pub fn device(&self, position: usize) -> Option<&dyn Device> {
        self.devices
            .get(position)
            .map(|(_, device)| device.as_ref())
    }

    /// The device at that position, to be changed.
    pub fn device_mut(&mut self, position: usize) -> Option<&mut (dyn Device + 'static)> {
        self.devices
            .get_mut(position)
            .map(|(_, device)| device.as_mut())
    }

    /// One transaction, asked for at `at_ns`. Reads are filled in place.
    pub fn transact(
        &mut self,
        at_ns: u64,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> Transfer {
        self.transact_disturbed(at_ns, (address, operations), Disturbance::default())
    }

    /// The same while something outside acts on it.
    pub fn transact_disturbed(
        &mut self,
        at_ns: u64,
        (address, operations): (u16, &mut [I2cOperation]),
        disturbance: Disturbance,
    ) -> Transfer {
        let start_ns = at_ns.max(self.busy_until_ns);
        if address > ADDRESS_MAX || operations.is_empty() {
            return Transfer {
                start_ns: at_ns,
                end_ns: at_ns,
                result: Err(I2cError::Other),
            };
        }
        let mut wire = Wire {
            start_ns,
            clocks: 0,
            clock_hz: self.clock_hz,
            held_ns: 0,
            written: 0,
            bytes: 0,
            disturbance,
        };
        if disturbance.is_stuck {
            // A device that is in the middle of a byte would let go within nine clocks.
            wire.clocks += 9 + 1;
            self.busy_until_ns = wire.now_ns();
            return Transfer {
                start_ns,
                end_ns: wire.now_ns(),
                result: Err(I2cError::Bus),
            };
        }
        let mut targets: Vec<&mut Box<dyn Device>> = self
            .devices
            .iter_mut()
            .filter(|(own, device)| {
                let is_meant =
                    *own == address || address == GENERAL_CALL && device.answers_general_call();
                is_meant && !disturbance.is_apart
            })
            .map(|(_, device)| device)
            .collect();
        let mut was_read = None;
        let mut result = Ok(());
        for operation in operations {
            let is_read = matches!(operation, I2cOperation::Read(_));
            // Operations of the same direction run on as one.
            if was_read != Some(is_read) {
                wire.address(address, is_read, was_read.is_none());
                let answers = targets.iter_mut().filter_map(|device| {
                    let answer = match (address, is_read) {
                        (GENERAL_CALL, true) => Acknowledge::Nack,
                        (GENERAL_CALL, false) => device.begin_general_call(wire.now_ns()),
                        (_, true) => device.begin_read(wire.now_ns()),
                        (_, false) => device.begin_write(wire.now_ns()),
                    };
                    (answer == Acknowledge::Ack).then_some(())
                });
                let is_first = was_read.is_none();
                if answers.count() == 0 || is_first && disturbance.nack == Some(0) {
                    result = Err(I2cError::NoAcknowledgeAddress);
                    break;
                }
                if let Some(error) = disturbance.failure {
                    result = Err(error);
                    break;
                }
                if is_first {
                    wire.held_ns += disturbance.stretch_ns;
                }
            }
            was_read = Some(is_read);
            result = transfer_bytes(&mut wire, &mut targets, operation);
            if result.is_err() {
                break;
            }
        }
        wire.clocks += 1;
        let end_ns = wire.now_ns();
        targets.iter_mut().for_each(|device| device.stop(end_ns));
        self.busy_until_ns = end_ns;
        Transfer {
            start_ns,
            end_ns,
            result,
        }
    }
}

fn transfer_bytes(
    wire: &mut Wire,
    targets: &mut [&mut Box<dyn Device>],
    operation: &mut I2cOperation,
) -> Result<(), I2cError> {
    match operation {
        I2cOperation::Read(bytes) => bytes.iter_mut().for_each(|byte| {
            wire.clocks += 9;
            // An open-drain line: every zero wins, and nobody gives ones.
            *byte = targets
                .iter_mut()
                .fold(0xff, |line, device| line & device.read(wire.now_ns()))
                ^ wire.flipped();
        }),
        I2cOperation::Write(bytes) => {
            for byte in bytes {
                wire.clocks += 9;
                let now_ns = wire.now_ns();
                *byte ^= wire.flipped();
                wire.written += 1;
                if wire.disturbance.nack == Some(wire.written) {
                    return Err(I2cError::NoAcknowledgeData);
                }
                let answers = targets.iter_mut().map(|device| device.write(now_ns, *byte));
                if answers.filter(|answer| *answer == Acknowledge::Ack).count() == 0 {
                    return Err(I2cError::NoAcknowledgeData);
                }
            }
        }
    }
    Ok(())
}

/// Clocks since the START.
struct Wire {
    start_ns: u64,
    clocks: u32,
    clock_hz: u32,
    held_ns: u64,
    /// Bytes behind the address that were written.
    written: u32,
    /// All of them.
    bytes: u32,
    disturbance: Disturbance,
}

impl Wire {
    /// What is turned over of the next byte.
    fn flipped(&mut self) -> u8 {
        self.bytes += 1;
        match self.disturbance.flip {
            Some((byte, bits)) if byte == self.bytes => bits,
            _ => 0,
        }
    }

    fn now_ns(&self) -> u64 {
        self.start_ns + self.held_ns + duration_ns(self.clocks, self.clock_hz)
    }

    /// START and address. Ten bits are two bytes; a read with them sends both for writing, a
    /// repeated START and the first again, unless both were sent before.
    fn address(&mut self, address: u16, is_read: bool, is_first: bool) {
        self.clocks += match (address > SHORT_ADDRESS_MAX, is_read, is_first) {
            (false, ..) => 1 + 9,
            (true, false, _) => 1 + 18,
            (true, true, true) => 1 + 18 + 1 + 9,
            (true, true, false) => 1 + 9,
        };
    }
}

impl std::fmt::Debug for I2cBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("I2cBus")
            .field("name", &self.name)
            .field("clock_hz", &self.clock_hz)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices;

    fn bus(clock_hz: u32) -> I2cBus {
        let mut bus = I2cBus::new("i2c0", clock_hz);
        bus.attach(0x48, devices::model("tmp105").unwrap().make());
        bus
    }

    fn read_temperature(bus: &mut I2cBus, at_ns: u64) -> (Transfer, Vec<I2cOperation>) {
        let mut operations = [I2cOperation::Write(vec![0]), I2cOperation::Read(vec![0; 2])];
        (
            bus.transact(at_ns, 0x48, &mut operations),
            operations.to_vec(),
        )
    }

    #[test]
    fn a_transaction_takes_its_clocks() {
        let (transfer, operations) = read_temperature(&mut bus(100_000), 1_000);
        // START, address, pointer; START, address, two bytes; STOP.
        assert_eq!((transfer.start_ns, transfer.result), (1_000, Ok(())));
        assert_eq!(transfer.end_ns - 1_000, (1 + 18 + 1 + 27 + 1) * 10_000);
        assert_eq!(operations[1], I2cOperation::Read(vec![0x19, 0x00]));
        let fast = read_temperature(&mut bus(400_000), 0).0;
        assert_eq!(fast.end_ns, 48 * 2_500);
    }

    #[test]
    fn nobody_at_the_address_is_no_acknowledge_and_takes_time() {
        let mut operations = [I2cOperation::Write(vec![0, 1, 2])];
        let transfer = bus(100_000).transact(0, 0x49, &mut operations);
        assert_eq!(transfer.result, Err(I2cError::NoAcknowledgeAddress));
        assert_eq!(transfer.end_ns, (1 + 9 + 1) * 10_000);
    }

    #[test]
    fn what_no_bus_can_carry_is_refused_at_once() {
        let mut operations = [I2cOperation::Write(vec![0])];
        assert_eq!(
            bus(100_000).transact(7, 0x400, &mut operations).result,
            Err(I2cError::Other)
        );
        let nothing = bus(100_000).transact(7, 0x48, &mut []);
        assert_eq!((nothing.result, nothing.end_ns), (Err(I2cError::Other), 7));
    }

    #[test]
    fn a_second_transaction_waits_for_the_stop() {
        let mut bus = bus(100_000);
        let first = read_temperature(&mut bus, 0).0;
        let second = read_temperature(&mut bus, 5).0;
        assert_eq!(second.start_ns, first.end_ns);
    }

    #[test]
    fn ten_bit_addresses_take_a_byte_more() {
        let mut bus = I2cBus::new("i2c0", 100_000);
        bus.attach(0x148, devices::model("tmp105").unwrap().make());
        let mut operations = [I2cOperation::Write(vec![0]), I2cOperation::Read(vec![0; 2])];
        let transfer = bus.transact(0, 0x148, &mut operations);
        assert_eq!(
            (transfer.end_ns, transfer.result),
            ((1 + 27 + 1 + 27 + 1) * 10_000, Ok(()))
        );
    }

    #[test]
    fn a_general_call_resets_who_answers_it() {
        let mut bus = bus(100_000);
        let transfer = bus.transact(0, 0, &mut [I2cOperation::Write(vec![0x06])]);
        assert_eq!(transfer.result, Ok(()));
        let nobody = bus.transact(0, 0, &mut [I2cOperation::Read(vec![0])]);
        assert_eq!(nobody.result, Err(I2cError::NoAcknowledgeAddress));
    }

    #[test]
    fn an_empty_write_probes_the_address() {
        assert_eq!(
            bus(100_000)
                .transact(0, 0x48, &mut [I2cOperation::Write(vec![])])
                .result,
            Ok(())
        );
    }
}
