//! When multiplexed signals are there: by extended multiplexing (`SG_MUL_VAL_`), else by the
//! message's only multiplexor. What makes no sense is a defect, and such a signal is never there.

use super::build::Built;
use super::defects::Defects;
use super::{Message, Multiplexing, Presence, Signal};
use std::collections::HashMap;

/// Multiplexors behind one another; each needs a bit, and no message has so many.
const LONGEST_CHAIN: usize = 64;

/// What `SG_MUL_VAL_` says of a signal.
pub(super) struct Said {
    pub line: u32,
    pub multiplexor: String,
    /// Among the signals of the message.
    pub place: Option<usize>,
    pub ranges: Vec<(u64, u64)>,
}

/// Several statements add up if they name one multiplexor; gives the defect if they do not.
pub(super) fn add(
    all: &mut HashMap<usize, Said>,
    signal: usize,
    said: Said,
    name: &str,
) -> Option<String> {
    let Some(known) = all.get_mut(&signal) else {
        all.insert(signal, said);
        return None;
    };
    if known.multiplexor == said.multiplexor {
        known.ranges.extend(said.ranges);
        return None;
    }
    Some(format!(
        "`SG_MUL_VAL_` gives `{name}` a second multiplexor; `{}` counts, remove one",
        known.multiplexor
    ))
}

pub(super) fn resolve(built: &mut Built, defects: &mut Defects) {
    let count = built.message.signals.len();
    let tops: Vec<usize> = (0..count)
        .filter(|at| kind(&built.message, *at) == Some(&Multiplexing::Multiplexor))
        .collect();
    for at in 0..count {
        let presence = presence(built, at, &tops, defects);
        if let Some(signal) = built.message.signals.get_mut(at) {
            signal.presence = presence;
        }
    }
    for at in 0..count {
        if chain(&built.message, at).is_none() {
            let line = built.lines.get(at).copied().unwrap_or(built.line);
            let Message { name, signals, .. } = &mut built.message;
            let Some(signal) = signals.get_mut(at) else {
                continue;
            };
            let text = format!(
                "signal `{}` of `{name}` depends on itself by its multiplexors; it is never decoded, correct `SG_MUL_VAL_`",
                signal.name
            );
            defects.push(line, text);
            signal.presence = Some(Presence::NEVER);
        }
    }
}

impl Message {
    /// The conditions under which the signal at that position is there, its own first; none: always.
    /// `None`: it never is.
    pub fn conditions(&self, signal: usize) -> Option<Vec<&Presence>> {
        let conditions = chain(self, signal)?;
        let can_be = conditions.iter().all(|one| !one.ranges.is_empty());
        can_be.then_some(conditions)
    }
}

/// The conditions under which a signal is there, its own first; `None`: without an end.
pub(super) fn chain(message: &Message, signal: usize) -> Option<Vec<&Presence>> {
    let mut chain = Vec::new();
    let mut at = signal;
    while let Some(presence) = message.signals.get(at)?.presence.as_ref() {
        chain.push(presence);
        if presence.ranges.is_empty() {
            break;
        }
        at = presence.multiplexor;
        if at == signal || chain.len() > LONGEST_CHAIN {
            return None;
        }
    }
    Some(chain)
}

/// Whether no frame has both: one multiplexor would have two values.
pub(super) fn are_exclusive(one: &[&Presence], other: &[&Presence]) -> bool {
    one.iter().any(|a| {
        let same = other.iter().filter(|b| a.multiplexor == b.multiplexor);
        same.clone().any(|b| !overlap(&a.ranges, &b.ranges))
    })
}

fn overlap(one: &[(u64, u64)], other: &[(u64, u64)]) -> bool {
    one.iter()
        .any(|(low, high)| other.iter().any(|(from, to)| low <= to && from <= high))
}

fn kind(message: &Message, at: usize) -> Option<&Multiplexing> {
    message.signals.get(at).map(|signal| &signal.multiplexing)
}

fn presence(built: &Built, at: usize, tops: &[usize], defects: &mut Defects) -> Option<Presence> {
    let (message, signal) = (&built.message, built.message.signals.get(at)?);
    let said = built.said.get(&at);
    let (Multiplexing::Multiplexed(value) | Multiplexing::Both(value)) = signal.multiplexing else {
        if let Some(said) = said {
            let text = format!(
                "`SG_MUL_VAL_` says when `{}` of `{}` is there, and its definition says always; mark it `m0` there, or remove this",
                signal.name, message.name
            );
            defects.push(said.line, text);
        }
        return None;
    };
    let line = built.lines.get(at).copied().unwrap_or(built.line);
    if let Some(said) = said {
        match extended(message, at, said, defects) {
            Some(presence) => return Some(presence),
            None if tops.is_empty() => return Some(Presence::NEVER),
            None => {}
        }
    }
    let others: Vec<usize> = tops.iter().copied().filter(|top| *top != at).collect();
    let Some(top) = others.first().copied() else {
        let text = format!(
            "signal `{}` is multiplexed and message `{}` has no multiplexor; it is never decoded, mark one `M`",
            signal.name, message.name
        );
        defects.push(line, text);
        return Some(Presence::NEVER);
    };
    let multiplexor = message.signals.get(top)?;
    if others.len() > 1 {
        let text = format!(
            "message `{}` has several multiplexors and `{}` does not say which; `{}` is taken, add `SG_MUL_VAL_`",
            message.name, signal.name, multiplexor.name
        );
        defects.push(line, text);
    }
    if let Some(text) = out_of_reach(multiplexor, value) {
        let text = format!(
            "signal `{}` of `{}` is there while {text}",
            signal.name, message.name
        );
        defects.push(line, text);
    }
    Some(Presence {
        multiplexor: top,
        ranges: vec![(value, value)],
    })
}

/// By `SG_MUL_VAL_`; `None` where that names no multiplexor.
fn extended(message: &Message, at: usize, said: &Said, defects: &mut Defects) -> Option<Presence> {
    let name = &message.signals.get(at)?.name;
    let place = match said.place {
        Some(place) if place != at => place,
        _ => {
            let text = format!(
                "`SG_MUL_VAL_` of `{name}` names the multiplexor `{}`, which is no other signal of `{}`; correct it",
                said.multiplexor, message.name
            );
            defects.push(said.line, text);
            return None;
        }
    };
    let multiplexor = message.signals.get(place)?;
    if !matches!(
        multiplexor.multiplexing,
        Multiplexing::Multiplexor | Multiplexing::Both(_)
    ) {
        let text = format!(
            "`SG_MUL_VAL_` of `{name}` names `{}`, which is not marked as a multiplexor; mark it `M`",
            multiplexor.name
        );
        defects.push(said.line, text);
    }
    let mut ranges = Vec::new();
    for (low, high) in &said.ranges {
        if low > high {
            let text =
                format!("`SG_MUL_VAL_` of `{name}` has the range {low}-{high}; turn it round");
            defects.push(said.line, text);
            continue;
        }
        if let Some(text) = out_of_reach(multiplexor, *low) {
            let text = format!("`SG_MUL_VAL_` of `{name}` says that it is there while {text}");
            defects.push(said.line, text);
        }
        ranges.push((*low, *high));
    }
    Some(Presence {
        multiplexor: place,
        ranges,
    })
}

fn out_of_reach(multiplexor: &Signal, value: u64) -> Option<String> {
    let Signal {
        name, length_bits, ..
    } = multiplexor;
    let reaches = *length_bits >= 64 || value >> length_bits == 0;
    (!reaches).then(|| {
        format!("`{name}` is {value}, which its {length_bits} bits cannot hold; correct one")
    })
}
