//! The restbus names nodes that the description of its bus has, and what it is to send fits into a
//! classic frame.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};

const CODE: &str = "restbus";
/// The payload of a classic CAN frame.
const LONGEST_BYTES: u32 = 8;

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
                message.length_bytes > LONGEST_BYTES && message.senders().any(|one| one == node)
            });
            found.extend(long.map(|message| {
                let text = format!(
                    "the restbus of `{}` does not send `{}`, which has {} bytes",
                    bus.name, message.name, message.length_bytes
                );
                Diagnostic::new(CODE, Severity::Warning, Subject::Bus(*id), text)
                    .help("it sends classic frames of up to 8 bytes; replay a log for others")
            }));
        }
    }
    found
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
