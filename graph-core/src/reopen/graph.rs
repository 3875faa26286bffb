//! A composition that others made: its parts are instances, the arguments that they take from each
//! other are direct connectors. Generated parts among them are left out, probes seen through.
//! Knows nothing of sections.

use super::{
    Extracted, ReopenError,
    binary::{Root, Source},
    parts::Files,
};
use crate::{
    document::{Connector, ConnectorId, Document},
    edit::Edit,
    end,
    wac::{self, Composition, Link, Made, Package},
};
use autosar_wit::{
    component::{ComponentType, Direction, PortKind},
    names, read,
};
use std::collections::{BTreeMap, BTreeSet};

/// The project of a composition: its parts on one partition, with the activations that suit them.
pub(super) fn project(file: &str, root: &Root<'_>) -> Result<Extracted, ReopenError> {
    let mut graph = Graph {
        file,
        root,
        names: names_of(root),
        files: Files::default(),
        packages: BTreeMap::new(),
        probed: BTreeSet::new(),
        composition: Composition {
            file: file.to_owned(),
            name: project_name(file, root),
            instances: Vec::new(),
            links: Vec::new(),
            notes: Vec::new(),
        },
    };
    for part in 0..root.parts.len() {
        graph.add_part(part)?;
    }
    for part in 0..root.parts.len() {
        graph.add_links(part)?;
    }
    graph.add_exports();
    graph.finish()
}

fn project_name(file: &str, root: &Root<'_>) -> String {
    root.name.clone().unwrap_or_else(|| stem(file).to_owned())
}

/// A label for each part that is not generated: its name in the composition, else its component's,
/// else `part`.
fn names_of(root: &Root<'_>) -> Vec<Option<String>> {
    let mut taken: Vec<String> = Vec::new();
    let mut named = Vec::with_capacity(root.parts.len());
    for part in &root.parts {
        if part.is_generated() {
            named.push(None);
            continue;
        }
        let name = part.name.as_deref().or(part.component_name.as_deref());
        let label = names::to_label(name.unwrap_or("part"));
        let label = names::unique(&label, |label| taken.iter().any(|taken| taken == label));
        taken.push(label.clone());
        named.push(Some(label));
    }
    named
}

struct Graph<'a> {
    file: &'a str,
    root: &'a Root<'a>,
    /// Of each part; `None`: generated.
    names: Vec<Option<String>>,
    files: Files,
    packages: BTreeMap<String, Package>,
    /// Required ends of connectors with a probe.
    probed: BTreeSet<(String, String)>,
    composition: Composition,
}

/// Where an argument comes from, behind probes.
enum Origin {
    Port {
        name: String,
        port: String,
        probe: bool,
    },
    Outside,
    Generated,
    Unclear,
}

impl Graph<'_> {
    fn name(&self, part: usize) -> Option<&str> {
        self.names.get(part)?.as_deref()
    }

    fn add_part(&mut self, at: usize) -> Result<(), ReopenError> {
        let (Some(part), Some(name)) = (self.root.parts.get(at), self.name(at)) else {
            return Ok(());
        };
        let name = name.to_owned();
        let Some(bytes) = part.bytes else {
            return Err(ReopenError::Outside {
                file: self.file.to_owned(),
                part: name,
            });
        };
        let component = part.component_name.as_deref().unwrap_or(&name);
        let file = self.files.component(component, bytes);
        let package = stem(&file).to_owned();
        if !self.packages.contains_key(&package) {
            let component_type = read::component(bytes, &file)?;
            let known = Package {
                file,
                component_type,
            };
            self.packages.insert(package.clone(), known);
        }
        self.composition.instances.push(Made {
            name,
            package,
            line: 0,
            spreads: Vec::new(),
        });
        Ok(())
    }

    fn add_links(&mut self, at: usize) -> Result<(), ReopenError> {
        let (Some(part), Some(name)) = (self.root.parts.get(at), self.name(at)) else {
            return Ok(());
        };
        let name = name.to_owned();
        for (import, source) in &part.arguments {
            let wanted = self.kind(&name, Direction::Required, import);
            // Nothing in it is called, so nothing is wired.
            if wanted == Some(PortKind::Types) {
                continue;
            }
            match self.origin(source) {
                Origin::Outside => {}
                Origin::Generated => self.composition.notes.push(format!(
                    "what `{name}` imports as `{import}` came from the generated environment and is left out; draw its connectors anew"
                )),
                Origin::Unclear => {
                    return Err(ReopenError::NoPort {
                        file: self.file.to_owned(),
                        part: name,
                        import: import.clone(),
                    });
                }
                Origin::Port { name: provider, .. } if wanted == Some(PortKind::Platform) => {
                    return Err(ReopenError::Platform {
                        file: self.file.to_owned(),
                        provider,
                        port: import.clone(),
                        requirer: name,
                    });
                }
                Origin::Port { name: provider, port, probe } => {
                    if probe {
                        self.probed.insert((name.clone(), import.clone()));
                    }
                    self.composition.links.push(Link {
                        from: (provider, port),
                        to: (name.clone(), import.clone()),
                        line: 0,
                    });
                }
            }
        }
        Ok(())
    }

    fn kind(&self, instance: &str, direction: Direction, port: &str) -> Option<PortKind> {
        let mut made = self.composition.instances.iter();
        let made = made.find(|made| made.name == instance)?;
        let component_type: &ComponentType = &self.packages.get(&made.package)?.component_type;
        Some(component_type.port(direction, port)?.kind)
    }

    fn origin(&self, source: &Source) -> Origin {
        let mut source = source;
        let mut probe = false;
        // A probe stands between two ports; each step goes to an earlier part.
        for _ in 0..=self.root.parts.len() {
            let (part, path) = match source {
                Source::Outside => return Origin::Outside,
                Source::Other => return Origin::Unclear,
                Source::Part { part, path } => (*part, path.as_slice()),
            };
            match (self.name(part), path) {
                (Some(name), [port]) => {
                    return Origin::Port {
                        name: name.to_owned(),
                        port: port.clone(),
                        probe,
                    };
                }
                (Some(_), _) => return Origin::Unclear,
                (None, [port]) if port == rte::PROBE_OUTER => {
                    let arguments = self.root.parts.get(part).map(|part| &part.arguments);
                    let mut inner = arguments.into_iter().flatten();
                    match inner.find(|(import, _)| import == rte::PROBE_INNER) {
                        Some((_, inner)) => (source, probe) = (inner, true),
                        None => return Origin::Generated,
                    }
                }
                (None, _) => return Origin::Generated,
            }
        }
        Origin::Unclear
    }

    fn add_exports(&mut self) {
        for (export, source) in &self.root.exports {
            let from = match self.origin(source) {
                Origin::Port { name, port, .. } => format!("`{port}` of `{name}`"),
                Origin::Generated => continue,
                Origin::Outside | Origin::Unclear => "what came from outside".to_owned(),
            };
            self.composition.notes.push(format!(
                "export `{export}` ({from}) is left out: a partition exports its tasks; give the instance's runnables activations"
            ));
        }
    }

    fn finish(self) -> Result<Extracted, ReopenError> {
        let document = wac::project(&self.composition, &self.packages);
        let mut document = document.map_err(|error| ReopenError::Graph {
            file: self.file.to_owned(),
            reason: error.fault.to_string(),
        })?;
        add_probes(&mut document, &self.probed);
        Ok(Extracted {
            document,
            files: self.files.files,
            notes: self.composition.notes,
        })
    }
}

/// `components/fan.wasm` → `fan`.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".wasm").unwrap_or(name)
}

fn add_probes(document: &mut Document, probed: &BTreeSet<(String, String)>) {
    let texts: BTreeSet<String> = probed
        .iter()
        .map(|(instance, port)| format!("{instance}.{port}"))
        .collect();
    let is_probed = |connector: &Connector| texts.contains(&end::text(document, &connector.to));
    let connectors = document.connectors.iter();
    let found: Vec<(ConnectorId, Connector)> = connectors
        .filter(|(_, connector)| is_probed(connector))
        .map(|(id, connector)| (*id, connector.clone()))
        .collect();
    for (id, connector) in found {
        let probe = Connector {
            probe: true,
            ..connector
        };
        // The ends are those of a connector that is there.
        let _ = document.apply_batch(vec![Edit::ChangeConnector(id, probe)]);
    }
}
