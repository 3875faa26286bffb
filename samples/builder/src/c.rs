//! C and C++ guests: bindings by wit-bindgen's C generator, compiled and linked by zig without a
//! C library; the few functions that the bindings need stand in `guest-runtime/c`.
//! Knows nothing of components.

use crate::{
    component::{self, Resolved},
    guest::{Guest, Language},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wit_bindgen_core::Files;

const PAGE_BYTES: u32 = 65_536;

/// Common to compiling and linking: no unwinding, no debug information with paths.
const COMMON: [&str; 6] = [
    "--target=wasm32-freestanding",
    "-ffreestanding",
    "-fno-exceptions",
    "-fno-sanitize=all",
    "-Wall",
    "-Werror",
];

/// The core module.
pub(crate) fn build(samples: &Path, scratch: &Path, guest: &Guest) -> Result<Vec<u8>> {
    let folder = scratch.join("c").join(&guest.name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let wit = samples.join(&guest.sample).join("wit");
    let bindings = generate(&folder, &component::resolve(&wit, &guest.world)?)?;
    let runtime = samples.join("guest-runtime").join("c");
    let own = sources(&samples.join(&guest.sample).join(&guest.name))?;
    let runtime_sources = sources(&runtime)?;
    let mut objects = vec![bindings.world];
    let all = bindings.sources.iter().chain(&runtime_sources).chain(&own);
    for (index, source) in all.enumerate() {
        objects.push(compile(
            source,
            &folder.join(format!("{index}.o")),
            &folder,
            &runtime,
        )?);
    }
    let module = folder.join("module.wasm");
    link(&objects, &module, guest.stack_bytes)?;
    fs::read(&module).with_context(|| format!("zig has not left `{}`", module.display()))
}

/// What the generator leaves besides the header.
struct Bindings {
    sources: Vec<PathBuf>,
    /// An object file that carries the world in a custom section.
    world: PathBuf,
}

fn generate(folder: &Path, resolved: &Resolved) -> Result<Bindings> {
    let mut files = Files::default();
    let mut resolve = resolved.resolve.clone();
    wit_bindgen_c::Opts::default()
        .build()
        .generate(&mut resolve, resolved.world, &mut files)?;
    let mut sources = Vec::new();
    let mut world = None;
    for (name, contents) in files.iter() {
        let path = folder.join(name);
        fs::write(&path, contents).with_context(|| format!("cannot write `{}`", path.display()))?;
        if name.ends_with(".c") {
            sources.push(path);
        } else if name.ends_with(".o") {
            world = Some(path);
        }
    }
    let world = world.context("the generator has left no object file with the world")?;
    Ok(Bindings { sources, world })
}

/// C and C++ files of a folder, sorted.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if language(&path).is_some() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn language(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        "c" => Some(Language::C),
        "cpp" => Some(Language::Cxx),
        _ => None,
    }
}

fn compile(source: &Path, object: &Path, bindings: &Path, runtime: &Path) -> Result<PathBuf> {
    let mut command = zig(language(source) == Some(Language::Cxx))?;
    command.args(COMMON).arg("-Oz");
    if language(source) == Some(Language::Cxx) {
        command.args(["-std=c++20", "-fno-rtti", "-fno-threadsafe-statics"]);
    } else {
        command.arg("-std=c17");
    }
    command
        .arg("-I")
        .arg(runtime)
        .arg("-I")
        .arg(bindings)
        .arg("-c")
        .arg(source)
        .arg("-o")
        .arg(object);
    run(command, source)?;
    Ok(object.to_path_buf())
}

/// One page from start to end of life; zig puts the stack first, so that its overflow traps.
fn link(objects: &[PathBuf], module: &Path, stack_bytes: u32) -> Result<()> {
    let mut command = zig(false)?;
    command
        .args(COMMON)
        // At the smallest size zig strips the names of functions, which a trap's backtrace shows.
        .arg("-O2")
        .args(["-nostdlib", "-Wl,--no-entry", "-Wl,--gc-sections"])
        .args(["-Wl,--export=__heap_base", "-Wl,--export=cabi_realloc"])
        .arg(format!("-Wl,-z,stack-size={stack_bytes}"))
        .arg(format!("-Wl,--initial-memory={PAGE_BYTES}"))
        .arg(format!("-Wl,--max-memory={PAGE_BYTES}"))
        .args(objects)
        .arg("-o")
        .arg(module);
    run(command, module)
}

fn zig(cxx: bool) -> Result<Command> {
    let mut command = match std::env::var_os("WIRELOOM_PYTHON") {
        Some(python) => {
            let mut command = Command::new(python);
            command.args(["-m", "ziglang"]);
            command
        }
        None => Command::new("zig"),
    };
    command.arg(if cxx { "c++" } else { "cc" });
    Ok(command)
}

fn run(mut command: Command, what: &Path) -> Result<()> {
    let status = command.status().context(
        "cannot start zig; `pip install ziglang` and WIRELOOM_PYTHON=<that python> provide it",
    )?;
    if !status.success() {
        bail!("zig failed on `{}`", what.display());
    }
    Ok(())
}
