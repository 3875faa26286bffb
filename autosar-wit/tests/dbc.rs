//! DBC files load with their defects listed, and frames are packed to the bit.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

use autosar_wit::dbc::{self, ByteOrder, Message, Multiplexing, Raw, Signal};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

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
fn what_is_written_is_read_the_same() {
    let loaded = load(
        "BO_ 2566844926 Long: 8 ECU1\n SG_ Mux M : 0|8@1+ (1,0) [0|0] \"\" ECU2\n \
         SG_ Inner m1M : 8|8@1+ (1,0) [0|255] \"\" ECU2,ECU3\n \
         SG_ Deep m2 : 16|16@1- (0.0625,-40.5) [-2088|2007.9375] \"°C\" Vector__XXX\n\n\
         BO_ 100 Plain: 8 Vector__XXX\n SG_ Real : 7|32@0- (1,0) [0|0] \"\" ECU2\n \
         SG_ Word : 32|16@1+ (1e-05,0) [0|1E+10] \"%\" ECU2\n\n\
         BO_ 101 Empty: 0 ECU1\n\n\
         CM_ BO_ 100 \"Two\nlines\";\nCM_ SG_ 100 Real \"A \\\"quoted\\\" word\";\n\
         BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 65535;\n\
         BA_DEF_ SG_ \"GenSigStartValue\" FLOAT 0 100;\n\
         BA_DEF_DEF_ \"GenMsgCycleTime\" 0;\n\
         BA_ \"GenMsgCycleTime\" BO_ 100 20;\nBA_ \"GenSigStartValue\" SG_ 100 Word 7.5;\n\
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
fn windows_text_is_understood() {
    let loaded = dbc::read(
        &[
            HEAD.as_bytes(),
            b"BO_ 1 M: 8 E\n SG_ T : 0|8@1+ (1,0) [0|0] \"\xb0C\" E\n",
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

fn listed(loaded: &dbc::Loaded) -> String {
    let lines: Vec<_> = loaded
        .defects
        .iter()
        .map(|one| format!("{}: {}", one.line, one.message))
        .collect();
    lines.join("\n")
}

#[test]
fn defects_of_sense_are_listed_by_line() {
    let loaded = load(
        "BO_ 100 M: 2 ECU1\n SG_ A : 12|8@1+ (1,0) [0|0] \"\" ECU2\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\
         \x20SG_ B : 0|4@1+ (0,5) [9|1] \"\" ECU2\n SG_ C m3 : 0|4@1+ (1,0) [0|0] \"\" ECU2\n\
         \x20SG_ D : 0|0@1+ (1,0) [0|0] \"\" ECU2\n\nBO_ 100 N: 2 ECU1\n\nBO_ 5000 Big: 2 ECU1\n\n\
         BO_ 101 Long: 100 ECU1\n SG_ F : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\nCM_ SG_ 100 X \"x\";\nCM_ BO_ 999 \"y\";\n\
         VAL_ 100 Y 0 \"a\" ;\nSIG_VALTYPE_ 101 F : 1;\nBA_ \"GenSigStartValue\" SG_ 100 Z 1;\n",
    );
    insta::assert_snapshot!(listed(&loaded), @r#"
11: two messages have the identifier of `N`; the first counts
12: message `M` has two signals `A`; the first counts
12: signal `A` of `M` does not lie within its 2 bytes; correct start bit, length or the message's length
14: signal `B` of `M` has the factor 0, so every value is its offset; correct it
14: signal `B` of `M` has the minimum 9 above its maximum 1; correct them
15: signal `C` is multiplexed and message `M` has no multiplexor; it is never decoded, mark one `M`
15: signals `B` and `C` of `M` share bits; both are decoded, correct one
16: signal `D` of `M` has 0 bits, 1 to 64 are allowed; it is never decoded
20: message `Big` has the standard identifier 0x1388, above 0x7ff; add 0x80000000 for an extended one
22: message `Long` has 100 bytes, a CAN frame up to 64; correct its length
23: signal `F` of `Long` has 8 bits and cannot be that float; it is read as an integer
25: `CM_` is about a signal `X` in message 0x64, which is not there; remove it
26: `CM_` is about a message 0x3e7, which is not there; remove it
27: `VAL_` is about a signal `Y` in message 0x64, which is not there; remove it
29: `BA_` is about a signal `Z` in message 0x64, which is not there; remove it
"#);
}

#[test]
fn a_statement_that_cannot_be_read_stops_nothing() {
    let loaded = load(
        "BO_ 100 M: 8 ECU1\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" ECU2\n SG_ B : 8|@1+ (1,0) [0|0] \"\" ECU2\n\
         \x20SG_ C : 16|8@1+ (1,0) [0|0] \"\" ECU2\n\nBO_ nonsense\n\nBO_ 101 N: 8 ECU1\n\
         \x20SG_ D : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\nVAL_ 100 A zero \"off\";\nVAL_ 101 D 1 \"on\" ;\n",
    );
    insta::assert_snapshot!(listed(&loaded), @r#"
13: `SG_` is not written as DBC has it and was left out: `SG_ B : 8|@1+ (1,0) [0|0] "" ECU2`; correct it
16: `BO_` is not written as DBC has it and was left out: `BO_ nonsense`; correct it
21: `VAL_` is not written as DBC has it and was left out: `VAL_ 100 A zero "off";`; correct it
"#);
    let names: Vec<_> = loaded.database.messages[0]
        .signals
        .iter()
        .map(|signal| signal.name.as_str())
        .collect();
    assert_eq!(names, ["A", "C"]);
    assert_eq!(
        loaded.database.messages[1].signals[0].values,
        [(1, "on".to_owned())]
    );
}

#[test]
fn what_is_no_dbc_says_so() {
    insta::assert_snapshot!(listed(&dbc::read(b"")), @"1: the file has no DBC statement; choose a `.dbc` file");
    insta::assert_snapshot!(listed(&dbc::read(b"\0asm\x01\0\0\0")), @"1: the file has no DBC statement; choose a `.dbc` file");
    insta::assert_snapshot!(listed(&dbc::read(&vec![b' '; 70_000_000])), @"1: the file has 70 MB, more than any DBC; choose another file");
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

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(folder)
}

fn real_files() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(shared("dbc")) else {
        println!("skipped: {} is not there", shared("dbc").display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn real_files_load() {
    for file in real_files() {
        let loaded = dbc::read(&std::fs::read(&file).unwrap());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        println!(
            "{name}: {} messages, {} defects",
            loaded.database.messages.len(),
            loaded.defects.len()
        );
        // One file has node names only.
        let has_messages = !name.contains("cp1252");
        assert_eq!(!loaded.database.messages.is_empty(), has_messages, "{name}");
        let unread = |one: &&dbc::Defect| one.message.contains("is not written as DBC");
        assert_eq!(
            loaded.defects.iter().filter(unread).count(),
            0,
            "{name}: {}",
            listed(&loaded)
        );
        let again = dbc::read(dbc::write(&loaded.database).as_bytes());
        assert_eq!(again.database, loaded.database, "{name}, written");
        for defect in loaded.defects {
            println!("    {}: {}", defect.line, defect.message);
        }
    }
}

/// A small generator of test data: the same on every machine.
struct Noise(u64);

impl Noise {
    fn byte(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 56) as u8
    }
}

fn text(raw: Raw) -> String {
    match raw {
        Raw::Unsigned(value) => value.to_string(),
        Raw::Signed(value) => value.to_string(),
        Raw::Float(value) => format!("{value:?}"),
    }
}

/// Frames of every message of a file, as we decode and encode them.
fn frames(file: &Path) -> serde_json::Value {
    let loaded = dbc::read(&std::fs::read(file).unwrap());
    let mut noise = Noise(1);
    let mut frames = Vec::new();
    for message in &loaded.database.messages {
        for round in 0..20 {
            let byte = |noise: &mut Noise| match round {
                0 => 0,
                1 => 0xFF,
                _ => noise.byte(),
            };
            let data: Vec<u8> = (0..message.length_bytes)
                .map(|_| byte(&mut noise))
                .collect();
            let mut data = data;
            if round > 1 {
                select(message, &mut data, &mut noise);
            }
            let decoded = message.decode(&data);
            let signals: serde_json::Map<_, _> = decoded
                .iter()
                .map(|one| {
                    let physical = format!("{:?}", one.physical);
                    (
                        one.name.to_owned(),
                        serde_json::json!([text(one.raw), physical]),
                    )
                })
                .collect();
            let values: Vec<_> = decoded.iter().map(|one| (one.name, one.raw)).collect();
            let encoded = message.encode(&values).unwrap();
            frames.push(serde_json::json!({
                "id": message.id, "extended": message.extended, "name": message.name,
                "data": hex(&data), "signals": signals, "encoded": hex(&encoded),
            }));
        }
    }
    serde_json::json!({ "file": file, "frames": frames })
}

/// Gives every multiplexor a value that selects something.
fn select(message: &Message, data: &mut [u8], noise: &mut Noise) {
    for multiplexor in &message.signals {
        let presences = message
            .signals
            .iter()
            .filter_map(|signal| signal.presence.as_ref());
        let of_this = presences.filter(|presence| presence.multiplexor == multiplexor.name);
        let values: Vec<u64> = of_this
            .flat_map(|presence| presence.ranges.iter().flat_map(|(low, high)| [*low, *high]))
            .collect();
        if let Some(value) = values.get(usize::from(noise.byte()) % values.len().max(1)) {
            multiplexor.insert(data, *value).unwrap();
        }
    }
}

fn hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn cantools_decodes_the_same() {
    let files = real_files();
    if files.is_empty() {
        return;
    }
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has cantools");
    };
    let frames: Vec<_> = files.iter().map(|file| frames(file)).collect();
    let list = std::env::temp_dir().join(format!("wireloom-dbc-{}.json", std::process::id()));
    std::fs::write(&list, serde_json::to_vec(&frames).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/referees/dbc_agree.py");
    let output = std::process::Command::new(python)
        .arg(script)
        .arg(&list)
        .output()
        .unwrap();
    std::fs::remove_file(&list).unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    println!("{out}");
    assert!(output.status.success(), "{out}\n{err}");
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

    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = dbc::read(&bytes);
    }

    #[test]
    fn any_change_of_a_file_is_an_answer(at in 0..500_usize, new in "[ -~\n]{0,6}", cut in 0..20_usize) {
        let mut text = format!(
            "{HEAD}BO_ 100 M: 8 ECU1\n SG_ A m1M : 0|8@1+ (1,0) [0|0] \"\" ECU2\n SG_ B M : 8|8@0- (1.5,-3) [0|0] \"m\" X\n\n\
             CM_ SG_ 100 A \"x\";\nBA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 9;\nBA_ \"GenMsgCycleTime\" BO_ 100 5;\nVAL_ 100 A 0 \"off\" ;\n\
             SIG_VALTYPE_ 100 A : 1;\nSG_MUL_VAL_ 100 A B 1-1;\n"
        );
        let at = at.min(text.len());
        let end = (at + cut).min(text.len());
        text.replace_range(at..end, &new);
        let loaded = dbc::read(text.as_bytes());
        for message in &loaded.database.messages {
            let _ = message.decode(&[0x5A; 8]);
        }
    }
}
