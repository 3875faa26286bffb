//! Whether a payload may run on a device. The order of the checks is part of the promise: see the
//! crate's documentation.

use deployment::System;

use crate::{
    Blake3, END_MARK, EngineVersion, HEADER_BYTES, Hash, Header, Label, Partitions, PublicKey,
    Refusal, SIGNED_BYTES, body::Body,
};

/// What a device is and trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub board: Label,
    pub engine: EngineVersion,
    /// Of the engine's configuration: `ecu_host::boards::CONFIG_SHA256`.
    pub config: Hash,
    /// Of the interfaces: `ecu_host::boards::WORLD_SHA256`.
    pub world: Hash,
    /// What a payload may need.
    pub ram_bytes: u32,
    pub key: PublicKey,
}

/// A payload that may run: the only way to its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<'s> {
    header: Header,
    body: Body<'s>,
}

impl<'s> Verified<'s> {
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The system with this one ECU, its buses and the routes between its partitions.
    pub fn system(&self) -> Result<System, Refusal> {
        self.body.system()
    }

    /// Tables and code of the partitions, in the order of the ECU in [`Verified::system`].
    pub fn partitions(&self) -> Partitions<'s> {
        self.body.partitions()
    }
}

/// Checks what lies in a slot. `minimum_counter` is [`crate::State::minimum_counter`].
pub fn verify<'s>(
    slot: &'s [u8],
    device: &Device,
    minimum_counter: u32,
) -> Result<Verified<'s>, Refusal> {
    let header = Header::read(slot)?;
    let body = written_body(slot, &header)?;
    authentic(slot, &header, body, &device.key)?;
    fitting(&header, device, minimum_counter)?;
    let body = Body::read(body)?;
    Ok(Verified { header, body })
}

/// The body's bytes, if the slot holds them and the write came to its end.
fn written_body<'s>(slot: &'s [u8], header: &Header) -> Result<&'s [u8], Refusal> {
    let body_bytes = header.body_bytes as usize;
    let needed = (HEADER_BYTES + END_MARK.len()).saturating_add(body_bytes);
    if needed > slot.len() {
        return Err(Refusal::Truncated {
            needed_bytes: u32::try_from(needed).unwrap_or(u32::MAX),
            slot_bytes: u32::try_from(slot.len()).unwrap_or(u32::MAX),
        });
    }
    let (body, behind) = slot
        .get(HEADER_BYTES..)
        .and_then(|rest| rest.split_at_checked(body_bytes))
        .unwrap_or_default();
    match behind.starts_with(&END_MARK) {
        true => Ok(body),
        false => Err(Refusal::Torn),
    }
}

/// Header and body are what the holder of the key signed.
fn authentic(slot: &[u8], header: &Header, body: &[u8], key: &PublicKey) -> Result<(), Refusal> {
    if header.key_id != key.id() {
        return Err(Refusal::WrongKey {
            found: header.key_id,
            trusted: key.id(),
        });
    }
    let signed = slot.get(..SIGNED_BYTES).unwrap_or_default();
    if !key.accepts(signed, &header.signature) {
        return Err(Refusal::Signature);
    }
    match Blake3::of(body) == header.body_blake3 {
        true => Ok(()),
        false => Err(Refusal::Body),
    }
}

/// What was signed is for this device.
fn fitting(header: &Header, device: &Device, minimum: u32) -> Result<(), Refusal> {
    let refusal = if header.counter < minimum {
        Refusal::Counter {
            found: header.counter,
            minimum,
        }
    } else if header.board != device.board {
        Refusal::Board {
            found: header.board,
            device: device.board,
        }
    } else if header.engine != device.engine {
        Refusal::Engine {
            found: header.engine,
            device: device.engine,
        }
    } else if header.config != device.config {
        Refusal::Config {
            found: header.config,
            device: device.config,
        }
    } else if header.world != device.world {
        Refusal::World {
            found: header.world,
            device: device.world,
        }
    } else if header.ram_bytes > device.ram_bytes {
        Refusal::Ram {
            needed_bytes: header.ram_bytes,
            device_bytes: device.ram_bytes,
        }
    } else {
        return Ok(());
    };
    Err(refusal)
}
