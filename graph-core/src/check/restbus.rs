//! The restbus names nodes that the description of its bus has, and what it is to send fits into a
//! frame of the bus.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    message,
};
use autosar_wit::dbc::{FLEXIBLE_BYTES, Message};

const CODE: &str = "restbus";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, bus) in &context.document.buses {
        let (BusKind::Can { restbus, .. }, Some(database)) =
            (&bus.kind, context.library.descriptions.get(id))
        else {
            continue;
        };
        for node in restbus {
            if !database.nodes.contains(node) {
                found.push(unknown(*id, bus, node));
                continue;
            }
            let messages = database.messages.iter();
            let long = messages.filter(|message| {
                !message::is_carried(&bus.kind, message) && message.senders().any(|one| one == node)
            });
            found.extend(long.map(|message| too_long(*id, bus, message)));
        }
    }
    found
}

fn too_long(id: BusId, bus: &Bus, message: &Message) -> Diagnostic {
    let text = format!(
        "the restbus of `{}` does not send `{}`, which has {} bytes",
        bus.name, message.name, message.length_bytes
    );
    let help = match message.length_bytes <= FLEXIBLE_BYTES {
        true => "give the bus a data bit rate, if it is one of CAN FD; classic frames hold 8 bytes",
        false => "no CAN frame holds so many; replay a log of its parts",
    };
    Diagnostic::new(CODE, Severity::Warning, Subject::Bus(id), text).help(help)
}

fn unknown(id: BusId, bus: &Bus, node: &str) -> Diagnostic {
    let mut without = bus.clone();
    if let BusKind::Can { restbus, .. } = &mut without.kind {
        restbus.remove(node);
    }
    let text = format!(
        "the restbus of `{}` names the node `{node}`, which its description does not have",
        bus.name
    );
    Diagnostic::new(CODE, Severity::Error, Subject::Bus(id), text)
        .help("choose one of its nodes")
        .fix(
            format!("Take `{node}` out of the restbus"),
            vec![Edit::ChangeBus(id, without)],
        )
}
