//! The controller in a header: its three functions, and which variables they read and write.

use super::{
    error::{Note, WrapError},
    parse::parse,
    preprocess::preprocess,
    shape::{Enumeration, Field, Record, Shape, Shapes},
    types::{CType, Declarations, Function, Member},
};
use autosar_wit::names;
use std::collections::{BTreeMap, BTreeSet};

/// Who asks for a component, and of what.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The name of the header among `files`.
    pub header: String,
    /// Headers by name.
    pub files: BTreeMap<String, String>,
    /// The function that is called once a period, or its name before `_step`.
    pub step: String,
    /// Variables that the controller reads; empty: as they are usually called.
    pub inputs: Vec<String>,
    /// Variables that the controller writes.
    pub outputs: Vec<String>,
}

/// A controller as a component sees it.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) header: String,
    /// What stands before `_step`.
    pub(super) name: String,
    pub(super) step: Call,
    pub(super) initialize: Option<Call>,
    pub(super) terminate: Option<Call>,
    pub(super) inputs: Vec<Field>,
    pub(super) outputs: Vec<Field>,
    pub(super) records: Vec<Record>,
    pub(super) enumerations: Vec<Enumeration>,
    /// Variables of the glue that are handed over by address: `real_T wrapped_u[3]`.
    pub(super) statics: Vec<String>,
    pub(super) notes: Vec<Note>,
}

/// A function with what it is given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) function: String,
    pub(super) arguments: Vec<String>,
}

/// Where a function keeps what it works on.
struct Variables {
    inputs: Vec<(String, Member)>,
    outputs: Vec<(String, Member)>,
    arguments: Vec<String>,
    statics: Vec<String>,
}

/// Stands before the names of the glue's own variables.
pub(super) const GLUE_PREFIX: &str = "wrapped_";
const STATE: &str = "wrapped_state";

pub(super) fn read(request: &Request) -> Result<Model, WrapError> {
    let words = preprocess(&request.header, &request.files);
    let (declarations, mut notes) = parse(&words.tokens);
    notes.extend(words.notes.iter().cloned());
    notes.sort();
    let (function, step) = step(request, &declarations)?;
    let name = function.strip_suffix("step").unwrap_or(function);
    let name = name.trim_end_matches('_');
    let near = |ends: &[&str]| {
        let candidates = ends.iter().map(|end| match name {
            "" => (*end).to_owned(),
            name => format!("{name}_{end}"),
        });
        candidates
            .filter_map(|candidate| declarations.functions.get_key_value(&candidate))
            .next()
    };
    let (initialize, terminate) = (near(&["initialize", "init"]), near(&["terminate", "term"]));
    let state = state(step, initialize.map(|(_, function)| function));
    let variables = match step.parameters.as_slice() {
        [] => globals(request, function, step, name, &declarations)?,
        _ => parameters(function, step, state)?,
    };
    let mut shapes = Shapes::new(&declarations, &words);
    let inputs = pins(&variables.inputs, &mut shapes)?;
    let outputs = pins(&variables.outputs, &mut shapes)?;
    let (records, enumerations) = (shapes.records, shapes.enumerations);
    let other = |found: Option<(&String, &Function)>| {
        found
            .map(|(name, function)| call(name, function, state))
            .transpose()
    };
    let name = match name {
        "" => request.header.trim_end_matches(".h"),
        name => name,
    };
    Ok(Model {
        header: request.header.clone(),
        name: name.to_owned(),
        initialize: other(initialize)?,
        terminate: other(terminate)?,
        step: Call {
            function: function.to_owned(),
            arguments: variables.arguments,
        },
        statics: variables.statics,
        inputs,
        outputs,
        records,
        enumerations,
        notes,
    })
}

fn step<'a>(
    request: &Request,
    declarations: &'a Declarations,
) -> Result<(&'a str, &'a Function), WrapError> {
    let candidates = [request.step.clone(), format!("{}_step", request.step)];
    let found = candidates
        .iter()
        .find_map(|name| declarations.functions.get_key_value(name));
    let Some((name, function)) = found else {
        let known: Vec<String> = declarations
            .functions
            .keys()
            .map(|name| format!("`{name}`"))
            .collect();
        return Err(WrapError::NoStep {
            header: request.header.clone(),
            step: request.step.clone(),
            known: match known.is_empty() {
                true => String::new(),
                false => format!("; the headers declare {}", known.join(", ")),
            },
        });
    };
    if function.result != CType::Void {
        return Err(refused(
            name,
            function,
            "gives a value; a step gives its outputs by variables or by pointers",
        ));
    }
    Ok((name, function))
}

fn refused(name: &str, function: &Function, what: &str) -> WrapError {
    WrapError::Function {
        place: function.place.clone(),
        function: name.to_owned(),
        what: what.to_owned(),
    }
}

/// The structure that step and initialize are both handed: the controller's own state.
fn state<'a>(step: &'a Function, initialize: Option<&Function>) -> Option<&'a Member> {
    let tag = |member: &Member| match &member.spelled.ctype {
        CType::Pointer(target) if !target.is_const => match &target.ctype {
            CType::Struct(tag) => Some(tag.clone()),
            _ => None,
        },
        _ => None,
    };
    let first = step.parameters.first()?;
    let other = initialize?.parameters.first()?;
    (tag(first).is_some() && tag(first) == tag(other)).then_some(first)
}

/// A function that is called at the beginning or the end.
fn call(name: &str, function: &Function, state: Option<&Member>) -> Result<Call, WrapError> {
    let arguments = match function.parameters.as_slice() {
        [] => Vec::new(),
        [only] if state.is_some_and(|state| only.spelled.ctype == state.spelled.ctype) => {
            vec![format!("&{STATE}")]
        }
        // Older generators hand over whether it is the first time.
        [only] if matches!(only.spelled.ctype, CType::Bool | CType::Integer { .. }) => {
            vec!["1".to_owned()]
        }
        _ => {
            return Err(refused(
                name,
                function,
                "takes what a component cannot give; it may take nothing, or the state that the step takes as well",
            ));
        }
    };
    Ok(Call {
        function: name.to_owned(),
        arguments,
    })
}

/// A step that takes nothing: it reads and writes variables.
fn globals(
    request: &Request,
    function: &str,
    step: &Function,
    name: &str,
    declarations: &Declarations,
) -> Result<Variables, WrapError> {
    let usual = |end: &str| match name {
        "" => end.to_owned(),
        name => format!("{name}_{end}"),
    };
    let found = |named: &[String], usual: String| -> Result<Vec<(String, Member)>, WrapError> {
        if named.is_empty() {
            let variable = declarations.variables.get_key_value(&usual);
            let found = variable.map(|(name, member)| (name.clone(), member.clone()));
            return Ok(found.into_iter().collect());
        }
        let variable = |name: &String| match declarations.variables.get(name) {
            Some(member) => Ok((name.clone(), member.clone())),
            None => Err(WrapError::NoVariable {
                variable: name.clone(),
            }),
        };
        named.iter().map(variable).collect()
    };
    let inputs = found(&request.inputs, usual("U"))?;
    let outputs = found(&request.outputs, usual("Y"))?;
    if inputs.is_empty() && outputs.is_empty() {
        return Err(WrapError::NoData {
            place: step.place.clone(),
            step: function.to_owned(),
            inputs: usual("U"),
            outputs: usual("Y"),
        });
    }
    Ok(Variables {
        inputs,
        outputs,
        arguments: Vec::new(),
        statics: Vec::new(),
    })
}

/// A step that is handed what it reads and where it writes.
fn parameters(
    function: &str,
    step: &Function,
    state: Option<&Member>,
) -> Result<Variables, WrapError> {
    let mut found = Variables {
        inputs: Vec::new(),
        outputs: Vec::new(),
        arguments: Vec::new(),
        statics: Vec::new(),
    };
    for (index, parameter) in step.parameters.iter().enumerate() {
        if index == 0 && state.is_some() {
            let spelling = &parameter.spelled.spelling;
            found.statics.push(format!("{spelling} {STATE}"));
            found.arguments.push(format!("&{STATE}"));
            continue;
        }
        let mut member = parameter.clone();
        if member.name.is_empty() {
            member.name = format!("argument{}", index + 1);
        }
        let variable = format!("{GLUE_PREFIX}{}", member.name);
        let spelling = &parameter.spelled.spelling;
        let is_input = match &parameter.spelled.ctype {
            CType::Pointer(target) => {
                found.statics.push(format!("{spelling} {variable}"));
                found.arguments.push(format!("&{variable}"));
                member.spelled = (**target).clone();
                target.is_const || reads_by_name(&parameter.name, spelling)
            }
            CType::Array(..) => {
                let brackets = brackets(&parameter.spelled.ctype);
                found
                    .statics
                    .push(format!("{spelling} {variable}{brackets}"));
                found.arguments.push(variable.clone());
                parameter.spelled.is_const || reads_by_name(&parameter.name, spelling)
            }
            CType::Other(what) => {
                let what = format!("takes `{what}`, which no header that was read declares");
                return Err(refused(function, step, &what));
            }
            _ => {
                found.statics.push(format!("{spelling} {variable}"));
                found.arguments.push(variable.clone());
                true
            }
        };
        match is_input {
            true => found.inputs.push((variable, member)),
            false => found.outputs.push((variable, member)),
        }
    }
    if found.inputs.is_empty() && found.outputs.is_empty() {
        return Err(refused(
            function,
            step,
            "takes its state alone, so there is nothing to connect",
        ));
    }
    Ok(found)
}

/// Generators hand inputs over by pointers that are not `const`, and call them so.
fn reads_by_name(name: &str, spelling: &str) -> bool {
    name.ends_with("_U") || spelling.starts_with("ExtU_")
}

fn brackets(ctype: &CType) -> String {
    match ctype {
        CType::Array(item, length) => format!("[{length}]{}", brackets(item)),
        _ => String::new(),
    }
}

/// One structure is taken apart; of several variables each is a pin.
fn pins(variables: &[(String, Member)], shapes: &mut Shapes) -> Result<Vec<Field>, WrapError> {
    if let [(expression, member)] = variables
        && let CType::Struct(tag) = &member.spelled.ctype
    {
        return shapes.pins(tag, &format!("{expression}."), member);
    }
    let mut taken = BTreeSet::new();
    let mut pins = Vec::new();
    for (expression, member) in variables {
        let shape = shapes.of(member)?;
        let label = names::unique(&names::to_label(&member.name), |label| {
            taken.contains(label)
        });
        taken.insert(label.clone());
        pins.push(Field {
            label,
            c_name: expression.clone(),
            shape,
            docs: member.docs.clone(),
        });
    }
    Ok(pins)
}

/// Whether some list is in the values.
pub(super) fn has_lists(fields: &[Field], records: &[Record]) -> bool {
    fields.iter().any(|field| match &field.shape {
        Shape::Array(..) => true,
        Shape::Record(at) => records
            .get(*at)
            .is_some_and(|record| has_lists(&record.fields, records)),
        _ => false,
    })
}
