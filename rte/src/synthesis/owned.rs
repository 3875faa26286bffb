//! Types that interfaces outside own: the union of what all users know of each interface.
//! A difference that no union can hold is a conflict.

use super::{
    scope::{Scope, conflict},
    signature,
};
use crate::plan::GenerateError;
use autosar_wit::types::{Interface, InterfaceId, ResourceType, TypeDefinition, TypeKind};
use std::{collections::BTreeMap, fmt::Write, sync::Arc};

/// Interfaces by id, with their types by name, and who named them first.
#[derive(Default)]
pub(super) struct Owned {
    interfaces: BTreeMap<InterfaceId, BTreeMap<String, (Arc<TypeDefinition>, String)>>,
    functions: BTreeMap<InterfaceId, (Interface, String)>,
}

impl Owned {
    pub(super) fn insert(
        &mut self,
        definition: &Arc<TypeDefinition>,
        user: &str,
    ) -> Result<(), GenerateError> {
        let Some(owner) = &definition.owner else {
            return Ok(());
        };
        let types = self.interfaces.entry(owner.clone()).or_default();
        match types.get(&definition.name) {
            Some((old, first)) => conflict(&owner.to_string(), old, definition, first, user),
            None => {
                types.insert(
                    definition.name.clone(),
                    (definition.clone(), user.to_owned()),
                );
                Ok(())
            }
        }
    }

    pub(super) fn insert_resource(&mut self, resource: &ResourceType, user: &str) {
        let Some(owner) = &resource.owner else { return };
        let definition = TypeDefinition {
            owner: Some(owner.clone()),
            name: resource.name.clone(),
            kind: TypeKind::Resource,
            docs: String::new(),
        };
        let types = self.interfaces.entry(owner.clone()).or_default();
        types
            .entry(resource.name.clone())
            .or_insert_with(|| (Arc::new(definition), user.to_owned()));
    }

    /// An interface that is imported or exported by its id, whole.
    pub(super) fn insert_interface(
        &mut self,
        interface: &Interface,
        user: &str,
    ) -> Result<(), GenerateError> {
        let Some(id) = &interface.id else {
            return Ok(());
        };
        self.interfaces.entry(id.clone()).or_default();
        for definition in &interface.types {
            if definition.owner.as_ref() == Some(id) {
                self.insert(definition, user)?;
            }
        }
        self.functions
            .insert(id.clone(), (interface.clone(), user.to_owned()));
        Ok(())
    }

    pub(super) fn packages(mut self) -> Result<String, GenerateError> {
        let mut done: BTreeMap<InterfaceId, String> = BTreeMap::new();
        // Writing one interface can ask for more types of another: again until nothing is new.
        loop {
            let before = self.count();
            for id in self.interfaces.keys().cloned().collect::<Vec<_>>() {
                let text = self.interface(&id)?;
                done.insert(id, text);
            }
            if self.count() == before {
                break;
            }
        }
        let mut packages: BTreeMap<String, String> = BTreeMap::new();
        for (id, text) in done {
            let version = id.version.as_ref().map(|version| format!("@{version}"));
            let head = format!(
                "%{}:%{}{}",
                id.namespace,
                id.package,
                version.unwrap_or_default()
            );
            let package = packages.entry(head).or_default();
            let _ = writeln!(package, "  interface %{} {{\n{text}  }}", id.interface);
        }
        Ok(packages
            .iter()
            .map(|(head, text)| format!("package {head} {{\n{text}}}\n"))
            .collect())
    }

    fn count(&self) -> usize {
        self.interfaces.values().map(|types| types.len() + 1).sum()
    }

    fn interface(&mut self, id: &InterfaceId) -> Result<String, GenerateError> {
        let mut scope = Scope::new(Some(id.clone()));
        scope.is_at_home = true;
        let types: Vec<_> = self
            .interfaces
            .get(id)
            .into_iter()
            .flat_map(BTreeMap::values)
            .cloned()
            .collect();
        let mut functions = String::new();
        if let Some((interface, user)) = self.functions.get(id).cloned() {
            scope.know(&interface.types);
            for definition in &interface.types {
                scope.define(definition, &user);
            }
            for function in &interface.functions {
                let signature = signature(function, &mut scope, &user, self)?;
                let _ = writeln!(functions, "    %{}: {signature};", function.name);
            }
        }
        let mut text = String::new();
        for (definition, user) in &types {
            scope.define(definition, user);
            scope.write_types(&mut String::new(), self)?;
            // What the definition names besides itself is an own type of the interface too.
            for (own, first) in scope.defined.values().cloned().collect::<Vec<_>>() {
                self.insert(&own, &first)?;
            }
        }
        scope.defined.clear();
        for (definition, user) in &types {
            scope.define(definition, user);
        }
        scope.write_types(&mut text, self)?;
        Ok(text + &functions)
    }
}
