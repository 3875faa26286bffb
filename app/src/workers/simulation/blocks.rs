//! Non-volatile blocks of a simulation, from the session's words to the simulator's and back.

use crate::session::{BlockContents, BlockState};
use graph_core::compose::Composed;
use simulator::{NvContent, Simulation};

/// What blocks of the system were given that it has and that hold it.
pub(super) fn begun_with(composed: &Composed, given: &BlockContents) -> Vec<NvContent> {
    let blocks = composed.system.blocks.iter();
    let begun = blocks.filter_map(|block| {
        let place = format!("{}/{}/{}", block.ecu, block.partition, block.name);
        let content = given.get(&place)?.clone();
        let bytes = content.as_ref().map_or(0, Vec::len);
        let fits = bytes <= block.size_bytes as usize;
        fits.then(|| at_place(&place, content)).flatten()
    });
    begun.collect()
}

/// `ECU/PARTITION/BLOCK` with its content.
pub(super) fn at_place(place: &str, content: Option<Vec<u8>>) -> Option<NvContent> {
    let mut names = place.splitn(3, '/').map(str::to_owned);
    Some(NvContent {
        ecu: names.next()?,
        partition: names.next()?,
        block: names.next()?,
        content,
    })
}

pub(super) fn states(simulation: &Simulation) -> Vec<(String, BlockState)> {
    let views = simulation.nv();
    views
        .map(|view| {
            let place = format!("{}/{}/{}", view.ecu, view.partition, view.block);
            let state = BlockState {
                content: view.content.map(<[u8]>::to_vec),
                changed_ns: view.changed_ns,
                writes: view.writes,
            };
            (place, state)
        })
        .collect()
}
