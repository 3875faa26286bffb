//! The project file: what is written is read again, and what is wrong is said with file and line.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use autosar_wit::{component::Direction, mapping::Mapping};
use graph_core::{
    document::*,
    end,
    file::{decode, read, read_layout, write, write_layout},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #[test]
    fn what_is_written_is_read_again(document in support::document()) {
        let text = write(&document);
        let mut again = read(&text, "project.wireloom").unwrap();
        again.layout = read_layout(&write_layout(&document), "project.layout", &again).unwrap();
        prop_assert_eq!(by_name(&again), by_name(&document));
        prop_assert_eq!(write(&again), text);
        prop_assert_eq!(write_layout(&again), write_layout(&document));
    }
}

/// The composition in which something stands.
type Scope = Option<String>;

type NamedInstance = (String, Option<String>, Vec<(String, String)>, Instance);

/// Kind without its network, the network, and the rest.
type NamedConnector = (ConnectorKind, Option<String>, bool, bool, Option<Mapping>);

/// A document with names in the place of ids, which a file does not keep.
#[derive(Debug, PartialEq)]
struct ByName {
    name: String,
    components: BTreeMap<String, Component>,
    ecus: BTreeMap<String, Ecu>,
    buses: BTreeMap<String, Bus>,
    /// Component, partition, bindings, and the rest without ids.
    instances: BTreeMap<(Scope, String), NamedInstance>,
    ports: BTreeMap<(Scope, String), Direction>,
    connectors: BTreeMap<(Scope, String, String), NamedConnector>,
    pdus: BTreeSet<(String, String, String)>,
    positions: BTreeMap<(Scope, String), (f32, f32)>,
    reroute_points: BTreeMap<(Scope, String, String), Vec<(f32, f32)>>,
}

fn by_name(document: &Document) -> ByName {
    let scope = |id: Option<ComponentId>| id.map(|id| document.components[&id].name.clone());
    let place = |id: &InstanceId| match document.ports.get(id) {
        Some(port) => (scope(Some(port.composition)), format!(".{}", port.name)),
        None => {
            let instance = &document.instances[id];
            (scope(instance.composition), instance.name.clone())
        }
    };
    let bus = |id: &BusId| document.buses[id].name.clone();
    let instance = |instance: &Instance| {
        let partition = instance
            .partition
            .as_ref()
            .map(|key| format!("{}/{}", document.ecus[&key.ecu].name, key.partition));
        let bindings = instance
            .bindings
            .iter()
            .map(|(key, bound)| (key.clone(), document.binding_text(bound)))
            .collect();
        let rest = Instance {
            composition: None,
            component: ComponentId(0),
            partition: None,
            bindings: BTreeMap::new(),
            ..instance.clone()
        };
        let component = document.components[&instance.component].name.clone();
        (
            (scope(instance.composition), instance.name.clone()),
            (component, partition, bindings, rest),
        )
    };
    let connector = |connector: &Connector| {
        let ends = (
            scope(document.scope_of(connector)),
            end::text(document, &connector.from),
            end::text(document, &connector.to),
        );
        let mut kind = connector.kind.clone();
        if let ConnectorKind::Buffered(buffering) = &mut kind {
            buffering.network = None;
        }
        (
            ends,
            (
                kind,
                connector.network().as_ref().map(bus),
                connector.accept_version,
                connector.probe,
                connector.adapter.clone(),
            ),
        )
    };
    let sorted = |bus: &Bus| {
        let mut bus = bus.clone();
        match &mut bus.kind {
            BusKind::Can { .. } | BusKind::Ethernet { .. } => {}
            BusKind::I2c { devices, .. } => devices.sort_by(|a, b| a.name.cmp(&b.name)),
            BusKind::Spi { devices, .. } => devices.sort_by(|a, b| a.name.cmp(&b.name)),
            BusKind::Gpio { pins } => pins.sort_by(|a, b| a.name.cmp(&b.name)),
        }
        (bus.name.clone(), bus)
    };
    ByName {
        name: document.name.clone(),
        components: document
            .components
            .values()
            .map(|one| (one.name.clone(), one.clone()))
            .collect(),
        ecus: document
            .ecus
            .values()
            .map(|one| (one.name.clone(), one.clone()))
            .collect(),
        buses: document.buses.values().map(sorted).collect(),
        instances: document.instances.values().map(instance).collect(),
        ports: document
            .ports
            .iter()
            .map(|(id, port)| (place(id), port.direction))
            .collect(),
        connectors: document.connectors.values().map(connector).collect(),
        pdus: document
            .pdus
            .values()
            .map(|pdu| {
                (
                    bus(&pdu.bus),
                    pdu.message.clone(),
                    format!("{:?}", pdu.mode),
                )
            })
            .collect(),
        positions: document
            .layout
            .positions
            .iter()
            .map(|(id, at)| (place(id), *at))
            .collect(),
        reroute_points: document
            .layout
            .reroute_points
            .iter()
            .filter_map(|(id, points)| {
                let connector = document.connectors.get(id)?;
                let text = |end| end::text(document, end);
                let ends = (text(&connector.from), text(&connector.to));
                let here = scope(document.scope_of(connector));
                Some(((here, ends.0, ends.1), points.clone()))
            })
            .collect(),
    }
}

/// The example of docs/project-file.md.
fn example() -> String {
    let page = include_str!("../../docs/project-file.md");
    let after = page.split("```toml\n").nth(1).unwrap();
    after.split("```").next().unwrap().to_owned()
}

#[test]
fn the_documented_example_is_read() {
    let document = read(&example(), "thermal.wireloom").unwrap();
    assert_eq!(document.instances.len(), 4);
    insta::assert_snapshot!(write(&document));
}

#[test]
fn a_file_from_windows_is_the_same_project() {
    let text = write(&read(&example(), "thermal.wireloom").unwrap());
    let of_windows = text
        .replace("components/", r"components\\")
        .replace("wit/dashboard", r"wit\\dashboard")
        .replace("thermal.dbc", r"buses\\thermal.dbc")
        .replace('\n', "\r\n");
    assert!(
        of_windows.contains(r#"file = "components\\fan.wasm""#),
        "{of_windows}"
    );
    let written = write(&read(&of_windows, "thermal.wireloom").unwrap());
    assert_eq!(written, text.replace("thermal.dbc", "buses/thermal.dbc"));
}

#[test]
fn the_documented_layout_is_read() {
    let page = include_str!("../../docs/project-file.md");
    let text = page
        .split("```toml\n")
        .nth(2)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let document = read(&example(), "thermal.wireloom").unwrap();
    let layout = read_layout(text, "thermal.layout", &document).unwrap();
    assert_eq!(write_layout(&Document { layout, ..document }), text);
}

/// The page's last example.
fn pedals() -> String {
    let page = include_str!("../../docs/project-file.md");
    let after = page.split("```toml\n").nth(3).unwrap();
    after.split("```").next().unwrap().to_owned()
}

#[test]
fn the_documented_adapters_are_read() {
    documented(4, &["[buses]", "[ecus]"]);
}

#[test]
fn the_documented_compositions_and_modes_are_read() {
    documented(5, &["[buses]"]);
    documented(8, &["[buses]", "[ecus]"]);
}

/// An example says all that is written of it, but for what is always there.
fn documented(number: usize, always: &[&str]) {
    let page = include_str!("../../docs/project-file.md");
    let text = page.split("```toml\n").nth(number).unwrap();
    let text = text.split("```").next().unwrap();
    let written = write(&read(text, "example.wireloom").unwrap_or_else(|error| panic!("{error}")));
    let facts = |text: &str| {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let (written, text) = (facts(&written), facts(text));
    let more: Vec<&String> = written.difference(&text).collect();
    assert_eq!(more, always);
    assert!(text.is_subset(&written));
}

#[test]
fn the_documented_buses_pins_and_blocks_are_read() {
    let document = read(&pedals(), "pedals.wireloom").unwrap();
    let written = write(&document);
    assert_eq!(write(&read(&written, "again").unwrap()), written);
    // What is said in the file and nothing else: comments and empty lines apart.
    let facts = |text: &str| {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert_eq!(facts(&written), facts(&pedals()));
}

#[test]
fn wrong_buses_pins_and_blocks_say_file_and_line() {
    let example = pedals();
    let changes = [
        ("chip_select = 0\n", ""),
        ("chip_select = 0\n", "chip_select = 256\n"),
        ("chip_select = 0\n", "chip_select = 0\nmode = 4\n"),
        ("chip_select = 0\n", "chip_select = 0\naddress = 0x48\n"),
        ("chip_select = 1\n", "chip_select = 1\ncan = 1\n"),
        ("[buses.io.pins.brake-light]\n", "[buses.io.pins.adc]\n"),
        ("[buses.io.pins.brake-light]\n", "[buses.io.pins.io]\n"),
        ("clock_hz = 1000000\n", ""),
        (
            "clock_hz = 1000000\n",
            "clock_hz = 1000000\nbitrate_bps = 1\n",
        ),
        ("kind = \"gpio\"\n", "kind = \"gpio\"\nclock_hz = 1\n"),
        (
            "[buses.io.pins.brake-light]\n",
            "[buses.io.devices.brake-light]\n",
        ),
        (
            "[buses.io.pins.brake-light]\n",
            "[buses.spi0.pins.brake-light]\n",
        ),
        ("[buses.io.pins.brake-light]\n", "[buses.io.pins.Brake]\n"),
        ("signal = \"digital\"\n", "signal = \"loud\"\n"),
        (
            "signal = \"digital\"\n",
            "signal = \"digital\"\nfull_scale = 1\n",
        ),
        ("direction = \"out\"\n", "direction = \"up\"\n"),
        ("full_scale = 4095\n", ""),
        ("full_scale = 4095\n", "full_scale = 0\n"),
        ("full_scale = 4095\n", "full_scale = 4095\npull = \"up\"\n"),
        ("pull = \"up\"\n", "pull = \"sideways\"\n"),
        ("active_level = \"low\"\n", "active_level = \"no\"\n"),
        ("get-adc = \"spi0/adc\"\n", "get-adc = \"spi0/dac\"\n"),
        ("get-adc = \"spi0/adc\"\n", "get-adc = \"spi1/adc\"\n"),
        (
            "calibration = \"pedal-calibration\"\n",
            "calibration = \"Pedal\"\n",
        ),
        ("size_bytes = 4\n", ""),
        ("size_bytes = 4\n", "size_bytes = 0\n"),
        ("size_bytes = 4\n", "size_bytes = 4097\n"),
        ("size_bytes = 4\n", "size_bytes = 3\n"),
        ("initial = \"66009903\"\n", "initial = \"330\"\n"),
        ("initial = \"66009903\"\n", "initial = \"3g\"\n"),
        (
            ".blocks.pedal-calibration]\n",
            ".blocks.pedal_calibration]\n",
        ),
    ];
    let mut messages = String::new();
    for (from, to) in changes {
        assert!(example.contains(from), "the example has no {from:?}");
        let text = example.replacen(from, to, 1);
        let error = read(&text, "pedals.wireloom").expect_err(to);
        messages += &format!("{to:?}\n  {error}\n");
    }
    insta::assert_snapshot!(messages);
}

/// Each change of the example and what is said about it.
#[test]
fn wrong_files_say_file_and_line() {
    let example = example();
    let changes = [
        ("format = 1\n", ""),
        ("format = 1\n", "format = 2\n"),
        ("format = 1\n", "format = \"1\"\n"),
        ("name = \"thermal\"\n", ""),
        ("name = \"thermal\"\n", "name = \"\"\n"),
        ("name = \"thermal\"\n", "name = thermal\n"),
        (
            "name = \"thermal\"\n",
            "name = \"thermal\"\ncolour = \"red\"\n",
        ),
        (
            "component = \"controller\"\n",
            "component = \"controler\"\n",
        ),
        (
            "component = \"controller\"\n",
            "component = \"controller\"\ncolour = \"red\"\n",
        ),
        ("component = \"controller\"\n", ""),
        ("[instances.fan]\n", "[instances.controller]\n"),
        ("[instances.fan]\n", "[instances.Fan]\n"),
        ("[instances.fan]\n", "[instances.fan\n"),
        ("[instances.fan]\n", "[instanzen.fan]\n"),
        (
            "partition = \"cockpit/main\"\n",
            "partition = \"cockpit/aux\"\n",
        ),
        (
            "partition = \"cockpit/main\"\n",
            "partition = \"cockpit\"\n",
        ),
        ("get-i2c-bus = \"i2c0\"\n", "get-i2c-bus = \"i2c9\"\n"),
        ("event = \"init\"\n", "event = \"sometimes\"\n"),
        ("event = \"init\"\n", "event = \"init\"\nperiod_ns = 1\n"),
        ("event = \"init\"\n", "event = \"init\"\nposition = 1\n"),
        (
            "event = \"init\"\n",
            "event = \"init\"\ntask = \"common\"\n",
        ),
        ("period_ns = 100000000\n", ""),
        ("period_ns = 100000000\n", "period_ns = -1\n"),
        (
            "runnable = \"wireloom:thermal/driver@0.1.0#sample\"\n",
            "runnable = \"a b\"\n",
        ),
        ("from = \"sensor.wireloom", "from = \"sensors.wireloom"),
        ("from = \"sensor.wireloom", "from = \"sensor:wireloom"),
        ("from = \"sensor.wireloom", "from = \"wireloom"),
        ("from = \"sensor.wireloom", "from = \"a b.wireloom"),
        ("kind = \"direct\"\n", "kind = \"diagonal\"\n"),
        ("kind = \"direct\"\n", "kind = \"direct\"\nqueue = 4\n"),
        ("kind = \"can\"\n", "kind = \"can\"\nclock_hz = 4\n"),
        ("bitrate_bps = 500000\n", ""),
        ("kind = \"can\"\n", "kind = \"can\"\nlatency_ns = 1\n"),
        ("kind = \"i2c\"\n", "kind = \"i2c\"\nlatency_ns = 1\n"),
        (
            "kind = \"ethernet\"\n",
            "kind = \"ethernet\"\nclock_hz = 1\n",
        ),
        (
            "kind = \"ethernet\"\n",
            "kind = \"ethernet\"\ndescription = \"eth0.dbc\"\n",
        ),
        ("bitrate_bps = 100000000\n", ""),
        ("latency_ns = 50000\n", ""),
        ("latency_ns = 50000\n", "latency_ns = -1\n"),
        (
            "[buses.i2c0.devices.cabin]\n",
            "[buses.eth0.devices.cabin]\n",
        ),
        (
            "kind = \"direct\"\n",
            "kind = \"direct\"\nnetwork = \"eth0\"\n",
        ),
        (
            "kind = \"buffered\"\n",
            "kind = \"buffered\"\nnetwork = \"eth7\"\n",
        ),
        (
            "[buses.i2c0.devices.cabin]\n",
            "[buses.can0.devices.cabin]\n",
        ),
        (
            "message = \"can0:FanStatus\"\n",
            "message = \"FanStatus\"\n",
        ),
        (
            "message = \"can0:FanStatus\"\n",
            "message = \"can7:FanStatus\"\n",
        ),
        ("file = \"components/controller.wasm\"\n", ""),
        (
            "file = \"components/controller.wasm\"\n",
            "file = \"a.wasm\"\nwit = \"a.wit\"\n",
        ),
        (
            "file = \"components/controller.wasm\"\n",
            "file = \"a.wasm\"\nworld = \"a\"\n",
        ),
        ("memory_bytes = 1048576\n", ""),
        ("on_trap = \"restart\"\n", "on_trap = \"reboot\"\n"),
    ];
    let mut messages = String::new();
    for (from, to) in changes {
        assert!(example.contains(from), "the example has no {from:?}");
        let text = example.replacen(from, to, 1);
        let error = read(&text, "thermal.wireloom").expect_err(to);
        messages += &format!("{to:?}\n  {error}\n");
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn a_second_connector_between_the_same_ends_is_refused() {
    let example = example();
    let connector = example.split("[[connectors]]").nth(1).unwrap();
    let text = example.replacen(
        "[[connectors]]",
        &format!("[[connectors]]{connector}[[connectors]]"),
        1,
    );
    let error = read(&text, "thermal.wireloom").unwrap_err();
    insta::assert_snapshot!(error, @"thermal.wireloom:137: there is already a connector from `sensor.wireloom:thermal/temperature@0.1.0` to `controller.wireloom:thermal/temperature@0.1.0`; change that one");
}

#[test]
fn a_file_that_is_no_text_is_named_with_its_line() {
    assert_eq!(decode("ä\n".as_bytes(), "a.wireloom"), Ok("ä\n"));
    let error = decode(b"format = 1\nname = \"\xff\"\n", "a.wireloom").unwrap_err();
    insta::assert_snapshot!(error, @"a.wireloom:2: this is not UTF-8 text; a project file is TOML, is this the right file?");
}

#[test]
fn wrong_layouts_say_file_and_line() {
    let document = read(&example(), "thermal.wireloom").unwrap();
    let texts = [
        "",
        "format = 7\n",
        "format = 1\n[positions]\nfan = [1.0]\n",
        "format = 1\n[positions]\nfan = [nan, 0.0]\n",
        "format = 1\n[[wires]]\nfrom = \"a\"\nto = \"b\"\npoints = [[0.0, inf]]\n",
        "format = 1\n[[wires]]\nfrom = \"a\"\npoints = [[0.0, 1.0]]\n",
        "format = 1\n[sizes]\nfan = [1.0, 0.0]\n",
        "format = 1\n[positions\n",
    ];
    let messages = texts.map(|text| {
        format!(
            "{}\n",
            read_layout(text, "thermal.layout", &document).unwrap_err()
        )
    });
    insta::assert_snapshot!(messages.concat());
}

#[test]
fn positions_of_instances_that_are_gone_are_passed_over() {
    let document = read(&example(), "thermal.wireloom").unwrap();
    let layout = read_layout(
        "format = 1\n[positions]\ngone = [1.0, 2.0]\n",
        "thermal.layout",
        &document,
    )
    .unwrap();
    assert_eq!(layout, Layout::default());
}
