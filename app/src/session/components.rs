//! What components are where one number stands for one file after another: taking over a version
//! exchanges files by an edit, and undo brings the old one back.

use super::Session;
use graph_core::{
    document::{ComponentId, ComponentSource, Document},
    edit::Edit,
    library::{Entry, Library},
};

/// What a component is, as long as it comes from there.
#[derive(Debug, Clone)]
pub(super) struct Known {
    component: ComponentId,
    source: ComponentSource,
    entry: Entry,
}

impl Session {
    /// Takes in what the components are that these edits bring from another version.
    pub(super) fn learn_components(&mut self, edits: &[Edit], there: &Document, library: &Library) {
        for edit in edits {
            let Edit::InsertComponent(id, component) = edit else {
                continue;
            };
            if let Some(old) = self.document.components.get(id) {
                let (source, entry) = (old.source.clone(), self.library.components.get(id));
                if let Some(entry) = entry.cloned() {
                    self.know(*id, source, entry);
                }
            }
            let origin = there.component_named(&component.name);
            if let Some(entry) = origin.and_then(|origin| library.components.get(&origin)) {
                self.know(*id, component.source.clone(), entry.clone());
            }
        }
    }

    fn know(&mut self, component: ComponentId, source: ComponentSource, entry: Entry) {
        self.known
            .retain(|one| one.component != component || one.source != source);
        self.known.push(Known {
            component,
            source,
            entry,
        });
    }

    /// A component that was exchanged once is what its present file makes it.
    pub(super) fn follow_components(&mut self) {
        for one in &self.known {
            let component = self.document.components.get(&one.component);
            if component.is_some_and(|component| component.source == one.source) {
                let entry = one.entry.clone();
                self.library.components.insert(one.component, entry);
            }
        }
    }

    /// Its file was found, or built anew.
    pub(super) fn renew_component(&mut self, component: ComponentId, entry: &Entry) {
        let Some(now) = self.document.components.get(&component) else {
            return;
        };
        let same = |one: &&mut Known| one.component == component && one.source == now.source;
        if let Some(one) = self.known.iter_mut().find(same) {
            one.entry = entry.clone();
        }
    }
}
