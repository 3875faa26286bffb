//! The project held against another version of it: what differs, where that is, and each difference
//! taken over as a step that can be undone. Kept up with the document; files are read by others.

use super::{Effect, Item, Panel, Session, Version, VersionPurpose, view::ViewRequest};
use crate::command::Command;
use graph_core::{
    difference::{Difference, Kind, Section, Subjects, differences, renamed, take, transition},
    document::{Document, End},
    library::Library,
};
use std::{collections::BTreeMap, path::PathBuf};

/// Another version of the project, and how this one differs from it.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// How people call the other version: its file.
    pub name: String,
    /// It is this project's own file: what differs was done since.
    pub is_saved: bool,
    /// As it was read.
    other: Document,
    /// The same with the names that its things have here now.
    pub there: Document,
    /// What its components are.
    pub library: Library,
    pub differences: Vec<Difference>,
    /// The difference that was gone to last.
    pub at: Option<usize>,
    /// Grows with each change of the versions and what differs.
    pub stamp: u64,
}

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    Added,
    /// It is in the other version only.
    Removed,
    Changed,
}

impl Mark {
    /// Of all that is told of one thing.
    pub fn of(difference: &Difference) -> Mark {
        match difference.change() {
            change if change.is_whole() => match change.kind {
                Kind::Added(_) => Mark::Added,
                Kind::Removed(_) => Mark::Removed,
                Kind::Changed { .. } | Kind::Renamed { .. } => Mark::Changed,
            },
            _ => Mark::Changed,
        }
    }
}

impl Comparison {
    /// Instances and wires that differ, here and in the other version, with the first difference that
    /// is about each. What changes a component, a bus or how a message is sent shows at its
    /// instances and wires.
    pub fn marks(&self, document: &Document) -> BTreeMap<(Mark, Item), usize> {
        let mut marks = BTreeMap::new();
        let mut more = Vec::new();
        let (here, there) = (Subjects::of(document), Subjects::of(&self.there));
        for (number, difference) in self.differences.iter().enumerate() {
            // What is inside a composition shows at its instances too.
            if difference.change().part().is_some()
                && let Some(id) = document.component_named(&difference.change().name)
            {
                let instances = document.instances_of(id).map(Item::Instance);
                more.extend(instances.map(|item| ((Mark::Changed, item), number)));
            }
            let (mark, Some(item)) = place(difference, &here, &there) else {
                continue;
            };
            if mark == Mark::Changed {
                let shown = shown_by(document, &item).into_iter();
                more.extend(shown.map(|item| ((mark, item), number)));
            }
            marks.entry((mark, item)).or_insert(number);
        }
        for ((mark, item), number) in more {
            let is_new = marks.contains_key(&(Mark::Added, item.clone()));
            if !is_new {
                marks.entry((mark, item)).or_insert(number);
            }
        }
        marks
    }
}

/// The thing that a difference is about: here, or where it is gone in the other version.
fn place(
    difference: &Difference,
    here: &Subjects<'_>,
    there: &Subjects<'_>,
) -> (Mark, Option<Item>) {
    let mark = Mark::of(difference);
    let home = match mark {
        Mark::Removed => there,
        Mark::Added | Mark::Changed => here,
    };
    (mark, home.find(difference.change()))
}

/// What on the canvas stands for something that is no box or wire itself.
fn shown_by(document: &Document, item: &Item) -> Vec<Item> {
    let wires = |at: &dyn Fn(&End) -> bool| {
        let wires = document.connectors.iter();
        let met = wires.filter(|(_, wire)| at(&wire.from) || at(&wire.to));
        met.map(|(id, _)| Item::Connector(*id)).collect()
    };
    match item {
        Item::Component(id) => document.instances_of(*id).map(Item::Instance).collect(),
        Item::Bus(bus) => wires(&|end| end.bus() == Some(*bus)),
        Item::Pdu(id) => document.pdus.get(id).map_or_else(Vec::new, |pdu| {
            wires(&|end| matches!(end, End::Signal { bus, message, .. } if *bus == pdu.bus && *message == pdu.message))
        }),
        _ => Vec::new(),
    }
}

impl Session {
    /// The version that the project is held against.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.comparison.as_ref()
    }

    pub(super) fn apply_comparison(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::CompareWithSaved => {
                let paths = self.path.clone().into_iter().collect();
                return self.read_versions(paths, VersionPurpose::CompareSaved);
            }
            Command::Compare(path) => {
                return self.read_versions(vec![path], VersionPurpose::Compare);
            }
            Command::EndComparison => self.end_comparison(),
            Command::GoToDifference(number) => self.show_difference(number),
            Command::NextDifference => self.go_to_difference(1),
            Command::PreviousDifference => self.go_to_difference(-1),
            Command::TakeDifference(number) => return self.take_difference(number),
            Command::TakeShownDifference => {
                let at = self.comparison.as_ref().and_then(|one| one.at);
                return at.map_or_else(Vec::new, |number| self.take_difference(number));
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn begin_comparison(&mut self, version: Version, is_saved: bool) {
        // Who draws one comparison sees that this is another one.
        let stamp = self.comparison.as_ref().map_or(0, |one| one.stamp);
        self.comparison = Some(Comparison {
            name: version.name(),
            is_saved,
            there: version.document.clone(),
            other: version.document,
            library: version.library,
            differences: Vec::new(),
            at: None,
            stamp,
        });
        self.follow_comparison();
        self.view.hidden_panels.remove(&Panel::Differences);
    }

    pub(super) fn end_comparison(&mut self) {
        if self.comparison.take().is_some() {
            self.view.hidden_panels.insert(Panel::Differences);
        }
    }

    /// The saved file is another one now.
    pub(super) fn compare_anew(&self) -> Vec<Effect> {
        let is_saved = self.comparison.as_ref().is_some_and(|one| one.is_saved);
        let path = self.path.clone().filter(|_| is_saved);
        self.read_versions(path.into_iter().collect(), VersionPurpose::Refresh)
    }

    /// The comparison goes on with the file as it is now, unless it was ended in between.
    pub(super) fn refresh_comparison(&mut self, version: Version) {
        let running = self.comparison.as_mut();
        if let Some(comparison) = running.filter(|one| one.is_saved) {
            comparison.name = version.name();
            comparison.other = version.document;
            comparison.library = version.library;
            self.follow_comparison();
        }
    }

    /// After each change of the document.
    pub(super) fn follow_comparison(&mut self) {
        let Some(comparison) = &mut self.comparison else {
            return;
        };
        comparison.there = renamed(&comparison.other, &self.document);
        comparison.differences = differences(&comparison.other, &self.document);
        let last = comparison.differences.len().checked_sub(1);
        comparison.at = comparison.at.and_then(|at| Some(at.min(last?)));
        comparison.stamp += 1;
    }

    pub(super) fn read_versions(
        &self,
        paths: Vec<PathBuf>,
        purpose: VersionPurpose,
    ) -> Vec<Effect> {
        let project = self.path.clone();
        match paths.is_empty() {
            true => Vec::new(),
            false => vec![Effect::ReadVersions {
                project,
                paths,
                purpose,
            }],
        }
    }

    fn go_to_difference(&mut self, direction: isize) {
        let Some(comparison) = &self.comparison else {
            return;
        };
        let count = comparison.differences.len() as isize;
        if count == 0 {
            return;
        }
        let next = match (comparison.at, direction) {
            (None, 1) => 0,
            (None, _) => count - 1,
            (Some(at), _) => (at as isize + direction).rem_euclid(count),
        };
        self.show_difference(next as usize);
    }

    fn show_difference(&mut self, number: usize) {
        let Some(comparison) = &mut self.comparison else {
            return;
        };
        let Some(difference) = comparison.differences.get(number) else {
            return;
        };
        let (here, there) = (&self.document, &comparison.there);
        let (mark, item) = place(difference, &Subjects::of(here), &Subjects::of(there));
        comparison.at = Some(number);
        let change = difference.change();
        let scope = match change.section {
            Section::Composition if change.part().is_some() => here.component_named(&change.name),
            Section::Instance | Section::Connector | Section::Frame | Section::Note => None,
            // What has no place on the canvas.
            _ => self.scope(),
        };
        if scope != self.scope() {
            self.show_composition(scope);
        }
        self.selection.clear();
        match (mark, item) {
            (Mark::Removed, item) => {
                let ghost = item.map(ViewRequest::RevealGhost);
                self.view.requests.extend(ghost);
            }
            (_, Some(item)) => {
                self.selection.insert(item.clone());
                self.view.requests.push(ViewRequest::Reveal(item));
            }
            (_, None) => {}
        }
    }

    fn take_difference(&mut self, number: usize) -> Vec<Effect> {
        let Some(comparison) = &self.comparison else {
            return Vec::new();
        };
        let Some(difference) = comparison.differences.get(number) else {
            return Vec::new();
        };
        let verb = match comparison.is_saved {
            true => "Revert",
            false => "Take over",
        };
        let change = difference.change();
        let name = match change.name.as_str() {
            "" => format!("{verb} a difference of the project"),
            name => format!("{verb} {} `{name}`", change.section.word()),
        };
        match take(&self.document, &comparison.other, difference) {
            Ok(document) => {
                let (there, library) = (comparison.there.clone(), comparison.library.clone());
                self.become_version(name, &document, (&there, &library))
            }
            Err(error) => {
                self.fail(format!(
                    "`{}` cannot be taken over alone: {}; take over what it goes with first",
                    change.name, error.problem
                ));
                Vec::new()
            }
        }
    }

    /// One step from the document to another version of it, whose components are in `library` by the
    /// numbers of `there`.
    pub(super) fn become_version(
        &mut self,
        name: String,
        document: &Document,
        (there, library): (&Document, &Library),
    ) -> Vec<Effect> {
        let edits = transition(&self.document, document);
        self.learn_components(&edits, there, library);
        self.history.end_gesture();
        let effects = self.step(name, edits);
        self.history.end_gesture();
        effects
    }
}

impl Version {
    /// How people call it: its file.
    pub(super) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}
