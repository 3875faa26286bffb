//! Semantics, instant by instant: a plan of one assertion over `a.x` and `b.y`, what is told, and
//! what comes of it.

use super::*;
use crate::{Catalogue, Kind, check, parse};

/// The verdict on one assertion of a run of 10 s; values are told as (milliseconds, signal, value).
fn judged(assertion: &str, told: &[(u64, &str, Value)]) -> Verdict {
    let text = format!("scenario \"t\"\nrun 10 s\n{assertion}\n");
    let mut catalogue = Catalogue::default();
    for name in ["a.x", "b.y"] {
        let unit = "%".to_owned();
        catalogue.add(name, &[], Kind::Number { unit });
    }
    let words = ["low", "high"].map(str::to_owned).to_vec();
    catalogue.add("c.level", &[], Kind::Word { words });
    let limits = "time,lower,upper\n1,0,100\n3,0,50\n4,,50\n5,,\n";
    let plan = check(&parse(&text).unwrap(), &catalogue, &|_| {
        Ok(limits.to_owned())
    })
    .unwrap();
    let mut judge = Judge::new(&plan);
    let mut told: Vec<_> = told.iter().collect();
    told.sort_by_key(|(ms, _, _)| *ms);
    for (ms, name, value) in told {
        let signal = plan.watched.iter().position(|one| one.name == *name);
        if let Some(signal) = signal {
            judge.tell(Time(ms * 1_000_000), signal, value.clone());
        }
    }
    judge.finish(Time(10_000_000_000)).remove(0)
}

fn n(number: f64) -> Value {
    Value::Number(number)
}

fn failed(at: &str, expected: &str, actual: &str) -> Verdict {
    let (number, unit) = at.split_once(' ').unwrap();
    Verdict::Failed(Failure {
        at: Time::of(number, unit).unwrap(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    })
}

fn idle(why: &str) -> Verdict {
    Verdict::NotExercised(why.to_owned())
}

#[test]
fn always_fails_at_the_first_instant_at_which_it_is_false() {
    let rise = [(1000, "a.x", n(5.0)), (2500, "a.x", n(101.0))];
    let claim = "assert always a.x within 0 .. 100 %";
    let expected = "a.x within 0 .. 100 %";
    assert_eq!(
        judged(claim, &rise),
        failed("2.5 s", expected, "a.x = 101 %")
    );
    assert_eq!(judged(claim, &rise[..1]), Verdict::Passed);
    assert_eq!(
        judged(claim, &[]),
        idle("nothing was known of `a.x within 0 .. 100 %`")
    );
    let ends = [(0, "a.x", n(0.0)), (1000, "a.x", n(100.0))];
    assert_eq!(judged(claim, &ends), Verdict::Passed, "both ends count");
    let window = "assert from 3 s to 4 s always a.x < 100 %";
    assert_eq!(
        judged(window, &rise),
        failed("3 s", "a.x < 100 %", "a.x = 101 %")
    );
    let before = "assert to 2 s always a.x < 100 %";
    assert_eq!(judged(before, &rise), Verdict::Passed);
    let touches = "assert to 2.5 s always a.x < 100 %";
    assert_eq!(
        judged(touches, &rise),
        failed("2.5 s", "a.x < 100 %", "a.x = 101 %")
    );
}

#[test]
fn never_is_always_not() {
    let rise = [(0, "a.x", n(5.0)), (2500, "a.x", n(101.0))];
    let never = judged("assert never a.x > 100 %", &rise);
    assert_eq!(never, failed("2.5 s", "never a.x > 100 %", "a.x = 101 %"));
    assert_eq!(judged("assert never a.x > 101 %", &rise), Verdict::Passed);
}

#[test]
fn an_instant_is_looked_at_when_it_is_over() {
    let told = [
        (0, "a.x", n(1.0)),
        (0, "b.y", n(1.0)),
        (1000, "a.x", n(2.0)),
        (1000, "b.y", n(2.0)),
        (2000, "b.y", n(3.0)),
        (2000, "b.y", n(2.0)),
    ];
    assert_eq!(judged("assert always a.x == b.y", &told), Verdict::Passed);
    let apart = judged("assert always a.x == b.y", &told[..3]);
    assert_eq!(apart, failed("1 s", "a.x == b.y", "a.x = 2 %, b.y = 1 %"));
}

#[test]
fn what_must_come_has_until_the_end_and_that_counts() {
    let rise = [(0, "a.x", n(0.0)), (5000, "a.x", n(50.0))];
    assert_eq!(
        judged("assert eventually a.x == 50 %", &rise),
        Verdict::Passed
    );
    let late = judged("assert within 4.9 s a.x == 50 %", &rise);
    assert_eq!(late, failed("4.9 s", "a.x == 50 % by 4.9 s", "a.x = 0 %"));
    assert_eq!(
        judged("assert within 5 s a.x == 50 %", &rise),
        Verdict::Passed
    );
    assert_eq!(
        judged("assert from 1 s within 4 s a.x == 50 %", &rise),
        Verdict::Passed
    );
    let never = judged("assert eventually a.x > 90 %", &rise);
    assert_eq!(never, failed("10 s", "a.x > 90 % by 10 s", "a.x = 50 %"));
    let unknown = judged("assert eventually b.y > 90 %", &rise);
    assert_eq!(
        unknown,
        failed("10 s", "b.y > 90 % by 10 s", "b.y has no value yet")
    );
    let gone = [(0, "a.x", n(99.0)), (1000, "a.x", n(0.0))];
    let before = judged("assert from 1 s eventually a.x > 90 %", &gone);
    assert!(
        matches!(before, Verdict::Failed(_)),
        "it was true before, not then"
    );
    assert_eq!(
        judged("assert from 999 ms eventually a.x > 90 %", &gone),
        Verdict::Passed
    );
}

#[test]
fn at_an_instant_what_happens_then_has_happened() {
    let rise = [(0, "a.x", n(0.0)), (5000, "a.x", n(50.0))];
    assert_eq!(judged("assert at 5 s a.x == 50 %", &rise), Verdict::Passed);
    assert_eq!(
        judged("assert at 4.999999999 s a.x == 0 %", &rise),
        Verdict::Passed
    );
    assert_eq!(judged("assert at end a.x == 50 %", &rise), Verdict::Passed);
    let wrong = judged("assert at end a.x == 0 %", &rise);
    assert_eq!(wrong, failed("10 s", "a.x == 0 %", "a.x = 50 %"));
}

#[test]
fn after_within_counts_from_each_time_it_becomes_true() {
    let claim = "assert after a.x > 80 % within 500 ms b.y == 1 %";
    let told = |answer: u64| {
        vec![
            (0, "b.y", n(0.0)),
            (1000, "a.x", n(90.0)),
            (1200, "a.x", n(95.0)),
            (answer, "b.y", n(1.0)),
            (answer + 10, "b.y", n(0.0)),
        ]
    };
    assert_eq!(
        judged(claim, &told(1500)),
        Verdict::Passed,
        "the end counts"
    );
    let expected = "b.y == 1 % by 1.5 s, within 500 ms after a.x > 80 % at 1 s";
    let actual = "a.x = 95 %, b.y = 0 %";
    assert_eq!(
        judged(claim, &told(1501)),
        failed("1.5 s", expected, actual)
    );
    let at_once = [(1000, "b.y", n(1.0)), (1000, "a.x", n(90.0))];
    assert_eq!(
        judged(claim, &at_once),
        Verdict::Passed,
        "it may be true already"
    );
    let mut again = told(1500);
    again.extend([(3000, "a.x", n(0.0)), (4000, "a.x", n(81.0))]);
    let expected = "b.y == 1 % by 4.5 s, within 500 ms after a.x > 80 % at 4 s";
    assert_eq!(
        judged(claim, &again),
        failed("4.5 s", expected, "a.x = 81 %, b.y = 0 %")
    );
    assert_eq!(judged(claim, &[]), idle("`a.x > 80 %` never came true"));
    let late = [(9800, "a.x", n(90.0)), (9900, "b.y", n(0.0))];
    let reason =
        "`a.x > 80 %` came true at 9.8 s, but the run ended at 10 s, before it was decided";
    assert_eq!(judged(claim, &late), idle(reason));
    let last = [(9500, "a.x", n(90.0))];
    assert!(
        matches!(judged(claim, &last), Verdict::Failed(_)),
        "the end of the run counts"
    );
    let window = "assert to 500 ms after a.x > 80 % within 500 ms b.y == 1 %";
    assert_eq!(
        judged(window, &told(9000)),
        idle("`a.x > 80 %` never came true")
    );
}

#[test]
fn after_always_holds_for_a_time() {
    let claim = "assert after a.x > 80 % always b.y == 1 % for 500 ms";
    let told = |gone: u64| {
        vec![
            (0, "b.y", n(1.0)),
            (1000, "a.x", n(90.0)),
            (1100, "a.x", n(0.0)),
            (gone, "b.y", n(0.0)),
        ]
    };
    assert_eq!(judged(claim, &told(1501)), Verdict::Passed);
    let expected = "b.y == 1 % until 1.5 s, for 500 ms after a.x > 80 % at 1 s";
    let actual = "a.x = 0 %, b.y = 0 %";
    assert_eq!(
        judged(claim, &told(1500)),
        failed("1.5 s", expected, actual)
    );
    assert_eq!(
        judged(claim, &told(900)),
        failed("1 s", expected, "a.x = 90 %, b.y = 0 %")
    );
}

#[test]
fn while_always_looks_only_where_it_is_true() {
    let claim = "assert while a.x > 80 % always b.y == 1 %";
    let told = [
        (0, "b.y", n(0.0)),
        (1000, "a.x", n(90.0)),
        (2000, "b.y", n(1.0)),
    ];
    let expected = "b.y == 1 % while a.x > 80 %";
    assert_eq!(
        judged(claim, &told),
        failed("1 s", expected, "a.x = 90 %, b.y = 0 %")
    );
    assert_eq!(
        judged(claim, &told[..1]),
        idle("`a.x > 80 %` was never true")
    );
}

#[test]
fn what_is_missing_compares_with_nothing_and_unknown_stays_unknown() {
    let missing = || Value::Missing("invalid".into());
    let told = [(1000, "a.x", missing())];
    let is = |claim: &str| judged(claim, &told);
    assert_eq!(is("assert from 1 s always a.x is invalid"), Verdict::Passed);
    let equal = is("assert from 1 s always a.x != 3 %");
    assert_eq!(equal, failed("1 s", "a.x != 3 %", "a.x = invalid"));
    assert_eq!(is("assert always not a.x == 3 %"), Verdict::Passed);
    assert_eq!(
        is("assert always a.x is invalid or b.y > 3 %"),
        Verdict::Passed
    );
    let both = is("assert always a.x is invalid and b.y > 3 %");
    assert_eq!(
        both,
        idle("nothing was known of `a.x is invalid and b.y > 3 %`")
    );
}

#[test]
fn words_are_compared() {
    let told = [
        (0, "c.level", Value::Word("low".into())),
        (2000, "c.level", Value::Word("high".into())),
    ];
    assert_eq!(
        judged("assert within 2 s c.level == high", &told),
        Verdict::Passed
    );
    let wrong = judged("assert always c.level != high", &told);
    assert_eq!(wrong, failed("2 s", "c.level != high", "c.level = high"));
}

#[test]
fn an_envelope_is_left_between_its_points() {
    let claim = "envelope a.x from \"limits.csv\"";
    assert_eq!(judged(claim, &[(0, "a.x", n(50.0))]), Verdict::Passed);
    // The upper limit goes from 100 % at 1 s to 50 % at 3 s: 75 % is there at 2 s.
    let crossed = judged(claim, &[(0, "a.x", n(75.0))]);
    let Verdict::Failed(failure) = crossed else {
        panic!("{crossed:?}");
    };
    assert_eq!(failure.at, Time(2_000_000_001));
    assert_eq!(failure.actual, "a.x = 75 %");
    assert_eq!(failure.expected, "a.x within 0 .. 75 %");
    let below = judged(claim, &[(0, "a.x", n(10.0)), (1500, "a.x", n(-1.0))]);
    assert_eq!(
        below,
        failed("1.5 s", "a.x within 0 .. 87.5 %", "a.x = -1 %")
    );
    let no_lower = judged(claim, &[(0, "a.x", n(10.0)), (3500, "a.x", n(-1.0))]);
    assert_eq!(no_lower, Verdict::Passed, "the lower limit ends at 3 s");
    let outside = judged(claim, &[(4100, "a.x", n(999.0))]);
    assert_eq!(outside, idle("`a.x` had no number while there were limits"));
}
