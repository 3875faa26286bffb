//! An SPI bus with the devices on it: chip select, bytes in both directions, one transaction after
//! the other. Knows nothing of ECUs and of what devices are.
//!
//! Time: eight clocks a byte and what the delays between operations say; chip select costs nothing.
//! A transaction that comes while another one is on the bus waits for its end. The clock of a
//! device is what its driver asked for, but never faster than the bus.
//!
//! Source: Motorola, SPI Block Guide V03.06, 4.3 (transmission formats).

use crate::{
    can::bits::duration_ns,
    devices::{SpiDevice, SpiModel},
};
use deployment::SpiMode;
use ecu_host::board::{self, BitOrder, SpiConfig, SpiError, SpiOperation};

/// What a line reads as that nobody drives.
const UNDRIVEN: u8 = 0xff;

/// See the file's head.
pub struct SpiBus {
    name: String,
    clock_hz: u32,
    devices: Vec<Attached>,
    busy_until_ns: u64,
}

struct Attached {
    name: String,
    model: &'static SpiModel,
    device: Box<dyn SpiDevice>,
    clock_hz: u32,
    mode: SpiMode,
    bit_order: BitOrder,
    /// Its wires are off.
    is_apart: bool,
    misuse: Vec<String>,
}

/// What became of a transaction: chip select falls at its start and rises at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transaction {
    pub start_ns: u64,
    pub end_ns: u64,
}

impl SpiBus {
    pub fn new(name: &str, clock_hz: u32) -> SpiBus {
        SpiBus {
            name: name.to_owned(),
            clock_hz: clock_hz.max(1),
            devices: Vec::new(),
            busy_until_ns: 0,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A further device, spoken to in that mode at the bus's clock until it is configured.
    pub fn attach(&mut self, name: &str, model: &'static SpiModel, mode: SpiMode) -> usize {
        self.devices.push(Attached {
            name: name.to_owned(),
            model,
            device: model.make(),
            clock_hz: self.clock_hz,
            mode,
            bit_order: BitOrder::MostSignificantFirst,
            is_apart: false,
            misuse: Vec::new(),
        });
        self.devices.len() - 1
    }

    /// Position of the device of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.devices.iter().position(|device| device.name == name)
    }

    /// Names of all devices.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.devices.iter().map(|device| device.name.as_str())
    }

    /// How each device is spoken to now, by its name.
    pub fn forms(&self) -> impl Iterator<Item = (&str, SpiMode, BitOrder)> {
        let devices = self.devices.iter();
        devices.map(|device| (device.name.as_str(), device.mode, device.bit_order))
    }

    /// The device at that position.
    pub fn device(&self, position: usize) -> Option<&dyn SpiDevice> {
        Some(self.devices.get(position)?.device.as_ref())
    }

    /// The device at that position, to be changed.
    pub fn device_mut(&mut self, position: usize) -> Option<&mut (dyn SpiDevice + 'static)> {
        Some(self.devices.get_mut(position)?.device.as_mut())
    }

    /// Whether the device's wires are off in the next transaction.
    pub fn part(&mut self, position: usize, is_apart: bool) {
        if let Some(device) = self.devices.get_mut(position) {
            device.is_apart = is_apart;
        }
    }

    /// From the next transaction on the device is spoken to this way.
    pub fn configure(&mut self, position: usize, config: SpiConfig) -> Result<(), SpiError> {
        if config.clock_hz == 0 {
            return Err(SpiError::Other("a clock of 0 Hz moves no bit".to_owned()));
        }
        if let Some(device) = self.devices.get_mut(position) {
            device.clock_hz = config.clock_hz.min(self.clock_hz);
            device.mode = match config.mode {
                board::SpiMode::Mode0 => SpiMode::Mode0,
                board::SpiMode::Mode1 => SpiMode::Mode1,
                board::SpiMode::Mode2 => SpiMode::Mode2,
                board::SpiMode::Mode3 => SpiMode::Mode3,
            };
            device.bit_order = config.bit_order;
        }
        Ok(())
    }

    /// One transaction with a device, asked for at `at_ns`. Reads and transfers are filled in place.
    pub fn transact(
        &mut self,
        at_ns: u64,
        position: usize,
        operations: &mut [SpiOperation],
    ) -> Transaction {
        let start_ns = at_ns.max(self.busy_until_ns);
        let Some(device) = self.devices.get_mut(position) else {
            return Transaction {
                start_ns: at_ns,
                end_ns: at_ns,
            };
        };
        let mut wire = Wire {
            start_ns,
            delays_ns: 0,
            clocks: 0,
            clock_hz: device.clock_hz,
        };
        device.judge();
        device.device.select(start_ns);
        for operation in operations {
            match operation {
                SpiOperation::Read(bytes) => bytes
                    .iter_mut()
                    .for_each(|byte| *byte = device.exchange(&mut wire, 0)),
                SpiOperation::Write(bytes) => bytes.iter().for_each(|byte| {
                    device.exchange(&mut wire, *byte);
                }),
                SpiOperation::Transfer(bytes) => bytes
                    .iter_mut()
                    .for_each(|byte| *byte = device.exchange(&mut wire, *byte)),
                SpiOperation::DelayNs(delay_ns) => wire.delays_ns += u64::from(*delay_ns),
            }
        }
        let end_ns = wire.now_ns();
        device.device.deselect(end_ns);
        self.busy_until_ns = end_ns;
        Transaction { start_ns, end_ns }
    }

    /// What the guest did wrong with a device since the last call.
    pub fn take_misuse(&mut self, position: usize) -> Vec<String> {
        let Some(device) = self.devices.get_mut(position) else {
            return Vec::new();
        };
        let mut misuse = std::mem::take(&mut device.misuse);
        misuse.extend(device.device.take_misuse());
        misuse
    }
}

impl Attached {
    fn understands(&self) -> bool {
        self.model.modes.contains(&self.mode)
    }

    /// Tells a mode or clock that the device's data sheet does not have.
    fn judge(&mut self) {
        let model = self.model;
        if !self.understands() {
            self.misuse.push(format!(
                "a transaction in mode {}, which the {} does not have",
                self.mode.number(),
                model.name
            ));
        }
        if !model.clock_hz.contains(&self.clock_hz) {
            self.misuse.push(format!(
                "a clock of {} Hz; the {} takes {} to {} Hz",
                self.clock_hz,
                model.name,
                model.clock_hz.start(),
                model.clock_hz.end()
            ));
        }
    }

    /// Whoever is sampled at the wrong edges understands nothing and is not understood.
    fn exchange(&mut self, wire: &mut Wire, byte: u8) -> u8 {
        wire.clocks += 8;
        if !self.understands() || self.is_apart {
            return UNDRIVEN;
        }
        let now_ns = wire.now_ns();
        match self.bit_order {
            BitOrder::MostSignificantFirst => self.device.exchange(now_ns, byte),
            BitOrder::LeastSignificantFirst => self
                .device
                .exchange(now_ns, byte.reverse_bits())
                .reverse_bits(),
        }
    }
}

/// Clocks and rests since chip select fell.
struct Wire {
    start_ns: u64,
    delays_ns: u64,
    clocks: u32,
    clock_hz: u32,
}

impl Wire {
    fn now_ns(&self) -> u64 {
        self.start_ns + self.delays_ns + duration_ns(self.clocks, self.clock_hz)
    }
}

impl std::fmt::Debug for SpiBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpiBus")
            .field("name", &self.name)
            .field("clock_hz", &self.clock_hz)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices;
    use ecu_host::board::SpiMode as Asked;

    fn bus(clock_hz: u32, mode: SpiMode) -> SpiBus {
        let mut bus = SpiBus::new("spi0", clock_hz);
        let position = bus.attach("adc", devices::spi_model("mcp3008").unwrap(), mode);
        bus.device_mut(position).unwrap().set_stimulus(0, 0, 2.5);
        bus
    }

    fn read_input(bus: &mut SpiBus, at_ns: u64) -> (Transaction, Vec<u8>) {
        let mut operations = [SpiOperation::Transfer(vec![1, 0x80, 0])];
        let done = bus.transact(at_ns, 0, &mut operations);
        let [SpiOperation::Transfer(bytes)] = operations else {
            unreachable!()
        };
        (done, bytes)
    }

    fn config(clock_hz: u32, mode: Asked, bit_order: BitOrder) -> SpiConfig {
        SpiConfig {
            clock_hz,
            mode,
            bit_order,
        }
    }

    #[test]
    fn a_transaction_takes_its_bits() {
        let mut bus = bus(1_000_000, SpiMode::Mode0);
        let (done, bytes) = read_input(&mut bus, 500);
        assert_eq!((done.start_ns, done.end_ns), (500, 500 + 24_000));
        assert_eq!(bytes, [0xff, 0xfa, 0x00]);
        assert_eq!(bus.take_misuse(0), [""; 0]);
    }

    #[test]
    fn operations_share_one_selection_and_delays_count() {
        let mut bus = bus(1_000_000, SpiMode::Mode3);
        let mut operations = [
            SpiOperation::Write(vec![1, 0x80]),
            SpiOperation::DelayNs(700),
            SpiOperation::Read(vec![9]),
        ];
        let done = bus.transact(0, 0, &mut operations);
        assert_eq!(done.end_ns, 24_700);
        assert_eq!(operations[2], SpiOperation::Read(vec![0]));
        assert_eq!(bus.take_misuse(0), [""; 0]);
    }

    #[test]
    fn a_second_transaction_waits_for_the_first() {
        let mut bus = bus(1_000_000, SpiMode::Mode0);
        let first = read_input(&mut bus, 0).0;
        let second = read_input(&mut bus, 5).0;
        assert_eq!(second.start_ns, first.end_ns);
        assert_eq!(read_input(&mut bus, 1_000_000).0.start_ns, 1_000_000);
    }

    #[test]
    fn a_driver_asks_for_a_clock_and_the_bus_has_a_limit() {
        let mut bus = bus(2_000_000, SpiMode::Mode0);
        let slower = config(500_000, Asked::Mode0, BitOrder::MostSignificantFirst);
        bus.configure(0, slower).unwrap();
        assert_eq!(read_input(&mut bus, 0).0.end_ns, 48_000);
        let faster = config(50_000_000, Asked::Mode0, BitOrder::MostSignificantFirst);
        bus.configure(0, faster).unwrap();
        let done = read_input(&mut bus, 100_000).0;
        assert_eq!(done.end_ns - done.start_ns, 12_000);
    }

    #[test]
    fn no_clock_is_refused() {
        let none = config(0, Asked::Mode0, BitOrder::MostSignificantFirst);
        let refused = bus(1, SpiMode::Mode0).configure(0, none);
        assert_eq!(
            refused,
            Err(SpiError::Other("a clock of 0 Hz moves no bit".to_owned()))
        );
    }

    #[test]
    fn a_wrong_mode_or_clock_is_told_and_the_mode_is_not_understood() {
        let mut bus = bus(8_000_000, SpiMode::Mode1);
        assert_eq!(read_input(&mut bus, 0).1, [0xff; 3]);
        assert_eq!(
            bus.take_misuse(0),
            [
                "a transaction in mode 1, which the mcp3008 does not have",
                "a clock of 8000000 Hz; the mcp3008 takes 10000 to 3600000 Hz"
            ]
        );
        let right = config(1_000_000, Asked::Mode3, BitOrder::MostSignificantFirst);
        bus.configure(0, right).unwrap();
        assert_eq!(read_input(&mut bus, 0).1, [0xff, 0xfa, 0x00]);
        assert_eq!(bus.take_misuse(0), [""; 0]);
    }

    #[test]
    fn the_lowest_bit_may_go_first() {
        let mut bus = bus(1_000_000, SpiMode::Mode0);
        let reversed = config(1_000_000, Asked::Mode0, BitOrder::LeastSignificantFirst);
        bus.configure(0, reversed).unwrap();
        let mut operations = [SpiOperation::Transfer(vec![0x80, 0x01, 0])];
        bus.transact(0, 0, &mut operations);
        assert_eq!(operations[0], SpiOperation::Transfer(vec![0xff, 0x5f, 0]));
    }

    #[test]
    fn what_is_not_there_takes_no_time() {
        let mut bus = bus(1_000_000, SpiMode::Mode0);
        let done = bus.transact(7, 1, &mut [SpiOperation::Read(vec![0])]);
        assert_eq!((done.start_ns, done.end_ns), (7, 7));
        assert_eq!(bus.take_misuse(1), [""; 0]);
        let nothing = bus.transact(7, 0, &mut []);
        assert_eq!((nothing.start_ns, nothing.end_ns), (7, 7));
        assert_eq!(bus.position("adc"), Some(0));
        assert_eq!(bus.position("dac"), None);
    }
}
