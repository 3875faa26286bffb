//! Writes the linker script's memory map from the same table that the program has, and holds that
//! table against the sectors of the flash: a region is whole sectors, and no two share one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a build script fails by panics"
)]

use std::{env, fs, path::PathBuf};

use stm32f4_drivers::flash::whole_sectors;

#[path = "src/layout.rs"]
mod layout;

fn main() {
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    check_sectors();
    fs::write(folder.join("memory.x"), layout::LAYOUT.linker_script()).unwrap();
    println!("cargo:rustc-link-search={}", folder.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=--nmagic");
    // Names the functions at the addresses that a fault is logged with; the image has no names.
    let map = folder.join("firmware.map");
    println!("cargo:rustc-link-arg-bins=-Map={}", map.display());
    println!("cargo:rerun-if-changed=src/layout.rs");
}

fn check_sectors() {
    let [a, b] = layout::LAYOUT.slots;
    let regions = [
        layout::LAYOUT.firmware,
        layout::LAYOUT.state,
        layout::BLOCKS,
        a,
        b,
    ];
    let mut sectors = regions.map(|region| {
        whole_sectors(region.address..region.address + region.bytes)
            .expect("a region of src/layout.rs does not consist of whole sectors")
    });
    sectors.sort_by_key(|sectors| sectors.start);
    let apart = sectors.is_sorted_by(|one, next| one.end <= next.start);
    assert!(apart, "two regions of src/layout.rs share a sector");
}
