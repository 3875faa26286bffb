//! Writes the linker script's memory map from the same table that the program has.
#![allow(clippy::unwrap_used, reason = "a build script fails by panics")]

use std::{env, fs, path::PathBuf};

#[path = "src/layout.rs"]
mod layout;

fn main() {
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    fs::write(folder.join("memory.x"), layout::LAYOUT.linker_script()).unwrap();
    println!("cargo:rustc-link-search={}", folder.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=--nmagic");
    // Names the functions at the addresses that a fault is logged with; the image has no names.
    let map = folder.join("firmware.map");
    println!("cargo:rustc-link-arg-bins=-Map={}", map.display());
    println!("cargo:rerun-if-changed=src/layout.rs");
}
