//! New names that are known from elsewhere: whatever names a thing follows it.
#![allow(clippy::unwrap_used, reason = "a test fails by panics")]

use graph_core::{
    difference::{Names, Naming},
    document::Document,
    file,
};

const CAR: &str = r#"format = 1
name = "car"

[components.dial]
wit = "wit"
world = "dial"

[components.lamp]
wit = "wit"
world = "lamp"

[ecus.front]
fuel_ps = 1000
activation_ns = 2000

[ecus.front.partitions.main]
memory_bytes = 1048576
fuel = 1000000
on_trap = "restart"

[buses.can0]
kind = "can"
bitrate_bps = 500000

[compositions.panel.ports.light]
direction = "required"

[compositions.panel.instances.left]
component = "lamp"

[[compositions.panel.connectors]]
from = ".light"
to = "left.light"
kind = "delegation"

[instances.cluster]
component = "panel"
partition = "front/main"

[instances.gauge]
component = "dial"
partition = "front/main"
parameters = { "tuning#gain" = "5" }

[[instances.gauge.activations]]
runnable = "show"
event = "mode-switch"
port = "power"
on = "entry"
mode = "off"
priority = 1
disabled_in = { power = ["park"] }

[[connectors]]
from = "can0:Speed.Kmh"
to = "gauge.speed#value"
kind = "buffered"

[[connectors]]
from = "gauge.glow"
to = "cluster.light"
kind = "direct"

[[transmissions]]
message = "can0:Speed"
timeout_ns = 500000000
"#;

fn read(text: &str) -> Document {
    file::read(text, "car.wireloom").unwrap()
}

fn names(pairs: &[(&str, &str)]) -> Names {
    let pairs = pairs.iter();
    pairs
        .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
        .collect()
}

#[test]
fn whatever_names_a_thing_follows_it() {
    let naming = Naming {
        components: names(&[("dial", "meter"), ("panel", "board")]),
        ports: [
            (
                "dial".to_owned(),
                names(&[
                    ("speed", "velocity"),
                    ("glow", "shine"),
                    ("show", "draw"),
                    ("power", "state"),
                    ("tuning", "gains"),
                ]),
            ),
            ("panel".to_owned(), names(&[("light", "lit")])),
        ]
        .into(),
        instances: [
            (None, names(&[("gauge", "needle")])),
            (Some("panel".to_owned()), names(&[("left", "first")])),
        ]
        .into(),
        ecus: names(&[("front", "cockpit")]),
        buses: names(&[("can0", "body")]),
        messages: [("can0".to_owned(), names(&[("Speed", "Motion")]))].into(),
        signals: [(
            ("can0".to_owned(), "Speed".to_owned()),
            names(&[("Kmh", "Velocity")]),
        )]
        .into(),
    };
    let mut document = read(CAR);
    let naming = naming.without_clashes(&document);
    naming.apply(&mut document);
    let renamed = [
        ("components.dial", "components.meter"),
        ("component = \"dial\"", "component = \"meter\""),
        ("compositions.panel", "compositions.board"),
        ("component = \"panel\"", "component = \"board\""),
        ("ports.light", "ports.lit"),
        ("\".light\"", "\".lit\""),
        ("cluster.light", "cluster.lit"),
        ("instances.left", "instances.first"),
        ("\"left.light\"", "\"first.light\""),
        ("instances.gauge", "instances.needle"),
        ("can0:Speed.Kmh", "body:Motion.Velocity"),
        ("can0:Speed", "body:Motion"),
        ("buses.can0", "buses.body"),
        ("ecus.front", "ecus.cockpit"),
        ("front/main", "cockpit/main"),
        ("gauge.speed", "needle.velocity"),
        ("gauge.glow", "needle.shine"),
        ("\"show\"", "\"draw\""),
        ("\"power\"", "\"state\""),
        ("{ power =", "{ state ="),
        ("tuning#gain", "gains#gain"),
    ];
    let mut text = CAR.to_owned();
    for (old, new) in renamed {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    assert_eq!(file::write(&document), file::write(&read(&text)));
}

#[test]
fn what_others_are_called_is_not_taken_from_them() {
    let document = read(CAR);
    let naming = Naming {
        components: names(&[("dial", "lamp")]),
        instances: [(None, names(&[("gauge", "cluster")]))].into(),
        ..Naming::default()
    };
    let mut same = document.clone();
    naming.without_clashes(&document).apply(&mut same);
    assert_eq!(same, document);
    // But two may change their names with each other.
    let naming = Naming {
        instances: [(None, names(&[("gauge", "cluster"), ("cluster", "gauge")]))].into(),
        ..Naming::default()
    };
    let mut turned = document.clone();
    naming.without_clashes(&document).apply(&mut turned);
    let gauge = document.part_named(None, "gauge");
    assert_eq!(turned.part_named(None, "cluster"), gauge);
    assert!(file::write(&turned).contains("from = \"cluster.glow\"\nto = \"gauge.light\""));
}

#[test]
fn the_record_of_an_import_is_found_by_the_file() {
    let text = CAR.replace(
        "name = \"car\"",
        "name = \"car\"\nimported = \"wit\\\\new\"",
    );
    let document = read(&text);
    assert_eq!(document.imported.as_deref(), Some("wit/new"));
    assert!(file::write(&document).contains("name = \"car\"\nimported = \"wit/new\"\n"));
    let edits = graph_core::difference::transition(&read(CAR), &document);
    assert_eq!(edits.len(), 1, "{edits:?}");
}
