//! Pictures of the window without a display or a GPU: the triangles that egui makes, painted by the
//! processor, the same bytes each time. Knows nothing of what they show.

mod canvas;
mod raster;
mod textures;

pub use canvas::of_canvas;
use raster::paint_on;
pub use raster::{Picture, paint};
pub use textures::Textures;

/// Why a picture could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The PNG encoder refused.
    #[error(
        "a picture of {width} × {height} pixels can not be written as PNG: {reason}; choose another size"
    )]
    Png {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
        /// The encoder's words.
        reason: String,
    },
}

impl Picture {
    /// The picture as a PNG file.
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        let failed = |error: png::EncodingError| PictureError::Png {
            width: self.width,
            height: self.height,
            reason: error.to_string(),
        };
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.rgba).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}

/// Runs `contents` for a few frames, until all fonts and sizes have settled, and paints the last.
pub fn render(
    context: &egui::Context,
    size: egui::Vec2,
    pixels_per_point: f32,
    mut contents: impl FnMut(&mut egui::Ui),
) -> Picture {
    let mut textures = Textures::default();
    let mut output = egui::FullOutput::default();
    for _ in 0..3 {
        let mut input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(0.0),
            ..Default::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&egui::ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(pixels_per_point);
        }
        output = context.run_ui(input, &mut contents);
        textures.apply(&mut output.textures_delta);
    }
    paint_output(context, egui::Color32::BLACK, (&output, size), &textures)
}

/// Paints what a frame of that size gave, over what the window is cleared to.
pub fn paint_output(
    context: &egui::Context,
    ground: egui::Color32,
    (output, size): (&egui::FullOutput, egui::Vec2),
    textures: &Textures,
) -> Picture {
    let pixels_per_point = output.pixels_per_point;
    let primitives = context.tessellate(output.shapes.clone(), pixels_per_point);
    let pixels = size * pixels_per_point;
    paint_on(
        ground,
        &primitives,
        textures,
        [pixels.x.round() as usize, pixels.y.round() as usize],
        pixels_per_point,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Picture {
        let context = egui::Context::default();
        render(&context, egui::vec2(240.0, 80.0), 1.0, |ui| {
            ui.heading("Wireloom");
            let _ = ui.button("Run");
            ui.painter()
                .circle_filled(egui::pos2(200.0, 40.0), 20.0, egui::Color32::RED);
        })
    }

    #[test]
    fn the_same_frame_gives_the_same_bytes() {
        let (a, b) = (picture().to_png().unwrap(), picture().to_png().unwrap());
        assert_eq!(a, b);
        assert_eq!(&a[1..4], b"PNG");
    }

    #[test]
    fn shapes_and_text_are_where_they_belong() {
        let picture = picture();
        assert_eq!(picture.pixel(200, 40), [255, 0, 0, 255]);
        assert_ne!(picture.pixel(236, 4), [255, 0, 0, 255]);
        let inked = (0..120)
            .flat_map(|x| (0..30).map(move |y| (x, y)))
            .filter(|&(x, y)| picture.pixel(x, y)[0] > 90);
        assert!(inked.count() > 100, "the heading is drawn");
    }

    #[test]
    fn an_empty_picture_is_refused_with_words() {
        let error = paint(&[], &Textures::default(), [0, 0], 1.0)
            .to_png()
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("a picture of 0 × 0 pixels can not be written as PNG: "),
            "{error}"
        );
    }
}
