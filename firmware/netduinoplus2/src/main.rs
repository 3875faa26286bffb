//! Firmware for QEMU's machine `netduinoplus2`: an STM32F405 without CAN, I2C and flash controller,
//! so CAN buses are SLCAN lines on the second and third serial line and there is no I2C. Its clocks
//! and pins are QEMU's: this is no program for the real board. Source: ST RM0090.
#![no_std]
#![no_main]
#![allow(
    unsafe_code,
    reason = "the reference manual says what stands at an address"
)]

mod devices;
mod layout;

use core::{convert::Infallible, ops::Range};

use cortex_m::peripheral::NVIC;
use cortex_m_rt::entry;
use ecu_host::board::CanError;
use embedded_hal::i2c::{ErrorType, I2c, Operation};
use firmware_core::{
    Frame, Hardware, Layout, Registers, Ring, SlcanPort, StateError, firmware_info,
    payload::FirmwareInfo,
};

use crate::devices::{TIMER_HZ, Timer, Usart};

const BOARD: &str = "qemu-netduinoplus2";

#[used]
#[unsafe(link_section = ".wireloom.firmware")]
static INFO: [u8; FirmwareInfo::BYTES] = firmware_info(BOARD, &layout::LAYOUT);

// SAFETY, of all: RM0090, table 1.
static CLOCK: Timer = Timer(unsafe { Registers::at(0x4000_0000) });
static ALARM: Timer = Timer(unsafe { Registers::at(0x4000_0c00) });
static USARTS: [Usart; 4] = unsafe {
    [
        Usart(Registers::at(0x4001_1000)),
        Usart(Registers::at(0x4000_4400)),
        Usart(Registers::at(0x4000_4800)),
        Usart(Registers::at(0x4000_4c00)),
    ]
};
/// TIM5, and the USARTs (RM0090, table 62).
const INTERRUPTS: [u16; 5] = [50, 37, 38, 39, 52];

/// What the lines have received, by their numbers.
static RECEIVED: [Ring<512>; 4] = [const { Ring::new() }; 4];
/// Lines of the CAN buses, and of the verification.
const CAN_LINES: [usize; 2] = [1, 2];
const LINK_LINE: usize = 3;

struct Netduino {
    can: [SlcanPort; 2],
    random: u64,
}

#[entry]
fn main() -> ! {
    for line in &USARTS {
        line.enable();
    }
    firmware_core::install_log(|bytes| USARTS[0].send(bytes));
    firmware_core::install_interrupts(interrupt);
    CLOCK.run_freely();
    for number in INTERRUPTS {
        // SAFETY: handlers are installed, and no critical section depends on the mask.
        unsafe { NVIC::unmask(Interrupt(number)) };
    }
    let hardware = Netduino {
        can: Default::default(),
        random: 0,
    };
    firmware_core::start(hardware, &INFO)
}

#[derive(Clone, Copy)]
struct Interrupt(u16);

// SAFETY: the number is one of the table above.
unsafe impl cortex_m::interrupt::InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

/// Any interrupt: the devices themselves say what they have.
fn interrupt(_number: i16) {
    for (line, ring) in USARTS.iter().zip(&RECEIVED) {
        while let Some(byte) = line.receive() {
            ring.put(byte);
        }
    }
    ALARM.quieten();
}

/// The machine has no I2C: nobody can have one of these.
enum NoI2c {}

impl ErrorType for NoI2c {
    type Error = Infallible;
}

impl I2c for NoI2c {
    fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), Infallible> {
        match *self {}
    }
}

impl Hardware for Netduino {
    const BOARD: &'static str = BOARD;
    const LAYOUT: Layout = layout::LAYOUT;
    const CLOCK_HZ: u32 = TIMER_HZ;
    type I2c = NoI2c;

    fn ticks(&self) -> u32 {
        CLOCK.ticks()
    }

    fn set_alarm(&mut self, ticks: u32) {
        ALARM.interrupt_after(ticks);
    }

    fn can_buses(&self) -> usize {
        self.can.len()
    }

    fn can_transmit(&mut self, bus: usize, frame: &Frame) -> Result<(), CanError> {
        let line = CAN_LINES.get(bus).and_then(|line| USARTS.get(*line));
        let (port, line) = self.can.get(bus).zip(line).ok_or(CanError::NoBus)?;
        port.transmit(frame, |bytes| line.send(bytes));
        Ok(())
    }

    fn can_receive(&mut self, bus: usize) -> Option<Frame> {
        let number = *CAN_LINES.get(bus)?;
        let (line, ring) = USARTS.get(number).zip(RECEIVED.get(number))?;
        let port = self.can.get_mut(bus)?;
        port.receive(|| ring.take(), |bytes| line.send(bytes))
    }

    fn i2c(&mut self, _controller: usize, _clock_hz: u32) -> Option<&mut NoI2c> {
        None
    }

    fn i2c_controllers(&self) -> usize {
        0
    }

    fn command(&mut self) -> Option<u8> {
        RECEIVED[0].take()
    }

    fn link_receive(&mut self) -> Option<u8> {
        RECEIVED[LINK_LINE].take()
    }

    fn link_send(&mut self, bytes: &[u8]) {
        USARTS[LINK_LINE].send(bytes);
    }

    fn has_input(&self) -> bool {
        RECEIVED.iter().any(|ring| !ring.is_empty())
    }

    /// QEMU does not play the random number generator: a generator that starts from the clock
    /// (Vigna, splitmix64). Not for keys.
    fn random(&mut self) -> u64 {
        self.random = self
            .random
            .wrapping_add(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(u64::from(self.ticks()));
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn erase_state(&mut self, _bytes: Range<usize>) -> Result<(), StateError> {
        Err(StateError::NoFlash)
    }

    fn write_state(&mut self, _offset: usize, _bytes: &[u8]) -> Result<(), StateError> {
        Err(StateError::NoFlash)
    }
}
