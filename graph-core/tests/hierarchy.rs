//! Compositions: flat they are what was grouped, taken apart they are what was there before.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use autosar_wit::component::Direction;
use graph_core::{
    capability::{Capability, Treatment},
    check, compose,
    diagnostic::Severity,
    document::*,
    edit::{Edit, removal},
    file,
    hierarchy::{self, flattened, group, ungroup},
    history::History,
    library::Entry,
    resolve::Side,
    synthetic,
};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::Arc};
use support::small::{main, small};

/// What counts: no numbers to come, no positions.
fn bare(document: &Document) -> Document {
    Document {
        next_id: 0,
        layout: Layout::default(),
        ..document.clone()
    }
}

fn flat(document: &Document) -> Document {
    bare(&flattened(document).document)
}

fn named(document: &Document, names: &[&str]) -> BTreeSet<InstanceId> {
    let named = |instance: &Instance| names.contains(&instance.name.as_str());
    let found = document.instances.iter().filter(|(_, one)| named(one));
    let found: BTreeSet<InstanceId> = found.map(|(id, _)| *id).collect();
    assert_eq!(found.len(), names.len(), "{names:?}");
    found
}

fn grouped(document: &mut Document, names: &[&str], name: &str) -> InstanceId {
    let made = group(document, &named(document, names), name).unwrap();
    document.apply_batch(made.edits).unwrap();
    made.instance
}

#[test]
fn a_group_is_flat_what_it_was_and_taken_apart_what_was_there() {
    let (mut document, library) = synthetic::system(12);
    let first = document.clone();
    let front = grouped(&mut document, &["link2", "link3", "link4"], "front");
    assert_eq!(flat(&document), bare(&first));
    let front_part = document.instances[&front].clone();
    assert_eq!(front_part.prefix.as_deref(), Some(""));
    // Twice: the group and its neighbours in another one.
    let axle = grouped(&mut document, &["front", "link5", "link6"], "axle");
    assert_eq!(flat(&document), bare(&first));
    assert_eq!(
        document.instances[&front].composition,
        Some(document.instances[&axle].component)
    );
    // Through the file.
    let text = file::write(&document);
    let again = file::read(&text, "again").unwrap();
    assert_eq!(file::write(&again), text);
    assert_eq!(
        file::write(&flattened(&again).document),
        file::write(&first)
    );
    let found = check::check(&document, &library);
    assert!(
        found
            .iter()
            .all(|one| one.severity == Severity::Information)
    );
    for group in [axle, front] {
        let (edits, parts) = ungroup(&document, group).unwrap();
        assert_eq!(parts.len(), 3);
        document.apply_batch(edits).unwrap();
        assert_eq!(flat(&document), bare(&first));
    }
    assert_eq!(bare(&document), bare(&first));
    assert_eq!(document.layout, first.layout);
}

#[test]
fn grouping_is_one_step_of_undo() {
    let (mut document, _) = synthetic::system(4);
    let first = document.clone();
    let mut history = History::new();
    let made = group(&document, &named(&document, &["link1", "link2"]), "pair").unwrap();
    history.apply(&mut document, "Group", made.edits).unwrap();
    let after = document.clone();
    history.undo(&mut document).unwrap();
    assert_eq!(bare(&document), bare(&first));
    history.redo(&mut document).unwrap();
    assert_eq!(document, after);
}

/// Of two uses of one composition each part is called by its way, and one that is taken apart leaves
/// the other.
#[test]
fn a_composition_is_used_twice() {
    let (mut document, library) = synthetic::system(4);
    let pair = grouped(&mut document, &["link1", "link2"], "pair");
    let mut ids = document.new_ids();
    let second = ids.instance();
    let mut copy = document.instances[&pair].clone();
    copy.name = "pair2".to_owned();
    copy.prefix = None;
    document
        .apply_batch(vec![Edit::InsertInstance(second, copy)])
        .unwrap();
    let names = |document: &Document| -> Vec<String> {
        let flat = flattened(document);
        let mut names: Vec<String> = flat
            .document
            .instances
            .values()
            .map(|one| one.name.clone())
            .collect();
        names.sort();
        names
    };
    let before = [
        "link0",
        "link1",
        "link2",
        "link3",
        "pair2-link1",
        "pair2-link2",
    ];
    assert_eq!(names(&document), before);
    let flat_form = flattened(&document);
    let part = named(&document, &["link1"]).pop_first().unwrap();
    let inner = flat_form.origins.instance_at(&[second], part).unwrap();
    assert_eq!(flat_form.document.instances[&inner].name, "pair2-link1");
    let origin = flat_form.origins.instance(inner).unwrap();
    assert_eq!((origin.path, origin.subject), (vec![second], part));
    assert_eq!(flat_form.origins.instance_at(&[pair], part), Some(part));
    // The second one reads nothing: what is found says where.
    let found = check::check(&document, &library);
    let open: Vec<_> = found
        .iter()
        .filter(|one| one.code == "unconnected-port")
        .collect();
    assert_eq!(open.len(), 1, "{found:?}");
    assert!(
        open[0].message.contains("`pair2/link1`"),
        "{}",
        open[0].message
    );
    assert_eq!(open[0].scope, [second]);
    assert!(matches!(open[0].subject, Subject::Port { instance, .. } if instance == part));
    let (edits, _) = ungroup(&document, second).unwrap();
    document.apply_batch(edits).unwrap();
    assert_eq!(names(&document), before);
    assert!(document.is_composition(document.instances[&pair].component));
    let (edits, _) = ungroup(&document, pair).unwrap();
    document.apply_batch(edits).unwrap();
    assert_eq!(names(&document), before);
    assert!(!document.has_compositions());
}

/// A composition that keeps the names of its parts inside one that gives its own.
#[test]
fn parts_keep_their_flat_names_when_what_is_around_them_goes() {
    let (mut document, _) = synthetic::system(6);
    grouped(&mut document, &["link1", "link2"], "front");
    let axle = grouped(&mut document, &["front", "link3"], "axle");
    let mut properties = document.instances[&axle].clone();
    properties.prefix = None;
    document
        .apply_batch(vec![Edit::ChangeInstance(axle, properties)])
        .unwrap();
    let before = flat(&document);
    assert!(
        before
            .instances
            .values()
            .any(|one| one.name == "axle-link1")
    );
    let (edits, _) = ungroup(&document, axle).unwrap();
    document.apply_batch(edits).unwrap();
    assert_eq!(flat(&document), before);
}

#[test]
fn two_parts_of_one_name_are_told() {
    let (mut document, library) = synthetic::system(4);
    let pair = grouped(&mut document, &["link1", "link2"], "pair");
    let mut twin = document.instances[&pair].clone();
    twin.name = "twin".to_owned();
    let id = document.new_ids().instance();
    document
        .apply_batch(vec![Edit::InsertInstance(id, twin)])
        .unwrap();
    let found = check::check(&document, &library);
    let messages: Vec<&str> = found
        .iter()
        .filter(|one| one.code == "composition")
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "`pair/link1` and `twin/link1` are both called `link1` in the running system",
            "`pair/link2` and `twin/link2` are both called `link2` in the running system",
        ]
    );
}

/// A composition takes its parts where it is, and what it binds reaches them.
#[test]
fn placement_and_bindings_reach_the_parts() {
    let mut document = small();
    document
        .apply_batch(removal(
            &document,
            &[
                Subject::Connector(ConnectorId(6)),
                Subject::Connector(ConnectorId(7)),
            ],
        ))
        .unwrap();
    let group = grouped(&mut document, &["pump"], "block");
    let (port, edits) = hierarchy::delegate(
        &document,
        &End::Port {
            instance: InstanceId(5),
            port: "get-bus".to_owned(),
        },
        Side::Target,
    )
    .unwrap();
    document.apply_batch(edits).unwrap();
    assert_eq!(document.ports[&port].direction, Direction::Required);
    let mut part = document.instances[&InstanceId(5)].clone();
    let bound = std::mem::take(&mut part.bindings);
    let spare = PartitionKey {
        partition: "spare".to_owned(),
        ..main()
    };
    let mut standing = document.instances[&group].clone();
    standing.bindings = bound.clone();
    standing.partition = Some(spare.clone());
    document
        .apply_batch(vec![
            Edit::ChangeInstance(InstanceId(5), part),
            Edit::ChangeInstance(group, standing),
        ])
        .unwrap();
    let flat_part = flattened(&document).document.instances[&InstanceId(5)].clone();
    assert_eq!(flat_part.bindings, bound);
    assert_eq!(flat_part.partition, Some(spare));
    let before = flat(&document);
    let (edits, _) = ungroup(&document, group).unwrap();
    document.apply_batch(edits).unwrap();
    assert_eq!(bare(&document), before);
}

/// What a composition's instance is denied, none of its parts gets, whatever they say themselves.
#[test]
fn what_a_composition_is_denied_its_parts_are_denied() {
    let (mut document, _) = synthetic::system(4);
    let inner = grouped(&mut document, &["link1", "link2"], "inner");
    let outer = grouped(&mut document, &["inner", "link3"], "outer");
    let treat = |document: &mut Document, id, all: &[(Capability, Treatment)]| {
        let mut changed = document.instances[&id].clone();
        changed.capabilities = all.iter().copied().collect();
        document
            .apply_batch(vec![Edit::ChangeInstance(id, changed)])
            .unwrap();
    };
    let link1 = named(&document, &["link1"]).pop_first().unwrap();
    treat(
        &mut document,
        outer,
        &[(Capability::Clock, Treatment::Deny)],
    );
    treat(&mut document, inner, &[(Capability::Nv, Treatment::Deny)]);
    let own = [
        (Capability::Clock, Treatment::Virtual),
        (Capability::Random, Treatment::Virtual),
    ];
    treat(&mut document, link1, &own);
    let before = flat(&document);
    let of = |name: &str| {
        let id = named(&before, &[name]).pop_first().unwrap();
        before.instances[&id].capabilities.clone()
    };
    let (clock, nv) = (
        (Capability::Clock, Treatment::Deny),
        (Capability::Nv, Treatment::Deny),
    );
    let random = (Capability::Random, Treatment::Virtual);
    assert_eq!(of("link0"), [].into());
    assert_eq!(of("link1"), [clock, nv, random].into());
    assert_eq!(of("link2"), [clock, nv].into());
    assert_eq!(of("link3"), [clock].into());
    for group in [outer, inner] {
        let (edits, _) = ungroup(&document, group).unwrap();
        document.apply_batch(edits).unwrap();
        assert_eq!(flat(&document), before);
    }
}

/// A port goes with what stands behind it, and what leads to it outside goes along.
#[test]
fn ports_go_with_what_is_behind_them() {
    let (mut document, _) = synthetic::system(4);
    grouped(&mut document, &["link1", "link2"], "pair");
    let first = document.clone();
    let part = named(&document, &["link1"]).pop_first().unwrap();
    let (ports, connectors) = (document.ports.len(), document.connectors.len());
    let inverse = document
        .apply_batch(removal(&first, &[Subject::Instance(part)]))
        .unwrap();
    assert_eq!(document.ports.len(), ports - 1);
    // From the port, to it outside, and to its neighbour inside.
    assert_eq!(document.connectors.len(), connectors - 3);
    document.apply_batch(inverse).unwrap();
    assert_eq!(document, first);
}

/// 12 times a composition of 84, of compositions of 42, of 21: a thousand leaves on one chain.
#[test]
fn a_thousand_leaves_compose_in_partitions_of_at_most_90() {
    let (document, mut library) = synthetic::hierarchy(12, 84);
    assert!(
        document.instances.len() < 120,
        "{}",
        document.instances.len()
    );
    let found = check::check(&document, &library);
    assert!(
        found
            .iter()
            .all(|one| one.severity == Severity::Information),
        "{found:#?}"
    );
    let flat_form = flattened(&document);
    assert_eq!(flat_form.document.instances.len(), 1008);
    let partitions: Vec<usize> = flat_form
        .document
        .partitions()
        .map(|(key, _)| flat_form.document.instances_in(&key).count())
        .collect();
    assert_eq!(partitions, [84; 12]);
    assert!(
        partitions
            .iter()
            .all(|count| *count <= check::MAXIMUM_INSTANCES)
    );
    assert_eq!(flat_form.document.connectors.len(), 1008);
    for entry in library.components.values_mut() {
        if let Entry::Loaded { bytes, .. } = entry {
            *bytes = Arc::from(wat::parse_str(synthetic::CODE).unwrap());
        }
    }
    let composed = compose::compose(&document, &library).unwrap();
    assert_eq!(composed.partitions.len(), 12);
    let names = &composed.partitions[0].deployment.instances;
    assert_eq!(names.len(), 84);
    assert!(
        names.contains(&"part0-part1-part0-part20".to_owned()),
        "{names:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is grouped: flat it stays what it was, and grouping is undone by taking it apart.
    #[test]
    fn any_group_changes_nothing(document in support::document(), picked in proptest::collection::btree_set(10..16_u64, 1..5)) {
        let picked: BTreeSet<InstanceId> = picked.into_iter().map(InstanceId).collect();
        let Some(made) = group(&document, &picked, "group") else {
            return Ok(());
        };
        let mut changed = document.clone();
        let inverse = changed.apply_batch(made.edits);
        prop_assert!(inverse.is_ok(), "{:?}", inverse);
        prop_assert_eq!(file::write(&flattened(&changed).document), file::write(&flattened(&document).document));
        let (edits, _) = ungroup(&changed, made.instance).unwrap();
        let mut apart = changed.clone();
        let result = apart.apply_batch(edits);
        prop_assert!(result.is_ok(), "{:?}", result);
        prop_assert_eq!(bare(&apart), bare(&document));
        changed.apply_batch(inverse.unwrap()).unwrap();
        prop_assert_eq!(bare(&changed), bare(&document));
    }
}
