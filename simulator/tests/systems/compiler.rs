//! Components that break the engine's compiler, and the cache of what it has compiled.

use crate::support::*;
use simulator::{Options, Programs, Simulation};
use std::sync::Arc;

/// One component that joins so many memories that an adapter module of the engine cannot hold them.
fn many_memories(count: usize) -> Vec<u8> {
    let mut text = String::from(
        r#"(component
        (component $leaf
            (core module $m
                (memory (export "memory") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
                (func (export "f") (param i32 i32)))
            (core instance $i (instantiate $m))
            (func (export "f") (param "x" (list u8))
                (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
        (component $user
            (core module $m (memory (export "memory") 1))
            (core instance $i (instantiate $m))"#,
    );
    let each = |line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    text += &each(&|n| format!(r#"(import "f{n}" (func $f{n} (param "x" (list u8))))"#));
    text += &each(&|n| {
        format!(
            r#"(core func $c{n} (canon lower (func $f{n}) (memory (core memory $i "memory"))))"#
        )
    });
    text += "(core module $use";
    text += &each(&|n| format!(r#"(import "" "f{n}" (func (param i32 i32)))"#));
    text += ")(core instance (instantiate $use (with \"\" (instance";
    text += &each(&|n| format!(r#"(export "f{n}" (func $c{n}))"#));
    text += "))))";
    text += ")";
    text += &each(&|n| format!("(instance $leaf{n} (instantiate $leaf))"));
    text += "(instance (instantiate $user";
    text += &each(&|n| format!(r#"(with "f{n}" (func $leaf{n} "f"))"#));
    text += ")))";
    wat::parse_str(text).unwrap()
}

fn with_component(count: usize) -> simulator::SystemFiles {
    let mut files = system(&[guest("climate", "app")]);
    let mut bytes = many_memories(count);
    append_section(&mut bytes, &guest("climate", "app").table.to_bytes());
    files.partitions.insert("climate-app.wasm".into(), bytes);
    files
}

#[test]
fn a_component_that_makes_the_compiler_panic_is_an_error() {
    assert!(try_start(&with_component(20), Options::default()).is_ok());
    let refusal = try_start(&with_component(120), Options::default()).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "partition file `climate-app.wasm` makes the compiler panic; give its ECU more partitions with fewer instances each"
    );
    // The engine works on.
    assert!(try_start(&with_component(21), Options::default()).is_ok());
}

#[test]
fn what_is_compiled_once_is_found_again() {
    let programs = Programs::new().unwrap();
    assert!(programs.is_empty());
    let files = Arc::new(system(&[
        sender("climate"),
        sender("cockpit"),
        receiver("roof"),
    ]));
    for _ in 0..3 {
        Simulation::with_programs(files.clone(), Options::default(), &programs).unwrap();
    }
    assert_eq!(programs.len(), 3);
}
