//! Partitions that we composed, as the project that they came from: the texts in their sections
//! are laid on each other. Knows nothing of how their parts are wired: the texts say it.

use super::{Extracted, Opened, ReopenError, parts::Files, section::Section};
use crate::file;
use autosar_wit::dbc::{self, Database};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The project of partitions; connectors to those that are not among them are left out with a note.
pub(super) fn project(opened: &[Opened<'_>]) -> Result<Extracted, ReopenError> {
    let mut united = United::default();
    for one in opened {
        let Some(section) = &one.section else {
            let file = one.file.to_owned();
            return Err(ReopenError::Alone { file });
        };
        united.add(one, section)?;
    }
    united.finish(opened.first().map_or("?", |one| one.file))
}

#[derive(Default)]
struct United<'a> {
    tree: Table,
    files: Files,
    /// Bytes of each component by its name.
    components: BTreeMap<String, &'a [u8]>,
    databases: BTreeMap<String, Database>,
    /// The file that each instance is in.
    places: BTreeMap<String, &'a str>,
    /// The first file, and its project.
    first: Option<(&'a str, String)>,
}

impl<'a> United<'a> {
    fn add(&mut self, opened: &Opened<'a>, section: &Section) -> Result<(), ReopenError> {
        let file = opened.file;
        let tree = section.tree(file)?;
        self.check_project(file, &tree)?;
        self.add_components(opened, section, &tree)?;
        for (bus, text) in &section.descriptions {
            self.add_description(file, bus, text)?;
        }
        lay_on(&mut self.tree, tree, "").map_err(|what| ReopenError::Differ {
            what: format!("`{what}`"),
            file: file.to_owned(),
        })
    }

    fn check_project(&mut self, file: &'a str, tree: &Table) -> Result<(), ReopenError> {
        let name = tree.get("name").and_then(Value::as_str);
        let name = name.unwrap_or_default().to_owned();
        let (first, first_project) = self.first.get_or_insert_with(|| (file, name.clone()));
        match *first_project == name {
            true => Ok(()),
            false => Err(ReopenError::Projects {
                first: (*first).to_owned(),
                first_project: first_project.clone(),
                second: file.to_owned(),
                second_project: name,
            }),
        }
    }

    /// Each instance of the text is a part of the component, and the other way round.
    fn add_components(
        &mut self,
        opened: &Opened<'a>,
        section: &Section,
        tree: &Table,
    ) -> Result<(), ReopenError> {
        let wrong = |reason: String| ReopenError::Section {
            file: opened.file.to_owned(),
            reason,
        };
        let parts = &opened.root.parts;
        if section.pieces.len() != parts.len() {
            let (named, found) = (section.pieces.len(), parts.len());
            return Err(wrong(format!(
                "it names {named} parts and there are {found}"
            )));
        }
        let instances = tree.get("instances").and_then(Value::as_table);
        for (name, _) in instances.into_iter().flatten() {
            if !section.pieces.contains(name) {
                return Err(wrong(format!("instance `{name}` is no part")));
            }
        }
        for (name, part) in section.pieces.iter().zip(parts) {
            if name.is_empty() {
                continue;
            }
            if let Some(first) = self.places.insert(name.clone(), opened.file) {
                return Err(ReopenError::Twice {
                    instance: name.clone(),
                    first: first.to_owned(),
                    second: opened.file.to_owned(),
                });
            }
            let instance = instances.and_then(|instances| instances.get(name));
            let component = instance.and_then(|instance| instance.get("component")?.as_str());
            let (Some(component), Some(bytes)) = (component, part.bytes) else {
                return Err(wrong(format!("part `{name}` is no instance")));
            };
            let known = *self.components.entry(component.to_owned()).or_insert(bytes);
            if known != bytes {
                return Err(ReopenError::Differ {
                    what: format!("component `{component}`"),
                    file: opened.file.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn add_description(&mut self, file: &str, bus: &str, text: &str) -> Result<(), ReopenError> {
        let database = self.databases.entry(bus.to_owned()).or_default();
        for message in dbc::read(text.as_bytes()).database.messages {
            match database.message(message.id, message.extended) {
                Some(known) if *known == message => {}
                Some(known) => {
                    return Err(ReopenError::Differ {
                        what: format!("message `{}` on `{bus}`", known.name),
                        file: file.to_owned(),
                    });
                }
                None => database.messages.push(message),
            }
        }
        database
            .messages
            .sort_by_key(|message| (message.id, message.extended));
        Ok(())
    }

    fn finish(mut self, file: &str) -> Result<Extracted, ReopenError> {
        let mut components = Table::new();
        for (name, bytes) in &self.components {
            let path = self.files.component(name, bytes);
            let entry = Table::from_iter([("file".to_owned(), Value::String(path))]);
            components.insert(name.clone(), Value::Table(entry));
        }
        let entry = Value::Table(components);
        self.tree.insert("components".to_owned(), entry);
        for (bus, database) in &self.databases {
            let path = self.files.description(bus, &dbc::write(database));
            let buses = self.tree.get_mut("buses").and_then(Value::as_table_mut);
            let bus = buses.and_then(|buses| buses.get_mut(bus)?.as_table_mut());
            if let Some(bus) = bus {
                bus.insert("description".to_owned(), Value::String(path));
            }
        }
        let notes = self.leave_out();
        let text = toml::to_string(&self.tree).map_err(|error| ReopenError::Section {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
        // Read in the order of the canonical text: what is composed of it is in that order, too.
        let united = file::read(&text, file)?;
        Ok(Extracted {
            document: file::read(&file::write(&united), file)?,
            files: self.files.files,
            notes,
        })
    }

    /// Takes out the connectors to instances that no file has.
    fn leave_out(&mut self) -> Vec<String> {
        let mut notes = Vec::new();
        let places = &self.places;
        let Some(Value::Array(connectors)) = self.tree.get_mut("connectors") else {
            return notes;
        };
        connectors.retain(|connector| {
            let ends = ["from", "to"].map(|end| {
                let text = connector.get(end).and_then(Value::as_str);
                text.unwrap_or_default()
            });
            let is_elsewhere = |end: &&str| instance(end).is_some_and(|name| !places.contains_key(name));
            let Some(away) = ends.iter().find(|end| is_elsewhere(end)) else {
                return true;
            };
            let name = instance(away).unwrap_or_default();
            let [from, to] = ends;
            notes.push(format!(
                "connector `{from}` → `{to}` is left out: `{name}` is in another partition; open its file together with this one"
            ));
            false
        });
        notes
    }
}

/// The instance in the text of an end; none for a signal. Neither labels of instances nor names of
/// buses have the other's sign in them.
fn instance(end: &str) -> Option<&str> {
    let at = end.find(['.', ':'])?;
    end.get(at..)?.starts_with('.').then(|| end.get(..at))?
}

/// Adds what is new; what is there already has to be the same, else its path is the error.
fn lay_on(tree: &mut Table, other: Table, path: &str) -> Result<(), String> {
    for (name, entry) in other {
        let place = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        match (tree.get_mut(&name), entry) {
            (None, entry) => {
                tree.insert(name, entry);
            }
            (Some(Value::Table(known)), Value::Table(entry)) => lay_on(known, entry, &place)?,
            (Some(Value::Array(known)), Value::Array(entries)) => {
                for entry in entries {
                    if !known.contains(&entry) {
                        known.push(entry);
                    }
                }
            }
            (Some(known), entry) if *known == entry => {}
            (Some(_), _) => return Err(place),
        }
    }
    Ok(())
}
