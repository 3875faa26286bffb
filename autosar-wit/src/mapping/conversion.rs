//! What a mapping means for two given interfaces: conversions from given to needed values as a
//! tree beside their types. Judges nothing.

use super::Policy;
use crate::{
    component::PortItem,
    types::{Function, Interface, ValueType},
    value::Value,
};

/// All that a component needs that stands between two ports.
#[derive(Debug, Clone, PartialEq)]
pub struct Adaptation {
    /// What the adapter imports: the provided port, as far as it is used.
    pub inner: PortItem,
    /// What it exports: the required port.
    pub outer: PortItem,
    /// In the order of the required port.
    pub functions: Vec<AdaptedFunction>,
    /// Of each list (elements) and string (bytes).
    pub bound: u32,
}

/// A function of the required port, served by one of the provided port.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptedFunction {
    pub outer: Function,
    /// As the adapter imports it.
    pub inner: Function,
    /// Its name at the provider.
    pub provided: String,
    /// One for each parameter of `inner`, from those of `outer`.
    pub arguments: Vec<Member>,
    /// From the result of `inner`, where there is one; `None`: there is nothing to give.
    pub result: Option<Conversion>,
    /// The number of the case `invalid` in the error of `outer`'s result, where it has one.
    pub invalid: Option<u32>,
}

/// How a needed value comes from a given one.
#[derive(Debug, Clone, PartialEq)]
pub enum Conversion {
    /// As it is: the types are one.
    Same,
    /// It is this, whatever is given.
    Constant(Value),
    /// needed = given × factor + offset, in `f64` unless that is 1 and 0; rounded half to even.
    Number {
        factor: f64,
        offset: f64,
        policy: Policy,
    },
    /// A record or tuple: one for each needed member.
    Members(Vec<Member>),
    /// Flags: for each given one the needed one; given ones without stay out, or make it invalid.
    Flags {
        labels: Vec<Option<u32>>,
        policy: Policy,
    },
    /// Each element of a list, of any or of fixed length, or of a map as its pairs.
    Elements(Box<Conversion>),
    /// The value in that case of what is needed: `some`, `ok`.
    Wrap { case: u32, inner: Box<Conversion> },
    /// By the case that is given: of a variant, enum, option or result.
    Cases(Vec<Answer>),
}

/// A needed member, or parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Positions of the given member and of what is inside it; empty where nothing is given.
    pub path: Vec<usize>,
    pub conversion: Conversion,
}

/// What a given case becomes.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// That case, with its value from the given one's.
    Case {
        case: u32,
        value: Option<Conversion>,
    },
    /// All that is needed, from the given case's value.
    Whole(Conversion),
    /// The call gives `invalid`.
    Invalid,
}

impl Adaptation {
    /// Whether it changes nothing but the name of the interface.
    pub fn is_plain(&self) -> bool {
        self.functions.iter().all(|function| {
            let plain_argument = |(position, member): (usize, &Member)| {
                member.path == [position] && member.conversion == Conversion::Same
            };
            function.inner.name == function.outer.name
                && function.inner.parameters.len() == function.outer.parameters.len()
                && function.arguments.iter().enumerate().all(plain_argument)
                && function
                    .result
                    .as_ref()
                    .is_none_or(|result| *result == Conversion::Same)
        })
    }
}

impl Conversion {
    /// Whether it takes over what is given, member by member and case by case.
    pub(super) fn keeps(&self) -> bool {
        match self {
            Self::Same => true,
            Self::Constant(_) | Self::Number { .. } | Self::Wrap { .. } => false,
            Self::Members(members) => members
                .iter()
                .enumerate()
                .all(|(position, member)| member.path == [position] && member.conversion.keeps()),
            Self::Flags { labels, .. } => labels
                .iter()
                .enumerate()
                .all(|(position, label)| *label == Some(position as u32)),
            Self::Elements(inner) => inner.keeps(),
            Self::Cases(answers) => {
                answers
                    .iter()
                    .enumerate()
                    .all(|(position, answer)| match answer {
                        Answer::Case { case, value } => {
                            *case == position as u32 && value.as_ref().is_none_or(Self::keeps)
                        }
                        Answer::Whole(_) | Answer::Invalid => false,
                    })
            }
        }
    }
}

/// The port that has these functions under the name of that one.
pub(super) fn trimmed(item: &PortItem, functions: &[AdaptedFunction]) -> PortItem {
    match item {
        PortItem::Function(_) => match functions.first() {
            Some(function) => PortItem::Function(function.inner.clone()),
            None => item.clone(),
        },
        PortItem::Interface(interface) => {
            let mut inner: Vec<Function> = Vec::new();
            for function in functions {
                if !inner.iter().any(|known| known.name == function.inner.name) {
                    inner.push(function.inner.clone());
                }
            }
            PortItem::Interface(Interface {
                id: interface.id.clone(),
                functions: inner,
                types: Vec::new(),
                docs: String::new(),
            })
        }
    }
}

/// The number of the case `invalid` of a function's error.
pub(super) fn invalid_case(function: &Function) -> Option<u32> {
    use crate::{types::TypeKind, value::resolved};
    let ValueType::Result { err: Some(err), .. } = resolved(function.result.as_ref()?) else {
        return None;
    };
    let ValueType::Named(definition) = resolved(err) else {
        return None;
    };
    let TypeKind::Enum(cases) = &definition.kind else {
        return None;
    };
    let position = cases.iter().position(|case| case == "invalid")?;
    u32::try_from(position).ok()
}
