//! A place in the walk, with the paths by which metadata know both sides.

use super::Side;
use crate::metadata::ElementMetadata;
use std::collections::BTreeMap;

/// A place, with the paths by which metadata know both sides; `None`: they cannot say it.
#[derive(Clone)]
pub(super) struct Spot<'a> {
    pub(super) place: String,
    pub(super) needed: Meaning<'a>,
    pub(super) given: Meaning<'a>,
}

#[derive(Clone)]
pub(super) struct Meaning<'a> {
    elements: &'a BTreeMap<&'a str, &'a ElementMetadata>,
    path: Option<String>,
    /// What closes the path of a parameter.
    end: &'static str,
}

impl<'a> Meaning<'a> {
    pub(super) fn new(side: &'a Side, path: String, end: &'static str) -> Self {
        Self {
            elements: &side.elements,
            path: Some(path),
            end,
        }
    }

    pub(super) fn find(&self) -> Option<&'a ElementMetadata> {
        let path = format!("{}{}", self.path.as_ref()?, self.end);
        self.elements.get(path.as_str()).copied()
    }

    pub(super) fn field(&self, name: &str) -> Self {
        let join = |path: &String| match path.ends_with('(') {
            true => format!("{path}{name}"),
            false => format!("{path}.{name}"),
        };
        Self {
            path: self.path.as_ref().map(join),
            ..self.clone()
        }
    }

    /// Of what metadata have no path for.
    pub(super) fn unknown(&self) -> Self {
        Self {
            path: None,
            ..self.clone()
        }
    }
}

impl Spot<'_> {
    /// Inside a status: another place, the same element.
    pub(super) fn inside(&self, name: &str) -> Self {
        Self {
            place: format!("{}.{name}", self.place),
            ..self.clone()
        }
    }

    /// Where metadata know nothing any more.
    pub(super) fn beyond(&self, suffix: &str) -> Self {
        Self {
            place: format!("{}{suffix}", self.place),
            needed: self.needed.unknown(),
            given: self.given.unknown(),
        }
    }
}
