//! `wasi:spi/spi`: a handle is a device of the board by its name.

use alloc::{string::String, vec, vec::Vec};

use wasmtime::Result;

use crate::{
    SPI_TRANSFER_BYTES,
    binding::{LinkerInstance, Resource, ResourceType, WasmList, WasmStr},
    board::{BitOrder, Board, SpiConfig, SpiError, SpiMode, SpiOperation},
    handles,
    host::{Call, Host, pass, with_board},
    wit::wit,
};

/// What a handle `spi-device` stands for.
pub(crate) struct SpiDevice {
    pub(crate) name: String,
}

wit! {
    variant Operation: [Lift] {
        "read" Read(u64),
        "write" Write(WasmList<u8>),
        "transfer" Transfer(WasmList<u8>),
        "delay-ns" DelayNs(u32),
    }
}

wit! {
    variant OperationResult: [Lower] {
        "read" Read(Vec<u8>),
        "write" Write,
        "transfer" Transfer(Vec<u8>),
        "delay" Delay,
    }
}

wit! {
    variant Error: [Lower] {
        "overrun" Overrun,
        "mode-fault" ModeFault,
        "frame-format" FrameFormat,
        "chip-select-fault" ChipSelectFault,
        "other" Other(String),
    }
}

wit! {
    enumeration Mode: [Lift] {
        "mode0" Mode0,
        "mode1" Mode1,
        "mode2" Mode2,
        "mode3" Mode3,
    }
}

wit! {
    #[derive(Clone, Copy)]
    record Config: [Lift] {
        "frequency" frequency: u32,
        "mode" mode: Mode,
        "lsb-first" lsb_first: bool,
    }
}

impl From<SpiError> for Error {
    fn from(error: SpiError) -> Error {
        match error {
            SpiError::Overrun => Error::Overrun,
            SpiError::ModeFault => Error::ModeFault,
            SpiError::FrameFormat => Error::FrameFormat,
            SpiError::ChipSelectFault => Error::ChipSelectFault,
            SpiError::Other(words) => Error::Other(words),
        }
    }
}

impl From<Config> for SpiConfig {
    fn from(config: Config) -> SpiConfig {
        SpiConfig {
            clock_hz: config.frequency,
            mode: match config.mode {
                Mode::Mode0 => SpiMode::Mode0,
                Mode::Mode1 => SpiMode::Mode1,
                Mode::Mode2 => SpiMode::Mode2,
                Mode::Mode3 => SpiMode::Mode3,
            },
            bit_order: match config.lsb_first {
                true => BitOrder::LeastSignificantFirst,
                false => BitOrder::MostSignificantFirst,
            },
        }
    }
}

type Handle = Resource<SpiDevice>;
type Answer<T> = (Result<T, Error>,);

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource(
        "spi-device",
        ResourceType::host::<SpiDevice>(),
        |mut call, handle| {
            call.data_mut().resources.delete(Handle::new_own(handle))?;
            Ok(())
        },
    )?;
    linker.func_wrap("get-device-names", |mut call: Call<'_, B>, (): ()| {
        Ok((with_board(&mut call, |_, board, _| board.spi_devices())?,))
    })?;
    linker.func_wrap("open-device", open::<B>)?;
    linker.func_wrap("open", open::<B>)?;
    linker.func_wrap("[method]spi-device.configure", configure::<B>)?;
    linker.func_wrap("[method]spi-device.transaction", transaction::<B>)?;
    linker.func_wrap(
        "[method]spi-device.read",
        |call: Call<'_, B>, (of, length): (Handle, u64)| bytes(call, &of, &Operation::Read(length)),
    )?;
    linker.func_wrap(
        "[method]spi-device.transfer",
        |call: Call<'_, B>, (of, data): (Handle, WasmList<u8>)| {
            bytes(call, &of, &Operation::Transfer(data))
        },
    )?;
    linker.func_wrap(
        "[method]spi-device.write",
        |call: Call<'_, B>, (of, data): (Handle, WasmList<u8>)| {
            let done = transfer(call, &of, &[Operation::Write(data)])?;
            Ok((done.map(|_| ()),))
        },
    )
}

fn open<B: Board>(mut call: Call<'_, B>, (name,): (WasmStr,)) -> Result<Answer<Handle>> {
    let name = handles::text(&call, &name)?;
    match with_board(&mut call, |_, board, _| board.has_spi(&name))? {
        true => Ok((Ok(handles::push(&mut call, SpiDevice { name })?),)),
        false => {
            let words = alloc::format!("no SPI device `{name}` is attached to the ECU");
            Ok((Err(Error::Other(words)),))
        }
    }
}

fn configure<B: Board>(
    mut call: Call<'_, B>,
    (of, config): (Handle, Config),
) -> Result<Answer<()>> {
    let device = call.data().resources.get(&of)?.name.clone();
    let done = with_board(&mut call, |_, board, at_ns| {
        board.spi_configure(at_ns, &device, config.into())
    })?;
    Ok((done.map_err(Error::from),))
}

fn transaction<B: Board>(
    call: Call<'_, B>,
    (of, operations): (Handle, Vec<Operation>),
) -> Result<Answer<Vec<OperationResult>>> {
    let done = transfer(call, &of, &operations)?;
    Ok((done.map(|done| done.into_iter().map(OperationResult::from).collect()),))
}

/// What came in during the only operation.
fn bytes<B: Board>(
    call: Call<'_, B>,
    of: &Handle,
    operation: &Operation,
) -> Result<Answer<Vec<u8>>> {
    let done = transfer(call, of, core::slice::from_ref(operation))?;
    Ok((done.map(|done| match done.into_iter().next() {
        Some(SpiOperation::Read(data) | SpiOperation::Transfer(data)) => data,
        Some(SpiOperation::Write(_) | SpiOperation::DelayNs(_)) | None => Vec::new(),
    }),))
}

fn transfer<B: Board>(
    mut call: Call<'_, B>,
    of: &Handle,
    operations: &[Operation],
) -> Result<Result<Vec<SpiOperation>, Error>> {
    let device = call.data().resources.get(of)?.name.clone();
    let asked = operations.iter().map(Operation::bytes);
    let total_bytes = asked.fold(0_u64, u64::saturating_add);
    let most_bytes = call.data().settings.transfer_bytes(SPI_TRANSFER_BYTES);
    if total_bytes > most_bytes {
        let words = alloc::format!("{most_bytes} bytes are served at a time");
        return Ok(Err(Error::Other(words)));
    }
    let mut copies: Vec<_> = operations.iter().map(|one| copy(&call, one)).collect();
    let done = with_board(&mut call, |_, board, at_ns| {
        board.spi(at_ns, &device, &mut copies)
    })?;
    pass(&mut call, done.bus_time.0)?;
    Ok(done.result.map(|()| copies).map_err(Error::from))
}

impl Operation {
    fn bytes(&self) -> u64 {
        match self {
            Operation::Read(length) => *length,
            Operation::Write(data) | Operation::Transfer(data) => data.len() as u64,
            Operation::DelayNs(_) => 0,
        }
    }
}

fn copy<B>(call: &Call<'_, B>, operation: &Operation) -> SpiOperation {
    match operation {
        Operation::Read(length) => SpiOperation::Read(vec![0; *length as usize]),
        Operation::Write(data) => SpiOperation::Write(data.as_le_slice(call).to_vec()),
        Operation::Transfer(data) => SpiOperation::Transfer(data.as_le_slice(call).to_vec()),
        Operation::DelayNs(delay_ns) => SpiOperation::DelayNs(*delay_ns),
    }
}

impl From<SpiOperation> for OperationResult {
    fn from(done: SpiOperation) -> OperationResult {
        match done {
            SpiOperation::Read(data) => OperationResult::Read(data),
            SpiOperation::Write(_) => OperationResult::Write,
            SpiOperation::Transfer(data) => OperationResult::Transfer(data),
            SpiOperation::DelayNs(_) => OperationResult::Delay,
        }
    }
}
