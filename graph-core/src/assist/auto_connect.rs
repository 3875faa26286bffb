//! All wires between some instances that can mean one thing only.

use super::{connector, is_same_interface};
use crate::{
    check::{Sheet, WireVerdict, candidates},
    document::*,
    library::Library,
    resolve::{self, Side},
};
use autosar_wit::component::{Direction, PortKind};
use std::collections::BTreeSet;

/// What would connect a selection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AutoConnection {
    pub connectors: Vec<Connector>,
    pub ambiguities: Vec<Ambiguity>,
    /// Required ports for which nothing of the selection fits.
    pub open: Vec<End>,
}

/// A required port that several provided ones fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Ambiguity {
    pub to: End,
    pub from: Vec<End>,
}

/// Looks at every whole required port of these instances that has no sender. The same interface comes
/// before another that fits; a port of the same instance is no sender.
pub fn auto_connect(sheet: &Sheet, instances: &BTreeSet<InstanceId>) -> AutoConnection {
    let document = sheet.document;
    let mut found = AutoConnection::default();
    let mut trial = document.clone();
    let mut ids = document.new_ids();
    for to in open_ports(document, sheet.library, instances) {
        let fitting: Vec<End> = candidates(&sheet.with(&trial), &to, Side::Target)
            .into_iter()
            .filter(|one| matches!(one.verdict, WireVerdict::Fits { .. }))
            .map(|one| one.end)
            .filter(|end| {
                let instance = end.instance();
                instance != to.instance() && instance.is_some_and(|id| instances.contains(&id))
            })
            .collect();
        let same: Vec<End> = fitting
            .iter()
            .filter(|end| is_same_interface(sheet, &to, Side::Target, end))
            .cloned()
            .collect();
        let from = if same.is_empty() { fitting } else { same };
        match from.as_slice() {
            [] => found.open.push(to),
            [only] => {
                if let Some(wire) = connector(&sheet.with(&trial), only, &to) {
                    trial.connectors.insert(ids.connector(), wire.clone());
                    found.connectors.push(wire);
                }
            }
            _ => found.ambiguities.push(Ambiguity { to, from }),
        }
    }
    found
}

/// Their whole required ports that no wire ends in.
pub fn open_ports(
    document: &Document,
    library: &Library,
    instances: &BTreeSet<InstanceId>,
) -> Vec<End> {
    let mut open = Vec::new();
    for id in instances {
        let Some(component) = resolve::component_type(document, library, *id) else {
            continue;
        };
        let required = component.ports.iter().filter(|port| {
            port.direction == Direction::Required
                && !matches!(port.kind, PortKind::Platform | PortKind::Types)
                && !resolve::functions(port).is_empty()
        });
        for port in required {
            let is_wired = document.connectors_of(*id).any(|wire| {
                document.connectors.get(&wire).is_some_and(|wire| {
                    wire.to.instance() == Some(*id) && wire.to.port() == Some(&port.name)
                })
            });
            if !is_wired {
                open.push(End::Port {
                    instance: *id,
                    port: port.name.clone(),
                });
            }
        }
    }
    open
}
