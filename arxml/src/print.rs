//! WIT texts of interfaces and worlds.

use crate::{
    interface::PortInterface,
    model::{Component, Package},
    packages::COMPONENTS,
    reader::Reader,
};
use autosar_wit::{component::Direction, packages, print, types::Interface};
use std::{collections::BTreeMap, fmt::Write};

/// Every package: what is used of ours, data types and port interfaces, worlds.
pub(crate) fn packages(
    reader: &mut Reader,
    interfaces: &BTreeMap<String, PortInterface>,
    components: &[Component],
    namespace: &str,
) -> Vec<Package> {
    let mut found = vec![Package {
        path: "deps/autosar-rte.wit".to_owned(),
        text: packages::AUTOSAR_RTE.text.to_owned(),
    }];
    for (package, interfaces) in by_package(reader, interfaces) {
        let mut text = format!("package {namespace}:{};\n", print::name(&package));
        for interface in interfaces {
            let _ = write!(text, "\n{}\n", print::interface(&interface));
        }
        found.push(Package {
            path: format!("{package}.wit"),
            text,
        });
    }
    if !components.is_empty() {
        let mut text = format!("package {namespace}:{COMPONENTS};\n");
        for component in components {
            world(&mut text, component);
        }
        found.push(Package {
            path: format!("{COMPONENTS}.wit"),
            text,
        });
    }
    found
}

/// Types first, then port interfaces by name.
fn by_package(
    reader: &mut Reader,
    interfaces: &BTreeMap<String, PortInterface>,
) -> BTreeMap<String, Vec<Interface>> {
    let mut found: BTreeMap<String, Vec<Interface>> = BTreeMap::new();
    for (id, scope) in std::mem::take(&mut reader.scopes) {
        found
            .entry(id.package.clone())
            .or_default()
            .push(Interface {
                id: Some(id),
                functions: Vec::new(),
                types: scope.types,
                docs: "Data types.".to_owned(),
            });
    }
    let mut sorted: Vec<&PortInterface> = interfaces.values().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    for interface in sorted {
        let package = found.entry(interface.id.package.clone()).or_default();
        package.push(interface.interface.clone());
    }
    found
}

/// A world as WIT has it; an import or export for each port by its label.
fn world(text: &mut String, component: &Component) {
    text.push('\n');
    for line in component.docs.lines() {
        let _ = writeln!(text, "/// {line}");
    }
    let _ = writeln!(text, "world {} {{", print::name(&component.world));
    for wanted in [Direction::Required, Direction::Provided] {
        for port in component
            .ports
            .iter()
            .filter(|port| port.direction == wanted)
        {
            let word = match wanted {
                Direction::Required => "import",
                Direction::Provided => "export",
            };
            let name = print::name(&port.name);
            let _ = writeln!(text, "    {word} {name}: {};", port.interface);
        }
    }
    for runnable in &component.runnables {
        let name = print::name(&runnable.function);
        let _ = writeln!(text, "    export {name}: func();");
    }
    text.push_str("}\n");
}
