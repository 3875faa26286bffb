//! Copying, cutting, pasting and duplicating instances. What goes to the clipboard is text, so that
//! it reaches other windows; the session never touches the clipboard itself.

use super::{Effect, Item, Notice, NoticeKind, Session, ShelfEntry, view::ViewRequest};
use crate::command::Command;
use graph_core::{
    document::{ComponentId, ComponentSource, InstanceId},
    fragment::{Fragment, Manner},
    library::Entry,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

impl Session {
    pub(super) fn selected_instances(&self) -> BTreeSet<InstanceId> {
        let instance = |item: &Item| match item {
            Item::Instance(id) => Some(*id),
            _ => None,
        };
        self.selection.iter().filter_map(instance).collect()
    }

    pub(super) fn apply_clipboard(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Copy => {
                self.copy();
                Vec::new()
            }
            Command::Cut => self.cut(),
            Command::RequestPaste { outer } => {
                self.view.requests.push(ViewRequest::Paste { outer });
                Vec::new()
            }
            Command::Paste { text, outer } => self.paste(&text, outer),
            Command::Duplicate { outer } => self.duplicate(outer),
            _ => Vec::new(),
        }
    }

    /// Whether there is something that can be copied.
    pub fn can_copy(&self) -> bool {
        self.selection.iter().any(is_part)
    }

    fn fragment(&self) -> Option<Fragment> {
        let (frames, notes) = self.selected_annotations();
        let instances = self.selected_instances();
        Fragment::with_annotations(&self.document, &instances, &frames, &notes)
    }

    fn copy(&mut self) {
        let Some(mut fragment) = self.fragment() else {
            return;
        };
        // Relative paths mean nothing in another project.
        if let Some(folder) = self.path.as_deref().and_then(Path::parent) {
            fragment.map_files(|file| folder.join(file).to_string_lossy().into_owned());
        }
        let text = fragment.to_text();
        self.view.requests.push(ViewRequest::CopyText(text));
    }

    fn cut(&mut self) -> Vec<Effect> {
        self.copy();
        let parts = self.selection.iter().filter(|item| is_part(item));
        let parts: Vec<Item> = parts.cloned().collect();
        let edits = graph_core::edit::removal(&self.document, &parts);
        self.step("Cut".into(), edits)
    }

    fn paste(&mut self, text: &str, outer: bool) -> Vec<Effect> {
        match Fragment::read(text) {
            Ok(fragment) => self.bring_in("Paste", &fragment, outer),
            Err(error) => {
                self.fail(format!(
                    "what was copied is no part of a project ({error}); copy instances first"
                ));
                Vec::new()
            }
        }
    }

    fn duplicate(&mut self, outer: bool) -> Vec<Effect> {
        match self.fragment() {
            Some(fragment) => self.bring_in("Duplicate", &fragment, outer),
            None => Vec::new(),
        }
    }

    fn bring_in(&mut self, verb: &str, fragment: &Fragment, outer: bool) -> Vec<Effect> {
        let manner = Manner {
            outer,
            partition: self.partition_for_new(),
            composition: self.scope(),
        };
        let insertion = fragment.insertion(&self.document, &manner);
        let name = match insertion.instances.len() {
            0 | 1 => verb.to_owned(),
            count => format!("{verb} {count} instances"),
        };
        let instances = insertion.instances.into_iter().map(Item::Instance);
        let selection: BTreeSet<Item> = instances.chain(insertion.annotations).collect();
        let mut effects = self.step(name, insertion.edits);
        let document = &self.document;
        self.selection = selection;
        self.selection
            .retain(|item| super::apply::exists(document, item));
        if !insertion.left_out.is_empty() {
            self.notices.push(Notice {
                kind: NoticeKind::Warning,
                text: insertion.left_out.join("\n"),
            });
        }
        let files = insertion.components.iter();
        let files: Vec<PathBuf> = files.filter_map(|id| self.file_to_read(*id)).collect();
        if !files.is_empty() {
            effects.push(Effect::ReadComponents(files));
        }
        effects
    }

    /// Where the type of a component that has come in is found: on the shelf, or in its file.
    fn file_to_read(&mut self, id: ComponentId) -> Option<PathBuf> {
        let component = self.document.components.get(&id)?;
        let path = PathBuf::from(component.source.file()?);
        if self.fill_from_shelf(id) {
            return None;
        }
        let reason = format!("{} has not been read yet", path.display());
        self.library
            .components
            .insert(id, Entry::Missing { reason });
        self.derive();
        Some(path)
    }

    /// Components whose type was not known, and now is.
    pub(super) fn fill_missing(&mut self) {
        let is_missing =
            |id| !matches!(self.library.components.get(id), Some(Entry::Loaded { .. }));
        let missing: Vec<_> = self
            .document
            .components
            .keys()
            .filter(|id| is_missing(id))
            .copied()
            .collect();
        for id in missing {
            self.fill_from_shelf(id);
        }
    }

    fn fill_from_shelf(&mut self, id: ComponentId) -> bool {
        let component = self.document.components.get(&id);
        let entry = component.and_then(|component| {
            let is_file = |entry: &&ShelfEntry| match &component.source {
                ComponentSource::File(file) => entry.path == Path::new(file),
                ComponentSource::Stub { .. } | ComponentSource::Composition => false,
            };
            let by_file = self.shelf.values().find(is_file);
            by_file.or_else(|| self.shelf.get(&component.name))
        });
        let Some(entry) = entry.cloned() else {
            return false;
        };
        let loaded = Entry::Loaded {
            component_type: entry.component_type,
            bytes: entry.bytes,
        };
        self.renew_component(id, &loaded);
        self.library.components.insert(id, loaded);
        self.derive();
        true
    }
}

fn is_part(item: &Item) -> bool {
    matches!(item, Item::Instance(_) | Item::Frame(_) | Item::Note(_))
}
