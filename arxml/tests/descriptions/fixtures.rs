//! Every kind of data type, port interface and component, in files of our own.

use super::{defects, model, text, unmapped, worlds};
use arxml::{Disabled, Event, ModeChange, ModeRef, Model};
use autosar_wit::component::{Direction, PortItem, PortKind};

const TYPES: &str = include_str!("../fixtures/types.arxml");
const PORTS: &str = include_str!("../fixtures/ports.arxml");
const COMPONENTS: &str = include_str!("../fixtures/components.arxml");

fn whole() -> Model {
    model(&[
        ("types.arxml", TYPES),
        ("ports.arxml", PORTS),
        ("components.arxml", COMPONENTS),
    ])
    .unwrap()
}

#[test]
fn data_types_become_wit_with_unit_range_and_words() {
    let model = whole();
    insta::assert_snapshot!("types", text(&model, "types.wit"));
    insta::assert_snapshot!("impl", text(&model, "impl.wit"));
}

#[test]
fn every_kind_of_port_interface_becomes_wit() {
    insta::assert_snapshot!("ports", text(&whole(), "ports.wit"));
}

#[test]
fn components_become_worlds_with_labelled_ports() {
    insta::assert_snapshot!("components", text(&whole(), "components.wit"));
}

#[test]
fn what_is_left_out_is_listed_by_its_path() {
    insta::assert_snapshot!("unmapped", unmapped(&whole()));
}

#[test]
fn what_is_wrong_is_told_with_file_and_line() {
    insta::assert_snapshot!("defects", defects(&whole()));
}

#[test]
fn the_parser_takes_every_world_with_its_kinds_of_ports() {
    let model = whole();
    let worlds = worlds(&model);
    let brake = worlds
        .iter()
        .find(|world| world.name == "brake-controller")
        .unwrap();
    let kind = |direction, name: &str| brake.port(direction, name).unwrap().kind;
    assert_eq!(kind(Direction::Required, "front"), PortKind::SenderReceiver);
    assert_eq!(kind(Direction::Required, "ignition"), PortKind::ModeSwitch);
    assert_eq!(kind(Direction::Required, "crash"), PortKind::Trigger);
    assert_eq!(kind(Direction::Provided, "door"), PortKind::ClientServer);
    assert_eq!(kind(Direction::Required, "mileage"), PortKind::NvData);
    assert_eq!(brake.port(Direction::Provided, "mileage"), None);
    let PortItem::Interface(front) = &brake.port(Direction::Required, "front").unwrap().item else {
        panic!("no interface");
    };
    assert_eq!(front.id.as_ref().unwrap().to_string(), "car:ports/motion-i");
}

#[test]
fn non_volatile_data_begin_with_the_value_of_their_com_spec() {
    let model = whole();
    let mut ports = model.components[0].ports.iter();
    let mileage = ports.find(|port| port.autosar_name == "Mileage").unwrap();
    let said: Vec<_> = mileage
        .receptions
        .iter()
        .map(|one| (one.element.as_str(), one.initial.as_deref()))
        .collect();
    assert_eq!(said, [("kilometres", Some("7"))]);
}

#[test]
fn names_units_and_conversions_are_metadata() {
    let model = whole();
    let brake = &model.components[0];
    assert_eq!(
        brake.metadata.autosar_name.as_deref(),
        Some("Brake_Controller")
    );
    let front = &brake.metadata.ports[0];
    assert_eq!(front.autosar_name.as_deref(), Some("Front"));
    insta::assert_debug_snapshot!("metadata", front.elements);
}

#[test]
fn the_order_of_files_changes_nothing() {
    let turned = model(&[
        ("components.arxml", COMPONENTS),
        ("ports.arxml", PORTS),
        ("types.arxml", TYPES),
    ]);
    assert_eq!(turned.unwrap(), whole());
}

#[test]
fn packages_that_need_each_other_are_one() {
    let package = |name: &str, other: &str| {
        format!(
            "<AR-PACKAGE><SHORT-NAME>{name}</SHORT-NAME><ELEMENTS>\
             <IMPLEMENTATION-DATA-TYPE><SHORT-NAME>Bool_T</SHORT-NAME><CATEGORY>VALUE</CATEGORY>\
             <DESC><L-2 L=\"EN\">x</L-2></DESC>\
             <SW-DATA-DEF-PROPS><SW-DATA-DEF-PROPS-VARIANTS><SW-DATA-DEF-PROPS-CONDITIONAL>\
             <BASE-TYPE-REF DEST=\"SW-BASE-TYPE\">/Base/uint8</BASE-TYPE-REF>\
             </SW-DATA-DEF-PROPS-CONDITIONAL></SW-DATA-DEF-PROPS-VARIANTS></SW-DATA-DEF-PROPS>\
             </IMPLEMENTATION-DATA-TYPE>\
             <SENDER-RECEIVER-INTERFACE><SHORT-NAME>Value_I</SHORT-NAME><DATA-ELEMENTS>\
             <VARIABLE-DATA-PROTOTYPE><SHORT-NAME>Bool_T</SHORT-NAME>\
             <TYPE-TREF DEST=\"IMPLEMENTATION-DATA-TYPE\">/{other}/Bool_T</TYPE-TREF>\
             </VARIABLE-DATA-PROTOTYPE>\
             <VARIABLE-DATA-PROTOTYPE><SHORT-NAME>own</SHORT-NAME>\
             <TYPE-TREF DEST=\"IMPLEMENTATION-DATA-TYPE\">/{name}/Bool_T</TYPE-TREF>\
             </VARIABLE-DATA-PROTOTYPE>\
             </DATA-ELEMENTS></SENDER-RECEIVER-INTERFACE></ELEMENTS></AR-PACKAGE>"
        )
    };
    let text_of = format!(
        "{}<AR-PACKAGES>{}{}</AR-PACKAGES></AUTOSAR>",
        super::refused::HEAD,
        package("Engine", "Brake"),
        package("Brake", "Engine")
    );
    let model = model(&[("a.arxml", &text_of)]).unwrap();
    worlds(&model);
    insta::assert_snapshot!("circle", text(&model, "brake.wit"));
}

const SYSTEM: &str = include_str!("../fixtures/system.arxml");

#[test]
fn compositions_com_specs_and_ecus_are_read() {
    let model = model(&[("system.arxml", SYSTEM)]).unwrap();
    assert_eq!(defects(&model), "");
    insta::assert_snapshot!("system_unmapped", unmapped(&model));
    insta::assert_debug_snapshot!("compositions", model.compositions);
    insta::assert_debug_snapshot!("system", model.system);
    let gear = &model.components[0].ports[0].receptions[0];
    assert_eq!(gear.element, "gear");
    assert_eq!(gear.initial.as_deref(), Some("drive"));
    assert_eq!(gear.alive_timeout_ns, Some(500_000_000));
}

const NETWORK: &str = include_str!("../fixtures/network.arxml");

#[test]
fn a_can_cluster_becomes_a_dbc_with_the_signals_that_elements_travel_as() {
    let model = model(&[("network.arxml", NETWORK)]).unwrap();
    let [cluster] = model.clusters.as_slice() else {
        panic!("{:?}", model.clusters);
    };
    assert_eq!(
        (cluster.name.as_str(), cluster.bitrate_bps),
        ("body-can", 250_000)
    );
    insta::assert_snapshot!("dbc", cluster.description);
    let loaded = autosar_wit::dbc::read(cluster.description.as_bytes());
    assert_eq!(loaded.defects, []);
    // Big endian from bit 7 on: twelve bits over the first two bytes.
    let message = loaded.database.message(291, false).unwrap();
    let speed = message.decode(&[0x0a, 0x50, 0, 0, 0, 0, 0, 0]);
    let physical = speed.iter().find(|one| one.name == "SpeedSig").unwrap();
    assert_eq!(physical.physical, 0xa5 as f64 * 0.5 - 40.0);
    insta::assert_debug_snapshot!("transmissions", cluster.transmissions);
    insta::assert_snapshot!("network_defects", defects(&model));
    insta::assert_snapshot!("network_unmapped", unmapped(&model));
}

#[test]
fn what_follows_a_timeout_and_values_of_records_are_read() {
    let replaced = SYSTEM.replace(
        "<ALIVE-TIMEOUT>0.5</ALIVE-TIMEOUT>",
        "<ALIVE-TIMEOUT>0.5</ALIVE-TIMEOUT><HANDLE-TIMEOUT-TYPE>REPLACE</HANDLE-TIMEOUT-TYPE>",
    );
    let model = model(&[("system.arxml", &replaced)]).unwrap();
    let gear = &model.components[0].ports[0].receptions[0];
    assert_eq!(gear.substitute.as_deref(), Some("drive"));
    // A word of the text table, and a value that is none.
    let initial = |value: &str| {
        let text = SYSTEM.replace("<VALUE>3</VALUE>", &format!("<VALUE>{value}</VALUE>"));
        let model = super::model(&[("system.arxml", &text)]).unwrap();
        let initial = model.components[0].ports[0].receptions[0].initial.clone();
        (
            initial,
            unmapped(&model).contains("the value does not fit the type of `gear`"),
        )
    };
    assert_eq!(initial("0"), (Some("park".to_owned()), false));
    assert_eq!(initial("1"), (None, true));
}

#[test]
fn modes_start_runnables_and_disable_them() {
    let model = whole();
    let brake = &model.components[0];
    let of = |name: &str| {
        let mut runnables = brake.runnables.iter();
        runnables.find(|one| one.autosar_name == name).unwrap()
    };
    let switch = |change| Event::ModeSwitch {
        port: "ignition".into(),
        change,
    };
    let transition = ModeChange::Transition {
        from: "drive".into(),
        to: "off".into(),
    };
    let entry = ModeChange::Entry("drive".into());
    assert_eq!(of("Tidy").events, [switch(entry), switch(transition)]);
    let run = of("Run");
    assert!(matches!(
        run.events[..],
        [Event::Timing { .. }, Event::DataReceived]
    ));
    let off = ModeRef {
        port: "ignition".into(),
        mode: "off".into(),
    };
    assert_eq!(
        run.disabled,
        [Disabled {
            event: 0,
            mode: off
        }]
    );
}
