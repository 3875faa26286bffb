//! pcapng with SocketCAN's link type: an interface for each bus, times in nanoseconds.
//!
//! Source: IETF draft-ietf-opsawg-pcapng, 4 (block types); tcpdump.org, LINKTYPE_CAN_SOCKETCAN;
//! linux/can.h, `struct can_frame`, `struct canfd_frame`.

use super::channels;
use crate::can::{Frame, log::Entry};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
const LINKTYPE_CAN_SOCKETCAN: u16 = 227;

/// Options of an interface, and of a section.
const END: u16 = 0;
const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
const SHB_USERAPPL: u16 = 4;
/// 10⁻⁹ s.
const NANOSECONDS: u8 = 9;

/// Flags of `can_id`, and of `canfd_frame`.
const CAN_EFF_FLAG: u32 = 1 << 31;
const CAN_RTR_FLAG: u32 = 1 << 30;
const CANFD_BRS: u8 = 1;
const CANFD_ESI: u8 = 2;
const CANFD_FDF: u8 = 4;

pub(super) fn write(entries: &[Entry]) -> Vec<u8> {
    let channels = channels(entries);
    let mut out = Vec::new();
    let mut section = Vec::new();
    section.extend(BYTE_ORDER_MAGIC.to_le_bytes());
    // Version 1.0, length not told.
    section.extend([1, 0, 0, 0]);
    section.extend(u64::MAX.to_le_bytes());
    option(&mut section, SHB_USERAPPL, b"Wireloom");
    option(&mut section, END, &[]);
    block(&mut out, SECTION_HEADER, &section);
    for name in &channels {
        let mut interface = Vec::new();
        interface.extend(LINKTYPE_CAN_SOCKETCAN.to_le_bytes());
        // Reserved; no limit of length.
        interface.extend([0; 6]);
        option(&mut interface, IF_NAME, name.as_bytes());
        option(&mut interface, IF_TSRESOL, &[NANOSECONDS]);
        option(&mut interface, END, &[]);
        block(&mut out, INTERFACE_DESCRIPTION, &interface);
    }
    for entry in entries {
        let number = channels.iter().position(|name| *name == entry.bus);
        let frame = socketcan(&entry.frame);
        let mut packet = Vec::new();
        packet.extend((number.unwrap_or(0) as u32).to_le_bytes());
        packet.extend(((entry.time_ns >> 32) as u32).to_le_bytes());
        packet.extend((entry.time_ns as u32).to_le_bytes());
        packet.extend((frame.len() as u32).to_le_bytes());
        packet.extend((frame.len() as u32).to_le_bytes());
        padded(&mut packet, &frame);
        block(&mut out, ENHANCED_PACKET, &packet);
    }
    out
}

/// The identifier is big endian in captures.
fn socketcan(frame: &Frame) -> Vec<u8> {
    let id = frame.id();
    let extended = if id.is_extended() { CAN_EFF_FLAG } else { 0 };
    let remote = if frame.is_remote() { CAN_RTR_FLAG } else { 0 };
    let flags = frame.as_flexible().map_or(0, |flexible| {
        let brs = if flexible.bit_rate_switch {
            CANFD_BRS
        } else {
            0
        };
        let esi = if flexible.error_state_indicator {
            CANFD_ESI
        } else {
            0
        };
        CANFD_FDF | brs | esi
    });
    let mut bytes = (id.value() | extended | remote).to_be_bytes().to_vec();
    bytes.extend([frame.length(), flags, 0, 0]);
    bytes.extend(frame.bytes());
    bytes
}

/// Type, length, body, length; all of them multiples of four bytes.
fn block(out: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let length = (body.len() as u32 + 12).to_le_bytes();
    out.extend(kind.to_le_bytes());
    out.extend(length);
    out.extend(body);
    out.extend(length);
}

fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend(code.to_le_bytes());
    out.extend((value.len() as u16).to_le_bytes());
    padded(out, value);
}

fn padded(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(4), 0);
}
