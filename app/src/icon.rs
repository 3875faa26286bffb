//! The program's icon, painted from `assets/icon/wireloom.svg` at any size: the window's, the one in
//! the Windows program (by `app/build.rs`, which includes this file), those of a Linux desktop. Reads
//! as much of SVG as that file has. Knows nothing but the standard library.

/// The icon as it is drawn by hand.
const SOURCE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../assets/icon/wireloom.svg"
));

/// Width and height of the drawing.
const VIEW: f32 = 64.0;
/// Straight pieces of a curve.
const PIECES: u16 = 48;

type Point = [f32; 2];

/// A part of the drawing, in its units.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// Corners that lie opposite to each other, and the radius of all four.
    Rect { from: Point, to: Point, radius: f32 },
    /// A disc is a line from its centre to its centre.
    Line { points: Vec<Point>, half_width: f32 },
}

/// RGBA, row by row, not premultiplied; nothing where the drawing has more than is read here.
pub fn paint(pixels: u16) -> Option<Vec<u8>> {
    let shapes = read(SOURCE)?;
    let scale = f32::from(pixels) / VIEW;
    let mut rgba = Vec::with_capacity(usize::from(pixels) * usize::from(pixels) * 4);
    for row in 0..pixels {
        for column in 0..pixels {
            let at = [column, row].map(|place| (f32::from(place) + 0.5) / scale);
            rgba.extend(pixel(&shapes, at, scale));
        }
    }
    Some(rgba)
}

/// The shapes over each other; how far a pixel's centre lies inside of an edge says how much of it
/// the shape covers.
fn pixel(shapes: &[(Shape, [u8; 3])], at: Point, scale: f32) -> [u8; 4] {
    let (mut colour, mut opaque) = ([0.0; 3], 0.0);
    for (shape, ink) in shapes {
        let cover = (0.5 - shape.distance(at) * scale).clamp(0.0, 1.0);
        let below = opaque * (1.0 - cover);
        opaque = cover + below;
        if opaque > 0.0 {
            for (value, ink) in colour.iter_mut().zip(ink) {
                *value = (f32::from(*ink) * cover + *value * below) / opaque;
            }
        }
    }
    let [red, green, blue] = colour.map(|value| value.round() as u8);
    [red, green, blue, (opaque * 255.0).round() as u8]
}

impl Shape {
    /// To its edge, negative inside.
    fn distance(&self, at: Point) -> f32 {
        match self {
            Shape::Rect { from, to, radius } => {
                let outside: [f32; 2] = [0, 1].map(|axis| {
                    let (at, from, to) = (get(at, axis), get(*from, axis), get(*to, axis));
                    (at - (from + to) / 2.0).abs() - (to - from) / 2.0 + radius
                });
                let [x, y] = outside;
                x.max(y).min(0.0) + x.max(0.0).hypot(y.max(0.0)) - radius
            }
            Shape::Line { points, half_width } => {
                let next = points.iter().skip(1);
                let pieces = points.iter().zip(next);
                let distances = pieces.map(|(from, to)| to_piece(*from, *to, at));
                distances.fold(f32::INFINITY, f32::min) - half_width
            }
        }
    }
}

fn get(point: Point, axis: usize) -> f32 {
    point.get(axis).copied().unwrap_or_default()
}

fn to_piece([x, y]: Point, [to_x, to_y]: Point, [at_x, at_y]: Point) -> f32 {
    let (width, height) = (to_x - x, to_y - y);
    let length = width * width + height * height;
    let along = ((at_x - x) * width + (at_y - y) * height) / length.max(f32::EPSILON);
    let along = along.clamp(0.0, 1.0);
    (at_x - x - along * width).hypot(at_y - y - along * height)
}

/// The shapes of a file, in the order of drawing.
fn read(svg: &str) -> Option<Vec<(Shape, [u8; 3])>> {
    let tags = svg.split('<').skip(1).map(|tag| tag.split('>').next());
    let mut shapes = Vec::new();
    for tag in tags {
        let tag = tag?;
        let number = |name| attribute(tag, name)?.parse::<f32>().ok();
        let shape = match tag.split_whitespace().next()? {
            "rect" => {
                let (x, y) = (number("x")?, number("y")?);
                Shape::Rect {
                    from: [x, y],
                    to: [x + number("width")?, y + number("height")?],
                    radius: number("rx")?,
                }
            }
            "circle" => Shape::Line {
                points: vec![[number("cx")?, number("cy")?]; 2],
                half_width: number("r")?,
            },
            "path" => Shape::Line {
                points: curve(attribute(tag, "d")?)?,
                half_width: number("stroke-width")? / 2.0,
            },
            "svg" | "/svg" | "!--" => continue,
            _ => return None,
        };
        let ink = attribute(tag, "stroke").or_else(|| attribute(tag, "fill"))?;
        shapes.push((shape, colour(ink)?));
    }
    Some(shapes)
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// `#rrggbb`
fn colour(text: &str) -> Option<[u8; 3]> {
    let number = u32::from_str_radix(text.strip_prefix('#')?, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

/// `M x y C x y x y x y`: one cubic curve.
fn curve(text: &str) -> Option<Vec<Point>> {
    let (from, rest) = text.strip_prefix('M')?.split_once('C')?;
    let words = from.split_whitespace().chain(rest.split_whitespace());
    let numbers: Vec<f32> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
    let &[x0, y0, x1, y1, x2, y2, x3, y3] = numbers.as_slice() else {
        return None;
    };
    let at = |piece: u16| {
        let t = f32::from(piece) / f32::from(PIECES);
        let back = 1.0 - t;
        let weights = [
            back * back * back,
            3.0 * back * back * t,
            3.0 * back * t * t,
            t * t * t,
        ];
        let sum = |values: [f32; 4]| values.iter().zip(weights).map(|(v, w)| v * w).sum();
        [sum([x0, x1, x2, x3]), sum([y0, y1, y2, y3])]
    };
    Some((0..=PIECES).map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_read_whole_and_painted_in_its_colours() {
        let shapes = read(SOURCE).unwrap();
        let drawn = ["<rect", "<path", "<circle"].map(|tag| SOURCE.matches(tag).count());
        assert_eq!(shapes.len(), drawn.iter().sum::<usize>());
        let rgba = paint(64).unwrap();
        let at = |x: usize, y: usize| &rgba[(y * 64 + x) * 4..][..4];
        assert_eq!(at(0, 0), [0, 0, 0, 0], "outside of the round corner");
        assert_eq!(at(32, 6), [0x18, 0x22, 0x33, 255], "the ground");
        assert_eq!(at(14, 16), [0x58, 0xa6, 0xff, 255], "the first pin");
        assert_eq!(at(47, 32), [0xf0, 0xf4, 0xfa, 255], "the component");
        assert_eq!(at(32, 32), [0x3f, 0xb9, 0x50, 255], "the middle wire");
    }

    #[test]
    fn every_size_is_full_and_its_edges_are_soft() {
        for pixels in [16, 24, 256] {
            let rgba = paint(pixels).unwrap();
            assert_eq!(rgba.len(), usize::from(pixels).pow(2) * 4);
            assert!(rgba.chunks(4).any(|pixel| (1..255).contains(&pixel[3])));
        }
    }

    #[test]
    fn what_is_not_read_is_not_left_out_silently() {
        for svg in [
            "<svg><ellipse rx=\"3\"/></svg>",
            "<svg><rect x=\"1\" fill=\"#000000\"/></svg>",
            "<svg><circle cx=\"1\" cy=\"1\" r=\"1\" fill=\"red\"/></svg>",
            "<svg><path d=\"M 1 1 L 2 2\" stroke-width=\"1\" stroke=\"#000000\"/></svg>",
        ] {
            assert_eq!(read(svg), None, "{svg}");
        }
    }
}
