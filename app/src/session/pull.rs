//! Components from registries. Knows no network: what is to be fetched goes out as an effect.

use super::{Effect, Session};

/// Folder for them, beside the project's file.
const FOLDER: &str = "components";

impl Session {
    /// A component belongs to a project, so there has to be a folder for it.
    pub(super) fn pull(&mut self, reference: String) -> Vec<Effect> {
        let reference = reference.trim().to_owned();
        if reference.is_empty() {
            return Vec::new();
        }
        let folder = self.path().and_then(|path| path.parent());
        match folder.map(|folder| folder.join(FOLDER)) {
            Some(folder) => vec![Effect::PullComponent { reference, folder }],
            None => {
                self.fail(format!(
                    "`{reference}` was not pulled: the project has no folder yet; save it, then pull again"
                ));
                Vec::new()
            }
        }
    }
}
