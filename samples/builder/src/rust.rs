//! Rust guests: cargo for wasm32-unknown-unknown, without a trace of the folders it ran in.
//! Knows nothing of components.

use crate::guest::{Guest, Heap};
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const TARGET: &str = "wasm32-unknown-unknown";
const PAGE_BYTES: u32 = 65_536;
/// Between the flags of CARGO_ENCODED_RUSTFLAGS.
const SEPARATOR: &str = "\u{1f}";

/// The core module.
pub(crate) fn build(samples: &Path, scratch: &Path, guest: &Guest) -> Result<Vec<u8>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = scratch.join("rust");
    // Flags are per guest, since stacks differ: as `cargo rustc` arguments, so that dependencies
    // are built once for all.
    let status = Command::new(cargo)
        .current_dir(samples)
        .args([
            "rustc",
            "--quiet",
            "--locked",
            "--lib",
            "--crate-type",
            "cdylib",
        ])
        .args([
            "--profile",
            "guest",
            "--target",
            TARGET,
            "--package",
            &guest.name,
        ])
        .arg("--target-dir")
        .arg(&target)
        .arg("--")
        .args(linker_flags(guest))
        .env_remove("RUSTFLAGS")
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            remapped(samples)?.join(SEPARATOR),
        )
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!(
            "cargo failed on `{}`; is its target there? `rustup target add {TARGET}` adds it",
            guest.name
        );
    }
    let file = format!("{}.wasm", guest.name.replace('-', "_"));
    let path = target.join(TARGET).join("guest").join(file);
    std::fs::read(&path).with_context(|| format!("cargo has not left `{}`", path.display()))
}

/// The stack first so that its overflow traps; one page from start to end of life, unless it grows.
fn linker_flags(guest: &Guest) -> Vec<String> {
    let mut arguments = vec![
        format!("-zstack-size={}", guest.stack_bytes),
        "--stack-first".to_owned(),
    ];
    if guest.heap == Heap::Arena {
        arguments.push(format!("--initial-memory={PAGE_BYTES}"));
        arguments.push(format!("--max-memory={PAGE_BYTES}"));
    }
    arguments
        .into_iter()
        .map(|argument| format!("-Clink-arg={argument}"))
        .collect()
}

/// Paths of this machine, by names that are the same on all.
fn remapped(samples: &Path) -> Result<Vec<String>> {
    let sysroot = printed("rustc", &["--print", "sysroot"])?;
    let version = printed("rustc", &["--version", "--verbose"])?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))
        .unwrap_or("unknown");
    let library = format!("{sysroot}/lib/rustlib/src/rust");
    let root = samples.parent().unwrap_or(samples);
    Ok([
        // The crate that the studio and a guest share.
        (
            root.join("protection").display().to_string(),
            "/protection".to_owned(),
        ),
        (samples.display().to_string(), "/samples".to_owned()),
        (cargo_home()?.display().to_string(), "/cargo".to_owned()),
        (sysroot, "/rust".to_owned()),
        (library, format!("/rustc/{commit}")),
    ]
    .map(|(from, to)| format!("--remap-path-prefix={from}={to}"))
    .to_vec())
}

fn printed(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("cannot start `{program}`"))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn cargo_home() -> Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = std::env::home_dir().context("there is no home folder; set CARGO_HOME")?;
    Ok(home.join(".cargo"))
}
