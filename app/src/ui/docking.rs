//! Which panel lies where; the user drags tabs and borders. Knows nothing of what panels show.

use super::{
    canvas::{CanvasView, canvas_ui},
    cause, devices, differences,
    icons::{Emphasis, Icon, icon_button_ui},
    modes, nv, outline, parameters, plot, scenarios,
    studio::Panels,
    theme,
};
use crate::{
    command::Command,
    session::{Panel, Session},
};
use egui::{Color32, Rect, Stroke, Ui, Visuals, WidgetText};
use egui_tiles::{
    Behavior, Container, Linear, LinearDir, SimplificationOptions, TabState, Tile, TileId, Tiles,
    Tree, UiResponse,
};

/// Something with a place in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pane {
    Canvas,
    Panel(Panel),
}

/// Where everything is.
pub(super) struct Docks {
    tree: Tree<Pane>,
    pub(super) canvas: Rect,
    pub(super) problems: Rect,
    /// Panels that were hidden in the last frame.
    hidden: std::collections::BTreeSet<Panel>,
}

impl Default for Docks {
    fn default() -> Docks {
        let mut tiles = Tiles::default();
        let tabs = |tiles: &mut Tiles<Pane>, panels: &[Panel]| {
            let panes = panels
                .iter()
                .map(|panel| tiles.insert_pane(Pane::Panel(*panel)))
                .collect();
            tiles.insert_tab_tile(panes)
        };
        let left = tabs(&mut tiles, &[Panel::Library, Panel::Outline]);
        let right = tabs(&mut tiles, &[Panel::Inspector]);
        let problems = tabs(
            &mut tiles,
            &[
                Panel::Problems,
                Panel::Connections,
                Panel::Authority,
                Panel::Cause,
                Panel::Trace,
                Panel::Breakpoints,
                Panel::Scenarios,
                Panel::Differences,
            ],
        );
        let plot = tabs(&mut tiles, &[Panel::Plot, Panel::NvData]);
        let devices = tabs(
            &mut tiles,
            &[Panel::Devices, Panel::Modes, Panel::Parameters],
        );
        let canvas = tiles.insert_pane(Pane::Canvas);
        let bottom = linear(
            &mut tiles,
            LinearDir::Horizontal,
            &[(problems, 6.5), (plot, 4.5)],
        );
        let middle = linear(
            &mut tiles,
            LinearDir::Vertical,
            &[(canvas, 6.6), (bottom, 3.0)],
        );
        let right = linear(
            &mut tiles,
            LinearDir::Vertical,
            &[(right, 6.6), (devices, 3.0)],
        );
        let root = linear(
            &mut tiles,
            LinearDir::Horizontal,
            &[(left, 2.1), (middle, 9.6), (right, 3.0)],
        );
        Docks {
            tree: Tree::new(egui::Id::unique("docks"), root, tiles),
            canvas: Rect::NOTHING,
            problems: Rect::NOTHING,
            hidden: Default::default(),
        }
    }
}

fn linear(tiles: &mut Tiles<Pane>, direction: LinearDir, shares: &[(TileId, f32)]) -> TileId {
    let mut linear = Linear::new(direction, shares.iter().map(|(id, _)| *id).collect());
    for (id, share) in shares {
        linear.shares.set_share(*id, *share);
    }
    tiles.insert_new(Tile::Container(Container::Linear(linear)))
}

impl Docks {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        canvas: &mut CanvasView,
        panels: &mut Panels,
    ) -> Vec<Command> {
        self.follow(session);
        let mut desk = Desk {
            session,
            canvas,
            panels,
            commands: Vec::new(),
            places: (Rect::NOTHING, Rect::NOTHING),
        };
        self.tree.ui(&mut desk, ui);
        (self.canvas, self.problems) = desk.places;
        desk.commands
    }

    /// Shows and hides what the session says; what has just been shown comes to the front.
    fn follow(&mut self, session: &Session) {
        let hidden = &session.view().hidden_panels;
        let panes: Vec<(TileId, Panel)> = (self.tree.tiles.iter())
            .filter_map(|(id, tile)| match tile {
                Tile::Pane(Pane::Panel(panel)) => Some((*id, *panel)),
                _ => None,
            })
            .collect();
        for (id, panel) in panes {
            self.tree.set_visible(id, !hidden.contains(&panel));
            if self.hidden.contains(&panel) && !hidden.contains(&panel) {
                self.tree.make_active(|other, _| other == id);
            }
        }
        self.hidden = hidden.clone();
    }
}

/// A frame's view of everything that panes need.
struct Desk<'a> {
    session: &'a Session,
    canvas: &'a mut CanvasView,
    panels: &'a mut Panels,
    commands: Vec<Command>,
    /// Of canvas and problems, where they are shown.
    places: (Rect, Rect),
}

impl Behavior<Pane> for Desk<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> UiResponse {
        let session = self.session;
        match pane {
            Pane::Canvas => self.places.0 = ui.max_rect(),
            Pane::Panel(Panel::Problems) => self.places.1 = ui.max_rect(),
            Pane::Panel(_) => {}
        }
        let commands = match pane {
            Pane::Canvas => canvas_ui(ui, session, self.canvas),
            Pane::Panel(Panel::Library) => self.panels.library.ui(ui, session),
            Pane::Panel(Panel::Inspector) => self.panels.inspector.ui(ui, session),
            Pane::Panel(Panel::Problems) => self.panels.problems.ui(ui, session),
            Pane::Panel(Panel::Connections) => self.panels.connections.ui(ui, session),
            Pane::Panel(Panel::Authority) => self.panels.authority.ui(ui, session),
            Pane::Panel(Panel::Cause) => cause::cause_ui(ui, session),
            Pane::Panel(Panel::Trace) => self.panels.trace.ui(ui, session),
            Pane::Panel(Panel::Breakpoints) => self.panels.breakpoints.ui(ui, session),
            Pane::Panel(Panel::Plot) => plot::plot_ui(ui, session),
            Pane::Panel(Panel::Devices) => devices::devices_ui(ui, session),
            Pane::Panel(Panel::Modes) => modes::modes_ui(ui, session),
            Pane::Panel(Panel::Parameters) => parameters::parameters_ui(ui, session),
            Pane::Panel(Panel::Scenarios) => scenarios::scenarios_ui(ui, session),
            Pane::Panel(Panel::NvData) => nv::nv_ui(ui, session),
            Pane::Panel(Panel::Differences) => differences::differences_ui(ui, session),
            Pane::Panel(Panel::Outline) => outline::outline_ui(ui, session, self.canvas),
        };
        self.commands.extend(commands);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        let count = |name: &str, count: usize| {
            if count == 0 {
                name.to_owned()
            } else {
                format!("{name}  {count}")
            }
        };
        match pane {
            Pane::Canvas => "Canvas".into(),
            Pane::Panel(Panel::Problems) => {
                count("Problems", self.session.diagnostics().len()).into()
            }
            Pane::Panel(Panel::Differences) => {
                let comparison = self.session.comparison();
                let found = comparison.map_or(0, |one| one.differences.len());
                count("Differences", found).into()
            }
            Pane::Panel(Panel::NvData) => "NV data".into(),
            Pane::Panel(panel) => format!("{panel:?}").into(),
        }
    }

    fn is_tab_closable(&self, _: &Tiles<Pane>, _: TileId) -> bool {
        false
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        theme::TAB_HEIGHT
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        2.0
    }

    fn min_size(&self) -> f32 {
        90.0
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            prune_single_child_tabs: false,
            ..SimplificationOptions::default()
        }
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        visuals.faint_bg_color
    }

    fn tab_bg_color(
        &self,
        visuals: &Visuals,
        _: &Tiles<Pane>,
        _: TileId,
        state: &TabState,
    ) -> Color32 {
        match state.active {
            true => visuals.panel_fill,
            false => visuals.faint_bg_color,
        }
    }

    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, _: &TabState) -> Stroke {
        Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, visuals: &Visuals) -> Stroke {
        Stroke::new(1.0, visuals.widgets.noninteractive.bg_stroke.color)
    }

    fn tab_text_color(
        &self,
        visuals: &Visuals,
        _: &Tiles<Pane>,
        _: TileId,
        state: &TabState,
    ) -> Color32 {
        match state.active {
            true => visuals.widgets.active.fg_stroke.color,
            false => visuals
                .weak_text_color
                .unwrap_or_else(|| visuals.weak_text_color()),
        }
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        match state {
            egui_tiles::ResizeState::Idle => {
                Stroke::new(1.0, style.visuals.widgets.noninteractive.bg_stroke.color)
            }
            _ => Stroke::new(2.0, style.visuals.selection.stroke.color),
        }
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<Pane>,
        ui: &mut Ui,
        _: TileId,
        tabs: &egui_tiles::Tabs,
        _: &mut f32,
    ) {
        let Some(Pane::Panel(panel)) = tabs.active.and_then(|id| tiles.get_pane(&id)) else {
            return;
        };
        ui.add_space(theme::GAP_SMALL);
        let name = format!("Hide {panel:?}");
        let hide =
            icon_button_ui(ui, Icon::Close, &name, true, Emphasis::Quiet).on_hover_text(name);
        if hide.clicked() {
            self.commands.push(Command::TogglePanel(*panel));
        }
    }
}
