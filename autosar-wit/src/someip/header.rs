//! The header of a SOME/IP message, always big endian. Knows nothing of what the payload means.
//!
//! Source: PRS_SOMEIPProtocol, "Header".

use super::{Problem, SomeIpError};

pub const HEADER_BYTES: usize = 16;
/// Of the length field: what stands behind it up to the payload.
const BEHIND_LENGTH: usize = 8;
const PROTOCOL_VERSION: u8 = 1;
/// The bit of a message type that says that this is a segment of a longer message.
const SEGMENT: u8 = 0x20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub service: u16,
    /// Of a method; events have the highest bit set.
    pub method: u16,
    pub client: u16,
    pub session: u16,
    /// The major version of the service's interface.
    pub interface_version: u8,
    pub message_type: MessageType,
    pub return_code: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageType {
    Request,
    /// Fire and forget.
    RequestNoReturn,
    /// An event, or a field that has changed.
    Notification,
    Response,
    Error,
}

impl MessageType {
    pub const ALL: [MessageType; 5] = [
        MessageType::Request,
        MessageType::RequestNoReturn,
        MessageType::Notification,
        MessageType::Response,
        MessageType::Error,
    ];

    fn number(self) -> u8 {
        match self {
            MessageType::Request => 0x00,
            MessageType::RequestNoReturn => 0x01,
            MessageType::Notification => 0x02,
            MessageType::Response => 0x80,
            MessageType::Error => 0x81,
        }
    }

    /// The standard's word, as the command line and JSON have it.
    pub fn name(self) -> &'static str {
        match self {
            MessageType::Request => "request",
            MessageType::RequestNoReturn => "request-no-return",
            MessageType::Notification => "notification",
            MessageType::Response => "response",
            MessageType::Error => "error",
        }
    }
}

/// The standard's name of a return code.
pub fn return_code(number: u8) -> &'static str {
    match number {
        0x00 => "E_OK",
        0x01 => "E_NOT_OK",
        0x02 => "E_UNKNOWN_SERVICE",
        0x03 => "E_UNKNOWN_METHOD",
        0x04 => "E_NOT_READY",
        0x05 => "E_NOT_REACHABLE",
        0x06 => "E_TIMEOUT",
        0x07 => "E_WRONG_PROTOCOL_VERSION",
        0x08 => "E_WRONG_INTERFACE_VERSION",
        0x09 => "E_MALFORMED_MESSAGE",
        0x0A => "E_WRONG_MESSAGE_TYPE",
        0x0B => "E_E2E_REPEATED",
        0x0C => "E_E2E_WRONG_SEQUENCE",
        0x0D => "E_E2E",
        0x0E => "E_E2E_NOT_AVAILABLE",
        0x0F => "E_E2E_NO_NEW_DATA",
        0x20..=0x5E => "error of the service",
        _ => "reserved",
    }
}

/// A whole message.
pub fn message(header: &Header, payload: &[u8]) -> Result<Vec<u8>, SomeIpError> {
    let length = u32::try_from(payload.len() + BEHIND_LENGTH).map_err(|_| {
        SomeIpError::new(Problem::TooLong {
            bytes: payload.len(),
            width: 4,
        })
    })?;
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend(header.service.to_be_bytes());
    bytes.extend(header.method.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(header.client.to_be_bytes());
    bytes.extend(header.session.to_be_bytes());
    bytes.extend([
        PROTOCOL_VERSION,
        header.interface_version,
        header.message_type.number(),
        header.return_code,
    ]);
    bytes.extend_from_slice(payload);
    Ok(bytes)
}

/// The first message of bytes: its header, its payload, and what stands behind it (a datagram may
/// hold several messages).
pub fn parse(bytes: &[u8]) -> Result<(Header, &[u8], &[u8]), SomeIpError> {
    let Some((head, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        let (needed, left) = (HEADER_BYTES, bytes.len());
        return Err(SomeIpError::at_byte(0, Problem::Short { needed, left }));
    };
    let [
        s0,
        s1,
        m0,
        m1,
        l0,
        l1,
        l2,
        l3,
        c0,
        c1,
        n0,
        n1,
        protocol,
        interface,
        kind,
        code,
    ] = *head;
    if protocol != PROTOCOL_VERSION {
        let found = protocol;
        return Err(SomeIpError::at_byte(12, Problem::ProtocolVersion { found }));
    }
    let message_type = message_type(kind).map_err(|problem| SomeIpError::at_byte(14, problem))?;
    let length = u32::from_be_bytes([l0, l1, l2, l3]);
    let payload = (length as usize).checked_sub(BEHIND_LENGTH);
    let Some((payload, behind)) = payload.and_then(|payload| rest.split_at_checked(payload)) else {
        let left = rest.len() + BEHIND_LENGTH;
        let length = length.into();
        return Err(SomeIpError::at_byte(4, Problem::Length { length, left }));
    };
    let header = Header {
        service: u16::from_be_bytes([s0, s1]),
        method: u16::from_be_bytes([m0, m1]),
        client: u16::from_be_bytes([c0, c1]),
        session: u16::from_be_bytes([n0, n1]),
        interface_version: interface,
        message_type,
        return_code: code,
    };
    Ok((header, payload, behind))
}

fn message_type(number: u8) -> Result<MessageType, Problem> {
    let find = |number| {
        let mut all = MessageType::ALL.into_iter();
        all.find(|known| known.number() == number)
    };
    match find(number) {
        Some(known) => Ok(known),
        None if find(number & !SEGMENT).is_some() => Err(Problem::Segment),
        None => Err(Problem::MessageType { found: number }),
    }
}
