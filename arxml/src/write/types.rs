//! Data types: implementation types with the meaning of their values, and application types where a
//! string is inside, which implementation types do not have.

use super::{
    Result, Writer,
    body::{Body, words},
    meaning::{Conversion, Meaning},
    names,
    reach::key,
    xml,
};
use crate::scalar::Scalar;
use autosar_data::{Element, ElementName};
use autosar_wit::{
    metadata::ElementMetadata,
    types::{Case, Field, Interface, InterfaceId, TypeDefinition, TypeKind, ValueType},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Elements of a list whose length nobody has said, as everywhere in Wireloom.
pub(super) const DEFAULT_LENGTH: u32 = 256;

/// What is known of a value and what is in it: by nothing, `.motor.duty`.
pub(super) type Meanings = BTreeMap<String, ElementMetadata>;

#[derive(Default)]
pub(super) struct Known {
    /// By what they are and mean.
    paths: BTreeMap<String, TypeRef>,
    /// Those with a name of their own.
    written: BTreeMap<(Option<InterfaceId>, String, Form), TypeRef>,
    /// The mapping set of application types.
    mappings: Option<Element>,
}

/// A data type that was written.
#[derive(Debug, Clone)]
pub(super) struct TypeRef {
    pub(super) kind: ElementName,
    pub(super) path: String,
}

/// How a value can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Implementation,
    /// A string is inside.
    Application,
}

/// The form of a value, or why there is none.
pub(super) fn form(value: &ValueType) -> std::result::Result<Form, &'static str> {
    match value {
        ValueType::String => Ok(Form::Application),
        ValueType::List(inner) | ValueType::FixedList(inner, _) => form(inner),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(inner) => form(inner),
            TypeKind::Enum(_) => Ok(Form::Implementation),
            TypeKind::Flags(names) if names.len() <= 64 => Ok(Form::Implementation),
            TypeKind::Flags(_) => Err("flags of more than 64 bits are no number"),
            TypeKind::Record(fields) => fields
                .iter()
                .map(|field| form(some(&field.value)))
                .try_fold(Form::Implementation, |most, one| Ok(most.max(one?))),
            TypeKind::Variant(cases) if words(cases).is_some() => Ok(Form::Implementation),
            TypeKind::Variant(cases) => union(cases),
            TypeKind::Resource => Err("a handle is no data"),
        },
        _ if Scalar::of(value).is_some() => Ok(Form::Implementation),
        ValueType::Char => Err("a single character has no counterpart; use a string or a number"),
        ValueType::Option(_) => Err("only an element of a structure can be missing"),
        ValueType::Tuple(_) | ValueType::Map(..) => {
            Err("tuples and maps have no counterpart; use a record")
        }
        ValueType::Result { .. } => Err("a result inside of a value has no counterpart"),
        _ => Err("handles, streams and futures are no data"),
    }
}

fn union(cases: &[Case]) -> std::result::Result<Form, &'static str> {
    for case in cases {
        let Some(value) = &case.value else {
            return Err("a variant of which some cases carry a value and others none is no union");
        };
        if form(value)? == Form::Application {
            return Err("a union cannot hold a string");
        }
    }
    Ok(Form::Implementation)
}

fn some(value: &ValueType) -> &ValueType {
    match value {
        ValueType::Option(inner) => inner,
        _ => value,
    }
}

/// Where a type stands that has no place of its own.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) home: String,
    pub(super) name: String,
}

/// What is known of a value in another.
pub(super) fn inside(meanings: &Meanings, before: &str) -> Meanings {
    let inner = meanings.iter().filter_map(|(path, meaning)| {
        let rest = path.strip_prefix(before)?;
        (rest.is_empty() || rest.starts_with('.')).then(|| (rest.to_owned(), meaning.clone()))
    });
    inner.collect()
}

impl Writer {
    /// The data type of a value that has that form.
    pub(super) fn data_type(
        &mut self,
        value: &ValueType,
        form: Form,
        meanings: &Meanings,
        place: &Place,
    ) -> Result<TypeRef> {
        if let ValueType::Named(definition) = value {
            return match &definition.kind {
                TypeKind::Alias(inner @ ValueType::Named(_)) => {
                    self.data_type(inner, form, meanings, place)
                }
                _ => self.definition(definition, form, meanings, place),
            };
        }
        if let (Some(scalar), Form::Implementation) = (Scalar::of(value), form)
            && Meaning::of(scalar, meanings.get(""), "").is_plain()
        {
            let kind = ElementName::ImplementationDataType;
            let path = self.platform(scalar)?;
            return Ok(TypeRef { kind, path });
        }
        let anonymous = TypeDefinition {
            owner: None,
            name: place.name.clone(),
            kind: TypeKind::Alias(value.clone()),
            docs: String::new(),
        };
        self.definition(&anonymous, form, meanings, place)
    }

    /// The form of a value that a prototype has: a number that has a name and no meaning keeps it as an
    /// application type.
    pub(super) fn form_of_prototype(
        &self,
        value: &ValueType,
        meanings: &Meanings,
    ) -> std::result::Result<Form, &'static str> {
        let form = form(value)?;
        if let ValueType::Named(definition) = value
            && self.applied.contains(&key(definition))
        {
            return Ok(Form::Application);
        }
        if let ValueType::Named(definition) = value
            && let Some(scalar) = Scalar::of(value)
            && names::lines(&definition.docs).is_empty()
            && Meaning::of(scalar, meanings.get(""), "").is_plain()
        {
            return Ok(Form::Application);
        }
        Ok(form)
    }

    /// Types that no port has: what they mean, their documentation says.
    pub(super) fn other_types(&mut self, interfaces: &[Arc<Interface>]) -> Result<()> {
        let types = interfaces.iter().filter(|one| one.functions.is_empty());
        let types = types.flat_map(|one| one.types.iter().map(move |known| (one, known)));
        for (interface, definition) in types {
            let is_written = self
                .types
                .written
                .keys()
                .any(|(owner, name, _)| *owner == definition.owner && *name == definition.name);
            let path = names::path_in(&definition.docs);
            let is_inside = path.is_some_and(|path| self.homes.contains(names::split(path).0));
            if definition.owner != interface.id || is_inside || is_written {
                continue;
            }
            let value = ValueType::Named(definition.clone());
            let home = interface.id.as_ref().map(names::home).unwrap_or_default();
            let place = Place {
                home,
                name: definition.name.clone(),
            };
            match self.form_of_prototype(&value, &Meanings::new()) {
                Ok(form) => drop(self.data_type(&value, form, &Meanings::new(), &place)?),
                Err(why) => {
                    let at = path.map_or_else(
                        || format!("{}/{}", place.home, names::short_name(&place.name)),
                        str::to_owned,
                    );
                    let what = ElementName::ImplementationDataType.to_str();
                    self.left_out(&at, what, why);
                }
            }
        }
        Ok(())
    }

    fn definition(
        &mut self,
        definition: &TypeDefinition,
        form: Form,
        meanings: &Meanings,
        place: &Place,
    ) -> Result<TypeRef> {
        let mut said = meanings.clone();
        if let Some(own) = said.get_mut("") {
            own.autosar_name = None;
        }
        let signature = format!(
            "{:?} {} {:?} {form:?} {said:?}",
            definition.owner, definition.name, definition.kind
        );
        let name = (definition.owner.clone(), definition.name.clone(), form);
        if let Some(known) = self.types.paths.get(&signature) {
            return Ok(known.clone());
        }
        // Where nothing is said of it, it is what was said elsewhere.
        if said.values().all(|one| *one == ElementMetadata::default())
            && let Some(known) = self.types.written.get(&name)
        {
            return Ok(known.clone());
        }
        let home = definition.owner.as_ref().map(names::home);
        let home = home.unwrap_or_else(|| place.home.clone());
        let own = names::path_in(&definition.docs).filter(|path| self.is_place(path));
        let wanted = own.map(str::to_owned);
        let wanted =
            wanted.unwrap_or_else(|| format!("{home}/{}", names::short_name(&definition.name)));
        let path = self.free(&wanted);
        let kind = kind(&definition.kind, form);
        let element = xml::element(&self.out, kind, &path)?;
        let made = TypeRef {
            kind,
            path: path.clone(),
        };
        self.types.paths.insert(signature, made.clone());
        self.types
            .written
            .entry(name)
            .or_insert_with(|| made.clone());
        let body = Body {
            definition,
            meanings,
            path: &path,
        };
        match form {
            Form::Implementation => self.implementation(&element, body)?,
            Form::Application => self.application(&element, body)?,
        }
        Ok(made)
    }

    /// Whether a path that a documentation says is one in a package.
    fn is_place(&self, path: &str) -> bool {
        let (home, _) = names::split(path);
        !self.homes.contains(home) && !self.reserved.contains(home)
    }

    fn implementation(&mut self, element: &Element, body: Body<'_>) -> Result<()> {
        match &body.definition.kind {
            TypeKind::Record(fields) => {
                xml::docs(element, &names::lines(&body.definition.docs))?;
                xml::text(element, ElementName::Category, "STRUCTURE")?;
                self.members(element, fields, body)
            }
            TypeKind::Variant(cases) if words(cases).is_none() => {
                xml::docs(element, &names::lines(&body.definition.docs))?;
                xml::text(element, ElementName::Category, "UNION")?;
                let members: Vec<Field> = cases
                    .iter()
                    .filter_map(|case| {
                        Some(Field {
                            name: case.name.clone(),
                            value: case.value.clone()?,
                            docs: case.docs.clone(),
                        })
                    })
                    .collect();
                self.members(element, &members, body)
            }
            TypeKind::Alias(ValueType::List(inner) | ValueType::FixedList(inner, _)) => {
                let (lines, length) = body.list();
                xml::docs(element, &lines)?;
                xml::text(element, ElementName::Category, "ARRAY")?;
                let kind = ElementName::ImplementationDataTypeElement;
                let member = xml::named(element, ElementName::SubElements, kind, "Element")?;
                let place = body.place("Element");
                self.member(&member, inner, &Meanings::new(), &place, body.path)?;
                xml::text(&member, ElementName::ArraySize, &length.0.to_string())?;
                xml::text(&member, ElementName::ArraySizeSemantics, length.1)?;
                Ok(())
            }
            _ => {
                let (lines, mut meaning) = body.value();
                if lines.is_empty() && meaning.is_plain() {
                    // A reader keeps no name that tells nothing.
                    meaning.conversion = Conversion::Identical;
                }
                xml::docs(element, &lines)?;
                xml::text(element, ElementName::Category, "VALUE")?;
                let props = element.create_sub_element(ElementName::SwDataDefProps)?;
                let (home, _) = names::split(body.path);
                let name = names::short_name(&body.definition.name);
                self.properties(&props, &meaning, home, &name)
            }
        }
    }

    fn members(&mut self, element: &Element, members: &[Field], body: Body<'_>) -> Result<()> {
        let mut taken = BTreeSet::new();
        for field in members {
            let at = format!(".{}", field.name);
            let meanings = inside(body.meanings, &at);
            let known = meanings.get("").and_then(|one| one.autosar_name.as_deref());
            let name = unlike(names::known_or(known, &field.name), &mut taken);
            let kind = ElementName::ImplementationDataTypeElement;
            let member = xml::named(element, ElementName::SubElements, kind, &name)?;
            if let ValueType::Option(_) = field.value {
                xml::text(&member, ElementName::IsOptional, "true")?;
            }
            let place = body.place(&name);
            let inner = format!("{}/{name}", body.path);
            let inline = self.member(&member, some(&field.value), &meanings, &place, &inner)?;
            if !inline {
                xml::docs(&member, &names::lines(&field.docs))?;
            }
        }
        Ok(())
    }

    /// What an element is: a type that stands in it alone, which is said with `true`, or a reference.
    fn member(
        &mut self,
        member: &Element,
        value: &ValueType,
        meanings: &Meanings,
        place: &Place,
        path: &str,
    ) -> Result<bool> {
        if let ValueType::Named(definition) = value
            && names::path_in(&definition.docs) == Some(path)
        {
            let body = Body {
                definition,
                meanings,
                path,
            };
            self.implementation(member, body)?;
            return Ok(true);
        }
        let target = self.data_type(value, Form::Implementation, meanings, place)?;
        xml::text(member, ElementName::Category, "TYPE_REFERENCE")?;
        let conditional = xml::below(
            member,
            &[
                ElementName::SwDataDefProps,
                ElementName::SwDataDefPropsVariants,
                ElementName::SwDataDefPropsConditional,
            ],
        )?;
        let name = ElementName::ImplementationDataTypeRef;
        xml::reference(&conditional, name, target.kind, &target.path)?;
        Ok(false)
    }

    fn application(&mut self, element: &Element, body: Body<'_>) -> Result<()> {
        match &body.definition.kind {
            TypeKind::Record(fields) => {
                xml::docs(element, &names::lines(&body.definition.docs))?;
                xml::text(element, ElementName::Category, "STRUCTURE")?;
                let mut taken = BTreeSet::new();
                for field in fields {
                    let meanings = inside(body.meanings, &format!(".{}", field.name));
                    let known = meanings.get("").and_then(|one| one.autosar_name.as_deref());
                    let name = unlike(names::known_or(known, &field.name), &mut taken);
                    let kind = ElementName::ApplicationRecordElement;
                    let member = xml::named(element, ElementName::Elements, kind, &name)?;
                    xml::docs(&member, &names::lines(&field.docs))?;
                    let place = body.place(&name);
                    let value = some(&field.value);
                    let target = self.data_type(value, Form::Application, &meanings, &place)?;
                    xml::reference(&member, ElementName::TypeTref, target.kind, &target.path)?;
                    if let ValueType::Option(_) = field.value {
                        xml::text(&member, ElementName::IsOptional, "true")?;
                    }
                }
                Ok(())
            }
            TypeKind::Alias(ValueType::List(inner) | ValueType::FixedList(inner, _)) => {
                let (lines, (length, semantics)) = body.list();
                xml::docs(element, &lines)?;
                xml::text(element, ElementName::Category, "ARRAY")?;
                let member = element.create_named_sub_element(ElementName::Element, "Element")?;
                let place = body.place("Element");
                let target = self.data_type(inner, Form::Application, &Meanings::new(), &place)?;
                xml::reference(&member, ElementName::TypeTref, target.kind, &target.path)?;
                xml::text(&member, ElementName::ArraySizeSemantics, semantics)?;
                let most = ElementName::MaxNumberOfElements;
                xml::text(&member, most, &length.to_string())?;
                Ok(())
            }
            TypeKind::Alias(ValueType::String) => {
                let (lines, length) = body.string();
                xml::docs(element, &lines)?;
                xml::text(element, ElementName::Category, "STRING")?;
                let props = element.create_sub_element(ElementName::SwDataDefProps)?;
                let meaning = Meaning {
                    text_size: length,
                    ..Meaning::default()
                };
                self.properties(&props, &meaning, "", "")
            }
            _ => {
                let (lines, mut meaning) = body.value();
                xml::docs(element, &lines)?;
                let base = meaning.base.take().unwrap_or(Scalar::U8);
                let category = match base {
                    Scalar::Bool => "BOOLEAN",
                    _ => "VALUE",
                };
                xml::text(element, ElementName::Category, category)?;
                if !meaning.is_plain() {
                    let props = element.create_sub_element(ElementName::SwDataDefProps)?;
                    let (home, name) = names::split(body.path);
                    self.properties(&props, &meaning, home, name)?;
                }
                self.mapped(element.element_name(), body.path, base)
            }
        }
    }

    /// Which implementation type stands for an application type.
    fn mapped(&mut self, kind: ElementName, path: &str, base: Scalar) -> Result<()> {
        let target = self.platform(base)?;
        let set = match &self.types.mappings {
            Some(set) => set.clone(),
            None => {
                let path = self.free("/DataTypeMappings/DataTypes");
                let kind = ElementName::DataTypeMappingSet;
                self.types
                    .mappings
                    .insert(xml::element(&self.out, kind, &path)?)
                    .clone()
            }
        };
        let maps = set.get_or_create_sub_element(ElementName::DataTypeMaps)?;
        let map = maps.create_sub_element(ElementName::DataTypeMap)?;
        xml::reference(&map, ElementName::ApplicationDataTypeRef, kind, path)?;
        let name = ElementName::ImplementationDataTypeRef;
        xml::reference(&map, name, ElementName::ImplementationDataType, &target)
    }
}

fn kind(kind: &TypeKind, form: Form) -> ElementName {
    match (form, kind) {
        (Form::Implementation, _) => ElementName::ImplementationDataType,
        (_, TypeKind::Record(_)) => ElementName::ApplicationRecordDataType,
        (_, TypeKind::Alias(ValueType::List(_) | ValueType::FixedList(..))) => {
            ElementName::ApplicationArrayDataType
        }
        _ => ElementName::ApplicationPrimitiveDataType,
    }
}

/// A name that is none of those, which it joins; AUTOSAR does not tell cases apart.
pub(super) fn unlike(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut candidates = std::iter::once(name.clone()).chain(numbered);
    let free = candidates.find(|one| taken.insert(one.to_ascii_lowercase()));
    free.unwrap_or(name)
}
