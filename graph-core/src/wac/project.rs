//! Instances and links as a document, with the types of their components. Knows no text.

use super::{Composition, Fault, Made, WacError};
use crate::{
    document::*,
    edit::{Edit, EditError},
    runnable,
};
use autosar_wit::{
    component::{ComponentType, Direction, PortKind},
    names,
};
use std::collections::{BTreeMap, BTreeSet};

/// The component of a package.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its file, as the project is to name it.
    pub file: String,
    pub component_type: ComponentType,
}

/// The project of a composition: its instances on one partition, with the activations that suit
/// their runnables. Packages go by `namespace:name`.
pub fn project(
    composition: &Composition,
    packages: &BTreeMap<String, Package>,
) -> Result<Document, WacError> {
    let mut builder = Builder {
        composition,
        packages,
        document: Document {
            name: composition.name.clone(),
            ..Document::default()
        },
        components: BTreeMap::new(),
        instances: BTreeMap::new(),
    };
    let ecu = builder.document.new_ids().ecu();
    builder.apply(1, Edit::InsertEcu(ecu, first_ecu()))?;
    for made in &composition.instances {
        builder.add_instance(made, ecu)?;
    }
    for link in &composition.links {
        builder.connect(&link.from, &link.to, link.line)?;
    }
    for made in &composition.instances {
        builder.spread(made)?;
    }
    Ok(builder.document)
}

const PARTITION: &str = "main";

fn first_ecu() -> Ecu {
    let partition = Partition {
        memory_bytes: 1 << 20,
        fuel: 1_000_000,
        on_trap: deployment::Reaction::Restart,
        blocks: BTreeMap::new(),
    };
    Ecu {
        name: "ecu".to_owned(),
        target: None,
        fuel_ps: 1000,
        activation_ns: 500,
        partitions: BTreeMap::from([(PARTITION.to_owned(), partition)]),
    }
}

struct Builder<'a> {
    composition: &'a Composition,
    packages: &'a BTreeMap<String, Package>,
    document: Document,
    components: BTreeMap<&'a str, ComponentId>,
    instances: BTreeMap<&'a str, (InstanceId, &'a Made)>,
}

impl<'a> Builder<'a> {
    fn apply(&mut self, line: usize, edit: Edit) -> Result<(), WacError> {
        let applied = self.document.apply_batch(vec![edit]);
        applied.map(|_| ()).map_err(|error: EditError| {
            let reason = error.to_string();
            self.error(line, Fault::Edit { reason })
        })
    }

    fn error(&self, line: usize, fault: Fault) -> WacError {
        WacError {
            file: self.composition.file.clone(),
            line,
            fault: Box::new(fault),
        }
    }

    fn package(&self, made: &Made) -> Result<&'a Package, WacError> {
        let found = self.packages.get(&made.package);
        found.ok_or_else(|| {
            let (package, help) = (made.package.clone(), "name its file".to_owned());
            self.error(made.line, Fault::NoPackage { package, help })
        })
    }

    fn add_instance(&mut self, made: &'a Made, ecu: EcuId) -> Result<(), WacError> {
        let package = self.package(made)?;
        let component = match self.components.get(made.package.as_str()) {
            Some(component) => *component,
            None => self.add_component(made, package)?,
        };
        let id = self.document.new_ids().instance();
        let instance = Instance {
            name: made.name.clone(),
            composition: None,
            component,
            prefix: None,
            partition: Some(PartitionKey {
                ecu,
                partition: PARTITION.to_owned(),
            }),
            activations: runnable::suggested_activations(&package.component_type),
            bindings: BTreeMap::new(),
            blocks: BTreeMap::new(),
            configuration: BTreeMap::new(),
            parameters: BTreeMap::new(),
            nv_data: BTreeMap::new(),
            capabilities: BTreeMap::new(),
        };
        self.apply(made.line, Edit::InsertInstance(id, instance))?;
        self.instances.insert(&made.name, (id, made));
        Ok(())
    }

    fn add_component(
        &mut self,
        made: &'a Made,
        package: &Package,
    ) -> Result<ComponentId, WacError> {
        let id = self.document.new_ids().component();
        let label = made.package.rsplit(':').next().unwrap_or(&made.package);
        let name = names::unique(label, |name| self.document.component_named(name).is_some());
        let component = Component {
            name,
            source: ComponentSource::File(package.file.clone()),
        };
        self.apply(made.line, Edit::InsertComponent(id, component))?;
        self.components.insert(&made.package, id);
        Ok(id)
    }

    /// A direct connector between two ports that are there.
    fn connect(
        &mut self,
        from: &(String, String),
        to: &(String, String),
        line: usize,
    ) -> Result<(), WacError> {
        let from = self.end(from, Direction::Provided, line)?;
        let to = self.end(to, Direction::Required, line)?;
        let id = self.document.new_ids().connector();
        let connector = Connector {
            from,
            to,
            kind: ConnectorKind::Direct,
            accept_version: false,
            probe: false,
            adapter: None,
        };
        self.apply(line, Edit::Connect(id, connector))
    }

    fn end(
        &self,
        (instance, port): &(String, String),
        direction: Direction,
        line: usize,
    ) -> Result<End, WacError> {
        let Some((id, made)) = self.instances.get(instance.as_str()) else {
            let name = instance.clone();
            return Err(self.error(line, Fault::Unknown { name }));
        };
        let known = ports(&self.package(made)?.component_type, direction);
        match known.contains(port) {
            true => Ok(End::Port {
                instance: *id,
                port: port.clone(),
            }),
            false => Err(self.error(
                line,
                Fault::NoPort {
                    instance: instance.clone(),
                    package: made.package.clone(),
                    direction: match direction {
                        Direction::Provided => "exports",
                        Direction::Required => "imports",
                    },
                    port: port.clone(),
                    known: known.into_iter().collect(),
                },
            )),
        }
    }

    /// What is left of an instance's imports, as far as the spread ones export it.
    fn spread(&mut self, made: &Made) -> Result<(), WacError> {
        let mut open = ports(&self.package(made)?.component_type, Direction::Required);
        for link in &self.composition.links {
            if link.to.0 == made.name {
                open.remove(&link.to.1);
            }
        }
        for (provider, line) in &made.spreads {
            let Some((_, other)) = self.instances.get(provider.as_str()) else {
                continue;
            };
            let offered = ports(&self.package(other)?.component_type, Direction::Provided);
            for port in open.clone().intersection(&offered) {
                open.remove(port);
                let ends = [provider, &made.name].map(|name| (name.clone(), port.clone()));
                let [from, to] = &ends;
                self.connect(from, to, *line)?;
            }
        }
        Ok(())
    }
}

/// Ports that connectors can have.
fn ports(component: &ComponentType, direction: Direction) -> BTreeSet<String> {
    let ports = component.ports.iter();
    ports
        .filter(|port| {
            port.direction == direction
                && !matches!(port.kind, PortKind::Types | PortKind::Platform)
        })
        .map(|port| port.name.clone())
        .collect()
}
