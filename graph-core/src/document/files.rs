//! What of a document lies in other files.

use super::{BusKind, ComponentSource, Document};

impl Document {
    /// Rewrites where components and bus descriptions come from: a relative path means something in
    /// its own project only.
    pub fn map_files(&mut self, map: impl Fn(&str) -> String) {
        self.imported = self.imported.as_deref().map(&map);
        for component in self.components.values_mut() {
            match &mut component.source {
                ComponentSource::File(file) => *file = map(file),
                ComponentSource::Stub { wit, .. } => *wit = map(wit),
                ComponentSource::Composition => {}
            }
        }
        for bus in self.buses.values_mut() {
            if let BusKind::Can {
                description: Some(file),
                ..
            } = &mut bus.kind
            {
                *file = map(file);
            }
        }
    }
}
