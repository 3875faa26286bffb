//! Our type difference and wac's subtype check give one verdict: over generated pairs of
//! interfaces, and over every pair of ports of the sample components.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

use autosar_wit::{
    compat::{difference, function_difference},
    component::{ComponentType, Direction, PortItem},
    read,
};
use proptest::{prelude::*, sample::select};
use std::path::Path;
use wac_graph::{CompositionGraph, types::Package};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

/// An interface of which a part can be exchanged for the same part of another.
#[derive(Debug, Clone)]
struct Body {
    record: Vec<String>,
    variant: Vec<Option<String>>,
    cases: &'static str,
    flags: &'static str,
    functions: Vec<Function>,
}

#[derive(Debug, Clone)]
struct Function {
    parameters: Vec<(&'static str, String)>,
    result: Option<String>,
    is_async: bool,
}

fn value() -> impl Strategy<Value = String> {
    let names = vec![
        "bool", "u8", "s16", "u32", "f32", "f64", "char", "string", "rec", "var", "en", "fl",
    ];
    let leaf = select(names).prop_map(str::to_owned);
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("list<{one}>")),
            inner.clone().prop_map(|one| format!("option<{one}>")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("tuple<{a}, {b}>")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("result<{a}, {b}>")),
            inner.prop_map(|one| format!("result<_, {one}>")),
        ]
    })
}

/// A type without names, so that definitions do not refer to each other.
fn plain() -> impl Strategy<Value = String> {
    let names = vec![
        "u8",
        "u32",
        "f32",
        "string",
        "list<u8>",
        "option<u16>",
        "tuple<u8, u8>",
    ];
    select(names).prop_map(str::to_owned)
}

fn function() -> impl Strategy<Value = Function> {
    let parameter = (
        select(vec!["a", "b"]),
        prop_oneof![4 => value(), 1 => Just("borrow<res>".to_owned())],
    );
    let result = prop_oneof![5 => value(), 1 => Just("res".to_owned())];
    (
        proptest::collection::vec(parameter, 0..2),
        proptest::option::of(result),
        proptest::bool::weighted(0.1),
    )
        .prop_map(|(parameters, result, is_async)| Function {
            parameters,
            result,
            is_async,
        })
}

fn body() -> impl Strategy<Value = Body> {
    (
        proptest::collection::vec(plain(), 1..4),
        proptest::collection::vec(proptest::option::of(plain()), 1..4),
        select(vec!["x, y", "y, x", "x", "x, y, z"]),
        select(vec!["f, g", "g, f", "f", "f, g, h"]),
        proptest::collection::vec(function(), 1..4),
    )
        .prop_map(|(record, variant, cases, flags, functions)| Body {
            record,
            variant,
            cases,
            flags,
            functions,
        })
}

/// Two interfaces that have most parts in common.
fn pair() -> impl Strategy<Value = (Body, Body)> {
    let exchanged = proptest::collection::vec(proptest::bool::weighted(0.15), 8);
    (body(), body(), exchanged).prop_map(|(first, other, exchanged)| {
        let mut second = first.clone();
        if exchanged[0] {
            second.record = other.record;
        }
        if exchanged[1] {
            second.variant = other.variant;
        }
        if exchanged[2] {
            second.cases = other.cases;
        }
        if exchanged[3] {
            second.flags = other.flags;
        }
        if exchanged[4] {
            second.functions.truncate(1);
        }
        let functions = second
            .functions
            .iter_mut()
            .zip(other.functions)
            .zip(&exchanged[5..]);
        for ((function, replacement), is_exchanged) in functions {
            if *is_exchanged {
                *function = replacement;
            }
        }
        (first, second)
    })
}

impl Body {
    fn text(&self) -> String {
        let mut text = String::from("  resource res;\n");
        let fields: Vec<String> = self
            .record
            .iter()
            .enumerate()
            .map(|(at, value)| format!("f{at}: {value}"))
            .collect();
        text.push_str(&format!("  record rec {{ {} }}\n", fields.join(", ")));
        let cases = self
            .variant
            .iter()
            .enumerate()
            .map(|(at, value)| match value {
                Some(value) => format!("c{at}({value})"),
                None => format!("c{at}"),
            });
        text.push_str(&format!(
            "  variant var {{ {} }}\n",
            cases.collect::<Vec<_>>().join(", ")
        ));
        text.push_str(&format!(
            "  enum en {{ {} }}\n  flags fl {{ {} }}\n",
            self.cases, self.flags
        ));
        for (at, function) in self.functions.iter().enumerate() {
            let parameters: Vec<String> = function
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            let result = function
                .result
                .as_ref()
                .map_or_else(String::new, |one| format!(" -> {one}"));
            let word = if function.is_async { "async " } else { "" };
            text.push_str(&format!(
                "  fn{at}: {word}func({}){result};\n",
                parameters.join(", ")
            ));
        }
        text
    }
}

/// A component whose world has `t:p/i` as import or export.
fn component(direction: &str, body: &str) -> Vec<u8> {
    let text =
        format!("package t:p@1.0.0;\ninterface i {{\n{body}}}\nworld w {{ {direction} i; }}\n");
    let mut resolve = Resolve::default();
    let package = resolve.push_str("t.wit", &text).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

/// Whether wac takes the export for the import.
fn wac_links(requirer: &[u8], required: &str, provider: &[u8], provided: &str) -> bool {
    let mut graph = CompositionGraph::new();
    let mut instantiate = |name: &str, bytes: &[u8]| {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut()).unwrap();
        let package = graph.register_package(package).unwrap();
        graph.instantiate(package)
    };
    let requirer = instantiate("requirer", requirer);
    let provider = instantiate("provider", provider);
    let source = graph.alias_instance_export(provider, provided).unwrap();
    graph
        .set_instantiation_argument(requirer, required, source)
        .is_ok()
}

/// Differences by our own account.
fn our_links(
    requirer: &ComponentType,
    required: &str,
    provider: &ComponentType,
    provided: &str,
) -> bool {
    let required = &requirer.port(Direction::Required, required).unwrap().item;
    let provided = &provider.port(Direction::Provided, provided).unwrap().item;
    match (required, provided) {
        (PortItem::Interface(required), PortItem::Interface(provided)) => {
            difference(required, provided).is_empty()
        }
        (PortItem::Function(required), PortItem::Function(provided)) => {
            function_difference(required, provided).is_empty()
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn one_verdict_over_generated_interfaces((required, provided) in pair()) {
        let (required, provided) = (required.text(), provided.text());
        let requirer = component("import", &required);
        let provider = component("export", &provided);
        let wac = wac_links(&requirer, "t:p/i@1.0.0", &provider, "t:p/i@1.0.0");
        let ours = our_links(
            &read::component(&requirer, "requirer").unwrap(),
            "t:p/i@1.0.0",
            &read::component(&provider, "provider").unwrap(),
            "t:p/i@1.0.0",
        );
        prop_assert_eq!(ours, wac, "required:\n{}provided:\n{}", required, provided);
    }
}

#[test]
fn one_verdict_over_the_sample_components() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/components");
    let mut samples: Vec<(String, Vec<u8>, ComponentType)> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            let bytes = std::fs::read(&path).unwrap();
            let component_type = read::component(&bytes, &name).unwrap();
            samples.push((name, bytes, component_type));
        }
    }
    let mut compared = 0;
    for (requirer_name, requirer, requirer_type) in &samples {
        for (provider_name, provider, provider_type) in &samples {
            let ports = |component_type: &ComponentType, direction| -> Vec<String> {
                let ports = component_type
                    .ports
                    .iter()
                    .filter(|port| port.direction == direction);
                ports.map(|port| port.name.clone()).collect()
            };
            for required in ports(requirer_type, Direction::Required) {
                for provided in ports(provider_type, Direction::Provided) {
                    assert_eq!(
                        our_links(requirer_type, &required, provider_type, &provided),
                        wac_links(requirer, &required, provider, &provided),
                        "{provider_name}.{provided} -> {requirer_name}.{required}"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(
        compared > 0 || samples.is_empty(),
        "no two ports were compared"
    );
}
