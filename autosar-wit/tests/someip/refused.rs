//! What SOME/IP cannot carry, bytes that are no message, layouts that mean nothing: each is told.

use crate::{layout, wit};
use autosar_wit::someip::{Layout, Problem, decode, encode, parse, read_layout};
use autosar_wit::types::ValueType;
use autosar_wit::value;

#[test]
fn what_has_no_bytes_is_told() {
    let error = |layout_text: &str, value_type: &str, text: &str| {
        let value_type = wit(value_type);
        let value = value::parse(&value_type, text).unwrap();
        encode(&layout(layout_text), &value_type, &value).unwrap_err()
    };
    insta::assert_snapshot!(error("", "list<option<u8>>", "[some(1)]"), @"`[0]`: an option is a member with data id; put it into a record");
    insta::assert_snapshot!(error("", "list<target>", "[{distance: 1}]"), @"`[0]`: a struct with data ids needs a length field here; set `size-of-struct-length-field` in the layout");
    insta::assert_snapshot!(error("", "tuple<option<reading>>", "(some(lost))"), @"`0`: a union has no skippable length with a data id; put it into a record");
    insta::assert_snapshot!(error("", "tuple<option<option<u8>>>", "(some(some(1)))"), @"`0`: an option is a member with data id; put it into a record");
    insta::assert_snapshot!(error("size-of-vector-length-field = 1", "tuple<list<u16>>", &format!("([{}])", ["1"; 128].join(", "))), @"`0`: 256 bytes do not fit a length field of 1; choose a larger one in the layout");
    insta::assert_snapshot!(error("[fixed-strings]\nvin = 5", "vin", "\"ab\""), @"6 bytes do not fit a string of 5");
    insta::assert_snapshot!(error("", "string", "\"a\\u{0}b\""), @"a zero inside would end the string early; send bytes as `list<u8>`");
    insta::assert_snapshot!(error("[enums.gear]\nvalues = { park = 1 }", "gear", "park"), @"`drive` has no number in the layout; write one for each case");
    insta::assert_snapshot!(error("[enums.gear]\nvalues = { park = 256, drive = 1, rear = 2 }", "gear", "park"), @"number 256 does not fit its base type of 1 bytes; choose a larger one");
    insta::assert_snapshot!(error("[flags]\nlamps = 'u8'", "lamps", "{low}"), @"9 flags do not fit 1 bytes; choose a larger base type in the layout");
    insta::assert_snapshot!(error("[data-ids.target]\nspeed = 1", "target", "{distance: 1}"), @"member `distance` has no data id in the layout; write one for each member");
    insta::assert_snapshot!(error("size-of-union-length-field = 0", "reading", "lost"), @"without a length field all cases of a union have one size; set `size-of-union-length-field` in the layout");
    let stream = encode(&Layout::default(), &wit("stream<u8>"), &value::Value::U8(1)).unwrap_err();
    insta::assert_snapshot!(stream, @"a `stream<u8>` has no value outside its component; leave it out");
    let other = encode(&Layout::default(), &wit("point"), &value::Value::U8(1)).unwrap_err();
    insta::assert_snapshot!(other, @"needs `point`");
}

#[test]
fn bytes_that_are_no_value_are_refused_with_their_place() {
    let error = |layout_text: &str, value_type: &str, bytes: &[u8]| {
        decode(&layout(layout_text), &wit(value_type), bytes).unwrap_err()
    };
    insta::assert_snapshot!(error("", "tuple<u8, u32>", &[1, 0, 0]), @"byte 1, `1`: 4 bytes needed, 2 left; the sender has another type or layout");
    insta::assert_snapshot!(error("", "list<u16>", &[0, 0, 0, 9, 1]), @"byte 0: length 9, but 1 bytes left; the sender has another layout");
    insta::assert_snapshot!(error("", "list<u16>", &[0, 0, 0, 3, 1, 2, 3]), @"byte 6, `[1]`: 2 bytes needed, 1 left; the sender has another type or layout");
    insta::assert_snapshot!(error("", "list<named>", &[0, 0, 0, 6, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0]), @"byte 5, `[0].label`: length 4294967295, but 1 bytes left; the sender has another layout");
    insta::assert_snapshot!(error("size-of-struct-length-field = 1", "point", &[3, 0, 1, 0, 2]), @"byte 3, `y`: 2 bytes needed, 1 left; the sender has another type or layout");
    insta::assert_snapshot!(error("", "string", &[0, 0, 0, 3, b'a', b'b', 0]), @"byte 4: byte order mark EF BB BF is missing; the sender has another string encoding");
    insta::assert_snapshot!(error("", "string", &[0, 0, 0, 4, 0xEF, 0xBB, 0xBF, b'a']), @"byte 7: the string does not end in a zero; the sender has another layout");
    insta::assert_snapshot!(error("", "string", &[0, 0, 0, 5, 0xEF, 0xBB, 0xBF, 0xFF, 0]), @"byte 7: the string is no UTF-8");
    insta::assert_snapshot!(error("string-encoding = 'UTF-16LE'", "string", &[0, 0, 0, 6, 0xFF, 0xFE, 0x00, 0xD8, 0, 0]), @"byte 6: the string is no UTF-16LE");
    insta::assert_snapshot!(error("[fixed-strings]\nvin = 5", "vin", &[0xEF, 0xBB, 0xBF, b'a', b'b']), @"byte 3: the string does not end in a zero; the sender has another layout");
    insta::assert_snapshot!(error("", "char", &[0, 0, 0xD8, 0]), @"byte 0: 0xd800 is no character");
    insta::assert_snapshot!(error("", "gear", &[3]), @"byte 0: number 3 stands for no case of `gear`; its cases are `park` 0, `drive` 1, `rear` 2");
    insta::assert_snapshot!(error("", "lamps", &[2, 0]), @"byte 0: bits 0x200 are no flags of `lamps`; it has 9");
    insta::assert_snapshot!(error("", "reading", &[0, 0, 0, 0, 0, 0, 0, 0]), @"byte 4: number 0 stands for no case of `reading`; its cases are `lost` 1, `near` 2, `far` 3");
    insta::assert_snapshot!(error("", "reading", &[0, 0, 0, 1, 0, 0, 0, 3, 1]), @"byte 8, `far`: 2 bytes needed, 1 left; the sender has another type or layout");
    insta::assert_snapshot!(error("", "reading", &[0, 0, 0, 9, 0, 0, 0, 2, 1]), @"byte 0: length 9, but 1 bytes left; the sender has another layout");
    insta::assert_snapshot!(error("", "target", &[0x00, 1, 5]), @"byte 3: member `distance` is missing: no data id 0x000");
    insta::assert_snapshot!(error("", "target", &[0x20, 0, 0, 0, 0, 5]), @"byte 0, `distance`: data id 0x000 has wire type 2; the sender has another type");
    insta::assert_snapshot!(error("", "target", &[0x10, 0, 0, 5, 0x10, 0, 0, 5]), @"byte 4: data id 0x000 comes a second time");
    insta::assert_snapshot!(error("size-of-map-length-field = 1", "target", &[0x40, 9, 1, 5]), @"byte 2: unknown data id 0x009 of wire type 4 cannot be skipped: length fields of the layout differ");
    insta::assert_snapshot!(error("", "target", &[0x10]), @"byte 0: 2 bytes needed, 1 left; the sender has another type or layout");

    let header = |edit: fn(&mut [u8; 16])| {
        let mut bytes = [0, 1, 0, 2, 0, 0, 0, 8, 0, 0, 0, 1, 1, 1, 0, 0];
        edit(&mut bytes);
        parse(&bytes).unwrap_err()
    };
    insta::assert_snapshot!(parse(&[0; 15]).unwrap_err(), @"byte 0: 16 bytes needed, 15 left; the sender has another type or layout");
    insta::assert_snapshot!(header(|bytes| bytes[7] = 7), @"byte 4: length 7, but 8 bytes left; the sender has another layout");
    insta::assert_snapshot!(header(|bytes| bytes[7] = 9), @"byte 4: length 9, but 8 bytes left; the sender has another layout");
    insta::assert_snapshot!(header(|bytes| bytes[12] = 2), @"byte 12: protocol version 2, this program reads 1");
    insta::assert_snapshot!(header(|bytes| bytes[14] = 0x22), @"byte 14: a segment of a longer message (SOME/IP-TP); join the segments first");
    insta::assert_snapshot!(header(|bytes| bytes[14] = 0x40), @"byte 14: message type 0x40 is none of SOME/IP's");
    assert_eq!(
        parse(&[0; 3]).unwrap_err().behind(16).offset,
        Some(16),
        "a place behind a header"
    );
    let short = decode(&Layout::default(), &ValueType::U8, &[]).unwrap_err();
    assert_eq!(short.problem, Problem::Short { needed: 1, left: 0 });
}

#[test]
fn layouts_that_mean_nothing_are_refused() {
    let error = |text: &str| read_layout(text).unwrap_err().to_string();
    assert!(error("alignment = 24").contains("8, 16, 32, 64, 128 or 256 bits"));
    assert!(error("size-of-struct-length-field = 3").contains("0, 1, 2 or 4 bytes"));
    assert!(error("colour = 1").contains("unknown field `colour`"));
    insta::assert_snapshot!(error("size-of-union-type-selector-field = 0"), @"a union's type selector has 1, 2 or 4 bytes");
    insta::assert_snapshot!(error("size-of-string-length-field = 0"), @"a string without a length field has no end; write 1, 2 or 4 bytes");
    insta::assert_snapshot!(error("[data-ids.a]\nx = 1\ny = 1"), @"two members of `a` have data id 1; give each its own");
    insta::assert_snapshot!(error("[data-ids.a]\nx = 4096"), @"data id 4096 of `a` has more than 12 bits");
    insta::assert_snapshot!(error("[enums.a]\nvalues = { x = 1, y = 1 }"), @"two cases of `a` are number 1; give each its own");
}
