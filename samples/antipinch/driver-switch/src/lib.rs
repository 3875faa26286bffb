//! A driver at the switch in the door, by the step count alone: closes the window, lets go, tries
//! once more. Knows nothing of windows.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 64);

/// The period that `step` is meant for.
pub const PERIOD_MS: u32 = 10;
/// "Up" is held from the first to the second instant, and again from the third on.
pub const PRESSED_MS: u32 = 1_000;
pub const RELEASED_MS: u32 = 8_000;
pub const PRESSED_AGAIN_MS: u32 = 9_000;

/// Whether "up" is held at that time after the start.
pub fn is_up(time_ms: u32) -> bool {
    (PRESSED_MS..RELEASED_MS).contains(&time_ms) || time_ms >= PRESSED_AGAIN_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_releases_and_presses_again() {
        let held: Vec<u32> = (0..12).filter(|second| is_up(second * 1_000)).collect();
        assert_eq!(held, [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]);
        assert!(!is_up(PRESSED_MS - PERIOD_MS));
    }
}
