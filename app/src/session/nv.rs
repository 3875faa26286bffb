//! Non-volatile blocks as the window shows them, and what they hold while a system runs.

use super::RunView;
use autosar_wit::{metadata::ElementMetadata, types::ValueType};
use graph_core::{
    document::{Document, InstanceId},
    library::Library,
    nv_data::{NvDatum, nv_ports},
};
use std::collections::BTreeMap;

/// A block of a partition.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockView {
    /// `car/main/odometer-trip-mileage`; where its instance is not deployed the block alone.
    pub place: String,
    /// `None`: its value fits into no block.
    pub size_bytes: Option<u32>,
    /// Content before the first write, of a block that the project declares.
    pub initial: Option<Vec<u8>>,
    /// The data element that is kept there; `None`: components name the block themselves.
    pub datum: Option<DatumView>,
}

/// A non-volatile data element of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct DatumView {
    pub instance: InstanceId,
    /// `odometer.trip.mileage`
    pub name: String,
    /// By which the instance's first value stands in the project.
    pub key: String,
    pub value_type: ValueType,
    pub meaning: Option<ElementMetadata>,
    /// Raw first value of the project, in WAVE.
    pub text: Option<String>,
}

/// What a block holds while a system runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockState {
    /// `None`: never written, invalidated or erased.
    pub content: Option<Vec<u8>>,
    /// `None`: as at the start of the run.
    pub changed_ns: Option<u64>,
    /// How often its ECU has written or invalidated it.
    pub writes: u64,
}

/// Blocks by `ECU/PARTITION/BLOCK`, each with a content or without.
pub type BlockContents = BTreeMap<String, Option<Vec<u8>>>;

/// All blocks of a document: data elements by instance and port, then what the project declares.
pub fn block_views(document: &Document, library: &Library) -> Vec<BlockView> {
    let ports = nv_ports(document, library);
    let data = ports.iter().flat_map(|port| &port.elements);
    let mut views: Vec<BlockView> = data.map(|datum| of_datum(document, datum)).collect();
    for ecu in document.ecus.values() {
        for (partition, of) in &ecu.partitions {
            views.extend(of.blocks.iter().map(|(name, block)| BlockView {
                place: format!("{}/{partition}/{name}", ecu.name),
                size_bytes: Some(block.size_bytes),
                initial: block.initial.clone(),
                datum: None,
            }));
        }
    }
    views
}

fn of_datum(document: &Document, datum: &NvDatum<'_>) -> BlockView {
    let instance = document.instances.get(&datum.instance);
    let partition = instance.and_then(|instance| instance.partition.as_ref());
    let ecu = partition.and_then(|key| document.ecus.get(&key.ecu));
    let place = match (ecu, partition) {
        (Some(ecu), Some(key)) => format!("{}/{}/{}", ecu.name, key.partition, datum.block),
        _ => datum.block.clone(),
    };
    let instance = instance.map_or("?", |instance| &instance.name);
    let port = crate::canvas::names::port_label(datum.port);
    let view = DatumView {
        instance: datum.instance,
        name: format!("{instance}.{port}.{}", datum.element),
        key: datum.key(),
        value_type: datum.value_type.clone(),
        meaning: datum.meaning.cloned(),
        text: datum.text.map(str::to_owned),
    };
    BlockView {
        place,
        size_bytes: datum.size_bytes(),
        initial: None,
        datum: Some(view),
    }
}

impl RunView {
    /// What the next run begins with: all that was stored in this one and before, if it is kept.
    pub(super) fn kept(&mut self) -> BlockContents {
        if self.keeps_blocks {
            let states = self.block_states.iter();
            let changed = states.filter(|(_, state)| state.changed_ns.is_some());
            let stored = changed.map(|(place, state)| (place.clone(), state.content.clone()));
            self.kept_blocks.extend(stored);
        }
        self.kept_blocks.clone()
    }

    /// Whether the next run begins with what this one stores.
    pub(super) fn keep_blocks(&mut self, is_kept: bool) {
        self.keeps_blocks = is_kept;
        if !is_kept {
            self.kept_blocks.clear();
        }
    }
}
