//! Joins a component's imports to the host functions: lists of interfaces, one file each. With
//! feature `wasi` any 0.2 version of WASI is served, and what WASI has beyond the list traps when it
//! is called.

use alloc::{format, string::ToString};
use core::marker::PhantomData;

use wasmtime::{
    Engine, Result,
    component::{Component, InstancePre, Linker, LinkerInstance, types::ComponentItem},
};

#[cfg(any(feature = "gpio", feature = "wasi"))]
use crate::wasi;
use crate::{LoadError, absent::trap_the_rest, board::Board, host::Host, interfaces};

/// One interface that is served.
struct Interface<B: 'static> {
    name: &'static str,
    version: Version,
    define: fn(&mut LinkerInstance<'_, Host<B>>) -> Result<()>,
}

/// Which versions of an interface are the same to its users.
#[derive(Clone, Copy)]
enum Version {
    /// This one only.
    Exactly(&'static str),
    /// With any number behind it.
    Series(&'static str),
    /// The package has no version yet.
    None,
}

impl Version {
    const ECU: Version = Version::Series("0.1.");
    #[cfg(feature = "i2c")]
    const DRAFT: Version = Version::Exactly("0.2.0-draft");
    const WASI: Version = Version::Series("0.2.");

    fn serves(self, found: &str) -> bool {
        match self {
            Version::None => found.is_empty(),
            Version::Exactly(version) => found == version,
            Version::Series(series) => found.strip_prefix(series).is_some_and(|patch| {
                !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit())
            }),
        }
    }
}

/// The interfaces that are served for a platform, in groups as boards have them; sorted.
struct Interfaces<B>(PhantomData<B>);

impl<B: Board + 'static> Interfaces<B> {
    const SERVED: &'static [&'static [Interface<B>]] = &[
        #[cfg(feature = "can")]
        Self::CAN,
        #[cfg(feature = "wasi")]
        Self::SYSTEM,
        #[cfg(feature = "gpio")]
        Self::GPIO,
        #[cfg(feature = "i2c")]
        Self::I2C,
        #[cfg(any(feature = "gpio", feature = "wasi"))]
        Self::POLL,
        #[cfg(feature = "spi")]
        Self::SPI,
        Self::ECU,
    ];

    #[cfg(feature = "can")]
    #[rustfmt::skip]
    const CAN: &'static [Interface<B>] = &[
        Interface { name: "autosar:can/controllers", version: Version::ECU, define: interfaces::can::define },
        Interface { name: "autosar:can/types", version: Version::ECU, define: interfaces::can::define_types },
    ];

    #[cfg(feature = "wasi")]
    #[rustfmt::skip]
    const SYSTEM: &'static [Interface<B>] = &[
        Interface { name: "wasi:cli/environment", version: Version::WASI, define: wasi::environment::define },
        Interface { name: "wasi:cli/exit", version: Version::WASI, define: wasi::exit::define },
        Interface { name: "wasi:cli/stderr", version: Version::WASI, define: wasi::stdio::define_stderr },
        Interface { name: "wasi:cli/stdin", version: Version::WASI, define: wasi::stdio::define_stdin },
        Interface { name: "wasi:cli/stdout", version: Version::WASI, define: wasi::stdio::define_stdout },
        Interface { name: "wasi:cli/terminal-stderr", version: Version::WASI, define: wasi::terminal::define_stderr },
        Interface { name: "wasi:cli/terminal-stdin", version: Version::WASI, define: wasi::terminal::define_stdin },
        Interface { name: "wasi:cli/terminal-stdout", version: Version::WASI, define: wasi::terminal::define_stdout },
        Interface { name: "wasi:clocks/monotonic-clock", version: Version::WASI, define: wasi::monotonic_clock::define },
        Interface { name: "wasi:clocks/wall-clock", version: Version::WASI, define: wasi::wall_clock::define },
        Interface { name: "wasi:filesystem/preopens", version: Version::WASI, define: wasi::preopens::define },
        Interface { name: "wasi:io/error", version: Version::WASI, define: wasi::error::define },
        Interface { name: "wasi:io/streams", version: Version::WASI, define: wasi::streams::define },
        Interface { name: "wasi:random/insecure", version: Version::WASI, define: wasi::random::define_insecure },
        Interface { name: "wasi:random/insecure-seed", version: Version::WASI, define: wasi::random::define_seed },
        Interface { name: "wasi:random/random", version: Version::WASI, define: wasi::random::define },
    ];

    #[cfg(feature = "gpio")]
    #[rustfmt::skip]
    const GPIO: &'static [Interface<B>] = &[
        Interface { name: "wasi:gpio/analog", version: Version::WASI, define: interfaces::analog::define },
        Interface { name: "wasi:gpio/delay", version: Version::WASI, define: interfaces::delay::define_functions },
        Interface { name: "wasi:gpio/digital", version: Version::WASI, define: interfaces::digital::define },
        Interface { name: "wasi:gpio/general", version: Version::WASI, define: interfaces::pins::define_types },
    ];

    #[cfg(feature = "i2c")]
    #[rustfmt::skip]
    const I2C: &'static [Interface<B>] = &[
        Interface { name: "wasi:i2c/delay", version: Version::DRAFT, define: interfaces::delay::define },
        Interface { name: "wasi:i2c/i2c", version: Version::DRAFT, define: interfaces::i2c::define },
    ];

    #[cfg(any(feature = "gpio", feature = "wasi"))]
    #[rustfmt::skip]
    const POLL: &'static [Interface<B>] = &[
        Interface { name: "wasi:io/poll", version: Version::WASI, define: wasi::poll::define },
    ];

    #[cfg(feature = "spi")]
    #[rustfmt::skip]
    const SPI: &'static [Interface<B>] = &[
        Interface { name: "wasi:spi/spi", version: Version::None, define: interfaces::spi::define },
    ];

    #[rustfmt::skip]
    const ECU: &'static [Interface<B>] = &[
        Interface { name: "wireloom:ecu/buses", version: Version::ECU, define: interfaces::buses::define },
        Interface { name: "wireloom:ecu/clock", version: Version::ECU, define: interfaces::clock::define },
        Interface { name: "wireloom:ecu/elements", version: Version::ECU, define: interfaces::elements::define },
        Interface { name: "wireloom:ecu/frames", version: Version::ECU, define: interfaces::frames::define },
        Interface { name: "wireloom:ecu/meter", version: Version::ECU, define: interfaces::meter::define },
        Interface { name: "wireloom:ecu/nv", version: Version::ECU, define: interfaces::nv::define },
        Interface { name: "wireloom:ecu/probes", version: Version::ECU, define: interfaces::probes::define },
    ];
}

/// The component with all its imports served.
pub(crate) fn link<B: Board + 'static>(
    engine: &Engine,
    component: &Component,
    partition: &str,
) -> Result<InstancePre<Host<B>>, LoadError> {
    let failed = |error: wasmtime::Error| LoadError::Link {
        partition: partition.to_string(),
        reason: format!("{error:#}"),
    };
    let mut linker = Linker::new(engine);
    for (import, item) in component.component_type().imports(engine) {
        if is_types_only(engine, &item.ty) {
            continue;
        }
        let served = serve(&mut linker, engine, import, &item.ty).map_err(failed)?;
        if served == Served::No {
            let (partition, import) = (partition.to_string(), import.to_string());
            return Err(LoadError::Unserved { partition, import });
        }
    }
    linker.instantiate_pre(component).map_err(failed)
}

/// Types alone need no host: also those of an interface without functions and resources.
fn is_types_only(engine: &Engine, item: &ComponentItem) -> bool {
    match item {
        // A resource at the root names one of an imported interface; one of its own does not link.
        ComponentItem::Type(_) | ComponentItem::Resource(_) => true,
        ComponentItem::ComponentInstance(instance) => instance
            .exports(engine)
            .all(|(_, export)| matches!(export.ty, ComponentItem::Type(_))),
        _ => false,
    }
}

#[derive(PartialEq, Eq)]
enum Served {
    Yes,
    No,
}

fn serve<B: Board + 'static>(
    linker: &mut Linker<Host<B>>,
    engine: &Engine,
    import: &str,
    item: &ComponentItem,
) -> Result<Served> {
    let ComponentItem::ComponentInstance(instance) = item else {
        return Ok(Served::No);
    };
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    let ours = Interfaces::<B>::SERVED
        .iter()
        .copied()
        .flatten()
        .find(|ours| ours.name == name && ours.version.serves(version));
    let is_wasi = name.starts_with("wasi:") && Version::WASI.serves(version);
    let is_absent = cfg!(feature = "wasi") && is_wasi;
    if ours.is_none() && !is_absent {
        return Ok(Served::No);
    }
    let mut place = linker.instance(import)?;
    if let Some(interface) = ours {
        (interface.define)(&mut place)?;
    }
    if is_absent || cfg!(feature = "wasi") && name.starts_with("autosar:can/") {
        trap_the_rest(&mut place, engine, import, instance)?;
    }
    Ok(Served::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_served_by_series_or_exactly() {
        for version in ["0.2.0", "0.2.12"] {
            assert!(Version::WASI.serves(version), "{version}");
        }
        for version in [
            "0.2.",
            "0.2.0-draft",
            "0.2.0-rc-2023-11-10",
            "0.3.0",
            "0.20.1",
        ] {
            assert!(!Version::WASI.serves(version), "{version}");
        }
        assert!(Version::DRAFT.serves("0.2.0-draft"));
        assert!(!Version::DRAFT.serves("0.2.0"));
        assert!(Version::None.serves("") && !Version::None.serves("0.2.0"));
        assert!(!Version::WASI.serves("") && !Version::DRAFT.serves(""));
    }
}
