//! Messages in the properties of their bus: how they are sent, missed and protected.

use super::{
    desk::{Desk, climate},
    hardware::{choose, select, undo},
};
use crate::session::{Event, LiveValue, Phase, Snapshot};
use egui_kittest::kittest::Queryable;
use graph_core::{
    document::{Bus, BusId, BusKind, Pdu, PduId, Subject, TransmissionMode},
    edit::Edit,
};
use protection::{IdMode, Profile};
use std::sync::Arc;

const BUS: BusId = BusId(80);
const DESCRIPTION: &str = "BU_: Gateway
BO_ 256 FanStatus: 8 Gateway
 SG_ Duty : 16|8@1+ (1,0) [0|100] \"%\" Gateway
";

/// A CAN bus with a message that is sent on change; the bus is selected.
fn desk() -> Desk {
    let (mut document, library) = climate();
    let bus = Bus {
        name: "can0".into(),
        kind: BusKind::Can {
            bitrate_bps: 500_000,
            flexible: None,
            description: Some("can0.dbc".to_owned()),
            restbus: std::collections::BTreeSet::new(),
        },
    };
    let pdu = Pdu {
        mode: Some(TransmissionMode::OnChange),
        ..Pdu::new(BUS, "FanStatus".into())
    };
    let edits = vec![Edit::InsertBus(BUS, bus), Edit::InsertPdu(PduId(81), pdu)];
    document.apply_batch(edits).unwrap();
    let mut desk = Desk::empty(Vec::new()).tall();
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk.happen(Event::DescriptionRead {
        bus: BUS,
        file: "can0.dbc".to_owned(),
        database: Arc::new(autosar_wit::dbc::read(DESCRIPTION.as_bytes()).database),
    });
    select(&mut desk, Subject::Bus(BUS));
    desk
}

fn message(desk: &Desk) -> Option<&Pdu> {
    let mut pdus = desk.session().document().pdus.values();
    pdus.find(|pdu| pdu.message == "FanStatus")
}

#[test]
fn a_message_is_protected_and_not_any_more() {
    let mut desk = desk();
    choose(&mut desk, "FanStatus E2E", "Profile 11");
    let protection = message(&desk).unwrap().protection.unwrap();
    assert_eq!(protection.profile, Profile::P11);
    choose(&mut desk, "FanStatus ID mode", "Nibble");
    let protection = message(&desk).unwrap().protection.unwrap();
    assert_eq!(protection.id_mode, IdMode::Nibble);
    desk.look("messages");
    undo(&mut desk);
    undo(&mut desk);
    assert_eq!(message(&desk).unwrap().protection, None);
    choose(&mut desk, "FanStatus Sent", "As in the DBC");
    assert_eq!(message(&desk), None);
}

#[test]
fn a_change_is_repeated_as_often_as_is_said() {
    let mut desk = desk();
    let said = |desk: &Desk| {
        let pdu = message(desk).unwrap();
        (pdu.repetitions, pdu.repetition_period_ns)
    };
    let drag = |desk: &mut Desk, label: &str| {
        let from = desk.harness.get_by_label(label).rect().center();
        desk.drag(from, from + egui::vec2(40.0, 0.0));
    };
    assert!(
        desk.harness
            .query_by_label("FanStatus Repeat every")
            .is_none()
    );
    drag(&mut desk, "FanStatus Repeat");
    let (count, period_ns) = said(&desk);
    assert!(count > Some(0) && period_ns.is_none(), "{count:?}");
    drag(&mut desk, "FanStatus Repeat every");
    let (again, period_ns) = said(&desk);
    assert!(again == count && period_ns > Some(0), "{period_ns:?}");
    desk.look("repetition");
    undo(&mut desk);
    undo(&mut desk);
    assert_eq!(said(&desk), (None, None));
}

#[test]
fn what_the_last_check_gave_is_shown_while_a_run_is_on() {
    let mut desk = desk();
    desk.click("Run");
    let value = LiveValue {
        text: "{status: %ok, state: valid}".to_owned(),
        number: None,
        at_ns: 7,
    };
    let snapshot = Snapshot {
        phase: Phase::Running,
        values: vec![("can0:FanStatus#e2e cockpit/main".to_owned(), value)],
        ..Snapshot::default()
    };
    desk.happen(Event::Snapshot(snapshot));
    assert!(desk.says("cockpit/main: ok, valid"));
}

#[test]
fn nodes_of_the_restbus_are_switched() {
    let mut desk = desk();
    let restbus = |desk: &Desk| match &desk.session().document().buses[&BUS].kind {
        BusKind::Can { restbus, .. } => restbus.clone(),
        other => panic!("{other:?}"),
    };
    desk.accept("Restbus Gateway");
    assert!(restbus(&desk).contains("Gateway"));
    desk.look("restbus");
    desk.accept("Restbus Gateway");
    assert!(restbus(&desk).is_empty());
}
