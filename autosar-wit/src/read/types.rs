//! Validated binary types into ours. Names of types come from the interfaces that export them; a
//! type taken by `use` is the definition of its owner. Recursion is bounded: the validator refuses
//! types that are nested deeper than 100 levels.
#![allow(
    clippy::indexing_slicing,
    reason = "arenas of the parsers, indexed by ids that the same parser gave"
)]

use super::{ReadError, binary::Binary, docs, kind};
use crate::component::{ComponentType, Direction, Origin, Port, PortItem, PortKind};
use crate::types::{
    Case, Field, Function, FunctionKind, Interface, InterfaceId, ResourceType, TypeDefinition,
    TypeKind, ValueType,
};
use std::{collections::HashMap, sync::Arc};
use wasmparser::{
    PrimitiveValType,
    component_types::{
        ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
        ComponentFuncTypeId, ComponentInstanceTypeId, ComponentItem, ComponentValType, ResourceId,
    },
    names::{ComponentName, ComponentNameKind},
    types::{Types, TypesRef},
};

pub(super) fn component(
    binary: Binary,
    size_bytes: usize,
    file: &str,
) -> Result<ComponentType, ReadError> {
    let mut converter = Converter::new(&binary.types, file);
    let mut ports = Vec::new();
    for (name, item) in &binary.imports {
        ports.extend(converter.port(Direction::Required, name, item)?);
    }
    for (name, item) in &binary.exports {
        ports.extend(converter.port(Direction::Provided, name, item)?);
    }
    kind::assign(&mut ports, &binary.metadata);
    let mut component_type = ComponentType {
        name: binary.name.unwrap_or_else(|| stem(file)),
        docs: String::new(),
        ports,
        origin: Origin::Component {
            size_bytes: size_bytes as u64,
        },
        producers: binary.producers,
        metadata: binary.metadata,
    };
    if let Some(section) = &binary.docs {
        docs::add(&mut component_type, section);
    }
    Ok(component_type)
}

/// `build/fan.wasm` → `fan`.
fn stem(file: &str) -> String {
    let last = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = last.split('.').next().unwrap_or(last);
    if stem.is_empty() {
        "component".to_owned()
    } else {
        stem.to_owned()
    }
}

struct Converter<'a> {
    types: TypesRef<'a>,
    file: &'a str,
    /// Types with a name, by the id that exporting them made.
    named: HashMap<ComponentAnyTypeId, Arc<TypeDefinition>>,
    resources: HashMap<ResourceId, ResourceType>,
    /// Definitions of the interface at hand.
    at_hand: Vec<Arc<TypeDefinition>>,
}

impl<'a> Converter<'a> {
    fn new(types: &'a Types, file: &'a str) -> Converter<'a> {
        Converter {
            types: types.as_ref(),
            file,
            named: HashMap::new(),
            resources: HashMap::new(),
            at_hand: Vec::new(),
        }
    }

    fn port(
        &mut self,
        direction: Direction,
        name: &str,
        item: &ComponentItem,
    ) -> Result<Option<Port>, ReadError> {
        let item = match item.ty {
            ComponentEntityType::Instance(instance) => {
                PortItem::Interface(self.interface(instance, interface_id(name, item))?)
            }
            ComponentEntityType::Func(function) => {
                PortItem::Function(self.function(name, function)?)
            }
            ComponentEntityType::Type { created, .. } => {
                self.definition(name, created, None)?;
                return Ok(None);
            }
            ComponentEntityType::Module(_) => return self.no_port(direction, name, "core module"),
            ComponentEntityType::Component(_) => return self.no_port(direction, name, "component"),
            ComponentEntityType::Value(_) => return self.no_port(direction, name, "value"),
        };
        // The kind follows once all ports are known.
        Ok(Some(Port {
            direction,
            name: name.to_owned(),
            item,
            kind: PortKind::Types,
        }))
    }

    /// Exports that are no ports do no harm; such imports can never be connected.
    fn no_port(
        &self,
        direction: Direction,
        import: &str,
        sort: &'static str,
    ) -> Result<Option<Port>, ReadError> {
        match direction {
            Direction::Provided => Ok(None),
            Direction::Required => Err(ReadError::Import {
                name: self.file.to_owned(),
                import: import.to_owned(),
                sort,
            }),
        }
    }

    fn interface(
        &mut self,
        instance: ComponentInstanceTypeId,
        id: Option<InterfaceId>,
    ) -> Result<Interface, ReadError> {
        let mut functions = Vec::new();
        self.at_hand.clear();
        let types = self.types;
        for (name, item) in &types[instance].exports {
            match item.ty {
                ComponentEntityType::Type { created, .. } => {
                    if let Some(definition) = self.definition(name, created, id.as_ref())? {
                        self.at_hand.push(definition);
                    }
                }
                ComponentEntityType::Func(function) => {
                    functions.push(self.function(name, function)?)
                }
                // Instances, modules and components inside an interface have no WIT.
                _ => {}
            }
        }
        let types = std::mem::take(&mut self.at_hand);
        Ok(Interface {
            id,
            functions,
            types,
            docs: String::new(),
        })
    }

    /// The type exported as `name`: one that is known already (by `use`), or a new one.
    fn definition(
        &mut self,
        name: &str,
        created: ComponentAnyTypeId,
        owner: Option<&InterfaceId>,
    ) -> Result<Option<Arc<TypeDefinition>>, ReadError> {
        let known = self.known(created);
        let definition = match (known, created) {
            (Some(known), _) if known.name == name => known,
            (Some(known), _) => self.define(name, owner, TypeKind::Alias(by_name(known))),
            (None, ComponentAnyTypeId::Resource(resource)) => {
                match self.resources.get(&resource.resource()) {
                    Some(known) => {
                        let alias = TypeKind::Alias(ValueType::Own(known.clone()));
                        self.define(name, owner, alias)
                    }
                    None => {
                        let resource_type = ResourceType {
                            owner: owner.cloned(),
                            name: name.to_owned(),
                        };
                        self.resources.insert(resource.resource(), resource_type);
                        self.define(name, owner, TypeKind::Resource)
                    }
                }
            }
            (None, ComponentAnyTypeId::Defined(defined)) => {
                let kind = self.kind(defined)?;
                self.define(name, owner, kind)
            }
            (None, _) => return Ok(None),
        };
        self.named.insert(created, definition.clone());
        Ok(Some(definition))
    }

    fn define(
        &self,
        name: &str,
        owner: Option<&InterfaceId>,
        kind: TypeKind,
    ) -> Arc<TypeDefinition> {
        let docs = String::new();
        Arc::new(TypeDefinition {
            owner: owner.cloned(),
            name: name.to_owned(),
            kind,
            docs,
        })
    }

    /// The definition behind an id or behind what it is an alias of.
    fn known(&self, id: ComponentAnyTypeId) -> Option<Arc<TypeDefinition>> {
        let mut id = id;
        loop {
            if let Some(definition) = self.named.get(&id) {
                return Some(definition.clone());
            }
            id = self.types.peel_alias(id)?;
        }
    }

    fn function(&mut self, name: &str, id: ComponentFuncTypeId) -> Result<Function, ReadError> {
        let types = self.types;
        let function = &types[id];
        let (name, kind) = function_name(name);
        let mut parameters = Vec::with_capacity(function.params.len());
        for (parameter, value_type) in &function.params {
            let value_type = self.value_type(value_type)?;
            parameters.push((parameter.to_string(), value_type));
        }
        let result = match &function.result {
            Some(result) => Some(self.value_type(result)?),
            None => None,
        };
        let docs = String::new();
        Ok(Function {
            name,
            kind,
            parameters,
            result,
            is_async: function.async_,
            docs,
        })
    }

    fn value_type(&mut self, value_type: &ComponentValType) -> Result<ValueType, ReadError> {
        match value_type {
            ComponentValType::Primitive(primitive) => Ok(primitive_type(*primitive)),
            ComponentValType::Type(id) => match self.known(ComponentAnyTypeId::Defined(*id)) {
                Some(definition) => Ok(by_name(definition)),
                None => match self.kind(*id)? {
                    TypeKind::Alias(inline) => Ok(inline),
                    kind => Ok(ValueType::Named(self.unnamed(kind))),
                },
            },
        }
    }

    /// A record, variant, enum or flags that was reached without a name: the one of that shape in
    /// the interface, else it stays without a name.
    fn unnamed(&self, kind: TypeKind) -> Arc<TypeDefinition> {
        match self
            .at_hand
            .iter()
            .find(|definition| definition.kind == kind)
        {
            Some(definition) => definition.clone(),
            None => self.define("unnamed", None, kind),
        }
    }

    fn boxed(&mut self, value_type: &ComponentValType) -> Result<Box<ValueType>, ReadError> {
        self.value_type(value_type).map(Box::new)
    }

    fn optional(
        &mut self,
        value_type: &Option<ComponentValType>,
    ) -> Result<Option<Box<ValueType>>, ReadError> {
        value_type
            .as_ref()
            .map(|value_type| self.boxed(value_type))
            .transpose()
    }

    /// Its definition; what needs no name is an alias.
    fn kind(&mut self, id: ComponentDefinedTypeId) -> Result<TypeKind, ReadError> {
        let types = self.types;
        Ok(TypeKind::Alias(match &types[id] {
            ComponentDefinedType::Primitive(primitive) => primitive_type(*primitive),
            ComponentDefinedType::Record(record) => {
                let mut fields = Vec::with_capacity(record.fields.len());
                for (name, value_type) in &record.fields {
                    let value = self.value_type(value_type)?;
                    fields.push(Field {
                        name: name.to_string(),
                        value,
                        docs: String::new(),
                    });
                }
                return Ok(TypeKind::Record(fields));
            }
            ComponentDefinedType::Variant(variant) => {
                let mut cases = Vec::with_capacity(variant.cases.len());
                for (name, case) in &variant.cases {
                    let value = self.optional(&case.ty)?.map(|value| *value);
                    cases.push(Case {
                        name: name.to_string(),
                        value,
                        docs: String::new(),
                    });
                }
                return Ok(TypeKind::Variant(cases));
            }
            ComponentDefinedType::Enum(names) => {
                return Ok(TypeKind::Enum(
                    names.iter().map(ToString::to_string).collect(),
                ));
            }
            ComponentDefinedType::Flags(names) => {
                return Ok(TypeKind::Flags(
                    names.iter().map(ToString::to_string).collect(),
                ));
            }
            ComponentDefinedType::List { element, .. } => ValueType::List(self.boxed(element)?),
            ComponentDefinedType::FixedLengthList {
                element, length, ..
            } => ValueType::FixedList(self.boxed(element)?, *length),
            ComponentDefinedType::Map { key, value, .. } => {
                ValueType::Map(self.boxed(key)?, self.boxed(value)?)
            }
            ComponentDefinedType::Tuple(tuple) => {
                let members = tuple.types.iter().map(|member| self.value_type(member));
                ValueType::Tuple(members.collect::<Result<_, _>>()?)
            }
            ComponentDefinedType::Option { ty, .. } => ValueType::Option(self.boxed(ty)?),
            ComponentDefinedType::Result { ok, err, .. } => ValueType::Result {
                ok: self.optional(ok)?,
                err: self.optional(err)?,
            },
            ComponentDefinedType::Own(resource) => {
                ValueType::Own(self.resource(resource.resource()))
            }
            ComponentDefinedType::Borrow(resource) => {
                ValueType::Borrow(self.resource(resource.resource()))
            }
            ComponentDefinedType::Future { ty, .. } => ValueType::Future(self.optional(ty)?),
            ComponentDefinedType::Stream { ty, .. } => ValueType::Stream(self.optional(ty)?),
        }))
    }

    fn resource(&self, id: ResourceId) -> ResourceType {
        let unnamed = || ResourceType {
            owner: None,
            name: "unnamed".to_owned(),
        };
        self.resources.get(&id).cloned().unwrap_or_else(unnamed)
    }
}

/// The interface that a port has: by its `implements` annotation, else by its name.
fn interface_id(name: &str, item: &ComponentItem) -> Option<InterfaceId> {
    let id = item.implements.as_deref().unwrap_or(name);
    match &item.version_suffix {
        Some(suffix) => format!("{id}{suffix}").parse().ok(),
        None => id.parse().ok(),
    }
}

fn function_name(name: &str) -> (String, FunctionKind) {
    let Ok(parsed) = ComponentName::new(name, 0) else {
        return (name.to_owned(), FunctionKind::Free);
    };
    match parsed.kind() {
        ComponentNameKind::Method(function) => (
            function.method().to_string(),
            FunctionKind::Method(function.resource().to_string()),
        ),
        ComponentNameKind::Static(function) => (
            function.method().to_string(),
            FunctionKind::Static(function.resource().to_string()),
        ),
        ComponentNameKind::Constructor(resource) => (
            resource.to_string(),
            FunctionKind::Constructor(resource.to_string()),
        ),
        _ => (name.to_owned(), FunctionKind::Free),
    }
}

/// A use of a named type: handles point to resources, everything else is the definition.
fn by_name(definition: Arc<TypeDefinition>) -> ValueType {
    match definition.kind {
        TypeKind::Resource => ValueType::Own(ResourceType {
            owner: definition.owner.clone(),
            name: definition.name.clone(),
        }),
        _ => ValueType::Named(definition),
    }
}

fn primitive_type(primitive: PrimitiveValType) -> ValueType {
    match primitive {
        PrimitiveValType::Bool => ValueType::Bool,
        PrimitiveValType::S8 => ValueType::S8,
        PrimitiveValType::U8 => ValueType::U8,
        PrimitiveValType::S16 => ValueType::S16,
        PrimitiveValType::U16 => ValueType::U16,
        PrimitiveValType::S32 => ValueType::S32,
        PrimitiveValType::U32 => ValueType::U32,
        PrimitiveValType::S64 => ValueType::S64,
        PrimitiveValType::U64 => ValueType::U64,
        PrimitiveValType::F32 => ValueType::F32,
        PrimitiveValType::F64 => ValueType::F64,
        PrimitiveValType::Char => ValueType::Char,
        PrimitiveValType::String => ValueType::String,
        PrimitiveValType::ErrorContext => ValueType::ErrorContext,
    }
}
