//! The simulator's restbus by the clock of a live run: what is due goes to the hub's buses. Knows no
//! connection.

use runner::board::CanFrame;
use simulator::{
    RestMessage, StimulusChange,
    can::Frame,
    restbus::{AbsentMessage, resolve},
};

/// Messages of nodes that are not there, and changes of their signals that are still to come.
pub(super) struct LiveRestbus {
    messages: Vec<AbsentMessage>,
    changes: Vec<Change>,
}

struct Change {
    at_ns: u64,
    message: usize,
    signal: usize,
    value: f64,
}

impl LiveRestbus {
    pub(super) fn new(said: Vec<RestMessage>) -> Result<LiveRestbus, String> {
        let messages = said.into_iter().map(AbsentMessage::new);
        let messages: Result<Vec<_>, _> = messages.collect();
        Ok(LiveRestbus {
            messages: messages.map_err(|error| error.to_string())?,
            changes: Vec::new(),
        })
    }

    /// Keeps a change of a signal; says whether it is one.
    pub(super) fn change(&mut self, change: &StimulusChange) -> Result<bool, String> {
        let names = (change.device.as_str(), change.stimulus.as_str());
        let Some(resolved) = resolve(self.messages.iter(), names, change.value) else {
            return Ok(false);
        };
        let (message, signal) = resolved.map_err(|error| error.to_string())?;
        self.changes.push(Change {
            at_ns: change.at_ns,
            message,
            signal,
            value: change.value,
        });
        // Of two at one time the later one counts.
        self.changes.sort_by_key(|change| change.at_ns);
        Ok(true)
    }

    /// `can0:FanStatus`
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().map(AbsentMessage::name)
    }

    pub(super) fn next_ns(&self) -> Option<u64> {
        let frames = self.messages.iter().filter_map(AbsentMessage::next_ns);
        let change = self.changes.first().map(|change| change.at_ns);
        frames.chain(change).min()
    }

    /// What is due by now: changes first, as in the simulation.
    pub(super) fn frames(&mut self, now_ns: u64) -> Vec<CanFrame> {
        let mut frames = Vec::new();
        let due = self
            .changes
            .partition_point(|change| change.at_ns <= now_ns);
        for change in self.changes.drain(..due) {
            let Some(message) = self.messages.get_mut(change.message) else {
                continue;
            };
            let frame = message.set(now_ns, change.signal, change.value);
            frames.extend(frame.map(|frame| on_bus(message, &frame)));
        }
        for message in &mut self.messages {
            if message.next_ns().is_some_and(|next_ns| next_ns <= now_ns) {
                let frame = message.next_frame(now_ns);
                frames.extend(frame.map(|frame| on_bus(message, &frame)));
            }
        }
        frames
    }
}

fn on_bus(message: &AbsentMessage, frame: &Frame) -> CanFrame {
    simulator::simulation::board_frame(&message.said().bus, frame)
}
