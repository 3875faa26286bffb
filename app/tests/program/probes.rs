//! What a probe changes: nothing that is sent, published or decided. Its forwarding costs the
//! calling runnable the same little fuel at each call, which moves what follows by microseconds.

use crate::support::{SECOND, Watched, changed_sample, sample, simulated};
use simulator::{Options, trace::Kind};
use std::path::Path;

const RUN_NS: u64 = 3 * SECOND;
/// The runnable that calls through the probe.
const CALLER: &str = "climate/main/controller.wireloom:thermal/control@0.1.0#step";
/// What follows a probed call is later by this at most: an adapter's 100 instructions at 20 ns.
const LATER_NS: u64 = 2_000;

/// A row that no probe made.
struct Event {
    time_ns: u64,
    kind: Kind,
    subject: String,
    detail: String,
}

fn events(watched: &Watched) -> Vec<Event> {
    let rows = watched.simulation.trace().rows_from(0);
    let others = rows.filter(|row| !matches!(row.kind, Kind::Called | Kind::Returned));
    others
        .map(|row| Event {
            time_ns: row.time_ns,
            kind: row.kind,
            subject: row.subject.to_owned(),
            detail: row.detail.to_owned(),
        })
        .collect()
}

impl Event {
    /// What it tells apart from times and costs.
    fn meaning(&self) -> &str {
        match self.kind {
            Kind::Began | Kind::Ended | Kind::Ran => "",
            // The start of the frame or transfer stands last.
            Kind::Frame | Kind::I2c => self.detail.rsplit_once(' ').unwrap().0,
            _ => &self.detail,
        }
    }

    /// Of a `run` row: start in ns, fuel.
    fn fuel(&self) -> u64 {
        self.detail.split_once(' ').unwrap().1.parse().unwrap()
    }
}

fn probed() -> Watched {
    let project = changed_sample("thermal", |text| {
        let probed = text.replace("kind = \"direct\"", "kind = \"direct\"\nprobe = true");
        assert_ne!(text, probed);
        probed
    });
    simulated(project.path(), Options::default(), RUN_NS)
}

#[test]
fn a_probe_tells_each_call_with_its_outcome() {
    let watched = probed();
    let count = |kind| {
        let rows = watched.simulation.trace().rows_from(0);
        rows.filter(|row| row.kind == kind).count()
    };
    assert_eq!(count(Kind::Called), 30, "the controller asks every 100 ms");
    assert_eq!(count(Kind::Returned), 30);
    let told: Vec<String> = watched
        .observed()
        .map(|observed| observed.row.decoded)
        .filter(|decoded| decoded.starts_with("ok("))
        .collect();
    assert_eq!(told, vec!["ok(27.5)".to_owned(); 30]);
}

#[test]
fn probing_changes_no_event_and_no_value() {
    let plain = simulated(Path::new(&sample("thermal")), Options::default(), RUN_NS);
    let (plain, probed) = (events(&plain), events(&probed()));
    assert_eq!(plain.len(), probed.len());
    for (plain, probed) in plain.iter().zip(&probed) {
        assert_eq!(
            (plain.kind, &plain.subject, plain.meaning()),
            (probed.kind, &probed.subject, probed.meaning())
        );
        let later_ns = probed.time_ns.checked_sub(plain.time_ns).unwrap();
        assert!(later_ns <= LATER_NS, "{}: {later_ns} ns", plain.subject);
    }
}

#[test]
fn a_probe_costs_its_caller_the_same_each_time_and_others_nothing() {
    let plain = simulated(Path::new(&sample("thermal")), Options::default(), RUN_NS);
    let (plain, probed) = (events(&plain), events(&probed()));
    let mut added = Vec::new();
    let pairs = plain.iter().zip(&probed);
    for (plain, probed) in pairs.filter(|(plain, _)| plain.kind == Kind::Ran) {
        match probed.fuel() - plain.fuel() {
            0 => {}
            fuel => {
                assert_eq!(plain.subject, CALLER);
                added.push(fuel);
            }
        }
    }
    // The adapter between caller and probe; what the probe itself does is not counted.
    assert_eq!(added.len(), 30, "one call a step");
    let first = added[0];
    assert!(
        first < 100 && added.iter().all(|fuel| *fuel == first),
        "{added:?}"
    );
}

#[test]
fn a_probed_run_is_the_same_each_time() {
    let [one, two] = [probed(), probed()].map(|watched| watched.simulation.summary());
    assert_eq!(one, two);
}
