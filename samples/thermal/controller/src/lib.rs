//! How much air the cabin needs: a two-point switch with hysteresis, proportional above it.
//! Knows nothing of where the temperature comes from or where the demand goes.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 256);

/// The fan starts at this temperature …
pub const ON_CELSIUS: f32 = 26.0;
/// … and stops below this one.
pub const OFF_CELSIUS: f32 = 24.0;
/// Demand of a fan that has just started.
pub const MINIMUM_PERCENT: f32 = 20.0;
/// Full speed at 34 °C.
pub const GAIN_PERCENT_PER_KELVIN: f32 = 8.0;
pub const FULL_PERCENT: f32 = 100.0;
/// Steps without a first temperature before that counts as a failure: 2 s at 100 ms.
pub const PATIENCE_STEPS: u32 = 20;

/// What the controller knows of the temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    Celsius(f32),
    /// Nothing has arrived since the start.
    Never,
    /// Was there and is not any more: invalid, too old, open.
    Lost,
}

/// State between two steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controller {
    running: bool,
    steps_without_first: u32,
    /// In percent, 0 to 100.
    pub demand: f32,
}

impl Controller {
    pub const fn new() -> Self {
        Self {
            running: false,
            steps_without_first: 0,
            demand: 0.0,
        }
    }

    /// One step.
    pub fn step(self, reading: Reading) -> Self {
        match reading {
            Reading::Celsius(celsius) if celsius.is_finite() => self.regulate(celsius),
            Reading::Never if self.steps_without_first < PATIENCE_STEPS => Self {
                steps_without_first: self.steps_without_first + 1,
                ..self
            },
            // A cabin that cannot be measured is cooled: the safe side.
            _ => Self {
                running: true,
                demand: FULL_PERCENT,
                ..self
            },
        }
    }

    fn regulate(self, celsius: f32) -> Self {
        let running = if self.running {
            celsius >= OFF_CELSIUS
        } else {
            celsius >= ON_CELSIUS
        };
        let proportional = MINIMUM_PERCENT + (celsius - OFF_CELSIUS) * GAIN_PERCENT_PER_KELVIN;
        let demand = if running {
            proportional.clamp(MINIMUM_PERCENT, FULL_PERCENT)
        } else {
            0.0
        };
        Self {
            running,
            steps_without_first: PATIENCE_STEPS,
            demand,
        }
    }
}

impl Default for Controller {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(readings: &[Reading]) -> f32 {
        readings
            .iter()
            .fold(Controller::new(), |controller, reading| {
                controller.step(*reading)
            })
            .demand
    }

    #[test]
    fn is_proportional_and_bounded() {
        assert_eq!(after(&[Reading::Celsius(29.0)]), 60.0);
        assert_eq!(after(&[Reading::Celsius(34.0)]), 100.0);
        assert_eq!(after(&[Reading::Celsius(90.0)]), 100.0);
        assert_eq!(after(&[Reading::Celsius(-10.0)]), 0.0);
    }

    #[test]
    fn has_hysteresis() {
        assert_eq!(after(&[Reading::Celsius(25.0)]), 0.0);
        assert_eq!(
            after(&[Reading::Celsius(26.0), Reading::Celsius(25.0)]),
            28.0
        );
        assert_eq!(
            after(&[
                Reading::Celsius(26.0),
                Reading::Celsius(23.9),
                Reading::Celsius(25.0)
            ]),
            0.0
        );
    }

    #[test]
    fn runs_at_full_speed_without_a_temperature() {
        assert_eq!(after(&[Reading::Celsius(20.0), Reading::Lost]), 100.0);
        assert_eq!(after(&[Reading::Celsius(f32::NAN)]), 100.0);
        assert_eq!(after(&[Reading::Celsius(f32::INFINITY)]), 100.0);
        assert_eq!(after(&[Reading::Celsius(20.0), Reading::Never]), 100.0);
    }

    #[test]
    fn waits_two_seconds_for_the_first_temperature() {
        assert_eq!(after(&[Reading::Never; 20]), 0.0);
        assert_eq!(after(&[Reading::Never; 21]), 100.0);
    }
}
