//! `wasi:gpio` over the board: digital and analog pins.

use ecu_host::{
    Cause, Ecu, Outcome,
    board::{ActiveLevel, GpioError, Level, PinConfig, PinDirection, PinKind, Pull},
};

use crate::support::*;

const IMPORTS: &[&str] = &[
    "wireloom:ecu/buses@0.1.0",
    "wireloom:ecu/elements@0.1.0",
    "wasi:gpio/digital@0.2.0",
    "wasi:gpio/analog@0.2.0",
    "wasi:gpio/delay@0.2.0",
    "wasi:io/poll@0.2.4",
    "wasi:clocks/monotonic-clock@0.2.0",
];

const FUNCTIONS: &str = r#"
    (import "wireloom:ecu/buses@0.1.0" "open-digital-out" (func $open_out (param i32 i32) (result i32)))
    (import "wireloom:ecu/buses@0.1.0" "open-digital-in" (func $open_in (param i32 i32) (result i32)))
    (import "wireloom:ecu/buses@0.1.0" "open-digital-in-out" (func $open_in_out (param i32 i32) (result i32)))
    (import "wireloom:ecu/buses@0.1.0" "open-analog-out" (func $open_dac (param i32 i32) (result i32)))
    (import "wireloom:ecu/buses@0.1.0" "open-analog-in" (func $open_adc (param i32 i32) (result i32)))
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-out-pin.get-config" (func $config (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-out-pin.set-state" (func $set_state (param i32 i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-out-pin.set-active" (func $set_active (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-out-pin.set-inactive" (func $set_inactive (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-out-pin.toggle" (func $toggle (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.read" (func $read (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.is-active" (func $is_active (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.is-inactive" (func $is_inactive (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.watch-state" (func $watch_state (param i32 i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.watch-rising-edge" (func $watch_edge (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-out-pin.read" (func $read_back (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[resource-drop]digital-in-pin" (func $drop (param i32)))
    (import "wasi:gpio/analog@0.2.0" "[method]analog-out-pin.set-value-raw" (func $set_raw (param i32 i32 i32)))
    (import "wasi:gpio/analog@0.2.0" "[method]analog-out-pin.set-value" (func $set (param i32 f32 i32)))
    (import "wasi:gpio/analog@0.2.0" "[method]analog-in-pin.read-raw" (func $read_raw (param i32 i32)))
    (import "wasi:gpio/analog@0.2.0" "[method]analog-in-pin.read" (func $read_fraction (param i32 i32)))
    (import "wasi:gpio/analog@0.2.0" "[method]analog-in-pin.watch-above" (func $watch_above (param i32 f32 i32)))
    (import "wasi:gpio/delay@0.2.0" "delay-us" (func $delay_us (param i32)))
    (import "wasi:io/poll@0.2.4" "[method]pollable.block" (func $block (param i32)))
    (import "wasi:io/poll@0.2.4" "poll" (func $poll (param i32 i32 i32)))
    (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $after (param i64) (result i32)))
    (data (i32.const 8) "lamp")
    (data (i32.const 16) "door")
    (data (i32.const 24) "gone")
    (func $out (result i32) i32.const 8 i32.const 4 call $open_out)
    (func $in (result i32) i32.const 16 i32.const 4 call $open_in)
    (func $dac (result i32) i32.const 8 i32.const 4 call $open_dac)
    (func $adc (result i32) i32.const 16 i32.const 4 call $open_adc)
    (func $show_state i32.const 0 i32.const 260 i32.const 1 call $publish)
    (func $show (param i32) i32.const 0 i32.const 256 local.get 0 call $publish)
"#;

fn digital(direction: PinDirection, active_level: ActiveLevel) -> PinConfig {
    PinConfig {
        direction,
        kind: PinKind::Digital,
        active_level,
        pull: None,
    }
}

/// `lamp` goes out, `door` comes in.
fn driver(body: &str, kind: PinKind, active_level: ActiveLevel) -> Ecu<Desk> {
    let text = format!("{FUNCTIONS} (func (export \"t\") {body})");
    let mut table = table("p", vec![task("t", every(1_000_000), 0)]);
    table.elements = vec![element("answer", deployment::Direction::Out, 1)];
    let mut ecu = started(&component(IMPORTS, &["t"], &text), table);
    for (name, direction) in [("lamp", PinDirection::Out), ("door", PinDirection::In)] {
        let config = PinConfig {
            kind,
            ..digital(direction, active_level)
        };
        ecu.board_mut().pins.insert(name.into(), config);
    }
    ecu
}

fn lines(ecu: &mut Ecu<Desk>) -> Vec<String> {
    assert_eq!(ecu.run(100).unwrap().outcome, Outcome::Completed);
    ecu.board().lines.clone()
}

const ADC_12_BITS: PinKind = PinKind::Analog { full_scale: 4095 };

#[test]
fn states_become_levels_by_the_active_level() {
    let body = "call $out i32.const 256 call $set_active
        call $out i32.const 256 call $set_inactive
        call $out i32.const 0 i32.const 256 call $set_state
        call $out i32.const 1 i32.const 256 call $set_state";
    for (active_level, expected) in [
        (ActiveLevel::High, ["High", "Low", "High", "Low"]),
        (ActiveLevel::Low, ["Low", "High", "Low", "High"]),
    ] {
        let told = lines(&mut driver(body, PinKind::Digital, active_level));
        assert_eq!(told, expected.map(|level| format!("110 lamp {level}")));
    }
}

#[test]
fn levels_become_states_by_the_active_level() {
    for (level, active_level, state) in [
        (Level::High, ActiveLevel::High, "00"),
        (Level::Low, ActiveLevel::High, "01"),
        (Level::High, ActiveLevel::Low, "01"),
        (Level::Low, ActiveLevel::Low, "00"),
    ] {
        let body = "call $in i32.const 256 call $read call $show_state
            call $in i32.const 256 call $is_active call $show_state
            call $in i32.const 256 call $is_inactive call $show_state";
        let mut ecu = driver(body, PinKind::Digital, active_level);
        ecu.board_mut().level = Some(level);
        let told = lines(&mut ecu);
        let published: Vec<_> = told
            .iter()
            .filter(|line| line.contains("published"))
            .collect();
        let (yes, no) = if state == "00" {
            ("01", "00")
        } else {
            ("00", "01")
        };
        let expected = [state, yes, no].map(|byte| format!("110 published 0 [{byte}]"));
        assert_eq!(published, expected.iter().collect::<Vec<_>>());
    }
}

#[test]
fn an_output_toggles_from_the_level_that_it_drives() {
    for (level, then) in [(Level::Low, "High"), (Level::High, "Low")] {
        let body = "call $out i32.const 256 call $toggle i32.const 1 call $show";
        let mut ecu = driver(body, PinKind::Digital, ActiveLevel::High);
        ecu.board_mut().level = Some(level);
        let expected = [
            "110 lamp read".to_owned(),
            format!("110 lamp {then}"),
            "110 published 0 [00]".to_owned(),
        ];
        assert_eq!(lines(&mut ecu), expected);
    }
}

#[test]
fn the_configuration_is_told() {
    let body =
        "call $out i32.const 256 call $config i32.const 0 i32.const 264 i32.const 4 call $publish";
    let mut ecu = driver(body, PinKind::Digital, ActiveLevel::Low);
    ecu.board_mut().pins.get_mut("lamp").unwrap().pull = Some(Pull::Down);
    // out, active-low, some, pull-down
    assert_eq!(lines(&mut ecu), ["110 published 0 [01, 01, 01, 01]"]);
}

#[test]
fn every_error_reaches_the_guest() {
    for (error, code) in [
        (GpioError::HardwareFault, "00"),
        (GpioError::AlreadyInUse, "01"),
        (GpioError::PinNotAllowed, "02"),
        (GpioError::PinModeNotAllowed, "03"),
        (GpioError::UndefinedPinLabel, "04"),
        (GpioError::PinModeNotAvailable, "05"),
        (GpioError::WouldBlock, "06"),
        (GpioError::OperationNotSupported, "07"),
        (GpioError::Other("burnt".into()), "08"),
    ] {
        for (kind, body) in [
            (PinKind::Digital, "call $out i32.const 256 call $set_active"),
            (PinKind::Digital, "call $out i32.const 256 call $toggle"),
            (PinKind::Digital, "call $in i32.const 256 call $read"),
            (
                ADC_12_BITS,
                "call $dac i32.const 1 i32.const 256 call $set_raw",
            ),
            (ADC_12_BITS, "call $adc i32.const 256 call $read_raw"),
        ] {
            let body = format!("{body} i32.const 5 call $show");
            let mut ecu = driver(&body, kind, ActiveLevel::High);
            ecu.board_mut().gpio_error = Some(error.clone());
            let told = lines(&mut ecu).last().unwrap().clone();
            assert_eq!(
                told,
                format!("110 published 0 [01, 00, 00, 00, {code}]"),
                "{body}"
            );
        }
    }
}

#[test]
fn numbers_end_at_the_full_scale_and_are_turned_round() {
    for (value, high, low) in [
        (0_u32, 0, 4095),
        (7, 7, 4088),
        (4095, 4095, 0),
        (u32::MAX, 4095, 0),
    ] {
        for (active_level, expected) in [(ActiveLevel::High, high), (ActiveLevel::Low, low)] {
            let body = format!(
                "call $dac i32.const {} i32.const 256 call $set_raw",
                value as i32
            );
            let told = lines(&mut driver(&body, ADC_12_BITS, active_level));
            assert_eq!(told, [format!("110 lamp {expected}")]);
            let body = "call $adc i32.const 256 call $read_raw i32.const 0 i32.const 260 i32.const 4 call $publish";
            let mut ecu = driver(body, ADC_12_BITS, active_level);
            ecu.board_mut().number = value;
            let bytes = u32::try_from(expected).unwrap().to_le_bytes();
            let told = lines(&mut ecu).last().unwrap().clone();
            assert_eq!(told, format!("110 published 0 {bytes:02x?}"));
        }
    }
}

#[test]
fn fractions_are_of_the_full_scale() {
    for (value, expected) in [
        ("0", 0),
        ("0.5", 2048),
        ("0.0001", 0),
        ("0.0002", 1),
        ("1", 4095),
    ] {
        let body = format!("call $dac f32.const {value} i32.const 256 call $set");
        let told = lines(&mut driver(&body, ADC_12_BITS, ActiveLevel::High));
        assert_eq!(told, [format!("110 lamp {expected}")]);
    }
    let body = "call $adc i32.const 256 call $read_fraction i32.const 0 i32.const 260 i32.const 4 call $publish";
    for (number, fraction) in [(0, 0.0_f32), (4095, 1.0), (9999, 1.0), (1, 1.0 / 4095.0)] {
        let mut ecu = driver(body, ADC_12_BITS, ActiveLevel::High);
        ecu.board_mut().number = number;
        let told = lines(&mut ecu).last().unwrap().clone();
        assert_eq!(
            told,
            format!("110 published 0 {:02x?}", fraction.to_le_bytes())
        );
    }
}

#[test]
fn fractions_outside_of_0_to_1_never_reach_the_board() {
    for value in ["-0.001", "1.001", "nan", "inf", "-inf"] {
        let body =
            format!("call $dac f32.const {value} i32.const 256 call $set i32.const 5 call $show");
        let told = lines(&mut driver(&body, ADC_12_BITS, ActiveLevel::High));
        assert_eq!(told, ["110 published 0 [01, 00, 00, 00, 08]"], "{value}");
    }
}

#[test]
fn watches_are_refused_by_the_error_made_for_that() {
    for (kind, body) in [
        (
            PinKind::Digital,
            "call $in i32.const 0 i32.const 256 call $watch_state",
        ),
        (PinKind::Digital, "call $in i32.const 256 call $watch_edge"),
        (
            ADC_12_BITS,
            "call $adc f32.const 0.5 i32.const 256 call $watch_above",
        ),
    ] {
        let body = format!("{body} i32.const 5 call $show");
        let told = lines(&mut driver(&body, kind, ActiveLevel::High));
        assert_eq!(told, ["110 published 0 [01, 00, 00, 00, 07]"]);
    }
}

#[test]
fn a_pin_that_goes_both_ways_can_be_opened_either_way() {
    for body in [
        "call $out drop",
        "i32.const 8 i32.const 4 call $open_in drop",
        "i32.const 8 i32.const 4 call $open_in_out i32.const 256 call $read_back",
    ] {
        let mut ecu = driver(body, PinKind::Digital, ActiveLevel::High);
        let both = digital(PinDirection::InOut, ActiveLevel::High);
        ecu.board_mut().pins.insert("lamp".into(), both);
        assert_eq!(ecu.run(100).unwrap().outcome, Outcome::Completed, "{body}");
    }
}

#[test]
fn a_pin_that_is_not_there_or_of_another_kind_is_named() {
    for (body, words) in [
        (
            "i32.const 24 i32.const 4 call $open_in drop",
            "has no pin `gone`",
        ),
        (
            "i32.const 16 i32.const 4 call $open_out drop",
            "pin `door` can not be used as `digital-out-pin`",
        ),
        (
            "i32.const 16 i32.const 4 call $open_adc drop",
            "pin `door` can not be used as `analog-in-pin`",
        ),
        (
            "i32.const 16 i32.const 4 call $open_in_out drop",
            "pin `door` can not be used as `digital-in-out-pin`",
        ),
    ] {
        let trapped = first_trap(&mut driver(body, PinKind::Digital, ActiveLevel::High), 500);
        assert_eq!(trapped.cause, Cause::Misuse);
        assert!(trapped.reason.contains(words), "{}", trapped.reason);
    }
}

#[test]
fn handles_are_given_back_and_bounded() {
    let body = |step: &str| {
        format!(
            "(local $n i32) loop $again call $in {step}
        local.get $n i32.const 1 i32.add local.tee $n i32.const 3000 i32.lt_u br_if $again end"
        )
    };
    let run = |step| driver(&body(step), PinKind::Digital, ActiveLevel::High);
    assert_eq!(
        run("call $drop").run(100).unwrap().outcome,
        Outcome::Completed
    );
    let trapped = first_trap(&mut run("drop"), 500);
    assert!(
        trapped.reason.contains("holds 1024 handles"),
        "{}",
        trapped.reason
    );
}

#[test]
fn a_delay_is_a_cost() {
    let mut ecu = driver(
        "i32.const 700 call $delay_us",
        PinKind::Digital,
        ActiveLevel::High,
    );
    assert_eq!(ecu.run(100).unwrap().cost_ns, 700_010);
    assert_eq!(ecu.board().waits_ns, [(110, 700_110)]);
}

#[test]
fn a_board_never_waits_for_a_delay_that_is_refused() {
    // 4,000 s, where an activation may wait for 10.
    let body = "i32.const -294967296 call $delay_us";
    let mut ecu = driver(body, PinKind::Digital, ActiveLevel::High);
    let trapped = first_trap(&mut ecu, 500);
    assert!(
        trapped.reason.contains("waited longer than 10000000000 ns"),
        "{}",
        trapped.reason
    );
    assert!(ecu.board().waits_ns.is_empty());
}

/// A falling edge at `door` at this time, on a board that waits for pins.
fn waiting(body: &str, edge_ns: u64) -> Ecu<Desk> {
    let body = format!("call $in i32.const 256 call $watch_edge {body}");
    let mut ecu = driver(&body, PinKind::Digital, ActiveLevel::High);
    ecu.board_mut().edge_ns = Some(edge_ns);
    ecu.board_mut().waits_for_pins = true;
    ecu
}

#[test]
fn a_board_in_real_time_waits_for_an_edge_that_nobody_knows_of() {
    let mut ecu = waiting("i32.const 260 i32.load call $block", 700);
    let done = ecu.run(100).unwrap();
    assert_eq!((&done.outcome, done.cost_ns), (&Outcome::Completed, 600));
    let watched = "WatchedPin { pin: \"door\", watch: Edge(High), since_ns: 110 }";
    assert_eq!(
        ecu.board().lines,
        [format!("110 waits for [{watched}] until 10000000110")]
    );
    assert!(ecu.board().waits_ns.is_empty(), "not for a clock");
}

#[test]
fn whichever_comes_first_ends_a_poll() {
    // A pin and a clock that is 300 ns ahead.
    let body = "i32.const 64 i32.const 260 i32.load i32.store
        i32.const 68 i64.const 300 call $after i32.store
        i32.const 64 i32.const 2 i32.const 80 call $poll
        i32.const 0 i32.const 80 i32.load i32.const 4 call $publish";
    for (edge_ns, ready, cost_ns) in [(200, "00", 100), (5_000, "01", 310)] {
        let mut ecu = waiting(body, edge_ns);
        let done = ecu.run(100).unwrap();
        assert_eq!(
            (&done.outcome, done.cost_ns),
            (&Outcome::Completed, cost_ns)
        );
        let lines = &ecu.board().lines;
        assert!(lines[0].ends_with("until 410"), "{lines:?}");
        let at_ns = 100 + cost_ns;
        assert_eq!(
            lines[1],
            format!("{at_ns} published 0 [{ready}, 00, 00, 00]")
        );
    }
}

#[test]
fn an_edge_that_does_not_come_is_not_waited_for_for_ever() {
    let mut ecu = waiting("i32.const 260 i32.load call $block", u64::MAX);
    let trapped = first_trap(&mut ecu, 500);
    assert!(
        trapped.reason.contains("waited longer than 10000000000 ns"),
        "{}",
        trapped.reason
    );
    // In virtual time it is known at once that nothing comes.
    let mut ecu = waiting("i32.const 260 i32.load call $block", u64::MAX);
    ecu.board_mut().waits_for_pins = false;
    let trapped = first_trap(&mut ecu, 500);
    assert_eq!(trapped.cause, Cause::Misuse);
    assert!(trapped.reason.contains("pin"), "{}", trapped.reason);
}
