//! Guests that misbehave: each ends as data that names it, and the run follows the reaction.

use crate::support::*;
use deployment::Reaction;
use simulator::{Halt, simulation::IncidentReaction};

fn failing(body: &str, reaction: Reaction) -> Guest {
    let body = format!("i32.const 0 call $enter {body} call $leave");
    guest("climate", "bad")
        .task("step", every(10 * MS), &body)
        .on_trap(reaction)
}

#[test]
fn an_endless_loop_runs_out_of_fuel_and_restarts() {
    let files = system(&[
        failing("(loop br 0)", Reaction::Restart),
        sender("other"),
        receiver("cockpit"),
    ]);
    let mut simulation = start(&files);
    assert_eq!(run(&mut simulation, 35 * MS), Halt::Reached);
    let incidents = simulation.incidents();
    let first = &incidents[0];
    assert_eq!(
        (first.ecu.as_str(), first.partition.as_str()),
        ("climate", "bad")
    );
    assert_eq!(
        (first.instance.as_deref(), first.task.as_deref()),
        (Some("fan"), Some("step"))
    );
    assert_eq!(first.reaction, IncidentReaction::Restarted);
    assert!(first.message.contains("fuel"), "{}", first.message);
    assert_eq!(incidents.len(), 4, "once each time it is due");
    assert_eq!(simulation.summary().frames, 35, "the others go on");
    assert!(
        lines(&simulation, "incident")[0].contains("climate/bad\trestarted `fan` failed in `step`")
    );
}

#[test]
fn a_trap_stops_its_partition_only() {
    let mut simulation = start(&system(&[
        failing("unreachable", Reaction::Stop),
        sender("climate"),
        receiver("cockpit"),
    ]));
    assert_eq!(run(&mut simulation, 35 * MS), Halt::Reached);
    let incidents = simulation.incidents();
    assert_eq!(
        (incidents.len(), incidents[0].reaction),
        (1, IncidentReaction::Stopped)
    );
    assert!(!incidents[0].backtrace.is_empty());
    assert!(simulation.summary().frames >= 34);
}

#[test]
fn a_trap_ends_the_run_where_it_should() {
    let mut simulation = start(&system(&[failing("unreachable", Reaction::StopRun)]));
    assert_eq!(run(&mut simulation, SECOND), Halt::Ended);
    let now_ns = simulation.now_ns();
    assert_eq!(now_ns, simulation.incidents()[0].time_ns);
    assert_eq!(
        (run(&mut simulation, SECOND), simulation.now_ns()),
        (Halt::Ended, now_ns)
    );
    simulation.restart().unwrap();
    assert_eq!((simulation.now_ns(), simulation.incidents().len()), (0, 0));
}

#[test]
fn a_partition_that_always_fails_is_given_up() {
    let mut simulation = start(&system(&[failing("unreachable", Reaction::Restart)]));
    run(&mut simulation, SECOND);
    let last = simulation.incidents().last().unwrap();
    assert_eq!(last.reaction, IncidentReaction::GivenUp);
}

#[test]
fn a_memory_bomb_is_bounded() {
    let bomb = "(loop i32.const 1 memory.grow i32.const -1 i32.ne br_if 0) unreachable";
    let mut simulation = start(&system(&[failing(bomb, Reaction::Stop)]));
    assert_eq!(run(&mut simulation, 35 * MS), Halt::Reached);
    assert!(
        simulation.incidents()[0].message.contains("memory"),
        "{}",
        simulation.incidents()[0].message
    );
}

#[test]
fn time_that_stands_still_ends_the_run() {
    let chase = guest("climate", "app")
        .element("x", deployment::Direction::Out)
        .task(
            "chase",
            deployment::Event::DataReceived {
                elements: vec![0],
                pdus: vec![],
            },
            "i32.const 0 i32.const 8 i32.const 1 call $publish",
        );
    let chase = chase.task(
        "begin",
        every(SECOND),
        "i32.const 0 i32.const 8 i32.const 1 call $publish",
    );
    let mut files = system(&[chase]);
    files.system.ecus[0].activation_ns = 0;
    let mut simulation = start(&files);
    assert_eq!(run(&mut simulation, SECOND), Halt::Ended);
    assert_eq!(
        simulation.incidents()[0].message,
        "time stands still: 100000 events at one instant; give the ECU a cost of an activation"
    );
}
