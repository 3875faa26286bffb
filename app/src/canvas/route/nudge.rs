//! Parallel lines that would lie on each other are moved apart into lanes, in an order in which
//! they cross least; lines between two boxes stand in the middle. Lines from one pin may share a
//! lane.

use super::{
    super::geometry::{Point, Rect, point},
    Field, LANE, Path,
};

/// From the pin to the first corner at least, however crowded it is.
const STUB: f32 = 6.0;
/// Lines are moved this far at most.
const REACH: f32 = 260.0;
/// Passes over neighbours that change places.
const PASSES: usize = 12;

/// Which lines are moved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    /// Upright ones, to the left and right.
    Upright,
    /// Level ones, up and down.
    Level,
}

/// Moves the lines of all paths.
pub(super) fn apart(field: &Field, paths: &mut [Path]) {
    for (axis, centres) in [
        (Axis::Upright, true),
        (Axis::Level, false),
        (Axis::Upright, false),
    ] {
        let mut pieces = pieces(field, paths, axis);
        if centres {
            pieces.iter_mut().for_each(Piece::centre);
        }
        for cluster in clusters(&mut pieces) {
            separate(&mut pieces, cluster);
        }
        for piece in &pieces {
            piece.write(paths, axis);
        }
    }
}

/// A line that can be moved, as if it were upright.
#[derive(Debug, Clone)]
struct Piece {
    path: usize,
    /// Number of the line's first corner.
    corner: usize,
    /// The pin that it comes from.
    net: (u32, u32),
    at: f32,
    low: f32,
    high: f32,
    /// From above to below.
    from: f32,
    to: f32,
    /// Where the lines at the upper and the lower end come from: left (-1) or right (1).
    turns: [f32; 2],
    /// Whether it has boxes or pins on both sides.
    is_between: bool,
}

fn pieces(field: &Field, paths: &[Path], axis: Axis) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        let corners: Vec<Point> = path
            .corners
            .iter()
            .map(|corner| turned(*corner, axis))
            .collect();
        let fixed: Vec<Point> = path
            .fixed
            .iter()
            .map(|corner| turned(*corner, axis))
            .collect();
        for (corner, four) in corners.windows(4).enumerate() {
            let [before, a, b, after] = four else {
                continue;
            };
            let is_upright = (a.x - b.x).abs() < 0.1 && (a.y - b.y).abs() > 0.1;
            if !is_upright || fixed.contains(a) || fixed.contains(b) {
                continue;
            }
            let ends = [
                (corner == 0, *before),
                (corner + 4 == corners.len(), *after),
            ];
            let net = path
                .corners
                .first()
                .map_or((0, 0), |at| (at.x.to_bits(), at.y.to_bits()));
            pieces.push(piece(
                field,
                (number, corner + 1),
                net,
                [*a, *b],
                ends,
                axis,
            ));
        }
    }
    pieces
}

fn piece(
    field: &Field,
    (path, corner): (usize, usize),
    net: (u32, u32),
    [a, b]: [Point; 2],
    ends: [(bool, Point); 2],
    axis: Axis,
) -> Piece {
    let (mut low, mut high) = (a.x - REACH, a.x + REACH);
    let mut is_between = [false; 2];
    let line = Rect::from_corners(a, b).expanded(2.0);
    let reach = Rect::from_corners(point(low, line.min.y), point(high, line.max.y));
    let reach = Rect::from_corners(turned(reach.min, axis), turned(reach.max, axis));
    for obstacle in field.touching(reach) {
        let rect = Rect::from_corners(
            turned(obstacle.rect.min, axis),
            turned(obstacle.rect.max, axis),
        );
        // A line nearer than it should be is not moved nearer.
        if rect.max.x <= a.x && rect.max.x + obstacle.clearance > low {
            low = (rect.max.x + obstacle.clearance).min(a.x);
            is_between[0] = true;
        } else if rect.min.x >= a.x && rect.min.x - obstacle.clearance < high {
            high = (rect.min.x - obstacle.clearance).max(a.x);
            is_between[1] = true;
        }
    }
    for (is_pin, other) in ends {
        let margin = if is_pin { STUB } else { 0.0 };
        match other.x < a.x {
            true => {
                low = low.max(other.x + margin).min(a.x);
                is_between[0] |= is_pin;
            }
            false => {
                high = high.min(other.x - margin).max(a.x);
                is_between[1] |= is_pin;
            }
        }
    }
    let side = |other: Point| if other.x < a.x { -1.0 } else { 1.0 };
    let [before, after] = ends.map(|(_, other)| side(other));
    Piece {
        path,
        corner,
        net,
        at: a.x,
        low,
        high,
        from: a.y.min(b.y),
        to: a.y.max(b.y),
        turns: if a.y < b.y {
            [before, after]
        } else {
            [after, before]
        },
        is_between: is_between == [true; 2],
    }
}

impl Piece {
    /// Half way between what it passes, where it leads from one side to the other.
    fn centre(&mut self) {
        let [upper, lower] = self.turns;
        if self.is_between && upper != lower {
            self.at = (self.low + self.high) / 2.0;
        }
    }

    fn overlaps(&self, other: &Piece) -> bool {
        self.from < other.to + 2.0 && other.from < self.to + 2.0
    }

    fn write(&self, paths: &mut [Path], axis: Axis) {
        let Some(path) = paths.get_mut(self.path) else {
            return;
        };
        for corner in path.corners.iter_mut().skip(self.corner).take(2) {
            let upright = turned(*corner, axis);
            *corner = turned(point(self.at, upright.y), axis);
        }
    }
}

fn turned(p: Point, axis: Axis) -> Point {
    match axis {
        Axis::Upright => p,
        Axis::Level => point(p.y, p.x),
    }
}

/// Numbers of pieces that lie on each other or nearly, from the left.
fn clusters(pieces: &mut [Piece]) -> Vec<Vec<usize>> {
    pieces.sort_by(|a, b| {
        let key = |piece: &Piece| (piece.path, piece.corner);
        a.at.total_cmp(&b.at).then_with(|| key(a).cmp(&key(b)))
    });
    let mut leader: Vec<usize> = (0..pieces.len()).collect();
    for (number, piece) in pieces.iter().enumerate() {
        let near = pieces.iter().enumerate().skip(number + 1);
        let near = near.take_while(|(_, other)| other.at - piece.at < LANE - 0.1);
        for (other, _) in near.filter(|(_, other)| other.overlaps(piece)) {
            let (a, b) = (find(&leader, number), find(&leader, other));
            if let Some(leader) = leader.get_mut(a.max(b)) {
                *leader = a.min(b);
            }
        }
    }
    let mut sets: std::collections::BTreeMap<usize, Vec<usize>> = Default::default();
    for number in 0..pieces.len() {
        sets.entry(find(&leader, number)).or_default().push(number);
    }
    sets.into_values().filter(|set| set.len() > 1).collect()
}

fn find(leader: &[usize], mut number: usize) -> usize {
    while let Some(next) = leader.get(number).filter(|next| **next != number) {
        number = *next;
    }
    number
}

/// Pieces of one pin that can lie on each other.
struct Trunk {
    piece: Piece,
    members: Vec<usize>,
}

fn separate(pieces: &mut [Piece], cluster: Vec<usize>) {
    let mut trunks: Vec<Trunk> = Vec::new();
    for number in cluster {
        let Some(piece) = pieces.get(number) else {
            continue;
        };
        let joins = |trunk: &&mut Trunk| {
            let other = &trunk.piece;
            other.net == piece.net && other.low.max(piece.low) <= other.high.min(piece.high)
        };
        match trunks.iter_mut().find(joins) {
            Some(trunk) => {
                let other = &mut trunk.piece;
                (other.low, other.high) = (other.low.max(piece.low), other.high.min(piece.high));
                (other.from, other.to) = (other.from.min(piece.from), other.to.max(piece.to));
                trunk.members.push(number);
            }
            None => trunks.push(Trunk {
                piece: piece.clone(),
                members: vec![number],
            }),
        }
    }
    sort(&mut trunks);
    for (trunk, at) in trunks.iter().zip(lanes(&trunks)) {
        for member in &trunk.members {
            if let Some(piece) = pieces.get_mut(*member) {
                piece.at = at;
            }
        }
    }
}

/// Neighbours change places as long as fewer lines cross.
fn sort(trunks: &mut [Trunk]) {
    for _ in 0..PASSES {
        let mut has_changed = false;
        for place in 1..trunks.len() {
            let [left, right] =
                [place - 1, place].map(|number| trunks.get(number).map(|trunk| &trunk.piece));
            let (Some(left), Some(right)) = (left, right) else {
                continue;
            };
            if crossings(right, left) < crossings(left, right) {
                trunks.swap(place - 1, place);
                has_changed = true;
            }
        }
        if !has_changed {
            break;
        }
    }
}

/// Of two pieces in this order, by the lines at their ends.
fn crossings(left: &Piece, right: &Piece) -> usize {
    let stubs = |piece: &Piece, toward: f32, other: &Piece| {
        let ends = [(piece.turns[0], piece.from), (piece.turns[1], piece.to)];
        let meets = |(side, y): &(f32, f32)| *side == toward && *y > other.from && *y < other.to;
        ends.iter().filter(|end| meets(end)).count()
    };
    stubs(right, -1.0, left) + stubs(left, 1.0, right)
}

/// Where each goes.
fn lanes(trunks: &[Trunk]) -> Vec<f32> {
    let mut lanes: Vec<usize> = Vec::new();
    for trunk in trunks {
        let before = trunks.iter().zip(&lanes);
        let taken = before.filter(|(other, _)| other.piece.overlaps(&trunk.piece));
        lanes.push(taken.map(|(_, lane)| lane + 1).max().unwrap_or(0));
    }
    let last = lanes.iter().max().copied().unwrap_or(0) as f32;
    let low = trunks
        .iter()
        .map(|trunk| trunk.piece.low)
        .fold(f32::MIN, f32::max);
    let high = trunks
        .iter()
        .map(|trunk| trunk.piece.high)
        .fold(f32::MAX, f32::min);
    let middle =
        trunks.iter().map(|trunk| trunk.piece.at).sum::<f32>() / trunks.len().max(1) as f32;
    let step = match high > low && last > 0.0 {
        true => LANE.min((high - low) / last),
        false => LANE,
    };
    let first = middle - step * last / 2.0;
    let first = match high >= low + step * last {
        true => first.clamp(low, high - step * last),
        false => first,
    };
    let place = |(trunk, lane): (&Trunk, &usize)| {
        let at = first + step * *lane as f32;
        at.clamp(trunk.piece.low, trunk.piece.high)
    };
    trunks.iter().zip(&lanes).map(place).collect()
}
