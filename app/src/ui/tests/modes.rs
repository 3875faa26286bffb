//! The panel of modes before and during a run, and what of modes the inspector edits.

use super::desk::Desk;
use crate::session::{Event, Item, ModeView, Phase, Session, Snapshot, TraceKind, TraceRow};
use autosar_wit::{component::PortKind, metadata, modes::State, read::wit_files};
use graph_core::{
    document::{Document, Instance, ModeChange, RteEvent},
    file,
    library::{Entry, Library},
};
use std::sync::Arc;

const LAMP_METADATA: &[u8] =
    include_bytes!("../../../../tests/projects/drive/wit/metadata/lamp.json");
const POWER: &str = "acme:drive/power@1.0.0";

/// The project of `tests/projects/drive`, of whose components only types are known.
pub(super) fn drive() -> (Document, Library) {
    let text = include_str!("../../../../tests/projects/drive/drive.wireloom");
    let wit = include_str!("../../../../tests/projects/drive/wit/drive.wit");
    let mut document = file::read(text, "drive.wireloom").unwrap();
    let mut library = Library::default();
    for (id, component) in &document.components {
        let mut component_type = wit_files(&[("drive.wit", wit)], Some(&component.name)).unwrap();
        if component.name == "lamp" {
            component_type.metadata = metadata::read(LAMP_METADATA).unwrap();
            let tuning = component_type.ports.iter_mut();
            let mut tuning = tuning.filter(|port| port.name.contains("tuning"));
            tuning.next().unwrap().kind = PortKind::Parameter;
        }
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
    let (document, library) = drive();
    desk.happen(Event::ProjectOpened {
        path: "/projects/drive/drive.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk.click("Modes");
    desk
}

fn state(previous: &str, next: &str) -> State {
    State {
        previous: previous.into(),
        next: next.into(),
        in_transition: previous != next,
    }
}

fn told(desk: &mut Desk, at_ns: u64, state: State) {
    let element = format!("manager.{POWER}#current");
    let row = TraceRow {
        at_ns,
        kind: TraceKind::Mode,
        subject: element.clone(),
        text: state.to_string(),
        decoded: "was off".into(),
    };
    let view = ModeView {
        state,
        since_ns: at_ns,
        changes: 1,
    };
    desk.happen(Event::Snapshot(Snapshot {
        phase: Phase::Paused,
        now_ns: at_ns + 1_000,
        rows: vec![row],
        modes: vec![(element, view)],
        ..Snapshot::default()
    }));
}

fn lamp(session: &Session) -> &Instance {
    let mut instances = session.document().instances.values();
    instances.find(|one| one.name == "lamp").unwrap()
}

#[test]
fn before_a_run_the_panel_says_what_depends_on_which_mode() {
    let desk = desk();
    for words in [
        "manager.power",
        "nothing told yet",
        "disabled in off, park",
        "at entry of drive",
    ] {
        assert!(desk.says(words), "{words}");
    }
    desk.look("modes-declared");
}

#[test]
fn during_a_run_it_shows_each_mode_since_when_and_what_that_disables() {
    let mut desk = desk();
    desk.click("Run");
    desk.happen(Event::SimulationStarted {
        devices: Vec::new(),
    });
    told(&mut desk, 90_000_000, state("off", "drive"));
    assert!(desk.says("off → drive since 0.090 000 s"));
    assert!(desk.says("disabled"), "on the way from `off`");
    desk.look("modes-in-transition");
    told(&mut desk, 100_000_000, state("drive", "drive"));
    assert!(desk.says("drive since 0.100 000 s"));
    assert!(desk.says("● drive"));
    desk.look("modes");
    desk.click("lamp.step");
    let selected = desk.session().selection().iter().next().cloned();
    let document = desk.session().document();
    let Some(Item::Instance(id)) = selected else {
        panic!("{selected:?}");
    };
    assert_eq!(document.instances[&id].name, "lamp");
}

#[test]
fn the_inspector_chooses_modes_and_each_choice_can_be_undone() {
    let mut desk = desk();
    desk.click("lamp.step");
    desk.look("modes-inspector");
    desk.click("light.step disabled in");
    desk.click("light.step disabled in park");
    let disabled = &lamp(desk.session()).activations[0].disabled_in[POWER];
    assert_eq!(disabled.iter().collect::<Vec<_>>(), ["off"]);
    desk.click("light.wake change");
    desk.click("Exit");
    let event = RteEvent::ModeSwitch {
        port: POWER.into(),
        change: ModeChange::Exit("drive".into()),
    };
    assert_eq!(lamp(desk.session()).activations[1].event, event);
    desk.click("Undo");
    desk.click("Undo");
    let (document, _) = drive();
    let before = document.instances.values().find(|one| one.name == "lamp");
    assert_eq!(
        lamp(desk.session()).activations,
        before.unwrap().activations
    );
}
