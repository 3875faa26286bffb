//! What a bus of several controllers does, by hand and at random.

use super::*;
use crate::can::controller::{Attempts::*, QueueOrder};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn bus(nodes: u32) -> (Bus, Vec<ControllerId>) {
    let mut bus = Bus::new(500_000);
    let ids = (0..nodes)
        .map(|node| attach(&mut bus, node, Mode::Normal))
        .collect();
    (bus, ids)
}

fn attach(bus: &mut Bus, node: u32, mode: Mode) -> ControllerId {
    bus.attach(settings(node, mode))
}

pub(in crate::can) fn settings(node: u32, mode: Mode) -> ControllerSettings {
    ControllerSettings {
        name: format!("node{node}"),
        order: QueueOrder::Priority,
        capacity: 64,
        mode,
        is_flexible: false,
    }
}

pub(in crate::can) fn frame(text: &str) -> Frame {
    text.parse().unwrap()
}

pub(in crate::can) fn run(bus: &mut Bus, until_ns: u64) -> Vec<BusEvent> {
    let mut events = Vec::new();
    while bus.advance(until_ns, &mut events) {}
    events
}

pub(in crate::can) fn sent(events: &[BusEvent]) -> Vec<(String, u64, u64)> {
    let text = |event: &BusEvent| match event {
        BusEvent::Sent(sent) => Some((sent.frame.to_string(), sent.start_ns, sent.end_ns)),
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

#[test]
fn a_frame_takes_its_bits() {
    let (mut bus, nodes) = bus(2);
    bus.request(1_000, nodes[0], frame("123#"), 7, UntilSent)
        .unwrap();
    bus.request(1_000, nodes[0], frame("124#"), 8, UntilSent)
        .unwrap();
    let events = run(&mut bus, 10_000_000);
    assert_eq!(sent(&events)[0], ("123#".into(), 1_000, 1_000 + 45 * 2_000));
    assert_eq!(sent(&events)[1].1, 1_000 + 48 * 2_000);
    let BusEvent::Sent(first) = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (&first.senders[..], &first.receivers[..]),
        (&[(nodes[0], 7)][..], &[nodes[1]][..])
    );
}

#[test]
fn the_lowest_pattern_wins_and_losers_try_again() {
    let (mut bus, nodes) = bus(4);
    for (node, text) in [(0, "124#"), (1, "048C0000#"), (2, "123#R0"), (3, "123#00")] {
        bus.request(0, nodes[node], frame(text), 0, UntilSent)
            .unwrap();
    }
    let events = run(&mut bus, 10_000_000);
    let order: Vec<String> = sent(&events).into_iter().map(|(text, ..)| text).collect();
    assert_eq!(order, ["123#00", "123#R", "048C0000#", "124#"]);
    assert_eq!(bus.controller(nodes[0]).unwrap().arbitration_losses(), 3);
}

#[test]
fn who_asks_during_a_frame_waits_for_idle() {
    let (mut bus, nodes) = bus(2);
    bus.request(0, nodes[0], frame("700#"), 0, UntilSent)
        .unwrap();
    let mut events = Vec::new();
    assert!(bus.advance(0, &mut events));
    bus.request(10, nodes[1], frame("001#"), 0, UntilSent)
        .unwrap();
    events.extend(run(&mut bus, 10_000_000));
    let times = sent(&events);
    assert_eq!(times[1].1, times[0].2 + 3 * 2_000);
}

#[test]
fn a_lone_controller_stops_at_passive_and_never_goes_off() {
    let (mut bus, nodes) = bus(1);
    bus.request(0, nodes[0], frame("123#00"), 0, UntilSent)
        .unwrap();
    let events = run(&mut bus, 1_000_000_000);
    let node = bus.controller(nodes[0]).unwrap();
    assert_eq!(
        (node.transmit_errors(), node.state()),
        (128, ErrorState::ErrorPassive)
    );
    assert!(events.len() > 1_000 && sent(&events).is_empty());
    // A second node comes, and the frame goes out.
    attach(&mut bus, 1, Mode::Normal);
    let events = run(&mut bus, 1_001_000_000);
    assert_eq!(sent(&events).len(), 1);
}

#[test]
fn who_only_listens_acknowledges_nothing_and_hears_all() {
    let (mut bus, nodes) = bus(1);
    let listener = attach(&mut bus, 1, Mode::ListenOnly);
    bus.request(0, nodes[0], frame("123#00"), 0, UntilSent)
        .unwrap();
    assert!(sent(&run(&mut bus, 10_000_000)).is_empty());
    attach(&mut bus, 2, Mode::Normal);
    let events = run(&mut bus, 20_000_000);
    let heard = |event: &BusEvent| matches!(event, BusEvent::Sent(sent) if sent.receivers.contains(&listener));
    assert!(events.iter().any(heard));
}

#[test]
fn a_passive_sender_suspends_eight_bits() {
    let (mut bus, nodes) = bus(1);
    bus.request(0, nodes[0], frame("123#00"), 0, UntilSent)
        .unwrap();
    let failures: Vec<(u64, u64)> = run(&mut bus, 10_000_000)
        .iter()
        .filter_map(|event| match event {
            BusEvent::Failed(failed) => Some((failed.start_ns, failed.end_ns)),
            _ => None,
        })
        .collect();
    let gaps: Vec<u64> = failures
        .windows(2)
        .map(|pair| pair[1].0 - pair[0].1)
        .collect();
    assert_eq!(gaps[0], 3 * 2_000);
    assert_eq!(gaps[20], (3 + 8) * 2_000);
}

#[test]
fn the_same_id_with_other_data_ends_in_errors_until_one_is_passive() {
    let (mut bus, nodes) = bus(3);
    bus.request(0, nodes[0], frame("123#80"), 0, UntilSent)
        .unwrap();
    bus.request(0, nodes[1], frame("123#00"), 0, UntilSent)
        .unwrap();
    let events = run(&mut bus, 100_000_000);
    let failed = events
        .iter()
        .filter(|event| matches!(event, BusEvent::Failed(_)))
        .count();
    assert_eq!(failed, 16, "both count 8 each time, up to 128");
    let order: Vec<String> = sent(&events).into_iter().map(|(text, ..)| text).collect();
    assert_eq!(
        order,
        ["123#00", "123#80"],
        "the recessive one gives way, then sends"
    );
}

#[test]
fn the_same_frame_of_two_is_one() {
    let (mut bus, nodes) = bus(3);
    bus.request(0, nodes[0], frame("123#80"), 1, UntilSent)
        .unwrap();
    bus.request(0, nodes[1], frame("123#80"), 2, UntilSent)
        .unwrap();
    let events = run(&mut bus, 100_000_000);
    let BusEvent::Sent(both) = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (both.senders.len(), both.receivers.len(), events.len()),
        (2, 1, 1)
    );
}

#[test]
fn disturbed_frames_end_in_bus_off_and_recovery_takes_128_times_11_bits() {
    let (mut bus, nodes) = bus(2);
    (0..32).for_each(|_| bus.disturb(20));
    bus.request(0, nodes[0], frame("123#00"), 0, UntilSent)
        .unwrap();
    let events = run(&mut bus, 1_000_000_000);
    let states: Vec<(u64, ErrorState)> = events
        .iter()
        .filter_map(|event| match event {
            BusEvent::StateChanged {
                at_ns,
                controller,
                state,
            } if *controller == nodes[0] => Some((*at_ns, *state)),
            _ => None,
        })
        .collect();
    let names: Vec<ErrorState> = states.iter().map(|(_, state)| *state).collect();
    assert_eq!(
        names,
        [
            ErrorState::ErrorPassive,
            ErrorState::BusOff,
            ErrorState::ErrorActive
        ]
    );
    // One sequence is the delimiter and intermission of the last error frame itself.
    assert_eq!(states[2].0 - states[1].0, (3 + 127 * 11) * 2_000);
    assert_eq!(sent(&events).len(), 1, "the frame goes out in the end");
}

#[test]
fn a_controller_that_is_off_takes_no_frame() {
    let (mut bus, nodes) = bus(2);
    (0..32).for_each(|_| bus.disturb(20));
    bus.request(0, nodes[0], frame("123#00"), 0, UntilSent)
        .unwrap();
    let mut events = Vec::new();
    while bus.controller(nodes[0]).unwrap().state() != ErrorState::BusOff {
        assert!(bus.advance(u64::MAX, &mut events));
    }
    assert_eq!(
        bus.request(0, nodes[0], frame("124#"), 0, UntilSent),
        Err(RequestError::BusOff)
    );
}

fn setbacks(events: &[BusEvent]) -> Vec<Setback> {
    let setback = |event: &BusEvent| match event {
        BusEvent::Setback(setback) => Some(*setback),
        _ => None,
    };
    events.iter().filter_map(setback).collect()
}

#[test]
fn one_attempt_that_loses_arbitration_is_given_up() {
    let (mut bus, nodes) = bus(3);
    bus.request(0, nodes[0], frame("122#"), 1, UntilSent)
        .unwrap();
    bus.request(0, nodes[1], frame("123#"), 2, Once).unwrap();
    bus.request(0, nodes[2], frame("124#"), 3, UntilSent)
        .unwrap();
    let events = run(&mut bus, 10_000_000);
    let lost = |at_ns, node: usize, bit, token| Setback {
        at_ns,
        controller: nodes[node],
        cause: SetbackCause::ArbitrationLost { bit },
        token,
        is_given_up: token == 2,
    };
    let expected = [lost(24_000, 1, 11, 2), lost(20_000, 2, 9, 3)];
    assert_eq!(setbacks(&events), expected);
    let order: Vec<String> = sent(&events).into_iter().map(|(text, ..)| text).collect();
    assert_eq!(order, ["122#", "124#"]);
}

#[test]
fn one_attempt_that_nobody_acknowledges_is_given_up() {
    let (mut bus, nodes) = bus(1);
    bus.request(0, nodes[0], frame("123#"), 7, Once).unwrap();
    let events = run(&mut bus, 10_000_000);
    let BusEvent::Failed(failed) = &events[0] else {
        panic!("{events:?}")
    };
    let expected = Setback {
        at_ns: failed.end_ns,
        controller: nodes[0],
        cause: SetbackCause::Error(BusError::Acknowledge),
        token: 7,
        is_given_up: true,
    };
    assert_eq!(events[1..], [BusEvent::Setback(expected)]);
    assert_eq!(bus.controller(nodes[0]).unwrap().pending(), 0);
}

#[test]
fn a_frame_is_withdrawn_until_it_is_on_the_bus() {
    let (mut bus, nodes) = bus(2);
    for token in [1, 2] {
        bus.request(0, nodes[0], frame("123#"), token, UntilSent)
            .unwrap();
    }
    assert!(bus.advance(0, &mut Vec::new()));
    assert!(!bus.withdraw(10, nodes[0], 1) && bus.withdraw(10, nodes[0], 2));
    assert_eq!(sent(&run(&mut bus, 10_000_000)).len(), 1);
}

/// Requests of three controllers at random times, then a check of everything that must hold.
fn requests() -> impl Strategy<Value = Vec<(u64, u32, u32, Vec<u8>)>> {
    let one = (
        0u64..20_000_000,
        0u32..3,
        0u32..6,
        proptest::collection::vec(any::<u8>(), 0..=8),
    );
    proptest::collection::vec(one, 1..60)
}

proptest! {
    #[test]
    fn no_frame_is_lost_none_overlap_and_priority_holds(mut requests in requests()) {
        requests.sort();
        let (mut bus, nodes) = bus(4);
        let mut events = Vec::new();
        let mut waiting: BTreeMap<u64, (u64, u32)> = BTreeMap::new();
        for (token, (at_ns, node, id, bytes)) in requests.iter().enumerate() {
            // All events before, but no start at this very instant: others may ask for it too.
            while bus.next_event().is_some_and(|(next_ns, phase)| next_ns < *at_ns || next_ns == *at_ns && phase == Phase::End) {
                bus.advance(*at_ns, &mut events);
            }
            // Ids tell the nodes apart, as on a real bus.
            let id = crate::can::Id::standard(0x100 + id * 8 + node).unwrap();
            let frame = Frame::data(id, bytes).unwrap();
            bus.request(*at_ns, nodes[*node as usize], frame, token as u64, UntilSent).unwrap();
            waiting.insert(token as u64, (*at_ns, arbitration_key(&frame)));
        }
        events.extend(run(&mut bus, u64::MAX));
        let mut last_end_ns = 0;
        for event in &events {
            let sent = match event {
                BusEvent::Sent(sent) => sent,
                BusEvent::Setback(_) => continue,
                _ => panic!("{event:?}"),
            };
            prop_assert!(sent.start_ns >= last_end_ns, "frames overlap");
            prop_assert!(last_end_ns == 0 || sent.start_ns >= last_end_ns + 3 * 2_000);
            last_end_ns = sent.end_ns;
            let (_, token) = sent.senders[0];
            let (requested_ns, key) = waiting.remove(&token).expect("sent once");
            prop_assert!(requested_ns <= sent.start_ns);
            let overtaken = waiting.values().find(|(at_ns, other)| *at_ns <= sent.start_ns && *other < key);
            prop_assert_eq!(overtaken, None, "a lower pattern waited");
        }
        prop_assert!(waiting.is_empty(), "lost: {:?}", waiting);
        prop_assert_eq!(bus.statistics().frames() as usize, requests.len());
        prop_assert!(bus.statistics().load(last_end_ns) <= 1.0);
    }

    #[test]
    fn disturbances_lose_nothing_either(requests in requests(), flips in proptest::collection::vec(0u32..160, 0..20)) {
        let (mut bus, nodes) = bus(4);
        flips.iter().for_each(|bit| bus.disturb(*bit));
        for (token, (_, node, id, bytes)) in requests.iter().enumerate() {
            let id = crate::can::Id::standard(0x100 + id * 8 + node).unwrap();
            bus.request(0, nodes[*node as usize], Frame::data(id, bytes).unwrap(), token as u64, UntilSent).unwrap();
        }
        let events = run(&mut bus, u64::MAX);
        prop_assert_eq!(sent(&events).len(), requests.len());
        let ends: Vec<(u64, u64)> = events.iter().filter_map(|event| match event {
            BusEvent::Sent(sent) => Some((sent.start_ns, sent.end_ns)),
            BusEvent::Failed(failed) => Some((failed.start_ns, failed.end_ns)),
            BusEvent::Flagged { .. } | BusEvent::Setback(_) | BusEvent::StateChanged { .. } => None,
        }).collect();
        prop_assert!(ends.windows(2).all(|pair| pair[0].1 < pair[1].0));
        prop_assert!(bus.statistics().load(ends.last().map_or(1, |end| end.1)) <= 1.0);
    }
}
