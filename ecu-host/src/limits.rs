//! The partition's memory limit: all linear memories and tables together.

use wasmtime::{ResourceLimiter, Result};

/// Bytes that tables are counted with, an element.
const TABLE_ELEMENT_BYTES: usize = 8;

/// Grants memory up to the limit of the deployment.
#[derive(Debug)]
pub(crate) struct MemoryLimit {
    limit_bytes: u64,
    granted_bytes: u64,
    refused: bool,
}

impl MemoryLimit {
    pub(crate) fn new(limit_bytes: u64) -> MemoryLimit {
        MemoryLimit {
            limit_bytes,
            granted_bytes: 0,
            refused: false,
        }
    }

    pub(crate) fn limit_bytes(&self) -> u64 {
        self.limit_bytes
    }

    /// Whether a growth was refused since [`MemoryLimit::forget_refusals`].
    pub(crate) fn has_refused(&self) -> bool {
        self.refused
    }

    pub(crate) fn forget_refusals(&mut self) {
        self.refused = false;
    }

    fn grant(&mut self, current_bytes: usize, desired_bytes: usize) -> bool {
        let more_bytes = desired_bytes.saturating_sub(current_bytes) as u64;
        let granted_bytes = self.granted_bytes.saturating_add(more_bytes);
        let fits = granted_bytes <= self.limit_bytes;
        match fits {
            true => self.granted_bytes = granted_bytes,
            false => self.refused = true,
        }
        fits
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(self.grant(current, desired))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        let bytes = |elements: usize| elements.saturating_mul(TABLE_ELEMENT_BYTES);
        Ok(self.grant(bytes(current), bytes(desired)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_share_one_limit() {
        let mut limit = MemoryLimit::new(3 << 16);
        assert!(limit.grant(0, 2 << 16));
        assert!(limit.grant(0, 1 << 16));
        assert!(!limit.has_refused());
        assert!(!limit.grant(1 << 16, 2 << 16));
        assert!(limit.has_refused());
    }

    #[test]
    fn a_refused_growth_takes_nothing() {
        let mut limit = MemoryLimit::new(100);
        assert!(!limit.grant(0, usize::MAX));
        assert!(limit.grant(0, 100));
    }
}
