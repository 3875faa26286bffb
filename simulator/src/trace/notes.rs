//! Facts beside the rows, for who asks why: when the senders of a frame asked for it, which pins were
//! read. They are in no line and in no hash: a trace is the same with and without them.

use super::SubjectId;
use std::collections::VecDeque;

/// Reads of pins that are kept.
const READS: usize = 200_000;

/// A pin as an ECU has read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinRead<'a> {
    pub time_ns: u64,
    pub ecu: &'a str,
    pub pin: &'a str,
    /// A level (0 or 1), or what the converter gave.
    pub value: u32,
}

#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Number of a frame's row, and when one of its senders asked for it, in the order of the row.
    asked: VecDeque<(u64, Option<u64>)>,
    reads: VecDeque<Read>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    pub(super) time_ns: u64,
    pub(super) ecu: SubjectId,
    pub(super) pin: SubjectId,
    pub(super) value: u32,
}

impl Notes {
    /// Those of rows that are no longer kept go.
    pub(super) fn asked(&mut self, row: u64, begin: u64, asked: &[Option<u64>]) {
        while self.asked.front().is_some_and(|(row, _)| *row < begin) {
            self.asked.pop_front();
        }
        self.asked.extend(asked.iter().map(|one| (row, *one)));
    }

    pub(super) fn asked_for(&self, row: u64) -> impl Iterator<Item = Option<u64>> {
        let from = self.asked.partition_point(|(other, _)| *other < row);
        let rest = self.asked.range(from..);
        rest.take_while(move |(other, _)| *other == row)
            .map(|(_, asked)| *asked)
    }

    pub(super) fn read(&mut self, read: Read) {
        if self.reads.len() == READS {
            self.reads.pop_front();
        }
        self.reads.push_back(read);
    }

    /// An ECU reads ahead of the others while its activation runs: each in the order of its own time.
    pub(super) fn reads(&self) -> impl Iterator<Item = &Read> {
        self.reads.iter()
    }
}
