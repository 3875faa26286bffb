//! Compiled code that outlives the process: a partition with an interpreter in it (Python, JavaScript)
//! takes the compiler many seconds, and is the same at the next run.
//!
//! Why not the engine's own cache: it brings a compressor in C and fifteen crates, for a few files.

use sha2::{Digest, Sha256};
use std::hash::{Hash, Hasher};
use wasmtime::{Engine, component::Component};

/// Smaller partitions are compiled in less than a second, in bytes.
const WORTH_KEEPING: usize = 1 << 20;
/// Behind the code: its SHA-256.
const SEAL: usize = 32;

/// Where code is kept. What comes back is run as machine code after a look at its seal: a store is as
/// trusted as the program itself.
pub trait CodeStore: Send + Sync {
    /// What was kept under this name (letters and digits), if it still is.
    fn get(&self, name: &str) -> Option<Vec<u8>>;
    /// Keeps the bytes or not; nobody depends on it.
    fn put(&self, name: &str, bytes: &[u8]);
}

/// The component, of the store if it is there, else compiled and put there.
pub(super) fn component(
    engine: &Engine,
    bytes: &[u8],
    store: &dyn CodeStore,
) -> wasmtime::Result<Component> {
    if bytes.len() < WORTH_KEEPING {
        return Component::from_binary(engine, bytes);
    }
    let name = name(engine, bytes);
    if let Some(component) = store.get(&name).and_then(|kept| opened(engine, &kept)) {
        return Ok(component);
    }
    let component = Component::from_binary(engine, bytes)?;
    let mut kept = component.serialize()?;
    kept.extend_from_slice(&Sha256::digest(&kept));
    store.put(&name, &kept);
    Ok(component)
}

/// Of the component and of all that its code depends on: version and settings of engine and compiler.
fn name(engine: &Engine, bytes: &[u8]) -> String {
    let mut sum = Sum(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut sum);
    sum.0.update(bytes);
    let sum = sum.0.finalize();
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the engine hashes, as input of SHA-256.
struct Sum(Sha256);

impl Hasher for Sum {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// `None`: it is cut or damaged, or the engine does not take it; then it is compiled anew.
#[expect(
    unsafe_code,
    reason = "the engine has no other way to load code; its seal and its name were checked"
)]
fn opened(engine: &Engine, kept: &[u8]) -> Option<Component> {
    let (code, seal) = kept.split_at_checked(kept.len().checked_sub(SEAL)?)?;
    if Sha256::digest(code).as_slice() != seal {
        return None;
    }
    // SAFETY: these bytes were serialised by the engine of this version with these settings, which
    // the name says, and are as they were, which the seal says.
    unsafe { Component::deserialize(engine, code) }.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    #[derive(Default)]
    struct Shelf {
        kept: Mutex<BTreeMap<String, Vec<u8>>>,
    }

    impl CodeStore for Shelf {
        fn get(&self, name: &str) -> Option<Vec<u8>> {
            self.kept.lock().unwrap().get(name).cloned()
        }

        fn put(&self, name: &str, bytes: &[u8]) {
            let old = self.kept.lock().unwrap().insert(name.into(), bytes.into());
            assert_ne!(old.as_deref(), Some(bytes), "compiled although it was kept");
        }
    }

    fn engine() -> Engine {
        Engine::new(&ecu_host::engine_config()).unwrap()
    }

    /// As large as is worth keeping, by a section that nobody reads.
    fn large() -> Vec<u8> {
        let padding = "x".repeat(WORTH_KEEPING);
        wat::parse_str(format!(
            r#"(component
                (core module $m (func (export "f") (result i32) i32.const 7))
                (core instance $i (instantiate $m))
                (@custom "padding" "{padding}"))"#
        ))
        .unwrap()
    }

    #[test]
    fn what_is_large_is_compiled_once() {
        let shelf = Arc::new(Shelf::default());
        for _ in 0..3 {
            component(&engine(), &large(), shelf.as_ref()).unwrap();
        }
        assert_eq!(shelf.kept.lock().unwrap().len(), 1);
    }

    #[test]
    fn what_is_small_is_not_kept() {
        let shelf = Shelf::default();
        let small = wat::parse_str("(component)").unwrap();
        component(&engine(), &small, &shelf).unwrap();
        assert!(shelf.kept.lock().unwrap().is_empty());
    }

    #[test]
    fn other_settings_are_another_name() {
        let mut config = ecu_host::engine_config();
        config.cranelift_opt_level(wasmtime::OptLevel::None);
        let other = Engine::new(&config).unwrap();
        assert_ne!(name(&engine(), &large()), name(&other, &large()));
        assert_eq!(name(&engine(), &large()).len(), 64);
    }

    #[test]
    fn what_is_damaged_is_compiled_anew() {
        let (engine, shelf) = (engine(), Shelf::default());
        component(&engine, &large(), &shelf).unwrap();
        let name = name(&engine, &large());
        let whole = shelf.get(&name).unwrap();
        let flipped = |at: usize| {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            damaged
        };
        let middle = whole.len() / 2;
        for damaged in [
            Vec::new(),
            whole[..middle].to_vec(),
            flipped(0),
            flipped(middle),
            flipped(whole.len() - 1),
        ] {
            assert!(opened(&engine, &damaged).is_none());
            shelf.kept.lock().unwrap().insert(name.clone(), damaged);
            component(&engine, &large(), &shelf).unwrap();
            assert_eq!(shelf.get(&name).unwrap(), whole);
        }
    }
}
