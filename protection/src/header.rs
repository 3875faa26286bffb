//! Where counter, length, identifier and checksum of a profile lie, and what the checksum is over.
//! Assumes a configuration without problems. Knows nothing of what was received before.

use crate::{
    configuration::{Configuration, IdMode, Profile},
    crc,
};

/// The fields of a message, in bytes from its start.
pub(crate) struct Fields {
    crc: Span,
    counter: Counter,
    length: Option<Span>,
    id: Option<Span>,
    /// Of four bits of the Data ID.
    nibble_bits: Option<u16>,
}

#[derive(Clone, Copy)]
struct Span {
    at: usize,
    bytes: usize,
}

#[derive(Clone, Copy)]
enum Counter {
    Nibble { at_bits: u16 },
    Bytes(Span),
}

impl Fields {
    pub(crate) fn has(&self, bit: usize) -> bool {
        let counter = match self.counter {
            Counter::Bytes(span) => Some(span),
            Counter::Nibble { .. } => None,
        };
        let spans = [Some(self.crc), self.length, self.id, counter];
        let nibbles = [self.nibble_bits, self.counter.nibble()];
        let mut nibbles = nibbles.into_iter().flatten().map(usize::from);
        spans
            .into_iter()
            .flatten()
            .any(|span| (span.at..span.at + span.bytes).contains(&(bit / 8)))
            || nibbles.any(|at| (at..at + 4).contains(&bit))
    }

    /// The first byte behind all of them.
    pub(crate) fn end(&self) -> usize {
        let spans = [Some(self.crc), self.length, self.id];
        let nibbles = [self.nibble_bits, self.counter.nibble()];
        let counter = match self.counter {
            Counter::Bytes(span) => Some(span),
            Counter::Nibble { .. } => None,
        };
        let spans = spans.into_iter().chain([counter]).flatten();
        let nibbles = nibbles.into_iter().flatten();
        let ends = spans.map(|span| span.at + span.bytes);
        ends.chain(nibbles.map(|bits| usize::from(bits / 8) + 1))
            .max()
            .unwrap_or(0)
    }
}

impl Counter {
    fn nibble(self) -> Option<u16> {
        match self {
            Self::Nibble { at_bits } => Some(at_bits),
            Self::Bytes(_) => None,
        }
    }
}

pub(crate) fn fields(configuration: &Configuration) -> Fields {
    let base = usize::from(configuration.offset_bytes);
    let span = |at: usize, bytes: usize| Span {
        at: base + at,
        bytes,
    };
    let (crc, counter, length, id) = match configuration.profile {
        Profile::P01 | Profile::P11 => {
            let is_nibble = configuration.id_mode == IdMode::Nibble;
            return Fields {
                crc: Span {
                    at: usize::from(configuration.crc_offset_bits / 8),
                    bytes: 1,
                },
                counter: Counter::Nibble {
                    at_bits: configuration.counter_offset_bits,
                },
                length: None,
                id: None,
                nibble_bits: is_nibble.then_some(configuration.nibble_offset_bits),
            };
        }
        Profile::P02 | Profile::P22 => {
            let at_bits = configuration
                .offset_bytes
                .saturating_add(1)
                .saturating_mul(8);
            (span(0, 1), Counter::Nibble { at_bits }, None, None)
        }
        Profile::P04 | Profile::P44 => (
            span(8, 4),
            Counter::Bytes(span(2, 2)),
            Some(span(0, 2)),
            Some(span(4, 4)),
        ),
        Profile::P05 => (span(0, 2), Counter::Bytes(span(2, 1)), None, None),
        Profile::P06 => (
            span(0, 2),
            Counter::Bytes(span(4, 1)),
            Some(span(2, 2)),
            None,
        ),
        Profile::P07 => (
            span(0, 8),
            Counter::Bytes(span(12, 4)),
            Some(span(8, 4)),
            Some(span(16, 4)),
        ),
        Profile::P08 => (
            span(0, 4),
            Counter::Bytes(span(8, 4)),
            Some(span(4, 4)),
            Some(span(12, 4)),
        ),
    };
    Fields {
        crc,
        counter,
        length,
        id,
        nibble_bits: None,
    }
}

/// Writes the header; what it does not cover stays.
pub(crate) fn write(configuration: &Configuration, counter: u32, data: &mut [u8]) {
    let fields = fields(configuration);
    let length = data.len() as u64;
    if let Some(span) = fields.length {
        put(data, span, length);
    }
    if let Some(span) = fields.id {
        put(data, span, configuration.data_id.into());
    }
    if let Some(bits) = fields.nibble_bits {
        put_nibble(data, bits, high_nibble(configuration));
    }
    match fields.counter {
        Counter::Bytes(span) => put(data, span, counter.into()),
        Counter::Nibble { at_bits } => put_nibble(data, at_bits, counter as u8),
    }
    let crc = checksum(configuration, &fields, counter, data);
    put(data, fields.crc, crc);
}

/// The counter of data whose checksum, length and identifier are what they must be.
pub(crate) fn read(configuration: &Configuration, data: &[u8]) -> Option<u32> {
    let fields = fields(configuration);
    let counter = match fields.counter {
        Counter::Bytes(span) => got(data, span) as u32,
        Counter::Nibble { at_bits } => nibble(data, at_bits).into(),
    };
    let is_sound = got(data, fields.crc) == checksum(configuration, &fields, counter, data)
        && fields
            .length
            .is_none_or(|span| got(data, span) == data.len() as u64)
        && fields
            .id
            .is_none_or(|span| got(data, span) == configuration.data_id.into())
        && fields
            .nibble_bits
            .is_none_or(|bits| nibble(data, bits) == high_nibble(configuration))
        && counter <= configuration.profile.last_counter();
    is_sound.then_some(counter)
}

/// As a number whose bytes stand in the message most significant first.
fn checksum(configuration: &Configuration, fields: &Fields, counter: u32, data: &[u8]) -> u64 {
    let behind = fields.crc.at + fields.crc.bytes;
    let before = data.iter().take(fields.crc.at);
    let covered = before.chain(data.iter().skip(behind)).copied();
    let [low, high, ..] = configuration.data_id.to_le_bytes();
    match configuration.profile {
        Profile::P01 | Profile::P11 => {
            let id = match configuration.id_mode {
                IdMode::Both => [Some(low), Some(high)],
                IdMode::Alternating if counter.is_multiple_of(2) => [Some(low), None],
                IdMode::Alternating => [Some(high), None],
                IdMode::Low => [Some(low), None],
                IdMode::Nibble => [Some(low), Some(0)],
            };
            crc::crc8_from_zero(id.into_iter().flatten().chain(covered)).into()
        }
        Profile::P02 | Profile::P22 => {
            let id = configuration.data_ids.get(counter as usize).copied();
            crc::crc8h2f(covered.chain(id)).into()
        }
        Profile::P04 | Profile::P44 | Profile::P08 => crc::crc32p4(covered).into(),
        // Its bytes stand least significant first, those of profile 6 do not.
        Profile::P05 => crc::crc16(covered.chain([low, high])).swap_bytes().into(),
        Profile::P06 => crc::crc16(covered.chain([high, low])).into(),
        Profile::P07 => crc::crc64(covered),
    }
}

fn high_nibble(configuration: &Configuration) -> u8 {
    (configuration.data_id >> 8) as u8 & 0xf
}

fn put(data: &mut [u8], span: Span, value: u64) {
    let bytes = value.to_be_bytes().into_iter().skip(8 - span.bytes);
    for (byte, new) in data.iter_mut().skip(span.at).zip(bytes) {
        *byte = new;
    }
}

fn got(data: &[u8], span: Span) -> u64 {
    let bytes = data.iter().skip(span.at).take(span.bytes);
    bytes.fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

fn put_nibble(data: &mut [u8], at_bits: u16, value: u8) {
    let shift = at_bits % 8;
    if let Some(byte) = data.get_mut(usize::from(at_bits / 8)) {
        *byte = (*byte & !(0xf << shift)) | ((value & 0xf) << shift);
    }
}

fn nibble(data: &[u8], at_bits: u16) -> u8 {
    let byte = data.get(usize::from(at_bits / 8)).copied();
    (byte.unwrap_or_default() >> (at_bits % 8)) & 0xf
}
