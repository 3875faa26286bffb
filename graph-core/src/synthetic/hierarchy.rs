//! A chain like that of `system`, drawn as compositions in compositions.

use super::{PORT, connector, ecu, instance, link, partition_name};
use crate::{document::*, edit::Edit, library::*};
use autosar_wit::component::Direction;
use std::sync::Arc;

/// `count` instances of a composition, each in a partition of its own. It has two of a composition,
/// that has two of another, and that has a quarter of `size` links.
pub fn hierarchy(count: usize, size: usize) -> (Document, Library) {
    let mut document = Document {
        name: "hierarchy".to_owned(),
        ..Document::default()
    };
    let mut ids = document.new_ids();
    let (leaf, ecu) = (ids.component(), ids.ecu());
    let source = ComponentSource::File("link.wasm".to_owned());
    let name = "link".to_owned();
    let mut building = Building {
        edits: vec![
            Edit::InsertComponent(leaf, Component { name, source }),
            Edit::InsertEcu(ecu, self::ecu(count)),
        ],
        ids,
        ecu,
    };
    let quarter = building.composition("quarter", leaf, size / 4);
    let half = building.composition("half", quarter, 2);
    let block = building.composition("block", half, 2);
    let blocks = building.chain(None, block, count);
    for edit in &mut building.edits {
        if let Edit::InsertInstance(id, standing) = edit
            && let Some(at) = blocks.iter().position(|block| block == id)
        {
            let partition = partition_name(at);
            standing.partition = Some(PartitionKey { ecu, partition });
        }
    }
    // The first block reads the last one.
    if let (Some(first), Some(last)) = (blocks.first(), blocks.last()) {
        let mut back = connector(*last, *first);
        back.from = back.from.of_port("value");
        back.to = back.to.of_port("before");
        building.connect(back);
    }
    document
        .apply_batch(building.edits)
        .unwrap_or_else(|error| unreachable!("the system is sound, this is a bug: {error}"));
    let mut library = Library::default();
    let entry = Entry::Loaded {
        component_type: Arc::new(link()),
        bytes: Arc::from([]),
    };
    library.components.insert(leaf, entry);
    (document, library)
}

struct Building {
    edits: Vec<Edit>,
    ids: NewIds,
    ecu: EcuId,
}

impl Building {
    /// A chain of `count` parts between a required and a provided port.
    fn composition(&mut self, name: &str, part: ComponentId, count: usize) -> ComponentId {
        let id = self.ids.component();
        let composition = Component {
            name: name.to_owned(),
            source: ComponentSource::Composition,
        };
        self.edits.push(Edit::InsertComponent(id, composition));
        let parts = self.chain(Some(id), part, count);
        let given = self.port(id, "before", Direction::Required);
        let taken = self.port(id, "value", Direction::Provided);
        if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
            let end = |instance: InstanceId, port: &str| End::Port {
                instance,
                port: port.to_owned(),
            };
            let (input, output) = match self.is_leaf(part) {
                true => (PORT, PORT),
                false => ("before", "value"),
            };
            self.delegate(end(given, "before"), end(*first, input));
            self.delegate(end(*last, output), end(taken, "value"));
        }
        id
    }

    fn chain(
        &mut self,
        composition: Option<ComponentId>,
        part: ComponentId,
        count: usize,
    ) -> Vec<InstanceId> {
        let is_leaf = self.is_leaf(part);
        let mut parts: Vec<InstanceId> = Vec::new();
        for index in 0..count {
            let id = self.ids.instance();
            let mut standing = instance(part, self.ecu, 0);
            standing.name = format!("part{index}");
            standing.composition = composition;
            standing.partition = None;
            if !is_leaf {
                standing.activations.clear();
            }
            self.edits.push(Edit::InsertInstance(id, standing));
            if let Some(before) = parts.last() {
                let mut wire = connector(*before, id);
                if !is_leaf {
                    wire.from = wire.from.of_port("value");
                    wire.to = wire.to.of_port("before");
                }
                self.connect(wire);
            }
            parts.push(id);
        }
        parts
    }

    fn is_leaf(&self, part: ComponentId) -> bool {
        let is_file = |edit: &Edit| match edit {
            Edit::InsertComponent(id, component) => {
                *id == part && component.source != ComponentSource::Composition
            }
            _ => false,
        };
        self.edits.iter().any(is_file)
    }

    fn port(&mut self, composition: ComponentId, name: &str, direction: Direction) -> InstanceId {
        let id = self.ids.instance();
        let port = DelegationPort {
            name: name.to_owned(),
            composition,
            direction,
        };
        self.edits.push(Edit::InsertPort(id, port));
        id
    }

    fn delegate(&mut self, from: End, to: End) {
        self.connect(Connector {
            from,
            to,
            kind: ConnectorKind::Direct,
            accept_version: false,
            probe: false,
            adapter: None,
        });
    }

    fn connect(&mut self, wire: Connector) {
        let id = self.ids.connector();
        self.edits.push(Edit::Connect(id, wire));
    }
}
