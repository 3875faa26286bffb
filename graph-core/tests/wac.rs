//! Documents in the language of wac as projects: what a project can mean, and every refusal with
//! its line.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

use autosar_wit::read;
use graph_core::{
    document::{ComponentSource, ConnectorKind, Document},
    end, file,
    wac::{self, Package, WacError},
};
use std::collections::BTreeMap;

const WIT: &str = "package acme:heat@1.0.0;
interface temperature { get: func() -> f32; }
interface duty { get: func() -> f32; }
interface run { step: func(); }
world sensor { export temperature; export run; }
world controller { import temperature; export duty; export run; }
world fan { import duty; import temperature; export run; }
";

fn packages() -> BTreeMap<String, Package> {
    let package = |name: &str| Package {
        file: format!("components/{name}.wasm"),
        component_type: read::wit_files(&[("heat.wit", WIT)], Some(name)).unwrap(),
    };
    ["sensor", "controller", "fan"]
        .map(|name| (format!("acme:{name}"), package(name)))
        .into()
}

fn imported(text: &str) -> Result<Document, WacError> {
    wac::project(&wac::read(text, "a.wac")?, &packages())
}

fn connectors(document: &Document) -> Vec<String> {
    let connectors = document.connectors.values();
    connectors
        .map(|connector| {
            assert_eq!(connector.kind, ConnectorKind::Direct);
            let [from, to] = [&connector.from, &connector.to].map(|end| end::text(document, end));
            format!("{from} -> {to}")
        })
        .collect()
}

const BOTH: [&str; 3] = [
    "sensor.acme:heat/temperature@1.0.0 -> controller.acme:heat/temperature@1.0.0",
    "controller.acme:heat/duty@1.0.0 -> fan.acme:heat/duty@1.0.0",
    "sensor.acme:heat/temperature@1.0.0 -> fan.acme:heat/temperature@1.0.0",
];

#[test]
fn instances_and_arguments_become_instances_and_connectors() {
    let document = imported(
        "package acme:cooling@2.0.0;\n\
         let sensor = new acme:sensor { ... };\n\
         let temperature = sensor[\"acme:heat/temperature@1.0.0\"];\n\
         let controller = new acme:controller { \"acme:heat/temperature@1.0.0\": temperature, ... };\n\
         let fan = new acme:fan {\n\
           \"acme:heat/duty@1.0.0\": controller[\"acme:heat/duty@1.0.0\"],\n\
           \"acme:heat/temperature@1.0.0\": temperature,\n\
         };\n\
         export fan[\"acme:heat/run@1.0.0\"];\n",
    )
    .unwrap();
    assert_eq!(document.name, "cooling");
    assert_eq!(connectors(&document), BOTH);
    let sources: Vec<_> = document
        .components
        .values()
        .map(|component| component.source.clone())
        .collect();
    assert_eq!(
        sources[0],
        ComponentSource::File("components/sensor.wasm".to_owned())
    );
    let fan = &document.instances[&document.instance_named("fan").unwrap()];
    assert_eq!(fan.activations.len(), 1, "`step` is started");
    assert!(fan.partition.is_some());
    // As sound as a project that was read.
    let text = file::write(&document);
    assert_eq!(file::write(&file::read(&text, "a").unwrap()), text);
}

#[test]
fn spreads_and_instances_inside_others_mean_the_same() {
    let document = imported(
        "package acme:cooling;\n\
         let sensor = new acme:sensor { ... };\n\
         let fan = new acme:fan {\n\
           \"acme:heat/duty@1.0.0\": (new acme:controller { ...sensor, ... })[\"acme:heat/duty@1.0.0\"],\n\
           ...sensor,\n\
           ...\n\
         };\n",
    )
    .unwrap();
    let mut found = connectors(&document);
    found.sort();
    let mut expected = BOTH.map(ToOwned::to_owned).to_vec();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_was_generated_is_passed_over_with_a_note() {
    let text = "package acme:cooling;\n\
         let store = new wireloom-glue:main-store { ... };\n\
         let fan = new acme:fan { \"acme:heat/duty@1.0.0\": store[\"x\"], ... };\n\
         let tasks = new wireloom-glue:main-tasks { \"run\": fan[\"acme:heat/run@1.0.0\"], ... };\n\
         export tasks[\"fan-step\"];\n\
         export fan[\"acme:heat/run@1.0.0\"];\n";
    let composition = wac::read(text, "a.wac").unwrap();
    assert_eq!(composition.instances.len(), 1);
    assert_eq!(
        composition.notes,
        [
            "a.wac:3: what `fan` imports as `acme:heat/duty@1.0.0` came from the generated environment and is left out; draw its connectors anew",
            "a.wac:6: `export fan[\"acme:heat/run@1.0.0\"]` is left out: a partition exports its tasks; give the instance's runnables activations"
        ]
    );
}

#[test]
fn what_a_project_cannot_mean_is_refused_with_its_line() {
    let fan = "let sensor = new acme:sensor { ... };\nlet fan = new acme:fan {";
    for (text, expected) in [
        (
            "let a = ;".to_owned(),
            "a.wac:2: expected either `new` keyword, `(`, or identifier, found `;`; the language is described at wac's `LANGUAGE.md`",
        ),
        (
            "import bus: wasi:i2c/i2c;".to_owned(),
            "a.wac:2: `import bus` has no meaning in a project, whose components take from the host what they import by name; delete it, and end the instance with `...`",
        ),
        (
            "\ninterface x {}".to_owned(),
            "a.wac:3: types are not declared in a project, they come with the components; delete the declaration",
        ),
        (
            "let a = b;".to_owned(),
            "a.wac:2: there is no `b`; define it above with `let`, or correct the name",
        ),
        (
            "let a = new acme:fan { ... };\nlet a = new acme:fan { ... };".to_owned(),
            "a.wac:3: `a` is defined twice; rename one of them",
        ),
        (
            format!("{fan}\"acme:heat/duty@1.0.0\": sensor.x.y }};"),
            "a.wac:3: `sensor.x.y` is a part of a port, and a connector joins whole ports; take the port",
        ),
        (
            format!("{fan} \"acme:heat/duty@1.0.0\": sensor }};"),
            "a.wac:3: `sensor` is a whole component, and a connector begins at one of its ports; write `sensor[\"port\"]`",
        ),
        (
            format!("{fan} sensor }};"),
            "a.wac:3: `sensor` does not say which import it is for; write `\"import\": sensor`",
        ),
        (
            format!("{fan}\n\"duty\": sensor.temperature }};"),
            "a.wac:4: `sensor` (acme:sensor) exports no `temperature`; it exports `acme:heat/run@1.0.0`, `acme:heat/temperature@1.0.0`",
        ),
        (
            format!("{fan}\n\"duty\": sensor[\"acme:heat/temperature@1.0.0\"] }};"),
            "a.wac:4: `fan` (acme:fan) imports no `duty`; it imports `acme:heat/duty@1.0.0`, `acme:heat/temperature@1.0.0`",
        ),
        (
            "let a = new acme:pump { ... };".to_owned(),
            "a.wac:2: there is no component for package `acme:pump`; name its file",
        ),
        (
            "export a;".to_owned(),
            "a.wac:2: there is no `a`; define it above with `let`, or correct the name",
        ),
        (
            String::new(),
            "a.wac:1: nothing is instantiated; a project needs at least one `new`",
        ),
    ] {
        let error = imported(&format!("package acme:cooling;\n{text}")).unwrap_err();
        assert_eq!(error.to_string(), expected, "{text}");
    }
}
