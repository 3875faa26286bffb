//! The constants of one ECU, and the engine's configuration that all hosts share so that fuel,
//! NaN bits and traps are the same everywhere. Knows nothing of a system file.

/// Constants of one ECU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcuSettings {
    /// Time of one unit of users' fuel in picoseconds.
    pub fuel_ps: u64,
    /// Constant cost of an activation in nanoseconds; it passes before the task begins.
    pub activation_ns: u64,
    /// How many activations of one task wait at most.
    pub waiting_activations: u32,
    /// How long one activation may wait for buses and clocks; a longer wait is a trap.
    pub longest_wait_ns: u64,
    /// Bytes that one call may make the host copy for its arguments and its answer: a device with
    /// little memory has less than the default, [`CALL_BYTES`].
    pub call_bytes: usize,
    /// When a partition that fails again and again stays stopped.
    pub restarts: RestartLimit,
}

impl Default for EcuSettings {
    fn default() -> Self {
        EcuSettings {
            fuel_ps: 1_000,
            activation_ns: 1_000,
            waiting_activations: 8,
            longest_wait_ns: 10_000_000_000,
            call_bytes: CALL_BYTES,
            restarts: RestartLimit {
                count: 5,
                within_ns: 1_000_000_000,
            },
        }
    }
}

impl EcuSettings {
    /// The settings that the system file gives for an ECU; the others are the default.
    pub fn of(ecu: &deployment::Ecu) -> EcuSettings {
        EcuSettings {
            fuel_ps: ecu.fuel_ps,
            activation_ns: ecu.activation_ns,
            ..EcuSettings::default()
        }
    }

    /// Bytes of one bus transaction: `most`, or what a call may make the host copy.
    pub(crate) fn transfer_bytes(&self, most: u64) -> u64 {
        most.min(self.call_bytes as u64)
    }
}

/// At most `count` restarts within `within_ns` of the ECU's time; one more and it stays stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestartLimit {
    /// 0: never restart.
    pub count: u32,
    /// Length of the window.
    pub within_ns: u64,
}

/// Bytes of one I2C transaction, all operations together; more is answered by `other`.
pub const I2C_TRANSFER_BYTES: u64 = 65_536;
/// Bytes of one SPI transaction, all operations together; more is answered by `other`.
pub const SPI_TRANSFER_BYTES: u64 = 65_536;
/// Host resources (buses, pins, streams, pollables, controllers) that a partition holds at a time.
pub const HANDLES: usize = 1_024;
/// Bytes that one call may make the host copy, where the host is not a small device.
pub const CALL_BYTES: usize = 1 << 20;

/// The configuration for engines that compile partitions or load compiled ones: fuel on, NaN bits
/// canonical, relaxed SIMD deterministic, no concurrency, small reservations. With the same
/// settings and engine version a partition spends the same fuel on every machine.
#[cfg(feature = "compile")]
pub fn engine_config() -> wasmtime::Config {
    let mut config = base_config();
    config.cranelift_nan_canonicalization(true);
    config
}

/// [`engine_config`] for partitions that need concurrency. Fuel is not comparable with that of
/// [`engine_config`].
#[cfg(all(feature = "compile", feature = "concurrency"))]
pub fn concurrent_engine_config() -> wasmtime::Config {
    let mut config = engine_config();
    config.concurrency_support(true);
    config.wasm_component_model_async(true);
    config.wasm_component_model_more_async_builtins(true);
    config
}

/// [`engine_config`] for an engine without a compiler: it loads what was compiled elsewhere.
#[cfg(not(feature = "compile"))]
pub fn engine_config() -> wasmtime::Config {
    base_config()
}

/// One list gives the configuration and the text that tells it.
macro_rules! settings {
    ($($name:ident = $value:literal),* $(,)?) => {
        fn base_config() -> wasmtime::Config {
            let mut config = wasmtime::Config::new();
            config$(.$name($value))*;
            config
        }

        /// The settings of [`engine_config`], a line each: native code that was compiled with
        /// others is not loaded.
        pub const ENGINE_SETTINGS: &str = concat!(
            "cranelift_nan_canonicalization=true\n",
            $(stringify!($name), "=", stringify!($value), "\n"),*
        );
    };
}

settings! {
    consume_fuel = true,
    concurrency_support = false,
    gc_support = false,
    relaxed_simd_deterministic = true,
    wasm_custom_page_sizes = true,
    // A few bytes of data are copied sooner than a file in memory is made for them.
    memory_init_cow = false,
    memory_reservation = 0x100_0000,
    memory_reservation_for_growth = 0x10_0000,
    memory_guard_size = 0x1_0000,
}
