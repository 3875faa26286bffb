//! How much memory a core module needs that could grow it: for hosts that have none to spare.
//! Knows nothing of modules.

/// The custom section of a core module: a `u32`, little-endian. So many bytes of memory are enough
/// for all that keeps to its bounds; a host may give no more and refuse growth, which then traps.
pub const SECTION: &str = "wireloom:memory";

/// The section's content.
pub fn bytes(need_bytes: u32) -> [u8; 4] {
    need_bytes.to_le_bytes()
}

/// Reads the section's content; none for anything else.
pub fn read(content: &[u8]) -> Option<u32> {
    content.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_four_bytes() {
        assert_eq!(read(&bytes(70_000)), Some(70_000));
        assert_eq!(read(&[1, 2, 3]), None);
        assert_eq!(read(&[0; 5]), None);
    }
}
