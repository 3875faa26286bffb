//! Panels as a whole, on a screen that is high enough: what no other test opens.

use super::desk::{Desk, climate};
use crate::session::{Event, ProjectFiles};
use graph_core::{
    document::{Bus, BusId, BusKind},
    edit::Edit,
};

const CAN: BusId = BusId(81);

/// The climate project with a CAN bus.
fn desk() -> Desk {
    let (mut document, library) = climate();
    let bus = Bus {
        name: "can0".into(),
        kind: BusKind::Can {
            bitrate_bps: 500_000,
            flexible: None,
            description: None,
            restbus: std::collections::BTreeSet::new(),
        },
    };
    document
        .apply_batch(vec![Edit::InsertBus(CAN, bus)])
        .unwrap();
    let mut desk = Desk::empty(Vec::new()).tall();
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk
}

#[test]
fn the_inspector_has_project_ecu_and_buses() {
    let desk = desk();
    desk.look("inspector-project");
    for words in ["ECU climate", "BUS i2c0", "BUS can0", "Add ECU"] {
        assert!(desk.says(words), "{words}");
    }
}

#[test]
fn news_of_several_kinds_stand_above_each_other() {
    let mut desk = Desk::open();
    desk.happen(Event::Warned(
        "can0 of thermal.dbc:12: signal `Duty` is longer than its frame".into(),
    ));
    desk.happen(Event::SimulationFailed(
        "`sensor` imports `wasi:sockets/tcp`, which no ECU serves; remove it or bind the import"
            .into(),
    ));
    desk.look("news");
    assert!(desk.says("longer than its frame"));
    assert!(desk.says("wasi:sockets/tcp"));
}

#[test]
fn unsaved_work_of_before_is_offered() {
    let mut desk = Desk::empty(Vec::new());
    let (document, library) = climate();
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: Some(ProjectFiles {
            project: String::new(),
            layout: String::new(),
        }),
    });
    desk.look("recovery");
    assert!(desk.says("Recover"));
    desk.click("Discard");
    assert!(desk.session().recovery().is_none());
}
