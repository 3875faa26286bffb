//! Firmware for the STM32F469 Discovery board: bxCAN, I2C, serial lines, flash, watchdog at 180 MHz.
//! Written from ST RM0386, the data sheet and UM1932, compiled and linked; it was not run on the
//! board. Serial lines and timers run in QEMU on `netduinoplus2`, which has the same ones.
#![no_std]
#![no_main]
#![allow(
    unsafe_code,
    reason = "the reference manual says what stands at an address"
)]

extern crate alloc;

mod blocks;
mod can;
mod gpio;
mod layout;
mod lines;
mod machine;
mod pins;
mod spi;

use core::ops::Range;

use alloc::vec::Vec;
use cortex_m_rt::entry;

use ecu_host::board::{
    CanError, CanStatus, GpioError, Level, NvBlock, NvError, NvStatus, PinConfig, SpiConfig,
    SpiError, SpiOperation,
};
use firmware_core::{
    CanTaken, CanTold, Frame, Hardware, Layout, Ring, StateError, firmware_info,
    payload::FirmwareInfo,
};
use stm32f4_drivers::{clock::Source, flash, timer, usart};
use two_wire::TwoWire;

use crate::{blocks::Blocks, can::HEARD, lines::Header, machine::Machine};

const BOARD: &str = "stm32f469-disco";

#[used]
#[unsafe(link_section = ".wireloom.firmware")]
static INFO: [u8; FirmwareInfo::BYTES] = firmware_info(BOARD, &layout::LAYOUT);

/// What the log's line and the link have received.
static COMMANDS: Ring<64> = Ring::new();
static LINKED: Ring<1024> = Ring::new();

struct Discovery {
    machine: Machine,
    can: [Option<can::Bus>; 2],
    /// None where the second CAN bus has its pins.
    i2c: Option<TwoWire<Header>>,
    spi: spi::Header,
    /// Opened when the loop begins: it needs the heap.
    blocks: Option<Blocks>,
}

#[entry]
fn main() -> ! {
    Machine::start_log();
    firmware_core::install_log(|bytes| usart::send(machine::log_line(), bytes));
    firmware_core::install_interrupts(interrupt);
    let clocks = match Machine::start_clocks() {
        Ok(clocks) => clocks,
        Err(error) => panic!("the clock does not start: {}", error.words()),
    };
    if clocks.source == Source::Internal {
        firmware_core::tell(
            "the crystal does not start: the clock is 1 % off, too much for CAN; check X2",
        );
    }
    let hardware = Discovery {
        machine: Machine::take(),
        can: [None, None],
        i2c: Some(TwoWire::new(Header::take(), machine::CORE_HZ)),
        spi: spi::Header::take(),
        blocks: None,
    };
    firmware_core::start(hardware, &INFO)
}

/// Any interrupt: the devices themselves say what they have.
fn interrupt(_number: i16) {
    while let Some(byte) = usart::receive(machine::log_line()) {
        COMMANDS.put(byte);
    }
    while let Some(byte) = usart::receive(machine::link_line()) {
        LINKED.put(byte);
    }
    can::interrupt();
    flash::quieten(machine::flash_controller());
    timer::quieten(machine::alarm_timer());
}

impl Discovery {
    fn blocks(&mut self) -> &mut Blocks {
        self.blocks.get_or_insert_with(Blocks::open)
    }

    fn bus(&mut self, number: usize) -> Result<&mut can::Bus, CanError> {
        let bus = self.can.get_mut(number).ok_or(CanError::NoBus)?;
        bus.as_mut().ok_or(CanError::BusOff)
    }
}

impl Hardware for Discovery {
    const BOARD: &'static str = BOARD;
    const LAYOUT: Layout = layout::LAYOUT;
    const CLOCK_HZ: u32 = machine::TIMER_HZ;
    type I2c = TwoWire<Header>;

    fn ticks(&self) -> u32 {
        timer::ticks(machine::clock_timer())
    }

    fn set_alarm(&mut self, ticks: u32) {
        self.machine.set_alarm(ticks);
    }

    fn can_buses(&self) -> usize {
        self.can.len()
    }

    fn can_start(&mut self, bus: usize, bit_rate_hz: u32) -> Result<(), &'static str> {
        if bus == 1 {
            self.i2c = None;
        }
        let started = can::Bus::start(bus, machine::APB1_HZ, bit_rate_hz)?;
        if let Some(place) = self.can.get_mut(bus) {
            *place = Some(started);
        }
        Ok(())
    }

    fn can_transmit(
        &mut self,
        bus: usize,
        request: u64,
        frame: &Frame,
    ) -> Result<CanTaken, CanError> {
        self.bus(bus)?.transmit(request, frame)
    }

    fn can_abort(&mut self, bus: usize, request: u64) -> Result<(), CanError> {
        self.bus(bus)?.abort(request);
        Ok(())
    }

    fn can_receive(&mut self, bus: usize) -> Option<Frame> {
        HEARD.get(bus)?.frames.take()
    }

    fn can_told(&mut self, bus: usize) -> Option<CanTold> {
        self.bus(bus).ok()?.told()
    }

    fn can_status(&self, bus: usize) -> Option<CanStatus> {
        Some(self.can.get(bus)?.as_ref()?.status())
    }

    fn i2c(&mut self, _controller: usize, clock_hz: u32) -> Option<&mut TwoWire<Header>> {
        let bus = self.i2c.as_mut()?;
        bus.set_clock(clock_hz);
        Some(bus)
    }

    fn i2c_controllers(&self) -> usize {
        usize::from(self.i2c.is_some())
    }

    fn spi_selects(&self) -> usize {
        1
    }

    fn spi(
        &mut self,
        _select: usize,
        config: &SpiConfig,
        operations: &mut [SpiOperation],
    ) -> Result<(), SpiError> {
        self.spi.transaction(config, operations)
    }

    fn pin_set_up(&mut self, pin: usize, config: &PinConfig) -> Result<(), GpioError> {
        gpio::set_up(pin, config)
    }

    fn digital_read(&mut self, pin: usize) -> Result<Level, GpioError> {
        gpio::read(pin)
    }

    fn digital_write(&mut self, pin: usize, level: Level) -> Result<(), GpioError> {
        gpio::write(pin, level)
    }

    fn analog_read(&mut self, pin: usize, full_scale: u32) -> Result<u32, GpioError> {
        gpio::convert(pin, full_scale)
    }

    fn command(&mut self) -> Option<u8> {
        COMMANDS.take()
    }

    fn link_receive(&mut self) -> Option<u8> {
        LINKED.take()
    }

    fn link_send(&mut self, bytes: &[u8]) {
        usart::send(machine::link_line(), bytes);
    }

    fn alive(&mut self) {
        self.machine.feed_watchdog();
        self.blocks().go_on();
    }

    fn nv_read(&mut self, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        self.blocks().read(block)
    }

    fn nv_write(&mut self, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        self.blocks().write(block, data)
    }

    fn nv_invalidate(&mut self, block: NvBlock<'_>) -> Result<(), NvError> {
        self.blocks().invalidate(block)
    }

    fn nv_status(&mut self, block: NvBlock<'_>) -> NvStatus {
        self.blocks().status(block)
    }

    fn has_input(&self) -> bool {
        !COMMANDS.is_empty()
            || !LINKED.is_empty()
            || HEARD.iter().any(can::Heard::waits)
            || self.blocks.as_ref().is_some_and(Blocks::can_go_on)
    }

    fn random(&mut self) -> u64 {
        self.machine.random()
    }

    fn erase_state(&mut self, bytes: Range<usize>) -> Result<(), StateError> {
        self.machine.erase_state(bytes)
    }

    fn write_state(&mut self, offset: usize, bytes: &[u8]) -> Result<(), StateError> {
        self.machine.write_state(offset, bytes)
    }
}
