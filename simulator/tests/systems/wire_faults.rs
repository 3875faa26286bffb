//! Faults of I2C, SPI, pins and sensors, and every error code of their interfaces.

use crate::support::*;
use deployment::{
    ActiveLevel, Bus, BusKind, Direction, Pin, PinDirection, PinSignal, SpiDevice, SpiMode,
};
use simulator::{Fault, Options, Simulation, SystemFiles};

fn ran(files: &SystemFiles, faults: &[&str], until_ns: u64) -> Simulation {
    let faults = faults.iter().map(|text| Fault::parse(text).unwrap());
    let options = Options {
        faults: faults.collect(),
        ..Options::default()
    };
    let mut simulation = try_start(files, options).unwrap();
    run(&mut simulation, until_ns);
    simulation
}

fn published(simulation: &Simulation) -> Vec<String> {
    let value = |line: &String| line.rsplit('\t').next().unwrap().to_owned();
    lines(simulation, "publish").iter().map(value).collect()
}

/// What the driver of the sensor publishes: two bytes of the register, or the error code and what
/// it carries.
fn sampled(fault: &str, until_ns: u64) -> Vec<String> {
    let files = system(&[driver("climate", 0x48)]);
    published(&ran(&files, &[fault], until_ns))
}

#[test]
fn every_error_code_of_i2c_is_reached() {
    for (fault, code) in [
        ("i2c i2c0 stuck", "00"),
        ("i2c i2c0 fail 0x48 bus", "00"),
        ("i2c i2c0 fail 0x48 arbitration-loss", "01"),
        ("i2c i2c0 nack 0x48", "0200"),
        ("i2c i2c0 disconnect 0x48", "0200"),
        ("i2c i2c0 nack 0x48 byte 1", "0201"),
        ("i2c i2c0 fail 0x48 no-acknowledge-unknown", "0202"),
        ("i2c i2c0 fail 0x48 overrun", "03"),
        ("i2c i2c0 fail 0x48 other", "04"),
    ] {
        let published = sampled(fault, 50 * MS);
        assert!(published[0].starts_with(code), "{fault}: {published:?}");
    }
}

#[test]
fn a_transaction_meets_a_fault_once_and_is_well_again() {
    assert_eq!(
        sampled("i2c i2c0 nack 0x48 byte 1", 150 * MS),
        ["0201", "1580"]
    );
    assert_eq!(sampled("i2c i2c0 nack 0x49", 50 * MS), ["1580"]);
    let stuck = sampled("for 150 ms i2c i2c0 stuck", 250 * MS);
    assert_eq!(
        (&stuck[0][..2], &stuck[1][..2], &stuck[2][..]),
        ("00", "00", "1580")
    );
}

#[test]
fn a_bit_of_a_byte_is_turned_over() {
    // Byte 1 is the pointer, 2 and 3 are the register.
    assert_eq!(
        sampled("i2c i2c0 corrupt 0x48 byte 3 bit 7", 150 * MS),
        ["1500", "1580"]
    );
}

#[test]
fn stuck_takes_nine_clocks_and_a_stop_and_stretching_its_time() {
    let files = system(&[driver("climate", 0x48)]);
    let duration_ns = |fault: &str| {
        let simulation = ran(&files, &[fault], 50 * MS);
        let row = lines(&simulation, "i2c").remove(0);
        let end_ns: u64 = row.split('\t').next().unwrap().parse().unwrap();
        end_ns - row.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(duration_ns("i2c i2c0 stuck"), (9 + 1) * 10_000);
    assert_eq!(duration_ns("i2c i2c0 stretch 0x48 3 ms"), 480_000 + 3 * MS);
}

/// The model declares up to 128 °C, for which the data sheet has the highest code: 127.5 °C in 9 bits.
#[test]
fn sensors_tell_something_else_and_then_the_truth() {
    for (fault, expected) in [
        (
            "at 50 ms for 100 ms sensor cabin.temperature stuck at 25",
            ["1580", "1900", "1580"],
        ),
        (
            "at 50 ms for 100 ms sensor cabin.temperature offset -1.5",
            ["1580", "1400", "1580"],
        ),
        (
            "at 50 ms for 100 ms sensor cabin.temperature frozen",
            ["1580", "1580", "1580"],
        ),
        (
            "at 50 ms for 100 ms sensor cabin.temperature out-of-range high",
            ["1580", "7f80", "1580"],
        ),
    ] {
        assert_eq!(sampled(fault, 250 * MS), expected, "{fault}");
    }
}

#[test]
fn a_frozen_sensor_learns_what_was_meanwhile_when_it_thaws() {
    let files = system(&[driver("climate", 0x48)]);
    let fault = "at 50 ms for 100 ms sensor cabin.temperature frozen";
    let options = Options {
        faults: vec![Fault::parse(fault).unwrap()],
        stimuli: vec!["cabin.temperature=25@60ms".parse().unwrap()],
        ..Options::default()
    };
    let mut simulation = try_start(&files, options).unwrap();
    run(&mut simulation, 250 * MS);
    assert_eq!(published(&simulation), ["1580", "1580", "1900"]);
}

#[test]
fn noise_is_new_each_time_within_its_bounds_and_the_same_by_the_seed() {
    let sampled = || sampled("sensor cabin.temperature noisy 2", 2 * SECOND);
    let values = sampled();
    let celsius = |text: &String| f64::from(i16::from_str_radix(text, 16).unwrap()) / 256.0;
    assert!(
        values.iter().all(|one| (celsius(one) - 21.5).abs() <= 2.5),
        "{values:?}"
    );
    let mut different = values.clone();
    different.sort();
    different.dedup();
    assert!(different.len() > 3, "{values:?}");
    assert_eq!(sampled(), values);
}

#[test]
fn names_of_sensors_and_stimuli_are_looked_up() {
    let files = system(&[driver("climate", 0x48)]);
    let refusal = |text: &str| {
        let options = Options {
            faults: vec![Fault::parse(text).unwrap()],
            ..Options::default()
        };
        try_start(&files, options).err().unwrap().to_string()
    };
    for (fault, expected) in [
        (
            "sensor cabn.temperature frozen",
            "fault `sensor cabn.temperature frozen`: there is no device `cabn`; there are `cabin`; did you mean `cabin`?",
        ),
        (
            "sensor cabin.humidity frozen",
            "fault `sensor cabin.humidity frozen`: there is no stimulus `humidity`; there are `temperature`",
        ),
        (
            "i2c can0 stuck",
            "fault `i2c can0 stuck`: there is no I2C bus `can0`; there are `i2c0`",
        ),
        (
            "spi adc disconnect",
            "fault `spi adc disconnect`: there is no device on SPI `adc`; there are none",
        ),
    ] {
        assert_eq!(refusal(fault), expected);
    }
}

const WORLD: &str = "
    import wasi:spi/spi;
    import wasi:gpio/digital@0.2.0;
";

const CORE: &str = r#"
    (import "wireloom:ecu/buses@0.1.0" "open-spi" (func $open_spi (param i32 i32) (result i32)))
    (import "wireloom:ecu/buses@0.1.0" "open-digital-in" (func $open_in (param i32 i32) (result i32)))
    (import "wasi:spi/spi" "[method]spi-device.read" (func $spi_read (param i32 i64 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.read" (func $pin_read (param i32 i32)))
"#;

const DATA: &str = r#"
    (data (i32.const 16) "adc")
    (data (i32.const 24) "button")
"#;

/// A converter on SPI and a button; the task publishes whether its call failed, and the code.
fn attached(call: &str) -> SystemFiles {
    let body = format!(
        "{call} i32.const 133 i32.const 132 i32.load8_u i32.store8
        i32.const 132 i32.const 128 i32.load8_u i32.store8
        i32.const 0 i32.const 132 i32.const 2 call $publish"
    );
    let guest = guest("climate", "app").driver(WORLD, CORE, DATA);
    let guest = guest.element("outcome", Direction::Out);
    let mut files = system(&[guest.task("work", every(100 * MS), &body)]);
    files.system.buses.push(Bus {
        name: "spi0".into(),
        kind: BusKind::Spi {
            clock_hz: 1_000_000,
            devices: vec![SpiDevice {
                name: "adc".into(),
                model: "mcp3008".into(),
                chip_select: 0,
                mode: SpiMode::Mode0,
                stimuli: Default::default(),
            }],
        },
    });
    files.system.buses.push(Bus {
        name: "io".into(),
        kind: BusKind::Gpio {
            pins: vec![Pin {
                name: "button".into(),
                signal: PinSignal::Digital,
                direction: PinDirection::In,
                active_level: ActiveLevel::High,
                pull: None,
                stimuli: Default::default(),
            }],
        },
    });
    files
}

#[test]
fn every_error_code_of_spi_is_reached() {
    let files = attached(
        "i32.const 16 i32.const 3 call $open_spi i64.const 2 i32.const 128 call $spi_read",
    );
    for (code, word) in [
        "overrun",
        "mode-fault",
        "frame-format",
        "chip-select-fault",
        "other",
    ]
    .iter()
    .enumerate()
    {
        let simulation = ran(&files, &[&format!("spi adc fail {word}")], 50 * MS);
        assert_eq!(published(&simulation), [format!("01{code:02x}")], "{word}");
    }
}

#[test]
fn spi_bits_are_turned_over_and_wires_are_off() {
    let files = attached(
        "i32.const 16 i32.const 3 call $open_spi i64.const 2 i32.const 128 call $spi_read",
    );
    let read = |faults: &[&str]| lines(&ran(&files, faults, 50 * MS), "spi").remove(0);
    let usual = read(&[]);
    let bytes = |row: &str| {
        let word = row.split(' ').find(|word| word.starts_with('r')).unwrap();
        u16::from_str_radix(&word[1..], 16).unwrap()
    };
    let flipped = read(&["spi adc corrupt byte 2 bit 4"]);
    assert_eq!(bytes(&flipped), bytes(&usual) ^ 0x10);
    assert_eq!(bytes(&read(&["spi adc disconnect"])), 0xffff);
}

#[test]
fn every_error_code_of_gpio_is_reached() {
    let files = attached("i32.const 24 i32.const 6 call $open_in i32.const 128 call $pin_read");
    for (code, word) in [
        "hardware-fault",
        "already-in-use",
        "pin-not-allowed",
        "pin-mode-not-allowed",
        "undefined-pin-label",
        "pin-mode-not-available",
        "would-block",
        "operation-not-supported",
        "other",
    ]
    .iter()
    .enumerate()
    {
        let simulation = ran(&files, &[&format!("pin button fail {word}")], 150 * MS);
        let first = format!("01{code:02x}");
        let published = published(&simulation);
        assert_eq!(
            (&published[0], &published[1][..2]),
            (&first, "00"),
            "{word}"
        );
    }
}
