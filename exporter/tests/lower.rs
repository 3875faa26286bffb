//! Lowering: what becomes of memories, what stays, and what cannot be lowered.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use exporter::{
    Component, boards,
    lower::{Access, Finding, LowerError, Memory, fit, lower, unfit},
};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

const PAGE: u64 = 65_536;

/// A component around one core module.
fn component(module: &str) -> Vec<u8> {
    let instance = "(core instance (instantiate $m))";
    wat::parse_str(format!("(component (core module $m {module}) {instance})")).unwrap()
}

/// Whether an engine with custom page sizes takes it.
fn validate(component: &[u8]) {
    let features = WasmFeatures::default() | WasmFeatures::CUSTOM_PAGE_SIZES;
    Validator::new_with_features(features)
        .validate_all(component)
        .unwrap();
}

const GUEST: &str = r#"(memory (export "memory") 1)
    (global $sp (mut i32) (i32.const 2048))
    (global (export "__heap_base") i32 (i32.const 2500))
    (data (i32.const 2048) "abc")
    (func (export "f") (result i32) (i32.load (i32.const 2048)))"#;

#[test]
fn a_memory_ends_where_the_heap_would_begin() {
    let lowered = lower(&component(GUEST)).unwrap();
    validate(&lowered.bytes);
    let memory = Memory {
        built_bytes: PAGE,
        bytes: 2_512,
    };
    assert_eq!(lowered.memories, [memory]);
    assert_eq!(lowered.memory_bytes(), 2_512);
    let memories: Vec<_> = memories(&lowered.bytes);
    assert_eq!(memories, [(2_512, Some(2_512), Some(0))]);
}

/// Minimum, maximum and page size (log2) of all memories.
fn memories(component: &[u8]) -> Vec<(u64, Option<u64>, Option<u32>)> {
    let payloads = Parser::new(0).parse_all(component).map(Result::unwrap);
    let found = payloads.flat_map(|payload| match payload {
        Payload::MemorySection(section) => section
            .into_iter()
            .map(|memory| memory.unwrap())
            .map(|memory| (memory.initial, memory.maximum, memory.page_size_log2))
            .collect(),
        _ => Vec::new(),
    });
    found.collect()
}

#[test]
fn everything_else_stays_byte_by_byte() {
    let built = component(GUEST);
    let lowered = lower(&built).unwrap().bytes;
    let others = |bytes: &[u8]| -> Vec<(u8, Vec<u8>)> {
        let payloads = Parser::new(0).parse_all(bytes).map(Result::unwrap);
        let sections = payloads.filter_map(|payload| payload.as_section());
        sections
            .filter(|(id, _)| *id != 5 && *id != 1)
            .map(|(id, range)| (id, bytes[range].to_vec()))
            .collect()
    };
    assert_eq!(others(&built), others(&lowered));
}

#[test]
fn lowering_twice_changes_nothing_more() {
    let once = lower(&component(GUEST)).unwrap().bytes;
    assert_eq!(lower(&once).unwrap().bytes, once);
}

#[test]
fn nested_components_are_lowered_too() {
    let nested = format!(
        "(component
            (component $outer
                (component $inner (core module $m {GUEST}) (core instance (instantiate $m)))
                (instance (instantiate $inner)))
            (instance (instantiate $outer))
            (core module $m {GUEST})
            (core instance (instantiate $m)))"
    );
    let lowered = lower(&wat::parse_str(nested).unwrap()).unwrap();
    validate(&lowered.bytes);
    assert_eq!(lowered.memory_bytes(), 2 * 2_512);
}

#[test]
fn data_behind_the_heap_base_keeps_its_place() {
    let module = GUEST.replace("(data (i32.const 2048)", "(data (i32.const 4094)");
    assert_eq!(lower(&component(&module)).unwrap().memory_bytes(), 4_112);
}

#[test]
fn a_module_that_says_nothing_keeps_its_pages_and_gets_no_more() {
    let lowered = lower(&component("(memory 2 10)")).unwrap();
    validate(&lowered.bytes);
    assert_eq!(lowered.memory_bytes(), 2 * PAGE);
    assert_eq!(
        memories(&lowered.bytes),
        [(2 * PAGE, Some(2 * PAGE), Some(0))]
    );
}

#[test]
fn a_module_that_declares_its_need_may_ask_for_more() {
    let module = r#"(memory 1) (func (drop (memory.grow (i32.const 1))))
        (@custom "wireloom:memory" "\e8\03\00\00")"#;
    let lowered = lower(&component(module)).unwrap();
    validate(&lowered.bytes);
    assert_eq!(lowered.memory_bytes(), 1_008);
}

#[test]
fn a_module_that_grows_its_memory_is_named_with_the_function() {
    let growing = r#"(memory 1) (func $looks (drop (memory.size)))
        (func $alloc::vec::grow (drop (memory.grow (i32.const 1))))"#;
    let cases = [
        (growing, Access::Grows, "alloc::vec::grow"),
        (
            "(memory 1) (func (drop (memory.size)))",
            Access::AsksSize,
            "function 0",
        ),
        (
            r#"(import "m" "f" (func)) (memory 1) (func (drop (memory.grow (i32.const 0))))"#,
            Access::Grows,
            "function 1",
        ),
    ];
    for (module, access, function) in cases {
        let finding = Finding::Asks {
            access,
            function: function.to_owned(),
        };
        let built = component(module);
        assert_eq!(lower(&built), Err(LowerError::Finding(finding.clone())));
        assert_eq!(fit(&built).findings, [finding]);
    }
}

#[test]
fn memories_that_microcontrollers_do_not_have_are_refused() {
    let cases = [
        ("(memory i64 1)", Finding::ForeignMemory),
        ("(memory 1 1 shared)", Finding::ForeignMemory),
        ("(memory 1) (memory 1)", Finding::ManyMemories),
        (r#"(import "m" "memory" (memory 1))"#, Finding::SharedMemory),
    ];
    for (module, finding) in cases {
        let built = component(module);
        let refused = Err(LowerError::Finding(finding.clone()));
        assert_eq!(lower(&built), refused, "{module}");
        assert_eq!(fit(&built).findings, [finding], "{module}");
    }
}

#[test]
fn what_is_asynchronous_is_refused() {
    let cases = [
        "(component (type (func async)))",
        "(component (type (stream u8)))",
        "(component (type (instance (type (future)))))",
        "(component (core func (canon task.cancel)))",
        "(component (core module $m (func (export \"f\")))
            (core instance $i (instantiate $m)) (type $t (func async))
            (func (type $t) (canon lift (core func $i \"f\") async)))",
    ];
    for text in cases {
        let built = wat::parse_str(text).unwrap();
        assert_eq!(fit(&built).findings, [Finding::Asynchronous], "{text}");
    }
    let resource =
        "(component (type $r (resource (rep i32))) (core func (canon resource.drop $r)))";
    assert_eq!(fit(&wat::parse_str(resource).unwrap()).findings, []);
}

#[test]
fn what_is_no_component_is_refused() {
    for bytes in [
        &b"\0asm\x0d\0\x01\0\x01\xff"[..],
        b"\0asm\x0d\0\x01\0\x04\x05\0\0",
    ] {
        assert!(matches!(lower(bytes), Err(LowerError::Unreadable { .. })));
        assert!(matches!(
            fit(bytes).findings[..],
            [Finding::Unreadable { .. }]
        ));
    }
}

#[test]
fn imports_that_a_board_does_not_serve_are_told_with_the_instances() {
    let built = wat::parse_str(
        r#"(component (import "wasi:i2c/i2c@0.2.0-draft" (instance))
            (import "autosar:can/controllers@0.1.0" (instance))
            (import "wasi:clocks/wall-clock@0.2.0" (instance)))"#,
    )
    .unwrap();
    let sensor = Component {
        name: "temperature-sensor".to_owned(),
        instances: vec!["inside".to_owned(), "outside".to_owned()],
        sha256: String::new(),
        size_bytes: 0,
        licenses: None,
        producers: Vec::new(),
    };
    let refused = |board: &str| -> Vec<String> {
        unfit(
            [(&sensor, built.as_slice())],
            &boards::board(board).unwrap(),
        )
        .iter()
        .map(ToString::to_string)
        .collect()
    };
    let words = |interface: &str, board: &str| {
        format!(
            "`inside`, `outside` (component `temperature-sensor`) imports `{interface}`, which board \
             `{board}` does not serve; connect it, or choose a board that has it"
        )
    };
    let (i2c, clock) = ("wasi:i2c/i2c@0.2.0-draft", "wasi:clocks/wall-clock@0.2.0");
    let small = "qemu-netduinoplus2";
    assert_eq!(refused(small), [words(clock, small), words(i2c, small)]);
    let larger = "qemu-mps2-an385";
    assert_eq!(refused(larger), [words(clock, larger)]);
    assert!(refused("linux-aarch64").is_empty());
}

#[test]
fn every_finding_says_what_to_do() {
    let findings = [
        Finding::Asks {
            access: Access::Grows,
            function: "dlmalloc::grow".to_owned(),
        },
        Finding::Asks {
            access: Access::AsksSize,
            function: "f".to_owned(),
        },
        Finding::Asynchronous,
        Finding::SharedMemory,
        Finding::ManyMemories,
        Finding::ForeignMemory,
        Finding::Unserved {
            interface: "wasi:i2c/i2c".to_owned(),
            board: "x".to_owned(),
        },
        Finding::Unreadable {
            reason: "r".to_owned(),
        },
    ];
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"));
}
