//! What is wrong with a proposal that was changed by hand.

use super::{Proposal, bits::Bits};
use autosar_wit::dbc::Database;

const LARGEST_ID: u32 = 0x7ff;

/// In words, each with its frame; none: it can be applied.
pub fn problems(proposal: &Proposal, existing: Option<&Database>) -> Vec<String> {
    let mut found = Vec::new();
    let known: Vec<(&str, u32)> = existing
        .into_iter()
        .flat_map(|database| &database.messages)
        .filter(|message| !message.extended)
        .map(|message| (message.name.as_str(), message.id))
        .collect();
    for (at, frame) in proposal.frames.iter().enumerate() {
        let name = &frame.name;
        let before = proposal.frames.iter().take(at);
        let before = before.map(|frame| (frame.name.as_str(), frame.id));
        for (other, id) in known.iter().copied().chain(before) {
            if other == name {
                found.push(format!("`{name}` is the name of two messages"));
            }
            if id == frame.id {
                found.push(format!("`{name}` has the identifier {id:#x} of `{other}`"));
            }
        }
        if frame.id > LARGEST_ID {
            found.push(format!(
                "`{name}` has the identifier {:#x}; standard ones end at {LARGEST_ID:#x}",
                frame.id
            ));
        }
        if !is_name(name) {
            found.push(format!(
                "`{name}` is no name in a DBC; take letters, digits and underscores"
            ));
        }
        if frame.cycle_ms == Some(0) {
            found.push(format!(
                "`{name}` has a cycle of 0 ms; leave it empty to send on change"
            ));
        }
        let mut used = Bits::none();
        for signal in &frame.signals {
            let layout = &signal.layout;
            let is_free = used.take(layout.start_bit, layout.length_bits);
            if layout.start_bit.saturating_add(layout.length_bits) > proposal.most_bytes * 8 {
                found.push(format!(
                    "`{}` does not fit into `{name}` at bit {}",
                    layout.name, layout.start_bit
                ));
            } else if !is_free {
                found.push(format!(
                    "`{}` shares bits of `{name}` with another signal",
                    layout.name
                ));
            }
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    !text.is_empty()
        && text.chars().all(is_letter)
        && !text.starts_with(|first: char| first.is_ascii_digit())
}
