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

/// A component with this core module, its task `go`.
fn core(module: &str) -> String {
    format!(
        r#"(component (core module $m {module})
            (core instance $i (instantiate $m))
            (func (export "go") (canon lift (core func $i "go"))))"#
    )
}

/// The same, with an intrinsic of the component model as its import.
fn intrinsic(definitions: &str, ty: &str) -> String {
    format!(
        r#"(component {definitions}
            (core module $m (import "host" "call" (func {ty})) (func (export "go")))
            (core instance $i (instantiate $m (with "host" (instance (export "call" (func $call))))))
            (func (export "go") (canon lift (core func $i "go"))))"#
    )
}

/// Two components that exchange a string, each in its encoding.
fn encodings(lift: &str, lower: &str) -> String {
    let text = LISTS.replace("(list u8)", "string");
    let text = text.replace(
        "(realloc (core func $i \"realloc\"))",
        &format!("(realloc (core func $i \"realloc\")) string-encoding={lift}"),
    );
    text.replace(
        "(memory (core memory $mi \"memory\"))",
        &format!("(memory (core memory $mi \"memory\")) string-encoding={lower}"),
    )
}

/// An asynchronous function of one component that another calls.
const ASYNC_BETWEEN: &str = r#"(component
    (component $callee
        (core module $m
            (func (export "run") (result i32) i32.const 0)
            (func (export "back") (param i32 i32 i32) (result i32) i32.const 0))
        (core instance $i (instantiate $m))
        (func (export "run") async (canon lift (core func $i "run") async
            (callback (core func $i "back")))))
    (instance $c (instantiate $callee))
    (component $caller
        (import "run" (func $run async))
        (core func $run (canon lower (func $run)))
        (core module $m (import "out" "run" (func $run)) (func (export "go") call $run))
        (core instance $i (instantiate $m (with "out" (instance (export "run" (func $run))))))
        (func (export "go") (canon lift (core func $i "go"))))
    (instance $a (instantiate $caller (with "run" (func $c "run"))))
    (export "go" (func $a "go")))"#;

const HOST_STRING: &str = r#"(component
    (import "wireloom:ecu/buses@0.1.0" (instance $buses
        (export "open-can" (func (param "name" string)))))
    (core module $memory (memory (export "memory") 1))
    (core instance $mi (instantiate $memory))
    (core func $call (canon lower (func $buses "open-can") (memory (core memory $mi "memory"))))
    (core module $m (import "host" "call" (func (param i32 i32))) (func (export "go")))
    (core instance $i (instantiate $m (with "host" (instance (export "call" (func $call))))))
    (func (export "go") (canon lift (core func $i "go"))))"#;

/// What is refused, and a component that has it.
fn refused() -> Vec<(&'static str, String)> {
    let clock = |name| CLOCK.replace("wireloom:ecu/clock@0.1.0", name);
    let utf16_host = HOST_STRING
        .replace("open-can", "open-i2c")
        .replace(
            "(param \"name\" string)",
            "(param \"name\" string) (result u32)",
        )
        .replace(
            "(func (param i32 i32))",
            "(func (param i32 i32) (result i32))",
        )
        .replace("\"memory\")))", "\"memory\")) string-encoding=utf16)");
    let resource = "(type $r (resource (rep i32)))";
    vec![
        ("unserved interface", clock("wasi:sockets/tcp@0.2.0")),
        ("unserved version", clock("wireloom:ecu/clock@0.2.0")),
        ("unserved function", HOST_STRING.to_owned()),
        (
            "async import",
            intrinsic(
                r#"(import "wireloom:ecu/clock@0.1.0" (instance $clock
                (export "now" (func (result u64)))))
            (core module $memory (memory (export "memory") 1))
            (core instance $mi (instantiate $memory))
            (core func $call (canon lower (func $clock "now") async
                (memory (core memory $mi "memory"))))"#,
                "(param i32) (result i32)",
            ),
        ),
        (
            "async export",
            core("(func (export \"go\"))").replace(
                "(func (export \"go\") (canon lift (core func $i \"go\"))))",
                "(func (export \"go\") async (canon lift (core func $i \"go\") async)))",
            ),
        ),
        ("async call between components", ASYNC_BETWEEN.to_owned()),
        (
            "stream",
            intrinsic(
                "(type $s (stream u8)) (core func $call (canon stream.new $s))",
                "(result i64)",
            ),
        ),
        (
            "future",
            intrinsic(
                "(type $f (future u8)) (core func $call (canon future.new $f))",
                "(result i64)",
            ),
        ),
        (
            "waitable set",
            intrinsic("(core func $call (canon waitable-set.new))", "(result i32)"),
        ),
        (
            "yield",
            intrinsic("(core func $call (canon thread.yield))", "(result i32)"),
        ),
        (
            "task return",
            intrinsic("(core func $call (canon task.return))", ""),
        ),
        (
            "resource.new",
            intrinsic(
                &format!("{resource} (core func $call (canon resource.new $r))"),
                "(param i32) (result i32)",
            ),
        ),
        (
            "resource.rep",
            intrinsic(
                &format!("{resource} (core func $call (canon resource.rep $r))"),
                "(param i32) (result i32)",
            ),
        ),
        (
            "resource type",
            intrinsic(
                &format!("{resource} (core func $call (canon resource.drop $r))"),
                "(param i32)",
            ),
        ),
        ("utf-8 to utf-16", encodings("utf16", "utf8")),
        ("utf-16 to utf-8", encodings("utf8", "utf16")),
        ("utf-16 on both sides", encodings("utf16", "utf16")),
        ("utf-8 to latin-1", encodings("latin1+utf16", "utf8")),
        ("latin-1 to utf-8", encodings("utf8", "latin1+utf16")),
        ("utf-16 to the host", utf16_host),
        (
            "SIMD",
            core("(func (export \"go\") (drop (v128.const i32x4 0 0 0 0)))"),
        ),
        (
            "passive data",
            core(
                "(memory 1) (data $d \"x\") (func (export \"go\")
                (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))",
            ),
        ),
        (
            "passive elements",
            core(
                "(table 1 funcref) (elem $e func $f) (func $f (export \"go\")
                (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)))",
            ),
        ),
        (
            "table.copy",
            core(
                "(table 2 funcref) (func (export \"go\")
                (table.copy (i32.const 0) (i32.const 1) (i32.const 1)))",
            ),
        ),
        (
            "table.grow",
            core(
                "(table 1 funcref) (func (export \"go\")
                (drop (table.grow (ref.null func) (i32.const 1))))",
            ),
        ),
        (
            "64-bit memory",
            core("(memory i64 1) (func (export \"go\"))"),
        ),
        (
            "shared memory",
            core("(memory 1 1 shared) (func (export \"go\"))"),
        ),
        (
            "tail call",
            core("(func $f) (func (export \"go\") (return_call $f))"),
        ),
        (
            "exception",
            core("(tag $t) (func (export \"go\") (throw $t))"),
        ),
        (
            "imported core module",
            r#"(component
            (import "m" (core module $m (export "go" (func))))
            (core instance $i (instantiate $m))
            (func (export "go") (canon lift (core func $i "go"))))"#
                .to_owned(),
        ),
    ]
}

/// Each refusal names what was met and says what to do.
#[test]
fn what_is_not_covered_is_refused_by_name() {
    let mut told = String::new();
    for (name, text) in refused() {
        let bytes = wat::parse_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let refusal = match flatten("main", &bytes) {
            Ok(_) => "TAKEN".to_owned(),
            Err(refusal) => refusal.to_string(),
        };
        told += &format!("{name}: {refusal}\n");
    }
    assert!(!told.contains("TAKEN"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn bytes_that_are_no_component_are_refused() {
    for bytes in [b"\0asm".as_slice(), b"\0asm\x01\0\0\0", b""] {
        assert!(matches!(
            flatten("main", bytes),
            Err(NativeFinding::Invalid { .. })
        ));
    }
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
fn every_served_function_is_in_the_header_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("native");
    let header = std::fs::read_to_string(folder.join("imports.h")).unwrap();
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
