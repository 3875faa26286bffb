//! Values go through bytes and text unchanged, and garbage is an answer.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod common;

use autosar_wit::read;
use autosar_wit::types::{TypeKind, ValueType};
use autosar_wit::value::{Value, decode, default_value, encode, parse, print};
use common::{any_type, named, value_of};
use proptest::prelude::*;

/// The type of the first field of a WIT record.
fn wit(value_type: &str) -> ValueType {
    let text = format!(
        "package a:b; interface i {{
            enum mode {{ off, on }}
            variant order {{ stop, turn(s16) }}
            flags options {{ fast, quiet, true }}
            resource lamp;
            record motor {{ duty: f32, at: option<u8>, mode: mode }}
            record whole {{ it: {value_type} }}
        }}"
    );
    let packages = read::wit_packages(&[("a.wit", &text)]).unwrap();
    let whole = packages[0].interfaces[0]
        .types
        .iter()
        .find(|one| one.name == "whole")
        .unwrap();
    let TypeKind::Record(fields) = &whole.kind else {
        panic!()
    };
    fields[0].value.clone()
}

#[test]
fn packed_as_the_contract_says() {
    for (value_type, text, bytes) in [
        ("bool", "true", vec![1]),
        ("u16", "258", vec![2, 1]),
        ("s32", "-2", vec![0xFE, 0xFF, 0xFF, 0xFF]),
        ("f32", "1.5", vec![0, 0, 0xC0, 0x3F]),
        ("char", "'ä'", vec![0xE4, 0, 0, 0]),
        ("string", "\"hé\"", vec![3, 0, 0, 0, b'h', 0xC3, 0xA9]),
        ("list<u8>", "[1, 2]", vec![2, 0, 0, 0, 1, 2]),
        ("list<u8, 3>", "[1, 2, 3]", vec![1, 2, 3]),
        ("map<u8, bool>", "[(1, true)]", vec![1, 0, 0, 0, 1, 1]),
        ("option<u16>", "some(1)", vec![1, 1, 0]),
        ("option<u16>", "none", vec![0]),
        ("result<u8, string>", "ok(7)", vec![0, 7]),
        ("result<_, mode>", "err(on)", vec![1, 1]),
        ("result", "ok", vec![0]),
        ("tuple<u8, u16>", "(1, 2)", vec![1, 2, 0]),
        ("mode", "on", vec![1]),
        ("order", "turn(-1)", vec![1, 0xFF, 0xFF]),
        ("options", "{fast, true}", vec![0b101]),
        ("motor", "{duty: 0.5, mode: off}", vec![0, 0, 0, 0x3F, 0, 0]),
    ] {
        let value_type = wit(value_type);
        let value = parse(&value_type, text).unwrap();
        assert_eq!(encode(&value_type, &value).unwrap(), bytes, "{text}");
        assert_eq!(decode(&value_type, &bytes).unwrap(), value, "{text}");
        assert_eq!(print(&value), text);
    }
}

#[test]
fn discriminants_and_flags_grow() {
    let names = |count: usize| {
        (0..count)
            .map(|index| format!("n{index}"))
            .collect::<Vec<_>>()
    };
    for (count, bytes) in [(1, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)] {
        let many = named(TypeKind::Enum(names(count)));
        let last = Value::Enum(format!("n{}", count - 1));
        let packed = encode(&many, &last).unwrap();
        assert_eq!(packed.len(), bytes, "{count} cases");
        assert_eq!(decode(&many, &packed).unwrap(), last);
    }
    for (count, bytes) in [(8, 1), (9, 2), (16, 2), (17, 4), (32, 4), (33, 8), (65, 12)] {
        let many = named(TypeKind::Flags(names(count)));
        let last = Value::Flags(vec![format!("n{}", count - 1)]);
        let packed = encode(&many, &last).unwrap();
        assert_eq!(packed.len(), bytes, "{count} flags");
        assert_eq!(decode(&many, &packed).unwrap(), last);
    }
}

#[test]
fn bytes_of_another_type_are_refused() {
    let error = |value_type: &str, bytes: &[u8]| decode(&wit(value_type), bytes).unwrap_err();
    insta::assert_snapshot!(error("u32", &[1]), @"bytes end early: 4 needed, 1 left; sender and receiver have other types");
    insta::assert_snapshot!(error("u8", &[1, 2]), @"1 bytes are left over; sender and receiver have other types");
    insta::assert_snapshot!(error("bool", &[2]), @"0x2 is no `bool`; sender and receiver have other types");
    insta::assert_snapshot!(error("char", &[0, 0xD8, 0, 0]), @"0xd800 is no `char`; sender and receiver have other types");
    insta::assert_snapshot!(error("string", &[1, 0, 0, 0, 0xFF]), @"a string is no UTF-8; send bytes as `list<u8>`");
    insta::assert_snapshot!(error("list<u64>", &[0xFF; 8]), @"bytes end early: 34359738360 needed, 4 left; sender and receiver have other types");
    insta::assert_snapshot!(error("mode", &[2]), @"number 2 stands for none of the 2 cases or flags; sender and receiver have other types");
    insta::assert_snapshot!(error("options", &[8]), @"number 3 stands for none of the 3 cases or flags; sender and receiver have other types");
    insta::assert_snapshot!(error("motor", &[0, 0, 0, 0, 1]), @"`at`: bytes end early: 1 needed, 0 left; sender and receiver have other types");
    insta::assert_snapshot!(error("list<motor>", &[1, 0, 0, 0, 0, 0, 0, 0, 0, 9]), @"`[0].mode`: number 9 stands for none of the 2 cases or flags; sender and receiver have other types");
    insta::assert_snapshot!(error("own<lamp>", &[0; 4]), @"a `own` has no value outside its component; leave it out");
    insta::assert_snapshot!(error("stream<u8>", &[0; 4]), @"a `stream` has no value outside its component; leave it out");
    let nothing = ValueType::List(Box::new(ValueType::Tuple(vec![])));
    insta::assert_snapshot!(decode(&nothing, &[0xFF; 4]).unwrap_err(), @"more elements than 0; bound the list");
}

#[test]
fn texts_of_another_type_are_refused() {
    let error = |value_type: &str, text: &str| parse(&wit(value_type), text).unwrap_err();
    insta::assert_snapshot!(error("u8", "300"), @"needs `u8`, such as `3`");
    insta::assert_snapshot!(error("u8", "1 2"), @r#"no WAVE text: trailing characters after value at 2..3; write a value such as `1.5`, `"text"` or `{field: 1}`"#);
    insta::assert_snapshot!(error("mode", "half"), @"no case, field or flag `half`; there are `off`, `on`");
    insta::assert_snapshot!(error("motor", "{duty: 1, speed: 2}"), @"no case, field or flag `speed`; there are `duty`, `at`, `mode`");
    insta::assert_snapshot!(error("motor", "{mode: on}"), @"field `duty` is missing; write it");
    insta::assert_snapshot!(error("list<motor>", "[{duty: x, mode: on}]"), @"`[0].duty`: needs `f32`, such as `12.5`");
    insta::assert_snapshot!(error("list<u8, 2>", "[1]"), @"needs 2 elements, has 1");
    insta::assert_snapshot!(error("options", "{loud}"), @"no case, field or flag `loud`; there are `fast`, `quiet`, `true`");
    insta::assert_snapshot!(error("order", "turn"), @"`turn`: needs `order`, such as `case` or `case(…)`");
    insta::assert_snapshot!(error("result<u8>", "err(1)"), @"needs `result<u8>`, such as `ok(…)` or `err(…)`");
    insta::assert_snapshot!(error("future<u8>", "1"), @"a `future` has no value outside its component; leave it out");
    insta::assert_snapshot!(error("u8", &"(".repeat(100_000)), @r#"no WAVE text: 100000 brackets inside each other; write a value such as `1.5`, `"text"` or `{field: 1}`"#);
}

#[test]
fn values_of_another_type_are_refused() {
    let error = |value_type: &str, value: Value| encode(&wit(value_type), &value).unwrap_err();
    insta::assert_snapshot!(error("u8", Value::Bool(true)), @"needs `u8`, such as `3`");
    insta::assert_snapshot!(error("mode", Value::Enum("half".into())), @"no case, field or flag `half`; there are `off`, `on`");
    insta::assert_snapshot!(error("motor", Value::Record(vec![])), @"field `duty` is missing; write it");
    insta::assert_snapshot!(error("list<u8, 2>", Value::List(vec![])), @"needs 2 elements, has 0");
    insta::assert_snapshot!(error("borrow<lamp>", Value::U32(1)), @"a `borrow` has no value outside its component; leave it out");
    insta::assert_snapshot!(error("list<mode>", Value::List(vec![Value::U8(1)])), @"`[0]`: needs `mode`, such as one of its cases");
}

#[test]
fn defaults() {
    for (value_type, text) in [
        ("f32", "0"),
        ("string", "\"\""),
        ("mode", "off"),
        ("order", "stop"),
        ("options", "{}"),
        ("motor", "{duty: 0, mode: off}"),
        ("list<u8, 2>", "[0, 0]"),
        ("result<u8, mode>", "ok(0)"),
        ("tuple<bool, option<u8>>", "(false, none)"),
    ] {
        assert_eq!(
            print(&default_value(&wit(value_type)).unwrap()),
            text,
            "{value_type}"
        );
    }
    assert_eq!(default_value(&wit("stream<u8>")), None);
    assert_eq!(default_value(&wit("own<lamp>")), None);
    assert_eq!(
        default_value(&wit("list<list<u8, 1000000>, 1000000>")),
        None
    );
}

#[test]
fn odd_texts_survive() {
    for text in ["\"\\\\\\\"\\t\\n\\u{1b} ' ü\"", "\"\"", "\"{[(\""] {
        let value = parse(&ValueType::String, text).unwrap();
        assert_eq!(parse(&ValueType::String, &print(&value)).unwrap(), value);
    }
    for value in [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        1e300,
        5e-324,
    ] {
        let text = print(&Value::F64(value));
        let Value::F64(back) = parse(&ValueType::F64, &text).unwrap() else {
            panic!()
        };
        assert!(
            back.to_bits() == value.to_bits() || back.is_nan() && value.is_nan(),
            "{text}"
        );
    }
    let words = ["true", "false", "inf", "nan", "some", "none", "ok", "err"];
    let keyword = named(TypeKind::Enum(words.map(str::to_owned).to_vec()));
    for word in words {
        let value = Value::Enum(word.to_owned());
        assert_eq!(parse(&keyword, &print(&value)).unwrap(), value, "{word}");
    }
}

fn typed_value() -> impl Strategy<Value = (ValueType, Value)> {
    any_type().prop_flat_map(|t| {
        let values = value_of(&t);
        (Just(t), values)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_carry_every_value((t, value) in typed_value()) {
        let bytes = encode(&t, &value).unwrap();
        prop_assert_eq!(decode(&t, &bytes).unwrap(), value);
        if let Some((_, shorter)) = bytes.split_last() {
            prop_assert!(decode(&t, shorter).is_err());
        }
    }

    #[test]
    fn text_carries_every_value((t, value) in typed_value()) {
        let text = print(&value);
        prop_assert_eq!(parse(&t, &text).map_err(|error| format!("{error}: {text}")).unwrap(), value);
    }

    #[test]
    fn garbage_bytes_are_an_answer(t in any_type(), bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = decode(&t, &bytes) {
            prop_assert_eq!(encode(&t, &value).unwrap(), bytes);
        }
    }

    #[test]
    fn garbage_texts_are_an_answer(t in any_type(), text in "[\\[\\](){}:,a-z0-9 \"'%.-]{0,24}|.*") {
        let _ = parse(&t, &text);
    }

    #[test]
    fn every_data_type_has_a_default(t in any_type()) {
        let value = default_value(&t).unwrap();
        prop_assert!(encode(&t, &value).is_ok());
    }
}
