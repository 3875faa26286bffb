//! Something that is held into the window for a while, by the step count alone.
//! Knows nothing of windows.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 64);

/// The period that `step` is meant for.
pub const PERIOD_MS: u32 = 10;
pub const APPEARS_MS: u32 = 1_500;
pub const VANISHES_MS: u32 = 6_000;
/// Lower side above the open window's edge.
pub const HEIGHT_MM: f32 = 300.0;

/// Height of the obstacle at that time after the start, if it is there.
pub fn height_mm(time_ms: u32) -> Option<f32> {
    (APPEARS_MS..VANISHES_MS)
        .contains(&time_ms)
        .then_some(HEIGHT_MM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_there_for_a_while() {
        assert_eq!(height_mm(APPEARS_MS - PERIOD_MS), None);
        assert_eq!(height_mm(APPEARS_MS), Some(HEIGHT_MM));
        assert_eq!(height_mm(VANISHES_MS), None);
    }
}
