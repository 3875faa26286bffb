//! What the project protects end to end can be protected so, and nothing else writes where counter
//! and checksum stand.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};
use autosar_wit::dbc::{Message, frame_bytes};
use std::collections::BTreeSet;

const CODE: &str = "e2e-protection";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, pdu) in &context.document.pdus {
        let (Some(configuration), Some(database)) =
            (&pdu.protection, context.library.descriptions.get(&pdu.bus))
        else {
            continue;
        };
        // A message that is not there is another rule's finding.
        let Some(message) = database.message_by_name(&pdu.message) else {
            continue;
        };
        let bus = context.document.buses.get(&pdu.bus);
        let name = format!(
            "`{}` of `{}`",
            pdu.message,
            bus.map_or("?", |bus| &bus.name)
        );
        let profile = configuration.profile.number();
        // What is sent is protected, and that may be longer (CAN FD).
        let frame_bytes = frame_bytes(message.length_bytes).map(u32::from);
        let frame_bytes = frame_bytes.unwrap_or(message.length_bytes);
        if let Some(problem) = configuration.problem(frame_bytes as usize) {
            let text = format!(
                "message {name} has {frame_bytes} bytes and cannot be protected by profile {profile}: {problem}"
            );
            let help = "change its end-to-end protection, or protect it by another profile";
            found.push(finding(*id, pdu, text, help));
            continue;
        }
        for signal in written(context, pdu, message) {
            if covers(configuration, message, &signal) {
                let text = format!(
                    "signal `{signal}` of {name} lies where its end-to-end protection writes counter and checksum"
                );
                let help = "take its connector away: the sender's protection gives it, the receiver's looks at it";
                found.push(finding(*id, pdu, text, help));
            }
        }
    }
    found
}

fn finding(id: PduId, pdu: &Pdu, text: String, help: &str) -> Diagnostic {
    let without = Pdu {
        protection: None,
        ..pdu.clone()
    };
    let edit = match without.says_nothing() {
        true => Edit::RemovePdu(id),
        false => Edit::ChangePdu(id, without),
    };
    Diagnostic::new(CODE, Severity::Error, Subject::Pdu(id), text)
        .help(help)
        .fix(
            format!("Send `{}` without protection", pdu.message),
            vec![edit],
        )
}

/// Signals of the message that connectors write.
fn written(context: &Context, pdu: &Pdu, message: &Message) -> BTreeSet<String> {
    let of = |end: &End| match end {
        End::Signal {
            bus,
            message: of,
            signal,
        } if *bus == pdu.bus && *of == message.name => Some(signal.clone()),
        _ => None,
    };
    let wires = context.wires.iter();
    wires.filter_map(|wire| of(&wire.connector.to)).collect()
}

fn covers(configuration: &protection::Configuration, message: &Message, name: &str) -> bool {
    let mut bits = vec![0; message.length_bytes as usize];
    let signal = message.signal(name);
    if signal
        .and_then(|signal| signal.insert(&mut bits, u64::MAX))
        .is_none()
    {
        return false;
    }
    let is_set = |bit: &usize| {
        bits.get(bit / 8)
            .is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    };
    (0..bits.len() * 8)
        .filter(is_set)
        .any(|bit| configuration.writes(bit))
}
