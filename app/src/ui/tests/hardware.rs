//! SPI devices, pins and non-volatile blocks in the inspector: made, changed, removed, by the names
//! that a screen reader says.

use super::desk::{Desk, climate};
use crate::session::Event;
use deployment::{ActiveLevel, PinDirection, PinSignal, Pull};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable;
use graph_core::{
    document::{Block, Bus, BusId, BusKind, EcuId, Pin, SpiDevice, Subject},
    edit::Edit,
};

const BUS: BusId = BusId(80);
const ECU: EcuId = EcuId(50);

/// The climate project with an empty bus of that kind, which is selected.
fn with_bus(name: &str, kind: BusKind) -> Desk {
    with_buses(vec![(name, kind)])
}

/// The same with several; the first is selected.
fn with_buses(buses: Vec<(&str, BusKind)>) -> Desk {
    let (mut document, library) = climate();
    let inserted = buses.into_iter().zip(BUS.0..).map(|((name, kind), id)| {
        let name = name.to_owned();
        Edit::InsertBus(BusId(id), Bus { name, kind })
    });
    document.apply_batch(inserted.collect()).unwrap();
    let mut desk = Desk::empty(Vec::new()).tall();
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    select(&mut desk, Subject::Bus(BUS));
    desk
}

pub(super) fn select(desk: &mut Desk, subject: Subject) {
    let select = crate::command::Command::Select(vec![subject]);
    desk.harness.state_mut().apply(select);
    desk.harness.run();
}

fn spi() -> Desk {
    with_bus(
        "spi0",
        BusKind::Spi {
            clock_hz: 1_000_000,
            devices: vec![],
        },
    )
}

fn gpio() -> Desk {
    with_bus("io", BusKind::Gpio { pins: vec![] })
}

fn devices(desk: &Desk) -> Vec<SpiDevice> {
    match &desk.session().document().buses[&BUS].kind {
        BusKind::Spi { devices, .. } => devices.clone(),
        other => panic!("{other:?}"),
    }
}

fn pins(desk: &Desk) -> Vec<Pin> {
    match &desk.session().document().buses[&BUS].kind {
        BusKind::Gpio { pins } => pins.clone(),
        other => panic!("{other:?}"),
    }
}

fn blocks(desk: &Desk) -> Vec<(String, Block)> {
    let partition = &desk.session().document().ecus[&ECU].partitions["main"];
    let blocks = partition.blocks.iter();
    blocks
        .map(|(name, block)| (name.clone(), block.clone()))
        .collect()
}

/// Replaces what stands in a field.
pub(super) fn write(desk: &mut Desk, label: &str, text: &str) {
    let field = desk.harness.get_by_role_and_label(Role::TextInput, label);
    field.focus();
    desk.harness.run();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    match text {
        "" => desk.harness.key_press(Key::Backspace),
        text => desk.harness.event(egui::Event::Text(text.to_owned())),
    }
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
}

/// Opens a list and takes the entry with those words.
pub(super) fn choose(desk: &mut Desk, list: &str, entry: &str) {
    let list = desk.harness.get_by_role_and_label(Role::ComboBox, list);
    // As a screen reader does it: the panel is longer than the window is high.
    list.click_accesskit();
    desk.harness.run();
    let entry = desk.harness.query_all_by_label(entry).last().unwrap();
    entry.click_accesskit();
    desk.harness.run();
}

pub(super) fn undo(desk: &mut Desk) {
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
}

#[test]
fn an_spi_device_is_added_set_up_and_removed() {
    let mut desk = spi();
    desk.accept("Add device to spi0");
    let [device] = &devices(&desk)[..] else {
        panic!()
    };
    assert_eq!((device.model.as_str(), device.chip_select), ("mcp3008", 0));
    let name = device.name.clone();
    write(&mut desk, &format!("{name} Name"), "pedal-adc");
    assert_eq!(devices(&desk)[0].name, "pedal-adc");
    choose(&mut desk, "pedal-adc Mode", "3");
    assert_eq!(devices(&desk)[0].mode.number(), 3);
    desk.look("spi");
    for channel in 0..8 {
        let input = format!("pedal-adc ch{channel}");
        let number = (desk.harness).query_by_role_and_label(Role::SpinButton, &input);
        assert!(number.is_some(), "{input}: the converter has eight inputs");
    }
    // A second one gets another chip select.
    desk.accept("Add device to spi0");
    let selects: Vec<u8> = devices(&desk).iter().map(|one| one.chip_select).collect();
    assert_eq!(selects, [0, 1]);
    desk.accept("Remove device pedal-adc");
    assert_eq!(devices(&desk).len(), 1);
    undo(&mut desk);
    assert_eq!(devices(&desk).len(), 2);
}

/// A CAN controller is on a CAN bus too, and its interrupt output at a pin; a converter is not.
#[test]
fn a_can_controller_is_wired_to_a_bus_and_a_pin() {
    let body = BusKind::Can {
        bitrate_bps: 125_000,
        flexible: None,
        description: None,
        restbus: Default::default(),
    };
    let spi = BusKind::Spi {
        clock_hz: 1_000_000,
        devices: vec![],
    };
    let mut desk = with_buses(vec![("spi0", spi), ("body", body)]);
    desk.accept("Add device to spi0");
    let name = devices(&desk)[0].name.clone();
    let [bus, pin] = ["CAN bus", "Interrupt pin"].map(|what| format!("{name} {what}"));
    let shown = |desk: &Desk| {
        desk.harness
            .query_by_role_and_label(Role::ComboBox, &bus)
            .is_some()
    };
    assert!(!shown(&desk));
    choose(
        &mut desk,
        &format!("{name} Model"),
        "MCP2515 CAN controller",
    );
    assert!(shown(&desk));
    desk.look("mcp2515");
    choose(&mut desk, &bus, "body");
    assert_eq!(devices(&desk)[0].can.as_deref(), Some("body"));
    choose(&mut desk, &pin, "none");
    assert_eq!(devices(&desk)[0].interrupt, None);
    undo(&mut desk);
    assert_eq!(devices(&desk)[0].can, None);
}

#[test]
fn a_pin_is_added_set_up_and_removed() {
    let mut desk = gpio();
    desk.accept("Add pin to io");
    let name = pins(&desk)[0].name.clone();
    write(&mut desk, &format!("{name} Name"), "door");
    choose(&mut desk, "door Active level", "Low");
    choose(&mut desk, "door Resistor", "Up");
    let [door] = &pins(&desk)[..] else { panic!() };
    assert_eq!(
        (
            door.name.as_str(),
            door.signal,
            door.active_level,
            door.pull
        ),
        ("door", PinSignal::Digital, ActiveLevel::Low, Some(Pull::Up))
    );
    desk.look("pins");
    choose(&mut desk, "door Signal", "Analog");
    let [door] = &pins(&desk)[..] else { panic!() };
    let full_scale = 4095;
    assert_eq!(door.signal, PinSignal::Analog { full_scale });
    assert!(door.pull.is_none() && !desk.says("door Resistor"));
    desk.accept("Remove pin door");
    assert!(pins(&desk).is_empty());
    undo(&mut desk);
    assert_eq!(pins(&desk)[0].name, "door");
}

#[test]
fn a_pin_is_on_or_off_at_the_start_of_a_run() {
    let mut desk = gpio();
    desk.accept("Add pin to io");
    let name = pins(&desk)[0].name.clone();
    let active = format!("{name} active");
    let switch = desk.harness.get_by_role_and_label(Role::Switch, &active);
    switch.click_accesskit();
    desk.harness.run();
    assert_eq!(pins(&desk)[0].stimuli["active"], 1.0);
    desk.accept(&active);
    assert_eq!(pins(&desk)[0].stimuli["active"], 0.0);
    // Nobody outside drives an output.
    choose(&mut desk, &format!("{name} Direction"), "Output");
    let [pin] = &pins(&desk)[..] else { panic!() };
    assert_eq!(pin.direction, PinDirection::Out);
    assert!(pin.stimuli.is_empty(), "{:?}", pin.stimuli);
    assert!(!desk.says(&active));
}

#[test]
fn a_block_is_added_renamed_filled_and_removed() {
    let mut desk = Desk::open().tall();
    select(&mut desk, Subject::Ecu(ECU));
    let ecu = desk.session().document().ecus[&ECU].name.clone();
    desk.accept(&format!("Add block to {ecu}/main"));
    let (name, block) = blocks(&desk)[0].clone();
    assert_eq!(block.initial, None, "never written");
    write(&mut desk, &format!("{name} Name"), "odometer");
    write(&mut desk, "odometer Initially", "0a0b");
    assert_eq!(blocks(&desk)[0].1.initial, Some(vec![0x0a, 0x0b]));
    desk.look("blocks");
    // What is no content changes nothing.
    write(&mut desk, "odometer Initially", "0a0");
    assert_eq!(blocks(&desk)[0].1.initial, Some(vec![0x0a, 0x0b]));
    write(&mut desk, "odometer Initially", "");
    assert_eq!(blocks(&desk)[0].1.initial, None);
    desk.accept("Remove block odometer");
    assert!(blocks(&desk).is_empty());
    undo(&mut desk);
    assert_eq!(blocks(&desk)[0].0, "odometer");
}
