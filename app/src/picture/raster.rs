//! Paints textured triangles: edge functions in fixed point, so that neighbours share no pixel and
//! leave none out; colours blended in gamma space, as egui's own painters do.
//! Knows nothing of egui's widgets.

use super::textures::{Texture, Textures};
use egui::{
    ClippedPrimitive, Color32, Rect,
    epaint::{Mesh, Primitive, Vertex},
};

/// Parts of a pixel.
const SUBPIXELS: i64 = 256;

/// A picture, opaque, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The colour of a pixel; transparent outside.
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        let at = (y * self.width + x) * 4;
        let bytes = self.rgba.get(at..at + 4).filter(|_| x < self.width);
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .unwrap_or_default()
    }
}

/// Paints what egui's tessellator gave, on black.
pub fn paint(
    primitives: &[ClippedPrimitive],
    textures: &Textures,
    size: [usize; 2],
    pixels_per_point: f32,
) -> Picture {
    paint_on(Color32::BLACK, primitives, textures, size, pixels_per_point)
}

/// The same on another ground.
pub(super) fn paint_on(
    ground: Color32,
    primitives: &[ClippedPrimitive],
    textures: &Textures,
    size: [usize; 2],
    pixels_per_point: f32,
) -> Picture {
    let [width, height] = size;
    let mut picture = Picture {
        width,
        height,
        rgba: ground.to_array().repeat(width * height),
    };
    for clipped in primitives {
        // Callbacks belong to a GPU; the window uses none.
        let Primitive::Mesh(mesh) = &clipped.primitive else {
            continue;
        };
        let Some(texture) = textures.find(mesh.texture_id) else {
            continue;
        };
        let window = window(clipped.clip_rect, size, pixels_per_point);
        paint_mesh(&mut picture, mesh, texture, window, pixels_per_point);
    }
    picture
}

/// Pixels `[left, top, right, bottom)`.
type Window = [i64; 4];

fn window(clip: Rect, size: [usize; 2], pixels_per_point: f32) -> Window {
    let pixel =
        |value: f32, most: usize| ((value * pixels_per_point).round() as i64).clamp(0, most as i64);
    [
        pixel(clip.min.x, size[0]),
        pixel(clip.min.y, size[1]),
        pixel(clip.max.x, size[0]),
        pixel(clip.max.y, size[1]),
    ]
}

fn paint_mesh(
    picture: &mut Picture,
    mesh: &Mesh,
    texture: &Texture,
    window: Window,
    pixels_per_point: f32,
) {
    for corners in mesh.indices.chunks_exact(3) {
        let mut found = corners
            .iter()
            .filter_map(|&index| mesh.vertices.get(index as usize));
        if let (Some(a), Some(b), Some(c)) = (found.next(), found.next(), found.next()) {
            paint_triangle(picture, [a, b, c], texture, window, pixels_per_point);
        }
    }
}

fn paint_triangle(
    picture: &mut Picture,
    mut corners: [&Vertex; 3],
    texture: &Texture,
    window: Window,
    pixels_per_point: f32,
) {
    let fixed = |value: f32| (value * pixels_per_point * SUBPIXELS as f32).round() as i64;
    let mut points = corners.map(|corner| (fixed(corner.pos.x), fixed(corner.pos.y)));
    let mut area = edge(points[0], points[1], points[2]);
    if area == 0 {
        return;
    }
    if area < 0 {
        points.swap(1, 2);
        corners.swap(1, 2);
        area = -area;
    }
    let [a, b, c] = points;
    let floor = |value: i64| value.div_euclid(SUBPIXELS);
    let left = floor(a.0.min(b.0).min(c.0)).max(window[0]);
    let top = floor(a.1.min(b.1).min(c.1)).max(window[1]);
    let right = (floor(a.0.max(b.0).max(c.0)) + 1).min(window[2]);
    let bottom = (floor(a.1.max(b.1).max(c.1)) + 1).min(window[3]);
    let sides = [(b, c), (c, a), (a, b)];
    // An edge belongs to the triangle below or to the right of it, and to no other.
    let bias = sides.map(|(from, to)| i64::from(!is_top_left(from, to)));
    let ink = Ink::new(corners, texture, area);
    for y in top..bottom {
        let middle = |pixel: i64| pixel * SUBPIXELS + SUBPIXELS / 2;
        let start = (middle(left), middle(y));
        let mut weights = sides.map(|(from, to)| edge(from, to, start));
        let step = sides.map(|(from, to)| (from.1 - to.1) * SUBPIXELS);
        for x in left..right {
            if weights
                .iter()
                .zip(bias)
                .all(|(weight, bias)| *weight >= bias)
            {
                let at = (y as usize * picture.width + x as usize) * 4;
                if let Some(pixel) = picture.rgba.get_mut(at..at + 3) {
                    blend(pixel, ink.color(weights));
                }
            }
            weights
                .iter_mut()
                .zip(step)
                .for_each(|(weight, step)| *weight += step);
        }
    }
}

/// Twice the signed area of a triangle.
fn edge(from: (i64, i64), to: (i64, i64), p: (i64, i64)) -> i64 {
    (to.0 - from.0) * (p.1 - from.1) - (to.1 - from.1) * (p.0 - from.0)
}

fn is_top_left(from: (i64, i64), to: (i64, i64)) -> bool {
    (to.1 == from.1 && to.0 > from.0) || to.1 < from.1
}

/// The colours of a triangle.
struct Ink<'a> {
    corners: [&'a Vertex; 3],
    texture: &'a Texture,
    scale: f32,
    /// Where the texture is the same all over the triangle.
    texel: Option<[f32; 4]>,
    /// Where colour and texture are.
    flat: Option<[f32; 4]>,
}

impl<'a> Ink<'a> {
    fn new(corners: [&'a Vertex; 3], texture: &'a Texture, area: i64) -> Ink<'a> {
        let [a, b, c] = corners;
        let texel = (a.uv == b.uv && b.uv == c.uv).then(|| texture.sample(a.uv.x, a.uv.y));
        let is_plain = a.color == b.color && b.color == c.color;
        let flat = texel
            .filter(|_| is_plain)
            .map(|texel| multiply(texel, a.color.to_array().map(f32::from)));
        Ink {
            corners,
            texture,
            scale: 1.0 / area as f32,
            texel,
            flat,
        }
    }

    fn color(&self, weights: [i64; 3]) -> [f32; 4] {
        if let Some(flat) = self.flat {
            return flat;
        }
        let shares = weights.map(|weight| weight as f32 * self.scale);
        let mut color = [0.0; 4];
        let (mut u, mut v) = (0.0, 0.0);
        for (corner, share) in self.corners.iter().zip(shares) {
            u += corner.uv.x * share;
            v += corner.uv.y * share;
            for (part, value) in color.iter_mut().zip(corner.color.to_array()) {
                *part += f32::from(value) * share;
            }
        }
        multiply(
            self.texel.unwrap_or_else(|| self.texture.sample(u, v)),
            color,
        )
    }
}

fn multiply(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let [r, g, b_, alpha] = b;
    [
        a[0] * r / 255.0,
        a[1] * g / 255.0,
        a[2] * b_ / 255.0,
        a[3] * alpha / 255.0,
    ]
}

/// Premultiplied colour over opaque pixel.
fn blend(pixel: &mut [u8], color: [f32; 4]) {
    let through = 1.0 - color[3] / 255.0;
    for (below, above) in pixel.iter_mut().zip(color) {
        *below = (above + f32::from(*below) * through + 0.5).clamp(0.0, 255.0) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, ColorImage, TextureId, epaint::ImageDelta, pos2};

    fn white() -> Textures {
        let mut textures = Textures::default();
        let mut delta = egui::TexturesDelta::default();
        let image = ColorImage::new([1, 1], vec![Color32::WHITE]);
        delta.push(
            TextureId::default(),
            ImageDelta::full(image, Default::default()),
        );
        textures.apply(&mut delta);
        textures
    }

    fn mesh(triangles: &[[(f32, f32); 3]], color: Color32) -> ClippedPrimitive {
        let mut mesh = Mesh::default();
        for corners in triangles {
            let first = mesh.vertices.len() as u32;
            corners
                .iter()
                .for_each(|&(x, y)| mesh.colored_vertex(pos2(x, y), color));
            mesh.add_triangle(first, first + 1, first + 2);
        }
        ClippedPrimitive {
            clip_rect: Rect::EVERYTHING,
            primitive: Primitive::Mesh(mesh),
        }
    }

    #[test]
    fn two_triangles_cover_their_rectangle_once() {
        let half = Color32::from_rgba_premultiplied(64, 64, 64, 128);
        let triangles = [
            [(1.5, 1.5), (9.5, 1.5), (9.5, 7.5)],
            [(1.5, 1.5), (9.5, 7.5), (1.5, 7.5)],
        ];
        let picture = paint(&[mesh(&triangles, half)], &white(), [12, 10], 1.0);
        for y in 0..10 {
            for x in 0..12 {
                let inside = (1..9).contains(&x) && (1..7).contains(&y);
                assert_eq!(
                    picture.pixel(x, y)[0],
                    if inside { 64 } else { 0 },
                    "{x} {y}"
                );
            }
        }
    }

    #[test]
    fn either_winding_is_painted_and_the_clip_holds() {
        let mut left = mesh(&[[(0.0, 0.0), (0.0, 8.0), (8.0, 0.0)]], Color32::WHITE);
        let right = mesh(&[[(0.0, 0.0), (8.0, 0.0), (0.0, 8.0)]], Color32::WHITE);
        let both =
            [&left, &right].map(|one| paint(std::slice::from_ref(one), &white(), [8, 8], 1.0));
        assert_eq!(both[0].rgba, both[1].rgba);
        left.clip_rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(2.0, 2.0));
        let clipped = paint(&[left], &white(), [8, 8], 1.0);
        assert_eq!(clipped.pixel(1, 1)[0], 255);
        assert_eq!(clipped.pixel(3, 1)[0], 0);
    }

    #[test]
    fn broken_meshes_and_far_away_corners_are_survived() {
        let mut broken = mesh(&[[(-1e5, -1e5), (1e5, -1e5), (0.0, 1e5)]], Color32::WHITE);
        if let Primitive::Mesh(mesh) = &mut broken.primitive {
            mesh.indices.extend([0, 1, 900]);
        }
        let picture = paint(&[broken], &white(), [4, 4], 1.0);
        assert_eq!(picture.pixel(2, 2)[0], 255);
        assert_eq!(picture.pixel(4, 0), [0; 4]);
    }
}
