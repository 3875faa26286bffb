//! The names within one interface: own types that are to be defined, others that are taken by
//! `use`. Knows nothing of what else the world holds.

use super::owned::Owned;
use crate::plan::GenerateError;
use autosar_wit::types::{InterfaceId, ResourceType, TypeDefinition, TypeKind, ValueType};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

/// The names within one interface, or at the root of the world.
pub(super) struct Scope {
    owner: Option<InterfaceId>,
    /// Whether it stands in its own package, where neighbours are named without it.
    pub(super) is_at_home: bool,
    /// Types of others: (owner, name there) → name here.
    uses: BTreeMap<(InterfaceId, String), String>,
    /// Names that `uses` should give: what the interface itself calls them.
    aliases: BTreeMap<(InterfaceId, String), String>,
    /// Still to be written, and whose they are.
    pending: Vec<(Arc<TypeDefinition>, String)>,
    pub(super) defined: BTreeMap<String, (Arc<TypeDefinition>, String)>,
}

impl Scope {
    pub(super) fn new(owner: Option<InterfaceId>) -> Self {
        Self {
            owner,
            is_at_home: false,
            uses: BTreeMap::new(),
            aliases: BTreeMap::new(),
            pending: Vec::new(),
            defined: BTreeMap::new(),
        }
    }

    pub(super) fn know(&mut self, types: &[Arc<TypeDefinition>]) {
        for definition in types {
            if let Some((owner, name)) = self.foreign_alias(definition) {
                self.aliases.insert((owner, name), definition.name.clone());
            }
        }
    }

    fn is_own(&self, owner: Option<&InterfaceId>) -> bool {
        owner.is_none() || owner == self.owner.as_ref()
    }

    /// The type of another interface that this one only renames.
    fn foreign_alias(&self, definition: &TypeDefinition) -> Option<(InterfaceId, String)> {
        if !self.is_own(definition.owner.as_ref()) {
            return None;
        }
        match &definition.kind {
            TypeKind::Alias(ValueType::Named(target)) if !self.is_own(target.owner.as_ref()) => {
                target
                    .owner
                    .clone()
                    .map(|owner| (owner, target.name.clone()))
            }
            _ => None,
        }
    }

    pub(super) fn define(&mut self, definition: &Arc<TypeDefinition>, user: &str) {
        self.pending.push((definition.clone(), user.to_owned()));
    }

    /// The type as it is written here.
    pub(super) fn name(
        &mut self,
        value: &ValueType,
        user: &str,
        owned: &mut Owned,
    ) -> Result<String, GenerateError> {
        let payload = |scope: &mut Self, value: &Option<Box<ValueType>>, owned: &mut Owned| {
            value
                .as_deref()
                .map(|value| scope.name(value, user, owned))
                .transpose()
        };
        Ok(match value {
            ValueType::Bool => "bool".into(),
            ValueType::U8 => "u8".into(),
            ValueType::U16 => "u16".into(),
            ValueType::U32 => "u32".into(),
            ValueType::U64 => "u64".into(),
            ValueType::S8 => "s8".into(),
            ValueType::S16 => "s16".into(),
            ValueType::S32 => "s32".into(),
            ValueType::S64 => "s64".into(),
            ValueType::F32 => "f32".into(),
            ValueType::F64 => "f64".into(),
            ValueType::Char => "char".into(),
            ValueType::String => "string".into(),
            ValueType::List(element) => format!("list<{}>", self.name(element, user, owned)?),
            ValueType::FixedList(element, length) => {
                format!("list<{}, {length}>", self.name(element, user, owned)?)
            }
            ValueType::Map(key, entry) => {
                let key = self.name(key, user, owned)?;
                format!("map<{key}, {}>", self.name(entry, user, owned)?)
            }
            ValueType::Option(some) => format!("option<{}>", self.name(some, user, owned)?),
            ValueType::Result { ok, err } => {
                match (payload(self, ok, owned)?, payload(self, err, owned)?) {
                    (None, None) => "result".into(),
                    (Some(ok), None) => format!("result<{ok}>"),
                    (ok, Some(err)) => {
                        format!("result<{}, {err}>", ok.as_deref().unwrap_or("_"))
                    }
                }
            }
            ValueType::Tuple(values) => {
                let names: Result<Vec<_>, _> = values
                    .iter()
                    .map(|value| self.name(value, user, owned))
                    .collect();
                format!("tuple<{}>", names?.join(", "))
            }
            ValueType::Named(definition) => self.named(definition, user, owned)?,
            ValueType::Own(resource) => self.resource(resource, user, owned)?,
            ValueType::Borrow(resource) => {
                format!("borrow<{}>", self.resource(resource, user, owned)?)
            }
            ValueType::Stream(_) | ValueType::Future(_) | ValueType::ErrorContext => {
                let what = "stream or future".to_owned();
                return Err(GenerateError::Unbufferable {
                    place: user.to_owned(),
                    what,
                });
            }
        })
    }

    fn named(
        &mut self,
        definition: &Arc<TypeDefinition>,
        user: &str,
        owned: &mut Owned,
    ) -> Result<String, GenerateError> {
        if let Some((owner, name)) = self.foreign_alias(definition)
            && let TypeKind::Alias(ValueType::Named(target)) = &definition.kind
        {
            owned.insert(target, user)?;
            self.aliases
                .insert((owner.clone(), name.clone()), definition.name.clone());
            return Ok(self.take(owner, &name));
        }
        match &definition.owner {
            Some(owner) if !self.is_own(Some(owner)) => {
                owned.insert(definition, user)?;
                Ok(self.take(owner.clone(), &definition.name))
            }
            _ => {
                self.define(definition, user);
                Ok(format!("%{}", definition.name))
            }
        }
    }

    fn resource(
        &mut self,
        resource: &ResourceType,
        user: &str,
        owned: &mut Owned,
    ) -> Result<String, GenerateError> {
        match &resource.owner {
            Some(owner) if !self.is_own(Some(owner)) => {
                owned.insert_resource(resource, user);
                Ok(self.take(owner.clone(), &resource.name))
            }
            _ => {
                let what = format!("resource `{}` of its own", resource.name);
                Err(GenerateError::Unbufferable {
                    place: user.to_owned(),
                    what,
                })
            }
        }
    }

    /// The name here of a type that another interface owns.
    fn take(&mut self, owner: InterfaceId, name: &str) -> String {
        let key = (owner, name.to_owned());
        if let Some(here) = self.uses.get(&key) {
            return format!("%{here}");
        }
        let wanted = self
            .aliases
            .get(&key)
            .cloned()
            .unwrap_or_else(|| name.to_owned());
        let taken: BTreeSet<&String> = self.uses.values().chain(self.defined.keys()).collect();
        let here = std::iter::once(wanted.clone())
            .chain((2..).map(|number| format!("{wanted}-n{number}")))
            .find(|candidate| !taken.contains(candidate))
            .unwrap_or(wanted);
        self.uses.insert(key, here.clone());
        format!("%{here}")
    }

    /// Writes the `use`s and own definitions that the names so far need.
    pub(super) fn write_types(
        &mut self,
        text: &mut String,
        owned: &mut Owned,
    ) -> Result<(), GenerateError> {
        let mut definitions = String::new();
        while let Some((definition, user)) = self.pending.pop() {
            let user = user.as_str();
            if self.foreign_alias(&definition).is_some() || !self.is_own(definition.owner.as_ref())
            {
                self.named(&definition, user, owned)?;
                continue;
            }
            if let Some((old, first)) = self.defined.get(&definition.name) {
                let owner = self
                    .owner
                    .as_ref()
                    .map_or("the world".into(), ToString::to_string);
                conflict(&owner, old, &definition, first, user)?;
                continue;
            }
            self.defined.insert(
                definition.name.clone(),
                (definition.clone(), user.to_owned()),
            );
            definitions.push_str(&self.definition(&definition, user, owned)?);
        }
        for ((owner, name), here) in &self.uses {
            let is_near = self.is_at_home
                && self.owner.as_ref().is_some_and(|own| {
                    (&own.namespace, &own.package, &own.version)
                        == (&owner.namespace, &owner.package, &owner.version)
                });
            let path = if is_near {
                format!("%{}", owner.interface)
            } else {
                path(owner)
            };
            match name == here {
                true => writeln!(text, "    use {path}.{{%{name}}};"),
                false => writeln!(text, "    use {path}.{{%{name} as %{here}}};"),
            }
            .map_err(|error| GenerateError::Bug(error.to_string()))?;
        }
        text.push_str(&definitions);
        Ok(())
    }

    fn definition(
        &mut self,
        definition: &TypeDefinition,
        user: &str,
        owned: &mut Owned,
    ) -> Result<String, GenerateError> {
        let name = &definition.name;
        let (word, members): (&str, Vec<String>) = match &definition.kind {
            TypeKind::Alias(target) => {
                return Ok(format!(
                    "    type %{name} = {};\n",
                    self.name(target, user, owned)?
                ));
            }
            TypeKind::Resource => return Ok(format!("    resource %{name};\n")),
            TypeKind::Enum(cases) => (
                "enum",
                cases.iter().map(|case| format!("%{case}")).collect(),
            ),
            TypeKind::Flags(labels) => (
                "flags",
                labels.iter().map(|label| format!("%{label}")).collect(),
            ),
            TypeKind::Record(fields) => {
                let mut members = Vec::new();
                for field in fields {
                    let value = self.name(&field.value, user, owned)?;
                    members.push(format!("%{}: {value}", field.name));
                }
                ("record", members)
            }
            TypeKind::Variant(cases) => {
                let mut members = Vec::new();
                for case in cases {
                    members.push(match &case.value {
                        Some(value) => {
                            format!("%{}({})", case.name, self.name(value, user, owned)?)
                        }
                        None => format!("%{}", case.name),
                    });
                }
                ("variant", members)
            }
        };
        Ok(format!("    {word} %{name} {{ {} }}\n", members.join(", ")))
    }
}

/// The interface as WIT writes it.
pub(super) fn path(owner: &InterfaceId) -> String {
    let version = owner
        .version
        .as_ref()
        .map(|version| format!("@{version}"))
        .unwrap_or_default();
    format!(
        "%{}:%{}/%{}{version}",
        owner.namespace, owner.package, owner.interface
    )
}

/// An error unless both definitions are one.
pub(super) fn conflict(
    owner: &str,
    old: &TypeDefinition,
    new: &TypeDefinition,
    first: &str,
    second: &str,
) -> Result<(), GenerateError> {
    let named = |definition: &TypeDefinition| ValueType::Named(Arc::new(definition.clone()));
    if crate::layout::same(&named(old), &named(new)) {
        return Ok(());
    }
    Err(GenerateError::Conflict {
        owner: owner.to_owned(),
        name: new.name.clone(),
        first: format!("`{first}`"),
        second: format!("`{second}`"),
    })
}
