//! Compiled partitions, by the SHA-256 of their bytes: a restart compiles nothing.
//! Knows nothing of systems and time.

use super::{error::SimulationError, files::sha256_hex};
use crate::operators::{self, OperatorClass};
use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use wasmtime::{Config, Engine, OptLevel, component::Component};

/// One engine and what it has compiled; clones share both. Keep one for the whole process.
#[derive(Clone)]
pub struct Programs {
    engine: Engine,
    compiled: Arc<Mutex<BTreeMap<String, Component>>>,
    /// Of what a partition's limit of fuel is here.
    fuel_limits: u64,
}

impl Programs {
    /// An engine with the configuration that all hosts share.
    pub fn new() -> Result<Programs, SimulationError> {
        Programs::with_config(&ecu_host::engine_config(), 1)
    }

    /// An engine for which each operator of a class takes twice its fuel, so that limits of fuel
    /// are twice as high. Compiles fast: nothing is timed with it.
    pub(super) fn doubling(class: OperatorClass) -> Result<Programs, SimulationError> {
        let mut config = ecu_host::engine_config();
        config.operator_cost(operators::doubled(class));
        config.cranelift_opt_level(OptLevel::None);
        Programs::with_config(&config, 2)
    }

    fn with_config(config: &Config, fuel_limits: u64) -> Result<Programs, SimulationError> {
        let engine = Engine::new(config).map_err(|error| SimulationError::Engine {
            reason: error.to_string(),
        })?;
        Ok(Programs {
            engine,
            compiled: Arc::default(),
            fuel_limits,
        })
    }

    /// The limit of an activation in this engine's units.
    pub(super) fn fuel_limit(&self, fuel: u64) -> u64 {
        fuel.saturating_mul(self.fuel_limits)
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Compiles a partition, or finds it. A component that breaks the compiler gives an error.
    pub(super) fn component(&self, file: &str, bytes: &[u8]) -> Result<Component, SimulationError> {
        let hash = sha256_hex(bytes);
        if let Some(component) = self.lock().get(&hash) {
            return Ok(component.clone());
        }
        // The compiler panics on some components (8-memories limits); nothing of it is kept then.
        let compiled = catch_unwind(AssertUnwindSafe(|| {
            Component::from_binary(&self.engine, bytes)
        }));
        let file = file.to_owned();
        match compiled {
            Ok(Ok(component)) => {
                self.lock().insert(hash, component.clone());
                Ok(component)
            }
            Ok(Err(error)) => Err(SimulationError::Compile {
                file,
                reason: format!("{error:#}"),
            }),
            Err(_) => Err(SimulationError::CompilerPanic { file }),
        }
    }

    /// How many partitions are kept.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nothing has been compiled.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Component>> {
        // The map is whole between calls, whoever panicked elsewhere.
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Programs")
            .field("compiled", &self.len())
            .finish_non_exhaustive()
    }
}
