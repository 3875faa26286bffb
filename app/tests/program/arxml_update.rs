//! What a newer description changes in a project that was made of an older one, and UUIDs on their
//! way through a project.

use crate::support::{fine, plain, program, text_of};
use graph_core::document::Document;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use wireloom::{
    command::Command,
    files,
    import::arxml::update,
    session::{Effect, Event, Session},
};

/// The description of a network, whose elements all have UUIDs.
fn older() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../arxml/tests/fixtures");
    let text = std::fs::read_to_string(folder.join("network.arxml")).unwrap();
    let mut parts = text.split("<SHORT-NAME>");
    let mut identified = parts.next().unwrap().to_owned();
    for (number, part) in parts.enumerate() {
        let end = identified.rfind('>').unwrap();
        let uuid = format!("{number:08x}-0000-4000-8000-000000000000");
        identified.insert_str(end, &format!(" UUID=\"{uuid}\""));
        identified += "<SHORT-NAME>";
        identified += part;
    }
    identified
}

/// The same vehicle later: a component, one of its ports, a part, a runnable and a signal are called
/// otherwise; a period and an identifier are others, and there is one more part.
fn newer() -> String {
    let mut text = older();
    let mut change = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    };
    change("/Sw/Dash/Drive", "/Sw/Panel/Motion");
    change(">/Sw/Dash<", ">/Sw/Panel<");
    change("/Sw/Vehicle/Near", "/Sw/Vehicle/Close");
    change("<SHORT-NAME>Near<", "<SHORT-NAME>Close<");
    change("/Sensor/B/Read", "/Sensor/B/Sample");
    change("<SHORT-NAME>Read<", "<SHORT-NAME>Sample<");
    change("SpeedSig", "VelocitySig");
    change("<PERIOD>0.01<", "<PERIOD>0.02<");
    change("<IDENTIFIER>291<", "<IDENTIFIER>292<");
    change(
        "</COMPONENTS>",
        "<SW-COMPONENT-PROTOTYPE><SHORT-NAME>Spare</SHORT-NAME>\
         <TYPE-TREF DEST=\"APPLICATION-SW-COMPONENT-TYPE\">/Sw/Panel</TYPE-TREF>\
         </SW-COMPONENT-PROTOTYPE></COMPONENTS>",
    );
    // The type, which stands before the part of that name, and its port.
    let (before, after) = text.split_once("<SHORT-NAME>Dash<").unwrap();
    let after = after.replacen("<SHORT-NAME>Drive<", "<SHORT-NAME>Motion<", 1);
    format!("{before}<SHORT-NAME>Panel<{after}")
}

/// A folder with both descriptions and the project of the older one.
fn car() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old.arxml", "new.arxml"].map(|name| folder.path().join(name));
    std::fs::write(&old, older()).unwrap();
    std::fs::write(&new, newer()).unwrap();
    let car = folder.path().join("car");
    fine(&["import", &text_of(&old), "-o", &text_of(&car)]);
    (folder, car, new)
}

#[test]
fn a_newer_description_is_told_by_uuid_and_by_name() {
    let (folder, car, new) = car();
    let call = ["arxml", "diff", &text_of(&car), &text_of(&new)];
    let told = plain(&call);
    assert_eq!(told.status, 0, "{}", told.errors);
    insta::assert_snapshot!("update", told.output);
    let json = fine(&call);
    let renamed = json["renamed"].as_array().unwrap();
    let of = |from: &str| renamed.iter().find(|one| one["from"] == from).unwrap();
    assert_eq!(of("/Sw/Dash")["to"], "/Sw/Panel");
    assert_eq!(of("/Com/SpeedSig")["to"], "/Com/VelocitySig");
    assert_eq!(json["conflicts"].as_array().unwrap().len(), 0);
    // The same description says nothing new.
    let old = text_of(&folder.path().join("old.arxml"));
    let same = plain(&["arxml", "diff", &text_of(&car), &old]);
    assert!(
        same.output.starts_with("no difference in meaning\n"),
        "{}",
        same.output
    );
}

#[test]
fn a_project_without_a_record_is_told_what_it_does_not_have() {
    let (_folder, car, new) = car();
    std::fs::remove_file(car.join("wit/imported.json")).unwrap();
    let told = plain(&["arxml", "diff", &text_of(&car), &text_of(&new)]);
    assert!(
        told.output.contains("added    component panel"),
        "{}",
        told.output
    );
    for what in ["component", "instance", "connector"] {
        let removed = format!("removed  {what}");
        assert!(!told.output.contains(&removed), "{}", told.output);
    }
    assert!(
        told.output
            .contains("note: the project has no record of the description"),
        "{}",
        told.output
    );
    std::fs::write(car.join("wit/imported.json"), "{\"format\":2}").unwrap();
    let newer = program(&["arxml", "diff", &text_of(&car), &text_of(&new)]);
    assert_eq!(newer.status, 2);
    insta::assert_snapshot!(
        "record_of_a_newer_program",
        newer.json["error"].as_str().unwrap()
    );
    std::fs::write(car.join("wit/imported.json"), "no JSON").unwrap();
    let broken = program(&["arxml", "diff", &text_of(&car), &text_of(&new)]);
    assert_eq!(broken.status, 2);
    insta::assert_snapshot!("broken_record", broken.json["error"].as_str().unwrap());
}

fn opened(car: &Path) -> Session {
    let project = files::open_project(car).unwrap();
    let mut session = Session::default();
    session.receive(Event::ProjectOpened {
        path: project.path,
        document: Box::new(project.document),
        library: project.library,
        recovery: None,
    });
    session
}

/// What the worker would do with the question.
fn read(effects: Vec<Effect>) -> Event {
    let asked = effects.into_iter().find_map(|effect| match effect {
        Effect::ReadArxml {
            project,
            paths,
            document,
            library,
        } => Some((project, paths, document, library)),
        _ => None,
    });
    let (project, paths, document, library) = asked.unwrap();
    let bytes = std::fs::read(&paths[0]).unwrap();
    let source = arxml::Source {
        name: "new.arxml",
        bytes: &bytes,
    };
    let model = arxml::read(&[source], &document.name).unwrap();
    Event::ArxmlRead {
        project,
        name: "new.arxml".to_owned(),
        update: Box::new(update(&document, &library, &model).unwrap()),
    }
}

fn part<'a>(document: &'a Document, name: &str) -> &'a graph_core::document::Instance {
    &document.instances[&document.part_named(None, name).unwrap()]
}

#[test]
fn an_update_is_one_step_and_leaves_what_the_user_has_made() {
    let (_folder, car, new) = car();
    let mut session = opened(&car);
    let near = session.document().part_named(None, "near").unwrap();
    session.apply(Command::Move(vec![(near, (900.0, -300.0))]));
    let mut own = session.document().instances[&near].clone();
    own.configuration.insert("LANGUAGE".into(), "de".into());
    session.apply(Command::ChangeInstance(near, own));
    let before = session.document().clone();
    let effects = session.apply(Command::UpdateFromFiles(vec![new.clone()]));
    session.receive(read(effects));
    assert!(session.merge().is_some());
    assert_eq!(
        *session.document(),
        before,
        "nothing happens before it is looked at"
    );
    let effects = session.apply(Command::FinishMerge);
    let written = effects.into_iter().find_map(|effect| match effect {
        Effect::WriteImported { project, files } => Some((project, files)),
        _ => None,
    });
    let (project, contents) = written.unwrap();
    assert!(
        contents.keys().all(|file| !car.join(file).exists()),
        "{:?}",
        contents.keys()
    );
    files::write_all(&car, &contents).unwrap();
    session.receive(Event::ImportedWritten { project });
    let document = session.document();
    assert_eq!(document.component_named("dash"), None);
    let close = part(document, "close");
    assert_eq!(close.component, document.component_named("panel").unwrap());
    assert_eq!(close.configuration["LANGUAGE"], "de");
    let id = document.part_named(None, "close").unwrap();
    assert_eq!(document.layout.positions[&id], (900.0, -300.0));
    let spare = document.part_named(None, "spare").unwrap();
    assert!(document.layout.positions.contains_key(&spare));
    let text = graph_core::file::write(document);
    assert!(
        text.contains("from = \"body-can:DriveFrame.VelocitySig\"\nto = \"dash.motion#speed\""),
        "{text}"
    );
    assert!(
        text.contains("runnable = \"sample\"\nevent = \"timing\"\nperiod_ns = 20000000"),
        "{text}"
    );
    // As a session that begins with it has it.
    session.apply(Command::Save);
    files::save(&files::project_file(&car).unwrap(), &session.files()).unwrap();
    let again = files::open_project(&car).unwrap();
    assert_eq!(again.warnings, Vec::<String>::new());
    let told = plain(&["arxml", "diff", &text_of(&car), &text_of(&new)]);
    assert!(
        told.output.starts_with("no difference in meaning\n"),
        "{}",
        told.output
    );
    assert_eq!(session.undo_name(), Some("Update from `new.arxml`"));
    session.apply(Command::Undo);
    let mut undone = session.document().clone();
    // Numbers are never given twice.
    undone.next_id = before.next_id;
    assert_eq!(undone, before);
}

/// UUIDs by path.
fn uuids(file: &Path) -> BTreeMap<String, String> {
    let model = program(&["arxml", "check", &text_of(file)]).json;
    serde_json::from_value(model["uuids"].clone()).unwrap()
}

#[test]
fn uuids_go_out_again_as_they_came_in() {
    let (folder, car, _) = car();
    let out = folder.path().join("out");
    let export = [
        "export",
        &text_of(&car),
        "--target",
        "arxml",
        "-o",
        &text_of(&out),
    ];
    fine(&export);
    let before = uuids(&folder.path().join("old.arxml"));
    let written = uuids(&out.join("car.arxml"));
    let kept: Vec<&str> = before
        .iter()
        .filter(|(path, uuid)| written.get(*path) == Some(uuid))
        .map(|(path, _)| path.as_str())
        .collect();
    let lost: Vec<&str> = before
        .keys()
        .map(String::as_str)
        .filter(|path| !kept.contains(path))
        .collect();
    insta::assert_snapshot!(
        "uuids",
        format!(
            "kept\n{}\n\nnot written\n{}",
            kept.join("\n"),
            lost.join("\n")
        )
    );
    // And once more, through a project of what was written.
    let twice = folder.path().join("twice");
    fine(&[
        "import",
        &text_of(&out.join("car.arxml")),
        "-o",
        &text_of(&twice),
    ]);
    let out = folder.path().join("out2");
    fine(&[
        "export",
        &text_of(&twice),
        "--target",
        "arxml",
        "-o",
        &text_of(&out),
    ]);
    let again = uuids(&out.join("twice.arxml"));
    let changed: Vec<_> = written
        .iter()
        .filter(|(path, uuid)| again.get(*path) != Some(uuid))
        .collect();
    assert_eq!(changed, Vec::<(&String, &String)>::new());
}
