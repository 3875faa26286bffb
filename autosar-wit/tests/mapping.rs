//! Mappings: what is proposed, what is marked as a guess, and every reason why a mapping does not lead
//! from one interface to another.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem},
    mapping::{
        Mapping, MappingProblem, Policy, Problem, RowKind, Rule, Side, Way, propose, resolve,
    },
    meanings, read,
    types::{Function, ValueType},
};
use std::collections::BTreeMap;

/// A component with the interface `need` imported and `give` exported, and the meanings of both.
fn component(needs: &str, gives: &str, units: &str) -> ComponentType {
    let text = format!(
        "package a:b@1.0.0;
         interface need {{ {needs} }}
         interface give {{ {gives} }}
         world w {{ import need; export give; }}"
    );
    let mut component = read::wit_files(&[("w.wit", &text)], Some("w")).unwrap();
    let meanings = meanings::read(units).unwrap();
    component.metadata = meanings::describe(&meanings, &component).unwrap();
    component
}

fn side<'a>(component: &'a ComponentType, direction: Direction) -> Side<'a> {
    let ports: &[Port] = &component.ports;
    let port = ports
        .iter()
        .find(|port| port.direction == direction)
        .unwrap();
    Side {
        item: &port.item,
        elements: component.elements(port),
    }
}

fn proposed(component: &ComponentType, way: Way) -> Result<Mapping, Vec<MappingProblem>> {
    let (needs, gives) = (
        side(component, Direction::Required),
        side(component, Direction::Provided),
    );
    propose(&needs, &gives, way, &Mapping::default())
}

/// A line for each rule: place, words, and a question mark where it is a guess.
fn proposal(needs: &str, gives: &str, units: &str) -> String {
    match proposed(&component(needs, gives, units), Way::Direct) {
        Ok(mapping) => {
            let line = |(place, rule): (&String, &Rule)| {
                let mark = if rule.to_confirm { "?" } else { "" };
                format!("{place}: {}{mark}", rule.words())
            };
            mapping
                .rules
                .iter()
                .map(line)
                .collect::<Vec<_>>()
                .join("\n")
        }
        Err(problems) => texts(&problems),
    }
}

fn texts(problems: &[MappingProblem]) -> String {
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

/// Why that mapping does not do.
fn problems(needs: &str, gives: &str, rules: &[(&str, Rule)]) -> String {
    let component = component(needs, gives, "");
    let (needs, gives) = (
        side(&component, Direction::Required),
        side(&component, Direction::Provided),
    );
    let rules = rules
        .iter()
        .map(|(place, rule)| ((*place).to_owned(), rule.clone()));
    let mapping = Mapping {
        rules: rules.collect(),
        bound: None,
    };
    let found = resolve(&needs, &gives, Way::Direct, &mapping).adaptation;
    texts(&found.err().unwrap_or_default())
}

#[test]
fn what_follows_from_names_and_types_needs_no_rule() {
    let found = proposal(
        "record reading { kmh: f64, age: u32, at: option<u8> }
         enum gear { park, drive }
         get: func() -> reading;
         shift: func(to: u8) -> gear;",
        "record reading { age: u8, at: u8, kmh: f32, surplus: string }
         enum gear { drive, park }
         get: func() -> reading;
         shift: func(to: u32) -> gear;
         more: func();",
        "",
    );
    assert_eq!(found, "");
}

#[test]
fn what_is_guessed_is_to_be_confirmed() {
    let found = proposal(
        "record reading { kmh: f32, age: u8, note: string }
         enum gear { park, drive, invalid }
         flags lamps { low, high }
         variant order { stop, turn(s8) }
         get: func() -> reading;
         shift: func() -> gear;
         lights: func(of: u8) -> lamps;
         command: func() -> order;
         level: func() -> u8;",
        "record reading { speed: f64, age: u32 }
         enum gear { p, drive, creep, crawl }
         flags lamps { low, main, fog }
         variant order { stop, turn(s16), wait(string) }
         read: func() -> reading;
         shift: func() -> gear;
         lights: func(car: u8) -> lamps;
         command: func() -> order;
         level: func() -> option<u8>;",
        "",
    );
    insta::assert_snapshot!(found, @r#"
    command: otherwise stop?
    command.turn: saturated?
    get: from read?
    get.age: saturated?
    get.kmh: from speed, saturated?
    get.note: default ""?
    level: default 0?
    lights: other flags left out, main is high?
    lights(car): from of?
    shift: creep is invalid, p is park, otherwise invalid?
    "#);
}

#[test]
fn units_give_factor_and_offset_without_a_guess() {
    let units = "['a:b/need@1.0.0']\n\
                 'get.kelvin' = { unit = 'K' }\n'get.speed' = { unit = 'km/h' }\n\
                 'move(to)' = { unit = 'm' }\n'odd' = { unit = 'furlong' }\n\
                 ['a:b/give@1.0.0']\n\
                 'get.kelvin' = { unit = '°C', compu_method = { linear = { factor = 0.5, offset = -40.0 } } }\n\
                 'get.speed' = { unit = 'm/s' }\n\
                 'move(to)' = { unit = 'mm' }\n'odd' = { unit = 'm' }\n";
    let found = proposal(
        "enum rx-error { invalid } record r { kelvin: f64, speed: f64 }
         get: func() -> result<r, rx-error>; move: func(to: f32); odd: func() -> f64;",
        "enum rx-error { invalid } record r { kelvin: u8, speed: f32 }
         get: func() -> result<r, rx-error>; move: func(to: u16); odd: func() -> f64;",
        units,
    );
    insta::assert_snapshot!(found, @r"
    get.ok.kelvin: × 0.5 + 233.15
    get.ok.speed: × 3.6
    move(to): × 1000, saturated?
    odd: × 1?
    ");
}

#[test]
fn a_stated_scale_is_held_against_the_units() {
    let units =
        "['a:b/need@1.0.0']\nget = { unit = 'km/h' }\n['a:b/give@1.0.0']\nget = { unit = 'm/s' }\n";
    let component = component("get: func() -> f64;", "get: func() -> f64;", units);
    let (needs, gives) = (
        side(&component, Direction::Required),
        side(&component, Direction::Provided),
    );
    let with = |factor| {
        let rule = Rule {
            factor: Some(factor),
            ..Rule::default()
        };
        let mapping = Mapping {
            rules: BTreeMap::from([("get".to_owned(), rule)]),
            bound: None,
        };
        (
            resolve(&needs, &gives, Way::Direct, &mapping).adaptation,
            mapping,
        )
    };
    assert!(with(3.6).0.is_ok());
    let (found, stale) = with(36.0);
    insta::assert_snapshot!(texts(&found.unwrap_err()), @"`get`: the mapping has × 36, the units of both sides say × 3.6; correct the rule");
    let anew = propose(&needs, &gives, Way::Direct, &stale).unwrap();
    assert_eq!(anew.rules["get"].factor, Some(3.6));
}

#[test]
fn what_no_mapping_can_do_is_refused_with_its_reason() {
    let found = proposal(
        "resource bus { }
         wait: async func();
         open: func() -> own<bus>;
         text: func() -> string;
         fixed: func() -> list<u8, 3>;
         record r { x: u8 } whole: func() -> r;
         lost: func(a: u8, b: u8);",
        "resource bus { }
         wait: func();
         open: func() -> own<bus>;
         text: func() -> u8;
         fixed: func() -> list<u8, 4>;
         whole: func() -> u8;",
        "",
    );
    insta::assert_snapshot!(found, @r"
    `wait`: is `async` on one side only or on both, which no adapter carries; use a plain `func`
    `open`: `bus` is no value that an adapter can copy; connect ports of one type
    `text`: `u8` does not become `string`; connect ports that mean the same
    `fixed`: `list<u8, 4>` does not become `list<u8, 3>`; connect ports that mean the same
    `whole`: `u8` does not become `r`; connect ports that mean the same
    `lost`: the provider has no function of that name; say which one it is
    ");
    let units =
        "['a:b/need@1.0.0']\nget = { unit = 'm' }\n['a:b/give@1.0.0']\nget = { unit = 's' }\n";
    let found = proposal("get: func() -> u8;", "get: func() -> u8;", units);
    insta::assert_snapshot!(found, @"`get`: `s` and `m` are of different physical dimensions; connect what means the same");
}

#[test]
fn rules_that_do_not_fit_say_what_is_wrong() {
    let from = |from: &str| Rule {
        from: Some(from.into()),
        ..Rule::default()
    };
    let default = |text: &str| Rule {
        default: Some(text.into()),
        ..Rule::default()
    };
    let policy = |policy| Rule {
        policy: Some(policy),
        ..Rule::default()
    };
    let found = problems(
        "record r { a: u8, b: u8, c: u8, d: string, e: f32 }
         enum gear { park, drive }
         get: func() -> r;
         shift: func() -> gear;
         lost: func();
         flags f { x } marks: func() -> f;",
        "record r { a: u16, e: f32 }
         enum gear { park, drive, creep }
         get: func() -> r;
         shift: func() -> gear;
         flags f { x, y } marks: func() -> f;",
        &[
            ("get.a", policy(Policy::Invalid)),
            ("get.b", from("z")),
            ("get.d", default("7")),
            (
                "get.e",
                Rule {
                    factor: Some(0.0),
                    ..Rule::default()
                },
            ),
            (
                "shift",
                Rule {
                    cases: BTreeMap::from([
                        ("creep".into(), "crawl".into()),
                        ("run".into(), "park".into()),
                    ]),
                    policy: Some(Policy::Saturate),
                    ..Rule::default()
                },
            ),
            ("lost", from("found")),
            ("marks", policy(Policy::Saturate)),
            ("get.x", from("a")),
            (
                "get",
                Rule {
                    otherwise: Some("a".into()),
                    ..Rule::default()
                },
            ),
        ],
    );
    insta::assert_snapshot!(found, @r#"
    `get.a`: the function cannot say `invalid`; choose another policy
    `get.b`: there is no `z` to fill it; choose one of `a`, `e`
    `get.c`: needs `u8`, and nothing of that name is given; say what fills it, or a default
    `get.d`: the default `7` is no `string`: needs `string`, such as `"text"`
    `get.e`: factor and offset must be finite and the factor not 0; correct the rule
    `shift`: there is no needed case or flag `crawl`; choose one of `park`, `drive`
    `shift`: there is no given case or flag `run`; choose one of `park`, `drive`, `creep`
    `shift`: the policy `saturate` does not fit here; choose `invalid`, or a case that answers otherwise
    `lost`: there is no `found` to fill it; choose one of `get`, `shift`, `marks`
    `marks`: the policy `saturate` does not fit here; choose `leave-out` or `invalid`
    `get`: a rule for `r` has no use for `otherwise`; remove it
    `get.x`: the interfaces have no such place; remove the rule
    "#);
}

#[test]
fn narrowed_absent_and_unmatched_values_need_a_stated_answer() {
    let found = problems(
        "get: func() -> u8; level: func() -> u8; enum gear { park } shift: func() -> gear; r: func() -> result<u8, string>;",
        "get: func() -> f32; level: func() -> option<u8>; enum gear { park, drive } shift: func() -> gear; r: func() -> option<u8>;",
        &[],
    );
    insta::assert_snapshot!(found, @r"
    `get`: not every `f32` is a `u8`; say whether it is saturated or invalid
    `level`: `option<u8>` can be without a value, `u8` cannot; say what stands for none
    `shift`: `drive` of what is given has no counterpart; say which, or what answers otherwise
    `r.err`: needs `string`, and nothing of that name is given; say what fills it, or a default
    ");
}

#[test]
fn a_member_in_a_record_inside_fills_a_place() {
    let from = Rule {
        from: Some("motor.duty".into()),
        ..Rule::default()
    };
    let needs = "record r { duty: f64 } get: func() -> r;";
    let gives = "record motor { duty: f32 } record r { motor: motor } get: func() -> r;";
    assert_eq!(problems(needs, gives, &[("get.duty", from)]), "");
}

/// Stored values have the status of their receiver, whatever the sender's is.
#[test]
fn a_buffered_adapter_takes_the_senders_values_with_the_receivers_status() {
    let component = component(
        "enum rx-error { never-received, invalid } get: func() -> result<f64, rx-error>;",
        "get: func() -> u16;",
        "",
    );
    let (needs, gives) = (
        side(&component, Direction::Required),
        side(&component, Direction::Provided),
    );
    let found = resolve(&needs, &gives, Way::Buffered, &Mapping::default());
    let adaptation = found.adaptation.unwrap();
    let PortItem::Interface(inner) = &adaptation.inner else {
        unreachable!()
    };
    let Some(ValueType::Result { ok, err }) = &inner.functions[0].result else {
        unreachable!()
    };
    assert_eq!(ok.as_deref(), Some(&ValueType::U16));
    let Some(ValueType::Named(status)) = err.as_deref() else {
        unreachable!()
    };
    // It stands in the provider's interface now, which must not know the receiver's.
    assert_eq!(
        (status.owner.as_ref(), status.name.as_str()),
        (None, "rx-error-of-receiver")
    );
    let called = self::component("get: func(x: u8) -> u8;", "get: func(x: u8) -> u16;", "");
    let refused = proposed(&called, Way::Buffered).unwrap_err();
    insta::assert_snapshot!(texts(&refused), @"`get`: has parameters, so it cannot be buffered; make the connector direct");
}

#[test]
fn rows_say_what_can_be_chosen() {
    let component = component(
        "enum gear { park, drive } record r { kmh: u8, note: string, gear: gear } get: func() -> r;",
        "enum gear { p, d } record r { speed: f32, gear: gear } get: func() -> r;",
        "",
    );
    let mapping = proposed(&component, Way::Direct).unwrap();
    let (needs, gives) = (
        side(&component, Direction::Required),
        side(&component, Direction::Provided),
    );
    let rows = resolve(&needs, &gives, Way::Direct, &mapping).rows;
    let told: Vec<String> = rows
        .iter()
        .map(|row| {
            let kind = match &row.kind {
                RowKind::Plain => "plain".to_owned(),
                RowKind::Number => "number".to_owned(),
                RowKind::Cases { given, needed } => {
                    format!("{} to {}", given.join(" "), needed.join(" "))
                }
                RowKind::Flags { .. } => "flags".to_owned(),
            };
            format!(
                "{}: {} <- {} {} [{}] {kind}{}",
                row.place,
                row.needs,
                row.source,
                row.given,
                row.sources.join(" "),
                if row.takes_default { " default" } else { "" }
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    get: r <- get r [get] plain
    get.kmh: u8 <- speed f32 [speed gear] number
    get.note: string <-   [speed gear] plain default
    get.gear: gear <- gear gear [speed gear] p d to park drive
    ");
}

#[test]
fn ports_of_two_sorts_and_functions_alone() {
    let interface = component("get: func() -> u8;", "get: func() -> u8;", "");
    let function = PortItem::Function(Function {
        name: "speed".into(),
        kind: autosar_wit::types::FunctionKind::Free,
        parameters: vec![],
        result: Some(ValueType::U16),
        is_async: false,
        docs: String::new(),
    });
    let alone = Side {
        item: &function,
        elements: BTreeMap::new(),
    };
    let gives = side(&interface, Direction::Provided);
    let refused = propose(&alone, &gives, Way::Direct, &Mapping::default()).unwrap_err();
    assert!(matches!(refused[0].problem, Problem::Sorts));
    let narrow = PortItem::Function(Function {
        name: "other".into(),
        result: Some(ValueType::U8),
        ..match &function {
            PortItem::Function(function) => function.clone(),
            PortItem::Interface(_) => unreachable!(),
        }
    });
    let narrow = Side {
        item: &narrow,
        elements: BTreeMap::new(),
    };
    let mapping = propose(&narrow, &alone, Way::Direct, &Mapping::default()).unwrap();
    assert_eq!(mapping.rules["other"].policy, Some(Policy::Saturate));
}
