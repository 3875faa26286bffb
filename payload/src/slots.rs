//! Which slot runs. Both may hold a payload; the preferred one is tried first, and where it is
//! refused the other one runs. Knows nothing of flash.

use alloc::boxed::Box;
use core::fmt;

use crate::{Device, Header, Refusal, State, TRIAL_BOOTS, Trial, Verified, verify};

/// A place for a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    A,
    B,
}

impl Slot {
    /// Both, in order.
    pub const ALL: [Slot; 2] = [Slot::A, Slot::B];

    pub fn other(self) -> Slot {
        match self {
            Slot::A => Slot::B,
            Slot::B => Slot::A,
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Slot::A => "A",
            Slot::B => "B",
        })
    }
}

/// The payload that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'s> {
    pub slot: Slot,
    pub payload: Verified<'s>,
    /// The slot that would have been preferred, and why it does not run.
    pub refused: Option<(Slot, Refusal)>,
    /// What to remember before the payload is started; the state itself if nothing changed.
    pub state: State,
}

/// No slot holds a payload that may run: each slot with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPayload {
    pub first: (Slot, Refusal),
    /// None on a board with one slot.
    pub second: Option<(Slot, Refusal)>,
}

/// Chooses among slot A and, where the board has one, slot B. Hashes one payload where the first
/// choice may run, two otherwise.
pub fn choose<'s>(
    a: &'s [u8],
    b: Option<&'s [u8]>,
    device: &Device,
    state: State,
) -> Result<Choice<'s>, Box<NoPayload>> {
    let first = first(a, b, &state);
    let content = |slot| match slot {
        Slot::A => Some(a),
        Slot::B => b,
    };
    let verified = |slot| match content(slot) {
        Some(content) => verify(content, device, state.minimum_counter),
        None => Err(Refusal::Empty),
    };
    let refusal = match on_trial(first, state).and_then(|next| Ok((next, verified(first)?))) {
        Ok((state, payload)) => {
            return Ok(Choice {
                slot: first,
                payload,
                refused: None,
                state,
            });
        }
        Err(refusal) => refusal,
    };
    let refused = (first, refusal);
    let second = first.other();
    if content(second).is_none() {
        return Err(Box::new(NoPayload {
            first: refused,
            second: None,
        }));
    }
    match verified(second) {
        Ok(payload) => Ok(Choice {
            slot: second,
            payload,
            refused: Some(refused),
            state,
        }),
        Err(refusal) => Err(Box::new(NoPayload {
            first: refused,
            second: Some((second, refusal)),
        })),
    }
}

/// The slot to try first. Headers are read for their counters before they are verified: that
/// decides on the order only.
fn first(a: &[u8], b: Option<&[u8]>, state: &State) -> Slot {
    let Some(b) = b else {
        return Slot::A;
    };
    let counter = |slot| Header::read(slot).ok().map(|header| header.counter);
    match state.preferred {
        Some(slot) => slot,
        None if counter(b) > counter(a) => Slot::B,
        None => Slot::A,
    }
}

/// The state with one start fewer, where the slot is on trial.
fn on_trial(slot: Slot, state: State) -> Result<State, Refusal> {
    match (state.preferred, state.trial) {
        (Some(preferred), Trial::BootsLeft(0)) if preferred == slot => {
            Err(Refusal::NotConfirmed { boots: TRIAL_BOOTS })
        }
        (Some(preferred), Trial::BootsLeft(boots)) if preferred == slot => Ok(State {
            trial: Trial::BootsLeft(boots - 1),
            ..state
        }),
        _ => Ok(state),
    }
}
