//! Non-volatile blocks as who runs the simulation sees and changes them. Knows nothing of what the
//! bytes mean and of files.

use super::{
    Simulation,
    error::{SimulationError, listed},
    files::hex,
    history::Input,
    world::World,
};
use crate::{
    nv::{NvContent, NvView, Refused},
    trace::Kind,
};

/// A block holds this from now on; `changed_ns` is `None` before the run.
pub(super) fn give(
    world: &mut World,
    given: &NvContent,
    changed_ns: Option<u64>,
) -> Result<(), SimulationError> {
    let refused = match world.memory.give(given, changed_ns) {
        Ok(()) => return Ok(()),
        Err(refused) => refused,
    };
    let block = name(&given.ecu, &given.partition, &given.block);
    Err(match refused {
        Refused::Unknown => {
            let known = world.memory.views();
            let known: Vec<String> = known
                .map(|view| name(view.ecu, view.partition, view.block))
                .collect();
            SimulationError::UnknownBlock {
                block,
                known: listed(known.iter().map(String::as_str)),
            }
        }
        Refused::TooLong { size_bytes } => SimulationError::BlockSize {
            block,
            bytes: given.content.as_ref().map_or(0, Vec::len),
            size_bytes,
        },
    })
}

fn name(ecu: &str, partition: &str, block: &str) -> String {
    format!("{ecu}/{partition}/{block}")
}

impl Simulation {
    /// All blocks as they are now, by ECU, partition and name.
    pub fn nv(&self) -> impl Iterator<Item = NvView<'_>> {
        self.world().memory.views()
    }

    /// From now on a block holds this: a tester writes or erases it behind the ECU's back.
    pub fn set_nv(&mut self, given: &NvContent) -> Result<(), SimulationError> {
        let at_ns = self.now_ns;
        give(self.world_mut(), given, Some(at_ns))?;
        self.give(Input::Nv(given.clone()));
        Ok(())
    }

    pub(super) fn given_nv(&mut self, at_ns: u64, given: &NvContent) {
        let world = self.world_mut();
        // It was taken when it was given for the first time.
        let _taken = give(world, given, Some(at_ns));
        let name = name(&given.ecu, &given.partition, &given.block);
        let subject = world.trace.subject(&name);
        let detail = match &given.content {
            Some(content) => format!("set {}", hex(content)),
            None => "erase".to_owned(),
        };
        let detail = format_args!("{detail}");
        world.trace.record(at_ns, Kind::Nv, subject, detail);
    }
}
