//! Signals on CAN: packed and sent by mode, received and unpacked.

use crate::{
    guests::{counter, reader},
    host::Host,
    project::Project,
};
use deployment::Event;

const STEP: &str = "test:parts/counter@1.0.0#step timing";
const GET: &str = "counter.test:parts/speed@1.0.0#get";
const LEVEL: &str = "reader.test:parts/level@1.0.0#get";
const SHOWN: &str = "reader.test:parts/shown@1.0.0#get";

fn sender(signal: &str) -> Project {
    Project::new()
        .component("counter", &counter())
        .instance("counter", "counter", "climate/main", &[STEP])
        .buffered(GET, signal)
}

fn only(project: &Project) -> Host {
    Host::new(&project.compose().unwrap().partitions[0])
}

fn position(host: &Host, message: &str) -> u32 {
    let mut pdus = host.partition.deployment.pdus.iter();
    let position = pdus.position(|pdu| pdu.name == message);
    u32::try_from(position.unwrap()).unwrap()
}

#[test]
fn a_cyclic_message_has_a_task_of_its_own_and_start_values() {
    let mut host = only(&sender("can0:Status.Speed"));
    let task = host
        .partition
        .deployment
        .tasks
        .iter()
        .find(|task| task.name == "send-status");
    let task = task.unwrap();
    assert_eq!(
        task.event,
        Event::Timing {
            period_ns: 20_000_000,
            offset_ns: 0
        }
    );
    assert_eq!(host.sent_by("send-status"), ["Status 0000000007"]);
    assert_eq!(host.sent_by("counter-step"), Vec::<String>::new());
    // 1 by the factor of 0.5 is 2.
    assert_eq!(host.sent_by("send-status"), ["Status 0200000007"]);
    let pdu = &host.partition.deployment.pdus[0];
    assert_eq!(
        (pdu.bus.as_str(), pdu.id, pdu.length_bytes),
        ("can0", 0x120, 5)
    );
}

#[test]
fn a_motorola_signal_lies_from_its_most_significant_bit() {
    let mut host = only(&sender("can0:Status.Angle"));
    host.run("counter-step");
    assert_eq!(host.sent_by("send-status"), ["Status 0000001007"]);
}

#[test]
fn without_cycle_time_a_message_is_sent_on_change() {
    let mut host = only(&sender("can0:Event.Code"));
    assert_eq!(host.sent_by("counter-step"), ["Event 01"]);
    assert_eq!(host.sent_by("counter-step"), ["Event 02"]);
    let names: Vec<&str> = host
        .partition
        .deployment
        .tasks
        .iter()
        .map(|task| task.name.as_str())
        .collect();
    assert_eq!(names, ["counter-step"]);
}

#[test]
fn multiplexed_signals_go_out_as_their_multiplexor_says() {
    let project = sender("can0:Turn.Which")
        .buffered(GET, "can0:Turn.One")
        .buffered(GET, "can0:Turn.Two");
    let mut host = only(&project);
    assert_eq!(host.sent_by("counter-step"), ["Turn 010100"]);
    assert_eq!(host.sent_by("counter-step"), ["Turn 020002"]);
    assert_eq!(host.sent_by("counter-step"), ["Turn 030000"]);
}

#[test]
fn a_long_message_is_one_of_can_fd() {
    let refused = sender("can0:Long.Far").compose().unwrap_err().to_string();
    assert!(refused.contains("classic CAN takes 1 to 8"), "{refused}");
    let project = sender("can0:Long.Far").can_fd();
    let mut host = only(&project);
    let frame = format!("Long {}01{}", "00".repeat(32), "00".repeat(15));
    assert_eq!(host.sent_by("counter-step"), [frame]);
    let pdu = &host.partition.deployment.pdus[0];
    assert_eq!((pdu.id, pdu.length_bytes), (291, 48));
    let system = project.compose().unwrap().system;
    let bus = system.buses.iter().find(|bus| bus.name == "can0").unwrap();
    assert_eq!(
        bus.kind,
        deployment::BusKind::CanFd {
            bitrate_bps: 500_000,
            sample_point_permille: 875,
            data_bitrate_bps: 2_000_000,
            data_sample_point_permille: 800,
        }
    );
}

#[test]
fn a_multiplexed_signal_stays_while_frames_come_without_it() {
    let project = Project::new()
        .component("reader", &reader())
        .instance(
            "reader",
            "reader",
            "cockpit/main",
            &["test:parts/reader@1.0.0#step data-received"],
        )
        .buffered("can0:Turn.Two", LEVEL)
        .buffered(SHOWN, "can0:Event.Code");
    let mut host = only(&project);
    let turn = position(&host, "Turn");
    let mut shown = |frame: [u8; 3]| {
        let frames = &mut host.store.data_mut().frames;
        frames.entry(turn).or_default().push_back(frame.to_vec());
        host.published_by("reader-step")
    };
    assert_eq!(shown([1, 5, 6]), [format!("{SHOWN} = 1006")]);
    assert_eq!(shown([2, 5, 6]), [format!("{SHOWN} = 6")]);
    assert_eq!(shown([1, 8, 9]), [format!("{SHOWN} = 6")]);
}

#[test]
fn the_project_says_otherwise() {
    let mixed = "[[transmissions]]\nmessage = \"can0:Event\"\nmode = \"mixed\"\nperiod_ns = 50000000\noffset_ns = 1000";
    let mut host = only(&sender("can0:Event.Code").text(mixed));
    assert_eq!(host.sent_by("counter-step"), ["Event 01"]);
    assert_eq!(host.sent_by("send-event"), ["Event 01"]);
    let task = host
        .partition
        .deployment
        .tasks
        .iter()
        .find(|task| task.name == "send-event");
    assert_eq!(
        task.unwrap().event,
        Event::Timing {
            period_ns: 50_000_000,
            offset_ns: 1000
        }
    );
}

#[test]
fn a_received_message_is_unpacked_and_starts_its_reader() {
    let project = Project::new()
        .component("reader", &reader())
        .instance(
            "reader",
            "reader",
            "cockpit/main",
            &["test:parts/reader@1.0.0#step data-received"],
        )
        .buffered("can0:Status.Speed", LEVEL)
        .buffered(SHOWN, "can0:Event.Code");
    let mut host = only(&project);
    let status = position(&host, "Status");
    let task = host
        .partition
        .deployment
        .tasks
        .iter()
        .find(|task| task.name == "reader-step");
    assert_eq!(
        task.unwrap().event,
        Event::DataReceived {
            elements: vec![],
            pdus: vec![status]
        }
    );
    assert_eq!(
        host.published_by("reader-step"),
        [format!("{SHOWN} = 1006")]
    );
    let frame = vec![0x14, 0, 0, 0, 0];
    host.store
        .data_mut()
        .frames
        .entry(status)
        .or_default()
        .push_back(frame);
    assert_eq!(host.published_by("reader-step"), [format!("{SHOWN} = 10")]);
}

#[test]
fn a_change_waits_for_the_minimum_delay() {
    let slow = "[[transmissions]]\nmessage = \"can0:Event\"\nminimum_delay_ns = 40000000";
    let mut host = only(&sender("can0:Event.Code").text(slow));
    let tasks = &host.partition.deployment.tasks;
    let late = tasks.iter().find(|task| task.name == "late-event").unwrap();
    let event = Event::Timing {
        period_ns: 10_000_000,
        offset_ns: 0,
    };
    assert_eq!((&late.event, late.priority), (&event, 0));
    assert_eq!(host.sent_by("counter-step"), ["Event 01"]);
    for now_ms in [10, 20, 39] {
        host.store.data_mut().now_ns = now_ms * 1_000_000;
        assert_eq!(host.sent_by("counter-step"), Vec::<String>::new());
        assert_eq!(host.sent_by("late-event"), Vec::<String>::new());
    }
    host.store.data_mut().now_ns = 40_000_000;
    assert_eq!(host.sent_by("late-event"), ["Event 04"]);
    host.store.data_mut().now_ns = 200_000_000;
    assert_eq!(host.sent_by("late-event"), Vec::<String>::new());
    assert_eq!(host.sent_by("counter-step"), ["Event 05"]);
}

#[test]
fn frames_of_the_clock_and_of_changes_keep_one_delay() {
    let mixed = "[[transmissions]]\nmessage = \"can0:Event\"\nmode = \"mixed\"\n\
                 period_ns = 50000000\nminimum_delay_ns = 20000000";
    let mut host = only(&sender("can0:Event.Code").text(mixed));
    assert_eq!(host.sent_by("send-event"), ["Event 00"]);
    host.store.data_mut().now_ns = 10_000_000;
    assert_eq!(host.sent_by("counter-step"), Vec::<String>::new());
    host.store.data_mut().now_ns = 20_000_000;
    assert_eq!(host.sent_by("late-event"), ["Event 01"]);
    host.store.data_mut().now_ns = 30_000_000;
    assert_eq!(host.sent_by("send-event"), Vec::<String>::new());
    host.store.data_mut().now_ns = 40_000_000;
    assert_eq!(host.sent_by("late-event"), ["Event 01"]);
}

#[test]
fn a_change_is_repeated_until_the_next_one_begins_anew() {
    let again = "[[transmissions]]\nmessage = \"can0:Event\"\nrepetitions = 2\n\
                 repetition_period_ns = 40000000";
    let mut host = only(&sender("can0:Event.Code").text(again));
    let tasks = &host.partition.deployment.tasks;
    let late = tasks.iter().find(|task| task.name == "late-event").unwrap();
    let event = Event::Timing {
        period_ns: 10_000_000,
        offset_ns: 0,
    };
    assert_eq!(late.event, event);
    let mut sent_at = |now_ms: u64, task: &str| {
        host.store.data_mut().now_ns = now_ms * 1_000_000;
        host.sent_by(task)
    };
    assert_eq!(sent_at(0, "late-event"), Vec::<String>::new());
    assert_eq!(sent_at(0, "counter-step"), ["Event 01"]);
    assert_eq!(sent_at(39, "late-event"), Vec::<String>::new());
    assert_eq!(sent_at(40, "late-event"), ["Event 01"]);
    assert_eq!(sent_at(70, "late-event"), Vec::<String>::new());
    assert_eq!(sent_at(80, "late-event"), ["Event 01"]);
    assert_eq!(sent_at(500, "late-event"), Vec::<String>::new());
    assert_eq!(sent_at(500, "counter-step"), ["Event 02"]);
    assert_eq!(sent_at(540, "late-event"), ["Event 02"]);
    assert_eq!(sent_at(560, "counter-step"), ["Event 03"]);
    assert_eq!(sent_at(590, "late-event"), Vec::<String>::new());
    assert_eq!(sent_at(600, "late-event"), ["Event 03"]);
    assert_eq!(sent_at(640, "late-event"), ["Event 03"]);
    assert_eq!(sent_at(900, "late-event"), Vec::<String>::new());
}

#[test]
fn a_change_that_waits_is_repeated_from_when_it_went_out() {
    let both = "[[transmissions]]\nmessage = \"can0:Event\"\nminimum_delay_ns = 40000000\n\
                repetitions = 1";
    let mut host = only(&sender("can0:Event.Code").text(both));
    let mut sent_at = |now_ms: u64, task: &str| {
        host.store.data_mut().now_ns = now_ms * 1_000_000;
        host.sent_by(task)
    };
    assert_eq!(sent_at(0, "counter-step"), ["Event 01"]);
    assert_eq!(sent_at(30, "counter-step"), Vec::<String>::new());
    assert_eq!(sent_at(40, "late-event"), ["Event 02"]);
    assert_eq!(sent_at(70, "late-event"), Vec::<String>::new());
    assert_eq!(sent_at(80, "late-event"), ["Event 02"]);
    assert_eq!(sent_at(200, "late-event"), Vec::<String>::new());
}

#[test]
fn a_cyclic_message_has_its_period_and_no_other_delay() {
    let said = "[[transmissions]]\nmessage = \"can0:Status\"\nminimum_delay_ns = 90000000";
    let mut host = only(&sender("can0:Status.Speed").text(said));
    assert_eq!(host.sent_by("send-status").len(), 1);
    assert_eq!(host.sent_by("send-status").len(), 1);
    let tasks = &host.partition.deployment.tasks;
    assert!(tasks.iter().all(|task| !task.name.starts_with("late")));
}

#[test]
fn signals_written_in_one_activation_go_out_in_one_frame() {
    let on_change = "[[transmissions]]\nmessage = \"can0:Status\"\nmode = \"on-change\"";
    let project = sender("can0:Status.Speed")
        .buffered(GET, "can0:Status.Angle")
        .buffered(GET, "can0:Status.Count");
    let mut host = only(&project.text(on_change));
    assert_eq!(host.sent_by("counter-step"), ["Status 0200001001"]);
    assert_eq!(host.sent_by("counter-step"), ["Status 0400002002"]);
}

/// What the reader shows is 1000 and the number of the status.
const TIMEOUT: &str = "reader.test:parts/shown@1.0.0#get = 1003";

fn receiver(said: &str) -> Host {
    let project = Project::new()
        .component("reader", &reader())
        .instance(
            "reader",
            "reader",
            "cockpit/main",
            &["test:parts/reader@1.0.0#step timing"],
        )
        .buffered("can0:Status.Speed", LEVEL)
        .buffered(SHOWN, "can0:Event.Code");
    only(&project.text(said))
}

#[test]
fn receivers_take_the_timeout_of_their_message() {
    let said = "[[transmissions]]\nmessage = \"can0:Status\"\ntimeout_ns = 30000000";
    let mut host = receiver(said);
    let pdus = &host.partition.deployment.pdus;
    let status = pdus.iter().position(|pdu| pdu.name == "Status").unwrap() as u32;
    let frames = &mut host.store.data_mut().frames;
    frames
        .entry(status)
        .or_default()
        .push_back(vec![0x14, 0, 0, 0, 0]);
    assert_eq!(host.published_by("reader-step"), [format!("{SHOWN} = 10")]);
    host.store.data_mut().now_ns = 30_000_000;
    assert_eq!(host.published_by("reader-step"), [format!("{SHOWN} = 10")]);
    host.store.data_mut().now_ns = 30_000_001;
    assert_eq!(host.published_by("reader-step"), [TIMEOUT]);
}
