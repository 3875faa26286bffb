//! The receiver's end: each message is checked against the last one, and the outcome given to the
//! state machine. Knows nothing of what a message means.

use crate::{
    configuration::{Configuration, Profile},
    header,
    state_machine::{Outcome, State, StateMachine},
};

/// Messages that one partition protects at most, each at one end.
pub const SLOTS: usize = 64;
/// Of [`Checked::to_bits`]: what the message says may be used.
pub const USABLE: u32 = 1 << 16;
/// Of [`Checked::to_bits`]: what was received before is not to be trusted any more.
pub const UNTRUSTED: u32 = 1 << 17;

/// What the check of one message gave (E2E_PXXCheckStatusType; profiles 1 and 2 call an error
/// WRONGCRC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ok,
    /// Messages are missing before it, as many as is allowed.
    OkSomeLost,
    Repeated,
    WrongSequence,
    /// Checksum, length or identifier are wrong.
    Error,
    /// None came.
    NoNewData,
    /// Profiles 1 and 2: the first one, with whose counter the next ones are compared.
    Initial,
    /// Profiles 1 and 2: in order again after a gap, and not trusted yet.
    Sync,
}

/// What is known after a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    pub status: Status,
    pub state: State,
}

impl Checked {
    /// Before the first check.
    pub const NOTHING: Self = Self {
        status: Status::NoNewData,
        state: State::NoData,
    };

    /// Whether what the message says may be used.
    pub fn is_usable(self) -> bool {
        self.state == State::Valid
            && matches!(self.status, Status::Ok | Status::OkSomeLost | Status::Sync)
    }

    /// The number of the status, 8 bits above that of the state, then [`USABLE`] and [`UNTRUSTED`].
    pub fn to_bits(self) -> u32 {
        let usable = if self.is_usable() { USABLE } else { 0 };
        let untrusted = if self.state == State::Invalid {
            UNTRUSTED
        } else {
            0
        };
        self.status as u32 | (self.state as u32) << 8 | usable | untrusted
    }
}

impl Status {
    /// By their numbers.
    pub const NAMES: [&str; 8] = [
        "ok",
        "ok-some-lost",
        "repeated",
        "wrong-sequence",
        "error",
        "no-new-data",
        "initial",
        "sync",
    ];
}

/// What a receiver keeps of a message between two checks (E2E_PXXCheckStateType and
/// E2E_SMCheckStateType).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receiver {
    counter: Option<u32>,
    machine: StateMachine,
    /// Profiles 1 and 2: checks since the last one that brought something new.
    unanswered: u8,
    /// Profiles 1 and 2: what is missing until the counters are joined again.
    to_join: u8,
    /// Profiles 1 and 2: the largest step at this check (MaxDeltaCounter).
    allowed: u32,
}

impl Receiver {
    pub const fn new() -> Self {
        Self {
            counter: None,
            machine: StateMachine::new(),
            unanswered: 0,
            to_join: 0,
            allowed: 0,
        }
    }

    /// Checks a message; `None`: none came in the time in which one should have.
    ///
    /// Data that cannot be protected so, of another length for example, are an error like a wrong
    /// checksum.
    pub fn check(&mut self, configuration: &Configuration, data: Option<&[u8]>) -> Checked {
        let largest = configuration.profile.last_counter();
        self.allowed = self.allowed.saturating_add(1).min(largest);
        let status = match data {
            None => self.nothing(),
            Some(data) if configuration.problem(data.len()).is_some() => Status::Error,
            Some(data) => match header::read(configuration, data) {
                None => Status::Error,
                Some(counter) => self.sequence(configuration, counter),
            },
        };
        let outcome = match status {
            Status::Ok | Status::OkSomeLost | Status::Sync => Outcome::Ok,
            Status::Repeated | Status::WrongSequence | Status::Initial => Outcome::Sequence,
            Status::Error => Outcome::Error,
            Status::NoNewData => Outcome::NoNewData,
        };
        let state = self.machine.check(&configuration.machine, outcome);
        Checked { status, state }
    }

    fn nothing(&mut self) -> Status {
        self.unanswered = self.unanswered.saturating_add(1);
        Status::NoNewData
    }

    fn sequence(&mut self, configuration: &Configuration, counter: u32) -> Status {
        let last = configuration.profile.last_counter();
        let joins = matches!(configuration.profile, Profile::P01 | Profile::P02);
        let before = match (self.counter, joins) {
            (Some(before), _) => before,
            (None, true) => {
                self.take(configuration, counter);
                return Status::Initial;
            }
            // As if the last message had been the one before a sender's first, which is 1 here and
            // else 0.
            (None, false) if configuration.profile == Profile::P22 => 0,
            (None, false) => last,
        };
        let delta = match counter >= before {
            true => counter - before,
            // In 64 bits: a counter of 32 bits has one value more than they hold.
            false => (u64::from(counter) + u64::from(last) + 1 - u64::from(before)) as u32,
        };
        match joins {
            true => self.joined(configuration, counter, delta),
            false => {
                self.counter = Some(counter);
                by_delta(configuration.max_delta_counter, delta)
            }
        }
    }

    /// Profiles 1 and 2: after too many checks without a new message the counters are joined anew.
    fn joined(&mut self, configuration: &Configuration, counter: u32, delta: u32) -> Status {
        let allowed = self.allowed;
        if delta == 0 {
            self.unanswered = self.unanswered.saturating_add(1);
            return Status::Repeated;
        }
        let was_away = self.unanswered > configuration.max_no_new_or_repeated;
        self.unanswered = 0;
        if delta > allowed {
            self.to_join = configuration.sync_counter;
            if self.to_join > 0 {
                self.take(configuration, counter);
            }
            return Status::WrongSequence;
        }
        self.take(configuration, counter);
        match (was_away, self.to_join) {
            (true, _) => {
                self.to_join = configuration.sync_counter;
                Status::Sync
            }
            (false, 0) => by_delta(allowed, delta),
            (false, _) => {
                self.to_join -= 1;
                Status::Sync
            }
        }
    }

    fn take(&mut self, configuration: &Configuration, counter: u32) {
        self.counter = Some(counter);
        self.allowed = configuration.max_delta_counter;
    }
}

fn by_delta(allowed: u32, delta: u32) -> Status {
    match delta {
        0 => Status::Repeated,
        1 => Status::Ok,
        delta if delta <= allowed => Status::OkSomeLost,
        _ => Status::WrongSequence,
    }
}
