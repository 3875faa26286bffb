//! Intel HEX: records of 16 bytes of data, extended linear addresses where the upper half changes,
//! a start address, the end. Knows nothing of payloads.

use super::{Image, Segment};
use std::fmt::Write;

const DATA: u8 = 0;
const END: u8 = 1;
const UPPER_ADDRESS: u8 = 4;
const START: u8 = 5;
/// Data of one record.
const LINE_BYTES: usize = 16;

/// The image as Intel HEX.
pub fn hex(image: &Image) -> String {
    let mut text = String::new();
    let mut upper = None;
    for segment in image.written() {
        add(&mut text, segment, &mut upper);
    }
    record(&mut text, 0, START, &image.entry.to_be_bytes());
    record(&mut text, 0, END, &[]);
    text
}

fn add(text: &mut String, segment: &Segment, upper: &mut Option<u16>) {
    let mut address = segment.address;
    let mut rest = segment.bytes.as_slice();
    while !rest.is_empty() {
        // No record crosses a boundary of 16 bytes, and so none of 64 KiB.
        let room = LINE_BYTES - address as usize % LINE_BYTES;
        let (data, behind) = rest.split_at(room.min(rest.len()));
        let high = (address >> 16) as u16;
        if upper.replace(high) != Some(high) {
            record(text, 0, UPPER_ADDRESS, &high.to_be_bytes());
        }
        record(text, (address & 0xffff) as u16, DATA, data);
        address = address.wrapping_add(data.len() as u32);
        rest = behind;
    }
}

fn record(text: &mut String, address: u16, kind: u8, data: &[u8]) {
    let [high, low] = address.to_be_bytes();
    let mut bytes = vec![data.len() as u8, high, low, kind];
    bytes.extend(data);
    let sum = bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    bytes.push(sum.wrapping_neg());
    text.push(':');
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text.push('\n');
}
