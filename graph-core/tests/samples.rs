//! The samples' project files are canonical: reading and writing one again gives the same text.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use graph_core::{
    check::check,
    diagnostic::Severity,
    document::{BusKind, ComponentSource, Document},
    end, file,
    library::{Entry, Library},
    physical,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

fn project_files() -> Vec<PathBuf> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
    let mut found: Vec<PathBuf> = fs::read_dir(samples)
        .unwrap()
        .filter_map(|folder| fs::read_dir(folder.unwrap().path()).ok())
        .flat_map(|files| files.map(|file| file.unwrap().path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ending == file::EXTENSION)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn sample_projects_are_canonical() {
    let files = project_files();
    assert!(files.len() >= 2, "{files:?}");
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let document = file::read(&text, &name).unwrap();
        let written = file::write(&document);
        if std::env::var_os("BLESS").is_some() && written != text {
            fs::write(&path, &written).unwrap();
        } else {
            assert!(
                written == text,
                "`{name}` is not canonical; BLESS=1 rewrites it"
            );
        }
    }
}

#[test]
fn sample_layouts_are_canonical_and_place_every_instance() {
    for path in project_files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut document = file::read(&fs::read_to_string(&path).unwrap(), &name).unwrap();
        let layout_path = path.with_extension(file::LAYOUT_EXTENSION);
        let text = fs::read_to_string(&layout_path).unwrap();
        document.layout = file::read_layout(&text, &name, &document).unwrap();
        assert_eq!(
            document.layout.positions.len(),
            document.instances.len(),
            "{name}"
        );
        assert_eq!(file::write_layout(&document), text, "{name}");
    }
}

#[test]
fn sample_projects_have_no_errors() {
    for path in project_files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let document = file::read(&fs::read_to_string(&path).unwrap(), &name).unwrap();
        let library = library(&document, path.parent().unwrap());
        let found = check(&document, &library);
        let errors = found
            .iter()
            .filter(|one| one.severity != Severity::Information);
        let errors = errors
            .map(|one| format!("{}: {}", one.code, one.message))
            .collect::<Vec<_>>();
        assert!(errors.is_empty(), "{name}\n{}", errors.join("\n"));
    }
}

#[test]
fn metadata_of_the_samples_give_their_numbers_a_unit() {
    let cases = [
        (
            "thermal",
            "sensor.wireloom:thermal/temperature@0.1.0#get",
            Some("°C"),
        ),
        (
            "thermal",
            "fan.wireloom:thermal/fan-demand@0.1.0#get",
            Some("%"),
        ),
        (
            "thermal",
            "fan.wireloom:thermal/fan-status@0.1.0#state",
            None,
        ),
        ("thermal", "sensor.wireloom:thermal/temperature@0.1.0", None),
        ("thermal", "can0:FanStatus.Duty", None),
        (
            "antipinch",
            "window.wireloom:antipinch/plant@0.1.0#step -> pinch-force",
            Some("N"),
        ),
        (
            "antipinch",
            "lifter.wireloom:antipinch/lifter@0.1.0#step(input.position)",
            Some("mm"),
        ),
    ];
    for path in project_files() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let document = file::read(&fs::read_to_string(&path).unwrap(), &name).unwrap();
        let library = library(&document, path.parent().unwrap());
        for (_, text, unit) in cases.iter().filter(|(sample, ..)| *sample == name) {
            let end = end::parse(&document, text).unwrap();
            let element = physical::element(&document, &library, &end);
            assert_eq!(
                element.and_then(|known| known.unit.as_deref()),
                *unit,
                "{text}"
            );
        }
    }
}

fn library(document: &Document, folder: &Path) -> Library {
    let mut library = Library::default();
    for (id, component) in &document.components {
        let ComponentSource::File(file) = &component.source else {
            continue;
        };
        let bytes = fs::read(folder.join(file)).unwrap();
        let component_type =
            autosar_wit::read::component(&bytes, file).unwrap_or_else(|error| panic!("{error}"));
        let entry = Entry::Loaded {
            component_type: Arc::new(component_type),
            bytes: bytes.into(),
        };
        library.components.insert(*id, entry);
    }
    for (id, bus) in &document.buses {
        if let BusKind::Can {
            description: Some(file),
            ..
        } = &bus.kind
        {
            let bytes = fs::read(folder.join(file)).unwrap();
            library
                .descriptions
                .insert(*id, Arc::new(autosar_wit::dbc::read(&bytes).database));
        }
    }
    library
}
