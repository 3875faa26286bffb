//! Points, rectangles and the way from the world to the screen. The world is measured in points at
//! zoom 1. Knows nothing of what is drawn, and of the window.

use std::ops::{Add, Mul, Sub};

/// A place or a displacement, in the world or on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// Short for [`Point`].
pub const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Point {
    /// Distance from the origin.
    pub fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    /// The nearest point of a grid of that step.
    pub fn snapped(self, step: f32) -> Point {
        point(
            (self.x / step).round() * step,
            (self.y / step).round() * step,
        )
    }
}

impl Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        point(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Point;
    fn sub(self, other: Point) -> Point {
        point(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Point;
    fn mul(self, factor: f32) -> Point {
        point(self.x * factor, self.y * factor)
    }
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Upper left corner.
    pub min: Point,
    /// Lower right corner.
    pub max: Point,
}

impl Rect {
    /// From the upper left corner and the size.
    pub fn from_size(min: Point, size: Point) -> Rect {
        Rect {
            min,
            max: min + size,
        }
    }

    /// The rectangle that two opposite corners span, in any order.
    pub fn from_corners(a: Point, b: Point) -> Rect {
        Rect {
            min: point(a.x.min(b.x), a.y.min(b.y)),
            max: point(a.x.max(b.x), a.y.max(b.y)),
        }
    }

    /// A square around a point.
    pub fn around(center: Point, radius: f32) -> Rect {
        let reach = point(radius, radius);
        Rect {
            min: center - reach,
            max: center + reach,
        }
    }

    /// Width and height.
    pub fn size(self) -> Point {
        self.max - self.min
    }

    /// The middle.
    pub fn center(self) -> Point {
        (self.min + self.max) * 0.5
    }

    /// Whether the point is inside or on the edge.
    pub fn contains(self, p: Point) -> bool {
        (self.min.x..=self.max.x).contains(&p.x) && (self.min.y..=self.max.y).contains(&p.y)
    }

    /// Whether the two share a point.
    pub fn intersects(self, other: Rect) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// The smallest rectangle with both in it.
    pub fn union(self, other: Rect) -> Rect {
        Rect {
            min: point(self.min.x.min(other.min.x), self.min.y.min(other.min.y)),
            max: point(self.max.x.max(other.max.x), self.max.y.max(other.max.y)),
        }
    }

    /// Larger by `margin` on each side.
    pub fn expanded(self, margin: f32) -> Rect {
        let reach = point(margin, margin);
        Rect {
            min: self.min - reach,
            max: self.max + reach,
        }
    }

    /// The same rectangle elsewhere.
    pub fn moved(self, by: Point) -> Rect {
        Rect {
            min: self.min + by,
            max: self.max + by,
        }
    }
}

/// The smallest zoom.
pub const ZOOM_MIN: f32 = 0.02;
/// The largest zoom.
pub const ZOOM_MAX: f32 = 4.0;

/// How the world lies on the screen: `screen = world × zoom + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// Screen points for one point of the world.
    pub zoom: f32,
    /// Where the world's origin is on the screen.
    pub offset: Point,
}

impl Default for Transform {
    fn default() -> Self {
        Transform {
            zoom: 1.0,
            offset: Point::default(),
        }
    }
}

impl Transform {
    /// World to screen.
    pub fn to_screen(self, world: Point) -> Point {
        world * self.zoom + self.offset
    }

    /// Screen to world.
    pub fn to_world(self, screen: Point) -> Point {
        (screen - self.offset) * (1.0 / self.zoom)
    }

    /// A rectangle of the world on the screen.
    pub fn rect_to_screen(self, world: Rect) -> Rect {
        Rect {
            min: self.to_screen(world.min),
            max: self.to_screen(world.max),
        }
    }

    /// A rectangle of the screen in the world.
    pub fn rect_to_world(self, screen: Rect) -> Rect {
        Rect {
            min: self.to_world(screen.min),
            max: self.to_world(screen.max),
        }
    }

    /// Zoomed by a factor; what lies under `pointer` (on the screen) stays there.
    pub fn zoomed(self, pointer: Point, factor: f32) -> Transform {
        let zoom = (self.zoom * factor).clamp(ZOOM_MIN, ZOOM_MAX);
        Transform {
            zoom,
            offset: pointer - self.to_world(pointer) * zoom,
        }
    }

    /// Moved on the screen.
    pub fn panned(self, by: Point) -> Transform {
        Transform {
            offset: self.offset + by,
            ..self
        }
    }

    /// Shows all of `world` in the middle of `screen`, at most at zoom 1.
    pub fn fitting(world: Rect, screen: Rect, margin: f32) -> Transform {
        let room = screen.expanded(-margin).size();
        let size = world.size();
        let zoom = (room.x / size.x.max(1.0))
            .min(room.y / size.y.max(1.0))
            .clamp(ZOOM_MIN, 1.0);
        Transform {
            zoom,
            offset: screen.center() - world.center() * zoom,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Point, b: Point) -> bool {
        (a - b).length() < 0.01
    }

    #[test]
    fn what_lies_under_the_pointer_stays_there_while_zooming() {
        let view = Transform {
            zoom: 0.7,
            offset: point(13.0, -40.0),
        };
        let pointer = point(321.0, 123.0);
        for factor in [0.001, 0.5, 1.1, 1000.0] {
            let zoomed = view.zoomed(pointer, factor);
            assert!(
                near(zoomed.to_world(pointer), view.to_world(pointer)),
                "{factor}"
            );
            assert!((ZOOM_MIN..=ZOOM_MAX).contains(&zoomed.zoom));
        }
    }

    #[test]
    fn screen_and_world_are_inverses() {
        let view = Transform {
            zoom: 1.7,
            offset: point(5.0, 6.0),
        };
        let p = point(-3.0, 44.0);
        assert!(near(view.to_world(view.to_screen(p)), p));
        let rect = Rect::from_corners(point(9.0, 8.0), point(1.0, 2.0));
        assert_eq!(rect.min, point(1.0, 2.0));
        assert!(near(
            view.rect_to_world(view.rect_to_screen(rect)).max,
            rect.max
        ));
    }

    #[test]
    fn fitting_shows_everything_and_never_magnifies() {
        let screen = Rect::from_size(point(100.0, 50.0), point(800.0, 600.0));
        let large = Rect::from_size(point(-500.0, 0.0), point(4000.0, 300.0));
        let fitted = Transform::fitting(large, screen, 40.0).rect_to_screen(large);
        assert!(screen.contains(fitted.min) && screen.contains(fitted.max));
        let small = Rect::from_size(point(0.0, 0.0), point(10.0, 10.0));
        assert_eq!(Transform::fitting(small, screen, 40.0).zoom, 1.0);
        let nothing = Transform::fitting(Rect::default(), screen, 40.0);
        assert!(nothing.zoom.is_finite() && nothing.offset.x.is_finite());
    }

    #[test]
    fn rectangles_meet_contain_and_unite() {
        let a = Rect::from_size(point(0.0, 0.0), point(10.0, 10.0));
        let b = a.moved(point(10.0, 0.0));
        assert!(a.intersects(b), "edges count");
        assert!(!a.intersects(b.moved(point(0.1, 0.0))));
        assert!(!a.contains(point(10.1, 5.0)));
        assert_eq!(a.union(b).size(), point(20.0, 10.0));
        assert_eq!(point(7.0, -7.0).snapped(10.0), point(10.0, -10.0));
    }
}
