//! How hard a car brakes by itself for what is in front of it.
//! Knows nothing of radars.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 256);

/// From here on it brakes, and here it brakes as hard as it can.
const FIRST_S: f32 = 2.5;
const FULL_S: f32 = 1.0;
const FULL_PERCENT: f32 = 100.0;

/// What is farther away may still turn off.
const NEAR_M: f32 = 60.0;

/// Braking in percent for the time until the collision and the distance to it, if anybody knows.
pub fn demand(hazard: Option<(f32, f32)>) -> f32 {
    match hazard {
        Some((seconds, metres)) if metres <= NEAR_M => {
            (FULL_PERCENT * (FIRST_S - seconds) / (FIRST_S - FULL_S)).clamp(0.0, FULL_PERCENT)
        }
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sooner_the_harder() {
        assert_eq!(demand(Some((3.0, 40.0))), 0.0);
        assert_eq!(demand(Some((1.75, 40.0))), 50.0);
        assert_eq!(demand(Some((0.4, 40.0))), 100.0);
        assert_eq!(demand(Some((0.4, 61.0))), 0.0);
        assert_eq!(demand(None), 0.0);
    }
}
