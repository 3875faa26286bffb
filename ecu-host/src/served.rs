//! Which interfaces an ECU serves: lists of them, one file each, in groups as boards have them.
//! With feature `wasi` any 0.2 version of WASI is served. Knows nothing of how a partition is
//! bound to them.

use core::marker::PhantomData;

use wasmtime::Result;

#[cfg(any(feature = "gpio", feature = "wasi"))]
use crate::wasi;
use crate::{binding::LinkerInstance, board::Board, host::Host, interfaces};

/// One interface that is served.
pub(crate) struct Interface<B: 'static> {
    pub(crate) name: &'static str,
    version: Version,
    pub(crate) define: fn(&mut LinkerInstance<'_, Host<B>>) -> Result<()>,
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
pub(crate) struct Interfaces<B>(PhantomData<B>);

impl<B: Board + 'static> Interfaces<B> {
    /// The interface that serves an import.
    pub(crate) fn find(name: &str, version: &str) -> Option<&'static Interface<B>> {
        Self::all().find(|ours| ours.name == name && ours.version.serves(version))
    }

    pub(crate) fn all() -> impl Iterator<Item = &'static Interface<B>> {
        Self::SERVED.iter().copied().flatten()
    }

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

/// Whether calls of what is not served trap, where the partition could not be loaded else: what
/// WASI has beyond the lists is imported by programs that never call it.
pub(crate) fn is_absent(name: &str, version: &str) -> bool {
    let is_wasi = name.starts_with("wasi:") && Version::WASI.serves(version);
    cfg!(feature = "wasi") && (is_wasi || name.starts_with("autosar:can/"))
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
