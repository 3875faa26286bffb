//! Which slot runs, what the device remembers of it, and how it falls back.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod common;

use common::{device, payload, slot};
use payload::{NoPayload, Refusal, Slot, State, StateLog, Trial, choose};

fn damaged(counter: u32) -> Vec<u8> {
    let mut slot = slot(&payload(counter));
    slot[300] ^= 1;
    slot
}

#[test]
fn without_a_memory_the_higher_counter_runs_and_then_slot_a() {
    for (a, b, expected) in [(1, 2, Slot::B), (2, 1, Slot::A), (2, 2, Slot::A)] {
        let (a, b) = (slot(&payload(a)), slot(&payload(b)));
        let choice = choose(&a, Some(&b), &device(), State::default()).unwrap();
        assert_eq!((choice.slot, choice.refused), (expected, None));
        assert_eq!(choice.state, State::default());
    }
}

#[test]
fn the_preferred_slot_runs() {
    let (a, b) = (slot(&payload(1)), slot(&payload(1)));
    for preferred in Slot::ALL {
        let state = State::default().confirmed(preferred, 1);
        let choice = choose(&a, Some(&b), &device(), state).unwrap();
        assert_eq!(choice.slot, preferred);
    }
}

#[test]
fn a_refused_update_leaves_the_previous_slot_running_and_says_why() {
    let a = slot(&payload(3));
    let state = State::default().confirmed(Slot::A, 3).updated(Slot::B);
    let cases = [
        (damaged(4), Refusal::Body),
        (
            slot(&payload(2)),
            Refusal::Counter {
                found: 2,
                minimum: 3,
            },
        ),
        (slot(&payload(4)[..700]), Refusal::Torn),
        (vec![0xff; 4_096], Refusal::Empty),
    ];
    for (b, reason) in cases {
        let choice = choose(&a, Some(&b), &device(), state).unwrap();
        assert_eq!(choice.slot, Slot::A);
        assert_eq!(choice.refused, Some((Slot::B, reason)));
    }
}

#[test]
fn an_update_that_never_confirms_is_given_up() {
    let (a, b) = (slot(&payload(3)), slot(&payload(4)));
    let mut state = State::default().confirmed(Slot::A, 3).updated(Slot::B);
    for left in [2, 1, 0] {
        let choice = choose(&a, Some(&b), &device(), state).unwrap();
        assert_eq!((choice.slot, choice.refused), (Slot::B, None));
        assert_eq!(choice.state.trial, Trial::BootsLeft(left));
        state = choice.state;
    }
    let choice = choose(&a, Some(&b), &device(), state).unwrap();
    assert_eq!(choice.slot, Slot::A);
    let given_up = (Slot::B, Refusal::NotConfirmed { boots: 3 });
    assert_eq!(choice.refused, Some(given_up));
}

#[test]
fn a_confirmed_update_refuses_what_is_older_from_then_on() {
    let (a, b) = (slot(&payload(3)), slot(&payload(4)));
    let state = State::default().confirmed(Slot::A, 3).updated(Slot::B);
    let choice = choose(&a, Some(&b), &device(), state).unwrap();
    let state = choice.state.confirmed(choice.slot, 4);
    assert_eq!((state.minimum_counter, state.trial), (4, Trial::Confirmed));
    let b = damaged(4);
    let refusal = choose(&a, Some(&b), &device(), state).unwrap_err();
    let older = (
        Slot::A,
        Refusal::Counter {
            found: 3,
            minimum: 4,
        },
    );
    let expected = NoPayload {
        first: (Slot::B, Refusal::Body),
        second: Some(older),
    };
    assert_eq!(*refusal, expected);
}

#[test]
fn a_board_with_one_slot_has_nothing_to_fall_back_to() {
    let good = slot(&payload(1));
    let choice = choose(&good, None, &device(), State::default()).unwrap();
    assert_eq!(choice.slot, Slot::A);
    let refusal = choose(&damaged(1), None, &device(), State::default()).unwrap_err();
    assert_eq!(refusal.first, (Slot::A, Refusal::Body));
    assert_eq!(refusal.second, None);
}

#[test]
fn what_is_remembered_survives_in_the_log() {
    let mut flash = vec![0xff; 256];
    let state = State::default().confirmed(Slot::A, 3).updated(Slot::B);
    let append = StateLog::read(&flash).append(&flash, state).unwrap();
    assert_eq!(append.erase, None);
    flash[append.offset..append.offset + 32].copy_from_slice(&append.record);
    assert_eq!(StateLog::read(&flash).state, state);
}
