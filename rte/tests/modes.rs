//! Calls that depend on a mode: made or not by the state at the start of the task, and nothing is
//! handed on from a call that was not made.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::types::{TypeKind, ValueType};
use rte::*;
use std::collections::BTreeMap;
use support::{host::Partition, *};
use wasmtime::component::Val;

const MANAGER: &str = "test:parts/manager";
const LAMP: &str = "test:parts/lamp";
const NAMES: [&str; 3] = ["off", "drive", "park"];

fn reference(instance: &str, port: &str, function: &str) -> FunctionRef {
    FunctionRef {
        instance: instance.into(),
        port: port.into(),
        function: Some(function.into()),
    }
}

fn mode_state() -> ValueType {
    let names = NAMES.map(str::to_owned).to_vec();
    let mode = named(Some(id("manager")), "mode", TypeKind::Enum(names));
    let fields = vec![
        ("previous", mode.clone()),
        ("next", mode),
        ("in-transition", ValueType::Bool),
    ];
    record("manager", "mode-state", fields)
}

/// A manager, and a lamp whose `step` gives a number; these conditions are on the call of `step`.
fn plan(conditions: Vec<ModeCondition>) -> Plan {
    let manager = interface(
        "manager",
        vec![
            function("step", vec![], None),
            function("current", vec![], Some(mode_state())),
        ],
    );
    let lamp = interface(
        "lamp",
        vec![
            function("step", vec![], Some(ValueType::U8)),
            function("always", vec![], None),
        ],
    );
    let port = |name: &str, item| PortPlan {
        name: name.into(),
        item,
    };
    let runnable = |function| RunnablePlan {
        function,
        handles: BTreeMap::new(),
        ports: None,
    };
    let instance = |name: &str, provides| InstancePlan {
        name: name.into(),
        provides: vec![provides],
        requires: vec![],
        serves: None,
    };
    let task = |name: &str, runnables| TaskPlan {
        name: name.into(),
        runnables,
        sends: vec![],
        ..TaskPlan::default()
    };
    let dependency = |condition| ModeDependency {
        task: "light".into(),
        call: 1,
        condition,
    };
    Plan {
        instances: vec![
            instance("manager", port(MANAGER, manager)),
            instance("lamp", port(LAMP, lamp)),
        ],
        runnables: vec![
            runnable(reference("manager", MANAGER, "step")),
            runnable(reference("lamp", LAMP, "step")),
            runnable(reference("lamp", LAMP, "always")),
        ],
        tasks: vec![task("manage", vec![0]), task("light", vec![2, 1])],
        links: vec![
            Link {
                source: Source::Getter(reference("manager", MANAGER, "current")),
                sink: Sink::Mode { mode: 0 },
                buffering: Buffering::default(),
            },
            Link {
                source: Source::Result {
                    runnable: 1,
                    fields: vec![],
                },
                sink: Sink::Outbox { element: 3 },
                buffering: Buffering::default(),
            },
        ],
        modes: vec![ModePlan {
            state: mode_state(),
            dependencies: conditions.into_iter().map(dependency).collect(),
        }],
        ..Plan::default()
    }
}

struct Trial(Partition);

impl Trial {
    fn new(conditions: Vec<ModeCondition>) -> Trial {
        let mut partition = Partition::new(&generate(&plan(conditions)).unwrap());
        let answers = &mut partition.ecu().answers;
        answers.insert(format!("{MANAGER}#step"), vec![]);
        answers.insert(format!("{LAMP}#always"), vec![]);
        answers.insert(format!("{LAMP}#step"), vec![Val::U8(7)]);
        Trial(partition)
    }

    /// The manager tells this state: `drive`, or `drive>park` on the way.
    fn tell(&mut self, state: &str) {
        let (previous, next) = state.split_once('>').unwrap_or((state, state));
        let mode = |name: &str, mode: &str| (name.to_owned(), Val::Enum(mode.to_owned()));
        let state = Val::Record(vec![
            mode("previous", previous),
            mode("next", next),
            ("in-transition".into(), Val::Bool(state.contains('>'))),
        ]);
        let answers = &mut self.0.ecu().answers;
        answers.insert(format!("{MANAGER}#current"), vec![state]);
        self.0.run("manage");
    }

    /// Whether `step` was called; then its value was handed on, and else not.
    fn runs(&mut self) -> bool {
        self.0.ecu().calls.clear();
        self.0.ecu().published.clear();
        self.0.run("light");
        let ecu = self.0.ecu();
        let called = |name: &str| {
            let name = format!("{LAMP}#{name}");
            ecu.calls.iter().filter(|(own, _)| *own == name).count()
        };
        assert_eq!(called("always"), 1, "no other call depends on the mode");
        let runs = called("step");
        let published: &[(u32, Vec<u8>)] = if runs == 1 { &[(3, vec![7])] } else { &[] };
        assert_eq!(ecu.published, published);
        runs == 1
    }

    fn after(&mut self, states: &[&str]) -> Vec<bool> {
        let look = |state: &&str| {
            self.tell(state);
            self.runs()
        };
        states.iter().map(look).collect()
    }
}

#[test]
fn a_disabled_call_is_not_made_nor_on_the_way_to_and_from_its_mode() {
    let mut trial = Trial::new(vec![ModeCondition::NotIn(vec![0, 2])]);
    assert!(!trial.runs(), "before the first word the mode is the first");
    let states = ["drive", "drive>park", "park", "park>drive", "drive", "off"];
    let runs = trial.after(&states);
    assert_eq!(runs, [true, false, false, false, true, false]);
}

#[test]
fn a_mode_is_entered_once() {
    let mut trial = Trial::new(vec![ModeCondition::Entry(1)]);
    assert!(!trial.runs());
    let states = [
        "drive",
        "drive",
        "drive>park",
        "park",
        "park>drive",
        "drive",
    ];
    let runs = trial.after(&states);
    assert_eq!(runs, [true, false, false, false, false, true]);
}

#[test]
fn a_mode_is_left_once_with_and_without_a_transition() {
    let mut trial = Trial::new(vec![ModeCondition::Exit(1)]);
    let states = [
        "drive",
        "drive>park",
        "drive>park",
        "park",
        "drive",
        "off",
        "off",
    ];
    let runs = trial.after(&states);
    assert_eq!(runs, [false, true, false, false, false, true, false]);
}

#[test]
fn a_transition_is_met_when_it_begins_and_else_when_it_is_over() {
    let condition = ModeCondition::Transition { from: 1, to: 2 };
    let mut trial = Trial::new(vec![condition]);
    let states = [
        "drive",
        "drive>park",
        "park",
        "drive",
        "park",
        "drive>off",
        "off",
        "park",
    ];
    let runs = trial.after(&states);
    assert_eq!(runs, [false, true, false, false, true, false, false, false]);
}

#[test]
fn several_conditions_hold_together() {
    let entry = ModeCondition::Entry(1);
    let mut trial = Trial::new(vec![ModeCondition::NotIn(vec![1]), entry]);
    assert_eq!(trial.after(&["off", "drive"]), [false, false]);
}

#[test]
fn what_is_no_mode_is_refused() {
    let mut plan = plan(vec![]);
    plan.links.remove(0);
    plan.modes[0].state = ValueType::U8;
    let refused = generate(&plan).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`mode 0` is no state of a mode machine; give it `previous`, `next` and `in-transition`"
    );
}
