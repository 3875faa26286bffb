//! One version of a project becomes another one by edits: whole, or difference by difference.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use graph_core::{
    difference::{
        Difference, Subjects, compare, differences, merge, merge_choosing, take, transition,
    },
    document::*,
    file,
    history::History,
};
use proptest::prelude::*;

const CAR: &str = r#"format = 1
name = "car"
components.sensor = { file = "sensor.wasm" }
components.fan = { file = "fan.wasm" }
ecus.body.fuel_ps = 1
ecus.body.activation_ns = 0
ecus.body.partitions.main = { memory_bytes = 1, fuel = 1, on_trap = "stop" }
buses.io = { kind = "gpio", pins.lamp = { signal = "digital", direction = "out" } }
instances.left = { component = "sensor", partition = "body/main", activations = [{ runnable = "a:b/c#step", event = "timing", period_ns = 10, priority = 1 }], bindings.get-lamp = "io/lamp" }
instances.fan = { component = "fan", partition = "body/main" }
[[connectors]]
from = "left.a:b/heat"
to = "fan.a:b/heat"
kind = "buffered"
"#;

fn car() -> Document {
    let mut car = file::read(CAR, "car").unwrap();
    for (number, id) in car.instances.keys().enumerate() {
        car.layout
            .positions
            .insert(*id, (number as f32 * 100.0, 7.0));
    }
    car
}

/// Another version of [`CAR`], from its text.
fn version(changes: &[(&str, &str)]) -> Document {
    let mut text = CAR.to_owned();
    for (old, new) in changes {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
    }
    file::read(&text, "version").unwrap_or_else(|error| panic!("{error}"))
}

fn looks(document: &Document) -> (String, String) {
    (file::write(document), file::write_layout(document))
}

fn words(found: &[Difference]) -> Vec<String> {
    let changes = found.iter().flat_map(|one| &one.changes);
    changes.map(ToString::to_string).collect()
}

/// `mine` after the difference that is told by these words was taken over.
fn taken(mine: &Document, other: &Document, told: &str) -> Document {
    let found = differences(other, mine);
    let tells = |one: &&Difference| one.changes.iter().any(|change| change.to_string() == told);
    let one = found.iter().find(tells);
    let one = one.unwrap_or_else(|| panic!("{told} is not among {:?}", words(&found)));
    take(mine, other, one).unwrap()
}

#[test]
fn a_difference_is_taken_over_alone() {
    let other = version(&[
        ("fan.wasm", "blower.wasm"),
        ("period_ns = 10", "period_ns = 20"),
    ]);
    let mine = car();
    let told = "changed  instance left: activations / a:b/c#step / period_ns 20 → 10";
    let after = taken(&mine, &other, told);
    assert_eq!(
        words(&differences(&other, &after)),
        ["changed  component fan: file blower.wasm → fan.wasm"]
    );
    let after = taken(
        &after,
        &other,
        "changed  component fan: file blower.wasm → fan.wasm",
    );
    assert_eq!(looks(&after).0, looks(&other).0);
    assert_eq!(looks(&after).1, looks(&mine).1, "nothing has moved");
}

#[test]
fn what_means_something_together_is_one_difference() {
    let init = r#"event = "init", priority"#;
    let other = version(&[(r#"event = "timing", period_ns = 10, priority"#, init)]);
    let found = differences(&other, &car());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].changes.len(), 2, "event and period");
    let after = take(&car(), &other, &found[0]).unwrap();
    assert!(compare(&other, &after).is_empty());
}

#[test]
fn what_comes_brings_what_it_needs_and_what_goes_takes_what_needs_it() {
    let (full, mut less) = (car(), car());
    let left = Subject::Instance(less.instance_named("left").unwrap());
    less.apply_batch(graph_core::edit::removal(&less, &[left]))
        .unwrap();
    let back = taken(
        &less,
        &full,
        "removed  connector left.a:b/heat to fan.a:b/heat",
    );
    assert!(
        compare(&full, &back).is_empty(),
        "the sender has come along"
    );
    assert_eq!(looks(&back), looks(&full), "to where it stood");
    let gone = taken(&full, &less, "added    instance left");
    assert!(compare(&less, &gone).is_empty(), "its wire is gone too");
}

#[test]
fn a_wire_that_comes_takes_the_place_of_the_receivers_old_one() {
    let two = r#"instances.fan = { component = "fan", partition = "body/main" }
instances.right = { component = "sensor" }"#;
    let one = r#"instances.fan = { component = "fan", partition = "body/main" }"#;
    let mine = version(&[(one, two)]);
    let other = version(&[(one, two), ("left.a:b/heat", "right.a:b/heat")]);
    let after = taken(
        &mine,
        &other,
        "removed  connector right.a:b/heat to fan.a:b/heat",
    );
    assert!(compare(&other, &after).is_empty());
}

#[test]
fn a_wire_inside_a_composition_takes_the_place_of_the_old_one_too() {
    let inside = r#"format = 1
name = "car"
components.sensor = { file = "sensor.wasm" }
components.fan = { file = "fan.wasm" }
instances.cooling = { component = "cooling" }
[compositions.cooling]
instances.left = { component = "sensor" }
instances.right = { component = "sensor" }
instances.fan = { component = "fan" }
[[compositions.cooling.connectors]]
from = "left.a:b/heat"
to = "fan.a:b/heat"
kind = "buffered"
"#;
    let mine = file::read(inside, "mine").unwrap();
    let other = inside.replace("\"left.", "\"right.");
    let other = file::read(&other, "other").unwrap();
    let told = "removed  composition cooling: connectors / right.a:b/heat to fan.a:b/heat";
    let after = taken(&mine, &other, told);
    assert!(compare(&other, &after).is_empty());
}

#[test]
fn things_that_are_called_like_lists_are_taken_over() {
    let named = |partition: &str| {
        version(&[
            ("instances.left", "instances.activations"),
            ("\"left.", "\"activations."),
            (r#""fan", partition = "body/main""#, partition),
        ])
    };
    let (mine, other) = (named(r#""fan", partition = "body/main""#), named("\"fan\""));
    let after = taken(&mine, &other, "added    instance fan: partition body/main");
    assert_eq!(looks(&after).0, looks(&other).0);
}

#[test]
fn changes_are_found_among_the_things_of_their_own_level() {
    let car = car();
    let changes = compare(&Document::default(), &car);
    let subjects = Subjects::of(&car);
    let wires: Vec<_> = changes
        .iter()
        .filter_map(|change| match subjects.find(change)? {
            Subject::Connector(id) => Some(id),
            _ => None,
        })
        .collect();
    assert_eq!(wires, car.connectors.keys().copied().collect::<Vec<_>>());
}

#[test]
fn an_old_name_comes_back() {
    let other = version(&[
        ("instances.fan", "instances.blower"),
        ("\"fan.a:b/heat", "\"blower.a:b/heat"),
    ]);
    let told = "renamed  instance fan (was blower)";
    let after = taken(&car(), &other, told);
    assert!(compare(&other, &after).is_empty());
    let at = |document: &Document, name| {
        document.layout.positions[&document.instance_named(name).unwrap()]
    };
    assert_eq!(at(&after, "blower"), at(&car(), "fan"));
}

#[test]
fn the_edits_keep_numbers_and_are_undone() {
    let mut document = car();
    let other = version(&[
        ("fan.wasm", "blower.wasm"),
        ("instances.left", "instances.front"),
        ("\"left.a:b/heat", "\"front.a:b/heat"),
        ("buses.io", "buses.pins"),
        ("\"io/lamp", "\"pins/lamp"),
        ("partitions.main", "partitions.aux"),
        (
            r#"component = "fan", partition = "body/main""#,
            r#"component = "fan", partition = "body/aux""#,
        ),
        (
            r#"component = "sensor", partition = "body/main""#,
            r#"component = "sensor", partition = "body/aux""#,
        ),
    ]);
    let before = document.clone();
    let step = transition(&document, &other);
    let mut history = History::new();
    history.apply(&mut document, "Merge", step).unwrap();
    assert_eq!(looks(&document), looks(&other));
    let ids = |document: &Document| document.instances.keys().copied().collect::<Vec<_>>();
    assert_eq!(ids(&document), ids(&before), "what was renamed is the same");
    history.undo(&mut document);
    assert_eq!(looks(&document), looks(&before));
}

#[test]
fn a_conflict_is_settled_as_it_was_chosen() {
    let ours = version(&[("period_ns = 10", "period_ns = 20")]);
    let theirs = version(&[
        ("period_ns = 10", "period_ns = 30"),
        ("fan.wasm", "blower.wasm"),
    ]);
    let merged = merge(&car(), &ours, &theirs);
    let [conflict] = &merged.conflicts[..] else {
        panic!("{merged:?}")
    };
    assert!(conflict.has_choice());
    let chosen = merge_choosing(&car(), &ours, &theirs, &[conflict.place()].into());
    assert_eq!(chosen.conflicts.len(), 1, "it is still told");
    assert!(
        chosen.conflicts[0]
            .to_string()
            .ends_with("; theirs was taken")
    );
    assert!(compare(&theirs, &chosen.document).is_empty());
}

#[test]
fn a_receiver_that_both_rewired_has_the_sender_that_was_chosen() {
    let more = (
        r#"instances.fan = { component = "fan", partition = "body/main" }"#,
        "instances.fan = { component = \"fan\", partition = \"body/main\" }\ninstances.right = { component = \"sensor\" }\ninstances.rear = { component = \"sensor\" }",
    );
    let wired = |from: &str| version(&[more, ("\"left.a:b/heat", from)]);
    let (base, ours, theirs) = (
        version(&[more]),
        wired("\"right.a:b/heat"),
        wired("\"rear.a:b/heat"),
    );
    let merged = merge(&base, &ours, &theirs);
    let place = merged.conflicts[0].place();
    let chosen = merge_choosing(&base, &ours, &theirs, &[place].into());
    assert!(compare(&theirs, &chosen.document).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_document_becomes_any_other_and_comes_back(from in support::document(), to in support::document()) {
        let mut document = from.clone();
        let back = document.apply_batch(transition(&from, &to)).unwrap();
        prop_assert_eq!(looks(&document), looks(&to));
        document.apply_batch(back).unwrap();
        prop_assert_eq!(looks(&document), looks(&from));
    }

    #[test]
    fn differences_that_are_taken_one_by_one_come_to_an_end(mine in support::document(), other in support::document()) {
        let mut mine = mine;
        // What had another name is compared once it has its old one.
        let count = 4 * differences(&other, &mine).len() + 4;
        for _ in 0..count {
            let found = differences(&other, &mine);
            // One that makes no project alone waits for another.
            let Some(after) = found.iter().find_map(|one| take(&mine, &other, one).ok()) else {
                break;
            };
            mine = after;
        }
        prop_assert_eq!(words(&differences(&other, &mine)), Vec::<String>::new());
    }
}
