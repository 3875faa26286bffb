//! Pins of ports, elements and step-record fields.

use super::*;
use crate::canvas::test_data::{component, function, getter, interface_port, record};

const ONE: InstanceId = InstanceId(1);

fn shown(component: &ComponentType, ends: &[(&End, Side)]) -> Vec<String> {
    let pins = pins(ONE, Some(component), ends, &|_| None, &|_, _| false);
    pins.iter()
        .map(|pin| {
            format!(
                "{:?} {}{} {:?}",
                pin.side,
                "  ".repeat(pin.depth.into()),
                pin.label,
                pin.shape
            )
        })
        .collect()
}

fn step_component() -> ComponentType {
    let step = function(
        "step",
        &[(
            "input",
            record(
                "step-input",
                &[("position", ValueType::F64), ("up", ValueType::Bool)],
            ),
        )],
        Some(record("step-output", &[("duty", ValueType::F32)])),
    );
    component(
        "lifter",
        vec![interface_port(
            Direction::Provided,
            "w:a/lifter@0.1.0",
            PortKind::ClientServer,
            vec![step],
        )],
    )
}

#[test]
fn required_ports_stand_left_provided_ones_right_and_types_nowhere() {
    let component = component(
        "c",
        vec![
            interface_port(
                Direction::Required,
                "w:t/temperature@0.1.0",
                PortKind::SenderReceiver,
                vec![getter("get", ValueType::F32)],
            ),
            interface_port(
                Direction::Required,
                "w:t/types@0.1.0",
                PortKind::Types,
                vec![],
            ),
            interface_port(
                Direction::Required,
                "wasi:io/poll@0.2.0",
                PortKind::Platform,
                vec![],
            ),
            interface_port(
                Direction::Provided,
                "fan",
                PortKind::ClientServer,
                vec![function("stop", &[], None)],
            ),
        ],
    );
    assert_eq!(
        shown(&component, &[]),
        ["Left temperature Data", "Right fan Service"]
    );
}

#[test]
fn a_step_record_unfolds_into_its_fields() {
    assert_eq!(
        shown(&step_component(), &[]),
        [
            "Right lifter Service",
            "Left   position Field",
            "Left   up Field",
            "Right   duty Field",
        ]
    );
}

#[test]
fn a_folded_port_holds_the_ends_of_its_fields() {
    let component = step_component();
    let function = FunctionPath {
        port: "w:a/lifter@0.1.0".into(),
        function: Some("step".into()),
    };
    let end = End::Parameter {
        instance: ONE,
        function,
        parameter: "input".into(),
        fields: vec!["up".into()],
    };
    let folded = pins(
        ONE,
        Some(&component),
        &[(&end, Side::Left)],
        &|_| None,
        &|_, _| true,
    );
    assert_eq!(folded.len(), 1, "{folded:?}");
    assert_eq!(folded[0].folding, Folding::Folded);
    assert!(holds(&folded[0], &end, Side::Left));
}

#[test]
fn elements_show_when_one_of_them_is_wired() {
    let port = interface_port(
        Direction::Required,
        "w:t/door@0.1.0",
        PortKind::SenderReceiver,
        vec![
            getter("open", ValueType::Bool),
            getter("locked", ValueType::Bool),
        ],
    );
    let component = component("c", vec![port]);
    assert_eq!(shown(&component, &[]).len(), 1);
    let function = FunctionPath {
        port: "w:t/door@0.1.0".into(),
        function: Some("locked".into()),
    };
    let end = End::Element {
        instance: ONE,
        function,
    };
    assert_eq!(
        shown(&component, &[(&end, Side::Left)]),
        ["Left door Data", "Left   open Field", "Left   locked Field"]
    );
}

#[test]
fn a_port_of_one_name_in_both_directions_is_two_pins() {
    let both = [Direction::Required, Direction::Provided].map(|direction| {
        interface_port(
            direction,
            "w:t/frames",
            PortKind::ClientServer,
            vec![function("send", &[], None)],
        )
    });
    let component = component("gateway", both.to_vec());
    let end = End::Port {
        instance: ONE,
        port: "w:t/frames".into(),
    };
    let pins = pins(
        ONE,
        Some(&component),
        &[(&end, Side::Right)],
        &|_| None,
        &|_, _| false,
    );
    assert_eq!(pins.len(), 2);
    assert!(!holds(&pins[0], &end, Side::Right) && holds(&pins[1], &end, Side::Right));
}

#[test]
fn what_the_component_does_not_know_is_shown_as_unknown() {
    let end = End::Port {
        instance: ONE,
        port: "w:t/gone@0.1.0".into(),
    };
    let without = pins(ONE, None, &[(&end, Side::Left)], &|_| None, &|_, _| false);
    assert_eq!(without[0].shape, PinShape::Unknown);
    assert_eq!(without[0].label, "gone");
    assert_eq!(without[0].side, Side::Left);
}

#[test]
fn a_platform_port_shows_once_it_is_bound_to_a_bus() {
    let get = function("get-i2c-bus", &[], Some(ValueType::U32));
    let component = component(
        "c",
        vec![Port {
            direction: Direction::Required,
            name: "get-i2c-bus".into(),
            item: PortItem::Function(get),
            kind: PortKind::Platform,
        }],
    );
    assert!(shown(&component, &[]).is_empty());
    let bound = pins(
        ONE,
        Some(&component),
        &[],
        &|port| (port == "get-i2c-bus").then(|| "i2c0".to_owned()),
        &|_, _| false,
    );
    assert_eq!(bound[0].shape, PinShape::Platform);
    assert_eq!(bound[0].type_name, "i2c0");
}

#[test]
fn one_element_is_held_by_its_port() {
    let getters = vec![getter("get", ValueType::F32)];
    let port = interface_port(
        Direction::Required,
        "w:t/temperature@0.1.0",
        PortKind::SenderReceiver,
        getters,
    );
    let function = FunctionPath {
        port: "w:t/temperature@0.1.0".into(),
        function: Some("get".into()),
    };
    let end = End::Element {
        instance: ONE,
        function,
    };
    let component = component("c", vec![port]);
    let ends = [(&end, Side::Left)];
    let pins = pins(ONE, Some(&component), &ends, &|_| None, &|_, _| true);
    assert_eq!(pins.len(), 1, "{pins:?}");
    assert_eq!(pins[0].folding, Folding::Single);
    assert_eq!(pins[0].type_name, "f32");
    assert!(holds(&pins[0], &end, Side::Left));
    assert!(!holds(&pins[0], &end, Side::Right));
}

#[test]
fn fields_in_fields_have_pins_of_their_own() {
    let command = record(
        "command",
        &[("duty", ValueType::F32), ("brake", ValueType::Bool)],
    );
    let output = record(
        "step-output",
        &[("motor", command), ("done", ValueType::Bool)],
    );
    let component = component(
        "lifter",
        vec![interface_port(
            Direction::Provided,
            "w:a/lifter@0.1.0",
            PortKind::ClientServer,
            vec![function("step", &[], Some(output))],
        )],
    );
    let duty = End::Result {
        instance: ONE,
        function: FunctionPath {
            port: "w:a/lifter@0.1.0".into(),
            function: Some("step".into()),
        },
        fields: vec!["motor".into(), "duty".into()],
    };
    assert_eq!(
        shown(&component, &[(&duty, Side::Right)]),
        [
            "Right lifter Service",
            "Right   motor Field",
            "Right     motor.duty Field",
            "Right     motor.brake Field",
            "Right   done Field",
        ],
        "nothing is missing"
    );
}
