//! A flat file from the lowest written address on; gaps read as erased flash. Knows nothing of
//! payloads.

use super::{Image, ImageError};

/// A flat file beyond this many bytes is no flat file for a microcontroller.
const SPAN_LIMIT_BYTES: u64 = 64 << 20;
/// What erased flash reads as.
const ERASED: u8 = 0xff;

/// The image as a flat file, and the address of its first byte.
pub fn bin(image: &Image) -> Result<(u32, Vec<u8>), ImageError> {
    let written = image.written();
    let start = written.first().map_or(0, |segment| segment.address);
    let end = written
        .iter()
        .map(|segment| u64::from(segment.address) + segment.bytes.len() as u64)
        .max()
        .unwrap_or(0);
    let span_bytes = end.saturating_sub(start.into());
    if span_bytes > SPAN_LIMIT_BYTES {
        return Err(ImageError::Span { span_bytes });
    }
    let mut file = vec![ERASED; span_bytes as usize];
    for segment in written {
        let offset = (segment.address - start) as usize;
        if let Some(place) = file.get_mut(offset..offset + segment.bytes.len()) {
            place.copy_from_slice(&segment.bytes);
        }
    }
    Ok((start, file))
}
