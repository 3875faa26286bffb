//! Frames and notes: in the files, in differences and merges, removed and copied with what they are on.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

use graph_core::{
    difference::{compare, merge},
    document::*,
    edit::{Edit, removal},
    file::{self, read, read_layout, write, write_layout},
    fragment::{Fragment, Manner},
    hierarchy,
};

const PLAIN: &str = r#"format = 1
name = "car"
components.fan = { file = "fan.wasm" }
instances.fan = { component = "fan" }
"#;

/// The page's examples of frames and notes: of the project, and of the layout.
fn examples() -> (String, String) {
    let page = include_str!("../../docs/project-file.md");
    let (_, part) = page.split_once("## Frames and notes").unwrap();
    let example = |number| {
        let after = part.split("```toml\n").nth(number).unwrap();
        after.split("```").next().unwrap().to_owned()
    };
    (example(1), example(2))
}

fn commented() -> Document {
    let (project, layout) = examples();
    let document = read(&project, "car.wireloom").unwrap();
    let layout = read_layout(&layout, "car.layout", &document).unwrap();
    Document { layout, ..document }
}

#[test]
fn the_documented_frames_and_notes_are_read_and_written() {
    let (_, layout) = examples();
    let document = commented();
    assert_eq!(document.frames.len(), 1);
    assert_eq!(
        document.notes.values().next().unwrap().text,
        "Turns left\nwhere 12 V come in on pin 2."
    );
    assert_eq!(write_layout(&document), layout);
    let again = read(&write(&document), "again").unwrap();
    assert_eq!(write(&again), write(&document));
}

#[test]
fn a_project_without_them_is_written_as_before() {
    let document = read(PLAIN, "car").unwrap();
    let texts = [write(&document), write_layout(&document)];
    for word in ["frames", "notes"] {
        assert!(texts.iter().all(|text| !text.contains(word)), "{texts:?}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_words() {
    let project = |more: &str| read(&format!("{PLAIN}{more}"), "car.wireloom").unwrap_err();
    let document = commented();
    let layout = |text: &str| {
        let text = format!("format = 1\n[positions]\n{text}");
        read_layout(&text, "car.layout", &document).unwrap_err()
    };
    let words = [
        project("frames.\" Sensors\" = {}\n"),
        project("frames.Cooling = { colour = 6 }\n"),
        project("frames.Cooling = {}\nframes.cooling = {}\n"),
        project("notes.Todo! = { text = \"\" }\n"),
        project("notes.\"to do\" = { text = \"\" }\n"),
        project("notes.todo = { text = \"\", instance = \"pump\" }\n"),
        layout("[frames]\nCooling = [0.0, 0.0, 0.0, 10.0]\n"),
        layout("[notes]\nturns-left-where-n12 = [0.0, 0.0, inf]\n"),
    ];
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn differences_tell_of_words_and_not_of_places() {
    let before = commented();
    let mut after = before.clone();
    let note = *after.notes.keys().next().unwrap();
    after.notes.get_mut(&note).unwrap().text = "Turns right.".into();
    let frame = *after.frames.keys().next().unwrap();
    Edit::PlaceFrame(frame, None).apply(&mut after).unwrap();
    Edit::RemoveFrame(frame).apply(&mut after).unwrap();
    let told: Vec<String> = compare(&before, &after)
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    after = before.clone();
    after.layout.frames.clear();
    after.layout.notes.clear();
    assert!(compare(&before, &after).is_empty());
}

#[test]
fn both_sides_comment() {
    let base = read(PLAIN, "base").unwrap();
    let note = |name: &str| {
        read(
            &format!("{PLAIN}notes.{name} = {{ text = \"{name}\", instance = \"fan\" }}\n"),
            name,
        )
        .unwrap()
    };
    let merged = merge(&base, &note("ours"), &note("theirs"));
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.document.notes.len(), 2);
    // The instance that a note is on comes back.
    let mut without = base.clone();
    let fan = Subject::Instance(without.instance_named("fan").unwrap());
    without.apply_batch(removal(&without, &[fan])).unwrap();
    let merged = merge(&base, &note("ours"), &without);
    assert!(merged.document.instance_named("fan").is_some());
    assert_eq!(merged.conflicts.len(), 1);
    let areas = |cooling: u32| {
        format!("format = 1\n\n[positions]\n\n[frames]\nCooling = [0.0, 0.0, {cooling}.0, 10.0]\n")
    };
    let (base, theirs) = (areas(1), areas(2));
    let merged = file::merge_layouts((&base, "b"), (&base, "o"), (&theirs, "t")).unwrap();
    assert_eq!(merged, theirs);
}

#[test]
fn a_note_stays_when_its_instance_goes() {
    let mut document = commented();
    let before = document.clone();
    let fan = Subject::Instance(document.instance_named("fan").unwrap());
    let back = document.apply_batch(removal(&document, &[fan])).unwrap();
    assert_eq!(document.notes.values().next().unwrap().instance, None);
    document.apply_batch(back).unwrap();
    assert_eq!(document, before);
}

#[test]
fn a_note_goes_with_its_instance_into_a_group_and_out_again() {
    let mut document = commented();
    let on = |document: &Document| {
        let again = read(&write(document), "again").unwrap();
        let note = again.notes.values().next().unwrap();
        note.instance.map(|id| again.instances[&id].name.clone())
    };
    let fan = document.instance_named("fan").unwrap();
    let grouping = hierarchy::group(&document, &[fan].into(), "cooling").unwrap();
    let back = document.apply_batch(grouping.edits).unwrap();
    assert_eq!(on(&document).as_deref(), Some("cooling"));
    let mut apart = document.clone();
    let (edits, _) = hierarchy::ungroup(&apart, grouping.instance).unwrap();
    apart.apply_batch(edits).unwrap();
    assert_eq!(on(&apart).as_deref(), Some("fan"));
    document.apply_batch(back).unwrap();
    assert_eq!(on(&document).as_deref(), Some("fan"));
    // Of several parts none is the one that it is about.
    let mut second = document.instances[&fan].clone();
    second.name = "second".into();
    let id = document.new_ids().instance();
    document
        .apply_batch(vec![Edit::InsertInstance(id, second)])
        .unwrap();
    let both = document.instances.keys().copied().collect();
    let grouping = hierarchy::group(&document, &both, "cooling").unwrap();
    document.apply_batch(grouping.edits).unwrap();
    assert_eq!(on(&document).as_deref(), Some("cooling"));
    let (edits, _) = hierarchy::ungroup(&document, grouping.instance).unwrap();
    document.apply_batch(edits).unwrap();
    assert_eq!(on(&document), None);
}

#[test]
fn copies_have_names_and_places_of_their_own() {
    let mut document = commented();
    let instances = document.instances.keys().copied().collect();
    let frames = document.frames.keys().copied().collect();
    let fragment = Fragment::with_annotations(&document, &instances, &frames, &[].into()).unwrap();
    let fragment = Fragment::read(&fragment.to_text()).unwrap();
    let insertion = fragment.insertion(&document, &Manner::default());
    assert_eq!(
        insertion.annotations.len(),
        2,
        "the frame, and the note on the instance"
    );
    document.apply_batch(insertion.edits).unwrap();
    let titles: Vec<&str> = document
        .frames
        .values()
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(titles, ["Cooling", "Cooling 2"]);
    let copy = insertion.instances[0];
    let note = document
        .notes
        .iter()
        .find(|(_, note)| note.instance == Some(copy));
    let (id, _) = note.unwrap();
    let originals = commented().layout.notes;
    assert_ne!(
        document.layout.notes[id],
        *originals.values().next().unwrap()
    );
}
