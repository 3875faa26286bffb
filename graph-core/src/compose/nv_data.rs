//! Non-volatile data of a partition: the ports that are served, and the block of each element.
//! Knows nothing of components' bytes.

use super::{ComposeError, table::Builder};
use crate::{
    end,
    nv_data::{NvDatum, nv_ports},
};
use deployment::Block;
use rte::NvElement;

/// See the file's head.
#[derive(Default)]
pub(super) struct NvTables {
    pub(super) ports: Vec<rte::NvPort>,
    pub(super) blocks: Vec<Block>,
}

pub(super) fn add(builder: &mut Builder<'_>) -> Result<(), ComposeError> {
    let (document, library) = (builder.document, builder.library);
    for port in nv_ports(document, library) {
        let Some(member) = builder.scope.member(port.instance) else {
            continue;
        };
        let mut plan = rte::NvPort {
            instance: member.name().to_owned(),
            port: port.name.to_owned(),
            interface: port.interface.clone(),
            blocks: Default::default(),
        };
        for datum in &port.elements {
            let block = block(builder, datum)?;
            let element = NvElement {
                block: block.name.clone(),
                head: datum.head(),
                initial: packed(builder, datum)?,
                bound: datum.bound(),
            };
            plan.blocks.insert(datum.element.to_owned(), element);
            builder.tables.nv.blocks.push(block);
        }
        builder.tables.nv.ports.push(plan);
    }
    Ok(())
}

fn block(builder: &Builder<'_>, datum: &NvDatum<'_>) -> Result<Block, ComposeError> {
    let declared = &builder.scope.partition.blocks;
    let others = &builder.tables.nv.blocks;
    let is_taken =
        declared.contains_key(&datum.block) || others.iter().any(|other| other.name == datum.block);
    if is_taken {
        let reason = "another block of the partition has that name".to_owned();
        return Err(bad(builder, datum, "block", &datum.block, reason));
    }
    let Some(size_bytes) = datum.size_bytes() else {
        let reason = "it does not fit into a block".to_owned();
        return Err(bad(builder, datum, "block", &datum.block, reason));
    };
    let initial = packed(builder, datum)?;
    Ok(Block {
        ecu: builder.scope.ecu.name.clone(),
        partition: builder.scope.key.partition.clone(),
        name: datum.block.clone(),
        size_bytes,
        initial: initial.map(|value| [datum.head().as_slice(), &value].concat()),
    })
}

/// The first value.
fn packed(builder: &Builder<'_>, datum: &NvDatum<'_>) -> Result<Option<Vec<u8>>, ComposeError> {
    let initial = datum.initial().transpose();
    initial.map_err(|error| {
        let text = datum.text.unwrap_or_default();
        bad(builder, datum, "first value", text, error.to_string())
    })
}

fn bad(
    builder: &Builder<'_>,
    datum: &NvDatum<'_>,
    what: &'static str,
    text: &str,
    reason: String,
) -> ComposeError {
    ComposeError::BadValue {
        what,
        end: end::text(builder.document, &datum.end()),
        text: text.to_owned(),
        reason,
    }
}
