//! The graph of instances and connectors, derived from the document for one question at a time.
//! Knows nothing of component types.

use crate::document::*;
use petgraph::{Direction::Incoming, graphmap::DiGraphMap};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque, btree_map::Entry},
    hash::{BuildHasherDefault, DefaultHasher},
};

/// Keeps the order of insertion, and hashes without a random seed.
type Graph<E> = DiGraphMap<InstanceId, E, BuildHasherDefault<DefaultHasher>>;

/// Instances and the connectors between them; provider to requirer. Calls into a composition need not
/// come out of it: direct connectors of its instances lead nowhere on.
#[derive(Debug, Clone, Default)]
pub struct Topology {
    all: Graph<()>,
    /// The lowest connector between two instances.
    direct: Graph<ConnectorId>,
    names: BTreeMap<InstanceId, String>,
}

impl Topology {
    /// The graph of the document as it is now.
    pub fn new(document: &Document) -> Topology {
        let mut topology = Topology::default();
        for (id, instance) in &document.instances {
            topology.all.add_node(*id);
            topology.direct.add_node(*id);
            topology.names.insert(*id, instance.name.clone());
        }
        for (id, connector) in &document.connectors {
            let (Some(from), Some(to)) = (connector.from.instance(), connector.to.instance())
            else {
                continue;
            };
            topology.all.add_edge(from, to, ());
            let inside = |id: InstanceId| {
                let instance = document.instances.get(&id);
                instance.is_some_and(|instance| document.is_composition(instance.component))
            };
            if inside(from) || inside(to) {
                continue;
            }
            if connector.kind.is_direct() && !topology.direct.contains_edge(from, to) {
                topology.direct.add_edge(from, to, *id);
            }
        }
        topology
    }

    /// Cycles of direct connectors: one, as short as can be, for each group of instances that
    /// depend on each other in a circle; each starts at its first instance by name.
    pub fn direct_cycles(&self) -> Vec<Vec<ConnectorId>> {
        let groups = petgraph::algo::tarjan_scc(&self.direct);
        let mut cycles = groups
            .iter()
            .filter_map(|group| self.shortest_cycle(group))
            .collect::<Vec<_>>();
        cycles.sort();
        cycles
    }

    /// Which of these direct connectors, by provider and requirer, closes a circle when all of them are
    /// there.
    pub fn closing(&self, new: &[(InstanceId, InstanceId)]) -> Option<(InstanceId, InstanceId)> {
        let next = |id: InstanceId| {
            let here = new.iter().filter(move |(from, _)| *from == id);
            let here = here.map(|(_, to)| *to);
            self.direct.neighbors(id).chain(here).collect()
        };
        let mut new = new.iter().copied();
        new.find(|(from, to)| reachable(*to, next).contains(from))
    }

    /// Instances that depend on `from` through direct connectors, with itself: those whose exports
    /// it must not require directly.
    pub fn requirers(&self, from: InstanceId) -> BTreeSet<InstanceId> {
        reachable(from, |id| self.direct.neighbors(id).collect())
    }

    /// Instances on which `to` depends through direct connectors, with itself.
    pub fn providers(&self, to: InstanceId) -> BTreeSet<InstanceId> {
        reachable(to, |id| {
            self.direct.neighbors_directed(id, Incoming).collect()
        })
    }

    /// Instances that values of `from` reach through any connectors, with itself.
    pub fn reachable(&self, from: InstanceId) -> BTreeSet<InstanceId> {
        reachable(from, |id| self.all.neighbors(id).collect())
    }

    /// All instances, providers of direct connectors before their requirers, ties by name. Those in
    /// a cycle come last, by name.
    pub fn instantiation_order(&self) -> Vec<InstanceId> {
        let mut open = self
            .names
            .keys()
            .map(|id| (*id, self.waits_for(*id)))
            .collect::<BTreeMap<_, _>>();
        let mut ready = BTreeSet::new();
        let mut order = Vec::with_capacity(open.len());
        for (id, count) in &open {
            if *count == 0 {
                ready.insert((self.name(*id), *id));
            }
        }
        while let Some((_, id)) = ready.pop_first() {
            open.remove(&id);
            order.push(id);
            for next in self.direct.neighbors(id) {
                if let Some(count) = open.get_mut(&next) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert((self.name(next), next));
                    }
                }
            }
        }
        let mut rest = open.into_keys().collect::<Vec<_>>();
        rest.sort_by_key(|id| self.name(*id));
        order.extend(rest);
        order
    }

    fn waits_for(&self, id: InstanceId) -> usize {
        self.direct.neighbors_directed(id, Incoming).count()
    }

    fn name(&self, id: InstanceId) -> &str {
        self.names.get(&id).map_or("", String::as_str)
    }

    fn shortest_cycle(&self, group: &[InstanceId]) -> Option<Vec<ConnectorId>> {
        let start = *group.iter().min_by_key(|id| self.name(**id))?;
        let inside = group.iter().copied().collect::<BTreeSet<_>>();
        let mut before = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(id) = queue.pop_front() {
            let mut next = self
                .direct
                .neighbors(id)
                .filter(|next| inside.contains(next))
                .collect::<Vec<_>>();
            next.sort_by_key(|id| self.name(*id));
            for to in next {
                if to == start {
                    return Some(self.walk_back(start, id, &before));
                }
                if let Entry::Vacant(place) = before.entry(to) {
                    place.insert(id);
                    queue.push_back(to);
                }
            }
        }
        None
    }

    /// The connectors from `start` to `last` and back to `start`.
    fn walk_back(
        &self,
        start: InstanceId,
        last: InstanceId,
        before: &BTreeMap<InstanceId, InstanceId>,
    ) -> Vec<ConnectorId> {
        let mut path = Vec::new();
        let (mut at, mut to) = (last, start);
        loop {
            path.extend(self.direct.edge_weight(at, to));
            let Some(earlier) = before.get(&at).filter(|_| at != start) else {
                break;
            };
            (to, at) = (at, *earlier);
        }
        path.reverse();
        path
    }
}

fn reachable(
    start: InstanceId,
    next: impl Fn(InstanceId) -> Vec<InstanceId>,
) -> BTreeSet<InstanceId> {
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        for to in next(id) {
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    seen
}
