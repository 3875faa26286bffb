//! The clock tree (RM0386, "Reset and clock control"): from a crystal, or the internal oscillator
//! where that does not start, to 180 MHz. The numbers are computed apart from the registers, so that
//! a test can hold them against the data sheet's limits. Knows no board.

use stm32f4::stm32f469::{
    flash::RegisterBlock as Flash, pwr::RegisterBlock as Pwr, rcc::RegisterBlock as Rcc,
};

use crate::wait;

/// Where the clock comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A crystal.
    Crystal { hz: u32 },
    /// 16 MHz, 1 % (data sheet of the STM32F469, table "HSI oscillator characteristics").
    Internal,
}

const INTERNAL_HZ: u32 = 16_000_000;

impl Source {
    fn hz(self) -> u32 {
        match self {
            Source::Crystal { hz } => hz,
            Source::Internal => INTERNAL_HZ,
        }
    }
}

/// The main PLL: source / `input` × `times` / `output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pll {
    /// PLLM, 2 to 63.
    pub input: u32,
    /// PLLN, 50 to 432.
    pub times: u32,
    /// PLLP, 2, 4, 6 or 8.
    pub output: u32,
    /// PLLQ, 2 to 15: the clock of the random number generator, at most 48 MHz.
    pub output_48: u32,
}

/// Rates of the tree's branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    pub source: Source,
    /// Core, memory, DMA.
    pub core_hz: u32,
    /// APB1: CAN, I2C, SPI2, USART3.
    pub apb1_hz: u32,
    /// APB2: USART6, SPI1.
    pub apb2_hz: u32,
    /// Timers on APB1: twice its rate, since it is divided.
    pub timers_1_hz: u32,
    /// The random number generator's.
    pub random_hz: u32,
}

/// AHB not divided; APB1 by 4, APB2 by 2.
const APB1_DIVIDER: u32 = 4;
const APB2_DIVIDER: u32 = 2;
/// Of the comparison frequency, as the manual recommends against jitter.
const COMPARED_HZ: u32 = 1_000_000;
/// What the core runs at, in over-drive.
const CORE_HZ: u32 = 180_000_000;
/// Wait states at 2.7 to 3.6 V (RM0386, table "Number of wait states"): one more every 30 MHz.
const WAIT_STATES: u32 = 5;

/// The settings for a source of whole megahertz.
pub fn pll(source: Source) -> Option<Pll> {
    let times = 2 * CORE_HZ / COMPARED_HZ;
    let pll = Pll {
        input: source.hz() / COMPARED_HZ,
        times,
        output: 2,
        output_48: (times * COMPARED_HZ).div_ceil(48_000_000),
    };
    let whole = source.hz().is_multiple_of(COMPARED_HZ) && (2..=63).contains(&pll.input);
    whole.then_some(pll)
}

/// The rates that the settings give.
pub fn clocks(source: Source, pll: Pll) -> Clocks {
    let vco_hz = source.hz() / pll.input * pll.times;
    let core_hz = vco_hz / pll.output;
    Clocks {
        source,
        core_hz,
        apb1_hz: core_hz / APB1_DIVIDER,
        apb2_hz: core_hz / APB2_DIVIDER,
        timers_1_hz: core_hz / APB1_DIVIDER * 2,
        random_hz: vco_hz / pll.output_48,
    }
}

/// What a device does not do when its clock is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockError {
    /// The crystal's rate is no whole number of megahertz.
    Crystal,
    /// The PLL does not lock.
    Pll,
    /// The regulator does not reach over-drive.
    OverDrive,
    /// The flash does not take the wait states.
    Flash,
    /// The core does not change to the PLL.
    Switch,
}

impl ClockError {
    /// For the log.
    pub fn words(self) -> &'static str {
        match self {
            ClockError::Crystal => "the crystal's rate is no whole number of megahertz",
            ClockError::Pll => "the PLL does not lock",
            ClockError::OverDrive => "the regulator does not reach over-drive",
            ClockError::Flash => "the flash does not take the wait states",
            ClockError::Switch => "the core does not change to the PLL",
        }
    }
}

/// Polls until something must have happened: a crystal starts within 100 ms, and a poll at 16 MHz
/// takes half a microsecond at least.
const WITHIN: u32 = 400_000;

/// Rate before anything is started.
pub const RESET_HZ: u32 = INTERNAL_HZ;

/// Brings the core to 180 MHz; from the internal oscillator where the crystal does not start.
pub fn start(rcc: &Rcc, pwr: &Pwr, flash: &Flash, crystal_hz: u32) -> Result<Clocks, ClockError> {
    rcc.cr().modify(|_, cr| cr.hseon().set_bit());
    let source = match wait(WITHIN, || rcc.cr().read().hserdy().bit_is_set()) {
        true => Source::Crystal { hz: crystal_hz },
        false => Source::Internal,
    };
    let pll = pll(source).ok_or(ClockError::Crystal)?;
    run_pll(rcc, source, pll)?;
    over_drive(rcc, pwr)?;
    // Wait states first, then the faster clock; caches and prefetch, or the core waits most times.
    // SAFETY: the value is one of the manual's table.
    flash.acr().modify(|_, acr| unsafe {
        acr.latency().bits(WAIT_STATES as u8).prften().set_bit();
        acr.icen().set_bit().dcen().set_bit()
    });
    if !wait(WITHIN, || {
        u32::from(flash.acr().read().latency().bits()) == WAIT_STATES
    }) {
        return Err(ClockError::Flash);
    }
    rcc.cfgr()
        .modify(|_, cfgr| cfgr.hpre().div1().ppre1().div4().ppre2().div2());
    rcc.cfgr().modify(|_, cfgr| cfgr.sw().pll());
    match wait(WITHIN, || rcc.cfgr().read().sws().is_pll()) {
        true => Ok(clocks(source, pll)),
        false => Err(ClockError::Switch),
    }
}

fn run_pll(rcc: &Rcc, source: Source, pll: Pll) -> Result<(), ClockError> {
    rcc.cr().modify(|_, cr| cr.pllon().clear_bit());
    rcc.pllcfgr()
        .write(|pllcfgr| unsafe { pllcfgr.bits(register(source, pll)) });
    rcc.cr().modify(|_, cr| cr.pllon().set_bit());
    match wait(WITHIN, || rcc.cr().read().pllrdy().bit_is_set()) {
        true => Ok(()),
        false => Err(ClockError::Pll),
    }
}

/// RCC_PLLCFGR: PLLM in bits 5 to 0, PLLN in 14 to 6, PLLP / 2 - 1 in 17 and 16, the crystal by
/// bit 22, PLLQ in 27 to 24, PLLR (display, not used) in 30 to 28 at its reset value.
fn register(source: Source, pll: Pll) -> u32 {
    let crystal = u32::from(matches!(source, Source::Crystal { .. }));
    2 << 28
        | pll.output_48 << 24
        | crystal << 22
        | (pll.output / 2 - 1) << 16
        | pll.times << 6
        | pll.input
}

/// RM0386, "Entering Over-drive mode": needed above 168 MHz.
fn over_drive(rcc: &Rcc, pwr: &Pwr) -> Result<(), ClockError> {
    rcc.apb1enr().modify(|_, apb1enr| apb1enr.pwren().set_bit());
    pwr.cr().modify(|_, cr| cr.oden().set_bit());
    let on = wait(WITHIN, || pwr.csr().read().odrdy().bit_is_set());
    pwr.cr().modify(|_, cr| cr.odswen().set_bit());
    let switched = wait(WITHIN, || pwr.csr().read().odswrdy().bit_is_set());
    match on && switched {
        true => Ok(()),
        false => Err(ClockError::OverDrive),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;
    use crate::block_of_zeroes;

    #[test]
    fn the_tree_keeps_to_the_data_sheet_from_either_source() {
        for source in [Source::Crystal { hz: 8_000_000 }, Source::Internal] {
            let pll = pll(source).unwrap();
            let compared_hz = source.hz() / pll.input;
            let vco_hz = compared_hz * pll.times;
            // RM0386, RCC_PLLCFGR: 1 to 2 MHz; 100 to 432 MHz; 50 <= PLLN <= 432.
            assert!((1_000_000..=2_000_000).contains(&compared_hz));
            assert!((100_000_000..=432_000_000).contains(&vco_hz));
            assert!((50..=432).contains(&pll.times));
            let clocks = clocks(source, pll);
            // Data sheet, "General operating conditions", over-drive: 180, 45 and 90 MHz.
            assert_eq!(clocks.core_hz, 180_000_000);
            assert_eq!((clocks.apb1_hz, clocks.apb2_hz), (45_000_000, 90_000_000));
            assert_eq!(clocks.timers_1_hz, 90_000_000);
            // RNG_CLK: at most 48 MHz, and above HCLK / 16 (RM0386, RNG_SR, CECS).
            assert_eq!(clocks.random_hz, 45_000_000);
        }
    }

    #[test]
    fn the_register_is_the_manuals() {
        let crystal = Source::Crystal { hz: 8_000_000 };
        let value = register(crystal, pll(crystal).unwrap());
        // PLLR 2, PLLQ 8, HSE, PLLP 2, PLLN 360, PLLM 8.
        assert_eq!(value, 0x2840_5a08);
        assert_eq!(
            register(Source::Internal, pll(Source::Internal).unwrap()),
            0x2800_5a10
        );
    }

    #[test]
    fn a_crystal_of_broken_megahertz_is_refused() {
        assert_eq!(pll(Source::Crystal { hz: 11_059_200 }), None);
        assert_eq!(pll(Source::Crystal { hz: 1_000_000 }), None);
        assert_eq!(pll(Source::Crystal { hz: 64_000_000 }), None);
    }

    /// Memory does not answer: neither a crystal nor the PLL.
    #[test]
    fn a_clock_that_does_not_start_is_told() {
        let (rcc, pwr, flash) = (block_of_zeroes(), block_of_zeroes(), block_of_zeroes());
        assert_eq!(start(rcc, pwr, flash, 8_000_000), Err(ClockError::Pll));
        // It has tried the crystal, then the PLL from the internal oscillator.
        assert!(rcc.cr().read().hseon().bit_is_set());
        assert_eq!(rcc.pllcfgr().read().bits(), 0x2800_5a10);
        assert!(rcc.cr().read().pllon().bit_is_set());
    }
}
