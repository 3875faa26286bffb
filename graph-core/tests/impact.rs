//! What a component that was built anew does to a system.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

use autosar_wit::{
    component::{ComponentType, Direction, PortItem},
    types::ValueType,
};
use graph_core::{
    assist::{PortChange, impact},
    check::check,
    diagnostic::Severity,
    document::ComponentId,
    edit::Edit,
    library::{Entry, Library},
    synthetic,
};
use std::sync::Arc;

/// The component of a synthetic system.
fn component(library: &Library) -> ComponentId {
    *library.components.keys().next().unwrap()
}

/// The library with the synthetic component changed.
fn rebuilt(library: &Library, change: impl FnOnce(&mut ComponentType)) -> Library {
    let mut component_type = synthetic::link();
    change(&mut component_type);
    let mut library = library.clone();
    let entry = Entry::Loaded {
        component_type: Arc::new(component_type),
        bytes: Arc::from([]),
    };
    library.components.insert(component(&library), entry);
    library
}

#[test]
fn a_build_with_the_same_ports_changes_nothing() {
    let (document, library) = synthetic::system(4);
    let after = rebuilt(&library, |link| link.docs = "Told better.".to_owned());
    let found = impact(&document, &library, &after, component(&library));
    assert!(found.is_none() && !found.breaks() && found.moves.is_empty());
}

#[test]
fn a_type_that_is_another_is_told_with_its_path_and_breaks_the_wires_as_the_checks_say() {
    let (document, library) = synthetic::system(4);
    let after = rebuilt(&library, |link| {
        let provided = link
            .ports
            .iter_mut()
            .find(|port| port.direction == Direction::Provided && port.name.contains("value"));
        let PortItem::Interface(interface) = &mut provided.unwrap().item else {
            unreachable!("the synthetic port is an interface");
        };
        interface.functions[0].result = Some(ValueType::U16);
    });
    let found = impact(&document, &library, &after, component(&library));
    let [PortChange::Type(Direction::Provided, name, lines)] = &found.ports[..] else {
        panic!("{:?}", found.ports);
    };
    assert_eq!(name, "wireloom:synthetic/value@1.0.0");
    assert!(lines[0].contains("get") && lines[0].contains("f32") && lines[0].contains("u16"));
    assert!(found.breaks());
    let errors = check(&document, &after);
    let errors = errors.iter().filter(|one| one.severity == Severity::Error);
    assert_eq!(
        found
            .worse
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .count(),
        errors.count()
    );
    assert!(found.moves.is_empty(), "there is no other port");
    let back = impact(&document, &after, &library, component(&library));
    assert_eq!(back.better.len(), found.worse.len());
}

#[test]
fn wires_follow_an_interface_to_its_next_version() {
    let (mut document, library) = synthetic::system(3);
    let after = rebuilt(&library, |link| {
        for port in &mut link.ports {
            let PortItem::Interface(interface) = &mut port.item else {
                continue;
            };
            let id = interface.id.as_mut().unwrap();
            if id.interface == "value" {
                id.version = Some(semver::Version::new(1, 1, 0));
                port.name = id.to_string();
            }
        }
    });
    let found = impact(&document, &library, &after, component(&library));
    let versions: Vec<_> = found.ports.iter().map(ToString::to_string).collect();
    assert_eq!(
        versions,
        [
            "required port `wireloom:synthetic/value@1.0.0` is `wireloom:synthetic/value@1.1.0` now",
            "provided port `wireloom:synthetic/value@1.0.0` is `wireloom:synthetic/value@1.1.0` now",
        ]
    );
    assert!(found.breaks());
    // Both ends of each wire are at instances of the one component.
    assert_eq!(found.moves.len(), document.connectors.len());
    let edits = found.edits();
    assert!(matches!(edits[0], Edit::Disconnect(_)));
    document.apply_batch(edits).unwrap();
    let errors = check(&document, &after);
    assert!(
        !errors.iter().any(|one| one.severity == Severity::Error),
        "{errors:?}"
    );
}
