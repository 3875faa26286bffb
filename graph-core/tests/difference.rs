//! What differs between versions, and merges of versions that come from one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use graph_core::{
    difference::{Outcome, compare, differences, merge, take, transition},
    document::*,
    edit::{Edit, removal},
    file, hierarchy,
};
use proptest::{collection, prelude::*};

const CAR: &str = r#"
format = 1
name = "car"
components.sensor = { file = "sensor.wasm" }
components.fan = { file = "fan.wasm" }
ecus.body.fuel_ps = 1
ecus.body.activation_ns = 0
ecus.body.partitions.main = { memory_bytes = 1, fuel = 1, on_trap = "stop" }
ecus.body.partitions.aux = { memory_bytes = 1, fuel = 1, on_trap = "stop" }
buses.can0 = { kind = "can", bitrate_bps = 500000 }
instances.left = { component = "sensor", partition = "body/main", activations = [{ runnable = "a:b/c#step", event = "timing", period_ns = 10000000, priority = 1 }] }
instances.fan = { component = "fan", partition = "body/main" }
[[connectors]]
from = "left.a:b/heat"
to = "fan.a:b/heat"
kind = "buffered"
"#;

fn car() -> Document {
    file::read(&CAR[1..], "car").unwrap_or_else(|error| panic!("{error}"))
}

fn changed(from: &Document, change: impl FnOnce(&mut Document)) -> Document {
    let mut document = from.clone();
    change(&mut document);
    // Through the file: what it cannot say is no version of a project.
    file::read(&file::write(&document), "changed").unwrap_or_else(|error| panic!("{error}"))
}

fn instance<'a>(document: &'a mut Document, name: &str) -> &'a mut Instance {
    let id = document.instance_named(name).unwrap();
    document.instances.get_mut(&id).unwrap()
}

fn lines(before: &Document, after: &Document) -> Vec<String> {
    let changes = compare(before, after);
    changes.iter().map(ToString::to_string).collect()
}

fn remove(document: &mut Document, name: &str) {
    let subject = Subject::Instance(document.instance_named(name).unwrap());
    let edits = removal(document, &[subject]);
    document.apply_batch(edits).unwrap();
}

fn end(document: &Document, instance: &str) -> End {
    End::Port {
        instance: document.instance_named(instance).unwrap(),
        port: "a:b/heat".into(),
    }
}

fn rewire(document: &mut Document, from: &str) {
    document.connectors.clear();
    let connector = Connector {
        from: end(document, from),
        to: end(document, "fan"),
        kind: ConnectorKind::Buffered(Buffering::default()),
        accept_version: false,
        probe: false,
        adapter: None,
    };
    let id = document.new_ids().connector();
    Edit::Connect(id, connector).apply(document).unwrap();
}

fn add(document: &mut Document, name: &str) {
    let mut copy = instance(document, "left").clone();
    copy.name = name.into();
    let id = document.new_ids().instance();
    Edit::InsertInstance(id, copy).apply(document).unwrap();
}

/// The car with its two instances in a composition.
fn grouped() -> Document {
    let mut document = car();
    let all = document.instances.keys().copied().collect();
    let made = hierarchy::group(&document, &all, "body").unwrap();
    document.apply_batch(made.edits).unwrap();
    document
}

fn inside<'a>(document: &'a mut Document, name: &str) -> &'a mut Instance {
    let composition = document.component_named("body");
    let id = document.part_named(composition, name).unwrap();
    document.instances.get_mut(&id).unwrap()
}

#[test]
fn what_is_inside_compositions_is_compared() {
    let before = grouped();
    let after = changed(&before, |document| {
        let key = inside(document, "left").partition.as_mut().unwrap();
        key.partition = "aux".to_owned();
        inside(document, "fan").configuration = [("A".to_owned(), "b".to_owned())].into();
    });
    assert_eq!(
        lines(&before, &after),
        [
            "added    composition body: instances / fan / configuration",
            "changed  composition body: instances / left / partition body/main → body/aux",
        ]
    );
    assert_eq!(
        lines(&car(), &before),
        [
            "added    composition body",
            "added    instance body",
            "removed  instance fan",
            "removed  instance left",
            "removed  connector left.a:b/heat to fan.a:b/heat",
        ]
    );
}

#[test]
fn what_two_did_inside_a_composition_goes_together() {
    let base = grouped();
    let ours = changed(&base, |document| {
        inside(document, "left").configuration = [("A".to_owned(), "b".to_owned())].into();
    });
    let theirs = changed(&base, |document| {
        inside(document, "fan").partition = None;
    });
    let merged = merge(&base, &ours, &theirs);
    assert_eq!(merged.conflicts, []);
    let mut document = merged.document;
    assert_eq!(inside(&mut document, "fan").partition, None);
    assert_eq!(inside(&mut document, "left").configuration["A"], "b");
    // One removes a part that the other one wires.
    let theirs = changed(&base, |document| {
        let fan = document.part_named(document.component_named("body"), "fan");
        let edits = removal(document, &[Subject::Instance(fan.unwrap())]);
        document.apply_batch(edits).unwrap();
    });
    let ours = changed(&base, |document| {
        for connector in document.connectors.values_mut() {
            connector.accept_version = true;
        }
    });
    let merged = merge(&base, &ours, &theirs);
    let told: Vec<String> = merged.conflicts.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "composition body: connectors / left.a:b/heat to fan.a:b/heat is there, changed in ours and is not there in theirs; ours was kept",
            "composition body: instances / fan is there, changed in ours and is not there in theirs; it was kept, since something uses it",
        ]
    );
    assert_eq!(text(&merged.document), text(&ours));
}

#[test]
fn a_component_that_became_a_composition_is_one_still() {
    let base = car();
    // Of the same name as the component that it takes the place of.
    let text = text(&base).replace(
        "[components.fan]\nfile = \"fan.wasm\"\n",
        "[compositions.fan.instances.wheel]\ncomponent = \"sensor\"\n",
    );
    let theirs = file::read(&text, "theirs").unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(theirs.is_composition(theirs.component_named("fan").unwrap()));
    let merged = merge(&base, &base, &theirs);
    assert_eq!(merged.conflicts, []);
    assert_eq!(file::write(&merged.document), file::write(&theirs));
}

#[test]
fn things_may_be_called_what_the_file_calls_its_parts() {
    let named = |name: &str| {
        let text = CAR[1..].replace("instances.left", &format!("instances.{name}"));
        let text = text.replace("\"left.", &format!("\"{name}."));
        file::read(&text, "car").unwrap_or_else(|error| panic!("{error}"))
    };
    for name in ["activations", "connectors", "transmissions", "kind"] {
        let base = named(name);
        let ours = changed(&base, |car| {
            instance(car, name)
                .configuration
                .insert("A".into(), "b".into());
        });
        let theirs = changed(&base, |car| {
            instance(car, "fan").partition = None;
            instance(car, name).partition = None;
        });
        let mut merged = merge(&base, &ours, &theirs);
        assert_eq!(merged.conflicts, [], "{name}");
        let both = instance(&mut merged.document, name);
        assert_eq!(both.configuration["A"], "b");
        assert_eq!((&both.partition, both.activations.len()), (&None, 1));
        // One that only one side has is no other kind of the section.
        let theirs = changed(&car(), |car| instance(car, "fan").partition = None);
        let merged = merge(&car(), &changed(&car(), |car| add(car, name)), &theirs);
        assert_eq!(merged.conflicts, [], "{name}");
    }
}

#[test]
fn changes_are_told_by_what_they_mean() {
    let after = changed(&car(), |car| {
        let left = instance(car, "left");
        left.activations[0].event = RteEvent::Timing {
            period_ns: 20_000_000,
            offset_ns: 0,
        };
        instance(car, "fan").partition.as_mut().unwrap().partition = "aux".into();
        add(car, "right");
        car.connectors
            .values_mut()
            .for_each(|wire| wire.probe = true);
    });
    assert_eq!(
        lines(&car(), &after),
        [
            "changed  instance fan: partition body/main → body/aux",
            "changed  instance left: activations / a:b/c#step / period_ns 10000000 → 20000000",
            "added    instance right",
            "added    connector left.a:b/heat to fan.a:b/heat: probe true",
        ]
    );
    assert!(lines(&after, &after).is_empty());
}

#[test]
fn another_name_is_no_other_thing() {
    let after = changed(&car(), |car| {
        instance(car, "fan").name = "blower".into();
        let bus = car.bus_named("can0").unwrap();
        car.buses.get_mut(&bus).unwrap().name = "body-can".into();
        let ecu = car.ecu_named("body").unwrap();
        car.ecus.get_mut(&ecu).unwrap().name = "front".into();
    });
    assert_eq!(
        lines(&car(), &after),
        [
            "renamed  ECU front (was body)",
            "renamed  bus body-can (was can0)",
            "renamed  instance blower (was fan)",
        ]
    );
}

/// A part of a composition too: in the difference, in a merge with what the other side did to it, taken
/// over, and made of it step by step.
#[test]
fn another_name_of_a_part_is_no_other_part() {
    let before = grouped();
    let after = changed(&before, |document| {
        inside(document, "fan").name = "blower".into();
    });
    assert_eq!(
        lines(&before, &after),
        ["renamed  composition body: instances / blower (was fan)"]
    );
    let theirs = changed(&before, |document| {
        inside(document, "fan").configuration = [("A".to_owned(), "b".to_owned())].into();
    });
    let merged = merge(&before, &after, &theirs);
    assert_eq!(merged.conflicts, []);
    assert_eq!(
        lines(&after, &merged.document),
        ["added    composition body: instances / blower / configuration"]
    );
    let found = differences(&before, &after);
    assert_eq!(found.len(), 1);
    let back = take(&after, &before, &found[0]).unwrap();
    assert_eq!(lines(&before, &back), [] as [&str; 0]);
    let mut stepped = before.clone();
    stepped.apply_batch(transition(&before, &after)).unwrap();
    assert_eq!(file::write(&stepped), file::write(&after));
    let number =
        |document: &Document, name| document.part_named(document.component_named("body"), name);
    assert_eq!(number(&stepped, "blower"), number(&before, "fan"));
}

/// Of several with one component the connectors tell which is which; where nothing does none is taken
/// for another.
#[test]
fn what_is_wired_alike_is_the_same_thing() {
    let after = changed(&car(), |car| {
        instance(car, "left").name = "front".into();
        let mut spare = instance(car, "front").clone();
        spare.name = "spare".into();
        let id = car.new_ids().instance();
        Edit::InsertInstance(id, spare).apply(car).unwrap();
    });
    assert_eq!(
        lines(&car(), &after),
        [
            "renamed  instance front (was left)",
            "added    instance spare"
        ]
    );
    let unwired = changed(&car(), |car| {
        add(car, "one");
        add(car, "two");
    });
    let after = changed(&unwired, |car| {
        instance(car, "one").name = "three".into();
        instance(car, "two").name = "four".into();
    });
    assert_eq!(
        lines(&unwired, &after),
        [
            "added    instance four",
            "removed  instance one",
            "added    instance three",
            "removed  instance two",
        ]
    );
}

#[test]
fn what_two_sides_did_in_different_places_goes_together() {
    let ours = changed(&car(), |car| instance(car, "fan").name = "blower".into());
    let theirs = changed(&car(), |car| {
        instance(car, "fan").partition.as_mut().unwrap().partition = "aux".into();
        add(car, "right");
    });
    let merged = merge(&car(), &ours, &theirs);
    assert_eq!(merged.conflicts, []);
    assert_eq!(
        lines(&car(), &merged.document),
        [
            "renamed  instance blower (was fan)",
            "changed  instance blower: partition body/main → body/aux",
            "added    instance right",
        ]
    );
}

#[test]
fn what_both_changed_is_a_conflict_and_ours_stays() {
    let period = |period_ns| {
        changed(&car(), |car| {
            let offset_ns = 0;
            instance(car, "left").activations[0].event = RteEvent::Timing {
                period_ns,
                offset_ns,
            };
        })
    };
    let merged = merge(&car(), &period(1_000_000), &period(2_000_000));
    let words: Vec<String> = merged.conflicts.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "instance left: activations / a:b/c#step is there, changed in ours and is there, changed in theirs; ours was kept"
        ]
    );
    assert!(lines(&period(1_000_000), &merged.document).is_empty());
    let same = merge(&car(), &period(5), &period(5));
    assert_eq!(same.conflicts, []);
}

#[test]
fn a_receiver_that_both_rewired_keeps_our_sender() {
    let with_two = changed(&car(), |car| {
        add(car, "right");
        add(car, "rear");
    });
    let ours = changed(&with_two, |car| rewire(car, "right"));
    let theirs = changed(&with_two, |car| rewire(car, "rear"));
    let merged = merge(&with_two, &ours, &theirs);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].name, "rear.a:b/heat to fan.a:b/heat");
    assert!(lines(&ours, &merged.document).is_empty());
}

#[test]
fn what_one_removed_and_the_other_wired_stays() {
    let with_two = changed(&car(), |car| add(car, "right"));
    let ours = changed(&with_two, |car| remove(car, "right"));
    let theirs = changed(&with_two, |car| rewire(car, "right"));
    for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
        let merged = merge(&with_two, ours, theirs);
        assert_eq!(merged.conflicts.len(), 1);
        assert_eq!(merged.conflicts[0].outcome, Outcome::KeptInUse);
        assert_eq!(merged.conflicts[0].name, "right");
        assert!(merged.document.instance_named("right").is_some());
    }
}

#[test]
fn positions_follow_who_moved() {
    let layout = |left: u32, fan: u32| {
        format!("format = 1\n\n[positions]\nfan = [{fan}.0, 0.0]\nleft = [{left}.0, 0.0]\n")
    };
    let (base, ours, theirs) = (layout(0, 0), layout(1, 0), layout(2, 3));
    let merged = file::merge_layouts((&base, "b"), (&ours, "o"), (&theirs, "t")).unwrap();
    assert_eq!(merged, layout(1, 3));
    assert!(file::is_layout(&merged));
    let wire = |name: &str, y: u32| {
        format!("\n[[wires]]\nfrom = \"{name}\"\nto = \"b\"\npoints = [[1.0, {y}.0]]\n")
    };
    let with = |left: u32, right: u32| layout(0, 0) + &wire("a", left) + &wire("c", right);
    let (base, ours, theirs) = (with(0, 0), with(1, 0), with(2, 3));
    let merged = file::merge_layouts((&base, "b"), (&ours, "o"), (&theirs, "t")).unwrap();
    assert_eq!(merged, with(1, 3));
    let removed = layout(0, 0) + &wire("c", 0);
    let merged = file::merge_layouts((&base, "b"), (&removed, "o"), (&base, "t")).unwrap();
    assert_eq!(merged, removed);
    assert!(!file::is_layout(&CAR[1..]));
}

fn edited(document: &Document, edits: Vec<Edit>) -> Document {
    let mut document = document.clone();
    for edit in edits {
        // Refused ones are part of the game.
        let _ = edit.apply(&mut document);
    }
    document
}

fn text(document: &Document) -> String {
    file::write(document)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn one_sided_merges_are_that_side(base in support::document(), edits in collection::vec(support::edit(), 0..12)) {
        let side = edited(&base, edits);
        for merged in [merge(&base, &side, &base), merge(&base, &base, &side), merge(&base, &side, &side)] {
            prop_assert_eq!(&merged.conflicts, &[]);
            prop_assert_eq!(text(&merged.document), text(&side));
        }
        prop_assert_eq!(compare(&base, &side).is_empty(), text(&base) == text(&side));
    }

    #[test]
    fn any_two_versions_give_a_project(
        base in support::document(),
        ours in collection::vec(support::edit(), 0..12),
        theirs in collection::vec(support::edit(), 0..12),
    ) {
        let (ours, theirs) = (edited(&base, ours), edited(&base, theirs));
        let merged = merge(&base, &ours, &theirs);
        // What is merged is a project that can be written and read.
        prop_assert_eq!(text(&file::read(&text(&merged.document), "merged").unwrap()), text(&merged.document));
        if merged.conflicts.is_empty() {
            let other = merge(&base, &theirs, &ours);
            prop_assert_eq!(&other.conflicts, &[]);
            prop_assert_eq!(text(&merged.document), text(&other.document));
        }
    }
}
