//! Messages that are protected end to end: what is sent, what a receiver says of what comes, and what
//! its ports read then.

use crate::{
    guests::{counter, reader},
    host::Host,
    project::Project,
};
use graph_core::compose::ComposeError;
use protection::{Configuration, Profile, Sender};

const GET: &str = "counter.test:parts/speed@1.0.0#get";
const LEVEL: &str = "reader.test:parts/level@1.0.0#get";
const SHOWN: &str = "reader.test:parts/shown@1.0.0#get";
const E2E: &str = "[[transmissions]]\nmessage = \"can0:Status\"\n[transmissions.e2e]\n\
                   profile = 5\ndata_id = 4660\noffset_bytes = 2\n";

fn configuration() -> Configuration {
    Configuration {
        data_id: 0x1234,
        offset_bytes: 2,
        ..Configuration::new(Profile::P05)
    }
}

fn sender(said: &str) -> Project {
    Project::new()
        .component("counter", &counter())
        .instance(
            "counter",
            "counter",
            "climate/main",
            &["test:parts/counter@1.0.0#step timing"],
        )
        .buffered(GET, "can0:Status.Speed")
        .text(said)
}

fn receiver(event: &str) -> Host {
    let project = Project::new()
        .component("reader", &reader())
        .instance(
            "reader",
            "reader",
            "cockpit/main",
            &[&format!("test:parts/reader@1.0.0#step {event}")],
        )
        .buffered("can0:Status.Speed", LEVEL)
        .buffered(SHOWN, "can0:Event.Code")
        .text(E2E);
    Host::new(&project.compose().unwrap().partitions[0])
}

/// The frames that a sender of the same protection sends; its speed is 10.
struct Line {
    sender: Sender,
    host: Host,
}

impl Line {
    fn new(host: Host) -> Self {
        Self {
            sender: Sender::new(),
            host,
        }
    }

    fn frame(&mut self) -> Vec<u8> {
        let mut frame = vec![0x14, 0, 0, 0, 0];
        self.sender.protect(&configuration(), &mut frame).unwrap();
        frame
    }

    /// Status and state, and what the reader has read.
    fn arrives(&mut self, frame: &[u8]) -> (String, String) {
        let pdus = &self.host.partition.deployment.pdus;
        let number = pdus.iter().position(|pdu| pdu.name == "Status").unwrap() as u32;
        let frames = &mut self.host.store.data_mut().frames;
        frames.entry(number).or_default().push_back(frame.to_vec());
        self.read()
    }

    fn read(&mut self) -> (String, String) {
        let mut published = self.host.published_by("reader-step");
        let shown = published.pop().unwrap();
        let shown = shown
            .strip_prefix(&format!("{SHOWN} = "))
            .unwrap()
            .to_owned();
        let checked = published.pop().unwrap_or_default();
        let checked = checked.strip_prefix("can0:Status#e2e cockpit/main = ");
        (checked.unwrap_or_default().to_owned(), shown)
    }
}

fn is(status: &str, state: &str, shown: &str) -> (String, String) {
    // `ok` is a word of WAVE.
    let status = status.replace("ok", "%ok");
    let checked = format!("{{status: {status}, state: {state}}}");
    (checked, shown.to_owned())
}

#[test]
fn a_sender_adds_counter_and_checksum_to_what_it_sends() {
    let mut host = Host::new(&sender(E2E).compose().unwrap().partitions[0]);
    let mut sender = Sender::new();
    for speed in 0..20_u8 {
        let mut frame = vec![speed * 2, 0, 0, 0, 0];
        sender.protect(&configuration(), &mut frame).unwrap();
        let digits: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(host.sent_by("send-status"), [format!("Status {digits}")]);
        host.run("counter-step");
    }
}

#[test]
fn a_counter_is_no_change_of_a_message_that_is_sent_on_change() {
    let on_change = E2E.replace(
        "[transmissions.e2e]",
        "mode = \"on-change\"\n[transmissions.e2e]",
    );
    let mut host = Host::new(&sender(&on_change).compose().unwrap().partitions[0]);
    assert_eq!(host.sent_by("counter-step").len(), 1);
    let tasks = &host.partition.deployment.tasks;
    assert!(tasks.iter().all(|task| task.name == "counter-step"));
    assert_eq!(host.sent_by("counter-step").len(), 1);
}

#[test]
fn a_port_reads_what_is_valid_and_is_told_when_it_is_not_any_more() {
    let mut line = Line::new(receiver("data-received"));
    let frame = line.frame();
    assert_eq!(line.arrives(&frame), is("ok", "init", "1006"));
    for _ in 0..5 {
        let frame = line.frame();
        assert_eq!(line.arrives(&frame), is("ok", "valid", "10"));
    }
    let repeated = line.frame();
    line.arrives(&repeated);
    assert_eq!(line.arrives(&repeated), is("repeated", "valid", "10"));
    line.frame();
    let behind_a_lost_one = line.frame();
    assert_eq!(
        line.arrives(&behind_a_lost_one),
        is("wrong-sequence", "valid", "10")
    );
    // One damaged frame is stood; its value is not taken.
    let mut damaged = line.frame();
    damaged[0] ^= 0x80;
    assert_eq!(line.arrives(&damaged), is("error", "valid", "10"));
    let mut damaged = line.frame();
    damaged[3] ^= 1;
    assert_eq!(line.arrives(&damaged), is("error", "invalid", "1000"));
}

#[test]
fn a_frame_of_another_length_is_an_error() {
    let mut line = Line::new(receiver("data-received"));
    for _ in 0..3 {
        let frame = line.frame();
        line.arrives(&frame);
    }
    let frame = line.frame();
    assert_eq!(line.arrives(&frame[..4]), is("error", "valid", "10"));
}

#[test]
fn missing_frames_are_noticed_by_a_task_with_a_clock() {
    let mut line = Line::new(receiver("timing"));
    for _ in 0..6 {
        let frame = line.frame();
        line.host.store.data_mut().now_ns += 20_000_000;
        line.arrives(&frame);
    }
    // Within the cycle of 20 ms nothing is missing.
    line.host.store.data_mut().now_ns += 10_000_000;
    assert_eq!(line.read(), (String::new(), "10".to_owned()));
    let mut told = Vec::new();
    for _ in 0..5 {
        line.host.store.data_mut().now_ns += 21_000_000;
        told.push(line.read());
    }
    let missing = is("no-new-data", "valid", "10");
    assert_eq!(
        told[..4],
        [missing.clone(), missing.clone(), missing.clone(), missing]
    );
    assert_eq!(told[4], is("no-new-data", "invalid", "1000"));
}

#[test]
fn what_cannot_be_protected_is_refused() {
    let long = E2E.replace("offset_bytes = 2", "offset_bytes = 3");
    let error = sender(&long).compose().unwrap_err();
    assert!(matches!(error, ComposeError::Protection { .. }));
    assert_eq!(
        error.to_string(),
        "message `can0:Status` cannot be protected end to end: the header ends at byte 6, behind the \
         data; change its protection"
    );
}
