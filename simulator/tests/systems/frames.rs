//! Frames between ECUs, to the nanosecond.

use crate::support::*;
use deployment::{Direction, Event, Route, RouteEnd};
use simulator::{
    Halt, Step,
    can::{Frame, bits},
};

#[test]
fn a_frame_leaves_at_start_and_cost_and_arrives_at_its_end() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    assert_eq!(run(&mut simulation, 2 * MS - 1), Halt::Reached);
    // Partitions start first, at their cost; the first sending is late by it, the second is not.
    let asked_ns = [2 * ACTIVATION_NS, MS + ACTIVATION_NS];
    let frames = ["123#0100", "123#0200"].map(|text| text.parse::<Frame>().unwrap());
    let lengths = frames.map(|frame| u64::from(bits::BitSequence::of(&frame).length()) * 2_000);
    let ends = [asked_ns[0] + lengths[0], asked_ns[1] + lengths[1]];
    assert_eq!(
        lines(&simulation, "frame")[0],
        format!("{}\tframe\tcan0\t123#0100 climate {}", ends[0], asked_ns[0])
    );
    // The receiver's task is due at the end of frame and publishes at its own end.
    assert_eq!(
        lines(&simulation, "publish")[0],
        format!(
            "{}\tpublish\tcockpit/app/count\t0100",
            ends[0] + ACTIVATION_NS
        )
    );
    assert_eq!(lines(&simulation, "frame").len(), 2);
    let second = lines(&simulation, "begin").pop().unwrap();
    assert_eq!(
        second,
        format!("{}\tbegin\tcockpit/app/receive\t{}", ends[1], ends[1])
    );
    assert_eq!(
        simulation
            .trace()
            .latest("cockpit/app/count")
            .unwrap()
            .bytes,
        [2, 0]
    );
}

#[test]
fn no_frame_is_lost_in_ten_seconds() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    run(&mut simulation, 10 * SECOND - 1);
    let summary = simulation.summary();
    assert_eq!(
        (summary.frames, lines(&simulation, "publish").len()),
        (10_000, 10_000)
    );
    assert_eq!(summary.activations, 20_000);
    let tasks: Vec<(&str, u64, u64)> = summary
        .tasks
        .iter()
        .map(|task| (task.task.as_str(), task.activations, task.lost))
        .collect();
    assert_eq!(tasks, [("send", 10_000, 0), ("receive", 10_000, 0)]);
    let bus = &summary.buses[0];
    assert!(bus.load > 0.10 && bus.load < 0.14, "{}", bus.load);
    assert_eq!((bus.ids[0].id.as_str(), bus.ids[0].frames), ("123", 10_000));
}

#[test]
fn frames_asked_for_together_are_arbitrated() {
    let other = guest("alarm", "app")
        .pdu("Alarm", Direction::Out, 0x100)
        .task(
            "send",
            every(MS),
            "i32.const 0 i32.const 64 i32.const 2 call $transmit",
        );
    let files = system(&[sender("climate"), receiver("cockpit"), other]);
    let mut simulation = start(&files);
    run(&mut simulation, 3 * MS - 1);
    let order: Vec<String> = simulation
        .candump()
        .lines()
        .map(|line| line.split(' ').nth(2).unwrap().to_owned())
        .collect();
    assert_eq!(
        order,
        [
            "100#0000", "123#0100", "100#0000", "123#0200", "100#0000", "123#0300"
        ]
    );
}

#[test]
fn who_is_alone_is_not_acknowledged_and_the_run_goes_on() {
    let mut simulation = start(&system(&[sender("climate")]));
    assert_eq!(run(&mut simulation, 100 * MS), Halt::Reached);
    let summary = simulation.summary();
    assert_eq!(summary.frames, 0);
    assert!(summary.buses[0].error_frames > 100);
    assert!(lines(&simulation, "state")[0].ends_with("can0/climate\terror-passive"));
    // By hand, somebody comes who acknowledges.
    simulation
        .inject_frame("can0", "7FF#".parse().unwrap())
        .unwrap();
    run(&mut simulation, 110 * MS);
    assert!(simulation.summary().frames > 10);
    assert!(
        lines(&simulation, "frame")
            .iter()
            .any(|line| line.contains("7FF# tester"))
    );
}

#[test]
fn values_go_from_partition_to_partition() {
    let producer = guest("climate", "first")
        .element("out", Direction::Out)
        .task(
            "produce",
            every(MS),
            "i32.const 0 i32.const 8 i32.const 2 call $publish",
        );
    let consumer = guest("climate", "second")
        .element("in", Direction::In)
        .element("copy", Direction::Out)
        .task(
            "consume",
            Event::DataReceived {
                elements: vec![0],
                pdus: vec![],
            },
            "i32.const 0 i32.const 128 call $take
            i32.const 1 i32.const 132 i32.load i32.const 136 i32.load call $publish",
        );
    let mut files = system(&[producer, consumer]);
    let end = |partition: &str| RouteEnd {
        ecu: "climate".into(),
        partition: partition.into(),
        element: 0,
    };
    files.system.routes.push(Route {
        from: end("first"),
        to: end("second"),
    });
    let mut simulation = start(&files);
    run(&mut simulation, 5 * MS - 1);
    let copies = lines(&simulation, "publish")
        .iter()
        .filter(|line| line.ends_with("second/copy\t6932"))
        .count();
    assert_eq!(copies, 5);
}

#[test]
fn steps_stop_where_they_should() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    assert_eq!(simulation.step_until(SECOND, Step::Task), Halt::Reached);
    assert_eq!(lines(&simulation, "begin").len(), 1);
    assert_eq!(simulation.step_until(SECOND, Step::Frame), Halt::Reached);
    assert_eq!(lines(&simulation, "frame").len(), 1);
    let before = simulation.next_event_ns().unwrap();
    assert_eq!(simulation.step_until(SECOND, Step::Event), Halt::Reached);
    assert_eq!(simulation.now_ns(), before);
    // A step that finds nothing before the limit stops there.
    let limit = simulation.now_ns() + 10;
    assert_eq!(
        (
            simulation.step_until(limit, Step::Frame),
            simulation.now_ns()
        ),
        (Halt::Paused, limit)
    );
}

#[test]
fn the_closure_pauses() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    let halt = simulation.run_until(SECOND, &mut |simulation| simulation.summary().frames < 3);
    assert_eq!(halt, Halt::Paused);
    assert!(simulation.now_ns() < 4 * MS);
}

#[test]
fn the_summary_has_stable_fields() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    run(&mut simulation, 5 * MS);
    let json = serde_json::to_value(simulation.summary()).unwrap();
    let keys = |value: &serde_json::Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        keys(&json),
        "activations buses ecus frames incidents seed tasks time_ns trace_hash"
    );
    assert_eq!(keys(&json["ecus"][0]), "ecu load");
    assert_eq!(
        keys(&json["tasks"][0]),
        "activations cost_worst_ns ecu late lost partition response_worst_ns task"
    );
    assert_eq!(keys(&json["buses"][0]), "bus error_frames frames ids load");
    assert_eq!(keys(&json["buses"][0]["ids"][0]), "frames id load");
    assert_eq!(
        (json["time_ns"].as_u64(), json["frames"].as_u64()),
        (Some(5 * MS), Some(5))
    );
    assert_eq!(json["trace_hash"].as_str().unwrap().len(), 64);
}
