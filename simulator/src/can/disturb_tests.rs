//! Bits that are turned over, and error flags from outside, to the bit.

use super::*;
use crate::can::{
    Attempts, BusError, BusEvent, ControllerId, ControllerSettings, Failed, Mode, QueueOrder,
};

const BIT_NS: u64 = 2_000;

fn bus(nodes: u32) -> Bus {
    let mut bus = Bus::new(500_000);
    for node in 0..nodes {
        bus.attach(ControllerSettings {
            name: format!("node{node}"),
            order: QueueOrder::Priority,
            capacity: 64,
            mode: Mode::Normal,
            is_flexible: false,
        });
    }
    bus
}

fn request(bus: &mut Bus, text: &str) {
    let frame = text.parse().unwrap();
    bus.request(0, ControllerId(0), frame, 0, Attempts::UntilSent)
        .unwrap();
}

fn run(bus: &mut Bus) -> Vec<BusEvent> {
    let mut events = Vec::new();
    while bus.advance(1_000_000_000, &mut events) {}
    events
}

fn failed(events: &[BusEvent]) -> Vec<&Failed> {
    let mut failed = Vec::new();
    for event in events {
        if let BusEvent::Failed(one) = event {
            failed.push(one);
        }
    }
    failed
}

fn sent(events: &[BusEvent]) -> usize {
    let is_sent = |event: &&BusEvent| matches!(event, BusEvent::Sent(_));
    events.iter().filter(is_sent).count()
}

/// TEC and REC of all controllers.
fn counters(bus: &Bus) -> Vec<(u32, u32)> {
    let all = bus.controllers().iter();
    all.map(|one| (one.transmit_errors(), one.receive_errors()))
        .collect()
}

fn length(text: &str) -> u32 {
    BitSequence::of(&text.parse().unwrap()).length()
}

#[test]
fn a_bit_of_the_crc_costs_eight_and_one_and_the_frame_comes_again() {
    let mut bus = bus(3);
    bus.disturb(40);
    request(&mut bus, "123#00");
    let events = run(&mut bus);
    let failed = failed(&events);
    assert_eq!((failed.len(), sent(&events)), (1, 1));
    assert_eq!(failed[0].kind, BusError::Bit);
    // +8, then −1 with the frame that got through.
    assert_eq!(counters(&bus), [(7, 0), (0, 0), (0, 0)]);
}

#[test]
fn in_the_end_of_frame_all_flag_at_once() {
    let mut bus = bus(2);
    let bit = length("123#00") - 3;
    bus.disturb(bit);
    request(&mut bus, "123#00");
    let events = run(&mut bus);
    let bits = u64::from(bit + 1 + FLAG_BITS + DELIMITER_BITS);
    assert_eq!(failed(&events)[0].end_ns, bits * BIT_NS);
}

#[test]
fn the_last_bit_of_a_frame_makes_it_arrive_twice() {
    let mut bus = bus(2);
    bus.disturb(length("123#00") - 1);
    request(&mut bus, "123#00");
    let events = run(&mut bus);
    assert_eq!(failed(&events)[0].receivers, [ControllerId(1)]);
    assert_eq!((sent(&events), counters(&bus)), (1, vec![(7, 0), (0, 0)]));
}

#[test]
fn an_acknowledgement_that_is_turned_over_is_none() {
    let slot = BitSequence::of(&"123#00".parse().unwrap()).acknowledge_slot();
    let mut heard = bus(2);
    heard.disturb(slot);
    request(&mut heard, "123#00");
    let events = run(&mut heard);
    assert_eq!(failed(&events)[0].kind, BusError::Acknowledge);
    assert_eq!((sent(&events), counters(&heard)), (1, vec![(7, 0), (0, 0)]));
    // Alone on the bus, the disturbance passes for an acknowledgement.
    let mut alone = bus(1);
    alone.disturb(slot);
    request(&mut alone, "123#00");
    assert_eq!(sent(&run(&mut alone)), 1);
}

#[test]
fn a_flag_on_the_idle_bus_is_an_error_of_all_receivers() {
    let mut bus = bus(2);
    bus.flag(10_000);
    request(&mut bus, "123#00");
    let events = run(&mut bus);
    let (start_ns, end_ns) = (10_000, 10_000 + 20 * BIT_NS);
    assert_eq!(events[0], BusEvent::Flagged { start_ns, end_ns });
    let BusEvent::Sent(sent) = &events[1] else {
        panic!("{events:?}")
    };
    assert_eq!(sent.start_ns, end_ns + 3 * BIT_NS);
    assert_eq!(counters(&bus), [(0, 1), (0, 0)]);
    assert_eq!(bus.statistics().error_frames(), 1);
}

#[test]
fn a_flag_within_a_frame_ends_it_at_the_next_recessive_bit() {
    let mut bus = bus(2);
    request(&mut bus, "555#00");
    let mut events = Vec::new();
    assert!(bus.advance(0, &mut events));
    // Data of zeros: their first stuff bit is at 25.
    bus.flag(21 * BIT_NS + 1);
    events.extend(run(&mut bus));
    let failed = failed(&events);
    // Receivers see the sixth equal bit there and flag with the sender.
    let bits = u64::from(25 + 1 + FLAG_BITS + DELIMITER_BITS);
    assert_eq!((failed.len(), failed[0].end_ns), (1, bits * BIT_NS));
    assert_eq!((sent(&events), counters(&bus)), (1, vec![(7, 0), (0, 0)]));
}

#[test]
fn a_flag_within_an_error_frame_changes_nothing() {
    let mut bus = bus(2);
    bus.disturb(20);
    request(&mut bus, "123#00");
    let mut events = Vec::new();
    assert!(bus.advance(0, &mut events));
    bus.flag(30 * BIT_NS);
    events.extend(run(&mut bus));
    assert_eq!((failed(&events).len(), sent(&events)), (1, 1));
}
