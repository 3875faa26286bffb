//! The engine of microcontrollers: its hashes say what they are hashes of, and it compiles.
#![allow(clippy::unwrap_used, reason = "a test fails by panics")]

use std::path::Path;

use ecu_host::microcontroller::{SETTINGS, WORLD_SHA256, engine_config};
use wasmtime::Engine;

#[test]
fn the_settings_are_written_out() {
    let lines: Vec<&str> = SETTINGS.lines().collect();
    assert!(lines.contains(&"signals_based_traps=false"), "{SETTINGS}");
    assert!(lines.contains(&"cranelift_nan_canonicalization=true"));
    assert!(lines.contains(&"target=pulley32"));
}

/// Every WIT file of the partition's world is in the hash: a new one is a line there.
#[test]
fn the_world_is_every_file_of_the_world() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../autosar-wit/wit");
    let mut files = wit_files(&folder);
    files.extend(wit_files(&folder.join("deps")));
    files.sort();
    let hash = files
        .iter()
        .fold(sha2_const_stable::Sha256::new(), |hash, path| {
            hash.update(&std::fs::read(path).unwrap())
        });
    assert_eq!(hash.finalize(), WORLD_SHA256, "{files:#?}");
}

fn wit_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "wit"))
        .collect()
}

#[test]
fn it_compiles_for_pulley_and_says_so_in_the_code() {
    let engine = Engine::new(&engine_config().unwrap()).unwrap();
    let code = engine.precompile_module(b"\0asm\x01\0\0\0").unwrap();
    assert!(code.starts_with(b"\x7fELF"));
    let target = b"pulley32";
    assert!(code.windows(target.len()).any(|found| found == target));
}
