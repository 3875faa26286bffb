//! The host functions that the native runtime serves: which C function answers which import, and
//! what core signature the canonical ABI gives it. Knows nothing of the C behind the names.

/// A host function in C. Its first parameter is the calling side (`wl_caller_t`): memory, realloc
/// and flags of the component instance that calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// As the component imports it, with its version.
    pub interface: &'static str,
    pub function: &'static str,
    /// Name of the C function.
    pub symbol: &'static str,
}

const fn served(interface: &'static str, function: &'static str, symbol: &'static str) -> Served {
    Served {
        interface,
        function,
        symbol,
    }
}

const BUSES: &str = "wireloom:ecu/buses@0.1.0";
const CLOCK: &str = "wireloom:ecu/clock@0.1.0";
const ELEMENTS: &str = "wireloom:ecu/elements@0.1.0";
const FRAMES: &str = "wireloom:ecu/frames@0.1.0";
const METER: &str = "wireloom:ecu/meter@0.1.0";
const PROBES: &str = "wireloom:ecu/probes@0.1.0";
const DELAY: &str = "wasi:i2c/delay@0.2.0-draft";
const I2C: &str = "wasi:i2c/i2c@0.2.0-draft";
const ENVIRONMENT: &str = "wasi:cli/environment";
const EXIT: &str = "wasi:cli/exit";
const MONOTONIC: &str = "wasi:clocks/monotonic-clock";

/// By interface, then function. A version that is left out takes every version of 0.2.
pub const SERVED: &[Served] = &[
    served(ENVIRONMENT, "get-arguments", "wl_wasi_empty_list"),
    served(ENVIRONMENT, "get-environment", "wl_wasi_empty_list"),
    served(ENVIRONMENT, "initial-cwd", "wl_wasi_none"),
    served(EXIT, "exit", "wl_wasi_exit"),
    served(MONOTONIC, "now", "wl_clock_now"),
    served(MONOTONIC, "resolution", "wl_wasi_resolution"),
    served(DELAY, "[method]delay.delay-ns", "wl_delay_ns"),
    served(I2C, "[method]i2c.read", "wl_i2c_read"),
    served(I2C, "[method]i2c.transaction", "wl_i2c_transaction"),
    served(I2C, "[method]i2c.write", "wl_i2c_write"),
    served(I2C, "[method]i2c.write-read", "wl_i2c_write_read"),
    served(BUSES, "open-delay", "wl_open_delay"),
    served(BUSES, "open-i2c", "wl_open_i2c"),
    served(CLOCK, "now", "wl_clock_now"),
    served(ELEMENTS, "publish", "wl_elements_publish"),
    served(ELEMENTS, "refuse", "wl_elements_refuse"),
    served(ELEMENTS, "take", "wl_elements_take"),
    served(FRAMES, "take", "wl_frames_take"),
    served(FRAMES, "transmit", "wl_frames_transmit"),
    served(METER, "enter", "wl_meter_enter"),
    served(METER, "leave", "wl_meter_leave"),
    served(PROBES, "called", "wl_probes_seen"),
    served(PROBES, "pause", "wl_probes_pause"),
    served(PROBES, "resume", "wl_probes_pause"),
    served(PROBES, "returned", "wl_probes_seen"),
];

/// What answers a call of that function of an imported interface.
pub fn serve(interface: &str, function: &str) -> Option<&'static Served> {
    SERVED.iter().find(|entry| {
        let same = entry.interface == interface
            || interface
                .strip_prefix(entry.interface)
                .is_some_and(|version| version.starts_with("@0.2."));
        same && entry.function == function
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_left_out_takes_every_version_of_0_2() {
        assert!(serve("wasi:cli/exit@0.2.6", "exit").is_some());
        assert!(serve("wasi:cli/exit@0.3.0", "exit").is_none());
        assert!(serve("wireloom:ecu/clock@0.2.0", "now").is_none());
        assert!(serve("wireloom:ecu/clock@0.1.0", "now").is_some());
        assert!(serve("wireloom:ecu/clock@0.1.0", "then").is_none());
    }
}
