//! The tutorial's commands for causes, authority and versions, each with the lines that it shows.

use crate::support::{changed_sample, plain, sample, text_of};
use graph_core::{
    document::{Document, RteEvent},
    file,
};
use std::{collections::BTreeMap, path::Path};

const TUTORIAL: &str = include_str!("../../../docs/tutorial.md");

/// The commands of a section, each with the lines of the block that follows it, if one does.
fn commands(heading: &str) -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
    let section = TUTORIAL.split(&format!("## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut commands: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    // Fences stand between text and block by turns.
    for block in section.split("```").skip(1).step_by(2) {
        match block.strip_prefix("sh\n") {
            Some(calls) => commands.extend(calls.lines().map(|call| {
                let words = call.strip_prefix("wireloom ").unwrap();
                (words.split_whitespace().collect(), Vec::new())
            })),
            None => {
                let shown = block.lines().filter(|line| !line.is_empty());
                commands.last_mut().unwrap().1.extend(shown);
            }
        }
    }
    commands
}

/// Runs them on the projects where the tutorial's paths are; what is shown is printed, in this order.
fn hold(heading: &str, places: &BTreeMap<&str, String>) -> usize {
    let commands = commands(heading);
    for (words, shown) in &commands {
        let words: Vec<&str> = words
            .iter()
            .map(|word| places.get(word).map_or(*word, String::as_str))
            .collect();
        let ran = plain(&words);
        assert_eq!(ran.status, 0, "{words:?}: {}", ran.errors);
        let mut printed = ran.output.lines();
        for line in shown {
            assert!(
                printed.any(|one| one.starts_with(line)),
                "{words:?} does not print `{line}`: {}",
                ran.output
            );
        }
    }
    commands.len()
}

#[test]
fn causes_and_authority_are_as_the_tutorial_shows_them() {
    let places = BTreeMap::from([("samples/thermal", sample("thermal"))]);
    assert_eq!(hold("Why a value is what it is", &places), 1);
    assert_eq!(hold("What reaches whom", &places), 1);
}

fn change(folder: &Path, change: impl FnOnce(&mut Document)) {
    let path = folder.join("thermal.wireloom");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut document = file::read(&text, "thermal").unwrap();
    change(&mut document);
    std::fs::write(path, file::write(&document)).unwrap();
}

#[test]
fn versions_differ_and_merge_as_the_tutorial_shows_it() {
    let copies = [(); 3].map(|()| changed_sample("thermal", |text| text));
    let [base, mine, theirs] = &copies;
    let fan = |document: &mut Document| document.instance_named("fan").unwrap();
    change(mine.path(), |document| {
        let fan = fan(document);
        document.instances.get_mut(&fan).unwrap().name = "blower".to_owned();
    });
    change(theirs.path(), |document| {
        let fan = fan(document);
        let activations = &mut document.instances.get_mut(&fan).unwrap().activations;
        let cyclic = activations.iter_mut().find_map(|one| match &mut one.event {
            RteEvent::Timing { period_ns, .. } => Some(period_ns),
            _ => None,
        });
        *cyclic.unwrap() /= 2;
    });
    let out = tempfile::tempdir().unwrap();
    let merged = out.path().join("merged.wireloom");
    let places = BTreeMap::from([
        ("samples/thermal", text_of(base.path())),
        ("samples/mine", text_of(mine.path())),
        ("samples/theirs", text_of(theirs.path())),
        ("merged.wireloom", text_of(&merged)),
    ]);
    assert_eq!(hold("What has changed", &places), 3);
}
