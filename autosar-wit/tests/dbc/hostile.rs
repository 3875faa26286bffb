//! Files that mean no good: any bytes, and real ones that something has happened to. Each gives an
//! answer, and every line that it names is there.

use crate::{HEAD, real};
use autosar_wit::dbc;
use proptest::prelude::*;

/// One of everything.
const WHOLE: &str = "VAL_TABLE_ T 0 \"a\" 1 \"b\" ;\nBO_ 100 M: 8 ECU1\n SG_ A m1M : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\
    \x20SG_ B M : 8|8@0- (1.5,-3) [0|0] \"m\" X\n SG_ F : 32|32@1- (1,0) [0|0] \"\" ECU2\n\nBO_TX_BU_ 100 : ECU1,ECU2;\n\
    CM_ \"of the file\";\nCM_ BU_ ECU1 \"of a\nnode\";\nCM_ SG_ 100 A \"x\";\nBA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 9;\n\
    BA_DEF_DEF_ \"GenMsgCycleTime\" 0;\nBA_ \"GenMsgCycleTime\" BO_ 100 5;\nVAL_ 100 A 0 \"off\" ;\n\
    SIG_VALTYPE_ 100 F : 1;\nSG_MUL_VAL_ 100 A B 1-1, 3-5;\n";

/// Reads, decodes, writes and reads again.
fn answer(bytes: &[u8]) {
    let loaded = dbc::read(bytes);
    let newlines = bytes
        .iter()
        .filter(|byte| matches!(byte, b'\n' | b'\r'))
        .count();
    for defect in &loaded.defects {
        assert!(
            (1..=newlines + 1).contains(&(defect.line as usize)),
            "{defect:?}"
        );
        assert!(defect.message.len() < 2000, "{defect:?}");
    }
    for message in &loaded.database.messages {
        let data = vec![0x5A; message.length_bytes as usize];
        let decoded = message.decode(&data);
        let values: Vec<_> = decoded.iter().map(|one| (one.name, one.raw)).collect();
        let _ = message.encode(&values);
        assert_eq!(message.decode(&[]), []);
    }
    let _ = dbc::read(dbc::write(&loaded.database).as_bytes());
}

/// What happens to files: cut, doubled, moved, strewn with other bytes.
#[derive(Debug, Clone)]
enum Mishap {
    Replace(Vec<u8>),
    Remove,
    Repeat,
    Move(usize),
    Cut,
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let marks = proptest::sample::select(&b"\"\n;:|@()[],-+ mM0123456789_\\\0\xff"[..]);
    prop_oneof![
        4 => proptest::collection::vec(marks, 0..6).prop_map(Mishap::Replace),
        1 => proptest::collection::vec(any::<u8>(), 0..6).prop_map(Mishap::Replace),
        2 => Just(Mishap::Remove),
        1 => Just(Mishap::Repeat),
        1 => any::<usize>().prop_map(Mishap::Move),
        1 => Just(Mishap::Cut),
    ]
}

fn happens(mishap: &Mishap, at: usize, length: usize, bytes: &mut Vec<u8>) {
    let start = at % (bytes.len() + 1);
    let end = (start + length).min(bytes.len());
    match mishap {
        Mishap::Replace(new) => drop(bytes.splice(start..end, new.iter().copied())),
        Mishap::Remove => drop(bytes.drain(start..end)),
        Mishap::Repeat => {
            let piece = bytes[start..end].to_vec();
            bytes.splice(start..start, piece);
        }
        Mishap::Move(to) => {
            let piece: Vec<u8> = bytes.drain(start..end).collect();
            let to = to % (bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        Mishap::Cut => bytes.truncate(start),
    }
}

fn mishaps() -> impl Strategy<Value = Vec<(Mishap, usize, usize)>> {
    proptest::collection::vec((mishap(), any::<usize>(), 0..200_usize), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        answer(&bytes);
    }

    #[test]
    fn any_change_of_a_file_is_an_answer(mishaps in mishaps()) {
        let mut bytes = format!("{HEAD}{WHOLE}").into_bytes();
        for (mishap, at, length) in &mishaps {
            happens(mishap, *at, *length, &mut bytes);
        }
        answer(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_a_real_file_is_an_answer(file in any::<usize>(), mishaps in mishaps()) {
        let files = real::small_files();
        if files.is_empty() {
            return Ok(());
        }
        let mut bytes = std::fs::read(&files[file % files.len()]).unwrap();
        for (mishap, at, length) in &mishaps {
            happens(mishap, *at, *length, &mut bytes);
        }
        answer(&bytes);
    }
}

#[test]
fn sound_files_are_an_answer() {
    answer(format!("{HEAD}{WHOLE}").as_bytes());
}

/// Each would take hours if its length counted more than once.
#[test]
fn long_files_take_time_by_their_length() {
    let many = 200_000;
    let signal = " SG_ S : 0|8@1+ (1,0) [0|0] \"\" ECU2\n";
    for text in [
        "\"".repeat(many),
        "\\\"\n".repeat(many),
        "BO_ 1 M: 8 ECU1\n".repeat(many / 10),
        format!("BO_ 1 M: 8 ECU1\n{}", signal.repeat(many / 20)),
        format!("CM_ \"{}", "x\n".repeat(many)),
        format!("CM_ \"\nBO_ 1 {}", "\"\nBO_ 1 ".repeat(many / 10)),
        format!(
            "BU_: {}",
            (0..many / 4)
                .map(|at| format!("N{at} "))
                .collect::<String>()
        ),
        format!("VAL_ 1 A {}", "0 \"x\" ".repeat(many / 10)),
        "VERSION".repeat(many / 10),
        format!("BO_ 1 {}", "M ".repeat(many)),
    ] {
        answer(format!("{HEAD}{text}").as_bytes());
    }
}
