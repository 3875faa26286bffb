//! Conditions of edits of connectors, and their names in messages.

use super::{EditError, Noun, apply::known, hierarchy::check_scope, taken::Taken};
use crate::{document::*, end};

pub(super) fn check_connector(
    document: &Document,
    taken: &Taken,
    id: ConnectorId,
    connector: &Connector,
) -> Result<(), EditError> {
    for end in [&connector.from, &connector.to] {
        if let Some(instance) = end.instance() {
            match document.ports.contains_key(&instance) {
                true => {}
                false => drop(known(
                    Noun::Instance,
                    &document.instances,
                    instance,
                    instance.0,
                )?),
            }
        }
        if !end::is_writable(end) {
            return Err(EditError::EndText {
                end: end::text(document, end),
            });
        }
    }
    check_scope(document, connector)?;
    let ends = [connector.from.bus(), connector.to.bus()];
    for bus in ends.into_iter().chain([connector.network()]).flatten() {
        known(Noun::Bus, &document.buses, bus, bus.0)?;
    }
    let rules = connector.adapter.iter().flat_map(|adapter| &adapter.rules);
    for (place, rule) in rules {
        let numbers = [rule.factor, rule.offset];
        if numbers.iter().flatten().any(|number| !number.is_finite()) {
            return Err(EditError::AdapterNumber {
                place: place.clone(),
            });
        }
    }
    match taken.connector(document, id, connector) {
        true => Err(EditError::DuplicateConnector {
            from: end::text(document, &connector.from),
            to: end::text(document, &connector.to),
        }),
        false => Ok(()),
    }
}

pub(super) fn connector_name(document: &Document, id: ConnectorId) -> String {
    match document.connectors.get(&id) {
        Some(connector) => format!(
            "the connector from `{}` to `{}`",
            end::text(document, &connector.from),
            end::text(document, &connector.to)
        ),
        None => "a connector".to_owned(),
    }
}
