//! Drivers and devices on I2C, and their stimuli.

use crate::support::*;
use simulator::{Options, StimulusChange};

fn published(simulation: &simulator::Simulation) -> Vec<String> {
    let value = |line: &String| line.rsplit('\t').next().unwrap().to_owned();
    lines(simulation, "publish").iter().map(value).collect()
}

#[test]
fn a_driver_reads_what_the_stimulus_says() {
    let files = system(&[driver("climate", 0x48)]);
    let change: StimulusChange = "cabin.temperature=-10@150ms".parse().unwrap();
    let mut simulation = try_start(
        &files,
        Options {
            stimuli: vec![change],
            ..Options::default()
        },
    )
    .unwrap();
    run(&mut simulation, 250 * MS);
    assert_eq!(published(&simulation), ["1580", "1580", "f600"]);
    assert_eq!(
        lines(&simulation, "stimulus")[1],
        format!("{}\tstimulus\tcabin.temperature\t-10", 150 * MS)
    );
    let first = &lines(&simulation, "i2c")[0];
    // The partition's start, the activation, then 48 clocks of 10 µs.
    let start_ns = 2 * ACTIVATION_NS;
    assert_eq!(
        *first,
        format!(
            "{}\ti2c\ti2c0\tclimate 0x48 w00 r1580 ok {start_ns}",
            start_ns + 480_000
        )
    );
    // Waiting for the bus is part of the cost.
    let task = &simulation.summary().tasks[0];
    assert_eq!(task.cost_worst_ns, ACTIVATION_NS + 480_000);
}

#[test]
fn an_unknown_address_is_not_acknowledged() {
    let mut simulation = start(&system(&[driver("climate", 0x49)]));
    run(&mut simulation, 50 * MS);
    // error-code::no-acknowledge(address)
    assert_eq!(published(&simulation), ["0200"]);
    assert!(lines(&simulation, "i2c")[0].contains("0x49 w00 r0000 no-acknowledge-address"));
}

#[test]
fn a_stimulus_by_hand_shows_in_the_panel_and_reaches_the_driver() {
    let mut simulation = start(&system(&[driver("climate", 0x48)]));
    run(&mut simulation, 50 * MS);
    simulation
        .set_stimulus("cabin", "temperature", 50.0)
        .unwrap();
    run(&mut simulation, 150 * MS);
    assert_eq!(published(&simulation), ["1580", "3200"]);
    let devices = simulation.devices();
    let cabin = &devices[0];
    assert_eq!(
        (cabin.name.as_str(), cabin.model, cabin.bus.as_str()),
        ("cabin", "tmp105", "i2c0")
    );
    assert_eq!(
        (cabin.stimuli[0].declared.unit, cabin.stimuli[0].value),
        ("°C", 50.0)
    );
    assert_eq!(cabin.registers[0].value, 0x3200);
}

#[test]
fn misuse_is_logged_on_the_device_and_stops_nothing() {
    let guest = guest("climate", "app").task(
        "abuse",
        every(100 * MS),
        "i32.const 8 i32.const 4 call $open local.set $a
        local.get $a i32.const 0x48 i32.const 96 i32.const 3 i64.const 3 i32.const 128 call $write_read
        local.get $a call $drop",
    );
    let mut files = system(&[guest]);
    if let deployment::BusKind::I2c { devices, .. } = &mut files.system.buses[1].kind {
        devices[0].address = 0x48;
        devices.push(deployment::Device {
            name: "odd".into(),
            address: 0x20,
            ..devices[0].clone()
        });
    }
    let mut simulation = start(&files);
    run(&mut simulation, 50 * MS);
    let misuse = &simulation.devices()[0].misuse;
    assert_eq!(
        misuse[..],
        [
            "the temperature register was written; it is read-only",
            "the temperature register was written; it is read-only",
            "byte 2 of register 0 was read; it has 2",
        ]
    );
    assert_eq!(
        simulation.devices()[1].misuse,
        ["no tmp105 can have address 0x20"]
    );
    assert_eq!(simulation.summary().incidents, []);
}
