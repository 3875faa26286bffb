//! Parts of a document that are copied: into the same document, into another one, through text.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use graph_core::{
    check,
    diagnostic::Severity,
    document::*,
    fragment::{Fragment, Insertion, Manner},
    hierarchy::{flattened, group},
    history::History,
    synthetic,
};
use proptest::{collection, prelude::*};
use std::collections::BTreeSet;

fn inserted(document: &mut Document, fragment: &Fragment, manner: &Manner) -> Insertion {
    let insertion = fragment.insertion(document, manner);
    document.apply_batch(insertion.edits.clone()).unwrap();
    insertion
}

fn instances(document: &Document, numbers: &[u64]) -> BTreeSet<InstanceId> {
    let ids = numbers.iter().map(|number| InstanceId(*number));
    ids.filter(|id| document.instances.contains_key(id))
        .collect()
}

/// Two instances of one component, wired.
fn pair() -> Document {
    let mut document = Document {
        name: "pair".into(),
        next_id: 10,
        ..Document::default()
    };
    let source = ComponentSource::File("both.wasm".into());
    let name = "both".to_owned();
    document
        .components
        .insert(ComponentId(0), Component { name, source });
    for (id, name) in [(1, "sender"), (2, "receiver")] {
        let instance = Instance {
            name: name.into(),
            composition: None,
            component: ComponentId(0),
            prefix: None,
            partition: None,
            activations: Vec::new(),
            bindings: Default::default(),
            blocks: Default::default(),
            configuration: Default::default(),
            parameters: Default::default(),
            nv_data: Default::default(),
            capabilities: Default::default(),
        };
        document.instances.insert(InstanceId(id), instance);
        document
            .layout
            .positions
            .insert(InstanceId(id), (id as f32 * 300.0, 0.0));
    }
    let end = |id| End::Port {
        instance: InstanceId(id),
        port: "a:b/c".into(),
    };
    let connector = Connector {
        from: end(1),
        to: end(2),
        kind: ConnectorKind::Direct,
        accept_version: false,
        probe: false,
        adapter: None,
    };
    document.connectors.insert(ConnectorId(3), connector);
    document
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_copy_has_the_inner_connectors_and_is_one_step(
        first in support::document(),
        chosen in collection::vec(0..40_u64, 1..8),
        outer in any::<bool>(),
    ) {
        let chosen = instances(&first, &chosen);
        prop_assume!(!chosen.is_empty());
        // Those of one composition.
        let composition = first.instances[chosen.first().unwrap()].composition;
        let is_here = |id: &InstanceId| first.instances[id].composition == composition;
        let chosen: BTreeSet<InstanceId> = chosen.into_iter().filter(is_here).collect();
        let fragment = Fragment::of(&first, &chosen).unwrap();
        let manner = Manner { outer, partition: None, composition };
        let insertion = fragment.insertion(&first, &manner);
        let (mut document, mut history) = (first.clone(), History::new());
        history.apply(&mut document, "Duplicate", insertion.edits).unwrap();
        prop_assert_eq!(document.instances.len(), first.instances.len() + chosen.len());
        prop_assert_eq!(&insertion.components, &[], "its components are there");
        let ends = |end: &End, set: &BTreeSet<InstanceId>| end.instance().is_some_and(|id| set.contains(&id));
        let copies: BTreeSet<InstanceId> = insertion.instances.into_iter().collect();
        let between = |document: &Document, set: &BTreeSet<InstanceId>| {
            document.connectors.values().filter(|one| ends(&one.from, set) && ends(&one.to, set)).count()
        };
        prop_assert_eq!(between(&document, &copies), between(&first, &chosen));
        let coming = |document: &Document, set: &BTreeSet<InstanceId>| {
            document.connectors.values().filter(|one| !ends(&one.from, set) && ends(&one.to, set)).count()
        };
        let expected = if outer { coming(&first, &chosen) } else { 0 };
        prop_assert_eq!(coming(&document, &copies), expected);
        let places: BTreeSet<String> = document.layout.positions.values().map(|place| format!("{place:?}")).collect();
        let before: BTreeSet<String> = first.layout.positions.values().map(|place| format!("{place:?}")).collect();
        let new = chosen.iter().filter_map(|id| first.layout.positions.get(id)).map(|place| format!("{place:?}")).collect::<BTreeSet<_>>().len();
        prop_assert_eq!(places.len(), before.len() + new, "no copy hides what stands there");
        history.undo(&mut document);
        document.next_id = first.next_id;
        prop_assert_eq!(document, first);
    }

    #[test]
    fn text_keeps_everything(first in support::document(), chosen in collection::vec(0..40_u64, 1..8)) {
        let chosen = instances(&first, &chosen);
        prop_assume!(!chosen.is_empty());
        let fragment = Fragment::of(&first, &chosen).unwrap();
        let read = Fragment::read(&fragment.to_text()).unwrap();
        let mut empty = Document { name: "other".into(), ..Document::default() };
        let mut again = empty.clone();
        inserted(&mut empty, &fragment, &Manner::default());
        inserted(&mut again, &read, &Manner::default());
        prop_assert_eq!(graph_core::file::write(&empty), graph_core::file::write(&again));
        prop_assert_eq!(graph_core::file::write_layout(&empty), graph_core::file::write_layout(&again));
    }
}

#[test]
fn a_name_that_is_taken_gets_a_number_and_a_free_one_stays() {
    let mut document = pair();
    let all = document.instances.keys().copied().collect();
    let fragment = Fragment::of(&document, &all).unwrap();
    for expected in [["receiver2", "sender2"], ["receiver3", "sender3"]] {
        let insertion = inserted(&mut document, &fragment, &Manner::default());
        let mut names: Vec<&str> = insertion
            .instances
            .iter()
            .map(|id| document.instances[id].name.as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, expected);
    }
    let mut other = Document {
        name: "other".into(),
        ..Document::default()
    };
    inserted(&mut other, &fragment, &Manner::default());
    assert!(other.instance_named("sender").is_some());
    assert_eq!(other.components.len(), 1);
}

#[test]
fn points_of_a_wire_go_along_with_it() {
    let mut document = pair();
    let points = vec![(450.0, 90.0)];
    document
        .layout
        .reroute_points
        .insert(ConnectorId(3), points);
    let all = document.instances.keys().copied().collect();
    let text = Fragment::of(&document, &all).unwrap().to_text();
    let fragment = Fragment::read(&text).unwrap();
    inserted(&mut document, &fragment, &Manner::default());
    let new = *document.connectors.keys().last().unwrap();
    let shift = document.layout.positions.values().last().unwrap().1;
    assert!(shift > 0.0);
    assert_eq!(
        document.layout.reroute_points[&new],
        [(450.0 + shift, 90.0 + shift)]
    );
}

#[test]
fn what_has_no_place_in_another_project_is_said() {
    let mut document = pair();
    let bus = document.new_ids().bus();
    let kind = BusKind::I2c {
        clock_hz: 400_000,
        devices: Vec::new(),
    };
    let name = "i2c0".to_owned();
    document.buses.insert(bus, Bus { name, kind });
    let (id, _) = document.instances.iter().next().unwrap();
    let id = *id;
    let instance = document.instances.get_mut(&id).unwrap();
    instance
        .bindings
        .insert("get-i2c-bus".into(), Binding::to_bus(bus));
    let name = instance.name.clone();
    let fragment = Fragment::of(&document, &[id].into()).unwrap();
    let other = Document {
        name: "other".into(),
        ..Document::default()
    };
    let insertion = fragment.insertion(&other, &Manner::default());
    assert_eq!(
        insertion.left_out,
        [format!(
            "`get-i2c-bus` of `{name}` was bound to `i2c0`, which is not here; bind it anew"
        )]
    );
    let here = fragment.insertion(&document, &Manner::default());
    assert!(here.left_out.is_empty());
}

#[test]
fn other_text_is_refused_with_its_line() {
    let error = Fragment::read("hello").unwrap_err().to_string();
    assert!(error.contains("clipboard"), "{error}");
}

/// A composition is copied with all that is inside; where its name is known it is the same one.
#[test]
fn compositions_come_with_what_is_inside() {
    let mut document = pair();
    let all = instances(&document, &[1, 2]);
    let made = group(&document, &all, "twins").unwrap();
    document.apply_batch(made.edits).unwrap();
    let fragment = Fragment::of(&document, &BTreeSet::from([made.instance])).unwrap();
    let fragment = Fragment::read(&fragment.to_text()).unwrap();
    let mut empty = Document::default();
    let insertion = inserted(&mut empty, &fragment, &Manner::default());
    assert_eq!(insertion.instances.len(), 1);
    assert_eq!(insertion.left_out, [] as [&str; 0]);
    let names = |document: &Document| -> BTreeSet<String> {
        let flat = flattened(document).document.into_owned();
        flat.instances.into_values().map(|one| one.name).collect()
    };
    assert_eq!(names(&empty), names(&document));
    assert_eq!(empty.connectors.len(), document.connectors.len());
    // A second instance of the same composition: nothing inside is there twice.
    let parts = empty.instances.len();
    inserted(&mut empty, &fragment, &Manner::default());
    assert_eq!(empty.instances.len(), parts + 1);
    assert_eq!(empty.compositions().count(), 1);
    // One part, into the composition.
    let composition = empty.compositions().next();
    let part = empty.parts(composition).next().unwrap().0;
    let fragment = Fragment::of(&empty, &BTreeSet::from([part])).unwrap();
    let manner = Manner {
        composition,
        ..Manner::default()
    };
    let insertion = inserted(&mut empty, &fragment, &manner);
    assert_eq!(
        empty.instances[&insertion.instances[0]].composition,
        composition
    );
    // Of itself it cannot become a part.
    let fragment = Fragment::of(&document, &BTreeSet::from([made.instance])).unwrap();
    let refused = empty.apply_batch(fragment.insertion(&empty, &manner).edits);
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("would contain itself")
    );
}

/// The parts of a group keep their names in the running system; those of its copy get names of their
/// own, wherever the copy goes.
#[test]
fn a_copied_group_runs_beside_the_first() {
    let (mut document, library) = synthetic::system(4);
    let links = |document: &Document, names: &[&str]| -> BTreeSet<InstanceId> {
        let ids = names.iter().map(|name| document.instance_named(name));
        ids.map(Option::unwrap).collect()
    };
    let made = group(&document, &links(&document, &["link1", "link2"]), "pair").unwrap();
    let elsewhere = document.clone();
    document.apply_batch(made.edits).unwrap();
    let fragment = Fragment::of(&document, &BTreeSet::from([made.instance])).unwrap();
    let manner = Manner {
        outer: true,
        ..Manner::default()
    };
    for mut into in [document.clone(), elsewhere] {
        let insertion = inserted(&mut into, &fragment, &manner);
        assert_eq!(insertion.instances.len(), 1);
        let found = check::check(&into, &library);
        let clash = found.iter().find(|one| one.severity == Severity::Error);
        assert!(
            clash.is_none_or(|one| one.code != "composition"),
            "{clash:?}"
        );
        let flat = flattened(&into).document.into_owned();
        let names: BTreeSet<&str> = flat.instances.values().map(|one| &*one.name).collect();
        assert_eq!(names.len(), flat.instances.len(), "{names:?}");
        assert_eq!(names.len(), 6);
    }
    // Where the names are free the copy keeps them.
    let mut empty = Document::default();
    inserted(&mut empty, &fragment, &Manner::default());
    let copy = empty.parts(None).next().unwrap().1;
    assert_eq!(copy.prefix.as_deref(), Some(""));
}
