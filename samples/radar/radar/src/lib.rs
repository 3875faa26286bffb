//! A radar that sees three objects of a scene which is the same in every run: one ahead that we
//! close in on, one that drives away, one that comes into range later.
//! Knows nothing of who asks for what it sees.

#[cfg(target_arch = "wasm32")]
mod component;
#[cfg(target_arch = "wasm32")]
mod event;
mod samples;

pub use samples::Samples;

/// Seconds from one cycle to the next.
const CYCLE_S: f32 = 0.02;
/// Id, distance in metres at the start, speed in metres a second.
const SCENE: [(u8, f32, f32); 3] = [(1, 60.0, -12.0), (2, 35.0, 4.0), (3, 130.0, -30.0)];

/// What a cycle sees of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    pub id: u8,
    pub distance: f32,
    pub speed: f32,
}

/// The objects of a cycle within the range, nearest first.
pub fn seen(cycle: u32, offset: f32, range: f32) -> Vec<Seen> {
    let at = |(id, start, speed): (u8, f32, f32)| Seen {
        id,
        distance: start + speed * CYCLE_S * cycle as f32 + offset,
        speed,
    };
    let mut seen: Vec<Seen> = SCENE
        .map(at)
        .into_iter()
        .filter(|object| object.distance > 0.0 && object.distance <= range)
        .collect();
    seen.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_seen_within_the_range_nearest_first() {
        let ids = |cycle, range| -> Vec<u8> {
            seen(cycle, 0.0, range).iter().map(|one| one.id).collect()
        };
        assert_eq!(ids(0, 100.0), [2, 1]);
        assert_eq!(ids(0, 50.0), [2]);
        // After two seconds: 36, 43 and 70 metres.
        assert_eq!(ids(100, 100.0), [1, 2, 3]);
        // After five the first has passed.
        assert_eq!(ids(250, 100.0), [2]);
    }

    #[test]
    fn the_offset_moves_every_distance() {
        let (plain, moved) = (seen(0, 0.0, 100.0), seen(0, -1.5, 100.0));
        assert_eq!(plain[0].distance - moved[0].distance, 1.5);
    }
}
