//! Nothing is lost when the studio is killed: a child process edits a project without saving and
//! is ended by force; the next session finds its work.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command as Process, Stdio},
    sync::Arc,
    time::Duration,
};
use wireloom::{
    command::Command,
    files,
    session::{Event, Session},
    workers::Workers,
};

const CHILD_PROJECT: &str = "WIRELOOM_TEST_CHILD_PROJECT";
const EMPTY: &str = "format = 1\nname = \"empty\"\n";

#[test]
fn unsaved_work_survives_a_kill() {
    if let Some(project) = std::env::var_os(CHILD_PROJECT) {
        return edit_and_wait(Path::new(&project));
    }
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("empty.wireloom");
    std::fs::write(&project, EMPTY).unwrap();
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "unsaved_work_survives_a_kill", "--nocapture"])
        .env(CHILD_PROJECT, &project)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap().contains("kept")),
        "the child did not keep its work"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(
        std::fs::read_to_string(&project).unwrap(),
        EMPTY,
        "the project itself is untouched"
    );
    let mut session = opened(&project);
    assert!(session.document().ecus.is_empty());
    assert!(session.recovery().is_some(), "the work is offered");
    session.apply(Command::Recover);
    let names: Vec<&str> = session
        .document()
        .ecus
        .values()
        .map(|ecu| ecu.name.as_str())
        .collect();
    assert_eq!(names, ["brake"]);
    assert!(session.is_changed(), "it is not saved yet");
}

#[test]
fn a_saved_project_offers_nothing_to_recover() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("empty.wireloom");
    std::fs::write(&project, EMPTY).unwrap();
    let mut session = opened(&project);
    insert_ecu(&mut session);
    files::save_recovery(&project, &session.files()).unwrap();
    files::save(&project, &session.files()).unwrap();
    assert!(opened(&project).recovery().is_none());
}

/// In the child: one edit, kept by the worker, then nothing more until the end by force.
fn edit_and_wait(project: &Path) {
    let mut session = opened(project);
    let mut workers = Workers::new(Arc::new(|| {}));
    for effect in insert_ecu(&mut session) {
        workers.start(effect);
    }
    while files::recovery_files(project).is_none_or(|kept| kept.layout.is_empty()) {
        std::thread::yield_now();
    }
    println!("kept");
    loop {
        std::thread::park();
    }
}

fn opened(project: &Path) -> Session {
    let mut session = Session::default();
    let mut workers = Workers::new(Arc::new(|| {}));
    for effect in session.apply(Command::OpenPath(project.to_path_buf())) {
        workers.start(effect);
    }
    while let Some(event) = workers.next_event(Duration::from_secs(60)) {
        let opened = matches!(event, Event::ProjectOpened { .. });
        if let Event::Failed(reason) = &event {
            panic!("{reason}");
        }
        session.receive(event);
        if opened {
            break;
        }
    }
    session
}

fn insert_ecu(session: &mut Session) -> Vec<wireloom::session::Effect> {
    session.apply(Command::InsertEcu(graph_core::document::Ecu {
        name: "brake".into(),
        target: None,
        fuel_ps: 1_000,
        activation_ns: 1_000,
        partitions: Default::default(),
    }))
}
