//! Watches of pins, with edges that are told by hand.

use super::*;
use crate::attached::edges::{Edge, tests::FakeLine};
use crate::configuration::Configuration;
use deployment::System;
use ecu_host::board::{ActiveLevel, PinDirection, PinKind};
use std::{
    io,
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

type Teller = Sender<io::Result<Edge>>;

/// A board with an input `door`, which is high; its edges are told by hand.
fn board() -> (LinuxBoard, Teller, Receiver<Line>) {
    let (log, lines) = channel();
    let (news, _) = channel();
    let (tell, edges) = channel();
    let system = System {
        format: deployment::FORMAT,
        name: "test".into(),
        ecus: vec![],
        buses: vec![],
        routes: vec![],
        blocks: vec![],
    };
    let configuration = Configuration::default();
    let opened = LinuxBoard::open(&system, &configuration, None, None, log, &news);
    let mut board = opened.unwrap();
    let config = PinConfig {
        direction: PinDirection::In,
        kind: PinKind::Digital,
        active_level: ActiveLevel::Low,
        pull: None,
    };
    let line = FakeLine {
        level: Arc::new(Mutex::new(Level::High)),
        edges: Some(edges),
    };
    let pin = Pin::digital(config, line);
    board.pins.insert("door".into(), PinLink::Own(pin));
    board.clock = Clock::start(NonZeroU32::MIN);
    (board, tell, lines)
}

const FALLS: PinWatch = PinWatch::Edge(Level::Low);
const SECOND: u64 = 1_000_000_000;

fn fall(tell: &Teller, at: Instant) {
    let to = Level::Low;
    tell.send(Ok(Edge { to, at })).unwrap();
}

#[test]
fn a_level_that_is_there_is_ready_and_an_edge_that_is_not_is_waited_for() {
    let (mut board, tell, _lines) = board();
    let ready = |board: &mut LinuxBoard, watch| board.pin_ready(5, "door", watch, 3);
    let high = PinWatch::Level(Level::High);
    assert_eq!(ready(&mut board, high), Ok(Some(5)));
    assert_eq!(ready(&mut board, PinWatch::Level(Level::Low)), Ok(None));
    assert_eq!(ready(&mut board, FALLS), Ok(None));
    // The press of a button comes from elsewhere while the activation waits.
    let pressing = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(2));
        let at = Instant::now();
        fall(&tell, at);
        (tell, at)
    });
    let watched = WatchedPin {
        pin: "door",
        watch: FALLS,
        since_ns: 0,
    };
    let back_ns = board.wait_for_pins(0, &[watched], 600 * SECOND).unwrap();
    let (_tell, at) = pressing.join().unwrap();
    let at_ns = board.clock.at(at);
    assert!((at_ns..500 * SECOND).contains(&back_ns));
    assert_eq!(board.pin_ready(back_ns, "door", FALLS, 0), Ok(Some(at_ns)));
    // It is high again by the line itself, and has been low since.
    let low = PinWatch::Level(Level::Low);
    assert_eq!(board.pin_ready(back_ns, "door", low, 0), Ok(Some(at_ns)));
    assert_eq!(board.pin_ready(back_ns, "door", FALLS, at_ns + 1), Ok(None));
}

#[test]
fn a_wait_for_an_edge_that_does_not_come_ends_in_time() {
    let (mut board, _tell, _lines) = board();
    assert_eq!(board.pin_ready(0, "door", FALLS, 0), Ok(None));
    let watched = WatchedPin {
        pin: "door",
        watch: FALLS,
        since_ns: 0,
    };
    let until_ns = board.clock.now_ns() + 3_000_000;
    let back_ns = board.wait_for_pins(0, &[watched], until_ns);
    assert!(back_ns.unwrap() >= until_ns);
}

#[test]
fn a_watch_that_is_lost_is_told_once_and_never_waited_for() {
    let (mut board, tell, lines) = board();
    assert_eq!(board.pin_ready(0, "door", FALLS, 0), Ok(None));
    tell.send(Err(io::Error::other("no such device"))).unwrap();
    let watched = WatchedPin {
        pin: "door",
        watch: FALLS,
        since_ns: 0,
    };
    let begun = Instant::now();
    // Either it is lost already, or the loss ends the wait.
    let _back_ns = board.wait_for_pins(0, &[watched], 600 * SECOND);
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert_eq!(board.wait_for_pins(0, &[watched], 600 * SECOND), None);
    for _ in 0..2 {
        let ready = board.pin_ready(0, "door", FALLS, 0);
        assert_eq!(ready, Err(GpioError::HardwareFault));
    }
    let said: Vec<String> = lines.try_iter().map(|line| line.text).collect();
    assert_eq!(
        said,
        [
            "pin `door` is not watched any more: no such device; look at its controller and start the service again"
        ]
    );
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let (mut board, _tell, _lines) = board();
    let refused =
        |board: &mut LinuxBoard, pin: &str, watch| board.pin_ready(0, pin, watch, 0).unwrap_err();
    let undefined = GpioError::UndefinedPinLabel;
    assert_eq!(refused(&mut board, "gone", FALLS), undefined);
    let other_mode = GpioError::PinModeNotAvailable;
    assert_eq!(refused(&mut board, "door", PinWatch::Above(3)), other_mode);
    // A line without an interrupt is read as before.
    let config = board.pin("door").unwrap();
    let level = Arc::new(Mutex::new(Level::High));
    let deaf = FakeLine { level, edges: None };
    let deaf = PinLink::Own(Pin::digital(config, deaf));
    board.pins.insert("deaf".into(), deaf);
    let unsupported = GpioError::OperationNotSupported;
    assert_eq!(refused(&mut board, "deaf", FALLS), unsupported);
    assert_eq!(board.digital_read(0, "deaf"), Ok(Level::High));
}
