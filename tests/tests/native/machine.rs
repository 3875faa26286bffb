//! The project for ESP-IDF on this machine: compiled by its C compiler with every access and every
//! undefined behaviour checked, run over `tests/esp-idf/fake.c`, whose time is virtual.

use super::{
    image::{compile, write},
    qemu::{Part, image_for},
};
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

pub(crate) struct Machine {
    folder: TempDir,
}

const FLAGS: &str = "-std=gnu17 -O0 -w -fsanitize=address,undefined -fno-sanitize-recover=all \
    -DWL_TRACE_VALUES -DWL_GUEST_STACK_BYTES=1048576u -Ic";

impl Machine {
    pub(crate) fn new(system: &deployment::System, parts: &[Part]) -> Machine {
        let folder = tempfile::tempdir().unwrap();
        let files = image_for("esp32-wrover", system, parts, true).files;
        write(folder.path(), &files);
        let idf = Path::new(env!("CARGO_MANIFEST_DIR")).join("esp-idf");
        let include = format!("-I{}", idf.display());
        let fakes = [idf.join("fake.c"), idf.join("fake_io.c")];
        let mut arguments: Vec<&str> = FLAGS.split_whitespace().collect();
        arguments.push(&include);
        arguments.extend(fakes.iter().map(|fake| fake.to_str().unwrap()));
        let sources = files.keys().filter(|path| path.ends_with(".c"));
        // A translated module is a part of its partition's file.
        let sources = sources.filter(|path| !path.starts_with("c/module"));
        arguments.extend(sources.map(String::as_str));
        arguments.extend(["-lm", "-o", "machine"]);
        compile("gcc", folder.path(), &arguments);
        Machine { folder }
    }

    /// All lines of a run: the log, and frames behind `frame `.
    /// Its non-volatile memory is what the run before has left there.
    pub(crate) fn run(&self, milliseconds: u32, script: &str) -> Vec<String> {
        let mut child = Command::new(self.folder.path().join("machine"))
            .args([milliseconds.to_string(), "27500".to_owned()])
            .env("ASAN_OPTIONS", "detect_leaks=0")
            .env("FAKE_NVS", self.folder.path().join("nvs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(script.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let lines = String::from_utf8(output.stdout).unwrap();
        lines.lines().map(str::to_owned).collect()
    }
}

/// The frames that a machine has sent.
pub(crate) fn frames(lines: &[String]) -> Vec<String> {
    let frames = lines.iter().filter_map(|line| line.strip_prefix("frame "));
    frames.map(str::to_owned).collect()
}
