//! Partitions that do not fit, and what is said about them.

use deployment::{Event, Partition};
use ecu_host::{Code, Ecu, LoadError};
use wasmtime::{Config, Engine};

use crate::support::*;

fn refusal(component: &Code, table: Partition) -> String {
    let error: LoadError = ecu().add(component, table).unwrap_err();
    error.to_string()
}

fn from_text(engine: &Engine, text: &str) -> Code {
    code(engine, &wat::parse_str(text).unwrap())
}

fn good() -> Partition {
    table("p", vec![task("t", every(100), 0)])
}

#[test]
fn a_table_that_points_past_its_end_is_refused() {
    let component = empty_tasks(&["t"]);
    let with = |change: fn(&mut Partition)| {
        let mut table = good();
        change(&mut table);
        refusal(&component, table)
    };
    let again = "; compose the project again";
    assert_eq!(
        with(|table| table.tasks[0].runnables = vec![0, 4]),
        format!("`task t` of partition `p` names runnable 4, there are 1{again}")
    );
    assert_eq!(
        with(|table| table.runnables[0].instance = 1),
        format!("`runnable step` of partition `p` names instance 1, there are 1{again}")
    );
    assert_eq!(
        with(|table| table.tasks[0].event = on_element(0)),
        format!("`task t` of partition `p` names element 0, there are 0{again}")
    );
    assert_eq!(
        with(|table| table.tasks[0].event = on_pdu(2)),
        format!("`task t` of partition `p` names PDU 2, there are 0{again}")
    );
    assert_eq!(
        with(|table| table.tasks[0].event = every(0)),
        "task `t` of partition `p` has a period of 0; give it one"
    );
    assert_eq!(
        with(|table| table.tasks.push(task("t", Event::Init, 0))),
        format!("partition `p` has two tasks `t`{again}")
    );
}

#[test]
fn a_task_needs_its_export() {
    let words = "partition `p` does not export `t` as a function without parameters and results; compose the project again";
    assert_eq!(refusal(&empty_tasks(&["u"]), good()), words);
    let text = r#"(component
        (core module $m (func (export "f") (result i32) i32.const 0))
        (core instance $i (instantiate $m))
        (func (export "t") (result u32) (canon lift (core func $i "f"))))"#;
    assert_eq!(refusal(&from_text(&engine(), text), good()), words);
}

#[test]
fn names_of_partitions_are_their_own() {
    let mut ecu = ecu();
    ecu.add(&empty_tasks(&["t"]), good()).unwrap();
    let message = ecu
        .add(&empty_tasks(&["t"]), good())
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "the ECU has a partition `p` already; give one of them another name"
    );
}

#[test]
fn imports_that_no_ecu_serves_are_named() {
    for import in ["acme:unknown/thing@1.0.0", "wasi:late/things@0.3.0"] {
        let body = format!("(import \"{import}\" \"go\" (func)) (func (export \"t\"))");
        let message = refusal(&component(&[import], &["t"], &body), good());
        // A flattened module imports functions.
        let named = match cfg!(feature = "component") {
            true => import.to_owned(),
            false => format!("{import}#go"),
        };
        let words = format!(
            "partition `p` imports `{named}`, which an ECU does not serve; connect or stub it"
        );
        assert_eq!(message, words);
    }
}

/// A flattened module imports what it calls only.
#[cfg(feature = "component")]
#[test]
fn a_function_at_the_root_that_no_ecu_serves_is_named() {
    let text = r#"(component (import "plain" (func)) (core module $m (func (export "f")))
        (core instance $i (instantiate $m)) (func (export "t") (canon lift (core func $i "f"))))"#;
    let message = refusal(&from_text(&engine(), text), good());
    assert!(
        message.contains("imports `plain`, which an ECU does not serve"),
        "{message}"
    );
}

/// A flattened module has core types only.
#[cfg(feature = "component")]
#[test]
fn an_interface_of_other_types_is_refused() {
    let text = r#"(component
        (import "wireloom:ecu/clock@0.1.0" (instance (export "now" (func (result string)))))
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m)) (func (export "t") (canon lift (core func $i "f"))))"#;
    let message = refusal(&from_text(&engine(), text), good());
    assert!(
        message.starts_with("partition `p` can not be linked: "),
        "{message}"
    );
    assert!(message.contains("`now`"), "{message}");
}

#[test]
fn an_engine_without_fuel_is_refused() {
    let engine = Engine::new(Config::new().concurrency_support(false)).unwrap();
    let text = r#"(component (core module $m (func (export "f")))
        (core instance $i (instantiate $m)) (func (export "t") (canon lift (core func $i "f"))))"#;
    let component = from_text(&engine, text);
    let message = Ecu::new(&engine, settings(), Desk::default())
        .add(&component, good())
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "the engine counts no fuel; make it with `ecu_host::engine_config`"
    );
}
