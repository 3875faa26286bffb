//! Which table of handles a function's values speak of, however deep a handle lies in them. Knows
//! nothing of what the handles stand for.

use wasmtime_environ::component::{ComponentTypesBuilder, InterfaceType};

/// The table of the first handle in these types.
pub(crate) fn first(types: &ComponentTypesBuilder, values: &[InterfaceType]) -> Option<u32> {
    values.iter().find_map(|value| of(types, value))
}

/// The tables of the first handle in each of these types.
pub(crate) fn all(types: &ComponentTypesBuilder, values: &[InterfaceType]) -> Vec<u32> {
    let tables = values.iter().filter_map(|value| of(types, value));
    tables.collect()
}

fn of(types: &ComponentTypesBuilder, value: &InterfaceType) -> Option<u32> {
    let optional = |value: &Option<InterfaceType>| value.as_ref().and_then(|one| of(types, one));
    match value {
        InterfaceType::Own(table) | InterfaceType::Borrow(table) => Some(table.as_u32()),
        InterfaceType::List(list) => of(types, &types[*list].element),
        InterfaceType::Option(option) => of(types, &types[*option].ty),
        InterfaceType::Result(result) => {
            let result = &types[*result];
            optional(&result.ok).or_else(|| optional(&result.err))
        }
        InterfaceType::Record(record) => {
            let fields = &types[*record].fields;
            fields.iter().find_map(|field| of(types, &field.ty))
        }
        InterfaceType::Tuple(tuple) => first(types, &types[*tuple].types),
        InterfaceType::Variant(variant) => types[*variant].cases.values().find_map(optional),
        _ => None,
    }
}
