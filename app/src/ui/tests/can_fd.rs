//! A bus of CAN FD in the window: made of a classic one, its rates, and made classic again.

use super::desk::Desk;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use graph_core::document::{BusKind, FlexibleDataRate};

fn flexible(desk: &Desk) -> Option<FlexibleDataRate> {
    let mut buses = desk.session().document().buses.values();
    match &buses.next().unwrap().kind {
        BusKind::Can { flexible, .. } => *flexible,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_can_bus_is_made_can_fd_and_back() {
    let mut desk = Desk::empty(Vec::new()).tall();
    desk.accept("Add CAN bus");
    assert_eq!(flexible(&desk), None);
    assert!(desk.harness.query_by_label("can0 Data bit rate").is_none());
    desk.accept("can0 CAN FD");
    assert_eq!(flexible(&desk), Some(FlexibleDataRate::default()));
    desk.look("inspector-can-fd");
    let number = desk.harness.get_by_label("can0 Data bit rate").rect();
    let from = number.center();
    desk.drag(from, from + egui::vec2(60.0, 0.0));
    let faster = flexible(&desk).unwrap();
    assert!(faster.data_bitrate_bps > 2_000_000, "{faster:?}");
    let sample = desk.harness.get_by_label("can0 Sample point").rect();
    desk.drag(sample.center(), sample.center() + egui::vec2(30.0, 0.0));
    let later = flexible(&desk).unwrap();
    assert!(
        (801..1000).contains(&later.sample_point_permille),
        "{later:?}"
    );
    assert_eq!(later.data_sample_point_permille, 800);
    desk.accept("can0 CAN FD");
    assert_eq!(flexible(&desk), None);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(flexible(&desk), Some(later));
}
