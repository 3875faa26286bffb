//! Non-volatile data elements (AUTOSAR: NvDataInterface) by the shape of an interface: `x` reads one
//! and `write-x` writes it, and each can fail. Knows nothing of where they are kept.

use crate::{
    types::{Function, FunctionKind, Interface, TypeKind, ValueType},
    value::{resolved, shape},
};

/// How the name of a function begins that writes.
const WRITE: &str = "write-";

/// What a function does with a data element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// `x: func() -> result<T, E>`
    Read,
    /// `write-x: func(value: T) -> result<_, E>`
    Write,
}

/// A function that reads or writes a data element.
#[derive(Debug, Clone, PartialEq)]
pub struct Accessor<'a> {
    /// `x`
    pub element: &'a str,
    pub access: Access,
    /// `T`
    pub value: &'a ValueType,
    /// The labels of `E`, an enum.
    pub errors: &'a [String],
}

/// What the functions of an interface do; `None`: one of them is something else, or an element has
/// two types.
pub fn accessors(interface: &Interface) -> Option<Vec<Accessor<'_>>> {
    let functions = interface.functions.iter();
    let all: Vec<Accessor<'_>> = functions.map(accessor).collect::<Option<_>>()?;
    let agree = |a: &Accessor<'_>, b: &Accessor<'_>| {
        a.element != b.element || shape(a.value) == shape(b.value)
    };
    let is_sound = all.iter().all(|a| all.iter().all(|b| agree(a, b)));
    (is_sound && !all.is_empty()).then_some(all)
}

fn accessor(function: &Function) -> Option<Accessor<'_>> {
    let ValueType::Result { ok, err: Some(err) } = resolved(function.result.as_ref()?) else {
        return None;
    };
    let ValueType::Named(definition) = resolved(err) else {
        return None;
    };
    let TypeKind::Enum(errors) = &definition.kind else {
        return None;
    };
    if function.is_async || function.kind != FunctionKind::Free {
        return None;
    }
    let (element, access, value) = match (ok.as_deref(), function.parameters.as_slice()) {
        (Some(value), []) => (function.name.as_str(), Access::Read, value),
        (None, [(_, value)]) => (function.name.strip_prefix(WRITE)?, Access::Write, value),
        _ => return None,
    };
    Some(Accessor {
        element,
        access,
        value,
        errors,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{component::PortItem, read::wit_files};

    fn interface(functions: &str) -> Interface {
        let text = format!(
            "package a:b;
interface trip {{
    enum nv-error {{ not-written, failed }}
    {functions}
}}
world w {{ import trip; }}"
        );
        let component = wit_files(&[("w.wit", &text)], Some("w")).unwrap();
        match component.ports.into_iter().next().unwrap().item {
            PortItem::Interface(interface) => interface,
            PortItem::Function(_) => unreachable!(),
        }
    }

    #[test]
    fn getters_and_writers_are_those_of_their_elements() {
        let trip = interface(
            "mileage: func() -> result<u32, nv-error>;
             write-mileage: func(value: u32) -> result<_, nv-error>;
             write-note: func(value: string) -> result<_, nv-error>;",
        );
        let all = accessors(&trip).unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.element, one.access)).collect();
        let expected = [
            ("mileage", Access::Read),
            ("mileage", Access::Write),
            ("note", Access::Write),
        ];
        assert_eq!(told, expected);
        assert_eq!(all[0].errors, ["not-written", "failed"]);
    }

    #[test]
    fn what_is_something_else_makes_no_non_volatile_data_of_the_interface() {
        for functions in [
            "mileage: func() -> u32;",
            "mileage: func() -> result<u32, u8>;",
            "mileage: func() -> result<u32>;",
            "mileage: func(of: u8) -> result<u32, nv-error>;",
            "store-mileage: func(value: u32) -> result<_, nv-error>;",
            "write-mileage: func(value: u32) -> result<u32, nv-error>;",
            "write-mileage: func(value: u32);",
            "mileage: func() -> result<u32, nv-error>;
             write-mileage: func(value: u16) -> result<_, nv-error>;",
            "mileage: async func() -> result<u32, nv-error>;",
        ] {
            assert_eq!(accessors(&interface(functions)), None, "{functions}");
        }
    }
}
