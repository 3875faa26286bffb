//! The columns of python-can: time in seconds, identifier, extended, remote, error, length, bytes in
//! Base64. They have no bus and no CAN FD flags; whoever needs those takes another format.
//!
//! Source: python-can, "CSVWriter".

use crate::can::log::Entry;
use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt::Write;

pub(super) fn write(entries: &[Entry]) -> String {
    let mut out = String::from("timestamp,arbitration_id,extended,remote,error,dlc,data\n");
    for Entry { time_ns, frame, .. } in entries {
        let (seconds, nanos) = (time_ns / 1_000_000_000, time_ns % 1_000_000_000);
        let id = frame.id();
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "{seconds}.{nanos:09},{:#x},{},{},0,{},{}",
            id.value(),
            u8::from(id.is_extended()),
            u8::from(frame.is_remote()),
            frame.length(),
            BASE64_STANDARD.encode(frame.bytes())
        );
    }
    out
}
