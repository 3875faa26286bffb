//! DBC files load with their defects listed, and frames are packed to the bit.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod defects;
mod described;
mod formats;
mod hostile;
mod multiplexed;
mod real;

use autosar_wit::dbc::{self, ByteOrder, Message, Multiplexing, Raw, Signal};
use proptest::prelude::*;

const HEAD: &str = "VERSION \"\"\n\nNS_ :\n\tCM_\n\tBA_\n\nBS_:\n\nBU_: ECU1 ECU2\n\n";

fn load(body: &str) -> dbc::Loaded {
    dbc::read(format!("{HEAD}{body}").as_bytes())
}

fn one(signal: &str) -> Message {
    let loaded = load(&format!("BO_ 100 M: 8 ECU1\n SG_ {signal} ECU2\n"));
    assert_eq!(loaded.defects, []);
    loaded.database.messages[0].clone()
}

fn raw(message: &Message, data: &[u8]) -> Raw {
    message.decode(data)[0].raw
}

#[test]
fn bits_lie_where_dbc_says() {
    let intel = one("S : 4|12@1+ (1,0) [0|0] \"\"");
    assert_eq!(
        raw(&intel, &[0xA0, 0xBC, 0, 0, 0, 0, 0, 0]),
        Raw::Unsigned(0xBCA)
    );
    assert_eq!(
        intel.encode(&[("S", Raw::Unsigned(0xBCA))]).unwrap()[..2],
        [0xA0, 0xBC]
    );
    let motorola = one("S : 3|12@0+ (1,0) [0|0] \"\"");
    assert_eq!(
        raw(&motorola, &[0x0A, 0xBC, 0, 0, 0, 0, 0, 0]),
        Raw::Unsigned(0xABC)
    );
    assert_eq!(
        motorola.encode(&[("S", Raw::Unsigned(0xABC))]).unwrap()[..2],
        [0x0A, 0xBC]
    );
    let across = one("S : 5|10@0+ (1,0) [0|0] \"\"");
    assert_eq!(
        raw(&across, &[0b0010_0000, 0b0001_0000, 0, 0, 0, 0, 0, 0]),
        Raw::Unsigned(0b10_0000_0001)
    );
    let whole = one("S : 7|64@0+ (1,0) [0|0] \"\"");
    assert_eq!(
        raw(&whole, &[1, 2, 3, 4, 5, 6, 7, 8]),
        Raw::Unsigned(0x0102_0304_0506_0708)
    );
}

#[test]
fn signs_and_floats() {
    let signed = one("S : 0|5@1- (1,0) [0|0] \"\"");
    assert_eq!(raw(&signed, &[0x1F, 0, 0, 0, 0, 0, 0, 0]), Raw::Signed(-1));
    assert_eq!(raw(&signed, &[0x10, 0, 0, 0, 0, 0, 0, 0]), Raw::Signed(-16));
    assert_eq!(signed.encode(&[("S", Raw::Signed(-16))]).unwrap()[0], 0x10);
    let wide = one("S : 7|64@0- (1,0) [0|0] \"\"");
    assert_eq!(raw(&wide, &[0xFF; 8]), Raw::Signed(-1));
    let loaded = load(
        "BO_ 100 M: 8 ECU1\n SG_ S : 0|32@1- (0.5,1) [0|0] \"m\" ECU2\n\nSIG_VALTYPE_ 100 S : 1;\n",
    );
    let message = &loaded.database.messages[0];
    let data = [0, 0, 0xC0, 0x3F, 0, 0, 0, 0];
    let decoded = message.decode(&data)[0];
    assert_eq!((decoded.raw, decoded.physical), (Raw::Float(1.5), 1.75));
    assert_eq!(message.encode(&[("S", Raw::Float(1.5))]).unwrap(), data);
}

#[test]
fn physical_values_round_half_to_even_and_saturate() {
    let message = one("S : 0|8@1- (0.5,-10) [0|0] \"\"");
    let signal = &message.signals[0];
    assert_eq!(signal.physical(Raw::Signed(-4)), -12.0);
    for (physical, raw) in [
        (-12.0, -4),
        (-9.75, 0),
        (-9.25, 2),
        (-8.75, 2),
        (53.5, 127),
        (1e300, 127),
        (-1e300, -128),
        (f64::NAN, 0),
    ] {
        assert_eq!(
            signal.raw_of_physical(physical),
            Raw::Signed(raw),
            "{physical}"
        );
    }
    let message = one("S : 0|64@1+ (1,0) [0|0] \"\"");
    assert_eq!(message.signals[0].raw_of_physical(-1.0), Raw::Unsigned(0));
    assert_eq!(
        message.signals[0].raw_of_physical(1e30),
        Raw::Unsigned(u64::MAX)
    );
}

#[test]
fn everything_about_a_message_is_read() {
    let loaded = load(
        "BO_ 2566857412 Fan: 8 Vector__XXX\n SG_ Mode M : 0|8@1+ (1,0) [0|3] \"\" ECU2,ECU1\n\
         \x20SG_ Duty m1 : 15|8@0+ (0.4,0) [0|100] \"%\" ECU2\n\nCM_ BO_ 2566857412 \"of the fan\";\n\
         CM_ SG_ 2566857412 Duty \"how fast;\nreally\";\nBA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 65535;\n\
         BA_DEF_ SG_ \"GenSigStartValue\" FLOAT 0 1e9;\nBA_DEF_DEF_ \"GenMsgCycleTime\" 0;\n\
         BA_DEF_DEF_ \"GenSigStartValue\" 7;\nBA_ \"GenMsgCycleTime\" BO_ 2566857412 100;\n\
         BA_ \"GenSigStartValue\" SG_ 2566857412 Duty 12;\nVAL_ 2566857412 Mode 0 \"off\" 1 \"on\" ;\n",
    );
    assert_eq!(loaded.defects, []);
    let fan = loaded.database.message(0x18FF_22C4, true).unwrap();
    assert_eq!(
        (
            fan.cycle_time_ms,
            fan.sender.as_deref(),
            fan.comment.as_str()
        ),
        (Some(100), None, "of the fan")
    );
    let duty = fan.signal("Duty").unwrap();
    assert_eq!(
        (duty.start_value, duty.unit.as_str(), duty.byte_order),
        (Some(12.0), "%", ByteOrder::Motorola)
    );
    assert_eq!(
        (duty.comment.as_str(), duty.multiplexing.clone()),
        ("how fast;\nreally", Multiplexing::Multiplexed(1))
    );
    assert_eq!(fan.signal("Mode").unwrap().start_value, Some(7.0));
    let names = |data: &[u8]| {
        fan.decode(data)
            .iter()
            .map(|one| one.name.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&[1, 250, 0, 0, 0, 0, 0, 0]), ["Mode", "Duty"]);
    assert_eq!(names(&[0, 250, 0, 0, 0, 0, 0, 0]), ["Mode"]);
    assert_eq!(names(&[1]), ["Mode"]);
    let decoded = fan.decode(&[1, 250, 0, 0, 0, 0, 0, 0]);
    assert_eq!((decoded[0].label, decoded[1].physical), (Some("on"), 100.0));
}

#[test]
fn attributes_say_when_a_message_is_sent_and_missed() {
    let loaded = load(
        "BO_ 1 A: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" Y\n SG_ T : 8|8@1+ (1,0) [0|0] \"\" Y\n\n\
         BO_ 2 B: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" Y\n\n\
         BA_DEF_ BO_ \"GenMsgSendType\" ENUM \"cyclic\",\"NotUsed\",\"IfActive\";\n\
         BA_DEF_DEF_ \"GenMsgSendType\" \"IfActive\";\nBA_DEF_DEF_ \"GenMsgDelayTime\" 10;\n\
         BA_DEF_DEF_ \"GenSigTimeoutTime\" 0;\n\
         BA_ \"GenMsgSendType\" BO_ 1 0;\nBA_ \"GenMsgDelayTime\" BO_ 1 20;\n\
         BA_ \"GenSigTimeoutTime\" SG_ 1 S 500;\nBA_ \"GenSigTimeoutTime_Y\" SG_ 1 T 200;\n",
    );
    let timings: Vec<dbc::Timing> = loaded
        .database
        .messages
        .iter()
        .map(|one| one.timing)
        .collect();
    let expected = [
        dbc::Timing {
            send_type: Some(dbc::SendType::Cyclic),
            delay_time_ms: Some(20),
            timeout_ms: Some(200),
            ..dbc::Timing::default()
        },
        dbc::Timing {
            send_type: Some(dbc::SendType::OnChange),
            delay_time_ms: Some(10),
            timeout_ms: None,
            ..dbc::Timing::default()
        },
    ];
    assert_eq!(timings, expected);
}

#[test]
fn words_of_send_types_are_those_of_tools() {
    let of = dbc::SendType::of_word;
    for word in ["Cyclic", "cyclicX", "cyclic"] {
        assert_eq!(of(word), Some(dbc::SendType::Cyclic), "{word}");
    }
    for word in [
        "spontanX",
        "Event",
        "OnWrite",
        "OnChange",
        "IfActive",
        "triggered",
    ] {
        assert_eq!(of(word), Some(dbc::SendType::OnChange), "{word}");
    }
    for word in [
        "cyclicAndSpontanX",
        "CyclicAndEvent",
        "cyclicAndSpontanWithDelay",
    ] {
        assert_eq!(of(word), Some(dbc::SendType::Mixed), "{word}");
    }
    for word in ["cyclicIfActive", "NotUsed", "noMsgSendType", ""] {
        assert_eq!(of(word), None, "{word}");
    }
}

#[test]
fn what_is_written_is_read_the_same() {
    let loaded = load(
        "BO_ 2566844926 Long: 8 ECU1\n SG_ Mux M : 0|8@1+ (1,0) [0|0] \"\" ECU2\n \
         SG_ Inner m1M : 8|8@1+ (1,0) [0|255] \"\" ECU2,ECU1\n \
         SG_ Deep m2 : 16|16@1- (0.0625,-40.5) [-2088|2007.9375] \"°C\" Vector__XXX\n\n\
         BO_ 100 Plain: 8 Vector__XXX\n SG_ Real : 7|32@0- (1,0) [0|0] \"\" ECU2\n \
         SG_ Word : 32|16@1- (1e-05,0) [0|1E+10] \"%\" ECU2\n\n\
         BO_ 101 Empty: 0 ECU1\n\n\
         BO_TX_BU_ 100 : ECU1,ECU2;\nBO_TX_BU_ 101 : ECU1,ECU2;\n\
         CM_ BO_ 100 \"Two\nlines\";\nCM_ SG_ 100 Real \"A \\\"quoted\\\" word\";\n\
         BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 65535;\n\
         BA_DEF_ SG_ \"GenSigStartValue\" FLOAT 0 100;\n\
         BA_DEF_DEF_ \"GenMsgCycleTime\" 0;\n\
         BA_ \"GenMsgCycleTime\" BO_ 100 20;\nBA_ \"GenSigStartValue\" SG_ 100 Word 7.5;\n\
         BA_DEF_ BO_ \"GenMsgSendType\" ENUM \"spontanX\",\"cyclicX\";\n\
         BA_ \"GenMsgSendType\" BO_ 100 1;\nBA_ \"GenMsgDelayTime\" BO_ 100 5;\n\
         BA_ \"GenSigTimeoutTime_Dash\" SG_ 100 Word 300;\n\
         VAL_ 100 Word -1 \"off\" 3 \"on it is\" ;\nSIG_VALTYPE_ 100 Real : 1;\n\
         SG_MUL_VAL_ 2566844926 Inner Mux 1-1;\n\
         SG_MUL_VAL_ 2566844926 Deep Inner 2-2, 5-9;\n",
    );
    assert_eq!(loaded.defects, []);
    let database = loaded.database;
    assert_eq!(database.messages.len(), 3);
    let text = dbc::write(&database);
    let again = dbc::read(text.as_bytes());
    assert_eq!(again.defects, [], "{text}");
    assert_eq!(again.database, database, "{text}");
    assert_eq!(dbc::write(&again.database), text);
    let empty = dbc::Database::default();
    assert_eq!(dbc::read(dbc::write(&empty).as_bytes()).database, empty);
}

#[test]
fn long_names_stand_in_attributes() {
    let loaded = load(
        "BO_ 100 M: 8 ECU1\n SG_ A M : 0|8@1+ (1,0) [0|0] \"\" ECU2\n SG_ B m1 : 8|8@1+ (1,0) [0|0] \"\" ECU2\n\n\
         BA_ \"SystemMessageLongSymbol\" BO_ 100 \"A_long_name\";\nBA_ \"SystemSignalLongSymbol\" SG_ 100 A \"A_long_multiplexor\";\n\
         BA_ \"SystemNodeLongSymbol\" BU_ ECU2 \"The_second_ECU\";\nVAL_ 100 A 1 \"one\" ;\nSG_MUL_VAL_ 100 B A 1-2;\n",
    );
    assert_eq!(loaded.defects, []);
    assert_eq!(loaded.database.nodes, ["ECU1", "The_second_ECU"]);
    let message = loaded.database.message_by_name("A_long_name").unwrap();
    let multiplexor = message.signal("A_long_multiplexor").unwrap();
    assert_eq!(multiplexor.values, [(1, "one".to_owned())]);
    assert_eq!(multiplexor.receivers, ["The_second_ECU"]);
    assert_eq!(message.decode(&[2, 9, 0, 0, 0, 0, 0, 0]).len(), 2);
}

#[test]
fn value_tables_are_named() {
    let loaded = load(
        "VAL_TABLE_ Switch 1 \"on\" 0 \"off\" ;\nBO_ 100 M: 1 ECU1\n SG_ S : 0|1@1+ (1,0) [0|1] \"\" ECU2\n\nVAL_ 100 S Switch ;\n",
    );
    assert_eq!(loaded.defects, []);
    assert_eq!(
        loaded.database.messages[0].decode(&[1])[0].label,
        Some("on")
    );
}

#[test]
fn windows_text_is_understood() {
    let loaded = dbc::read(
        &[
            HEAD.as_bytes(),
            b"BO_ 1 M: 8 ECU1\n SG_ T : 0|8@1+ (1,0) [0|0] \"\xb0C\" ECU2\n",
        ]
        .concat(),
    );
    assert_eq!(loaded.database.messages[0].signals[0].unit, "°C");
    let loaded = dbc::read(
        &[
            "\u{feff}",
            HEAD,
            "BO_ 1 M: 8 E\r\n SG_ T : 0|8@1+ (1,0) [0|0] \"°C\" E",
        ]
        .concat()
        .into_bytes(),
    );
    assert_eq!(loaded.database.messages[0].signals[0].unit, "°C");
}

#[test]
fn encoding_errors_say_what_to_do() {
    let message = one("S : 0|8@1+ (1,0) [0|0] \"\"");
    insta::assert_snapshot!(message.encode(&[("T", Raw::Unsigned(1))]).unwrap_err(), @"message `M` has no signal `T`; there are `S`");
    let loaded = load("BO_ 100 M: 1 ECU1\n SG_ S : 4|8@1+ (1,0) [0|0] \"\" ECU2\n");
    let error = loaded.database.messages[0]
        .encode(&[("S", Raw::Unsigned(1))])
        .unwrap_err();
    insta::assert_snapshot!(error, @"signal `S` does not lie within the 1 bytes of message `M`; correct its start bit or length in the DBC");
}

fn any_signal() -> impl Strategy<Value = Signal> {
    (1..=64_u32, 0..64_u32, any::<bool>(), any::<bool>()).prop_map(
        |(length, start, motorola, signed)| Signal {
            name: "S".into(),
            start_bit: start,
            length_bits: length,
            byte_order: if motorola {
                ByteOrder::Motorola
            } else {
                ByteOrder::Intel
            },
            signed,
            float: false,
            factor: 1.0,
            offset: 0.0,
            minimum: 0.0,
            maximum: 0.0,
            unit: String::new(),
            receivers: vec![],
            values: vec![],
            multiplexing: Multiplexing::Plain,
            presence: None,
            comment: String::new(),
            start_value: None,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_put_in_comes_out(signal in any_signal(), bits: u64, noise in proptest::collection::vec(any::<u8>(), 16)) {
        let mut data = noise.clone();
        let masked = bits & (u64::MAX >> (64 - signal.length_bits));
        prop_assert_eq!(signal.insert(&mut data, bits), Some(()));
        prop_assert_eq!(signal.extract(&data), Some(masked));
        prop_assert_eq!(signal.bits(signal.raw(masked)) & (u64::MAX >> (64 - signal.length_bits)), masked);
        let before = signal.extract(&noise).unwrap();
        prop_assert_eq!(signal.insert(&mut data, before), Some(()));
        prop_assert_eq!(data, noise);
    }
}
