//! SOME/IP by hand: each vector is worked out from a rule of AUTOSAR's PRS_SOMEIPProtocol, which
//! stands beside it, and holds in both directions.

use crate::{layout, wit};
use autosar_wit::someip::{
    Header, Layout, MessageType, Payload, decode, decode_arguments, encode, encode_arguments,
    message, parse, payload, return_code,
};
use autosar_wit::types::ValueType;
use autosar_wit::{read, value};

/// `text` of that type is exactly `bytes`, and back.
#[track_caller]
fn holds(layout_text: &str, value_type: &str, text: &str, bytes: &[u8]) {
    let (layout, value_type) = (layout(layout_text), wit(value_type));
    let value = value::parse(&value_type, text).unwrap();
    let encoded = encode(&layout, &value_type, &value).unwrap();
    assert_eq!(encoded, bytes, "{text} is {encoded:02X?}");
    let decoded = decode(&layout, &value_type, bytes).unwrap();
    assert_eq!((decoded.value, decoded.surplus), (value, 0), "{text}");
}

#[test]
fn basic_types_are_big_endian_unless_configured() {
    // Network byte order: the most significant byte first.
    holds("", "u16", "258", &[0x01, 0x02]);
    holds("", "s32", "-2", &[0xFF, 0xFF, 0xFF, 0xFE]);
    holds("", "u64", "1", &[0, 0, 0, 0, 0, 0, 0, 1]);
    // IEEE 754: 1.5 is sign 0, exponent 127, mantissa 0.5: 0x3FC00000.
    holds("", "f32", "1.5", &[0x3F, 0xC0, 0, 0]);
    holds("", "f64", "-2", &[0xC0, 0, 0, 0, 0, 0, 0, 0]);
    holds("", "bool", "true", &[1]);
    holds("", "char", "'ä'", &[0, 0, 0, 0xE4]);
    let little = "byte-order = 'most-significant-byte-last'";
    holds(little, "u16", "258", &[0x02, 0x01]);
    holds(little, "f32", "1.5", &[0, 0, 0xC0, 0x3F]);
    // Length fields have the byte order of the payload.
    holds(little, "list<u16>", "[1]", &[2, 0, 0, 0, 1, 0]);
}

#[test]
fn of_a_boolean_the_lowest_bit_counts() {
    let decoded = decode(&Layout::default(), &ValueType::Bool, &[0xFE]).unwrap();
    assert_eq!(decoded.value, value::Value::Bool(false));
    let decoded = decode(&Layout::default(), &ValueType::Bool, &[0x81]).unwrap();
    assert_eq!(decoded.value, value::Value::Bool(true));
}

#[test]
fn structs_are_their_members_in_order_with_no_padding() {
    holds("", "point", "{x: 1, y: -1}", &[0, 1, 0xFF, 0xFF]);
    holds("", "tuple<u8, u32>", "(1, 2)", &[1, 0, 0, 0, 2]);
    // The length field counts the members, not itself.
    holds(
        "size-of-struct-length-field = 2",
        "point",
        "{x: 1, y: -1}",
        &[0, 4, 0, 1, 0xFF, 0xFF],
    );
    // Depth first: an inner struct has its own length field in place.
    holds(
        "size-of-struct-length-field = 1",
        "tuple<u8, point>",
        "(7, {x: 1, y: 2})",
        &[6, 7, 4, 0, 1, 0, 2],
    );
}

#[test]
fn of_a_longer_struct_the_known_members_are_read() {
    // The sender has a struct of 5 bytes, we know 4 of them; the u8 behind is found by the length.
    let layout = layout("size-of-struct-length-field = 1");
    let bytes = [7, 5, 0, 1, 0, 2, 0xAA, 9];
    let decoded = decode(&layout, &wit("tuple<point, u8>"), &bytes).unwrap();
    assert_eq!(value::print(&decoded.value), "({x: 1, y: 2}, 9)");
    // Parameters appended at the end of what is known are ignored.
    let decoded = decode(&Layout::default(), &wit("point"), &[0, 1, 0, 2, 3, 4]).unwrap();
    assert_eq!(value::print(&decoded.value), "{x: 1, y: 2}");
    assert_eq!(decoded.surplus, 2);
}

#[test]
fn arrays_of_any_length_begin_with_their_bytes() {
    // 32 bits by default; bytes, not elements: three u16 are 6.
    holds(
        "",
        "list<u16>",
        "[1, 2, 3]",
        &[0, 0, 0, 6, 0, 1, 0, 2, 0, 3],
    );
    holds("", "list<u16>", "[]", &[0, 0, 0, 0]);
    holds(
        "size-of-vector-length-field = 1",
        "list<u16>",
        "[5]",
        &[2, 0, 5],
    );
    holds(
        "size-of-vector-length-field = 2",
        "list<u8>",
        "[5]",
        &[0, 1, 5],
    );
    // Inner arrays have their own: 1 + 1 and 1 + 2 bytes are 5.
    holds(
        "size-of-vector-length-field = 1",
        "list<list<u8>>",
        "[[1], [2, 3]]",
        &[5, 1, 1, 2, 2, 3],
    );
    // A map is an array of structs of key and value.
    holds(
        "size-of-map-length-field = 1\nsize-of-struct-length-field = 1",
        "map<u8, bool>",
        "[(1, true), (2, false)]",
        &[6, 2, 1, 1, 2, 2, 0],
    );
}

#[test]
fn arrays_of_fixed_length_have_no_length_unless_configured() {
    holds("", "list<u16, 2>", "[1, 2]", &[0, 1, 0, 2]);
    holds(
        "size-of-array-length-field = 4",
        "list<u16, 2>",
        "[1, 2]",
        &[0, 0, 0, 4, 0, 1, 0, 2],
    );
    // More elements than are known are skipped by the length.
    let layout = layout("size-of-array-length-field = 1");
    let decoded = decode(&layout, &wit("tuple<list<u8, 2>, u8>"), &[3, 1, 2, 3, 4]).unwrap();
    assert_eq!(value::print(&decoded.value), "([1, 2], 4)");
}

#[test]
fn strings_have_a_mark_and_end_in_zero() {
    // UTF-8: length 3 + 2 + 1 = 6, mark EF BB BF, text, one zero.
    holds(
        "",
        "string",
        "\"hi\"",
        &[0, 0, 0, 6, 0xEF, 0xBB, 0xBF, b'h', b'i', 0],
    );
    // UTF-16BE: mark FE FF, two bytes a unit, two zeros; ä is U+00E4.
    holds(
        "string-encoding = 'UTF-16BE'\nsize-of-string-length-field = 1",
        "string",
        "\"ä\"",
        &[6, 0xFE, 0xFF, 0x00, 0xE4, 0, 0],
    );
    // UTF-16LE: the same the other way; 🚗 (U+1F697) is the pair D83D DE97.
    holds(
        "string-encoding = 'UTF-16LE'\nsize-of-string-length-field = 1",
        "string",
        "\"🚗\"",
        &[8, 0xFF, 0xFE, 0x3D, 0xD8, 0x97, 0xDE, 0, 0],
    );
    // ara::com services can do without both.
    holds(
        "is-bom-active = false\nis-null-termination-active = false",
        "string",
        "\"hi\"",
        &[0, 0, 0, 2, b'h', b'i'],
    );
}

#[test]
fn strings_of_fixed_length_are_filled_with_zeros() {
    // No length field; 8 bytes are mark 3, text 2, zero 1, and 2 to fill.
    let fixed = "[fixed-strings]\nvin = 8";
    holds(
        fixed,
        "vin",
        "\"hi\"",
        &[0xEF, 0xBB, 0xBF, b'h', b'i', 0, 0, 0],
    );
    holds(
        fixed,
        "tuple<vin, u8>",
        "(\"\", 5)",
        &[0xEF, 0xBB, 0xBF, 0, 0, 0, 0, 0, 5],
    );
}

#[test]
fn an_odd_byte_at_the_end_of_utf_16_is_passed_over() {
    let layout = layout("string-encoding = 'UTF-16BE'\nsize-of-string-length-field = 1");
    let bytes = [7, 0xFE, 0xFF, 0x00, 0xE4, 0, 0, 0x55];
    let decoded = decode(&layout, &ValueType::String, &bytes).unwrap();
    assert_eq!(value::print(&decoded.value), "\"ä\"");
}

#[test]
fn enums_and_flags_are_unsigned_integers() {
    holds("", "gear", "rear", &[2]);
    holds("[enums.gear]\nbase-type = 'u16'", "gear", "rear", &[0, 2]);
    let numbered = "[enums.gear]\nvalues = { park = 0, drive = 5, rear = 255 }";
    holds(numbered, "gear", "rear", &[0xFF]);
    // Nine flags take 16 bits; the first is bit 0, the ninth bit 8.
    holds("", "lamps", "{low, cabin}", &[0x01, 0x01]);
    holds(
        "[flags]\nlamps = 'u32'",
        "lamps",
        "{low, cabin}",
        &[0, 0, 1, 1],
    );
}

#[test]
fn unions_are_length_selector_element() {
    // The length counts the element only; 0 is the empty union, so the first case is 1.
    holds("", "reading", "far(258)", &[0, 0, 0, 2, 0, 0, 0, 3, 1, 2]);
    holds("", "reading", "lost", &[0, 0, 0, 0, 0, 0, 0, 1]);
    let short = "size-of-union-length-field = 1\nsize-of-union-type-selector-field = 1";
    holds(short, "reading", "near(9)", &[1, 2, 9]);
    holds(short, "result<u8, gear>", "err(drive)", &[1, 2, 1]);
    // The standard's example: a uint8 and a uint16 padded to 32 bits are both 4 bytes long.
    let padded = "alignment = 32";
    holds(
        padded,
        "reading",
        "near(9)",
        &[0, 0, 0, 4, 0, 0, 0, 2, 9, 0, 0, 0],
    );
    holds(
        padded,
        "reading",
        "far(258)",
        &[0, 0, 0, 4, 0, 0, 0, 3, 1, 2, 0, 0],
    );
    // Cases of one size need no length.
    let bare = "size-of-union-length-field = 0\nsize-of-union-type-selector-field = 2";
    holds(bare, "even", "signed(-1)", &[0, 2, 0xFF, 0xFF, 0xFF, 0xFF]);
}

#[test]
fn what_follows_data_of_variable_size_is_aligned_from_the_start_of_the_message() {
    // The payload begins at byte 16 of the message. 1 + 4 + 7 bytes end at 28, a multiple of 4.
    let aligned = "alignment = 32\n";
    holds(
        aligned,
        "named",
        "{id: 1, label: \"abc\", tail: 2}",
        &[1, 0, 0, 0, 7, 0xEF, 0xBB, 0xBF, b'a', b'b', b'c', 0, 2],
    );
    // One letter more ends at 29: three bytes of padding.
    holds(
        aligned,
        "named",
        "{id: 1, label: \"abcd\", tail: 2}",
        &[
            1, 0, 0, 0, 8, 0xEF, 0xBB, 0xBF, b'a', b'b', b'c', b'd', 0, 0, 0, 0, 2,
        ],
    );
    // Nothing follows the last, so nothing is padded; no padding behind data of fixed size.
    holds(
        aligned,
        "pair",
        "{a: [1], b: [2]}",
        &[0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 2],
    );
    holds(aligned, "tuple<u8, u32>", "(1, 2)", &[1, 0, 0, 0, 2]);
    // 256 bits: 16 + 5 is padded to 32, which is byte 16 of the payload.
    let mut wide = vec![0, 0, 0, 1, 1];
    wide.resize(16, 0);
    wide.extend([0, 0, 0, 1, 2]);
    holds("alignment = 256", "pair", "{a: [1], b: [2]}", &wide);
    // Between strings of an array; the padding behind the array is not in its length:
    // 4 + 5 ends at 16 + 4 + 9 = 29, so 3 of padding, then 4 + 5: length 9 + 3 + 9 = 21.
    holds(
        aligned,
        "tuple<list<string>, u8>",
        "([\"a\", \"b\"], 7)",
        &[
            0, 0, 0, 21, 0, 0, 0, 5, 0xEF, 0xBB, 0xBF, b'a', 0, 0, 0, 0, 0, 0, 0, 5, 0xEF, 0xBB,
            0xBF, b'b', 0, 0, 0, 0, 7,
        ],
    );
}

#[test]
fn optional_members_have_tags() {
    // Tag: reserved 1 bit, wire type 3, data id 12. Distance: 16 bits (1), id 0. Speed: 8 bits (0),
    // id 1. Label: complex with the configured length field (4), id 2.
    holds(
        "",
        "target",
        "{distance: 500, speed: some(-3), label: some(\"a\")}",
        &[
            0x10, 0x00, 0x01, 0xF4, 0x00, 0x01, 0xFD, 0x40, 0x02, 0, 0, 0, 5, 0xEF, 0xBB, 0xBF,
            b'a', 0,
        ],
    );
    holds("", "target", "{distance: 500}", &[0x10, 0x00, 0x01, 0xF4]);
    // Own data ids: 0x123 and so on.
    let ids = "[data-ids.target]\ndistance = 0x123\nspeed = 7\nlabel = 0xFFF";
    holds(
        ids,
        "target",
        "{distance: 1, speed: some(2)}",
        &[0x11, 0x23, 0, 1, 0x00, 0x07, 2],
    );
    // With a length that fits the value: 5 bytes fit one (wire type 5).
    holds(
        "is-dynamic-length-field-size = true",
        "target",
        "{distance: 1, label: some(\"a\")}",
        &[0x10, 0x00, 0, 1, 0x50, 0x02, 5, 0xEF, 0xBB, 0xBF, b'a', 0],
    );
    // An inner struct with tags needs to know its end.
    holds(
        "size-of-struct-length-field = 1",
        "list<target>",
        "[{distance: 1}, {distance: 2, speed: some(3)}]",
        &[0, 0, 0, 13, 4, 0x10, 0, 0, 1, 7, 0x10, 0, 0, 2, 0x00, 1, 3],
    );
}

#[test]
fn a_receiver_passes_over_data_ids_that_it_does_not_know() {
    // The sender's record has class (3), label (4), trail (5) and at (6) that ours has not, in any
    // order. A struct without a length field of its own gets one of 32 bits (wire type 7).
    let sender = layout(
        "size-of-string-length-field = 4\n[data-ids.newer]\ndistance = 0\nclass = 3\nlabel = 4\n\
         trail = 5\nat = 6",
    );
    let newer = wit("newer");
    let text = "{distance: 9, class: drive, label: \"x\", trail: [1, 2], at: {x: 1, y: 2}}";
    let bytes = encode(&sender, &newer, &value::parse(&newer, text).unwrap()).unwrap();
    let written = [
        0x10, 0, 0, 9, 0x00, 3, 1, 0x40, 4, 0, 0, 0, 5, 0xEF, 0xBB, 0xBF, b'x', 0, 0x40, 5, 0, 0,
        0, 2, 1, 2, 0x70, 6, 0, 0, 0, 4, 0, 1, 0, 2,
    ];
    assert_eq!(bytes, written);
    let decoded = decode(&Layout::default(), &wit("target"), &bytes).unwrap();
    assert_eq!(value::print(&decoded.value), "{distance: 9}");
    // Other order, and a length field of another size than ours: wire types 5 to 7 say it.
    let other = [
        0x50, 2, 5, 0xEF, 0xBB, 0xBF, b'a', 0, 0x00, 1, 4, 0x10, 0, 0, 8,
    ];
    let decoded = decode(&Layout::default(), &wit("target"), &other).unwrap();
    let text = "{distance: 8, speed: some(4), label: some(\"a\")}";
    assert_eq!(value::print(&decoded.value), text);
}

#[test]
fn arguments_are_no_struct() {
    let layout = layout("size-of-struct-length-field = 4");
    let parameters = [
        ("gain".to_owned(), ValueType::U8),
        ("at".to_owned(), wit("point")),
    ];
    let value = value::Value::Record(vec![
        ("gain".to_owned(), value::Value::U8(3)),
        (
            "at".to_owned(),
            value::parse(&wit("point"), "{x: 1, y: 2}").unwrap(),
        ),
    ]);
    let bytes = encode_arguments(&layout, "calibrate", &parameters, &value).unwrap();
    assert_eq!(bytes, [3, 0, 0, 0, 4, 0, 1, 0, 2]);
    let decoded = decode_arguments(&layout, "calibrate", &parameters, &bytes).unwrap();
    assert_eq!((decoded.value, decoded.surplus), (value, 0));
}

#[test]
fn the_header_counts_from_the_request_id_on() {
    let header = Header {
        service: 0x1234,
        method: 0x8001,
        client: 0,
        session: 7,
        interface_version: 2,
        message_type: MessageType::Notification,
        return_code: 0,
    };
    // Length 8 + 3: request id, versions, type and return code, payload. Always big endian.
    let bytes = [
        0x12, 0x34, 0x80, 0x01, 0, 0, 0, 11, 0, 0, 0, 7, 1, 2, 0x02, 0x00, 0xAA, 0xBB, 0xCC,
    ];
    assert_eq!(message(&header, &[0xAA, 0xBB, 0xCC]).unwrap(), bytes);
    // A datagram may hold several messages.
    let mut two = bytes.to_vec();
    two.extend(bytes);
    let (found, payload, behind) = parse(&two).unwrap();
    assert_eq!((found, payload), (header, &bytes[16..]));
    assert_eq!(parse(behind).unwrap(), (header, &bytes[16..], &[][..]));
    assert_eq!(return_code(9), "E_MALFORMED_MESSAGE");
    let numbers = MessageType::ALL.map(|kind| {
        let header = Header {
            message_type: kind,
            ..header
        };
        message(&header, &[]).unwrap()[14]
    });
    assert_eq!(numbers, [0x00, 0x01, 0x02, 0x80, 0x81]);
}

#[test]
fn the_message_says_what_of_a_function_it_carries() {
    let text = "package a:b; interface radar {
        record error-code { domain: u64, value: s32 }
        subscribe-scans: func(max-samples: u32) -> result<stream<u16>, error-code>;
        range-changed: func() -> stream<f32>;
        calibrate: async func(offset: f32) -> result<bool, error-code>;
        reset: func();
    }";
    let packages = read::wit_packages(&[("a.wit", text)]).unwrap();
    let radar = &packages[0].interfaces[0];
    let told = |name: &str, kind| match payload(radar.function(name).unwrap(), kind) {
        Some(Payload::Value(value)) => autosar_wit::print::value_type(value),
        Some(Payload::Arguments(function)) => format!("{} arguments", function.parameters.len()),
        Some(Payload::Empty) => "nothing".to_owned(),
        None => "no such message".to_owned(),
    };
    use MessageType::{Error, Notification, Request, RequestNoReturn, Response};
    assert_eq!(told("subscribe-scans", Notification), "u16");
    assert_eq!(told("range-changed", Notification), "f32");
    assert_eq!(told("calibrate", Request), "1 arguments");
    assert_eq!(told("calibrate", Response), "bool");
    assert_eq!(told("calibrate", Error), "error-code");
    assert_eq!(told("calibrate", Notification), "no such message");
    assert_eq!(told("reset", RequestNoReturn), "0 arguments");
    assert_eq!(told("reset", Response), "nothing");
    assert_eq!(told("reset", Error), "no such message");
}
