//! SOME/IP: vectors by hand, refusals, random values. One binary, so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod any;
#[path = "../common/mod.rs"]
mod common;
mod refused;
mod vectors;

use autosar_wit::read;
use autosar_wit::someip::{Layout, read_layout};
use autosar_wit::types::{TypeKind, ValueType};

/// The type of the first field of a WIT record.
fn wit(value_type: &str) -> ValueType {
    let text = format!(
        "package a:b; interface i {{
            type vin = string;
            enum gear {{ park, drive, rear }}
            flags lamps {{ low, high, fog, left, right, brake, plate, day, cabin }}
            variant reading {{ lost, near(u8), far(u16) }}
            variant even {{ unsigned(u32), signed(s32) }}
            record point {{ x: s16, y: s16 }}
            record named {{ id: u8, label: string, tail: u8 }}
            record pair {{ a: list<u8>, b: list<u8> }}
            record target {{ distance: u16, speed: option<s8>, label: option<string> }}
            record newer {{ distance: u16, class: gear, label: string, trail: list<u8>, at: point }}
            record whole {{ it: {value_type} }}
        }}"
    );
    let packages = read::wit_packages(&[("a.wit", &text)]).unwrap();
    let types = &packages[0].interfaces[0].types;
    let whole = types.iter().find(|one| one.name == "whole").unwrap();
    let TypeKind::Record(fields) = &whole.kind else {
        panic!()
    };
    fields[0].value.clone()
}

fn layout(text: &str) -> Layout {
    read_layout(text).unwrap()
}
