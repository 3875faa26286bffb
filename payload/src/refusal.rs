//! Why a payload does not run on a device, in the words of the boot log. Says what was found, what
//! the device has, and what to do.

use crate::{EngineVersion, Hash, KeyId, Label};

/// Why a slot was refused. Every reason is its own, so that the boot log alone tells what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the slot is empty; write a payload into it")]
    Empty,
    #[error(
        "the slot does not begin with a payload (first bytes {found:02x?}); write a payload of `wireloom export` into it"
    )]
    NotAPayload { found: [u8; 8] },
    #[error(
        "the payload has format {found}, this firmware reads format {}; update the firmware or export again",
        crate::FORMAT
    )]
    Format { found: u16 },
    #[error(
        "the payload is {needed_bytes} bytes long, the slot holds {slot_bytes}; transfer it whole, or remove components"
    )]
    Truncated { needed_bytes: u32, slot_bytes: u32 },
    #[error("writing the payload was interrupted; write it again")]
    Torn,
    #[error(
        "the payload was signed by key {found}, this device trusts key {trusted}; sign it with the device's key"
    )]
    WrongKey { found: KeyId, trusted: KeyId },
    #[error(
        "the signature does not fit the header: it was changed after signing; transfer the payload again"
    )]
    Signature,
    #[error(
        "the body does not have the digest that was signed: it was changed after signing; transfer the payload again"
    )]
    Body,
    #[error(
        "the payload has counter {found}, this device takes {minimum} and higher; export it with a higher counter"
    )]
    Counter { found: u32, minimum: u32 },
    #[error("the payload is for board `{found}`, this is `{device}`; export it for this board")]
    Board { found: Label, device: Label },
    #[error(
        "the payload was compiled for wasmtime {found}, this firmware has {device}; export it with the Wireloom version of this firmware"
    )]
    Engine {
        found: EngineVersion,
        device: EngineVersion,
    },
    #[error(
        "the payload was compiled with engine configuration {found}, this firmware has {device}; export it with the Wireloom version of this firmware"
    )]
    Config { found: Hash, device: Hash },
    #[error(
        "the payload uses interfaces {found}, this firmware serves {device}; export it with the Wireloom version of this firmware"
    )]
    World { found: Hash, device: Hash },
    #[error(
        "the payload needs {needed_bytes} bytes of RAM, this device has {device_bytes}; remove components or lower their memory"
    )]
    Ram {
        needed_bytes: u32,
        device_bytes: u32,
    },
    #[error("the payload is signed and not readable: {what}; export it again")]
    Malformed { what: &'static str },
    #[error(
        "the payload was started {boots} times and never confirmed that it works; write another one"
    )]
    NotConfirmed { boots: u8 },
}
