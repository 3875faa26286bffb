//! Theme, scale and keys are chosen, kept, and there again at the next start.

use super::desk::Desk;
use crate::{
    command::Command,
    session::{Effect, Settings, Theme},
    ui::theme,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

/// What would be read at the next start.
fn kept(desk: &Desk) -> Option<Settings> {
    let kept = desk
        .effects()
        .into_iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::KeepSettings(text) => Some(text),
            _ => None,
        });
    kept.map(|text| Settings::from_text(&text).unwrap())
}

#[test]
fn a_theme_and_a_size_are_chosen_shown_and_kept() {
    let mut desk = Desk::open();
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    desk.harness.run();
    desk.look("settings");
    desk.click("High contrast");
    assert_eq!(desk.session().settings().theme, Theme::HighContrast);
    desk.look("settings-high-contrast");
    desk.click("125 %");
    let settings = kept(&desk).unwrap();
    assert_eq!((settings.theme, settings.scale), (Theme::HighContrast, 125));
    assert_eq!(desk.harness.ctx.zoom_factor(), 1.25);
    desk.click("Close");
    assert!(!desk.session().view().settings);
    let ground = desk.harness.ctx.global_style().visuals.panel_fill;
    assert_eq!(ground, theme::tokens_of(Theme::HighContrast).panel);
    desk.look("high-contrast");
    desk.click("View");
    desk.click("Next theme");
    assert_eq!(desk.session().settings().theme, Theme::Dark);
    let ground = desk.harness.ctx.global_style().visuals.panel_fill;
    assert_eq!(ground, theme::tokens_of(Theme::Dark).panel);
}

#[test]
fn keys_are_given_to_a_command_taken_from_another_and_work() {
    let mut desk = Desk::open();
    desk.harness.state_mut().apply(Command::Settings);
    desk.harness.run();
    desk.harness.get_by_label("Find a command").focus();
    desk.harness.get_by_label("Find a command").type_text("all");
    desk.harness.run();
    assert!(!desk.says("Keys of Undo"));
    desk.click("Keys of Arrange all: Ctrl+Shift+A");
    assert!(desk.says("Press the new keys"));
    desk.harness.key_press(Key::C);
    desk.harness.run();
    assert!(desk.says("the canvas has this key"));
    desk.harness.key_press(Key::F);
    desk.harness.run();
    assert!(desk.says("F belonged to Fit all, which has no keys now"));
    assert!(desk.says("Keys of Arrange all: F"));
    assert!(desk.says("Keys of Fit all: –"));
    desk.look("settings-keys");
    desk.click("Close");
    let places = desk.session().document().layout.clone();
    desk.harness.key_press(Key::F);
    desk.harness.run();
    assert_ne!(desk.session().document().layout, places, "F arranges now");
    desk.harness.state_mut().apply(Command::Settings);
    desk.harness.run();
    desk.click("Reset all keys");
    assert!(kept(&desk).unwrap().shortcuts.is_empty());
    assert!(desk.says("Keys of Fit all: F"));
}

#[test]
fn waiting_for_keys_ends_with_escape_and_the_settings_stay_open() {
    let mut desk = Desk::open();
    desk.harness.state_mut().apply(Command::Settings);
    desk.harness.run();
    // As a screen reader does it: the list is longer than its room.
    desk.accept("Keys of Undo: Ctrl+Z");
    desk.harness.key_press(Key::Escape);
    desk.harness.run();
    assert!(desk.session().view().settings);
    assert!(desk.says("Keys of Undo: Ctrl+Z"));
    desk.harness.key_press(Key::Escape);
    desk.harness.run();
    assert!(!desk.session().view().settings);
}

#[test]
fn a_project_that_was_open_is_opened_again_from_the_menu() {
    let mut desk = Desk::open();
    let path = desk.session().path().unwrap().to_path_buf();
    assert_eq!(
        desk.session().settings().recent,
        std::slice::from_ref(&path)
    );
    desk.effects();
    desk.click("File");
    desk.harness.get_by_label("Open recent").hover();
    desk.harness.run();
    desk.look("recent");
    desk.click("climate/climate.wireloom");
    let opened = |effect: &Effect| matches!(effect, Effect::OpenProject(other) if *other == path);
    assert!(desk.effects().iter().any(opened));
}
