//! A moving average over the last valid temperatures.
//! Knows nothing of where they come from or where the average goes.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 256);

/// Samples in the average.
pub const WINDOW: usize = 8;

/// The last samples, oldest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    samples_celsius: [f32; WINDOW],
    filled: usize,
}

impl Window {
    pub const fn new() -> Self {
        Self {
            samples_celsius: [0.0; WINDOW],
            filled: 0,
        }
    }

    /// Takes in one sample; one that is not a number changes nothing.
    pub fn with(mut self, celsius: f32) -> Self {
        if !celsius.is_finite() {
            return self;
        }
        self.samples_celsius.rotate_left(1);
        self.samples_celsius[WINDOW - 1] = celsius;
        self.filled = WINDOW.min(self.filled + 1);
        self
    }

    /// In °C; none before the first sample.
    pub fn average(&self) -> Option<f32> {
        let valid = self.samples_celsius.iter().rev().take(self.filled);
        (self.filled > 0).then(|| valid.sum::<f32>() / self.filled as f32)
    }
}

impl Default for Window {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn average(samples: &[f32]) -> Option<f32> {
        samples
            .iter()
            .fold(Window::new(), |window, celsius| window.with(*celsius))
            .average()
    }

    #[test]
    fn averages_what_is_there() {
        assert_eq!(average(&[20.0]), Some(20.0));
        assert_eq!(average(&[20.0, 22.0]), Some(21.0));
    }

    #[test]
    fn forgets_the_oldest() {
        let mut samples = [10.0; 9];
        samples[0] = 1000.0;
        assert_eq!(average(&samples), Some(10.0));
    }

    #[test]
    fn gives_nothing_from_nothing() {
        assert_eq!(average(&[]), None);
        assert_eq!(average(&[f32::NAN, f32::INFINITY]), None);
        assert_eq!(average(&[4.0, f32::NAN]), Some(4.0));
    }
}
