//! The line of a wire: a curve from a pin to a pin, or straight lines with round corners.
//! Knows nothing of documents, boxes and colours.

use super::geometry::{Point, Rect, point};

/// How round corners are.
const CORNER_RADIUS: f32 = 8.0;
/// Of a bent piece at least so many lines are drawn, and at most.
const LINES: std::ops::RangeInclusive<f32> = 6.0..=40.0;
/// Length of such a line, on the screen.
const LINE_LENGTH: f32 = 14.0;

/// Cubic Bézier pieces, end to end; it leaves to the right and arrives from the left.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    pieces: Vec<[Point; 4]>,
    corners: Vec<Point>,
    bounds: Rect,
}

impl Curve {
    /// From a source to a target pin.
    pub fn between(from: Point, to: Point) -> Curve {
        let ahead = to.x - from.x;
        if ahead > 0.0 && (to.y - from.y).abs() < 0.5 {
            return Curve::of(vec![straight(from, to)], vec![from, to]);
        }
        let reach = match ahead > 0.0 {
            true => (ahead * 0.5).clamp(24.0, 160.0),
            false => (60.0 - ahead * 0.35).min(260.0),
        };
        // Straight lines first, so that parallel wires stay apart where they leave.
        let piece = [from, from + point(reach, 0.0), to - point(reach, 0.0), to];
        Curve::of(vec![piece], vec![from, to])
    }

    /// Straight lines from corner to corner, the corners rounded.
    pub fn along(corners: &[Point]) -> Curve {
        let mut pieces = Vec::with_capacity(corners.len() * 2);
        let mut at = corners.first().copied().unwrap_or_default();
        for three in corners.windows(3) {
            let [before, corner, after] = three else {
                continue;
            };
            let (to, away) = (*corner - *before, *after - *corner);
            let room = to.length().min(away.length()) / 2.0;
            let radius = CORNER_RADIUS.min(room);
            if radius < 0.5 {
                continue;
            }
            let begin = *corner - to * (radius / to.length());
            let end = *corner + away * (radius / away.length());
            pieces.push(straight(at, begin));
            // Two thirds of the way to the corner: the quadratic curve through it.
            let toward = |p: Point| p + (*corner - p) * (2.0 / 3.0);
            pieces.push([begin, toward(begin), toward(end), end]);
            at = end;
        }
        pieces.push(straight(at, corners.last().copied().unwrap_or(at)));
        Curve::of(pieces, corners.to_vec())
    }

    fn of(pieces: Vec<[Point; 4]>, corners: Vec<Point>) -> Curve {
        let around = |[a, b, c, d]: &[Point; 4]| {
            Rect::from_corners(*a, *b).union(Rect::from_corners(*c, *d))
        };
        let bounds = pieces.iter().map(around).reduce(Rect::union);
        Curve {
            bounds: bounds.unwrap_or_default(),
            pieces,
            corners,
        }
    }

    /// Its ends and the corners between them: what is left of it from far away.
    pub fn corners(&self) -> &[Point] {
        &self.corners
    }

    /// The point at `t` from 0 to 1; each piece has an equal share.
    pub fn at(&self, t: f32) -> Point {
        let place = t.clamp(0.0, 1.0) * self.pieces.len() as f32;
        let number = (place as usize).min(self.pieces.len().saturating_sub(1));
        let piece = self.pieces.get(number);
        piece.map_or(Point::default(), |piece| on(piece, place - number as f32))
    }

    /// Where it begins.
    pub fn start(&self) -> Point {
        self.at(0.0)
    }

    /// Where it ends.
    pub fn end(&self) -> Point {
        self.at(1.0)
    }

    /// A place that is well seen: the middle of the longest piece.
    pub fn middle(&self) -> Point {
        let length = |[a, .., d]: &[Point; 4]| (*d - *a).length();
        let longest = (self.pieces.iter()).max_by(|a, b| length(a).total_cmp(&length(b)));
        longest.map_or(Point::default(), |piece| on(piece, 0.5))
    }

    /// A rectangle around it.
    pub fn bounds(&self) -> Rect {
        self.bounds
    }

    /// Points on it, near enough to be joined by lines at that zoom.
    pub fn flattened(&self, zoom: f32) -> Vec<Point> {
        let mut points = vec![self.start()];
        for piece in &self.pieces {
            let [a, b, c, d] = *piece;
            if a == b && c == d {
                points.push(d);
                continue;
            }
            let size = Rect::from_corners(a, b)
                .union(Rect::from_corners(c, d))
                .size();
            let count = (size.x + size.y) * zoom / LINE_LENGTH;
            let count = count.clamp(*LINES.start(), *LINES.end()) as usize;
            points.extend((1..=count).map(|step| on(piece, step as f32 / count as f32)));
        }
        points
    }

    /// How far along its lines the place lies that is nearest to a point.
    pub fn place_along(&self, p: Point) -> f32 {
        let (mut before, mut best) = (0.0, (f32::INFINITY, 0.0));
        for ends in self.corners.windows(2) {
            let [a, b] = ends else {
                continue;
            };
            let length = (*b - *a).length();
            let distance = segment_distance(*a, *b, p);
            if distance < best.0 {
                let from = (p - *a).length();
                let along = (from * from - distance * distance).max(0.0).sqrt();
                best = (distance, before + along.min(length));
            }
            before += length;
        }
        best.1
    }

    /// About the shortest distance to a point.
    pub fn distance(&self, p: Point) -> f32 {
        let points = self.flattened(2.0);
        let apart = |ends: &[Point]| match ends {
            [a, b] => segment_distance(*a, *b, p),
            _ => f32::INFINITY,
        };
        points.windows(2).map(apart).fold(f32::INFINITY, f32::min)
    }
}

fn straight(from: Point, to: Point) -> [Point; 4] {
    [from, from, to, to]
}

fn on([a, b, c, d]: &[Point; 4], t: f32) -> Point {
    let s = 1.0 - t;
    *a * (s * s * s) + *b * (3.0 * s * s * t) + *c * (3.0 * s * t * t) + *d * (t * t * t)
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
    fn straight_lines_have_round_corners_and_few_points() {
        let corners = [
            point(0.0, 0.0),
            point(50.0, 0.0),
            point(50.0, 90.0),
            point(200.0, 90.0),
        ];
        let curve = Curve::along(&corners);
        assert_eq!((curve.start(), curve.end()), (corners[0], corners[3]));
        assert!(curve.distance(corners[1]) > 1.0, "the corner is cut");
        assert!(curve.distance(point(50.0, 45.0)) < 0.01);
        assert_eq!(curve.middle(), point(129.0, 90.0), "of the longest line");
        let flat = Curve::between(point(0.0, 5.0), point(300.0, 5.0));
        assert_eq!(flat.flattened(4.0).len(), 2);
    }

    #[test]
    fn distance_is_small_on_the_curve_and_large_off_it() {
        let curve = Curve::between(point(0.0, 0.0), point(400.0, 200.0));
        assert!(curve.distance(curve.at(0.37)) < 1.0);
        assert!(curve.distance(point(400.0, 0.0)) > 50.0);
        let dot = Curve::along(&[point(1.0, 1.0); 2]);
        assert_eq!(dot.distance(point(4.0, 5.0)), 5.0);
    }
}
