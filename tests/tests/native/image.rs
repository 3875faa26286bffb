//! The C of a project: without a warning where a strict compiler reads it, and whole for a board
//! whose own build system compiles it.

use super::{composed::composed, qemu::image_for};
use std::{path::Path, process::Command};

pub(crate) fn write(folder: &Path, files: &exporter::Files) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

pub(crate) fn compile(compiler: &str, folder: &Path, arguments: &[&str]) {
    let output = Command::new(compiler)
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.unwrap_or_else(|error| {
        panic!("{compiler} could not be started ({error}): `./check` installs it")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
}

#[test]
fn the_runtime_compiles_without_a_warning() {
    let composed = composed("thermal");
    let parts: Vec<_> = composed
        .partitions
        .iter()
        .filter(|one| one.ecu == "climate")
        .map(|one| (one.deployment.clone(), one.bytes.clone()))
        .collect();
    for board in ["qemu-mps2-an385", "arduino-due"] {
        let folder = tempfile::tempdir().unwrap();
        let files = image_for(board, &composed.system, &parts, false).files;
        write(folder.path(), &files);
        let sources = files.keys().filter(|path| path.ends_with(".c"));
        let ours = sources
            .filter(|path| !path.starts_with("c/module") && !path.starts_with("c/partition"));
        for source in ours {
            let flags = "-mcpu=cortex-m3 -mthumb -Os -std=gnu11 -ffreestanding -Wall -Wextra -Werror -Wshadow -Ic -Ic/freestanding -fsyntax-only";
            let mut arguments: Vec<_> = flags.split(' ').collect();
            arguments.push(source);
            compile("arm-none-eabi-gcc", folder.path(), &arguments);
        }
    }
}

/// The functions that stand in for a C library, against this machine's.
#[test]
fn what_stands_in_for_a_c_library_is_exact() {
    runs_here("agree.c");
}

#[test]
fn blocks_in_the_flash_of_the_due_survive_failures_of_power() {
    runs_here("due_nv.c");
}

/// A program of `tests/freestanding` over the sources of the native runtime.
fn runs_here(program: &str) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let source = tests.join("freestanding").join(program);
    let include = format!("-I{}", tests.join("../exporter/native").display());
    let program = folder.path().join("agree");
    let (source, program) = (source.to_str().unwrap(), program.to_str().unwrap());
    let flags = [
        "-std=gnu17",
        "-O1",
        "-fno-builtin",
        &include,
        source,
        "-lm",
        "-o",
        program,
    ];
    compile("gcc", folder.path(), &flags);
    compile(program, folder.path(), &[]);
}

/// ESP-IDF is not here: the C is held against declarations of what it calls.
#[test]
fn the_project_for_esp_idf_is_whole() {
    let composed = composed("thermal");
    let parts: Vec<_> = composed
        .partitions
        .iter()
        .filter(|one| one.ecu == "climate")
        .map(|one| (one.deployment.clone(), one.bytes.clone()))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let image = image_for("esp32-wrover", &composed.system, &parts, false);
    write(folder.path(), &image.files);
    assert!(image.flash_bytes.is_none());
    let declarations = Path::new(env!("CARGO_MANIFEST_DIR")).join("esp-idf");
    let declarations = format!("-I{}", declarations.display());
    let list = String::from_utf8(image.files["c/main/CMakeLists.txt"].clone()).unwrap();
    for source in image.files.keys().filter(|path| path.ends_with(".c")) {
        let name = source.strip_prefix("c/").unwrap();
        if name.starts_with("module") {
            continue;
        }
        assert!(
            list.contains(name) || name.starts_with("partition"),
            "{name}"
        );
        let flags = "-std=gnu17 -Wall -Wextra -Werror -Ic -fsyntax-only";
        let mut arguments: Vec<_> = flags.split(' ').collect();
        // Nobody reads the warnings about translated code.
        arguments.extend(name.starts_with("partition").then_some("-w"));
        arguments.extend([declarations.as_str(), source]);
        compile("gcc", folder.path(), &arguments);
    }
}
