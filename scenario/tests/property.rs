//! Any text is read or refused with places; what is printed reads the same.
#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test fails by panics"
)]

use proptest::prelude::*;
use scenario::{
    Against, Assertion, Catalogue, Claim, Comparison, Condition, Exercise, Kind, Literal, Moment,
    Name, Scenario, Spot, Statement, Time, Timing, Validity, What, check, parse,
};

const WHOLE: &str = r#"# What the fan does when the cabin gets hot.
scenario "fan follows temperature"
run 10 s
seed 7

at 1 s set sensor.temperature = 25 °C
from 2 s to 6 s ramp sensor.temperature 25 .. 90 °C every 50 ms
feed sensor.temperature from "heat.csv" column "temp" starting at 1 s
at 3 s for 200 ms fault can body lose FanCommand   # twice
assert always fan.duty within 0 .. 100 %
assert "R-12" after sensor.temperature > 80 °C within 500 ms climate.level == high
assert optionally from 1 s to 2 s never fan.duty > 90 % and (fan.duty < 3 % or not fan.duty is valid)
assert at end frames(body:FanStatus) >= 90
assert at 3 s lifter.state == "a b"
envelope "E" fan.duty from "limits.csv"
"#;

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let unit = "%".to_owned();
    catalogue.add(
        "fan.w:a/b#duty",
        &["fan.duty".into()],
        Kind::Number { unit },
    );
    catalogue
}

fn name() -> impl Strategy<Value = Name> {
    let text = prop_oneof![
        "[a-z]{1,3}\\.[a-z-]{1,5}",
        "[a-z]{1,3}:[A-Z][a-z]{1,4}\\.[A-Z]",
        "load\\([a-z]{1,3}\\)",
        "[a-z#\" \\\\.>()-]{1,8}",
    ];
    text.prop_map(|text| Name {
        text,
        spot: Spot::default(),
    })
}

/// One that is no text in quotes: what stands right of a comparison.
fn signal() -> impl Strategy<Value = Name> {
    let text = prop_oneof!["[a-z]{1,3}\\.[a-z-]{1,5}", "load\\([a-z]{1,3}\\)"];
    text.prop_map(|text| Name {
        text,
        spot: Spot::default(),
    })
}

fn time() -> impl Strategy<Value = Time> {
    prop_oneof![Just(Time(0)), (0u64..1 << 40).prop_map(Time)]
}

fn unit() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "°C", "%", "1/s", "km/h", "m/s²"]).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1e6..1e6f64,
        Just(0.0),
        any::<f64>().prop_filter("finite", |one| one.is_finite())
    ]
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        (number(), unit()).prop_map(|(value, unit)| Literal::Number { value, unit }),
        "[a-z\" #\\\\.:-]{0,8}".prop_map(|text| Literal::Word { text }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let comparison = prop::sample::select(vec![
        Comparison::Equal,
        Comparison::Unequal,
        Comparison::Less,
        Comparison::GreaterOrEqual,
    ]);
    let right = prop_oneof![
        literal().prop_map(Against::Literal),
        signal().prop_map(Against::Signal)
    ];
    let leaf = prop_oneof![
        (name(), comparison, right).prop_map(|(left, comparison, right)| Condition::Compare {
            left,
            comparison,
            right
        }),
        (name(), number(), number(), unit()).prop_map(|(signal, low, high, unit)| {
            Condition::Range {
                signal,
                low,
                high,
                unit,
            }
        }),
        (name(), any::<bool>()).prop_map(|(signal, is)| Condition::Is {
            signal,
            validity: if is {
                Validity::Valid
            } else {
                Validity::Invalid
            }
        }),
    ];
    leaf.prop_recursive(4, 12, 2, |inner| {
        let pair = || (inner.clone(), inner.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        prop_oneof![
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
            pair().prop_map(|(a, b)| Condition::And(a, b)),
            pair().prop_map(|(a, b)| Condition::Or(a, b)),
        ]
    })
}

fn claim() -> impl Strategy<Value = Claim> {
    let one = condition;
    prop_oneof![
        one().prop_map(Claim::Always),
        one().prop_map(Claim::Never),
        one().prop_map(Claim::Eventually),
        (time(), one()).prop_map(|(time, one)| Claim::Within(time, one)),
        (one(), time(), one()).prop_map(|(trigger, within, then)| Claim::AfterWithin {
            trigger,
            within,
            then
        }),
        (one(), one(), time()).prop_map(|(trigger, then, lasting)| Claim::AfterAlways {
            trigger,
            then,
            lasting
        }),
        (one(), one()).prop_map(|(during, then)| Claim::WhileAlways { during, then }),
    ]
}

fn label() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z\" #\\\\]{0,6}")
}

fn statement() -> impl Strategy<Value = What> {
    let moment = prop_oneof![Just(Moment::End), time().prop_map(Moment::Time)];
    let timing = prop::sample::select(vec![Timing::Automatic, Timing::AsRecorded]);
    let asserted = (
        label(),
        any::<bool>(),
        prop::option::of(time()),
        prop::option::of(time()),
        claim(),
    );
    let numbers = (number(), number(), unit(), prop::option::of(time()));
    prop_oneof![
        (time(), name(), literal()).prop_map(|(at, target, value)| What::Set { at, target, value }),
        (time(), time(), name(), numbers).prop_map(
            |(from, to, target, (first, last, unit, every))| {
                What::Ramp {
                    from,
                    to,
                    target,
                    first,
                    last,
                    unit,
                    every,
                }
            }
        ),
        (name(), name(), prop::option::of(name()), time()).prop_map(
            |(target, file, column, start)| {
                What::Feed {
                    target,
                    file,
                    column,
                    start,
                }
            }
        ),
        (name(), name(), time(), timing).prop_map(|(file, bus, start, timing)| What::Replay {
            file,
            bus,
            start,
            timing
        }),
        (
            time(),
            prop::option::of(time()),
            "[a-z][a-z0-9. ]{0,9}[a-z]"
        )
            .prop_map(|(at, lasting, text)| {
                What::Fault {
                    at,
                    lasting,
                    text: Name {
                        text,
                        spot: Spot::default(),
                    },
                }
            }),
        asserted.prop_map(
            |(label, required, from, to, claim)| What::Assert(Assertion {
                label,
                exercise: if required {
                    Exercise::Required
                } else {
                    Exercise::Optional
                },
                from,
                to,
                claim
            })
        ),
        (moment, condition()).prop_map(|(moment, one)| What::Assert(Assertion {
            label: None,
            exercise: Exercise::Required,
            from: None,
            to: None,
            claim: Claim::At(moment, one)
        })),
        (label(), name(), name()).prop_map(|(label, signal, file)| What::Envelope {
            label,
            signal,
            file
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_reads_the_same(
        name in "[a-z\" #\\\\]{0,8}",
        run in time(),
        seed in any::<u64>(),
        statements in prop::collection::vec(statement(), 0..6),
    ) {
        let statements = statements.into_iter();
        let scenario = Scenario {
            name,
            run,
            seed,
            statements: statements.map(|what| Statement { spot: Spot::default(), what }).collect(),
        };
        let printed = scenario.to_string();
        let read = parse(&printed);
        prop_assert_eq!(read.as_ref(), Ok(&scenario), "{}", printed);
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_changed_scenario_brings_reader_or_check_down(
        at in 0..WHOLE.len(),
        length in 0usize..20,
        put in prop_oneof!["\\PC{0,6}", "[(]{0,9}", "(not |and |\\.\\.|\" |# |assert ){0,3}"],
    ) {
        let keep = |at: usize| (at..).find(|at| WHOLE.is_char_boundary(*at)).unwrap().min(WHOLE.len());
        let (start, end) = (keep(at), keep((at + length).min(WHOLE.len())));
        let text = format!("{}{put}{}", &WHOLE[..start], &WHOLE[end..]);
        let problems = match parse(&text) {
            Ok(scenario) => check(&scenario, &catalogue(), &|_| Ok("t,lower\n0,1\n1,2\n".into())).err(),
            Err(problems) => Some(problems),
        };
        for problem in problems.into_iter().flatten() {
            let lines = text.lines().count().max(1) as u32;
            prop_assert!((1..=lines).contains(&problem.spot.line), "{}", problem);
        }
    }
}
