//! Where instances run: ECUs with one partition each, and AUTOSAR's mapping of components to ECUs.

use super::Builder;
use arxml::System;
use graph_core::{document::*, edit::Edit};
use std::collections::{BTreeMap, BTreeSet};

const PARTITION: &str = "main";
/// Where the description has no ECU.
const ONLY_ECU: &str = "ecu";

/// Names of ECUs by path of the prototype.
pub(super) struct Deploy {
    ids: BTreeMap<String, EcuId>,
    /// Of the parts of the system, with all that is in them.
    outer: BTreeMap<String, BTreeSet<String>>,
    /// Of parts inside of those.
    inner: BTreeMap<String, BTreeSet<String>>,
    /// There is no choice.
    is_one: bool,
}

impl Deploy {
    pub(super) fn of(system: &System) -> Deploy {
        let mut deploy = Deploy {
            ids: BTreeMap::new(),
            outer: BTreeMap::new(),
            inner: BTreeMap::new(),
            is_one: system.ecus.len() <= 1 && system.deployments.is_empty(),
        };
        for deployment in &system.deployments {
            let ecu = || deployment.ecu.clone();
            if let Some(first) = deployment.parts.first() {
                deploy.outer.entry(first.clone()).or_default().insert(ecu());
            }
            if let [_, .., last] = deployment.parts.as_slice() {
                deploy.inner.entry(last.clone()).or_default().insert(ecu());
            }
        }
        deploy
    }

    /// Of an instance of the system: the ECU on which all of it runs. Of a part: its own, if its
    /// way is not decided outside.
    pub(super) fn partition(&self, path: &str, of_system: bool) -> Option<PartitionKey> {
        let ecus = match of_system {
            true if self.is_one => return self.key(self.ids.keys().next()?),
            true => self.outer.get(path)?,
            false => self.inner.get(path)?,
        };
        match ecus.iter().collect::<Vec<_>>().as_slice() {
            [only] => self.key(only),
            _ => None,
        }
    }

    fn key(&self, ecu: &str) -> Option<PartitionKey> {
        Some(PartitionKey {
            ecu: *self.ids.get(ecu)?,
            partition: PARTITION.to_owned(),
        })
    }

    /// Parts of one composition that run on several ECUs: a composition is the same wherever it
    /// stands.
    pub(super) fn undecided(&self) -> Vec<String> {
        let several = self.inner.iter().filter(|(_, ecus)| ecus.len() > 1);
        several
            .map(|(path, ecus)| {
                let ecus: Vec<String> = ecus.iter().map(|ecu| format!("`{ecu}`")).collect();
                format!(
                    "{path}: not deployed, since it runs on {}; take the composition apart, or give it a copy for each",
                    ecus.join(" and ")
                )
            })
            .collect()
    }
}

impl Builder<'_> {
    /// One partition each; one ECU where the description has none.
    pub(super) fn add_ecus(&mut self) {
        let model = self.model;
        let mut names: Vec<(&str, &str)> = model
            .system
            .ecus
            .iter()
            .map(|ecu| (ecu.path.as_str(), ecu.name.as_str()))
            .collect();
        if names.is_empty() && !model.compositions.is_empty() {
            names.push(("/", ONLY_ECU));
        }
        for (path, name) in names {
            let id = self.document.new_ids().ecu();
            if self.apply(path, Edit::InsertEcu(id, ecu(name))) {
                self.deploy.ids.insert(name.to_owned(), id);
            }
        }
    }
}

/// As `wireloom new` and the window make one: sizes are to be set where they matter.
fn ecu(name: &str) -> Ecu {
    let partition = Partition {
        memory_bytes: 16 << 20,
        fuel: 10_000_000,
        on_trap: deployment::Reaction::Restart,
        blocks: BTreeMap::new(),
    };
    Ecu {
        name: name.to_owned(),
        target: None,
        fuel_ps: 1000,
        activation_ns: 2000,
        partitions: BTreeMap::from([(PARTITION.to_owned(), partition)]),
    }
}
