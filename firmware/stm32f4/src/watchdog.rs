//! The independent watchdog (RM0386, "Independent watchdog"): clocked by an oscillator of its own,
//! and never to be stopped once it runs. Knows nothing of who is healthy.

use stm32f4::stm32f469::iwdg::RegisterBlock;

/// The oscillator at its fastest (data sheet: 17 to 47 kHz): the shortest time counts.
const FASTEST_HZ: u32 = 47_000;
const UNLOCK: u16 = 0x5555;
const FEED: u16 = 0xaaaa;
const START: u16 = 0xcccc;
/// PR 6: divides by 256.
const PRESCALER: u16 = 6;
const DIVIDER: u32 = 256;

/// What RLR holds so that the device is reset after no less than that, at the earliest.
pub fn reload(at_least_ms: u32) -> Option<u16> {
    let counts = u64::from(at_least_ms) * u64::from(FASTEST_HZ);
    let counts = counts.div_ceil(u64::from(DIVIDER) * 1_000);
    u16::try_from(counts)
        .ok()
        .filter(|counts| (1..=0xfff).contains(counts))
}

/// Starts it; from now on it has to be fed.
pub fn start(watchdog: &RegisterBlock, reload: u16) {
    // SAFETY, here and below: keys and numbers of the manual.
    watchdog.kr().write(|kr| unsafe { kr.bits(START) });
    watchdog.kr().write(|kr| unsafe { kr.bits(UNLOCK) });
    watchdog.pr().write(|pr| unsafe { pr.bits(PRESCALER) });
    watchdog.rlr().write(|rlr| unsafe { rlr.bits(reload) });
    feed(watchdog);
}

/// It counts from its start again.
pub fn feed(watchdog: &RegisterBlock) {
    watchdog.kr().write(|kr| unsafe { kr.bits(FEED) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_of_zeroes;

    #[test]
    fn the_time_is_kept_by_the_fastest_oscillator() {
        let counts = reload(5_000).unwrap_or_default();
        assert_eq!(counts, 918);
        assert!(u32::from(counts) * DIVIDER * 1_000 / FASTEST_HZ >= 5_000);
        assert_eq!(reload(0), None);
        assert_eq!(reload(22_400), None, "12 bits");
        assert_eq!(reload(u32::MAX), None);
    }

    #[test]
    fn it_starts_with_its_time_and_is_fed() {
        let watchdog = block_of_zeroes::<RegisterBlock>();
        start(watchdog, 918);
        assert_eq!(watchdog.rlr().read().bits(), 918);
        assert_eq!(watchdog.pr().read().bits(), 6);
    }
}
