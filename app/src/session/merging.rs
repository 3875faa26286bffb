//! Two versions that come from one, made into one: what does not go together is shown, the user
//! chooses, and the result is one step.

use super::{DialogRequest, Effect, Session, Version, VersionPurpose};
use crate::command::Command;
use graph_core::{
    difference::{Change, Conflict, Merged, Place, compare, merge_choosing},
    document::Document,
    file,
    library::Library,
};
use std::{collections::BTreeSet, path::PathBuf};

/// A merge that is looked at before it is made.
#[derive(Debug, Clone)]
pub struct MergeDraft {
    /// How people call the version that comes in: its file.
    pub name: String,
    base: Document,
    theirs: Document,
    library: Library,
    /// What came of it, by what was chosen.
    merged: Merged,
    /// Where theirs was chosen.
    theirs_win: BTreeSet<Place>,
    /// What it changes here.
    pub changes: Vec<Change>,
}

impl MergeDraft {
    pub fn conflicts(&self) -> &[Conflict] {
        &self.merged.conflicts
    }

    /// Whether theirs was chosen there.
    pub fn takes_theirs(&self, conflict: &Conflict) -> bool {
        self.theirs_win.contains(&conflict.place())
    }
}

impl Session {
    /// The merge that is looked at.
    pub fn merge(&self) -> Option<&MergeDraft> {
        self.merge.as_ref()
    }

    pub(super) fn apply_merge(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::MergeBase(path) => {
                self.merge_base = Some(path);
                self.view.dialog = Some(DialogRequest::MergeTheirs);
            }
            Command::MergeTheirs(path) => return self.read_merge(path),
            Command::ChooseSide { conflict, theirs } => self.choose_side(conflict, theirs),
            Command::FinishMerge => return self.finish_merge(),
            Command::DismissMerge => self.merge = None,
            _ => {}
        }
        Vec::new()
    }

    fn read_merge(&mut self, theirs: PathBuf) -> Vec<Effect> {
        let Some(base) = self.merge_base.take() else {
            return Vec::new();
        };
        self.read_versions(vec![base, theirs], VersionPurpose::Merge)
    }

    pub(super) fn begin_merge(&mut self, base: Version, theirs: Version) {
        self.merge = Some(MergeDraft {
            name: theirs.name(),
            base: base.document,
            theirs: theirs.document,
            library: theirs.library,
            merged: Merged {
                document: Document::default(),
                conflicts: Vec::new(),
            },
            theirs_win: BTreeSet::new(),
            changes: Vec::new(),
        });
        self.follow_merge();
    }

    /// After each choice, and each change of the document below.
    pub(super) fn follow_merge(&mut self) {
        let ours = &self.document;
        let Some(draft) = &mut self.merge else {
            return;
        };
        draft.merged = merge_choosing(&draft.base, ours, &draft.theirs, &draft.theirs_win);
        draft.changes = compare(ours, &draft.merged.document);
    }

    fn choose_side(&mut self, conflict: usize, theirs: bool) {
        if let Some(draft) = &mut self.merge
            && let Some(found) = draft.merged.conflicts.get(conflict)
        {
            match theirs {
                true => drop(draft.theirs_win.insert(found.place())),
                false => drop(draft.theirs_win.remove(&found.place())),
            }
        }
        self.follow_merge();
    }

    fn finish_merge(&mut self) -> Vec<Effect> {
        let Some(draft) = self.merge.take() else {
            return Vec::new();
        };
        let mut document = draft.merged.document;
        let layouts = [&draft.base, &self.document, &draft.theirs].map(file::write_layout);
        let [base, ours, theirs] = &layouts;
        let text = file::merge_layouts((base, "base"), (ours, "ours"), (theirs, "theirs"));
        match text.and_then(|text| file::read_layout(&text, "both together", &document)) {
            Ok(layout) => document.layout = layout,
            Err(error) => {
                self.fail(format!(
                    "the layouts cannot be merged: {error}; mend the layout file and merge again"
                ));
                return Vec::new();
            }
        }
        let name = format!("Merge `{}`", draft.name);
        self.become_version(name, &document, (&draft.theirs, &draft.library))
    }
}
