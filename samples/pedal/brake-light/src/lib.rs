//! When a brake light shines: from a few percent of the pedal's way on, with a hysteresis, and
//! whenever nobody knows where the pedal is.
//! Knows nothing of lamps.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 256);

const ON_PERCENT: f32 = 5.0;
const OFF_PERCENT: f32 = 3.0;

/// Whether the lamp shines, from whether it did and the pedal's position.
pub fn shines(did: bool, percent: Option<f32>) -> bool {
    match percent {
        Some(percent) if did => percent > OFF_PERCENT,
        Some(percent) => percent >= ON_PERCENT,
        // Those behind are rather warned for nothing.
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_the_limits_it_stays_as_it_is() {
        assert!(!shines(false, Some(4.9)));
        assert!(shines(false, Some(5.0)));
        assert!(shines(true, Some(3.1)));
        assert!(!shines(true, Some(3.0)));
    }

    #[test]
    fn without_a_position_it_shines() {
        assert!(shines(false, None) && shines(true, None));
    }
}
