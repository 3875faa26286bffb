//! Bundles of Linux ECUs on the real programs: what `export` writes runs by itself, gives the frames
//! of the simulation, and refuses what was changed or made for another engine.

use crate::{
    run::{by_id, same_frames},
    support::{fine, frames, plain, sample, text_of},
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
fn programs() -> &'static Path {
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
        std::os::unix::fs::symlink(built, place.join("wireloom-ecu")).unwrap();
        folder
    });
    folder.path()
}

const BOARD: &str = match cfg!(target_arch = "aarch64") {
    true => "linux-aarch64",
    false => "linux-x86_64",
};

fn export(project: &str, to: &Path) -> Output {
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
fn copy(ecu: &str) -> TempDir {
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

fn errors(output: &Output) -> String {
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
    let ran = fine(&[
        "run",
        &project,
        "--bundles",
        &bundles,
        "--for",
        "2s",
        "--trace",
        &trace,
    ]);
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
            "bus `can7` is one of the hub, and no hub was named",
        ),
        (
            "[buses.can7]\nkind = \"socketcan\"\ninterface = \"can7\"",
            "binds bus `can7`, which the system does not have",
        ),
        (
            "[buses.can0]\nkind = \"i2c-dev\"\ndevice = \"/dev/null\"",
            "`can0` to a device of another kind",
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

/// The slots of an ECU below a folder that plays the machine's root.
struct Machine {
    root: TempDir,
    ecu: String,
}

impl Machine {
    fn new() -> Machine {
        Machine::of("climate")
    }

    fn of(ecu: &str) -> Machine {
        Machine {
            root: tempfile::tempdir().unwrap(),
            ecu: ecu.to_owned(),
        }
    }

    fn run(&self, command: &mut Command) -> Output {
        command
            .env("WIRELOOM_ROOT", self.root.path())
            .output()
            .unwrap()
    }

    fn install(&self, bundle: &Path) -> Output {
        self.run(Command::new("sh").arg(bundle.join("install.sh")))
    }

    fn slots(&self) -> PathBuf {
        self.root.path().join("opt/wireloom").join(&self.ecu)
    }

    fn trial(&self) -> PathBuf {
        self.root
            .path()
            .join("var/lib/wireloom")
            .join(&self.ecu)
            .join("trial")
    }

    fn slot(&self, word: &str) -> String {
        let done = self.run(Command::new(self.slots().join("slot")).arg(word));
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    fn current(&self) -> String {
        let target = fs::read_link(self.slots().join("current")).unwrap();
        target.to_str().unwrap().to_owned()
    }

    /// A start of the service as its unit does it, without devices.
    fn start(&self, times: [&str; 4]) -> Output {
        self.slot("begin");
        let bundle = self.slots().join("current");
        let configuration = self.root.path().join("none.toml");
        fs::write(&configuration, "").unwrap();
        Command::new(bundle.join("wireloom-ecu"))
            .args(times)
            .arg("--trial")
            .arg(self.trial())
            .arg("--configuration")
            .arg(configuration)
            .arg(&bundle)
            .output()
            .unwrap()
    }
}

#[test]
fn a_first_installation_is_no_trial_and_keeps_the_configuration_of_the_vehicle() {
    let machine = Machine::new();
    let bundle = copy(&machine.ecu);
    let done = machine.install(bundle.path());
    assert!(done.status.success(), "{done:?}");
    assert_eq!(machine.current(), "a");
    assert!(!machine.trial().exists());
    let etc = machine
        .root
        .path()
        .join("etc/wireloom")
        .join(format!("{}.toml", machine.ecu));
    fs::write(&etc, "# mine").unwrap();
    let done = machine.install(bundle.path());
    assert!(done.status.success(), "{done:?}");
    assert_eq!(fs::read_to_string(&etc).unwrap(), "# mine");
    assert_eq!(machine.current(), "b");
    assert_eq!(fs::read_to_string(machine.trial()).unwrap(), "a\n");
    let unit = format!("etc/systemd/system/wireloom-{}.service", machine.ecu);
    assert!(machine.root.path().join(unit).is_file());
}

#[test]
fn a_version_that_starts_twice_within_its_trial_goes_back() {
    let machine = Machine::new();
    let bundle = copy(&machine.ecu);
    for _ in 0..2 {
        assert!(machine.install(bundle.path()).status.success());
    }
    assert_eq!(machine.current(), "b");
    assert!(machine.slot("begin").contains("slot b is on trial"));
    // It ended before it removed the mark.
    let said = machine.slot("begin");
    assert!(
        said.contains("slot b failed its trial; slot a runs again"),
        "{said}"
    );
    assert_eq!(machine.current(), "a");
    // The old one is not on trial: it may start as often as it likes.
    for _ in 0..3 {
        assert_eq!(machine.slot("begin"), "");
    }
    assert_eq!(machine.current(), "a");
}

#[test]
fn a_version_that_passes_its_trial_stays() {
    // Its partitions need no device, and CAN frames without a bus are counted, no more.
    let machine = Machine::of("cockpit");
    let bundle = copy(&machine.ecu);
    for _ in 0..2 {
        assert!(machine.install(bundle.path()).status.success());
    }
    let ran = machine.start(["--trial-ms", "50", "--for-ms", "300"]);
    assert!(ran.status.success(), "{ran:?}");
    assert!(!machine.trial().exists(), "{ran:?}");
    machine.slot("begin");
    assert_eq!(machine.current(), "b");
}

#[test]
fn a_version_whose_partition_stops_ends_and_goes_back() {
    // Its driver finds no I2C bus, and traps until it is given up.
    let machine = Machine::of("climate");
    let bundle = copy(&machine.ecu);
    for _ in 0..2 {
        assert!(machine.install(bundle.path()).status.success());
    }
    let words = errors(&machine.start(["--trial-ms", "60000", "--for-ms", "20000"]));
    assert!(
        words.contains("has stopped while the new version was on trial"),
        "{words}"
    );
    assert!(words.contains("no I2C bus"), "{words}");
    assert!(machine.trial().exists());
    machine.slot("begin");
    assert_eq!(machine.current(), "a");
}

#[test]
fn a_bundle_that_does_not_fit_never_becomes_current() {
    let machine = Machine::new();
    let good = copy(&machine.ecu);
    assert!(machine.install(good.path()).status.success());
    let torn = copy(&machine.ecu);
    let native = torn.path().join("native");
    let file = fs::read_dir(&native)
        .unwrap()
        .flatten()
        .next()
        .unwrap()
        .path();
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let words = errors(&machine.install(torn.path()));
    assert!(words.contains("is not as it was exported"), "{words}");
    assert_eq!(machine.current(), "a");
    assert!(!machine.trial().exists());
    // One whose own program refuses it.
    let other = copy(&machine.ecu);
    fs::write(other.path().join("ecu.toml"), "[what]").unwrap();
    let sums = fs::read_to_string(other.path().join("SHA256SUMS")).unwrap();
    let sums: String = sums
        .lines()
        .filter(|line| !line.ends_with("  ecu.toml"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(other.path().join("SHA256SUMS"), sums).unwrap();
    let words = errors(&machine.install(other.path()));
    assert!(
        words.contains("does not fit this machine; slot a stays"),
        "{words}"
    );
    assert_eq!(machine.current(), "a");
}

#[test]
fn the_way_back_can_be_taken_by_hand() {
    let machine = Machine::new();
    let bundle = copy(&machine.ecu);
    assert!(machine.install(bundle.path()).status.success());
    let refused = machine.run(Command::new(machine.slots().join("slot")).arg("rollback"));
    assert!(errors(&refused).contains("slot b holds no bundle"));
    assert!(machine.install(bundle.path()).status.success());
    assert!(machine.slot("status").contains("slot a would come back"));
    machine.slot("rollback");
    assert_eq!(machine.current(), "a");
    assert!(!machine.trial().exists());
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
