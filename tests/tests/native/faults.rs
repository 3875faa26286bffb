//! A partition that traps or never ends stops or starts anew; the other one and the board go on.

use super::qemu::{Part, Port, image, run};
use deployment::{Ecu, Event, Limits, Partition, PartitionFile, Reaction, Runnable, System, Task};

fn timing(name: &str, priority: u32) -> Task {
    Task {
        name: name.into(),
        event: Event::Timing {
            period_ns: 10_000_000,
            offset_ns: 0,
        },
        priority,
        runnables: vec![0],
    }
}

/// A partition whose only task has this body; a global counts its calls.
fn partition(name: &str, body: &str, on_trap: Reaction) -> Part {
    let text = format!(
        r#"(component
            (import "wireloom:ecu/meter@0.1.0" (instance $meter
                (export "enter" (func (param "runnable" u32)))
                (export "leave" (func))))
            (core func $enter (canon lower (func $meter "enter")))
            (core func $leave (canon lower (func $meter "leave")))
            (core module $m
                (import "meter" "enter" (func $enter (param i32)))
                (import "meter" "leave" (func $leave))
                (memory 0)
                (global $calls (mut i32) (i32.const 0))
                (func (export "step")
                    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                    (call $enter (i32.const 0))
                    {body}
                    (call $leave)))
            (core instance $i (instantiate $m (with "meter" (instance
                (export "enter" (func $enter)) (export "leave" (func $leave))))))
            (func (export "step") (canon lift (core func $i "step"))))"#
    );
    let table = Partition {
        format: deployment::FORMAT,
        ecu: "ecu".into(),
        name: name.into(),
        instances: vec!["part".into()],
        runnables: vec![Runnable {
            instance: 0,
            function: "step".into(),
        }],
        tasks: vec![timing("step", 1)],
        elements: Vec::new(),
        pdus: Vec::new(),
        probes: Vec::new(),
        limits: Limits {
            memory_bytes: 65_536,
            fuel: 1_000_000,
        },
        on_trap,
    };
    (table, wat::parse_str(text).unwrap())
}

fn system(partitions: &[&Part]) -> System {
    let file = |part: &&Part| PartitionFile {
        name: part.0.name.clone(),
        file: format!("ecu-{}.wasm", part.0.name),
        sha256: String::new(),
    };
    System {
        format: deployment::FORMAT,
        name: "faults".into(),
        ecus: vec![Ecu {
            name: "ecu".into(),
            fuel_ps: 1_000,
            activation_ns: 5_000,
            partitions: partitions.iter().map(file).collect(),
        }],
        buses: Vec::new(),
        routes: Vec::new(),
    }
}

/// The log of a faulty partition beside a good one, up to its tenth good activation.
fn log(body: &str, on_trap: Reaction) -> Vec<String> {
    let faulty = partition("faulty", body, on_trap);
    let good = partition("good", "", Reaction::Restart);
    let system = system(&[&faulty, &good]);
    let image = image(&system, &[faulty, good], true);
    let mut count = 0;
    run(&image, Port::Log, None, |line| {
        count += usize::from(line.starts_with("task good step "));
        count == 10
    })
}

fn traps(log: &[String]) -> Vec<&String> {
    log.iter()
        .filter(|line| line.starts_with("trap: "))
        .collect()
}

#[test]
fn a_trap_restarts_its_partition_until_it_is_given_up() {
    let log = log("(unreachable)", Reaction::Restart);
    let traps = traps(&log);
    assert_eq!(traps.len(), 6, "{log:#?}");
    assert_eq!(
        traps[0],
        "trap: partition `faulty`, step, part.step: unreachable; it restarts"
    );
    assert!(
        traps[5].ends_with("unreachable; it is given up"),
        "{}",
        traps[5]
    );
    let starts = log
        .iter()
        .filter(|line| **line == "start: partition `faulty`");
    assert_eq!(starts.count(), 6);
}

#[test]
fn a_runaway_task_is_ended_by_the_timer() {
    let log = log("(loop $l (br $l))", Reaction::Stop);
    assert_eq!(
        traps(&log),
        ["trap: partition `faulty`, step, part.step: budget exhausted; it stops"]
    );
}

#[test]
fn each_kind_of_trap_has_its_name() {
    let cases = [
        ("(drop (i32.load (i32.const -1)))", "out of bounds"),
        (
            "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
            "division by zero",
        ),
        (
            "(call $enter (i32.const 7))",
            "a call with arguments that its table does not have",
        ),
    ];
    for (body, name) in cases {
        let log = log(body, Reaction::Stop);
        let expected = format!("trap: partition `faulty`, step, part.step: {name}; it stops");
        assert_eq!(traps(&log), [&expected], "{log:#?}");
    }
}

#[test]
fn a_task_within_its_budget_is_left_alone() {
    let body = "(global.set $calls (i32.const 1000))
        (loop $l
            (global.set $calls (i32.sub (global.get $calls) (i32.const 1)))
            (br_if $l (global.get $calls)))";
    let log = log(body, Reaction::Stop);
    assert_eq!(traps(&log), Vec::<&String>::new());
}
