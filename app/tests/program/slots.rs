//! The two slots of a Linux ECU, by the scripts of its bundle, below a folder that plays the machine.

use crate::bundles::{copy, errors};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

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
