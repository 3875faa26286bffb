//! The signals of a message as a CAN description (DBC) has them, for the plan of its PDU. Knows
//! nothing of who sends and who receives them.

use crate::plan::{Multiplexed, SignalLayout};
use autosar_wit::dbc::{Message, Presence, Raw};

/// The signals of a message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MessageSignals {
    /// In the order of the message; `None`: it is never there.
    pub layouts: Vec<Option<SignalLayout>>,
    /// For [`crate::PduPlan::initial`]: start values of those that are always there, else zeros.
    pub initial: Vec<u8>,
    pub multiplexed: Vec<Multiplexed>,
}

/// Layouts and start values of all signals of a message, multiplexed ones with their multiplexors.
pub fn message_signals(message: &Message) -> MessageSignals {
    let count = message.signals.len();
    let length = usize::try_from(message.length_bytes).unwrap_or(0);
    let mut signals = MessageSignals {
        layouts: vec![None; count],
        initial: vec![0; length],
        multiplexed: Vec::new(),
    };
    let depth = |at: &usize| message.conditions(*at).map(|conditions| conditions.len());
    let mut order: Vec<(usize, usize)> = (0..count)
        .filter_map(|at| Some((depth(&at)?, at)))
        .collect();
    // Multiplexors before what depends on them.
    order.sort_unstable();
    let mut branches: Vec<&Presence> = Vec::new();
    for (_, at) in order {
        let Some(signal) = message.signals.get(at) else {
            continue;
        };
        let branch = signal.presence.as_ref().map(|presence| {
            let known = branches.iter().position(|known| *known == presence);
            known.unwrap_or_else(|| {
                branches.push(presence);
                let multiplexor = layout(&signals, presence.multiplexor);
                signals
                    .multiplexed
                    .extend(multiplexor.map(|multiplexor| Multiplexed {
                        multiplexor,
                        ranges: presence.ranges.clone(),
                        initial: vec![0; length],
                    }));
                branches.len() - 1
            })
        });
        if let Some(slot) = signals.layouts.get_mut(at) {
            *slot = Some(SignalLayout {
                multiplexed: branch,
                ..SignalLayout::from(signal)
            });
        }
        let content = match branch {
            None => Some(&mut signals.initial),
            Some(at) => signals.multiplexed.get_mut(at).map(|one| &mut one.initial),
        };
        if let (Some(content), Some(start)) = (content, signal.start_value) {
            // A signal that lies outside is an error of the one who connects it.
            let _ = signal.insert(content, signal.bits(Raw::Float(start)));
        }
    }
    signals
}

fn layout(signals: &MessageSignals, at: usize) -> Option<SignalLayout> {
    signals.layouts.get(at).copied().flatten()
}
