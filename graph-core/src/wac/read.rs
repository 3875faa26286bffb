//! Text to instances and links, by wac's own parser. Knows nothing of component types.

use super::{Fault, WacError};
use crate::compose::GLUE;
use autosar_wit::names;
use std::collections::BTreeMap;
use wac_parser::{Document, Expr, InstantiationArgument, PostfixExpr, PrimaryExpr, Statement};

/// What a document says that a project can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composition {
    /// The document's file, for messages.
    pub file: String,
    /// Name in `package namespace:name`.
    pub name: String,
    /// In the order of the text.
    pub instances: Vec<Made>,
    pub links: Vec<Link>,
    /// What was passed over, with lines.
    pub notes: Vec<String>,
}

/// An instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub name: String,
    /// `namespace:name`.
    pub package: String,
    pub line: usize,
    /// Instances all of whose exports are offered to its imports.
    pub spreads: Vec<(String, usize)>,
}

/// From an export to an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub from: (String, String),
    pub to: (String, String),
    pub line: usize,
}

/// Reads a document. `file` stands in messages.
pub fn read(text: &str, file: &str) -> Result<Composition, WacError> {
    let failed = |line: usize, fault: Fault| WacError {
        file: file.to_owned(),
        line,
        fault: Box::new(fault),
    };
    let document = Document::parse(text).map_err(|error| {
        let reason = error.to_string();
        failed(line(text, offset(&error)), Fault::Syntax { reason })
    })?;
    let package = document.directive.package.name;
    let mut reader = Reader {
        text,
        file,
        values: BTreeMap::new(),
        composition: Composition {
            file: file.to_owned(),
            name: package.rsplit(':').next().unwrap_or(package).to_owned(),
            instances: Vec::new(),
            links: Vec::new(),
            notes: Vec::new(),
        },
    };
    for statement in &document.statements {
        reader.statement(statement)?;
    }
    match reader.composition.instances.is_empty() {
        true => Err(failed(1, Fault::Empty)),
        false => Ok(reader.composition),
    }
}

/// What a name stands for.
#[derive(Debug, Clone)]
enum Value {
    Instance(String),
    Port(String, String),
    /// Something of the generated environment, which a project makes anew.
    Glue,
}

struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    values: BTreeMap<String, Value>,
    composition: Composition,
}

impl Reader<'_> {
    fn statement(&mut self, statement: &Statement<'_>) -> Result<(), WacError> {
        let file = self.file.to_owned();
        match statement {
            Statement::Import(import) => {
                let name = import.id.string.to_owned();
                let line = self.line(import.id.span.offset());
                Err(self.error(line, Fault::Import { name }))
            }
            Statement::Type(declaration) => {
                let line = self.line(type_offset(declaration));
                Err(self.error(line, Fault::Types))
            }
            Statement::Let(statement) => {
                let (name, at) = (statement.id.string, statement.id.span.offset());
                if self.values.contains_key(name) {
                    let name = name.to_owned();
                    return Err(self.error(self.line(at), Fault::Twice { name }));
                }
                let value = self.value(&statement.expr, Some(name))?;
                self.values.insert(name.to_owned(), value);
                Ok(())
            }
            Statement::Export(statement) => {
                let at = statement.expr.span.offset();
                if !matches!(self.value(&statement.expr, None)?, Value::Glue) {
                    let text = self.source(&statement.expr).to_owned();
                    let line = self.line(at);
                    self.composition.notes.push(format!(
                        "{file}:{line}: `export {text}` is left out: a partition exports its tasks; give the instance's runnables activations"
                    ));
                }
                Ok(())
            }
        }
    }

    /// What an expression stands for; instances in it become the project's.
    fn value(&mut self, expression: &Expr<'_>, wanted: Option<&str>) -> Result<Value, WacError> {
        let at = expression.span.offset();
        let line = self.line(at);
        let mut value = match &expression.primary {
            PrimaryExpr::New(new) => self.instance(new, wanted, line)?,
            PrimaryExpr::Nested(nested) => self.value(&nested.inner, None)?,
            PrimaryExpr::Ident(name) => self.named(name.string, line)?,
        };
        for part in &expression.postfix {
            let name = match part {
                PostfixExpr::Access(access) => access.id.string,
                PostfixExpr::NamedAccess(access) => access.string.value,
            };
            value = match value {
                Value::Instance(instance) => Value::Port(instance, name.to_owned()),
                Value::Glue => Value::Glue,
                Value::Port(..) => {
                    let text = self.source(expression).to_owned();
                    return Err(self.error(line, Fault::Part { text }));
                }
            };
        }
        Ok(value)
    }

    fn named(&self, name: &str, line: usize) -> Result<Value, WacError> {
        let known = self.values.get(name).cloned();
        let name = name.to_owned();
        known.ok_or_else(|| self.error(line, Fault::Unknown { name }))
    }

    fn instance(
        &mut self,
        new: &wac_parser::NewExpr<'_>,
        wanted: Option<&str>,
        line: usize,
    ) -> Result<Value, WacError> {
        let package = new.package.name;
        let is_glue = package.split(':').next() == Some(GLUE);
        let name = match wanted {
            Some(name) => name.to_owned(),
            // An instance without a name of its own has that of its package.
            None => {
                let base = package.rsplit(':').next().unwrap_or(package);
                let taken = |name: &str| {
                    let mut made = self.composition.instances.iter();
                    self.values.contains_key(name) || made.any(|made| made.name == name)
                };
                names::unique(base, taken)
            }
        };
        let mut made = Made {
            name: name.clone(),
            package: package.to_owned(),
            line,
            spreads: Vec::new(),
        };
        for argument in &new.arguments {
            self.argument(argument, &mut made, is_glue)?;
        }
        if is_glue {
            return Ok(Value::Glue);
        }
        self.composition.instances.push(made);
        Ok(Value::Instance(name))
    }

    fn argument(
        &mut self,
        argument: &InstantiationArgument<'_>,
        made: &mut Made,
        is_glue: bool,
    ) -> Result<(), WacError> {
        let file = self.file.to_owned();
        match argument {
            InstantiationArgument::Fill(_) => Ok(()),
            InstantiationArgument::Inferred(name) => {
                let line = self.line(name.span.offset());
                let name = name.string.to_owned();
                Err(self.error(line, Fault::Inferred { name }))
            }
            InstantiationArgument::Spread(name) => {
                let line = self.line(name.span.offset());
                match self.named(name.string, line)? {
                    Value::Instance(instance) => {
                        made.spreads.push((instance, line));
                        Ok(())
                    }
                    Value::Glue => Ok(()),
                    Value::Port(..) => {
                        let text = name.string.to_owned();
                        Err(self.error(line, Fault::Part { text }))
                    }
                }
            }
            InstantiationArgument::Named(argument) => {
                let line = self.line(argument.name.span().offset());
                let import = argument.name.as_str().to_owned();
                match self.value(&argument.expr, None)? {
                    Value::Port(instance, export) if !is_glue => {
                        self.composition.links.push(Link {
                            from: (instance, export),
                            to: (made.name.clone(), import),
                            line,
                        });
                        Ok(())
                    }
                    Value::Instance(name) => Err(self.error(line, Fault::Whole { name })),
                    Value::Glue if !is_glue => {
                        self.composition.notes.push(format!(
                            "{file}:{line}: what `{}` imports as `{import}` came from the generated environment and is left out; draw its connectors anew",
                            made.name
                        ));
                        Ok(())
                    }
                    Value::Port(..) | Value::Glue => Ok(()),
                }
            }
        }
    }

    fn error(&self, line: usize, fault: Fault) -> WacError {
        WacError {
            file: self.file.to_owned(),
            line,
            fault: Box::new(fault),
        }
    }

    fn line(&self, offset: usize) -> usize {
        line(self.text, offset)
    }

    fn source(&self, expression: &Expr<'_>) -> &str {
        let start = expression.span.offset();
        let end = start + expression.span.len();
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Line of a byte, from 1.
fn line(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

fn offset(error: &wac_parser::Error) -> usize {
    use wac_parser::Error;
    match error {
        Error::Lexer { span, .. }
        | Error::Expected { span, .. }
        | Error::ExpectedEither { span, .. }
        | Error::ExpectedMultiple { span, .. }
        | Error::EmptyType { span, .. }
        | Error::InvalidVersion { span, .. } => span.offset(),
    }
}

fn type_offset(statement: &wac_parser::TypeStatement<'_>) -> usize {
    use wac_parser::{TypeDecl, TypeStatement};
    match statement {
        TypeStatement::Interface(interface) => interface.id.span.offset(),
        TypeStatement::World(world) => world.id.span.offset(),
        TypeStatement::Type(declaration) => match declaration {
            TypeDecl::Variant(declaration) => declaration.id.span.offset(),
            TypeDecl::Record(declaration) => declaration.id.span.offset(),
            TypeDecl::Flags(declaration) => declaration.id.span.offset(),
            TypeDecl::Enum(declaration) => declaration.id.span.offset(),
            TypeDecl::Alias(declaration) => declaration.id.span.offset(),
        },
    }
}
