//! Board files: the list and the folder are the same, and a wrong file is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use exporter::boards::{self, Board, BoardError, Execution, Kind};
use std::path::Path;

#[test]
fn the_list_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/boards");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<String> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    assert_eq!(boards::ids().collect::<Vec<_>>(), files);
}

/// Each has what someone in front of the board looks for.
#[test]
fn every_board_has_its_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/boards");
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut pages: Vec<String> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    pages.sort();
    assert_eq!(boards::ids().collect::<Vec<_>>(), pages);
    for id in boards::ids() {
        let page = std::fs::read_to_string(folder.join(format!("{id}.md"))).unwrap();
        let title = page.lines().next().unwrap_or_default();
        assert!(title.starts_with("# "), "{id}: {title}");
        let page = page.to_lowercase();
        assert!(page.contains("limits"), "{id} tells no limits");
        assert!(
            page.contains("recovering"),
            "{id} does not tell how to recover"
        );
    }
}

/// A page's addresses are those of the board's file.
#[test]
fn the_memory_maps_of_pages_begin_where_the_boards_memory_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/boards");
    for id in boards::ids() {
        let board = boards::board(id).unwrap();
        let page = std::fs::read_to_string(folder.join(format!("{id}.md"))).unwrap();
        for region in board.flash.iter().chain(&board.ram) {
            let address = format!("0x{:08x}", region.address);
            assert!(
                page.contains(&address),
                "{id}: {address} is not in its page"
            );
        }
    }
}

#[test]
fn every_board_is_readable_and_whole() {
    for id in boards::ids() {
        let board = boards::board(id).unwrap();
        assert_eq!(
            board.kind == Kind::Linux,
            board.execution == Execution::LinuxBundle,
            "{id}"
        );
        assert_eq!(board.qemu.is_some(), id.starts_with("qemu-"), "{id}");
        for package in &board.serves {
            assert!(board.serves(package), "{id}");
            assert!(package.contains(':'), "{id}: {package}");
        }
        for place in board
            .flash_command
            .iter()
            .flat_map(|command| command.split('{').skip(1))
        {
            let name = place.split('}').next().unwrap();
            assert!(["elf", "hex", "bin"].contains(&name), "{id}: {name}");
        }
    }
}

#[test]
fn a_board_serves_its_devices_and_what_every_ecu_does() {
    let serves = |id, interface| boards::board(id).unwrap().serves(interface);
    let small = "qemu-netduinoplus2";
    assert!(serves(small, "autosar:can/controllers@0.1.0"));
    assert!(serves(small, "wireloom:ecu/elements@0.1.0"));
    assert!(serves(small, "acme:heat/temperature"));
    for left_out in [
        "wasi:i2c/i2c@0.2.0-draft",
        "wasi:clocks/monotonic-clock@0.2.3",
        "wasi:cli/stdout@0.2.0",
        "wasi:io/poll@0.2.4",
        "wasi:sockets/tcp@0.2.0",
    ] {
        assert!(!serves(small, left_out), "{left_out}");
    }
    // Pins are watched by pollables, and not by streams.
    let pins = GOOD.replace("serves = []", "serves = [\"wasi:gpio\"]");
    let pins = Board::parse("x", &pins).unwrap();
    assert!(pins.serves("wasi:io/poll@0.2.4"));
    assert!(!pins.serves("wasi:io/streams@0.2.4"));
    assert!(serves("linux-x86_64", "wasi:cli/stdout@0.2.0"));
    assert!(serves("linux-x86_64", "wasi:sockets/tcp@0.2.0"));
}

const GOOD: &str = r#"
id = "x"
name = "X"
kind = "microcontroller"
core = "Cortex-M0"
execution = "pulley"
proof = "none"
can_buses = 0
serves = []
flash = { address = 0, bytes = 10 }
ram = { address = 32, bytes = 10 }
"#;

#[test]
fn a_wrong_file_is_refused() {
    assert!(Board::parse("x", GOOD).is_ok());
    let cases = [
        (
            "x",
            GOOD.replace("can_buses", "canbuses"),
            "unknown field `canbuses`",
        ),
        (
            "x",
            GOOD.replace("bytes = 10 }\nram", "size = 10 }\nram"),
            "unknown field `size`",
        ),
        (
            "x",
            GOOD.replace("\"pulley\"", "\"magic\""),
            "unknown variant `magic`",
        ),
        (
            "x",
            GOOD.replace("core = \"Cortex-M0\"", ""),
            "missing field `core`",
        ),
        ("y", GOOD.to_owned(), "says that it is `x`"),
        ("x", GOOD.replace("ram =", "# ram ="), "has no `ram`"),
        ("x", GOOD.replace("flash =", "# flash ="), "has no `flash`"),
    ];
    for (id, text, expected) in cases {
        let error = Board::parse(id, &text).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn an_unknown_board_is_answered_with_the_known_ones() {
    let error = boards::board("stm32").unwrap_err();
    assert!(matches!(error, BoardError::Unknown { .. }));
    assert!(
        error
            .to_string()
            .starts_with("there is no board `stm32`; choose one of `arduino-due`, `esp32")
    );
}
