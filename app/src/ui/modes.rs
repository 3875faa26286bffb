//! Mode machines: in which mode each is since when, and which runnables that starts or disables.

use super::{
    controls::seconds,
    theme::{self, tokens},
    widgets::{empty_ui, panel_ui, pill_ui},
};
use crate::{
    command::Command,
    observe::{self, ModeGroup, ModeUser},
    session::{Item, ModeView, Session},
};
use egui::{RichText, Ui};
use graph_core::document::InstanceId;

pub(super) fn modes_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut clicked = Vec::new();
    let run = session.run();
    let declared = match run.is_started() {
        true => Vec::new(),
        false => observe::mode_groups(session.document(), session.library()),
    };
    let groups = match run.is_started() {
        true => &run.mode_groups,
        false => &declared,
    };
    panel_ui(ui, |ui| {
        if groups.is_empty() {
            let text = "Connect a mode switch port by a buffered connector; its mode shows here";
            empty_ui(ui, "No modes", text);
        }
        for group in groups {
            clicked.extend(group_ui(ui, group, run.modes.get(&group.element)));
        }
        if !groups.is_empty() && !run.is_started() {
            ui.add_space(theme::GAP);
            ui.label(RichText::new("Press Run to see the mode").color(tokens(ui).text_faint));
        }
    });
    // What runs is the flat system, of which compositions hide a part.
    let shown = clicked
        .into_iter()
        .filter(|id| session.document().instances.contains_key(id));
    shown
        .map(|id| Command::Select(vec![Item::Instance(id)]))
        .collect()
}

/// Gives the instances that were clicked.
fn group_ui(ui: &mut Ui, group: &ModeGroup, view: Option<&ModeView>) -> Vec<InstanceId> {
    let port = crate::canvas::names::port_label(&group.port);
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("{}.{port}", group.manager)).strong());
        let told = match view {
            Some(view) => format!("{} since {}", view.state, seconds(view.since_ns)),
            None => "nothing told yet".to_owned(),
        };
        ui.label(RichText::new(told).color(tokens(ui).text_weak));
    });
    ui.horizontal_wrapped(|ui| {
        for mode in &group.modes {
            mode_ui(ui, mode, view);
        }
    });
    let users = group.users.iter();
    users.filter_map(|user| user_ui(ui, user, view)).collect()
}

/// A mode, marked where the machine is in it or on its way there.
fn mode_ui(ui: &mut Ui, mode: &str, view: Option<&ModeView>) {
    let tokens = tokens(ui);
    let state = view.map(|view| &view.state);
    let is_next = state.is_some_and(|state| state.next == mode);
    let is_left = state.is_some_and(|state| state.in_transition && state.previous == mode);
    let (text, ink, ground) = match (is_next, is_left) {
        (true, _) if state.is_some_and(|state| state.in_transition) => {
            (format!("→ {mode}"), tokens.warning, tokens.warning_soft)
        }
        (true, _) => (format!("● {mode}"), tokens.success, tokens.success_soft),
        (_, true) => (format!("{mode} →"), tokens.warning, tokens.warning_soft),
        _ => (mode.to_owned(), tokens.text_faint, tokens.surface),
    };
    pill_ui(ui, &text, ink, ground);
}

/// A runnable that depends on the mode; gives its instance at a click.
fn user_ui(ui: &mut Ui, user: &ModeUser, view: Option<&ModeView>) -> Option<InstanceId> {
    let tokens = tokens(ui);
    let runnable = user.runnable.rsplit('#').next().unwrap_or_default();
    let mut depends: Vec<String> = user.started.clone().into_iter().collect();
    if !user.disabled_in.is_empty() {
        let modes: Vec<&str> = user.disabled_in.iter().map(String::as_str).collect();
        depends.push(format!("disabled in {}", modes.join(", ")));
    }
    let view = view.filter(|_| !user.disabled_in.is_empty());
    let is_disabled = view.map(|view| {
        let mut modes = user.disabled_in.iter();
        modes.any(|mode| view.state.concerns(mode))
    });
    ui.horizontal_wrapped(|ui| {
        let name = format!("{}.{runnable}", user.name);
        let link = ui.link(RichText::new(&name).color(tokens.text));
        ui.label(
            RichText::new(depends.join(", "))
                .size(theme::TEXT_SMALL)
                .color(tokens.text_weak),
        );
        match is_disabled {
            Some(true) => drop(pill_ui(ui, "disabled", tokens.warning, tokens.warning_soft)),
            Some(false) => drop(pill_ui(ui, "enabled", tokens.success, tokens.success_soft)),
            None => {}
        }
        let selects = link.on_hover_text("Select the instance").clicked();
        selects.then_some(user.instance)
    })
    .inner
}
