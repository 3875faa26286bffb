//! check → compose → simulate → export → picture on `thermal`, one test a command.

use crate::support::{fine, frames, plain, program, sample, text_of, workspace};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

/// The fields of an object.
fn fields(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn simulate(arguments: &[&str], trace: &Path) -> Value {
    let project = sample("thermal");
    let trace = text_of(trace);
    let mut all = vec!["simulate", &project, "--trace", &trace];
    all.extend(arguments);
    fine(&all)
}

/// Seconds and percent, of every FanStatus frame.
fn duties(trace: &Path) -> Vec<(f64, f64)> {
    let description = std::fs::read(workspace().join("samples/thermal/thermal.dbc")).unwrap();
    let loaded = autosar_wit::dbc::read(&description);
    assert_eq!(loaded.defects, []);
    let message = loaded.database.message_by_name("FanStatus").unwrap();
    let status = frames(trace)
        .into_iter()
        .filter(|entry| entry.frame.id().value() == message.id);
    let duty = status.map(|entry| {
        let signals = message.decode(entry.frame.bytes());
        let duty = signals
            .iter()
            .find(|signal| signal.name == "Duty")
            .unwrap()
            .physical;
        (entry.time_ns as f64 / 1e9, duty)
    });
    duty.collect()
}

#[test]
fn check_finds_no_error() {
    let found = fine(&["check", &sample("thermal")]);
    assert_eq!(
        fields(&found),
        [
            "connectors",
            "diagnostics",
            "instances",
            "project",
            "warnings"
        ]
        .into()
    );
    assert_eq!(
        (&found["project"], &found["instances"]),
        (&"thermal".into(), &4.into())
    );
    assert_eq!(found["warnings"], Value::Array(Vec::new()));
    let diagnostics = found["diagnostics"].as_array().unwrap();
    assert!(!diagnostics.is_empty(), "three instances share a fate");
    for diagnostic in diagnostics {
        assert_eq!(
            fields(diagnostic),
            ["code", "fixes", "help", "message", "severity", "subject"].into()
        );
        assert_ne!(diagnostic["severity"], "error");
    }
}

#[test]
fn a_project_file_is_a_project_too() {
    let file = text_of(&Path::new(&sample("thermal")).join("thermal.wireloom"));
    assert_eq!(
        fine(&["check", &file]),
        fine(&["check", &sample("thermal")])
    );
}

#[test]
fn compose_writes_what_it_lists() {
    let folder = tempfile::tempdir().unwrap();
    let output = text_of(&folder.path().join("a/new/folder"));
    let made = fine(&["compose", &sample("thermal"), "-o", &output]);
    assert_eq!(
        fields(&made),
        ["directory", "partitions", "system", "warnings"].into()
    );
    assert_eq!(made["directory"], output);
    for partition in made["partitions"].as_array().unwrap() {
        assert_eq!(
            fields(partition),
            [
                "ecu",
                "file",
                "instances",
                "partition",
                "size_bytes",
                "tasks"
            ]
            .into()
        );
        let path = Path::new(&output).join(partition["file"].as_str().unwrap());
        assert_eq!(
            partition["size_bytes"],
            std::fs::metadata(&path).unwrap().len()
        );
        let inside = fine(&["inspect", &text_of(&path)]);
        let exports: BTreeSet<&str> = inside["exports"]
            .as_array()
            .unwrap()
            .iter()
            .map(|port| port["name"].as_str().unwrap())
            .collect();
        let tasks: BTreeSet<&str> = partition["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| task.as_str().unwrap())
            .collect();
        assert_eq!(exports, tasks, "a partition exports its tasks");
    }
    let system = std::fs::read(Path::new(&output).join(made["system"].as_str().unwrap())).unwrap();
    let system = deployment::System::from_bytes(&system).unwrap();
    assert_eq!(system.name, "thermal");
}

#[test]
fn the_same_call_gives_the_same_trace() {
    let folder = tempfile::tempdir().unwrap();
    let traces = ["one.log", "two.log"].map(|name| folder.path().join(name));
    let summaries = traces
        .each_ref()
        .map(|trace| simulate(&["--for", "3s"], trace));
    assert_eq!(summaries[0], summaries[1]);
    assert_eq!(
        fields(&summaries[0]),
        [
            "activations",
            "buses",
            "ecus",
            "frames",
            "incidents",
            "seed",
            "tasks",
            "time_ns",
            "trace_hash",
            "warnings"
        ]
        .into()
    );
    assert_eq!(summaries[0]["time_ns"], 3_000_000_000u64);
    assert_eq!(summaries[0]["trace_hash"].as_str().unwrap().len(), 64);
    assert_eq!(summaries[0]["incidents"], Value::Array(Vec::new()));
    let texts = traces.each_ref().map(|trace| std::fs::read(trace).unwrap());
    assert!(texts[0] == texts[1]);
    assert_eq!(summaries[0]["frames"], frames(&traces[0]).len());
}

#[test]
fn documented_fields_of_a_run_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let summary = simulate(&["--for", "500ms"], &folder.path().join("t.log"));
    assert_eq!(fields(&summary["ecus"][0]), ["ecu", "load"].into());
    let task = [
        "activations",
        "cost_worst_ns",
        "ecu",
        "late",
        "lost",
        "partition",
        "response_worst_ns",
        "task",
    ];
    assert_eq!(fields(&summary["tasks"][0]), task.into());
    let bus = &summary["buses"][0];
    assert_eq!(
        fields(bus),
        ["bus", "error_frames", "frames", "ids", "load"].into()
    );
    assert_eq!(fields(&bus["ids"][0]), ["frames", "id", "load"].into());
    assert_eq!(bus["ids"][0]["id"], "120");
}

#[test]
fn another_stimulus_is_another_trace_and_another_seed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.log");
    let plain = simulate(&["--for", "1s"], &trace);
    let warmer = simulate(
        &["--for", "1s", "--set", "cabin.temperature=30@500ms"],
        &trace,
    );
    assert_ne!(plain["trace_hash"], warmer["trace_hash"]);
    let seeded = simulate(&["--for", "1s", "--seed", "7"], &trace);
    assert_eq!(seeded["seed"], 7);
    // No component of the sample asks for randomness: its behaviour is the same.
    assert_eq!(plain["trace_hash"], seeded["trace_hash"]);
}

#[test]
fn heat_raises_the_duty_on_the_bus() {
    let folder = tempfile::tempdir().unwrap();
    let (mild, hot) = (
        folder.path().join("mild.log"),
        folder.path().join("hot.log"),
    );
    simulate(&["--for", "6s"], &mild);
    simulate(&["--for", "6s", "--set", "cabin.temperature=40@2s"], &hot);
    let (mild, hot) = (duties(&mild), duties(&hot));
    assert_eq!((mild.len(), hot.len()), (60, 60), "every 100 ms");
    let before = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let early = points.iter().filter(|(time, _)| *time < 2.0);
        early.copied().collect()
    };
    assert_eq!(before(&mild), before(&hot));
    let (mild, hot) = (mild.last().unwrap().1, hot.last().unwrap().1);
    assert!(hot > mild + 20.0, "{mild} % without heat, {hot} % with it");
}

/// Every listed file is there with its size, and nothing else.
fn listed_files(export: &Value) -> BTreeSet<String> {
    assert_eq!(fields(export), ["directory", "files", "warnings"].into());
    let folder = Path::new(export["directory"].as_str().unwrap());
    let mut listed = BTreeSet::new();
    for file in export["files"].as_array().unwrap() {
        assert_eq!(fields(file), ["path", "size_bytes"].into());
        let path = file["path"].as_str().unwrap();
        let size_bytes = std::fs::metadata(folder.join(path)).unwrap().len();
        assert_eq!(file["size_bytes"], size_bytes, "{path}");
        listed.insert(path.to_owned());
    }
    assert_eq!(listed, files_below(folder, ""));
    listed
}

fn files_below(folder: &Path, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        match entry.path().is_dir() {
            true => found.extend(files_below(&entry.path(), &format!("{name}/"))),
            false => assert!(found.insert(name)),
        }
    }
    found
}

#[test]
fn a_wasm_export_is_whole_and_its_hashes_hold() {
    let folder = tempfile::tempdir().unwrap();
    let output = text_of(folder.path());
    let project = sample("thermal");
    let export = fine(&["export", &project, "--target", "wasm", "-o", &output]);
    let listed = listed_files(&export);
    for name in [
        "climate-main.wasm",
        "manifest.json",
        "report.html",
        "system.json",
    ] {
        assert!(listed.contains(name), "{name}");
    }
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let manifest: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
    let partitions = manifest["partitions"].as_array().unwrap();
    assert_eq!(partitions.len(), 2);
    for (key, entries) in [
        ("file", partitions),
        ("path", manifest["files"].as_array().unwrap()),
    ] {
        for entry in entries {
            let bytes = read(entry[key].as_str().unwrap());
            assert_eq!(entry["sha256"], simulator::sha256_hex(&bytes), "{entry}");
            assert_eq!(entry["size_bytes"], bytes.len());
        }
    }
}

#[test]
fn the_report_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = text_of(folder.path());
    fine(&["export", &sample("thermal"), "-o", &output]);
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    let page = page.to_lowercase();
    assert!(page.contains("<svg") && page.contains("fanstatus"));
    for loaded in [
        "src=",
        "<link",
        "<iframe",
        "<object",
        "<embed",
        "url(",
        "@import",
        "href=\"http",
    ] {
        assert!(!page.contains(loaded), "{loaded}");
    }
}

#[test]
fn an_oci_export_leads_from_its_index_to_the_partitions() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, wasm) = (folder.path().join("oci"), folder.path().join("wasm"));
    let project = sample("thermal");
    let export = fine(&[
        "export",
        &project,
        "--target",
        "oci-layout",
        "-o",
        &text_of(&layout),
    ]);
    fine(&["compose", &project, "-o", &text_of(&wasm)]);
    let listed = listed_files(&export);
    assert!(listed.contains("oci-layout") && listed.contains("index.json"));
    let blob = |descriptor: &Value| {
        let digest = descriptor["digest"].as_str().unwrap();
        let digest = digest.strip_prefix("sha256:").unwrap();
        let bytes = std::fs::read(layout.join("blobs/sha256").join(digest)).unwrap();
        assert_eq!(simulator::sha256_hex(&bytes), digest);
        assert_eq!(descriptor["size"], bytes.len());
        bytes
    };
    let index: Value =
        serde_json::from_slice(&std::fs::read(layout.join("index.json")).unwrap()).unwrap();
    let mut layers = BTreeSet::new();
    for descriptor in index["manifests"].as_array().unwrap() {
        let manifest: Value = serde_json::from_slice(&blob(descriptor)).unwrap();
        blob(&manifest["config"]);
        layers.insert(blob(&manifest["layers"][0]));
    }
    let composed = ["climate-main.wasm", "cockpit-main.wasm"]
        .map(|name| std::fs::read(wasm.join(name)).unwrap());
    assert!(layers == composed.into());
}

#[test]
fn a_picture_is_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = ["one.png", "two.png"].map(|name| {
        let file = text_of(&folder.path().join(name));
        let made = fine(&[
            "picture",
            &sample("thermal"),
            "-o",
            &file,
            "--width",
            "800",
            "--height",
            "500",
        ]);
        assert_eq!(fields(&made), ["file", "height", "width"].into());
        assert_eq!(
            (&made["width"], &made["height"]),
            (&800.into(), &500.into())
        );
        std::fs::read(file).unwrap()
    });
    assert!(pictures[0] == pictures[1]);
    assert_eq!(pictures[0][..8], *b"\x89PNG\r\n\x1a\n");
    let size = [&pictures[0][16..20], &pictures[0][20..24]]
        .map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap()));
    assert_eq!(size, [800, 500]);
}

#[test]
fn inspect_shows_what_a_component_offers() {
    let component = text_of(&workspace().join("assets/components/fan.wasm"));
    let shown = fine(&["inspect", &component]);
    assert_eq!(
        fields(&shown),
        [
            "docs",
            "exports",
            "imports",
            "microcontroller",
            "name",
            "producers",
            "size_bytes",
            "wit"
        ]
        .into()
    );
    assert_eq!(shown["microcontroller"]["fits"], true);
    assert_eq!(
        shown["size_bytes"],
        std::fs::metadata(&component).unwrap().len()
    );
    let port = &shown["exports"][0];
    assert_eq!(
        fields(port),
        [
            "docs",
            "elements",
            "functions",
            "interface",
            "kind",
            "name",
            "wit"
        ]
        .into()
    );
    assert_eq!(
        fields(&shown["producers"][0]),
        ["field", "name", "version"].into()
    );
    assert!(shown["wit"].as_str().unwrap().contains("fan-demand"));
    let status = shown["exports"].as_array().unwrap().iter();
    let status = status.filter(|port| port["name"] == "wireloom:thermal/fan-status@0.1.0");
    let units: Vec<_> = status
        .map(|port| &port["elements"]["duty"]["unit"])
        .collect();
    assert_eq!(units, ["%"]);
}

#[test]
fn can_bits_is_an_array() {
    let frames = fine(&[
        "can",
        "bits",
        "123#0102",
        "18DAF110#",
        "--bitrate",
        "250000",
    ]);
    let frames = frames.as_array().unwrap();
    assert_eq!(frames.len(), 2);
    for frame in frames {
        assert_eq!(
            fields(frame),
            ["bits_exact", "bits_unstuffed", "duration_ns", "frame"].into()
        );
        let bits = frame["bits_exact"].as_u64().unwrap();
        assert_eq!(frame["duration_ns"], bits * 4_000);
    }
}

#[test]
fn without_json_there_is_text_and_the_same_status() {
    let project = sample("thermal");
    let ran = plain(&["simulate", &project, "--for", "1s"]);
    assert_eq!((ran.status, ran.errors.as_str()), (0, ""));
    let hash = program(&["simulate", &project, "--for", "1s"]).json["trace_hash"].clone();
    let line = format!("trace hash {}\n", hash.as_str().unwrap());
    assert!(ran.output.ends_with(&line), "{}", ran.output);
}
