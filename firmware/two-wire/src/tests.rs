//! Against two lines with one device, played here edge by edge (UM10204), and against lines that
//! something holds low.

use super::*;
use std::cell::RefCell;

const ADDRESS: u8 = 0x48;

/// What the device does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// Refuses the byte at this position behind the address.
    Refuses(usize),
    /// Holds the clock for ever.
    HoldsClock,
    /// Holds the data line for so many clocks.
    HoldsData(u32),
    /// Another controller pulls the data line low in the first bit that is high.
    Arbitrates,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Address,
    Receives,
    Sends,
    /// Until the next START or STOP.
    Deaf,
}

#[derive(Debug)]
struct Wire {
    fault: Fault,
    clock_released: bool,
    data_released: bool,
    /// By the device.
    data_held: bool,
    state: State,
    bits: u32,
    byte: u8,
    received: Vec<u8>,
    sent: usize,
    starts: usize,
    stops: usize,
    clocks_held: u32,
}

struct Device(RefCell<Wire>);

fn wired(fault: Fault) -> TwoWire<Device> {
    let wire = Wire {
        fault,
        clock_released: true,
        data_released: true,
        data_held: matches!(fault, Fault::HoldsData(_)),
        state: State::Idle,
        bits: 0,
        byte: 0,
        received: Vec::new(),
        sent: 0,
        starts: 0,
        stops: 0,
        clocks_held: 0,
    };
    TwoWire::new(Device(RefCell::new(wire)), 100_000_000)
}

impl Wire {
    fn data(&self) -> bool {
        let arbitrated = self.fault == Fault::Arbitrates && self.state == State::Address;
        self.data_released && !self.data_held && !arbitrated
    }

    fn clock(&self) -> bool {
        self.clock_released && self.fault != Fault::HoldsClock
    }

    fn change(&mut self, change: impl Fn(&mut Wire)) {
        let (clock, data) = (self.clock(), self.data());
        change(self);
        match (clock, self.clock()) {
            (true, true) if data && !self.data() => self.start(),
            (true, true) if !data && self.data() => self.stop(),
            (false, true) => self.rise(),
            (true, false) => self.fall(),
            _ => {}
        }
    }

    fn start(&mut self) {
        self.starts += 1;
        (self.state, self.bits, self.byte) = (State::Address, 0, 0);
    }

    fn stop(&mut self) {
        self.stops += 1;
        self.state = State::Idle;
    }

    /// The device reads a bit.
    fn rise(&mut self) {
        self.bits += 1;
        if self.bits <= 8 {
            self.byte = self.byte << 1 | u8::from(self.data());
        } else if self.state == State::Sends && self.data() {
            // The controller wants no more.
            self.state = State::Deaf;
        }
    }

    /// The device changes its line.
    fn fall(&mut self) {
        if let Fault::HoldsData(clocks) = self.fault {
            self.clocks_held += 1;
            self.data_held &= self.clocks_held < clocks;
            return;
        }
        self.data_held = false;
        match self.bits {
            8 => self.acknowledge(),
            bits => {
                if bits == 9 {
                    self.bits = 0;
                    self.next_byte();
                }
                if self.state == State::Sends {
                    let byte = 0xa0 + self.sent as u8;
                    self.data_held = byte >> (7 - self.bits) & 1 == 0;
                }
            }
        }
    }

    fn acknowledge(&mut self) {
        match self.state {
            State::Address if self.byte >> 1 != ADDRESS => self.state = State::Deaf,
            State::Address => self.data_held = true,
            State::Receives if self.fault == Fault::Refuses(self.received.len()) => {
                self.state = State::Deaf;
            }
            State::Receives => {
                self.data_held = true;
                self.received.push(self.byte);
            }
            _ => {}
        }
    }

    fn next_byte(&mut self) {
        self.state = match self.state {
            State::Address if self.byte & 1 == 1 => State::Sends,
            State::Address => State::Receives,
            State::Sends => {
                self.sent += 1;
                State::Sends
            }
            other => other,
        };
        self.byte = 0;
    }
}

impl Lines for Device {
    fn release(&self, line: Line) {
        self.0.borrow_mut().change(|wire| match line {
            Line::Clock => wire.clock_released = true,
            Line::Data => wire.data_released = true,
        });
    }

    fn pull(&self, line: Line) {
        self.0.borrow_mut().change(|wire| match line {
            Line::Clock => wire.clock_released = false,
            Line::Data => wire.data_released = false,
        });
    }

    fn is_high(&self, line: Line) -> bool {
        let wire = self.0.borrow();
        match line {
            Line::Clock => wire.clock(),
            Line::Data => wire.data(),
        }
    }

    fn wait(&self, _: u32) {}
}

#[test]
fn what_is_written_arrives_between_start_and_stop() {
    let mut bus = wired(Fault::None);
    assert_eq!(bus.write(ADDRESS, &[1, 0x80, 0xff]), Ok(()));
    let wire = bus.lines.0.borrow();
    assert_eq!(wire.received, [1, 0x80, 0xff]);
    assert_eq!((wire.starts, wire.stops), (1, 1));
}

#[test]
fn a_register_is_read_behind_a_repeated_start() {
    for count in 1..=4 {
        let mut bus = wired(Fault::None);
        let mut read = vec![0; count];
        assert_eq!(bus.write_read(ADDRESS, &[5], &mut read), Ok(()));
        assert_eq!(read, [0xa0, 0xa1, 0xa2, 0xa3][..count]);
        let wire = bus.lines.0.borrow();
        assert_eq!(wire.received, [5]);
        assert_eq!((wire.starts, wire.stops), (2, 1));
        // The last byte was not acknowledged, or the device would go on sending.
        assert_eq!(wire.state, State::Idle);
    }
}

#[test]
fn reads_that_follow_each_other_are_one() {
    let mut bus = wired(Fault::None);
    let (mut one, mut other) = ([0], [0; 2]);
    let mut operations = [Operation::Read(&mut one), Operation::Read(&mut other)];
    assert_eq!(bus.transaction(ADDRESS, &mut operations), Ok(()));
    assert_eq!((one, other), ([0xa0], [0xa1, 0xa2]));
    assert_eq!(bus.lines.0.borrow().starts, 1);
    assert_eq!(bus.transaction(ADDRESS, &mut []), Ok(()));
    assert_eq!(bus.lines.0.borrow().starts, 1);
}

#[test]
fn what_is_not_acknowledged_is_told_and_the_bus_is_free_again() {
    use NoAcknowledgeSource::{Address, Data};
    let mut bus = wired(Fault::None);
    let error = bus.write(ADDRESS + 1, &[1]).map_err(|error| error.kind());
    assert_eq!(error, Err(ErrorKind::NoAcknowledge(Address)));
    assert_eq!(bus.write(ADDRESS, &[1]), Ok(()));
    let mut bus = wired(Fault::Refuses(1));
    let error = bus.write(ADDRESS, &[1, 2, 3]).map_err(|error| error.kind());
    assert_eq!(error, Err(ErrorKind::NoAcknowledge(Data)));
    let wire = bus.lines.0.borrow();
    assert_eq!(wire.received, [1]);
    assert_eq!((wire.starts, wire.stops), (1, 1));
}

#[test]
fn a_line_that_stays_low_ends_the_transaction() {
    for fault in [Fault::HoldsClock, Fault::HoldsData(100)] {
        let mut bus = wired(fault);
        let error = bus.read(ADDRESS, &mut [0]).map_err(|error| error.kind());
        assert_eq!(error, Err(ErrorKind::Bus), "{fault:?}");
    }
}

#[test]
fn a_device_that_was_cut_off_is_clocked_free() {
    let mut bus = wired(Fault::HoldsData(7));
    // It then knows no address, but the bus is not stuck.
    assert_eq!(bus.write(ADDRESS, &[1]), Err(TwoWireError::Address));
}

#[test]
fn another_controller_that_wins_is_left_alone() {
    let mut bus = wired(Fault::Arbitrates);
    let error = bus.write(ADDRESS, &[1]).map_err(|error| error.kind());
    assert_eq!(error, Err(ErrorKind::ArbitrationLoss));
    let wire = bus.lines.0.borrow();
    assert!(wire.clock_released && wire.data_released);
    assert_eq!(wire.stops, 0);
}
