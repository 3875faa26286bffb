//! Grants in words, for tables, hovers and the command line.

use super::{Authority, Grant, Path, Reaches, Taken};
use crate::{
    capability::{Capability, Treatment},
    document::*,
};

impl Authority {
    /// A line for each way by which the capability reaches the instance: `fan <- sensor <- i2c0`.
    pub fn ways(&self, document: &Document, id: InstanceId, capability: Capability) -> Vec<String> {
        let Some(grant) = self.grant(id, capability) else {
            return Vec::new();
        };
        let own = own_ways(document, id, grant);
        let paths = grant.paths.iter().map(|path| {
            let holder = path.instances.last();
            let held = holder.and_then(|holder| self.grant(*holder, capability));
            let behind = held.map(|held| behind(document, &held.direct));
            path_text(document, id, path, &behind.unwrap_or_default())
        });
        own.into_iter().chain(paths).collect()
    }
}

impl Grant {
    /// In one word, for a table's cell: what counts first.
    pub fn word(&self) -> &'static str {
        match (
            self.treatment,
            self.direct.is_empty(),
            self.paths.is_empty(),
        ) {
            (Some(Treatment::Deny), _, true) => "denied",
            (Some(Treatment::Virtual), _, true) => "virtual",
            // What it does not take itself it has others do.
            (Some(Treatment::Deny), _, false) => "denied, indirect",
            (Some(Treatment::Virtual), _, false) => "virtual, indirect",
            (None, false, _) => "direct",
            (None, true, false) => "indirect",
            (None, true, true) => "none",
        }
    }
}

fn own_ways(document: &Document, id: InstanceId, grant: &Grant) -> Vec<String> {
    let name = name(document, id);
    let way = |taken: &Taken| {
        let source = match grant.treatment {
            None => reached(document, &taken.reaches),
            Some(Treatment::Deny) => "denied".to_owned(),
            Some(Treatment::Virtual) => "virtual".to_owned(),
        };
        format!("{name} <- {source} by `{}`", taken.by)
    };
    grant.direct.iter().map(way).collect()
}

fn path_text(document: &Document, id: InstanceId, path: &Path, behind: &str) -> String {
    let mut text = name(document, id).to_owned();
    for instance in &path.instances {
        text.push_str(" <- ");
        text.push_str(name(document, *instance));
    }
    format!("{text} <- {behind}")
}

fn behind(document: &Document, direct: &[Taken]) -> String {
    let mut all: Vec<String> = Vec::new();
    for taken in direct {
        let text = reached(document, &taken.reaches);
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.join(", ")
}

/// What is behind a capability: `platform i2c0`.
pub(super) fn reached(document: &Document, reaches: &Reaches) -> String {
    match reaches {
        Reaches::Platform => "platform".to_owned(),
        Reaches::Bound(binding) => format!("platform {}", document.binding_text(binding)),
        Reaches::Nothing => "nothing, until it is bound".to_owned(),
        Reaches::AnyOf(all) if all.is_empty() => "platform, which has none".to_owned(),
        Reaches::AnyOf(all) => {
            let names: Vec<String> = all.iter().map(|one| document.binding_text(one)).collect();
            format!("platform, any of {}", names.join(", "))
        }
        Reaches::Blocks(names) if names.is_empty() => "platform, which has no blocks".to_owned(),
        Reaches::Blocks(names) => format!("platform, blocks {}", names.join(", ")),
    }
}

impl Reaches {
    /// `platform i2c0`
    pub fn text(&self, document: &Document) -> String {
        reached(document, self)
    }
}

fn name(document: &Document, id: InstanceId) -> &str {
    let instance = document.instances.get(&id);
    instance.map_or("?", |instance| &instance.name)
}
