//! CAN FD frames on a bus of several controllers, classic ones among them.

use super::tests::{frame, run, sent, settings};
use super::*;
use crate::can::{bits::BitSequence, bits::tests::FLEXIBLE, controller::Attempts::*};

/// Controllers that know CAN FD, and behind them those that do not.
fn bus(flexible: u32, classic: u32) -> (Bus, Vec<ControllerId>) {
    let mut bus = Bus::with(FLEXIBLE);
    let nodes = (0..flexible + classic).map(|node| {
        bus.attach(ControllerSettings {
            is_flexible: node < flexible,
            ..settings(node, Mode::Normal)
        })
    });
    let nodes = nodes.collect();
    (bus, nodes)
}

fn failed(events: &[BusEvent]) -> Vec<(BusError, String, u64)> {
    let failed = |event: &BusEvent| match event {
        BusEvent::Failed(Failed {
            kind,
            frame,
            start_ns,
            end_ns,
            ..
        }) => Some((*kind, frame.to_string(), end_ns - start_ns)),
        _ => None,
    };
    events.iter().filter_map(failed).collect()
}

#[test]
fn a_frame_takes_its_bits_at_two_rates() {
    let (mut bus, nodes) = bus(2, 0);
    for text in ["123##1", "124#"] {
        bus.request(0, nodes[0], frame(text), 0, UntilSent).unwrap();
    }
    let events = run(&mut bus, 10_000_000);
    // 26 slow bits and 33 fast ones, then three of intermission.
    let end_ns = 26 * 2_000 + 33 * 500;
    assert_eq!(sent(&events)[0], ("123##1".into(), 0, end_ns));
    assert_eq!(sent(&events)[1].1, end_ns + 3 * 2_000);
    let statistics = bus.statistics().ids().next().unwrap().1;
    assert_eq!(statistics.busy_ns, end_ns + 3 * 2_000);
}

#[test]
fn a_full_bus_carries_what_the_rates_allow() {
    let (mut bus, nodes) = bus(2, 0);
    let full = format!("555##1{}", "55".repeat(64));
    for token in 0..10 {
        bus.request(0, nodes[0], frame(&full), token, UntilSent)
            .unwrap();
    }
    let frame_ns = 29 * 2_000 + 550 * 500;
    assert_eq!(sent(&run(&mut bus, 10 * frame_ns)).len(), 10);
    let load = bus.statistics().load(20 * frame_ns);
    assert!((load - 0.5).abs() < 1e-9, "{load}");
}

#[test]
fn the_lower_identifier_wins_whatever_the_format() {
    let (mut bus, nodes) = bus(5, 0);
    let asked = ["124#", "048C0000##1AB", "123#R0", "122##0", "121#"];
    for (node, text) in nodes.iter().zip(asked) {
        bus.request(0, *node, frame(text), 0, UntilSent).unwrap();
    }
    let events = run(&mut bus, 10_000_000);
    let order: Vec<String> = sent(&events).into_iter().map(|(text, ..)| text).collect();
    let expected = ["121#", "122##0", "123#R", "048C0000##1AB", "124#"];
    assert_eq!(order, expected);
    assert_eq!(failed(&events), []);
}

#[test]
fn can_fd_beats_a_remote_frame_and_meets_a_classic_one_of_its_identifier_at_fdf() {
    let contest = |texts: [&str; 2]| {
        let (mut bus, nodes) = bus(3, 0);
        for (node, text) in nodes.iter().zip(texts) {
            bus.request(0, *node, frame(text), 0, Once).unwrap();
        }
        let events = run(&mut bus, 10_000_000);
        let order: Vec<String> = sent(&events).into_iter().map(|(text, ..)| text).collect();
        (order, failed(&events))
    };
    let (order, errors) = contest(["123#R0", "123##1"]);
    assert_eq!((order, errors), (vec!["123##1".to_owned()], vec![]));
    let (order, errors) = contest(["123#00", "123##1"]);
    assert_eq!(order, Vec::<String>::new());
    // FDF is bit 14 behind two zeros: listeners see the sixth zero at 17 and flag to 23, as does the
    // classic sender, which meets its own stuff bit there. The delimiter is 8 bits.
    let bits = 24 + 8;
    assert_eq!(errors, [(BusError::Bit, "123#00".into(), bits * 2_000)]);
}

#[test]
fn a_classic_controller_answers_by_an_error() {
    let (mut bus, nodes) = bus(2, 1);
    bus.request(0, nodes[0], frame("123##1"), 0, UntilSent)
        .unwrap();
    let mut events = Vec::new();
    while failed(&events).is_empty() && bus.advance(1_000_000, &mut events) {}
    // FDF is bit 14: the flag is 15 to 20, the sender meets it at BRS (16) and flags to 22, the
    // other one sees six zeros at 20 and flags to 26. No bit is a fast one.
    let bits = 27 + 8;
    assert_eq!(
        failed(&events),
        [(BusError::Bit, "123##1".into(), bits * 2_000)]
    );
    let errors = |node: usize| {
        let controller = bus.controller(nodes[node]).unwrap();
        (controller.transmit_errors(), controller.receive_errors())
    };
    assert_eq!((errors(0), errors(1).1 > 0), ((8, 0), true));
    assert_eq!(bus.statistics().error_frames(), 1);
    let refused = bus.request(0, nodes[2], frame("001##0"), 0, UntilSent);
    assert_eq!(refused, Err(RequestError::Classic));
    // Frames of its own kind go through.
    bus.request(1_000_000, nodes[2], frame("100#"), 9, UntilSent)
        .unwrap();
    let events = run(&mut bus, 2_000_000);
    assert_eq!(sent(&events)[0].0, "100#");
}

#[test]
fn an_error_passive_classic_controller_disturbs_no_more_and_hears_nothing() {
    let (mut bus, nodes) = bus(2, 1);
    bus.request(0, nodes[0], frame("123##1"), 7, UntilSent)
        .unwrap();
    let events = run(&mut bus, 100_000_000);
    let sent = events.iter().find_map(|event| match event {
        BusEvent::Sent(sent) => Some(sent),
        _ => None,
    });
    // The first to flag counts 9 each time, and is passive at 135.
    assert_eq!(failed(&events).len(), 15);
    let sent = sent.unwrap();
    assert_eq!(sent.frame.to_string(), "123##1");
    assert_eq!(sent.receivers, [nodes[1]]);
    assert_eq!(sent.senders, [(nodes[0], 7)]);
}

#[test]
fn an_error_passive_sender_says_so() {
    let (mut bus, nodes) = bus(1, 0);
    bus.request(0, nodes[0], frame("123##1"), 0, UntilSent)
        .unwrap();
    // Nobody acknowledges.
    assert_eq!(sent(&run(&mut bus, 10_000_000)), []);
    bus.attach(ControllerSettings {
        is_flexible: true,
        ..settings(1, Mode::Normal)
    });
    let events = run(&mut bus, 20_000_000);
    assert_eq!(sent(&events)[0].0, "123##3");
}

#[test]
fn a_classic_controller_alone_acknowledges_no_can_fd() {
    let (mut bus, nodes) = bus(1, 1);
    bus.request(0, nodes[0], frame("123##1"), 0, UntilSent)
        .unwrap();
    let events = run(&mut bus, 100_000_000);
    assert_eq!(sent(&events), []);
    let kinds: Vec<BusError> = failed(&events).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds.first(), Some(&BusError::Bit));
    assert_eq!(kinds.last(), Some(&BusError::Acknowledge));
}

#[test]
fn an_error_among_fast_bits_ends_the_data_rate() {
    let text = format!("555##1{}", "55".repeat(64));
    let (mut bus, nodes) = bus(1, 0);
    bus.disturb(100);
    bus.request(0, nodes[0], frame(&text), 0, Once).unwrap();
    let events = run(&mut bus, 10_000_000);
    let levels = BitSequence::of(&frame(&text));
    assert_eq!(levels.stuff_bits(), 0);
    // Alone: 16 slow bits, 0.8 of BRS slow and 0.3 fast, 83 fast ones, of the bit with the error 0.7
    // fast and 0.2 slow; then a flag of 6 and a delimiter of 8 slow ones.
    let expected = 17 * 2_000 + 84 * 500 + 14 * 2_000;
    assert_eq!(failed(&events), [(BusError::Bit, text, expected)]);
}
