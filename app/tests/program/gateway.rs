//! The sample `gateway`: two CAN buses of different bit rates, one of them behind an MCP2515 at SPI
//! whose driver is a component; frames go through the chip's registers in both directions.

use crate::support::{MS, SECOND, Watched, program, sample, workspace};
use deployment::BusKind;
use simulator::{
    Options, Simulation,
    can::{BitRates, bits},
    trace::Kind,
};
use std::path::Path;
use wireloom::{files::open_project, observe};

/// The sample, its text changed, for so long.
fn run(change: impl FnOnce(String) -> String, stimuli: &[&str], until_ns: u64) -> Watched {
    let folder = copied(change);
    let opened = open_project(folder.path()).unwrap();
    let options = Options {
        stimuli: stimuli.iter().map(|text| text.parse().unwrap()).collect(),
        restbus: observe::restbus(&opened.document, &opened.library),
        wirings: observe::wirings(&opened.document),
        ..Options::default()
    };
    crate::support::simulated(folder.path(), options, until_ns)
}

fn copied(change: impl FnOnce(String) -> String) -> tempfile::TempDir {
    let folder = crate::support::changed_sample("gateway", change);
    for description in ["body.dbc", "can0.dbc"] {
        let origin = workspace().join("samples/gateway").join(description);
        std::fs::copy(origin, folder.path().join(description)).unwrap();
    }
    folder
}

fn same(text: String) -> String {
    text
}

fn simulation(watched: &Watched) -> &Simulation {
    &watched.simulation
}

/// End of frame, and the words of its row: frame, senders, start.
fn frames(watched: &Watched, bus: &str, id: &str) -> Vec<(u64, Vec<String>)> {
    rows(watched, Kind::Frame, bus)
        .into_iter()
        .map(|(at_ns, detail)| {
            (
                at_ns,
                detail.split(' ').map(str::to_owned).collect::<Vec<_>>(),
            )
        })
        .filter(|(_, words)| words[0].starts_with(id))
        .collect()
}

fn rows(watched: &Watched, kind: Kind, subject: &str) -> Vec<(u64, String)> {
    let rows = simulation(watched).trace().rows_from(0);
    rows.filter(|row| row.kind == kind && row.subject == subject)
        .map(|row| (row.time_ns, row.detail.to_owned()))
        .collect()
}

/// The speed of `can0` goes out on the body bus, the doors of the body bus on `can0`.
#[test]
fn frames_pass_the_chip_in_both_directions() {
    let stimuli = [
        "can0:Speed.Vehicle=123.45@500ms",
        "body:DoorStatus.Open=5@500ms",
    ];
    let watched = run(same, &stimuli, SECOND);
    assert_eq!(simulation(&watched).incidents(), []);
    assert_eq!(rows(&watched, Kind::Misuse, "body-can"), []);
    let speeds = frames(&watched, "body", "1F0#");
    // Every 20 ms, from the chip alone.
    assert!((45..=50).contains(&speeds.len()), "{}", speeds.len());
    assert!(speeds.iter().all(|(_, words)| words[1] == "body-can"));
    // 12345 is 0x3039, the low byte first.
    let (last, first) = (&speeds.last().unwrap().1[0], &speeds[1].1[0]);
    assert_eq!((first.as_str(), last.as_str()), ("1F0#0000", "1F0#3930"));
    let doors = frames(&watched, "can0", "3B0#");
    let opened = doors.iter().find(|(_, words)| words[0] == "3B0#05");
    // 50 ms until the door says it, a poll, a step, and the message's cycle.
    let (opened_ns, _) = opened.expect("the doors are open on can0");
    assert!((500 * MS..700 * MS).contains(opened_ns), "{opened_ns}");
    // The filter lets nothing else in, though both are on the bus.
    assert!(!frames(&watched, "body", "300#").is_empty());
    let read = rows(&watched, Kind::Spi, "spi0");
    assert!(
        read.iter().any(|(_, detail)| detail.contains("5400")),
        "0x2A0 in SIDH and SIDL"
    );
    assert!(
        !read.iter().any(|(_, detail)| detail.contains(">ff6000")),
        "0x300"
    );
}

/// Each frame has the bits that its bus gives it, and no one else's.
#[test]
fn frames_of_the_chip_are_exact_to_the_bit() {
    let watched = run(same, &[], 300 * MS);
    let rates = |bus: &str| {
        let buses = &simulation(&watched).system().buses;
        match &buses.iter().find(|one| one.name == bus).unwrap().kind {
            BusKind::Can { bitrate_bps } => BitRates::classic(*bitrate_bps),
            other => panic!("{other:?}"),
        }
    };
    for (bus, bitrate_bps) in [("body", 125_000), ("can0", 500_000)] {
        let rates = rates(bus);
        assert_eq!(rates.bitrate_bps, bitrate_bps);
        let frames = frames(&watched, bus, "");
        assert!(frames.len() > 10);
        for (end_ns, words) in frames {
            let start_ns: u64 = words[2].parse().unwrap();
            let intermission_ns = 3 * 1_000_000_000 / u64::from(bitrate_bps);
            let whole_ns = bits::report(&words[0], &rates).unwrap().duration_ns;
            assert_eq!(end_ns - start_ns, whole_ns - intermission_ns, "{words:?}");
        }
    }
}

/// The chip pulls its interrupt line down within the frame's last bit, and the driver lets it go.
#[test]
fn the_interrupt_line_is_a_pin_that_the_driver_reads() {
    let watched = run(same, &[], 300 * MS);
    let line = rows(&watched, Kind::Pin, "body-can-int");
    let status = frames(&watched, "body", "2A0#");
    // The first frame began before the driver had set the chip up.
    for (end_ns, _) in status.iter().skip(1) {
        let fallen = (*end_ns, "body-can low".to_owned());
        assert!(line.contains(&fallen), "{end_ns}: {line:?}");
    }
    let rises = line.iter().filter(|(_, detail)| detail == "body-can high");
    assert!(rises.count() >= status.len());
}

/// Another crystal than the driver thinks: the chip's bits are of half the rate, so that its frames
/// and its flags are errors of everybody, until it is bus-off.
#[test]
fn a_wrong_oscillator_disturbs_the_bus() {
    let watched = run(
        |text| text.replace("oscillator = 16.0", "oscillator = 8.0"),
        &[],
        SECOND,
    );
    let errors = rows(&watched, Kind::Error, "body");
    assert!(errors.len() > 30, "{}", errors.len());
    let chip = rows(&watched, Kind::State, "body/body-can");
    let states: Vec<&str> = chip.iter().map(|(_, state)| state.as_str()).collect();
    assert!(states.starts_with(&["error-passive"]), "{states:?}");
    assert!(frames(&watched, "body", "1F0#").is_empty());
    // The other bus is another one.
    assert!(rows(&watched, Kind::Error, "can0").is_empty());
}

#[test]
fn the_same_run_gives_the_same_trace() {
    let hash = || {
        run(same, &["body:DoorStatus.Open=1@50ms"], 200 * MS)
            .simulation
            .trace()
            .hash()
    };
    assert_eq!(hash(), hash());
}

#[test]
fn a_device_is_wired_to_what_is_there() {
    for (from, to, said) in [
        (
            "can = \"body\"",
            "can = \"chassis\"",
            "the CAN bus `chassis`, which is not there",
        ),
        (
            "interrupt = \"body-can-int\"",
            "interrupt = \"int\"",
            "the digital pin `int`, which is not there",
        ),
    ] {
        let folder = copied(|text| text.replace(from, to));
        let path = folder.path().to_str().unwrap();
        let ran = program(&["check", path]);
        assert_ne!(ran.status, 0);
        let found = ran.json.to_string() + &ran.errors;
        assert!(found.contains(said), "{found}");
    }
}

#[test]
fn the_command_line_simulates_it() {
    let ran = program(&["simulate", &sample("gateway"), "--for", "100ms"]);
    assert_eq!(ran.status, 0, "{}", ran.errors);
    assert!(
        Path::new(&sample("gateway"))
            .join("gateway.layout")
            .exists()
    );
}
