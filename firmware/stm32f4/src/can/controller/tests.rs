//! The controller over a register block in memory: what it writes, and what it makes of what it
//! reads (RM0386). How the device answers is not shown.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use super::*;
use crate::{
    block_of_zeroes,
    can::{Accept, banks},
};
use embedded_can::StandardId;
use slcan::Frame;

const ALL_EMPTY: u32 = 7 << 26;

fn waiting(request: u64, id: u32) -> Waiting {
    let frame = Frame {
        id,
        length: 2,
        bytes: [request as u8, 7, 0, 0, 0, 0, 0, 0],
        ..Frame::default()
    };
    Waiting { request, frame }
}

fn set_tsr(registers: &RegisterBlock, value: u32) {
    registers.tsr().write(|tsr| unsafe { tsr.bits(value) });
}

/// Memory does not acknowledge initialisation.
#[test]
fn a_controller_that_does_not_answer_is_told() {
    let registers = block_of_zeroes::<RegisterBlock>();
    let timing = BitTiming::for_rate(45_000_000, 500_000).unwrap();
    assert_eq!(Controller::new(registers).start(timing), Started::Stuck);
    // INAK stands all the time: initialisation is entered, and never left.
    registers.msr().write(|msr| unsafe { msr.bits(1) });
    // The PAC writes only what can be written, so the block is asked for what it holds.
    let acknowledged = registers.msr().read().inak().bit_is_set();
    let started = Controller::new(registers).start(timing);
    assert_eq!(started, Started::Stuck);
    if acknowledged {
        assert_eq!(registers.btr().read().bits(), 0x011b_0005);
        assert_eq!(registers.ier().read().bits(), 0x8703);
        assert_eq!(registers.mcr().read().bits(), 1 << 6);
    }
}

#[test]
fn a_frame_goes_into_a_free_mailbox_and_the_request_is_written_last() {
    let registers = block_of_zeroes::<RegisterBlock>();
    let mut controller = Controller::new(registers);
    assert_eq!(
        controller.send(waiting(1, 0x123)),
        Ok(false),
        "none is empty"
    );
    set_tsr(registers, 1 << 27);
    assert_eq!(controller.send(waiting(1, 0x123)), Ok(true));
    let mailbox = registers.tx(1);
    assert_eq!(mailbox.tir().read().bits(), 0x123 << 21 | 1);
    assert_eq!(mailbox.tdtr().read().bits(), 2);
    assert_eq!(mailbox.tdlr().read().bits(), 0x0701);
    assert_eq!(controller.held()[1], Some(waiting(1, 0x123)));
    // It holds a frame until `finished` has told of it.
    assert_eq!(controller.send(waiting(2, 0x124)), Ok(false));
    assert_eq!(controller.send(waiting(2, 0x800)), Err(NoFrame::Identifier));
}

#[test]
fn what_a_mailbox_is_done_with_is_told_once() {
    let registers = block_of_zeroes::<RegisterBlock>();
    let mut controller = Controller::new(registers);
    set_tsr(registers, ALL_EMPTY);
    for request in 0..3 {
        assert_eq!(controller.send(waiting(request, 9)), Ok(true));
    }
    assert!(!controller.has_room());
    // Mailbox 2: completed and sent (RQCP, TXOK).
    set_tsr(registers, 0b11 << 16);
    assert!(Controller::has_news(registers));
    assert_eq!(controller.finished(), Some(Finished::Sent(2)));
    assert_eq!(
        registers.tsr().read().bits(),
        1 << 16,
        "RQCP is cleared by writing it"
    );
    // Mailbox 0: completed, not sent.
    set_tsr(registers, 1);
    assert_eq!(controller.finished(), Some(Finished::Withdrawn(0)));
    set_tsr(registers, 0);
    assert_eq!(controller.finished(), None);
    assert!(!Controller::has_news(registers));
    assert!(!controller.has_room(), "no mailbox is empty");
    set_tsr(registers, ALL_EMPTY);
    assert!(controller.has_room());
}

#[test]
fn a_frame_is_withdrawn_from_its_mailbox() {
    let registers = block_of_zeroes::<RegisterBlock>();
    let mut controller = Controller::new(registers);
    set_tsr(registers, 1 << 28);
    assert_eq!(controller.send(waiting(5, 9)), Ok(true));
    assert!(!controller.withdraw(4));
    assert!(controller.withdraw(5));
    // RM0386, CAN_TSR: ABRQ2 is bit 23.
    assert_eq!(registers.tsr().read().bits(), 1 << 23);
}

/// RM0386, CAN_ESR: REC 31 to 24, TEC 23 to 16, LEC 6 to 4, BOFF 2, EPVF 1, EWGF 0.
#[test]
fn the_error_state_is_that_of_the_register_and_an_error_is_told_once() {
    use embedded_can::ErrorKind;
    let cases = [
        (0, ErrorState::Active, None),
        (1, ErrorState::Active, None),
        (0b0011 | 1 << 4, ErrorState::Passive, Some(ErrorKind::Stuff)),
        (0b0111 | 2 << 4, ErrorState::BusOff, Some(ErrorKind::Form)),
        (3 << 4, ErrorState::Active, Some(ErrorKind::Acknowledge)),
        (4 << 4, ErrorState::Active, Some(ErrorKind::Bit)),
        (5 << 4, ErrorState::Active, Some(ErrorKind::Bit)),
        (6 << 4, ErrorState::Active, Some(ErrorKind::Crc)),
        (7 << 4, ErrorState::Active, None),
    ];
    for (esr, state, last_error) in cases {
        let registers = block_of_zeroes::<RegisterBlock>();
        let mut controller = Controller::new(registers);
        let value = esr | 200 << 16 | 17 << 24;
        registers.esr().write(|esr| unsafe { esr.bits(value) });
        let expected = Status {
            state,
            transmit_errors: 200,
            receive_errors: 17,
        };
        assert_eq!(controller.status(), expected);
        assert_eq!(controller.take_error(), last_error);
        assert_eq!(controller.take_error(), None);
    }
}

#[test]
fn the_fifo_is_emptied_and_an_overrun_told() {
    let registers = block_of_zeroes::<RegisterBlock>();
    let mut taken = Vec::new();
    let lost = Controller::receive(registers, |mailbox| taken.push(*mailbox));
    assert!(!lost && taken.is_empty());
    registers
        .rfr(0)
        .write(|rfr| unsafe { rfr.bits(1 << 4 | 1) });
    let lost = Controller::receive(registers, |mailbox| taken.push(*mailbox));
    assert!(lost && !taken.is_empty());
}

#[test]
fn the_filters_of_one_controller_leave_those_of_the_other() {
    let first = block_of_zeroes::<RegisterBlock>();
    split_banks(first, 14);
    assert_eq!(first.fmr().read().bits(), 0x2a1c_0e00);
    let everything = banks(Accept::All, 14);
    Controller::set_filters(first, 0, 14, &everything);
    let id = |id| StandardId::new(id).unwrap().into();
    let some = banks(Accept::Only(&[id(1), id(2), id(3)]), 14);
    Controller::set_filters(first, 14, 14, &some);
    assert_eq!(first.fa1r().read().bits(), 1 | 0b11 << 14);
    assert_eq!(first.fs1r().read().bits(), (1 << 28) - 1, "32 bits");
    assert_eq!(first.fm1r().read().bits(), 1 << 14, "a list, then a mask");
    assert_eq!(first.ffa1r().read().bits(), 0, "all to FIFO 0");
    assert_eq!(first.fb(14).fr1().read().bits(), 1 << 21);
    assert_eq!(first.fb(14).fr2().read().bits(), 2 << 21);
    assert_eq!(first.fb(15).fr2().read().bits(), 0xffff_fffe);
    // Fewer banks than before: the rest is switched off.
    Controller::set_filters(first, 14, 14, &banks(Accept::All, 14));
    assert_eq!(first.fa1r().read().bits(), 1 | 1 << 14);
    assert_eq!(first.fmr().read().bits() & 1, 0, "initialisation is left");
}
