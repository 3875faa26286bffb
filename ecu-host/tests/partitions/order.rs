//! Which task runs when: priorities, names, periods, data, late and lost activations.

use deployment::{Direction, Event};
use ecu_host::{Ecu, EcuSettings, PartitionState, Work, board::CanFrame};

use crate::support::*;

fn frame(id: u32, data: &[u8]) -> CanFrame {
    let bus = "can0".into();
    CanFrame {
        bus,
        id,
        data: data.into(),
        ..CanFrame::default()
    }
}

#[test]
fn priority_then_name_decide() {
    let tasks = vec![
        task("b", every(1_000), 1),
        task("a", every(1_000), 1),
        task("c", every(1_000), 2),
        task("z-initialize", Event::Init, 0),
    ];
    let mut ecu = ecu();
    ecu.add(
        &empty_tasks(&["a", "b", "c", "z-initialize"]),
        table("p", tasks),
    )
    .unwrap();
    let lines = run_until(&mut ecu, 1_000);
    assert_eq!(
        lines,
        [
            "0 start +10",
            "10 z-initialize +10",
            "20 c +10",
            "30 a +10",
            "40 b +10"
        ]
    );
}

#[test]
fn partitions_share_one_order() {
    let mut ecu = ecu();
    ecu.add(
        &empty_tasks(&["t"]),
        table("q", vec![task("t", every(1_000), 1)]),
    )
    .unwrap();
    ecu.add(
        &empty_tasks(&["t"]),
        table("p", vec![task("t", every(1_000), 1)]),
    )
    .unwrap();
    let names: Vec<_> = completions(&mut ecu, 500)
        .iter()
        .map(|done| {
            format!(
                "{} {}",
                ecu.partition(done.partition).unwrap().name,
                ecu.work_name(done.partition, done.work)
            )
        })
        .collect();
    assert_eq!(names, ["p start", "q start", "p t", "q t"]);
}

#[test]
fn offsets_and_periods_hold() {
    let event = Event::Timing {
        period_ns: 100,
        offset_ns: 50,
    };
    let mut ecu = started(&empty_tasks(&["t"]), table("p", vec![task("t", event, 0)]));
    assert_eq!(
        run_until(&mut ecu, 300),
        ["50 t +10", "150 t +10", "250 t +10"]
    );
}

#[test]
fn a_more_urgent_task_that_comes_while_the_ecu_is_busy_runs_next() {
    let tasks = vec![
        task("long", every(1_000), 0),
        task(
            "low",
            Event::Timing {
                period_ns: 1_000,
                offset_ns: 1,
            },
            1,
        ),
        task(
            "high",
            Event::Timing {
                period_ns: 1_000,
                offset_ns: 5,
            },
            9,
        ),
    ];
    let mut ecu = started(&empty_tasks(&["high", "long", "low"]), table("p", tasks));
    // The start kept the ecu busy until 10: all three wait.
    assert_eq!(
        run_until(&mut ecu, 500),
        ["10 high +10", "20 low +10", "30 long +10"]
    );
}

#[test]
fn frames_activate_the_tasks_that_wait_for_them() {
    let mut table = table("p", vec![task("seen", on_pdu(0), 0)]);
    table.pdus = vec![pdu("FanStatus", Direction::In, 0x123, 1)];
    let mut ecu = started(&empty_tasks(&["seen"]), table);
    assert_eq!(ecu.next_activation(), None);
    ecu.receive(40, &frame(0x123, &[1, 2]));
    assert_eq!(run_until(&mut ecu, 500), ["40 seen +10"]);
}

#[test]
fn frames_of_others_activate_nothing() {
    let mut table = table("p", vec![task("seen", on_pdu(0), 0)]);
    table.pdus = vec![
        pdu("In", Direction::In, 0x123, 1),
        pdu("Out", Direction::Out, 0x124, 1),
    ];
    let mut ecu = started(&empty_tasks(&["seen"]), table);
    let right = frame(0x123, &[1, 2]);
    for wrong in [
        frame(0x124, &[1, 2]),
        frame(0x123, &[1]),
        CanFrame {
            bus: "can1".into(),
            ..right.clone()
        },
        CanFrame {
            extended: true,
            ..right.clone()
        },
        CanFrame {
            remote: true,
            ..right
        },
    ] {
        ecu.receive(40, &wrong);
    }
    assert_eq!(ecu.next_activation(), None);
    assert_eq!(ecu.partition_counters(FIRST).unwrap().frames_lost, 1);
}

#[test]
fn a_value_that_replaces_a_waiting_one_activates_once() {
    let mut table = table("p", vec![task("seen", on_pdu(0), 0)]);
    table.pdus = vec![pdu("Last", Direction::In, 1, 1)];
    let mut ecu = started(&empty_tasks(&["seen"]), table);
    ecu.receive(20, &frame(1, &[1, 2]));
    ecu.receive(21, &frame(1, &[3, 4]));
    assert_eq!(run_until(&mut ecu, 500), ["20 seen +10"]);
    assert_eq!(ecu.partition_counters(FIRST).unwrap().frames_lost, 0);
    // Nobody took it, and the next frame activates all the same.
    ecu.receive(600, &frame(1, &[5, 6]));
    assert_eq!(run_until(&mut ecu, 700), ["600 seen +10"]);
}

#[test]
fn queued_frames_activate_each_and_a_full_queue_loses_the_oldest() {
    let mut table = table("p", vec![task("seen", on_pdu(0), 0)]);
    table.pdus = vec![pdu("Queued", Direction::In, 1, 2)];
    let mut ecu = started(&empty_tasks(&["seen"]), table);
    for data in [[1, 0], [2, 0], [3, 0]] {
        ecu.receive(20, &frame(1, &data));
    }
    assert_eq!(run_until(&mut ecu, 500), ["20 seen +10", "30 seen +10"]);
    assert_eq!(ecu.partition_counters(FIRST).unwrap().frames_lost, 1);
}

/// `send` publishes element 0 with one byte; `echo` takes element 1 and publishes it as element 2.
fn publisher() -> ecu_host::Code {
    let body = r#"
        (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
        (import "wireloom:ecu/elements@0.1.0" "take" (func $take (param i32 i32)))
        (data (i32.const 8) "\2a")
        (func (export "send") i32.const 0 i32.const 8 i32.const 1 call $publish)
        (func (export "echo")
            i32.const 1 i32.const 16 call $take
            i32.const 16 i32.load8_u
            if i32.const 2 i32.const 20 i32.load i32.const 24 i32.load call $publish end)
    "#;
    component(&["wireloom:ecu/elements@0.1.0"], &["send", "echo"], body)
}

fn publisher_table(name: &str, tasks: Vec<deployment::Task>) -> deployment::Partition {
    let mut table = table(name, tasks);
    table.elements = vec![
        element("sent", Direction::Out, 1),
        element("taken", Direction::In, 2),
        element("echoed", Direction::Out, 1),
    ];
    table
}

#[test]
fn a_value_that_a_device_cannot_copy_is_a_trap_of_its_sender() {
    let outcomes = [0, 1].map(|call_bytes| {
        let settings = EcuSettings {
            call_bytes,
            ..settings()
        };
        let mut ecu = Ecu::new(&engine(), settings, Desk::default());
        let tasks = vec![task("send", every(1_000), 0)];
        ecu.add(&publisher(), publisher_table("p", tasks)).unwrap();
        run_until(&mut ecu, 15).pop().unwrap()
    });
    assert_eq!(outcomes, ["10 send +10 Misuse Restarts", "10 send +10"]);
}

#[test]
fn a_published_element_activates_its_readers_in_the_same_partition_at_the_end() {
    let tasks = vec![
        task("send", every(1_000), 0),
        task("echo", on_element(0), 9),
    ];
    let mut ecu = started(&publisher(), publisher_table("p", tasks));
    assert_eq!(run_until(&mut ecu, 500), ["10 send +10", "20 echo +10"]);
    assert_eq!(ecu.board().lines, ["20 published 0 [2a]"]);
}

#[test]
fn a_connector_carries_values_to_another_partition() {
    let mut ecu = ecu();
    let send = publisher_table("a", vec![task("send", every(1_000), 0)]);
    let echo = publisher_table("b", vec![task("echo", on_element(1), 0)]);
    let sender = ecu.add(&publisher(), send).unwrap();
    let receiver = ecu.add(&publisher(), echo).unwrap();
    ecu.connect((sender, 0), (receiver, 1)).unwrap();
    let lines = run_until(&mut ecu, 500);
    assert_eq!(
        lines,
        ["0 start +10", "10 start +10", "20 send +10", "30 echo +10"]
    );
    assert_eq!(
        ecu.board().lines,
        ["30 published 0 [2a]", "40 published 2 [2a]"]
    );
}

#[test]
fn a_connector_that_leads_nowhere_is_refused() {
    let mut ecu = ecu();
    let id = ecu.add(&publisher(), publisher_table("a", vec![])).unwrap();
    for (from, to) in [((id, 1), (id, 1)), ((id, 0), (id, 0)), ((id, 7), (id, 1))] {
        let message = ecu.connect(from, to).unwrap_err().to_string();
        assert!(
            message.contains("not there or goes the other way"),
            "{message}"
        );
    }
}

#[test]
fn values_are_delivered_and_bounded() {
    let tasks = vec![task("echo", on_element(1), 0)];
    let mut ecu = started(&publisher(), publisher_table("p", tasks));
    for value in [1, 2, 3] {
        ecu.deliver(20, FIRST, 1, &[value]).unwrap();
    }
    assert_eq!(run_until(&mut ecu, 500).len(), 2);
    assert_eq!(
        ecu.board().lines,
        ["30 published 2 [02]", "40 published 2 [03]"]
    );
    assert_eq!(ecu.partition_counters(FIRST).unwrap().values_lost, 1);
    for element in [0, 9] {
        let message = ecu
            .deliver(20, FIRST, element, &[1])
            .unwrap_err()
            .to_string();
        assert_eq!(message, format!("partition 0 takes no element {element}"));
    }
}

#[test]
fn an_overloaded_ecu_counts_late_and_lost_activations() {
    let settings = EcuSettings {
        activation_ns: 250,
        waiting_activations: 2,
        ..settings()
    };
    let mut ecu = Ecu::new(&engine(), settings, Desk::default());
    ecu.add(
        &empty_tasks(&["t"]),
        table("p", vec![task("t", every(100), 0)]),
    )
    .unwrap();
    completions(&mut ecu, 1_200);
    let counters = ecu.task_counters(FIRST, 0).unwrap();
    assert_eq!(counters.activations, 4);
    assert!(counters.late >= 3, "{counters:?}");
    assert!(counters.lost >= 3, "{counters:?}");
    assert_eq!(counters.busy_ns, 1_000);
    assert!(counters.worst_response_ns > 250, "{counters:?}");
}

#[test]
fn a_task_in_time_is_never_late() {
    let mut ecu = started(
        &empty_tasks(&["t"]),
        table("p", vec![task("t", every(100), 0)]),
    );
    completions(&mut ecu, 10_000);
    let counters = ecu.task_counters(FIRST, 0).unwrap();
    assert_eq!(
        (counters.activations, counters.late, counters.lost),
        (100, 0, 0)
    );
    assert_eq!(counters.worst_response_ns, 20);
}

#[test]
fn a_long_pause_of_the_caller_costs_no_loop() {
    let mut ecu = started(
        &empty_tasks(&["t"]),
        table("p", vec![task("t", every(1), 0)]),
    );
    assert!(ecu.run(u64::MAX / 2).is_some());
    assert_eq!(
        ecu.task_counters(FIRST, 0).unwrap().lost,
        u64::MAX / 2 + 1 - 8
    );
}

#[test]
fn nothing_runs_while_the_ecu_is_busy_or_before_its_time() {
    let event = Event::Timing {
        period_ns: 100,
        offset_ns: 50,
    };
    let mut ecu = started(&empty_tasks(&["t"]), table("p", vec![task("t", event, 0)]));
    assert_eq!(ecu.run(9), None);
    assert_eq!(ecu.run(49), None);
    assert_eq!(ecu.run(55).unwrap().started_ns, 55);
    assert_eq!(ecu.state(FIRST), Some(PartitionState::Running));
    assert_eq!(ecu.work_name(FIRST, Work::Task(9)), "?");
}
