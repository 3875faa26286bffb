//! Whether a component fits microcontrollers, and if not, why: for the export, for `inspect` and
//! for the library. Knows nothing of a project's graph.

use super::module::{Module, Need};
use crate::boards::{Board, DEVICE_PACKAGES};
use std::fmt;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentDefinedType, ComponentType, Parser, Payload,
};

/// What keeps a component from microcontrollers; each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Finding {
    #[error(
        "{access} its memory in `{function}`, so its need is not known beforehand; build it without a heap that grows (`wireloom new --profile mcu` begins such a component)"
    )]
    Asks { access: Access, function: String },
    #[error(
        "uses asynchronous calls, streams or futures, which microcontrollers do not serve; offer plain functions instead"
    )]
    Asynchronous,
    #[error(
        "shares a memory between core modules, which cannot be made smaller; link it into one module"
    )]
    SharedMemory,
    #[error("has a core module with several memories; link it with one")]
    ManyMemories,
    #[error(
        "has a memory with 64-bit addresses or shared by threads, which microcontrollers do not have; build it for wasm32 without threads"
    )]
    ForeignMemory,
    #[error(
        "imports `{interface}`, which board `{board}` does not serve; connect it, or choose a board that has it"
    )]
    Unserved { interface: String, board: String },
    #[error("is not readable: {reason}; build it again")]
    Unreadable { reason: String },
}

/// What a function does with its module's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    Grows,
    AsksSize,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Access::Grows => "grows",
            Access::AsksSize => "asks for the size of",
        })
    }
}

/// A component on microcontrollers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Empty: it fits.
    pub findings: Vec<Finding>,
    /// Memory of one instance, where it fits.
    pub memory_bytes: u64,
}

impl Fit {
    /// In words, a line each.
    pub fn lines(&self) -> Vec<String> {
        if self.findings.is_empty() {
            let bytes = self.memory_bytes;
            return vec![format!(
                "fits microcontrollers, with {bytes} bytes of memory an instance"
            )];
        }
        let findings = self.findings.iter();
        findings
            .map(|finding| format!("does not fit microcontrollers: it {finding}"))
            .collect()
    }
}

/// Instances that do not fit a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The library's name.
    pub component: String,
    pub instances: Vec<String>,
    pub finding: Finding,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instances = self.instances.join("`, `");
        write!(
            f,
            "`{instances}` (component `{}`) {}",
            self.component, self.finding
        )
    }
}

/// Looks at one component, whatever the board.
pub fn fit(component: &[u8]) -> Fit {
    let mut fit = Fit {
        findings: Vec::new(),
        memory_bytes: 0,
    };
    if let Err(error) = look(component, &mut fit) {
        fit.findings.push(Finding::Unreadable {
            reason: error.message().to_owned(),
        });
    }
    fit.findings.sort();
    fit.findings.dedup();
    fit
}

/// Which of these components do not fit the board, with their instances.
pub fn unfit<'a>(
    components: impl IntoIterator<Item = (&'a crate::Component, &'a [u8])>,
    board: &Board,
) -> Vec<Unfit> {
    let findings = components.into_iter().flat_map(|(component, bytes)| {
        let mut findings = fit(bytes).findings;
        findings.extend(unserved(bytes, board));
        findings.into_iter().map(|finding| Unfit {
            component: component.name.clone(),
            instances: component.instances.clone(),
            finding,
        })
    });
    findings.collect()
}

/// Interfaces to devices that a component imports.
pub fn device_imports(component: &[u8]) -> Vec<String> {
    let Ok(mut outside) = crate::component::outside("", component) else {
        return Vec::new();
    };
    let is_device = |import: &String| {
        let package = import.split_once('/').map(|(package, _)| package);
        package.is_some_and(|package| DEVICE_PACKAGES.contains(&package))
    };
    outside.imports.retain(is_device);
    outside.imports
}

/// Imports of interfaces that the board does not have.
pub fn unserved(component: &[u8], board: &Board) -> Vec<Finding> {
    let Ok(outside) = crate::component::outside("", component) else {
        return Vec::new();
    };
    let interfaces = outside.imports.into_iter();
    let unserved = interfaces.filter(|import| import.contains('/') && !board.serves(import));
    unserved
        .map(|interface| Finding::Unserved {
            interface,
            board: board.id.clone(),
        })
        .collect()
}

fn look(component: &[u8], fit: &mut Fit) -> Result<(), wasmparser::BinaryReaderError> {
    for payload in Parser::new(0).parse_all(component) {
        let is_async = match payload? {
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                let module = component.get(unchecked_range).unwrap_or_default();
                match Module::read(module)?.need() {
                    Ok(Need::Bytes(bytes)) => fit.memory_bytes += bytes,
                    Ok(Need::NoMemory) => {}
                    Err(finding) => fit.findings.push(finding),
                }
                false
            }
            Payload::ComponentTypeSection(section) => {
                let mut found = false;
                for item in section {
                    found |= is_async_type(&item?);
                }
                found
            }
            Payload::ComponentCanonicalSection(section) => {
                let mut found = false;
                for item in section {
                    found |= is_async_function(&item?);
                }
                found
            }
            _ => false,
        };
        if is_async {
            fit.findings.push(Finding::Asynchronous);
        }
    }
    Ok(())
}

fn is_async_type(item: &ComponentType<'_>) -> bool {
    use wasmparser::{
        ComponentTypeDeclaration as InComponent, InstanceTypeDeclaration as InInstance,
    };
    match item {
        ComponentType::Defined(ty) => matches!(
            ty,
            ComponentDefinedType::Future(_) | ComponentDefinedType::Stream(_)
        ),
        ComponentType::Func(function) => function.async_,
        ComponentType::Instance(items) => items
            .iter()
            .any(|item| matches!(item, InInstance::Type(ty) if is_async_type(ty))),
        ComponentType::Component(items) => items
            .iter()
            .any(|item| matches!(item, InComponent::Type(ty) if is_async_type(ty))),
        ComponentType::Resource { .. } => false,
    }
}

fn is_async_function(function: &CanonicalFunction) -> bool {
    match function {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
            options.iter().any(|option| {
                matches!(
                    option,
                    CanonicalOption::Async | CanonicalOption::Callback(_)
                )
            })
        }
        CanonicalFunction::ResourceNew { .. }
        | CanonicalFunction::ResourceDrop { .. }
        | CanonicalFunction::ResourceRep { .. } => false,
        _ => true,
    }
}
