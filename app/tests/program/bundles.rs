//! Bundles of Linux ECUs on the real programs: what `export` writes runs by itself, gives the frames
//! of the simulation, and refuses what was changed or made for another engine.

use crate::{
    run::{PATIENT, by_id, same_frames},
    support::{fine, frames, plain, sample, text_of, workspace},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};
use tempfile::TempDir;

/// The programs of this build where `scripts/build-runner` would have put those that are shipped.
pub(crate) fn programs() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join(std::env::consts::ARCH);
        fs::create_dir(&place).unwrap();
        let built = Path::new(env!("CARGO_BIN_EXE_wireloom")).with_file_name("wireloom-ecu");
        assert!(
            built.is_file(),
            "`{}`: cargo build -p runner",
            built.display()
        );
        // Both are the one without zenoh here; scripts/test-ethernet has the other.
        for name in ["wireloom-ecu", "wireloom-ecu-ethernet"] {
            std::os::unix::fs::symlink(&built, place.join(name)).unwrap();
        }
        folder
    });
    folder.path()
}

pub(crate) const BOARD: &str = match cfg!(target_arch = "aarch64") {
    true => "linux-aarch64",
    false => "linux-x86_64",
};

pub(crate) fn export(project: &str, to: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .args(["export", project, "--target", BOARD, "-o"])
        .arg(to)
        .env("WIRELOOM_ECU_PROGRAMS", programs())
        .output()
        .unwrap()
}

/// The bundles of `thermal`, made once.
fn thermal() -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let exported = export(&sample("thermal"), folder.path());
        assert!(exported.status.success(), "{exported:?}");
        folder
    });
    folder.path().to_owned()
}

/// A copy of one ECU's bundle, to be changed.
pub(crate) fn copy(ecu: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-R")
        .arg(thermal().join(ecu).join("."))
        .arg(folder.path())
        .status();
    assert!(copied.unwrap().success());
    folder
}

fn check(bundle: &Path) -> Output {
    Command::new(bundle.join("wireloom-ecu"))
        .arg("--check")
        .arg(bundle)
        .output()
        .unwrap()
}

pub(crate) fn errors(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn ecus() -> Vec<String> {
    let folders = fs::read_dir(thermal()).unwrap().flatten();
    let mut names: Vec<_> = folders
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn bundles_give_the_frames_of_the_simulation() {
    let folder = tempfile::tempdir().unwrap();
    let (simulated, real) = (folder.path().join("simulated"), folder.path().join("real"));
    let project = sample("thermal");
    fine(&[
        "simulate",
        &project,
        "--for",
        "2s",
        "--trace",
        &text_of(&simulated),
    ]);
    let bundles = text_of(&thermal());
    let trace = text_of(&real);
    let call = [
        "run",
        &project,
        "--bundles",
        &bundles,
        "--for",
        "2s",
        "--trace",
        &trace,
    ];
    let ran = fine(&[&call[..], &PATIENT].concat());
    assert_eq!(ran["incidents"].as_array().unwrap().len(), 0, "{ran}");
    same_frames(&by_id(frames(&simulated)), &by_id(frames(&real)));
}

#[test]
fn a_bundle_has_all_that_a_vehicle_and_a_rebuild_need() {
    for ecu in ecus() {
        let bundle = thermal().join(&ecu);
        for file in [
            "README.md",
            "SHA256SUMS",
            "bundle.json",
            "ecu.toml",
            "install.sh",
            "manifest.json",
            "recipe.json",
            "sbom.spdx.json",
            "slot",
            "system.json",
            "wireloom-ecu",
        ] {
            assert!(bundle.join(file).is_file(), "{ecu}/{file}");
        }
        assert!(bundle.join(format!("wireloom-{ecu}.service")).is_file());
        let mode = fs::metadata(bundle.join("wireloom-ecu"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o111, 0o111, "the program can be started");
        // Another reader than ours holds the hashes against the files.
        let sums = Command::new("sha256sum")
            .args(["--quiet", "--check", "SHA256SUMS"])
            .current_dir(&bundle)
            .status();
        assert!(sums.unwrap().success());
        assert!(check(&bundle).status.success());
        let listed = Command::new("tar")
            .arg("tf")
            .arg(thermal().join(format!("{ecu}.tar")))
            .output()
            .unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert!(
            listed
                .lines()
                .any(|line| line == format!("{ecu}/wireloom-ecu"))
        );
    }
}

#[test]
fn the_same_project_gives_the_same_bundle() {
    let again = tempfile::tempdir().unwrap();
    assert!(export(&sample("thermal"), again.path()).status.success());
    for ecu in ecus() {
        let sums = |folder: &Path| fs::read(folder.join(&ecu).join("SHA256SUMS")).unwrap();
        assert_eq!(sums(&thermal()), sums(again.path()));
    }
}

#[test]
fn what_was_changed_is_refused_by_name() {
    let ecu = &ecus()[0];
    let native = |bundle: &Path| -> Vec<String> {
        let files = fs::read_dir(bundle.join("native")).unwrap().flatten();
        files
            .map(|file| format!("native/{}", file.file_name().into_string().unwrap()))
            .collect()
    };
    let mut files = native(copy(ecu).path());
    files.push("system.json".to_owned());
    for file in files {
        let bundle = copy(ecu);
        let path = bundle.path().join(&file);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        let words = errors(&check(bundle.path()));
        assert!(
            words.contains(&file) && words.contains("is not the file that was exported"),
            "{words}"
        );
    }
}

#[test]
fn native_code_for_another_engine_is_refused_in_words() {
    for (field, value, words) in [
        (
            "wasmtime",
            "47.0.1",
            "made for wasmtime 47.0.1, this program has",
        ),
        ("architecture", "riscv64", "made for processor riscv64"),
        ("settings_sha256", "00", "made for engine settings 00"),
    ] {
        let bundle = copy(&ecus()[0]);
        let path = bundle.path().join("bundle.json");
        let mut json: serde_json::Value =
            serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        json["engine"][field] = value.into();
        fs::write(&path, json.to_string()).unwrap();
        let said = errors(&check(bundle.path()));
        assert!(
            said.contains(words) && said.contains("`wireloom rebuild`"),
            "{said}"
        );
    }
}

#[test]
fn code_that_the_engine_does_not_take_is_refused_though_its_hash_fits() {
    let bundle = copy(&ecus()[0]);
    let path = bundle.path().join("bundle.json");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let code = json["partitions"][0]["code"].as_str().unwrap().to_owned();
    fs::write(bundle.path().join(code), b"no code").unwrap();
    json["partitions"][0]["code_sha256"] = simulator::sha256_hex(b"no code").into();
    fs::write(&path, json.to_string()).unwrap();
    fs::write(bundle.path().join("ecu.toml"), "").unwrap();
    let ran = Command::new(bundle.path().join("wireloom-ecu"))
        .args(["--for-ms", "1"])
        .arg(bundle.path())
        .output()
        .unwrap();
    let words = errors(&ran);
    assert!(
        words.contains("can not be loaded") && words.contains("export the bundle again"),
        "{words}"
    );
}

#[test]
fn a_configuration_with_a_mistake_is_refused() {
    let bundle = copy(&ecus()[0]);
    for (text, words) in [
        ("[buses.can0]\nkind = \"hub\"\nspeed = 1", "unknown field"),
        ("[realtime]\nurgency = 80", "unknown field `urgency`"),
        ("[buses.can0]\nkind = \"kan\"", "unknown variant `kan`"),
        ("[realtime]\npriority = 100", "priority 100 is none"),
        (
            "[pins.a]\nkind = \"analog-file\"\nfile = \"x\"\ndirection = \"in\"\nfull-scale = 0",
            "full scale of 0",
        ),
        (
            "[buses.s]\nkind = \"spidev\"\ndevice = \"x\"\nclock-hz = 1\nmode = 4",
            "mode 4; give 0 to 3",
        ),
        (
            "[otlp]\naddress = \"127.0.0.1:1\"\nevery-s = 0",
            "give at least 1",
        ),
        (
            "[networks.eth0]\nkind = \"hub\"\nspeed = 1",
            "unknown field `speed`",
        ),
        (
            "[networks.eth0]\nkind = \"zenoh\"",
            "network `eth0` neither listens nor connects; give `listen` or `connect` an endpoint",
        ),
        (
            "[networks.eth0]\nkind = \"zenoh\"\nconnect = [\"tcp/climate\"]",
            "network `eth0`: `tcp/climate` is no endpoint; give `tcp/HOST:PORT`",
        ),
        (
            "[networks.eth0]\nkind = \"zenoh\"\nlisten = [\"udp/0.0.0.0:7447\"]",
            "`udp/0.0.0.0:7447` is no endpoint",
        ),
    ] {
        fs::write(bundle.path().join("ecu.toml"), text).unwrap();
        let said = errors(&check(bundle.path()));
        assert!(said.contains(words), "{text}: {said}");
    }
}

#[test]
fn buses_that_cannot_be_opened_are_named() {
    let bundle = copy(&ecus()[0]);
    for (text, words) in [
        (
            "[buses.can7]\nkind = \"hub\"",
            "`can7` is one of the hub, and no hub was named",
        ),
        (
            "[buses.can7]\nkind = \"socketcan\"\ninterface = \"can7\"",
            "binds bus `can7`, which the system does not have",
        ),
        (
            "[buses.can0]\nkind = \"i2c-dev\"\ndevice = \"/dev/null\"",
            "`can0` to a device of another kind",
        ),
        (
            "[networks.eth7]\nkind = \"hub\"",
            "`eth7` is one of the hub, and no hub was named",
        ),
        (
            "[networks.eth7]\nkind = \"zenoh\"\nlisten = [\"tcp/127.0.0.1:7447\"]",
            "binds network `eth7`, which the system does not have",
        ),
    ] {
        fs::write(bundle.path().join("ecu.toml"), text).unwrap();
        let ran = Command::new(bundle.path().join("wireloom-ecu"))
            .args(["--for-ms", "1"])
            .arg(bundle.path())
            .output()
            .unwrap();
        let said = errors(&ran);
        assert!(said.contains(words), "{text}: {said}");
    }
}

#[test]
fn without_the_program_the_export_says_how_to_build_it() {
    let (empty, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let exported = Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .args([
            "export",
            &sample("thermal"),
            "--target",
            "linux-aarch64",
            "-o",
        ])
        .arg(to.path())
        .env("WIRELOOM_ECU_PROGRAMS", empty.path())
        .output()
        .unwrap();
    let words = errors(&exported);
    assert!(
        words.contains("build it by `scripts/build-runner aarch64`"),
        "{words}"
    );
    assert!(
        fs::read_dir(to.path()).unwrap().next().is_none(),
        "nothing is written"
    );
}

#[test]
fn mistyped_arguments_of_the_program_are_told() {
    let bundle = thermal().join(&ecus()[0]);
    for (arguments, words) in [
        (vec!["--hub", "here"], "`here` is no IP address with a port"),
        (
            vec!["--for-ms", "soon"],
            "`--for-ms` takes a number, not `soon`",
        ),
        (vec!["--hub"], "`--hub` takes a value"),
        (vec!["--hup", "x"], "unknown option `--hup`"),
        (vec!["a", "b"], "one bundle is run"),
        (vec![], "which bundle?"),
    ] {
        let said = Command::new(bundle.join("wireloom-ecu"))
            .args(&arguments)
            .output()
            .unwrap();
        assert_eq!(said.status.code(), Some(2));
        assert!(errors(&said).contains(words), "{said:?}");
    }
    let unknown = plain(&["export", "x", "--target", "linux-m68k", "-o", "y"]);
    assert_eq!(unknown.status, 2, "{}", unknown.errors);
}

/// A Linux ECU's folder alone gives its bundle again: program, native code, scripts and all.
#[test]
fn a_bundle_is_rebuilt_from_its_own_folder() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = thermal().join("climate");
    let rebuilt = Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .arg("rebuild")
        .arg(&bundle)
        .arg("-o")
        .arg(folder.path())
        .env("WIRELOOM_ECU_PROGRAMS", programs())
        .output()
        .unwrap();
    assert!(rebuilt.status.success(), "{rebuilt:?}");
    let again = folder.path().join("climate");
    for name in [
        "wireloom-ecu",
        "native/climate-main.cwasm",
        "bundle.json",
        "ecu.toml",
        "install.sh",
        "manifest.json",
        "SHA256SUMS",
    ] {
        let (before, after) = (fs::read(bundle.join(name)), fs::read(again.join(name)));
        assert_eq!(before.unwrap(), after.unwrap(), "{name}");
    }
    let mode = fs::metadata(again.join("install.sh"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o111, 0o111, "it can be started");
    assert!(!folder.path().join("cockpit").exists(), "only its own ECU");
}

/// SPI, pins and blocks of a bundle's program are the hub's too.
#[test]
fn a_bundle_with_spi_pins_and_blocks_runs_on_the_hub() {
    let folder = tempfile::tempdir().unwrap();
    let project = sample("pedal");
    let exported = export(&project, folder.path());
    assert!(exported.status.success(), "{exported:?}");
    let bundles = text_of(folder.path());
    let call = [
        "run",
        &project,
        "--bundles",
        &bundles,
        "--for",
        "800ms",
        "--set",
        "pedal-adc.ch0=2.5@300ms",
    ];
    let ran = fine(&[&call[..], &PATIENT].concat());
    assert_eq!(ran["incidents"].as_array().unwrap().len(), 0, "{ran}");
    let pins = ran["pins"].as_array().unwrap();
    let [lit] = &pins[..] else { panic!("{ran}") };
    let lit = (&lit["pin"], &lit["ecu"], &lit["value"]);
    assert_eq!(lit, (&"brake-lamp".into(), &"pedals".into(), &1.into()));
}

/// Every line of a guest is in the log, however soon after it the process ends.
#[test]
fn no_line_is_lost_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let guests = text_of(&workspace().join("tests/guests"));
    let exported = export(&guests, folder.path());
    assert!(exported.status.success(), "{exported:?}");
    let bundle = folder.path().join("desk");
    fs::write(bundle.join("ecu.toml"), "").unwrap();
    // The last activations end just before the process does.
    for for_ms in ["1", "51", "101"] {
        let ran = Command::new(bundle.join("wireloom-ecu"))
            .args(["--report", "--for-ms", for_ms])
            .arg(&bundle)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{ran:?}");
        let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let tasks = report["partitions"][0]["tasks"].as_array().unwrap();
        let activations: u64 = tasks
            .iter()
            .map(|task| task["activations"].as_u64().unwrap())
            .sum();
        let said = String::from_utf8(ran.stderr).unwrap();
        let printed = said.lines().filter(|line| line.starts_with("<6>main: "));
        assert!(activations > 0, "{report}");
        assert_eq!(printed.count() as u64, activations, "{said}");
    }
}
