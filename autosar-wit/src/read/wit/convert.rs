//! wit-parser's resolved types into ours.
#![allow(
    clippy::indexing_slicing,
    reason = "arenas of the parsers, indexed by ids that the same parser gave"
)]

use super::super::kind;
use crate::component::{ComponentType, Direction, Origin, Port, PortItem, PortKind};
use crate::metadata::Metadata;
use crate::types::{
    Case, Field, Function, FunctionKind, Interface, InterfaceId, ResourceType, TypeDefinition,
    TypeKind, ValueType,
};
use std::{collections::HashMap, sync::Arc};
use wit_parser as wit;
use wit_parser::{Resolve, TypeDefKind, TypeId, TypeOwner, WorldItem, WorldKey};

pub(super) struct Converter<'a> {
    resolve: &'a Resolve,
    named: HashMap<TypeId, Arc<TypeDefinition>>,
    interfaces: HashMap<wit::InterfaceId, Arc<Interface>>,
}

pub(super) fn docs(docs: &wit::Docs) -> String {
    docs.contents
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

impl<'a> Converter<'a> {
    pub(super) fn new(resolve: &'a Resolve) -> Converter<'a> {
        Converter {
            resolve,
            named: HashMap::new(),
            interfaces: HashMap::new(),
        }
    }

    pub(super) fn world(&mut self, id: wit::WorldId) -> ComponentType {
        let world = &self.resolve.worlds[id];
        let mut ports = Vec::new();
        for (key, item) in &world.imports {
            ports.extend(self.port(Direction::Required, key, item));
        }
        for (key, item) in &world.exports {
            ports.extend(self.port(Direction::Provided, key, item));
        }
        kind::assign(&mut ports, &Metadata::default());
        ComponentType {
            name: world.name.clone(),
            docs: docs(&world.docs),
            ports,
            origin: Origin::Wit,
            producers: Vec::new(),
            metadata: Metadata::default(),
        }
    }

    fn port(&mut self, direction: Direction, key: &WorldKey, item: &WorldItem) -> Option<Port> {
        let item = match item {
            WorldItem::Interface { id, .. } => PortItem::Interface((*self.interface(*id)).clone()),
            WorldItem::Function(function) => PortItem::Function(self.function(function)),
            WorldItem::Type { .. } => return None,
        };
        let name = match key {
            WorldKey::Name(name) => name.clone(),
            WorldKey::Interface(id) => self.resolve.id_of(*id)?,
        };
        Some(Port {
            direction,
            name,
            item,
            kind: PortKind::Types,
        })
    }

    pub(super) fn interface(&mut self, id: wit::InterfaceId) -> Arc<Interface> {
        if let Some(known) = self.interfaces.get(&id) {
            return known.clone();
        }
        let interface = &self.resolve.interfaces[id];
        let types = interface
            .types
            .values()
            .map(|id| self.definition(*id))
            .collect();
        let functions = interface
            .functions
            .values()
            .map(|f| self.function(f))
            .collect();
        let converted = Arc::new(Interface {
            id: self.interface_id(id),
            functions,
            types,
            docs: docs(&interface.docs),
        });
        self.interfaces.insert(id, converted.clone());
        converted
    }

    fn interface_id(&self, id: wit::InterfaceId) -> Option<InterfaceId> {
        let interface = &self.resolve.interfaces[id];
        let package = &self.resolve.packages[interface.package?].name;
        Some(InterfaceId {
            namespace: package.namespace.clone(),
            package: package.name.clone(),
            interface: interface.name.clone()?,
            version: package.version.clone(),
        })
    }

    fn owner(&self, owner: TypeOwner) -> Option<InterfaceId> {
        match owner {
            TypeOwner::Interface(id) => self.interface_id(id),
            TypeOwner::World(_) | TypeOwner::None => None,
        }
    }

    /// The definition of a type with a name; `use` under the same name is the owner's.
    fn definition(&mut self, id: TypeId) -> Arc<TypeDefinition> {
        if let Some(known) = self.named.get(&id) {
            return known.clone();
        }
        let type_def = &self.resolve.types[id];
        let name = type_def
            .name
            .clone()
            .unwrap_or_else(|| "unnamed".to_owned());
        let used = match type_def.kind {
            TypeDefKind::Type(wit::Type::Id(target)) => Some(target),
            _ => None,
        };
        let of_another = |target: &TypeId| {
            let target = &self.resolve.types[*target];
            target.name.as_ref() == Some(&name) && target.owner != type_def.owner
        };
        let definition = match used.filter(of_another) {
            Some(target) => self.definition(target),
            None => Arc::new(TypeDefinition {
                owner: self.owner(type_def.owner),
                name,
                kind: self.kind(&type_def.kind),
                docs: docs(&type_def.docs),
            }),
        };
        self.named.insert(id, definition.clone());
        definition
    }

    fn kind(&mut self, kind: &TypeDefKind) -> TypeKind {
        match kind {
            TypeDefKind::Record(record) => {
                let field = |field: &wit::Field| Field {
                    name: field.name.clone(),
                    value: self.value_type(&field.ty),
                    docs: docs(&field.docs),
                };
                TypeKind::Record(record.fields.iter().map(field).collect())
            }
            TypeDefKind::Variant(variant) => {
                let case = |case: &wit::Case| Case {
                    name: case.name.clone(),
                    value: case.ty.map(|value| self.value_type(&value)),
                    docs: docs(&case.docs),
                };
                TypeKind::Variant(variant.cases.iter().map(case).collect())
            }
            TypeDefKind::Enum(names) => {
                TypeKind::Enum(names.cases.iter().map(|case| case.name.clone()).collect())
            }
            TypeDefKind::Flags(names) => {
                TypeKind::Flags(names.flags.iter().map(|flag| flag.name.clone()).collect())
            }
            TypeDefKind::Resource => TypeKind::Resource,
            other => TypeKind::Alias(self.inline(other)),
        }
    }

    fn value_type(&mut self, value_type: &wit::Type) -> ValueType {
        match value_type {
            wit::Type::Bool => ValueType::Bool,
            wit::Type::U8 => ValueType::U8,
            wit::Type::U16 => ValueType::U16,
            wit::Type::U32 => ValueType::U32,
            wit::Type::U64 => ValueType::U64,
            wit::Type::S8 => ValueType::S8,
            wit::Type::S16 => ValueType::S16,
            wit::Type::S32 => ValueType::S32,
            wit::Type::S64 => ValueType::S64,
            wit::Type::F32 => ValueType::F32,
            wit::Type::F64 => ValueType::F64,
            wit::Type::Char => ValueType::Char,
            wit::Type::String => ValueType::String,
            wit::Type::ErrorContext => ValueType::ErrorContext,
            wit::Type::Id(id) => self.by_id(*id),
        }
    }

    fn by_id(&mut self, id: TypeId) -> ValueType {
        let type_def = &self.resolve.types[id];
        if type_def.name.is_none() {
            return self.inline(&type_def.kind);
        }
        let definition = self.definition(id);
        match &definition.kind {
            TypeKind::Resource => ValueType::Own(ResourceType {
                owner: definition.owner.clone(),
                name: definition.name.clone(),
            }),
            _ => ValueType::Named(definition),
        }
    }

    /// A type written in place. The kinds that need a name are handled by [`Converter::kind`].
    fn inline(&mut self, kind: &TypeDefKind) -> ValueType {
        match kind {
            TypeDefKind::List(element) => ValueType::List(self.boxed(element)),
            TypeDefKind::FixedLengthList(element, count) => {
                ValueType::FixedList(self.boxed(element), *count)
            }
            TypeDefKind::Map(key, value) => ValueType::Map(self.boxed(key), self.boxed(value)),
            TypeDefKind::Option(some) => ValueType::Option(self.boxed(some)),
            TypeDefKind::Result(result) => ValueType::Result {
                ok: self.optional(&result.ok),
                err: self.optional(&result.err),
            },
            TypeDefKind::Tuple(tuple) => ValueType::Tuple(
                tuple
                    .types
                    .iter()
                    .map(|member| self.value_type(member))
                    .collect(),
            ),
            TypeDefKind::Handle(wit::Handle::Own(resource)) => {
                ValueType::Own(self.resource(*resource))
            }
            TypeDefKind::Handle(wit::Handle::Borrow(resource)) => {
                ValueType::Borrow(self.resource(*resource))
            }
            TypeDefKind::Future(payload) => ValueType::Future(self.optional(payload)),
            TypeDefKind::Stream(payload) => ValueType::Stream(self.optional(payload)),
            TypeDefKind::Type(target) => self.value_type(target),
            named => ValueType::Named(Arc::new(TypeDefinition {
                owner: None,
                name: "unnamed".to_owned(),
                kind: self.kind(named),
                docs: String::new(),
            })),
        }
    }

    /// The resource behind a handle, under the name that its owner gave it.
    fn resource(&mut self, id: TypeId) -> ResourceType {
        let mut id = id;
        while let TypeDefKind::Type(wit::Type::Id(target)) = self.resolve.types[id].kind {
            id = target;
        }
        let type_def = &self.resolve.types[id];
        ResourceType {
            owner: self.owner(type_def.owner),
            name: type_def
                .name
                .clone()
                .unwrap_or_else(|| "unnamed".to_owned()),
        }
    }

    fn boxed(&mut self, value_type: &wit::Type) -> Box<ValueType> {
        Box::new(self.value_type(value_type))
    }

    fn optional(&mut self, value_type: &Option<wit::Type>) -> Option<Box<ValueType>> {
        value_type.as_ref().map(|value_type| self.boxed(value_type))
    }

    fn function(&mut self, function: &wit::Function) -> Function {
        use wit::FunctionKind as Kind;
        let resource = |id: &TypeId| self.resolve.types[*id].name.clone().unwrap_or_default();
        let kind = match &function.kind {
            Kind::Freestanding | Kind::AsyncFreestanding => FunctionKind::Free,
            Kind::Method(id) | Kind::AsyncMethod(id) => FunctionKind::Method(resource(id)),
            Kind::Static(id) | Kind::AsyncStatic(id) => FunctionKind::Static(resource(id)),
            Kind::Constructor(id) => FunctionKind::Constructor(resource(id)),
        };
        let parameters = function.params.iter();
        Function {
            name: match &kind {
                FunctionKind::Constructor(resource) => resource.clone(),
                _ => function.item_name().to_owned(),
            },
            kind,
            parameters: parameters
                .map(|parameter| (parameter.name.clone(), self.value_type(&parameter.ty)))
                .collect(),
            result: function.result.map(|result| self.value_type(&result)),
            is_async: function.kind.is_async(),
            docs: docs(&function.docs),
        }
    }
}
