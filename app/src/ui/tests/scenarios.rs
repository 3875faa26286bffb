//! Scenarios: run from the panel, told with what failed, a failed assertion opened at its instant.

use super::desk::Desk;
use crate::{
    command::Command,
    files::open_project,
    observe,
    scenario::{Bench, Tested, Text},
    session::*,
};
use scenario::Verdict;
use std::path::{Path, PathBuf};

const BROKEN: &str =
    include_str!("../../../../tests/fixtures/test/what-cannot-hold/broken.scenario");
const FOLLOWS: &str = include_str!("../../../../samples/thermal/scenarios/fan-follows.scenario");
const DUTY: &str = "fan.wireloom:thermal/fan-status@0.1.0#duty";

fn project() -> PathBuf {
    "/projects/thermal/thermal.wireloom".into()
}

fn open() -> Desk {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/thermal");
    let opened = open_project(&folder).unwrap();
    let mut desk = Desk::empty(Vec::new());
    desk.happen(Event::ProjectOpened {
        path: project(),
        document: Box::new(opened.document),
        library: opened.library,
        recovery: None,
    });
    desk.effects();
    desk
}

fn show(desk: &mut Desk) {
    desk.harness.state_mut().apply(Command::Scenarios);
    desk.harness.run();
}

/// What the worker would tell of these scenarios, and the simulation of the last at an instant.
fn tested(texts: &[(&str, &str)]) -> Vec<Tested> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/thermal");
    let opened = open_project(&folder).unwrap();
    let (document, library) = (&opened.document, &opened.library);
    let composed = graph_core::compose::compose(document, library).unwrap();
    let bench = Bench::new(document, library, &composed).unwrap();
    let results = texts.iter().map(|(name, text)| {
        bench.test(&Text {
            name: (*name).to_owned(),
            file: format!("scenarios/{name}.scenario"),
            text: (*text).to_owned(),
            read: &|_| Err("nothing lies beside it".to_owned()),
        })
    });
    results.collect()
}

/// What the window is told when the scenario's run stands at an instant.
fn snapshot(at_ns: u64) -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/thermal");
    let opened = open_project(&folder).unwrap();
    let (document, library) = (&opened.document, &opened.library);
    let composed = graph_core::compose::compose(document, library).unwrap();
    let bench = Bench::new(document, library, &composed).unwrap();
    let text = Text {
        name: "broken".to_owned(),
        file: String::new(),
        text: BROKEN.to_owned(),
        read: &|_| Err("nothing lies beside it".to_owned()),
    };
    let mut simulation = bench.start(&text).unwrap();
    simulation.run_until(at_ns, &mut |_| true);
    let meaning = observe::meaning(document, library, &composed);
    let mut snapshot = Snapshot {
        phase: Phase::Paused,
        now_ns: at_ns,
        ..Snapshot::default()
    };
    for row in simulation.trace().rows_from(0) {
        let observed = meaning.observe(&row);
        snapshot.values.extend(observed.values);
        snapshot.points.extend(observed.points);
        snapshot.rows.push(observed.row);
    }
    snapshot
}

#[test]
fn scenarios_run_and_a_failed_assertion_opens_at_its_instant() {
    let mut desk = open();
    show(&mut desk);
    let asked = desk.effects();
    let reads =
        |effect: &Effect| matches!(effect, Effect::ReadScenarios(path) if *path == project());
    assert!(asked.iter().any(reads), "{asked:?}");
    assert!(desk.says("No scenarios"));
    let known = [
        ("broken", "what cannot hold"),
        ("fan-follows", "the fan follows"),
    ];
    desk.happen(Event::ScenariosRead {
        project: project(),
        known: known.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec(),
    });
    assert!(desk.says("not run"));
    desk.click("Run all scenarios");
    let names = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::TestScenarios { names, .. } => Some(names),
        _ => None,
    });
    assert_eq!(names.unwrap(), ["broken", "fan-follows"]);
    assert!(desk.says("running"));
    let results = tested(&[("broken", BROKEN), ("fan-follows", FOLLOWS)]);
    let Verdict::Failed(failure) = &results[0].judged[0].verdict else {
        panic!("{:?}", results[0]);
    };
    let at = failure.at;
    for tested in results.clone() {
        desk.happen(Event::ScenarioTested(Box::new(tested)));
    }
    desk.happen(Event::ScenariosEnded(None));
    assert!(desk.says("1 passed, 1 failed"));
    assert!(desk.says("not exercised: "));
    desk.look("scenarios");
    desk.click(&format!("R-1 never above half  at {at}"));
    let effects = desk.effects();
    let opened = effects.iter().find_map(|effect| match effect {
        Effect::OpenScenario { name, .. } => Some(name.as_str()),
        _ => None,
    });
    assert_eq!(opened, Some("broken"));
    let there = Effect::Simulation(SimulationOrder::GoTo(at.0));
    assert!(
        effects
            .iter()
            .any(|effect| format!("{effect:?}") == format!("{there:?}")),
        "{effects:?}"
    );
    desk.happen(Event::SimulationStarted {
        devices: Vec::new(),
    });
    desk.happen(Event::Snapshot(snapshot(at.0)));
    let session = desk.session();
    assert_eq!(session.view().cursor_ns, Some(at.0));
    assert_eq!(session.view().plotted, [DUTY]);
    let last = session.run().rows.back().unwrap();
    assert_eq!(last.at_ns, at.0, "the row that broke it is the last");
    desk.click("Trace");
    desk.look("scenario-opened");
}

#[test]
fn what_is_wrong_in_a_scenario_is_told_and_another_projects_scenarios_are_not_taken() {
    let mut desk = open();
    show(&mut desk);
    let text = "scenario \"x\"\nrun 1 s\nassert always fan.dutty > 3 %\n";
    let known = vec![("typo".to_owned(), "x".to_owned())];
    desk.happen(Event::ScenariosRead {
        project: "/projects/other.wireloom".into(),
        known: known.clone(),
    });
    assert!(desk.says("No scenarios"));
    desk.happen(Event::ScenariosRead {
        project: project(),
        known,
    });
    for tested in tested(&[("typo", text)]) {
        desk.happen(Event::ScenarioTested(Box::new(tested)));
    }
    assert!(desk.says("did you mean `fan.duty`?"));
    desk.effects();
    desk.click("Run scenario typo");
    let names = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::TestScenarios { names, .. } => Some(names),
        _ => None,
    });
    assert_eq!(names.unwrap(), ["typo"]);
    desk.happen(Event::ScenariosEnded(Some(
        "there is no such folder".into(),
    )));
    assert!(desk.says("there is no such folder"));
    assert!(desk.session().scenarios().running.is_empty());
    desk.click("Reload scenarios");
    let asked = desk.effects();
    let reads = |effect: &Effect| matches!(effect, Effect::ReadScenarios(_));
    assert!(asked.iter().any(reads), "{asked:?}");
}
