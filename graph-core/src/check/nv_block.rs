//! A component that keeps non-volatile blocks finds them in its partition, and keeps its own apart
//! from those of others.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};
use autosar_wit::component::{ComponentType, Direction, PortItem};
use std::collections::BTreeMap;

const CODE: &str = "nv-block";
/// More blocks than this make no list of buttons.
const MAXIMUM_FIXES: usize = 3;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for members in context.members.values() {
        let mut users: BTreeMap<&str, &str> = BTreeMap::new();
        for id in members {
            let Some(instance) = context.document.instances.get(id) else {
                continue;
            };
            let partition = instance
                .partition
                .as_ref()
                .and_then(|key| context.document.partition(key));
            let Some(partition) = partition else { continue };
            found.extend(unknown(*id, instance, partition));
            if context.component(*id).is_some_and(keeps_blocks) && partition.blocks.is_empty() {
                found.push(without(context, *id, instance));
            }
            for block in instance.blocks.values() {
                let first = *users.entry(block).or_insert(&instance.name);
                if first != instance.name {
                    found.push(shared(*id, instance, first, block));
                }
            }
        }
    }
    found
}

/// Whether the component imports `wireloom:ecu/nv`.
pub fn keeps_blocks(component: &ComponentType) -> bool {
    component.ports.iter().any(|port| {
        port.direction == Direction::Required
            && matches!(&port.item, PortItem::Interface(interface)
                if interface.id.as_ref().is_some_and(|id|
                    (id.namespace.as_str(), id.package.as_str(), id.interface.as_str())
                        == ("wireloom", "ecu", "nv")))
    })
}

/// Names that lead to no block of the partition.
fn unknown(id: InstanceId, instance: &Instance, partition: &Partition) -> Vec<Diagnostic> {
    let gone = instance
        .blocks
        .iter()
        .filter(|(_, block)| !partition.blocks.contains_key(*block));
    gone.map(|(own, block)| {
        let message = format!(
            "block `{own}` of `{}` is `{block}`, which its partition does not have",
            instance.name
        );
        let diagnostic = Diagnostic::new(CODE, Severity::Error, Subject::Instance(id), message)
            .help("add the block to the partition, or choose one that it has");
        let names = partition.blocks.keys().take(MAXIMUM_FIXES);
        names.fold(diagnostic, |diagnostic, name| {
            let mut changed = instance.clone();
            changed.blocks.insert(own.clone(), name.clone());
            let title = format!("Take block `{name}` for `{own}`");
            diagnostic.fix(title, vec![Edit::ChangeInstance(id, changed)])
        })
    })
    .collect()
}

fn without(context: &Context, id: InstanceId, instance: &Instance) -> Diagnostic {
    let partition = instance.partition.as_ref();
    let message = format!(
        "`{}` keeps non-volatile blocks, and its partition `{}` has none",
        instance.name,
        partition.map_or("?".to_owned(), |key| context.partition_name(key))
    );
    Diagnostic::new(CODE, Severity::Warning, Subject::Instance(id), message)
        .help("add the blocks that the component reads and writes to the partition")
}

fn shared(id: InstanceId, instance: &Instance, first: &str, block: &str) -> Diagnostic {
    let message = format!(
        "`{first}` and `{}` keep their data in one block `{block}`",
        instance.name
    );
    Diagnostic::new(CODE, Severity::Warning, Subject::Instance(id), message)
        .help("give each instance a block of its own")
}
