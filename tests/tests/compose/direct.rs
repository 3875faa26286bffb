//! Direct connectors: chains, labels, two instances of one component.

use crate::{
    guests::{counter, differ, doubler},
    host::Host,
    project::Project,
};

const STEP: &str = "test:parts/counter@1.0.0#step timing";
const DOUBLE: &str = "test:parts/doubler@1.0.0#step timing";
const SPEED: &str = "test:parts/speed@1.0.0";

/// `end` of an instance.
fn speed(instance: &str) -> String {
    format!("{instance}.{SPEED}")
}

#[test]
fn a_chain_calls_through_at_once() {
    let project = Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("zero", "counter", "climate/main", &[STEP])
        .instance("first", "doubler", "climate/main", &[DOUBLE])
        .instance("second", "doubler", "climate/main", &[DOUBLE])
        .direct(&speed("zero"), &speed("first"))
        .direct(&speed("first"), &speed("second"))
        .buffered(&format!("{}#get", speed("second")), "can0:Event.Code");
    let composed = project.compose().unwrap();
    let mut host = Host::new(&composed.partitions[0]);
    host.run("zero-step");
    host.run("zero-step");
    host.run("first-step");
    assert_eq!(
        host.published_by("second-step"),
        ["second.test:parts/speed@1.0.0#get = 8"]
    );
}

#[test]
fn two_instances_of_one_component_share_nothing() {
    let project = Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("a", "counter", "climate/main", &[STEP])
        .instance("b", "counter", "climate/main", &[STEP])
        .instance("from-a", "doubler", "climate/main", &[DOUBLE])
        .instance("from-b", "doubler", "climate/main", &[DOUBLE])
        .direct(&speed("a"), &speed("from-a"))
        .direct(&speed("b"), &speed("from-b"))
        .buffered(&format!("{}#get", speed("from-a")), "can0:Status.Speed")
        .buffered(&format!("{}#get", speed("from-b")), "can0:Status.Angle");
    let composed = project.compose().unwrap();
    let mut host = Host::new(&composed.partitions[0]);
    for _ in 0..3 {
        host.run("a-step");
    }
    host.run("b-step");
    assert_eq!(
        host.published_by("from-a-x-step"),
        ["from-a.test:parts/speed@1.0.0#get = 6"]
    );
    assert_eq!(
        host.published_by("from-b-x-step"),
        ["from-b.test:parts/speed@1.0.0#get = 2"]
    );
}

#[test]
fn labelled_ports_are_kept_apart_and_no_label_is_left() {
    let project = Project::new()
        .component("counter", &counter())
        .component("differ", &differ())
        .instance("a", "counter", "climate/main", &[STEP])
        .instance("b", "counter", "climate/main", &[STEP])
        .instance(
            "difference",
            "differ",
            "climate/main",
            &["test:parts/differ@1.0.0#step timing"],
        )
        .direct(&speed("a"), "difference.left")
        .direct(&speed("b"), "difference.right")
        .buffered(&format!("{}#get", speed("difference")), "can0:Event.Code");
    let composed = project.compose().unwrap();
    let bytes = &composed.partitions[0].bytes;
    wasmparser::Validator::new().validate_all(bytes).unwrap();
    let mut host = Host::new(&composed.partitions[0]);
    for _ in 0..5 {
        host.run("a-step");
    }
    host.run("b-step");
    assert_eq!(
        host.published_by("difference-step"),
        ["difference.test:parts/speed@1.0.0#get = 4"]
    );
}

#[test]
fn the_same_project_gives_the_same_bytes() {
    let project = || {
        Project::new()
            .component("counter", &counter())
            .component("doubler", &doubler())
            .instance("a", "counter", "climate/main", &[STEP])
            .instance("b", "doubler", "climate/main", &[DOUBLE])
            .direct(&speed("a"), &speed("b"))
    };
    assert_eq!(project().compose().unwrap(), project().compose().unwrap());
}

#[test]
fn nothing_but_the_host_is_imported() {
    let project = Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("a", "counter", "climate/main", &[STEP])
        .instance("b", "doubler", "climate/main", &[DOUBLE])
        .direct(&speed("a"), &speed("b"));
    let composed = project.compose().unwrap();
    let decoded = autosar_wit::read::component(&composed.partitions[0].bytes, "main").unwrap();
    let imports: Vec<&str> = decoded
        .ports
        .iter()
        .filter(|port| port.direction == autosar_wit::component::Direction::Required)
        .map(|port| port.name.as_str())
        .collect();
    assert_eq!(imports, ["wireloom:ecu/meter@0.1.0"]);
    let tasks: Vec<&str> = composed.partitions[0]
        .deployment
        .tasks
        .iter()
        .map(|task| task.name.as_str())
        .collect();
    assert_eq!(tasks, ["a-step", "b-step"]);
}

#[test]
fn a_probe_reports_each_call_and_changes_nothing() {
    let probed = "kind = \"direct\"\nprobe = true";
    let project = Project::new()
        .component("counter", &counter())
        .component("doubler", &doubler())
        .instance("a", "counter", "climate/main", &[STEP])
        .instance("b", "doubler", "climate/main", &[DOUBLE])
        .connector(&speed("a"), &speed("b"), probed)
        .buffered(&format!("{}#get", speed("b")), "can0:Event.Code");
    let composed = project.compose().unwrap();
    let partition = &composed.partitions[0];
    let probe = &partition.deployment.probes[0];
    assert_eq!(
        probe.name,
        "a.test:parts/speed@1.0.0 -> b.test:parts/speed@1.0.0"
    );
    assert_eq!(probe.functions, ["get"]);
    assert_eq!(partition.probe_types[0][0].name, "get");
    let mut host = Host::new(partition);
    host.run("a-step");
    assert_eq!(
        host.published_by("b-step"),
        ["b.test:parts/speed@1.0.0#get = 2"]
    );
    assert_eq!(host.store.data().probed, ["0.0 []", "0.0 -> [1, 0, 0, 0]"]);
}
