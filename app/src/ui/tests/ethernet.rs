//! Ethernet networks in the window: made, renamed, removed, and what goes over them.

use super::desk::{Desk, climate};
use crate::session::Event;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use graph_core::{
    document::{
        Buffering, Bus, BusId, BusKind, ConnectorId, ConnectorKind, Document, Ecu, EcuId,
        InstanceId, PartitionKey, Subject,
    },
    edit::Edit,
};

const WIRE: ConnectorId = ConnectorId(30);

/// The climate project with its controller on an ECU of its own, and these networks.
pub(super) fn two_ecus(networks: &[&str]) -> Desk {
    let (mut document, library) = climate();
    let cockpit = Ecu {
        name: "cockpit".into(),
        ..document.ecus[&EcuId(50)].clone()
    };
    let mut edits = vec![Edit::InsertEcu(EcuId(51), cockpit)];
    let mut controller = document.instances[&InstanceId(11)].clone();
    controller.partition = Some(PartitionKey {
        ecu: EcuId(51),
        partition: "main".into(),
    });
    edits.push(Edit::ChangeInstance(InstanceId(11), controller));
    let mut wire = document.connectors[&WIRE].clone();
    wire.kind = ConnectorKind::Buffered(Buffering::default());
    edits.push(Edit::ChangeConnector(WIRE, wire));
    for (id, name) in (70..).zip(networks) {
        let kind = BusKind::Ethernet {
            bitrate_bps: 100_000_000,
            latency_ns: 50_000,
        };
        let name = (*name).to_owned();
        edits.push(Edit::InsertBus(BusId(id), Bus { name, kind }));
    }
    document.apply_batch(edits).unwrap();
    let mut desk = Desk::empty(Vec::new());
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk
}

fn networks(document: &Document) -> Vec<&str> {
    let named = document
        .networks()
        .map(|id| document.buses[&id].name.as_str());
    named.collect()
}

#[test]
fn a_network_is_made_renamed_and_removed() {
    let mut desk = Desk::empty(Vec::new());
    desk.accept("Add Ethernet network");
    assert_eq!(networks(desk.session().document()), ["eth0"]);
    assert!(desk.says("No connector goes over it"));
    let field = desk
        .harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "eth0 Name");
    field.focus();
    desk.harness.run();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness.event(egui::Event::Text("backbone".to_owned()));
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
    assert_eq!(networks(desk.session().document()), ["backbone"]);
    desk.accept("Remove BUS backbone");
    assert!(networks(desk.session().document()).is_empty());
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(networks(desk.session().document()), ["backbone"]);
}

#[test]
fn a_network_says_what_goes_over_it() {
    let mut desk = two_ecus(&["eth0"]);
    assert!(!desk.says("No connector goes over it"));
    let link = desk.harness.query_all_by_label_contains(" → ");
    let link = link.last().unwrap();
    link.click_accesskit();
    desk.harness.run();
    let selection = desk.session().selection();
    assert!(selection.contains(&Subject::Connector(WIRE)));
    let mut shown = desk.harness.query_all_by_value("eth0 (the only one)");
    assert!(shown.next().is_some());
}

#[test]
fn of_several_networks_one_is_chosen_on_the_connector() {
    let mut desk = two_ecus(&["eth0", "eth1"]);
    assert!(desk.says("and names none of the networks"));
    desk.accept("Send it over `eth1`");
    let chosen = desk.session().document().connectors[&WIRE].network();
    assert_eq!(chosen, Some(BusId(71)));
    assert!(!desk.says("and names none of the networks"));
}
