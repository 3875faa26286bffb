//! Compositions as text in the language of wac: each partition as a document that stock `wac`
//! composes into the same component, with the generated glue as packages of its own beside the
//! users'. Knows nothing of files.
//!
//! Source: wac, `LANGUAGE.md` ("Package Directive", "Let", "Instantiation", "Export").

use super::{
    ComposeError, all_tables,
    assemble::{Made, Parts, parts},
    link::Source,
    scope::{self, Scope},
    ways,
};
use crate::{document::Document, library::Library};
use autosar_wit::names;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Namespace of the packages that are generated.
pub const GLUE: &str = "wireloom-glue";

/// A partition as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WacDocument {
    /// `<ecu>-<partition>.wac`.
    pub file_name: String,
    pub text: String,
    /// Components by `namespace/name.wasm`, as stock `wac` looks for them in its folder `deps`.
    pub packages: BTreeMap<String, Vec<u8>>,
}

/// A document for each partition that has instances.
pub fn documents(document: &Document, library: &Library) -> Result<Vec<WacDocument>, ComposeError> {
    let flat = crate::hierarchy::flattened(document);
    let document = &*flat.document;
    let scopes = scope::scopes(document, library)?;
    let ways = ways::ways(document, &scopes)?;
    let mut tables = all_tables(document, library, &scopes, &ways)?;
    let packages = users_packages(document);
    let mut documents = Vec::with_capacity(scopes.len());
    for (at, (scope, tables)) in scopes.iter().zip(&mut tables).enumerate() {
        let parts = parts(document, scope, at, &ways, tables)?;
        let writer = Writer::new(document, scope, &parts, &packages);
        documents.push(writer.document(scope, &parts));
    }
    Ok(documents)
}

type Packages = BTreeMap<crate::document::ComponentId, String>;

/// A package for each component: `thermal:fan`.
fn users_packages(document: &Document) -> Packages {
    let space = match names::to_label(&document.name).as_str() {
        GLUE => "project".to_owned(),
        label => label.to_owned(),
    };
    let mut taken = BTreeSet::new();
    let mut packages = Packages::new();
    for (id, component) in &document.components {
        let label = names::to_label(&component.name);
        let label = names::unique(&label, |label| taken.contains(label));
        packages.insert(*id, format!("{space}:{label}"));
        taken.insert(label);
    }
    packages
}

/// The names of everything in one document.
struct Writer {
    package: String,
    /// Of each piece: its variable, and its package.
    pieces: Vec<(String, String)>,
}

impl Writer {
    fn new(
        document: &Document,
        scope: &Scope<'_>,
        parts: &Parts<'_>,
        packages: &Packages,
    ) -> Writer {
        let place = names::to_label(&format!("{}-{}", scope.ecu.name, scope.key.partition));
        let mut taken: BTreeSet<String> = scope
            .members
            .iter()
            .map(|member| member.name().to_owned())
            .collect();
        let mut pieces: Vec<(String, String)> = Vec::new();
        for piece in &parts.pieces {
            let package = piece.component.and_then(|id| packages.get(&id));
            pieces.push(match package {
                Some(package) => (piece.name.clone(), package.clone()),
                None => {
                    let label = names::to_label(piece.name.trim_start_matches("the "));
                    let label = names::unique(&label, |label| taken.contains(label));
                    taken.insert(label.clone());
                    let package = format!("{GLUE}:{place}-{label}");
                    (label, package)
                }
            });
        }
        Writer {
            package: format!("{}:{place}", names::to_label(&document.name)),
            pieces,
        }
    }

    fn document(&self, scope: &Scope<'_>, parts: &Parts<'_>) -> WacDocument {
        let (ecu, partition) = (&scope.ecu.name, &scope.key.partition);
        let file_name = super::system::file_name(scope).replace(".wasm", ".wac");
        let mut text = format!(
            "// Partition `{partition}` of ECU `{ecu}`. Compose it beside its folder `deps`:\n\
             //   wac compose {file_name} -o {ecu}-{partition}.wasm\n\
             // Packages `{GLUE}:…` are the generated run-time environment.\n\
             package {};\n\n",
            self.package
        );
        for (piece, names) in parts.pieces.iter().zip(&self.pieces) {
            self.add_instance(&mut text, piece, names);
        }
        text.push('\n');
        for (name, source) in &parts.exports {
            let _ = writeln!(text, "export {} as \"{name}\";", self.expression(source));
        }
        let packages = parts.pieces.iter().zip(&self.pieces);
        WacDocument {
            file_name,
            text,
            packages: packages
                .map(|(piece, (_, package))| (path(package), piece.bytes.to_vec()))
                .collect(),
        }
    }

    fn add_instance(
        &self,
        text: &mut String,
        piece: &Made<'_>,
        (name, package): &(String, String),
    ) {
        let _ = write!(text, "let {} = new {package} {{", identifier(name));
        for wire in &piece.wires {
            let source = self.expression(&wire.source);
            let _ = write!(text, "\n    \"{}\": {source},", wire.import);
        }
        // What is not wired comes from the host, as an import of the whole.
        let _ = match piece.wires.is_empty() {
            true => writeln!(text, " ... }};"),
            false => writeln!(text, "\n    ...\n}};"),
        };
    }

    /// `sensor["acme:heat/temperature@0.1.0"]`.
    fn expression(&self, source: &Source) -> String {
        let name = self.pieces.get(source.piece);
        let mut text = name.map_or_else(String::new, |(name, _)| identifier(name));
        for part in &source.path {
            let _ = write!(text, "[\"{part}\"]");
        }
        text
    }
}

/// `thermal:fan` → `thermal/fan.wasm`.
fn path(package: &str) -> String {
    format!("{}.wasm", package.replace(':', "/"))
}

/// Words of the language cannot be names as they are.
fn identifier(name: &str) -> String {
    const WORDS: [&str; 45] = [
        "as",
        "async",
        "bool",
        "borrow",
        "char",
        "constructor",
        "enum",
        "error-context",
        "export",
        "f32",
        "f64",
        "flags",
        "func",
        "future",
        "import",
        "include",
        "interface",
        "let",
        "list",
        "map",
        "new",
        "option",
        "own",
        "package",
        "record",
        "resource",
        "result",
        "s16",
        "s32",
        "s64",
        "s8",
        "static",
        "stream",
        "string",
        "targets",
        "tuple",
        "type",
        "u16",
        "u32",
        "u64",
        "u8",
        "use",
        "variant",
        "with",
        "world",
    ];
    match WORDS.contains(&name) {
        true => format!("%{name}"),
        false => name.to_owned(),
    }
}
