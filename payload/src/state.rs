//! What a device remembers between boots: a log of small records in two erasable halves of flash.
//! A record that was torn is none; a half is erased only while the other holds the last record.
//! Knows nothing of flash drivers: it says what to erase and what to write where.

use core::ops::Range;

use crate::{
    Hash, Slot,
    bytes::{array, put, u32_at},
};

/// Bytes of a record.
pub const RECORD_BYTES: usize = 32;
/// How often a new payload is started before it has to confirm that it works.
pub const TRIAL_BOOTS: u8 = 3;

const MAGIC: [u8; 4] = *b"WLST";

/// What a device remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    /// Payloads with a lower counter are refused.
    pub minimum_counter: u32,
    /// The slot to try first; none: the one with the higher counter, else the first.
    pub preferred: Option<Slot>,
    pub trial: Trial,
}

/// Whether the preferred payload has shown that it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trial {
    /// It has, or none is on trial.
    #[default]
    Confirmed,
    /// It has not; after so many further starts the other slot runs.
    BootsLeft(u8),
}

impl State {
    /// After a new payload was written into a slot: it is tried.
    pub fn updated(self, slot: Slot) -> State {
        State {
            preferred: Some(slot),
            trial: Trial::BootsLeft(TRIAL_BOOTS),
            ..self
        }
    }

    /// After the payload that runs has shown that it works: older ones are refused from now on.
    pub fn confirmed(self, slot: Slot, counter: u32) -> State {
        State {
            minimum_counter: self.minimum_counter.max(counter),
            preferred: Some(slot),
            trial: Trial::Confirmed,
        }
    }

    fn record(self, sequence: u32) -> [u8; RECORD_BYTES] {
        let preferred = match self.preferred {
            None => 0xff,
            Some(Slot::A) => 0,
            Some(Slot::B) => 1,
        };
        let trial = match self.trial {
            Trial::Confirmed => 0xff,
            Trial::BootsLeft(boots) => boots,
        };
        let mut record = [0; RECORD_BYTES];
        put(&mut record, 0, &MAGIC);
        put(&mut record, 4, &sequence.to_le_bytes());
        put(&mut record, 8, &self.minimum_counter.to_le_bytes());
        put(&mut record, 12, &[preferred, trial]);
        let sum = sum(&record);
        put(&mut record, 16, &sum);
        record
    }

    fn of_record(record: &[u8]) -> Option<(u32, State)> {
        let stored: [u8; 16] = array(record, 16)?;
        if !record.starts_with(&MAGIC) || stored != sum(record) {
            return None;
        }
        let [preferred, trial] = array(record, 12)?;
        let state = State {
            minimum_counter: u32_at(record, 8)?,
            preferred: match preferred {
                0 => Some(Slot::A),
                1 => Some(Slot::B),
                _ => None,
            },
            trial: match trial {
                0xff => Trial::Confirmed,
                boots => Trial::BootsLeft(boots),
            },
        };
        Some((u32_at(record, 4)?, state))
    }
}

/// First half of the SHA-256 of a record's first half.
fn sum(record: &[u8]) -> [u8; 16] {
    let hash = Hash::of(record.get(..16).unwrap_or_default());
    array(&hash.0, 0).unwrap_or_default()
}

/// The log as it lies in flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateLog {
    /// The last whole record's state; the default for an empty log.
    pub state: State,
    sequence: u32,
    /// Position of the last whole record.
    last: Option<usize>,
    records: usize,
}

/// What to do in flash to remember a state: first erase, then write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Bytes of the region to erase first: one half.
    pub erase: Option<Range<usize>>,
    /// Where in the region the record goes.
    pub offset: usize,
    pub record: [u8; RECORD_BYTES],
}

impl StateLog {
    /// Reads the region of flash that holds the log: two halves of equal size that can be erased
    /// one by one.
    pub fn read(region: &[u8]) -> StateLog {
        let mut log = StateLog {
            state: State::default(),
            sequence: 0,
            last: None,
            records: region.len() / RECORD_BYTES / 2 * 2,
        };
        for (position, record) in region.chunks_exact(RECORD_BYTES).enumerate() {
            if let Some((sequence, state)) = State::of_record(record)
                && (log.last.is_none() || sequence > log.sequence)
            {
                log.state = state;
                log.sequence = sequence;
                log.last = Some(position);
            }
        }
        log
    }

    /// How to remember `state`. `region` is what was read; none for a region without room for two
    /// records.
    pub fn append(&self, region: &[u8], state: State) -> Option<Append> {
        let half = self.records / 2;
        if half == 0 {
            return None;
        }
        let sequence = self.sequence.checked_add(1)?;
        let record = state.record(sequence);
        let erased = |position: &usize| {
            let at = position * RECORD_BYTES;
            region
                .get(at..at + RECORD_BYTES)
                .is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0xff))
        };
        // The rest of the half that holds the last record, then the other half from its start.
        let last = self.last.unwrap_or(0);
        let end = (last / half + 1) * half;
        if let Some(position) = (last..end).find(erased) {
            let offset = position * RECORD_BYTES;
            return Some(Append {
                erase: None,
                offset,
                record,
            });
        }
        let other = (1 - last / half) * half * RECORD_BYTES;
        Some(Append {
            erase: Some(other..other + half * RECORD_BYTES),
            offset: other,
            record,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    /// Flash: erasing gives ones, writing clears bits.
    fn carry_out(flash: &mut [u8], append: &Append, written: usize) {
        if let Some(range) = append.erase.clone() {
            flash[range].fill(0xff);
        }
        for (place, byte) in flash[append.offset..]
            .iter_mut()
            .zip(&append.record[..written])
        {
            *place &= byte;
        }
    }

    fn state(minimum_counter: u32) -> State {
        State {
            minimum_counter,
            ..State::default()
        }
    }

    #[test]
    fn an_erased_region_is_the_beginning() {
        assert_eq!(StateLog::read(&[0xff; 256]).state, State::default());
        assert_eq!(StateLog::read(&[]).state, State::default());
        assert_eq!(StateLog::read(&[]).append(&[], state(1)), None);
    }

    #[test]
    fn the_last_record_counts_through_many_rounds_of_both_halves() {
        let mut flash = vec![0xff; 8 * RECORD_BYTES];
        for counter in 1..100 {
            let log = StateLog::read(&flash);
            let wanted = State {
                minimum_counter: counter,
                preferred: [None, Some(Slot::A), Some(Slot::B)][counter as usize % 3],
                trial: [Trial::Confirmed, Trial::BootsLeft(2)][counter as usize % 2],
            };
            let append = log.append(&flash, wanted).unwrap();
            carry_out(&mut flash, &append, RECORD_BYTES);
            assert_eq!(StateLog::read(&flash).state, wanted);
        }
    }

    #[test]
    fn a_torn_record_leaves_the_one_before() {
        let whole: Vec<u8> = vec![0xff; 8 * RECORD_BYTES];
        for written in 0..RECORD_BYTES {
            let mut flash = whole.clone();
            for counter in 1..=20 {
                let append = StateLog::read(&flash)
                    .append(&flash, state(counter))
                    .unwrap();
                carry_out(&mut flash, &append, RECORD_BYTES);
                let append = StateLog::read(&flash).append(&flash, state(77)).unwrap();
                carry_out(&mut flash, &append, written);
                // A rest of ones is written by not writing it.
                let whole = append.record[written..].iter().all(|byte| *byte == 0xff);
                let left = if whole { 77 } else { counter };
                assert_eq!(StateLog::read(&flash).state, state(left), "{written}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_makes_a_record_none() {
        let mut flash = vec![0xff; 2 * RECORD_BYTES];
        let append = StateLog::read(&flash).append(&flash, state(5)).unwrap();
        carry_out(&mut flash, &append, RECORD_BYTES);
        for bit in 0..RECORD_BYTES * 8 {
            let mut flipped = flash.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(StateLog::read(&flipped).state, State::default(), "{bit}");
        }
    }
}
