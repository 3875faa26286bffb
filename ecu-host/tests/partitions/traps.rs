//! Guests that misbehave, in each phase, and what follows.

use deployment::{Event, Reaction};
use ecu_host::{Cause, Consequence, Ecu, EcuSettings, Outcome, PartitionState, RestartLimit, Work};

use crate::support::*;

const METER: &str = r#"
    (import "wireloom:ecu/meter@0.1.0" "enter" (func $enter (param i32)))
    (import "wireloom:ecu/meter@0.1.0" "leave" (func $leave))
"#;

/// A partition with a task `t` and an initial task `i`.
fn guest(initial: &str, task_body: &str, more: &str) -> (ecu_host::Code, deployment::Partition) {
    let body = format!(
        "{METER} (func $i (export \"i\") {initial}) (func $t (export \"t\") {task_body}) {more}"
    );
    let tasks = vec![task("i", Event::Init, 0), task("t", every(100), 0)];
    (
        component(&["wireloom:ecu/meter@0.1.0"], &["i", "t"], &body),
        table("p", tasks),
    )
}

fn ecu_with((component, table): (ecu_host::Code, deployment::Partition)) -> Ecu<Desk> {
    let mut ecu = ecu();
    ecu.add(&component, table).unwrap();
    ecu
}

#[test]
fn a_trap_names_instance_runnable_and_functions() {
    let body = "i32.const 0 call $enter call $inner call $leave";
    let mut ecu = ecu_with(guest("", body, "(func $inner unreachable)"));
    let trapped = first_trap(&mut ecu, 100);
    assert_eq!(trapped.cause, Cause::Trap);
    assert_eq!(trapped.instance.as_deref(), Some("fan"));
    assert_eq!(trapped.runnable.as_deref(), Some("step"));
    // Names of functions do not reach a device.
    let functions = match cfg!(feature = "component") {
        true => ["guest!inner", "guest!t"],
        false => ["module!function 4", "module!function 3"],
    };
    assert_eq!(trapped.backtrace, functions);
    assert_eq!(
        trapped.to_string(),
        "`fan` failed in `step`: wasm trap: wasm `unreachable` instruction executed"
    );
}

#[test]
fn a_trap_in_glue_names_no_instance() {
    let body = "i32.const 0 call $enter call $leave unreachable";
    let trapped = first_trap(&mut ecu_with(guest("", body, "")), 100);
    assert_eq!((&trapped.instance, &trapped.runnable), (&None, &None));
    assert!(
        trapped
            .to_string()
            .starts_with("the partition failed outside of its runnables: ")
    );
}

#[test]
fn every_phase_can_fail() {
    let start = "(func $begin unreachable) (start $begin)";
    for (initial, body, more, lines) in [
        ("", "", start, vec!["0 start +10 Trap Stops"]),
        (
            "unreachable",
            "",
            "",
            vec!["0 start +10", "10 i +10 Trap Stops"],
        ),
        (
            "",
            "unreachable",
            "",
            vec!["0 start +10", "10 i +10", "20 t +10 Trap Stops"],
        ),
    ] {
        let (component, mut table) = guest(initial, body, more);
        table.on_trap = Reaction::Stop;
        let mut ecu = ecu_with((component, table));
        assert_eq!(run_until(&mut ecu, 1_000), lines);
        assert_eq!(ecu.next_activation(), None);
        assert_eq!(ecu.state(FIRST), Some(PartitionState::Stopped));
    }
}

#[test]
fn an_endless_loop_spends_its_fuel() {
    let body = "i32.const 0 call $enter loop $again br $again end";
    let (component, table) = guest("", body, "");
    let settings = EcuSettings {
        fuel_ps: 1_000,
        ..settings()
    };
    let mut ecu = Ecu::new(&engine(), settings, Desk::default());
    ecu.add(&component, table).unwrap();
    let done = completions(&mut ecu, 100).pop().unwrap();
    assert!((99_000..=100_000).contains(&done.fuel), "{}", done.fuel);
    assert_eq!(done.cost_ns, done.fuel + 10);
    let Outcome::Trapped(trapped) = done.outcome else {
        panic!("it ended")
    };
    assert_eq!(
        (trapped.cause, trapped.instance.as_deref()),
        (Cause::Fuel, Some("fan"))
    );
    assert!(
        trapped
            .reason
            .contains("has spent its 100000 units of fuel"),
        "{}",
        trapped.reason
    );
}

#[test]
fn an_endless_loop_at_the_start_ends_too() {
    let more = "(func $begin loop $again br $again end) (start $begin)";
    let trapped = first_trap(&mut ecu_with(guest("", "", more)), 100);
    assert_eq!(trapped.cause, Cause::Fuel);
}

#[test]
fn memory_ends_at_its_limit() {
    let body = "i32.const 100 memory.grow i32.const -1 i32.eq if unreachable end";
    let trapped = first_trap(&mut ecu_with(guest("", body, "")), 100);
    assert_eq!(trapped.cause, Cause::Memory);
    assert!(
        trapped
            .reason
            .contains("more than its 1048576 bytes of memory"),
        "{}",
        trapped.reason
    );
}

#[test]
fn a_guest_that_copes_with_too_little_memory_goes_on() {
    let done = completions(
        &mut ecu_with(guest("", "i32.const 100 memory.grow drop", "")),
        100,
    );
    assert!(done.iter().all(|done| done.outcome == Outcome::Completed));
}

#[test]
fn a_partition_that_does_not_fit_does_not_start() {
    let (component, mut table) = guest("", "", "");
    table.limits.memory_bytes = 65_535;
    let trapped = first_trap(&mut ecu_with((component, table)), 100);
    assert_eq!(trapped.cause, Cause::Memory);
}

#[test]
fn tables_count_as_memory() {
    let body = "ref.null func i32.const 1000000 table.grow i32.const -1 i32.eq if unreachable end";
    let (component, mut table) = guest("", body, "(table 1 funcref)");
    table.limits.fuel = 10_000_000;
    let trapped = first_trap(&mut ecu_with((component, table)), 100);
    assert_eq!(trapped.cause, Cause::Memory);
}

#[test]
fn deep_recursion_is_a_trap() {
    let (component, mut table) = guest("", "call $deep", "(func $deep call $deep)");
    table.limits.fuel = u64::MAX / 2;
    let trapped = first_trap(&mut ecu_with((component, table)), 100);
    assert_eq!(trapped.cause, Cause::Trap);
    assert!(
        trapped.reason.contains("call stack exhausted"),
        "{}",
        trapped.reason
    );
}

#[test]
fn other_traps_say_what_they_are() {
    for (body, words) in [
        (
            "i32.const 1 i32.const 0 i32.div_u drop",
            "integer divide by zero",
        ),
        ("i32.const -1 i32.load drop", "out of bounds memory access"),
        (
            "i32.const 0x80000000 i32.const -1 i32.div_s drop",
            "integer overflow",
        ),
    ] {
        let trapped = first_trap(&mut ecu_with(guest("", body, "")), 100);
        assert_eq!(trapped.cause, Cause::Trap, "{body}");
        assert!(trapped.reason.contains(words), "{body}: {}", trapped.reason);
    }
}

/// Fails when its counter, which begins at 0, reaches 2.
const THIRD_FAILS: &str = "global.get $n i32.const 1 i32.add global.set $n
    global.get $n i32.const 3 i32.eq if unreachable end";

#[test]
fn a_restart_makes_everything_new() {
    let mut ecu = ecu_with(guest(
        "",
        THIRD_FAILS,
        "(global $n (mut i32) (i32.const 0))",
    ));
    let lines = run_until(&mut ecu, 450);
    let expected = [
        "0 start +10",
        "10 i +10",
        "20 t +10",
        "100 t +10",
        "200 t +10 Trap Restarts",
        "210 start +10",
        "220 i +10",
        "300 t +10",
        "400 t +10",
    ];
    assert_eq!(lines, expected);
    let counters = ecu.partition_counters(FIRST).unwrap();
    assert_eq!((counters.traps, counters.restarts), (1, 1));
}

#[test]
fn a_partition_that_fails_again_and_again_is_given_up() {
    for (initial, more) in [
        ("unreachable", ""),
        ("", "(func $begin unreachable) (start $begin)"),
    ] {
        let mut ecu = ecu_with(guest(initial, "", more));
        let traps: Vec<_> = run_until(&mut ecu, u64::MAX)
            .into_iter()
            .filter(|line| line.contains("Trap"))
            .collect();
        assert_eq!(traps.len(), 6, "{traps:?}");
        assert!(traps[5].ends_with("GivenUp"), "{traps:?}");
        assert_eq!(ecu.state(FIRST), Some(PartitionState::Stopped));
    }
}

#[test]
fn restarts_are_counted_in_a_window() {
    let restarts = RestartLimit {
        count: 1,
        within_ns: 150,
    };
    let mut ecu = Ecu::new(
        &engine(),
        EcuSettings {
            restarts,
            ..settings()
        },
        Desk::default(),
    );
    let (component, table) = guest("", THIRD_FAILS, "(global $n (mut i32) (i32.const 0))");
    ecu.add(&component, table).unwrap();
    let lines = run_until(&mut ecu, 2_000);
    assert!(
        lines.len() > 10 && !lines.iter().any(|line| line.contains("GivenUp")),
        "{lines:?}"
    );
}

#[test]
fn the_run_stops_where_the_deployment_says_so() {
    let (component, mut table) = guest("", "unreachable", "");
    table.on_trap = Reaction::StopRun;
    let mut ecu = ecu_with((component, table.clone()));
    let other = deployment::Partition {
        name: "q".into(),
        ..table
    };
    ecu.add(&guest("", "", "").0, other).unwrap();
    let trapped = first_trap(&mut ecu, u64::MAX);
    assert_eq!(trapped.consequence, Consequence::StopsRun);
    assert_eq!(ecu.next_activation(), None);
}

#[test]
fn others_go_on_when_one_stops() {
    let (component, mut table) = guest("", "unreachable", "");
    table.on_trap = Reaction::Stop;
    let mut ecu = ecu_with((component, table.clone()));
    let other = deployment::Partition {
        name: "q".into(),
        ..table
    };
    let second = ecu.add(&guest("", "", "").0, other).unwrap();
    let done = completions(&mut ecu, 1_000);
    assert_eq!(
        done.iter().filter(|done| done.partition == second).count(),
        12
    );
    assert_eq!(ecu.state(second), Some(PartitionState::Running));
}

#[test]
fn a_stopped_partition_can_be_started_by_hand() {
    let (component, mut table) = guest("", THIRD_FAILS, "(global $n (mut i32) (i32.const 0))");
    table.on_trap = Reaction::Stop;
    let mut ecu = ecu_with((component, table));
    run_until(&mut ecu, 1_000);
    ecu.restart(1_000, FIRST);
    let next = ecu.next_activation().unwrap();
    assert_eq!((next.at_ns, next.work), (1_000, Work::Start));
    let lines = run_until(&mut ecu, 1_100);
    assert_eq!(lines, ["1000 start +10", "1010 i +10", "1020 t +10"]);
}
