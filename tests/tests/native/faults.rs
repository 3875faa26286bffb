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

/// What a partition does, and what follows when it must not.
struct Faulty<'a> {
    /// More of its module.
    module: &'a str,
    /// Of its only task.
    body: &'a str,
    fuel: u64,
    on_trap: Reaction,
}

const FUEL: u64 = 1_000_000;

/// A partition whose only task has this body; a global counts its calls.
fn partition(name: &str, faulty: &Faulty<'_>) -> Part {
    let Faulty { module, body, .. } = faulty;
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
                {module}
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
            fuel: faulty.fuel,
        },
        on_trap: faulty.on_trap,
    };
    (table, wat::parse_str(text).unwrap())
}

pub(crate) fn system(partitions: &[&Part]) -> System {
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
        blocks: Vec::new(),
    }
}

/// A partition with that body, as the simulation takes it.
pub(crate) fn faulty(name: &str, body: &str, on_trap: Reaction) -> Part {
    let faulty = Faulty {
        module: "",
        body,
        fuel: FUEL,
        on_trap,
    };
    let (table, mut bytes) = partition(name, &faulty);
    let section = wasm_encoder::CustomSection {
        name: deployment::SECTION.into(),
        data: table.to_bytes().into(),
    };
    wasm_encoder::ComponentSection::append_to_component(&section, &mut bytes);
    (table, bytes)
}

/// The log of a faulty partition beside a good one, up to its tenth good activation.
fn log(body: &str, on_trap: Reaction) -> Vec<String> {
    let faulty = Faulty {
        module: "",
        body,
        fuel: FUEL,
        on_trap,
    };
    log_of(&faulty)
}

fn log_of(faulty: &Faulty<'_>) -> Vec<String> {
    log_of_all(vec![partition("faulty", faulty)])
}

/// One partition a case, `faulty0` and so on.
fn log_of_cases(module: &str, bodies: &[&str]) -> Vec<String> {
    let parts = bodies.iter().enumerate().map(|(number, body)| {
        let faulty = Faulty {
            module,
            body,
            fuel: FUEL,
            on_trap: Reaction::Stop,
        };
        partition(&format!("faulty{number}"), &faulty)
    });
    log_of_all(parts.collect())
}

fn log_of_all(mut parts: Vec<Part>) -> Vec<String> {
    let good = Faulty {
        module: "",
        body: "",
        fuel: FUEL,
        on_trap: Reaction::Restart,
    };
    parts.push(partition("good", &good));
    let system = system(&parts.iter().collect::<Vec<_>>());
    let image = image(&system, &parts, true);
    let mut count = 0;
    run(&image, Port::Log, None, |line| {
        count += usize::from(line.starts_with("task good step "));
        count == 10 || line.ends_with("; it stops the run")
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
        (
            "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
            "integer overflow",
        ),
        (
            "(drop (i32.trunc_f64_s (f64.const 1e300)))",
            "integer overflow",
        ),
        (
            "(drop (i32.trunc_f64_s (f64.const nan)))",
            "invalid conversion to integer",
        ),
        (
            "(memory.fill (i32.const 0) (i32.const 0) (i32.const 1))",
            "out of bounds",
        ),
        // The host has the processor when the budget ends.
        (
            "(loop $l (call $enter (i32.const 0)) (br $l))",
            "budget exhausted",
        ),
    ];
    let log = log_of_cases("", &cases.map(|(body, _)| body));
    let expected = cases.iter().enumerate().map(|(number, (_, name))| {
        format!("trap: partition `faulty{number}`, step, part.step: {name}; it stops")
    });
    assert_eq!(
        traps(&log),
        expected.collect::<Vec<_>>().iter().collect::<Vec<_>>()
    );
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

/// A function of the module's table that calls itself with much to remember, and another.
const TABLE: &str = r#"
    (type $deep (func (param i64 i64 i64 i64) (result i64)))
    (table 3 3 funcref) (elem (i32.const 0) $deep $plain)
    (func $plain)
    (func $deep (param i64 i64 i64 i64) (result i64)
        (i64.add
            (i64.mul (local.get 0) (local.get 1))
            (i64.xor
                (call_indirect (type $deep) (local.get 3) (local.get 2) (local.get 1)
                    (i64.add (local.get 0) (i64.const 1)) (i32.const 0))
                (i64.mul (local.get 2) (local.get 3)))))"#;

/// The stack has 4 KB for guests: the host still has room to end the activation.
#[test]
fn a_recursion_without_end_and_wrong_indirect_calls_trap() {
    let call = |place: u32| {
        format!(
            "(drop (call_indirect (type $deep) (i64.const 1) (i64.const 2) (i64.const 3)
                (i64.const 4) (i32.const {place})))"
        )
    };
    let cases = [
        "stack exhausted",
        "indirect call of another type",
        "indirect call of another type",
        "indirect call of another type",
    ];
    let bodies = [0, 1, 2, 3].map(call);
    let log = log_of_cases(TABLE, &bodies.each_ref().map(String::as_str));
    let expected = cases.iter().enumerate().map(|(number, cause)| {
        format!("trap: partition `faulty{number}`, step, part.step: {cause}; it stops")
    });
    assert_eq!(
        traps(&log),
        expected.collect::<Vec<_>>().iter().collect::<Vec<_>>()
    );
}

#[test]
fn a_partition_that_never_starts_is_ended_and_given_up() {
    let log = log_of(&Faulty {
        module: "(func $s (loop $l (br $l))) (start $s)",
        body: "",
        fuel: FUEL,
        on_trap: Reaction::Restart,
    });
    let traps = traps(&log);
    assert_eq!(traps.len(), 6, "{log:#?}");
    let first = "trap: partition `faulty`, start: budget exhausted; it restarts";
    assert_eq!(traps[0], first);
    assert!(traps[5].ends_with("; it is given up"), "{}", traps[5]);
}

/// SysTick counts 0.67 s at a time: a budget of a second takes two rounds.
#[test]
fn a_budget_may_be_longer_than_the_timer() {
    let log = log_of(&Faulty {
        module: "",
        body: "(loop $l (br $l))",
        fuel: 1_000_000_000,
        on_trap: Reaction::Stop,
    });
    assert_eq!(
        traps(&log),
        ["trap: partition `faulty`, step, part.step: budget exhausted; it stops"]
    );
    let spent = log
        .iter()
        .find_map(|line| line.strip_prefix("task faulty step "));
    let spent_ns: u64 = spent.unwrap().parse().unwrap();
    assert!(
        (1_000_000_000..1_010_000_000).contains(&spent_ns),
        "{spent_ns}"
    );
}

#[test]
fn a_trap_may_stop_the_run() {
    let log = log("(unreachable)", Reaction::StopRun);
    assert!(
        log.last()
            .unwrap()
            .ends_with("unreachable; it stops the run"),
        "{log:#?}"
    );
}
