//! What of the platform reaches whom: which of it is picked, what the canvas shows of that, and what
//! is denied or given virtually.

use super::{Effect, Session, Spotlight};
use crate::command::Command;
use graph_core::{
    authority::{Authority, stood_in},
    capability::{Capability, Treatment},
    context::Context,
    document::InstanceId,
    edit::Edit,
    hierarchy::flattened,
};

/// A cell of the table, or a whole column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorityPick {
    pub capability: Capability,
    /// `None`: every instance that it reaches.
    pub instance: Option<InstanceId>,
}

impl Session {
    /// Which capability reaches which instance of those that are shown.
    pub fn authority(&self) -> Authority {
        let flat = flattened(&self.document);
        let mut authority = Authority::of(&Context::new(&flat.document, &self.library));
        let grants = std::mem::take(&mut authority.grants).into_iter();
        let here = |id| {
            let origin = flat.origins.instance(id)?;
            (origin.path == self.place.path).then_some(origin.subject)
        };
        authority.grants = grants
            .filter_map(|((id, capability), grant)| Some(((here(id)?, capability), grant)))
            .collect();
        authority
    }

    /// Why a capability of an instance cannot be treated so; `None`: it can.
    pub fn why_not_treated(
        &self,
        id: InstanceId,
        capability: Capability,
        treatment: Treatment,
    ) -> Option<String> {
        let instance = self.document.instances.get(&id)?;
        let component = self.component_type(instance.component)?;
        let ends = self.document.connectors.values().map(|one| &one.to);
        let is_connected = |port: &str| {
            let mut ends = ends.clone();
            ends.any(|end| end.instance() == Some(id) && end.port() == Some(port))
        };
        match stood_in(component, capability, treatment, &is_connected) {
            Ok(ports) if ports.is_empty() => {
                Some("its component does not take it from the platform by itself".to_owned())
            }
            Ok(_) => None,
            Err(refusal) => Some(refusal.to_string()),
        }
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

    /// What is lit: an answer, or what the pick reaches; nothing of both, everything.
    pub(super) fn relight(&mut self) {
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
