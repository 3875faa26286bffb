//! `wasi:i2c/delay@0.2.0-draft` and `wasi:gpio/delay@0.2.0`: waiting is a cost of the activation, as on a real controller.

use wasmtime::Result;

#[cfg(feature = "i2c")]
use crate::binding::{Resource, ResourceType};
use crate::{
    binding::LinkerInstance,
    board::Board,
    host::{Call, Host, wait},
};

/// What a handle `delay` stands for.
#[cfg(feature = "i2c")]
pub(crate) struct Delay;

#[cfg(feature = "i2c")]
pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource(
        "delay",
        ResourceType::host::<Delay>(),
        |mut call, handle| {
            call.data_mut()
                .resources
                .delete(Resource::<Delay>::new_own(handle))?;
            Ok(())
        },
    )?;
    linker.func_wrap(
        "[method]delay.delay-ns",
        |mut call: Call<'_, B>, (_, delay_ns): (Resource<Delay>, u32)| {
            wait(&mut call, u64::from(delay_ns))
        },
    )
}

/// `wasi:gpio/delay`: functions instead of a resource.
#[cfg(feature = "gpio")]
pub(crate) fn define_functions<B: Board + 'static>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    for (name, unit_ns) in [
        ("delay-ns", 1),
        ("delay-us", 1_000),
        ("delay-ms", 1_000_000_u64),
    ] {
        linker.func_wrap(name, move |mut call: Call<'_, B>, (delay,): (u32,)| {
            wait(&mut call, u64::from(delay) * unit_ns)
        })?;
    }
    Ok(())
}
