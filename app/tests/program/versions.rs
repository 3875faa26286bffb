//! `diff` and `merge` on files, and as git calls them.

use crate::support::{fine, program, sample, text_of, workspace};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A copy of a sample's project file with some text replaced.
fn version(folder: &Path, name: &str, changes: &[(&str, &str)]) -> PathBuf {
    let project = PathBuf::from(sample("thermal")).join("thermal.wireloom");
    let mut text = fs::read_to_string(project).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

const SLOWER: (&str, &str) = ("fuel_ps = 20000", "fuel_ps = 25000");
const FASTER: (&str, &str) = ("fuel_ps = 20000", "fuel_ps = 10000");
const SPEED: (&str, &str) = ("bitrate_bps = 500000", "bitrate_bps = 250000");

#[test]
fn a_difference_is_told_by_meaning() {
    let folder = tempfile::tempdir().unwrap();
    let before = text_of(&version(folder.path(), "before.wireloom", &[]));
    let after = text_of(&version(folder.path(), "after.wireloom", &[SPEED]));
    let told = fine(&["diff", &before, &after]);
    let changes = told["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{told}");
    assert_eq!(changes[0]["change"], "changed");
    assert_eq!(changes[0]["what"], "bus");
    assert_eq!(changes[0]["property"][0], "bitrate_bps");
    assert_eq!(
        (&changes[0]["from"], &changes[0]["to"]),
        (&"500000".into(), &"250000".into())
    );
    let same = fine(&["diff", &before, &before]);
    assert_eq!(same["changes"].as_array().unwrap().len(), 0);
}

#[test]
fn versions_merge_and_conflicts_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let base = text_of(&version(folder.path(), "base.wireloom", &[]));
    let ours = text_of(&version(folder.path(), "ours.wireloom", &[SPEED]));
    let theirs = text_of(&version(folder.path(), "theirs.wireloom", &[SLOWER]));
    let output = text_of(&folder.path().join("merged.wireloom"));
    let merged = fine(&["merge", &base, &ours, &theirs, "-o", &output]);
    assert_eq!(merged["conflicts"].as_array().unwrap().len(), 0);
    let both = text_of(&version(folder.path(), "both.wireloom", &[SPEED, SLOWER]));
    let left = fine(&["diff", &both, &output]);
    assert_eq!(left["changes"].as_array().unwrap().len(), 0, "{left}");

    let theirs = text_of(&version(folder.path(), "faster.wireloom", &[FASTER]));
    let ours = text_of(&version(folder.path(), "slower.wireloom", &[SLOWER]));
    let told = program(&["merge", &base, &ours, &theirs, "-o", &output]);
    assert_eq!(told.status, 1, "{}", told.json);
    assert_eq!(told.json["conflicts"][0]["theirs"], "10000");
    let text = fs::read_to_string(&output).unwrap();
    assert!(text.starts_with("# conflict: ECU "), "{text}");
    let kept = fine(&["diff", &ours, &output]);
    assert_eq!(
        kept["changes"].as_array().unwrap().len(),
        0,
        "ours was kept"
    );
}

/// Git in a folder of its own, with nobody's configuration.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn git(&self, words: &[&str]) -> (bool, String) {
        let home = self.folder.path();
        let done = Command::new("git")
            .args(words)
            .current_dir(home.join("work"))
            .env("HOME", home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        let said = [done.stdout, done.stderr].concat();
        (done.status.success(), String::from_utf8(said).unwrap())
    }

    fn done(&self, words: &[&str]) -> String {
        let (fine, said) = self.git(words);
        assert!(fine, "git {words:?}: {said}");
        said
    }

    fn change(&self, changes: &[(&str, &str)]) {
        version(&self.folder.path().join("work"), "car.wireloom", changes);
        self.done(&["commit", "-qam", "change"]);
    }
}

#[test]
fn git_merges_and_shows_projects_by_the_drivers_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    fs::create_dir(&work).unwrap();
    let repository = Repository { folder };
    repository.done(&["init", "-q", "-b", "main"]);
    let program = env!("CARGO_BIN_EXE_wireloom");
    for (key, value) in [
        ("user.name", "Test".to_owned()),
        ("user.email", "test@example.com".to_owned()),
        ("diff.wireloom.command", format!("{program} diff")),
        (
            "merge.wireloom.driver",
            format!("{program} merge %O %A %B -o %A"),
        ),
    ] {
        repository.done(&["config", key, &value]);
    }
    fs::write(
        work.join(".gitattributes"),
        "*.wireloom diff=wireloom merge=wireloom\n*.layout merge=wireloom\n",
    )
    .unwrap();
    let layout = |left: u32, fan: u32| {
        let text =
            format!("format = 1\n\n[positions]\nfan = [{fan}.0, 0.0]\nleft = [{left}.0, 0.0]\n");
        fs::write(work.join("car.layout"), text).unwrap();
    };
    version(&work, "car.wireloom", &[]);
    layout(0, 0);
    repository.done(&["add", "."]);
    repository.done(&["commit", "-qm", "base"]);
    repository.done(&["checkout", "-qb", "theirs"]);
    layout(0, 5);
    repository.change(&[SLOWER]);
    repository.done(&["checkout", "-q", "main"]);
    layout(7, 0);
    repository.change(&[SPEED]);
    let shown = repository.done(&["diff", "theirs", "main", "--", "car.wireloom"]);
    assert!(shown.contains("bitrate_bps 500000 → 250000"), "{shown}");
    repository.done(&["merge", "-q", "theirs", "-m", "merge"]);
    let both = text_of(&version(
        repository.folder.path(),
        "both.wireloom",
        &[SPEED, SLOWER],
    ));
    let left = fine(&["diff", &both, &text_of(&work.join("car.wireloom"))]);
    assert_eq!(left["changes"].as_array().unwrap().len(), 0, "{left}");
    let places = fs::read_to_string(work.join("car.layout")).unwrap();
    assert!(
        places.contains("fan = [5.0") && places.contains("left = [7.0"),
        "{places}"
    );

    repository.done(&["checkout", "-qb", "other", "main~1"]);
    repository.change(&[FASTER]);
    let (merged, said) = repository.git(&["merge", "main"]);
    assert!(!merged, "both set the speed: {said}");
    assert!(said.contains("CONFLICT"), "{said}");
}

/// What another component would do in a component's place is told before it is there.
#[test]
fn the_impact_of_another_build_is_told_without_changing_the_project() {
    let project = sample("thermal");
    let built = |name: &str| text_of(&workspace().join(format!("assets/components/{name}.wasm")));
    let same = fine(&["impact", &project, "fan", &built("fan")]);
    assert_eq!(same["ports"].as_array().unwrap().len(), 0, "{same}");
    assert_eq!(same["worse"].as_array().unwrap().len(), 0, "{same}");
    let other = program(&["impact", &project, "fan", &built("dashboard")]);
    assert_eq!(other.status, 1);
    let told = other.json;
    let changes: Vec<_> = told["ports"].as_array().unwrap().iter().collect();
    assert!(
        changes.iter().any(|one| one["change"] == "removed"),
        "{told}"
    );
    assert!(!told["worse"].as_array().unwrap().is_empty());
    let unknown = program(&["impact", &project, "wheel", &built("fan")]);
    assert_eq!(unknown.status, 2);
    let reason = unknown.json["error"].as_str().unwrap();
    assert!(reason.contains("no component `wheel`"), "{reason}");
    let moves = told["moves"].as_array().unwrap();
    assert!(
        moves.is_empty(),
        "another interface is no new version: {told}"
    );
}
