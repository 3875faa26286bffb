//! Two versions that come from one, made into one: what does not go together is shown, the user
//! chooses, and the result is one step.

use super::{DialogRequest, Effect, Session, Version, VersionPurpose};
use crate::{
    command::Command,
    import::arxml::{Update, placed},
};
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
    /// What a newer description brings besides, if it is one that comes in.
    pub update: Option<Box<Update>>,
}

impl MergeDraft {
    pub fn conflicts(&self) -> &[Conflict] {
        &self.merged.conflicts
    }

    /// Nothing comes of it.
    pub fn is_idle(&self) -> bool {
        let update = self.update.as_ref();
        self.changes.is_empty()
            && update.is_none_or(|update| update.news.is_empty() && update.moved.is_empty())
    }

    /// The document under the names that its things have in what comes in.
    fn ours(&self, document: &Document) -> Document {
        match &self.update {
            Some(update) => update.renamed(document),
            None => document.clone(),
        }
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
            Command::UpdateFromFiles(paths) => {
                return vec![Effect::ReadArxml {
                    project: self.path.clone(),
                    paths,
                    document: Box::new(self.document.clone()),
                    library: self.library.clone(),
                }];
            }
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
            update: None,
        });
        self.follow_merge();
    }

    /// A newer description of what the project was made of.
    pub(super) fn begin_update(&mut self, name: String, update: Update) {
        self.merge = Some(MergeDraft {
            name,
            base: update.base.clone(),
            theirs: update.theirs.clone(),
            library: update.library.clone(),
            merged: Merged {
                document: Document::default(),
                conflicts: Vec::new(),
            },
            theirs_win: update.theirs_win.clone(),
            changes: Vec::new(),
            update: Some(Box::new(update)),
        });
        self.follow_merge();
    }

    /// After each choice, and each change of the document below.
    pub(super) fn follow_merge(&mut self) {
        let Some(draft) = &mut self.merge else {
            return;
        };
        let ours = draft.ours(&self.document);
        draft.merged = merge_choosing(&draft.base, &ours, &draft.theirs, &draft.theirs_win);
        let merged = &draft.merged.document;
        draft.changes = match &draft.update {
            Some(update) => update.changes(&self.document, merged),
            None => compare(&ours, merged),
        };
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
        let update = self.merge.as_ref().and_then(|draft| draft.update.as_ref());
        if let Some(files) = update.map(|update| update.files.clone()) {
            let Some(project) = self.path.clone() else {
                let text = "save the project first; what the description becomes lies beside it";
                self.fail(text.to_owned());
                return Vec::new();
            };
            // Written before the step, so that the step finds them.
            return vec![Effect::WriteImported { project, files }];
        }
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

    /// The files of a newer description are there: the project becomes what it says, in one step.
    pub(super) fn imported_written(&mut self) -> Vec<Effect> {
        let Some(draft) = self.merge.take_if(|draft| draft.update.is_some()) else {
            return Vec::new();
        };
        let ours = draft.ours(&self.document);
        let mut document = draft.merged.document;
        document.layout = placed(&document, &ours, &draft.theirs);
        let imports = draft.library.imports.clone();
        self.library.imports.extend(imports);
        let name = format!("Update from `{}`", draft.name);
        self.become_version(name, &document, (&draft.theirs, &draft.library))
    }
}
