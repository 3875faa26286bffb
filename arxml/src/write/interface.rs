//! Port interfaces of all kinds, and what stands for each of their functions.

use super::{
    Result, Writer, names,
    operation::Signature,
    types::{self, Meanings, Place, unlike},
    xml,
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    component::{ComponentType, Port, PortItem, PortKind},
    metadata::{CompuMethod, ElementMetadata},
    types::{Function, Interface, TypeKind, ValueType},
};
use std::collections::{BTreeMap, BTreeSet};

/// A port interface that was written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) kind: ElementName,
    pub(super) path: String,
    /// Paths of data elements, operations, triggers, or of the mode group, by function.
    pub(super) elements: BTreeMap<String, String>,
    /// Types of data elements with what is known of them, by getter.
    pub(super) values: BTreeMap<String, (ValueType, Meanings)>,
    /// Paths of mode declarations, by mode.
    pub(super) modes: BTreeMap<String, String>,
}

/// An interface in the making.
struct Draft<'a> {
    element: Element,
    path: String,
    interface: &'a Interface,
    known: Meanings,
    taken: BTreeSet<String>,
    elements: BTreeMap<String, String>,
    values: BTreeMap<String, (ValueType, Meanings)>,
    modes: BTreeMap<String, String>,
}

impl Draft<'_> {
    /// A child that stands for a function.
    fn child(
        &mut self,
        container: ElementName,
        kind: ElementName,
        function: &Function,
    ) -> Result<(Element, String)> {
        // Of an operation the metadata name what it gives.
        let known = match kind {
            ElementName::ClientServerOperation => None,
            _ => self.name_of(&function.name),
        };
        let name = unlike(names::known_or(known, &function.name), &mut self.taken);
        let child = xml::named(&self.element, container, kind, &name)?;
        xml::docs(&child, &names::lines(&function.docs))?;
        let path = format!("{}/{name}", self.path);
        self.elements.insert(function.name.clone(), path.clone());
        Ok((child, path))
    }

    fn name_of(&self, place: &str) -> Option<&str> {
        self.known.get(place)?.autosar_name.as_deref()
    }

    fn place(&self, name: &str) -> Place {
        let (home, own) = names::split(&self.path);
        Place {
            home: home.to_owned(),
            name: format!("{}-{name}", autosar_wit::names::to_label(own)),
        }
    }
}

impl Writer {
    /// The interfaces of all ports, by their ids.
    pub(super) fn interfaces<'a>(
        &mut self,
        types: impl Iterator<Item = &'a ComponentType>,
    ) -> Result<()> {
        type Seen<'a> =
            BTreeMap<String, (PortKind, &'a Interface, BTreeMap<String, ElementMetadata>)>;
        let mut seen = Seen::new();
        for one in types {
            for port in &one.ports {
                let PortItem::Interface(interface) = &port.item else {
                    continue;
                };
                let (_, _, known) = seen
                    .entry(id(port, interface))
                    .or_insert_with(|| (port.kind, interface, BTreeMap::new()));
                for (path, meaning) in one.elements(port) {
                    known
                        .entry(path.to_owned())
                        .or_insert_with(|| meaning.clone());
                }
            }
        }
        for (id, (kind, interface, known)) in seen {
            self.interface(&id, kind, interface, known)?;
        }
        Ok(())
    }

    fn interface(
        &mut self,
        id: &str,
        kind: PortKind,
        interface: &Interface,
        known: Meanings,
    ) -> Result<()> {
        let Some(name) = name_of(kind) else {
            return Ok(());
        };
        let own = names::path_in(&interface.docs).map(str::to_owned);
        let wanted = own.unwrap_or_else(|| match &interface.id {
            Some(id) => format!("{}/{}", names::home(id), names::short_name(&id.interface)),
            None => format!("/Interfaces/{}", names::short_name(id)),
        });
        let path = self.free(&wanted);
        let element = xml::element(&self.out, name, &path)?;
        xml::docs(&element, &names::lines(&interface.docs))?;
        xml::text(&element, ElementName::IsService, "false")?;
        let mut draft = Draft {
            element,
            path,
            interface,
            known,
            taken: BTreeSet::new(),
            elements: BTreeMap::new(),
            values: BTreeMap::new(),
            modes: BTreeMap::new(),
        };
        match kind {
            PortKind::SenderReceiver => self.data_elements(&mut draft)?,
            PortKind::ClientServer => self.operations(&mut draft)?,
            PortKind::ModeSwitch => self.modes(&mut draft)?,
            PortKind::Parameter => self.parameters(&mut draft)?,
            PortKind::NvData => self.nv_data(&mut draft)?,
            PortKind::Trigger => triggers(&mut draft)?,
            PortKind::Types | PortKind::Platform | PortKind::Service => {}
        }
        let written = Written {
            kind: name,
            path: draft.path,
            elements: draft.elements,
            values: draft.values,
            modes: draft.modes,
        };
        self.interfaces.insert(id.to_owned(), written);
        Ok(())
    }

    /// A prototype of data for a function; `value`: what of its result.
    fn prototype(
        &mut self,
        draft: &mut Draft<'_>,
        (container, kind): (ElementName, ElementName),
        function: &Function,
        value: Option<&ValueType>,
    ) -> Result<()> {
        let at = format!("{}/{}", draft.path, names::short_name(&function.name));
        let checked = match value {
            Some(value) if function.parameters.is_empty() => {
                let known = types::inside(&draft.known, &function.name);
                self.form_of_prototype(value, &known)
            }
            _ => Err("a data element is a function without parameters that gives its value"),
        };
        let (form, value) = match (checked, value) {
            (Ok(form), Some(value)) => (form, value),
            (Err(why), _) => {
                self.left_out(&at, kind.to_str(), why);
                return Ok(());
            }
            (Ok(_), None) => return Ok(()),
        };
        let meanings = types::inside(&draft.known, &function.name);
        let (child, _) = draft.child(container, kind, function)?;
        let place = draft.place(&function.name);
        let target = self.data_type(value, form, &meanings, &place)?;
        xml::reference(&child, ElementName::TypeTref, target.kind, &target.path)?;
        let known = (value.clone(), meanings);
        draft.values.insert(function.name.clone(), known);
        Ok(())
    }

    fn data_elements(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let kinds = (
            ElementName::DataElements,
            ElementName::VariableDataPrototype,
        );
        for function in &draft.interface.functions {
            self.prototype(draft, kinds, function, ok(function.result.as_ref()))?;
        }
        Ok(())
    }

    fn parameters(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let kinds = (ElementName::Parameters, ElementName::ParameterDataPrototype);
        for function in &draft.interface.functions {
            self.prototype(draft, kinds, function, function.result.as_ref())?;
        }
        Ok(())
    }

    /// A getter with the function that writes the same.
    fn nv_data(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let kinds = (ElementName::NvDatas, ElementName::VariableDataPrototype);
        let functions = &draft.interface.functions;
        let getters: Vec<&Function> = functions
            .iter()
            .filter(|one| one.parameters.is_empty())
            .collect();
        for function in &getters {
            self.prototype(draft, kinds, function, ok(function.result.as_ref()))?;
        }
        let is_writer = |name: &str| {
            let of = |getter: &&Function| name.strip_prefix("write-") == Some(&getter.name);
            getters.iter().any(of)
        };
        for other in functions {
            if !other.parameters.is_empty() && !is_writer(&other.name) {
                let at = format!("{}/{}", draft.path, names::short_name(&other.name));
                let why = "NV data are read by a function without parameters and written by one whose name has `write-` in front";
                self.left_out(&at, ElementName::VariableDataPrototype.to_str(), why);
            }
        }
        Ok(())
    }

    fn modes(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let modes = draft
            .interface
            .types
            .iter()
            .find_map(|one| match &one.kind {
                TypeKind::Enum(labels) if one.name == "mode" => Some((one.clone(), labels.clone())),
                _ => None,
            });
        let current = draft.interface.function("current").cloned();
        let (Some((mode, labels)), Some(current)) = (modes, current) else {
            let why = "a mode switch interface has an enum `mode` and a function `current`";
            self.left_out(&draft.path.clone(), ElementName::ModeGroup.to_str(), why);
            return Ok(());
        };
        let own = names::path_in(&mode.docs).map(str::to_owned);
        let path = own.filter(|path| self.out.get_element_by_path(path).is_none());
        let group = path.unwrap_or_else(|| self.free(&format!("{}_Modes", draft.path)));
        let element = xml::element(&self.out, ElementName::ModeDeclarationGroup, &group)?;
        xml::docs(&element, &names::lines(&mode.docs))?;
        let table = match draft
            .known
            .get("current")
            .and_then(|one| one.compu_method.clone())
        {
            Some(CompuMethod::TextTable(table)) if table.len() == labels.len() => table,
            _ => BTreeMap::new(),
        };
        let mut taken = BTreeSet::new();
        for (at, label) in (0_i64..).zip(&labels) {
            let is_it = |(_, name): &(&i64, &String)| autosar_wit::names::to_label(name) == *label;
            let known = table.iter().find(is_it);
            let name = names::known_or(known.map(|(_, name)| name.as_str()), label);
            let name = unlike(name, &mut taken);
            if at == 0 {
                let initial = format!("{group}/{name}");
                let kind = ElementName::ModeDeclaration;
                xml::reference(&element, ElementName::InitialModeRef, kind, &initial)?;
            }
            let container = ElementName::ModeDeclarations;
            let declared = xml::named(&element, container, ElementName::ModeDeclaration, &name)?;
            let number = known.map_or(at, |(number, _)| *number);
            let path = format!("{group}/{name}");
            draft.modes.insert(label.clone(), path);
            xml::text(&declared, ElementName::Value, &number.to_string())?;
        }
        let name = names::known_or(draft.name_of("current"), "mode");
        let prototype = draft
            .element
            .create_named_sub_element(ElementName::ModeGroup, &name)?;
        let kind = ElementName::ModeDeclarationGroup;
        xml::reference(&prototype, ElementName::TypeTref, kind, &group)?;
        let path = format!("{}/{name}", draft.path);
        draft.elements.insert(current.name, path);
        Ok(())
    }

    fn operations(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        let errors = errors(draft)?;
        for function in &draft.interface.functions {
            let at = format!("{}/{}", draft.path, names::short_name(&function.name));
            let signature = match Signature::of(function, &draft.known) {
                Ok(signature) => signature,
                Err(why) => {
                    let what = ElementName::ClientServerOperation.to_str();
                    self.left_out(&at, what, why);
                    continue;
                }
            };
            let kind = ElementName::ClientServerOperation;
            let (child, _) = draft.child(ElementName::Operations, kind, function)?;
            for argument in &signature.arguments {
                let kind = ElementName::ArgumentDataPrototype;
                let made = xml::named(&child, ElementName::Arguments, kind, &argument.name)?;
                let place = draft.place(&format!("{}-{}", function.name, argument.name));
                let meanings = types::inside(&argument.meanings, "");
                let form = self.form_of_prototype(&argument.value, &meanings);
                let form = form.unwrap_or(types::Form::Implementation);
                let target = self.data_type(&argument.value, form, &meanings, &place)?;
                xml::reference(&made, ElementName::TypeTref, target.kind, &target.path)?;
                xml::text(&made, ElementName::Direction, argument.direction)?;
            }
            if signature.can_fail {
                let references = child.create_sub_element(ElementName::PossibleErrorRefs)?;
                for path in &errors {
                    let kind = ElementName::ApplicationError;
                    xml::reference(&references, ElementName::PossibleErrorRef, kind, path)?;
                }
            }
        }
        Ok(())
    }
}

/// The id of a port's interface: of one that stands in the world, the port's name.
pub(super) fn id(port: &Port, interface: &Interface) -> String {
    match &interface.id {
        Some(id) => id.to_string(),
        None => port.name.clone(),
    }
}

fn name_of(kind: PortKind) -> Option<ElementName> {
    Some(match kind {
        PortKind::SenderReceiver => ElementName::SenderReceiverInterface,
        PortKind::ClientServer => ElementName::ClientServerInterface,
        PortKind::ModeSwitch => ElementName::ModeSwitchInterface,
        PortKind::Parameter => ElementName::ParameterInterface,
        PortKind::NvData => ElementName::NvDataInterface,
        PortKind::Trigger => ElementName::TriggerInterface,
        PortKind::Types | PortKind::Platform | PortKind::Service => return None,
    })
}

/// What a getter gives when all is well.
fn ok(result: Option<&ValueType>) -> Option<&ValueType> {
    match result? {
        ValueType::Result { ok, .. } => ok.as_deref(),
        other => Some(other),
    }
}

fn triggers(draft: &mut Draft<'_>) -> Result<()> {
    for function in &draft.interface.functions {
        draft.child(ElementName::Triggers, ElementName::Trigger, function)?;
    }
    Ok(())
}

/// The errors that operations of an interface can have.
fn errors(draft: &mut Draft<'_>) -> Result<Vec<String>> {
    let found = draft.interface.functions.iter().find_map(|function| {
        let ValueType::Result {
            err: Some(error), ..
        } = function.result.as_ref()?
        else {
            return None;
        };
        let ValueType::Named(definition) = error.as_ref() else {
            return None;
        };
        match &definition.kind {
            TypeKind::Enum(labels) => Some((labels.clone(), definition.docs.clone())),
            _ => None,
        }
    });
    let Some((labels, docs)) = found else {
        return Ok(Vec::new());
    };
    let codes = codes(&docs);
    let mut paths = Vec::new();
    for (at, label) in (1_u64..).zip(&labels) {
        let known = codes
            .iter()
            .find(|(name, _)| autosar_wit::names::to_label(name) == *label);
        let name = names::known_or(known.map(|(name, _)| name.as_str()), label);
        let name = unlike(name, &mut draft.taken);
        let container = ElementName::PossibleErrors;
        let error = xml::named(
            &draft.element,
            container,
            ElementName::ApplicationError,
            &name,
        )?;
        let code = known.map_or(at, |(_, code)| *code);
        xml::text(&error, ElementName::ErrorCode, &code.to_string())?;
        paths.push(format!("{}/{name}", draft.path));
    }
    Ok(paths)
}

/// `AUTOSAR's codes: E_BUSY 1, E_OFF 2.`
fn codes(docs: &str) -> Vec<(String, u64)> {
    let line = docs
        .lines()
        .find_map(|line| line.strip_prefix("AUTOSAR's codes: "));
    let pairs = line.unwrap_or_default().trim_end_matches('.').split(", ");
    pairs
        .filter_map(|pair| {
            let (name, code) = pair.rsplit_once(' ')?;
            Some((name.to_owned(), code.parse().ok()?))
        })
        .collect()
}
