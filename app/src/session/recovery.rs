//! Unsaved work of a session that ended too early: taken up, or not wanted.

use super::{Effect, ProjectFiles, Session};
use graph_core::{
    document::Document,
    file::{self, FileError},
    history::History,
};

impl Session {
    pub(super) fn recover(&mut self) -> Vec<Effect> {
        let Some(files) = self.recovery.take() else {
            return Vec::new();
        };
        match recovered(&files) {
            Ok(document) => {
                self.document = document;
                self.history = History::new();
                self.history.mark_unsaved();
                self.changed()
            }
            Err(error) => {
                self.fail(format!(
                    "the unsaved work cannot be read: {error}; it was kept as it is, mend it beside the project file"
                ));
                Vec::new()
            }
        }
    }

    pub(super) fn discard_recovery(&mut self) -> Vec<Effect> {
        self.recovery = None;
        vec![Effect::DropRecovery {
            path: self.path.clone(),
        }]
    }
}

fn recovered(files: &ProjectFiles) -> Result<Document, FileError> {
    let mut document = file::read(&files.project, "unsaved work")?;
    document.layout = file::read_layout(&files.layout, "unsaved layout", &document)?;
    Ok(document)
}
