//! What a guest can break of the canonical ABI. Each ends the activation like a trap; the words are
//! the engine's own where it has them.

/// A call of the host that the canonical ABI does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AbiError {
    #[error("pointer not aligned")]
    Alignment,
    #[error("pointer out of bounds of memory")]
    Bounds,
    #[error("list pointer/length out of bounds of memory")]
    ListBounds,
    #[error("string pointer/length out of bounds of memory")]
    StringBounds,
    #[error("realloc return: beyond end of memory")]
    ReallocBounds,
    #[error("realloc return: result not aligned")]
    ReallocAlignment,
    #[error("invalid utf-8")]
    Utf8,
    #[error("unexpected discriminant: {found}")]
    Discriminant { found: u32 },
    #[error(
        "too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted"
    )]
    TooMuch,
    #[error(
        "the partition holds {limit} handles of the host; give back what was borrowed and close what is not needed"
    )]
    Handles { limit: usize },
    #[error("unknown handle index {index}")]
    UnknownHandle { index: u32 },
    #[error("handle index {index} used with the wrong type")]
    WrongHandle { index: u32 },
    #[error("cannot remove owned resource while borrowed")]
    Borrowed,
    #[error("cannot lift own resource from a borrow")]
    NotOwned,
    #[error("the flattened partition has no {what}: this is a bug of the exporter")]
    Missing { what: &'static str },
}
