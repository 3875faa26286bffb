//! The engine of microcontrollers: one list of settings for who compiles partitions and who runs
//! them, and the hashes by which a payload and a firmware know that they belong together. Knows
//! nothing of boards.
//!
//! A partition is one core module there (`exporter::native::flatten_for_engine`); the form of its
//! imports stands in the settings, so that a firmware never takes a partition of another form.
//!
//! Partitions are compiled to Pulley's portable 32-bit instructions; on a Cortex-M they run where
//! they lie in flash. A device without virtual memory has no guard pages and no signals: every
//! access is checked in code.

use sha2_const_stable::Sha256;

/// What partitions are compiled for.
pub const TARGET: &str = "pulley32";

/// The version of wasmtime that compiles and runs partitions (a test holds it against the lock
/// file); compiled code fits no other one, and the engine itself looks at the major number only.
pub const WASMTIME_VERSION: &str = "48.0.8";

/// One list gives the configuration and the text that is hashed.
macro_rules! settings {
    ($($name:ident = $value:literal),* $(,)?) => {
        fn apply(config: &mut wasmtime::Config) {
            $(config.$name($value);)*
        }

        /// The settings in words, a line each: what [`CONFIG_SHA256`] is the hash of.
        pub const SETTINGS: &str = concat!(
            "target=pulley32\nform=flattened 1\ncranelift_nan_canonicalization=true\n",
            $(stringify!($name), "=", stringify!($value), "\n"),*
        );
    };
}

settings! {
    concurrency_support = false,
    consume_fuel = true,
    gc_support = false,
    generate_address_map = false,
    memory_guard_size = 0,
    memory_init_cow = false,
    memory_reservation = 0,
    memory_reservation_for_growth = 0,
    relaxed_simd_deterministic = true,
    signals_based_traps = false,
    wasm_custom_page_sizes = true,
}

/// SHA-256 of [`SETTINGS`].
pub const CONFIG_SHA256: [u8; 32] = Sha256::new().update(SETTINGS.as_bytes()).finalize();

/// SHA-256 of the WIT files that a partition's world is made of: the interfaces that this host
/// serves, as they were when it was built.
#[allow(
    long_running_const_eval,
    reason = "hashed while compiling, so that a firmware carries 32 bytes instead of the text"
)]
pub const WORLD_SHA256: [u8; 32] = Sha256::new()
    .update(include_bytes!("../../autosar-wit/wit/autosar-can.wit"))
    .update(include_bytes!("../../autosar-wit/wit/autosar-rte.wit"))
    .update(include_bytes!("../../autosar-wit/wit/deps/gpio.wit"))
    .update(include_bytes!("../../autosar-wit/wit/deps/i2c.wit"))
    .update(include_bytes!("../../autosar-wit/wit/deps/io.wit"))
    .update(include_bytes!("../../autosar-wit/wit/deps/spi.wit"))
    .update(include_bytes!("../../autosar-wit/wit/wireloom-ecu.wit"))
    .finalize();

/// The configuration for engines that compile partitions for microcontrollers.
#[cfg(feature = "compile")]
pub fn engine_config() -> wasmtime::Result<wasmtime::Config> {
    let mut config = wasmtime::Config::new();
    apply(&mut config);
    config.target(TARGET)?.cranelift_nan_canonicalization(true);
    // A device's engine does not have it, and refuses code that was compiled with it.
    #[cfg(feature = "component")]
    config.wasm_component_model(false);
    Ok(config)
}

/// The configuration for the engine on a microcontroller. The device itself sets how much stack
/// guests have (`max_wasm_stack`, `async_stack_size`): compiled code does not depend on it.
#[cfg(not(feature = "compile"))]
pub fn engine_config() -> wasmtime::Result<wasmtime::Config> {
    let mut config = wasmtime::Config::new();
    apply(&mut config);
    Ok(config)
}
