//! Lines of faults: what is read, what is refused and how, and that what is written reads the same.

use super::*;
use crate::{
    can::Id,
    faults::{Extreme, I2cEffect, SensorEffect},
};
use proptest::prelude::*;

fn written(text: &str) -> String {
    Fault::parse(text).unwrap().to_string()
}

fn refusal(text: &str) -> String {
    Fault::parse(text).unwrap_err().to_string()
}

#[test]
fn reads_time_extent_place_and_effect() {
    let fault = Fault::parse("at 3 s for 200 ms can body lose FanCommand").unwrap();
    assert_eq!(
        (fault.at_ns, fault.extent),
        (3_000_000_000, Extent::ForNs(200_000_000))
    );
    let frame = FrameChoice::Message("FanCommand".into());
    let effect = CanEffect::Lose { frame, to: None };
    let bus = "body".to_owned();
    assert_eq!(fault.kind, FaultKind::Can { bus, effect });
    let corrupt = Fault::parse("at 1s can body corrupt 0x18DAF110 bit 37").unwrap();
    assert_eq!(corrupt.extent, Extent::Times(1));
}

#[test]
fn writes_what_it_has_read() {
    for text in [
        "can body lose FanCommand",
        "at 3 s for 200 ms can body lose FanCommand",
        "3 times can body lose any to cabin",
        "always can body delay 0x123 5 ms",
        "at 1500 us can body duplicate 0x00000123",
        "at 1 s can body corrupt FanCommand bit 37",
        "at 1 s can body error frame",
        "at 1 s can body bus-off cabin",
        "for 10 s can body random 5 per s seed 3",
        "i2c main nack 0x48",
        "for 2 s i2c main nack 0x48 byte 1",
        "i2c main fail 0x148 no-acknowledge-unknown",
        "i2c main corrupt 0x48 byte 2 bit 7",
        "i2c main stretch 0x48 5 ms",
        "at 1 s for 2 s i2c main disconnect 0x48",
        "1 times i2c main stuck",
        "spi adc fail mode-fault",
        "spi adc corrupt byte 2 bit 0",
        "spi adc disconnect",
        "3 times pin button fail would-block",
        "sensor cabin.temperature stuck at 25",
        "sensor cabin.temperature noisy 0.5",
        "sensor cabin.temperature offset -1.25",
        "sensor cabin.temperature frozen",
        "sensor cabin.temperature out-of-range low",
        "at 2 s ecu cabin reset",
    ] {
        assert_eq!(written(text), text);
    }
    assert_eq!(
        written(" at  2.5ms 1 times can body lose any"),
        "at 2500 us can body lose any"
    );
}

#[test]
fn refuses_with_what_was_expected() {
    for (text, expected) in [
        (
            "",
            "fault `` ends where a place (`can`, `i2c`, `spi`, `pin`, `sensor`, `ecu`) is expected",
        ),
        (
            "at 3 s",
            "fault `at 3 s` ends where a place (`can`, `i2c`, `spi`, `pin`, `sensor`, `ecu`) is expected",
        ),
        (
            "at soon can body lose any",
            "fault `at soon can body lose any`: `soon` stands where a time such as `200 ms` is expected",
        ),
        (
            "can body loose any",
            "fault `can body loose any`: `loose` stands where an effect on a CAN bus (`lose`, `delay`, `duplicate`, `corrupt`, `error`, `bus-off`, `random`) is expected; did you mean `lose`?",
        ),
        (
            "can body corrupt any 3",
            "fault `can body corrupt any 3`: `3` stands where `bit` is expected",
        ),
        (
            "can body lose 0x1234",
            "fault `can body lose 0x1234`: `0x1234` stands where a message, an id such as `0x123` or `0x18DAF110`, or `any` is expected",
        ),
        (
            "0 times can body lose any",
            "fault `0 times can body lose any`: `0 times` stands where a number of times from 1 on is expected",
        ),
        (
            "can body error frame twice",
            "fault `can body error frame twice`: `twice` stands where the end is expected",
        ),
    ] {
        assert_eq!(refusal(text), expected);
    }
}

/// Those that can be written in nanoseconds.
const TIMES_NS: std::ops::Range<u64> = 0..1_000_000_000_000_000_000;

fn any_kind() -> impl Strategy<Value = FaultKind> {
    let frame = prop_oneof![
        Just(FrameChoice::Any),
        (0..=0x7ff_u32).prop_map(|id| FrameChoice::Id(Id::standard(id).unwrap())),
        (0..=0x1fff_ffff_u32).prop_map(|id| FrameChoice::Id(Id::extended(id).unwrap())),
        "[A-Z][a-z]{1,8}".prop_map(FrameChoice::Message),
    ];
    let to = proptest::option::of("[a-z]{1,8}");
    let can = prop_oneof![
        (frame.clone(), to).prop_map(|(frame, to)| CanEffect::Lose { frame, to }),
        (frame.clone(), TIMES_NS).prop_map(|(frame, by_ns)| CanEffect::Delay { frame, by_ns }),
        frame
            .clone()
            .prop_map(|frame| CanEffect::Duplicate { frame }),
        (frame, any::<u32>()).prop_map(|(frame, bit)| CanEffect::Corrupt { frame, bit }),
        Just(CanEffect::ErrorFrame),
    ];
    let bus = "[a-z][a-z0-9-]{0,8}";
    let can = (bus, can).prop_map(|(bus, effect)| FaultKind::Can { bus, effect });
    prop_oneof![can, any_wire()]
}

fn any_wire() -> impl Strategy<Value = FaultKind> {
    let address = 0..=0x3ff_u16;
    let i2c = prop_oneof![
        (address.clone(), 0..9_u32).prop_map(|(address, byte)| I2cEffect::Nack { address, byte }),
        (address.clone(), 0..7_usize).prop_map(|(address, error)| I2cEffect::Fail {
            address,
            error: wire_text::I2C_ERRORS[error].1,
        }),
        (address.clone(), any::<u32>(), 0..8_u32)
            .prop_map(|(address, byte, bit)| I2cEffect::Corrupt { address, byte, bit }),
        (address.clone(), TIMES_NS)
            .prop_map(|(address, by_ns)| I2cEffect::Stretch { address, by_ns }),
        address.prop_map(|address| I2cEffect::Disconnect { address }),
        Just(I2cEffect::Stuck),
    ];
    let number = -1e9..1e9_f64;
    let sensor = prop_oneof![
        number.clone().prop_map(SensorEffect::StuckAt),
        number.clone().prop_map(SensorEffect::Noisy),
        number.prop_map(SensorEffect::Offset),
        Just(SensorEffect::Frozen),
        Just(SensorEffect::OutOfRange(Extreme::High)),
    ];
    let name = "[a-z][a-z0-9-]{0,8}";
    prop_oneof![
        (name, i2c).prop_map(|(bus, effect)| FaultKind::I2c { bus, effect }),
        (name, name, sensor).prop_map(|(device, stimulus, effect)| FaultKind::Sensor {
            device,
            stimulus,
            effect,
        }),
        name.prop_map(|ecu| FaultKind::EcuReset { ecu }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(
        at_ns in TIMES_NS,
        extent in prop_oneof![
            (1..u32::MAX).prop_map(Extent::Times),
            TIMES_NS.prop_map(Extent::ForNs),
            Just(Extent::Always),
        ],
        kind in any_kind(),
    ) {
        let fault = Fault { at_ns, extent, kind };
        prop_assert_eq!(Fault::parse(&fault.to_string()), Ok(fault));
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}") {
        let _ = Fault::parse(&text);
    }
}

/// `docs/faults.md` shows every effect, and its lines read the same.
#[test]
fn the_page_shows_every_kind() {
    let page = include_str!("../../../docs/faults.md");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let lines = rows.filter_map(|row| row.split('`').nth(1));
    let faults: Vec<Fault> = lines.filter_map(|line| Fault::parse(line).ok()).collect();
    let shown: Vec<&str> = page.split('`').collect();
    for fault in &faults {
        assert!(shown.contains(&&*fault.to_string()), "{fault}");
    }
    let effects = [
        ("can", &CAN_EFFECTS[..]),
        ("i2c", &wire_text::I2C_EFFECTS),
        ("spi", &wire_text::SPI_EFFECTS),
        ("pin", &["fail"]),
        ("sensor", &wire_text::SENSOR_EFFECTS),
        ("ecu", &["reset"]),
    ];
    assert_eq!(effects.map(|(place, _)| place), PLACES);
    for (place, effects) in effects {
        for effect in effects {
            let is_shown = |fault: &Fault| {
                let kind = fault.kind.to_string();
                let mut words = kind.split(' ');
                words.next() == Some(place) && words.nth(1) == Some(effect)
            };
            assert!(faults.iter().any(is_shown), "{place} {effect}");
        }
    }
}
