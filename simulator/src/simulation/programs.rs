//! Compiled partitions, by the SHA-256 of their bytes: a restart compiles nothing.
//! Knows nothing of systems and time.

use super::{error::SimulationError, files::sha256_hex};
use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use wasmtime::{Engine, component::Component};

/// One engine and what it has compiled; clones share both. Keep one for the whole process.
#[derive(Clone)]
pub struct Programs {
    engine: Engine,
    compiled: Arc<Mutex<BTreeMap<String, Component>>>,
}

impl Programs {
    /// An engine with the configuration that all hosts share.
    pub fn new() -> Result<Programs, SimulationError> {
        let engine =
            Engine::new(&ecu_host::engine_config()).map_err(|error| SimulationError::Engine {
                reason: error.to_string(),
            })?;
        Ok(Programs {
            engine,
            compiled: Arc::default(),
        })
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
