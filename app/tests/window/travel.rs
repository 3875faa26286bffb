//! Going back with real workers: the same run again, with what was changed by hand.

use crate::support::{Window, copy_of_thermal};
use wireloom::{
    command::Command,
    session::{Phase, Session},
};

const MS: u64 = 1_000_000;

fn go(window: &mut Window, command: Command, at_ns: u64) {
    window.harness.state_mut().apply(command);
    window.wait("time stands there", |session| {
        session.run().now_ns == at_ns && session.run().phase == Phase::Paused
    });
}

fn cabin(session: &Session) -> f64 {
    let devices = &session.run().devices;
    let cabin = devices.iter().find(|one| one.name == "cabin").unwrap();
    cabin.stimuli[0].value
}

fn set(window: &mut Window, value: f64) {
    window.harness.state_mut().apply(Command::SetStimulus {
        device: "cabin".into(),
        stimulus: "temperature".into(),
        value,
    });
    window.settle();
}

/// What is told of a run up to now.
fn told(window: &Window) -> (String, Vec<String>) {
    let run = window.session().run();
    let rows = run.rows.iter().map(|row| format!("{row:?}"));
    (run.trace_hash.clone(), rows.collect())
}

#[test]
fn going_back_and_on_gives_the_same_run_until_something_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let project = copy_of_thermal(folder.path());
    let mut window = Window::open(Vec::new());
    window.harness.state_mut().apply(Command::OpenPath(project));
    window.wait("the project is open", |session| {
        session.document().instances.len() == 4
    });
    go(&mut window, Command::GoToInstant(700 * MS), 700 * MS);
    set(&mut window, 31.5);
    go(&mut window, Command::GoToInstant(2_000 * MS), 2_000 * MS);
    let first = told(&window);
    assert!(first.1.len() > 100);

    go(&mut window, Command::GoToInstant(500 * MS), 500 * MS);
    assert_eq!(window.session().run().reached_ns, 2_000 * MS);
    assert_eq!(cabin(window.session()), 27.5, "as the project says");
    let earlier = told(&window);
    assert_eq!(earlier.1, first.1[..earlier.1.len()]);
    go(&mut window, Command::GoToInstant(2_000 * MS), 2_000 * MS);
    assert_eq!(cabin(window.session()), 31.5, "it comes again by itself");
    assert_eq!(told(&window), first);

    // An event back and on is the same place.
    let here = window.session().run().now_ns;
    window.harness.state_mut().apply(Command::StepBack);
    window.wait("a step back", |session| {
        session.run().now_ns < here && session.run().phase == Phase::Paused
    });
    go(&mut window, Command::GoToInstant(2_000 * MS), 2_000 * MS);
    assert_eq!(told(&window), first);

    go(&mut window, Command::GoToInstant(500 * MS), 500 * MS);
    set(&mut window, 22.0);
    go(&mut window, Command::GoToInstant(2_000 * MS), 2_000 * MS);
    assert_ne!(told(&window).0, first.0, "another future");
    assert_eq!(cabin(window.session()), 22.0);
}

#[test]
fn a_run_stops_at_a_breakpoint_and_goes_on_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let project = copy_of_thermal(folder.path());
    let mut window = Window::open(Vec::new());
    window.harness.state_mut().apply(Command::OpenPath(project));
    window.wait("the project is open", |session| {
        session.document().instances.len() == 4
    });
    let frame = Command::AddBreakpoint("frame can0:FanStatus".into());
    window.harness.state_mut().apply(frame);
    let wrong = Command::AddBreakpoint("run nobody".into());
    window.harness.state_mut().apply(wrong);
    let fast = Command::SetSpeed(wireloom::session::RunSpeed::AsFastAsPossible);
    window.harness.state_mut().apply(fast);
    let mut stops = Vec::new();
    for number in 0..3 {
        window.harness.state_mut().apply(Command::Run);
        window.wait("it stops", |session| {
            let hit = session.run().stopped.as_ref();
            hit.is_some_and(|hit| !stops.contains(&hit.at_ns))
        });
        let run = window.session().run();
        assert_eq!(run.phase, Phase::Paused, "{number}");
        let hit = run.stopped.clone().unwrap();
        assert_eq!(hit.at_ns, run.now_ns, "time stands at the end of the frame");
        stops.push(hit.at_ns);
    }
    assert!(stops.is_sorted());
    let refused = &window.session().run().refused["run nobody"];
    assert!(
        refused.contains("there is no runnable `nobody`"),
        "{refused}"
    );
    // Gone back, the first frame stops again.
    go(&mut window, Command::GoToInstant(0), 0);
    window.harness.state_mut().apply(Command::Run);
    window.wait("it stops", |session| session.run().stopped.is_some());
    assert_eq!(window.session().run().now_ns, stops[0]);
}

#[test]
fn a_run_is_compared_with_one_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let project = copy_of_thermal(folder.path());
    let file = folder.path().join("other.rows");
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let outcome = wireloom::cli::outcome(
        [
            "wireloom",
            "simulate",
            &text(&project),
            "--for",
            "2s",
            "--set",
            "cabin.temperature=35@1s",
            "--rows",
            &text(&file),
        ]
        .map(Into::into),
    );
    assert!(outcome.json["trace_hash"].is_string(), "{}", outcome.text);
    let mut window = Window::open(Vec::new());
    window.harness.state_mut().apply(Command::OpenPath(project));
    window.wait("the project is open", |session| {
        session.document().instances.len() == 4
    });
    let compare = |window: &mut Window, at_ns: u64| {
        go(window, Command::GoToInstant(at_ns), at_ns);
        let known = window.session().notices().len();
        let command = Command::CompareRunWith(file.clone());
        window.harness.state_mut().apply(command);
        window.wait("an answer", |session| session.notices().len() > known);
        window.session().notices().last().unwrap().text.clone()
    };
    let same = compare(&mut window, 900 * MS);
    assert!(
        same.starts_with("the same as other.rows up to now"),
        "{same}"
    );
    let parted = compare(&mut window, 1_500 * MS);
    assert!(
        parted.starts_with("the runs differ first at 1 s"),
        "{parted}"
    );
    assert!(
        parted.contains("in other.rows: 1000000000  stimulus"),
        "{parted}"
    );
    assert_eq!(window.session().view().cursor_ns, Some(1_000 * MS));
    window.look("compared");
}
