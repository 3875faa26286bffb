//! The one list of commands: id, words and keys. Menu, palette and key handling read it.

mod annotation;
mod arrange;
mod edit;
mod file;
mod scope;
mod simulation;
mod versions;
mod view;

use super::{Command, shortcut::Shortcut};
use crate::session::{Item, Session};

/// A command without data, as users meet it.
#[derive(Debug)]
pub struct Entry {
    /// Stable: `edit.undo`.
    pub id: &'static str,
    pub menu: Menu,
    /// Sentence case; "…" where more is asked.
    pub text: &'static str,
    pub tooltip: &'static str,
    pub shortcut: Option<Shortcut>,
    pub command: Command,
    /// Whether it can be done now.
    pub enabled: fn(&Session) -> bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Menu {
    File,
    Edit,
    View,
    Arrange,
    Simulation,
}

/// All entries, by menu, in the order in which the menu shows them.
pub fn all() -> Vec<Entry> {
    [
        file::entries(),
        edit::entries(),
        view::entries(),
        arrange::entries(),
        scope::entries(),
        simulation::entries(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The entry of that id.
pub fn find(id: &str) -> Option<Entry> {
    all().into_iter().find(|entry| entry.id == id)
}

fn always(_: &Session) -> bool {
    true
}

fn has_selection(session: &Session) -> bool {
    !session.selection().is_empty()
}

fn has_instance(session: &Session) -> bool {
    let is_instance = |item: &Item| matches!(item, Item::Instance(_));
    session.selection().iter().any(is_instance)
}

/// At least two instances are selected.
fn several(session: &Session) -> bool {
    let is_instance = |item: &&Item| matches!(item, Item::Instance(_));
    session.selection().iter().filter(is_instance).count() > 1
}

fn has_problems(session: &Session) -> bool {
    !session.diagnostics().is_empty()
}

fn can_step(session: &Session) -> bool {
    session.can_compose() && !session.run().is_running()
}

const fn key(key: &'static str) -> Option<Shortcut> {
    keys(false, false, key)
}

const fn ctrl(key: &'static str) -> Option<Shortcut> {
    keys(true, false, key)
}

const fn shift(key: &'static str) -> Option<Shortcut> {
    keys(false, true, key)
}

const fn ctrl_shift(key: &'static str) -> Option<Shortcut> {
    keys(true, true, key)
}

const fn keys(ctrl: bool, shift: bool, key: &'static str) -> Option<Shortcut> {
    Some(Shortcut {
        ctrl,
        alt: false,
        shift,
        key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TUTORIAL: &str = include_str!("../../../../docs/tutorial.md");

    /// `*Arrange*, *Group* (`Ctrl+G`)` is told of the program as it is, keys too.
    #[test]
    fn the_tutorial_names_menus_and_keys_as_they_are() {
        let entries = all();
        let mut named = 0;
        for line in TUTORIAL.lines() {
            let pieces: Vec<&str> = line.split('*').collect();
            for words in pieces.windows(4) {
                let &[menu, ", ", text, after] = words else {
                    continue;
                };
                let mut entries = entries.iter();
                let in_menu = |entry: &&Entry| format!("{:?}", entry.menu) == menu;
                if !entries.clone().any(|entry| in_menu(&entry)) {
                    continue;
                }
                let entry = entries.find(|entry| in_menu(entry) && entry.text == text);
                let Some(entry) = entry else {
                    panic!("there is no {menu}, {text}");
                };
                if let Some(keys) = after.strip_prefix(" (`") {
                    let keys = keys.split('`').next().map(str::to_owned);
                    assert_eq!(entry.shortcut.map(|one| one.to_string()), keys, "{text}");
                }
                named += 1;
            }
        }
        assert!(named >= 10, "{named}");
    }
}
