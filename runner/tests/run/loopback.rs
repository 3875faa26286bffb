//! Whole runs: frames, devices, failures, strangers.

use std::{
    io::Write,
    net::TcpStream,
    num::NonZeroU32,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use runner::{
    Hub, HubError, HubEvent, HubOptions, PROTOCOL, RunError, ToEcu, ToHub, read_message,
    write_message,
};

use crate::support::*;

#[test]
fn two_ecus_exchange_frames() {
    let system = system(&["climate", "cockpit"]);
    let hub = Hub::bind().unwrap();
    let count = partition("climate", every_millisecond(), [0x10, 0x7f0], COUNT);
    let echo = partition("cockpit", on_frame(), [0x20, 0x10], ECHO);
    let climate = start(&system, "climate", count, hub.address());
    let cockpit = start(&system, "cockpit", echo, hub.address());
    let (result, seen) = serve(
        hub,
        &options(&system, Some(Duration::from_millis(300))),
        |_| {},
    );
    let reports = result.unwrap();
    assert_eq!(reports.len(), 2);
    let sent = &seen.frames["climate"];
    let answered = &seen.frames["cockpit"];
    assert!(!answered.is_empty() && answered.len() <= sent.len());
    for (number, (_, id, data)) in (1_usize..).zip(sent) {
        assert_eq!((*id, data), (0x10, &vec![(number % 256) as u8, 0]));
    }
    let data = |frames: &[(u64, u32, Vec<u8>)]| {
        frames
            .iter()
            .map(|(_, _, data)| data.clone())
            .collect::<Vec<_>>()
    };
    assert!(answered.iter().all(|(_, id, _)| *id == 0x20));
    // On a busy machine a frame may overtake the one before in the mailbox of one frame.
    let mut rest = data(sent).into_iter();
    for answer in data(answered) {
        assert!(
            rest.any(|frame| frame == answer),
            "in order, each once, none of its own: {answer:?}"
        );
    }
    let mut times: Vec<u64> = seen
        .frames
        .values()
        .flatten()
        .map(|(at_ns, ..)| *at_ns)
        .collect();
    let count = times.len();
    times.sort_unstable();
    times.dedup();
    assert_eq!(times.len(), count, "one frame at a time");
    let report = climate.join().unwrap().unwrap();
    // The last ones may be on their way when the run ends.
    assert!(report.partitions[0].tasks[0].activations as usize >= sent.len());
    assert!(reports.contains(&report));
    cockpit.join().unwrap().unwrap();
    assert!(seen.others.contains(&HubEvent::Started));
}

#[test]
fn a_driver_is_told_what_became_of_its_frames() {
    let mut system = system(&["climate"]);
    // So slow that the last of five frames waits for sure when it is withdrawn.
    let bitrate_bps = 2_000;
    system.buses[0].kind = deployment::BusKind::Can { bitrate_bps };
    let hub = Hub::bind().unwrap();
    let driver = driver_partition("climate", every_millisecond(), [0x10, 0x11]);
    let ecu = start(&system, "climate", driver, hub.address());
    let options = options(&system, None);
    let stop = options.stop.clone();
    let (result, seen) = serve(hub, &options, |seen| {
        let told = |frames: &Vec<(u64, u32, Vec<u8>)>| {
            frames.iter().filter(|(_, id, _)| *id == 0x10).count() == 5
        };
        stop.store(seen.frames.values().any(told), Ordering::Relaxed);
    });
    assert_eq!(result.unwrap()[0].partitions[0].traps, 0);
    let of = |id: u32| {
        let frames = seen.frames["climate"].iter();
        frames.filter(move |(_, other, _)| *other == id)
    };
    assert_eq!(of(0x321).count(), 4);
    // Request and outcome: 0 is sent, 1 is aborted.
    let mut told: Vec<[u8; 2]> = of(0x10).map(|(_, _, data)| [data[0], data[1]]).collect();
    told.sort_unstable();
    assert_eq!(told, [[1, 0], [2, 0], [3, 0], [4, 0], [5, 1]]);
    ecu.join().unwrap().unwrap();
}

#[test]
fn devices_behind_the_hub_are_read() {
    let system = system(&["climate"]);
    let hub = Hub::bind().unwrap();
    let sense = partition("climate", every_millisecond(), [0x10, 0x11], SENSE);
    let ecu = start(&system, "climate", sense, hub.address());
    let (result, seen) = serve(
        hub,
        &options(&system, Some(Duration::from_millis(50))),
        |_| {},
    );
    result.unwrap();
    let frames = &seen.frames["climate"];
    assert!(!frames.is_empty() && frames.iter().all(|(_, _, data)| data == &[1, 2]));
    ecu.join().unwrap().unwrap();
}

/// Runs a partition of `climate` with a device and two pins.
fn driven(body: &str) -> Seen {
    let system = system_with_pins(&["climate"]);
    let hub = Hub::bind().unwrap();
    let driver = device_partition("climate", every_second(), body);
    let ecu = start(&system, "climate", driver, hub.address());
    let options = options(&system, Some(Duration::from_millis(500)));
    let (result, seen) = serve(hub, &options, |_| {});
    let traps = result.unwrap()[0].partitions[0].traps;
    assert_eq!(traps, 0, "{:?}", seen.others);
    ecu.join().unwrap().unwrap();
    seen
}

fn data(seen: &Seen) -> Vec<&[u8]> {
    let frames = seen.frames["climate"].iter();
    frames.map(|(_, _, data)| data.as_slice()).collect()
}

/// Both were answered before the guest went on: so long has passed between them at least.
fn apart(seen: &Seen) -> Duration {
    let [before, behind] = seen.asked[..] else {
        panic!("{:?}", seen.asked)
    };
    behind - before
}

#[test]
fn a_delay_passes_between_what_is_before_and_what_is_behind_it() {
    assert!(apart(&driven(DELAY)) >= Duration::from_millis(20));
}

#[test]
fn spi_devices_behind_the_hub_take_the_time_of_their_bus() {
    let seen = driven(CONVERT);
    assert_eq!(data(&seen), [[0xa5, 0x5a]]);
    // Counted from when the ECU asked, which is a little before the device was.
    assert!(
        apart(&seen) >= Duration::from_millis(150),
        "{:?}",
        seen.asked
    );
}

#[test]
fn pins_behind_the_hub_are_read_and_driven() {
    // High, where low is active, is inactive (1). The lamp is set (0), and toggling tells
    // `already-in-use` (1).
    assert_eq!(data(&driven(PINS)), [[0, 1], [0, 1]]);
}

#[test]
fn a_run_without_an_end_is_stopped_by_its_flag() {
    let system = system(&["climate"]);
    let hub = Hub::bind().unwrap();
    let count = partition("climate", every_millisecond(), [0x10, 0x11], COUNT);
    let ecu = start(&system, "climate", count, hub.address());
    let options = options(&system, None);
    let stop = options.stop.clone();
    let (result, seen) = serve(hub, &options, |seen| {
        if seen.frames.values().any(|frames| frames.len() >= 3) {
            stop.store(true, Ordering::Relaxed);
        }
    });
    assert_eq!(result.unwrap().len(), 1);
    assert!(seen.frames["climate"].len() >= 3);
    ecu.join().unwrap().unwrap();
}

#[test]
fn a_guest_that_fails_is_named_and_the_run_goes_on() {
    let system = system(&["climate"]);
    let hub = Hub::bind().unwrap();
    let fail = partition("climate", every_millisecond(), [0x10, 0x11], FAIL);
    let ecu = start(&system, "climate", fail, hub.address());
    let (result, seen) = serve(
        hub,
        &options(&system, Some(Duration::from_millis(20))),
        |_| {},
    );
    assert_eq!(result.unwrap()[0].partitions[0].traps, 1);
    let trapped = seen.others.iter().find_map(|event| match event {
        HubEvent::Trapped {
            partition,
            text,
            backtrace,
            ..
        } => Some((partition, text, backtrace)),
        _ => None,
    });
    let (partition, text, backtrace) = trapped.unwrap();
    assert_eq!(partition, "main");
    assert!(text.starts_with("`fan` failed in `step`: "), "{text}");
    assert_eq!(backtrace, &["guest!t"]);
    ecu.join().unwrap().unwrap();
}

#[test]
fn what_instantiating_does_happens_at_time_zero() {
    let system = system(&["climate"]);
    let hub = Hub::bind().unwrap();
    let sense = partition("climate", every_millisecond(), [0x10, 0x11], SENSE_ONCE);
    let ecu = start(&system, "climate", sense, hub.address());
    let options = options(&system, Some(Duration::from_millis(5)));
    let (result, seen) = serve(hub, &options, |_| {});
    assert_eq!(result.unwrap()[0].partitions[0].traps, 0);
    // The sensor was read before all ECUs were ready, and the frame began when the clock did: 47 and
    // 16 bits at 500 kbit/s.
    assert_eq!(seen.frames["climate"], [(126_000, 0x10, vec![1, 2])]);
    let is_expected = |(event, number): (&HubEvent, usize)| match event {
        HubEvent::Ready { .. } => number == 0,
        HubEvent::Started => number == 1,
        HubEvent::Finished(_) => number == 2,
        _ => false,
    };
    assert!(
        seen.others.iter().zip(0..).all(is_expected),
        "{:?}",
        seen.others
    );
    ecu.join().unwrap().unwrap();
}

#[test]
fn clocks_go_as_slow_as_the_run_says() {
    let system = system(&["climate"]);
    let hub = Hub::bind().unwrap();
    let count = partition("climate", every_millisecond(), [0x10, 0x11], COUNT);
    let ecu = start(&system, "climate", count, hub.address());
    let slower = NonZeroU32::new(10).unwrap();
    let options = HubOptions {
        slower,
        ..options(&system, Some(Duration::from_millis(20)))
    };
    let mut begun = None;
    let (result, seen) = serve(hub, &options, |seen| {
        // Before the hub starts the time: a test that is told late would measure too little.
        let is_ready = |event: &HubEvent| matches!(event, HubEvent::Ready { .. });
        if begun.is_none() && seen.others.iter().any(is_ready) {
            begun = Some(Instant::now());
        }
    });
    let real = begun.unwrap().elapsed();
    let reports = result.unwrap();
    assert!(real >= Duration::from_millis(20) * slower.get(), "{real:?}");
    // Released at 0, 1, … 20 ms of the slow clock; the last frame may be cut off by the end.
    let frames = &seen.frames["climate"];
    assert!((2..=21).contains(&frames.len()), "{}", frames.len());
    assert!(reports[0].partitions[0].tasks[0].activations <= 21);
    for (release_ns, (at_ns, ..)) in (0..).step_by(1_000_000).zip(frames) {
        assert!(*at_ns >= release_ns + 126_000, "{at_ns}");
    }
    ecu.join().unwrap().unwrap();
}

/// Connects by hand and says this.
fn say(hub: &Hub, message: &ToHub) -> TcpStream {
    let mut stream = TcpStream::connect(hub.address()).unwrap();
    write_message(&mut stream, message).unwrap();
    stream
}

fn hello(ecu: &str) -> ToHub {
    ToHub::Hello {
        protocol: PROTOCOL,
        ecu: ecu.into(),
    }
}

#[test]
fn a_process_that_dies_is_named() {
    let system = system(&["climate"]);
    let hub = Hub::bind().unwrap();
    let mut stream = say(&hub, &hello("climate"));
    write_message(&mut stream, &ToHub::Ready).unwrap();
    let mut stream = Some(stream);
    let (result, _) = serve(hub, &options(&system, None), |seen| {
        if seen.others.contains(&HubEvent::Started) {
            stream = None;
        }
    });
    let message = result.unwrap_err().to_string();
    assert!(
        message.starts_with("ECU `climate` was lost: the connection"),
        "{message}"
    );
}

#[test]
fn nonsense_from_an_ecu_is_a_lost_ecu() {
    let system = system(&["climate"]);
    let hub = Hub::bind().unwrap();
    let mut stream = say(&hub, &hello("climate"));
    stream.write_all(&[0, 0, 0, 2, b'{', b'}']).unwrap();
    let error = serve(hub, &options(&system, None), |_| {}).0.unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("ECU `climate` was lost: a message can not be understood"),
        "{message}"
    );
}

#[test]
fn strangers_are_refused_and_missing_ecus_are_named() {
    let system = system(&["climate", "cockpit"]);
    let hub = Hub::bind().unwrap();
    let mut strangers = vec![
        say(&hub, &hello("toaster")),
        say(&hub, &ToHub::Ready),
        say(
            &hub,
            &ToHub::Hello {
                protocol: 99,
                ecu: "climate".into(),
            },
        ),
    ];
    let mut garbage = TcpStream::connect(hub.address()).unwrap();
    garbage.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    strangers.push(garbage);
    let options = options(&system, None);
    let stop = options.stop.clone();
    let (result, seen) = serve(hub, &options, |seen| {
        stop.store(seen.others.len() >= 4, Ordering::Relaxed);
    });
    let Err(HubError::NotReady { missing }) = result else {
        panic!("{result:?}")
    };
    assert_eq!(missing, "climate, cockpit");
    let mut reasons: Vec<String> = seen
        .others
        .iter()
        .map(|event| format!("{event:?}"))
        .collect();
    reasons.sort();
    for (reason, words) in reasons.iter().zip([
        "ECU `toaster` is not part of this run",
        "a message came before `hello`",
        "a message of 1195725856 bytes was announced",
        "protocol 99 is not 5",
    ]) {
        assert!(reason.contains(words), "{reason}");
    }
    let answer: ToEcu = read_message(&mut strangers[0]).unwrap();
    assert!(matches!(answer, ToEcu::Refused { .. }));
}

#[test]
fn an_ecu_without_a_hub_says_so() {
    let system = system(&["climate"]);
    let address = Hub::bind().unwrap().address();
    let count = partition("climate", every_millisecond(), [1, 2], COUNT);
    let error = start(&system, "climate", count, address)
        .join()
        .unwrap()
        .unwrap_err();
    assert!(matches!(error, RunError::Connect { .. }));
    let message = error.to_string();
    assert!(
        message.starts_with(&format!("no hub answers at {address}: ")),
        "{message}"
    );
}

#[test]
fn an_ecu_refuses_what_it_can_not_load() {
    let system = system(&["climate"]);
    let good = partition("climate", every_millisecond(), [1, 2], COUNT);
    let cut = |length: usize| good.component[..length].to_vec();
    for (component, words) in [
        (b"text".to_vec(), "the file is not a WebAssembly component"),
        (
            cut(good.component.len() - 900),
            "not a WebAssembly component",
        ),
    ] {
        let hub = Hub::bind().unwrap();
        let bytes = runner::PartitionBytes {
            name: "main".into(),
            component,
        };
        let error = start(&system, "climate", bytes, hub.address())
            .join()
            .unwrap()
            .unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let hub = Hub::bind().unwrap();
    let error = start(&system, "toaster", good, hub.address())
        .join()
        .unwrap()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the system has no ECU `toaster`; it has `climate`"
    );
}
