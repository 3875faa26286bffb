//! Real files of public projects, which lie beside the project and not in it.

use super::{model, worlds};
use arxml::{Event, Model};
use std::{fs, path::PathBuf};

/// The texts of those files; `None`, with a word, where the folder is not there.
fn files(names: &[&str]) -> Option<Vec<(String, String)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/arxml");
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return None;
    }
    let read = |name: &&str| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        ((*name).to_owned(), text)
    };
    Some(names.iter().map(read).collect())
}

pub(super) fn read(names: &[&str]) -> Option<Model> {
    let files = files(names)?;
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    Some(model(&files).unwrap())
}

const SYSTEM: [&str; 5] = [
    "cogu_platform.arxml",
    "cogu_portinterfaces.arxml",
    "cogu_constants.arxml",
    "cogu_ReceiverComponent.arxml",
    "cogu_SenderComponent.arxml",
];

#[test]
fn a_system_of_components_is_whole() {
    let Some(model) = read(&SYSTEM) else { return };
    assert_eq!(model.defects, []);
    let worlds = worlds(&model);
    let names: Vec<&str> = worlds.iter().map(|world| world.name.as_str()).collect();
    assert_eq!(names, ["receiver-component", "sender-component"]);
    let receiver = &model.components[0];
    let ports: Vec<(&str, &str)> = receiver
        .ports
        .iter()
        .map(|port| (port.name.as_str(), port.interface.as_str()))
        .collect();
    assert_eq!(
        ports,
        [
            ("engine-speed", "car:port-interfaces/engine-speed-i"),
            ("vehicle-speed", "car:port-interfaces/vehicle-speed-i"),
            (
                "free-running-timer",
                "car:port-interfaces/free-running-timer-i"
            ),
        ]
    );
    let run = &receiver.runnables[1];
    assert_eq!(run.function, "receiver-component-run");
    let timing = Event::Timing {
        period_ns: 100_000_000,
        offset_ns: 0,
    };
    assert_eq!(run.events, [timing]);
    let reads = &receiver.metadata.runnables["receiver-component-run"].reads;
    assert_eq!(reads, &["engine-speed", "vehicle-speed"]);
}

#[test]
fn every_file_alone_is_read_and_its_wit_is_valid() {
    let names = [
        "cantools_ecu-extract-4.2.arxml",
        "cogu_CompositionComponent.arxml",
        "cogu_ExplicitSendReceiveComponent.arxml",
        "cogu_ImplicitReadWriteComponent.arxml",
        "cogu_ModeSwitchComponent.arxml",
        "cogu_ReceiverComponent.arxml",
        "cogu_SenderComponent.arxml",
        "cogu_client_server_interface.arxml",
        "cogu_constants.arxml",
        "cogu_datatypes.arxml",
        "cogu_mode_declarations.arxml",
        "cogu_platform.arxml",
        "cogu_portinterfaces.arxml",
        "cogu_sender_receiver_interface.arxml",
        "cogu_unit_example.arxml",
    ];
    for name in names {
        let Some(model) = read(&[name]) else { return };
        let worlds = worlds(&model);
        assert_eq!(worlds.len(), model.components.len(), "{name}");
        let told = model.unmapped.len() + model.defects.len();
        let made = model.packages.len() - 1;
        assert!(told + made > 0, "{name} gave nothing and told nothing");
    }
}

#[test]
fn a_missing_file_is_asked_for_with_the_line_that_needs_it() {
    let Some(model) = read(&["cogu_client_server_interface.arxml"]) else {
        return;
    };
    let [defect] = model.defects.as_slice() else {
        panic!("{:?}", model.defects);
    };
    assert_eq!(
        defect.path,
        "/PortInterfaces/FreeRunningTimer_I/GetTimeStamp/value"
    );
    assert_eq!(defect.place.as_ref().unwrap().line, 16);
    assert!(super::text(&model, "port-interfaces.wit").contains("get-time-stamp: func() -> u32;"));
}

#[test]
fn configuration_of_basic_software_is_listed() {
    let Some(model) = read(&["cantools_ecu-extract-4.2.arxml"]) else {
        return;
    };
    let paths: Vec<&str> = model.unmapped.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["/MyEcu/CanIf", "/MyEcu/Com", "/MyEcu/MyEcu0"]);
}

#[test]
fn another_root_is_refused() {
    let Some(files) = files(&["cantools_system-illegal-root-4.2.arxml"]) else {
        return;
    };
    let error = model(&[("x.arxml", files[0].1.as_str())]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("x.arxml:2: the root element is `AUTOSARGH`"),
        "{error}"
    );
}
