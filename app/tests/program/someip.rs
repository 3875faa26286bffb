//! Values as SOME/IP messages and back, from outside.

use crate::support::{fine, plain, program, text_of};
use serde_json::json;
use tempfile::TempDir;

const WIT: &str = "package acme:radar@1.0.0;

interface objects {
    record error-code { domain: u64, value: s32 }
    record object { id: u8, distance: f32, speed: option<s16> }
    record scan { counter: u16, objects: list<object> }
    subscribe-scans: func(max-samples: u32) -> result<stream<scan>, error-code>;
    calibrate: async func(offset: s16, quick: bool) -> result<u8, error-code>;
}

interface other { type scan = u8; }
";

const LAYOUT: &str = "size-of-struct-length-field = 1\nsize-of-vector-length-field = 2\n";

fn files() -> (TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let (wit, layout) = (
        folder.path().join("radar.wit"),
        folder.path().join("l.toml"),
    );
    std::fs::write(&wit, WIT).unwrap();
    std::fs::write(&layout, LAYOUT).unwrap();
    let (wit, layout) = (text_of(&wit), text_of(&layout));
    (folder, wit, layout)
}

#[test]
fn an_event_is_a_message_and_its_bytes_are_read() {
    let (_folder, wit, layout) = files();
    let scan = "{counter: 258, objects: [{id: 7, distance: 1.5, speed: some(-2)}]}";
    let call = [
        "someip",
        "encode",
        &wit,
        "subscribe-scans",
        scan,
        "--layout",
        &layout,
        "--message",
        "0x1234:0x8001",
        "--session",
        "9",
    ];
    let told = fine(&call);
    // Header: length 8 + 20; scan: 19 bytes; objects: 15 bytes, one object of 14: tag and u8, tag
    // and f32, tag and s16 are 3 + 6 + 4 = 13 behind their length.
    let bytes = "12 34 80 01 00 00 00 1B 00 00 00 09 01 01 02 00 \
                 12 01 02 00 0E 0D 00 00 07 20 01 3F C0 00 00 10 02 FF FE";
    assert_eq!(told["bytes"], bytes);
    let call = [
        "someip",
        "decode",
        &wit,
        "subscribe-scans",
        bytes,
        "--layout",
        &layout,
        "--message",
    ];
    let told = fine(&call);
    assert_eq!(told["value"], scan);
    assert_eq!(told["header"]["message_type"], "notification");
    assert_eq!((&told["surplus"], &told["behind"]), (&json!(0), &json!(0)));
    let text = plain(&call).output;
    assert_eq!(
        text,
        format!(
            "notification of service 0x1234, event 0x8001, client 0x0000, session 0x0009, \
             interface version 1, E_OK\n{scan}\n"
        )
    );
}

#[test]
fn arguments_answer_and_error_of_a_method_are_told_apart() {
    let (_folder, wit, _) = files();
    let encode = |value: &str, more: &[&str]| {
        let mut call = vec!["someip", "encode", &wit, "calibrate", value];
        call.extend(more);
        fine(&call)["bytes"].clone()
    };
    assert_eq!(encode("{offset: -1, quick: true}", &[]), "FF FF 01");
    assert_eq!(encode("3", &["--message-type", "response"]), "03");
    let error = "{domain: 1, value: -1}";
    assert_eq!(
        encode(error, &["--message-type", "error"]),
        "00 00 00 00 00 00 00 01 FF FF FF FF"
    );
    let told = fine(&[
        "someip",
        "decode",
        &wit,
        "calibrate",
        "0000 0001 0000 0009 0000 0001 01 01 80 00 05",
        "--message",
    ]);
    assert_eq!(told["value"], "5");
    let told = fine(&[
        "someip",
        "decode",
        &wit,
        "objects/object",
        "00:00:01-20:01 3FC00000",
    ]);
    assert_eq!(told["value"], "{id: 1, distance: 1.5}");
}

#[test]
fn what_cannot_be_is_told() {
    let (folder, wit, layout) = files();
    let failed = |call: &[&str], status: i32| {
        let told = program(call);
        assert_eq!(told.status, status, "{}", told.json);
        told.json["error"].as_str().unwrap().to_owned()
    };
    let error = failed(&["someip", "decode", &wit, "scan", "00"], 2);
    assert_eq!(
        error,
        "there are `objects/scan`, `other/scan`; write one of them"
    );
    let error = failed(&["someip", "decode", &wit, "track", "00"], 2);
    assert!(error.ends_with("no type or function `track`; `wireloom inspect` shows what it has"));
    let error = failed(&["someip", "decode", &wit, "calibrate", "00 0"], 2);
    assert_eq!(
        error,
        "bytes are pairs of hexadecimal digits, such as `01 F4`"
    );
    let error = failed(
        &[
            "someip",
            "encode",
            &wit,
            "calibrate",
            "1",
            "--message-type",
            "notification",
        ],
        2,
    );
    assert_eq!(
        error,
        "there is no notification about `calibrate`; choose another `--message-type`"
    );
    let error = failed(
        &["someip", "encode", &wit, "objects/scan", "{counter: x}"],
        2,
    );
    assert!(error.starts_with("`counter`: needs `u16`"), "{error}");
    // The place counts from the start of the message.
    let cut = "1234 8001 0000000A 00000009 01010200 1201";
    let call = [
        "someip",
        "decode",
        &wit,
        "subscribe-scans",
        cut,
        "--layout",
        &layout,
        "--message",
    ];
    assert_eq!(
        failed(&call, 1),
        "byte 16: length 18, but 1 bytes left; the sender has another layout"
    );
    let broken = folder.path().join("broken.toml");
    std::fs::write(&broken, "alignment = 12\n").unwrap();
    let broken = text_of(&broken);
    let error = failed(
        &[
            "someip",
            "decode",
            &wit,
            "objects/scan",
            "00",
            "--layout",
            &broken,
        ],
        2,
    );
    assert!(
        error.contains("broken.toml") && error.contains("8, 16, 32"),
        "{error}"
    );
}
