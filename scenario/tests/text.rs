//! Texts and what they mean; what is wrong is told with its place.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use scenario::{Catalogue, Kind, Settable, check, parse};

const WHOLE: &str = r#"# What the fan does when the cabin gets hot.
scenario "fan follows temperature"
run 10 s
seed 7

at 1 s set sensor.temperature = 25 °C
from 2 s to 6 s ramp sensor.temperature 25 .. 90 °C every 50 ms
feed sensor.temperature from "heat.csv" column "temp" starting at 1 s
replay "drive.log" on body starting at 1 s as recorded
at 3 s for 200 ms fault can body lose FanCommand   # twice
assert always fan.duty within 0 .. 100 %
assert "R-12" after sensor.temperature > 80 °C within 500 ms climate.level == high
assert optionally from 1 s to 2 s never fan.duty > 90 % and (fan.duty < 3 % or not fan.duty is valid)
assert at end frames(body:FanStatus) >= 90
assert at 3 s lifter.state == "a b"
envelope "E" fan.duty from "limits.csv"
"#;

#[test]
fn a_scenario_is_printed_as_it_is_read() {
    let scenario = parse(WHOLE).unwrap();
    let printed = scenario.to_string();
    let expected: String = WHOLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| format!("{}\n", line.split("   #").next().unwrap()))
        .collect();
    assert_eq!(printed, expected);
    assert_eq!(parse(&printed).unwrap(), scenario);
}

fn problems(lines: &str) -> Vec<String> {
    let text = format!("scenario \"x\"\nrun 10 s\n{lines}\n");
    let found = parse(&text).unwrap_err();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_wrong_is_told_with_line_and_column() {
    let cases = [
        (
            "asert always a.x > 1",
            "3:1: `asert` begins no statement; did you mean `assert`?",
        ),
        (
            "at 1 set a.x = 1",
            "3:4: expected a time such as `2.5 s` or `20 ms`, found `1`",
        ),
        (
            "at 1 s put a.x = 1",
            "3:8: expected `set`, `fault` or `for`, found `put`",
        ),
        (
            "at 1 s for 2 s set a.x = 1",
            "3:16: expected `fault`, found `set`",
        ),
        ("at 1 s set a.x 1", "3:16: expected `=`, found `1`"),
        (
            "at 1 s set a.x =",
            "3:17: expected a value at the end of the line",
        ),
        (
            "at 1 s fault",
            "3:13: expected what happens at the end of the line",
        ),
        (
            "from 1 s ramp a.x 1 .. 2",
            "3:10: expected `to`, found `ramp`",
        ),
        (
            "feed a.x from heat.csv column",
            "3:30: expected the head of a column at the end of the line",
        ),
        ("replay d.log at can0", "3:14: expected `on`, found `at`"),
        (
            "assert sometimes a.x > 1",
            "3:8: expected `always`, `never`, `eventually`, `within`, `at`, `after` or `while`, found `sometimes`",
        ),
        (
            "assert always a.x",
            "3:18: expected one of `==`, `!=`, `<`, `<=`, `>`, `>=`, `within`, `is` at the end of the line",
        ),
        (
            "assert always a.x > 1 2",
            "3:23: expected the end of the line, found `2`",
        ),
        (
            "assert always (a.x > 1",
            "3:23: expected `)` at the end of the line",
        ),
        (
            "assert after a.x > 1 b.y > 2",
            "3:22: expected `within` or `always`, found `b.y`",
        ),
        (
            "assert from 1 s at 3 s a.x > 1",
            "3:17: `at` is an instant of its own; leave out `from` and `to`",
        ),
        ("run 3 s", "3:1: `run` stands here a second time"),
        (
            "seed -1",
            "3:6: expected a whole number from 0 on, found `-1`",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(problems(line), [expected], "{line}");
    }
    let nothing = parse("").unwrap_err();
    let nothing: Vec<String> = nothing.iter().map(ToString::to_string).collect();
    assert_eq!(
        nothing,
        [
            "1:1: the file says nowhere what it shows; begin it with a line such as `scenario \"fan follows\"`",
            "1:1: the file says nowhere how long it runs; add a line such as `run 10 s`"
        ]
    );
    assert_eq!(problems("x\ny").len(), 2, "all at once");
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let celsius = || Kind::Number { unit: "°C".into() };
    let words = || ["off", "running"].map(str::to_owned).to_vec();
    catalogue.add(
        "fan.w:a/b#duty",
        &["fan.duty".into()],
        Kind::Number { unit: "%".into() },
    );
    catalogue.add(
        "fan.w:a/b#state",
        &["fan.state".into()],
        Kind::Word { words: words() },
    );
    catalogue.add("a.w:a/b#x", &["x".into(), "a.x".into()], celsius());
    catalogue.add("b.w:a/b#x", &["x".into(), "b.x".into()], Kind::Text);
    let settable = |kind, range| Settable { kind, range };
    catalogue.settable.insert(
        "cabin.temperature".into(),
        settable(celsius(), Some((-55.0, 150.0))),
    );
    catalogue.settable.insert(
        "c.gains.mode".into(),
        settable(Kind::Word { words: words() }, None),
    );
    catalogue.buses.insert("can0".into());
    catalogue
}

fn refused(line: &str) -> String {
    let text = format!("scenario \"x\"\nrun 10 s\nassert always fan.duty >= 0 %\n{line}\n");
    let read = |file: &str| match file {
        "heat.csv" => Ok("time,temp [°C]\n0,20\n1,999\n".to_owned()),
        "flat.csv" => Ok("time,middle\n0,20\n1,30\n".to_owned()),
        _ => Err("there is no such file".to_owned()),
    };
    let found = check(&parse(&text).unwrap(), &catalogue(), &read).unwrap_err();
    assert_eq!(found.len(), 1, "{line}: {found:?}");
    found[0].to_string()
}

#[test]
fn what_a_system_has_not_is_told_with_near_names() {
    let cases = [
        (
            "at 1 s set cabin.temprature = 3 °C",
            "4:12: there is no stimulus, signal of the restbus or parameter `cabin.temprature`; did you mean `cabin.temperature`?",
        ),
        (
            "at 1 s set cabin.temperature = 3",
            "4:12: `cabin.temperature` is in °C; write the unit behind the number",
        ),
        (
            "at 1 s set cabin.temperature = 3 V",
            "4:12: `cabin.temperature` is in °C, which `V` is no unit of",
        ),
        (
            "at 1 s set cabin.temperature = 500 K",
            "4:12: `cabin.temperature` takes -55 .. 150 °C, not 226.85",
        ),
        (
            "at 1 s set cabin.temperature = warm",
            "4:12: `cabin.temperature` takes a number in °C, not `warm`",
        ),
        (
            "at 1 s set c.gains.mode = fast",
            "4:12: `c.gains.mode` takes one of `off`, `running`, not `fast`",
        ),
        (
            "at 11 s set cabin.temperature = 3 °C",
            "4:1: 11 s lies behind the end of the run at 10 s",
        ),
        (
            "from 3 s to 2 s ramp cabin.temperature 1 .. 2 °C",
            "4:1: a ramp needs an end after its start, and steps that take time",
        ),
        (
            "from 3 s to 9 s ramp cabin.temperature 1 .. 2 °C every 1 us",
            "4:1: the ramp has 6000000 steps; give it a longer `every`",
        ),
        (
            "feed cabin.temperature from cold.csv",
            "4:29: `cold.csv`: there is no such file",
        ),
        (
            "feed cabin.temperature from heat.csv",
            "4:29: `heat.csv` at 1 s: `cabin.temperature` takes -55 .. 150 °C, not 999",
        ),
        (
            "feed cabin.temperature from heat.csv column temo",
            "4:45: `heat.csv` has no column `temo`; did you mean `temp`?",
        ),
        (
            "replay d.log on can1",
            "4:17: there is no CAN bus `can1`; did you mean `can0`?",
        ),
        (
            "assert always fan.dutty > 3 %",
            "4:15: there is no signal `fan.dutty`; did you mean `fan.duty`?",
        ),
        (
            "assert always x > 3 %",
            "4:15: `x` means several signals: `a.w:a/b#x`, `b.w:a/b#x`; name one of them",
        ),
        (
            "assert always fan.duty > 3 °C",
            "4:15: `fan.duty` is in %, which `°C` is no unit of",
        ),
        (
            "assert always fan.state == runing",
            "4:15: `fan.state` is never `runing` but one of `off`, `running`; did you mean `running`?",
        ),
        (
            "assert always fan.state > off",
            "4:15: `fan.state` is no number but one of `off`, `running`",
        ),
        (
            "assert always fan.duty == up",
            "4:15: `fan.duty` is a number and never `up`",
        ),
        (
            "assert always fan.duty == fan.state",
            "4:27: one of `fan.duty` and `fan.state` is a number, the other is none",
        ),
        (
            "assert always fan.duty > a.x",
            "4:26: `fan.duty` is in %, which `°C` is no unit of",
        ),
        (
            "assert always fan.duty within 5 .. 3 %",
            "4:15: 5 .. 3 has nothing in it; the lower end comes first",
        ),
        (
            "assert within 11 s fan.duty > 1 %",
            "4:1: 11 s lies behind the end of the run at 10 s",
        ),
        (
            "assert from 3 s to 2 s always fan.duty > 1 %",
            "4:1: from 3 s to 2 s is no time; the end lies before the start",
        ),
        (
            "envelope fan.duty from flat.csv",
            "4:24: `flat.csv` has neither a column `lower` nor a column `upper`",
        ),
        (
            "envelope fan.state from flat.csv",
            "4:10: `fan.state` is no number but one of `off`, `running`",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(refused(line), expected, "{line}");
    }
    let silent = parse("scenario \"x\"\nrun 10 s\n").unwrap();
    let found = check(&silent, &catalogue(), &|_| Ok(String::new())).unwrap_err();
    assert_eq!(
        found[0].message,
        "the scenario asserts nothing, so it cannot fail; add an `assert` or an `envelope`"
    );
}

#[test]
fn a_plan_has_whole_names_converted_numbers_and_changes_in_order() {
    let text = "scenario \"x\"\nrun 10 s\nassert always fan.duty >= 0 %\n\
        at 2 s set cabin.temperature = 300 K\n\
        from 1 s to 1.03 s ramp cabin.temperature 20 .. 26 °C\n";
    let plan = check(&parse(text).unwrap(), &catalogue(), &|_| Ok(String::new())).unwrap();
    let changes: Vec<String> = plan
        .changes
        .iter()
        .map(|change| format!("{} {} {:?}", change.at, change.target, change.given))
        .collect();
    assert_eq!(
        changes,
        [
            "1 s cabin.temperature Number(20.0)",
            "1.01 s cabin.temperature Number(22.0)",
            "1.02 s cabin.temperature Number(24.0)",
            "1.03 s cabin.temperature Number(26.0)",
            "2 s cabin.temperature Number(26.85)",
        ]
    );
    assert_eq!(plan.watched[0].name, "fan.w:a/b#duty");
    assert_eq!(plan.watched[0].called, "fan.duty");
}

#[test]
fn deep_nesting_is_refused() {
    for deep in [
        "(".repeat(100_000),
        "not ".repeat(100_000),
        "a(".repeat(100_000),
    ] {
        let text = format!("scenario \"x\"\nrun 1 s\nassert always {deep}\n");
        assert!(parse(&text).is_err());
    }
}
