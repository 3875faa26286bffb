//! Joins a component's imports to the host functions: a sorted list of interfaces, one file each.
//! Any 0.2 version of WASI is served; what WASI has beyond that list traps when it is called.

use alloc::{format, string::ToString};

use wasmtime::{
    Engine, Result,
    component::{
        Component, InstancePre, Linker, LinkerInstance, ResourceType,
        types::{ComponentInstance, ComponentItem},
    },
};

use crate::{
    LoadError,
    board::Board,
    host::Host,
    interfaces::{
        analog, buses, can, clock, delay, digital, elements, frames, i2c, meter, nv, pins, probes,
        spi,
    },
    misuse::Misuse,
    wasi,
};

/// One interface that every ECU serves.
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

const ECU: Version = Version::Series("0.1.");
const DRAFT: Version = Version::Exactly("0.2.0-draft");
const WASI: Version = Version::Series("0.2.");

#[rustfmt::skip]
fn interfaces<B: Board + 'static>() -> [Interface<B>; 33] {
    [
        Interface { name: "autosar:can/controllers", version: ECU, define: can::define },
        Interface { name: "autosar:can/types", version: ECU, define: can::define_types },
        Interface { name: "wasi:cli/environment", version: WASI, define: wasi::environment::define },
        Interface { name: "wasi:cli/exit", version: WASI, define: wasi::exit::define },
        Interface { name: "wasi:cli/stderr", version: WASI, define: wasi::stdio::define_stderr },
        Interface { name: "wasi:cli/stdin", version: WASI, define: wasi::stdio::define_stdin },
        Interface { name: "wasi:cli/stdout", version: WASI, define: wasi::stdio::define_stdout },
        Interface { name: "wasi:cli/terminal-stderr", version: WASI, define: wasi::terminal::define_stderr },
        Interface { name: "wasi:cli/terminal-stdin", version: WASI, define: wasi::terminal::define_stdin },
        Interface { name: "wasi:cli/terminal-stdout", version: WASI, define: wasi::terminal::define_stdout },
        Interface { name: "wasi:clocks/monotonic-clock", version: WASI, define: wasi::monotonic_clock::define },
        Interface { name: "wasi:clocks/wall-clock", version: WASI, define: wasi::wall_clock::define },
        Interface { name: "wasi:filesystem/preopens", version: WASI, define: wasi::preopens::define },
        Interface { name: "wasi:gpio/analog", version: WASI, define: analog::define },
        Interface { name: "wasi:gpio/delay", version: WASI, define: delay::define_functions },
        Interface { name: "wasi:gpio/digital", version: WASI, define: digital::define },
        Interface { name: "wasi:gpio/general", version: WASI, define: pins::define_types },
        Interface { name: "wasi:i2c/delay", version: DRAFT, define: delay::define },
        Interface { name: "wasi:i2c/i2c", version: DRAFT, define: i2c::define },
        Interface { name: "wasi:io/error", version: WASI, define: wasi::error::define },
        Interface { name: "wasi:io/poll", version: WASI, define: wasi::poll::define },
        Interface { name: "wasi:io/streams", version: WASI, define: wasi::streams::define },
        Interface { name: "wasi:random/insecure", version: WASI, define: wasi::random::define_insecure },
        Interface { name: "wasi:random/insecure-seed", version: WASI, define: wasi::random::define_seed },
        Interface { name: "wasi:random/random", version: WASI, define: wasi::random::define },
        Interface { name: "wasi:spi/spi", version: Version::None, define: spi::define },
        Interface { name: "wireloom:ecu/buses", version: ECU, define: buses::define },
        Interface { name: "wireloom:ecu/clock", version: ECU, define: clock::define },
        Interface { name: "wireloom:ecu/elements", version: ECU, define: elements::define },
        Interface { name: "wireloom:ecu/frames", version: ECU, define: frames::define },
        Interface { name: "wireloom:ecu/meter", version: ECU, define: meter::define },
        Interface { name: "wireloom:ecu/nv", version: ECU, define: nv::define },
        Interface { name: "wireloom:ecu/probes", version: ECU, define: probes::define },
    ]
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
    let interfaces = interfaces::<B>();
    let ours = interfaces
        .iter()
        .find(|ours| ours.name == name && ours.version.serves(version));
    let is_wasi = name.starts_with("wasi:") && WASI.serves(version);
    if ours.is_none() && !is_wasi {
        return Ok(Served::No);
    }
    let mut place = linker.instance(import)?;
    if let Some(interface) = ours {
        (interface.define)(&mut place)?;
    }
    if is_wasi || name.starts_with("autosar:can/") {
        trap_the_rest(&mut place, engine, import, instance)?;
    }
    Ok(Served::Yes)
}

/// What an ECU has no resources for: files, sockets, HTTP.
pub(crate) struct Absent;

/// Resources of the interfaces above: where another interface uses them, they are not absent.
const SERVED_RESOURCES: [&str; 11] = [
    "analog-in-out-pin",
    "analog-in-pin",
    "analog-out-pin",
    "controller",
    "digital-in-out-pin",
    "digital-in-pin",
    "digital-out-pin",
    "error",
    "input-stream",
    "output-stream",
    "pollable",
];

fn trap_the_rest<B: 'static>(
    place: &mut LinkerInstance<'_, Host<B>>,
    engine: &Engine,
    import: &str,
    instance: &ComponentInstance,
) -> Result<()> {
    for (name, item) in instance.exports(engine) {
        match item.ty {
            ComponentItem::ComponentFunc(_) => {
                let function = format!("{import}#{name}");
                let trap = move || Misuse::Unserved {
                    function: function.clone(),
                };
                // An error means that the interface is served and defines it already.
                let _served = place.func_new(name, move |_, _, _, _| Err(trap().into()));
            }
            ComponentItem::Resource(_) if !SERVED_RESOURCES.contains(&name) => {
                place.resource(name, ResourceType::host::<Absent>(), |_, _| Ok(()))?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_served_by_series_or_exactly() {
        for version in ["0.2.0", "0.2.12"] {
            assert!(WASI.serves(version), "{version}");
        }
        for version in [
            "0.2.",
            "0.2.0-draft",
            "0.2.0-rc-2023-11-10",
            "0.3.0",
            "0.20.1",
        ] {
            assert!(!WASI.serves(version), "{version}");
        }
        assert!(DRAFT.serves("0.2.0-draft"));
        assert!(!DRAFT.serves("0.2.0"));
        assert!(Version::None.serves("") && !Version::None.serves("0.2.0"));
        assert!(!WASI.serves("") && !DRAFT.serves(""));
    }
}
