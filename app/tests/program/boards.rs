//! Boards on the command line: the lowered system behaves as the other one, keys are openssl's
//! too, and what does not fit is refused by name.

use crate::support::{fine, plain, program, sample, text_of, workspace};
use std::process::Command;

/// Lowering changes memories and nothing that can be seen.
#[test]
fn a_lowered_system_gives_the_same_trace() {
    for project in ["thermal", "antipinch"] {
        let project = sample(project);
        let run = |more: &[&str]| {
            let mut arguments = vec!["simulate", &project, "--for", "5s"];
            arguments.extend(more);
            fine(&arguments)
        };
        let plain = run(&[]);
        assert!(plain["activations"].as_u64().unwrap() > 100);
        let lowered = run(&["--target", "qemu-mps2-an385"]);
        assert_eq!(lowered["trace_hash"], plain["trace_hash"], "{project}");
        let linux = run(&["--target", "linux-x86_64"]);
        assert_eq!(linux["trace_hash"], plain["trace_hash"], "{project}");
    }
}

#[test]
fn what_a_board_does_not_serve_is_refused_with_instance_and_component() {
    let ran = program(&[
        "simulate",
        &sample("thermal"),
        "--target",
        "qemu-netduinoplus2",
    ]);
    assert_eq!(ran.status, 1);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.contains("`sensor` (component `temperature-sensor`) imports `wasi:i2c/i2c@"),
        "{error}"
    );
    // The other ECU reads no bus of its own.
    let cockpit = [
        "simulate",
        &sample("thermal"),
        "--for",
        "1s",
        "--ecu",
        "cockpit",
    ];
    fine(&[&cockpit[..], &["--target", "qemu-netduinoplus2"]].concat());
}

#[test]
fn an_unknown_board_or_ecu_is_a_wrong_call() {
    let project = sample("thermal");
    let ran = program(&["simulate", &project, "--target", "stm32"]);
    assert_eq!(ran.status, 2);
    assert!(ran.json["error"].as_str().unwrap().contains("arduino-due"));
    let ran = program(&[
        "simulate",
        &project,
        "--target",
        "qemu-mps2-an385",
        "--ecu",
        "engine",
    ]);
    assert_eq!(
        ran.json["error"],
        "the project has no ECU `engine` with partitions; choose one of `climate`, `cockpit`"
    );
}

/// A real board: its firmware is linked, not run.
#[test]
fn an_image_for_a_real_board_leaves_in_all_its_forms() {
    let board = "stm32f469-disco";
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let call = ["export", &sample("thermal"), "--target", board, "-o"];
    let written = fine(&[&call[..], &[output.to_str().unwrap()]].concat());
    let files = written["files"].as_array().unwrap();
    let paths: Vec<_> = files
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    for ecu in ["climate", "cockpit"] {
        for ending in ["elf", "hex", "bin", "payload"] {
            let path = format!("{ecu}.{ending}");
            assert!(paths.contains(&path.as_str()), "{path}: {paths:?}");
        }
        let flat = std::fs::read(output.join(format!("{ecu}.bin"))).unwrap();
        let payload = std::fs::read(output.join(format!("{ecu}.payload"))).unwrap();
        let word = |at: usize| u32::from_le_bytes(flat[at..at + 4].try_into().unwrap());
        // The vector table: the stack begins at the end of the core-coupled RAM, the program in
        // bank 1, with the bit of Thumb.
        assert_eq!(word(0), 0x1001_0000, "{ecu}");
        assert!((0x0800_0001..0x080c_0000).contains(&word(4)) && word(4) & 1 == 1);
        // Slot A, as docs/boards/stm32f469-disco.md has it.
        assert!(flat[0xc_0000..].starts_with(&payload), "{ecu}");
        assert_eq!(&payload[16..16 + board.len()], board.as_bytes());
    }
}

#[test]
fn a_board_without_firmware_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let output = text_of(folder.path());
    let ran = program(&[
        "export",
        &sample("thermal"),
        "--target",
        "imxrt700-evk",
        "-o",
        &output,
    ]);
    assert_eq!(ran.status, 2);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.starts_with("there is no firmware for board `imxrt700-evk`"),
        "{error}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_key_is_made_once_and_openssl_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let private = text_of(&folder.path().join("key.pem"));
    let made = fine(&["keygen", "-o", &private]);
    assert_eq!(made["id"].as_str().unwrap().len(), 16);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a private key is its owner's alone");
    }
    let again = program(&["keygen", "-o", &private]);
    assert_eq!(again.status, 2);
    let error = again.json["error"].as_str().unwrap();
    assert!(error.contains("is there already"), "{error}");
    let public = Command::new("openssl")
        .args(["pkey", "-pubout", "-in", &private])
        .output()
        .unwrap();
    let ours = std::fs::read_to_string(format!("{private}.pub")).unwrap();
    assert_eq!(
        String::from_utf8(public.stdout).unwrap().trim(),
        ours.trim()
    );
}

#[test]
fn what_is_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = text_of(&folder.path().join("key.pem"));
    std::fs::write(&path, "no key").unwrap();
    let output = text_of(folder.path());
    let ran = program(&[
        "export",
        &sample("thermal"),
        "--target",
        "qemu-mps2-an385",
        "--key",
        &path,
        "-o",
        &output,
    ]);
    assert_eq!(ran.status, 2);
    let error = ran.json["error"].as_str().unwrap();
    assert!(error.contains("is not an ed25519 private key"), "{error}");
}

/// All sample components fit but those with concurrency; one that grows its memory is told with the
/// function that does it.
#[test]
fn inspect_says_what_fits_microcontrollers() {
    let folder = workspace().join("assets/components");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // Of composition; people do not see it.
            continue;
        }
        let shown = fine(&["inspect", &text_of(&path)]);
        let name = shown["name"].as_str().unwrap();
        if ["radar", "fusion"].contains(&name) {
            let reasons = shown["microcontroller"]["reasons"].to_string();
            assert!(reasons.contains("uses asynchronous calls"), "{reasons}");
            continue;
        }
        if name == "mcp2515" {
            // A driver with resources of its own, on a heap that grows.
            let reasons = shown["microcontroller"]["reasons"].to_string();
            assert!(reasons.contains("grows its memory"), "{reasons}");
            continue;
        }
        assert_eq!(shown["microcontroller"]["fits"], true, "{name}");
        assert!(shown["microcontroller"]["memory_bytes"].as_u64().unwrap() < 20_000);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = text_of(&folder.path().join("growing.wasm"));
    let text = r#"(component (core module (memory 17)
        (func $dlmalloc::sys_alloc (drop (memory.grow (i32.const 1))))))"#;
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    let shown = fine(&["inspect", &path]);
    assert_eq!(shown["microcontroller"]["fits"], false);
    let reason = shown["microcontroller"]["reasons"][0].as_str().unwrap();
    assert!(
        reason.starts_with("grows its memory in `dlmalloc::sys_alloc`"),
        "{reason}"
    );
    assert!(reason.contains("--profile mcu"), "{reason}");
    let text = plain(&["inspect", &path]).output;
    assert!(
        text.contains("// does not fit microcontrollers: it grows"),
        "{text}"
    );
}

#[test]
fn a_native_image_leaves_with_its_c_and_the_portable_parts() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let project = sample("thermal");
    let written = fine(&[
        "export",
        &project,
        "--target",
        "arduino-due",
        "--ecu",
        "climate",
        "-o",
        output.to_str().unwrap(),
    ]);
    let files = written["files"].as_array().unwrap();
    let paths: Vec<_> = files
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    for path in [
        "climate/image.elf",
        "climate/image.hex",
        "climate/image.bin",
        "climate/c/system.c",
        "climate-main.wasm",
        "manifest.json",
    ] {
        assert!(paths.contains(&path), "{path}: {paths:?}");
        assert!(output.join(path).is_file(), "{path}");
    }
    assert!(!paths.iter().any(|path| path.starts_with("cockpit/")));
}

#[test]
fn a_board_without_a_native_path_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let project = sample("thermal");
    let target = ["--target", "qemu-netduinoplus2", "--native"];
    let ran = program(
        &[
            &["export", &project, "-o", output.to_str().unwrap()],
            &target[..],
        ]
        .concat(),
    );
    assert_eq!(ran.status, 2);
    let error = ran.json["error"].as_str().unwrap();
    assert_eq!(
        error,
        "board `qemu-netduinoplus2` has no native path; leave `--native` out"
    );
}
