//! The layout against that of `wit-parser`.

use super::*;
use autosar_wit::types::{Case, Field, TypeDefinition};
use std::sync::Arc;
use wit_parser::{Resolve, SizeAlign, Type, TypeDefKind, abi};

const TYPES: &str = "package a:b;
interface i {
    enum small { a, b }
    flags few { a, b, c }
    flags ten { a, b, c, d, e, f, g, h, i, j }
    flags thirty { a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0 }
    record mixed { a: u8, b: u64, c: bool, d: few, e: char }
    record text { a: s16, b: string, c: list<mixed> }
    variant many { none, byte(u8), wide(f64), pair(tuple<f32, s8>), text(string), number(f32) }
    type nested = option<result<many, option<text>>>;
    type wide = result<tuple<ten, thirty, f32>, mixed>;
    type plain = result;
    type deep = tuple<nested, wide, plain, option<small>, option<f64>, result<_, u16>>;
}";

/// The same type in our own words.
fn ours(resolve: &Resolve, ty: &Type) -> ValueType {
    let one = |ty: &Type| Box::new(ours(resolve, ty));
    let Type::Id(id) = ty else {
        return match ty {
            Type::Bool => ValueType::Bool,
            Type::U8 => ValueType::U8,
            Type::U16 => ValueType::U16,
            Type::U64 => ValueType::U64,
            Type::S8 => ValueType::S8,
            Type::S16 => ValueType::S16,
            Type::F32 => ValueType::F32,
            Type::F64 => ValueType::F64,
            Type::Char => ValueType::Char,
            Type::String => ValueType::String,
            other => unreachable!("{other:?} is not in the text"),
        };
    };
    let docs = String::new;
    let definition = &resolve.types[*id];
    let kind = match &definition.kind {
        TypeDefKind::Type(ty) => TypeKind::Alias(*one(ty)),
        TypeDefKind::List(ty) => return ValueType::List(one(ty)),
        TypeDefKind::Option(ty) => return ValueType::Option(one(ty)),
        TypeDefKind::Result(result) => {
            return ValueType::Result {
                ok: result.ok.as_ref().map(one),
                err: result.err.as_ref().map(one),
            };
        }
        TypeDefKind::Tuple(tuple) => {
            return ValueType::Tuple(tuple.types.iter().map(|ty| *one(ty)).collect());
        }
        TypeDefKind::Record(record) => {
            let field = |field: &wit_parser::Field| Field {
                name: field.name.clone(),
                value: *one(&field.ty),
                docs: docs(),
            };
            TypeKind::Record(record.fields.iter().map(field).collect())
        }
        TypeDefKind::Variant(variant) => {
            let case = |case: &wit_parser::Case| Case {
                name: case.name.clone(),
                value: case.ty.as_ref().map(|ty| *one(ty)),
                docs: docs(),
            };
            TypeKind::Variant(variant.cases.iter().map(case).collect())
        }
        TypeDefKind::Enum(cases) => {
            TypeKind::Enum(cases.cases.iter().map(|case| case.name.clone()).collect())
        }
        TypeDefKind::Flags(flags) => {
            TypeKind::Flags(flags.flags.iter().map(|flag| flag.name.clone()).collect())
        }
        other => unreachable!("{other:?} is not in the text"),
    };
    let name = definition.name.clone().unwrap_or_default();
    ValueType::Named(Arc::new(TypeDefinition {
        owner: None,
        name,
        kind,
        docs: docs(),
    }))
}

#[test]
fn sizes_alignments_and_flat_types_are_those_of_wit_parser() {
    let mut resolve = Resolve::default();
    resolve.push_source("types.wit", TYPES).unwrap();
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve);
    let named: Vec<_> = resolve.types.iter().map(|(id, _)| Type::Id(id)).collect();
    assert!(named.len() > 15);
    for ty in named {
        let value = ours(&resolve, &ty);
        assert_eq!(
            size(&value) as usize,
            sizes.size(&ty).size_wasm32(),
            "{value:?}"
        );
        assert_eq!(
            align(&value) as usize,
            sizes.align(&ty).align_wasm32(),
            "{value:?}"
        );
        let mut storage = [abi::WasmType::I32; 64];
        let mut flat_types = abi::FlatTypes::new(&mut storage);
        assert!(resolve.push_flat(&ty, &mut flat_types));
        let expected: Vec<ValType> = flat_types.to_vec().into_iter().map(core_type).collect();
        assert_eq!(flat(&value), expected, "{value:?}");
    }
}

fn core_type(ty: abi::WasmType) -> ValType {
    match ty {
        abi::WasmType::I64 | abi::WasmType::PointerOrI64 => ValType::I64,
        abi::WasmType::F32 => ValType::F32,
        abi::WasmType::F64 => ValType::F64,
        abi::WasmType::I32 | abi::WasmType::Pointer | abi::WasmType::Length => ValType::I32,
    }
}
