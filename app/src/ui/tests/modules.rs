//! Core modules where components are asked for.

use super::desk::Desk;
use crate::session::{Effect, Event};
use std::path::PathBuf;

fn found(names: &[&str]) -> Desk {
    let mut desk = Desk::open();
    let paths = names.iter().map(|name| PathBuf::from("/builds").join(name));
    desk.happen(Event::CoreModulesFound(paths.collect()));
    desk.effects();
    desk
}

fn wrapped(desk: &Desk) -> Vec<Vec<PathBuf>> {
    let effects = desk.effects().into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::WrapCoreModules(paths) => Some(paths),
            _ => None,
        })
        .collect()
}

#[test]
fn a_module_is_wrapped_when_the_user_says_so() {
    let mut desk = found(&["heater.wasm"]);
    assert!(desk.says("A module, not a component"));
    desk.look("core-module");
    desk.click("Wrap it");
    assert_eq!(wrapped(&desk), [[PathBuf::from("/builds/heater.wasm")]]);
    assert!(!desk.says("A module, not a component"));
}

#[test]
fn several_modules_are_one_question() {
    let mut desk = found(&["heater.wasm", "blower.wasm"]);
    assert!(desk.says("2 modules, not components"));
    assert!(desk.says("blower.wasm becomes wrapped/blower.wasm"));
    desk.click("Cancel");
    assert_eq!(wrapped(&desk), Vec::<Vec<PathBuf>>::new());
    assert!(!desk.says("2 modules, not components"));
}
