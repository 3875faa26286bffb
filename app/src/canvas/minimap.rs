//! The small picture of the whole canvas in its corner: where it lies, and the way between it and
//! the world. Knows nothing of how it is drawn.

use super::geometry::{Point, Rect, point};

/// Its size at most, and its distance from the corner.
const WIDTH: f32 = 220.0;
const HEIGHT: f32 = 150.0;
const MARGIN: f32 = 14.0;
/// Round the instances, on the minimap.
const PADDING: f32 = 8.0;
/// The canvas has to be so many times as large, or there is no room for it.
const ROOM: f32 = 2.5;

/// Where the minimap lies and what it shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimap {
    /// On the screen.
    pub rect: Rect,
    world: Rect,
    zoom: f32,
}

impl Minimap {
    /// In the lower right corner of `screen`, of all that there is and of what is seen; `None` if
    /// all is in view, or the canvas is too small.
    pub fn new(all: Rect, seen: Rect, screen: Rect) -> Option<Minimap> {
        let room = screen.size();
        let is_in_view = seen.contains(all.min) && seen.contains(all.max);
        if is_in_view || room.x < WIDTH * ROOM || room.y < HEIGHT * ROOM {
            return None;
        }
        let inner = point(WIDTH - 2.0 * PADDING, HEIGHT - 2.0 * PADDING);
        let size = all.size();
        let zoom = (inner.x / size.x.max(1.0)).min(inner.y / size.y.max(1.0));
        let world = all.expanded(PADDING / zoom);
        let corner = screen.max - point(MARGIN, MARGIN);
        Some(Minimap {
            rect: Rect::from_corners(corner - world.size() * zoom, corner),
            world,
            zoom,
        })
    }

    /// A rectangle of the world on it, as far as it is on it.
    pub fn on_screen(&self, world: Rect) -> Rect {
        let place = |p: Point| {
            let p = self.rect.min + (p - self.world.min) * self.zoom;
            point(
                p.x.clamp(self.rect.min.x, self.rect.max.x),
                p.y.clamp(self.rect.min.y, self.rect.max.y),
            )
        };
        Rect {
            min: place(world.min),
            max: place(world.max),
        }
    }

    /// What lies in the world under a point of it.
    pub fn to_world(&self, screen: Point) -> Point {
        self.world.min + (screen - self.rect.min) * (1.0 / self.zoom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen() -> Rect {
        Rect::from_size(point(200.0, 50.0), point(1000.0, 700.0))
    }

    #[test]
    fn is_hidden_when_everything_is_in_view_or_there_is_no_room() {
        let all = Rect::from_size(point(0.0, 0.0), point(4000.0, 1000.0));
        let part = Rect::from_size(point(100.0, 100.0), point(500.0, 500.0));
        assert!(Minimap::new(all, part, screen()).is_some());
        assert!(Minimap::new(all, all.expanded(1.0), screen()).is_none());
        let narrow = Rect::from_size(point(0.0, 0.0), point(300.0, 700.0));
        assert!(Minimap::new(all, part, narrow).is_none());
    }

    #[test]
    fn lies_in_the_lower_right_corner_and_leads_back_to_the_world() {
        for all in [point(4000.0, 1000.0), point(100.0, 9000.0), point(0.0, 0.0)] {
            let all = Rect::from_size(point(-300.0, 20.0), all);
            let part = Rect::from_size(point(5000.0, 0.0), point(10.0, 10.0));
            let map = Minimap::new(all, part, screen()).unwrap();
            assert!(screen().contains(map.rect.min) && screen().contains(map.rect.max));
            assert_eq!(map.rect.max, point(1186.0, 736.0));
            let shown = map.on_screen(all);
            assert!(map.rect.contains(shown.min) && map.rect.contains(shown.max));
            let back = map.to_world(shown.min);
            assert!((back - all.min).length() < 1.0, "{back:?}");
            let outside = map.on_screen(part);
            assert!(
                map.rect.contains(outside.min),
                "what is outside ends at the edge"
            );
        }
    }
}
