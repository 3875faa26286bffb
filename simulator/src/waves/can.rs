//! The level of a CAN bus: frames bit by bit, and what follows an error. Knows nothing of who sends.
//!
//! Source: ISO 11898-1, "Frame formats", "Error frame".

use super::UNKNOWN;
use crate::{
    can::{
        Frame,
        bits::{BitSequence, Level},
        rates::{BitRates, Span},
    },
    trace::Kind,
};

/// What the line of a bus is called.
pub(super) const LINE: &str = "can";

const ERROR_FLAG_BITS: u32 = 6;

/// Draws a row `frame` or `error` of the trace: the frame, or the reason and the frame; who sent;
/// the start of frame.
pub(super) fn draw(
    detail: &str,
    kind: Kind,
    (end_ns, rates): (u64, &BitRates),
    set: &mut impl FnMut(&str, u64, u32),
) {
    let mut words = detail.split(' ');
    let reason = match kind {
        Kind::Error => words.next(),
        _ => None,
    };
    let frame: Option<Frame> = words.next().and_then(|word| word.parse().ok());
    let start_ns = words.next_back().and_then(|word| word.parse::<u64>().ok());
    let (frame, start_ns) = match (frame, start_ns) {
        (Some(frame), Some(start_ns)) => (frame, start_ns),
        (None, Some(start_ns)) if reason == Some("flag") => {
            set(LINE, start_ns, 0);
            // How long others answer is not in the trace.
            set(
                LINE,
                start_ns + rates.duration_ns(Span::nominal(ERROR_FLAG_BITS)),
                UNKNOWN,
            );
            return set(LINE, end_ns, 1);
        }
        _ => return,
    };
    let sequence = BitSequence::of(&frame);
    let slot = sequence.acknowledge_slot();
    let at = |bits: u32| {
        let span = sequence.span();
        start_ns + rates.duration_ns(Span { bits, ..span })
    };
    match reason {
        // Nobody acknowledges: the sender flags the error right behind the slot.
        Some("acknowledge") => {
            levels(&sequence, slot + 1, &at, set);
            set(LINE, at(slot), 1);
            set(LINE, at(slot + 1), 0);
            set(LINE, at(slot + 1 + ERROR_FLAG_BITS), 1);
        }
        // Who found it, and at which bit, is not in the trace.
        Some(_) => {
            set(LINE, start_ns, UNKNOWN);
            set(LINE, end_ns, 1);
        }
        None => {
            levels(&sequence, sequence.length(), &at, set);
            set(LINE, at(slot), 0);
            set(LINE, at(slot + 1), 1);
        }
    }
}

fn levels(
    sequence: &BitSequence,
    count: u32,
    at: &impl Fn(u32) -> u64,
    set: &mut impl FnMut(&str, u64, u32),
) {
    let bits = (0..count).zip(sequence.levels());
    for (bit, level) in bits {
        set(LINE, at(bit), u32::from(*level == Level::Recessive));
    }
}
