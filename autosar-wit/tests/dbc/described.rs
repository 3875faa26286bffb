//! Messages as WIT: typed, documented, in the form that every tool takes, the same each time.

use crate::{HEAD, load, real};
use autosar_wit::{
    component::{ComponentType, Direction, PortItem, PortKind},
    dbc::{self, wit},
    metadata::{self, CompuMethod},
    packages, read,
};
use proptest::prelude::*;

/// The component type of a world; panics where the WIT does not hold.
fn component(text: &str, world: &str) -> ComponentType {
    let rte = packages::AUTOSAR_RTE;
    let deps = format!("deps/{}", rte.path);
    let files = [("dbc.wit", text), (deps.as_str(), rte.text)];
    read::wit_files(&files, Some(world)).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// With its metadata, which speak of ports and data elements that are there.
fn node(described: &wit::Described, world: &wit::World) -> ComponentType {
    let read = metadata::read(&metadata::write(&world.metadata)).unwrap();
    let component = read::with_metadata(component(&described.text, &world.name), read);
    assert_eq!(
        component.metadata.ports.len(),
        component.ports.len() - types(&component)
    );
    for known in &component.metadata.ports {
        let port = component.port(known.direction, &known.name).unwrap();
        assert_eq!(port.kind, PortKind::SenderReceiver);
        let PortItem::Interface(interface) = &port.item else {
            panic!("{}", port.name);
        };
        let functions: Vec<&str> = interface
            .functions
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert!(
            known
                .elements
                .keys()
                .all(|element| functions.contains(&element.as_str()))
        );
    }
    component
}

/// `autosar:rte/types`.
fn types(component: &ComponentType) -> usize {
    let ports = component.ports.iter();
    ports.filter(|port| port.kind == PortKind::Types).count()
}

const CAR: &str = "BO_ 291 FanStatus: 8 ECU1\n SG_ Duty : 0|8@1+ (0.5,-10) [0|100] \"%\" ECU2\n SG_ Mode : 8|2@1+ (1,0) [0|3] \"\" ECU2\n\
    \x20SG_ On : 10|1@1+ (1,0) [0|1] \"\" ECU2\n SG_ Angle : 16|14@1+ (1,0) [0|0] \"\" ECU2\n SG_ Real : 32|32@1- (1,0) [0|0] \"V\" ECU2\n\n\
    BO_ 2147484000 Fan_Status: 8 ECU2\n SG_ type M : 0|8@1+ (1,0) [0|0] \"\" ECU1\n SG_ Inner m1M : 8|4@1+ (1,0) [0|0] \"\" ECU1\n\
    \x20SG_ Deep m2 : 12|4@1- (1,0) [0|0] \"\" ECU1\n SG_ DEEP m0 : 16|8@1+ (1,0) [0|0] \"\" ECU1\n\n\
    BO_ 3 Nothing: 0 ECU1\n\n\
    CM_ BO_ 291 \"What the fan does.\nTwo lines.\";\nBA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 65535;\nBA_ \"GenMsgCycleTime\" BO_ 291 100;\n\
    VAL_ 291 Mode 3 \"Not available\" 0 \"off\" 1 \"ON!\" ;\nVAL_ 291 Angle 16383 \"SNA\" ;\nVAL_ 2147484000 type 0 \"idle\" ;\n\
    SIG_VALTYPE_ 291 Real : 1;\nSG_MUL_VAL_ 2147484000 Inner type 1-3, 9-9;\nSG_MUL_VAL_ 2147484000 Deep Inner 2-2;\n";

#[test]
fn messages_are_typed_and_documented() {
    let loaded = load(CAR);
    assert_eq!(loaded.defects, []);
    let described = wit::describe(&loaded.database, "Car 2");
    insta::assert_snapshot!(described.text, @r#"
package dbc:car-n2@0.1.0;

/// CAN message `FanStatus`: standard identifier 0x123, 8 bytes, every 100 ms, sent by `ECU1`.
///
/// What the fan does.
/// Two lines.
interface fan-status {
    use autosar:rte/types@0.1.0.{rx-error};
    /// Values of `Mode`:
    /// 0: off
    /// 1: ON!
    /// 3: Not available
    enum mode-value {
        off,
        on,
        reserved-n2,
        not-available,
    }
    /// All of the message at once.
    record message {
        /// Signal `Duty` in %, from 0 to 100: raw × 0.5 - 10.
        duty: u8,
        /// Signal `Mode`, from 0 to 3.
        mode: mode-value,
        /// Signal `On`, from 0 to 1.
        on: bool,
        /// Signal `Angle`.
        /// 16383: SNA
        angle: u16,
        /// Signal `Real` in V.
        real: f32,
    }
    /// Signal `Duty` in %, from 0 to 100: raw × 0.5 - 10.
    duty: func() -> result<u8, rx-error>;
    /// Signal `Mode`, from 0 to 3.
    mode: func() -> result<mode-value, rx-error>;
    /// Signal `On`, from 0 to 1.
    on: func() -> result<bool, rx-error>;
    /// Signal `Angle`.
    /// 16383: SNA
    angle: func() -> result<u16, rx-error>;
    /// Signal `Real` in V.
    real: func() -> result<f32, rx-error>;
}

/// CAN message `Fan_Status`: extended identifier 0x160, 8 bytes, sent by `ECU2`.
interface fan-status2 {
    use autosar:rte/types@0.1.0.{rx-error};
    /// While `type` is 0.
    record type-idle {
        /// Signal `DEEP`.
        deep: u8,
    }
    /// While `Inner` is 2.
    record inner-m2 {
        /// Signal `Deep`.
        deep2: s8,
    }
    /// What `Inner` chooses.
    variant inner-branch {
        /// While `Inner` is 2.
        m2(inner-m2),
        /// Any other value of `Inner`.
        other(u8),
    }
    /// While `type` is 1 to 3, or 9.
    record type-m1 {
        /// Which of these values `type` has.
        %type: u8,
        /// Signal `Inner`.
        inner: inner-branch,
    }
    /// What `type` chooses.
    variant type-branch {
        /// While `type` is 0.
        idle(type-idle),
        /// While `type` is 1 to 3, or 9.
        m1(type-m1),
        /// Any other value of `type`.
        other(u8),
    }
    /// All of the message at once.
    record message {
        /// Signal `type`.
        %type: type-branch,
    }
    /// Signal `type`.
    %type: func() -> result<type-branch, rx-error>;
}

/// CAN message `Nothing`: standard identifier 0x3, 0 bytes, sent by `ECU1`.
interface nothing {
}

/// Node `ECU1`.
world ecu1 {
    import fan-status2;
    export fan-status;
}

/// Node `ECU2`.
world ecu2 {
    import fan-status;
    export fan-status2;
}
"#);
    let [ecu1, ecu2] = described.worlds.as_slice() else {
        panic!("{:?}", described.worlds);
    };
    assert_eq!((ecu1.name.as_str(), ecu2.name.as_str()), ("ecu1", "ecu2"));
    let component = node(&described, ecu1);
    assert_eq!(component.metadata.autosar_name.as_deref(), Some("ECU1"));
    let ports: Vec<_> = component
        .metadata
        .ports
        .iter()
        .map(|port| {
            (
                port.direction,
                port.name.as_str(),
                port.autosar_name.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        ports,
        [
            (
                Direction::Required,
                "dbc:car-n2/fan-status2@0.1.0",
                Some("Fan_Status")
            ),
            (
                Direction::Provided,
                "dbc:car-n2/fan-status@0.1.0",
                Some("FanStatus")
            ),
        ]
    );
    let duty = &component.metadata.ports[1].elements["duty"];
    let scaled = CompuMethod::Linear {
        factor: 0.5,
        offset: -10.0,
    };
    assert_eq!(
        (
            duty.unit.as_deref(),
            duty.autosar_name.as_deref(),
            &duty.compu_method
        ),
        (Some("%"), Some("Duty"), &Some(scaled))
    );
    assert_eq!(
        component.units(),
        [
            "provided `dbc:car-n2/fan-status@0.1.0`: `duty` in %",
            "provided `dbc:car-n2/fan-status@0.1.0`: `real` in V",
        ]
    );
}

#[test]
fn the_order_in_the_file_decides_no_name() {
    let (head, messages) = CAR.split_at(CAR.find("BO_ 2147484000").unwrap());
    let (second, rest) = messages.split_at(messages.find("BO_ 3 ").unwrap());
    let turned = load(&format!("{second}{head}{rest}"));
    let (described, other) = (
        wit::describe(&load(CAR).database, "car"),
        wit::describe(&turned.database, "car"),
    );
    assert_eq!(described.worlds, other.worlds);
    assert_ne!(described.text, other.text);
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&described.text), lines(&other.text));
}

#[test]
fn real_files_become_wit() {
    for file in real::real_files() {
        let database = dbc::read(&std::fs::read(&file).unwrap()).database;
        let name = file.file_stem().unwrap().to_string_lossy();
        let described = wit::describe(&database, &name);
        assert_eq!(wit::describe(&database, &name), described);
        for message in &database.messages {
            assert!(described.text.contains(&format!("`{}`", message.name)));
        }
        if described.worlds.is_empty() {
            component(
                &format!("{}\nworld nobody {{}}\n", described.text),
                "nobody",
            );
        }
        for world in &described.worlds {
            let ports = node(&described, world).ports.len();
            println!("{name}: `{}` has {ports} ports", world.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever names, texts, ranges and comments say.
    #[test]
    fn any_database_becomes_wit(
        names in proptest::collection::vec("[A-Za-z_0-9-]{1,6}", 6),
        texts in proptest::collection::vec("[^\"\\\\]{0,12}", 4),
        numbers in proptest::collection::vec(0..20_u8, 8),
    ) {
        let [a, b, c, d, e, f] = names.as_slice() else { unreachable!() };
        let [n0, n1, n2, n3, n4, n5, n6, n7] = numbers.as_slice() else { unreachable!() };
        let [t0, t1, t2, t3] = texts.as_slice() else { unreachable!() };
        let text = format!(
            "{HEAD}BO_ 1 {a}: 8 {e}\n SG_ {b} M : 0|{n0}@1+ (1,0) [0|0] \"{t0}\" {f}\n SG_ {c} m{n1}M : 8|8@1+ (1,0) [0|0] \"\" {f}\n\
             \x20SG_ {d} m{n2} : 16|8@1- (1,0) [0|0] \"\" {f}\n SG_ {e} m0 : 24|8@0+ (1,0) [0|0] \"\" {f}\n\nBO_ 2 {b}: 8 {f}\n SG_ {a} : 0|8@1+ (1,0) [0|0] \"\" {e}\n\n\
             CM_ SG_ 1 {b} \"{t1}\";\nVAL_ 2 {a} {n3} \"{t2}\" {n4} \"{t3}\" ;\nSG_MUL_VAL_ 1 {c} {b} {n4}-{n5}, {n1}-19;\nSG_MUL_VAL_ 1 {d} {c} {n6}-{n7};\n"
        );
        let described = wit::describe(&dbc::read(text.as_bytes()).database, a);
        for world in &described.worlds {
            node(&described, world);
        }
    }
}
