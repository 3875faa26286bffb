//! Watches of pins at their exact instants, and non-volatile blocks that outlive a restart.

use crate::support::*;
use deployment::{ActiveLevel, Block, Bus, BusKind, Pin, PinDirection, PinSignal, Pull, Reaction};
use simulator::{Options, Simulation, SystemFiles};

const WORLD: &str = "
    import wasi:gpio/digital@0.2.0;
    import wasi:io/poll@0.2.4;
    import wireloom:ecu/nv@0.1.0;
";

const CORE: &str = r#"
    (import "wireloom:ecu/buses@0.1.0" "open-digital-in" (func $open_in (param i32 i32) (result i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.watch-falling-edge" (func $watch_falling (param i32 i32)))
    (import "wasi:io/poll@0.2.4" "[method]pollable.block" (func $block (param i32)))
    (import "wireloom:ecu/nv@0.1.0" "read" (func $nv_read (param i32 i32 i32)))
    (import "wireloom:ecu/nv@0.1.0" "write" (func $nv_write (param i32 i32 i32 i32 i32)))
"#;

const DATA: &str = r#"
    (data (i32.const 16) "button")
    (data (i32.const 32) "count")
    (data (i32.const 48) "\07")
"#;

/// A button against its pull resistor, and a block that was never written.
fn with_button(guest: Guest) -> SystemFiles {
    let mut files = system(&[guest]);
    let button = Pin {
        name: "button".into(),
        signal: PinSignal::Digital,
        direction: PinDirection::In,
        active_level: ActiveLevel::Low,
        pull: Some(Pull::Up),
        stimuli: Default::default(),
    };
    files.system.buses.push(Bus {
        name: "io".into(),
        kind: BusKind::Gpio { pins: vec![button] },
    });
    files.system.blocks.push(Block {
        ecu: "climate".into(),
        partition: "app".into(),
        name: "count".into(),
        size_bytes: 1,
        initial: None,
    });
    files
}

fn driver(body: &str) -> Guest {
    let guest = guest("climate", "app").driver(WORLD, CORE, DATA);
    guest.task("work", every(100 * MS), body)
}

const WAIT: &str = "i32.const 16 i32.const 6 call $open_in i32.const 128 call $watch_falling
    i32.const 132 i32.load call $block";

fn started(files: &SystemFiles, stimuli: &[&str]) -> Simulation {
    let options = Options {
        stimuli: stimuli.iter().map(|text| text.parse().unwrap()).collect(),
        ..Options::default()
    };
    try_start(files, options).unwrap()
}

#[test]
fn a_blocked_watch_ends_at_the_instant_of_its_edge() {
    let files = with_button(driver(WAIT));
    let mut simulation = started(
        &files,
        &["button.active=1@1234567ns", "button.active=0@2ms"],
    );
    run(&mut simulation, 50 * MS);
    let ends = lines(&simulation, "end");
    assert!(
        ends[1].starts_with("1234567\tend\tclimate/app/work\t"),
        "{ends:?}"
    );
    assert_eq!(
        lines(&simulation, "pin"),
        [
            "1234567\tpin\tbutton\tworld low",
            "2000000\tpin\tbutton\tworld high"
        ]
    );
}

#[test]
fn a_watch_that_nobody_can_end_ends_the_activation_in_words() {
    let files = with_button(driver(WAIT).on_trap(Reaction::Stop));
    let mut simulation = started(&files, &["button.active=0@1ms"]);
    run(&mut simulation, 50 * MS);
    let [incident] = simulation.incidents() else {
        panic!("{:?}", simulation.incidents())
    };
    assert!(
        incident
            .message
            .contains("blocks on a pin and nobody knows when it will change"),
        "{}",
        incident.message
    );
}

#[test]
fn a_block_outlives_the_restart_of_its_partition_and_not_that_of_the_run() {
    let body = "i32.const 32 i32.const 5 i32.const 128 call $nv_read
        i32.const 32 i32.const 5 i32.const 48 i32.const 1 i32.const 128 call $nv_write
        unreachable";
    let files = with_button(driver(body));
    let mut simulation = start(&files);
    for _ in 0..2 {
        run(&mut simulation, 150 * MS);
        assert_eq!(simulation.incidents().len(), 2);
        let block = lines(&simulation, "nv");
        let details: Vec<&str> = block
            .iter()
            .map(|line| line.rsplit('\t').next().unwrap())
            .collect();
        assert!(block[0].contains("\tclimate/app/count\t"), "{block:?}");
        assert_eq!(details[0], "read nv-invalidated");
        assert!(details[1].starts_with("write 07 safe "), "{details:?}");
        assert_eq!(details[2], "read 07");
        simulation.restart().unwrap();
    }
}
