//! Firmware for QEMU's machine `netduinoplus2`: an STM32F405 without CAN, I2C and flash controller,
//! so CAN buses are SLCAN lines on the second and third serial line and there is no I2C. Its clocks
//! and pins are QEMU's: this is no program for the real board. Source: ST RM0090.
#![no_std]
#![no_main]
#![allow(
    unsafe_code,
    reason = "the reference manual says what stands at an address"
)]

mod layout;

use core::{convert::Infallible, ops::Range};

use cortex_m::peripheral::NVIC;
use cortex_m_rt::entry;
use ecu_host::board::CanError;
use embedded_hal::i2c::{ErrorType, I2c, Operation};
use firmware_core::{
    CanTaken, Frame, Hardware, Layout, Ring, SlcanPort, StateError, firmware_info,
    payload::FirmwareInfo,
};

use stm32f4_drivers::{
    pac::{tim5, usart1},
    timer, usart,
};

const BOARD: &str = "qemu-netduinoplus2";

#[used]
#[unsafe(link_section = ".wireloom.firmware")]
static INFO: [u8; FirmwareInfo::BYTES] = firmware_info(BOARD, &layout::LAYOUT);

/// RM0090, table 1: TIM2 is the clock, TIM5 the alarm; USART1, 2, 3, UART4.
const CLOCK: usize = 0x4000_0000;
const ALARM: usize = 0x4000_0c00;
const LINES: [usize; 4] = [0x4001_1000, 0x4000_4400, 0x4000_4800, 0x4000_4c00];

/// QEMU feeds the timers with 1 GHz.
const TIMER_INPUT_HZ: u32 = 1_000_000_000;
/// Rate at which they count, and what their prescaler holds for it.
const TIMER_HZ: u32 = 10_000_000;
const PRESCALER: u16 = (TIMER_INPUT_HZ / TIMER_HZ - 1) as u16;

fn timer_at(address: usize) -> &'static tim5::RegisterBlock {
    // SAFETY: only called with the addresses of timers above.
    unsafe { &*(address as *const tim5::RegisterBlock) }
}

/// The lines, by their numbers.
fn lines() -> [&'static usart1::RegisterBlock; 4] {
    // SAFETY: the addresses are those of the lines.
    LINES.map(|address| unsafe { &*(address as *const usart1::RegisterBlock) })
}

fn send(number: usize, bytes: &[u8]) {
    if let Some(line) = lines().get(number) {
        usart::send(line, bytes);
    }
}
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
    for line in lines() {
        // QEMU's lines are as fast as their other end.
        usart::enable(line, None);
    }
    firmware_core::install_log(|bytes| send(0, bytes));
    firmware_core::install_interrupts(interrupt);
    timer::run_freely(timer_at(CLOCK), PRESCALER);
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
    for (line, ring) in lines().into_iter().zip(&RECEIVED) {
        while let Some(byte) = usart::receive(line) {
            ring.put(byte);
        }
    }
    timer::quieten(timer_at(ALARM));
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
        timer::ticks(timer_at(CLOCK))
    }

    fn set_alarm(&mut self, ticks: u32) {
        timer::interrupt_after(timer_at(ALARM), PRESCALER, ticks);
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
        let line = CAN_LINES.get(bus);
        let (port, line) = self.can.get(bus).zip(line).ok_or(CanError::NoBus)?;
        port.transmit(frame, |bytes| send(*line, bytes));
        Ok(CanTaken::Sent)
    }

    fn can_receive(&mut self, bus: usize) -> Option<Frame> {
        let number = *CAN_LINES.get(bus)?;
        let ring = RECEIVED.get(number)?;
        let port = self.can.get_mut(bus)?;
        port.receive(|| ring.take(), |bytes| send(number, bytes))
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
        send(LINK_LINE, bytes);
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
