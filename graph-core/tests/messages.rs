//! Messages in the project file: when they are sent and missed, and how they are protected.
#![allow(clippy::unwrap_used, reason = "a test fails by panics")]

use graph_core::file::{read, write};

/// The page's block about messages, behind a project with its bus.
fn messages() -> String {
    let page = include_str!("../../docs/project-file.md");
    let after = page.split("## Messages").nth(1).unwrap();
    let block = after.split("```text\n").nth(1).unwrap();
    let bus = "format = 1\nname = \"x\"\n[buses.can0]\nkind = \"can\"\nbitrate_bps = 500000\n";
    bus.to_owned() + block.split("```").next().unwrap()
}

#[test]
fn the_documented_messages_are_read_and_written() {
    let document = read(&messages(), "x.wireloom").unwrap();
    let text = write(&document);
    assert_eq!(write(&read(&text, "x.wireloom").unwrap()), text);
    let from = text.find("[[transmissions]]").unwrap();
    let written: Vec<&str> = text[from..]
        .lines()
        .filter(|line| !line.is_empty())
        .collect();
    let said = messages();
    let said = said[said.find("[[transmissions]]").unwrap()..].lines();
    let said: Vec<&str> = said
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(written, said);
}

#[test]
fn what_no_protection_can_mean_is_refused() {
    let refused = |from: &str, to: &str| {
        let text = messages().replace(from, to);
        assert_ne!(text, messages());
        read(&text, "x.wireloom").unwrap_err().to_string()
    };
    let unknown = refused("profile = 11", "profile = 3");
    assert!(
        unknown.contains("there is no profile 3; write one of 1, 2, 4, 5, 6, 7, 8, 11, 22, 44"),
        "{unknown}"
    );
    let foreign = refused("data_id = 291", "data_ids = \"00\"");
    assert!(
        foreign.contains("profile 11 has no `data_ids`; remove it"),
        "{foreign}"
    );
    let header =
        "data_id = 291\nid_mode = \"nibble\"\ncrc_offset_bits = 0\ncounter_offset_bits = 8\n";
    let short = messages()
        .replace("profile = 11", "profile = 22")
        .replace(header, "data_ids = \"00\"\n");
    let short = read(&short, "x.wireloom").unwrap_err().to_string();
    assert!(
        short.contains("`00` is no list of 16 data ids; write 32 hexadecimal digits"),
        "{short}"
    );
    let period = refused("mode = \"mixed\"\n", "");
    assert!(period.contains("period_ns"), "{period}");
}
