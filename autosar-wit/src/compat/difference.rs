//! The complete type difference of two interfaces, functions or values. Equal is what wac's
//! subtype checker calls equal: parameters, members and cases by name and order, aliases looked
//! through, resources by name; a provider may export more.

use super::{Difference, DifferenceKind, Fix, Path, VersionVerdict, version};
use crate::print;
use crate::types::{
    Function, FunctionKind, Interface, ResourceType, TypeDefinition, TypeKind, ValueType,
};
use crate::value::resolved;
use semver::Version;
use std::{collections::BTreeSet, sync::Arc};

/// Every difference that keeps `provided` from being linked where `required` is imported; none
/// means that it links.
pub fn difference(required: &Interface, provided: &Interface) -> Vec<Difference> {
    let version_of =
        |interface: &Interface| interface.id.as_ref().and_then(|id| id.version.clone());
    let mut comparison = Comparison {
        required_version: version_of(required),
        provided_version: version_of(provided),
        ..Comparison::default()
    };
    let name = required.id.as_ref().map(|id| id.interface.as_str());
    for function in &required.functions {
        let path = function_path(name, function);
        let same = |other: &&Function| other.name == function.name && other.kind == function.kind;
        match provided.functions.iter().find(same) {
            Some(other) => comparison.at(path, |inner| inner.function(function, other)),
            None => comparison.at(path, |inner| {
                inner.missing_function(function, required, provided)
            }),
        }
    }
    for definition in &required.types {
        let path = match name {
            Some(name) => format!("{name}.{}", definition.name),
            None => definition.name.clone(),
        };
        match provided
            .types
            .iter()
            .find(|other| other.name == definition.name)
        {
            Some(other) => {
                comparison.at(path, |inner| {
                    inner.value(&as_value(definition), &as_value(other))
                });
            }
            None => comparison.at(path, |inner| {
                inner.report(
                    DifferenceKind::TypeMissing,
                    describe(&as_value(definition)),
                    String::new(),
                );
            }),
        }
    }
    comparison.found
}

/// Every difference of two functions, their names aside.
pub fn function_difference(required: &Function, provided: &Function) -> Vec<Difference> {
    let mut comparison = Comparison::default();
    let path = function_path(None, required);
    comparison.at(path, |inner| inner.function(required, provided));
    comparison.found
}

/// Every difference of two value types, as between the ends of a buffered connector.
pub fn value_difference(required: &ValueType, provided: &ValueType) -> Vec<Difference> {
    let mut comparison = Comparison::default();
    comparison.value(required, provided);
    comparison.found
}

#[derive(Default)]
pub(super) struct Comparison {
    found: Vec<Difference>,
    path: Vec<String>,
    /// Pairs of named types that have been compared: each is told once, where it is met first.
    seen: BTreeSet<[usize; 2]>,
    required_version: Option<Version>,
    provided_version: Option<Version>,
}

impl Comparison {
    pub(super) fn at(&mut self, segment: String, compare: impl FnOnce(&mut Comparison)) {
        self.path.push(segment);
        compare(self);
        self.path.pop();
    }

    pub(super) fn report(&mut self, kind: DifferenceKind, required: String, provided: String) {
        let fixes = self.fixes(kind);
        self.report_with(kind, required, provided, fixes);
    }

    pub(super) fn report_with(
        &mut self,
        kind: DifferenceKind,
        required: String,
        provided: String,
        fixes: Vec<Fix>,
    ) {
        self.found.push(Difference {
            path: Path(self.path.clone()),
            kind,
            required,
            provided,
            required_version: self.required_version.clone(),
            provided_version: self.provided_version.clone(),
            fixes,
        });
    }

    pub(super) fn fixes(&self, kind: DifferenceKind) -> Vec<Fix> {
        let verdict = version(
            self.required_version.as_ref(),
            self.provided_version.as_ref(),
        );
        let pick = matches!(
            verdict,
            VersionVerdict::Incompatible | VersionVerdict::Older
        );
        let adapt = !matches!(
            kind,
            DifferenceKind::Async | DifferenceKind::Resource | DifferenceKind::FunctionMissing
        );
        let pick = pick.then_some(Fix::PickVersion);
        pick.into_iter()
            .chain(adapt.then_some(Fix::InsertAdapter))
            .collect()
    }

    fn missing_function(
        &mut self,
        function: &Function,
        required: &Interface,
        provided: &Interface,
    ) {
        let signature = print::signature(function);
        let is_new = |other: &&Function| {
            let known = |one: &Function| one.name == other.name && one.kind == other.kind;
            !required.functions.iter().any(known)
                && other.kind == function.kind
                && print::signature(other) == signature
        };
        let mut fixes = self.fixes(DifferenceKind::FunctionMissing);
        let renamed = provided.functions.iter().find(is_new);
        fixes.extend(renamed.map(|_| Fix::RenameLabel));
        if function.parameters.is_empty() && function.result.is_some() && !function.is_async {
            fixes.push(Fix::MakeBuffered);
        }
        let line = |function: &Function| {
            format!(
                "{}: {}",
                print::name(&function.name),
                print::signature(function)
            )
        };
        let instead = renamed.map(line).unwrap_or_default();
        self.report_with(
            DifferenceKind::FunctionMissing,
            line(function),
            instead,
            fixes,
        );
    }

    fn function(&mut self, required: &Function, provided: &Function) {
        if required.is_async != provided.is_async {
            let (required, provided) = (print::signature(required), print::signature(provided));
            self.report(DifferenceKind::Async, required, provided);
        }
        self.parameters(&required.parameters, &provided.parameters);
        match (&required.result, &provided.result) {
            (None, None) => {}
            (Some(required), Some(provided)) => self.result(required, provided),
            (required, provided) => {
                let text =
                    |side: &Option<ValueType>| side.as_ref().map(describe).unwrap_or_default();
                let (required, provided) = (text(required), text(provided));
                self.at("result".to_owned(), |inner| {
                    inner.report(DifferenceKind::Result, required, provided);
                });
            }
        }
    }

    /// The result of a function: `result ok` is one step of the path.
    fn result(&mut self, required: &ValueType, provided: &ValueType) {
        match (resolved(required), resolved(provided)) {
            (ValueType::Result { ok: a, err: b }, ValueType::Result { ok: c, err: d }) => {
                self.at("result ok".to_owned(), |inner| {
                    inner.payload(a.as_deref(), c.as_deref())
                });
                self.at("result err".to_owned(), |inner| {
                    inner.payload(b.as_deref(), d.as_deref())
                });
            }
            _ => self.at("result".to_owned(), |inner| inner.value(required, provided)),
        }
    }

    pub(super) fn value(&mut self, required: &ValueType, provided: &ValueType) {
        use ValueType as T;
        match (resolved(required), resolved(provided)) {
            (T::List(a), T::List(b)) => self.at("element".into(), |inner| inner.value(a, b)),
            (T::FixedList(a, n), T::FixedList(b, m)) => {
                if n != m {
                    self.report(
                        DifferenceKind::Length,
                        describe(required),
                        describe(provided),
                    );
                }
                self.at("element".into(), |inner| inner.value(a, b));
            }
            (T::Map(ka, va), T::Map(kb, vb)) => {
                self.at("key".into(), |inner| inner.value(ka, kb));
                self.at("value".into(), |inner| inner.value(va, vb));
            }
            (T::Option(a), T::Option(b)) => self.at("some".into(), |inner| inner.value(a, b)),
            (T::Result { ok: a, err: b }, T::Result { ok: c, err: d }) => {
                self.at("ok".into(), |inner| {
                    inner.payload(a.as_deref(), c.as_deref())
                });
                self.at("err".into(), |inner| {
                    inner.payload(b.as_deref(), d.as_deref())
                });
            }
            (T::Tuple(a), T::Tuple(b)) => self.tuple(a, b, [required, provided]),
            (T::Stream(a), T::Stream(b)) | (T::Future(a), T::Future(b)) => {
                let before = self.found.len();
                self.at("payload".into(), |inner| {
                    inner.payload(a.as_deref(), b.as_deref());
                });
                // An adapter copies values; it does not stand in a stream.
                for found in self.found.iter_mut().skip(before) {
                    found.fixes.retain(|fix| *fix != Fix::InsertAdapter);
                }
            }
            (T::Own(a), T::Own(b)) | (T::Borrow(a), T::Borrow(b)) => self.resource(a, b),
            (T::Named(a), T::Named(b)) => self.named(a, b),
            (a, b) if a == b => {}
            (a, b) => {
                let mut fixes = self.fixes(DifferenceKind::Type);
                if is_ok_of(a, b) || is_ok_of(b, a) {
                    fixes.push(Fix::MakeBuffered);
                }
                if has_handle(a) || has_handle(b) {
                    fixes.retain(|fix| *fix != Fix::InsertAdapter);
                }
                self.report_with(
                    DifferenceKind::Type,
                    describe(required),
                    describe(provided),
                    fixes,
                );
            }
        }
    }

    pub(super) fn payload(&mut self, required: Option<&ValueType>, provided: Option<&ValueType>) {
        match (required, provided) {
            (None, None) => {}
            (Some(required), Some(provided)) => self.value(required, provided),
            (required, provided) => {
                let text = |side: Option<&ValueType>| side.map(describe).unwrap_or_default();
                self.report(DifferenceKind::Payload, text(required), text(provided));
            }
        }
    }

    fn tuple(&mut self, a: &[ValueType], b: &[ValueType], whole: [&ValueType; 2]) {
        if a.len() != b.len() {
            let [required, provided] = whole;
            self.report(
                DifferenceKind::Members,
                describe(required),
                describe(provided),
            );
        }
        for (index, (a, b)) in a.iter().zip(b).enumerate() {
            self.at(format!("item {index}"), |inner| inner.value(a, b));
        }
    }

    /// As wac: by name. That both are one resource at run time is a matter of instances.
    fn resource(&mut self, required: &ResourceType, provided: &ResourceType) {
        if required.name != provided.name {
            let (required, provided) = (print::name(&required.name), print::name(&provided.name));
            self.report(DifferenceKind::Resource, required, provided);
        }
    }

    fn named(&mut self, required: &Arc<TypeDefinition>, provided: &Arc<TypeDefinition>) {
        let pair = [required, provided].map(|definition| Arc::as_ptr(definition) as usize);
        if Arc::ptr_eq(required, provided) || !self.seen.insert(pair) {
            return;
        }
        match (&required.kind, &provided.kind) {
            (TypeKind::Record(a), TypeKind::Record(b)) => self.record(a, b),
            (TypeKind::Variant(a), TypeKind::Variant(b)) => self.variant(a, b),
            (TypeKind::Enum(a), TypeKind::Enum(b)) => self.names("case", a, b),
            (TypeKind::Flags(a), TypeKind::Flags(b)) => self.names("flag", a, b),
            (TypeKind::Resource, TypeKind::Resource) if required.name == provided.name => {}
            _ => {
                let named = |definition: &Arc<TypeDefinition>| {
                    describe(&ValueType::Named(definition.clone()))
                };
                self.report(DifferenceKind::Type, named(required), named(provided));
            }
        }
    }
}

/// As the text of a difference has it: named types with their sort, `record reading`.
pub(super) fn describe(value_type: &ValueType) -> String {
    let text = print::value_type(value_type);
    match value_type {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(_) => format!("record {text}"),
            TypeKind::Variant(_) => format!("variant {text}"),
            TypeKind::Enum(_) => format!("enum {text}"),
            TypeKind::Flags(_) => format!("flags {text}"),
            TypeKind::Alias(target) => describe(target),
            TypeKind::Resource => format!("resource {text}"),
        },
        _ => text,
    }
}

fn function_path(interface: Option<&str>, function: &Function) -> String {
    let name = match &function.kind {
        FunctionKind::Free => function.name.clone(),
        FunctionKind::Method(resource) | FunctionKind::Static(resource) => {
            format!("{resource}.{}", function.name)
        }
        FunctionKind::Constructor(resource) => format!("{resource}.constructor"),
    };
    match interface {
        Some(interface) => format!("{interface}.{name}"),
        None => name,
    }
}

fn as_value(definition: &Arc<TypeDefinition>) -> ValueType {
    match definition.kind {
        TypeKind::Resource => ValueType::Own(ResourceType {
            owner: definition.owner.clone(),
            name: definition.name.clone(),
        }),
        _ => ValueType::Named(definition.clone()),
    }
}

/// Whether `whole` is `result<T, _>` and `part` is that T: one data element, with and without status.
fn is_ok_of(whole: &ValueType, part: &ValueType) -> bool {
    match whole {
        ValueType::Result { ok: Some(ok), .. } => value_difference(ok, part).is_empty(),
        _ => false,
    }
}

fn has_handle(value_type: &ValueType) -> bool {
    matches!(
        value_type,
        ValueType::Own(_)
            | ValueType::Borrow(_)
            | ValueType::Stream(_)
            | ValueType::Future(_)
            | ValueType::ErrorContext
    )
}
