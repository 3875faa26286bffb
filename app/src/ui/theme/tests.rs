//! Text and signs can be read in every theme.

use super::*;

/// Relative luminance and contrast of WCAG 2.2.
fn contrast(one: Color32, other: Color32) -> f64 {
    let luminance = |color: Color32| {
        let part = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            match value <= 0.04045 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * part(color.r()) + 0.7152 * part(color.g()) + 0.0722 * part(color.b())
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_and_signs_stand_out_from_every_ground_they_are_on() {
    for theme in Theme::ALL {
        let tokens = tokens_of(theme);
        let (text, signs) = match theme {
            Theme::HighContrast => (7.0, 7.0),
            _ => (4.5, 3.0),
        };
        let grounds = [
            tokens.canvas,
            tokens.panel,
            tokens.bar,
            tokens.surface,
            tokens.surface_header,
            tokens.well,
        ];
        let mut inks = vec![(tokens.text, text), (tokens.text_weak, text)];
        let marks = [
            tokens.text_faint,
            tokens.accent,
            tokens.error,
            tokens.warning,
            tokens.success,
            tokens.information,
        ];
        inks.extend(marks.map(|ink| (ink, signs)));
        for ground in grounds {
            for (ink, least) in &inks {
                let found = contrast(*ink, ground);
                assert!(
                    found >= *least,
                    "{theme:?}: {ink:?} on {ground:?}: {found:.2}"
                );
            }
        }
        let lines = [tokens.wire, tokens.wire_buffered, tokens.border_strong];
        if theme == Theme::HighContrast {
            for line in lines.into_iter().chain(tokens.ports).chain(tokens.lanes) {
                assert!(contrast(line, tokens.canvas) >= 7.0, "{line:?}");
            }
        }
        let button = contrast(tokens.text_on_accent, tokens.accent_strong);
        assert!(button >= 4.5, "{theme:?}: {button:.2}");
    }
}
