//! The native path: what is flattened, what is refused by name, and that the runtime's sources are
//! those that a project gets.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use exporter::native::{Does, Flattened, NativeFinding, SERVED, Value, flatten};
use std::{collections::BTreeSet, path::Path};

fn flat(text: &str) -> Result<Flattened, NativeFinding> {
    flatten("main", &wat::parse_str(text).unwrap())
}

/// Validates as core WebAssembly with several memories, and prints it.
fn printed(flattened: &Flattened) -> String {
    let features = wasmparser::WasmFeatures::default();
    wasmparser::Validator::new_with_features(features)
        .validate_all(&flattened.module)
        .unwrap();
    let mut names = String::new();
    for payload in wasmparser::Parser::new(0).parse_all(&flattened.module) {
        if let wasmparser::Payload::ExportSection(exports) = payload.unwrap() {
            for export in exports {
                names += export.unwrap().name;
                names += " ";
            }
        }
    }
    names
}

const CLOCK: &str = r#"(component
    (import "wireloom:ecu/clock@0.1.0" (instance $clock (export "now" (func (result u64)))))
    (core func $now (canon lower (func $clock "now")))
    (core module $m
        (import "clock" "now" (func $now (result i64)))
        (func (export "tick") call $now drop))
    (core instance $i (instantiate $m (with "clock" (instance (export "now" (func $now))))))
    (func (export "tick") (canon lift (core func $i "tick"))))"#;

#[test]
fn an_import_becomes_a_call_of_the_host() {
    let flattened = flat(CLOCK).unwrap();
    assert_eq!(flattened.tasks, ["tick"]);
    assert_eq!(printed(&flattened), "task0 flags0 ");
    let [call] = flattened.calls.as_slice() else {
        panic!("{:?}", flattened.calls)
    };
    assert_eq!(call.result, Some(Value::I64));
    let Does::Function {
        interface,
        function,
    } = &call.does
    else {
        panic!("{call:?}")
    };
    assert_eq!(
        (interface.as_str(), function.as_str()),
        ("wireloom:ecu/clock@0.1.0", "now")
    );
}

/// Two components with a memory each; a list goes from one to the other by the engine's adapter.
const LISTS: &str = r#"(component
    (component $sink
        (core module $m
            (memory (export "memory") 1)
            (global $top (mut i32) (i32.const 64))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (global.get $top))
                (global.set $top (i32.add (global.get $top) (local.get 3)))
                (local.get $at))
            (func (export "put") (param i32 i32)))
        (core instance $i (instantiate $m))
        (func (export "put") (param "bytes" (list u8))
            (canon lift (core func $i "put") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
    (instance $s (instantiate $sink))
    (component $source
        (import "put" (func $put (param "bytes" (list u8))))
        (core module $memory (memory (export "memory") 1) (data (i32.const 8) "abc"))
        (core instance $mi (instantiate $memory))
        (core func $put (canon lower (func $put) (memory (core memory $mi "memory"))))
        (core module $m
            (import "out" "put" (func $put (param i32 i32)))
            (func (export "go") (call $put (i32.const 8) (i32.const 3))))
        (core instance $i (instantiate $m (with "out" (instance (export "put" (func $put))))))
        (func (export "go") (canon lift (core func $i "go"))))
    (instance $a (instantiate $source (with "put" (func $s "put"))))
    (export "go" (func $a "go")))"#;

#[test]
fn lists_between_components_need_nothing_of_the_host() {
    let flattened = flat(LISTS).unwrap();
    assert_eq!(flattened.tasks, ["go"]);
    assert_eq!(flattened.memory_bytes, [65_536, 65_536]);
    printed(&flattened);
    // Only the adapter's traps are left.
    assert!(flattened.calls.iter().all(|call| call.does == Does::Trap));
}

#[test]
fn no_copy_between_memories_is_left_to_the_translator() {
    let flattened = flat(LISTS).unwrap();
    for payload in wasmparser::Parser::new(0).parse_all(&flattened.module) {
        if let wasmparser::Payload::CodeSectionEntry(body) = payload.unwrap() {
            for operator in body.get_operators_reader().unwrap() {
                if let wasmparser::Operator::MemoryCopy { dst_mem, src_mem } = operator.unwrap() {
                    assert_eq!(dst_mem, src_mem);
                }
            }
        }
    }
}

#[test]
fn the_same_partition_gives_the_same_bytes() {
    assert_eq!(flat(LISTS).unwrap(), flat(LISTS).unwrap());
}

fn refusal(text: &str) -> String {
    flat(text).unwrap_err().to_string()
}

#[test]
fn an_import_that_nobody_serves_is_named() {
    let text = CLOCK.replace("wireloom:ecu/clock@0.1.0", "wasi:sockets/tcp@0.2.0");
    insta::assert_snapshot!(refusal(&text), @"partition `main` imports `wasi:sockets/tcp@0.2.0#now`, which the native path does not serve; use the Pulley image, or leave the call out");
}

#[test]
fn a_resource_of_a_component_is_refused() {
    let text = r#"(component
        (type $r (resource (rep i32)))
        (core func $new (canon resource.new $r))
        (core module $m (import "r" "new" (func $new (param i32) (result i32)))
            (func (export "go") (drop (call $new (i32.const 1)))))
        (core instance $i (instantiate $m (with "r" (instance (export "new" (func $new))))))
        (func (export "go") (canon lift (core func $i "go"))))"#;
    insta::assert_snapshot!(refusal(text), @"partition `main` defines a resource (resource.new): only handles of buses are covered by the native path; use the Pulley image, or pass values instead of handles");
}

#[test]
fn strings_of_different_encodings_are_refused() {
    let text = LISTS.replace("(list u8)", "string").replace(
        "(realloc (core func $i \"realloc\"))",
        "(realloc (core func $i \"realloc\")) string-encoding=utf16",
    );
    insta::assert_snapshot!(refusal(&text), @"partition `main` joins components with different string encodings (utf8-to-utf16): the native path covers UTF-8 on both sides; build both with UTF-8 strings");
}

#[test]
fn strings_of_utf_8_are_copied_by_the_host() {
    let flattened = flat(&LISTS.replace("(list u8)", "string")).unwrap();
    let copies = flattened
        .calls
        .iter()
        .filter(|call| matches!(call.does, Does::CopyUtf8 { .. }));
    assert_eq!(copies.count(), 1);
}

#[test]
fn a_passive_segment_is_refused() {
    let text = r#"(component
        (core module $m (memory 1) (data $d "x")
            (func (export "go") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))))
        (core instance $i (instantiate $m))
        (func (export "go") (canon lift (core func $i "go"))))"#;
    insta::assert_snapshot!(refusal(text), @"partition `main` uses `memory.init`, which the native path does not cover; build its components for the mcu profile");
}

#[test]
fn vectors_and_broken_bytes_are_refused() {
    let vectors = r#"(component
        (core module $m (func (export "go") (drop (v128.const i32x4 0 0 0 0))))
        (core instance $i (instantiate $m))
        (func (export "go") (canon lift (core func $i "go"))))"#;
    assert!(
        refusal(vectors).contains("cannot be flattened"),
        "{}",
        refusal(vectors)
    );
    assert!(matches!(
        flatten("main", b"\0asm"),
        Err(NativeFinding::Invalid { .. })
    ));
}

#[test]
fn every_served_function_is_in_the_header_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("native");
    let header = std::fs::read_to_string(folder.join("wireloom.h")).unwrap();
    for served in SERVED {
        let declaration = format!(" {}(const wl_caller_t *c", served.symbol);
        let declared = header.matches(&declaration);
        assert_eq!(declared.count(), 1, "{}", served.symbol);
    }
    let pairs: Vec<_> = SERVED
        .iter()
        .map(|one| (one.interface, one.function))
        .collect();
    let unique: BTreeSet<_> = pairs.iter().collect();
    assert_eq!(unique.len(), pairs.len());
}

#[test]
fn every_source_of_the_folder_goes_into_a_project() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(folder.join("src/native/runtime.rs")).unwrap();
    let mut folders = vec![folder.join("native")];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(folder).unwrap().display().to_string();
            assert!(
                list.contains(&format!("\"../../{relative}\"")),
                "{relative}"
            );
        }
    }
}
