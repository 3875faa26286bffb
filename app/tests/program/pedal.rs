//! The sample `pedal`: a converter on SPI, a button and a lamp at pins, a calibration in a
//! non-volatile block; simulated, verified against processes, refused by boards without the buses.

use crate::run::PATIENT;
use crate::support::{
    MS, SECOND, Watched, changed_sample, fine, program, sample, simulated, text_of,
};
use serde_json::{Value, json};
use simulator::{Options, trace::Kind};
use std::path::Path;

fn run(stimuli: &[&str], until_ns: u64) -> Watched {
    let options = Options {
        stimuli: stimuli.iter().map(|text| text.parse().unwrap()).collect(),
        ..Options::default()
    };
    let watched = simulated(Path::new(&sample("pedal")), options, until_ns);
    assert_eq!(watched.simulation.incidents(), []);
    watched
}

/// Time, subject and detail of every row of a kind.
fn rows(watched: &Watched, kind: Kind) -> Vec<(u64, String, String)> {
    let rows = watched.simulation.trace().rows_from(0);
    rows.filter(|row| row.kind == kind)
        .map(|row| (row.time_ns, row.subject.to_owned(), row.detail.to_owned()))
        .collect()
}

/// What the lamp did, and in which period of 10 ms.
fn lamp(watched: &Watched) -> Vec<(u64, String)> {
    let changes = rows(watched, Kind::Pin).into_iter();
    let lamp = changes.filter(|(_, pin, _)| pin == "brake-lamp");
    lamp.map(|(at_ns, _, detail)| (at_ns / (10 * MS), detail))
        .collect()
}

#[test]
fn a_pressed_pedal_lights_the_lamp_and_a_released_one_does_not() {
    let stimuli = ["pedal-adc.ch0=2.5@1s", "pedal-adc.ch0=0.5@2s"];
    let watched = run(&stimuli, 3 * SECOND);
    let on_and_off = [
        (100, "pedals high".to_owned()),
        (200, "pedals low".to_owned()),
    ];
    assert_eq!(lamp(&watched), on_and_off);
    let first = &rows(&watched, Kind::Spi)[0];
    // 24 bits at 1 MHz; 0.5 V of 5 V are 102 of 1024.
    let start_ns: u64 = first.2.rsplit(' ').next().unwrap().parse().unwrap();
    assert_eq!(first.0 - start_ns, 24_000);
    assert_eq!(
        (first.1.as_str(), first.2.rsplit_once(' ').unwrap().0),
        ("spi0", "pedals pedal-adc t018000>fff866")
    );
    assert!(rows(&watched, Kind::Misuse).is_empty());
}

#[test]
fn a_broken_wire_lights_the_lamp() {
    let watched = run(&["pedal-adc.ch0=0@1s"], 1_500 * MS);
    assert_eq!(lamp(&watched), [(100, "pedals high".to_owned())]);
}

#[test]
fn a_press_between_two_samples_is_seen_and_learned_once() {
    let stimuli = [
        "pedal-adc.ch0=1@500ms",
        "learn-button.active=1@1003ms",
        "learn-button.active=0@1004ms",
    ];
    let watched = run(&stimuli, 2 * SECOND);
    let edges = rows(&watched, Kind::Pin).into_iter();
    let button: Vec<_> = edges
        .filter(|(_, pin, _)| pin == "learn-button")
        .map(|(at_ns, _, detail)| (at_ns, detail))
        .collect();
    let press = [
        (1_003 * MS, "world low".to_owned()),
        (1_004 * MS, "world high".to_owned()),
    ];
    assert_eq!(button, press);
    let block = rows(&watched, Kind::Nv);
    let details: Vec<&str> = block.iter().map(|(_, _, detail)| detail.as_str()).collect();
    assert!(
        block
            .iter()
            .all(|(_, block, _)| block == "pedals/main/brake-pedal")
    );
    assert_eq!(details[0], "read 66009903");
    // 1 V of 5 V are 204, 0xcc; a page takes 5 ms.
    let [(written_ns, _, written)] = &block[1..] else {
        panic!("{details:?}")
    };
    assert_eq!(
        *written,
        format!("write cc009903 safe {}", written_ns + 5 * MS)
    );
    assert!(
        (1_010 * MS..1_011 * MS).contains(written_ns),
        "{written_ns}"
    );
    // The lamp goes on at 20 % and off where that has become the rest position.
    let on_and_off = [
        (50, "pedals high".to_owned()),
        (101, "pedals low".to_owned()),
    ];
    assert_eq!(lamp(&watched), on_and_off);
}

#[test]
fn the_same_stimuli_give_the_same_trace() {
    let stimuli = ["pedal-adc.ch0=2.5@100ms", "learn-button.active=1@300ms"];
    let hash = || run(&stimuli, SECOND).simulation.trace().hash();
    assert_eq!(hash(), hash());
    let other = run(&["pedal-adc.ch0=2.5@100ms"], SECOND);
    assert_ne!(hash(), other.simulation.trace().hash());
}

#[test]
fn a_clock_that_the_converter_does_not_take_is_misuse() {
    // The driver sets the mode itself; the fastest clock is the project's.
    let folder = changed_sample("pedal", |text| {
        text.replace("clock_hz = 1000000", "clock_hz = 5000")
    });
    let watched = simulated(folder.path(), Options::default(), 100 * MS);
    let misuse = rows(&watched, Kind::Misuse);
    assert_eq!(
        (misuse[0].1.as_str(), misuse[0].2.as_str()),
        (
            "pedal-adc",
            "a clock of 5000 Hz; the mcp3008 takes 10000 to 3600000 Hz"
        )
    );
}

#[test]
fn stimuli_of_pins_and_devices_are_refused_alike() {
    for (stimulus, expected) in [
        ("learn-button.active=2", "out of range"),
        ("learn-button.level=1", "`active`"),
        ("brake-lamp.active=1", "it has none"),
        ("pedal-adc.ch8=1", "`ch7`"),
        ("pedal-adc.ch0=6", "out of range"),
        ("pedal.ch0=1", "`pedal-adc`"),
    ] {
        let project = sample("pedal");
        let ran = program(&["simulate", &project, "--for", "10ms", "--set", stimulus]);
        assert_ne!(ran.status, 0, "{stimulus}");
        let said = ran.json.to_string() + &ran.errors;
        assert!(said.contains(expected), "{stimulus}: {said}");
    }
}

#[test]
fn it_does_the_same_in_a_process_byte_for_byte() {
    for target in ["linux-x86_64", "pulley64"] {
        let project = sample("pedal");
        let report = fine(&[
            "verify",
            &project,
            "--target",
            target,
            "--for",
            "1500ms",
            "--set",
            "pedal-adc.ch0=2.5@200ms",
            "--set",
            "learn-button.active=1@705ms",
        ]);
        let ecu = &report["ecus"][0];
        assert_eq!(
            (&ecu["ecu"], &ecu["verdict"]),
            (&"pedals".into(), &"same".into())
        );
        assert_eq!(ecu["entries"], ecu["agreed"]);
        assert!(ecu["activations"].as_u64().unwrap() > 150, "{ecu}");
    }
}

/// What `run` says the pins did: in which tenth of a second, which, who drove it, to which value.
fn pins_of(report: &Value) -> Vec<(u64, String, Option<String>, u64)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let pins = report["pins"].as_array().unwrap().iter();
    pins.map(|change| {
        let tenth = change["time_ns"].as_u64().unwrap() / (100 * MS);
        let pin = text(&change["pin"]).unwrap();
        let value = change["value"].as_u64().unwrap();
        (tenth, pin, text(&change["ecu"]), value)
    })
    .collect()
}

/// The pedal is pressed lightly, which lights the lamp, and learned as the rest position, which
/// puts it out: converter, watch of the button and lamp, all in real time, as the simulation has
/// them. At instants between two samples of 10 ms, far from the borders of tenths of a second.
#[test]
fn it_runs_in_real_time_as_it_is_simulated() {
    let stimuli = [
        "pedal-adc.ch0=1@445ms",
        "learn-button.active=1@945ms",
        "learn-button.active=0@946ms",
    ];
    let watched = run(&stimuli, 1_500 * MS);
    let simulated: Vec<_> = rows(&watched, Kind::Pin)
        .into_iter()
        .map(|(at_ns, pin, detail)| {
            let (who, level) = detail.split_once(' ').unwrap();
            let ecu = (who != "world").then(|| who.to_owned());
            (at_ns / (100 * MS), pin, ecu, u64::from(level == "high"))
        })
        .collect();
    let project = sample("pedal");
    let mut call = vec!["run", &project, "--for", "1500ms"];
    call.extend(PATIENT);
    for stimulus in &stimuli {
        call.extend(["--set", stimulus]);
    }
    let report = fine(&call);
    assert_eq!(report["incidents"], Value::Array(vec![]), "{report}");
    assert_eq!(report["ecus"][0]["traps"], 0);
    assert_eq!(pins_of(&report), simulated, "{report}");
    let lamp = simulated.iter().filter(|change| change.1 == "brake-lamp");
    assert_eq!(lamp.count(), 2, "on and off");
}

#[test]
fn stimuli_are_refused_when_it_is_run_too() {
    for (stimulus, expected) in [
        ("learn-button.active=2", "out of range"),
        ("learn-button.level=1", "it has `active`"),
        ("brake-lamp.active=1", "it has none"),
        ("pedal-adc.ch8=1", "`ch7`"),
        ("pedal-adc.ch0=6", "out of range"),
        ("pedal.ch0=1", "`pedal-adc`"),
    ] {
        let project = sample("pedal");
        let ran = program(&["run", &project, "--for", "10ms", "--set", stimulus]);
        assert_ne!(ran.status, 0, "{stimulus}");
        let said = ran.json.to_string() + &ran.errors;
        assert!(said.contains(expected), "{stimulus}: {said}");
    }
}

#[test]
fn boards_without_spi_and_pins_refuse_it_by_name() {
    let project = sample("pedal");
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let ran = program(&["export", &project, "--target", "qemu-mps2-an385", "-o", to]);
    assert_ne!(ran.status, 0);
    let said = ran.json.to_string() + &ran.errors;
    for interface in ["wasi:spi/spi", "wasi:gpio/digital@0.2.0"] {
        assert!(said.contains(interface), "{said}");
    }
}

#[test]
fn what_was_learned_is_there_in_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let nv = text_of(&folder.path().join("nv"));
    let pedal = sample("pedal");
    let run = |stimuli: &[&str]| {
        let mut arguments = vec!["simulate", &pedal, "--for", "2s", "--nv", &nv];
        arguments.extend(stimuli.iter().flat_map(|change| ["--set", *change]));
        fine(&arguments)
    };
    let learning = [
        "pedal-adc.ch0=1@500ms",
        "learn-button.active=1@1003ms",
        "learn-button.active=0@1004ms",
    ];
    let first = run(&[]);
    assert_eq!(first["nv"][0]["content"], "66009903");
    assert_eq!(first["nv"][0]["writes"], 0);
    let learned = run(&learning);
    let block = &learned["nv"][0];
    assert_eq!(
        (&block["ecu"], &block["block"], &block["content"]),
        (&json!("pedals"), &json!("brake-pedal"), &json!("cc009903"))
    );
    assert_eq!(block["writes"], 1);
    assert!(
        folder
            .path()
            .join("nv/pedals/main/brake-pedal.nv")
            .is_file()
    );
    // 1 V is now the rest position: the lamp stays off, and so does the run, whenever it is made.
    let after = run(&learning[..1]);
    assert_eq!(after["nv"][0]["content"], "cc009903");
    assert_eq!(after, run(&learning[..1]));
    assert_ne!(
        after["trace_hash"],
        fine(&["simulate", &pedal, "--for", "2s", "--set", learning[0]])["trace_hash"]
    );
}

#[test]
fn a_run_does_not_begin_with_a_file_that_is_no_block() {
    let folder = tempfile::tempdir().unwrap();
    let pedal = sample("pedal");
    let nv = text_of(folder.path());
    let main = folder.path().join("pedals/main");
    std::fs::create_dir_all(&main).unwrap();
    std::fs::write(main.join("odometer.nv"), "").unwrap();
    let simulate = ["simulate", &pedal, "--for", "10ms", "--nv", &nv];
    let warnings = fine(&simulate)["warnings"].clone();
    let warning = warnings[0].as_str().unwrap();
    assert!(
        warning.contains("odometer.nv` is of no block of the project"),
        "{warning}"
    );
    std::fs::write(main.join("brake-pedal.nv"), "66009903").unwrap();
    let refused = program(&simulate);
    assert_eq!(refused.status, 2);
    let error = refused.json["error"].as_str().unwrap();
    assert!(
        error.contains("brake-pedal.nv` is no file of a non-volatile block; move it away"),
        "{error}"
    );
}
