//! What all parts of the reading share: the parsed model, references and what was found wrong, what
//! is used, the WIT packages in the making. Knows no meaning of elements.

use crate::{
    Defect, Unmapped, lines,
    packages::Packages,
    scope::Scope,
    tree::{own_text, path},
    types::DataType,
};
use autosar_data::{AttributeName, AutosarModel, Element, ElementName};
use autosar_wit::types::InterfaceId;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Reader {
    pub(crate) model: AutosarModel,
    pub(crate) packages: Packages,
    pub(crate) unmapped: Vec<Unmapped>,
    pub(crate) defects: Vec<Defect>,
    /// References that lead nowhere, by their text, and where they stand.
    dangling: BTreeMap<String, BTreeSet<(String, &'static str)>>,
    /// Paths of what something refers to.
    used: BTreeSet<String>,
    /// Data types by path; `None`: has no counterpart, which was told.
    pub(crate) data_types: BTreeMap<String, Option<DataType>>,
    /// Paths of the data types that are being read, outermost first.
    pub(crate) open: Vec<String>,
    /// Implementation type by application type (AUTOSAR: DataTypeMappingSet).
    pub(crate) implementations: BTreeMap<String, Element>,
    /// The interfaces `types` in the making.
    pub(crate) scopes: BTreeMap<InterfaceId, Scope>,
}

impl Reader {
    pub(crate) fn new(model: AutosarModel, packages: Packages) -> Reader {
        Reader {
            model,
            packages,
            unmapped: Vec::new(),
            defects: Vec::new(),
            dangling: BTreeMap::new(),
            used: BTreeSet::new(),
            data_types: BTreeMap::new(),
            open: Vec::new(),
            implementations: BTreeMap::new(),
            scopes: BTreeMap::new(),
        }
    }

    /// What has no counterpart.
    pub(crate) fn unmapped(&mut self, element: &Element, why: impl Into<String>) {
        self.unmapped_at(path(element), element.element_name().to_str(), why);
    }

    pub(crate) fn unmapped_at(
        &mut self,
        path: String,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.unmapped.push(Unmapped {
            path,
            what: what.into(),
            why: why.into(),
        });
    }

    /// What is wrong in the description itself.
    pub(crate) fn wrong(&mut self, element: &Element, message: impl Into<String>) {
        self.defects.push(Defect {
            path: path(element),
            place: None,
            message: message.into(),
        });
    }

    /// The element that a child refers to; one that leads nowhere is told.
    pub(crate) fn target(&mut self, element: &Element, name: ElementName) -> Option<Element> {
        let reference = crate::tree::child(element, name)?;
        self.follow(&reference)
    }

    /// The same for the reference itself.
    pub(crate) fn follow(&mut self, reference: &Element) -> Option<Element> {
        if let Some(target) = found(&self.model, reference) {
            self.used.insert(path(&target));
            return Some(target);
        }
        let text = own_text(reference).unwrap_or_default();
        let place = (path(reference), reference.element_name().to_str());
        self.dangling.entry(text).or_default().insert(place);
        None
    }

    pub(crate) fn is_used(&self, path: &str) -> bool {
        self.used.contains(path)
    }

    /// References that lead nowhere, as defects with the lines in which they stand.
    pub(crate) fn tell_dangling(&mut self, files: &[(&str, &str)]) {
        let mut places = lines::of_references(files, self.dangling.keys().map(String::as_str));
        for (text, origins) in std::mem::take(&mut self.dangling) {
            let mut places = places.remove(&text).unwrap_or_default().into_iter();
            for (path, what) in origins {
                self.defects.push(Defect {
                    path,
                    place: places.next(),
                    message: format!(
                        "`{what}` leads to `{text}`, which is in none of these files; give the file that has it as well"
                    ),
                });
            }
        }
    }
}

/// Where a reference leads: by its base, as written, or from the root where the slash is missing.
fn found(model: &AutosarModel, reference: &Element) -> Option<Element> {
    if let Ok(target) = reference.get_reference_target() {
        return Some(target);
    }
    if reference.attribute_value(AttributeName::Base).is_some() {
        return None;
    }
    let text = own_text(reference)?;
    match text.starts_with('/') {
        true => model.get_element_by_path(&text),
        false => model.get_element_by_path(&format!("/{text}")),
    }
}
