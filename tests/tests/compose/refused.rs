//! What composition refuses, by message.

use crate::{
    guests::{counter, differ, doubler, reader},
    project::Project,
};

const STEP: &str = "test:parts/counter@1.0.0#step timing";
const DOUBLE: &str = "test:parts/doubler@1.0.0#step timing";
const SPEED: &str = "test:parts/speed@1.0.0";

fn refusal(project: &Project) -> String {
    project.compose().unwrap_err().to_string()
}

fn two_doublers() -> Project {
    Project::new()
        .component("doubler", &doubler())
        .instance("a", "doubler", "climate/main", &[DOUBLE])
        .instance("b", "doubler", "climate/main", &[DOUBLE])
}

fn counter_and_doubler(place: &str) -> Project {
    Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("counter", "counter", "climate/main", &[STEP])
        .instance("doubler", "doubler", place, &[DOUBLE])
}

#[test]
fn nothing_deployed() {
    assert_eq!(
        refusal(&Project::new()),
        "project `test` has no instance on any ECU; deploy an instance to a partition"
    );
}

#[test]
fn a_component_without_a_file() {
    let project = Project::new()
        .text("[components.lost]\nfile = \"lost.wasm\"")
        .instance("a", "lost", "climate/main", &[]);
    assert_eq!(
        refusal(&project),
        "component `lost` of instance `a` is not there: no such file; mend its file or its WIT"
    );
}

#[test]
fn open_ports_of_one_name_are_not_folded_into_one() {
    assert_eq!(
        refusal(&two_doublers()),
        "port `test:parts/speed@1.0.0` of `a` is not connected; connect it, or take the instance away"
    );
}

#[test]
fn a_cycle_of_direct_connectors() {
    let project = two_doublers()
        .direct(&format!("a.{SPEED}"), &format!("b.{SPEED}"))
        .direct(&format!("b.{SPEED}"), &format!("a.{SPEED}"));
    assert_eq!(
        refusal(&project),
        "direct connectors form a cycle: `a` -> `b` -> `a`; make one of them buffered"
    );
}

#[test]
fn types_that_do_not_fit() {
    let project = Project::new()
        .component("counter", &counter())
        .component("reader", &reader())
        .instance("counter", "counter", "climate/main", &[STEP])
        .instance("reader", "reader", "climate/main", &[])
        .direct(&format!("counter.{SPEED}"), "reader.test:parts/level@1.0.0");
    let message = refusal(&project);
    let start = "port `test:parts/level@1.0.0` of `reader` does not take port `test:parts/speed@1.0.0` of `counter`: ";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn a_port_with_two_providers() {
    let project = counter_and_doubler("climate/main")
        .instance("other", "counter", "climate/main", &[STEP])
        .direct(&format!("counter.{SPEED}"), &format!("doubler.{SPEED}"))
        .direct(&format!("other.{SPEED}"), &format!("doubler.{SPEED}"));
    assert_eq!(
        refusal(&project),
        "port `test:parts/speed@1.0.0` of `doubler` has two providers; remove one of the connectors"
    );
}

#[test]
fn an_element_with_two_senders() {
    let project = counter_and_doubler("climate/main")
        .instance("other", "counter", "climate/main", &[STEP])
        .buffered(
            &format!("counter.{SPEED}#get"),
            &format!("doubler.{SPEED}#get"),
        )
        .buffered(
            &format!("other.{SPEED}#get"),
            &format!("doubler.{SPEED}#get"),
        );
    assert_eq!(
        refusal(&project),
        "`doubler.test:parts/speed@1.0.0#get` has two senders; remove one of the connectors"
    );
}

#[test]
fn a_direct_connector_between_partitions() {
    let project = counter_and_doubler("climate/rear")
        .direct(&format!("counter.{SPEED}"), &format!("doubler.{SPEED}"));
    assert_eq!(
        refusal(&project),
        "direct connector `counter.test:parts/speed@1.0.0` -> `doubler.test:parts/speed@1.0.0` crosses partitions; make it buffered"
    );
}

#[test]
fn a_buffered_connector_between_ecus() {
    let project = counter_and_doubler("cockpit/main")
        .buffered(&format!("counter.{SPEED}"), &format!("doubler.{SPEED}"));
    assert_eq!(
        refusal(&project),
        "connector `counter.test:parts/speed@1.0.0` -> `doubler.test:parts/speed@1.0.0` crosses ECUs; give it an Ethernet network, or connect both ends to a signal of a bus"
    );
}

#[test]
fn a_signal_that_the_bus_does_not_have() {
    let project = counter_and_doubler("climate/main")
        .direct(&format!("counter.{SPEED}"), &format!("doubler.{SPEED}"))
        .buffered(&format!("doubler.{SPEED}#get"), "can0:Status.Nothing");
    assert_eq!(
        refusal(&project),
        "there is no signal `can0:Status.Nothing`; correct its name, or give the bus a DBC file that has it"
    );
}

#[test]
fn an_initial_value_of_another_type() {
    let project = counter_and_doubler("climate/main").connector(
        &format!("counter.{SPEED}"),
        &format!("doubler.{SPEED}"),
        "kind = \"buffered\"\ninitial = \"fast\"",
    );
    let message = refusal(&project);
    let start = "initial value `fast` does not fit `doubler.test:parts/speed@1.0.0#get`: ";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn data_that_nobody_sends() {
    let project = counter_and_doubler("climate/main")
        .instance(
            "waits",
            "doubler",
            "climate/main",
            &["test:parts/doubler@1.0.0#step data-received"],
        )
        .direct(&format!("counter.{SPEED}"), &format!("doubler.{SPEED}"))
        .direct(&format!("counter.{SPEED}"), &format!("waits.{SPEED}"));
    assert_eq!(
        refusal(&project),
        "task `waits-step` waits for data and nothing that it reads is buffered; connect an input, or give it another event"
    );
}

#[test]
fn a_result_that_nothing_makes() {
    let project = Project::new()
        .component("differ", &differ())
        .component("counter", &counter())
        .instance("counter", "counter", "climate/main", &[])
        .instance("differ", "differ", "climate/main", &[])
        .direct(&format!("counter.{SPEED}"), "differ.left")
        .direct(&format!("counter.{SPEED}"), "differ.right")
        .buffered(
            "counter.test:parts/counter@1.0.0#step ->",
            "can0:Event.Code",
        );
    assert_eq!(
        refusal(&project),
        "`counter.test:parts/counter@1.0.0#step ->` carries no value; end the connector at a getter, a result, a parameter or a field of a record"
    );
}

#[test]
fn one_task_of_two_events() {
    let activation = |function: &str, event: &str| {
        format!(
            "[[instances.counter.activations]]\nrunnable = \"test:parts/counter@1.0.0#{function}\"\n{event}\npriority = 1\ntask = \"all\"\nposition = 0"
        )
    };
    let project = Project::new()
        .component("counter", &counter())
        .instance("counter", "counter", "climate/main", &[])
        .text(&activation("reset", "event = \"init\""))
        .text(&activation("step", "event = \"timing\"\nperiod_ns = 1000"));
    assert_eq!(
        refusal(&project),
        "runnables of task `all` have different events; give them one event, or tasks of their own"
    );
}
