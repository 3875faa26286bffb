//! How a message is protected: the same words for sender and receiver, and what is wrong with them.
//! Knows nothing of values.

use crate::header::fields;
use core::fmt;

/// Statuses that a window of the state machine holds at most.
pub const LONGEST_WINDOW: usize = 32;
/// Bytes of [`Configuration::to_bytes`].
pub const CONFIGURATION_BYTES: usize = 46;
/// Data IDs of profiles 2 and 22, one a counter value.
const IDS: usize = 16;

/// A profile of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    P01,
    P02,
    P04,
    P05,
    P06,
    P07,
    P08,
    P11,
    P22,
    P44,
}

/// How much of the Data ID goes into the checksum of profiles 1 and 11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdMode {
    /// Both bytes (1A, 11A).
    #[default]
    Both,
    /// The low byte with even counters, the high one with odd (1B).
    Alternating,
    /// The low byte.
    Low,
    /// The low byte; four bits of the high one are sent (1C, 11C).
    Nibble,
}

/// What is added to a message, where, and when a receiver trusts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Configuration {
    pub profile: Profile,
    /// Of profiles 1, 5, 6, 11 at most 16 bits (12 in mode nibble); 2 and 22 have `data_ids`.
    pub data_id: u32,
    pub data_ids: [u8; IDS],
    /// Profiles 1 and 11.
    pub id_mode: IdMode,
    /// First byte of the header; profiles 1 and 11 have the three offsets below instead.
    pub offset_bytes: u16,
    pub crc_offset_bits: u16,
    pub counter_offset_bits: u16,
    /// Mode nibble.
    pub nibble_offset_bits: u16,
    /// By how much the counter may grow between two messages that are taken; with profiles 1 and 2
    /// by one more for each check since the last one that was taken (MaxDeltaCounterInit).
    pub max_delta_counter: u32,
    /// Profiles 1 and 2: calls without a new message after which the counters are joined anew.
    pub max_no_new_or_repeated: u8,
    /// Profiles 1 and 2: messages that joining anew takes.
    pub sync_counter: u8,
    pub machine: Machine,
}

/// The state machine of a receiver (E2E_SMConfigType).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    pub init: Window,
    pub valid: Window,
    pub invalid: Window,
    /// What was received before is forgotten when the state becomes invalid.
    pub clear_to_invalid: bool,
}

/// What the last checks must have given in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many checks are looked back on.
    pub size: u8,
    pub min_ok: u8,
    pub max_error: u8,
}

impl Default for Machine {
    fn default() -> Self {
        let window = Window {
            size: 5,
            min_ok: 1,
            max_error: 1,
        };
        Self {
            init: window,
            valid: window,
            invalid: Window {
                min_ok: 3,
                max_error: 0,
                ..window
            },
            clear_to_invalid: false,
        }
    }
}

/// Why a message of that length cannot be protected so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The header ends behind the data.
    Outside {
        needed_bytes: usize,
    },
    TooLong {
        longest_bytes: usize,
    },
    /// Two of the offsets mean the same bits.
    Overlap,
    /// An offset in bits is not a multiple of that.
    Unaligned {
        field: &'static str,
        bits: u16,
    },
    DataId {
        largest: u32,
    },
    MaxDeltaCounter {
        largest: u32,
    },
    /// Profile 11 knows both and nibble only.
    Mode,
    Window {
        state: &'static str,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside { needed_bytes } => {
                write!(f, "the header ends at byte {needed_bytes}, behind the data")
            }
            Self::TooLong { longest_bytes } => {
                write!(f, "the profile protects {longest_bytes} bytes at most")
            }
            Self::Overlap => write!(f, "CRC, counter and nibble of the Data ID overlap"),
            Self::Unaligned { field, bits } => {
                write!(f, "{field} does not begin at a multiple of {bits} bits")
            }
            Self::DataId { largest } => write!(f, "the Data ID is above {largest:#x}"),
            Self::MaxDeltaCounter { largest } => {
                write!(f, "the largest step of the counter is not 1 to {largest}")
            }
            Self::Mode => write!(f, "profile 11 has the modes `both` and `nibble` only"),
            Self::Window { state } => write!(
                f,
                "the window in state {state} does not hold 1 to {LONGEST_WINDOW} checks, holds more \
                 than that of state valid, or asks for more than it holds"
            ),
        }
    }
}

impl Profile {
    pub const ALL: [Self; 10] = [
        Self::P01,
        Self::P02,
        Self::P04,
        Self::P05,
        Self::P06,
        Self::P07,
        Self::P08,
        Self::P11,
        Self::P22,
        Self::P44,
    ];

    pub fn number(self) -> u8 {
        match self {
            Self::P01 => 1,
            Self::P02 => 2,
            Self::P04 => 4,
            Self::P05 => 5,
            Self::P06 => 6,
            Self::P07 => 7,
            Self::P08 => 8,
            Self::P11 => 11,
            Self::P22 => 22,
            Self::P44 => 44,
        }
    }

    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.number() == number)
    }

    /// The largest counter; after it comes 0.
    pub fn last_counter(self) -> u32 {
        match self {
            Self::P01 | Self::P11 => 14,
            Self::P02 | Self::P22 => 15,
            Self::P05 | Self::P06 => 0xff,
            Self::P04 | Self::P44 => 0xffff,
            Self::P07 | Self::P08 => u32::MAX,
        }
    }

    /// Profiles with CRC and counter at offsets of their own.
    pub fn has_bit_offsets(self) -> bool {
        matches!(self, Self::P01 | Self::P11)
    }

    /// Profiles with a Data ID for each counter.
    pub fn has_id_list(self) -> bool {
        matches!(self, Self::P02 | Self::P22)
    }

    fn longest_bytes(self) -> usize {
        match self {
            Self::P01 | Self::P11 => 30,
            Self::P02 | Self::P22 => 32,
            _ => 4096,
        }
    }
}

impl IdMode {
    pub const ALL: [Self; 4] = [Self::Both, Self::Alternating, Self::Low, Self::Nibble];
}

impl Configuration {
    /// The offsets that the standard's variants A have, and a state machine that stands one error.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            data_id: 0,
            data_ids: [0; IDS],
            id_mode: IdMode::Both,
            offset_bytes: 0,
            crc_offset_bits: 0,
            counter_offset_bits: 8,
            nibble_offset_bits: 12,
            max_delta_counter: 1,
            max_no_new_or_repeated: 14,
            sync_counter: 1,
            machine: Machine::default(),
        }
    }

    /// What is wrong with it for data of that length.
    pub fn problem(&self, length_bytes: usize) -> Option<Problem> {
        self.offsets_problem()
            .or_else(|| self.numbers_problem())
            .or_else(|| self.length_problem(length_bytes))
            .or_else(|| self.machine.problem())
    }

    /// Whether the sender writes that bit of a message: bit 0 is the least significant one of byte 0.
    pub fn writes(&self, bit: usize) -> bool {
        fields(self).has(bit)
    }

    fn offsets_problem(&self) -> Option<Problem> {
        if !self.profile.has_bit_offsets() {
            return None;
        }
        let is_nibble = self.id_mode == IdMode::Nibble;
        let offsets = [
            ("the CRC", self.crc_offset_bits, 8),
            ("the counter", self.counter_offset_bits, 4),
            ("the nibble of the Data ID", self.nibble_offset_bits, 4),
        ];
        let mut offsets = offsets.iter().take(if is_nibble { 3 } else { 2 });
        if let Some((field, _, bits)) = offsets.find(|(_, at, bits)| !at.is_multiple_of(*bits)) {
            return Some(Problem::Unaligned { field, bits: *bits });
        }
        let crc = self.crc_offset_bits / 8;
        let in_crc = |bits: u16| bits / 8 == crc;
        let overlaps = in_crc(self.counter_offset_bits)
            || (is_nibble
                && (in_crc(self.nibble_offset_bits)
                    || self.nibble_offset_bits == self.counter_offset_bits));
        overlaps.then_some(Problem::Overlap)
    }

    fn numbers_problem(&self) -> Option<Problem> {
        let largest = match self.profile {
            Profile::P01 | Profile::P11 if self.id_mode == IdMode::Nibble => 0xfff,
            Profile::P01 | Profile::P05 | Profile::P06 | Profile::P11 => 0xffff,
            _ => u32::MAX,
        };
        if self.data_id > largest {
            return Some(Problem::DataId { largest });
        }
        let largest = self.profile.last_counter() - 1;
        if !(1..=largest).contains(&self.max_delta_counter) {
            return Some(Problem::MaxDeltaCounter { largest });
        }
        let is_mode = matches!(self.id_mode, IdMode::Both | IdMode::Nibble);
        (self.profile == Profile::P11 && !is_mode).then_some(Problem::Mode)
    }

    fn length_problem(&self, length_bytes: usize) -> Option<Problem> {
        let longest_bytes = self.profile.longest_bytes();
        if length_bytes > longest_bytes {
            return Some(Problem::TooLong { longest_bytes });
        }
        let needed_bytes = fields(self).end();
        (needed_bytes > length_bytes).then_some(Problem::Outside { needed_bytes })
    }

    /// In a form that [`Configuration::from_bytes`] reads.
    pub fn to_bytes(&self) -> [u8; CONFIGURATION_BYTES] {
        let mut bytes = [0; CONFIGURATION_BYTES];
        let mode = IdMode::ALL.iter().position(|mode| *mode == self.id_mode);
        let head = [self.profile.number(), mode.unwrap_or_default() as u8];
        let machine = &self.machine;
        let windows = [machine.init, machine.valid, machine.invalid];
        let offsets = [
            self.offset_bytes,
            self.crc_offset_bits,
            self.counter_offset_bits,
            self.nibble_offset_bits,
        ];
        let parts = head
            .into_iter()
            .chain(self.data_id.to_le_bytes())
            .chain(self.data_ids)
            .chain(offsets.into_iter().flat_map(u16::to_le_bytes))
            .chain(self.max_delta_counter.to_le_bytes())
            .chain([self.max_no_new_or_repeated, self.sync_counter])
            .chain(
                windows
                    .into_iter()
                    .flat_map(|one| [one.size, one.min_ok, one.max_error]),
            )
            .chain([u8::from(machine.clear_to_invalid)]);
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.iter().copied();
        let [number, mode] = take(&mut rest)?;
        let data_id = u32::from_le_bytes(take(&mut rest)?);
        let data_ids = take(&mut rest)?;
        let mut offset = || Some(u16::from_le_bytes(take(&mut rest)?));
        let (offset_bytes, crc_offset_bits) = (offset()?, offset()?);
        let (counter_offset_bits, nibble_offset_bits) = (offset()?, offset()?);
        let max_delta_counter = u32::from_le_bytes(take(&mut rest)?);
        let [max_no_new_or_repeated, sync_counter] = take(&mut rest)?;
        let mut window = || {
            let [size, min_ok, max_error] = take(&mut rest)?;
            Some(Window {
                size,
                min_ok,
                max_error,
            })
        };
        let (init, valid, invalid) = (window()?, window()?, window()?);
        let [clear] = take(&mut rest)?;
        Some(Self {
            profile: Profile::of_number(number)?,
            data_id,
            data_ids,
            id_mode: *IdMode::ALL.get(usize::from(mode))?,
            offset_bytes,
            crc_offset_bits,
            counter_offset_bits,
            nibble_offset_bits,
            max_delta_counter,
            max_no_new_or_repeated,
            sync_counter,
            machine: Machine {
                init,
                valid,
                invalid,
                clear_to_invalid: clear != 0,
            },
        })
    }
}

fn take<const N: usize>(rest: &mut impl Iterator<Item = u8>) -> Option<[u8; N]> {
    let mut taken = [0; N];
    for byte in &mut taken {
        *byte = rest.next()?;
    }
    Some(taken)
}

impl Machine {
    fn problem(&self) -> Option<Problem> {
        let windows = [
            ("init", self.init),
            ("valid", self.valid),
            ("invalid", self.invalid),
        ];
        let is_sound = |window: &Window| {
            (1..=LONGEST_WINDOW).contains(&window.size.into())
                && window.size <= self.valid.size
                && window.min_ok <= window.size
        };
        let mut unsound = windows.iter().filter(|(_, window)| !is_sound(window));
        unsound.next().map(|(state, _)| Problem::Window { state })
    }
}
