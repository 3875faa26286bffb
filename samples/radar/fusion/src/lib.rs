//! Which of the objects that a radar sees will be here first.
//! Knows nothing of services.

#[cfg(target_arch = "wasm32")]
mod component;

/// An object by distance in metres and speed in metres a second, negative towards us.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    pub distance: f32,
    pub speed: f32,
}

/// The object that is here first, and in how many seconds; none if nothing comes closer.
pub fn first(targets: impl Iterator<Item = Target>) -> Option<(Target, f32)> {
    targets
        .filter(|target| target.speed < 0.0)
        .map(|target| (target, target.distance / -target.speed))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_one_behind_can_be_here_first() {
        let targets = [(20.0, -2.0), (60.0, -20.0), (5.0, 1.0)];
        let targets = targets.map(|(distance, speed)| Target { distance, speed });
        let (target, seconds) = first(targets.into_iter()).unwrap();
        assert_eq!((target.distance, seconds), (60.0, 3.0));
    }

    #[test]
    fn what_drives_away_is_no_hazard() {
        let away = Target {
            distance: 5.0,
            speed: 0.0,
        };
        assert_eq!(first([away].into_iter()), None);
    }
}
