//! What reaches a partition from outside: frames into mailboxes, values into inboxes.

use alloc::vec::Vec;

use deployment::{Direction, Pdu};

use crate::{board::CanFrame, partition::Loaded, schedule::Growth};

impl<B: 'static> Loaded<B> {
    /// Puts a frame into the mailboxes of its PDUs; says which.
    pub(crate) fn receive(&mut self, now_ns: u64, frame: &CanFrame) -> Vec<(usize, Growth)> {
        self.store.data_mut().controllers.receive(now_ns, frame);
        let table = self.table.clone();
        let carried = table
            .pdus
            .iter()
            .enumerate()
            .filter(|(_, pdu)| carries(frame, pdu));
        carried
            .filter_map(|(pdu, entry)| Some((pdu, self.keep(pdu, entry, frame)?)))
            .collect()
    }

    fn keep(&mut self, pdu: usize, entry: &Pdu, frame: &CanFrame) -> Option<Growth> {
        let host = self.store.data_mut();
        // Bytes beyond the message are not its matter; a frame too short for it is lost.
        let Some(data) = frame.data.get(..usize::from(entry.length_bytes)) else {
            host.kept.counters.frames_lost += 1;
            return None;
        };
        let mailbox = host.mailboxes.get_mut(pdu)?;
        let growth = mailbox.put(data);
        if growth == Growth::Replaced && mailbox.is_queue() {
            host.kept.counters.frames_lost += 1;
        }
        Some(growth)
    }

    /// Puts a value into its inbox; none where there is no such inbox.
    pub(crate) fn deliver(&mut self, element: u32, value: &[u8]) -> Option<Growth> {
        let entry = self.table.elements.get(element as usize)?;
        if entry.direction != Direction::In {
            return None;
        }
        let host = self.store.data_mut();
        let inbox = host.inboxes.get_mut(element as usize)?;
        let growth = inbox.put(value);
        if growth == Growth::Replaced && inbox.is_queue() {
            host.kept.counters.values_lost += 1;
        }
        Some(growth)
    }
}

fn carries(frame: &CanFrame, pdu: &Pdu) -> bool {
    pdu.direction == Direction::In
        && !frame.remote
        && (pdu.id, pdu.extended) == (frame.id, frame.extended)
        && pdu.bus == frame.bus
}
