//! The list of what is wrong in a file, bounded, since any file can be given.

use super::Defect;

/// More are counted, not listed.
const MOST_LISTED: usize = 10_000;

#[derive(Default)]
pub(super) struct Defects {
    list: Vec<Defect>,
    more: usize,
}

impl Defects {
    pub(super) fn push(&mut self, line: u32, message: String) {
        match self.list.len() < MOST_LISTED {
            true => self.list.push(Defect { line, message }),
            false => self.more += 1,
        }
    }

    /// By line, each once.
    pub(super) fn done(self) -> Vec<Defect> {
        let (mut list, more) = (self.list, self.more);
        list.sort();
        list.dedup();
        if let (Some(last), 1..) = (list.last(), more) {
            let message = format!("there are {more} more defects, which are not listed");
            let line = last.line;
            list.push(Defect { line, message });
        }
        list
    }
}
