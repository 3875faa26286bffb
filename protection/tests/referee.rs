//! The crate autosar-e2e as an independent reader and writer, on random messages: it has profiles
//! 4, 5, 6, 7, 8, 11 and 22, and judges a message once the first one was good.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use autosar_e2e::{
    E2EProfile, E2EStatus,
    profile4::{Profile4, Profile4Config},
    profile5::{Profile5, Profile5Config},
    profile6::{Profile6, Profile6Config},
    profile7::{Profile7, Profile7Config},
    profile8::{Profile8, Profile8Config},
    profile11::{Profile11, Profile11Config, Profile11IdMode},
    profile22::{Profile22, Profile22Config},
};
use proptest::prelude::*;
use protection::{Configuration, IdMode, Profile, Receiver, Sender, Status};

/// What happens to a message on its way.
#[derive(Debug, Clone, Copy)]
enum Way {
    Arrives,
    Lost,
    Twice,
    /// This bit of it is turned.
    Damaged(usize),
}

fn ways() -> impl Strategy<Value = Vec<Way>> {
    let way = prop_oneof![
        6 => Just(Way::Arrives),
        2 => Just(Way::Lost),
        1 => Just(Way::Twice),
        1 => (0..512_usize).prop_map(Way::Damaged),
    ];
    prop::collection::vec(way, 1..40)
}

fn ours(referee: E2EStatus) -> Status {
    match referee {
        E2EStatus::Ok => Status::Ok,
        E2EStatus::OkSomeLost => Status::OkSomeLost,
        E2EStatus::Repeated => Status::Repeated,
        E2EStatus::WrongSequence => Status::WrongSequence,
        _ => Status::Error,
    }
}

/// Both send the same bytes, and both say the same of what arrives.
fn agree<R: E2EProfile>(
    configuration: &Configuration,
    make: impl Fn() -> R,
    payload: &[u8],
    ways: &[Way],
) {
    let (mut sender, mut other_sender) = (Sender::new(), make());
    let (mut receiver, mut other_receiver) = (Receiver::new(), make());
    let mut judge = |data: &[u8]| {
        let own = receiver.check(configuration, Some(data)).status;
        assert_eq!(
            own,
            ours(other_receiver.check(data).unwrap()),
            "{data:02x?}"
        );
    };
    // The first one arrives: before that the crate takes any counter of 0 or 1 for good.
    for way in [Way::Arrives].iter().chain(ways) {
        let (mut data, mut other) = (payload.to_vec(), payload.to_vec());
        sender.protect(configuration, &mut data).unwrap();
        other_sender.protect(&mut other).unwrap();
        assert_eq!(data, other);
        match way {
            Way::Lost => {}
            Way::Arrives => judge(&data),
            Way::Twice => {
                judge(&data);
                judge(&data);
            }
            Way::Damaged(bit) => {
                let bit = bit % (data.len() * 8);
                data[bit / 8] ^= 1 << (bit % 8);
                judge(&data);
            }
        }
    }
}

fn bits(bytes: u16) -> u16 {
    bytes * 8
}

proptest! {
    #[test]
    fn agrees_with_ours(
        data_id in any::<u32>(),
        data_ids in any::<[u8; 16]>(),
        payload in prop::collection::vec(any::<u8>(), 20..=30),
        offset in 0_u16..8,
        delta in 1_u8..6,
        nibble in any::<bool>(),
        ways in ways(),
    ) {
        let length = payload.len() as u16;
        let configuration = |profile, data_id| Configuration {
            data_id,
            data_ids,
            offset_bytes: offset,
            max_delta_counter: delta.into(),
            ..Configuration::new(profile)
        };
        let small = data_id as u16;

        let make = || Profile4::new(Profile4Config {
            data_id, offset: bits(offset), min_data_length: bits(length), max_data_length: bits(length),
            max_delta_counter: delta.into(),
        }).unwrap();
        agree(&configuration(Profile::P04, data_id), make, &payload, &ways);
        agree(&configuration(Profile::P44, data_id), make, &payload, &ways);

        let make = || Profile5::new(Profile5Config {
            data_id: small, offset: bits(offset), data_length: bits(length), max_delta_counter: delta,
        }).unwrap();
        agree(&configuration(Profile::P05, small.into()), make, &payload, &ways);

        let make = || Profile6::new(Profile6Config {
            data_id: small, offset: bits(offset), min_data_length: bits(length),
            max_data_length: bits(length), max_delta_counter: delta,
        }).unwrap();
        agree(&configuration(Profile::P06, small.into()), make, &payload, &ways);

        let long: Vec<u8> = payload.iter().copied().chain([0; 10]).collect();
        let long_bits = bits(length + 10).into();
        let make = || Profile7::new(Profile7Config {
            data_id, offset: bits(offset).into(), min_data_length: long_bits,
            max_data_length: long_bits, max_delta_counter: delta.into(),
        }).unwrap();
        agree(&configuration(Profile::P07, data_id), make, &long, &ways);

        let make = || Profile8::new(Profile8Config {
            data_id, offset: bits(offset).into(), min_data_length: long_bits,
            max_data_length: long_bits, max_delta_counter: delta.into(),
        }).unwrap();
        agree(&configuration(Profile::P08, data_id), make, &long, &ways);

        let make = || Profile22::new(Profile22Config {
            data_length: usize::from(length) * 8, data_id_list: data_ids, max_delta_counter: delta,
            offset: usize::from(offset) * 8,
        }).unwrap();
        agree(&configuration(Profile::P22, 0), make, &payload, &ways);

        let (mode, id_mode, id) = match nibble {
            true => (Profile11IdMode::Nibble, IdMode::Nibble, small & 0xfff),
            false => (Profile11IdMode::Both, IdMode::Both, small),
        };
        let at = (offset as u8) * 8;
        let make = || Profile11::new(Profile11Config {
            counter_offset: at + 8, crc_offset: at, mode, data_id: id, nibble_offset: at + 12,
            max_delta_counter: delta, data_length: (length * 8) as u8,
        }).unwrap();
        let eleven = Configuration {
            id_mode,
            crc_offset_bits: at.into(),
            counter_offset_bits: (at + 8).into(),
            nibble_offset_bits: (at + 12).into(),
            ..configuration(Profile::P11, id.into())
        };
        agree(&eleven, make, &payload, &ways);
    }
}
