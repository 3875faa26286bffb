//! What of a composed partition belongs to which of its pieces: the component instances at the root,
//! in the order in which they are made, with the core modules that each of them has of its own.
//! Knows nothing of their names: who composed them has those.

use super::{
    module::{Module, Need},
    walk,
};
use std::rc::Rc;
use wasmparser::{
    BinaryReader, BinaryReaderError, ComponentAlias, ComponentAliasSectionReader,
    ComponentExportSectionReader, ComponentExternalKind, ComponentImportSectionReader,
    ComponentInstance, ComponentInstanceSectionReader, ComponentOuterAliasKind, ComponentTypeRef,
    Instance, InstanceSectionReader, Parser, Payload,
};

/// One component instance at the root, with all that is nested in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Piece {
    /// Core modules that are instantiated.
    pub core_instances: u64,
    /// WebAssembly code of these modules; a module that is instantiated twice has it once.
    pub code_bytes: u64,
    /// Linear memories of these instances, as they are lowered; 0 for what cannot be lowered.
    pub memory_bytes: u64,
}

/// A partition by its pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pieces {
    /// Core modules at the root itself: composition leaves none there.
    pub root: Piece,
    /// In the order in which they are made.
    pub made: Vec<Piece>,
}

/// The pieces of a partition.
pub fn pieces(component: &[u8]) -> Result<Pieces, BinaryReaderError> {
    let space = Space::read(component, &[])?;
    let mut counted = Vec::new();
    let mut root = Piece::default();
    space.count_own(&mut root, &mut counted);
    let made = space.made.iter().map(|instance| {
        let mut piece = Piece::default();
        instance.count(&mut piece, &mut counted);
        piece
    });
    let made = made.collect();
    Ok(Pieces { root, made })
}

/// A core module of the file.
#[derive(Debug)]
struct CoreModule {
    code_bytes: u64,
    memory_bytes: u64,
}

/// A component: what it defines, and what it makes when it is instantiated.
#[derive(Debug, Default)]
struct Space {
    modules: Vec<Option<Rc<CoreModule>>>,
    components: Vec<Option<Rc<Space>>>,
    core_made: Vec<Rc<CoreModule>>,
    made: Vec<Rc<Space>>,
}

impl Space {
    fn read(component: &[u8], outer: &[&Space]) -> Result<Space, BinaryReaderError> {
        let mut space = Space::default();
        for section in walk::sections(component) {
            let section = section?;
            let reader = BinaryReader::new(section.content, 0);
            match section.id {
                walk::CORE_MODULE => {
                    let module = Rc::new(core_module(section.content)?);
                    space.modules.push(Some(module));
                }
                walk::COMPONENT => {
                    let mut outer = outer.to_vec();
                    outer.push(&space);
                    let nested = Space::read(section.content, &outer)?;
                    space.components.push(Some(Rc::new(nested)));
                }
                walk::CORE_INSTANCE => {
                    for instance in InstanceSectionReader::new(reader)? {
                        if let Instance::Instantiate { module_index, .. } = instance? {
                            let module = space.modules.get(module_index as usize);
                            space.core_made.extend(module.cloned().flatten());
                        }
                    }
                }
                walk::INSTANCE => {
                    for instance in ComponentInstanceSectionReader::new(reader)? {
                        if let ComponentInstance::Instantiate {
                            component_index, ..
                        } = instance?
                        {
                            let nested = space.components.get(component_index as usize);
                            let nested = nested.cloned().flatten().unwrap_or_default();
                            space.made.push(nested);
                        }
                    }
                }
                walk::ALIAS => {
                    for alias in ComponentAliasSectionReader::new(reader)? {
                        space.alias(&alias?, outer);
                    }
                }
                walk::IMPORT => {
                    for import in ComponentImportSectionReader::new(reader)? {
                        match import?.ty {
                            ComponentTypeRef::Module(_) => space.modules.push(None),
                            ComponentTypeRef::Component(_) => space.components.push(None),
                            _ => {}
                        }
                    }
                }
                walk::EXPORT => {
                    for export in ComponentExportSectionReader::new(reader)? {
                        let export = export?;
                        space.again(export.kind, export.index);
                    }
                }
                _ => {}
            }
        }
        Ok(space)
    }

    /// An export of a definition is one more name for it.
    fn again(&mut self, kind: ComponentExternalKind, index: u32) {
        match kind {
            ComponentExternalKind::Module => {
                let module = self.modules.get(index as usize).cloned().flatten();
                self.modules.push(module);
            }
            ComponentExternalKind::Component => {
                let component = self.components.get(index as usize).cloned().flatten();
                self.components.push(component);
            }
            _ => {}
        }
    }

    fn alias(&mut self, alias: &ComponentAlias<'_>, outer: &[&Space]) {
        match alias {
            ComponentAlias::Outer { kind, count, index } => {
                let from = (outer.len().checked_sub(*count as usize)).and_then(|at| outer.get(at));
                let index = *index as usize;
                match kind {
                    ComponentOuterAliasKind::CoreModule => {
                        let module = from.and_then(|space| space.modules.get(index));
                        self.modules.push(module.cloned().flatten());
                    }
                    ComponentOuterAliasKind::Component => {
                        let component = from.and_then(|space| space.components.get(index));
                        self.components.push(component.cloned().flatten());
                    }
                    _ => {}
                }
            }
            ComponentAlias::InstanceExport { kind, .. } => match kind {
                ComponentExternalKind::Module => self.modules.push(None),
                ComponentExternalKind::Component => self.components.push(None),
                _ => {}
            },
            ComponentAlias::CoreInstanceExport { .. } => {}
        }
    }

    fn count(&self, piece: &mut Piece, counted: &mut Vec<*const CoreModule>) {
        self.count_own(piece, counted);
        for nested in &self.made {
            nested.count(piece, counted);
        }
    }

    fn count_own(&self, piece: &mut Piece, counted: &mut Vec<*const CoreModule>) {
        for module in &self.core_made {
            piece.core_instances += 1;
            piece.memory_bytes += module.memory_bytes;
            if !counted.contains(&Rc::as_ptr(module)) {
                counted.push(Rc::as_ptr(module));
                piece.code_bytes += module.code_bytes;
            }
        }
    }
}

fn core_module(bytes: &[u8]) -> Result<CoreModule, BinaryReaderError> {
    let memory_bytes = match Module::read(bytes)?.need() {
        Ok(Need::Bytes(bytes)) => bytes,
        Ok(Need::NoMemory) | Err(_) => 0,
    };
    let mut code_bytes = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::CodeSectionEntry(body) = payload? {
            code_bytes += body.range().len() as u64;
        }
    }
    Ok(CoreModule {
        code_bytes,
        memory_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = r#"(core module $m
        (memory (export "memory") 1)
        (global (export "__heap_base") i32 (i32.const 4096))
        (func (export "run")))"#;

    fn found(text: &str) -> Vec<Piece> {
        pieces(&wat::parse_str(text.replace("MODULE", MODULE)).unwrap())
            .unwrap()
            .made
    }

    #[test]
    fn an_instance_that_is_made_twice_has_two_memories_and_its_code_once() {
        let made = found(
            "(component
                (component $c MODULE (core instance (instantiate $m)))
                (instance (instantiate $c))
                (instance (instantiate $c)))",
        );
        let [first, second] = made.as_slice() else {
            panic!("{made:?}");
        };
        assert_eq!((first.memory_bytes, second.memory_bytes), (4096, 4096));
        assert!(first.code_bytes > 0);
        assert_eq!(second.code_bytes, 0);
        assert_eq!((first.core_instances, second.core_instances), (1, 1));
    }

    #[test]
    fn what_is_nested_and_what_is_an_alias_belongs_to_the_piece_at_the_root() {
        let made = found(
            "(component
                MODULE
                (component $outer
                    (alias outer 1 $m (core module $again))
                    (core instance (instantiate $again))
                    (component $inner
                        (alias outer 2 $m (core module $third))
                        (core instance (instantiate $third)))
                    (instance (instantiate $inner)))
                (component $empty)
                (instance (instantiate $empty))
                (instance (instantiate $outer)))",
        );
        let memories: Vec<u64> = made.iter().map(|piece| piece.memory_bytes).collect();
        assert_eq!(memories, [0, 8192]);
        let instances: Vec<u64> = made.iter().map(|piece| piece.core_instances).collect();
        assert_eq!(instances, [0, 2]);
    }

    #[test]
    fn what_is_no_component_is_refused() {
        assert!(pieces(b"\0asm\x0d\0\x01\0\x01\xff").is_err());
    }
}
