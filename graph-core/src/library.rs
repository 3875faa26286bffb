//! What the files of a project hold, handed to checks and composition as data.
//! Reads no files itself: `app::session` fills it.

use crate::document::{BusId, ComponentId};
use autosar_wit::component::ComponentType;
use std::{collections::BTreeMap, sync::Arc};

/// The component types and bus descriptions that a document refers to.
#[derive(Debug, Clone, Default)]
pub struct Library {
    pub components: BTreeMap<ComponentId, Entry>,
    pub descriptions: BTreeMap<BusId, Arc<autosar_wit::dbc::Database>>,
    /// Records of the imports that the project was made by, by their folder; what they say is the
    /// business of who imports.
    pub imports: BTreeMap<String, Arc<[u8]>>,
}

/// One component of the library.
#[derive(Debug, Clone)]
pub enum Entry {
    Loaded {
        component_type: Arc<ComponentType>,
        /// The binary; for a stub the generated one.
        bytes: Arc<[u8]>,
    },
    /// What went wrong, for the check "instance without a file".
    Missing { reason: String },
}
