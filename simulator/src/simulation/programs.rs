//! Compiled partitions, by the SHA-256 of their bytes: a restart compiles nothing.
//! Knows nothing of systems and time.

use super::{
    error::SimulationError,
    files::sha256_hex,
    kept::{self, CodeStore},
};
use crate::operators::{self, OperatorClass};
use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};
use wasmtime::{Config, Engine, OptLevel, component::Component};

/// One engine and what it has compiled; clones share both. Keep one for the whole process.
#[derive(Clone)]
pub struct Programs {
    engine: Engine,
    /// For partitions whose components wait for each other; made when the first one comes.
    concurrent: Arc<OnceLock<Engine>>,
    concurrent_config: Config,
    compiled: Arc<Mutex<BTreeMap<String, Component>>>,
    /// Of what a partition's limit of fuel is here.
    fuel_limits: u64,
    store: Option<Arc<dyn CodeStore>>,
}

impl Programs {
    /// An engine with the configuration that all hosts share.
    pub fn new() -> Result<Programs, SimulationError> {
        let configs = [
            ecu_host::engine_config(),
            ecu_host::concurrent_engine_config(),
        ];
        Programs::with_configs(configs, 1)
    }

    /// An engine for which each operator of a class takes twice its fuel, so that limits of fuel
    /// are twice as high. Compiles fast: nothing is timed with it.
    pub(super) fn doubling(class: OperatorClass) -> Result<Programs, SimulationError> {
        let configs = [
            ecu_host::engine_config(),
            ecu_host::concurrent_engine_config(),
        ];
        let configs = configs.map(|mut config| {
            config.operator_cost(operators::doubled(class));
            config.cranelift_opt_level(OptLevel::None);
            config
        });
        Programs::with_configs(configs, 2)
    }

    /// Of the engine, and of that for partitions that need concurrency.
    fn with_configs(
        [config, concurrent_config]: [Config; 2],
        fuel_limits: u64,
    ) -> Result<Programs, SimulationError> {
        Ok(Programs {
            engine: engine(&config)?,
            concurrent: Arc::default(),
            concurrent_config,
            compiled: Arc::default(),
            fuel_limits,
            store: None,
        })
    }

    /// The same with a place in which the code of large partitions outlives the process.
    #[must_use]
    pub fn with_store(mut self, store: Arc<dyn CodeStore>) -> Programs {
        self.store = Some(store);
        self
    }

    /// The limit of an activation in this engine's units.
    pub(super) fn fuel_limit(&self, fuel: u64) -> u64 {
        fuel.saturating_mul(self.fuel_limits)
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn engine_for(&self, bytes: &[u8]) -> Result<&Engine, SimulationError> {
        if !ecu_host::needs_concurrency(bytes) {
            return Ok(&self.engine);
        }
        if let Some(engine) = self.concurrent.get() {
            return Ok(engine);
        }
        let engine = engine(&self.concurrent_config)?;
        Ok(self.concurrent.get_or_init(|| engine))
    }

    /// Compiles a partition, or finds it. A component that breaks the compiler gives an error.
    pub(super) fn component(&self, file: &str, bytes: &[u8]) -> Result<Component, SimulationError> {
        let hash = sha256_hex(bytes);
        if let Some(component) = self.lock().get(&hash) {
            return Ok(component.clone());
        }
        let engine = self.engine_for(bytes)?;
        // The compiler panics on some components (8-memories limits); nothing of it is kept then.
        let compiled = catch_unwind(AssertUnwindSafe(|| match &self.store {
            Some(store) => kept::component(engine, bytes, store.as_ref()),
            None => Component::from_binary(engine, bytes),
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

fn engine(config: &Config) -> Result<Engine, SimulationError> {
    Engine::new(config).map_err(|error| SimulationError::Engine {
        reason: error.to_string(),
    })
}

impl fmt::Debug for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Programs")
            .field("compiled", &self.len())
            .finish_non_exhaustive()
    }
}
