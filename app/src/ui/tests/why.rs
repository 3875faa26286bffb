//! Why a value is what it is: asked from wire, trace and plot, looked at as a tree.

use super::desk::Desk;
use crate::{
    files::{Project, open_project},
    observe::{self, cause},
    session::*,
};
use egui::{Key, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable;
use simulator::{Options, Simulation};

const DUTY: &str = "fan.wireloom:thermal/fan-status@0.1.0#duty";
/// Of the run that is asked about.
const END_NS: u64 = 600_000_000;
const CURSOR_NS: u64 = 450_000_000;

fn thermal() -> Project {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/thermal");
    open_project(&folder).unwrap()
}

/// What has happened until then: the rows and values that a window is told.
struct Happened {
    snapshot: Snapshot,
    simulation: Simulation,
}

fn happened(project: &Project) -> Happened {
    let composed = graph_core::compose::compose(&project.document, &project.library).unwrap();
    let files = observe::system_files(&composed);
    let mut simulation = Simulation::new(&files, Options::default()).unwrap();
    simulation.run_until(END_NS, &mut |_| true);
    let meaning = observe::meaning(&project.document, &project.library, &composed);
    let mut snapshot = Snapshot {
        phase: Phase::Paused,
        now_ns: END_NS,
        ..Snapshot::default()
    };
    for row in simulation.trace().rows_from(0) {
        let observed = meaning.observe(&row);
        snapshot.values.extend(observed.values);
        snapshot.points.extend(observed.points);
        snapshot.rows.push(observed.row);
    }
    Happened {
        snapshot,
        simulation,
    }
}

/// A window on the sample at the end of the run.
fn open() -> (Desk, Simulation) {
    let mut desk = Desk::empty(Vec::new());
    let project = thermal();
    let happened = happened(&project);
    desk.happen(Event::ProjectOpened {
        path: "/projects/thermal/thermal.wireloom".into(),
        document: Box::new(project.document),
        library: project.library,
        recovery: None,
    });
    desk.click("Run");
    desk.happen(Event::SimulationStarted {
        devices: Vec::new(),
    });
    desk.happen(Event::Snapshot(happened.snapshot));
    desk.effects();
    (desk, happened.simulation)
}

/// What the simulation's thread would answer to the question that was asked.
fn answer(desk: &mut Desk, simulation: &Simulation) -> (String, u64) {
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::Simulation(SimulationOrder::Why { element, at_ns }) => Some((element, at_ns)),
        _ => None,
    });
    let (element, at_ns) = asked.expect("a question was asked");
    let project = thermal();
    let composed = graph_core::compose::compose(&project.document, &project.library).unwrap();
    let meaning = observe::meaning(&project.document, &project.library, &composed);
    let run = cause::Run {
        document: &project.document,
        library: &project.library,
        composed: &composed,
        meaning: &meaning,
        trace: simulation.trace(),
    };
    let answer = cause::why(&run, &element, at_ns);
    desk.happen(Event::Why(
        answer.map(Box::new).map_err(|error| error.to_string()),
    ));
    (element, at_ns)
}

fn lit(desk: &Desk) -> Vec<String> {
    let spotlight = desk.session().spotlight().unwrap();
    let all = &desk.session().document().instances;
    let names = spotlight.instances.iter().map(|id| all[id].name.clone());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn select_wire(desk: &mut Desk, from: &str) {
    let document = desk.session().document();
    let wires = document.connectors.iter();
    let mut found = wires.filter(|(_, one)| graph_core::end::text(document, &one.from) == from);
    let id = *found.next().unwrap().0;
    let studio = desk.harness.state_mut();
    studio.apply(crate::command::Command::Select(vec![Item::Connector(id)]));
    desk.harness.run();
}

#[test]
fn a_wire_is_asked_by_key_and_a_step_is_looked_at() {
    let (mut desk, simulation) = open();
    select_wire(&mut desk, DUTY);
    desk.harness.key_press(Key::F9);
    desk.harness.run();
    assert_eq!(answer(&mut desk, &simulation), (DUTY.to_owned(), END_NS));
    assert_eq!(
        lit(&desk),
        ["controller", "fan", "sensor"],
        "what led to it"
    );
    assert!(desk.says("cabin on i2c0: w00 r1b80 ok"));
    desk.look("why");
    let session = desk.session();
    let back = &session.view().why.as_ref().unwrap().answer.back;
    let fan = &back.branches[0];
    let demand = fan
        .branches
        .iter()
        .find(|one| one.text.starts_with("controller.fan-demand"))
        .unwrap();
    let (text, written_ns) = (demand.text.clone(), demand.at_ns.unwrap());
    let age = cause::age(demand.age_ns.unwrap());
    desk.click(&format!(
        "{text}, {}, {age} old",
        cause::seconds(written_ns)
    ));
    let controller = desk
        .session()
        .document()
        .instance_named("controller")
        .unwrap();
    assert!(
        desk.session()
            .selection()
            .contains(&Item::Instance(controller))
    );
    assert_eq!(lit(&desk), ["controller", "fan"], "only the way to it");
    assert_eq!(desk.session().spotlight().unwrap().connectors.len(), 1);
    assert_eq!(desk.session().view().cursor_ns, Some(written_ns));
    desk.look("why-picked");
    desk.click(&format!("Why {text}"));
    let (element, at_ns) = answer(&mut desk, &simulation);
    assert_eq!(
        (element.as_str(), at_ns),
        (
            "controller.wireloom:thermal/fan-demand@0.1.0#get",
            written_ns
        )
    );
    assert_eq!(lit(&desk), ["controller", "sensor"]);
    desk.accept("Hide Cause");
    assert_eq!(desk.session().spotlight(), None);
}

#[test]
fn a_frame_in_the_trace_is_asked_for_one_of_its_signals() {
    let (mut desk, simulation) = open();
    desk.click("Trace");
    let studio = desk.harness.state_mut();
    studio.apply(crate::command::Command::FilterTrace(
        "frame FanStatus".into(),
    ));
    desk.harness.run();
    let rows = desk.harness.query_all_by_label_contains("120#");
    let at = rows.last().unwrap().rect().left_center() + egui::vec2(6.0, 0.0);
    desk.harness.hover_at(at);
    for pressed in [true, false] {
        desk.harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    desk.harness.run();
    desk.look("why-trace");
    desk.click("Why can0:FanStatus.Temperature?");
    let (element, at_ns) = answer(&mut desk, &simulation);
    assert_eq!(element, "can0:FanStatus.Temperature");
    assert_eq!(desk.session().view().cursor_ns, Some(at_ns));
    assert_eq!(lit(&desk), ["sensor"]);
    assert!(desk.says("climate/main/send-fan-status"));
}

#[test]
fn the_plot_is_asked_at_its_cursor() {
    let (mut desk, simulation) = open();
    let studio = desk.harness.state_mut();
    studio.apply(crate::command::Command::Plot(DUTY.to_owned()));
    studio.apply(crate::command::Command::SetCursor(Some(CURSOR_NS)));
    desk.harness.run();
    desk.look("why-plot");
    select_wire(&mut desk, DUTY);
    desk.harness.key_press(Key::F9);
    desk.harness.run();
    assert_eq!(answer(&mut desk, &simulation), (DUTY.to_owned(), CURSOR_NS));
}

#[test]
fn the_latency_from_a_step_to_the_value_is_measured() {
    let (mut desk, simulation) = open();
    select_wire(&mut desk, DUTY);
    desk.harness.key_press(Key::F9);
    desk.harness.run();
    answer(&mut desk, &simulation);
    let mut buttons = desk
        .harness
        .get_all_by_label_contains("Latency from controller");
    buttons.next().unwrap().click();
    drop(buttons);
    desk.harness.run();
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::Simulation(SimulationOrder::Latency { from, to }) => Some((from, to)),
        _ => None,
    });
    let (from, to) = asked.unwrap();
    assert_eq!(to, DUTY);
    let project = thermal();
    let composed = graph_core::compose::compose(&project.document, &project.library).unwrap();
    let meaning = observe::meaning(&project.document, &project.library, &composed);
    let run = cause::Run {
        document: &project.document,
        library: &project.library,
        composed: &composed,
        meaning: &meaning,
        trace: simulation.trace(),
    };
    let found = cause::latency(&run, &from, &to, None).unwrap();
    let spread = found.latency.unwrap();
    desk.happen(Event::Latency(Ok(Box::new(found))));
    desk.look("latency");
    assert!(desk.says("controller.fan-demand to fan.fan-status.duty"));
    assert!(desk.says(&format!(
        "median {}, {} times",
        cause::age(spread.median_ns),
        spread.count
    )));
    // It is of this question.
    select_wire(&mut desk, DUTY);
    desk.harness.key_press(Key::F9);
    desk.harness.run();
    answer(&mut desk, &simulation);
    assert_eq!(desk.session().view().latency, None);
}
