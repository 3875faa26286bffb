//! What a part has from the compositions that it stands in is changed where it is said. Applies
//! nothing.

use super::{origins::Origin, port::split_key};
use crate::{capability::CAPABILITIES, document::*, edit::Edit};
use std::collections::BTreeSet;

/// Edits of instances around a part, and these instances.
pub(super) type Outer = (Vec<Edit>, BTreeSet<InstanceId>);

/// Another binding of one key, where the outermost instance says it. `None`: more is changed than
/// that, or nothing around the part says it.
pub(super) fn binding(
    document: &Document,
    part: &Origin<InstanceId>,
    before: &Instance,
    changed: &Instance,
) -> Option<Outer> {
    let keys = before.bindings.keys().chain(changed.bindings.keys());
    let rebound = keys.filter(|key| before.bindings.get(*key) != changed.bindings.get(*key));
    let rebound: BTreeSet<&String> = rebound.collect();
    let only = Instance {
        bindings: before.bindings.clone(),
        ..changed.clone()
    };
    let key = *rebound.first()?;
    if rebound.len() > 1 || only != *before {
        return None;
    }
    let (giver, outer_key) = giver(document, part, key)?;
    let mut outer = document.instances.get(&giver)?.clone();
    match changed.bindings.get(key) {
        Some(bound) => drop(outer.bindings.insert(outer_key, bound.clone())),
        None => drop(outer.bindings.remove(&outer_key)),
    }
    Some((vec![Edit::ChangeInstance(giver, outer)], [giver].into()))
}

/// The outermost instance around a part that binds what the part binds by that key, with its own key.
fn giver(
    document: &Document,
    part: &Origin<InstanceId>,
    key: &str,
) -> Option<(InstanceId, String)> {
    let (mut end, mut key) = (part.subject, key.to_owned());
    let mut giver = None;
    for group in part.path.iter().rev() {
        let outer = document.instances.get(group)?;
        let (port, rest) = split_key(&key);
        let leads_here = |id: InstanceId| {
            let mut behind = document.delegations(id);
            behind.any(|(_, one)| one.instance() == Some(end) && one.port() == Some(port))
        };
        let ports = document.ports_of(outer.component);
        let keys = ports
            .filter(|(id, _)| leads_here(*id))
            .map(|(_, port)| format!("{}{rest}", port.name));
        let keys: Vec<String> = keys.collect();
        let bound = keys.iter().find(|key| outer.bindings.contains_key(*key));
        if let Some(bound) = bound {
            giver = Some((*group, bound.clone()));
        }
        let Some(next) = bound.or(keys.first()) else {
            break;
        };
        (end, key) = (*group, next.clone());
    }
    giver
}

/// What is allowed again, at every instance around the part that denies it, and at the part. `None`:
/// something else is changed too.
pub(super) fn capabilities(
    document: &Document,
    part: &Origin<InstanceId>,
    before: &Instance,
    changed: &Instance,
) -> Option<Outer> {
    let allowed = CAPABILITIES.into_iter().filter(|one| {
        before.capabilities.contains_key(one) && !changed.capabilities.contains_key(one)
    });
    let allowed: Vec<_> = allowed.collect();
    let mut only = before.clone();
    only.capabilities.retain(|one, _| !allowed.contains(one));
    if only != *changed {
        return None;
    }
    let (mut edits, mut outer) = (Vec::new(), BTreeSet::new());
    for id in part.path.iter().chain([&part.subject]) {
        let standing = document.instances.get(id)?;
        let mut allowing = standing.clone();
        allowing
            .capabilities
            .retain(|one, _| !allowed.contains(one));
        if allowing != *standing {
            edits.push(Edit::ChangeInstance(*id, allowing));
            if *id != part.subject {
                outer.insert(*id);
            }
        }
    }
    Some((edits, outer))
}
