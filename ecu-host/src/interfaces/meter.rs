//! `wireloom:ecu/meter`.

use wasmtime::Result;

use super::entry;
use crate::{
    binding::LinkerInstance,
    board::{Board, Record},
    host::{Call, Host, record},
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("enter", |mut call: Call<'_, B>, (runnable,): (u32,)| {
        entry("meter.enter", &call.data().table.runnables, runnable)?;
        record(&mut call, |partition, _| Record::Entered {
            partition,
            runnable,
        })?;
        let left_fuel = call.get_fuel()?;
        call.data_mut().meter.enter(runnable, left_fuel);
        Ok(())
    })?;
    linker.func_wrap("leave", |mut call: Call<'_, B>, (): ()| {
        let left_fuel = call.get_fuel()?;
        if let Some((runnable, fuel)) = call.data_mut().meter.leave(left_fuel) {
            record(&mut call, |partition, _| Record::Left {
                partition,
                runnable,
                fuel,
            })?;
        }
        Ok(())
    })
}
