//! The controller's devices, set up for the board: clocks, serial lines, timers, watchdog, random
//! numbers, the region of the state in flash.

use core::ops::Range;

use cortex_m::peripheral::NVIC;
use firmware_core::StateError;
use stm32f4_drivers::{
    adc,
    clock::{self, ClockError, Clocks},
    flash,
    gpio::Pull,
    pac::{self, Interrupt, tim5, usart1},
    timer, usart, watchdog,
};

use crate::{layout::LAYOUT, pins};

pub(crate) const CORE_HZ: u32 = 180_000_000;
/// Rate of clock and alarm.
pub(crate) const TIMER_HZ: u32 = 90_000_000;
const PRESCALER: u16 = 0;
/// APB1, which clocks the CAN controllers.
pub(crate) const APB1_HZ: u32 = 45_000_000;
/// X2 on the board.
const CRYSTAL_HZ: u32 = 8_000_000;
const LOG_BAUD_HZ: u32 = 115_200;
const LINK_BAUD_HZ: u32 = 921_600;
/// The loop sleeps for so long at most, and is expected back within the other.
const LONGEST_SLEEP_TICKS: u32 = 2 * TIMER_HZ;
const WATCHDOG_MS: u32 = 5_000;
/// Polls until a random number is ready: 40 clocks of 45 MHz.
const RANDOM_WITHIN: u32 = 1_000;

macro_rules! device {
    ($name:ident) => {
        // SAFETY: the PAC says where it stands. Each device has one user but for the interrupt
        // handler, which only reads and clears what it is there for.
        unsafe { &*pac::$name::ptr() }
    };
}

pub(crate) fn log_line() -> &'static usart1::RegisterBlock {
    device!(USART3)
}

pub(crate) fn link_line() -> &'static usart1::RegisterBlock {
    device!(USART6)
}

pub(crate) fn clock_timer() -> &'static tim5::RegisterBlock {
    // SAFETY: TIM2 has the registers of TIM5 (RM0386, one chapter for both).
    unsafe { &*pac::TIM2::ptr().cast::<tim5::RegisterBlock>() }
}

pub(crate) fn alarm_timer() -> &'static tim5::RegisterBlock {
    device!(TIM5)
}

pub(crate) fn spi_controller() -> &'static pac::spi1::RegisterBlock {
    device!(SPI2)
}

pub(crate) fn converter() -> &'static pac::adc1::RegisterBlock {
    device!(ADC1)
}

pub(crate) fn flash_controller() -> &'static pac::flash::RegisterBlock {
    device!(FLASH)
}

/// What there is once.
pub(crate) struct Machine {
    watched: bool,
    last_random: Option<u32>,
    mixed: u64,
}

impl Machine {
    /// The log's line, from the clock that every device has after reset.
    pub(crate) fn start_log() {
        let rcc = device!(RCC);
        rcc.ahb1enr().modify(|_, ahb1enr| {
            ahb1enr
                .gpioaen()
                .set_bit()
                .gpioben()
                .set_bit()
                .gpiocen()
                .set_bit();
            ahb1enr
                .gpioden()
                .set_bit()
                .gpiogen()
                .set_bit()
                .gpiohen()
                .set_bit();
            ahb1enr.gpioken().set_bit()
        });
        rcc.apb1enr().modify(|_, apb1enr| {
            apb1enr
                .usart3en()
                .set_bit()
                .tim2en()
                .set_bit()
                .tim5en()
                .set_bit();
            apb1enr
                .can1en()
                .set_bit()
                .can2en()
                .set_bit()
                .spi2en()
                .set_bit()
        });
        rcc.apb2enr()
            .modify(|_, apb2enr| apb2enr.usart6en().set_bit().adc1en().set_bit());
        rcc.ahb2enr().modify(|_, ahb2enr| ahb2enr.rngen().set_bit());
        for pin in pins::LOG {
            pin.set_up(pins::USART3, Pull::Up);
        }
        usart::enable(log_line(), usart::divider(clock::RESET_HZ, LOG_BAUD_HZ));
    }

    /// 180 MHz, with everything that depends on it. Nothing has been sent before.
    pub(crate) fn start_clocks() -> Result<Clocks, ClockError> {
        let clocks = clock::start(device!(RCC), device!(PWR), device!(FLASH), CRYSTAL_HZ)?;
        usart::enable(log_line(), usart::divider(clocks.apb1_hz, LOG_BAUD_HZ));
        for pin in pins::LINK {
            pin.set_up(pins::USART6, Pull::Up);
        }
        usart::enable(link_line(), usart::divider(clocks.apb2_hz, LINK_BAUD_HZ));
        timer::run_freely(clock_timer(), PRESCALER);
        Ok(clocks)
    }

    /// Call it once, when handlers are installed: interrupts come from now on.
    pub(crate) fn take() -> Machine {
        adc::enable(converter(), device!(ADC_COMMON));
        device!(RNG).cr().write(|cr| cr.rngen().set_bit());
        // A debugger that halts the core halts the watchdog.
        device!(DBGMCU)
            .apb1_fz()
            .modify(|_, fz| fz.dbg_iwdg_stop().set_bit());
        for interrupt in [
            Interrupt::FLASH,
            Interrupt::TIM5,
            Interrupt::USART3,
            Interrupt::USART6,
            Interrupt::CAN1_TX,
            Interrupt::CAN1_RX0,
            Interrupt::CAN1_SCE,
            Interrupt::CAN2_TX,
            Interrupt::CAN2_RX0,
            Interrupt::CAN2_SCE,
        ] {
            // SAFETY: no critical section depends on the mask.
            unsafe { NVIC::unmask(interrupt) };
        }
        Machine {
            watched: false,
            last_random: None,
            mixed: 0,
        }
    }

    /// An interrupt then, or earlier: the watchdog waits for the loop.
    pub(crate) fn set_alarm(&mut self, ticks: u32) {
        let ticks = ticks.min(LONGEST_SLEEP_TICKS);
        timer::interrupt_after(alarm_timer(), PRESCALER, ticks);
    }

    /// The first call starts the watchdog.
    pub(crate) fn feed_watchdog(&mut self) {
        let iwdg = device!(IWDG);
        if self.watched {
            return watchdog::feed(iwdg);
        }
        self.watched = true;
        if let Some(reload) = watchdog::reload(WATCHDOG_MS) {
            watchdog::start(iwdg, reload);
        }
    }

    /// From the random number generator; where it does not work, mixed from what it has given and
    /// the clock (Vigna, splitmix64), which is not for keys.
    pub(crate) fn random(&mut self) -> u64 {
        let (high, low) = (self.random_word(), self.random_word());
        self.mixed = self
            .mixed
            .wrapping_add(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(u64::from(timer::ticks(clock_timer())));
        if let (Some(high), Some(low)) = (high, low) {
            return u64::from(high) << 32 | u64::from(low);
        }
        let mixed = (self.mixed ^ self.mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// None where the generator reports an error, or gives one number twice (RM0386, "RNG
    /// operation": after either it is started anew).
    fn random_word(&mut self) -> Option<u32> {
        let rng = device!(RNG);
        let ready = (0..RANDOM_WITHIN).any(|_| rng.sr().read().drdy().bit_is_set());
        let status = rng.sr().read();
        let failed = status.secs().bit_is_set() || status.cecs().bit_is_set();
        if !ready || failed {
            rng.cr().write(|cr| cr.rngen().clear_bit());
            rng.cr().write(|cr| cr.rngen().set_bit());
            return None;
        }
        let word = rng.dr().read().bits();
        let repeated = self.last_random.replace(word) == Some(word);
        (!repeated).then_some(word)
    }

    /// Erases sectors of the region of the state, by offsets.
    pub(crate) fn erase_state(&mut self, bytes: Range<usize>) -> Result<(), StateError> {
        let address = |offset: usize| LAYOUT.state.address + offset as u32;
        let sectors = flash::whole_sectors(address(bytes.start)..address(bytes.end));
        let sectors = sectors.ok_or(StateError::Flash)?;
        changed(|flash| {
            let mut sectors = sectors.filter_map(flash::sector);
            sectors.try_for_each(|sector| flash::erase(flash, sector))
        })
    }

    /// Writes whole words into the region of the state.
    pub(crate) fn write_state(&mut self, offset: usize, bytes: &[u8]) -> Result<(), StateError> {
        let region = LAYOUT.state;
        let end = offset.checked_add(bytes.len()).ok_or(StateError::Flash)?;
        let whole = offset.is_multiple_of(4) && bytes.len().is_multiple_of(4);
        if !whole || end > region.bytes as usize {
            return Err(StateError::Flash);
        }
        let place = (region.address as usize + offset) as *mut u32;
        let (words, _) = bytes.as_chunks();
        // SAFETY: the place lies in the region, which is read only between writes.
        changed(|flash| unsafe {
            flash::write(
                flash,
                place,
                words.iter().map(|word| u32::from_le_bytes(*word)),
            )
        })
    }
}

/// Opens the flash for a change.
fn changed(
    change: impl FnOnce(&pac::flash::RegisterBlock) -> Result<(), flash::FlashError>,
) -> Result<(), StateError> {
    let registers = flash_controller();
    // A sector of the blocks may be on its way.
    let changed = flash::wait_until_free(registers)
        .and_then(|()| flash::unlock(registers))
        .and_then(|()| change(registers));
    flash::lock(registers);
    changed.map_err(|_| StateError::Flash)
}
