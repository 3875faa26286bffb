//! Links components to one by wac: a fresh graph each time, since wac's graphs panic on stale ids
//! and forget removed arguments. Every error names the pieces and ports that it is about.
//! Knows pieces and wires only, nothing of projects.

use super::ComposeError;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};
use wac_graph::{
    AliasError, CompositionGraph, EncodeError, EncodeOptions, InstantiationArgumentError, NodeId,
    PackageId, Processor, types::Package,
};

/// A component to instantiate.
pub(super) struct Piece<'a> {
    /// For messages: the instance's name, or what the piece is for.
    pub(super) name: &'a str,
    pub(super) bytes: &'a [u8],
    /// Pieces with the same number have the same bytes: one copy of them is kept.
    pub(super) package: usize,
    pub(super) wires: &'a [Wire],
}

/// An instantiation argument.
pub(super) struct Wire {
    /// Import of the piece that has this wire.
    pub(super) import: String,
    pub(super) source: Source,
}

/// An export of a piece.
#[derive(Clone)]
pub(super) struct Source {
    /// Position in the list of pieces.
    pub(super) piece: usize,
    /// Name of the export, then of what it exports in turn.
    pub(super) path: Vec<String>,
}

/// Links the pieces, instantiated in their order as far as the wires leave it open, and exports
/// these sources at the root.
pub(super) fn link(
    pieces: &[Piece<'_>],
    exports: &[(String, Source)],
) -> Result<Vec<u8>, ComposeError> {
    // wac panics where it meets what it does not expect; a project must never take the studio down.
    catch_unwind(AssertUnwindSafe(|| {
        let mut linker = Linker::instantiate(pieces)?;
        linker.connect()?;
        for (name, source) in exports {
            linker.export(name, source)?;
        }
        linker.encode()
    }))
    .unwrap_or_else(|_| {
        Err(ComposeError::Linker {
            pieces: names(pieces),
        })
    })
}

struct Linker<'a> {
    graph: CompositionGraph,
    pieces: &'a [Piece<'a>],
    nodes: Vec<NodeId>,
}

impl<'a> Linker<'a> {
    fn instantiate(pieces: &'a [Piece<'a>]) -> Result<Self, ComposeError> {
        let mut graph = CompositionGraph::new();
        let mut packages: BTreeMap<usize, PackageId> = BTreeMap::new();
        let mut nodes = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let package = match packages.get(&piece.package) {
                Some(package) => *package,
                None => register(&mut graph, piece)?,
            };
            packages.insert(piece.package, package);
            let node = graph.instantiate(package);
            graph.set_node_name(node, piece.name);
            nodes.push(node);
        }
        Ok(Self {
            graph,
            pieces,
            nodes,
        })
    }

    fn connect(&mut self) -> Result<(), ComposeError> {
        for (piece, node) in self.pieces.iter().zip(self.nodes.clone()) {
            for wire in piece.wires {
                let source = self.source(&wire.source)?;
                self.graph
                    .set_instantiation_argument(node, &wire.import, source)
                    .map_err(|error| self.argument_error(piece, wire, error))?;
            }
        }
        Ok(())
    }

    /// The node of an export, by way of the instances that lead to it.
    fn source(&mut self, source: &Source) -> Result<NodeId, ComposeError> {
        let Some(mut node) = self.nodes.get(source.piece).copied() else {
            return Err(ComposeError::Linker {
                pieces: names(self.pieces),
            });
        };
        for export in &source.path {
            node = self
                .graph
                .alias_instance_export(node, export)
                .map_err(|error| match error {
                    AliasError::NodeIsNotAnInstance { .. }
                    | AliasError::InstanceMissingExport { .. } => ComposeError::NoExport {
                        piece: self.name(source),
                        port: source.path.join("#"),
                    },
                })?;
        }
        Ok(node)
    }

    fn export(&mut self, name: &str, source: &Source) -> Result<(), ComposeError> {
        let node = self.source(source)?;
        self.graph
            .export(node, name)
            .map_err(|_| ComposeError::ExportName {
                name: name.to_owned(),
            })
    }

    fn encode(&self) -> Result<Vec<u8>, ComposeError> {
        let options = EncodeOptions {
            processor: Some(Processor {
                name: "wireloom",
                version: env!("CARGO_PKG_VERSION"),
            }),
            // `seal` validates, and without labels.
            validate: false,
            ..EncodeOptions::default()
        };
        self.graph
            .encode(options)
            .map_err(|error| self.encode_error(error))
    }

    fn argument_error(
        &self,
        piece: &Piece<'_>,
        wire: &Wire,
        error: InstantiationArgumentError,
    ) -> ComposeError {
        let (requirer, required) = (piece.name.to_owned(), wire.import.clone());
        match error {
            InstantiationArgumentError::ArgumentTypeMismatch { source, .. } => {
                ComposeError::Mismatch {
                    provider: self.name(&wire.source),
                    provided: wire.source.path.join("#"),
                    requirer,
                    required,
                    reason: prose(&*source),
                }
            }
            InstantiationArgumentError::ArgumentAlreadyPassed { .. } => {
                ComposeError::TwoProviders {
                    instance: requirer,
                    port: required,
                }
            }
            InstantiationArgumentError::InvalidArgumentName { .. }
            | InstantiationArgumentError::NodeIsNotAnInstantiation { .. } => {
                ComposeError::NoImport {
                    piece: requirer,
                    port: required,
                }
            }
        }
    }

    fn encode_error(&self, error: EncodeError) -> ComposeError {
        match error {
            EncodeError::GraphContainsCycle { node } => ComposeError::Cycle {
                path: self.cycle(node),
            },
            EncodeError::ImplicitImportConflict {
                instantiation,
                name,
                ..
            } => ComposeError::Unconnected {
                instance: self.node_name(instantiation),
                port: name,
            },
            EncodeError::ImportTypeMergeConflict {
                import,
                first,
                second,
                source,
            } => ComposeError::ImportConflict {
                import,
                first: self.node_name(first),
                second: self.node_name(second),
                reason: prose(&*source),
            },
            EncodeError::ValidationFailure { source } => ComposeError::Invalid {
                pieces: names(self.pieces),
                reason: source.message().to_owned(),
            },
        }
    }

    /// The pieces on a way from one that reaches itself; wac names a single node.
    fn cycle(&self, node: NodeId) -> Vec<String> {
        let start = self.position(node).unwrap_or_default();
        let follows = |from: usize| {
            self.pieces
                .iter()
                .enumerate()
                .filter(move |(_, piece)| piece.wires.iter().any(|wire| wire.source.piece == from))
        };
        let mut previous: BTreeMap<usize, usize> = BTreeMap::new();
        let mut open = vec![start];
        while let Some(piece) = open.pop() {
            for (next, _) in follows(piece) {
                if previous.contains_key(&next) {
                    continue;
                }
                previous.insert(next, piece);
                open.push(next);
            }
        }
        let mut path = vec![start];
        let mut at = start;
        while let Some(before) = previous.get(&at).copied() {
            path.push(before);
            if before == start {
                break;
            }
            at = before;
        }
        path.reverse();
        path.into_iter()
            .filter_map(|piece| Some(self.pieces.get(piece)?.name.to_owned()))
            .collect()
    }

    fn name(&self, source: &Source) -> String {
        self.pieces
            .get(source.piece)
            .map(|piece| piece.name.to_owned())
            .unwrap_or_default()
    }

    fn node_name(&self, node: NodeId) -> String {
        self.position(node)
            .and_then(|piece| Some(self.pieces.get(piece)?.name.to_owned()))
            .unwrap_or_default()
    }

    /// The piece of an instantiation, or of an alias of one of its exports.
    fn position(&self, node: NodeId) -> Option<usize> {
        let found = self.nodes.iter().position(|candidate| *candidate == node);
        found.or_else(|| self.position(self.graph.get_alias_source(node)?.0))
    }
}

fn register(graph: &mut CompositionGraph, piece: &Piece<'_>) -> Result<PackageId, ComposeError> {
    let unreadable = |reason: String| ComposeError::Unreadable {
        piece: piece.name.to_owned(),
        reason,
    };
    let name = format!("piece-{}", piece.package);
    let package = Package::from_bytes(&name, None, piece.bytes, graph.types_mut())
        .map_err(|error| unreadable(prose(&*error)))?;
    graph
        .register_package(package)
        .map_err(|error| unreadable(error.to_string()))
}

/// All reasons of an error in one line, outermost first.
fn prose(error: &(dyn std::error::Error + 'static)) -> String {
    let reasons = std::iter::successors(Some(error), |error| error.source());
    reasons
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

fn names(pieces: &[Piece<'_>]) -> Vec<String> {
    pieces.iter().map(|piece| piece.name.to_owned()).collect()
}
