//! Edits of SPI buses and pins: what is bound follows a new name, and what cannot be is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

use graph_core::{
    document::*,
    edit::{Edit, change_bus},
};

const PUMP: InstanceId = InstanceId(5);

/// A bus of another kind.
fn can(name: &str) -> Bus {
    Bus {
        name: name.to_owned(),
        kind: BusKind::Can {
            bitrate_bps: 500_000,
            flexible: None,
            description: None,
            restbus: std::collections::BTreeSet::new(),
        },
    }
}

/// An SPI bus with these devices.
fn spi(devices: &[&str]) -> Bus {
    let device = |(line, name): (usize, &&str)| SpiDevice {
        name: (*name).to_owned(),
        model: "mcp3008".to_owned(),
        chip_select: line as u8,
        mode: deployment::SpiMode::Mode0,
        stimuli: [].into(),
        can: None,
        interrupt: None,
    };
    Bus {
        name: "spi0".to_owned(),
        kind: BusKind::Spi {
            clock_hz: 1_000_000,
            devices: devices.iter().enumerate().map(device).collect(),
        },
    }
}

/// A pump that is bound to the device `adc` of an SPI bus, and a CAN bus.
fn bound() -> Document {
    let component = Component {
        name: "pump".to_owned(),
        source: ComponentSource::File("pump.wasm".to_owned()),
    };
    let adc = Binding::to_part(BusId(20), "adc");
    let pump = Instance {
        name: "pump".to_owned(),
        composition: None,
        component: ComponentId(1),
        prefix: None,
        partition: None,
        activations: Vec::new(),
        bindings: [("get-adc".to_owned(), adc)].into(),
        blocks: [].into(),
        configuration: [].into(),
        parameters: [].into(),
        nv_data: [].into(),
        capabilities: [].into(),
    };
    let mut document = Document {
        name: "small".to_owned(),
        ..Document::default()
    };
    document
        .apply_batch(vec![
            Edit::InsertComponent(ComponentId(1), component),
            Edit::InsertBus(BusId(3), can("can0")),
            Edit::InsertBus(BusId(20), spi(&["adc", "dac"])),
            Edit::InsertInstance(PUMP, pump),
        ])
        .unwrap();
    document
}

#[test]
fn a_device_with_a_new_name_stays_bound() {
    let before = bound();
    let mut document = before.clone();
    let edits = change_bus(&document, BusId(20), spi(&["converter", "dac"]));
    let inverses = document.apply_batch(edits).unwrap();
    let pump = &document.instances[&PUMP];
    assert_eq!(
        document.binding_text(&pump.bindings["get-adc"]),
        "spi0/converter"
    );
    document.apply_batch(inverses).unwrap();
    assert_eq!(document, before);
}

#[test]
fn what_is_bound_to_a_device_that_goes_is_bound_to_nothing() {
    let before = bound();
    let mut document = before.clone();
    let edits = change_bus(&document, BusId(20), spi(&["dac"]));
    let inverses = document.apply_batch(edits).unwrap();
    assert!(!document.instances[&PUMP].bindings.contains_key("get-adc"));
    document.apply_batch(inverses).unwrap();
    assert_eq!(document, before);
    // Devices that nobody uses go as they like.
    let edits = change_bus(&document, BusId(20), spi(&["adc"]));
    assert_eq!(edits, [Edit::ChangeBus(BusId(20), spi(&["adc"]))]);
}

#[test]
fn edits_of_buses_say_why_they_are_refused() {
    let gpio = |name: &str, signal, pull| Bus {
        name: "io".to_owned(),
        kind: BusKind::Gpio {
            pins: vec![Pin {
                name: name.to_owned(),
                signal,
                direction: deployment::PinDirection::In,
                active_level: deployment::ActiveLevel::High,
                pull,
                stimuli: [].into(),
            }],
        },
    };
    let digital = deployment::PinSignal::Digital;
    let analog = |full_scale| deployment::PinSignal::Analog { full_scale };
    let pull = Some(deployment::Pull::Up);
    let mut gone = bound().instances[&PUMP].clone();
    gone.bindings
        .insert("get-adc".to_owned(), Binding::to_part(BusId(20), "gone"));
    let new = BusId(21);
    let edits = [
        Edit::ChangeBus(BusId(20), spi(&["dac"])),
        Edit::ChangeInstance(PUMP, gone),
        Edit::InsertBus(new, gpio("adc", digital, None)),
        Edit::InsertBus(new, gpio("can0", digital, None)),
        Edit::InsertBus(new, gpio("io", digital, None)),
        Edit::InsertBus(new, gpio("supply", analog(0), None)),
        Edit::InsertBus(new, gpio("supply", analog(1), pull)),
        Edit::InsertBus(new, can("dac")),
    ];
    let messages = edits.map(|edit| format!("{}\n", edit.apply(&mut bound()).unwrap_err()));
    insta::assert_snapshot!(messages.concat());
}
