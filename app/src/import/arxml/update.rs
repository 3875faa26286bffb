//! A newer description for a project that was made of an older one: what it was made of, what it would
//! be made of now, and what it is, for a merge of the three; the files that go with it; and what the
//! project file does not say. Knows no files: new ones get names that nothing else has.

use super::{
    WIT,
    identity::{self, Moved, Paths},
    news::{self, News},
    project, stubs,
};
use arxml::{Model, RECORD, RecordError};
use autosar_wit::dbc;
use graph_core::{
    difference::{Change, Kind, Naming, Place, Section, compare, merge},
    document::*,
    file,
    library::Library,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

const DBC: &str = ".dbc";

/// What a newer description brings.
#[derive(Debug, Clone)]
pub struct Update {
    /// What the project's things are called in the newer one, by UUIDs.
    pub names: Naming,
    /// The project of the older description, under the new names; empty where nothing is known of it.
    pub base: Document,
    /// The project of the newer one, laid out.
    pub theirs: Document,
    /// What its components and messages are.
    pub library: Library,
    /// By path in the project's folder; none of them is there, or it is the same.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Where theirs counts although both changed: nobody knows who did.
    pub theirs_win: BTreeSet<Place>,
    pub moved: Vec<Moved>,
    pub news: Vec<News>,
    /// What it leaves out, and what is to be looked after by hand.
    pub notes: Vec<String>,
}

/// What the model brings to the project.
pub fn update(
    document: &Document,
    library: &Library,
    model: &Model,
) -> Result<Update, RecordError> {
    let old = imported(document, library)?;
    let (names, moved, base) = match &old {
        Some(old) => {
            let paths = Paths::between(old, model);
            let names = identity::naming(old, model, &paths).without_clashes(document);
            (names, paths.told(), project(old, &document.name).document)
        }
        None => Default::default(),
    };
    let made = project(model, &document.name);
    let record = arxml::write_record(model);
    let is_same = old
        .as_ref()
        .is_some_and(|old| arxml::write_record(old) == record);
    let home = match (&document.imported, is_same) {
        (Some(home), true) => home.clone(),
        (None, _) if !uses(document, WIT) => WIT.to_owned(),
        _ => format!("{WIT}-{}", arxml::name_record(&record)),
    };
    let mut update = Update {
        names,
        base,
        theirs: made.document,
        library: Library::default(),
        files: BTreeMap::new(),
        theirs_win: BTreeSet::new(),
        moved,
        news: Vec::new(),
        notes: made.notes,
    };
    let mut ours = document.clone();
    update.names.apply(&mut ours);
    update.names.apply(&mut update.base);
    update.name_files((home.as_str(), record.as_slice()), made.files);
    update.keep_descriptions(&ours, old.as_ref(), model);
    update.keep_sources(&ours);
    update.library = stubs::library(&update.theirs, model);
    update.library.imports.insert(home, record.into());
    for (id, bus) in &update.theirs.buses {
        let mut clusters = model.clusters.iter();
        if let Some(cluster) = clusters.find(|one| one.name == bus.name) {
            let loaded = dbc::read(cluster.description.as_bytes());
            let database = Arc::new(loaded.database);
            update.library.descriptions.insert(*id, database);
        }
    }
    let theirs = (&update.theirs, &update.library);
    update.news = news::between((&ours, library), theirs, &update.names);
    if old.is_none() {
        update.notes.push(
            "the project has no record of the description that it was made of: nothing is taken out of it, and what both have is as the description says".to_owned(),
        );
        let conflicts = merge(&update.base, &ours, &update.theirs).conflicts;
        update.theirs_win = conflicts.iter().map(|conflict| conflict.place()).collect();
    }
    Ok(update)
}

/// The model that the project was made of, if there is a record of it.
pub fn imported(document: &Document, library: &Library) -> Result<Option<Model>, RecordError> {
    let Some(folder) = &document.imported else {
        return Ok(None);
    };
    let record = library.imports.get(folder);
    let read = |record: &Arc<[u8]>| arxml::read_record(record, &format!("{folder}/{RECORD}"));
    record.map(read).transpose()
}

/// The namespace of the project's WIT packages: that of the description that it was made of.
pub fn namespace(document: &Document, library: &Library) -> Result<String, RecordError> {
    let old = imported(document, library)?.map(|old| old.namespace);
    let old = old.filter(|namespace| !namespace.is_empty());
    Ok(old.unwrap_or_else(|| autosar_wit::names::to_label(&document.name)))
}

impl Update {
    /// The project with its things under the names that they have in the newer description.
    pub fn renamed(&self, document: &Document) -> Document {
        let mut renamed = document.clone();
        self.names.apply(&mut renamed);
        renamed
    }

    /// What becomes of the project by a merge, without what only says which files count.
    pub fn changes(&self, document: &Document, merged: &Document) -> Vec<Change> {
        let mut changes = compare(&self.renamed(document), merged);
        changes.retain(|change| !is_about_files(change));
        changes
    }

    /// New files under names that say what they belong to.
    fn name_files(&mut self, (home, record): (&str, &[u8]), made: BTreeMap<String, Vec<u8>>) {
        let inside = format!("{WIT}/");
        let is_first = home == WIT;
        let renamed = |file: &str| match (file.strip_prefix(&inside), file.strip_suffix(DBC)) {
            (Some(rest), _) => format!("{home}/{rest}"),
            (None, _) if file == WIT => home.to_owned(),
            (None, Some(stem)) if !is_first => {
                format!("{stem}-{}{DBC}", arxml::name_record(record))
            }
            _ => file.to_owned(),
        };
        self.theirs.map_files(renamed);
        let files = made.into_iter();
        self.files = files.map(|(file, bytes)| (renamed(&file), bytes)).collect();
    }

    /// Descriptions of buses: one that says the same stays, and so does one that the user has put in
    /// its place.
    fn keep_descriptions(&mut self, ours: &Document, old: Option<&Model>, model: &Model) {
        let text = |model: &Model, path: &str| {
            let mut clusters = model.clusters.iter();
            let cluster = clusters.find(|one| one.path == path);
            cluster.map(|one| one.description.clone())
        };
        for cluster in &model.clusters {
            let own = ours.bus_named(&cluster.name);
            let own = own.and_then(|id| description(ours, id).cloned());
            let base = self.base.bus_named(&cluster.name);
            let (Some(own), Some(base)) = (own, base) else {
                continue;
            };
            let was = description(&self.base, base).cloned().unwrap_or_default();
            let is_ours = |stem: &str| own.starts_with(stem) && own.ends_with(DBC);
            if !is_ours(was.trim_end_matches(DBC)) {
                continue;
            }
            describe(&mut self.base, base, &own);
            let before = old.and_then(|old| {
                let mut clusters = old.clusters.iter();
                let same = clusters.find(|one| super::network::description(one) == was)?;
                text(old, &same.path)
            });
            let is_same = before.is_some() && before == text(model, &cluster.path);
            if let Some(id) = self.theirs.bus_named(&cluster.name).filter(|_| is_same) {
                if let Some(new) = description(&self.theirs, id) {
                    self.files.remove(new);
                }
                describe(&mut self.theirs, id, &own);
            }
        }
    }

    /// A component that has a file by now keeps it.
    fn keep_sources(&mut self, ours: &Document) {
        if let Some(was) = &ours.imported {
            let folder = |file: &str| match file == WIT {
                true => was.clone(),
                false => file.to_owned(),
            };
            self.base.map_files(folder);
            self.base.imported = Some(was.clone());
        }
        for component in ours.components.values() {
            let is_theirs = |source: &ComponentSource| match source {
                ComponentSource::Stub { wit, .. } => Some(wit) == ours.imported.as_ref(),
                ComponentSource::Composition => true,
                ComponentSource::File(_) => false,
            };
            if is_theirs(&component.source) || ours.imported.is_none() {
                continue;
            }
            for side in [&mut self.base, &mut self.theirs] {
                if let Some(id) = side.component_named(&component.name)
                    && let Some(one) = side.components.get_mut(&id)
                {
                    one.source.clone_from(&component.source);
                }
            }
        }
        let Some(old) = ours.imported.clone() else {
            return;
        };
        let own = ours.components.values();
        let own = own.filter(|one| self.theirs.component_named(&one.name).is_some());
        let own: Vec<String> = own
            .filter_map(|one| match &one.source {
                ComponentSource::File(file) => Some(format!(
                    "`{}` comes from `{file}`, which stays: build it anew where its ports or types change (before: `{old}`, now: `{}`)",
                    one.name,
                    self.theirs.imported.as_deref().unwrap_or_default()
                )),
                _ => None,
            })
            .collect();
        self.notes.extend(own);
    }
}

fn uses(document: &Document, folder: &str) -> bool {
    let mut components = document.components.values();
    components.any(|one| one.source.file().is_some_and(|file| file == folder))
}

fn description(document: &Document, bus: BusId) -> Option<&String> {
    match &document.buses.get(&bus)?.kind {
        BusKind::Can { description, .. } => description.as_ref(),
        _ => None,
    }
}

fn describe(document: &mut Document, bus: BusId, file: &str) {
    let bus = document.buses.get_mut(&bus);
    if let Some(BusKind::Can { description, .. }) = bus.map(|bus| &mut bus.kind) {
        *description = Some(file.to_owned());
    }
}

fn is_about_files(change: &Change) -> bool {
    let property: Vec<&str> = change.property.iter().map(String::as_str).collect();
    let is_whole = matches!(change.kind, Kind::Changed { .. });
    match (change.section, property.as_slice()) {
        (Section::Component, ["wit"]) => is_whole,
        (Section::Bus, ["description"]) => is_whole,
        (Section::Project, ["imported"]) => true,
        _ => false,
    }
}

/// Where the things of a merged project stand: where they stood, and what is new where the newer
/// description's arrangement has it, seen from what it has in common with ours.
pub fn placed(merged: &Document, ours: &Document, theirs: &Document) -> Layout {
    let read = |from: &Document| {
        let text = file::write_layout(from);
        file::read_layout(&text, "layout", merged).unwrap_or_default()
    };
    let (mut layout, there) = (read(ours), read(theirs));
    let scope = |id: &InstanceId| merged.scope_at(*id);
    let mut shifts: BTreeMap<Option<ComponentId>, (f32, f32)> = BTreeMap::new();
    for (id, (x, y)) in &layout.positions {
        if let (Some(scope), Some((from_x, from_y))) = (scope(id), there.positions.get(id)) {
            // The first that both have is as good as any.
            shifts.entry(scope).or_insert((x - from_x, y - from_y));
        }
    }
    for (id, (x, y)) in &there.positions {
        let Some(scope) = scope(id).filter(|_| !layout.positions.contains_key(id)) else {
            continue;
        };
        let (by_x, by_y) = shifts.get(&scope).copied().unwrap_or_default();
        let at = free((x + by_x, y + by_y), merged, scope, &layout);
        layout.positions.insert(*id, at);
    }
    layout
}

/// The next place below where nothing stands.
fn free(
    (x, mut y): (f32, f32),
    merged: &Document,
    scope: Option<ComponentId>,
    layout: &Layout,
) -> (f32, f32) {
    const WIDTH: f32 = 200.0;
    const HEIGHT: f32 = 120.0;
    let stands = layout.positions.iter();
    let stands = stands.filter(|(id, _)| merged.scope_at(**id) == Some(scope));
    let stands: Vec<(f32, f32)> = stands.map(|(_, at)| *at).collect();
    while stands
        .iter()
        .any(|(other_x, other_y)| (x - other_x).abs() < WIDTH && (y - other_y).abs() < HEIGHT)
    {
        y += HEIGHT;
    }
    (x, y)
}
