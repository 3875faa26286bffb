//! What a probe changes: nothing that is sent, published or decided. Its forwarding costs the
//! calling runnable the same little fuel at each call, which moves what follows by microseconds.

use crate::support::{SECOND, Watched, changed_sample, fine, sample, simulated, text_of};
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
            Kind::Frame | Kind::I2c | Kind::Spi => self.detail.rsplit_once(' ').unwrap().0,
            // When the bytes are safe.
            Kind::Nv => self.detail.split(" safe ").next().unwrap(),
            _ => &self.detail,
        }
    }

    /// Of a `run` row: start in ns, fuel.
    fn fuel(&self) -> u64 {
        self.detail.split_once(' ').unwrap().1.parse().unwrap()
    }
}

fn probed() -> Watched {
    simulated(with_probes("thermal").path(), Options::default(), RUN_NS)
}

/// The sample with a probe on every direct connector.
fn with_probes(name: &str) -> tempfile::TempDir {
    changed_sample(name, |text| {
        let probed = text.replace("kind = \"direct\"", "kind = \"direct\"\nprobe = true");
        assert_ne!(text, probed);
        probed
    })
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

#[test]
fn calls_are_counted_and_timed_by_function() {
    let project = with_probes("thermal");
    let ran = fine(&["simulate", &text_of(project.path()), "--for", "3s"]);
    let [one] = ran["probes"].as_array().unwrap().as_slice() else {
        panic!("one function is called: {}", ran["probes"]);
    };
    assert_eq!((&one["calls"], &one["returned"]), (&30.into(), &30.into()));
    assert_eq!(
        (&one["function"], &one["result"]),
        (&"get".into(), &"ok(27.5)".into())
    );
    assert_eq!(one["partition"], "climate/main");
    let connector = one["connector"].as_str().unwrap();
    assert!(
        connector.starts_with("sensor.wireloom:thermal/temperature@0.1.0 -> "),
        "{connector}"
    );
    let ns = |name: &str| one[name].as_u64().unwrap();
    assert!(ns("min_ns") <= ns("mean_ns") && ns("mean_ns") <= ns("max_ns"));
    assert!(ns("max_ns") < 1_000_000, "no call takes a millisecond");
    let plain = fine(&["simulate", &sample("thermal"), "--for", "3s"]);
    assert!(plain.get("probes").is_none());
}

/// Of the samples these have direct connectors that can be probed: `radar`'s is asynchronous.
#[test]
fn probes_change_no_value_and_no_frame_of_any_sample() {
    for name in ["thermal", "pedal"] {
        let plain = simulated(Path::new(&sample(name)), Options::default(), RUN_NS);
        let project = with_probes(name);
        let probed = simulated(project.path(), Options::default(), RUN_NS);
        let told = |watched: &Watched| -> std::collections::BTreeMap<(Kind, String), Vec<String>> {
            let mut told = std::collections::BTreeMap::<_, Vec<String>>::new();
            for event in events(watched) {
                let of = told.entry((event.kind, event.subject.clone())).or_default();
                of.push(event.meaning().to_owned());
            }
            told
        };
        assert_eq!(told(&plain), told(&probed), "{name}");
    }
}
