//! Compiled partitions: what a device reads is there, what it does not read is not.
#![allow(clippy::unwrap_used, reason = "a test fails by panics")]

use exporter::compile::{CompileError, compile};
use object::{Object, ObjectSection, ObjectSymbol};

/// A component with one function, whose name is of no use on a device.
const NAMED: &str = r#"(component (core module $module
        (func $a-name-for-people (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $module))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))"#;

fn compiled() -> Vec<u8> {
    compile("p.wasm", &wat::parse_str(NAMED).unwrap()).unwrap()
}

/// As the engine makes it of the flattened partition.
fn precompiled() -> Vec<u8> {
    let config = ecu_host::microcontroller::engine_config().unwrap();
    let engine = wasmtime::Engine::new(&config).unwrap();
    let component = wat::parse_str(NAMED).unwrap();
    let module = exporter::native::flatten_for_engine("p.wasm", &component).unwrap();
    engine.precompile_module(&module).unwrap()
}

fn section(code: &[u8], name: &str) -> Option<Vec<u8>> {
    let file = object::File::parse(code).unwrap();
    Some(file.section_by_name(name)?.data().unwrap().to_vec())
}

#[test]
fn symbols_and_names_go_and_the_code_stays() {
    let (small, whole) = (compiled(), precompiled());
    let symbols = |code: &[u8]| {
        let file = object::File::parse(code).unwrap();
        let own = file.symbols().filter(|symbol| symbol.is_definition());
        own.count()
    };
    let has_name = |code: &[u8]| {
        let name = b"a-name-for-people";
        code.windows(name.len()).any(|found| found == name)
    };
    assert!(symbols(&whole) > 0);
    assert!(symbols(&small) == 0 && !has_name(&small));
    assert!(small.len() < whole.len());
    for name in [".text", ".wasmtime.engine", ".wasmtime.traps"] {
        let (before, after) = (section(&whole, name), section(&small, name));
        assert!(before.is_some(), "{name}");
        assert_eq!(after, before, "{name}");
    }
    assert!(section(&small, ".wasmtime.info").is_some());
}

/// That it runs is shown on the virtual boards: Pulley for 32 bits is no host's.
#[test]
fn the_engine_knows_it_as_a_module() {
    let kind = wasmtime::Engine::detect_precompiled(&compiled());
    assert!(matches!(kind, Some(wasmtime::Precompiled::Module)));
}

/// A component's own resource has a table in the engine that one module has not.
#[test]
fn what_one_module_cannot_be_is_refused_by_name() {
    let own_resource = r#"(component (type $r (resource (rep i32))) (export "r" (type $r)))"#;
    let error = compile("p.wasm", &wat::parse_str(own_resource).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`p.wasm` can not be compiled for microcontrollers: a component defines a resource of its own (a resource type); pass values instead of handles"
    );
}

#[test]
fn what_is_no_component_is_refused() {
    for (bytes, words) in [
        (&b"hello"[..], "`p.wasm` can not be"),
        (
            &b"\0asm\x0d\0\x01\0\x04\xff"[..],
            "`p.wasm` can not be read",
        ),
    ] {
        let error: CompileError = compile("p.wasm", bytes).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}
