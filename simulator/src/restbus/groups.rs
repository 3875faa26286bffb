//! The multiplexed signals of a message: the groups go out by turns, each multiplexor at its next value
//! whenever it is there itself, or at the one that it was set to. Knows nothing of frames.

use autosar_wit::dbc::{Message, Presence, Raw, Signal};
use std::collections::BTreeMap;

/// What the multiplexed signals of a message are set to, and whose turn it is.
#[derive(Debug)]
pub(super) struct Groups {
    /// By signal, right-aligned; of those that are always there not used.
    bits: Vec<u64>,
    /// Those that signals depend on, each behind the one that it depends on.
    multiplexors: Vec<Multiplexor>,
    /// By signal.
    is_ever_there: Vec<bool>,
}

#[derive(Debug)]
struct Multiplexor {
    /// Its position in the message.
    signal: usize,
    /// For each group of its signals a value; each in turn.
    values: Vec<u64>,
    next: usize,
    set: Option<u64>,
}

impl Groups {
    pub(super) fn of(message: &Message) -> Groups {
        let signals = &message.signals;
        let start = |signal: &Signal| {
            let start = signal
                .start_value
                .map(|start| signal.bits(Raw::Float(start)));
            start.unwrap_or(0) & mask(signal)
        };
        let multiplexors = multiplexors(signals);
        let is_known = |at: usize| multiplexors.iter().any(|one| one.signal == at);
        let is_there = |signal: &Signal| {
            let presence = signal.presence.as_ref();
            presence.is_some_and(|one| !one.ranges.is_empty() && is_known(one.multiplexor))
        };
        Groups {
            bits: signals.iter().map(start).collect(),
            is_ever_there: signals.iter().map(is_there).collect(),
            multiplexors,
        }
    }

    /// Of a multiplexed signal: whether some value of its multiplexor has it.
    pub(super) fn is_ever_there(&self, signal: usize) -> bool {
        self.is_ever_there.get(signal).is_some_and(|one| *one)
    }

    /// What a multiplexed signal or a multiplexor is at now.
    pub(super) fn bits(&self, signal: usize) -> Option<u64> {
        let mut known = self.multiplexors.iter();
        match known.find(|one| one.signal == signal) {
            Some(multiplexor) => Some(multiplexor.value()),
            None if self.is_ever_there(signal) => self.bits.get(signal).copied(),
            None => None,
        }
    }

    /// Says whether the signal is one of these: a multiplexor stays at what it is set to.
    pub(super) fn set(&mut self, signal: usize, bits: u64) -> bool {
        let mut known = self.multiplexors.iter_mut();
        if let Some(multiplexor) = known.find(|one| one.signal == signal) {
            multiplexor.set = Some(bits);
            return true;
        }
        let is_ever_there = self.is_ever_there(signal);
        if let Some(own) = self.bits.get_mut(signal).filter(|_| is_ever_there) {
            *own = bits;
        }
        is_ever_there
    }

    /// What is always there, and the groups whose turn it is.
    pub(super) fn next(&mut self, message: &Message, always: &[u8]) -> Vec<u8> {
        self.put(message, always, &BTreeMap::new())
    }

    /// What is always there, and the groups that have this signal.
    pub(super) fn with(&mut self, message: &Message, always: &[u8], signal: usize) -> Vec<u8> {
        let mut wanted = BTreeMap::new();
        let mut at = signal;
        while let Some(presence) = presence(message, at) {
            let set = self.multiplexors.iter();
            let mut set = set.filter(|one| one.signal == presence.multiplexor);
            let set = set.find_map(|one| one.set);
            let value = set.filter(|value| has(presence, *value));
            let value = value.or_else(|| presence.ranges.first().map(|(low, _)| *low));
            // A multiplexor that is found twice depends on itself.
            if wanted
                .insert(presence.multiplexor, value.unwrap_or(0))
                .is_some()
            {
                break;
            }
            at = presence.multiplexor;
        }
        self.put(message, always, &wanted)
    }

    fn put(&mut self, message: &Message, always: &[u8], wanted: &BTreeMap<usize, u64>) -> Vec<u8> {
        let mut data = always.to_vec();
        let mut sent: BTreeMap<usize, u64> = BTreeMap::new();
        for multiplexor in &mut self.multiplexors {
            if !is_there(message, multiplexor.signal, &sent) {
                continue;
            }
            let value = match wanted.get(&multiplexor.signal) {
                Some(value) => *value,
                None => multiplexor.take(),
            };
            sent.insert(multiplexor.signal, value);
        }
        for (at, signal) in message.signals.iter().enumerate() {
            let is_in_group = signal.presence.is_some() && is_there(message, at, &sent);
            let own = self.bits.get(at).copied().filter(|_| is_in_group);
            if let Some(bits) = sent.get(&at).copied().or(own) {
                // What lies outside of the message is in no frame.
                let _ = signal.insert(&mut data, bits);
            }
        }
        data
    }
}

impl Multiplexor {
    fn value(&self) -> u64 {
        let turn = self.values.get(self.next).copied();
        self.set.or(turn).unwrap_or(0)
    }

    fn take(&mut self) -> u64 {
        let value = self.value();
        if self.set.is_none() {
            self.next = (self.next + 1) % self.values.len().max(1);
        }
        value
    }
}

/// In an order in which each stands behind the one that it depends on; one that depends on itself is
/// never there.
fn multiplexors(signals: &[Signal]) -> Vec<Multiplexor> {
    let mut values: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    for presence in signals.iter().filter_map(|signal| signal.presence.as_ref()) {
        let Some(multiplexor) = signals.get(presence.multiplexor) else {
            continue;
        };
        let lows = presence.ranges.iter().map(|(low, _)| *low);
        let lows = lows.filter(|low| *low <= mask(multiplexor));
        values.entry(presence.multiplexor).or_default().extend(lows);
    }
    let mut found: Vec<Multiplexor> = Vec::new();
    loop {
        let is_found = |at: usize| found.iter().any(|one| one.signal == at);
        let is_next = |at: &usize| {
            let presence = signals.get(*at).and_then(|one| one.presence.as_ref());
            !is_found(*at) && presence.is_none_or(|one| is_found(one.multiplexor))
        };
        let Some(signal) = values.keys().copied().find(is_next) else {
            return found;
        };
        let mut values = values.remove(&signal).unwrap_or_default();
        values.sort_unstable();
        values.dedup();
        found.push(Multiplexor {
            signal,
            values,
            next: 0,
            set: None,
        });
    }
}

fn presence(message: &Message, signal: usize) -> Option<&Presence> {
    message.signals.get(signal)?.presence.as_ref()
}

/// By the values of multiplexors that are there themselves.
fn is_there(message: &Message, signal: usize, sent: &BTreeMap<usize, u64>) -> bool {
    let Some(presence) = presence(message, signal) else {
        return true;
    };
    let value = sent.get(&presence.multiplexor);
    value.is_some_and(|value| has(presence, *value))
}

fn has(presence: &Presence, value: u64) -> bool {
    let mut ranges = presence.ranges.iter();
    ranges.any(|(low, high)| (*low..=*high).contains(&value))
}

fn mask(signal: &Signal) -> u64 {
    u64::MAX >> 64_u32.saturating_sub(signal.length_bits).min(63)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;
    use autosar_wit::dbc;

    const MESSAGE: &str = "BU_: A\nBO_ 1 M: 4 A\n SG_ Kind M : 0|8@1+ (1,0) [0|0] \"\" A\n \
        SG_ Zero m0 : 8|8@1+ (1,0) [0|0] \"\" A\n SG_ Inner m1M : 8|4@1+ (1,0) [0|0] \"\" A\n \
        SG_ Deep m2 : 16|8@1+ (1,0) [0|0] \"\" A\n SG_ Deeper m5 : 16|8@1+ (1,0) [0|0] \"\" A\n \
        SG_ Always : 24|8@1+ (1,0) [0|0] \"\" A\n\nSG_MUL_VAL_ 1 Inner Kind 1-3;\n\
        SG_MUL_VAL_ 1 Deep Inner 2-4;\nSG_MUL_VAL_ 1 Deeper Inner 5-5;\n";

    fn message() -> Message {
        let loaded = dbc::read(MESSAGE.as_bytes());
        assert_eq!(loaded.defects, []);
        loaded.database.messages.into_iter().next().unwrap()
    }

    fn at(message: &Message, name: &str) -> usize {
        message
            .signals
            .iter()
            .position(|one| one.name == name)
            .unwrap()
    }

    #[test]
    fn groups_go_by_turns_inner_ones_too() {
        let message = message();
        let mut groups = Groups::of(&message);
        for (signal, value) in [("Zero", 0x11), ("Deep", 0x22), ("Deeper", 0x33)] {
            assert!(groups.set(at(&message, signal), value));
        }
        assert!(!groups.set(at(&message, "Always"), 1));
        let sent: Vec<Vec<u8>> = (0..5)
            .map(|_| groups.next(&message, &[0, 0, 0, 9]))
            .collect();
        let expected = [
            [0, 0x11, 0, 9],
            [1, 2, 0x22, 9],
            [0, 0x11, 0, 9],
            [1, 5, 0x33, 9],
            [0, 0x11, 0, 9],
        ];
        assert_eq!(sent, expected);
        let (kind, inner) = (at(&message, "Kind"), at(&message, "Inner"));
        assert_eq!(groups.bits(kind), Some(1), "the next");
        groups.set(kind, 3);
        groups.set(inner, 4);
        for _ in 0..2 {
            assert_eq!(groups.next(&message, &[0; 4]), [3, 4, 0x22, 0]);
        }
        groups.set(kind, 200);
        assert_eq!(groups.next(&message, &[0; 4]), [200, 0, 0, 0]);
    }

    #[test]
    fn a_signal_is_sent_with_its_group() {
        let message = message();
        let mut groups = Groups::of(&message);
        let deeper = at(&message, "Deeper");
        groups.set(deeper, 7);
        assert_eq!(groups.with(&message, &[0; 4], deeper), [1, 5, 7, 0]);
        groups.set(at(&message, "Kind"), 2);
        assert_eq!(groups.with(&message, &[0; 4], deeper), [2, 5, 7, 0]);
    }
}
