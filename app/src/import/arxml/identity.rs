//! What a newer description calls otherwise, by its UUIDs: paths, and what follows from them for the
//! names of a project. Knows nothing of the project itself.

use arxml::{Cluster, Component, Composition, Model};
use graph_core::difference::{Names, Naming};
use std::collections::BTreeMap;

/// An element that has another path now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    pub from: String,
    pub to: String,
    pub uuid: String,
}

/// New paths by the old ones; what has no UUID goes along with what it is in.
pub(super) struct Paths(BTreeMap<String, Moved>);

impl Paths {
    pub(super) fn between(old: &Model, new: &Model) -> Paths {
        let (before, after) = (by_uuid(old), by_uuid(new));
        let moved = before.into_iter().filter_map(|(uuid, from)| {
            let to = (*after.get(uuid)?)?;
            let from = from?;
            (from != to).then(|| {
                let moved = Moved {
                    from: from.to_owned(),
                    to: to.to_owned(),
                    uuid: uuid.to_owned(),
                };
                (from.to_owned(), moved)
            })
        });
        Paths(moved.collect())
    }

    /// Without those that only go along with what they are in.
    pub(super) fn told(&self) -> Vec<Moved> {
        let goes_along = |moved: &Moved| {
            let (Some((around, name)), Some((_, new))) =
                (moved.from.rsplit_once('/'), moved.to.rsplit_once('/'))
            else {
                return false;
            };
            name == new && format!("{}/{name}", self.now(around)) == moved.to
        };
        let told = self.0.values().filter(|moved| !goes_along(moved));
        told.cloned().collect()
    }

    /// Where something stands now.
    fn now(&self, path: &str) -> String {
        let mut around = path;
        loop {
            if let Some(moved) = self.0.get(around) {
                let rest = path.get(around.len()..).unwrap_or_default();
                return format!("{}{rest}", moved.to);
            }
            match around.rsplit_once('/') {
                Some((outer, _)) if !outer.is_empty() => around = outer,
                _ => return path.to_owned(),
            }
        }
    }
}

/// Paths by UUID; `None`: several elements have it, so it says nothing.
fn by_uuid(model: &Model) -> BTreeMap<&str, Option<&str>> {
    let mut found = BTreeMap::new();
    for (path, uuid) in &model.uuids {
        found
            .entry(uuid.as_str())
            .and_modify(|path| *path = None)
            .or_insert(Some(path.as_str()));
    }
    found
}

/// What things of the project are called now that were made of something with another path.
pub(super) fn naming(old: &Model, new: &Model, paths: &Paths) -> Naming {
    let mut naming = Naming::default();
    for was in &old.components {
        if let Some(is) = at(&new.components, &paths.now(&was.path), |one| &one.path) {
            note(&mut naming.components, &was.world, &is.world);
            let ports = ports(&was.ports, &is.ports, paths);
            let names = ports.into_iter().chain(runnables(old, was, is, paths));
            naming.ports.insert(was.world.clone(), names.collect());
        }
    }
    for was in &old.compositions {
        if let Some(is) = at(&new.compositions, &paths.now(&was.path), |one| &one.path) {
            composition(old, (was, is), paths, &mut naming);
        }
    }
    for was in &old.system.ecus {
        if let Some(is) = at(&new.system.ecus, &paths.now(&was.path), |one| &one.path) {
            note(&mut naming.ecus, &was.name, &is.name);
        }
    }
    for was in &old.clusters {
        if let Some(is) = at(&new.clusters, &paths.now(&was.path), |one| &one.path) {
            note(&mut naming.buses, &was.name, &is.name);
            cluster(was, is, paths, &mut naming);
        }
    }
    naming.ports.retain(|_, names| !names.is_empty());
    naming.instances.retain(|_, names| !names.is_empty());
    naming
}

fn at<'a, T>(things: &'a [T], path: &str, path_of: impl Fn(&T) -> &String) -> Option<&'a T> {
    things.iter().find(|thing| path_of(thing) == path)
}

fn note(names: &mut Names, was: &str, is: &str) {
    if was != is {
        names.insert(was.to_owned(), is.to_owned());
    }
}

fn ports(was: &[arxml::Port], is: &[arxml::Port], paths: &Paths) -> Names {
    let mut names = Names::new();
    for port in was {
        if let Some(now) = at(is, &paths.now(&port.path), |one| &one.path) {
            note(&mut names, &port.name, &now.name);
        }
    }
    names
}

/// Functions of runnables: the behaviour that stands between component and runnable is not read.
fn runnables(old: &Model, was: &Component, is: &Component, paths: &Paths) -> Names {
    let mut names = Names::new();
    let inside = format!("{}/", was.path);
    let inner = old.uuids.range(inside.clone()..);
    let inner = inner.take_while(|(path, _)| path.starts_with(&inside));
    for (path, _) in inner {
        let mut parts = path.get(inside.len()..).unwrap_or_default().split('/');
        let (Some(_), Some(name), None) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let now = paths.now(path);
        let now = now.rsplit('/').next().unwrap_or_default();
        let before = was.runnables.iter().find(|one| one.autosar_name == name);
        let after = is.runnables.iter().find(|one| one.autosar_name == now);
        if let (Some(before), Some(after)) = (before, after) {
            note(&mut names, &before.function, &after.function);
        }
    }
    names
}

fn composition(
    old: &Model,
    (was, is): (&Composition, &Composition),
    paths: &Paths,
    naming: &mut Naming,
) {
    let is_root = old.system.root.as_ref() == Some(&was.path);
    let place = (!is_root).then(|| was.name.clone());
    let parts = naming.instances.entry(place).or_default();
    for part in &was.parts {
        if let Some(now) = at(&is.parts, &paths.now(&part.path), |one| &one.path) {
            note(parts, &part.name, &now.name);
        }
    }
    if is_root {
        return;
    }
    note(&mut naming.components, &was.name, &is.name);
    // Without a system an instance of each outermost one bears its name.
    if old.system.root.is_none() {
        let parts = naming.instances.entry(None).or_default();
        note(parts, &was.name, &is.name);
    }
    let names = ports(&was.ports, &is.ports, paths);
    naming.ports.insert(was.name.clone(), names);
}

fn cluster(was: &Cluster, is: &Cluster, paths: &Paths, naming: &mut Naming) {
    let messages = naming.messages.entry(was.name.clone()).or_default();
    for (message, before) in &was.frames {
        let frame = paths.now(&before.frame);
        let found = is.frames.iter().find(|(_, one)| one.frame == frame);
        let Some((now, after)) = found else {
            continue;
        };
        note(messages, message, now);
        let key = (was.name.clone(), message.clone());
        let signals = naming.signals.entry(key).or_default();
        for (signal, path) in &before.signals {
            let path = paths.now(path);
            if let Some((now, _)) = after.signals.iter().find(|(_, one)| **one == path) {
                note(signals, signal, now);
            }
        }
    }
}
