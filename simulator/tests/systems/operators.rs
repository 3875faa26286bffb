//! Operators are counted to the last one, by class, and a guest that never ends does not hang the
//! count.

use crate::support::{Guest, MS, every, guest, sender, system};
use deployment::{Event, Reaction};
use simulator::{OperatorClass, TaskOperators};

fn counted(files: &simulator::SystemFiles) -> Vec<TaskOperators> {
    files.operators(100 * MS, &|| true).unwrap().unwrap()
}

fn of(task: &TaskOperators, class: OperatorClass) -> u64 {
    task.executed[&class]
}

/// Ten times two additions and a division of doubles, a load, a store; then a fill.
const LOOP: &str = r#"(func $loop (local $turn i32) (local $x f64)
    (loop $again
        (local.set $x (f64.div (f64.add (f64.add (local.get $x) (f64.const 1)) (f64.const 2)) (f64.const 3)))
        (drop (i32.load (i32.const 0)))
        (i32.store (i32.const 8) (i32.rem_u (i32.const 7) (i32.const 3)))
        (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $turn) (i32.const 10))))
    (memory.fill (i32.const 64) (i32.const 0) (i32.const 100)))"#;

fn looping(period_ns: u64) -> Guest {
    let guest = guest("ecu", "main").driver("", "", LOOP);
    guest.task("work", every(period_ns), "call $loop")
}

#[test]
fn every_operator_of_a_task_is_counted_in_its_class() {
    let files = system(&[looping(10 * MS)]);
    let counted = counted(&files);
    assert_eq!(counted.len(), 1);
    let task = &counted[0];
    assert_eq!((task.task.as_str(), task.activations), ("work", 11));
    let per_activation = |class| {
        assert_eq!(of(task, class) % task.activations, 0, "{class:?}");
        of(task, class) / task.activations
    };
    let expected = [
        (OperatorClass::Doubles, 20),
        (OperatorClass::DoubleDivisions, 10),
        (OperatorClass::Accesses, 20),
        (OperatorClass::Divisions, 10),
        (OperatorClass::Integers, 20),
        (OperatorClass::Branches, 10),
        (OperatorClass::Copies, 1),
        (OperatorClass::CopiedBytes, 100),
        (OperatorClass::Longs, 0),
        (OperatorClass::Calls, 1),
    ];
    for (class, count) in expected {
        assert_eq!(per_activation(class), count, "{class:?}");
    }
    assert_eq!(
        task.entered,
        2 * task.activations,
        "the task and its function"
    );
    assert_eq!(task.host_calls(), 0);
}

#[test]
fn calls_of_the_host_are_those_by_which_nothing_was_entered() {
    let files = system(&[sender("ecu")]);
    let tasks = counted(&files);
    let [task] = tasks.as_slice() else {
        panic!("{tasks:?}")
    };
    assert!(task.activations > 0);
    assert_eq!(of(task, OperatorClass::Calls), task.host_calls());
    assert_eq!(task.host_calls(), task.activations, "a frame each");
}

#[test]
fn a_guest_that_never_ends_is_counted_as_nothing() {
    let endless = guest("ecu", "main")
        .on_trap(Reaction::Stop)
        .task("begin", Event::Init, "(loop $on (br $on))")
        .task(
            "work",
            every(10 * MS),
            "(drop (f32.add (f32.const 1) (f32.const 2)))",
        );
    let tasks = counted(&system(&[endless]));
    assert_eq!(tasks.len(), 2);
    for task in &tasks {
        assert_eq!((task.activations, task.host_calls()), (0, 0), "{task:?}");
        assert!(task.executed.values().all(|count| *count == 0), "{task:?}");
    }
}

#[test]
fn a_count_that_is_not_wanted_any_more_ends() {
    let files = system(&[looping(MS)]);
    assert_eq!(files.operators(100 * MS, &|| false).unwrap(), None);
}
