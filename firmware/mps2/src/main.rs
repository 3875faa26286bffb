//! Firmware for Arm's MPS2 boards. CAN buses are SLCAN lines on UART 1 and UART 2, since the boards
//! have no CAN controller; the log is on UART 0. Sources: Arm AN385, AN386, AN505; Cortex-M System
//! Design Kit (UART, timer); QEMU plays all of it.
#![no_std]
#![no_main]

extern crate alloc;

mod layout;
mod lines;
mod machine;
mod timer;
mod uart;

use cortex_m_rt::entry;
use ecu_host::board::CanError;
use firmware_core::{
    CanTaken, Frame, Hardware, Layout, Ring, SlcanPort, StateError, firmware_info,
    payload::FirmwareInfo,
};
use two_wire::TwoWire;

use crate::{lines::Sbcon, machine::Machine, uart::Uart};

#[used]
#[unsafe(link_section = ".wireloom.firmware")]
#[allow(unsafe_code, reason = "a place in the image is asked for")]
static INFO: [u8; FirmwareInfo::BYTES] = firmware_info(machine::BOARD, &layout::LAYOUT);

/// What the UARTs have received, by their numbers.
static RECEIVED: [Ring<1024>; 4] = [const { Ring::new() }; 4];

/// UART of the verification link.
const LINK_UART: usize = 3;
/// UARTs of the CAN buses.
const CAN_UARTS: [usize; 2] = [1, 2];

struct Mps2 {
    machine: Machine,
    can: [SlcanPort; 2],
    i2c: [TwoWire<Sbcon>; machine::I2C.len()],
    random: u64,
}

#[entry]
fn main() -> ! {
    for uart in &machine::UARTS {
        uart.enable();
    }
    firmware_core::install_log(|bytes| machine::UARTS[0].send(bytes));
    firmware_core::install_interrupts(interrupt);
    machine::CLOCK.run_freely();
    let machine = Machine::take();
    let hardware = Mps2 {
        machine,
        can: Default::default(),
        i2c: machine::I2C.map(|interface| TwoWire::new(Sbcon(interface), machine::CLOCK_HZ)),
        random: 0,
    };
    firmware_core::start(hardware, &INFO)
}

/// Any interrupt: the devices themselves say what they have.
fn interrupt(_number: i16) {
    for (uart, ring) in machine::UARTS.iter().zip(&RECEIVED) {
        while let Some(byte) = uart.receive() {
            ring.put(byte);
        }
    }
    machine::ALARM.quieten();
}

impl Hardware for Mps2 {
    const BOARD: &'static str = machine::BOARD;
    const LAYOUT: Layout = layout::LAYOUT;
    const CLOCK_HZ: u32 = machine::CLOCK_HZ;
    type I2c = TwoWire<Sbcon>;

    fn ticks(&self) -> u32 {
        machine::CLOCK.ticks()
    }

    fn set_alarm(&mut self, ticks: u32) {
        machine::ALARM.interrupt_after(ticks);
    }

    fn can_buses(&self) -> usize {
        self.can.len()
    }

    fn can_transmit(
        &mut self,
        bus: usize,
        _request: u64,
        frame: &Frame,
    ) -> Result<CanTaken, CanError> {
        let (port, uart) = self
            .can
            .get(bus)
            .zip(can_uart(bus))
            .ok_or(CanError::NoBus)?;
        port.transmit(frame, |bytes| uart.send(bytes));
        Ok(CanTaken::Sent)
    }

    fn can_receive(&mut self, bus: usize) -> Option<Frame> {
        let uart = can_uart(bus)?;
        let ring = RECEIVED.get(*CAN_UARTS.get(bus)?)?;
        let port = self.can.get_mut(bus)?;
        port.receive(|| ring.take(), |bytes| uart.send(bytes))
    }

    fn i2c(&mut self, controller: usize, clock_hz: u32) -> Option<&mut TwoWire<Sbcon>> {
        let controller = self.i2c.get_mut(controller)?;
        controller.set_clock(clock_hz);
        Some(controller)
    }

    fn i2c_controllers(&self) -> usize {
        self.i2c.len()
    }

    fn command(&mut self) -> Option<u8> {
        RECEIVED[0].take()
    }

    fn link_receive(&mut self) -> Option<u8> {
        RECEIVED[LINK_UART].take()
    }

    fn link_send(&mut self, bytes: &[u8]) {
        machine::UARTS[LINK_UART].send(bytes);
    }

    fn has_input(&self) -> bool {
        RECEIVED.iter().any(|ring| !ring.is_empty())
    }

    /// The boards have no source of randomness: a generator that starts from the clock (Vigna,
    /// splitmix64). Not for keys.
    fn random(&mut self) -> u64 {
        self.random = self
            .random
            .wrapping_add(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(u64::from(self.ticks()));
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn erase_state(&mut self, bytes: core::ops::Range<usize>) -> Result<(), StateError> {
        self.machine.fill_state(bytes, 0xff)
    }

    fn write_state(&mut self, offset: usize, bytes: &[u8]) -> Result<(), StateError> {
        self.machine.write_state(offset, bytes)
    }
}

fn can_uart(bus: usize) -> Option<&'static Uart> {
    machine::UARTS.get(*CAN_UARTS.get(bus)?)
}
