//! Design tokens: the only place for colours and sizes, of every theme.
//! Knows nothing of what is drawn with them.

use crate::{
    canvas::{node::Metrics, pins::PinShape},
    session::Theme,
};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2, epaint::Shadow,
    vec2,
};

/// Colours of one theme.
#[derive(Debug)]
pub struct Tokens {
    pub canvas: Color32,
    pub grid: Color32,
    pub panel: Color32,
    pub bar: Color32,
    pub surface: Color32,
    pub surface_header: Color32,
    pub surface_missing: Color32,
    pub well: Color32,
    pub hover: Color32,
    pub pressed: Color32,
    pub border: Color32,
    pub border_strong: Color32,
    pub text: Color32,
    pub text_weak: Color32,
    pub text_faint: Color32,
    pub text_on_accent: Color32,
    pub accent: Color32,
    /// A ground for white text.
    pub accent_strong: Color32,
    pub accent_soft: Color32,
    pub error: Color32,
    pub error_soft: Color32,
    pub warning: Color32,
    pub warning_soft: Color32,
    pub success: Color32,
    pub success_soft: Color32,
    pub information: Color32,
    pub wire: Color32,
    pub wire_buffered: Color32,
    pub wire_halo: Color32,
    pub shadow: Color32,
    ports: [Color32; 8],
    lanes: [Color32; 6],
    series: [Color32; 8],
    dark: bool,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

static DARK: Tokens = Tokens {
    canvas: rgb(0x12151A),
    grid: rgb(0x232933),
    panel: rgb(0x191D24),
    bar: rgb(0x1F242C),
    surface: rgb(0x232933),
    surface_header: rgb(0x2B323E),
    surface_missing: rgb(0x33262A),
    well: rgb(0x11141A),
    hover: rgb(0x2D3540),
    pressed: rgb(0x38424F),
    border: rgb(0x2E3641),
    border_strong: rgb(0x465160),
    text: rgb(0xE8ECF2),
    text_weak: rgb(0xA7B1BF),
    text_faint: rgb(0x76818F),
    text_on_accent: rgb(0xFFFFFF),
    accent: rgb(0x4B9BFF),
    accent_strong: rgb(0x1F6FDB),
    accent_soft: rgb(0x1F3B5E),
    error: rgb(0xFF6B6B),
    error_soft: rgb(0x47262A),
    warning: rgb(0xF5B83D),
    warning_soft: rgb(0x453920),
    success: rgb(0x48C78E),
    success_soft: rgb(0x1E3F33),
    information: rgb(0x63B3ED),
    wire: rgb(0x8493A8),
    wire_buffered: rgb(0x3FB8A0),
    wire_halo: rgb(0x12151A),
    shadow: Color32::from_black_alpha(70),
    ports: [
        rgb(0x34C3A4),
        rgb(0x77A7FF),
        rgb(0xC792FF),
        rgb(0xE7B84F),
        rgb(0xFF8F66),
        rgb(0x8A97A8),
        rgb(0x34C3A4),
        rgb(0xFF6B6B),
    ],
    lanes: [
        rgb(0x4B9BFF),
        rgb(0xE7B84F),
        rgb(0xC792FF),
        rgb(0x48C78E),
        rgb(0xFF8F66),
        rgb(0x4FC7D9),
    ],
    series: [
        rgb(0x4B9BFF),
        rgb(0xF5B83D),
        rgb(0x48C78E),
        rgb(0xFF7E7E),
        rgb(0xC792FF),
        rgb(0x4FC7D9),
        rgb(0xFF9E5E),
        rgb(0xA3B18A),
    ],
    dark: true,
};

static LIGHT: Tokens = Tokens {
    canvas: rgb(0xF3F5F8),
    grid: rgb(0xD9DFE7),
    panel: rgb(0xFBFCFD),
    bar: rgb(0xF0F2F6),
    surface: rgb(0xFFFFFF),
    surface_header: rgb(0xF0F3F8),
    surface_missing: rgb(0xFDECEC),
    well: rgb(0xFFFFFF),
    hover: rgb(0xE6EBF2),
    pressed: rgb(0xD8E0EA),
    border: rgb(0xD9DFE7),
    border_strong: rgb(0xAAB6C4),
    text: rgb(0x1B2330),
    text_weak: rgb(0x4D5A6B),
    text_faint: rgb(0x6E7B8C),
    text_on_accent: rgb(0xFFFFFF),
    accent: rgb(0x1769D2),
    accent_strong: rgb(0x1769D2),
    accent_soft: rgb(0xDCEAFC),
    error: rgb(0xC92A2A),
    error_soft: rgb(0xFDE3E3),
    warning: rgb(0x9A6700),
    warning_soft: rgb(0xFCF0D0),
    success: rgb(0x1A7F4B),
    success_soft: rgb(0xDDF3E6),
    information: rgb(0x1971C2),
    wire: rgb(0x6B7A8F),
    wire_buffered: rgb(0x0F8A73),
    wire_halo: rgb(0xF3F5F8),
    shadow: Color32::from_black_alpha(26),
    ports: [
        rgb(0x0F8A73),
        rgb(0x2F6BDB),
        rgb(0x8A45D6),
        rgb(0x9A6700),
        rgb(0xC84E1A),
        rgb(0x66758A),
        rgb(0x0F8A73),
        rgb(0xC92A2A),
    ],
    lanes: [
        rgb(0x1769D2),
        rgb(0xB57E0B),
        rgb(0x8A45D6),
        rgb(0x1A7F4B),
        rgb(0xC84E1A),
        rgb(0x0F8296),
    ],
    series: [
        rgb(0x1769D2),
        rgb(0xB57E0B),
        rgb(0x1A7F4B),
        rgb(0xC92A2A),
        rgb(0x8A45D6),
        rgb(0x0F8296),
        rgb(0xC84E1A),
        rgb(0x5F7148),
    ],
    dark: false,
};

/// Black ground, white text, one strong colour a meaning; each at least 7 to 1 against its ground
/// (WCAG 2.2, success criterion 1.4.6).
static CONTRAST: Tokens = Tokens {
    canvas: rgb(0x000000),
    grid: rgb(0x2A2A2A),
    panel: rgb(0x000000),
    bar: rgb(0x0A0A0A),
    surface: rgb(0x000000),
    surface_header: rgb(0x1C1C1C),
    surface_missing: rgb(0x330000),
    well: rgb(0x000000),
    hover: rgb(0x2B2B2B),
    pressed: rgb(0x404040),
    border: rgb(0x8C8C8C),
    border_strong: rgb(0xFFFFFF),
    text: rgb(0xFFFFFF),
    text_weak: rgb(0xEDEDED),
    text_faint: rgb(0xCFCFCF),
    text_on_accent: rgb(0xFFFFFF),
    accent: rgb(0x66C8FF),
    accent_strong: rgb(0x004A99),
    accent_soft: rgb(0x00366E),
    error: rgb(0xFF9090),
    error_soft: rgb(0x4A0000),
    warning: rgb(0xFFD700),
    warning_soft: rgb(0x3D3200),
    success: rgb(0x5CFF8F),
    success_soft: rgb(0x003D16),
    information: rgb(0x8AD8FF),
    wire: rgb(0xFFFFFF),
    wire_buffered: rgb(0x40FFD8),
    wire_halo: rgb(0x000000),
    shadow: Color32::TRANSPARENT,
    ports: [
        rgb(0x40FFD8),
        rgb(0x8AB8FF),
        rgb(0xDDB3FF),
        rgb(0xFFD700),
        rgb(0xFFB08A),
        rgb(0xD0D0D0),
        rgb(0x40FFD8),
        rgb(0xFF9090),
    ],
    lanes: [
        rgb(0x66C8FF),
        rgb(0xFFD700),
        rgb(0xDDB3FF),
        rgb(0x5CFF8F),
        rgb(0xFFB08A),
        rgb(0x40FFF0),
    ],
    series: [
        rgb(0x66C8FF),
        rgb(0xFFD700),
        rgb(0x5CFF8F),
        rgb(0xFF9090),
        rgb(0xDDB3FF),
        rgb(0x40FFF0),
        rgb(0xFFB08A),
        rgb(0xE0E0E0),
    ],
    dark: true,
};

impl Tokens {
    /// A port's colour; its shape says the same.
    pub fn port(&self, shape: PinShape) -> Color32 {
        let [
            data,
            service,
            mode,
            storage,
            trigger,
            platform,
            field,
            unknown,
        ] = self.ports;
        match shape {
            PinShape::Data => data,
            PinShape::Service => service,
            PinShape::Mode => mode,
            PinShape::Storage => storage,
            PinShape::Trigger => trigger,
            PinShape::Platform => platform,
            PinShape::Field => field,
            PinShape::Unknown => unknown,
        }
    }

    /// The colour of an ECU by its number.
    pub fn lane(&self, number: Option<usize>) -> Color32 {
        match number {
            Some(number) => self
                .lanes
                .get(number % self.lanes.len())
                .copied()
                .unwrap_or(self.accent),
            None => self.border_strong,
        }
    }

    /// The colour of a plotted value by its number.
    pub fn series(&self, number: usize) -> Color32 {
        self.series
            .get(number % self.series.len())
            .copied()
            .unwrap_or(self.accent)
    }
}

/// The tokens of the theme that this part of the window has.
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    let visuals = ui.visuals();
    // egui knows two themes; the third is a dark one whose ground no other has.
    match visuals.dark_mode {
        true if visuals.panel_fill == CONTRAST.panel => &CONTRAST,
        true => &DARK,
        false => &LIGHT,
    }
}

/// The tokens of a theme.
pub fn tokens_of(theme: Theme) -> &'static Tokens {
    match theme {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
        Theme::HighContrast => &CONTRAST,
    }
}

/// Gives a context this theme from the next frame on.
pub fn choose(context: &egui::Context, theme: Theme) {
    let base = match theme {
        Theme::Light => egui::Theme::Light,
        Theme::Dark | Theme::HighContrast => egui::Theme::Dark,
    };
    context.style_mut_of(base, |style| restyle(style, tokens_of(theme)));
    context.set_theme(base);
}

/// Sizes in points.
pub const GAP: f32 = 8.0;
pub const GAP_SMALL: f32 = 4.0;
pub const GAP_LARGE: f32 = 16.0;
pub const RADIUS: u8 = 5;
pub const TEXT_SIZE: f32 = 13.5;
pub const TEXT_SMALL: f32 = 12.0;
pub const TEXT_HEADING: f32 = 16.0;
pub const TEXT_MONOSPACE: f32 = 12.5;
pub const TOOLBAR_HEIGHT: f32 = 44.0;
pub const MENU_HEIGHT: f32 = 30.0;
pub const STATUS_HEIGHT: f32 = 26.0;
pub const TAB_HEIGHT: f32 = 32.0;
pub const ROW_HEIGHT: f32 = 22.0;
pub const SWITCH: egui::Vec2 = egui::vec2(36.0, 18.0);
pub const TABLE_ROW_HEIGHT: f32 = 21.0;
pub const LIBRARY_ROW_HEIGHT: f32 = 46.0;
pub const DIALOG_WIDTH: f32 = 460.0;
/// From the middle of an adapter's sign on a wire to its corners, at zoom 1.
pub const ADAPTER_BADGE: f32 = 7.0;
/// The export wizard.
pub const WIZARD_WIDTH: f32 = 640.0;
/// The settings.
pub const SETTINGS_WIDTH: f32 = 600.0;
/// Of the list of keys.
pub const SETTINGS_KEYS_HEIGHT: f32 = 340.0;
/// Of a page of it.
pub const WIZARD_HEIGHT: f32 = 400.0;
pub const PALETTE_WIDTH: f32 = 520.0;
pub const OFFER_WIDTH: f32 = 340.0;
pub const NOTICE_WIDTH: f32 = 380.0;
pub const HINT_WIDTH: f32 = 320.0;
pub const GRID_STEP: f32 = 40.0;
/// Below this zoom ports have no text.
pub const ZOOM_PORT_TEXT: f32 = 0.6;
/// Below this zoom instances are plain boxes and wires straight.
pub const ZOOM_PLAIN: f32 = 0.3;
pub const NODE_TITLE: f32 = 15.5;
pub const NODE_SUBTITLE: f32 = 11.5;
pub const NODE_PORT: f32 = 12.5;
pub const NODE_TYPE: f32 = 11.0;
pub const NODE_RADIUS: f32 = 7.0;
pub const PIN_RADIUS: f32 = 5.5;
pub const FIELD_RADIUS: f32 = 4.0;
pub const WIRE_WIDTH: f32 = 2.0;
pub const WIRE_WIDTH_STRONG: f32 = 3.0;

/// Of a point that a wire is led through.
pub const REROUTE_RADIUS: f32 = 4.5;
/// Corners of the map in the canvas's corner.
pub const MINIMAP_RADIUS: u8 = 4;

/// Sizes of the canvas at zoom 1.
pub const METRICS: Metrics = Metrics::STANDARD;

/// Text of the canvas at a zoom; whole sizes, so that the font atlas stays small while zooming.
pub fn canvas_font(size: f32, zoom: f32) -> FontId {
    FontId::new((size * zoom).round().max(5.0), FontFamily::Proportional)
}

/// Gives a context our style, both themes, and signs for text from the monospace face.
pub fn install(context: &egui::Context) {
    let mut fonts = egui::FontDefinitions::default();
    if let Some(faces) = fonts.families.get_mut(&FontFamily::Proportional) {
        faces.push("Hack".to_owned());
    }
    context.set_fonts(fonts);
    for (theme, tokens) in [(egui::Theme::Dark, &DARK), (egui::Theme::Light, &LIGHT)] {
        context.style_mut_of(theme, |style| restyle(style, tokens));
    }
}

fn restyle(style: &mut egui::Style, tokens: &Tokens) {
    style.text_styles = [
        (
            TextStyle::Small,
            FontId::new(TEXT_SMALL, FontFamily::Proportional),
        ),
        (
            TextStyle::Body,
            FontId::new(TEXT_SIZE, FontFamily::Proportional),
        ),
        (
            TextStyle::Button,
            FontId::new(TEXT_SIZE, FontFamily::Proportional),
        ),
        (
            TextStyle::Heading,
            FontId::new(TEXT_HEADING, FontFamily::Proportional),
        ),
        (
            TextStyle::Monospace,
            FontId::new(TEXT_MONOSPACE, FontFamily::Monospace),
        ),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(GAP, 5.0);
    spacing.button_padding = vec2(10.0, 4.0);
    spacing.interact_size = vec2(28.0, 24.0);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.slider_width = 150.0;
    spacing.tooltip_width = 420.0;
    spacing.scroll = egui::style::ScrollStyle::solid();
    spacing.scroll.bar_width = 8.0;
    style.animation_time = 0.08;
    restyle_visuals(&mut style.visuals, tokens);
}

fn restyle_visuals(visuals: &mut egui::Visuals, tokens: &Tokens) {
    visuals.dark_mode = tokens.dark;
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.panel;
    visuals.window_stroke = Stroke::new(1.0, tokens.border_strong);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.window_shadow = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: tokens.shadow,
    };
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 12,
        spread: 0,
        color: tokens.shadow,
    };
    visuals.extreme_bg_color = tokens.well;
    visuals.faint_bg_color = tokens.bar;
    visuals.code_bg_color = tokens.well;
    visuals.hyperlink_color = tokens.accent;
    visuals.warn_fg_color = tokens.warning;
    visuals.error_fg_color = tokens.error;
    visuals.weak_text_color = Some(tokens.text_weak);
    visuals.selection.bg_fill = tokens.accent_soft;
    visuals.selection.stroke = Stroke::new(1.0, tokens.accent);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals.indent_has_left_vline = false;
    let widgets = &mut visuals.widgets;
    let looks = [
        (
            &mut widgets.noninteractive,
            tokens.panel,
            tokens.border,
            tokens.text,
        ),
        (
            &mut widgets.inactive,
            tokens.surface,
            tokens.border,
            tokens.text,
        ),
        (
            &mut widgets.hovered,
            tokens.hover,
            tokens.border_strong,
            tokens.text,
        ),
        (
            &mut widgets.active,
            tokens.pressed,
            tokens.accent,
            tokens.text,
        ),
        (
            &mut widgets.open,
            tokens.hover,
            tokens.border_strong,
            tokens.text,
        ),
    ];
    for (look, fill, border, text) in looks {
        look.bg_fill = fill;
        look.weak_bg_fill = fill;
        look.bg_stroke = Stroke::new(1.0, border);
        look.fg_stroke = Stroke::new(1.0, text);
        look.corner_radius = CornerRadius::same(RADIUS);
        look.expansion = 0.0;
    }
    // A check mark or slider must be seen at rest.
    visuals.widgets.inactive.bg_fill = tokens.border;
}

/// The margin inside panels.
pub fn panel_margin() -> Margin {
    Margin {
        left: 12,
        right: 12,
        top: 10,
        bottom: 10,
    }
}

/// The size of an icon button.
pub fn icon_button() -> Vec2 {
    vec2(32.0, 28.0)
}

#[cfg(test)]
mod tests {
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
}
