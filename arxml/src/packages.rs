//! WIT packages: one for each AR-PACKAGE with data types or port interfaces, in one namespace.
//! Those that refer to each other in a circle share one, since WIT packages can not. Knows nothing
//! of what stands in them.

use crate::tree::{own_text, path};
use autosar_data::{AutosarModel, Element, ElementName};
use autosar_wit::{
    names::{self, Labels},
    types::InterfaceId,
};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};

/// The package of the worlds; nothing refers to it.
pub(crate) const COMPONENTS: &str = "components";
/// The interface of a package's data types.
pub(crate) const TYPES: &str = "types";

pub(crate) struct Packages {
    namespace: String,
    /// WIT package by path of the AR-PACKAGE.
    names: BTreeMap<String, String>,
    /// Names of interfaces that are taken, by package.
    taken: BTreeMap<String, BTreeSet<String>>,
}

impl Packages {
    pub(crate) fn of(model: &AutosarModel, namespace: &str) -> Packages {
        let elements = elements(model);
        let edges = edges(&elements);
        let mut labels = Labels::default();
        labels.take(COMPONENTS);
        let mut names = BTreeMap::new();
        for circle in circles(&elements, &edges) {
            let first = circle.first().copied().unwrap_or_default();
            let label = labels.take(&label_of(first));
            names.extend(
                circle
                    .iter()
                    .map(|path| ((*path).to_owned(), label.clone())),
            );
        }
        Packages {
            namespace: namespace.to_owned(),
            names,
            taken: BTreeMap::new(),
        }
    }

    /// The id of the interface with the data types of the AR-PACKAGE around an element.
    pub(crate) fn types(&self, element: &Element) -> InterfaceId {
        self.id(self.package(element), TYPES.to_owned())
    }

    /// A free id for an interface, by its short name.
    pub(crate) fn interface(&mut self, element: &Element, short_name: &str) -> InterfaceId {
        let package = self.package(element);
        let taken = self.taken.entry(package.clone()).or_default();
        let label = names::unique(&names::to_label(short_name), |label| {
            label == TYPES || taken.contains(label)
        });
        taken.insert(label.clone());
        self.id(package, label)
    }

    fn id(&self, package: String, interface: String) -> InterfaceId {
        InterfaceId {
            namespace: self.namespace.clone(),
            package,
            interface,
            version: None,
        }
    }

    fn package(&self, element: &Element) -> String {
        let around = around(element);
        let known = around.as_deref().and_then(|path| self.names.get(path));
        known
            .cloned()
            .unwrap_or_else(|| label_of(around.as_deref().unwrap_or_default()))
    }
}

/// `/DataTypes/ImplementationDataTypes` → `data-types-implementation-data-types`.
fn label_of(path: &str) -> String {
    let labels: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(names::to_label)
        .collect();
    match labels.is_empty() {
        true => "root".to_owned(),
        false => labels.join("-"),
    }
}

fn around(element: &Element) -> Option<String> {
    element
        .package()
        .ok()
        .flatten()
        .map(|package| path(&package))
}

/// What becomes part of a package, with the path of its AR-PACKAGE.
fn elements(model: &AutosarModel) -> ByPackage {
    let mut found = ByPackage::new();
    for package in all(model) {
        let kept = crate::tree::children(&package, ElementName::Elements)
            .into_iter()
            .filter(|element| becomes_wit(element.element_name()))
            .collect::<Vec<_>>();
        if !kept.is_empty() {
            found.insert(path(&package), kept);
        }
    }
    found
}

/// Every AR-PACKAGE, in the order of the files.
pub(crate) fn all(model: &AutosarModel) -> Vec<Element> {
    let mut found = Vec::new();
    let mut rest = crate::tree::children(&model.root_element(), ElementName::ArPackages);
    rest.reverse();
    while let Some(package) = rest.pop() {
        let mut inner = crate::tree::children(&package, ElementName::ArPackages);
        inner.reverse();
        rest.extend(inner);
        found.push(package);
    }
    found
}

fn becomes_wit(name: ElementName) -> bool {
    matches!(
        name,
        ElementName::ApplicationPrimitiveDataType
            | ElementName::ApplicationArrayDataType
            | ElementName::ApplicationRecordDataType
            | ElementName::ImplementationDataType
            | ElementName::SenderReceiverInterface
            | ElementName::ClientServerInterface
            | ElementName::ModeSwitchInterface
            | ElementName::ParameterInterface
            | ElementName::NvDataInterface
            | ElementName::TriggerInterface
    )
}

type ByPackage = BTreeMap<String, Vec<Element>>;

/// Which package uses types of which other.
fn edges(packages: &ByPackage) -> BTreeSet<(&str, &str)> {
    let mut edges = BTreeSet::new();
    for (package, elements) in packages {
        let inner = elements.iter().flat_map(|element| element.elements_dfs());
        for (_, reference) in inner.filter(|(_, element)| element.is_reference()) {
            let target = own_text(&reference).unwrap_or_default();
            if let Some(other) = holder(packages, &target)
                && other != package
            {
                edges.insert((package.as_str(), other));
            }
        }
    }
    edges
}

/// The innermost of these packages around a path.
fn holder<'a>(packages: &'a ByPackage, target: &str) -> Option<&'a str> {
    let mut path = target.trim_end_matches('/');
    while let Some((outer, _)) = path.rsplit_once('/') {
        if let Some((known, _)) = packages.get_key_value(outer) {
            return Some(known);
        }
        path = outer;
    }
    None
}

/// The packages by circles, each in order, the circles by their first.
fn circles<'a>(elements: &'a ByPackage, edges: &BTreeSet<(&'a str, &'a str)>) -> Vec<Vec<&'a str>> {
    let mut graph = DiGraph::<&str, ()>::new();
    let numbers: BTreeMap<&str, NodeIndex> = elements
        .keys()
        .map(|package| (package.as_str(), graph.add_node(package)))
        .collect();
    for (from, to) in edges {
        if let (Some(from), Some(to)) = (numbers.get(from), numbers.get(to)) {
            graph.add_edge(*from, *to, ());
        }
    }
    let mut circles: Vec<Vec<&str>> = petgraph::algo::tarjan_scc(&graph)
        .into_iter()
        .map(|circle| {
            let paths = circle.into_iter().filter_map(|at| graph.node_weight(at));
            paths.copied().collect()
        })
        .collect();
    for circle in &mut circles {
        circle.sort_unstable();
    }
    circles.sort_unstable();
    circles
}
