//! Buffered connectors: values seen one activation later, cycles, statuses, queues, fields,
//! partitions.

use crate::{
    guests::{counter, doubler, reader, stepper},
    host::Host,
    project::Project,
};
use deployment::{Direction, Event};

const STEP: &str = "test:parts/counter@1.0.0#step timing";
const RESET: &str = "test:parts/counter@1.0.0#reset init";
const DOUBLE: &str = "test:parts/doubler@1.0.0#step timing";
const READ: &str = "test:parts/reader@1.0.0#step timing";
const SPEED: &str = "test:parts/speed@1.0.0";
const LEVEL: &str = "reader.test:parts/level@1.0.0#get";
const SHOWN: &str = "reader.test:parts/shown@1.0.0#get";
/// Positions of `rx-error` cases, as the reader shows them.
const TIMEOUT: u32 = 1003;
const NO_DATA: u32 = 1005;
const NEVER_RECEIVED: u32 = 1006;

/// A counter whose count goes to the reader.
fn counter_and_reader(properties: &str) -> Project {
    Project::new()
        .component("counter", &counter())
        .component("reader", &reader())
        .instance("counter", "counter", "climate/main", &[STEP])
        .instance("reader", "reader", "climate/main", &[READ])
        .connector(&format!("counter.{SPEED}#get"), LEVEL, properties)
        .buffered(SHOWN, "can0:Event.Code")
}

fn only(project: &Project) -> Host {
    Host::new(&project.compose().unwrap().partitions[0])
}

/// What the reader has read.
fn shown(host: &mut Host) -> u32 {
    let published = host.published_by("reader-step");
    let text = published[0].strip_prefix(&format!("{SHOWN} = ")).unwrap();
    text.parse().unwrap()
}

#[test]
fn a_value_arrives_after_its_sender_has_run() {
    let mut host = only(&counter_and_reader("kind = \"buffered\""));
    assert_eq!(shown(&mut host), NEVER_RECEIVED);
    assert_eq!(
        host.published_by("counter-step"),
        ["counter.test:parts/speed@1.0.0#get = 1"]
    );
    assert_eq!(shown(&mut host), 1);
    host.run("counter-step");
    host.run("counter-step");
    assert_eq!(shown(&mut host), 3);
    assert_eq!(shown(&mut host), 3);
}

#[test]
fn an_initial_value_is_there_before_the_first() {
    let mut host = only(&counter_and_reader("kind = \"buffered\"\ninitial = \"42\""));
    assert_eq!(shown(&mut host), 42);
    host.run("counter-step");
    assert_eq!(shown(&mut host), 1);
}

#[test]
fn an_old_value_is_a_timeout_until_a_new_one_comes() {
    let mut host = only(&counter_and_reader(
        "kind = \"buffered\"\nalive_timeout_ns = 1000",
    ));
    host.run("counter-step");
    host.store.data_mut().now_ns = 1000;
    assert_eq!(shown(&mut host), 1);
    host.store.data_mut().now_ns = 1001;
    assert_eq!(shown(&mut host), TIMEOUT);
    host.run("counter-step");
    assert_eq!(shown(&mut host), 2);
}

#[test]
fn a_substitute_takes_the_place_of_a_timeout() {
    let properties = "kind = \"buffered\"\nalive_timeout_ns = 1000\nsubstitute = \"77\"";
    let mut host = only(&counter_and_reader(properties));
    host.run("counter-step");
    host.store.data_mut().now_ns = 5000;
    assert_eq!(shown(&mut host), 77);
}

#[test]
fn a_queue_gives_each_value_once_in_order() {
    let mut host = only(&counter_and_reader("kind = \"buffered\"\nqueue = 2"));
    host.run("counter-step");
    host.run("counter-step");
    assert_eq!(shown(&mut host), 1);
    assert_eq!(shown(&mut host), 2);
    assert_eq!(shown(&mut host), NO_DATA);
}

#[test]
fn a_cycle_runs_with_the_values_of_the_last_round() {
    let project = Project::new()
        .component("doubler", &doubler())
        .component("counter", &counter())
        .instance("seed", "counter", "climate/main", &[RESET])
        .instance("a", "doubler", "climate/main", &[DOUBLE])
        .instance("b", "doubler", "climate/main", &[DOUBLE])
        .connector(
            &format!("b.{SPEED}"),
            &format!("a.{SPEED}"),
            "kind = \"buffered\"\ninitial = \"3\"",
        )
        .buffered(&format!("a.{SPEED}"), &format!("b.{SPEED}"));
    let mut host = only(&project);
    assert_eq!(
        host.published_by("a-step"),
        ["a.test:parts/speed@1.0.0#get = 6"]
    );
    assert_eq!(
        host.published_by("b-step"),
        ["b.test:parts/speed@1.0.0#get = 12"]
    );
    assert_eq!(
        host.published_by("a-step"),
        ["a.test:parts/speed@1.0.0#get = 24"]
    );
}

#[test]
fn fields_are_wired_one_by_one() {
    let step = "test:parts/stepper@1.0.0#step";
    let project = Project::new()
        .component("counter", &counter())
        .component("stepper", &stepper())
        .instance("counter", "counter", "climate/main", &[STEP])
        .instance(
            "first",
            "stepper",
            "climate/main",
            &[&format!("{step} timing")],
        )
        .instance(
            "second",
            "stepper",
            "climate/main",
            &[&format!("{step} timing")],
        )
        .buffered(
            &format!("counter.{SPEED}#get"),
            &format!("first.{step}(input.position)"),
        )
        .buffered(
            &format!("first.{step} -> duty"),
            &format!("second.{step}(input.speed)"),
        )
        .buffered(&format!("second.{step} -> moving"), "can0:Event.Code");
    let mut host = only(&project);
    // Unconnected fields are zero, and so is what has not arrived.
    assert_eq!(
        host.published_by("second-step"),
        [format!("second.{step} -> moving = false")]
    );
    host.run("counter-step");
    assert_eq!(
        host.published_by("first-step"),
        [format!("first.{step} -> duty = 1")]
    );
    assert_eq!(
        host.published_by("second-step"),
        [format!("second.{step} -> moving = true")]
    );
}

#[test]
fn another_partition_gets_it_by_a_route() {
    let project = Project::new()
        .component("counter", &counter())
        .component("reader", &reader())
        .instance("counter", "counter", "climate/rear", &[STEP])
        .instance(
            "reader",
            "reader",
            "climate/main",
            &["test:parts/reader@1.0.0#step data-received"],
        )
        .buffered(&format!("counter.{SPEED}#get"), LEVEL)
        .buffered(SHOWN, "can0:Event.Code");
    let composed = project.compose().unwrap();
    assert_eq!(composed.system.routes.len(), 1);
    let route = &composed.system.routes[0];
    assert_eq!(
        (route.from.partition.as_str(), route.to.partition.as_str()),
        ("rear", "main")
    );

    let mut rear = Host::new(&composed.partitions[1]);
    assert_eq!(rear.partition.name, "rear");
    rear.run("counter-step");
    let (element, value) = rear.store.data_mut().published.remove(0);
    assert_eq!(element, route.from.element);

    let mut main = Host::new(&composed.partitions[0]);
    assert_eq!(main.element(LEVEL, Direction::In), route.to.element);
    let task = main
        .partition
        .deployment
        .tasks
        .iter()
        .find(|task| task.name == "reader-step")
        .unwrap();
    let event = Event::DataReceived {
        elements: vec![route.to.element],
        pdus: vec![],
    };
    assert_eq!(task.event, event);
    assert_eq!(shown(&mut main), NEVER_RECEIVED);
    main.deliver(route.to.element, &value);
    assert_eq!(shown(&mut main), 1);
}

#[test]
fn a_partition_that_only_receives_has_no_task() {
    let project = Project::new()
        .component("counter", &counter())
        .component("reader", &reader())
        .instance("counter", "counter", "climate/rear", &[STEP])
        .instance("reader", "reader", "climate/main", &[])
        .buffered(&format!("counter.{SPEED}#get"), LEVEL);
    let composed = project.compose().unwrap();
    let main = Host::new(&composed.partitions[0]);
    assert_eq!(main.partition.name, "main");
    assert_eq!(main.partition.deployment.tasks, []);
    assert_eq!(
        main.element(LEVEL, Direction::In),
        composed.system.routes[0].to.element
    );
}

#[test]
fn a_common_task_calls_in_the_order_of_position() {
    let project = Project::new()
        .component("counter", &counter())
        .component("reader", &reader())
        .instance("counter", "counter", "climate/main", &[])
        .instance("reader", "reader", "climate/main", &[])
        .text("[[instances.counter.activations]]\nrunnable = \"test:parts/counter@1.0.0#step\"\nevent = \"timing\"\nperiod_ns = 1000\npriority = 5\ntask = \"all\"\nposition = 1")
        .text("[[instances.reader.activations]]\nrunnable = \"test:parts/reader@1.0.0#step\"\nevent = \"timing\"\nperiod_ns = 1000\npriority = 2\ntask = \"all\"\nposition = 0")
        .buffered(&format!("counter.{SPEED}#get"), LEVEL);
    let mut host = only(&project);
    host.run("all");
    let mut names: Vec<&str> = host
        .store
        .data()
        .entered
        .iter()
        .map(|runnable| {
            let runnable = &host.partition.deployment.runnables[*runnable as usize];
            host.partition.deployment.instances[runnable.instance as usize].as_str()
        })
        .collect();
    // Reading the counter's getter is the counter's cost too.
    names.dedup();
    assert_eq!(names, ["reader", "counter"]);
    let task = &host.partition.deployment.tasks[0];
    assert_eq!((task.name.as_str(), task.priority), ("all", 5));
}
