//! Components and WIT of every sort open, and what is none of these says so.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

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
         interface failing { get: func() -> result<u8, string>; }
         world w { import modes; import nv; import types; import buses; import queue; import late;
             import failing; }
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

/// As toolchains of early 2024 wrote it: WASI 0.2.0, resources across interfaces.
const OLD: &str = r#"
package old:app;
world app {
    import wasi:io/streams@0.2.0;
    import wasi:clocks/monotonic-clock@0.2.0;
    export wasi:cli/run@0.2.0;
}
package wasi:io@0.2.0 {
    interface error { resource error { to-debug-string: func() -> string; } }
    interface poll {
        resource pollable { ready: func() -> bool; block: func(); }
        poll: func(in: list<borrow<pollable>>) -> list<u32>;
    }
    interface streams {
        use error.{error as io-error};
        use poll.{pollable};
        variant stream-error { last-operation-failed(io-error), closed }
        resource output-stream {
            check-write: func() -> result<u64, stream-error>;
            write: func(contents: list<u8>) -> result<_, stream-error>;
            subscribe: func() -> pollable;
        }
    }
}
package wasi:clocks@0.2.0 {
    interface monotonic-clock {
        use wasi:io/poll@0.2.0.{pollable};
        type instant = u64;
        type duration = u64;
        now: func() -> instant;
        subscribe-duration: func(when: duration) -> pollable;
    }
}
package wasi:cli@0.2.0 { interface run { run: func() -> result; } }
"#;

#[test]
fn components_of_2024_open() {
    let component = open(OLD);
    let platform = component
        .ports
        .iter()
        .all(|port| port.kind == PortKind::Platform);
    assert!(platform, "{component:#?}");
    let PortItem::Interface(clock) = &port(&component, "wasi:clocks/monotonic-clock@0.2.0").item
    else {
        panic!()
    };
    let again = read::wit_files(&[("w.wit", &print::world(&component))], None).unwrap();
    assert_eq!(sorted(again.ports), sorted(component.ports.clone()));
    let subscribe = clock.function("subscribe-duration").unwrap();
    let Some(ValueType::Own(pollable)) = &subscribe.result else {
        panic!()
    };
    assert_eq!(
        pollable.owner.as_ref().unwrap().to_string(),
        "wasi:io/poll@0.2.0"
    );
}

/// Encoders before autumn 2024 marked interface names with a 1 where there is a 0 now.
#[test]
fn names_as_older_encoders_wrote_them_are_read() {
    let mut bytes = build(OLD);
    let mut marked = 0;
    for at in 2..bytes.len() {
        let is_name = bytes[at..].starts_with(b"wasi:") && bytes[at - 2] == 0;
        if is_name && usize::from(bytes[at - 1]) < 40 {
            bytes[at - 2] = 1;
            marked += 1;
        }
    }
    assert!(marked > 4, "{marked}");
    let old = read::component(&bytes, "test.wasm").unwrap();
    assert_eq!(old.ports, open(OLD).ports);
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

#[test]
fn what_is_no_component_says_so() {
    let error = |bytes: &[u8]| read::component(bytes, "fan.wasm").unwrap_err().to_string();
    let whole = build(SENSOR);
    insta::assert_snapshot!(error(b""), @"`fan.wasm` is empty; build the component again");
    insta::assert_snapshot!(error(b"\0as"), @"`fan.wasm` is cut off at 0x00000003; copy or build it again");
    insta::assert_snapshot!(error(b"\0asm\x01"), @"`fan.wasm` is cut off at 0x00000005; copy or build it again");
    insta::assert_snapshot!(error(b"\0asm\x01\0\0\0"), @"`fan.wasm` is a core module, not a component; wrap it with `wasm-tools component new fan.wasm -o component.wasm`, or build for a target with components such as wasm32-wasip2");
    insta::assert_snapshot!(error(b"\0asm\x0a\0\x01\0"), @"`fan.wasm` has WebAssembly version 0x0001000a, known are 0x0001000d (component) and 0x00000001 (core module); build it with current tools");
    insta::assert_snapshot!(error(b"\x7fELF\x02\x01\x01\0\0\0"), @"`fan.wasm` is no WebAssembly: it starts with 7f 45 4c 46, not with 00 61 73 6d; choose the built `.wasm`");
    insta::assert_snapshot!(error(b";; made by hand\n(component)"), @"`fan.wasm` is WebAssembly text, not a binary; assemble it with `wasm-tools parse fan.wasm -o component.wasm`");
    insta::assert_snapshot!(error(b"// a package\npackage a:b;\n"), @"`fan.wasm` is WIT text, not a component; add its folder as a WIT package to get a stub");
    insta::assert_snapshot!(error("{ \"Grüße\": 1 }".as_bytes()), @"`fan.wasm` is a text file, not a component; choose the built `.wasm`");
    insta::assert_snapshot!(error(&whole[..whole.len() - 5]), @"`fan.wasm` is cut off at 0x000011ec; copy or build it again");
    let import = wat::parse_str("(component (import \"m\" (core module)))").unwrap();
    insta::assert_snapshot!(error(&import), @"`fan.wasm` imports the core module `m`, which no port can provide; link it into the component first");
    let invalid = [b"\0asm\x0d\0\x01\0".as_slice(), &[0x0b, 2, 1, 0xff]].concat();
    insta::assert_snapshot!(error(&invalid), @"`fan.wasm` is no valid component: invalid leading byte (0xff) for component name (at 0x0000000b); build it again");
    let metadata = [whole.as_slice(), &[0, 21, 17], b"wireloom:metadata", b"{ 1"].concat();
    insta::assert_snapshot!(error(&metadata), @"`fan.wasm`: custom section `wireloom:metadata` is no valid JSON of its schema: key must be a string (line 1, column 3); make it again with the tool that wrote it");
}

#[test]
fn a_huge_file_is_refused_at_once() {
    // Zeroed pages cost nothing until they are touched.
    let mut bytes = vec![0_u8; 200_000_000];
    let error = |bytes: &[u8]| read::component(bytes, "fan.wasm").unwrap_err().to_string();
    insta::assert_snapshot!(error(&bytes), @"`fan.wasm` is no WebAssembly: it starts with 00 00 00 00, not with 00 61 73 6d; choose the built `.wasm`");
    bytes[..8].copy_from_slice(b"\0asm\x0d\0\x01\0");
    insta::assert_snapshot!(error(&bytes), @"`fan.wasm` has 200 MB, the largest component is 128 MB; strip its debug information (`wasm-tools strip`) or take data out of it");
}

#[test]
fn every_cut_and_every_flipped_byte_is_an_answer() {
    let whole = build(SENSOR);
    for end in 0..whole.len() {
        // A cut between two sections can leave a valid component.
        if let Err(error) = read::component(&whole[..end], "cut.wasm") {
            assert!(error.to_string().contains("cut.wasm"), "{error}");
        }
    }
    for at in (8..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let _ = read::file(&bytes, "flipped.wasm");
    }
}

#[test]
fn types_that_are_too_deep_are_refused() {
    let mut text = String::from("(component (type $t0 (list u8))");
    for level in 1..5000 {
        text.push_str(&format!("(type $t{level} (list $t{}))", level - 1));
    }
    text.push_str("(import \"f\" (func (param \"a\" $t4999))))");
    let bytes = wat::parse_str(&text).unwrap();
    insta::assert_snapshot!(read::component(&bytes, "deep.wasm").unwrap_err(), @"`deep.wasm` is no valid component: type nesting is too deep (at 0x000000f5); build it again");
    let wit = format!(
        "package a:b;\nworld w {{ import f: func(a: {}u8{}); }}",
        "list<".repeat(5000),
        ">".repeat(5000)
    );
    insta::assert_snapshot!(read::wit_files(&[("deep.wit", &wit)], None).unwrap_err(), @"WIT is not valid: types in `deep.wit` are nested 5000 levels deep, 100 are allowed; flatten them");
}

#[test]
fn wit_in_folders() {
    let files = [
        (
            "wit/deps/c/c.wit",
            "package c:d@1.0.0; interface i { f: func(); }",
        ),
        ("wit/deps/e.wit", "package e:f; interface j { g: func(); }"),
        (
            "wit/world.wit",
            "package a:b; world w { import c:d/i@1.0.0; import types; }",
        ),
        (
            "wit/types.wit",
            "interface types { use e:f/k.{a}; h: func(); }",
        ),
    ];
    let error = read::wit_files(&files, None).unwrap_err();
    insta::assert_snapshot!(error, @"WIT is not valid: interface not found in package (wit/types.wit:1:27)");
    let types = ("wit/types.wit", "interface types { h: func(); }");
    let world = read::wit_files(&[files[0], files[1], files[2], types], None).unwrap();
    let names: Vec<_> = world.ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["c:d/i@1.0.0", "a:b/types"]);
}

#[test]
fn wit_errors_say_what_to_do() {
    let error = |files: &[(&str, &str)], world| read::wit_files(files, world).unwrap_err();
    insta::assert_snapshot!(error(&[], None), @"no WIT file; choose a folder with `.wit` files");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; interface i { f: func(")], None), @"WIT is not valid: expected an identifier or string, found eof (a.wit:1:36)");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; world w { import x:y/z; }")], None), @"WIT is not valid: package 'x:y' not found. known packages: a:b (a.wit:1:31)");
    let two = [("a.wit", "package a:b; world v {} world w {}")];
    insta::assert_snapshot!(error(&two, None), @"WIT in `a.wit` has more than one world; choose one of `v`, `w`");
    insta::assert_snapshot!(error(&two, Some("x")), @"WIT in `a.wit` has no world `x`; choose one of `v`, `w`");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; interface i {}")], None), @"WIT in `a.wit` has no world; write `world name { … }` with the ports of the component");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; interface i {}")], Some("x")), @"WIT in `a.wit` has no world `x`; it has none");
}
