//! Components and WIT of every sort open.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod older;
mod refused;

use autosar_wit::component::{ComponentType, Direction, Origin, Port, PortItem, PortKind};
use autosar_wit::metadata::{self, Metadata, PortMetadata};
use autosar_wit::types::{FunctionKind, TypeKind, ValueType};
use autosar_wit::{packages, print, read};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

/// A component that implements the only world of a WIT text.
fn build(wit: &str) -> Vec<u8> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

fn open(wit: &str) -> ComponentType {
    read::component(&build(wit), "test.wasm").unwrap()
}

fn port<'a>(component: &'a ComponentType, name: &str) -> &'a Port {
    component
        .ports
        .iter()
        .find(|port| port.name == name)
        .unwrap()
}

/// Ports without the order of things inside an interface: encoders change it.
fn sorted(mut ports: Vec<Port>) -> Vec<Port> {
    ports.sort_by_key(|port| (port.direction, port.name.clone()));
    for port in &mut ports {
        if let PortItem::Interface(interface) = &mut port.item {
            interface
                .functions
                .sort_by_key(|function| function.name.clone());
            interface
                .types
                .sort_by_key(|definition| definition.name.clone());
        }
    }
    ports
}

const SENSOR: &str = r#"
package a:sensor@1.2.0;
interface temperature {
    enum rx-error { invalid, timeout }
    record reading { celsius: f32, age-ns: u64, at: option<tuple<u8, char>> }
    get: func() -> result<reading, rx-error>;
}
interface driver { sample: func(); }
interface motor {
    use temperature.{reading};
    use temperature.{rx-error as failure};
    flags options { fast, quiet }
    variant order { stop, turn(s16), follow(list<reading>) }
    drive: func(order: order, options: options) -> result<_, failure>;
    resource lamp {
        constructor(watts: u32);
        shine: func() -> f32;
        best: static func(of: list<borrow<lamp>>) -> lamp;
    }
    type handle = lamp;
    lend: func(lamp: handle);
}
world sensor {
    import motor;
    import log: func(line: string);
    import inline: interface { now: func() -> u64; }
    export temperature;
    export driver;
    export step: func();
}
"#;

#[test]
fn a_component_opens_with_ports_and_types() {
    let sensor = open(SENSOR);
    assert_eq!(sensor.name, "test");
    assert!(matches!(sensor.origin, Origin::Component { size_bytes } if size_bytes > 100));
    insta::assert_snapshot!(print::world(&sensor), @r#"
package root:component;

world test {
    import a:sensor/temperature@1.2.0;
    import a:sensor/motor@1.2.0;
    import inline: interface {
        now: func() -> u64;
    }
    import log: func(line: string);
    export step: func();
    export a:sensor/temperature@1.2.0;
    export a:sensor/driver@1.2.0;
}

package a:sensor@1.2.0 {
    interface driver {
        sample: func();
    }
    interface motor {
        use temperature.{reading};
        variant order {
            stop,
            turn(s16),
            follow(list<reading>),
        }
        flags options {
            fast,
            quiet,
        }
        use temperature.{rx-error as failure};
        resource lamp {
            constructor(watts: u32);
            shine: func() -> f32;
            best: static func(of: list<borrow<lamp>>) -> lamp;
        }
        type handle = lamp;
        drive: func(order: order, options: options) -> result<_, failure>;
        lend: func(lamp: lamp);
    }
    interface temperature {
        enum rx-error {
            invalid,
            timeout,
        }
        record reading {
            celsius: f32,
            age-ns: u64,
            at: option<tuple<u8, char>>,
        }
        get: func() -> result<reading, rx-error>;
    }
}
"#);
}

#[test]
fn kinds_follow_the_shape() {
    let sensor = open(SENSOR);
    let kind = |name: &str| port(&sensor, name).kind;
    assert_eq!(kind("a:sensor/temperature@1.2.0"), PortKind::SenderReceiver);
    assert_eq!(kind("a:sensor/driver@1.2.0"), PortKind::Trigger);
    assert_eq!(kind("a:sensor/motor@1.2.0"), PortKind::ClientServer);
    assert_eq!(kind("inline"), PortKind::SenderReceiver);
    assert_eq!(kind("log"), PortKind::ClientServer);
    assert_eq!(kind("step"), PortKind::Trigger);
}

#[test]
fn other_kinds_of_ports() {
    let component = open(
        "package a:b;
         interface modes { enum mode { off, on } current: func() -> mode; }
         interface nv { enum nv-error { worn } read: func() -> result<u32, nv-error>;
             write: func(value: u32) -> result<_, nv-error>; }
         interface types { record r { a: u8 } }
         interface buses { use wasi:i2c/i2c@0.2.0.{i2c}; get-i2c-bus: func() -> i2c; }
         interface queue { receive: func() -> stream<u8>; }
         interface late { fetch: async func() -> u8; }
         interface radar { subscribe-scans: func(max-samples: u32) -> result<stream<u8>, string>;
             reset: func(); }
         interface field { get-level: func() -> u8; level-changed: async func() -> stream<u8>; }
         interface failing { get: func() -> result<u8, string>; }
         world w { import modes; import nv; import types; import buses; import queue; import late;
             import failing; import radar; import field; }
         package wasi:i2c@0.2.0 { interface i2c { resource i2c { read: func() -> u8; } } }",
    );
    let kind = |name: &str| port(&component, name).kind;
    assert_eq!(kind("a:b/modes"), PortKind::ModeSwitch);
    assert_eq!(kind("a:b/nv"), PortKind::NvData);
    assert_eq!(kind("a:b/buses"), PortKind::Platform);
    assert_eq!(kind("wasi:i2c/i2c@0.2.0"), PortKind::Platform);
    assert_eq!(kind("a:b/queue"), PortKind::SenderReceiver);
    assert_eq!(kind("a:b/late"), PortKind::ClientServer);
    assert_eq!(kind("a:b/failing"), PortKind::ClientServer);
    assert_eq!(kind("a:b/radar"), PortKind::Service);
    assert_eq!(kind("a:b/field"), PortKind::Service);
    let PortItem::Interface(late) = &port(&component, "a:b/late").item else {
        panic!()
    };
    assert!(late.function("fetch").unwrap().is_async);
}

#[test]
fn metadata_decides_over_shape() {
    let plain = build(SENSOR);
    let said = Metadata {
        ports: vec![PortMetadata {
            direction: Direction::Provided,
            name: "a:sensor/temperature@1.2.0".into(),
            kind: Some(PortKind::Parameter),
            autosar_name: Some("Temp".into()),
            elements: Default::default(),
        }],
        ..Metadata::default()
    };
    let component = read::component(&metadata::append(&plain, &said), "a.wasm").unwrap();
    assert_eq!(component.metadata, said);
    let temperature = "a:sensor/temperature@1.2.0";
    let kind = |direction| component.port(direction, temperature).unwrap().kind;
    assert_eq!(kind(Direction::Provided), PortKind::Parameter);
    assert_eq!(kind(Direction::Required), PortKind::SenderReceiver);
    let twice = metadata::append(&metadata::append(&plain, &said), &said);
    let error = read::component(&twice, "a.wasm").unwrap_err();
    insta::assert_snapshot!(error, @"`a.wasm`: component has 2 custom sections `wireloom:metadata`; keep one");
}

#[test]
fn labels_of_one_interface_stay_apart() {
    let component = open(
        "package a:b;
         interface speed { get: func() -> f32; }
         world w { import front-left: speed; import front-right: speed; export out: speed; }",
    );
    let names: Vec<_> = component
        .ports
        .iter()
        .map(|port| port.name.as_str())
        .collect();
    assert_eq!(names, ["front-left", "front-right", "out"]);
    for port in &component.ports {
        let PortItem::Interface(speed) = &port.item else {
            panic!()
        };
        assert_eq!(speed.id.as_ref().unwrap().to_string(), "a:b/speed");
    }
    insta::assert_snapshot!(print::port(&component.ports[0]), @r#"
import front-left: a:b/speed;

// a:b/speed
interface speed {
    get: func() -> f32;
}
"#);
}

#[test]
fn wit_text_gives_what_its_component_gives() {
    let from_text = read::wit_files(&[("wit/w.wit", SENSOR)], None).unwrap();
    let from_bytes = open(SENSOR);
    assert_eq!(sorted(from_text.ports), sorted(from_bytes.ports));
    assert_eq!(from_text.origin, Origin::Wit);
}

#[test]
fn printed_worlds_parse_again() {
    let first = open(SENSOR);
    let text = print::world(&first);
    let again = read::wit_files(&[("w.wit", &text)], None).unwrap();
    assert_eq!(sorted(again.ports), sorted(first.ports), "{text}");
}

#[test]
fn resources_keep_their_functions() {
    let component = open(SENSOR);
    let PortItem::Interface(motor) = &port(&component, "a:sensor/motor@1.2.0").item else {
        panic!()
    };
    let shine = motor.function("shine").unwrap();
    assert_eq!(shine.kind, FunctionKind::Method("lamp".into()));
    assert_eq!(shine.parameters[0].0, "self");
    assert!(matches!(shine.parameters[0].1, ValueType::Borrow(_)));
    assert!(
        motor
            .types
            .iter()
            .any(|one| one.name == "lamp" && one.kind == TypeKind::Resource)
    );
}

#[test]
fn streams_futures_and_maps_open() {
    let component = open(
        "package a:b;
         interface i {
             f: async func(a: stream<u8>, b: future, c: future<string>) -> result<stream<u32>>;
             g: func(m: map<string, u8>, l: list<u16, 4>, e: error-context);
         }
         world w { import i; export i; }",
    );
    let PortItem::Interface(i) = &component.ports[0].item else {
        panic!()
    };
    insta::assert_snapshot!(print::interface(i), @r#"
interface i {
    f: async func(a: stream<u8>, b: future, c: future<string>) -> result<stream<u32>>;
    g: func(m: map<string, u8>, l: list<u16, 4>, e: error-context);
}
"#);
}

/// As wac composes: instances inside, an export of an inner instance's interface.
#[test]
fn composed_components_open() {
    let composed = wat::parse_str(
        r#"(component $both
            (import "log" (func $log (param "line" string)))
            (import "a:b/speed@1.0.0" (instance $speed
                (type $r (record (field "kmh" f32)))
                (export "speed" (type $r2 (eq $r)))
                (export "get" (func (result $r2)))
            ))
            (export "a:b/speed@1.0.0" (instance $speed))
            (export "plain" (instance $speed))
            (core module $m)
            (export "module" (core module $m))
        )"#,
    )
    .unwrap();
    let component = read::component(&composed, "both.wasm").unwrap();
    let names: Vec<_> = component
        .ports
        .iter()
        .map(|port| port.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["log", "a:b/speed@1.0.0", "a:b/speed@1.0.0", "plain"]
    );
    let PortItem::Interface(plain) = &component.ports[3].item else {
        panic!()
    };
    assert_eq!(plain.function("get").unwrap().result, {
        let PortItem::Interface(speed) = &component.ports[1].item else {
            panic!()
        };
        speed.function("get").unwrap().result.clone()
    });
    assert_eq!(component.name, "both");
}

#[test]
fn encoded_packages_open_with_docs() {
    let mut resolve = Resolve::default();
    let package = resolve
        .push_str(
            "p.wit",
            "/// Of speed.\npackage a:b@1.0.0;\n/// How fast.\ninterface speed {\n/// Now.\nget: func() -> f32; }\n
             /// A car.\nworld car { import speed; }",
        )
        .unwrap();
    let bytes = wit_component::encode(&resolve, package).unwrap();
    let read::Loaded::Package(package) = read::file(&bytes, "p.wasm").unwrap() else {
        panic!()
    };
    assert_eq!(
        (package.name.as_str(), package.docs.as_str()),
        ("a:b@1.0.0", "Of speed.")
    );
    let car = read::wit_bytes(&bytes, "p.wasm", Some("a:b/car@1.0.0")).unwrap();
    assert_eq!(car.docs, "A car.");
    let PortItem::Interface(speed) = &car.ports[0].item else {
        panic!()
    };
    insta::assert_snapshot!(print::interface(speed), @r#"
/// How fast.
interface speed {
    /// Now.
    get: func() -> f32;
}
"#);
    insta::assert_snapshot!(read::component(&bytes, "p.wasm").unwrap_err(), @"`p.wasm` is the WIT package `a:b@1.0.0`, not a component; add it as a WIT package to get a stub");
    insta::assert_snapshot!(read::wit_bytes(&bytes, "p.wasm", Some("bus")).unwrap_err(), @"WIT in `p.wasm` has no world `bus`; choose one of `car`");
}

#[test]
fn producers_of_the_language_show() {
    let component = open("package a:b; world w { export run: func(); }");
    let encoder = ("processed-by".to_owned(), "wit-component".to_owned());
    assert!(
        component
            .producers
            .iter()
            .any(|(field, name, _)| (field.clone(), name.clone()) == encoder),
        "{:?}",
        component.producers
    );
}

#[test]
fn the_name_section_names_the_component() {
    let bytes = wat::parse_str("(component $fan)").unwrap();
    assert_eq!(read::component(&bytes, "x.wasm").unwrap().name, "fan");
}

#[test]
fn our_own_packages_are_valid() {
    let files: Vec<_> = packages::ALL
        .iter()
        .map(|one| (one.path, one.text))
        .collect();
    let packages = read::wit_packages(&files).unwrap();
    let names: Vec<_> = packages.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "autosar:can@0.1.0",
            "autosar:rte@0.1.0",
            "wireloom:ecu@0.1.0"
        ]
    );
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("wit");
    let mut on_disk: Vec<String> = Vec::new();
    for (prefix, folder) in [("", folder.clone()), ("deps/", folder.join("deps"))] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            on_disk.extend(name.ends_with(".wit").then(|| format!("{prefix}{name}")));
        }
    }
    on_disk.sort();
    let mut listed: Vec<_> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    listed.sort();
    assert_eq!(on_disk, listed);
}
