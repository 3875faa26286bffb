//! End-to-end protection in the project file: only what differs from the profile's own.
//! Knows nothing of the document.

use crate::message::data_ids;
use protection::{Configuration, IdMode, Machine, Profile, Window};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct E2e {
    profile: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_id: Option<u32>,
    /// 16 bytes in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_ids: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_mode: Option<Mode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_bytes: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crc_offset_bits: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter_offset_bits: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nibble_offset_bits: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_delta_counter: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_no_new_or_repeated: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sync_counter: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clear_to_invalid: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    init: Option<Checks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<Checks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid: Option<Checks>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    Both,
    Alternating,
    Low,
    Nibble,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    window: u8,
    min_ok: u8,
    max_error: u8,
}

/// What the file says; an error in words.
pub(super) fn read(entry: &E2e) -> Result<Configuration, String> {
    let profile = Profile::of_number(entry.profile).ok_or_else(|| {
        let known = Profile::ALL.map(|profile| profile.number().to_string());
        format!(
            "there is no profile {}; write one of {}",
            entry.profile,
            known.join(", ")
        )
    })?;
    refuse_foreign(entry, profile)?;
    let own = Configuration::new(profile);
    let data_ids = match &entry.data_ids {
        Some(digits) => data_ids(digits).ok_or_else(|| {
            format!("`{digits}` is no list of 16 data ids; write 32 hexadecimal digits")
        })?,
        None => own.data_ids,
    };
    let window = |checks: &Option<Checks>, own: Window| {
        checks.as_ref().map_or(own, |checks| Window {
            size: checks.window,
            min_ok: checks.min_ok,
            max_error: checks.max_error,
        })
    };
    Ok(Configuration {
        profile,
        data_id: entry.data_id.unwrap_or(own.data_id),
        data_ids,
        id_mode: entry.id_mode.map_or(own.id_mode, Mode::meaning),
        offset_bytes: entry.offset_bytes.unwrap_or(own.offset_bytes),
        crc_offset_bits: entry.crc_offset_bits.unwrap_or(own.crc_offset_bits),
        counter_offset_bits: entry.counter_offset_bits.unwrap_or(own.counter_offset_bits),
        nibble_offset_bits: entry.nibble_offset_bits.unwrap_or(own.nibble_offset_bits),
        max_delta_counter: entry.max_delta_counter.unwrap_or(own.max_delta_counter),
        max_no_new_or_repeated: entry
            .max_no_new_or_repeated
            .unwrap_or(own.max_no_new_or_repeated),
        sync_counter: entry.sync_counter.unwrap_or(own.sync_counter),
        machine: Machine {
            init: window(&entry.init, own.machine.init),
            valid: window(&entry.valid, own.machine.valid),
            invalid: window(&entry.invalid, own.machine.invalid),
            clear_to_invalid: entry.clear_to_invalid.unwrap_or_default(),
        },
    })
}

/// A field that the profile does not have means something that would not happen.
fn refuse_foreign(entry: &E2e, profile: Profile) -> Result<(), String> {
    let bits = profile.has_bit_offsets();
    let joins = matches!(profile, Profile::P01 | Profile::P02);
    let fields = [
        ("data_id", entry.data_id.is_some(), !profile.has_id_list()),
        ("data_ids", entry.data_ids.is_some(), profile.has_id_list()),
        ("id_mode", entry.id_mode.is_some(), bits),
        ("offset_bytes", entry.offset_bytes.is_some(), !bits),
        ("crc_offset_bits", entry.crc_offset_bits.is_some(), bits),
        (
            "counter_offset_bits",
            entry.counter_offset_bits.is_some(),
            bits,
        ),
        (
            "nibble_offset_bits",
            entry.nibble_offset_bits.is_some(),
            bits,
        ),
        (
            "max_no_new_or_repeated",
            entry.max_no_new_or_repeated.is_some(),
            joins,
        ),
        ("sync_counter", entry.sync_counter.is_some(), joins),
    ];
    let mut foreign = fields.iter().filter(|(_, given, has)| *given && !has);
    match foreign.next() {
        Some((field, ..)) => Err(format!(
            "profile {} has no `{field}`; remove it",
            entry.profile
        )),
        None => Ok(()),
    }
}

/// The canonical form.
pub(super) fn write(configuration: &Configuration) -> E2e {
    let own = Configuration::new(configuration.profile);
    let (bits, list) = (
        configuration.profile.has_bit_offsets(),
        configuration.profile.has_id_list(),
    );
    let window = |one: Window, own: Window| {
        (one != own).then_some(Checks {
            window: one.size,
            min_ok: one.min_ok,
            max_error: one.max_error,
        })
    };
    let machine = &configuration.machine;
    E2e {
        profile: configuration.profile.number(),
        data_id: (!list).then_some(configuration.data_id),
        data_ids: list.then(|| {
            let digits = configuration.data_ids.iter().map(|id| format!("{id:02x}"));
            digits.collect()
        }),
        id_mode: other(configuration.id_mode, own.id_mode).map(Mode::of),
        offset_bytes: other(configuration.offset_bytes, own.offset_bytes),
        crc_offset_bits: bits.then_some(configuration.crc_offset_bits),
        counter_offset_bits: bits.then_some(configuration.counter_offset_bits),
        nibble_offset_bits: other(configuration.nibble_offset_bits, own.nibble_offset_bits),
        max_delta_counter: other(configuration.max_delta_counter, own.max_delta_counter),
        max_no_new_or_repeated: other(
            configuration.max_no_new_or_repeated,
            own.max_no_new_or_repeated,
        ),
        sync_counter: other(configuration.sync_counter, own.sync_counter),
        clear_to_invalid: machine.clear_to_invalid.then_some(true),
        init: window(machine.init, own.machine.init),
        valid: window(machine.valid, own.machine.valid),
        invalid: window(machine.invalid, own.machine.invalid),
    }
}

fn other<T: PartialEq>(value: T, own: T) -> Option<T> {
    (value != own).then_some(value)
}

impl Mode {
    fn meaning(self) -> IdMode {
        match self {
            Self::Both => IdMode::Both,
            Self::Alternating => IdMode::Alternating,
            Self::Low => IdMode::Low,
            Self::Nibble => IdMode::Nibble,
        }
    }

    fn of(mode: IdMode) -> Self {
        match mode {
            IdMode::Both => Self::Both,
            IdMode::Alternating => Self::Alternating,
            IdMode::Low => Self::Low,
            IdMode::Nibble => Self::Nibble,
        }
    }
}
