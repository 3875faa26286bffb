//! Whether what a receiver gets can be trusted, by what its last checks gave (E2E_SMCheck).
//! Knows nothing of profiles.
//!
//! Source: PRS_E2EProtocol R20-11, 6.13, with transitToInvalidExtended false.

use crate::configuration::{LONGEST_WINDOW, Machine, Window};

/// E2E_SMStateType; a machine that is not initialised there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Nothing has come that could be looked at.
    #[default]
    NoData,
    /// Messages come; not enough good ones yet.
    Init,
    Valid,
    Invalid,
}

impl State {
    /// By their numbers.
    pub const NAMES: [&str; 4] = ["no-data", "init", "valid", "invalid"];
}

/// What a check means for the machine (E2E_PCheckStatusType).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Error,
    /// Repeated, or a step of the counter that is not allowed.
    Sequence,
    NoNewData,
}

/// The last checks and the state that they lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateMachine {
    window: [Option<Outcome>; LONGEST_WINDOW],
    top: u8,
    state: State,
}

impl Default for StateMachine {
    fn default() -> Self {
        Self::new()
    }
}

impl StateMachine {
    pub const fn new() -> Self {
        Self {
            window: [None; LONGEST_WINDOW],
            top: 0,
            state: State::NoData,
        }
    }

    pub fn state(&self) -> State {
        self.state
    }

    pub(crate) fn check(&mut self, machine: &Machine, outcome: Outcome) -> State {
        let size = machine.window(self.state).size;
        if let Some(oldest) = self.window.get_mut(usize::from(self.top)) {
            *oldest = Some(outcome);
        }
        self.top = match self.top + 1 {
            top if top >= size => 0,
            top => top,
        };
        match self.state {
            State::NoData if matches!(outcome, Outcome::Ok | Outcome::Sequence) => {
                self.clear();
                self.state = State::Init;
            }
            State::NoData => {}
            State::Init if self.holds(machine.init) => self.enter(machine, State::Valid),
            State::Init if self.count(Outcome::Error) > machine.init.max_error => {
                self.enter(machine, State::Invalid);
            }
            State::Valid if !self.holds(machine.valid) => self.enter(machine, State::Invalid),
            State::Invalid if self.holds(machine.invalid) => self.enter(machine, State::Valid),
            State::Init | State::Valid | State::Invalid => {}
        }
        self.state
    }

    fn holds(&self, window: Window) -> bool {
        self.count(Outcome::Error) <= window.max_error && self.count(Outcome::Ok) >= window.min_ok
    }

    fn count(&self, outcome: Outcome) -> u8 {
        let counted = self.window.iter().filter(|one| **one == Some(outcome));
        counted.count() as u8
    }

    fn enter(&mut self, machine: &Machine, state: State) {
        self.state = state;
        if state == State::Invalid && machine.clear_to_invalid {
            self.clear();
            return;
        }
        // What the next window does not reach is forgotten (E2E_SMClearRemainingStatus).
        let size = machine.window(state).size;
        for outside in self.window.iter_mut().skip(size.into()) {
            *outside = None;
        }
        if self.top >= size {
            self.top = 0;
        }
    }

    fn clear(&mut self) {
        self.window = [None; LONGEST_WINDOW];
        self.top = 0;
    }
}

impl Machine {
    fn window(&self, state: State) -> Window {
        match state {
            State::NoData | State::Init => self.init,
            State::Valid => self.valid,
            State::Invalid => self.invalid,
        }
    }
}
