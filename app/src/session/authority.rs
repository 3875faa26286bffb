//! What of the platform reaches whom: which of it is picked, what the canvas shows of that, and what
//! is denied or given virtually.

use super::{Effect, Session, Spotlight};
use crate::command::Command;
use autosar_wit::component::ComponentType;
use graph_core::{
    authority::{Authority, Grant, Path, stood_in},
    capability::{Capability, Treatment},
    context::Context,
    document::{ConnectorId, Document, InstanceId},
    edit::Edit,
    hierarchy::{Origin, flattened},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A cell of the table, or a whole column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorityPick {
    pub capability: Capability,
    /// `None`: every instance that it reaches.
    pub instance: Option<InstanceId>,
}

/// Which capability reaches which instance of those that are shown, one of a composition for all of
/// its parts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShownAuthority {
    /// Paths go over what is shown.
    pub grants: BTreeMap<(InstanceId, Capability), Grant>,
    /// In words, by the names of the running system.
    pub ways: BTreeMap<(InstanceId, Capability), Vec<String>>,
}

impl ShownAuthority {
    /// In the order of tables.
    pub fn capabilities(&self) -> Vec<Capability> {
        let all: BTreeSet<Capability> = self.grants.keys().map(|(_, one)| *one).collect();
        all.into_iter().collect()
    }
}

impl Session {
    /// Found once for each state of document and library, and place.
    pub fn authority(&self) -> &ShownAuthority {
        self.authority.get_or_init(|| self.find_authority())
    }

    fn find_authority(&self) -> ShownAuthority {
        let mut shown = ShownAuthority::default();
        if self.place.root.is_some() {
            // A composition by itself is none that runs.
            return shown;
        }
        let flat = flattened(&self.document);
        let authority = Authority::of(&Context::new(&flat.document, &self.library));
        let here = |id| self.shown_of(&flat.origins.instance(id)?);
        let drawn: BTreeMap<ConnectorId, ConnectorId> = self
            .document()
            .connectors
            .keys()
            .flat_map(|id| {
                let over = flat.origins.connectors_over(&self.place.path, *id);
                over.into_iter().map(|flat| (flat, *id))
            })
            .collect();
        for ((id, capability), grant) in &authority.grants {
            let Some(at) = here(*id) else { continue };
            let ways = authority.ways(&flat.document, *id, *capability);
            shown
                .ways
                .entry((at, *capability))
                .or_default()
                .extend(ways);
            let of_box = shown.grants.entry((at, *capability)).or_default();
            let instance = self.document.instances.get(&at);
            let treatment = instance.and_then(|one| one.capabilities.get(capability));
            of_box.treatment = treatment.or(grant.treatment.as_ref()).copied();
            of_box.direct.extend(grant.direct.iter().cloned());
            let paths = grant.paths.iter().map(|path| Path {
                connectors: path
                    .connectors
                    .iter()
                    .filter_map(|id| drawn.get(id))
                    .copied()
                    .collect(),
                instances: path.instances.iter().filter_map(|id| here(*id)).collect(),
            });
            of_box.paths.extend(paths);
        }
        shown
    }

    /// Why a capability of an instance cannot be treated so; `None`: it can.
    pub fn why_not_treated(
        &self,
        id: InstanceId,
        capability: Capability,
        treatment: Treatment,
    ) -> Option<String> {
        let outer = self.place.path.iter().find_map(|outer| {
            let instance = self.document.instances.get(outer)?;
            let is_given = instance.capabilities.contains_key(&capability);
            is_given.then_some(&instance.name)
        });
        if let Some(outer) = outer {
            return Some(format!(
                "`{outer}`, which it is a part of, says that already"
            ));
        }
        let mut taken = false;
        for (component, served) in self.leaves(id) {
            let is_connected = |port: &str| served.contains(port);
            match stood_in(&component, capability, treatment, &is_connected) {
                Ok(ports) => taken |= !ports.is_empty(),
                Err(refusal) => return Some(refusal.to_string()),
            }
        }
        let text = "its component does not take it from the platform by itself";
        (!taken).then(|| text.to_owned())
    }

    /// An instance that is shown, or all parts of one of a composition: what each is, and which of its
    /// ports connectors serve.
    fn leaves(&self, id: InstanceId) -> Vec<(Arc<ComponentType>, BTreeSet<String>)> {
        let leaf = |document: &Document, leaf: InstanceId| {
            let instance = document.instances.get(&leaf)?;
            let component = self.component_type(instance.component)?.clone();
            let ends = document.connectors.values().map(|one| &one.to);
            let own = ends.filter(|end| end.instance() == Some(leaf));
            let served = own.filter_map(|end| end.port().map(str::to_owned));
            Some((component, served.collect()))
        };
        if self.place.root.is_some() {
            // A composition by itself is none that runs.
            return leaf(self.document(), id).into_iter().collect();
        }
        let flat = flattened(&self.document);
        let inside = |one: &&InstanceId| {
            let origin = flat.origins.instance(**one);
            origin.and_then(|origin| self.shown_of(&origin)) == Some(id)
        };
        let all = flat.document.instances.keys().filter(inside);
        all.filter_map(|one| leaf(&flat.document, *one)).collect()
    }

    /// What is shown of a part of the running system: itself, or the composition that it is inside of.
    fn shown_of(&self, origin: &Origin<InstanceId>) -> Option<InstanceId> {
        let inside = origin.path.strip_prefix(self.place.path.as_slice())?;
        Some(inside.first().copied().unwrap_or(origin.subject))
    }

    pub(super) fn apply_authority(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::PickAuthority(pick) => {
                self.view.authority = pick;
                self.view.why = None;
                self.relight();
                Vec::new()
            }
            Command::Treat(id, capability, treatment) => self.treat(id, capability, treatment),
            _ => Vec::new(),
        }
    }

    fn treat(
        &mut self,
        id: InstanceId,
        capability: Capability,
        treatment: Option<Treatment>,
    ) -> Vec<Effect> {
        let Some(instance) = self.document.instances.get(&id) else {
            return Vec::new();
        };
        if let Some(treatment) = treatment
            && let Some(reason) = self.why_not_treated(id, capability, treatment)
        {
            self.fail(format!(
                "{} of `{}`: {reason}",
                capability.title(),
                instance.name
            ));
            return Vec::new();
        }
        if treatment == instance.capabilities.get(&capability).copied() {
            return Vec::new();
        }
        let word = match treatment {
            None => "Allow",
            Some(Treatment::Deny) => "Deny",
            Some(Treatment::Virtual) => "Make virtual:",
        };
        let mut changed = instance.clone();
        match treatment {
            None => changed.capabilities.remove(&capability),
            Some(treatment) => changed.capabilities.insert(capability, treatment),
        };
        let name = format!("{word} {} of `{}`", capability.title(), instance.name);
        self.step(name, vec![Edit::ChangeInstance(id, changed)])
    }

    /// What is lit: an answer, or what the pick reaches; nothing of both, everything. A pick ends with
    /// its instance.
    pub(super) fn relight(&mut self) {
        let gone = |id: &InstanceId| !self.document().instances.contains_key(id);
        let picked = self.view.authority.and_then(|pick| pick.instance);
        if picked.as_ref().is_some_and(gone) {
            self.view.authority = None;
        }
        self.spotlight = match (&self.view.why, self.view.authority) {
            (Some(why), _) => Some(why.spotlight()),
            (None, Some(pick)) => Some(self.reached(pick)),
            (None, None) => None,
        };
    }

    fn reached(&self, pick: AuthorityPick) -> Spotlight {
        let authority = self.authority();
        let mut spotlight = Spotlight::default();
        for ((id, capability), grant) in &authority.grants {
            let is_meant = pick.instance.is_none_or(|instance| instance == *id);
            if *capability != pick.capability || !is_meant || !grant.reaches() {
                continue;
            }
            spotlight.instances.insert(*id);
            for path in &grant.paths {
                spotlight.instances.extend(&path.instances);
                spotlight.connectors.extend(&path.connectors);
            }
        }
        spotlight
    }
}
