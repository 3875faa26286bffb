//! The names of one WIT interface: types of its own, types taken over by `use`, functions. All
//! share one space, so what would clash gets another name here, once.

use autosar_wit::{
    names,
    types::{InterfaceId, TypeDefinition, TypeKind, ValueType},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub(crate) struct Scope {
    pub(crate) id: InterfaceId,
    taken: BTreeSet<String>,
    /// What stands in the interface for a type of another one.
    used: BTreeMap<(InterfaceId, String), Arc<TypeDefinition>>,
    /// In the order of their making: targets before users.
    pub(crate) types: Vec<Arc<TypeDefinition>>,
}

impl Scope {
    pub(crate) fn new(id: InterfaceId) -> Scope {
        Scope {
            id,
            taken: BTreeSet::new(),
            used: BTreeMap::new(),
            types: Vec::new(),
        }
    }

    /// A free label near a name, which is taken from then on.
    pub(crate) fn label(&mut self, name: &str) -> String {
        let label = names::unique(&names::to_label(name), |label| self.taken.contains(label));
        self.taken.insert(label.clone());
        label
    }

    /// A type of the interface itself.
    pub(crate) fn define(&mut self, name: &str, kind: TypeKind, docs: String) -> ValueType {
        let name = self.label(name);
        let definition = Arc::new(TypeDefinition {
            owner: Some(self.id.clone()),
            name,
            kind,
            docs,
        });
        self.types.push(definition.clone());
        ValueType::Named(definition)
    }

    /// The value as this interface writes it: types of others are taken over, under another name
    /// where theirs is taken.
    pub(crate) fn take(&mut self, value: &ValueType) -> ValueType {
        let boxed = |scope: &mut Scope, value: &ValueType| Box::new(scope.take(value));
        match value {
            ValueType::List(inner) => ValueType::List(boxed(self, inner)),
            ValueType::Option(inner) => ValueType::Option(boxed(self, inner)),
            ValueType::Result { ok, err } => ValueType::Result {
                ok: ok.as_deref().map(|ok| boxed(self, ok)),
                err: err.as_deref().map(|err| boxed(self, err)),
            },
            ValueType::Named(definition) => ValueType::Named(self.take_named(definition)),
            other => other.clone(),
        }
    }

    fn take_named(&mut self, definition: &Arc<TypeDefinition>) -> Arc<TypeDefinition> {
        let Some(owner) = definition.owner.as_ref().filter(|owner| **owner != self.id) else {
            return definition.clone();
        };
        let key = (owner.clone(), definition.name.clone());
        if let Some(known) = self.used.get(&key) {
            return known.clone();
        }
        let taken = match self.taken.contains(&definition.name) {
            false => {
                self.taken.insert(definition.name.clone());
                definition.clone()
            }
            true => Arc::new(TypeDefinition {
                owner: Some(self.id.clone()),
                name: self.label(&format!("{}-type", definition.name)),
                kind: TypeKind::Alias(ValueType::Named(definition.clone())),
                docs: String::new(),
            }),
        };
        self.types.push(taken.clone());
        self.used.insert(key, taken.clone());
        taken
    }
}
