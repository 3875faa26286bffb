//! `wasi:i2c/i2c@0.2.0-draft`: a handle is a bus of the board by its name.

use alloc::{string::String, vec, vec::Vec};

use wasmtime::Result;

use crate::{
    I2C_TRANSFER_BYTES,
    binding::{LinkerInstance, Resource, ResourceType, WasmList},
    board::{Board, I2cError, I2cOperation},
    host::{Call, Host, pass, with_board},
    wit::wit,
};

/// What a handle `i2c` stands for.
pub(crate) struct I2cBus {
    pub(crate) name: String,
}

/// 10 bits.
const HIGHEST_ADDRESS: u16 = 0x3ff;

wit! {
    variant Operation: [Lift] {
        "read" Read(u64),
        "write" Write(WasmList<u8>),
    }
}

wit! {
    variant ErrorCode: [Lower] {
        "bus" Bus,
        "arbitration-loss" ArbitrationLoss,
        "no-acknowledge" NoAcknowledge(NoAcknowledgeSource),
        "overrun" Overrun,
        "other" Other,
    }
}

wit! {
    enumeration NoAcknowledgeSource: [Lower] {
        "address" Address,
        "data" Data,
        "unknown" Unknown,
    }
}

impl From<I2cError> for ErrorCode {
    fn from(error: I2cError) -> ErrorCode {
        use NoAcknowledgeSource::{Address, Data, Unknown};
        match error {
            I2cError::Bus => ErrorCode::Bus,
            I2cError::ArbitrationLoss => ErrorCode::ArbitrationLoss,
            I2cError::NoAcknowledgeAddress => ErrorCode::NoAcknowledge(Address),
            I2cError::NoAcknowledgeData => ErrorCode::NoAcknowledge(Data),
            I2cError::NoAcknowledgeUnknown => ErrorCode::NoAcknowledge(Unknown),
            I2cError::Overrun => ErrorCode::Overrun,
            I2cError::Other => ErrorCode::Other,
        }
    }
}

type Bytes = Result<Vec<u8>, ErrorCode>;
type Handle = Resource<I2cBus>;

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource("i2c", ResourceType::host::<I2cBus>(), |mut call, handle| {
        call.data_mut().resources.delete(Handle::new_own(handle))?;
        Ok(())
    })?;
    linker.func_wrap("[method]i2c.transaction", transaction::<B>)?;
    linker.func_wrap("[method]i2c.read", read::<B>)?;
    linker.func_wrap("[method]i2c.write", write::<B>)?;
    linker.func_wrap("[method]i2c.write-read", write_read::<B>)
}

fn transaction<B: Board>(
    call: Call<'_, B>,
    (handle, address, operations): (Handle, u16, Vec<Operation>),
) -> Result<(Result<Vec<Vec<u8>>, ErrorCode>,)> {
    Ok((transfer(call, &handle, address, &operations)?,))
}

fn read<B: Board>(
    call: Call<'_, B>,
    (handle, address, length): (Handle, u16, u64),
) -> Result<(Bytes,)> {
    Ok((transfer(call, &handle, address, &[Operation::Read(length)])?.map(first),))
}

fn write<B: Board>(
    call: Call<'_, B>,
    (handle, address, data): (Handle, u16, WasmList<u8>),
) -> Result<(Result<(), ErrorCode>,)> {
    Ok((transfer(call, &handle, address, &[Operation::Write(data)])?.map(|_| ()),))
}

fn write_read<B: Board>(
    call: Call<'_, B>,
    (handle, address, data, length): (Handle, u16, WasmList<u8>, u64),
) -> Result<(Bytes,)> {
    let operations = [Operation::Write(data), Operation::Read(length)];
    Ok((transfer(call, &handle, address, &operations)?.map(first),))
}

/// The answer to the only read operation.
fn first(reads: Vec<Vec<u8>>) -> Vec<u8> {
    reads.into_iter().next().unwrap_or_default()
}

/// One transaction; gives what was read, an entry per read operation.
fn transfer<B: Board>(
    mut call: Call<'_, B>,
    handle: &Handle,
    address: u16,
    operations: &[Operation],
) -> Result<Result<Vec<Vec<u8>>, ErrorCode>> {
    let total_bytes = operations
        .iter()
        .fold(0_u64, |total, operation| match operation {
            Operation::Read(length) => total.saturating_add(*length),
            Operation::Write(data) => total.saturating_add(data.len() as u64),
        });
    let most_bytes = call.data().settings.transfer_bytes(I2C_TRANSFER_BYTES);
    if total_bytes > most_bytes || address > HIGHEST_ADDRESS {
        return Ok(Err(ErrorCode::Other));
    }
    let mut copies: Vec<_> = operations
        .iter()
        .map(|operation| copy(&call, operation))
        .collect();
    let bus = call.data().resources.get(handle)?.name.clone();
    let done = with_board(&mut call, |_, board, at_ns| {
        board.i2c(at_ns, &bus, address, &mut copies)
    })?;
    pass(&mut call, done.bus_time.0)?;
    Ok(done.result.map(|()| reads(copies)).map_err(ErrorCode::from))
}

fn copy<B>(call: &Call<'_, B>, operation: &Operation) -> I2cOperation {
    match operation {
        Operation::Read(length) => I2cOperation::Read(vec![0; *length as usize]),
        Operation::Write(data) => I2cOperation::Write(data.as_le_slice(call).to_vec()),
    }
}

fn reads(operations: Vec<I2cOperation>) -> Vec<Vec<u8>> {
    let read = |operation| match operation {
        I2cOperation::Read(bytes) => Some(bytes),
        I2cOperation::Write(_) => None,
    };
    operations.into_iter().filter_map(read).collect()
}
