//! What of a description is read, as a table; the walk that lists everything else. So nothing is
//! passed over because nobody thought of it.

use crate::{
    component::is_component,
    interface, packages,
    reader::Reader,
    tree::{own_text, path},
};
use autosar_data::{Element, ElementName};
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// An element, and which children of it are read; `=` for those of another element.
const READ: &str = include_str!("known.txt");

/// Children that are read wherever they stand.
const EVERYWHERE: [ElementName; 4] = [
    ElementName::ShortName,
    ElementName::LongName,
    ElementName::Desc,
    ElementName::Category,
];

/// Switches that say nothing new when they are off or zero.
const OFF: [ElementName; 12] = [
    ElementName::CanBeInvokedConcurrently,
    ElementName::MinimumStartInterval,
    ElementName::EnableTakeAddress,
    ElementName::IndirectApi,
    ElementName::UsesEndToEndProtection,
    ElementName::EnableUpdate,
    ElementName::HandleNeverReceived,
    ElementName::SupportsMultipleInstantiation,
    ElementName::IsService,
    ElementName::EnhancedModeApi,
    ElementName::SupportsAsynchronousModeSwitch,
    ElementName::Timeout,
];

/// Why something is not taken over, where there is more to say than that.
const WHY: [(ElementName, &str); 17] = [
    (
        ElementName::AdminData,
        "who changed what and when is the business of version control",
    ),
    (
        ElementName::NvBlockSwComponentType,
        "the run-time environment keeps the data elements of each port in blocks of their own; ports that shared a block do no more",
    ),
    (
        ElementName::EcucModuleConfigurationValues,
        "configuration of basic software for another platform; Wireloom's comes from the project",
    ),
    (
        ElementName::EcucValueCollection,
        "configuration of basic software for another platform; Wireloom's comes from the project",
    ),
    (
        ElementName::SwcImplementation,
        "how a component was built; here its `.wasm` is its implementation",
    ),
    (
        ElementName::VariationPoint,
        "variants are not told apart: it is taken as if it were chosen",
    ),
    (
        ElementName::MinimumStartInterval,
        "activations that come too early are not held back",
    ),
    (
        ElementName::CanBeInvokedConcurrently,
        "runnables of one ECU run one after the other",
    ),
    (
        ElementName::CanEnters,
        "runnables of one ECU run one after the other, so nothing is to be kept apart",
    ),
    (
        ElementName::RunsInsides,
        "runnables of one ECU run one after the other, so nothing is to be kept apart",
    ),
    (
        ElementName::ExclusiveAreas,
        "runnables of one ECU run one after the other, so nothing is to be kept apart",
    ),
    (
        ElementName::PortApiOptions,
        "options of the C interface between component and RTE",
    ),
    (
        ElementName::Symbol,
        "a name in C; the function has the runnable's",
    ),
    (
        ElementName::ServerCallPoints,
        "a component calls what it imports; nothing is said beforehand",
    ),
    (ElementName::ServerArgumentImplPolicy, "a rule for C code"),
    (
        ElementName::UsesEndToEndProtection,
        "add the end-to-end protection to the component",
    ),
    (
        ElementName::IsService,
        "services of basic software are components like others: give it one",
    ),
];

const NO_COUNTERPART: &str = "has no counterpart in a Wireloom project";

type Table = HashMap<ElementName, HashSet<ElementName>>;

static TABLE: LazyLock<Table> = LazyLock::new(table);

fn table() -> Table {
    let mut table = Table::new();
    for line in READ.lines() {
        let Some((name, children)) = line.split_once(':') else {
            continue;
        };
        let Ok(name) = name.trim().parse() else {
            continue;
        };
        let mut known = HashSet::new();
        for child in children.split_whitespace() {
            match child.strip_prefix('=').map(str::parse) {
                Some(Ok(other)) => known.extend(table.get(&other).into_iter().flatten()),
                Some(Err(_)) => {}
                None => known.extend(child.parse::<ElementName>().ok()),
            }
        }
        table.insert(name, known);
    }
    table
}

/// Tells everything that is not in the table, and what nothing uses.
pub(crate) fn leftovers(reader: &mut Reader, elements: &[Element]) {
    let mut walk = Walk {
        told: reader.unmapped.iter().map(|one| one.path.clone()).collect(),
        reader,
    };
    walk.inside(&walk.reader.model.root_element());
    for package in packages::all(&walk.reader.model) {
        walk.inside(&package);
    }
    for element in elements {
        walk.element(element);
    }
}

struct Walk<'a> {
    reader: &'a mut Reader,
    /// Paths of what was told already, with everything in it.
    told: HashSet<String>,
}

impl Walk<'_> {
    /// What stands in an AR-PACKAGE.
    fn element(&mut self, element: &Element) {
        let name = element.element_name();
        if !TABLE.contains_key(&name) {
            self.tell(element);
        } else if !stands_alone(name) && !self.reader.is_used(&path(element)) {
            self.reader
                .unmapped(element, "nothing in these files uses it");
        } else if !self.is_told(element) {
            self.inside(element);
        }
    }

    fn inside(&mut self, element: &Element) {
        let Some(known) = TABLE.get(&element.element_name()) else {
            return;
        };
        for child in element.sub_elements() {
            let name = child.element_name();
            let has_its_turn = is_package(element)
                && matches!(name, ElementName::ArPackages | ElementName::Elements);
            if EVERYWHERE.contains(&name) || has_its_turn || self.is_told(&child) {
                continue;
            }
            match known.contains(&name) {
                true => self.inside(&child),
                false if is_off(&child) => {}
                false => self.tell(&child),
            }
        }
    }

    fn is_told(&self, element: &Element) -> bool {
        element.is_identifiable() && self.told.contains(&path(element))
    }

    fn tell(&mut self, element: &Element) {
        let name = element.element_name();
        let why = WHY.iter().find(|(known, _)| *known == name);
        let what = match own_text(element) {
            Some(text) if text.len() <= 60 => format!("{name} {text}"),
            _ => name.to_string(),
        };
        let why = why.map_or(NO_COUNTERPART, |(_, why)| why);
        self.reader.unmapped_at(path(element), what, why);
    }
}

/// Elements that mean something without anyone who refers to them.
fn stands_alone(name: ElementName) -> bool {
    is_component(name)
        || interface::kind(name).is_some()
        || matches!(
            name,
            ElementName::CompositionSwComponentType
                | ElementName::System
                | ElementName::EcuInstance
                | ElementName::CanCluster
                | ElementName::ApplicationPrimitiveDataType
                | ElementName::ApplicationArrayDataType
                | ElementName::ApplicationRecordDataType
                | ElementName::ImplementationDataType
                | ElementName::DataTypeMappingSet
        )
}

fn is_package(element: &Element) -> bool {
    matches!(
        element.element_name(),
        ElementName::Autosar | ElementName::ArPackage
    )
}

fn is_off(element: &Element) -> bool {
    OFF.contains(&element.element_name())
        && own_text(element).is_some_and(|text| matches!(text.as_str(), "false" | "0" | "0.0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_table_is_one_of_autosar() {
        for line in READ.lines().filter(|line| !line.starts_with('#')) {
            for name in line.split([':', ' ', '=']).filter(|name| !name.is_empty()) {
                assert!(name.parse::<ElementName>().is_ok(), "{name}");
            }
        }
        assert!(TABLE.len() > 40);
    }
}
