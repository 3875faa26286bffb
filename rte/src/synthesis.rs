//! Worlds of generated components, written as WIT: interfaces stand inline under plain names, so
//! that instances which were trimmed differently never meet; only the types that another
//! interface owns are imported by its id, as the union of what all of them know.
//! Knows nothing of what the components do.

use crate::plan::GenerateError;
use autosar_wit::{
    component::PortItem,
    types::{
        Function, FunctionKind, Interface, InterfaceId, ResourceType, TypeDefinition, TypeKind,
        ValueType,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

/// The host's interfaces; what is not called of them is left out when the component is made.
const ECU: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../autosar-wit/wit/wireloom-ecu.wit"
));
const ECU_HEAD: &str = "package wireloom:ecu@0.1.0;";
const ECU_INTERFACES: [&str; 6] = ["clock", "meter", "elements", "frames", "buses", "probes"];

/// A world in the making.
#[derive(Debug, Default)]
pub(crate) struct World {
    imports: Vec<Extern>,
    exports: Vec<Extern>,
}

#[derive(Debug)]
struct Extern {
    name: String,
    item: PortItem,
    /// Whose type it is, for messages.
    user: String,
}

impl World {
    pub(crate) fn import(&mut self, name: &str, item: PortItem, user: &str) {
        self.imports.push(Extern {
            name: name.to_owned(),
            item,
            user: user.to_owned(),
        });
    }

    pub(crate) fn export(&mut self, name: &str, item: PortItem, user: &str) {
        self.exports.push(Extern {
            name: name.to_owned(),
            item,
            user: user.to_owned(),
        });
    }

    /// The component of that core module, which follows the names of `wit-component`.
    pub(crate) fn component(&self, mut core: Vec<u8>) -> Result<Vec<u8>, GenerateError> {
        let text = self.text()?;
        let bug = |error: &dyn std::fmt::Display| GenerateError::Bug(error.to_string());
        let mut resolve = Resolve::default();
        let package = resolve
            .push_source("glue.wit", &text)
            .map_err(|error| bug(&format!("{error:#}")))?;
        let world = resolve
            .select_world(&[package], Some("glue"))
            .map_err(|error| bug(&format!("{error:#}")))?;
        wit_component::embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8)
            .map_err(|error| bug(&format!("{error:#}")))?;
        ComponentEncoder::default()
            .module(&core)
            .and_then(|encoder| encoder.merge_imports_based_on_semver(false).encode())
            .map_err(|error| bug(&format!("{error:#}")))
    }

    fn text(&self) -> Result<String, GenerateError> {
        let mut owned = Owned::default();
        for resource in [i2c(), delay()] {
            owned.insert_resource(&resource, "the buses");
        }
        let mut root = Scope::new(None);
        let mut body = String::new();
        for interface in ECU_INTERFACES {
            let _ = writeln!(body, "  import wireloom:ecu/{interface}@0.1.0;");
        }
        for (word, externs) in [("import", &self.imports), ("export", &self.exports)] {
            for one in externs {
                if let PortItem::Interface(interface) = &one.item
                    && one.name.contains(':')
                {
                    owned.insert_interface(interface, &one.user)?;
                    let name = interface.id.as_ref().map_or_else(|| one.name.clone(), path);
                    let _ = writeln!(body, "  {word} {name};");
                    continue;
                }
                let item = match &one.item {
                    PortItem::Interface(interface) => {
                        let every = word == "export";
                        inline(interface, every, &one.user, &mut owned)?
                    }
                    PortItem::Function(function) => {
                        signature(function, &mut root, &one.user, &mut owned)? + ";"
                    }
                };
                let _ = writeln!(body, "  {word} %{}: {item}", one.name);
            }
        }
        let mut head = String::new();
        root.write_types(&mut head, &mut owned)?;
        let mut text = format!("package wireloom:glue;\nworld glue {{\n{head}{body}}}\n");
        text.push_str(&owned.packages()?);
        let ecu = ECU.split_once(ECU_HEAD).map_or("", |(_, rest)| rest);
        let _ = writeln!(text, "package wireloom:ecu@0.1.0 {{{ecu}}}");
        Ok(text)
    }
}

/// The resource whose handles `buses.open-i2c` gives.
pub(crate) fn i2c() -> ResourceType {
    of_draft("i2c")
}

/// The resource whose handles `buses.open-delay` gives.
pub(crate) fn delay() -> ResourceType {
    of_draft("delay")
}

/// Both interfaces of the draft have one resource of the same name.
fn of_draft(name: &str) -> ResourceType {
    let owner = InterfaceId {
        namespace: "wasi".into(),
        package: "i2c".into(),
        interface: name.into(),
        version: semver("0.2.0-draft"),
    };
    ResourceType {
        owner: Some(owner),
        name: name.into(),
    }
}

fn semver(text: &str) -> Option<semver::Version> {
    semver::Version::parse(text).ok()
}

/// An interface in place: own types defined, others taken by `use`.
fn inline(
    interface: &Interface,
    every_type: bool,
    user: &str,
    owned: &mut Owned,
) -> Result<String, GenerateError> {
    let mut scope = Scope::new(interface.id.clone());
    scope.know(&interface.types);
    let mut functions = String::new();
    for function in &interface.functions {
        let signature = signature(function, &mut scope, user, owned)?;
        let _ = writeln!(functions, "    %{}: {signature};", function.name);
    }
    if every_type {
        for definition in &interface.types {
            scope.define(definition, user);
        }
    }
    let mut types = String::new();
    scope.write_types(&mut types, owned)?;
    Ok(format!("interface {{\n{types}{functions}  }}"))
}

fn signature(
    function: &Function,
    scope: &mut Scope,
    user: &str,
    owned: &mut Owned,
) -> Result<String, GenerateError> {
    let place = || format!("{user}#{}", function.name);
    if function.is_async {
        return Err(GenerateError::Asynchronous { place: place() });
    }
    if function.kind != FunctionKind::Free {
        let what = "method of a resource".to_owned();
        return Err(GenerateError::Unbufferable {
            place: place(),
            what,
        });
    }
    let mut text = String::from("func(");
    for (name, value) in &function.parameters {
        let _ = write!(text, "%{name}: {}, ", scope.name(value, user, owned)?);
    }
    text.push(')');
    if let Some(result) = &function.result {
        let _ = write!(text, " -> {}", scope.name(result, user, owned)?);
    }
    Ok(text)
}

/// The names within one interface, or at the root of the world.
struct Scope {
    owner: Option<InterfaceId>,
    /// Whether it stands in its own package, where neighbours are named without it.
    is_at_home: bool,
    /// Types of others: (owner, name there) → name here.
    uses: BTreeMap<(InterfaceId, String), String>,
    /// Names that `uses` should give: what the interface itself calls them.
    aliases: BTreeMap<(InterfaceId, String), String>,
    /// Still to be written, and whose they are.
    pending: Vec<(Arc<TypeDefinition>, String)>,
    defined: BTreeMap<String, (Arc<TypeDefinition>, String)>,
}

impl Scope {
    fn new(owner: Option<InterfaceId>) -> Self {
        Self {
            owner,
            is_at_home: false,
            uses: BTreeMap::new(),
            aliases: BTreeMap::new(),
            pending: Vec::new(),
            defined: BTreeMap::new(),
        }
    }

    fn know(&mut self, types: &[Arc<TypeDefinition>]) {
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

    fn define(&mut self, definition: &Arc<TypeDefinition>, user: &str) {
        self.pending.push((definition.clone(), user.to_owned()));
    }

    /// The type as it is written here.
    fn name(
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
    fn write_types(&mut self, text: &mut String, owned: &mut Owned) -> Result<(), GenerateError> {
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

fn path(owner: &InterfaceId) -> String {
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

fn conflict(
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

/// Types that interfaces outside own: the union of what all users know of each interface.
#[derive(Default)]
struct Owned {
    interfaces: BTreeMap<InterfaceId, BTreeMap<String, (Arc<TypeDefinition>, String)>>,
    functions: BTreeMap<InterfaceId, (Interface, String)>,
}

impl Owned {
    fn insert(
        &mut self,
        definition: &Arc<TypeDefinition>,
        user: &str,
    ) -> Result<(), GenerateError> {
        let Some(owner) = &definition.owner else {
            return Ok(());
        };
        let types = self.interfaces.entry(owner.clone()).or_default();
        match types.get(&definition.name) {
            Some((old, first)) => conflict(&owner.to_string(), old, definition, first, user),
            None => {
                types.insert(
                    definition.name.clone(),
                    (definition.clone(), user.to_owned()),
                );
                Ok(())
            }
        }
    }

    fn insert_resource(&mut self, resource: &ResourceType, user: &str) {
        let Some(owner) = &resource.owner else { return };
        let definition = TypeDefinition {
            owner: Some(owner.clone()),
            name: resource.name.clone(),
            kind: TypeKind::Resource,
            docs: String::new(),
        };
        let types = self.interfaces.entry(owner.clone()).or_default();
        types
            .entry(resource.name.clone())
            .or_insert_with(|| (Arc::new(definition), user.to_owned()));
    }

    /// An interface that is imported or exported by its id, whole.
    fn insert_interface(&mut self, interface: &Interface, user: &str) -> Result<(), GenerateError> {
        let Some(id) = &interface.id else {
            return Ok(());
        };
        self.interfaces.entry(id.clone()).or_default();
        for definition in &interface.types {
            if definition.owner.as_ref() == Some(id) {
                self.insert(definition, user)?;
            }
        }
        self.functions
            .insert(id.clone(), (interface.clone(), user.to_owned()));
        Ok(())
    }

    fn packages(mut self) -> Result<String, GenerateError> {
        let mut done: BTreeMap<InterfaceId, String> = BTreeMap::new();
        // Writing one interface can ask for more types of another: again until nothing is new.
        loop {
            let before = self.count();
            for id in self.interfaces.keys().cloned().collect::<Vec<_>>() {
                let text = self.interface(&id)?;
                done.insert(id, text);
            }
            if self.count() == before {
                break;
            }
        }
        let mut packages: BTreeMap<String, String> = BTreeMap::new();
        for (id, text) in done {
            let version = id.version.as_ref().map(|version| format!("@{version}"));
            let head = format!(
                "%{}:%{}{}",
                id.namespace,
                id.package,
                version.unwrap_or_default()
            );
            let package = packages.entry(head).or_default();
            let _ = writeln!(package, "  interface %{} {{\n{text}  }}", id.interface);
        }
        Ok(packages
            .iter()
            .map(|(head, text)| format!("package {head} {{\n{text}}}\n"))
            .collect())
    }

    fn count(&self) -> usize {
        self.interfaces.values().map(|types| types.len() + 1).sum()
    }

    fn interface(&mut self, id: &InterfaceId) -> Result<String, GenerateError> {
        let mut scope = Scope {
            is_at_home: true,
            ..Scope::new(Some(id.clone()))
        };
        let types: Vec<_> = self
            .interfaces
            .get(id)
            .into_iter()
            .flat_map(BTreeMap::values)
            .cloned()
            .collect();
        let mut functions = String::new();
        if let Some((interface, user)) = self.functions.get(id).cloned() {
            scope.know(&interface.types);
            for definition in &interface.types {
                scope.define(definition, &user);
            }
            for function in &interface.functions {
                let signature = signature(function, &mut scope, &user, self)?;
                let _ = writeln!(functions, "    %{}: {signature};", function.name);
            }
        }
        let mut text = String::new();
        for (definition, user) in &types {
            scope.define(definition, user);
            scope.write_types(&mut String::new(), self)?;
            // What the definition names besides itself is an own type of the interface too.
            for (own, first) in scope.defined.values().cloned().collect::<Vec<_>>() {
                self.insert(&own, &first)?;
            }
        }
        scope.defined.clear();
        for (definition, user) in &types {
            scope.define(definition, user);
        }
        scope.write_types(&mut text, self)?;
        Ok(text + &functions)
    }
}
