//! Which components could take the loose end of a wire, and where.

use super::is_same_interface;
use crate::{
    check::{Candidate, Sheet, WireVerdict, candidates},
    document::*,
    library::Entry,
    resolve::Side,
};
use autosar_wit::component::ComponentType;
use std::{collections::BTreeMap, sync::Arc};

/// Numbers of instances that are not there: from here down, above those of any document.
const FIRST: u64 = u64::MAX - 1;

/// A place for the loose end of a wire at an instance that is not there yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Name of the component.
    pub component: String,
    /// The end there, at any instance; see [`End::at`].
    pub end: End,
    /// `duty`, `duty#get`: the end as users read it.
    pub label: String,
    /// The interface is the same one; else the types fit all the same.
    pub is_same_interface: bool,
    /// What the user should know of such a wire.
    pub notes: Vec<String>,
}

/// Everything of these components that a wire from `start`, which is its `side`, fits: those with the
/// same interface first, then by name. The instance would stand in the partition of `start`.
pub fn offers(
    sheet: &Sheet,
    start: &End,
    side: Side,
    components: &BTreeMap<String, Arc<ComponentType>>,
) -> Vec<Offer> {
    let partition = start
        .instance()
        .and_then(|id| sheet.document.instances.get(&id)?.partition.clone());
    let (mut trial, mut types) = (sheet.document.clone(), sheet.library.clone());
    let mut names = BTreeMap::new();
    for (number, (name, component_type)) in components.iter().enumerate() {
        let id = FIRST - number as u64;
        let component = ComponentId(id);
        types.components.insert(
            component,
            Entry::Loaded {
                component_type: component_type.clone(),
                bytes: Arc::from([]),
            },
        );
        trial.instances.insert(
            InstanceId(id),
            Instance {
                name: name.clone(),
                composition: sheet.scope(),
                component,
                prefix: None,
                partition: partition.clone(),
                activations: Vec::new(),
                bindings: BTreeMap::new(),
                blocks: BTreeMap::new(),
                configuration: BTreeMap::new(),
                parameters: BTreeMap::new(),
                nv_data: BTreeMap::new(),
                capabilities: BTreeMap::new(),
            },
        );
        names.insert(InstanceId(id), name);
    }
    let tried = Sheet {
        document: &trial,
        library: &types,
        ..*sheet
    };
    let mut offers: Vec<Offer> = candidates(&tried, start, side)
        .into_iter()
        .filter_map(|Candidate { end, verdict }| {
            let component = (*names.get(&end.instance()?)?).clone();
            let WireVerdict::Fits { notes, .. } = verdict else {
                return None;
            };
            let text = crate::end::text(&trial, &end);
            let label = text.strip_prefix(&format!("{component}.")).unwrap_or(&text);
            Some(Offer {
                component,
                label: label.to_owned(),
                is_same_interface: is_same_interface(&tried, start, side, &end),
                end: end.at(InstanceId(0)),
                notes,
            })
        })
        .collect();
    offers.sort_by(|a, b| {
        let rank = |offer: &Offer| (!offer.is_same_interface, offer.notes.len());
        (rank(a), &a.component, &a.label).cmp(&(rank(b), &b.component, &b.label))
    });
    offers
}
