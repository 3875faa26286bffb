//! A spatial index: which rectangles lie near a point. A uniform grid, for things of like size.
//! Knows nothing of what the rectangles are.

use super::geometry::{Point, Rect};
use std::collections::HashMap;

/// Side of a cell in points of the world: about one instance.
const CELL: f32 = 256.0;
/// A rectangle that covers more cells than this is kept apart and always looked at.
const LARGE: i64 = 64;

/// Numbers by place.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    cells: HashMap<(i32, i32), Vec<u32>>,
    large: Vec<u32>,
}

impl Grid {
    /// Enters a rectangle under its number; numbers are entered in rising order.
    pub fn insert(&mut self, rect: Rect, number: u32) {
        let (low, high) = (cell(rect.min), cell(rect.max));
        let count =
            (i64::from(high.0) - i64::from(low.0) + 1) * (i64::from(high.1) - i64::from(low.1) + 1);
        if count > LARGE {
            self.large.push(number);
            return;
        }
        for x in low.0..=high.0 {
            for y in low.1..=high.1 {
                self.cells.entry((x, y)).or_default().push(number);
            }
        }
    }

    /// The numbers whose rectangles may contain the point, in rising order.
    pub fn near(&self, p: Point) -> Vec<u32> {
        let mut found = self.cells.get(&cell(p)).cloned().unwrap_or_default();
        found.extend(&self.large);
        found.sort_unstable();
        found
    }

    /// The numbers whose rectangles may touch the rectangle, in rising order, each once.
    pub fn touching(&self, rect: Rect) -> Vec<u32> {
        let (low, high) = (cell(rect.min), cell(rect.max));
        let width = (i64::from(high.0) - i64::from(low.0) + 1).max(0);
        let height = (i64::from(high.1) - i64::from(low.1) + 1).max(0);
        let mut found = self.large.clone();
        if width.saturating_mul(height) as u128 > self.cells.len() as u128 {
            // Fewer cells hold something than the rectangle covers.
            let inside = |at: &(i32, i32)| {
                (low.0..=high.0).contains(&at.0) && (low.1..=high.1).contains(&at.1)
            };
            let cells = self.cells.iter().filter(|(at, _)| inside(at));
            found.extend(cells.flat_map(|(_, numbers)| numbers));
        } else {
            for x in low.0..=high.0 {
                for y in low.1..=high.1 {
                    found.extend(self.cells.get(&(x, y)).into_iter().flatten());
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn cell(p: Point) -> (i32, i32) {
    ((p.x / CELL).floor() as i32, (p.y / CELL).floor() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::geometry::point;

    #[test]
    fn finds_what_covers_the_point_and_little_else() {
        let mut grid = Grid::default();
        for number in 0..1000u32 {
            let at = point((number % 40) as f32 * 300.0, (number / 40) as f32 * 200.0);
            grid.insert(Rect::from_size(at, point(180.0, 120.0)), number);
        }
        let found = grid.near(point(3.0 * 300.0 + 5.0, 2.0 * 200.0 + 5.0));
        assert!(found.contains(&83));
        assert!(found.len() < 9, "{found:?}");
        assert!(grid.near(point(-900.0, -900.0)).is_empty());
    }

    #[test]
    fn finds_each_once_that_touches_a_rectangle_small_or_large() {
        let mut grid = Grid::default();
        for number in 0..1000u32 {
            let at = point((number % 40) as f32 * 300.0, (number / 40) as f32 * 200.0);
            grid.insert(Rect::from_size(at, point(180.0, 120.0)), number);
        }
        let two = grid.touching(Rect::from_corners(point(10.0, 10.0), point(310.0, 20.0)));
        assert!(two.contains(&0) && two.contains(&1), "{two:?}");
        assert!(two.len() < 12, "{two:?}");
        let everything = Rect::from_corners(point(-1e7, -1e7), point(1e7, 1e7));
        assert_eq!(grid.touching(everything), (0..1000).collect::<Vec<_>>());
        let nothing = Rect::from_corners(point(-900.0, -900.0), point(-800.0, -800.0));
        assert!(grid.touching(nothing).is_empty());
    }

    #[test]
    fn a_wire_across_the_whole_canvas_is_found_everywhere() {
        let mut grid = Grid::default();
        grid.insert(Rect::from_corners(point(-1e6, -1e6), point(1e6, 1e6)), 7);
        assert_eq!(grid.near(point(12.0, 34.0)), [7]);
    }
}
