//! The project of an AUTOSAR description: component types as stubs with their WIT, compositions as
//! compositions, ECUs with a partition each, what starts runnables, com specs as properties of
//! connectors. Knows no files: it says what is to be written.

mod activation;
mod deploy;
mod identity;
mod network;
mod news;
mod place;
mod stubs;
mod update;
mod wiring;

pub use identity::Moved;
pub use news::News;
pub use update::{Update, imported, namespace, placed, update};

use arxml::{Composition, Model};
use autosar_wit::{component::PortKind, metadata, names};
use deploy::Deploy;
use graph_core::{
    document::*,
    edit::{Building, Edit},
};
use std::collections::{BTreeMap, BTreeSet};

/// Folder of the WIT packages in the project.
pub const WIT: &str = "wit";

/// A project to be written, and what of the model did not get into it.
#[derive(Debug)]
pub struct Made {
    pub document: Document,
    /// Beside the project file.
    pub files: BTreeMap<String, Vec<u8>>,
    /// By AUTOSAR path.
    pub notes: Vec<String>,
}

/// The project of a model; its name is a label.
pub fn project(model: &Model, name: &str) -> Made {
    let mut builder = Builder::new(model, name);
    builder.add_components();
    builder.add_compositions();
    builder.add_system();
    builder.finished()
}

struct Builder<'a> {
    model: &'a Model,
    document: Building,
    notes: Vec<String>,
    /// By path of the AUTOSAR type.
    components: BTreeMap<&'a str, ComponentId>,
    compositions: BTreeMap<&'a str, &'a Composition>,
    atoms: BTreeMap<&'a str, &'a arxml::Component>,
    /// Paths of the types of parts, by path of the composition and name of the part.
    types: BTreeMap<(&'a str, &'a str), &'a str>,
    /// Parts by composition (`None`: the system) and name.
    parts: BTreeMap<(Option<ComponentId>, &'a str), InstanceId>,
    /// Ports of compositions by name.
    ports: BTreeMap<(ComponentId, &'a str), InstanceId>,
    /// CAN clusters by path.
    buses: BTreeMap<&'a str, BusId>,
    signals: network::Signals<'a>,
    /// Data elements of required ports that get their values from a bus.
    fed: BTreeSet<(InstanceId, String, String)>,
    /// The periods of timing events, longest first.
    periods: Vec<u64>,
    deploy: Deploy,
}

impl<'a> Builder<'a> {
    fn new(model: &'a Model, name: &str) -> Builder<'a> {
        let mut builder = Builder {
            model,
            document: Building::new(Document {
                name: name.to_owned(),
                imported: Some(WIT.to_owned()),
                ..Document::default()
            }),
            notes: Vec::new(),
            components: BTreeMap::new(),
            compositions: model
                .compositions
                .iter()
                .map(|one| (one.path.as_str(), one))
                .collect(),
            atoms: model
                .components
                .iter()
                .map(|one| (one.path.as_str(), one))
                .collect(),
            types: types(model),
            parts: BTreeMap::new(),
            ports: BTreeMap::new(),
            buses: BTreeMap::new(),
            signals: network::signals(model),
            fed: BTreeSet::new(),
            periods: activation::periods(model),
            deploy: Deploy::of(&model.system),
        };
        builder.add_ecus();
        builder.add_buses();
        builder
    }

    /// An edit that is refused leaves its part out, with a note.
    fn apply(&mut self, path: &str, edit: Edit) -> bool {
        match self.document.apply(edit) {
            Ok(_) => true,
            Err(error) => {
                self.note(path, &format!("left out: {error}"));
                false
            }
        }
    }

    fn note(&mut self, path: &str, what: &str) {
        self.notes.push(format!("{path}: {what}"));
    }

    fn add_components(&mut self) {
        let model = self.model;
        for component in &model.components {
            let id = self.document.new_ids().component();
            let stub = Component {
                name: component.world.clone(),
                source: ComponentSource::Stub {
                    wit: WIT.to_owned(),
                    world: Some(component.world.clone()),
                },
            };
            if self.apply(&component.path, Edit::InsertComponent(id, stub)) {
                self.components.insert(&component.path, id);
            }
        }
    }

    /// All but the outermost one, whose parts are the system's own instances.
    fn add_compositions(&mut self) {
        let model = self.model;
        let root = model.system.root.as_deref();
        let inner = || {
            let all = model.compositions.iter();
            all.filter(move |one| Some(one.path.as_str()) != root)
        };
        for composition in inner() {
            let id = self.document.new_ids().component();
            let component = Component {
                name: composition.name.clone(),
                source: ComponentSource::Composition,
            };
            if self.apply(&composition.path, Edit::InsertComponent(id, component)) {
                self.components.insert(&composition.path, id);
                self.add_ports(composition, id);
            }
        }
        for composition in inner() {
            if let Some(id) = self.components.get(composition.path.as_str()).copied() {
                self.add_parts(composition, Some(id));
            }
        }
        for composition in inner() {
            if let Some(id) = self.components.get(composition.path.as_str()).copied() {
                self.connect_all(composition, Some(id));
            }
        }
    }

    fn add_ports(&mut self, composition: &'a Composition, id: ComponentId) {
        for port in &composition.ports {
            let number = self.document.new_ids().instance();
            let delegated = DelegationPort {
                name: port.name.clone(),
                composition: id,
                direction: port.direction,
            };
            if self.apply(&port.path, Edit::InsertPort(number, delegated)) {
                self.ports.insert((id, &port.name), number);
            }
        }
    }

    fn add_parts(&mut self, composition: &'a Composition, scope: Option<ComponentId>) {
        for part in &composition.parts {
            self.add_instance(&part.path, &part.name, &part.component, scope);
        }
    }

    fn add_instance(
        &mut self,
        path: &str,
        name: &'a str,
        component: &str,
        scope: Option<ComponentId>,
    ) {
        let Some(id) = self.components.get(component).copied() else {
            self.note(
                path,
                "left out, since its type is the outermost composition or was left out",
            );
            return;
        };
        let number = self.document.new_ids().instance();
        let partition = self.deploy.partition(path, scope.is_none());
        let instance = Instance {
            name: name.to_owned(),
            composition: scope,
            component: id,
            prefix: None,
            partition,
            activations: self.activations(component),
            bindings: BTreeMap::new(),
            blocks: BTreeMap::new(),
            configuration: BTreeMap::new(),
            parameters: BTreeMap::new(),
            nv_data: self.first_values(component),
            capabilities: BTreeMap::new(),
        };
        if self.apply(path, Edit::InsertInstance(number, instance)) {
            self.parts.insert((scope, name), number);
        }
    }

    /// Of the non-volatile data of a component.
    fn first_values(&self, component: &str) -> BTreeMap<String, String> {
        let ports = self.atoms.get(component).map(|atom| atom.ports.iter());
        let kept = ports.into_iter().flatten();
        let kept = kept.filter(|port| port.kind == PortKind::NvData);
        let values = kept.flat_map(|port| {
            let said = port.receptions.iter();
            said.filter_map(|one| {
                let key = format!("{}#{}", port.name, one.element);
                Some((key, one.initial.clone()?))
            })
        });
        values.collect()
    }

    /// The parts of the outermost composition; without a system an instance of each composition
    /// that is in no other.
    fn add_system(&mut self) {
        let model = self.model;
        if let Some(root) = self.root() {
            self.add_parts(root, None);
            self.connect_signals();
            self.connect_all(root, None);
            for port in &root.ports {
                let mut signals = model.signal_mappings.iter();
                if !signals.any(|one| one.parts.is_empty() && one.port == port.name) {
                    self.note(
                        &port.path,
                        "left out, since nothing is outside of the system",
                    );
                }
            }
            return;
        }
        for composition in &model.compositions {
            let mut parts = model.compositions.iter().flat_map(|one| &one.parts);
            if parts.all(|part| part.component != composition.path) {
                let (path, name) = (&composition.path, &composition.name);
                self.add_instance(path, name, path, None);
            }
        }
    }

    /// The outermost composition.
    fn root(&self) -> Option<&'a Composition> {
        let root = self.model.system.root.as_deref()?;
        self.compositions.get(root).copied()
    }

    fn finished(mut self) -> Made {
        for told in self.deploy.undecided() {
            self.notes.push(told);
        }
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for package in &self.model.packages {
            let path = format!("{WIT}/{}", package.path);
            files.insert(path, package.text.clone().into_bytes());
        }
        for component in &self.model.components {
            let path = format!("{WIT}/{}", metadata::beside(&component.world));
            files.insert(path, readable(&component.metadata));
        }
        for cluster in &self.model.clusters {
            let text = cluster.description.clone().into_bytes();
            files.insert(network::description(cluster), text);
        }
        let record = format!("{WIT}/{}", arxml::RECORD);
        files.insert(record, arxml::write_record(self.model));
        self.notes.sort();
        let layout = self.placed();
        let mut document = self.document.finished();
        document.layout = layout;
        Made {
            document,
            files,
            notes: self.notes,
        }
    }
}

fn types(model: &Model) -> BTreeMap<(&str, &str), &str> {
    let compositions = model.compositions.iter();
    let parts = compositions.flat_map(|composition| {
        let path = composition.path.as_str();
        let parts = composition.parts.iter();
        parts.map(move |part| ((path, part.name.as_str()), part.component.as_str()))
    });
    parts.collect()
}

/// The content of the custom section, as people and `diff` read it.
fn readable(metadata: &metadata::Metadata) -> Vec<u8> {
    let section = metadata::write(metadata);
    let value: Result<serde_json::Value, _> = serde_json::from_slice(&section);
    value.map_or(section, |value| format!("{value:#}\n").into_bytes())
}

/// A label for a project, of the name of its folder.
pub fn project_name(folder: &std::path::Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    names::to_label(&name)
}
