//! What stands at the root of a component: instances of components inside it with their arguments,
//! exports, names. Knows nothing of what the components do.

use super::section::SECTION;
use std::collections::BTreeMap;
use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentName,
    ComponentTypeRef, CustomSectionReader, KnownCustom, NameMap, Parser, Payload, WasmFeatures,
};

/// The root of a component.
#[derive(Debug, Default)]
pub(super) struct Root<'a> {
    /// Instances of components, in the order in which they are made.
    pub(super) parts: Vec<Part<'a>>,
    pub(super) exports: Vec<(String, Source)>,
    /// Something at the root runs, or stands between parts and code.
    pub(super) has_code: bool,
    /// The component's own name.
    pub(super) name: Option<String>,
    /// Content of the section [`SECTION`].
    pub(super) section: Option<&'a [u8]>,
}

/// An instance of a component.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// From the name section.
    pub(super) name: Option<String>,
    /// From the name section, else the component's own.
    pub(super) component_name: Option<String>,
    /// `None`: the component is imported.
    pub(super) bytes: Option<&'a [u8]>,
    /// What its imports get, but for types and modules.
    pub(super) arguments: Vec<(String, Source)>,
}

impl Part<'_> {
    /// Whether it was generated: a mark of the generator stands in its component.
    pub(super) fn is_generated(&self) -> bool {
        self.bytes
            .is_some_and(|bytes| root_custom(bytes, rte::MARK))
    }
}

/// Where an instance or function comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// An import of the root, or something in one.
    Outside,
    /// Export of a part by its path; without one the part as a whole.
    Part { part: usize, path: Vec<String> },
    /// Put together at the root from several, or a component or module.
    Other,
}

/// Reads the root; nested components stay as they are. The bytes are valid.
pub(super) fn read(bytes: &[u8]) -> Result<Root<'_>, BinaryReaderError> {
    let mut reader = Reader::default();
    let mut depth = 0_usize;
    for payload in parser().parse_all(bytes) {
        let payload = payload?;
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            payload if depth == 1 => reader.payload(payload, bytes)?,
            _ => {}
        }
    }
    Ok(reader.finish())
}

/// A parser that reads annotations instead of refusing them.
fn parser() -> Parser {
    let mut parser = Parser::new(0);
    parser.set_features(WasmFeatures::all());
    parser
}

/// Whether the component has that custom section at its root.
fn root_custom(bytes: &[u8], name: &str) -> bool {
    let mut depth = 0_usize;
    for payload in parser().parse_all(bytes).flatten() {
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 1 && section.name() == name => return true,
            _ => {}
        }
    }
    false
}

/// The index spaces of the root, as far as parts are wired through them.
#[derive(Default)]
struct Reader<'a> {
    root: Root<'a>,
    /// `None`: not inside.
    components: Vec<Option<&'a [u8]>>,
    instances: Vec<Source>,
    functions: Vec<Source>,
    /// Indices of each part's instance and component.
    places: Vec<(u32, u32)>,
    instance_names: BTreeMap<u32, String>,
    component_names: BTreeMap<u32, String>,
}

impl<'a> Reader<'a> {
    fn payload(&mut self, payload: Payload<'a>, bytes: &'a [u8]) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::ModuleSection { .. }
            | Payload::InstanceSection(_)
            | Payload::ComponentCanonicalSection(_)
            | Payload::ComponentStartSection { .. } => self.root.has_code = true,
            Payload::ComponentSection {
                unchecked_range, ..
            } => self.components.push(bytes.get(unchecked_range)),
            Payload::ComponentImportSection(section) => {
                for import in section {
                    self.import(import?.ty);
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    self.instance(instance?);
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.alias(alias?);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    let source = self.source(export.kind, export.index);
                    // An export is an item of its own in the index space.
                    self.push(export.kind, source.clone());
                    let is_port = matches!(
                        export.kind,
                        ComponentExternalKind::Instance | ComponentExternalKind::Func
                    );
                    if is_port {
                        self.root
                            .exports
                            .push((export.name.name.to_owned(), source));
                    }
                }
            }
            Payload::CustomSection(section) => self.custom(&section),
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, item: ComponentTypeRef) {
        match item {
            ComponentTypeRef::Instance(_) => self.instances.push(Source::Outside),
            ComponentTypeRef::Func(_) => self.functions.push(Source::Outside),
            ComponentTypeRef::Component(_) => self.components.push(None),
            ComponentTypeRef::Module(_)
            | ComponentTypeRef::Value(_)
            | ComponentTypeRef::Type(_) => {}
        }
    }

    fn instance(&mut self, instance: ComponentInstance<'a>) {
        let at = u32::try_from(self.instances.len()).unwrap_or(u32::MAX);
        let ComponentInstance::Instantiate {
            component_index,
            args,
        } = instance
        else {
            self.instances.push(Source::Other);
            return;
        };
        let wired = args.iter().filter(|argument| {
            !matches!(
                argument.kind,
                ComponentExternalKind::Type | ComponentExternalKind::Module
            )
        });
        let arguments = wired
            .map(|argument| {
                let source = self.source(argument.kind, argument.index);
                (argument.name.to_owned(), source)
            })
            .collect();
        let bytes = self.components.get(component_index as usize);
        self.instances.push(Source::Part {
            part: self.root.parts.len(),
            path: Vec::new(),
        });
        self.root.parts.push(Part {
            name: None,
            component_name: None,
            bytes: bytes.copied().flatten(),
            arguments,
        });
        self.places.push((at, component_index));
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let source = match self.instances.get(instance_index as usize) {
                    Some(Source::Part { part, path }) => Source::Part {
                        part: *part,
                        path: path.iter().cloned().chain([name.to_owned()]).collect(),
                    },
                    Some(Source::Outside) => Source::Outside,
                    Some(Source::Other) | None => Source::Other,
                };
                self.push(kind, source);
            }
            ComponentAlias::CoreInstanceExport { .. } => self.root.has_code = true,
            ComponentAlias::Outer { .. } => {}
        }
    }

    fn source(&self, kind: ComponentExternalKind, index: u32) -> Source {
        let space = match kind {
            ComponentExternalKind::Instance => &self.instances,
            ComponentExternalKind::Func => &self.functions,
            _ => return Source::Other,
        };
        let found = space.get(index as usize).cloned();
        found.unwrap_or(Source::Other)
    }

    fn push(&mut self, kind: ComponentExternalKind, source: Source) {
        match kind {
            ComponentExternalKind::Instance => self.instances.push(source),
            ComponentExternalKind::Func => self.functions.push(source),
            ComponentExternalKind::Component => self.components.push(None),
            _ => {}
        }
    }

    fn custom(&mut self, section: &CustomSectionReader<'a>) {
        if section.name() == SECTION {
            self.root.section = Some(section.data());
        }
        let KnownCustom::ComponentName(names) = section.as_known() else {
            return;
        };
        for part in names.into_iter().flatten() {
            match part {
                ComponentName::Component { name, .. } => self.root.name = Some(name.to_owned()),
                ComponentName::Instances(names) => self.instance_names.extend(named(names)),
                ComponentName::Components(names) => self.component_names.extend(named(names)),
                _ => {}
            }
        }
    }

    fn finish(mut self) -> Root<'a> {
        for (part, (instance, component)) in self.root.parts.iter_mut().zip(&self.places) {
            part.name = self.instance_names.get(instance).cloned();
            let known = self.component_names.get(component).cloned();
            part.component_name = known.or_else(|| read(part.bytes?).ok()?.name);
        }
        self.root
    }
}

fn named(names: NameMap<'_>) -> impl Iterator<Item = (u32, String)> {
    let names = names.into_iter().flatten();
    names.map(|naming| (naming.index, naming.name.to_owned()))
}
