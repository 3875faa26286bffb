//! What goes over an Ethernet network: each data element that leaves its ECU, under its key, with its
//! receivers in other ECUs. Knows nothing of how values travel.

use super::{
    scope::Scope,
    system::{self, end},
    table::Tables,
};
use crate::document::{BusId, Document};
use autosar_wit::{types::ValueType, value::shape};
use deployment::{Flow, RouteEnd};
use std::collections::BTreeMap;

/// Hexadecimal digits of a type's hash: eight bytes.
const HASH_DIGITS: usize = 16;

/// The flows of a network, by key.
pub(super) fn flows(
    document: &Document,
    scopes: &[Scope<'_>],
    tables: &[Tables],
    network: BusId,
) -> Vec<Flow> {
    let mut receivers: BTreeMap<(usize, u32), Vec<RouteEnd>> = BTreeMap::new();
    for (to, table) in tables.iter().enumerate() {
        let over = |network_of: Option<BusId>| network_of == Some(network);
        for taken in table.taken.iter().filter(|taken| over(taken.network)) {
            let published = tables
                .get(taken.from)
                .and_then(|table| table.published.get(&taken.sender));
            if let (Some(element), Some(receiver)) = (published, end(scopes, to, taken.element)) {
                let place = (taken.from, *element);
                receivers.entry(place).or_default().push(receiver);
            }
        }
    }
    let flow = |((from, element), to): ((usize, u32), Vec<RouteEnd>)| {
        let table = tables.get(from)?;
        let name = &table.deployment.elements.get(element as usize)?.name;
        let sender = end(scopes, from, element)?;
        Some(Flow {
            key: key(&document.name, &sender.ecu, name),
            type_hash: type_hash(table.element_types.get(element as usize)?),
            from: sender,
            to,
        })
    };
    let mut flows: Vec<Flow> = receivers.into_iter().filter_map(flow).collect();
    flows.sort_by(|a, b| a.key.cmp(&b.key));
    flows
}

/// `wireloom/<system>/<ecu>/<element>`; what zenoh gives a meaning to, or what is no plain letter,
/// is written as `%` and two hexadecimal digits a byte.
fn key(system: &str, ecu: &str, element: &str) -> String {
    format!(
        "wireloom/{}/{}/{}",
        plain(system),
        plain(ecu),
        plain(element)
    )
}

fn plain(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b':'
            | b'@'
            | b'('
            | b')' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02x}")),
        }
    }
    // A part that begins with `@` is a word of zenoh's own.
    match text.strip_prefix('@') {
        Some(rest) => format!("%40{rest}"),
        None => text,
    }
}

fn type_hash(value: &ValueType) -> String {
    let mut digits = system::sha256(shape(value).as_bytes());
    digits.truncate(HASH_DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_nothing_that_zenoh_gives_a_meaning_to() {
        let element = "fan.wireloom:thermal/fan@0.1.0#step -> status.duty";
        assert_eq!(
            key("thermal", "climate", element),
            "wireloom/thermal/climate/fan.wireloom:thermal%2ffan@0.1.0%23step%20-%3e%20status.duty"
        );
        assert_eq!(
            key("Thermal $*? 2", "a", "@b"),
            "wireloom/Thermal%20%24%2a%3f%202/a/%40b"
        );
        assert_ne!(key("a/b", "c", "d"), key("a", "b/c", "d"));
        assert_ne!(key("a%20", "b", "c"), key("a ", "b", "c"));
    }

    #[test]
    fn a_type_is_known_by_eight_bytes_of_its_shape() {
        let hash = type_hash(&ValueType::F64);
        assert_eq!(hash.len(), 16);
        assert_ne!(hash, type_hash(&ValueType::U64));
    }
}
