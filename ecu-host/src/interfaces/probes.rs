//! `wireloom:ecu/probes`.

use wasmtime::Result;

use super::entry;
use crate::{
    binding::{LinkerInstance, WasmList},
    board::{Board, Record},
    host::{Call, Host, record},
};

/// Probe, function, packed arguments or outcome.
type Observation = (u32, u32, WasmList<u8>);

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("called", |mut call: Call<'_, B>, seen: Observation| {
        let (probe, function, bytes) = seen;
        check(&call, "probes.called", probe, function)?;
        record(&mut call, |partition, call| {
            let arguments = bytes.as_le_slice(call);
            Record::Called {
                partition,
                probe,
                function,
                arguments,
            }
        })
    })?;
    linker.func_wrap("returned", |mut call: Call<'_, B>, seen: Observation| {
        let (probe, function, bytes) = seen;
        check(&call, "probes.returned", probe, function)?;
        record(&mut call, |partition, call| {
            let outcome = bytes.as_le_slice(call);
            Record::Returned {
                partition,
                probe,
                function,
                outcome,
            }
        })
    })?;
    linker.func_wrap("pause", |mut call: Call<'_, B>, (): ()| {
        let left_fuel = call.get_fuel()?;
        call.data_mut().meter.pause(left_fuel);
        Ok(())
    })?;
    linker.func_wrap("resume", |mut call: Call<'_, B>, (): ()| {
        let left_fuel = call.get_fuel()?;
        call.data_mut().meter.resume(left_fuel);
        Ok(())
    })
}

fn check<B>(call: &Call<'_, B>, name: &'static str, probe: u32, function: u32) -> Result<()> {
    let probe = entry(name, &call.data().table.probes, probe)?;
    entry(name, &probe.functions, function)?;
    Ok(())
}
