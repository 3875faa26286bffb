//! Compositions as projects again: those of stock `wac` by names and wires, and every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

use autosar_wit::read;
use graph_core::{
    check::check,
    compose::{Composed, compose},
    document::{ConnectorKind, Document},
    end, file,
    library::{Entry, Library},
    reopen::{Composition, Reopened, SECTION, is_composition, reopen},
};
use std::sync::Arc;
use wasm_encoder::{ComponentSection, CustomSection};

const WIT: &str = "package acme:heat@1.0.0;
interface temperature { get: func() -> f32; }
interface duty { get: func() -> f32; }
interface run { step: func(); }
interface clock { now: func() -> u64; }
world sensor { export temperature; export run; }
world controller { import temperature; import clock; export duty; export run; }
world fan { import duty; export run; }
";

fn component(world: &str) -> Vec<u8> {
    rte::stub(&read::wit_files(&[("heat.wit", WIT)], Some(world)).unwrap()).unwrap()
}

/// What stock `wac compose` makes of this text: by its own parser, with names, without our
/// sections.
fn wac(text: &str, options: wac_graph::EncodeOptions<'_>) -> Vec<u8> {
    let document = wac_parser::Document::parse(text).unwrap();
    let names =
        ["sensor", "controller", "fan"].map(|name| (format!("acme:{name}"), component(name)));
    let packages = names.iter().map(|(name, bytes)| {
        let key = wac_graph::types::BorrowedPackageKey::from_name_and_version(name, None);
        (key, bytes.clone())
    });
    let resolution = document.resolve(packages.collect()).unwrap();
    resolution.encode(options).unwrap()
}

const COOLING: &str = "package acme:cooling;
let inside = new acme:sensor { ... };
let control = new acme:controller {
  \"acme:heat/temperature@1.0.0\": inside[\"acme:heat/temperature@1.0.0\"], ...
};
let fan-left = new acme:fan { \"acme:heat/duty@1.0.0\": control[\"acme:heat/duty@1.0.0\"] };
let fan-right = new acme:fan { \"acme:heat/duty@1.0.0\": control[\"acme:heat/duty@1.0.0\"] };
export fan-left[\"acme:heat/run@1.0.0\"] as \"run-left\";
";

fn opened(name: &str, bytes: &[u8]) -> Result<Reopened, String> {
    reopen(&[Composition { name, bytes }]).map_err(|error| error.to_string())
}

fn connectors(document: &Document) -> Vec<String> {
    let connectors = document.connectors.values();
    let mut texts: Vec<String> = connectors
        .map(|connector| {
            assert_eq!(connector.kind, ConnectorKind::Direct);
            let [from, to] = [&connector.from, &connector.to].map(|end| end::text(document, end));
            format!("{from} -> {to}")
        })
        .collect();
    texts.sort();
    texts
}

#[test]
fn a_composition_of_wac_has_its_names_and_wires() {
    let bytes = wac(COOLING, wac_graph::EncodeOptions::default());
    assert!(is_composition(&bytes));
    let reopened = opened("cooling.wasm", &bytes).unwrap();
    let document = &reopened.document;
    assert_eq!(document.name, "cooling");
    let mut instances: Vec<&str> = document
        .instances
        .values()
        .map(|instance| instance.name.as_str())
        .collect();
    instances.sort_unstable();
    assert_eq!(instances, ["control", "fan-left", "fan-right", "inside"]);
    assert_eq!(
        connectors(document),
        [
            "control.acme:heat/duty@1.0.0 -> fan-left.acme:heat/duty@1.0.0",
            "control.acme:heat/duty@1.0.0 -> fan-right.acme:heat/duty@1.0.0",
            "inside.acme:heat/temperature@1.0.0 -> control.acme:heat/temperature@1.0.0"
        ]
    );
    assert_eq!(
        reopened.notes,
        [
            "export `run-left` (`acme:heat/run@1.0.0` of `fan-left`) is left out: a partition exports its tasks; give the instance's runnables activations"
        ]
    );
    // Each part is a component by itself, the one of the two fans once.
    assert_eq!(document.components.len(), 3);
    assert_eq!(reopened.files.len(), 3);
    for (path, bytes) in &reopened.files {
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(bytes)
            .unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    // What the composition imports is an open port, and the checks say so.
    let found = check(document, &reopened.library);
    let open: Vec<&str> = found
        .iter()
        .filter(|diagnostic| diagnostic.code == "unconnected-port")
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    assert_eq!(
        open,
        ["required port `acme:heat/clock@1.0.0` of `control` is not connected"]
    );
    // As sound as a project that was read.
    let text = file::write(document);
    assert_eq!(file::write(&file::read(&text, "a").unwrap()), text);
}

#[test]
fn parts_without_names_get_some() {
    let bytes = wac(
        "package acme:cooling;
         export (new acme:fan { \"acme:heat/duty@1.0.0\": (new acme:controller {
           \"acme:heat/temperature@1.0.0\": (new acme:sensor { ... })[\"acme:heat/temperature@1.0.0\"], ...
         })[\"acme:heat/duty@1.0.0\"] })[\"acme:heat/run@1.0.0\"];",
        wac_graph::EncodeOptions::default(),
    );
    let reopened = opened("cooling.wasm", &bytes).unwrap();
    let mut instances: Vec<&str> = reopened
        .document
        .instances
        .values()
        .map(|instance| instance.name.as_str())
        .collect();
    instances.sort_unstable();
    assert_eq!(instances, ["part", "part2", "part3"]);
    assert_eq!(reopened.document.connectors.len(), 2);
}

/// A composition as text.
fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

const PROVIDER: &str = "(component $provider
  (core module $m (func (export \"f\")))
  (core instance $i (instantiate $m))
  (func $f (canon lift (core func $i \"f\")))
  (instance $run (export \"step\" (func $f)))
  (export \"acme:heat/run\" (instance $run))
  (export \"step\" (func $f)))";
const TAKER: &str = "(component $taker
  (import \"acme:heat/run\" (instance (export \"step\" (func)))))";

fn refused(text: &str) -> String {
    opened("a.wasm", &wat(text)).unwrap_err()
}

#[test]
fn what_a_project_cannot_mean_is_refused() {
    let bundle = format!(
        "(component {PROVIDER} {TAKER}
           (instance $p (instantiate $provider))
           (alias export $p \"step\" (func $step))
           (instance $made (export \"step\" (func $step)))
           (instance $t (instantiate $taker (with \"acme:heat/run\" (instance $made)))))"
    );
    assert_eq!(
        refused(&bundle),
        "`a.wasm`: import `acme:heat/run` of `t` is not taken from one port of another part, and a connector joins whole ports; drag `a.wasm` in as one component"
    );
    let whole = format!(
        "(component {PROVIDER} {TAKER}
           (instance $p (instantiate $provider))
           (instance $t (instantiate $taker (with \"acme:heat/run\" (instance $p)))))"
    );
    assert!(refused(&whole).contains("is not taken from one port"));
    let platform = "(component
        (component $virtual
          (core module $m (func (export \"f\") (result i64) i64.const 0))
          (core instance $i (instantiate $m))
          (func $f (result u64) (canon lift (core func $i \"f\")))
          (instance $clock (export \"now\" (func $f)))
          (export \"wireloom:ecu/clock@0.1.0\" (instance $clock)))
        (component $taker
          (import \"wireloom:ecu/clock@0.1.0\" (instance (export \"now\" (func (result u64))))))
        (instance $virtual (instantiate $virtual))
        (alias export $virtual \"wireloom:ecu/clock@0.1.0\" (instance $clock))
        (instance $taker (instantiate $taker (with \"wireloom:ecu/clock@0.1.0\" (instance $clock)))))";
    assert_eq!(
        refused(platform),
        "`a.wasm`: `virtual` serves `wireloom:ecu/clock@0.1.0` to `taker`, and in a project that comes from the host; drag `a.wasm` in as one component"
    );
    let around = "(component
        (type $t (record (field \"a\" u32)))
        (component $inner
          (alias outer 1 $t (type $own))
          (export \"t\" (type $own)))
        (instance $inner (instantiate $inner)))";
    assert_eq!(
        refused(around),
        "a part of `a.wasm` takes types from around it and is no component by itself; drag `a.wasm` in as one component"
    );
    assert!(!is_composition(&wat(around)));
}

#[test]
fn parts_that_are_left_outside_are_asked_for() {
    let options = wac_graph::EncodeOptions {
        define_components: false,
        ..Default::default()
    };
    let error = opened("a.wasm", &wac(COOLING, options)).unwrap_err();
    assert!(error.contains("unlocked-dep=<acme:"), "{error}");
}

#[test]
fn files_that_are_no_compositions_say_what_they_are() {
    let module = wat("(module)");
    assert!(opened("a.wasm", &module).unwrap_err().starts_with(
        "`a.wasm` is a core module, not a component; wrap it with `wireloom pack a.wasm"
    ));
    let bytes = wac(COOLING, wac_graph::EncodeOptions::default());
    let cut = &bytes[..bytes.len() / 2];
    assert!(
        opened("a.wasm", cut)
            .unwrap_err()
            .starts_with("`a.wasm` is cut off at 0x")
    );
    let leaf = opened("sensor.wasm", &component("sensor")).unwrap_err();
    assert!(
        leaf.starts_with("`sensor.wasm` was made by wit-component "),
        "{leaf}"
    );
    assert!(
        leaf.ends_with("; it has no parts that can be edited: drag it in as one component"),
        "{leaf}"
    );
    assert_eq!(
        opened("a.wasm", &wat("(component)")).unwrap_err(),
        "`a.wasm` was made by a tool that does not name itself; it has no parts that can be edited: drag it in as one component"
    );
}

/// A project of two partitions, with the stubs of [`WIT`].
fn composed(name: &str, period_ns: u64) -> Composed {
    let text = format!(
        "format = 1
name = \"{name}\"
[components.sensor]
file = \"/home/somebody/sensor.wasm\"
[components.fan]
file = \"fan.wasm\"
[ecus.climate]
fuel_ps = 1000
activation_ns = 500
[ecus.climate.partitions.main]
memory_bytes = 1048576
fuel = 1000000
on_trap = \"restart\"
[ecus.climate.partitions.rear]
memory_bytes = 1048576
fuel = 1000000
on_trap = \"restart\"
[instances.sensor]
component = \"sensor\"
partition = \"climate/main\"
[[instances.sensor.activations]]
runnable = \"acme:heat/run@1.0.0#step\"
event = \"timing\"
period_ns = {period_ns}
priority = 1
[instances.fan]
component = \"fan\"
partition = \"climate/rear\"
[[instances.fan.activations]]
runnable = \"acme:heat/run@1.0.0#step\"
event = \"timing\"
period_ns = 10000000
priority = 1
[[connectors]]
from = \"sensor.acme:heat/temperature@1.0.0#get\"
to = \"fan.acme:heat/duty@1.0.0#get\"
kind = \"buffered\"
initial = \"20.5\"
"
    );
    let document = file::read(&text, "a").unwrap();
    let mut library = Library::default();
    for (id, one) in &document.components {
        let bytes = component(&one.name);
        let entry = Entry::Loaded {
            component_type: Arc::new(read::component(&bytes, &one.name).unwrap()),
            bytes: bytes.into(),
        };
        library.components.insert(*id, entry);
    }
    compose(&document, &library).unwrap()
}

fn all(files: &[(&str, &[u8])]) -> Result<Reopened, String> {
    let compositions: Vec<Composition<'_>> = files
        .iter()
        .map(|(name, bytes)| Composition { name, bytes })
        .collect();
    reopen(&compositions).map_err(|error| error.to_string())
}

#[test]
fn partitions_of_one_project_are_one_project_again() {
    let composed = composed("heat", 10_000_000);
    let [main, rear] = composed.partitions.as_slice() else {
        panic!("two partitions");
    };
    let files = [
        ("main.wasm", main.bytes.as_slice()),
        ("rear.wasm", rear.bytes.as_slice()),
    ];
    let reopened = all(&files).unwrap();
    insta::assert_snapshot!(file::write(&reopened.document));
    assert_eq!(
        compose(&reopened.document, &reopened.library).unwrap(),
        composed
    );
    // No path of who composed is in what is handed on.
    let is_path = |bytes: &[u8]| bytes.windows(8).any(|window| window == b"somebody");
    assert!(!composed.partitions.iter().any(|one| is_path(&one.bytes)));
}

#[test]
fn partitions_that_do_not_belong_together_are_refused() {
    let [one, newer, other] = [
        composed("heat", 10_000_000),
        composed("heat", 20_000_000),
        composed("cold", 10_000_000),
    ];
    let bytes = |composed: &Composed, at: usize| composed.partitions[at].bytes.clone();
    let (main, rear) = (bytes(&one, 0), bytes(&one, 1));
    assert_eq!(
        all(&[("main.wasm", &main), ("new.wasm", &bytes(&newer, 0))]).unwrap_err(),
        "instance `sensor` is in `main.wasm` and in `new.wasm`; open one of them"
    );
    assert_eq!(
        all(&[("main.wasm", &main), ("cold.wasm", &bytes(&other, 1))]).unwrap_err(),
        "`main.wasm` is a part of project `heat` and `cold.wasm` of `cold`; open them one by one"
    );
    let foreign = wac(COOLING, wac_graph::EncodeOptions::default());
    assert_eq!(
        all(&[("rear.wasm", &rear), ("cooling.wasm", &foreign)]).unwrap_err(),
        "`cooling.wasm` does not say of which project it is a part; open it by itself"
    );
}

/// A composition of one part with that section.
fn with_section(content: &str) -> Vec<u8> {
    let mut bytes = wat(&format!(
        "(component {PROVIDER} (instance $p (instantiate $provider)))"
    ));
    CustomSection {
        name: SECTION.into(),
        data: content.as_bytes().into(),
    }
    .append_to_component(&mut bytes);
    bytes
}

#[test]
fn a_section_that_is_not_ours_is_said_so() {
    for (content, expected) in [
        (
            "{",
            "the section `wireloom:project` of `a.wasm` cannot be read: EOF while parsing an object at line 1 column 1; compose it again from its project",
        ),
        (
            r#"{"format": 2, "more": true}"#,
            "`a.wasm` was composed by a newer Wireloom (section `wireloom:project` of format 2, known is 1); open it with that",
        ),
        (
            r#"{"format": 1, "pieces": [], "project": ""}"#,
            "the section `wireloom:project` of `a.wasm` cannot be read: it names 0 parts and there are 1; compose it again from its project",
        ),
        (
            r#"{"format": 1, "pieces": ["fan"], "project": ""}"#,
            "the section `wireloom:project` of `a.wasm` cannot be read: part `fan` is no instance; compose it again from its project",
        ),
        (
            r#"{"format": 1, "pieces": [""], "project": "[instances.fan]\n"}"#,
            "the section `wireloom:project` of `a.wasm` cannot be read: instance `fan` is no part; compose it again from its project",
        ),
    ] {
        assert_eq!(
            opened("a.wasm", &with_section(content)).unwrap_err(),
            expected
        );
    }
    let error = opened(
        "a.wasm",
        &with_section(r#"{"format": 1, "pieces": [""], "project": "x"}"#),
    );
    assert!(
        error
            .unwrap_err()
            .starts_with("the section `wireloom:project` of `a.wasm` cannot be read: "),
    );
}
