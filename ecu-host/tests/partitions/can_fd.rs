//! Frames of CAN FD through `autosar:can` and in PDUs.

use ecu_host::board::{CanFlexible, CanFlexibleRates, CanFrame};

use crate::{
    can::{configure, driver, frame, informed, show},
    support::*,
};

pub(super) fn flags(flexible: CanFlexible) -> u8 {
    u8::from(flexible.bit_rate_switch) + 2 * u8::from(flexible.error_state_indicator)
}

pub(super) fn rates(data_bit_rate_hz: u32) -> CanFlexibleRates {
    CanFlexibleRates {
        sample_point_permille: 800,
        data_bit_rate_hz,
        data_sample_point_permille: 800,
    }
}

/// `transmit` of bytes at 24 in that format (1 remote, 2 FDF, 4 BRS, 8 ESI), and the error.
fn transmit(format: u32, dlc: u32, bytes: u32) -> String {
    format!(
        "call $started global.get $can i32.const 0 i32.const 0x123 i32.const {format}
        i32.const {dlc} i32.const 24 i32.const {bytes} i32.const 0 i32.const 128 call $transmit
        {}",
        show(136, 1)
    )
}

fn lines_of(body: &str, data_bit_rate_hz: Option<u32>) -> Vec<String> {
    let mut ecu = informed(body, "");
    ecu.board_mut().data_bit_rate_hz = data_bit_rate_hz;
    run_until(&mut ecu, 150);
    ecu.board().lines.clone()
}

#[test]
fn frames_of_can_fd_go_out_where_the_bus_carries_them() {
    let lines = lines_of(&transmit(2 + 4, 9, 12), Some(2_000_000));
    let data = "[a1, a2, 00, 00, 00, 00, 00, 00, 00, 00, 00, 00]";
    let data = format!("[a1, a2{}", &data[7..]);
    assert!(
        lines[0].starts_with("110 can0 123##1[a1, a2, "),
        "{}",
        lines[0]
    );
    assert_eq!(lines[0].matches(", ").count(), data.matches(", ").count());
    let lines = lines_of(&transmit(2 + 8, 2, 2), Some(2_000_000));
    assert_eq!(lines[0], "110 can0 123##2[a1, a2] request 1");
    // Unsupported.
    let lines = lines_of(&transmit(2, 2, 2), None);
    assert_eq!(lines, ["110 published 0 [04]"]);
}

#[test]
fn frames_against_the_standard_are_invalid() {
    for (format, dlc, bytes) in [
        (1 + 2, 2, 2),
        (4, 2, 2),
        (8, 2, 2),
        (2, 9, 9),
        (2, 16, 64),
        (2, 15, 63),
    ] {
        let lines = lines_of(&transmit(format, dlc, bytes), Some(2_000_000));
        assert_eq!(lines, ["110 published 0 [03]"], "{format} {dlc} {bytes}");
    }
}

#[test]
fn frames_of_can_fd_come_in_with_their_flags() {
    let mut ecu = driver(
        "call $started",
        &("global.get $can i32.const 128 call $receive".to_owned()
            + &show(144, 2)
            + "i32.const 0 i32.const 148 i32.load i32.const 152 i32.load call $publish"),
    );
    run_until(&mut ecu, 150);
    ecu.receive(
        150,
        &CanFrame {
            flexible: Some(CanFlexible {
                bit_rate_switch: true,
                error_state_indicator: true,
            }),
            ..frame(0x125, &[7; 20])
        },
    );
    run_until(&mut ecu, 300);
    // FDF, BRS and ESI, and the code of 20 bytes.
    assert_eq!(ecu.board().lines[0], "210 published 0 [0e, 0b]");
    assert_eq!(ecu.board().lines[1].matches("07").count(), 20);
}

#[test]
fn a_data_phase_of_the_bus_is_set_and_read() {
    let read = "global.get $can i32.const 128 call $timing".to_owned() + &show(140, 8);
    let configured = "global.get $can i32.const 500000 i32.const 13 i32.const 2 i32.const 1
        i32.const 1 i32.const 2000000 i32.const 6 i32.const 3 i32.const 2 i32.const 128 call $configure"
        .to_owned()
        + &show(128, 1);
    let body = format!("call $opened {read} {configured} {read}");
    let lines = lines_of(&body, Some(2_000_000));
    // There is one; 2000000.
    assert!(
        lines[0].starts_with("110 published 0 [01, 00, 00, 00, 80, 84, 1e, 00"),
        "{lines:?}"
    );
    assert_eq!(lines[1], "110 published 0 [00]");
    let other = lines_of(&body, Some(4_000_000));
    assert_eq!(other[1], "110 published 0 [01]");
    let without = lines_of(
        &format!("call $opened {}", configure(500_000, [13, 2, 1], 1)),
        None,
    );
    assert_eq!(without[1], "110 published 0 [04]");
}
