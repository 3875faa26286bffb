//! What a mode switch port carries (AUTOSAR: ModeSwitchInterface, ModeDeclarationGroup): the modes
//! by name, and the state of the machine that switches between them.
//! Knows nothing of who switches, and of what depends on a mode.

use crate::{
    component::{Port, PortItem, PortKind},
    types::{Function, TypeKind, ValueType},
    value::{Value, element_value, resolved},
};

/// The getter of the mode.
pub const CURRENT: &str = "current";
/// Fields of `mode-state`.
pub const PREVIOUS: &str = "previous";
pub const NEXT: &str = "next";
pub const IN_TRANSITION: &str = "in-transition";

/// The modes of a port.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Modes<'a> {
    /// The getter.
    pub current: &'a Function,
    /// What it gives, without a status: a `mode-state`, or the enum itself.
    pub state: &'a ValueType,
    /// In the order of the enum; the first is the initial mode.
    pub names: &'a [String],
}

/// A mode machine at an instant. Outside of a transition both modes are the one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub previous: String,
    pub next: String,
    pub in_transition: bool,
}

/// The modes of a mode switch port; none of any other, and of one whose `current` gives no mode.
pub fn of(port: &Port) -> Option<Modes<'_>> {
    let (PortKind::ModeSwitch, PortItem::Interface(interface)) = (port.kind, &port.item) else {
        return None;
    };
    let current = interface.function(CURRENT)?;
    let result = current.result.as_ref()?;
    let state = element_value(result).unwrap_or(result);
    let names = match resolved(state) {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Enum(names) => names,
            TypeKind::Record(fields) => {
                let next = fields.iter().find(|field| field.name == NEXT)?;
                cases(&next.value)?
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(Modes {
        current,
        state,
        names,
    })
}

fn cases(value: &ValueType) -> Option<&[String]> {
    let ValueType::Named(definition) = resolved(value) else {
        return None;
    };
    match &definition.kind {
        TypeKind::Enum(names) => Some(names),
        _ => None,
    }
}

/// The state that a value of such a type tells; none of any other value.
pub fn state(value: &Value) -> Option<State> {
    let fields = match value {
        Value::Enum(mode) => {
            return Some(State {
                previous: mode.clone(),
                next: mode.clone(),
                in_transition: false,
            });
        }
        Value::Record(fields) => fields,
        _ => return None,
    };
    let field = |name: &str| fields.iter().find(|(own, _)| own == name);
    let mode = |name: &str| match field(name) {
        Some((_, Value::Enum(mode))) => Some(mode.clone()),
        _ => None,
    };
    let next = mode(NEXT)?;
    Some(State {
        previous: mode(PREVIOUS).unwrap_or_else(|| next.clone()),
        in_transition: matches!(field(IN_TRANSITION), Some((_, Value::Bool(true)))),
        next,
    })
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.in_transition {
            true => write!(f, "{} → {}", self.previous, self.next),
            false => f.write_str(&self.next),
        }
    }
}

impl State {
    /// Whether a dependency on that mode holds: in it, and on the way from it or to it (AUTOSAR:
    /// the disablings of both modes are active during a transition).
    pub fn concerns(&self, mode: &str) -> bool {
        self.next == mode || self.in_transition && self.previous == mode
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    fn told(previous: &str, next: &str, in_transition: bool) -> State {
        let record = Value::Record(vec![
            (PREVIOUS.into(), Value::Enum(previous.into())),
            (NEXT.into(), Value::Enum(next.into())),
            (IN_TRANSITION.into(), Value::Bool(in_transition)),
        ]);
        state(&record).unwrap()
    }

    #[test]
    fn a_dependency_holds_on_the_way_from_a_mode_and_to_it() {
        let still = told("drive", "drive", false);
        assert_eq!(still.to_string(), "drive");
        assert!(still.concerns("drive") && !still.concerns("park"));
        let moving = told("drive", "park", true);
        assert_eq!(moving.to_string(), "drive → park");
        assert!(moving.concerns("drive") && moving.concerns("park"));
        assert!(!moving.concerns("off"));
    }

    #[test]
    fn what_a_machine_was_before_does_not_count_outside_of_a_transition() {
        let state = told("drive", "park", false);
        assert!(!state.concerns("drive"));
    }

    #[test]
    fn other_values_are_no_modes() {
        assert_eq!(state(&Value::U8(1)), None);
        let other = Value::Record(vec![("next".into(), Value::U8(1))]);
        assert_eq!(state(&other), None);
        assert_eq!(value::print(&Value::Enum("off".into())), "off");
        assert_eq!(state(&Value::Enum("off".into())).unwrap().next, "off");
    }
}
