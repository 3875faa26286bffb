//! Partitions whose components wait for each other: what nobody answers ends its activation, and
//! those beside them are what they were.

use crate::support::*;
use simulator::SystemFiles;

/// A task that waits on an empty set of waitables.
const WAITS: &str = r#"(component
    (core module $memory (memory (export "memory") 1))
    (core instance $memory (instantiate $memory))
    (alias core export $memory "memory" (core memory $space))
    (core func $new (canon waitable-set.new))
    (core func $wait (canon waitable-set.wait (memory $space)))
    (core module $guest
        (import "" "new" (func $new (result i32)))
        (import "" "wait" (func $wait (param i32 i32) (result i32)))
        (func (export "step") (drop (call $wait (call $new) (i32.const 0)))))
    (core instance $guest (instantiate $guest
        (with "" (instance (export "new" (func $new)) (export "wait" (func $wait))))))
    (type $step (func async))
    (func (export "step") (type $step) (canon lift (core func $guest "step"))))"#;

/// `climate/main` waits; sender and receiver are beside it.
fn waiting(marked: bool) -> SystemFiles {
    let plain = guest("climate", "main").task("step", every(10 * MS), "");
    let table = plain.table.to_bytes();
    let mut files = system(&[plain, sender("other"), receiver("cockpit")]);
    let mut bytes = wat::parse_str(WAITS).unwrap();
    append_section(&mut bytes, &table);
    if marked {
        let name = deployment::CONCURRENCY.as_bytes();
        bytes.extend([0, name.len() as u8 + 1, name.len() as u8]);
        bytes.extend(name);
    }
    let hash = simulator::simulation::sha256_hex(&bytes);
    for ecu in &mut files.system.ecus {
        for partition in &mut ecu.partitions {
            if partition.file == "climate-main.wasm" {
                partition.sha256 = hash.clone();
            }
        }
    }
    files.partitions.insert("climate-main.wasm".into(), bytes);
    files
}

#[test]
fn a_wait_that_nobody_ends_is_an_incident_and_the_others_go_on() {
    let mut simulation = start(&waiting(true));
    run(&mut simulation, 15 * MS);
    let incidents = simulation.incidents();
    assert_eq!(incidents.len(), 2, "once each time it is due");
    let message = &incidents[0].message;
    assert!(
        message.ends_with("the function waits for what nothing in its partition gives within this activation; take what is there and end"),
        "{message}"
    );
    assert_eq!(simulation.summary().frames, 15);
}

#[test]
fn only_a_partition_that_says_so_gets_concurrency() {
    let refused = try_start(&waiting(false), Default::default());
    let error = refused.err().unwrap().to_string();
    assert!(error.contains("climate-main.wasm"), "{error}");
}

#[test]
fn partitions_beside_it_do_what_they_did() {
    let alone = system(&[
        guest("climate", "main").task("step", every(10 * MS), ""),
        sender("other"),
        receiver("cockpit"),
    ]);
    let frames = |files: &SystemFiles| {
        let mut simulation = start(files);
        run(&mut simulation, 50 * MS);
        lines(&simulation, "frame")
    };
    assert_eq!(frames(&waiting(true)), frames(&alone));
}
