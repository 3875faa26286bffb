//! Connectors between ECUs over an Ethernet network, in the simulation and in real time.

use crate::{
    bundles,
    run::{ById, by_id},
    support::{MS, fine, frames, plain, simulated, text_of, workspace},
};
use deployment::ethernet::wire_bytes;
use simulator::{Options, trace::Kind};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The latency and the bit rate of the project's network.
const LATENCY_NS: u64 = 50_000;
const BITRATE_BPS: u64 = 100_000_000;

pub(crate) fn project() -> PathBuf {
    workspace().join("app/tests/projects/ethernet")
}

/// A `carry` row of the trace.
#[derive(Debug, PartialEq)]
struct Carried {
    there_ns: u64,
    key: String,
    ecu: String,
    bytes: u64,
    start_ns: u64,
    value: Vec<u8>,
}

/// Time, subject and value of a `publish` row.
type Published = (u64, String, Vec<u8>);

fn carried(until_ns: u64) -> (Vec<Carried>, Vec<Published>) {
    let watched = simulated(&project(), Options::default(), until_ns);
    let (mut carried, mut published) = (Vec::new(), Vec::new());
    for row in watched.simulation.trace().rows_from(0) {
        let value = row.value().unwrap_or_default();
        match row.kind {
            Kind::Published => published.push((row.time_ns, row.subject.to_owned(), value)),
            Kind::Carried => {
                assert_eq!(row.subject, "eth0");
                let words: Vec<&str> = row.detail.split(' ').collect();
                carried.push(Carried {
                    there_ns: row.time_ns,
                    key: words[0].to_owned(),
                    ecu: words[1].to_owned(),
                    bytes: words[2].parse().unwrap(),
                    start_ns: words[3].parse().unwrap(),
                    value,
                });
            }
            _ => {}
        }
    }
    (carried, published)
}

#[test]
fn a_value_is_there_when_its_bits_and_the_latency_are_over() {
    let (carried, published) = carried(2_000 * MS);
    assert!(carried.len() > 40, "{}", carried.len());
    for one in &carried {
        assert_eq!(one.bytes, wire_bytes(one.value.len()));
        let time_ns = one.bytes * 8 * 1_000_000_000 / BITRATE_BPS;
        assert_eq!(one.there_ns, one.start_ns + time_ns + LATENCY_NS, "{one:?}");
    }
    // The temperature leaves the sensor's ECU when the activation ends that has measured it.
    let key = "wireloom/ethernet/climate/sensor.wireloom:thermal%2ftemperature@0.1.0%23get";
    let sensor = "climate/io/sensor.wireloom:thermal/temperature@0.1.0#get";
    let sent = published.iter().filter(|(_, name, _)| name == sensor);
    let there: Vec<_> = carried.iter().filter(|one| one.key == key).collect();
    let sent: Vec<_> = sent.take(there.len()).collect();
    assert!(there.len() >= 9, "{}", there.len());
    for ((at_ns, _, value), there) in sent.iter().zip(&there) {
        assert_eq!((*value).clone(), there.value);
        assert_eq!(there.ecu, "cockpit");
        assert!(there.start_ns >= *at_ns && there.start_ns < at_ns + MS);
    }
}

#[test]
fn values_of_one_ecu_follow_each_other_on_its_link() {
    let (carried, _) = carried(2_000 * MS);
    let from = |ecu: &str| {
        let start = format!("wireloom/ethernet/{ecu}/");
        let mut sent: Vec<_> = carried
            .iter()
            .filter(|one| one.key.starts_with(&start))
            .collect();
        sent.sort_by_key(|one| one.start_ns);
        sent
    };
    for ecu in ["climate", "cockpit"] {
        let sent = from(ecu);
        assert!(sent.len() > 10, "{ecu}: {}", sent.len());
        for pair in sent.windows(2) {
            let end_ns = pair[0].there_ns - LATENCY_NS;
            assert!(pair[1].start_ns >= end_ns, "{pair:?}");
        }
    }
    // Duty and state of the fan are published at one instant: the second waits for the first. The
    // state is one message, though two dashboards take it.
    let cockpit = from("cockpit");
    let waits = |pair: &&[&Carried]| pair[1].start_ns == pair[0].there_ns - LATENCY_NS;
    let waiting = cockpit.windows(2).filter(waits).count();
    assert!(waiting >= 9, "{waiting}");
    let count = |ending: &str| {
        let ends = cockpit.iter().filter(|one| one.key.ends_with(ending));
        ends.count()
    };
    assert_eq!(count("%23state"), count("%23duty"));
}

#[test]
fn the_summary_tells_the_load_of_each_link() {
    let ran = fine(&["simulate", &text_of(&project()), "--for", "2s"]);
    let links = ran["networks"][0]["links"].as_array().unwrap();
    assert_eq!(ran["networks"][0]["network"], "eth0");
    let of = |ecu: &str| links.iter().find(|link| link["ecu"] == ecu).unwrap();
    for ecu in ["climate", "cockpit"] {
        let link = of(ecu);
        let bytes = link["bytes"].as_u64().unwrap();
        assert!(link["values"].as_u64().unwrap() >= 10, "{link}");
        let load = link["load"].as_f64().unwrap();
        assert!((load - bytes as f64 * 8.0 / 2.0 / BITRATE_BPS as f64).abs() < 1e-9);
    }
    let text = plain(&["simulate", &text_of(&project()), "--for", "1s"]);
    assert!(
        text.output.contains("network eth0") && text.output.contains("from cockpit"),
        "{}",
        text.output
    );
}

/// The same data in the same order. How often one of them is sent before the next comes depends on
/// how busy the machine is, and when, on its clock: that is the business of other tests. What
/// arrives over the network shows in the data.
fn same_data(simulated: &ById, real: &ById) {
    assert!(simulated.keys().eq(real.keys()) && !simulated.is_empty());
    for (id, expected) in simulated {
        let data = |frames: &[(Vec<u8>, u64)]| {
            let data = frames.iter().map(|(data, _)| data.clone());
            let mut data = data.collect::<Vec<_>>();
            data.dedup();
            data
        };
        let (expected, found) = (data(expected), data(&real[id]));
        assert!(found.len() * 10 >= expected.len() * 8, "{id:?}");
        let common = expected.len().min(found.len());
        assert_eq!(expected[..common], found[..common], "{id:?}");
        let different: std::collections::BTreeSet<_> = found.iter().collect();
        assert!(different.len() > 5, "{id:?}: {different:?}");
    }
}

#[test]
fn real_time_gives_what_the_simulation_gives() {
    let folder = tempfile::tempdir().unwrap();
    let frames_of = |command: &str| {
        let trace = folder.path().join(command);
        let project = text_of(&project());
        let report = fine(&[
            command,
            &project,
            "--for",
            "3s",
            "--trace",
            &text_of(&trace),
        ]);
        (report, by_id(frames(&trace)))
    };
    let (_, simulated) = frames_of("simulate");
    let (report, real) = frames_of("run");
    assert_eq!(report["incidents"].as_array().unwrap().len(), 0, "{report}");
    let values = report["values"].as_u64().unwrap();
    assert!(values >= 60, "{report}");
    let received = report["ecus"].as_array().unwrap().iter();
    let received: u64 = received
        .map(|ecu| ecu["networks"][0]["received"].as_u64().unwrap())
        .sum();
    assert!(received <= values && received + 8 >= values, "{report}");
    same_data(&simulated, &real);
}

#[test]
fn bundles_run_on_the_virtual_network() {
    let folder = tempfile::tempdir().unwrap();
    let exports = folder.path().join("bundles");
    let exported = bundles::export(&text_of(&project()), &exports);
    assert!(exported.status.success(), "{exported:?}");
    let configuration = |ecu: &str| {
        let text = std::fs::read_to_string(exports.join(ecu).join("ecu.toml")).unwrap();
        let table = text.split("[networks.eth0]\n").nth(1).unwrap();
        table.split("\n\n").next().unwrap().to_owned()
    };
    let zenoh = "kind = \"zenoh\"                 # or \"hub\": a virtual network, with --hub\nlisten = [\"tcp/0.0.0.0:7447\"]\nconnect = ";
    assert_eq!(configuration("climate"), format!("{zenoh}[]"));
    let cockpit = format!("{zenoh}[\"tcp/climate:7447\"]");
    assert_eq!(configuration("cockpit"), cockpit);

    let (simulated, real) = (folder.path().join("simulated"), folder.path().join("real"));
    let project = text_of(&project());
    let trace = text_of(&simulated);
    fine(&["simulate", &project, "--for", "3s", "--trace", &trace]);
    let mut call = vec!["run", &project, "--for", "3s", "--bundles"];
    let (folder, trace) = (text_of(&exports), text_of(&real));
    call.extend([&*folder, "--trace", &trace]);
    let ran = fine(&call);
    assert_eq!(ran["incidents"].as_array().unwrap().len(), 0, "{ran}");
    same_data(&by_id(frames(&simulated)), &by_id(frames(&real)));
}

/// Values over zenoh themselves are the business of runner/tests/zenoh, with the program that has it.
#[test]
fn a_program_without_zenoh_says_which_one_is_taken_instead() {
    let run = |project: &str, programs: &Path| {
        let ran = Command::new(env!("CARGO_BIN_EXE_wireloom"))
            .args(["run", project, "--zenoh", "--for", "1s"])
            .env("WIRELOOM_ECU_PROGRAMS", programs)
            .output();
        bundles::errors(&ran.unwrap())
    };
    let own = text_of(&project());
    let said = run(&own, bundles::programs());
    let words = "network `eth0` is one over zenoh, which this program was built without; export the bundle again: one with values over Ethernet takes the program that has it, which `scripts/build-runner` builds";
    assert!(said.contains(words), "{said}");
    assert!(said.contains("was lost"), "{said}");

    let empty = tempfile::tempdir().unwrap();
    let said = run(&own, empty.path());
    assert!(said.contains("`wireloom-ecu-ethernet` for"), "{said}");
    assert!(said.contains("build it by `scripts/build-runner"), "{said}");

    let said = run(&crate::support::sample("thermal"), empty.path());
    let words = "no connector of the project goes over an Ethernet network; leave `--zenoh` out";
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_microcontroller_has_no_ethernet_and_says_so() {
    let project = text_of(&project());
    let target = ["--target", "qemu-mps2-an386", "--ecu", "cockpit"];
    let ran = plain(&[&["simulate", &project, "--for", "1s"][..], &target].concat());
    assert_ne!(ran.status, 0);
    let said = format!("{}{}", ran.output, ran.errors);
    assert!(
        said.contains("go over the Ethernet network `eth0`, which the firmware does not have"),
        "{said}"
    );
}

#[test]
fn a_project_without_a_network_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(project().join("ethernet.wireloom")).unwrap();
    let network =
        "[buses.eth0]\nkind = \"ethernet\"\nbitrate_bps = 100000000\nlatency_ns = 50000\n";
    assert!(text.contains(network));
    let root = text_of(&workspace());
    let text = text.replace(network, "").replace("../../../..", &root);
    let path = folder.path().join("ethernet.wireloom");
    std::fs::write(&path, text).unwrap();
    let ran = plain(&["check", &text_of(&path)]);
    assert_ne!(ran.status, 0);
    let said = format!("{}{}", ran.output, ran.errors);
    assert!(
        said.contains("across-partitions") && said.contains("add an Ethernet network"),
        "{said}"
    );
}

/// What its sender does not have is invalid for a receiver on another ECU at once: here a sensor
/// that nobody reaches, and a controller that cools a cabin that cannot be measured. Without the
/// status it would wait two seconds for the first temperature.
#[test]
fn a_sensor_that_fails_is_invalid_on_another_ecu() {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(project()).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let text = text.replace("../../../..", &text_of(&workspace()));
        let text = text.replace("address = 72", "address = 73");
        std::fs::write(folder.path().join(entry.file_name()), text).unwrap();
    }
    let watched = simulated(folder.path(), Options::default(), 1_500 * MS);
    let rows = || watched.simulation.trace().rows_from(0);
    let carried: Vec<String> = rows()
        .filter(|row| row.kind == Kind::Carried && row.detail.contains("temperature"))
        .map(|row| row.detail.to_owned())
        .collect();
    assert!(!carried.is_empty());
    assert!(
        carried.iter().all(|detail| detail.ends_with(" invalid")),
        "{carried:?}"
    );
    // The demand is an f32 in percent, packed little endian; the fan follows it in small steps.
    let full = 100_f32.to_le_bytes();
    let is_demand = |subject: &str| subject.ends_with("fan-demand@0.1.0#get");
    let demand = rows().filter(|row| row.kind == Kind::Published && is_demand(row.subject));
    let values: Vec<_> = demand.filter_map(|row| row.value()).collect();
    assert!(
        values.iter().any(|value| *value == full),
        "the cabin is cooled: {values:02x?}"
    );
}
