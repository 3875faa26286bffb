//! What has another name and is the same thing: it is no removal and addition.

use crate::document::{Document, Instance};
use std::collections::BTreeMap;

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
    pub(super) instances: BTreeMap<String, String>,
}

impl Renames {
    /// An ECU or a bus with all its properties under another name; an instance of the system where
    /// exactly one of its component went and exactly one came.
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
        let component = |document: &Document, instance: &Instance| {
            let component = document.components.get(&instance.component);
            component.map(|component| component.name.clone())
        };
        renames.instances = pairs(
            before
                .parts(None)
                .map(|(_, one)| (&one.name, component(before, one))),
            after
                .parts(None)
                .map(|(_, one)| (&one.name, component(after, one))),
        );
        renames
    }

    /// The document with the new names.
    pub(super) fn apply(&self, document: &mut Document) {
        for ecu in document.ecus.values_mut() {
            rename(&self.ecus, &mut ecu.name);
        }
        for bus in document.buses.values_mut() {
            rename(&self.buses, &mut bus.name);
        }
        let instances = document.instances.values_mut();
        for instance in instances.filter(|one| one.composition.is_none()) {
            rename(&self.instances, &mut instance.name);
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
            instances: kept(&self.instances, &theirs.instances, &|name| {
                other.instance_named(name).is_some()
            }),
        }
    }
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
