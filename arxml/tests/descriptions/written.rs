//! What is written is read again as the same, and the schema takes it.

use super::{model, unmapped, worlds};
use arxml::{Model, Written};
use autosar_data::AutosarModel;
use std::collections::BTreeMap;

fn written(model: &Model) -> Written {
    arxml::write(
        model,
        &described(model),
        &interfaces(model),
        &BTreeMap::new(),
    )
    .unwrap()
}

/// The types of the components, as a project has them: WIT and the metadata beside it.
fn described(model: &Model) -> Vec<autosar_wit::component::ComponentType> {
    let metadata: BTreeMap<&str, _> = model
        .components
        .iter()
        .map(|one| (one.world.as_str(), one.metadata.clone()))
        .collect();
    worlds(model)
        .into_iter()
        .map(|world| {
            let known = metadata[world.name.as_str()].clone();
            autosar_wit::read::with_metadata(world, known)
        })
        .collect()
}

fn again(written: &Written) -> Model {
    model(&[("written.arxml", &written.text)]).unwrap()
}

/// The schema takes it without a word, and every reference leads somewhere.
fn is_valid(text: &str) {
    let out = AutosarModel::new();
    let (_, warnings) = out
        .load_buffer(text.as_bytes(), "written.arxml", true)
        .unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let dangling = out.check_references();
    let dangling: Vec<String> = dangling
        .iter()
        .filter_map(|one| one.upgrade())
        .map(|one| format!("{}: {:?}", one.xml_path(), one.character_data()))
        .collect();
    assert_eq!(dangling, Vec::<String>::new());
}

fn interfaces(model: &Model) -> Vec<std::sync::Arc<autosar_wit::types::Interface>> {
    let texts: Vec<(&str, &str)> = model
        .packages
        .iter()
        .map(|package| (package.path.as_str(), package.text.as_str()))
        .collect();
    let packages = autosar_wit::read::wit_packages(&texts).unwrap();
    let interfaces = packages.into_iter().flat_map(|package| package.interfaces);
    let own = |one: &std::sync::Arc<autosar_wit::types::Interface>| {
        one.id.as_ref().unwrap().namespace == "car"
    };
    interfaces.filter(own).collect()
}

/// Every type and interface of the WIT, as it is printed.
fn definitions(model: &Model) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for interface in interfaces(model) {
        let id = interface.id.as_ref().unwrap().to_string();
        for one in interface
            .types
            .iter()
            .filter(|one| one.owner == interface.id)
        {
            let text = autosar_wit::print::definition(one);
            found.insert(
                format!("{id}.{}", one.name),
                format!("{}\n{text}", one.docs),
            );
        }
        let functions = interface.functions.iter();
        let functions: Vec<String> = functions
            .map(|one| format!("{}\n{}", one.docs, autosar_wit::print::function(one)))
            .collect();
        found.insert(id, format!("{}\n{}", interface.docs, functions.join("\n")));
    }
    found
}

/// What a model says, without what says only where it was read.
fn meaning(model: &Model) -> Model {
    let mut model = Model {
        unmapped: Vec::new(),
        defects: Vec::new(),
        // All have one that were written.
        uuids: BTreeMap::new(),
        ..model.clone()
    };
    // The system is written as `/System/System`, whatever it was called.
    for mapping in &mut model.signal_mappings {
        mapping.path.clear();
    }
    model
}

const FIXTURES: [(&str, &[(&str, &str)]); 3] = [
    (
        "components",
        &[
            ("types.arxml", include_str!("../fixtures/types.arxml")),
            ("ports.arxml", include_str!("../fixtures/ports.arxml")),
            (
                "components.arxml",
                include_str!("../fixtures/components.arxml"),
            ),
        ],
    ),
    (
        "system",
        &[("system.arxml", include_str!("../fixtures/system.arxml"))],
    ),
    (
        "network",
        &[("network.arxml", include_str!("../fixtures/network.arxml"))],
    ),
];

#[test]
fn what_is_written_is_read_as_the_same() {
    for (name, files) in FIXTURES {
        let first = model(files).unwrap();
        let out = written(&first);
        if let Ok(folder) = std::env::var("WRITTEN") {
            std::fs::write(format!("{folder}/{name}.arxml"), &out.text).unwrap();
        }
        is_valid(&out.text);
        let second = again(&out);
        assert_eq!(second.defects, [], "{name}");
        let (was, is) = (definitions(&first), definitions(&second));
        for (id, definition) in &is {
            assert_eq!(was.get(id), Some(definition), "{name}: {id}");
        }
        let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&was), names(&is), "{name}");
        let (first, second) = (meaning(&first), meaning(&second));
        assert_eq!(first.components, second.components, "{name}");
        assert_eq!(first.compositions, second.compositions, "{name}");
        assert_eq!(first.system, second.system, "{name}");
        assert_eq!(first.clusters, second.clusters, "{name}");
        assert_eq!(first.signal_mappings, second.signal_mappings, "{name}");
        insta::assert_snapshot!(format!("written_left_out_{name}"), left_out(&out));
    }
}

fn left_out(written: &Written) -> String {
    unmapped(&Model {
        unmapped: written.left_out.clone(),
        ..Model::default()
    })
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    let first = model(FIXTURES[0].1).unwrap();
    assert_eq!(written(&first), written(&first));
}

#[test]
fn uuids_are_those_that_were_there_or_come_of_the_path() {
    let first = model(FIXTURES[1].1).unwrap();
    let path = first.components[0].path.clone();
    let own = "01234567-89ab-cdef-0123-456789abcdef".to_owned();
    let known = BTreeMap::from([(path, own.clone())]);
    let out = arxml::write(&first, &described(&first), &[], &known).unwrap();
    assert_eq!(out.text.matches(&own).count(), 1);
    let named = out.text.matches("<SHORT-NAME>").count();
    assert_eq!(out.text.matches(" UUID=\"").count(), named);
    let mut all: Vec<&str> = out
        .text
        .split(" UUID=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), named);
}

/// Files of public projects, each set as it belongs together.
#[test]
fn real_files_come_back_too() {
    let sets: [&[&str]; 5] = [
        &[
            "cogu_platform.arxml",
            "cogu_portinterfaces.arxml",
            "cogu_constants.arxml",
            "cogu_ReceiverComponent.arxml",
            "cogu_SenderComponent.arxml",
            "cogu_CompositionComponent.arxml",
        ],
        &["cogu_datatypes.arxml", "cogu_platform.arxml"],
        &["cogu_client_server_interface.arxml", "cogu_platform.arxml"],
        &[
            "cogu_sender_receiver_interface.arxml",
            "cogu_platform.arxml",
        ],
        &["cogu_unit_example.arxml"],
    ];
    for set in sets {
        let Some(first) = super::real::read(set) else {
            return;
        };
        let out = written(&first);
        is_valid(&out.text);
        let second = again(&out);
        let (was, is) = (definitions(&first), definitions(&second));
        for (id, definition) in &is {
            assert_eq!(was.get(id), Some(definition), "{set:?}: {id}");
        }
        let (first, second) = (meaning(&first), meaning(&second));
        assert_eq!(first.components, second.components, "{set:?}");
        assert_eq!(first.compositions, second.compositions, "{set:?}");
        assert_eq!(first.system, second.system, "{set:?}");
    }
}

#[test]
fn events_of_modes_and_modes_in_which_nothing_starts_come_back() {
    use arxml::{Disabled, Event, ModeChange, ModeRef};
    let mut first = model(FIXTURES[0].1).unwrap();
    let port = || "ignition".to_owned();
    let runnable = &mut first.components[0].runnables[0];
    runnable.events.push(Event::ModeSwitch {
        port: port(),
        change: ModeChange::Transition {
            from: "off".to_owned(),
            to: "drive".to_owned(),
        },
    });
    let mode = ModeRef {
        port: port(),
        mode: "off".to_owned(),
    };
    runnable.disabled.push(Disabled { event: 0, mode });
    let out = written(&first);
    is_valid(&out.text);
    assert_eq!(left_out(&out), "");
    let second = again(&out);
    assert_eq!(second.defects, []);
    assert_eq!(
        first.components[0].runnables,
        second.components[0].runnables
    );
}

#[test]
fn a_record_says_what_was_imported() {
    for (name, files) in FIXTURES {
        let read = model(files).unwrap();
        let record = arxml::write_record(&read);
        let again = arxml::read_record(&record, "imported.json").unwrap();
        let said = Model {
            unmapped: Vec::new(),
            defects: Vec::new(),
            ..read
        };
        assert_eq!(again, said, "{name}");
        assert_eq!(arxml::write_record(&again), record);
        assert_eq!(arxml::name_record(&record).len(), 8);
    }
    let refused = |text: &str| {
        let error = arxml::read_record(text.as_bytes(), "imported.json").unwrap_err();
        error.to_string()
    };
    insta::assert_snapshot!(
        [
            refused("{"),
            refused("{\"format\": 2}"),
            refused("{\"format\": 1}")
        ]
        .join("\n")
    );
}

#[test]
fn uuids_are_kept_by_path_and_made_where_there_are_none() {
    let text = include_str!("../fixtures/network.arxml");
    let own = "12345678-1234-1234-1234-123456789abc";
    let text = text.replacen("<CAN-FRAME>", &format!("<CAN-FRAME UUID=\"{own}\">"), 1);
    let read = model(&[("x.arxml", &text)]).unwrap();
    let frame = &read.clusters[0].frames["DriveFrame"].frame;
    assert_eq!(frame, "/Com/DriveFrame");
    assert_eq!(
        read.uuids,
        BTreeMap::from([(frame.clone(), own.to_owned())])
    );
    let written = arxml::write(&read, &described(&read), &interfaces(&read), &read.uuids).unwrap();
    let again = again(&written);
    assert_eq!(again.uuids[frame], own);
    assert_eq!(again.clusters, read.clusters);
    assert_eq!(again.uuids["/Com/DrivePdu"].len(), own.len());
    // They follow from the paths alone.
    let twice = arxml::write(
        &again,
        &described(&again),
        &interfaces(&again),
        &again.uuids,
    )
    .unwrap();
    assert_eq!(twice.text, written.text);
}

#[test]
fn the_bit_rate_of_can_fd_is_read_and_written() {
    let text = include_str!("../fixtures/network.arxml");
    let rates = "<BAUDRATE>250000</BAUDRATE><CAN-FD-BAUDRATE>2000000</CAN-FD-BAUDRATE>";
    let text = text.replacen("<BAUDRATE>250000</BAUDRATE>", rates, 1);
    let read = model(&[("x.arxml", &text)]).unwrap();
    assert_eq!(read.clusters[0].data_bitrate_bps, Some(2_000_000));
    assert!(!unmapped(&read).contains("CAN-FD-BAUDRATE"));
    let written = written(&read);
    is_valid(&written.text);
    assert_eq!(again(&written).clusters, read.clusters);
}
