//! The checksums of the profiles, bit for bit as AUTOSAR's CRC library computes them. Tables of 16
//! entries each: a partition keeps them in its memory, which is small on boards.
//! Knows nothing of headers.
//!
//! Source: AUTOSAR, Specification of CRC Routines (SWS_CRCLibrary), which has the test values too.

/// Polynomial 0x1d (SAE J1850).
const J1850: [u8; 16] = [
    0x00, 0x1d, 0x3a, 0x27, 0x74, 0x69, 0x4e, 0x53, 0xe8, 0xf5, 0xd2, 0xcf, 0x9c, 0x81, 0xa6, 0xbb,
];
/// Polynomial 0x2f.
const H2F: [u8; 16] = [
    0x00, 0x2f, 0x5e, 0x71, 0xbc, 0x93, 0xe2, 0xcd, 0x57, 0x78, 0x09, 0x26, 0xeb, 0xc4, 0xb5, 0x9a,
];
/// Polynomial 0x1021.
const CCITT: [u16; 16] = [
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7, 0x8108, 0x9129, 0xa14a, 0xb16b,
    0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
];
/// Polynomial 0xf4acfb13, reflected.
const P4: [u32; 16] = [
    0x0000_0000,
    0x2b2c_2bee,
    0x5658_57dc,
    0x7d74_7c32,
    0xacb0_afb8,
    0x879c_8456,
    0xfae8_f864,
    0xd1c4_d38a,
    0xc8df_352f,
    0xe3f3_1ec1,
    0x9e87_62f3,
    0xb5ab_491d,
    0x646f_9a97,
    0x4f43_b179,
    0x3237_cd4b,
    0x191b_e6a5,
];
/// Polynomial 0x42f0e1eba9ea3693, reflected.
const ECMA: [u64; 16] = [
    0x0000_0000_0000_0000,
    0x7d9b_a138_5133_6649,
    0xfb37_4270_a266_cc92,
    0x86ac_e348_f355_aadb,
    0x64b6_2bca_ebc3_87a1,
    0x192d_8af2_baf0_e1e8,
    0x9f81_69ba_49a5_4b33,
    0xe21a_c882_1896_2d7a,
    0xc96c_5795_d787_0f42,
    0xb4f7_f6ad_86b4_690b,
    0x325b_15e5_75e1_c3d0,
    0x4fc0_b4dd_24d2_a599,
    0xadda_7c5f_3c44_88e3,
    0xd041_dd67_6d77_eeaa,
    0x56ed_3e2f_9e22_4471,
    0x2b76_9f17_cf11_2238,
];

/// CRC8 SAE J1850: begins with 0xff and is inverted at the end.
pub fn crc8(bytes: impl Iterator<Item = u8>) -> u8 {
    !forward8(&J1850, 0xff, bytes)
}

/// The same polynomial from 0 and not inverted, as profiles 1 and 11 have it.
pub fn crc8_from_zero(bytes: impl Iterator<Item = u8>) -> u8 {
    forward8(&J1850, 0, bytes)
}

/// CRC8H2F: begins with 0xff and is inverted at the end.
pub fn crc8h2f(bytes: impl Iterator<Item = u8>) -> u8 {
    !forward8(&H2F, 0xff, bytes)
}

/// CRC16 CCITT-FALSE: begins with 0xffff.
pub fn crc16(bytes: impl Iterator<Item = u8>) -> u16 {
    bytes.fold(0xffff, |crc: u16, byte| {
        let crc = crc ^ (u16::from(byte) << 8);
        let crc = (crc << 4) ^ entry(&CCITT, u32::from(crc >> 12));
        (crc << 4) ^ entry(&CCITT, u32::from(crc >> 12))
    })
}

/// CRC32P4: begins with all ones and is inverted at the end.
pub fn crc32p4(bytes: impl Iterator<Item = u8>) -> u32 {
    !bytes.fold(u32::MAX, |crc, byte| {
        let crc = crc ^ u32::from(byte);
        let crc = (crc >> 4) ^ entry(&P4, crc);
        (crc >> 4) ^ entry(&P4, crc)
    })
}

/// CRC64 (ECMA): begins with all ones and is inverted at the end.
pub fn crc64(bytes: impl Iterator<Item = u8>) -> u64 {
    !bytes.fold(u64::MAX, |crc, byte| {
        let crc = crc ^ u64::from(byte);
        let crc = (crc >> 4) ^ entry(&ECMA, crc as u32);
        (crc >> 4) ^ entry(&ECMA, crc as u32)
    })
}

fn forward8(table: &[u8; 16], start: u8, bytes: impl Iterator<Item = u8>) -> u8 {
    bytes.fold(start, |crc, byte| {
        let crc = crc ^ byte;
        let crc = (crc << 4) ^ entry(table, u32::from(crc >> 4));
        (crc << 4) ^ entry(table, u32::from(crc >> 4))
    })
}

/// The entry of the lowest four bits.
fn entry<T: Copy + Default>(table: &[T; 16], bits: u32) -> T {
    table
        .get((bits & 0xf) as usize)
        .copied()
        .unwrap_or_default()
}
