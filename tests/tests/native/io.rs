//! `wasi:spi`, `wasi:gpio` and non-volatile blocks on the native path: a driver that asks for all of
//! it, run over the drivers of ESP-IDF that `tests/esp-idf` plays, and held against the simulation.

use super::{
    asked::{ASKS_BLOCKS, ASKS_PINS, ASKS_SPI, BLOCK_HELPERS, FUNCTIONS, HELPERS, NV},
    composed::composed,
    machine::Machine,
    qemu::{Part, Port, image, image_for, run},
    simulated::parts,
    written::{MS, Written, native_notes, notes, simulated_in, system},
};
use deployment::{
    ActiveLevel, Block, Bus, BusKind, Event, Pin, PinDirection, PinSignal, Pull, SpiDevice,
    SpiMode, System,
};
use simulator::{Options, StimulusChange};
use std::{collections::BTreeMap, path::Path};

fn driver() -> Written {
    let mut written = Written::new(
        "",
        "import wasi:spi/spi; import wasi:gpio/digital@0.2.0; import wasi:gpio/analog@0.2.0;
         import wireloom:ecu/buses@0.1.0; import wireloom:ecu/nv@0.1.0;",
    );
    for (name, interface, function, ty) in FUNCTIONS {
        written = written.import(name, interface, function, ty);
    }
    written.text(HELPERS).text(BLOCK_HELPERS)
}

fn later(offset_ns: u64, body: &str, written: Written, name: &str) -> Written {
    let event = Event::Timing {
        period_ns: 1_000 * MS,
        offset_ns,
    };
    written.task(name, event, body)
}

pub(crate) fn asking() -> Part {
    let asks = driver().task("a-spi", Event::Init, ASKS_SPI);
    let asks = later(20 * MS, ASKS_PINS, asks, "b-pins");
    let asks = later(30 * MS, ASKS_BLOCKS, asks, "c-blocks");
    let status = "(call $status-of (i32.const 64) (i32.const 4)) (call $tell)";
    later(90 * MS, status, asks, "d-status").part("ecu", "driver")
}

fn pin(name: &str, direction: PinDirection, signal: PinSignal) -> Pin {
    let is_button = name == "button";
    Pin {
        name: name.into(),
        signal,
        direction,
        active_level: match is_button {
            true => ActiveLevel::Low,
            false => ActiveLevel::High,
        },
        pull: is_button.then_some(Pull::Up),
        stimuli: BTreeMap::new(),
    }
}

fn block(name: &str, initial: Option<Vec<u8>>) -> Block {
    Block {
        ecu: "ecu".into(),
        partition: "driver".into(),
        name: name.into(),
        size_bytes: 4,
        initial,
    }
}

pub(crate) fn with_devices(part: &Part) -> System {
    let mut system = system(&[part]);
    let adc = SpiDevice {
        name: "adc".into(),
        model: "mcp3008".into(),
        chip_select: 0,
        mode: SpiMode::Mode0,
        stimuli: BTreeMap::new(),
    };
    let analog = PinSignal::Analog { full_scale: 1_000 };
    let pins = vec![
        pin("lamp", PinDirection::Out, PinSignal::Digital),
        pin("button", PinDirection::In, PinSignal::Digital),
        pin("both", PinDirection::InOut, PinSignal::Digital),
        pin("travel", PinDirection::In, analog),
    ];
    let kinds = [
        BusKind::Spi {
            clock_hz: 1_000_000,
            devices: vec![adc],
        },
        BusKind::Gpio { pins },
    ];
    let buses = ["spi0", "io"].map(str::to_owned).into_iter().zip(kinds);
    system
        .buses
        .extend(buses.map(|(name, kind)| Bus { name, kind }));
    system.blocks = vec![block("fresh", None), block("kept", Some(vec![7, 8]))];
    system
}

/// Half the supply at the converter, a fifth of the way, the button pressed.
const SCRIPT: &str = "0 code0=512\n0 raw0=819\n0 pin25=0\n";

pub(crate) fn stimulated() -> Options {
    let changes = ["adc.ch0=2.5", "travel.level=20", "button.active=1"];
    Options {
        stimuli: changes
            .map(|change| change.parse::<StimulusChange>().unwrap())
            .to_vec(),
        ..Options::default()
    }
}

#[test]
fn spi_pins_and_blocks_are_answered_as_in_the_simulation() {
    let part = asking();
    let system = with_devices(&part);
    let simulation = simulated_in(system.clone(), &[&part], stimulated(), 110 * MS);
    let expected = notes(&simulation, "ecu");
    assert_eq!(expected.len(), 4, "{expected:#?}");
    let lines = Machine::new(&system, &[part]).run(110, SCRIPT);
    assert_eq!(native_notes(&lines), expected, "{lines:#?}");
    // The lamp: active, inactive, active, toggled.
    let lamp = lines.iter().filter(|line| line.starts_with("pin 23 "));
    let lamp: Vec<_> = lamp.map(String::as_str).collect();
    assert_eq!(lamp, ["pin 23 1", "pin 23 0", "pin 23 1", "pin 23 0"]);
}

#[test]
fn a_block_is_there_after_the_board_was_off() {
    let notes = |body: &str| {
        let part = driver()
            .task("block", Event::Init, body)
            .part("ecu", "driver");
        (with_devices(&part), part)
    };
    let kept = "(call $write-block (i32.const 64) (i32.const 4) (i32.const 4)) (call $tell)";
    let body = format!("(call $read-block (i32.const 64) (i32.const 4)) {kept}");
    let (system, part) = notes(&body);
    let machine = Machine::new(&system, &[part]);
    let first = native_notes(&machine.run(5, ""));
    let second = native_notes(&machine.run(5, ""));
    // What the project gave it first, then what was written: both with their length of two and four.
    assert_eq!(
        first,
        ["0708".to_owned() + "000000000000000002000000" + "0000"]
    );
    assert_eq!(
        second,
        ["01020304".to_owned() + "000000000000000004000000" + "0000"]
    );
}

#[test]
fn blocks_of_the_virtual_board_live_as_long_as_it_runs() {
    let mut asks = Written::new("", "import wireloom:ecu/nv@0.1.0;");
    let blocks = FUNCTIONS.iter();
    for (name, interface, function, ty) in blocks.filter(|(_, interface, ..)| *interface == NV) {
        asks = asks.import(name, interface, function, ty);
    }
    let asks = asks
        .text(BLOCK_HELPERS)
        .task("a-blocks", Event::Init, ASKS_BLOCKS);
    let again = "(call $read-block (i32.const 64) (i32.const 4))
        (call $status-of (i32.const 64) (i32.const 4)) (call $tell)";
    let part = later(20 * MS, again, asks, "b-again").part("ecu", "driver");
    let mut system = system(&[&part]);
    system.blocks = vec![block("fresh", None), block("kept", Some(vec![7, 8]))];
    let simulation = simulated_in(system.clone(), &[&part], Options::default(), 30 * MS);
    let expected = notes(&simulation, "ecu");
    assert_eq!(expected.len(), 2, "{expected:#?}");
    let mut told = 0;
    let on_board = run(&image(&system, &[part], true), Port::Log, None, |line| {
        told += usize::from(line.starts_with("publish "));
        told == 2
    });
    assert_eq!(native_notes(&on_board), expected, "{on_board:#?}");
}

#[test]
fn what_is_beyond_the_boards_lines_is_refused_by_its_error() {
    let body = r#"
        (call $open (i32.const 16) (i32.const 3) (call $answer))
        (global.set $adc (i32.load (i32.const 1028)))
        (call $spi-read (global.get $adc) (i64.const 300) (call $answer)) (call $spi-bytes)
        (call $spi-read (global.get $adc) (i64.const 1) (call $answer)) (call $spi-bytes)
        (global.set $lamp (call $open-out (i32.const 32) (i32.const 4)))
        (call $set-active (global.get $lamp) (call $answer)) (call $plain) (call $tell)"#;
    let part = driver()
        .task("ask", Event::Init, body)
        .part("ecu", "driver");
    let mut system = with_devices(&part);
    for bus in &mut system.buses {
        match &mut bus.kind {
            BusKind::Spi { devices, .. } => devices[0].chip_select = 3,
            BusKind::Gpio { pins } => {
                let others = (0..5).map(|number| {
                    pin(
                        &format!("other{number}"),
                        PinDirection::Out,
                        PinSignal::Digital,
                    )
                });
                *pins = others.chain(std::mem::take(pins)).collect();
            }
            _ => {}
        }
    }
    let told = native_notes(&Machine::new(&system, &[part]).run(5, ""));
    let words = "256 bytes in 8 operations are served at a time";
    let words: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with(&words), "{told:?}");
    // `chip-select-fault`, then `hardware-fault`: the case of the result, that of the error.
    let [select, hardware] = ["01000000030000000000000000000000", "0100000000000000"];
    assert!(
        told[0].ends_with(&format!("{select}{hardware}")),
        "{told:?}"
    );
}

/// The lamp follows the pedal: what the sample does in the simulation it does over the drivers.
#[test]
fn the_sample_pedal_switches_its_lamp_as_in_the_simulation() {
    let composed = composed("pedal");
    let parts = parts(&composed, "pedals");
    let machine = Machine::new(&composed.system, &parts);
    // 0.5 V is the rest position, 2.5 V is half the way.
    let script = "0 code0=102\n100000 code0=512\n200000 code0=102\n";
    let lines = machine.run(300, script);
    let lamp = lines.iter().filter(|line| line.starts_with("pin 23 "));
    let lamp: Vec<_> = lamp.map(String::as_str).collect();
    assert_eq!(lamp, ["pin 23 0", "pin 23 1", "pin 23 0"], "{lines:#?}");
    let files = simulator::SystemFiles {
        system: composed.system.clone(),
        partitions: (composed.partitions.iter())
            .map(|one| (one.file_name.clone(), one.bytes.clone()))
            .collect(),
    };
    let changes = [
        "pedal-adc.ch0=0.5",
        "pedal-adc.ch0=2.5@100ms",
        "pedal-adc.ch0=0.5@200ms",
    ];
    let options = Options {
        stimuli: changes.map(|change| change.parse().unwrap()).to_vec(),
        ..Options::default()
    };
    let mut simulation = simulator::Simulation::new(&files, options).unwrap();
    simulation.run_until(300 * MS, &mut |_| true);
    let rows = simulation.trace().rows_from(0).map(|row| row.to_string());
    let lamp = rows.filter(|row| row.contains("\tpin\t") && row.contains("brake-lamp"));
    let levels: Vec<_> = lamp
        .filter_map(|row| row.split('\t').nth(3).map(str::to_owned))
        .collect();
    // The line is low before the sample says so.
    assert_eq!(levels, ["pedals high", "pedals low"]);
}

/// The Due's drivers are compiled and linked with a partition that calls them.
#[test]
fn the_due_links_with_all_of_it() {
    let part = asking();
    let image = image_for("arduino-due", &with_devices(&part), &[part], false);
    assert!(
        image.flash_bytes.unwrap() < 120_000,
        "{:?}",
        image.flash_bytes
    );
    for name in [
        "c/boards/due_spi.c",
        "c/boards/due_pins.c",
        "c/boards/due_nv.c",
    ] {
        assert!(image.files.contains_key(name), "{name}");
    }
}

#[test]
fn a_board_without_it_refuses_it_by_name() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/components/pedal-sensor.wasm");
    let component = std::fs::read(file).unwrap();
    let unserved = |board: &str| -> Vec<String> {
        let board = exporter::boards::board(board).unwrap();
        let findings = exporter::lower::unserved(&component, &board).into_iter();
        findings.map(|finding| finding.to_string()).collect()
    };
    let refusals = unserved("qemu-mps2-an385").join("\n");
    for interface in ["wasi:spi/spi", "wasi:gpio/digital@0.2.0"] {
        let words = format!("`{interface}`");
        assert!(refusals.contains(&words), "{interface}: {refusals}");
    }
    for board in ["arduino-due", "esp32-wrover"] {
        assert_eq!(unserved(board), Vec::<String>::new(), "{board}");
    }
}
