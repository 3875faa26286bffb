//! `wireloom simulate --break TEXT`: where a run stops, and what it says then.

use crate::support::{MS, changed_sample, fine, program, sample, text_of};
use serde_json::Value;

fn stopped(breaks: &[&str]) -> Value {
    let project = sample("thermal");
    let mut arguments = vec!["simulate", &project, "--for", "3s"];
    arguments.extend(["--set", "cabin.temperature=35@1s"]);
    breaks
        .iter()
        .for_each(|text| arguments.extend(["--break", text]));
    fine(&arguments)
}

#[test]
fn a_run_stops_at_the_instant_of_what_it_waits_for() {
    let whole = stopped(&[]);
    assert!(whole.get("stopped").is_none());
    for (text, reason) in [
        ("frame can0:FanStatus", "FanStatus"),
        (
            "value can0:FanStatus.Temperature > 30",
            "can0:FanStatus.Temperature = 35",
        ),
        ("value sensor.temperature > 30", "= 35 °C"),
        (
            "value fan.duty",
            "fan.wireloom:thermal/fan-status@0.1.0#duty = ",
        ),
        (
            "run controller",
            "climate/main/controller.wireloom:thermal/control@0.1.0#initialize",
        ),
        ("run controller.step", "#step"),
        ("access fan.fan-status", "fan"),
        ("access dashboard.fan-status", "FanStatus"),
    ] {
        let ran = stopped(&[text]);
        let hit = &ran["stopped"];
        assert_eq!(hit["break"], text, "{ran}");
        assert_eq!(
            hit["at_ns"], ran["time_ns"],
            "{text}: time stands at the row"
        );
        let said = hit["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{text}: {said}");
        assert_ne!(ran["trace_hash"], whole["trace_hash"]);
    }
    // A condition comes true once; the first of several stops.
    let ran = stopped(&[
        "value sensor.temperature > 30",
        "value sensor.temperature == 27.5",
    ]);
    assert_eq!(ran["stopped"]["break"], "value sensor.temperature == 27.5");
    let warm = stopped(&["value sensor.temperature > 30"]);
    let at_ns = warm["stopped"]["at_ns"].as_u64().unwrap();
    assert!((1_000 * MS..1_200 * MS).contains(&at_ns), "{at_ns}");
    // What never happens stops nothing, and looking changes nothing.
    let never = stopped(&["value sensor.temperature > 90", "incident"]);
    assert_eq!(never, whole);
}

#[test]
fn calls_on_a_direct_connector_are_told_by_its_probe() {
    let refused = |project: &str, text: &str| {
        let ran = program(&["simulate", project, "--for", "1s", "--break", text]);
        assert_eq!(ran.status, 2, "{}", ran.json);
        ran.json["error"].as_str().unwrap().to_owned()
    };
    let plain = sample("thermal");
    let probed = changed_sample("thermal", |text| {
        text.replace("kind = \"direct\"", "kind = \"direct\"\nprobe = true")
    });
    let direct = "controller.temperature";
    let on_port = format!("access {direct}");
    assert_eq!(
        refused(&plain, &on_port),
        format!(
            "breakpoint `{on_port}`: nothing tells of calls on `{direct}`; put a probe on its direct connector"
        )
    );
    let project = text_of(probed.path());
    let ran = fine(&["simulate", &project, "--for", "1s", "--break", &on_port]);
    let reason = ran["stopped"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("call climate/main/"), "{reason}");
    for (wrong, message) in [
        (
            "soon",
            "breakpoint `soon` needs one of the forms `frame BUS:MESSAGE`, `value NAME > NUMBER`, `run INSTANCE`, `access INSTANCE.PORT`, `incident`",
        ),
        (
            "frame can7:120",
            "breakpoint `frame can7:120`: there is no bus `can7`; there are `can0`",
        ),
        (
            "frame can0:Nothing",
            "breakpoint `frame can0:Nothing`: there is no message `Nothing`; there are `FanStatus`",
        ),
        (
            "run nobody",
            "breakpoint `run nobody`: there is no runnable `nobody`; there are `controller.control.initialize`",
        ),
        (
            "value fan.speed > 5",
            "breakpoint `value fan.speed > 5`: there is no value `fan.speed`; there are",
        ),
        (
            "access fan.nothing",
            "breakpoint `access fan.nothing`: there is no traced port `fan.nothing`; there are",
        ),
    ] {
        let said = refused(&plain, wrong);
        assert!(said.starts_with(message), "{said}");
    }
}
