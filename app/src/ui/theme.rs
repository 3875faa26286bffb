//! Design tokens: the only place for colours and sizes, of every theme.
//! Knows nothing of what is drawn with them.

mod colours;

use crate::{
    canvas::{node::Metrics, pins::PinShape},
    session::Theme,
};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2, epaint::Shadow,
    vec2,
};

use colours::{CONTRAST, DARK, LIGHT};

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
    /// Paper of a note, and what is written on it.
    pub note: Color32,
    pub note_text: Color32,
    ports: [Color32; 8],
    lanes: [Color32; 6],
    series: [Color32; 8],
    dark: bool,
}

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
            PinShape::Service | PinShape::Adaptive => service,
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

/// What the window is cleared to, seen between its panels.
pub fn ground(visuals: &egui::Visuals) -> Color32 {
    visuals.widgets.noninteractive.bg_stroke.color
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
/// The button behind a path, with the gap before it.
pub const BROWSE_WIDTH: f32 = 88.0;
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
pub const TIMELINE_WIDTH: f32 = 190.0;
pub const NOTICE_WIDTH: f32 = 380.0;
pub const HINT_WIDTH: f32 = 320.0;
/// How much of what is not lit is hidden.
pub const VEIL: f32 = 0.72;
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
/// Corners of the boundary of a composition.
pub const BOUNDARY_RADIUS: f32 = 18.0;
pub const PIN_RADIUS: f32 = 5.5;
pub const FIELD_RADIUS: f32 = 4.0;
pub const WIRE_WIDTH: f32 = 2.0;
pub const WIRE_WIDTH_STRONG: f32 = 3.0;

/// The least zoom of what stands in the header of a lane.
pub const LANE_TEXT_LEAST: f32 = 0.85;
/// Of a note that is being written, at zoom 1.
pub const DRAFT_HEIGHT: f32 = 86.0;
/// The least height of a frame's title, on the screen.
pub const FRAME_TITLE_LEAST: f32 = 18.0;
/// Side of the sign of a difference, on the screen.
pub const DIFFERENCE_SIGN: f32 = 20.0;
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
mod tests;
