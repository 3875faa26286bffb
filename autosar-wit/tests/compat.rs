//! The type difference: complete, with paths, empty exactly where the types link.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod common;

use autosar_wit::compat::{
    Difference, DifferenceKind, Fix, difference, function_difference, value_difference,
};
use autosar_wit::read;
use autosar_wit::types::{Function, FunctionKind, Interface, TypeKind, ValueType};
use common::{any_type, named};
use proptest::prelude::*;

/// The interface `i` of a package with this body.
fn interface(version: &str, body: &str) -> Interface {
    let text = format!("package a:b@{version}; interface speed {{ {body} }}");
    let packages = read::wit_packages(&[("a.wit", &text)]).unwrap();
    (*packages[0].interfaces[0]).clone()
}

fn between(required: &str, provided: &str) -> Vec<Difference> {
    difference(&interface("1.0.0", required), &interface("1.0.0", provided))
}

fn lines(differences: &[Difference]) -> String {
    let lines: Vec<String> = differences
        .iter()
        .map(|one| format!("{one} {:?} {:?}", one.kind, one.fixes))
        .collect();
    lines.join("\n")
}

#[test]
fn every_difference_at_once_with_its_path() {
    let found = between(
        "record reading { kmh: f32, age: u32, at: option<u8> }
         enum rx-error { invalid, timeout }
         variant order { stop, turn(s16) }
         flags options { fast, quiet }
         get: func() -> result<reading, rx-error>;
         drive: func(order: order, options: options, n: list<u8>);
         wait: async func();
         now: func() -> u64;
         lost: func(a: u8);",
        "record reading { kmh: u32, at: option<u16>, extra: bool }
         enum rx-error { timeout, invalid }
         variant order { stop(u8), turn }
         flags options { fast, loud }
         get: func() -> result<reading, rx-error>;
         drive: func(order: order, options: options, m: list<u8>);
         wait: func();
         now: func();
         more: func();",
    );
    insta::assert_snapshot!(lines(&found), @r#"
speed.get → result ok → field kmh: needs `f32`, is given `u32` Type [InsertAdapter]
speed.get → result ok → field age: needs `age: u32`, is given nothing Members [InsertAdapter]
speed.get → result ok → field at → some: needs `u8`, is given `u16` Type [InsertAdapter]
speed.get → result ok → field extra: needs nothing, is given `extra: bool` Members [InsertAdapter]
speed.get → result err: needs `invalid, timeout`, is given `timeout, invalid` Members [InsertAdapter]
speed.drive → parameter order → case stop: needs nothing, is given `u8` Payload [InsertAdapter]
speed.drive → parameter order → case turn: needs `s16`, is given nothing Payload [InsertAdapter]
speed.drive → parameter options → flag quiet: needs `quiet`, is given `loud` Members [InsertAdapter, RenameLabel]
speed.drive → parameter n: needs `n: list<u8>`, is given `m: list<u8>` Parameters [InsertAdapter, RenameLabel]
speed.wait: needs `async func()`, is given `func()` Async []
speed.now → result: needs `u64`, is given nothing Result [InsertAdapter]
speed.lost: needs `lost: func(a: u8)`, is given nothing FunctionMissing []
"#);
}

#[test]
fn paths_read_as_in_a_sentence() {
    let found = between(
        "record reading { kmh: f32 } get: func() -> result<reading, u8>;",
        "record reading { kmh: u32 } get: func() -> result<reading, u8>;",
    );
    assert_eq!(found.len(), 1, "{}", lines(&found));
    assert_eq!(
        found[0].path.to_string(),
        "speed.get → result ok → field kmh"
    );
    assert_eq!(
        (found[0].required.as_str(), found[0].provided.as_str()),
        ("f32", "u32")
    );
    assert_eq!(found[0].kind, DifferenceKind::Type);
}

#[test]
fn a_provider_may_have_more_and_use_other_names_for_types() {
    let found = between(
        "record reading { kmh: f32 } get: func() -> reading;",
        "record reading { kmh: f32 } type other = reading; get: func() -> other; more: func();",
    );
    assert_eq!(found, [], "{}", lines(&found));
    let reverse = between("get: func() -> u8; more: func();", "get: func() -> u8;");
    assert_eq!(reverse.len(), 1);
    assert_eq!(reverse[0].kind, DifferenceKind::FunctionMissing);
}

#[test]
fn compound_types_are_looked_into() {
    let found = between(
        "f: func(a: tuple<u8, u16>, b: list<u8, 4>, c: map<string, u8>, d: stream<u8>, e: future);",
        "f: func(a: tuple<u8, u32>, b: list<u8, 5>, c: map<u8, u8>, d: stream, e: future<u8>);",
    );
    insta::assert_snapshot!(lines(&found), @r#"
speed.f → parameter a → item 1: needs `u16`, is given `u32` Type [InsertAdapter]
speed.f → parameter b: needs `list<u8, 4>`, is given `list<u8, 5>` Length [InsertAdapter]
speed.f → parameter c → key: needs `string`, is given `u8` Type [InsertAdapter]
speed.f → parameter d → payload: needs `u8`, is given nothing Payload []
speed.f → parameter e → payload: needs nothing, is given `u8` Payload []
"#);
}

#[test]
fn resources_compare_by_name() {
    let body =
        "resource lamp { constructor(w: u32); shine: func() -> f32; } lend: func(l: borrow<lamp>);";
    assert_eq!(between(body, body), []);
    let found = between(body, &body.replace("lamp", "torch"));
    assert!(!found.is_empty());
    assert!(
        found.iter().any(|one| one.kind == DifferenceKind::Resource),
        "{}",
        lines(&found)
    );
    let moved = between(body, &body.replace("shine: func", "shine: static func"));
    assert_eq!(moved[0].path.to_string(), "speed.lamp.shine");
}

#[test]
fn versions_and_fixes_come_along() {
    let found = difference(
        &interface("1.0.0", "get: func() -> u8;"),
        &interface("2.0.0", "fetch: func() -> u8;"),
    );
    assert_eq!(
        found[0].required_version.as_ref().unwrap().to_string(),
        "1.0.0"
    );
    assert_eq!(
        found[0].provided_version.as_ref().unwrap().to_string(),
        "2.0.0"
    );
    assert_eq!(
        found[0].fixes,
        [Fix::PickVersion, Fix::RenameLabel, Fix::MakeBuffered]
    );
    let status = between("get: func() -> f32;", "get: func() -> result<f32, u8>;");
    assert_eq!(status[0].fixes, [Fix::InsertAdapter, Fix::MakeBuffered]);
    let late = between("get: func() -> f32;", "get: async func() -> f32;");
    assert_eq!(
        (late[0].kind, late[0].fixes.as_slice()),
        (DifferenceKind::Async, [].as_slice())
    );
}

#[test]
fn a_type_that_is_only_exported_counts_too() {
    let found = between("record r { a: u8 } enum e { x }", "record r { a: u16 }");
    insta::assert_snapshot!(lines(&found), @r#"
speed.r → field a: needs `u8`, is given `u16` Type [InsertAdapter]
speed.e: needs `enum e`, is given nothing TypeMissing [InsertAdapter]
"#);
}

/// The type with one thing changed in it; `seed` chooses what.
fn mutated(value_type: &ValueType, seed: usize) -> ValueType {
    use ValueType as T;
    let deeper = seed / 3;
    match value_type {
        T::List(t) if !seed.is_multiple_of(3) => T::List(Box::new(mutated(t, deeper))),
        T::FixedList(t, n) if seed % 3 == 1 => T::FixedList(t.clone(), n + 1),
        T::FixedList(t, n) if seed % 3 == 2 => T::FixedList(Box::new(mutated(t, deeper)), *n),
        T::Option(t) if !seed.is_multiple_of(3) => T::Option(Box::new(mutated(t, deeper))),
        T::Result { ok: Some(ok), err } if seed % 3 == 1 => T::Result {
            ok: Some(Box::new(mutated(ok, deeper))),
            err: err.clone(),
        },
        T::Result { ok, err: Some(_) } if seed % 3 == 2 => T::Result {
            ok: ok.clone(),
            err: None,
        },
        T::Tuple(members) => {
            let mut members = members.clone();
            let at = seed % (members.len() + 1);
            match members.get_mut(at) {
                Some(member) => *member = mutated(member, deeper),
                None => members.push(T::Bool),
            }
            T::Tuple(members)
        }
        T::Named(definition) => match &definition.kind {
            TypeKind::Alias(t) => named(TypeKind::Alias(mutated(t, seed))),
            TypeKind::Enum(names) => named(TypeKind::Enum(changed(names, seed))),
            TypeKind::Flags(names) => named(TypeKind::Flags(changed(names, seed))),
            TypeKind::Record(fields) => {
                let mut fields = fields.clone();
                let at = seed % fields.len();
                match seed % 2 {
                    0 => fields[at].name.push('z'),
                    _ => fields[at].value = mutated(&fields[at].value, deeper),
                }
                named(TypeKind::Record(fields))
            }
            TypeKind::Variant(cases) => {
                let mut cases = cases.clone();
                let at = seed % cases.len();
                cases[at].value = match cases[at].value.take() {
                    None => Some(T::U8),
                    Some(value) if seed.is_multiple_of(2) => Some(mutated(&value, deeper)),
                    Some(_) => None,
                };
                named(TypeKind::Variant(cases))
            }
            TypeKind::Resource => T::Bool,
        },
        T::Bool => T::U8,
        _ => T::Bool,
    }
}

fn changed(names: &[String], seed: usize) -> Vec<String> {
    let mut names = names.to_vec();
    match seed % 3 {
        0 => names.push("zz".into()),
        1 => names[0].push('z'),
        _ if names.len() > 1 => names.swap(0, 1),
        _ => names[0].push('y'),
    }
    names
}

fn getter(result: ValueType) -> Function {
    Function {
        name: "get".into(),
        kind: FunctionKind::Free,
        parameters: vec![],
        result: Some(result),
        is_async: false,
        docs: String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_type_differs_in_nothing_from_itself(t in any_type()) {
        prop_assert_eq!(value_difference(&t, &t.clone()), vec![]);
        prop_assert_eq!(function_difference(&getter(t.clone()), &getter(t)), vec![]);
    }

    #[test]
    fn a_mutated_type_differs_with_a_path(t in any_type(), seed in 0_usize..10_000) {
        let other = mutated(&t, seed);
        let found = function_difference(&getter(t.clone()), &getter(other.clone()));
        prop_assert!(!found.is_empty(), "{:?}", other);
        let back = function_difference(&getter(other), &getter(t));
        prop_assert!(!back.is_empty());
        for one in found {
            prop_assert!(one.path.0.len() > 1 && one.required != one.provided, "{}", one);
        }
    }
}
