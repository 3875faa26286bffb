//! Makes payloads: for hosts. The same content and key give the same bytes.

use alloc::{string::String, vec, vec::Vec};

use deployment::{Partition, System};

use crate::{
    Blake3, END_MARK, EngineVersion, HEADER_BYTES, Hash, Header, Label, SigningKey,
    body::{ENTRIES_AT, ENTRY_BYTES, MAGIC, aligned, entries_end},
    bytes::put,
};

/// What a payload is made of.
#[derive(Debug, Clone)]
pub struct Content<'a> {
    pub board: Label,
    pub engine: EngineVersion,
    pub config: Hash,
    pub world: Hash,
    pub counter: u32,
    pub ram_bytes: u32,
    /// With one ECU: [`part_of_ecu`].
    pub system: &'a System,
    /// Table and compiled component of each partition, in the order of the ECU's partitions.
    pub partitions: &'a [(Partition, Vec<u8>)],
}

/// Why a payload could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    #[error("the system has {count} ECUs, a payload is for one; cut it with `part_of_ecu`")]
    Ecus { count: usize },
    #[error(
        "partition `{found}` stands where the ECU has `{expected}`; order them as the ECU does"
    )]
    Order { found: String, expected: String },
    #[error("the payload has more than 4 GiB; remove components")]
    TooLarge,
    #[error("the deployment can not be packed: {reason}; compose the project again")]
    Deployment { reason: String },
}

/// The system as one ECU needs it: the ECU, all buses, the routes between its own partitions, and
/// their blocks.
pub fn part_of_ecu(system: &System, ecu: &str) -> Option<System> {
    let own = system.ecus.iter().find(|other| other.name == ecu)?;
    let routes = system
        .routes
        .iter()
        .filter(|route| route.from.ecu == ecu && route.to.ecu == ecu);
    let blocks = system.blocks.iter().filter(|block| block.ecu == ecu);
    Some(System {
        ecus: vec![own.clone()],
        routes: routes.cloned().collect(),
        blocks: blocks.cloned().collect(),
        ..system.clone()
    })
}

/// Header, body and end mark, signed.
pub fn write(content: &Content<'_>, key: &SigningKey) -> Result<Vec<u8>, WriteError> {
    in_order(content)?;
    let body = body(content)?;
    let mut header = Header {
        engine: content.engine,
        board: content.board,
        config: content.config,
        world: content.world,
        counter: content.counter,
        ram_bytes: content.ram_bytes,
        body_bytes: u32::try_from(body.len()).map_err(|_| WriteError::TooLarge)?,
        key_id: key.public().id(),
        body_blake3: Blake3::of(&body),
        signature: [0; 64],
    };
    let signed = header.signed();
    header.signature = key.sign(&signed);
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len() + END_MARK.len());
    bytes.extend(signed);
    bytes.extend(header.signature);
    bytes.extend(body);
    bytes.extend(END_MARK);
    Ok(bytes)
}

fn in_order(content: &Content<'_>) -> Result<(), WriteError> {
    let [ecu] = content.system.ecus.as_slice() else {
        let count = content.system.ecus.len();
        return Err(WriteError::Ecus { count });
    };
    let expected = ecu.partitions.iter().map(|partition| &partition.name);
    let found = content.partitions.iter().map(|(table, _)| &table.name);
    let nothing = String::new();
    let longest = ecu.partitions.len().max(content.partitions.len());
    let pairs = expected
        .chain(core::iter::repeat(&nothing))
        .zip(found.chain(core::iter::repeat(&nothing)));
    match pairs
        .take(longest)
        .find(|(expected, found)| expected != found)
    {
        None => Ok(()),
        Some((expected, found)) => Err(WriteError::Order {
            found: found.clone(),
            expected: expected.clone(),
        }),
    }
}

fn body(content: &Content<'_>) -> Result<Vec<u8>, WriteError> {
    let packed = |error: postcard::Error| WriteError::Deployment {
        reason: alloc::format!("{error}"),
    };
    let system = postcard::to_allocvec(content.system).map_err(packed)?;
    let number = |length: usize| u32::try_from(length).map_err(|_| WriteError::TooLarge);
    let entries = entries_end(content.partitions.len()).ok_or(WriteError::TooLarge)?;
    let mut bytes = vec![0; entries];
    put(&mut bytes, 0, &MAGIC);
    put(
        &mut bytes,
        8,
        &number(content.partitions.len())?.to_le_bytes(),
    );
    put(&mut bytes, 12, &number(system.len())?.to_le_bytes());
    bytes.extend(&system);
    bytes.resize(aligned(bytes.len()), 0);
    for (position, (table, _)) in content.partitions.iter().enumerate() {
        let table = postcard::to_allocvec(table).map_err(packed)?;
        let entry = ENTRIES_AT + position * ENTRY_BYTES;
        put(&mut bytes, entry, &number(table.len())?.to_le_bytes());
        bytes.extend(&table);
    }
    for (position, (_, code)) in content.partitions.iter().enumerate() {
        bytes.resize(aligned(bytes.len()), 0);
        let entry = ENTRIES_AT + position * ENTRY_BYTES;
        let at = number(bytes.len())?;
        put(&mut bytes, entry + 4, &number(code.len())?.to_le_bytes());
        put(&mut bytes, entry + 8, &at.to_le_bytes());
        bytes.extend(code);
    }
    Ok(bytes)
}
