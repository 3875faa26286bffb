//! The sender's end: a counter that grows with each message. Knows nothing of receivers.

use crate::{
    configuration::{Configuration, Problem, Profile},
    header,
};

/// What a sender keeps of a message between two sends (E2E_PXXProtectStateType).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sender {
    counter: u32,
}

impl Sender {
    pub const fn new() -> Self {
        Self { counter: 0 }
    }

    /// Adds the header.
    ///
    /// # Errors
    /// Where data of that length cannot be protected so; they stay as they are then.
    pub fn protect(
        &mut self,
        configuration: &Configuration,
        data: &mut [u8],
    ) -> Result<(), Problem> {
        if let Some(problem) = configuration.problem(data.len()) {
            return Err(problem);
        }
        let last = configuration.profile.last_counter();
        let next = match self.counter {
            counter if counter >= last => 0,
            counter => counter + 1,
        };
        // Profiles 2 and 22 count before they send, all others after.
        let sent = match configuration.profile {
            Profile::P02 | Profile::P22 => next,
            _ => self.counter,
        };
        header::write(configuration, sent, data);
        self.counter = next;
        Ok(())
    }
}
