//! Compositions that cannot be: by edits, and in files.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use autosar_wit::component::Direction;
use graph_core::{document::*, edit::Edit, file};
use support::small::{component, connector, instance, small};

/// Each refused edit with its message.
#[test]
fn refused_edits_say_why() {
    let block = Component {
        name: "block".to_owned(),
        source: ComponentSource::Composition,
    };
    let port = |name: &str| DelegationPort {
        name: name.to_owned(),
        composition: ComponentId(11),
        direction: Direction::Required,
    };
    let part = Instance {
        composition: Some(ComponentId(11)),
        ..instance("part")
    };
    let standing = Instance {
        component: ComponentId(11),
        bindings: [].into(),
        ..instance("standing")
    };
    let at_port = |id| End::Port {
        instance: InstanceId(id),
        port: "speed".to_owned(),
    };
    let hierarchy = vec![
        Edit::InsertComponent(ComponentId(11), block.clone()),
        Edit::InsertPort(InstanceId(12), port("speed")),
        Edit::InsertInstance(InstanceId(13), part.clone()),
        Edit::InsertInstance(InstanceId(14), standing.clone()),
        Edit::Connect(
            ConnectorId(15),
            Connector {
                from: at_port(12),
                to: at_port(13),
                ..connector("in", "out")
            },
        ),
    ];
    let inside = vec![
        Edit::ChangeComponent(ComponentId(1), component("two\nlines")),
        Edit::InsertPort(
            InstanceId(9),
            DelegationPort {
                composition: ComponentId(1),
                ..port("speed")
            },
        ),
        Edit::InsertInstance(
            InstanceId(9),
            Instance {
                prefix: Some("front".to_owned()),
                ..instance("valve")
            },
        ),
        Edit::RemoveComponent(ComponentId(11)),
        Edit::ChangeComponent(ComponentId(11), component("block")),
        Edit::InsertPort(InstanceId(9), port("SPEED")),
        Edit::InsertPort(InstanceId(9), port("sp eed")),
        Edit::InsertPort(InstanceId(13), port("torque")),
        Edit::RemovePort(InstanceId(9)),
        Edit::RemovePort(InstanceId(12)),
        Edit::ChangePort(
            InstanceId(12),
            DelegationPort {
                direction: Direction::Provided,
                ..port("speed")
            },
        ),
        // The composition in itself.
        Edit::InsertInstance(
            InstanceId(9),
            Instance {
                composition: Some(ComponentId(11)),
                ..standing.clone()
            },
        ),
        // Out of it, with a connector.
        Edit::ChangeInstance(
            InstanceId(13),
            Instance {
                composition: None,
                ..part.clone()
            },
        ),
        // Into it from outside.
        Edit::Connect(
            ConnectorId(9),
            Connector {
                from: at_port(5),
                to: at_port(13),
                ..connector("in", "out")
            },
        ),
        // To a required port.
        Edit::Connect(
            ConnectorId(9),
            Connector {
                from: at_port(13),
                to: at_port(12),
                ..connector("in", "out")
            },
        ),
        Edit::ChangeInstance(
            InstanceId(14),
            Instance {
                prefix: Some("Two words".to_owned()),
                ..standing.clone()
            },
        ),
        // What nothing would hand down to its parts.
        Edit::ChangeInstance(
            InstanceId(14),
            Instance {
                configuration: [("RATE".to_owned(), "5".to_owned())].into(),
                ..standing.clone()
            },
        ),
        Edit::ChangeInstance(
            InstanceId(14),
            Instance {
                blocks: [("cal".to_owned(), "cal".to_owned())].into(),
                ..standing.clone()
            },
        ),
        Edit::ChangeInstance(
            InstanceId(14),
            Instance {
                activations: graph_core::synthetic::system(1)
                    .0
                    .instances
                    .into_values()
                    .flat_map(|one| one.activations)
                    .collect(),
                ..standing
            },
        ),
    ];
    let mut messages = String::new();
    for edit in inside {
        let mut document = small();
        document.apply_batch(hierarchy.clone()).unwrap();
        let before = document.clone();
        messages += &format!("{}\n", edit.apply(&mut document).unwrap_err());
        assert_eq!(document, before);
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn wrong_compositions_say_file_and_line() {
    let page = include_str!("../../docs/project-file.md");
    let text = page.split("```toml\n").nth(5).unwrap();
    let text = text.split("```").next().unwrap();
    let changes = [
        // In itself, at once and by another one.
        (
            "[compositions.wheel.instances.brake]\ncomponent = \"brake\"",
            "[compositions.wheel.instances.brake]\ncomponent = \"wheel\"",
        ),
        (
            "[compositions.wheel.instances.brake]\ncomponent = \"brake\"",
            "[compositions.wheel.instances.brake]\ncomponent = \"axle\"\n\n[compositions.axle.instances.wheel]\ncomponent = \"wheel\"",
        ),
        ("from = \".demand\"", "from = \".torque\""),
        ("from = \".demand\"", "from = \"left.demand\""),
        ("kind = \"direct\"", "kind = \"delegation\""),
        (
            "to = \".acme:drive/speed@1.0.0\"\nkind = \"delegation\"",
            "to = \".acme:drive/speed@1.0.0\"\nkind = \"direct\"",
        ),
        ("to = \".acme:drive/speed@1.0.0\"", "to = \".demand\""),
        ("direction = \"required\"", "direction = \"sideways\""),
        (
            "component = \"sensor\"",
            "component = \"sensor\"\nprefix = \"front\"",
        ),
        ("[components.brake]", "[components.wheel]"),
        ("from = \"left.acme", "from = \"sensor.acme"),
    ];
    let mut messages = String::new();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        let error = file::read(&text.replacen(from, to, 1), "axle.wireloom").unwrap_err();
        messages += &format!("{error}\n");
    }
    insta::assert_snapshot!(messages);
}
