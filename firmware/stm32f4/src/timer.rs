//! TIM2 and TIM5 (RM0386, "General-purpose timers"): 32 bits. One is the clock, the other the alarm.
//! Knows no interrupts' numbers.

use stm32f4::stm32f469::tim5::RegisterBlock;

/// What PSC holds so that the counter has the rate; none where it does not divide evenly.
pub fn prescaler(input_hz: u32, count_hz: u32) -> Option<u16> {
    let whole = count_hz > 0 && input_hz.is_multiple_of(count_hz);
    let divider = whole.then(|| input_hz / count_hz)?;
    u16::try_from(divider.checked_sub(1)?).ok()
}

/// Counts up, round and round.
pub fn run_freely(timer: &RegisterBlock, prescaler: u16) {
    // SAFETY, here and below: these registers take any number.
    timer
        .psc()
        .write(|psc| unsafe { psc.bits(u32::from(prescaler)) });
    timer.arr().write(|arr| unsafe { arr.bits(u32::MAX) });
    timer.egr().write(|egr| egr.ug().set_bit());
    timer.cr1().write(|cr1| cr1.cen().set_bit());
}

/// What it has counted.
pub fn ticks(timer: &RegisterBlock) -> u32 {
    timer.cnt().read().bits()
}

/// One interrupt, after so many ticks, in place of the one asked for before.
pub fn interrupt_after(timer: &RegisterBlock, prescaler: u16, ticks: u32) {
    timer.cr1().write(|cr1| cr1.cen().clear_bit());
    timer.dier().write(|dier| dier.uie().set_bit());
    timer
        .psc()
        .write(|psc| unsafe { psc.bits(u32::from(prescaler)) });
    // It never overflows from 0 to 0.
    timer.arr().write(|arr| unsafe { arr.bits(ticks.max(1)) });
    // Takes both over, clears the counter, and is an update of its own.
    timer.egr().write(|egr| egr.ug().set_bit());
    timer.sr().write(|sr| unsafe { sr.bits(0) });
    timer.cr1().write(|cr1| cr1.cen().set_bit());
}

/// For the handler: no interrupt until the next is asked for.
pub fn quieten(timer: &RegisterBlock) {
    if timer.sr().read().uif().bit_is_set() {
        timer.cr1().write(|cr1| cr1.cen().clear_bit());
        timer.sr().write(|sr| unsafe { sr.bits(0) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_of_zeroes;

    #[test]
    fn the_prescaler_divides_evenly_or_not_at_all() {
        assert_eq!(prescaler(90_000_000, 10_000_000), Some(8));
        assert_eq!(prescaler(90_000_000, 90_000_000), Some(0));
        assert_eq!(prescaler(90_000_000, 7_000_000), None);
        assert_eq!(prescaler(90_000_000, 0), None);
        assert_eq!(prescaler(90_000_000, 180_000_000), None);
        assert_eq!(prescaler(90_000_000, 1_000), None, "16 bits");
    }

    #[test]
    fn an_alarm_is_armed_and_a_late_one_never_lost() {
        let timer = block_of_zeroes::<RegisterBlock>();
        interrupt_after(timer, 8, 0);
        assert_eq!(timer.arr().read().bits(), 1);
        assert_eq!(timer.psc().read().bits(), 8);
        assert!(timer.dier().read().uie().bit_is_set());
        assert!(timer.cr1().read().cen().bit_is_set());
        // No update is pending: it goes on.
        quieten(timer);
        assert!(timer.cr1().read().cen().bit_is_set());
        timer.sr().write(|sr| unsafe { sr.bits(1) });
        quieten(timer);
        assert!(timer.cr1().read().cen().bit_is_clear());
    }
}
