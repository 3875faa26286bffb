//! Another name for a port of a composition. Applies nothing.

use crate::{document::*, edit::Edit};

/// The port of a binding's key, and the function and parameter in it.
pub(super) fn split_key(key: &str) -> (&str, &str) {
    key.split_at(key.find(['#', '(']).unwrap_or(key.len()))
}

/// The edits that give a port another name; connectors that end at it outside go with it.
pub fn rename_port(document: &Document, id: InstanceId, name: &str) -> Vec<Edit> {
    let Some(port) = document.ports.get(&id) else {
        return Vec::new();
    };
    let is_here = |end: &End| {
        let instance = end.instance().and_then(|id| document.instances.get(&id));
        end.port() == Some(&port.name)
            && instance.is_some_and(|one| one.component == port.composition)
    };
    let renamed = |end: &End| match is_here(end) {
        true => end.clone().of_port(name),
        false => end.clone(),
    };
    let mut edits = vec![Edit::ChangePort(
        id,
        DelegationPort {
            name: name.to_owned(),
            ..port.clone()
        },
    )];
    for (id, connector) in &document.connectors {
        if is_here(&connector.from) || is_here(&connector.to) {
            let changed = Connector {
                from: renamed(&connector.from),
                to: renamed(&connector.to),
                ..connector.clone()
            };
            edits.push(Edit::ChangeConnector(*id, changed));
        }
    }
    for (id, instance) in &document.instances {
        let is_key = |key: &String| split_key(key).0 == port.name;
        if instance.component == port.composition && instance.bindings.keys().any(is_key) {
            let mut changed = instance.clone();
            changed.bindings = instance
                .bindings
                .iter()
                .map(|(key, bound)| match key.strip_prefix(&port.name) {
                    Some(rest) if is_key(key) => (format!("{name}{rest}"), bound.clone()),
                    _ => (key.clone(), bound.clone()),
                })
                .collect();
            edits.push(Edit::ChangeInstance(*id, changed));
        }
    }
    edits
}
