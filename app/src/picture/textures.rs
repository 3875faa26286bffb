//! The textures that egui has sent so far: its font atlas and pictures.
//! Knows nothing of triangles.

use egui::{Color32, ImageData, TextureId, epaint::textures::TexturesDelta};
use std::collections::HashMap;

/// All textures by id.
#[derive(Default)]
pub struct Textures {
    textures: HashMap<TextureId, Texture>,
}

/// A texture in premultiplied gamma colours.
pub(super) struct Texture {
    size: [usize; 2],
    texels: Vec<Color32>,
}

impl Textures {
    /// Takes in what a frame has changed.
    pub fn apply(&mut self, delta: &mut TexturesDelta) {
        for (id, patches) in delta.set.drain() {
            for patch in patches {
                let ImageData::Color(image) = &patch.image;
                match (patch.pos, self.textures.get_mut(&id)) {
                    (Some(at), Some(texture)) => texture.patch(at, image.size, &image.pixels),
                    _ => {
                        let texture = Texture {
                            size: image.size,
                            texels: image.pixels.clone(),
                        };
                        self.textures.insert(id, texture);
                    }
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    pub(super) fn find(&self, id: TextureId) -> Option<&Texture> {
        self.textures.get(&id)
    }
}

impl Texture {
    fn patch(&mut self, at: [usize; 2], size: [usize; 2], texels: &[Color32]) {
        for (row, line) in texels.chunks_exact(size[0].max(1)).enumerate() {
            let start = (at[1] + row) * self.size[0] + at[0];
            if let Some(target) = self.texels.get_mut(start..start + line.len()) {
                target.copy_from_slice(line);
            }
        }
    }

    fn texel(&self, x: i64, y: i64) -> Color32 {
        let x = x.clamp(0, self.size[0] as i64 - 1) as usize;
        let y = y.clamp(0, self.size[1] as i64 - 1) as usize;
        self.texels
            .get(y * self.size[0] + x)
            .copied()
            .unwrap_or(Color32::TRANSPARENT)
    }

    /// The colour at texture coordinates, bilinear.
    pub(super) fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let (x, y) = (u * self.size[0] as f32 - 0.5, v * self.size[1] as f32 - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right_share, bottom_share) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        let corners = [
            (
                self.texel(left, top),
                (1.0 - right_share) * (1.0 - bottom_share),
            ),
            (
                self.texel(left + 1, top),
                right_share * (1.0 - bottom_share),
            ),
            (
                self.texel(left, top + 1),
                (1.0 - right_share) * bottom_share,
            ),
            (self.texel(left + 1, top + 1), right_share * bottom_share),
        ];
        let mut sum = [0.0; 4];
        for (color, share) in corners {
            for (part, value) in sum.iter_mut().zip(color.to_array()) {
                *part += f32::from(value) * share;
            }
        }
        sum
    }
}
