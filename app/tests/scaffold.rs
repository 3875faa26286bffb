//! Component projects of every language and profile build and open. Runs in `./check`, which
//! provides zig, and has fetched the crates: cargo is kept off the network here.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use autosar_wit::{component::Direction, read};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wireloom::scaffold::{self, Language, Profile, ScaffoldError};

/// Every kind of type that can be stubbed, at an interface and at the root.
const WORLD: &str = r#"
package my:blower@0.1.0;

interface motor {
    use autosar:rte/types@0.1.0.{rx-error};

    enum mode { off, on }
    flags faults { hot, stalled }
    variant cause { unknown, code(u32), text(string) }
    record step-input { demand: f32, %type: option<mode>, names: list<string> }
    record step-output { duty: f32, mode: mode, faults: faults, cause: cause, pair: tuple<u8, f64> }

    initialize: func();
    step: func(input: step-input) -> step-output;
    duty: func() -> result<f32, rx-error>;
    name: func() -> string;
    limit: func() -> option<u16>;
    reset: func(hard: bool) -> result;
}

world blower {
    import autosar:rte/types@0.1.0;
    export motor;
    export version: func() -> u32;
}
"#;

#[test]
fn rust_for_microcontrollers() {
    builds_and_opens(Language::Rust, Profile::Mcu);
}

#[test]
fn rust() {
    builds_and_opens(Language::Rust, Profile::Default);
}

#[test]
fn c_for_microcontrollers() {
    builds_and_opens(Language::C, Profile::Mcu);
}

#[test]
fn c() {
    builds_and_opens(Language::C, Profile::Default);
}

#[test]
fn cpp_for_microcontrollers() {
    builds_and_opens(Language::Cpp, Profile::Mcu);
}

#[test]
fn cpp() {
    builds_and_opens(Language::Cpp, Profile::Default);
}

#[test]
fn a_name_that_is_no_label_is_refused() {
    let texts = [("blower.wit".to_owned(), WORLD.to_owned())];
    let refused = scaffold::files("../blower", &texts, Language::C, Profile::Mcu);
    assert_eq!(refused, Err(ScaffoldError::Name("../blower".to_owned())));
}

#[test]
fn what_is_no_core_module_is_not_packed() {
    let message = scaffold::pack(b"text").unwrap_err().to_string();
    assert!(
        message.starts_with("this is no core module with a world in it"),
        "{message}"
    );
}

/// A component with a port, as WebAssembly text.
const PORT: &str = r#"(component
    (import "a:b/level@1.0.0" (instance (export "get" (func (result f32))))))"#;

#[test]
fn meanings_become_metadata_and_wrong_ones_say_why() {
    let component = wat::parse_str(PORT).unwrap();
    let described = |text: &str| scaffold::describe(&component, text);
    assert_eq!(described("# nothing yet\n").unwrap(), component);
    let level = described("['a:b/level@1.0.0']\nget = { unit = 'mm' }\n").unwrap();
    let metadata = read::component(&level, "level").unwrap().metadata;
    assert_eq!(
        metadata.ports[0].elements["get"].unit.as_deref(),
        Some("mm")
    );
    let message = described("['a:b/level@1.0.0']\nset = { unit = 'mm' }\n").unwrap_err();
    assert!(
        message
            .to_string()
            .starts_with("`a:b/level@1.0.0` has no element `set`")
    );
    let message = described("[a\n").unwrap_err();
    assert!(message.to_string().contains("line 1"), "{message}");
}

fn builds_and_opens(language: Language, profile: Profile) {
    if std::env::var_os("WIRELOOM_PYTHON").is_none() {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it");
    }
    let folder = tempfile::tempdir().unwrap();
    let texts = [("blower.wit".to_owned(), WORLD.to_owned())];
    let files = scaffold::files("blower", &texts, language, profile).unwrap();
    for (path, contents) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    let component = scaffold::pack(&built(folder.path())).unwrap();
    let opened = read::component(&component, "blower").unwrap();
    let motor = opened.port(Direction::Provided, "my:blower/motor@0.1.0");
    assert!(motor.is_some(), "{opened:?}");
    assert!(opened.port(Direction::Provided, "version").is_some());
    if profile == Profile::Mcu {
        // One page, and nothing that asks for more.
        let text = String::from_utf8_lossy(&component);
        assert!(!text.contains("wasi:"), "no platform is asked for");
        assert!(component.len() < 40_000, "{} bytes", component.len());
    }
}

/// What the project's build script hands to `wireloom pack`.
fn built(folder: &Path) -> Vec<u8> {
    let stand_in = folder.join("stand-in");
    fs::write(&stand_in, "#!/bin/sh\ncp \"$2\" \"$4\"\n").unwrap();
    Command::new("chmod")
        .arg("+x")
        .arg(&stand_in)
        .status()
        .unwrap();
    let output = Command::new("bash")
        .arg(folder.join("build"))
        .env("WIRELOOM", &stand_in)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", shared_target())
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    fs::read(folder.join("blower.wasm")).unwrap()
}

/// Dependencies of the Rust projects are built once.
fn shared_target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("scaffold")
}

/// The command line makes the folder, and its build script ends in `wireloom pack`.
#[test]
fn the_command_line_begins_a_component_that_builds() {
    if std::env::var_os("WIRELOOM_PYTHON").is_none() {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it");
    }
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("blower.wit");
    fs::write(&world, WORLD).unwrap();
    let wireloom = env!("CARGO_BIN_EXE_wireloom");
    let begin = || {
        Command::new(wireloom)
            .args([
                "new",
                "blower",
                "--lang",
                "c++",
                "--profile",
                "mcu",
                "--world",
            ])
            .arg(&world)
            .arg("-o")
            .arg(folder.path())
            .output()
            .unwrap()
    };
    assert_eq!(begin().status.code(), Some(0));
    fs::write(
        folder.path().join("blower/meaning.toml"),
        "['my:blower/motor@0.1.0']\n\"step.duty\" = { unit = \"%\" }\n",
    )
    .unwrap();
    let build = Command::new(folder.path().join("blower/build"))
        .env("WIRELOOM", wireloom)
        .output()
        .unwrap();
    assert!(
        build.status.success(),
        "{}",
        String::from_utf8_lossy(&build.stderr)
    );
    let bytes = fs::read(folder.path().join("blower/blower.wasm")).unwrap();
    let opened = read::component(&bytes, "blower").unwrap();
    let meaning = &opened.metadata.ports[0].elements["step.duty"];
    assert_eq!(meaning.unit.as_deref(), Some("%"));
    let again = begin();
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
}
