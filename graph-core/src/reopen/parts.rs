//! The files of the components that were found: one for the same bytes, however many components or
//! instances have them. Knows nothing of where they come from.

use autosar_wit::names;
use std::{collections::BTreeMap, sync::Arc};

/// Folder of the components in the project.
const FOLDER: &str = "components";

/// Files by their paths in the project's folder.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) files: BTreeMap<String, Arc<[u8]>>,
}

impl Files {
    /// The file of a component: that of the same bytes, else one that is called like it.
    pub(super) fn component(&mut self, name: &str, bytes: &[u8]) -> String {
        let same = self.files.iter().find(|(_, known)| known.as_ref() == bytes);
        if let Some((path, _)) = same {
            return path.clone();
        }
        let path = |label: &str| format!("{FOLDER}/{label}.wasm");
        let label = names::unique(&names::to_label(name), |label| {
            self.files.contains_key(&path(label))
        });
        self.files.insert(path(&label), Arc::from(bytes));
        path(&label)
    }

    /// The description of a bus.
    pub(super) fn description(&mut self, bus: &str, text: &str) -> String {
        let path = format!("{}.dbc", names::to_label(bus));
        self.files.insert(path.clone(), Arc::from(text.as_bytes()));
        path
    }
}
