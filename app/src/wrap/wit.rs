//! The WIT of a wrapped controller, and what the comments of its header say of units.

use super::{
    error::WrapError,
    model::{GLUE_PREFIX, Model, has_lists},
    shape::{Field, Shape},
};
use autosar_wit::{
    names, print,
    types::{
        self, Function, FunctionKind, Interface, InterfaceId, TypeDefinition, TypeKind, ValueType,
    },
    units,
};
use std::{fmt::Write, sync::Arc};

/// The package, the world in it, and the meanings of its elements.
pub(super) struct Described {
    pub(super) id: InterfaceId,
    pub(super) world: String,
    pub(super) text: String,
    pub(super) meaning: String,
}

/// `package` as `acme:controls@0.1.0`; the interface bears the component's name.
pub(super) fn describe(model: &Model, name: &str, package: &str) -> Result<Described, WrapError> {
    let refused = || WrapError::Package(package.to_owned());
    let (path, version) = package.split_once('@').ok_or_else(refused)?;
    let id: InterfaceId = format!("{path}/{name}@{version}")
        .parse()
        .map_err(|_| refused())?;
    if !names::is_label(&id.namespace) || !names::is_label(&id.package) {
        return Err(refused());
    }
    let world = format!("{name}-component");
    let interface = Types::of(model, &id).interface(model);
    let mut text = format!(
        "package {}:{}@{version};\n\n{}\n",
        print::name(&id.namespace),
        print::name(&id.package),
        print::interface(&interface)
    );
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "\n/// The controller `{}` of `{}` as a component.\nworld {world} {{\n    export {};\n}}\n",
        model.name,
        model.header,
        print::name(name)
    );
    let meaning = meaning(model, &id);
    Ok(Described {
        id,
        world,
        text,
        meaning,
    })
}

/// The named types in WIT, by their places in the model.
struct Types {
    id: InterfaceId,
    enumerations: Vec<Arc<TypeDefinition>>,
    records: Vec<Arc<TypeDefinition>>,
}

impl Types {
    fn of(model: &Model, id: &InterfaceId) -> Types {
        let mut types = Types {
            id: id.clone(),
            enumerations: Vec::new(),
            records: Vec::new(),
        };
        for one in &model.enumerations {
            let cases = one.cases.iter().map(|(label, _)| label.clone()).collect();
            let constants: Vec<String> = one
                .cases
                .iter()
                .map(|(_, constant)| format!("`{constant}`"))
                .collect();
            let docs = format!("`{}` in C: {}.", one.spelling, constants.join(", "));
            let made = types.definition(&one.label, TypeKind::Enum(cases), docs);
            types.enumerations.push(made);
        }
        // A record stands behind those that it uses.
        for one in &model.records {
            let kind = TypeKind::Record(types.fields(&one.fields));
            let docs = match one.spelling.as_str() {
                "struct" => "A structure without a name in C.".to_owned(),
                spelling => format!("`{spelling}` in C."),
            };
            let made = types.definition(&one.label, kind, docs);
            types.records.push(made);
        }
        types
    }

    fn definition(&self, name: &str, kind: TypeKind, docs: String) -> Arc<TypeDefinition> {
        Arc::new(TypeDefinition {
            owner: Some(self.id.clone()),
            name: name.to_owned(),
            kind,
            docs,
        })
    }

    fn interface(self, model: &Model) -> Interface {
        let mut defined: Vec<Arc<TypeDefinition>> = self.enumerations.clone();
        defined.extend(self.records.iter().cloned());
        let mut record = |name: &str, fields: &[Field], docs: &str| {
            if fields.is_empty() {
                return None;
            }
            let kind = TypeKind::Record(self.fields(fields));
            let made = self.definition(name, kind, docs.to_owned());
            defined.push(Arc::clone(&made));
            Some(ValueType::Named(made))
        };
        let read = match has_lists(&model.inputs, &model.records) {
            true => {
                "What a step reads. Items that a list lacks are 0, those too many are left out."
            }
            false => "What a step reads.",
        };
        let input = record("step-input", &model.inputs, read);
        let output = record("step-output", &model.outputs, "What a step has written.");
        let function = |name: &str, parameters, result, docs: String| Function {
            name: name.to_owned(),
            kind: FunctionKind::Free,
            parameters,
            result,
            is_async: false,
            docs,
        };
        let calls = |call: &Option<super::model::Call>| match call {
            Some(call) => format!("Calls `{}`.", call.function),
            None => "The controller has no function for it.".to_owned(),
        };
        let parameters = input.into_iter().map(|value| ("input".to_owned(), value));
        Interface {
            docs: format!(
                "The controller `{}`, wrapped from `{}`.",
                model.name, model.header
            ),
            functions: vec![
                function("initialize", Vec::new(), None, calls(&model.initialize)),
                function(
                    "step",
                    parameters.collect(),
                    output,
                    format!("Calls `{}`, once a period.", model.step.function),
                ),
                function("terminate", Vec::new(), None, calls(&model.terminate)),
            ],
            types: defined,
            id: Some(self.id),
        }
    }

    fn fields(&self, fields: &[Field]) -> Vec<types::Field> {
        let fields = fields.iter().map(|field| types::Field {
            name: field.label.clone(),
            value: self.value(&field.shape),
            docs: docs(field),
        });
        fields.collect()
    }

    fn value(&self, shape: &Shape) -> ValueType {
        let named = |defined: &[Arc<TypeDefinition>], at: usize| match defined.get(at) {
            Some(definition) => ValueType::Named(Arc::clone(definition)),
            None => ValueType::Bool,
        };
        match shape {
            Shape::Bool => ValueType::Bool,
            Shape::Integer { bits, is_signed } => match (bits, is_signed) {
                (8, false) => ValueType::U8,
                (16, false) => ValueType::U16,
                (32, false) => ValueType::U32,
                (_, false) => ValueType::U64,
                (8, true) => ValueType::S8,
                (16, true) => ValueType::S16,
                (32, true) => ValueType::S32,
                (_, true) => ValueType::S64,
            },
            Shape::Float { bits: 32 } => ValueType::F32,
            Shape::Float { .. } => ValueType::F64,
            Shape::Enum(at) => named(&self.enumerations, *at),
            Shape::Record(at) => named(&self.records, *at),
            Shape::Array(item, _) => ValueType::List(Box::new(self.value(item))),
        }
    }
}

/// The comment of the header, the name in C, and the length that an array has.
fn docs(field: &Field) -> String {
    let mut text = String::new();
    for line in field.docs.lines() {
        let line = line.trim().trim_start_matches('*').trim();
        let sound = line.chars().filter(|letter| !letter.is_control());
        text.extend(sound);
        text.push('\n');
    }
    let comment = text.trim_end().len();
    text.truncate(comment);
    if comment > 0 {
        text.push_str("; ");
    }
    let name = &field.c_name;
    let name = name.strip_prefix(GLUE_PREFIX).unwrap_or(name);
    // Writing to a string cannot fail.
    let _ = write!(text, "`{name}` in C");
    let mut shape = &field.shape;
    let mut word = ": ";
    while let Shape::Array(item, length) = shape {
        let _ = write!(text, "{word}{length} items");
        word = " of ";
        shape = item;
    }
    text + "."
}

/// A line for each element: with its unit where the header's comment has a known one in brackets,
/// else to be filled in.
fn meaning(model: &Model, id: &InterfaceId) -> String {
    let mut text = format!(
        "# What the numbers at the ports mean; `build` puts it into the component, the studio shows it.\n\
         # Units in brackets in the header's comments (`/* [km/h] */`) stand here already.\n\n[\"{id}\"]\n"
    );
    for (fields, (before, after)) in [
        (&model.inputs, ("step(input.", ")")),
        (&model.outputs, ("step.", "")),
    ] {
        for (path, docs) in leaves(model, fields, "") {
            // Writing to a string cannot fail.
            let _ = match unit(docs) {
                Some(unit) => writeln!(text, "\"{before}{path}{after}\" = {{ unit = \"{unit}\" }}"),
                None => writeln!(text, "# \"{before}{path}{after}\" = {{ unit = \"\" }}"),
            };
        }
    }
    text
}

/// Numbers by their way through records, with their comments.
fn leaves<'a>(model: &'a Model, fields: &'a [Field], before: &str) -> Vec<(String, &'a str)> {
    let mut found = Vec::new();
    for field in fields {
        let path = format!("{before}{}", field.label);
        match &field.shape {
            Shape::Record(at) => {
                let inner = model.records.get(*at);
                let inner = inner.map_or(&[][..], |record| &record.fields);
                found.extend(leaves(model, inner, &format!("{path}.")));
            }
            Shape::Integer { .. } | Shape::Float { .. } => found.push((path, field.docs.as_str())),
            Shape::Bool | Shape::Enum(_) | Shape::Array(..) => {}
        }
    }
    found
}

/// `Speed of the vehicle [km/h]` → `km/h`.
fn unit(docs: &str) -> Option<&str> {
    let mut brackets = docs
        .split('[')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(']')?.0.trim()));
    brackets.find(|text| units::is_known(text))
}
