//! Where instances stand once they are lined up. Knows sizes, changes nothing.

use super::{geometry::Rect, scene::Scene};
use graph_core::document::InstanceId;
use std::collections::BTreeSet;

/// How several instances are lined up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    Left,
    Center,
    Right,
    Top,
    Middle,
    Bottom,
    /// The same gap between each and the next, from left to right.
    SpreadAcross,
    /// The same, from top to bottom.
    SpreadDown,
}

/// New upper left corners of those that move; nothing with fewer than two instances (three, to
/// spread them).
pub fn align(
    scene: &Scene,
    instances: &BTreeSet<InstanceId>,
    alignment: Alignment,
) -> Vec<(InstanceId, (f32, f32))> {
    let rects: Vec<(InstanceId, Rect)> = instances
        .iter()
        .filter_map(|id| Some((*id, scene.node(*id)?.rect)))
        .collect();
    let Some(all) = rects.iter().map(|(_, rect)| *rect).reduce(Rect::union) else {
        return Vec::new();
    };
    let x = |at: &dyn Fn(Rect) -> f32| place(&rects, |rect| (at(rect), rect.min.y));
    let y = |at: &dyn Fn(Rect) -> f32| place(&rects, |rect| (rect.min.x, at(rect)));
    let (middle, size) = (all.center(), Rect::size);
    match alignment {
        Alignment::Left => x(&|_| all.min.x),
        Alignment::Center => x(&|rect| middle.x - size(rect).x / 2.0),
        Alignment::Right => x(&|rect| all.max.x - size(rect).x),
        Alignment::Top => y(&|_| all.min.y),
        Alignment::Middle => y(&|rect| middle.y - size(rect).y / 2.0),
        Alignment::Bottom => y(&|rect| all.max.y - size(rect).y),
        Alignment::SpreadAcross => spread(rects, |rect| (rect.min.x, size(rect).x), true),
        Alignment::SpreadDown => spread(rects, |rect| (rect.min.y, size(rect).y), false),
    }
}

fn place(
    rects: &[(InstanceId, Rect)],
    at: impl Fn(Rect) -> (f32, f32),
) -> Vec<(InstanceId, (f32, f32))> {
    rects
        .iter()
        .map(|(id, rect)| (*id, at(*rect)))
        .zip(rects)
        .filter(|((_, at), (_, rect))| *at != (rect.min.x, rect.min.y))
        .map(|(moved, _)| moved)
        .collect()
}

/// The first and the last stay; the gaps between all are equal.
fn spread(
    mut rects: Vec<(InstanceId, Rect)>,
    extent: impl Fn(Rect) -> (f32, f32),
    across: bool,
) -> Vec<(InstanceId, (f32, f32))> {
    rects.sort_by(|a, b| extent(a.1).0.total_cmp(&extent(b.1).0));
    let (Some(first), Some(last)) = (rects.first(), rects.last()) else {
        return Vec::new();
    };
    let (start, end) = (extent(first.1).0, extent(last.1).0 + extent(last.1).1);
    let taken: f32 = rects.iter().map(|(_, rect)| extent(*rect).1).sum();
    let gap = (end - start - taken) / (rects.len().saturating_sub(1)).max(1) as f32;
    let mut at = start;
    let mut moves = Vec::new();
    for (id, rect) in &rects {
        let new = match across {
            true => (at, rect.min.y),
            false => (rect.min.x, at),
        };
        if new != (rect.min.x, rect.min.y) {
            moves.push((*id, new));
        }
        at += extent(*rect).1 + gap;
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{node::Metrics, scene::Toggled, test_data::climate};

    /// Three instances of two sizes, nothing in line.
    fn scattered() -> Scene {
        let (mut document, library) = climate(2);
        let positions = [(10, (0.0, 0.0)), (11, (400.0, 300.0)), (12, (900.0, 90.0))];
        for (id, at) in positions {
            document.layout.positions.insert(InstanceId(id), at);
        }
        Scene::new(&document, &library, &Metrics::default(), &Toggled::new())
    }

    fn rects(scene: &Scene) -> Vec<Rect> {
        scene.nodes.iter().map(|node| node.rect).collect()
    }

    fn aligned(alignment: Alignment) -> Vec<Rect> {
        let mut scene = scattered();
        let all = scene.nodes.iter().map(|node| node.instance).collect();
        for (id, (x, y)) in align(&scene, &all, alignment) {
            let min = scene
                .node(id)
                .map_or(Default::default(), |node| node.rect.min);
            let by = crate::canvas::geometry::point(x, y) - min;
            scene.shift(&[id].into(), by);
        }
        rects(&scene)
    }

    #[test]
    fn each_alignment_lines_up_its_edge() {
        let same = |rects: &[Rect], edge: fn(&Rect) -> f32| {
            rects
                .windows(2)
                .all(|two| (edge(&two[0]) - edge(&two[1])).abs() < 0.01)
        };
        assert!(same(&aligned(Alignment::Left), |rect| rect.min.x));
        assert!(same(&aligned(Alignment::Center), |rect| rect.center().x));
        assert!(same(&aligned(Alignment::Right), |rect| rect.max.x));
        assert!(same(&aligned(Alignment::Top), |rect| rect.min.y));
        assert!(same(&aligned(Alignment::Middle), |rect| rect.center().y));
        assert!(same(&aligned(Alignment::Bottom), |rect| rect.max.y));
    }

    #[test]
    fn gaps_become_equal_and_the_ends_stay() {
        let before = rects(&scattered());
        for (alignment, low, high) in [
            (
                Alignment::SpreadAcross,
                (|rect| rect.min.x) as fn(&Rect) -> f32,
                (|rect| rect.max.x) as fn(&Rect) -> f32,
            ),
            (Alignment::SpreadDown, |rect| rect.min.y, |rect| rect.max.y),
        ] {
            let mut after = aligned(alignment);
            after.sort_by(|a, b| low(a).total_cmp(&low(b)));
            let gaps: Vec<f32> = after
                .windows(2)
                .map(|two| low(&two[1]) - high(&two[0]))
                .collect();
            assert!((gaps[0] - gaps[1]).abs() < 0.01, "{gaps:?}");
            let least = |rects: &[Rect]| rects.iter().map(low).fold(f32::MAX, f32::min);
            assert_eq!(least(&before), least(&after));
        }
    }

    #[test]
    fn one_alone_stays() {
        let scene = scattered();
        let one = [scene.nodes[0].instance].into();
        for alignment in [Alignment::Left, Alignment::Middle, Alignment::SpreadDown] {
            assert!(align(&scene, &one, alignment).is_empty());
        }
        assert!(align(&scene, &BTreeSet::new(), Alignment::Left).is_empty());
    }
}
