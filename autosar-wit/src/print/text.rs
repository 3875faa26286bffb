//! Lines of WIT text with indentation: definitions, functions, interfaces, ports.

use super::{inline, name, near, path, renames, resource_of, signature_in};
use crate::component::{Direction, Port, PortItem};
use crate::types::{
    Function, FunctionKind, Interface, ResourceType, TypeDefinition, TypeKind, ValueType,
};

/// Lines with indentation.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    depth: usize,
    renames: Vec<(ResourceType, String)>,
}

impl Text {
    pub(super) fn done(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    pub(super) fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    pub(super) fn docs(&mut self, docs: &str) {
        for line in docs.trim().lines().filter(|_| !docs.trim().is_empty()) {
            self.line(format!("/// {line}").trim_end());
        }
    }

    pub(super) fn open(&mut self, heading: &str) {
        self.line(&format!("{heading} {{"));
        self.depth += 1;
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.line("}");
    }

    pub(super) fn function(&mut self, function: &Function) {
        self.docs(&function.docs);
        let signature = signature_in(function, &self.renames);
        match function.kind {
            FunctionKind::Constructor(_) => self.line(&format!("{signature};")),
            _ => self.line(&format!("{}: {signature};", name(&function.name))),
        }
    }

    /// `functions`: those among which a resource finds its methods.
    pub(super) fn definition(&mut self, definition: &TypeDefinition, functions: &[Function]) {
        self.docs(&definition.docs);
        let type_name = name(&definition.name);
        match &definition.kind {
            TypeKind::Record(fields) => {
                self.open(&format!("record {type_name}"));
                for field in fields {
                    self.docs(&field.docs);
                    self.line(&format!(
                        "{}: {},",
                        name(&field.name),
                        inline(&field.value, &self.renames)
                    ));
                }
                self.close();
            }
            TypeKind::Variant(cases) => {
                self.open(&format!("variant {type_name}"));
                for case in cases {
                    self.docs(&case.docs);
                    match &case.value {
                        Some(value) => self.line(&format!(
                            "{}({}),",
                            name(&case.name),
                            inline(value, &self.renames)
                        )),
                        None => self.line(&format!("{},", name(&case.name))),
                    }
                }
                self.close();
            }
            TypeKind::Enum(names) => self.names(&format!("enum {type_name}"), names),
            TypeKind::Flags(names) => self.names(&format!("flags {type_name}"), names),
            TypeKind::Alias(target) => {
                self.line(&format!(
                    "type {type_name} = {};",
                    inline(target, &self.renames)
                ));
            }
            TypeKind::Resource => self.resource(&type_name, &definition.name, functions),
        }
    }

    fn names(&mut self, heading: &str, names: &[String]) {
        self.open(heading);
        for member in names {
            self.line(&format!("{},", name(member)));
        }
        self.close();
    }

    fn resource(&mut self, type_name: &str, resource: &str, functions: &[Function]) {
        let own: Vec<&Function> = functions
            .iter()
            .filter(|function| resource_of(function) == Some(resource))
            .collect();
        if own.is_empty() {
            return self.line(&format!("resource {type_name};"));
        }
        self.open(&format!("resource {type_name}"));
        for function in own {
            self.function(function);
        }
        self.close();
    }

    pub(super) fn interface(&mut self, heading: &str, interface: &Interface) {
        self.docs(&interface.docs);
        self.open(heading);
        self.renames = renames(interface);
        for definition in &interface.types {
            match &definition.owner {
                Some(owner) if Some(owner) != interface.id.as_ref() => {
                    self.line(&format!(
                        "use {}.{{{}}};",
                        near(owner, interface),
                        name(&definition.name)
                    ));
                }
                _ => self.own_type(definition, interface),
            }
        }
        for function in interface
            .functions
            .iter()
            .filter(|f| f.kind == FunctionKind::Free)
        {
            self.function(function);
        }
        self.renames.clear();
        self.close();
    }

    fn own_type(&mut self, definition: &TypeDefinition, interface: &Interface) {
        let (owner, from) = match &definition.kind {
            TypeKind::Alias(ValueType::Named(target)) => (&target.owner, &target.name),
            TypeKind::Alias(ValueType::Own(target)) => (&target.owner, &target.name),
            _ => return self.definition(definition, &interface.functions),
        };
        match owner {
            Some(owner) if Some(owner) != interface.id.as_ref() => {
                let (from, to) = (name(from), name(&definition.name));
                self.line(&format!(
                    "use {}.{{{from} as {to}}};",
                    near(owner, interface)
                ));
            }
            _ => self.definition(definition, &interface.functions),
        }
    }

    pub(super) fn port_line(&mut self, port: &Port) {
        let word = match port.direction {
            Direction::Required => "import",
            Direction::Provided => "export",
        };
        match &port.item {
            PortItem::Function(function) => {
                self.docs(&function.docs);
                self.line(&format!(
                    "{word} {}: {};",
                    name(&port.name),
                    signature_in(function, &self.renames)
                ));
            }
            PortItem::Interface(interface) => match &interface.id {
                Some(id) if id.to_string() == port.name => {
                    self.line(&format!("{word} {};", path(id)))
                }
                Some(id) => self.line(&format!("{word} {}: {};", name(&port.name), path(id))),
                None => self.interface(
                    &format!("{word} {}: interface", name(&port.name)),
                    interface,
                ),
            },
        }
    }
}
