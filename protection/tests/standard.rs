//! Test values of the standards: of the CRC library (SWS_CRCLibrary, 7.2) and of the profiles'
//! examples (PRS_E2EProtocol R20-11).
#![allow(clippy::unwrap_used, reason = "a test fails by panics")]

use protection::{Configuration, IdMode, Profile, Sender, crc};

/// Data, and the results of CRC8, CRC8H2F, CRC16, CRC32P4, CRC64.
type Row = (&'static [u8], u8, u8, u16, u32, u64);

const VALUES: [Row; 7] = [
    (
        &[0, 0, 0, 0],
        0x59,
        0x12,
        0x84c0,
        0x6fb3_2240,
        0xf4a5_8635_1e1b_9f4b,
    ),
    (
        &[0xf2, 0x01, 0x83],
        0x37,
        0xc2,
        0xd374,
        0x4f72_1a25,
        0x319c_2766_8164_f1c6,
    ),
    (
        &[0x0f, 0xaa, 0x00, 0x55],
        0x79,
        0xc6,
        0x2023,
        0x2066_2df8,
        0x54c5_d0f7_667c_1575,
    ),
    (
        &[0x00, 0xff, 0x55, 0x11],
        0xb8,
        0x77,
        0xb8f9,
        0x9bd7_996e,
        0xa638_22be_7e07_04e6,
    ),
    (
        &[0x33, 0x22, 0x55, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff],
        0xcb,
        0x11,
        0xf53f,
        0xa65a_343d,
        0x701e_ceb2_19a8_e5d5,
    ),
    (
        &[0x92, 0x6b, 0x55],
        0x8c,
        0x33,
        0x0745,
        0xee68_8a78,
        0x5faa_96a9_b59f_3e4e,
    ),
    (
        &[0xff, 0xff, 0xff, 0xff],
        0x74,
        0x6c,
        0x1d0f,
        0xffff_ffff,
        0xffff_ffff_0000_0000,
    ),
];

#[test]
fn checksums_are_those_of_the_crc_library() {
    for (data, crc8, h2f, crc16, crc32, crc64) in VALUES {
        let bytes = || data.iter().copied();
        assert_eq!(crc::crc8(bytes()), crc8, "CRC8 of {data:02x?}");
        assert_eq!(crc::crc8h2f(bytes()), h2f, "CRC8H2F of {data:02x?}");
        assert_eq!(crc::crc16(bytes()), crc16, "CRC16 of {data:02x?}");
        assert_eq!(crc::crc32p4(bytes()), crc32, "CRC32P4 of {data:02x?}");
        assert_eq!(crc::crc64(bytes()), crc64, "CRC64 of {data:02x?}");
    }
}

/// The first messages of a sender, as hexadecimal digits.
fn sent(configuration: &Configuration, length_bytes: usize, count: usize) -> Vec<String> {
    let mut sender = Sender::new();
    let mut one = || {
        let mut data = vec![0; length_bytes];
        sender.protect(configuration, &mut data).unwrap();
        data.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    (0..count).map(|_| one()).collect()
}

fn with_id(profile: Profile, data_id: u32) -> Configuration {
    Configuration {
        data_id,
        ..Configuration::new(profile)
    }
}

#[test]
fn profiles_1_and_11_are_those_of_the_examples() {
    for profile in [Profile::P01, Profile::P11] {
        let both = with_id(profile, 0x123);
        assert_eq!(sent(&both, 8, 2), ["cc00000000000000", "9101000000000000"]);
        let nibble = Configuration {
            id_mode: IdMode::Nibble,
            ..both
        };
        assert_eq!(
            sent(&nibble, 8, 2),
            ["2a10000000000000", "7711000000000000"]
        );
    }
}

#[test]
fn the_modes_of_profile_1_differ_by_what_of_the_id_is_checked() {
    let of = |id_mode, id: &[u8], counter: u8| {
        let configuration = Configuration {
            id_mode,
            ..with_id(Profile::P01, 0x123)
        };
        let message = sent(&configuration, 4, 2).remove(counter.into());
        let covered = id.iter().copied().chain([counter, 0, 0]);
        let crc = crc::crc8_from_zero(covered);
        assert_eq!(message, format!("{crc:02x}{counter:02x}0000"));
    };
    of(IdMode::Alternating, &[0x23], 0);
    of(IdMode::Alternating, &[0x01], 1);
    of(IdMode::Low, &[0x23], 0);
    of(IdMode::Low, &[0x23], 1);
}

#[test]
fn profiles_2_and_22_are_those_of_the_examples() {
    let mut data_ids = [0; 16];
    for (id, number) in data_ids.iter_mut().zip(1..) {
        *id = number;
    }
    for profile in [Profile::P02, Profile::P22] {
        let configuration = Configuration {
            data_ids,
            ..Configuration::new(profile)
        };
        let messages = sent(&configuration, 8, 6);
        let heads: Vec<&str> = messages.iter().map(|message| &message[..4]).collect();
        assert_eq!(heads, ["1b01", "9802", "3103", "0d04", "1805", "9b06"]);
    }
}

#[test]
fn profiles_with_an_explicit_header_are_those_of_the_examples() {
    let id = 0x0a0b_0c0d;
    for profile in [Profile::P04, Profile::P44] {
        let first = sent(&with_id(profile, id), 16, 1).remove(0);
        assert_eq!(first, "001000000a0b0c0d862b055600000000");
    }
    let first = sent(&with_id(Profile::P05, 0x1234), 8, 1).remove(0);
    assert_eq!(first, "1cca000000000000");
    let first = sent(&with_id(Profile::P06, 0x1234), 8, 1).remove(0);
    assert_eq!(first, "b155000800000000");
    let first = sent(&with_id(Profile::P07, id), 24, 1).remove(0);
    assert_eq!(&first[..32], "1fb2e737fcedbcd90000001800000000");
    let first = sent(&with_id(Profile::P08, id), 20, 1).remove(0);
    assert_eq!(first, "41494e5200000014000000000a0b0c0d00000000");
}

#[test]
fn a_header_may_stand_behind_data() {
    let profile_5 = Configuration {
        offset_bytes: 8,
        ..with_id(Profile::P05, 0x1234)
    };
    assert_eq!(&sent(&profile_5, 16, 1)[0][16..22], "289100");
    let profile_6 = Configuration {
        offset_bytes: 8,
        ..with_id(Profile::P06, 0x1234)
    };
    assert_eq!(&sent(&profile_6, 16, 1)[0][16..26], "4eb7001000");
}
