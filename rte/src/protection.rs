//! The built component that adds and checks counters and checksums of messages, as the tasks see it.
//! Its source is `samples/e2e`; knows nothing of tasks.

use crate::{
    code::{Callee, Module},
    synthesis::marked,
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind, Interface, TypeDefinition, TypeKind, ValueType},
};
use protection::{State, Status};
use std::sync::Arc;
use wasm_encoder::ValType::I32;

/// The component's export.
pub const PROTECTION_EXPORT: &str = "wireloom:e2e/protection@0.1.0";
/// The tasks' import.
pub const PROTECTION: &str = "protection";

const COMPONENT: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../assets/components/glue/e2e-protection.wasm"
));

pub(crate) fn component() -> Vec<u8> {
    marked(COMPONENT.to_vec())
}

/// What the tasks import of it.
pub(crate) fn interface() -> PortItem {
    let bytes = || ValueType::List(Box::new(ValueType::U8));
    let function = |name: &str, result| Function {
        name: name.to_owned(),
        kind: FunctionKind::Free,
        parameters: vec![
            ("slot".to_owned(), ValueType::U32),
            ("configuration".to_owned(), bytes()),
            ("data".to_owned(), bytes()),
        ],
        result: Some(result),
        is_async: false,
        docs: String::new(),
    };
    PortItem::Interface(Interface {
        id: None,
        functions: vec![
            function("protect", bytes()),
            function("check", ValueType::U32),
        ],
        types: Vec::new(),
        docs: String::new(),
    })
}

/// `(slot, configuration, bytes, data, bytes, address of a list<u8>)`
pub(crate) fn protect(module: &mut Module) -> Callee {
    module.import(PROTECTION, "protect", &[I32; 6], &[])
}

/// `(slot, configuration, bytes, data, bytes) -> bits of a check`
pub(crate) fn check(module: &mut Module) -> Callee {
    module.import(PROTECTION, "check", &[I32; 5], &[I32])
}

/// What is published of each check: a byte for the status and one for the state.
pub fn checked() -> ValueType {
    let names = |name: &str, cases: &[&str]| {
        let cases = cases.iter().map(|case| (*case).to_owned()).collect();
        named(name, TypeKind::Enum(cases))
    };
    let field = |name: &str, value| autosar_wit::types::Field {
        name: name.to_owned(),
        value,
        docs: String::new(),
    };
    named(
        "e2e-check",
        TypeKind::Record(vec![
            field("status", names("e2e-status", &Status::NAMES)),
            field("state", names("e2e-state", &State::NAMES)),
        ]),
    )
}

fn named(name: &str, kind: TypeKind) -> ValueType {
    ValueType::Named(Arc::new(TypeDefinition {
        owner: None,
        name: name.to_owned(),
        kind,
        docs: String::new(),
    }))
}
