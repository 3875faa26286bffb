//! Ethernet networks of a run over zenoh: a port of this machine for each ECU, and the configuration
//! that names it. Starts nothing.

use deployment::{Bus, BusKind, System, ethernet};
use std::{
    collections::BTreeMap,
    fmt::Write,
    io,
    net::{Ipv4Addr, TcpListener},
};

/// Whether any value goes over Ethernet.
pub(crate) fn has_flows(system: &System) -> bool {
    let is_used = |bus: &Bus| match &bus.kind {
        BusKind::Ethernet { flows, .. } => !flows.is_empty(),
        _ => false,
    };
    system.buses.iter().any(is_used)
}

/// For each ECU the entries of its networks: all over zenoh, each at a port of its own.
pub(super) fn networks(system: &System) -> io::Result<BTreeMap<String, String>> {
    let names = || system.ecus.iter().map(|ecu| ecu.name.as_str());
    let mut ports = free_ports(system.buses.len() * system.ecus.len())?.into_iter();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for bus in &system.buses {
        let BusKind::Ethernet { flows, .. } = &bus.kind else {
            continue;
        };
        let port_of: BTreeMap<&str, u16> = names().zip(&mut ports).collect();
        let endpoint = |ecu: &str| {
            let port = port_of.get(ecu).copied().unwrap_or_default();
            format!("\"tcp/{}:{port}\"", Ipv4Addr::LOCALHOST)
        };
        for ecu in names() {
            let peers = ethernet::connects_to(system, flows, ecu).map(endpoint);
            let peers = peers.collect::<Vec<_>>().join(", ");
            let (name, own) = (&bus.name, endpoint(ecu));
            let text = texts.entry(ecu.to_owned()).or_default();
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "[networks.{name}]\nkind = \"zenoh\"\nlisten = [{own}]\nconnect = [{peers}]"
            );
        }
    }
    Ok(texts)
}

/// Ports that nobody listens at; all are taken before the first is given back, so no two are one.
fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let bound = (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let bound: Vec<TcpListener> = bound.collect::<io::Result<_>>()?;
    let port = |listener: &TcpListener| Ok(listener.local_addr()?.port());
    bound.iter().map(port).collect()
}
