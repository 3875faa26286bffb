//! The tester's side: puts in what a recording has, and holds what the ECU says against it, byte
//! for byte. Knows nothing of clocks: who owns the port ends a target that says nothing.

use std::{string::ToString, vec::Vec};

use crate::{
    Answer, Difference, Entry, FromEcu, LinkError, Output, PROTOCOL, Port, Recording, ToEcu, frame,
    link::Link,
};

/// Messages of the target that are kept behind the first difference, as far as it tells more
/// without being answered.
const KEPT: usize = 6;

/// What a replay came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that the target did is in the recording, and the other way round.
    Same,
    /// The first thing that is not the same.
    Different(Difference),
    /// The link failed when that many entries had agreed.
    Broken {
        /// Position in [`Recording::entries`].
        position: usize,
        /// What the link said.
        error: LinkError,
    },
}

/// Replays a recording on the ECU at the other end of the port, which has been reset. `progress`
/// hears how many entries have agreed.
///
/// # Errors
/// When the target does not begin.
pub fn replay<P: Port>(
    port: P,
    recording: &Recording,
    progress: &mut dyn FnMut(usize),
) -> Result<Verdict, LinkError> {
    let mut link = Link::new(port);
    begin(&mut link, recording)?;
    for (position, entry) in recording.entries.iter().enumerate() {
        match step(&mut link, entry) {
            Ok(None) => progress(position + 1),
            Ok(Some(found)) => return Ok(different(&mut link, position, found)),
            Err(error) => return Ok(Verdict::Broken { position, error }),
        }
    }
    // The target may be off before it has read that.
    let _ended = link.send(&ToEcu::End);
    Ok(Verdict::Same)
}

fn begin<P: Port>(link: &mut Link<P>, recording: &Recording) -> Result<(), LinkError> {
    link.send(&ToEcu::Begin { protocol: PROTOCOL })?;
    match link.receive()? {
        FromEcu::Ready {
            protocol: PROTOCOL,
            partitions,
        } => same_partitions(&recording.partition_names(), &partitions),
        FromEcu::Ready { protocol, .. } => Err(LinkError::Protocol {
            expected: PROTOCOL,
            found: protocol,
        }),
        FromEcu::Refused { reason } => Err(LinkError::Refused { reason }),
        FromEcu::Output(output) => Err(LinkError::Unexpected {
            expected: "the beginning",
            found: std::format!("{output:?}"),
        }),
    }
}

fn same_partitions(
    expected: &[std::string::String],
    found: &[std::string::String],
) -> Result<(), LinkError> {
    match expected == found {
        true => Ok(()),
        false => Err(LinkError::Partitions {
            expected: expected.join("`, `"),
            found: found.join("`, `"),
        }),
    }
}

/// What the target said instead of this entry, if it did.
fn step<P: Port>(link: &mut Link<P>, entry: &Entry) -> Result<Option<Output>, LinkError> {
    let Some(expected) = entry.output() else {
        if let Entry::Input(input) = entry {
            link.send(&ToEcu::Input(input.clone()))?;
        }
        return Ok(None);
    };
    let content = link.receive_content()?;
    if content != frame::content(&FromEcu::Output(expected))? {
        return match frame::message(&content)? {
            FromEcu::Output(found) => Ok(Some(found)),
            other => Err(refusal(other)),
        };
    }
    if let Entry::Call { answer, .. } = entry {
        answer_with(link, answer)?;
    }
    Ok(None)
}

fn answer_with<P: Port>(link: &mut Link<P>, answer: &Answer) -> Result<(), LinkError> {
    link.send(&ToEcu::Answer(answer.clone()))
}

fn refusal(message: FromEcu) -> LinkError {
    match message {
        FromEcu::Refused { reason } => LinkError::Refused { reason },
        other => LinkError::Unexpected {
            expected: "an output",
            found: std::format!("{other:?}").to_string(),
        },
    }
}

/// Hears on what the target says by itself: until it waits for an answer or for an input.
fn different<P: Port>(link: &mut Link<P>, position: usize, first: Output) -> Verdict {
    let mut found = Vec::from([first]);
    while found.len() < KEPT && !matches!(found.last(), Some(Output::Call(_) | Output::Idle { .. }))
    {
        match link.receive() {
            Ok(FromEcu::Output(output)) => found.push(output),
            Ok(_) | Err(_) => break,
        }
    }
    Verdict::Different(Difference { position, found })
}
