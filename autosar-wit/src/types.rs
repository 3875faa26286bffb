//! Types of the Component Model as plain data: what wires compare, the generator lays out and the
//! window prints. Structural, with the names that WIT gives; knows nothing of where they were read.
//!
//! Source: Component Model, `WIT.md` and `Explainer.md` ("Type definitions").

use semver::Version;
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// `namespace:package/interface@version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InterfaceId {
    pub namespace: String,
    pub package: String,
    pub interface: String,
    pub version: Option<Version>,
}

/// The type of a value, or of a handle.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ValueType {
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    String,
    List(Box<ValueType>),
    /// `list<T, n>`
    FixedList(Box<ValueType>, u32),
    /// `map<K, V>`
    Map(Box<ValueType>, Box<ValueType>),
    Option(Box<ValueType>),
    Result {
        ok: Option<Box<ValueType>>,
        err: Option<Box<ValueType>>,
    },
    Tuple(Vec<ValueType>),
    /// A type with a name: record, variant, enum, flags or alias.
    Named(Arc<TypeDefinition>),
    Own(ResourceType),
    Borrow(ResourceType),
    Stream(Option<Box<ValueType>>),
    Future(Option<Box<ValueType>>),
    ErrorContext,
}

/// A named type and the interface that defines it (`None`: the world itself).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TypeDefinition {
    pub owner: Option<InterfaceId>,
    pub name: String,
    pub kind: TypeKind,
    pub docs: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypeKind {
    Record(Vec<Field>),
    Variant(Vec<Case>),
    Enum(Vec<String>),
    Flags(Vec<String>),
    Alias(ValueType),
    Resource,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub value: ValueType,
    pub docs: String,
}

/// A case of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    pub value: Option<ValueType>,
    pub docs: String,
}

/// The resource that a handle points to; resources are equal only by the instance that defines them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResourceType {
    pub owner: Option<InterfaceId>,
    pub name: String,
}

/// A function of an interface or a world.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Function {
    /// As WIT writes it: `step`, or `transaction` of `FunctionKind::Method("i2c")`.
    pub name: String,
    pub kind: FunctionKind,
    /// A method's first one is `self: borrow<R>`, as in the binary format (WIT text leaves it out).
    pub parameters: Vec<(String, ValueType)>,
    pub result: Option<ValueType>,
    pub is_async: bool,
    pub docs: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FunctionKind {
    Free,
    Method(String),
    Static(String),
    Constructor(String),
}

/// An interface: its functions and every type that it exports. A type taken by `use` stands here as
/// the definition of its owner ([`TypeDefinition::owner`] tells them apart); taken under another
/// name it is an alias of this interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interface {
    /// `None`: written inline in the world.
    pub id: Option<InterfaceId>,
    pub functions: Vec<Function>,
    pub types: Vec<Arc<TypeDefinition>>,
    pub docs: String,
}

impl Interface {
    /// The function of that WIT name (methods of two resources may share one: the first).
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}

impl fmt::Display for InterfaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.namespace, self.package, self.interface)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}
