//! Units while a wire is dropped: a scale is offered between those of one dimension, and between
//! dimensions the wire is refused with both said.

use super::desk::{Desk, climate};
use crate::session::Event;
use autosar_wit::metadata::{ElementMetadata, PortMetadata};
use graph_core::{
    document::{ComponentId, ConnectorId},
    edit::Edit,
    library::{Entry, Library},
};
use std::{collections::BTreeMap, sync::Arc};

const SOURCE: &str = "sensor provided port temperature, not connected";
const TARGET: &str = "controller required port temperature, not connected";

/// The climate project without its wire; the sensor gives °C, the controller takes that unit.
fn desk(needed: &str) -> Desk {
    let (mut document, mut library) = climate();
    document
        .apply_batch(vec![Edit::Disconnect(ConnectorId(30))])
        .unwrap();
    measured(&mut library, ComponentId(0), "°C");
    measured(&mut library, ComponentId(1), needed);
    let mut desk = Desk::empty(Vec::new());
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk
}

fn measured(library: &mut Library, id: ComponentId, unit: &str) {
    let Some(Entry::Loaded { component_type, .. }) = library.components.get_mut(&id) else {
        unreachable!("the component is there");
    };
    let changed = Arc::make_mut(component_type);
    let ports = changed.ports.iter();
    let port = ports.clone().find(|port| port.name.contains("temperature"));
    let port = port.unwrap();
    let element = ElementMetadata {
        unit: Some(unit.to_owned()),
        ..ElementMetadata::default()
    };
    let described = PortMetadata {
        direction: port.direction,
        name: port.name.clone(),
        kind: None,
        autosar_name: None,
        elements: BTreeMap::from([("get".to_owned(), element)]),
    };
    changed.metadata.ports.push(described);
}

#[test]
fn a_dropped_wire_between_units_is_offered_the_scale() {
    let mut desk = desk("K");
    let (from, to) = (desk.place(SOURCE), desk.place(TARGET));
    desk.hold(from, to);
    assert!(desk.says("`temperature` of `controller` fits with an adapter"));
    assert!(desk.says("`get` in `°C`, needed in `K`"));
    desk.look("units-verdict");
    desk.harness.drop_at(to);
    desk.harness.run();
    desk.look("units-offer");
    let draft = desk.session().view().adapter.clone().unwrap();
    let mapping = draft.connector.adapter.unwrap();
    let rule = &mapping.rules["get"];
    assert_eq!((rule.factor, rule.offset), (None, Some(273.15)));
    desk.click("Confirm all");
    desk.click("Insert adapter");
    let connectors = &desk.session().document().connectors;
    let adapter = connectors.values().find_map(|one| one.adapter.as_ref());
    assert_eq!(adapter.unwrap().rules["get"].offset, Some(273.15));
    let found = desk.session().diagnostics().iter();
    assert_eq!(found.filter(|one| one.code == "unit-mismatch").count(), 0);
}

#[test]
fn between_dimensions_a_wire_is_refused_and_both_are_said() {
    let mut desk = desk("bar");
    let (from, to) = (desk.place(SOURCE), desk.place(TARGET));
    desk.hold(from, to);
    assert!(desk.says("`get` in `°C`, needed in `bar`: different physical dimensions"));
    desk.look("units-refused");
    desk.harness.drop_at(to);
    desk.harness.run();
    assert!(desk.session().document().connectors.is_empty());
}
