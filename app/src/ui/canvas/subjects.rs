//! Which instances a selected thing stands for.

use crate::{canvas::scene::Scene, session::Session};
use graph_core::document::{Document, InstanceId, Subject};
use std::collections::BTreeSet;

/// The instances that an item stands for.
pub(super) fn instances_of(item: &Subject, document: &Document) -> Vec<InstanceId> {
    match item {
        Subject::Instance(id) | Subject::Port { instance: id, .. } => vec![*id],
        Subject::Connector(id) => document
            .connectors
            .get(id)
            .map_or_else(Vec::new, |connector| {
                [&connector.from, &connector.to]
                    .into_iter()
                    .filter_map(crate::canvas::pins::instance_of)
                    .collect()
            }),
        Subject::Component(id) => document
            .instances
            .iter()
            .filter(|(_, instance)| instance.component == *id)
            .map(|(id, _)| *id)
            .collect(),
        Subject::Ecu(ecu) => of_partition(document, |key| key.ecu == *ecu),
        Subject::Partition(partition) => of_partition(document, |key| key == partition),
        Subject::Note(id) => {
            let note = document.notes.get(id);
            note.and_then(|note| note.instance).into_iter().collect()
        }
        Subject::Project | Subject::Bus(_) | Subject::Pdu(_) | Subject::Frame(_) => Vec::new(),
    }
}

fn of_partition(
    document: &Document,
    wanted: impl Fn(&graph_core::document::PartitionKey) -> bool,
) -> Vec<InstanceId> {
    let inside = |(id, instance): (&InstanceId, &graph_core::document::Instance)| {
        instance
            .partition
            .as_ref()
            .is_some_and(&wanted)
            .then_some(*id)
    };
    document.instances.iter().filter_map(inside).collect()
}

pub(super) fn selected_instances(session: &Session, scene: &Scene) -> BTreeSet<InstanceId> {
    let all = session
        .selection()
        .iter()
        .flat_map(|item| instances_of(item, session.document()));
    all.filter(|id| scene.node(*id).is_some()).collect()
}
