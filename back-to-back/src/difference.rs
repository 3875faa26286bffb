//! The first difference in words: what both sides did, in which activation of which instance, and
//! the last calls before. Knows nothing of links.

use serde::Serialize;
use std::{string::String, vec::Vec};

use crate::{
    Ended, Entry, Head, Input, Note, Output, Recording,
    words::{entry_line, output_line, runnable_name, work_name},
};

/// Lines before and after that are shown.
const SHOWN: usize = 6;

/// Where a target left a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of the first entry that is not the same; all before it agree.
    pub position: usize,
    /// What the target did instead, and what it told behind it.
    pub found: Vec<Output>,
}

/// A place in a recording, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activated {
    /// `partition/task` or `partition/start`, as recorded; none where no activation runs.
    pub activation: Option<String>,
    /// When it started (or when the input came), in nanoseconds.
    pub at_ns: Option<u64>,
    /// `instance.function` of the runnable that runs, if one does.
    pub runnable: Option<String>,
    /// What happened last on both sides, oldest first.
    pub before: Vec<String>,
    /// What comes next in the recording.
    pub expected: Vec<String>,
    /// What the target did instead; empty where it said nothing more.
    pub found: Vec<String>,
}

impl Difference {
    /// The place, with what the target did.
    pub fn place(&self, recording: &Recording) -> Activated {
        let head = &recording.head;
        let found = self.found.iter().map(|output| output_line(head, output));
        Activated {
            found: found.collect(),
            ..Activated::at(recording, self.position)
        }
    }
}

impl Activated {
    /// The place of an entry, as recorded.
    pub fn at(recording: &Recording, position: usize) -> Activated {
        let (done, coming) = recording
            .entries
            .split_at_checked(position)
            .unwrap_or((&recording.entries, &[]));
        let head = &recording.head;
        let line = |entry: &Entry| entry_line(head, entry);
        let input = done
            .iter()
            .rposition(|entry| matches!(entry, Entry::Input(_)));
        let turn = input.and_then(|input| done.get(input..)).unwrap_or(done);
        let is_output = |entry: &&Entry| !matches!(entry, Entry::Input(_));
        let rest = coming.iter().take_while(is_output);
        Activated {
            activation: ended(turn.iter().chain(rest.clone())).map(|ended| work_name(head, ended)),
            at_ns: turn.first().and_then(input_ns),
            runnable: running(head, turn),
            before: done
                .get(done.len().saturating_sub(SHOWN)..)
                .unwrap_or_default()
                .iter()
                .map(line)
                .collect(),
            expected: rest.take(SHOWN).map(line).collect(),
            found: Vec::new(),
        }
    }
}

fn ended<'a>(mut entries: impl Iterator<Item = &'a Entry>) -> Option<&'a Ended> {
    entries.find_map(|entry| match entry {
        Entry::Ended(ended) => Some(ended),
        _ => None,
    })
}

fn input_ns(entry: &Entry) -> Option<u64> {
    match entry {
        Entry::Input(
            Input::Receive { at_ns, .. }
            | Input::CanEvent { at_ns, .. }
            | Input::Deliver { at_ns, .. }
            | Input::Run { at_ns },
        ) => Some(*at_ns),
        Entry::Input(Input::Confirm(confirmation)) => Some(confirmation.at_ns),
        _ => None,
    }
}

/// The runnable that has been entered and not been left.
fn running(head: &Head, turn: &[Entry]) -> Option<String> {
    turn.iter().rev().find_map(|entry| match entry {
        Entry::Note(Note::Left { .. }) => Some(None),
        Entry::Note(Note::Entered {
            partition,
            runnable,
            ..
        }) => Some(Some(runnable_name(head, partition, *runnable))),
        _ => None,
    })?
}
