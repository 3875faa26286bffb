//! Every folder of `fixtures/check` is a project with its expected findings. `BLESS=1` writes them
//! anew; read the difference. Each fix has to take its finding away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed test panics"
)]

use autosar_wit::{
    component::ComponentType,
    dbc::{self, Database},
    meanings,
    read::wit_files,
};
use graph_core::{
    authority::Authority,
    capability::Capability,
    check::{self, RULES},
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::removal,
    file,
    library::{Entry, Library},
    synthetic,
};
use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/check")
}

#[test]
fn every_project_has_its_findings() {
    let mut wrong = String::new();
    for case in cases() {
        let (document, library) = load(&case);
        let found = report(&check::check(&document, &library));
        let expected = case.join("findings.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if wanted != found {
            writeln!(
                wrong,
                "{}\n--- expected\n{wanted}--- found\n{found}",
                case.display()
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_fix_takes_its_finding_away() {
    let mut fixes = 0;
    for case in cases() {
        let (document, library) = load(&case);
        for diagnostic in check::check(&document, &library) {
            for fix in &diagnostic.fixes {
                let mut mended = document.clone();
                mended
                    .apply_batch(fix.edits.clone())
                    .unwrap_or_else(|error| panic!("{}: {}: {error}", case.display(), fix.title));
                let left = check::check(&mended, &library);
                let same = |other: &Diagnostic| {
                    (other.code, &other.message, &other.subject)
                        == (diagnostic.code, &diagnostic.message, &diagnostic.subject)
                };
                assert!(
                    !left.iter().any(same),
                    "{}: {} left\n{}",
                    case.display(),
                    fix.title,
                    report(&left)
                );
                fixes += 1;
            }
        }
    }
    assert!(fixes > 20, "only {fixes} fixes were tried");
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let mut silent = RULES.iter().map(|rule| rule.code).collect::<BTreeSet<_>>();
    for case in cases() {
        let (document, library) = load(&case);
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let codes = check::check(&document, &library)
            .iter()
            .map(|one| one.code)
            .collect::<BTreeSet<_>>();
        if let Some(rule) = RULES.iter().find(|rule| name.starts_with(rule.code)) {
            assert!(codes.contains(rule.code), "{name} does not show its rule");
        } else {
            assert!(name.starts_with("fine"), "{name} is named after no rule");
            let errors = check::check(&document, &library);
            assert!(
                errors
                    .iter()
                    .all(|one| one.severity == Severity::Information
                        || one.code == "nothing-exported"),
                "{name}\n{}",
                report(&errors)
            );
        }
        silent.retain(|code| !codes.contains(code));
    }
    assert!(silent.is_empty(), "without a case: {silent:?}");
}

#[test]
fn the_list_of_rules_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files = files
        .filter(|name| name != "mod.rs")
        .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
        .collect::<Vec<_>>();
    files.sort();
    assert_eq!(
        RULES.iter().map(|rule| rule.code).collect::<Vec<_>>(),
        files
    );
}

#[test]
fn the_page_of_checks_lists_all_rules() {
    let page = include_str!("../../docs/checks.md");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(
        rows.collect::<Vec<_>>(),
        RULES.iter().map(|rule| rule.code).collect::<Vec<_>>()
    );
}

#[test]
fn findings_do_not_depend_on_ids() {
    for case in cases() {
        let (document, library) = load(&case);
        let again = file::read(&file::write(&document), "again").unwrap();
        let again_library = library_of(&again);
        assert_eq!(
            report(&check::check(&again, &again_library)),
            report(&check::check(&document, &library))
        );
    }
}

#[test]
fn a_thousand_instances_are_checked_without_findings() {
    let (document, library) = synthetic::system(1000);
    let found = check::check(&document, &library);
    assert!(
        found
            .iter()
            .all(|one| one.severity == Severity::Information),
        "{}",
        report(&found)
    );
    assert_eq!(found.len(), 12, "one shared fate for each partition");
}

#[test]
fn a_thousand_unconnected_instances_are_all_found() {
    let (mut document, library) = synthetic::system(1000);
    let connectors = document
        .connectors
        .keys()
        .map(|id| Subject::Connector(*id))
        .collect::<Vec<_>>();
    document
        .apply_batch(removal(&document, &connectors))
        .unwrap();
    let found = check::check(&document, &library);
    assert_eq!(
        found
            .iter()
            .filter(|one| one.code == "unconnected-port")
            .count(),
        1000
    );
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut cases = entries.filter(|path| path.is_dir()).collect::<Vec<_>>();
    cases.sort();
    assert!(cases.len() > 20);
    cases
}

fn load(case: &Path) -> (Document, Library) {
    let path = case.join("project.wireloom");
    let text = fs::read_to_string(&path).unwrap();
    let document =
        file::read(&text, &path.display().to_string()).unwrap_or_else(|error| panic!("{error}"));
    let library = library_of(&document);
    (document, library)
}

fn library_of(document: &Document) -> Library {
    let mut library = Library::default();
    for (id, component) in &document.components {
        let entry = match &component.source {
            ComponentSource::File(file) => Entry::Missing {
                reason: format!("there is no file `{file}`"),
            },
            ComponentSource::Stub { wit, world } => Entry::Loaded {
                component_type: Arc::new(world_of(wit, world.as_deref())),
                bytes: Arc::from([]),
            },
            ComponentSource::Composition => continue,
        };
        library.components.insert(*id, entry);
    }
    for (id, bus) in &document.buses {
        if matches!(&bus.kind, BusKind::Can { description: Some(file), .. } if file == "test.dbc") {
            library.descriptions.insert(*id, Arc::new(database()));
        }
    }
    library
}

fn world_of(wit: &str, world: Option<&str>) -> ComponentType {
    let text = fs::read_to_string(folder().join(wit)).unwrap();
    let mut component = wit_files(&[(wit, &text)], world).unwrap_or_else(|error| panic!("{error}"));
    let units = fs::read_to_string(folder().join("units.toml")).unwrap();
    let meanings = meanings::read(&units).unwrap();
    component.metadata = meanings::describe(&meanings, &component).unwrap();
    component
}

/// One line a finding, its help and its fixes below.
fn report(found: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in found {
        let severity = format!("{:?}", diagnostic.severity).to_lowercase();
        writeln!(
            text,
            "{severity} {}: {}",
            diagnostic.code, diagnostic.message
        )
        .unwrap();
        if let Some(help) = &diagnostic.help {
            writeln!(text, "    help: {help}").unwrap();
        }
        for fix in &diagnostic.fixes {
            writeln!(text, "    fix: {}", fix.title).unwrap();
        }
    }
    text
}

fn database() -> Database {
    dbc::read(&fs::read(folder().join("test.dbc")).unwrap()).database
}

/// `driver` takes nothing of the platform itself, and is given the bus by its caller.
#[test]
fn who_takes_a_handle_has_what_its_giver_has() {
    let (document, library) = load(&folder().join("fine-capability-handed"));
    let authority = Authority::of(&Context::new(&document, &library));
    let ways = |name: &str| {
        let id = document.instance_named(name).unwrap();
        authority.ways(&document, id, Capability::I2c)
    };
    assert_eq!(ways("driver"), ["driver <- lender <- platform i2c0"]);
    assert_eq!(ways("lender"), ["lender <- platform i2c0 by `get-i2c-bus`"]);
}
