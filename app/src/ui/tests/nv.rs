//! Non-volatile data before and during a run.

use super::desk::Desk;
use crate::session::{BlockState, Effect, Event, Phase, Session, SimulationOrder, Snapshot};
use autosar_wit::read::wit_files;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use graph_core::{
    document::Document,
    file,
    library::{Entry, Library},
    nv_data,
};
use std::sync::Arc;

const MILEAGE: &str = "acme:body/trip@1.0.0#mileage";
const PLACE: &str = "car/main/odometer-trip-mileage";
const OWN: &str = "car/main/own";

/// The project of `tests/projects/odometer`, of whose components only types are known, with a block
/// that it declares.
fn odometer() -> (Document, Library) {
    let text = include_str!("../../../../tests/projects/odometer/odometer.wireloom");
    let block = "[ecus.car.partitions.main.blocks.own]\nsize_bytes = 4\ninitial = \"0102\"\n\n[instances.odometer]\n";
    let text = text.replacen("[instances.odometer]\n", block, 1);
    let wit = include_str!("../../../../tests/projects/odometer/wit/odometer.wit");
    let mut document = file::read(&text, "odometer.wireloom").unwrap();
    let mut library = Library::default();
    for (id, component) in &document.components {
        let component_type = wit_files(&[("odometer.wit", wit)], Some(&component.name)).unwrap();
        let entry = Entry::Loaded {
            component_type: Arc::new(component_type),
            bytes: Arc::from([]),
        };
        library.components.insert(*id, entry);
    }
    let ids: Vec<_> = document.instances.keys().copied().collect();
    for (at, id) in ids.into_iter().enumerate() {
        let position = (at as f32 * 280.0, 40.0);
        document.layout.positions.insert(id, position);
    }
    (document, library)
}

fn desk() -> Desk {
    let mut desk = Desk::empty(Vec::new());
    let (document, library) = odometer();
    desk.happen(Event::ProjectOpened {
        path: "/projects/odometer/odometer.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk.click("NV data");
    desk
}

fn started() -> Desk {
    let mut desk = desk().tall();
    desk.click("Run");
    start(&mut desk);
    desk
}

fn start(desk: &mut Desk) {
    desk.happen(Event::SimulationStarted {
        devices: Vec::new(),
    });
}

/// The first value in the project.
fn of_project(session: &Session) -> Option<String> {
    let mut instances = session.document().instances.values();
    let odometer = instances.find(|one| one.name == "odometer").unwrap();
    odometer.nv_data.get(MILEAGE).cloned()
}

/// A content of the mileage.
fn content(session: &Session, text: &str) -> Vec<u8> {
    let ports = nv_data::nv_ports(session.document(), session.library());
    let value_type = ports[0].elements[0].value_type;
    let value = autosar_wit::value::parse(value_type, text).unwrap();
    nv_data::content(value_type, &value).unwrap()
}

fn told(desk: &mut Desk, content: Option<Vec<u8>>, at_ns: u64, writes: u64) {
    let state = BlockState {
        content,
        changed_ns: Some(at_ns),
        writes,
    };
    let own = BlockState {
        content: Some(vec![1, 2]),
        ..BlockState::default()
    };
    desk.happen(Event::Snapshot(Snapshot {
        phase: Phase::Paused,
        now_ns: at_ns,
        blocks: vec![(PLACE.to_owned(), state), (OWN.to_owned(), own)],
        ..Snapshot::default()
    }));
}

fn given(desk: &Desk) -> Vec<(String, Option<Vec<u8>>)> {
    let effects = desk.effects().into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Simulation(SimulationOrder::SetBlock { place, content }) => {
                Some((place, content))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn a_project_without_blocks_says_how_to_get_some() {
    let mut desk = Desk::empty(Vec::new());
    desk.click("NV data");
    assert!(desk.says("No non-volatile data"));
    desk.look("nv-empty");
}

#[test]
fn before_a_run_first_values_are_the_projects_and_can_be_undone() {
    let mut desk = desk();
    for words in [
        "odometer.trip.mileage",
        "car/main/odometer-trip-mileage, 12 bytes",
        "first value",
        OWN,
        "first content; it is edited at its ECU",
    ] {
        assert!(desk.says(words), "{words}");
    }
    desk.look("nv-declared");
    desk.click("Erase odometer.trip.mileage");
    assert_eq!(of_project(desk.session()), None);
    assert!(desk.says("no first value: never written"));
    desk.click("Give a value to odometer.trip.mileage");
    assert_eq!(of_project(desk.session()).as_deref(), Some("0"));
    desk.click("Undo");
    desk.click("Undo");
    assert_eq!(of_project(desk.session()).as_deref(), Some("100"));
}

#[test]
fn during_a_run_a_block_tells_when_it_was_written_and_can_be_erased_and_set() {
    let mut desk = started();
    assert!(desk.says("nothing told yet"));
    let kept = content(desk.session(), "110");
    told(&mut desk, Some(kept), 1_000_000_000, 10);
    assert!(desk.says("last write at 1.000 000 s, 10 writes"));
    assert!(desk.says("as at the start"));
    desk.look("nv");
    desk.effects();
    desk.click("Erase odometer.trip.mileage");
    assert_eq!(given(&desk), [(PLACE.to_owned(), None)]);
    told(&mut desk, None, 1_500_000_000, 10);
    assert!(desk.says("erased at 1.500 000 s, 10 writes"));
    desk.click("Give a value to odometer.trip.mileage");
    let zero = content(desk.session(), "0");
    assert_eq!(given(&desk), [(PLACE.to_owned(), Some(zero))]);
    desk.click(&format!("Erase {OWN}"));
    assert_eq!(given(&desk), [(OWN.to_owned(), None)]);
    assert_eq!(
        of_project(desk.session()).as_deref(),
        Some("100"),
        "untouched"
    );
}

#[test]
fn what_a_block_of_another_type_holds_is_told_and_not_shown() {
    let mut desk = started();
    told(&mut desk, Some(vec![1, 2, 3]), 7_000_000, 1);
    assert!(desk.says("last write at 0.007 000 s, 1 write"));
    assert!(desk.says("3 bytes: it is of another type"));
}

#[test]
fn what_is_stored_is_kept_from_run_to_run_where_that_is_switched_on() {
    let mut desk = started();
    let kept = content(desk.session(), "110");
    let begun_with = |desk: &Desk| {
        let mut effects = desk.effects().into_iter();
        effects.find_map(|effect| match effect {
            Effect::StartSimulation { blocks, .. } => Some(blocks),
            _ => None,
        })
    };
    told(&mut desk, Some(kept.clone()), 1_000_000_000, 10);
    desk.click("Stop");
    desk.effects();
    desk.click("Run");
    assert_eq!(begun_with(&desk), Some(Default::default()), "off at first");
    start(&mut desk);
    let switch = desk
        .harness
        .get_by_role_and_label(Role::Switch, "Keep from run to run");
    switch.click();
    desk.harness.run();
    told(&mut desk, Some(kept.clone()), 1_000_000_000, 10);
    desk.click("Stop");
    desk.effects();
    desk.click("Run");
    let blocks = [(PLACE.to_owned(), Some(kept))].into();
    assert_eq!(begun_with(&desk), Some(blocks));
}
