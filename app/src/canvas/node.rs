//! The size of an instance's box and where its pins lie in it.
//! Knows nothing of fonts: text is measured by the mean width of a letter that comes in.

use super::{
    geometry::{Point, Rect, point},
    pins::{Pin, Side},
};

/// Sizes of instances in points at zoom 1. They stand here and not with the window's other sizes,
/// because an arrangement is made without a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// Height of title and component name.
    pub header_height: f32,
    /// Height of a line of pins.
    pub row_height: f32,
    /// Below the last line.
    pub bottom_padding: f32,
    /// Mean width of a letter beside a pin.
    pub letter_width: f32,
    /// Mean width of a letter of the title.
    pub title_letter_width: f32,
    /// From the edge to the text of a pin.
    pub pin_inset: f32,
    /// How far elements and fields stand in.
    pub depth_inset: f32,
    /// Narrowest box.
    pub width_min: f32,
    /// Widest box.
    pub width_max: f32,
    /// Positions are multiples of this.
    pub snap: f32,
    /// How near the pointer must be to a pin.
    pub pin_reach: f32,
    /// How near the pointer must be to a wire, on the screen.
    pub wire_reach: f32,
    /// Height of a flag for a bus signal.
    pub flag_height: f32,
    /// From a pin to its flag.
    pub flag_distance: f32,
}

impl Metrics {
    /// What the studio draws.
    pub const STANDARD: Metrics = Metrics {
        header_height: 46.0,
        row_height: 23.0,
        bottom_padding: 9.0,
        letter_width: 6.4,
        title_letter_width: 8.0,
        pin_inset: 16.0,
        depth_inset: 8.0,
        width_min: 170.0,
        width_max: 400.0,
        snap: 10.0,
        pin_reach: 11.0,
        wire_reach: 6.0,
        flag_height: 22.0,
        flag_distance: 28.0,
    };
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::STANDARD
    }
}

/// The box at `position` and the middle of each pin, in the pins' order.
pub fn place(
    position: Point,
    title: &str,
    subtitle: &str,
    pins: &[Pin],
    metrics: &Metrics,
) -> (Rect, Vec<Point>) {
    let widest = |side: Side| {
        pins.iter()
            .filter(|pin| pin.side == side)
            .map(|pin| pin_width(pin, metrics))
            .fold(0.0, f32::max)
    };
    let lines = |side: Side| pins.iter().filter(|pin| pin.side == side).count();
    let text = title.chars().count().max(subtitle.chars().count() * 4 / 5) as f32;
    let width = (widest(Side::Left) + widest(Side::Right) + metrics.pin_inset)
        .max(text * metrics.title_letter_width + 56.0)
        .clamp(metrics.width_min, metrics.width_max);
    let width = (width / metrics.snap).ceil() * metrics.snap;
    let rows = lines(Side::Left).max(lines(Side::Right)) as f32;
    let height = metrics.header_height + rows * metrics.row_height + metrics.bottom_padding;
    let rect = Rect::from_size(position, point(width, height));
    let mut row = [0.0_f32; 2];
    let places = pins.iter().map(|pin| {
        let (x, line) = match pin.side {
            Side::Left => (rect.min.x, &mut row[0]),
            Side::Right => (rect.max.x, &mut row[1]),
        };
        let y = rect.min.y + metrics.header_height + (*line + 0.5) * metrics.row_height;
        *line += 1.0;
        point(x, y)
    });
    (rect, places.collect())
}

fn pin_width(pin: &Pin, metrics: &Metrics) -> f32 {
    let letters = pin.label.chars().count()
        + if pin.type_name.is_empty() {
            0
        } else {
            pin.type_name.chars().count() + 2
        };
    metrics.pin_inset
        + f32::from(pin.depth) * metrics.depth_inset
        + letters as f32 * metrics.letter_width
}

/// The flag of a bus signal beside a pin.
pub fn flag(pin: Point, side: Side, text: &str, metrics: &Metrics) -> Rect {
    let size = point(
        text.chars().count() as f32 * metrics.letter_width + 22.0,
        metrics.flag_height,
    );
    let min = match side {
        Side::Right => point(pin.x + metrics.flag_distance, pin.y - size.y / 2.0),
        Side::Left => point(pin.x - metrics.flag_distance - size.x, pin.y - size.y / 2.0),
    };
    Rect::from_size(min, size)
}
