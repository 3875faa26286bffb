//! `wireloom simulate --rows` and `wireloom compare`: two runs at their first difference.

use crate::support::{MS, fine, program, sample, text_of};
use serde_json::Value;
use std::path::Path;

/// Runs the sample and writes its trace; gives what was told of the run.
fn ran(file: &Path, changes: &[&str]) -> Value {
    let (project, file) = (sample("thermal"), text_of(file));
    let mut arguments = vec!["simulate", &project, "--for", "2s", "--rows", &file];
    arguments.extend(changes);
    fine(&arguments)
}

#[test]
fn two_runs_are_told_apart_at_their_first_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let told = ran(&path("one.rows"), &[]);
    let bytes = std::fs::read(path("one.rows")).unwrap();
    let hash = simulator::sha256_hex(&bytes);
    assert_eq!(told["trace_hash"], hash, "the file is what is hashed");
    ran(&path("again.rows"), &[]);
    let compare = |other: &str| {
        program(&[
            "compare",
            &text_of(&path("one.rows")),
            &text_of(&path(other)),
            "--project",
            &sample("thermal"),
        ])
    };
    let same = compare("again.rows");
    assert_eq!((same.status, &same.json["same"]), (0, &Value::Bool(true)));
    let rows = bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(same.json["rows"], rows);

    ran(&path("warm.rows"), &["--set", "cabin.temperature=35@1s"]);
    let warm = compare("warm.rows");
    assert_eq!((warm.status, &warm.json["same"]), (1, &Value::Bool(false)));
    assert_eq!(warm.json["at_ns"], 1_000 * MS);
    let cause = warm.json["cause"].as_str().unwrap();
    assert!(
        cause.starts_with("another input: `cabin.temperature`"),
        "{cause}"
    );
    let second = warm.json["second"][0].as_str().unwrap();
    assert!(
        second.starts_with("1000000000\tstimulus\tcabin.temperature\t35"),
        "{second}"
    );
    assert_eq!(warm.json["before"].as_array().unwrap().len(), 6);

    // Another component: what it gives differs although all before is the same.
    let text = std::fs::read_to_string(path("one.rows")).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let is_duty = |line: &String| line.contains("fan-status@0.1.0#duty\t");
    let last = lines.iter().rfind(|line| is_duty(line)).unwrap();
    let value = last.rsplit('\t').next().unwrap().to_owned();
    let line = lines.iter_mut().find(|line| is_duty(line)).unwrap();
    line.truncate(line.rfind('\t').unwrap() + 1);
    line.push_str(&value);
    std::fs::write(path("other.rows"), lines.join("\n")).unwrap();
    let other = compare("other.rows");
    let activation = other.json["activation"].as_str().unwrap();
    assert!(activation.starts_with("climate/main/fan"), "{activation}");
    let cause = other.json["cause"].as_str().unwrap();
    assert!(cause.contains("did something else although"), "{cause}");
    let second = other.json["second"][0].as_str().unwrap();
    assert!(second.ends_with("48 %"), "in words, too: {second}");

    std::fs::write(path("broken.rows"), "hello\n").unwrap();
    let broken = compare("broken.rows");
    assert_eq!(broken.status, 2);
    let error = broken.json["error"].as_str().unwrap();
    assert!(
        error.ends_with(
            "broken.rows`: line 1 is no row of a trace; write it with `wireloom simulate --rows`"
        ),
        "{error}"
    );
}
