//! Components whose files change while the project is open: which are watched, and what a new build
//! does to the system.

use super::{Effect, Notice, NoticeKind, Session};
use crate::command::Command;
use graph_core::{
    assist::{Impact, impact},
    document::{ComponentId, ComponentSource},
    library::Entry,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

impl Session {
    /// What the new build of a component has changed, until it is dismissed.
    pub fn impact(&self) -> Option<&Impact> {
        self.view.impact.as_ref()
    }

    /// The files to be watched, where they are others than before.
    pub(super) fn follow_files(&mut self) -> Option<Effect> {
        let wanted = self.component_files();
        if wanted == self.watched {
            return None;
        }
        self.watched = wanted;
        let watched = |(id, path): (&ComponentId, &PathBuf)| {
            let source = &self.document.components.get(id)?.source;
            Some((*id, path.clone(), source.clone()))
        };
        Some(Effect::Watch(
            self.watched.iter().filter_map(watched).collect(),
        ))
    }

    /// By component; relative ones start at the project's folder.
    fn component_files(&self) -> BTreeMap<ComponentId, PathBuf> {
        let folder = self.path.as_deref().and_then(Path::parent);
        let file = |source: &ComponentSource| {
            let path = Path::new(source.file()?);
            match (folder, path.is_absolute()) {
                (_, true) => Some(path.to_path_buf()),
                (Some(folder), false) => Some(folder.join(path)),
                (None, false) => None,
            }
        };
        let components = self.document.components.iter();
        components
            .filter_map(|(id, component)| Some((*id, file(&component.source)?)))
            .collect()
    }

    /// Takes a new build into the library and says what it does. One that cannot be read changes
    /// nothing: what was there before goes on.
    pub(super) fn take_rebuilt(&mut self, component: ComponentId, entry: Entry) {
        let Some(name) = self.document.components.get(&component) else {
            return;
        };
        let name = name.name.clone();
        if let Entry::Missing { reason } = &entry {
            let text = format!(
                "`{name}` has changed on the disk and cannot be read: {reason}; the studio keeps what it had"
            );
            self.notices.push(Notice {
                kind: NoticeKind::Warning,
                text,
            });
            return;
        }
        let before = self.library.clone();
        self.renew_component(component, &entry);
        self.library.components.insert(component, entry);
        let found = impact(&self.document, &before, &self.library, component);
        self.derive();
        let restart = match self.run.is_started() {
            true => "; restart the simulation to run it",
            false => "",
        };
        if found.is_none() {
            self.done(format!(
                "`{name}` was rebuilt; its ports are as before{restart}"
            ));
        } else {
            self.view.impact = Some(found);
        }
    }

    pub(super) fn apply_impact(&mut self, command: Command) -> Vec<Effect> {
        match (command, self.view.impact.take()) {
            (Command::MoveWires, Some(impact)) => {
                let name = match impact.moves.len() {
                    1 => "Move a wire to its new port".to_owned(),
                    count => format!("Move {count} wires to their new ports"),
                };
                self.step(name, impact.edits())
            }
            _ => Vec::new(),
        }
    }
}
