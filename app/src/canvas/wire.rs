//! The course of a wire: a curve from a pin to a pin, or a flag beside a pin for what lies on a bus.
//! Knows nothing of documents and colours.

use super::geometry::{Point, Rect, point};

/// A cubic Bézier curve that leaves to the right and arrives from the left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve(pub [Point; 4]);

impl Curve {
    /// From a source to a target pin.
    pub fn between(from: Point, to: Point) -> Curve {
        let ahead = to.x - from.x;
        let reach = match ahead > 0.0 {
            true => (ahead * 0.5).clamp(24.0, 160.0),
            false => (60.0 - ahead * 0.35).min(260.0),
        };
        // Straight lines first, so that parallel wires stay apart where they leave.
        Curve([from, from + point(reach, 0.0), to - point(reach, 0.0), to])
    }

    /// The point at `t` from 0 to 1.
    pub fn at(&self, t: f32) -> Point {
        let [a, b, c, d] = self.0;
        let s = 1.0 - t;
        a * (s * s * s) + b * (3.0 * s * s * t) + c * (3.0 * s * t * t) + d * (t * t * t)
    }

    /// A rectangle around it.
    pub fn bounds(&self) -> Rect {
        let [a, b, c, d] = self.0;
        Rect::from_corners(a, b).union(Rect::from_corners(c, d))
    }

    /// About the shortest distance to a point.
    pub fn distance(&self, p: Point) -> f32 {
        let steps = 24;
        let mut nearest = f32::INFINITY;
        let mut before = self.at(0.0);
        for step in 1..=steps {
            let next = self.at(step as f32 / steps as f32);
            nearest = nearest.min(segment_distance(before, next, p));
            before = next;
        }
        nearest
    }
}

fn segment_distance(a: Point, b: Point, p: Point) -> f32 {
    let along = b - a;
    let square = along.x * along.x + along.y * along.y;
    if square == 0.0 {
        return (p - a).length();
    }
    let to = p - a;
    let t = ((to.x * along.x + to.y * along.y) / square).clamp(0.0, 1.0);
    (p - (a + along * t)).length()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_and_ends_at_its_pins_and_stays_in_its_bounds() {
        for to in [point(300.0, 80.0), point(-300.0, 80.0), point(0.0, 0.0)] {
            let curve = Curve::between(point(0.0, 0.0), to);
            assert_eq!(curve.at(0.0), point(0.0, 0.0));
            assert_eq!(curve.at(1.0), to);
            for step in 0..=20 {
                assert!(
                    curve
                        .bounds()
                        .expanded(0.01)
                        .contains(curve.at(step as f32 / 20.0))
                );
            }
        }
    }

    #[test]
    fn leaves_to_the_right_even_when_the_target_lies_behind() {
        let curve = Curve::between(point(0.0, 0.0), point(-400.0, 0.0));
        assert!(curve.at(0.1).x > 0.0);
        assert!(curve.at(0.9).x < -400.0);
    }

    #[test]
    fn distance_is_small_on_the_curve_and_large_off_it() {
        let curve = Curve::between(point(0.0, 0.0), point(400.0, 200.0));
        assert!(curve.distance(curve.at(0.37)) < 1.0);
        assert!(curve.distance(point(400.0, 0.0)) > 50.0);
        let dot = Curve([point(1.0, 1.0); 4]);
        assert_eq!(dot.distance(point(4.0, 5.0)), 5.0);
    }
}
