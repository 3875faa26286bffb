//! The names of a flattened module's imports.

use crate::native::flattened::{Call, Does};
use ecu_host::import::{Import, Side};

/// How the engine's host knows a call.
pub(super) fn import_of(call: &Call) -> Import {
    match &call.does {
        Does::Function {
            interface,
            function,
        } => Import::Function {
            interface: interface.clone(),
            function: function.clone(),
            side: Side {
                memory: call.caller.memory.map(short),
                realloc: call.caller.realloc.map(short),
                flags: call.caller.flags.map(short),
                taken: call.taken.clone(),
                made: call.caller.made,
            },
        },
        Does::Drop { table } => Import::Drop { table: *table },
        Does::Trap => Import::Trap,
        Does::MoveOwn => Import::MoveOwn,
        Does::Lend => Import::Lend,
        Does::CopyUtf8 { from, to } => Import::CopyUtf8 {
            from: *from,
            to: *to,
        },
    }
}

/// No partition has as many instances that this were too short; a host refuses the greatest.
fn short(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
