//! An ECU under a back-to-back test: not the hub and the clock drive it, but a tester in virtual
//! time over a reader and a writer (standard input and output of a process).

use std::io::{Read, Write};

use back_to_back::{LinkBoard, Stream};
use deployment::System;

use crate::{
    RunError,
    ecu::{Code, load},
    files::PartitionBytes,
};

/// Loads the partitions of an ECU and does what the tester says until it ends.
pub fn serve<R: Read + Send + 'static, W: Write + Send + 'static>(
    (system, partitions): (&System, &[PartitionBytes]),
    ecu: &str,
    code: Code,
    link: Stream<R, W>,
) -> Result<(), RunError> {
    let mut ecu = load(system, ecu, partitions, code, LinkBoard::new(link))?;
    Ok(back_to_back::serve(&mut ecu)?)
}
