//! What has another name and is the same thing: it is no removal and addition.

use crate::{
    document::{ComponentId, Document, End, Instance, InstanceId},
    end,
};
use std::collections::{BTreeMap, BTreeSet};

/// `other` with the names that its things have in `mine`.
pub fn renamed(other: &Document, mine: &Document) -> Document {
    let mut renamed = other.clone();
    Renames::between(other, mine).apply(&mut renamed);
    renamed
}

/// New names by the old ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Renames {
    pub(super) ecus: BTreeMap<String, String>,
    pub(super) buses: BTreeMap<String, String>,
    /// By the composition that they stand in; `None`: the system.
    pub(super) instances: BTreeMap<Option<String>, BTreeMap<String, String>>,
}

impl Renames {
    /// An ECU or a bus with all its properties under another name; of the instances of the system, and
    /// of the parts of a composition, see [`parts`].
    pub(super) fn between(before: &Document, after: &Document) -> Renames {
        let mut renames = Renames {
            ecus: pairs(
                before
                    .ecus
                    .values()
                    .map(|ecu| (&ecu.name, nameless(ecu, |ecu| &mut ecu.name))),
                after
                    .ecus
                    .values()
                    .map(|ecu| (&ecu.name, nameless(ecu, |ecu| &mut ecu.name))),
            ),
            buses: pairs(
                before
                    .buses
                    .values()
                    .map(|bus| (&bus.name, nameless(bus, |bus| &mut bus.name))),
                after
                    .buses
                    .values()
                    .map(|bus| (&bus.name, nameless(bus, |bus| &mut bus.name))),
            ),
            instances: BTreeMap::new(),
        };
        let named = |id: ComponentId| Some((id, before.components.get(&id)?.name.clone()));
        let both = before.compositions().filter_map(named);
        let both = both.filter_map(|(id, name)| {
            let other = after.component_named(&name)?;
            Some((Some(name), Some(id), Some(other)))
        });
        for (place, was, is) in std::iter::once((None, None, None)).chain(both) {
            let names = parts(before, was, after, is);
            if !names.is_empty() {
                renames.instances.insert(place, names);
            }
        }
        renames
    }

    /// The parts of a composition, or the instances of the system.
    pub(super) fn instances_in(&self, place: Option<&str>) -> &BTreeMap<String, String> {
        const NONE: &BTreeMap<String, String> = &BTreeMap::new();
        let place = place.map(str::to_owned);
        self.instances.get(&place).unwrap_or(NONE)
    }

    /// The document with the new names.
    pub(super) fn apply(&self, document: &mut Document) {
        for ecu in document.ecus.values_mut() {
            rename(&self.ecus, &mut ecu.name);
        }
        for bus in document.buses.values_mut() {
            rename(&self.buses, &mut bus.name);
        }
        for (place, names) in &self.instances {
            let composition = place.as_ref().map(|name| document.component_named(name));
            // Of a composition that is not there nothing has another name.
            let Some(composition) = composition.map_or(Some(None), |id| id.map(Some)) else {
                continue;
            };
            let instances = document.instances.values_mut();
            for instance in instances.filter(|one| one.composition == composition) {
                rename(names, &mut instance.name);
            }
        }
    }

    /// Without those whose old name the other side has renamed too, and those whose new name is taken
    /// there by another thing.
    pub(super) fn without_clashes(&self, theirs: &Renames, other: &Document) -> Renames {
        let kept = |ours: &BTreeMap<String, String>,
                    theirs: &BTreeMap<String, String>,
                    taken: &dyn Fn(&str) -> bool| {
            ours.iter()
                .filter(|(old, new)| !theirs.contains_key(*old) && !taken(new))
                .map(|(old, new)| (old.clone(), new.clone()))
                .collect()
        };
        Renames {
            ecus: kept(&self.ecus, &theirs.ecus, &|name| {
                other.ecu_named(name).is_some()
            }),
            buses: kept(&self.buses, &theirs.buses, &|name| {
                other.bus_named(name).is_some()
            }),
            instances: self
                .instances
                .iter()
                .map(|(place, names)| {
                    let composition = place.as_ref().map(|name| other.component_named(name));
                    let taken = |name: &str| match composition {
                        None => other.part_named(None, name).is_some(),
                        Some(id) => id.is_some_and(|id| other.part_named(Some(id), name).is_some()),
                    };
                    let theirs = theirs.instances_in(place.as_deref());
                    (place.clone(), kept(names, theirs, &taken))
                })
                .collect(),
        }
    }
}

/// Of what is on one side only: an instance with the same component and the same connectors is the
/// same one, and so is the only one that went of a component of which only one came, whatever else of
/// it changed. Where two could be meant none is taken.
fn parts(
    before: &Document,
    was: Option<ComponentId>,
    after: &Document,
    is: Option<ComponentId>,
) -> BTreeMap<String, String> {
    let (gone, come) = (
        only(before, was, |name| after.part_named(is, name).is_some()),
        only(after, is, |name| before.part_named(was, name).is_some()),
    );
    let mut renamed = pairs(
        gone.iter()
            .map(|(id, one)| (&one.name, wired(before, *id, one))),
        come.iter()
            .map(|(id, one)| (&one.name, wired(after, *id, one))),
    );
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = renamed.clone().into_iter().unzip();
    let gone = gone.iter().filter(|(_, one)| !old.contains(&one.name));
    let come = come.iter().filter(|(_, one)| !new.contains(&one.name));
    renamed.extend(pairs(
        gone.map(|(_, one)| (&one.name, component(before, one))),
        come.map(|(_, one)| (&one.name, component(after, one))),
    ));
    renamed
}

/// The parts whose name the other side does not have.
fn only(
    document: &Document,
    composition: Option<ComponentId>,
    is_there: impl Fn(&str) -> bool,
) -> Vec<(InstanceId, &Instance)> {
    let parts = document.parts(composition);
    parts.filter(|(_, one)| !is_there(&one.name)).collect()
}

fn component<'a>(document: &'a Document, instance: &Instance) -> Option<&'a str> {
    let component = document.components.get(&instance.component);
    component.map(|component| component.name.as_str())
}

/// An instance's component, and its connectors without its name.
fn wired<'a>(
    document: &'a Document,
    id: InstanceId,
    instance: &Instance,
) -> (Option<&'a str>, BTreeSet<String>) {
    let text = |end: &End| {
        let text = end::text(document, end);
        match text.strip_prefix(&instance.name) {
            Some(rest) if end.instance() == Some(id) => rest.to_owned(),
            _ => format!(" {text}"),
        }
    };
    let connectors = document.connectors_of(id);
    let connectors = connectors.filter_map(|id| document.connectors.get(&id));
    let wires = connectors.map(|one| format!("{} to {}", text(&one.from), text(&one.to)));
    (component(document, instance), wires.collect())
}

fn rename(names: &BTreeMap<String, String>, name: &mut String) {
    if let Some(new) = names.get(name) {
        name.clone_from(new);
    }
}

fn nameless<T: Clone>(thing: &T, name: fn(&mut T) -> &mut String) -> T {
    let mut copy = thing.clone();
    name(&mut copy).clear();
    copy
}

/// Of the names that only one side has: pairs whose things are the same and nobody else's.
fn pairs<'a, T: PartialEq>(
    before: impl Iterator<Item = (&'a String, T)>,
    after: impl Iterator<Item = (&'a String, T)>,
) -> BTreeMap<String, String> {
    let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
    let only = |these: &[(&'a String, T)], those: &[(&'a String, T)]| -> Vec<usize> {
        (0..these.len())
            .filter(|number| {
                let name = these.get(*number).map(|(name, _)| *name);
                !those.iter().any(|(other, _)| Some(*other) == name)
            })
            .collect()
    };
    let (gone, come) = (only(&before, &after), only(&after, &before));
    let mut pairs = BTreeMap::new();
    for (old, thing) in gone.iter().filter_map(|number| before.get(*number)) {
        let same = |number: &&usize| after.get(**number).is_some_and(|(_, other)| other == thing);
        let rivals = gone.iter().filter_map(|number| before.get(*number));
        let is_alone = rivals.filter(|(_, rival)| rival == thing).count() == 1;
        let mut fitting = come.iter().filter(same);
        if let (Some(number), None, true) = (fitting.next(), fitting.next(), is_alone)
            && let Some((new, _)) = after.get(*number)
        {
            pairs.insert((*old).clone(), (*new).clone());
        }
    }
    pairs
}
