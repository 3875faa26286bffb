//! Lengths of frames on the wire: by hand, and by another way of counting.

use super::*;
use proptest::prelude::*;

const CLASSIC: BitRates = BitRates::classic(500_000);

fn lengths(text: &str) -> (u32, u32) {
    let report = report(text, &CLASSIC).unwrap();
    (report.bits_unstuffed, report.bits_exact)
}

/// The same from a string of digits, as the standard's text tells it: an oracle of another make.
fn reference(frame: &Frame) -> (usize, usize) {
    let mut bits = String::from("0");
    match frame.id() {
        Id::Standard(id) => bits += &format!("{id:011b}{}00", u8::from(frame.is_remote())),
        Id::Extended(id) => {
            let whole = format!("{id:029b}");
            bits += &format!(
                "{}11{}{}00",
                &whole[..11],
                &whole[11..],
                u8::from(frame.is_remote())
            );
        }
    }
    bits += &format!("{:04b}", frame.length());
    bits.extend(frame.bytes().iter().map(|byte| format!("{byte:08b}")));
    bits += &format!("{:015b}", long_division(&bits));
    let unstuffed = bits.len() + 13;
    let (mut stuffed, mut window) = (0, String::new());
    for bit in bits.chars() {
        stuffed += 1;
        window.push(bit);
        if window.ends_with("00000") || window.ends_with("11111") {
            stuffed += 1;
            window = if bit == '0' { "1".into() } else { "0".into() };
        }
    }
    (unstuffed, stuffed + 13)
}

/// Remainder of the message polynomial times x^15 by x^15+x^14+x^10+x^8+x^7+x^4+x^3+1.
fn long_division(bits: &str) -> u32 {
    let divisor: Vec<u8> = b"1100010110011001"
        .iter()
        .map(|digit| digit - b'0')
        .collect();
    let mut work: Vec<u8> = bits
        .bytes()
        .map(|digit| digit - b'0')
        .chain([0; 15])
        .collect();
    for start in 0..bits.len() {
        if work[start] == 1 {
            divisor
                .iter()
                .enumerate()
                .for_each(|(offset, bit)| work[start + offset] ^= bit);
        }
    }
    work[bits.len()..]
        .iter()
        .fold(0, |rest, bit| rest << 1 | u32::from(*bit))
}

#[test]
fn lengths_of_the_table() {
    assert_eq!(lengths("000#0000000000000000"), (111, 127));
    assert_eq!(lengths("555#5555555555555555"), (111, 112));
    assert_eq!(lengths("123#"), (47, 48));
    assert_eq!(lengths("18DAF110#0210030000000000"), (131, 144));
}

#[test]
fn no_frame_no_report() {
    let refusal = report("123#0", &CLASSIC).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "data `0` needs pairs of hexadecimal digits, or `R` and a length from 0 to 8"
    );
}

#[test]
fn a_remote_frame_has_no_data_bits() {
    assert_eq!(lengths("123#R8").0, 47);
    assert_eq!(lengths("18DAF110#R8").0, 67);
}

#[test]
fn durations() {
    assert_eq!(report("123#", &CLASSIC).unwrap().duration_ns, 96_000);
    assert_eq!(
        report("123#", &BitRates::classic(1_000_000))
            .unwrap()
            .duration_ns,
        48_000
    );
    assert_eq!(duration_ns(1, 83_333), 12_000);
    assert_eq!(duration_ns(1, 0), 1_000_000_000);
}

#[test]
fn the_report_as_json() {
    let json = serde_json::to_string(&report("123#", &CLASSIC).unwrap()).unwrap();
    assert_eq!(
        json,
        r#"{"frame":"123#","bits_unstuffed":47,"bits_exact":48,"duration_ns":96000}"#
    );
}

#[test]
fn the_longest_frame_fits() {
    // All five-bit runs possible: SOF and a zero id, no data, up to 8 bytes.
    for text in [
        "00000000#0000000000000000",
        "1FFFFFFF#FFFFFFFFFFFFFFFF",
        "00000000#R8",
        &filled("00000000##0", "00", 64),
        &filled("00000000##2", "0F", 64),
    ] {
        let sequence = BitSequence::of(&text.parse().unwrap());
        assert_eq!(sequence.levels().len(), sequence.length() as usize);
    }
}

#[test]
fn who_wins_arbitration() {
    let order = [
        "122#R0",
        "123##100",
        "123#R1",
        "048C0000#00",
        "048C0000#R1",
        "048C0001#",
        "124#",
    ];
    let keys: Vec<u32> = order
        .iter()
        .map(|text| arbitration_key(&text.parse().unwrap()))
        .collect();
    assert!(keys.is_sorted_by(|a, b| a < b), "{keys:x?}");
}

proptest! {
    #[test]
    fn agrees_with_the_reference(id in 0u32..0x2000_0000, bytes in proptest::collection::vec(prop_oneof![Just(0u8), Just(255), any::<u8>()], 0..=8), format in 0..4) {
        let frame = match format {
            0 => Frame::data(Id::standard(id & 0x7ff).unwrap(), &bytes),
            1 => Frame::remote(Id::standard(id & 0x7ff).unwrap(), bytes.len()),
            2 => Frame::data(Id::extended(id).unwrap(), &bytes),
            _ => Frame::remote(Id::extended(id).unwrap(), bytes.len()),
        }.unwrap();
        let report = report_of(&frame, &CLASSIC);
        let (unstuffed, stuffed) = reference(&frame);
        prop_assert_eq!((report.bits_unstuffed as usize, report.bits_exact as usize), (unstuffed, stuffed));
    }

    #[test]
    fn never_six_equal_bits_before_the_tail(id in 0u32..0x2000_0000, bytes in proptest::collection::vec(any::<u8>(), 0..=8)) {
        let sequence = BitSequence::of(&Frame::data(Id::extended(id).unwrap(), &bytes).unwrap());
        let stuffed = &sequence.levels()[..sequence.stuffed_length() as usize];
        prop_assert!(stuffed.windows(6).all(|window| window.iter().any(|level| *level != window[0])));
    }
}

/// Half a megabit, four times as fast from BRS on.
pub(crate) const FLEXIBLE: BitRates = BitRates {
    bitrate_bps: 500_000,
    flexible: Some(crate::can::FlexibleRates {
        sample_point_permille: 800,
        data_bitrate_bps: 2_000_000,
        data_sample_point_permille: 700,
    }),
};

fn filled(head: &str, byte: &str, count: usize) -> String {
    format!("{head}{}", byte.repeat(count))
}

/// By ISO 11898-1, bit by bit. Up to DLC there are 22 bits (SOF 1, identifier 11, RRS, IDE, FDF, res,
/// BRS, ESI, DLC 4), or 41 (SOF 1, identifier 11, SRR, IDE, identifier 18, RRS, FDF, res, BRS, ESI,
/// DLC 4). Stuff count and CRC-17 are 21 bits with 6 fixed stuff bits, with CRC-21 25 with 7. Then
/// come CRC delimiter 1, ACK 2, end of frame 7, intermission 3.
#[test]
fn lengths_of_can_fd() {
    let short = 27 + 13;
    let long = 32 + 13;
    // 0 00100100011 0 0 1 0 0 0 0|000: five zeros from res to the second bit of DLC, one stuff bit.
    assert_eq!(lengths("123##0"), (22 + short, 22 + short + 1));
    // BRS is a one: ESI and DLC are five zeros, and the fixed stuff bit follows them.
    assert_eq!(lengths("123##1"), (22 + short, 22 + short));
    // Nowhere five equal bits: 1111 of DLC stands between zeros.
    let alternating = filled("555##1", "55", 64);
    assert_eq!(lengths(&alternating), (579, 579));
    assert_eq!(22 + 512 + long, 579);
    // 14 zeros from SOF to IDE have two stuff bits, those of the data one after every five: 102.
    let zeros = filled("000##0", "00", 64);
    assert_eq!(lengths(&zeros), (579, 579 + 2 + 102));
    // 12 zeros, 1 1, 19 zeros, 1, 7 zeros.
    assert_eq!(lengths("00000000##0"), (41 + short, 41 + short + 2 + 3 + 1));
    // The longer CRC begins above 16 bytes.
    assert_eq!(lengths(&filled("555##1", "55", 16)).0, 22 + 128 + short);
    assert_eq!(lengths(&filled("555##1", "55", 20)).0, 22 + 160 + long);
    assert_eq!(lengths(&filled("18DAF110##1", "55", 64)).0, 41 + 512 + long);
}

#[test]
fn the_data_rate_holds_from_brs_to_the_crc_delimiter() {
    let duration = |text: &str| report(text, &FLEXIBLE).unwrap().duration_ns;
    // 17 bits with BRS, 33 to the CRC delimiter, 12 behind it: 29 of 2000 ns and 33 of 500.
    assert_eq!(duration("123##1"), 29 * 2000 + 33 * 500);
    assert_eq!(duration("123##0"), 63 * 2000);
    let alternating = filled("555##1", "55", 64);
    assert_eq!(duration(&alternating), 29 * 2000 + 550 * 500);
    let fast = BitSequence::of(&alternating.parse().unwrap()).span().fast;
    assert_eq!(
        fast,
        Some(Fast {
            first: 16,
            last: 22 + 512 + 32
        })
    );
}

/// The bits of a CAN FD frame from a string of digits, up to its CRC.
fn flexible_reference(frame: &Frame, flexible: Flexible) -> String {
    let mut bits = String::from("0");
    match frame.id() {
        Id::Standard(id) => bits += &format!("{id:011b}00"),
        Id::Extended(id) => {
            let whole = format!("{id:029b}");
            bits += &format!("{}11{}0", &whole[..11], &whole[11..]);
        }
    }
    let (brs, esi) = (flexible.bit_rate_switch, flexible.error_state_indicator);
    bits += &format!("10{}{}", u8::from(brs), u8::from(esi));
    bits += &format!("{:04b}", frame.length_code());
    bits.extend(frame.bytes().iter().map(|byte| format!("{byte:08b}")));
    let mut stuffed = String::new();
    let (mut window, mut count) = (String::new(), 0);
    for bit in bits.chars() {
        if window.ends_with("00000") || window.ends_with("11111") {
            let other = if window.ends_with('0') { '1' } else { '0' };
            stuffed.push(other);
            window = other.to_string();
            count += 1;
        }
        stuffed.push(bit);
        window.push(bit);
    }
    let gray = ["000", "001", "011", "010", "110", "111", "101", "100"][count % 8];
    let ones = gray.matches('1').count();
    let tail = format!("{gray}{}", ones % 2);
    // ISO 11898-1: x^17+x^16+x^14+x^13+x^11+x^6+x^4+x^3+x+1, x^21+x^20+x^13+x^11+x^7+x^4+x^3+1.
    let powers: &[usize] = match frame.length() {
        0..=16 => &[17, 16, 14, 13, 11, 6, 4, 3, 1, 0],
        _ => &[21, 20, 13, 11, 7, 4, 3, 0],
    };
    // The register begins with a one at its top: as if the first bit were the other one.
    let message = format!("1{}{tail}", &stuffed[1..]);
    let field = format!("{tail}{}", remainder(&message, powers));
    for (number, bit) in field.chars().enumerate() {
        if number % 4 == 0 {
            stuffed.push(if stuffed.ends_with('0') { '1' } else { '0' });
        }
        stuffed.push(bit);
    }
    stuffed
}

/// Of the message times the highest power.
fn remainder(message: &str, powers: &[usize]) -> String {
    let width = powers[0];
    let mut work: Vec<bool> = message.chars().map(|bit| bit == '1').collect();
    work.extend(vec![false; width]);
    for start in 0..message.len() {
        if work[start] {
            for power in powers {
                work[start + width - power] ^= true;
            }
        }
    }
    let rest = work[message.len()..].iter();
    rest.map(|bit| if *bit { '1' } else { '0' }).collect()
}

proptest! {
    #[test]
    fn can_fd_agrees_with_the_reference(frame in crate::can::frame::tests::any_frame()) {
        let Some(flexible) = frame.as_flexible() else { return Ok(()) };
        let sequence = BitSequence::of(&frame);
        let text: String = sequence.levels()[..sequence.stuffed_length() as usize]
            .iter()
            .map(|level| if *level == Level::Recessive { '1' } else { '0' })
            .collect();
        prop_assert_eq!(text, flexible_reference(&frame, flexible));
        prop_assert!(sequence.levels().len() < BITS_MAX + 1);
        let stuffed = &sequence.levels()[..sequence.stuffed_length() as usize];
        prop_assert!(stuffed.windows(6).all(|window| window.iter().any(|level| *level != window[0])));
    }
}
