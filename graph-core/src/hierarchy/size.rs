//! How much a system is without its compositions, before anything of it is made: compositions in
//! compositions multiply. Makes nothing flat.

use super::ends::Index;
use crate::document::*;
use std::collections::BTreeMap;

/// So many parts and connectors can be judged while someone edits.
pub(super) const MAXIMUM: usize = 100_000;

/// The instances, compositions' too, and connectors of the flat system; as many as there are numbers
/// if there are more.
pub(super) fn size(document: &Document, index: &Index<'_>) -> usize {
    let mut sizes = Sizes {
        document,
        index,
        compositions: BTreeMap::new(),
        ports: BTreeMap::new(),
    };
    sizes.inside(None)
}

struct Sizes<'a> {
    document: &'a Document,
    index: &'a Index<'a>,
    compositions: BTreeMap<ComponentId, usize>,
    /// How many ends stand behind a port, by all ways.
    ports: BTreeMap<(ComponentId, &'a str), usize>,
}

impl<'a> Sizes<'a> {
    fn inside(&mut self, composition: Option<ComponentId>) -> usize {
        let index = self.index;
        let mut size = 0_usize;
        for (_, part) in index.parts(composition) {
            let inside = match self.document.is_composition(part.component) {
                true => self.composition(part.component),
                false => 0,
            };
            size = size.saturating_add(inside).saturating_add(1);
        }
        for (_, connector) in index.connectors(composition) {
            let pairs = self.ends(&connector.from);
            size = size.saturating_add(pairs.saturating_mul(self.ends(&connector.to)));
        }
        size
    }

    fn composition(&mut self, id: ComponentId) -> usize {
        if let Some(known) = self.compositions.get(&id) {
            return *known;
        }
        let size = self.inside(Some(id));
        self.compositions.insert(id, size);
        size
    }

    /// At least one, since it costs something to find that there is none.
    fn ends(&mut self, end: &'a End) -> usize {
        let document = self.document;
        let part = end.instance().and_then(|id| document.instances.get(&id));
        let inside = part.filter(|part| document.is_composition(part.component));
        let (Some(part), Some(port)) = (inside, end.port()) else {
            return 1;
        };
        let key = (part.component, port);
        if let Some(known) = self.ports.get(&key) {
            return *known;
        }
        let index = self.index;
        let mut ends = 0_usize;
        for behind in index.behind(part.component, port) {
            ends = ends.saturating_add(self.ends(behind));
        }
        let ends = ends.max(1);
        self.ports.insert(key, ends);
        ends
    }
}
