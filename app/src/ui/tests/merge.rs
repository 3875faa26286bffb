//! Merging another version: what both changed is chosen, the result is one step.

use super::desk::{Desk, climate};
use crate::{
    command::Command,
    session::{Effect, Event, Version, VersionPurpose},
    ui::dialogs::Answer,
};
use graph_core::document::*;

fn version(name: &str, change: impl FnOnce(&mut Document)) -> Version {
    let (mut document, library) = climate();
    change(&mut document);
    Version {
        path: format!("/projects/climate/{name}.wireloom").into(),
        document,
        library,
    }
}

fn rename(document: &mut Document, to: &str) {
    document.name = to.into();
}

/// The dialog on a merge of a version that has another name and moved the controller.
fn merging() -> Desk {
    let files = ["base.wireloom", "theirs.wireloom"];
    let answers = files.map(|file| Answer::Chosen(vec![file.into()]));
    let mut desk = Desk::open_with(answers.into());
    desk.harness
        .state_mut()
        .apply(Command::RenameProject("mine".into()));
    desk.harness.run();
    desk.click("File");
    desk.click("Merge with…");
    desk.harness.run();
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::ReadVersions {
            paths,
            purpose: VersionPurpose::Merge,
            ..
        } => Some(paths),
        _ => None,
    });
    assert_eq!(asked, Some(files.map(Into::into).to_vec()));
    let theirs = version("theirs", |document| {
        rename(document, "theirs");
        document
            .layout
            .positions
            .insert(InstanceId(11), (500.0, 200.0));
        let sensor = document.instances.get_mut(&InstanceId(10)).unwrap();
        sensor.configuration.insert("RATE".into(), "fast".into());
    });
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![version("base", |_| ()), theirs],
        purpose: VersionPurpose::Merge,
    });
    desk
}

fn name(desk: &Desk) -> &str {
    &desk.session().document().name
}

#[test]
fn mine_stays_unless_theirs_is_chosen() {
    for (choice, stays) in [(None, "mine"), (Some("Theirs for project: name"), "theirs")] {
        let mut desk = merging();
        desk.look("merge");
        assert!(desk.says("added instance sensor: configuration"));
        if let Some(choice) = choice {
            desk.click(choice);
        }
        desk.click("Merge");
        assert_eq!(name(&desk), stays);
        let document = desk.session().document();
        assert_eq!(
            document.instances[&InstanceId(10)].configuration["RATE"],
            "fast"
        );
        assert_eq!(
            document.layout.positions[&InstanceId(11)],
            (500.0, 200.0),
            "who moved wins"
        );
        assert_eq!(desk.session().undo_name(), Some("Merge `theirs.wireloom`"));
        desk.harness.state_mut().apply(Command::Undo);
        let before = desk.session().document();
        assert_eq!(before.name, "mine");
        assert!(before.instances[&InstanceId(10)].configuration.is_empty());
        assert_eq!(before.layout.positions[&InstanceId(11)], (320.0, 0.0));
    }
}

#[test]
fn a_merge_is_left_without_a_trace() {
    let mut desk = merging();
    let before = desk.session().document().clone();
    desk.click("Cancel");
    assert!(desk.session().merge().is_none());
    assert_eq!(*desk.session().document(), before);
}

#[test]
fn a_version_without_news_changes_nothing_and_says_so() {
    let mut desk = Desk::open();
    let same = || version("same", |_| ());
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![same(), same()],
        purpose: VersionPurpose::Merge,
    });
    assert!(desk.says("Nothing: this project has all of it"));
    desk.click("Cancel");
}
