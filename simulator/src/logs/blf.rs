//! BLF, the binary logs of Vector's tools: containers packed by zlib, in them objects of which those
//! that are CAN frames are read. Objects may cross containers.
//!
//! Source: Vector, `binlog_objects.h` (sizes and fields of objects), as python-can and vector_blf
//! read and write them.

use super::{ReadError, channels};
use crate::can::{
    Flexible, Frame, FrameError, Id,
    log::{Defect, Entry, LineError, Log, Place},
};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use std::io::{Read, Write};

const FILE_SIGNATURE: &[u8; 4] = b"LOGG";
const OBJECT_SIGNATURE: &[u8; 4] = b"LOBJ";
const FILE_HEADER_BYTES: usize = 144;
/// Signature, header's size and version, object's size and type.
const BASE_BYTES: usize = 16;
/// Flags, client, version, time.
const TIMED_BYTES: usize = 16;

/// Object types.
const CAN_MESSAGE: u32 = 1;
const LOG_CONTAINER: u32 = 10;
const CAN_MESSAGE2: u32 = 86;
const CAN_FD_MESSAGE: u32 = 100;
const CAN_FD_MESSAGE_64: u32 = 101;

const ZLIB: u16 = 2;
/// Time in units of 10 µs, else of 1 ns.
const TIME_TEN_MICS: u32 = 1;
const TIME_ONE_NANS: u32 = 2;

const EXTENDED: u32 = 1 << 31;
const REMOTE: u8 = 1 << 7;
/// Of `CAN_FD_MESSAGE`.
const EDL: u8 = 1;
const BRS: u8 = 2;
const ESI: u8 = 4;
/// Of `CAN_FD_MESSAGE_64`.
const REMOTE_64: u32 = 1 << 4;
const EDL_64: u32 = 1 << 12;
const BRS_64: u32 = 1 << 13;
const ESI_64: u32 = 1 << 14;

/// What one container holds at most when we write.
const CONTAINER_BYTES: usize = 128 << 10;
/// What a log may unpack to.
const UNPACKED_BYTES_MAX: u64 = 4 << 30;

pub(super) fn read(bytes: &[u8]) -> Result<Log, ReadError> {
    let header = Bytes(bytes);
    if header.slice(0, 4) != Some(FILE_SIGNATURE) {
        return Err(ReadError::Blf {
            what: "it does not begin with `LOGG`",
        });
    }
    let header_bytes = header.u32(4).unwrap_or(0) as usize;
    let body = bytes.get(header_bytes.max(8)..).ok_or(ReadError::Blf {
        what: "its header does not end within the file",
    })?;
    let mut log = Log::default();
    let stream = unpacked(body, &mut log)?;
    objects(&stream, |at, kind, object| match entry(kind, object) {
        Ok(found) => log.entries.extend(found),
        Err(error) => log.defects.push(Defect {
            place: Place::Byte(at),
            error,
        }),
    })
    .unwrap_or_else(|defect| log.defects.push(defect));
    Ok(log.unless_empty()?)
}

/// What the containers hold, one behind the other, with what stands between them.
fn unpacked(body: &[u8], log: &mut Log) -> Result<Vec<u8>, ReadError> {
    let mut stream = Vec::new();
    let mut wrong = None;
    let walked = objects(body, |_, kind, object| {
        let content = object.0.get(BASE_BYTES + 16..);
        match (kind, content) {
            (LOG_CONTAINER, Some(content)) => {
                let left = UNPACKED_BYTES_MAX.saturating_sub(stream.len() as u64);
                let taken = match object.u16(BASE_BYTES) {
                    Some(ZLIB) => ZlibDecoder::new(content)
                        .take(left)
                        .read_to_end(&mut stream)
                        .is_ok(),
                    _ => {
                        stream.extend(content);
                        true
                    }
                };
                if !taken {
                    wrong = Some("a container of it can not be unpacked");
                }
            }
            _ => stream.extend(object.0),
        }
    });
    if let Err(defect) = walked {
        log.defects.push(defect);
    }
    match wrong {
        Some(what) if stream.is_empty() => Err(ReadError::Blf { what }),
        _ => Ok(stream),
    }
}

/// Walks over objects; between them up to three bytes fill words.
fn objects(stream: &[u8], mut each: impl FnMut(u64, u32, Bytes<'_>)) -> Result<(), Defect> {
    let all = Bytes(stream);
    let mut at = 0;
    while at + BASE_BYTES <= stream.len() {
        let padding = (0..4).find(|more| all.slice(at + more, 4) == Some(OBJECT_SIGNATURE));
        let start = at as u64;
        let defect = |error| Defect {
            place: Place::Byte(start),
            error,
        };
        let Some(padding) = padding else {
            let text = String::from_utf8_lossy(all.slice(at, 4).unwrap_or(&[])).into_owned();
            return Err(defect(LineError::Field {
                what: "beginning of an object",
                text,
            }));
        };
        at += padding;
        let (Some(length), Some(kind)) = (all.u32(at + 8), all.u32(at + 12)) else {
            return Ok(());
        };
        let bytes = (length as usize).max(BASE_BYTES);
        let object = all.slice(at, bytes);
        let object = object.ok_or_else(|| defect(LineError::Cut { length }))?;
        each(at as u64, kind, Bytes(object));
        at += bytes;
    }
    Ok(())
}

/// The frame of an object; none of those that are something else.
fn entry(kind: u32, object: Bytes<'_>) -> Result<Option<Entry>, LineError> {
    let cut = || LineError::Cut {
        length: object.0.len() as u32,
    };
    let body_at = usize::from(object.u16(4).ok_or_else(cut)?);
    let body = Bytes(object.0.get(body_at..).ok_or_else(cut)?);
    let found = match kind {
        CAN_MESSAGE | CAN_MESSAGE2 => classic(body),
        CAN_FD_MESSAGE => flexible(body),
        CAN_FD_MESSAGE_64 => flexible_64(body),
        _ => return Ok(None),
    };
    let (channel, frame) = found.ok_or_else(cut)?;
    let unit_ns = match object.u32(BASE_BYTES) {
        Some(TIME_TEN_MICS) => 10_000,
        _ => 1,
    };
    let time = object.u64(BASE_BYTES + 8).ok_or_else(cut)?;
    Ok(Some(Entry {
        time_ns: time.saturating_mul(unit_ns),
        bus: channel.to_string(),
        frame: frame?,
    }))
}

type Found = Option<(u16, Result<Frame, FrameError>)>;

fn id(value: u32) -> Result<Id, FrameError> {
    match value & EXTENDED {
        0 => Id::standard(value),
        _ => Id::extended(value & !EXTENDED),
    }
}

fn data(
    raw_id: u32,
    length: usize,
    bytes: &[u8],
    flexible: Option<Flexible>,
) -> Result<Frame, FrameError> {
    let bytes = bytes.get(..length.min(bytes.len())).unwrap_or(&[]);
    let id = id(raw_id)?;
    match flexible {
        Some(flexible) => Frame::flexible(id, bytes, flexible),
        None => Frame::data(id, bytes),
    }
}

/// Channel, flags, length code, identifier, 8 bytes.
fn classic(body: Bytes<'_>) -> Found {
    let (flags, length) = (body.u8(2)?, usize::from(body.u8(3)?));
    let raw_id = body.u32(4)?;
    let frame = match flags & REMOTE {
        0 => data(raw_id, length.min(8), body.slice(8, 8)?, None),
        _ => id(raw_id).and_then(|id| Frame::remote(id, length)),
    };
    Some((body.u16(0)?, frame))
}

/// Channel, flags, length code, identifier, length on the bus, bits of arbitration, CAN FD flags,
/// valid bytes, 5 reserved, 64 bytes.
fn flexible(body: Bytes<'_>) -> Found {
    let raw_id = body.u32(4)?;
    let (flags, valid) = (body.u8(13)?, usize::from(body.u8(14)?));
    let form = (flags & EDL != 0).then_some(Flexible {
        bit_rate_switch: flags & BRS != 0,
        error_state_indicator: flags & ESI != 0,
    });
    let bytes = body.slice(20, valid.min(64))?;
    Some((body.u16(0)?, data(raw_id, valid, bytes, form)))
}

/// Channel, length code, valid bytes, attempts, identifier, length on the bus, flags, 24 bytes of
/// timing, then the bytes.
fn flexible_64(body: Bytes<'_>) -> Found {
    let (channel, code) = (body.u8(0)?, usize::from(body.u8(1)?));
    let (valid, raw_id, flags) = (usize::from(body.u8(2)?), body.u32(4)?, body.u32(12)?);
    let form = (flags & EDL_64 != 0).then_some(Flexible {
        bit_rate_switch: flags & BRS_64 != 0,
        error_state_indicator: flags & ESI_64 != 0,
    });
    let frame = match flags & REMOTE_64 {
        0 => data(raw_id, valid, body.slice(40, valid)?, form),
        _ => id(raw_id).and_then(|id| Frame::remote(id, code)),
    };
    Some((channel.into(), frame))
}

/// Little endian fields by their place.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn slice(self, at: usize, length: usize) -> Option<&'a [u8]> {
        self.0.get(at..at.checked_add(length)?)
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.slice(at, N)?.try_into().ok()
    }

    fn u8(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn u16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    fn u32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn u64(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }
}

/// Classic frames as `CAN_MESSAGE`, the others as `CAN_FD_MESSAGE`; channels from 1.
pub(super) fn write(entries: &[Entry]) -> Vec<u8> {
    let channels = channels(entries);
    let mut stream = Vec::new();
    for entry in entries {
        let number = channels.iter().position(|name| *name == entry.bus);
        let channel = number.unwrap_or(0) as u16 + 1;
        let (kind, body) = match entry.frame.as_flexible() {
            Some(flexible) => (
                CAN_FD_MESSAGE,
                flexible_body(channel, &entry.frame, flexible),
            ),
            None => (CAN_MESSAGE, classic_body(channel, &entry.frame)),
        };
        let mut timed = Vec::new();
        timed.extend(TIME_ONE_NANS.to_le_bytes());
        timed.extend([0; 4]);
        timed.extend(entry.time_ns.to_le_bytes());
        timed.extend(body);
        object(&mut stream, kind, BASE_BYTES + TIMED_BYTES, &timed);
    }
    let mut containers = Vec::new();
    for content in stream.chunks(CONTAINER_BYTES) {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let _ = packer.write_all(content);
        let packed = packer.finish().unwrap_or_default();
        let mut body = Vec::new();
        body.extend(ZLIB.to_le_bytes());
        body.extend([0; 6]);
        body.extend((content.len() as u32).to_le_bytes());
        body.extend([0; 4]);
        body.extend(packed);
        object(&mut containers, LOG_CONTAINER, BASE_BYTES, &body);
    }
    let mut file = file_header(entries, containers.len(), stream.len());
    file.extend(containers);
    file
}

fn object(out: &mut Vec<u8>, kind: u32, header_bytes: usize, body: &[u8]) {
    let length = BASE_BYTES + body.len();
    out.extend(OBJECT_SIGNATURE);
    out.extend((header_bytes as u16).to_le_bytes());
    out.extend(1u16.to_le_bytes());
    out.extend((length as u32).to_le_bytes());
    out.extend(kind.to_le_bytes());
    out.extend(body);
    // By the length's remainder: readers of this format expect just that.
    out.extend(std::iter::repeat_n(0, length % 4));
}

fn raw_id(id: Id) -> u32 {
    match id {
        Id::Standard(id) => id.into(),
        Id::Extended(id) => id | EXTENDED,
    }
}

fn classic_body(channel: u16, frame: &Frame) -> Vec<u8> {
    let mut body = channel.to_le_bytes().to_vec();
    body.push(if frame.is_remote() { REMOTE } else { 0 });
    body.push(frame.length());
    body.extend(raw_id(frame.id()).to_le_bytes());
    body.extend(frame.bytes());
    body.resize(16, 0);
    body
}

fn flexible_body(channel: u16, frame: &Frame, flexible: Flexible) -> Vec<u8> {
    let mut body = channel.to_le_bytes().to_vec();
    body.push(0);
    body.push(frame.length_code());
    body.extend(raw_id(frame.id()).to_le_bytes());
    body.extend([0; 5]);
    let brs = if flexible.bit_rate_switch { BRS } else { 0 };
    let esi = if flexible.error_state_indicator {
        ESI
    } else {
        0
    };
    body.push(EDL | brs | esi);
    body.push(frame.length());
    body.extend([0; 5]);
    body.extend(frame.bytes());
    body.resize(20 + 64, 0);
    body
}

/// Signature, size, maker, sizes, counts, and times: a run begins on the first day of 1970.
fn file_header(entries: &[Entry], packed: usize, unpacked: usize) -> Vec<u8> {
    let mut header = FILE_SIGNATURE.to_vec();
    header.extend((FILE_HEADER_BYTES as u32).to_le_bytes());
    // Application and its version, then that of the format.
    header.extend([5, 0, 0, 0, 2, 6, 8, 1]);
    header.extend((FILE_HEADER_BYTES as u64 + packed as u64).to_le_bytes());
    header.extend((FILE_HEADER_BYTES as u64 + unpacked as u64).to_le_bytes());
    header.extend((entries.len() as u32).to_le_bytes());
    header.extend(0u32.to_le_bytes());
    let last_ns = entries.last().map_or(0, |entry| entry.time_ns);
    for milliseconds in [0, last_ns / 1_000_000] {
        system_time(milliseconds)
            .into_iter()
            .for_each(|word| header.extend(word.to_le_bytes()));
    }
    header.resize(FILE_HEADER_BYTES, 0);
    header
}

/// Year, month, day of the week, day, hour, minute, second, millisecond. Runs of a month are longer
/// than any that was made.
fn system_time(milliseconds: u64) -> [u16; 8] {
    let part = |unit: u64, of: u64| (milliseconds / unit % of) as u16;
    let day = (milliseconds / 86_400_000).min(30) as u16;
    [
        1970,
        1,
        (4 + day) % 7,
        1 + day,
        part(3_600_000, 24),
        part(60_000, 60),
        part(1_000, 60),
        part(1, 1_000),
    ]
}
