//! First positions on the canvas: columns from senders to receivers. Pure; changes no document.

use crate::{document::*, library::Library, resolve};
use autosar_wit::component::Direction;
use std::collections::{BTreeMap, BTreeSet};

const COLUMN_POINTS: f32 = 300.0;
const GAP_POINTS: f32 = 40.0;
const HEAD_POINTS: f32 = 40.0;
const PORT_POINTS: f32 = 22.0;
/// An instance without neighbours in its column stands in a new column after this height.
const HEIGHT_POINTS: f32 = 1600.0;

/// A position for every instance: senders left of their receivers, columns ordered to keep wires
/// short, nothing overlaps. The same for the same document.
pub fn arrange(document: &Document, library: &Library) -> BTreeMap<InstanceId, (f32, f32)> {
    let edges = edges(document);
    let layers = layers(document, &edges);
    let mut columns: Vec<Vec<InstanceId>> = Vec::new();
    let mut by_name = document.instances.iter().collect::<Vec<_>>();
    by_name.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    for (id, _) in by_name {
        let layer = layers.get(id).copied().unwrap_or(0);
        while columns.len() <= layer {
            columns.push(Vec::new());
        }
        if let Some(column) = columns.get_mut(layer) {
            column.push(*id);
        }
    }
    sort_by_senders(&mut columns, &edges);
    place(document, library, &columns)
}

/// The same for some instances: their wires with others do not count, and their upper left corner stays
/// where it is.
pub fn arrange_some(
    document: &Document,
    library: &Library,
    some: &BTreeSet<InstanceId>,
) -> BTreeMap<InstanceId, (f32, f32)> {
    let mut part = document.clone();
    part.instances.retain(|id, _| some.contains(id));
    let inside = |end: &End| end.instance().is_none_or(|id| some.contains(&id));
    part.connectors
        .retain(|_, wire| inside(&wire.from) && inside(&wire.to));
    let before = document.layout.positions.iter();
    let corner = before
        .filter(|(id, _)| some.contains(id))
        .map(|(_, place)| *place)
        .reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))
        .unwrap_or_default();
    let mut positions = arrange(&part, library);
    for place in positions.values_mut() {
        *place = (place.0 + corner.0, place.1 + corner.1);
    }
    positions
}

fn edges(document: &Document) -> BTreeSet<(InstanceId, InstanceId)> {
    let pairs = document.connectors.values().filter_map(|connector| {
        let (from, to) = (connector.from.instance()?, connector.to.instance()?);
        (from != to).then_some((from, to))
    });
    pairs.collect()
}

/// The longest way from a sender, counted over edges that close no circle.
fn layers(
    document: &Document,
    edges: &BTreeSet<(InstanceId, InstanceId)>,
) -> BTreeMap<InstanceId, usize> {
    let mut receivers: BTreeMap<InstanceId, Vec<InstanceId>> = BTreeMap::new();
    for (from, to) in edges {
        receivers.entry(*from).or_default().push(*to);
    }
    let order = depth_first(document, &receivers);
    let rank = order
        .iter()
        .enumerate()
        .map(|(rank, id)| (*id, rank))
        .collect::<BTreeMap<_, _>>();
    let mut layers: BTreeMap<InstanceId, usize> = BTreeMap::new();
    for id in &order {
        let layer = *layers.entry(*id).or_insert(0);
        for to in receivers.get(id).into_iter().flatten() {
            if rank.get(to) > rank.get(id) {
                let at = layers.entry(*to).or_insert(0);
                *at = (*at).max(layer + 1);
            }
        }
    }
    layers
}

/// Instances in an order in which every edge that closes no circle leads forward.
fn depth_first(
    document: &Document,
    receivers: &BTreeMap<InstanceId, Vec<InstanceId>>,
) -> Vec<InstanceId> {
    let mut done = Vec::with_capacity(document.instances.len());
    let mut seen = BTreeSet::new();
    for start in starts(document, receivers) {
        let mut stack = vec![(start, 0_usize)];
        if !seen.insert(start) {
            continue;
        }
        while let Some((id, position)) = stack.pop() {
            let next = receivers.get(&id).and_then(|next| next.get(position));
            match next {
                None => done.push(id),
                Some(to) => {
                    stack.push((id, position + 1));
                    if seen.insert(*to) {
                        stack.push((*to, 0));
                    }
                }
            }
        }
    }
    done.reverse();
    done
}

/// Instances that send more than they receive first, ties by name: circles are cut before them.
fn starts(
    document: &Document,
    receivers: &BTreeMap<InstanceId, Vec<InstanceId>>,
) -> Vec<InstanceId> {
    let mut surplus: BTreeMap<InstanceId, isize> = BTreeMap::new();
    let mut received = BTreeSet::new();
    for (from, to) in receivers
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
    {
        *surplus.entry(*from).or_default() += 1;
        *surplus.entry(*to).or_default() -= 1;
        received.insert(*to);
    }
    let key = |id: &InstanceId, instance: &Instance| {
        (
            received.contains(id),
            std::cmp::Reverse(surplus.get(id).copied().unwrap_or(0)),
            instance.name.clone(),
        )
    };
    let mut starts = document
        .instances
        .iter()
        .map(|(id, instance)| (key(id, instance), *id))
        .collect::<Vec<_>>();
    starts.sort();
    starts.into_iter().map(|(_, id)| id).collect()
}

/// Each column by the mean place of its senders in the columns before.
fn sort_by_senders(columns: &mut [Vec<InstanceId>], edges: &BTreeSet<(InstanceId, InstanceId)>) {
    let mut senders: BTreeMap<InstanceId, Vec<InstanceId>> = BTreeMap::new();
    for (from, to) in edges {
        senders.entry(*to).or_default().push(*from);
    }
    let mut places: BTreeMap<InstanceId, f32> = BTreeMap::new();
    for column in columns {
        let mean = |id: &InstanceId| {
            let known = senders
                .get(id)
                .into_iter()
                .flatten()
                .filter_map(|from| places.get(from))
                .collect::<Vec<_>>();
            match known.is_empty() {
                true => f32::MAX,
                false => known.iter().copied().sum::<f32>() / known.len() as f32,
            }
        };
        let mut keyed = column.iter().map(|id| (mean(id), *id)).collect::<Vec<_>>();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        *column = keyed.into_iter().map(|(_, id)| id).collect();
        places.extend(
            column
                .iter()
                .enumerate()
                .map(|(place, id)| (*id, place as f32)),
        );
    }
}

fn place(
    document: &Document,
    library: &Library,
    columns: &[Vec<InstanceId>],
) -> BTreeMap<InstanceId, (f32, f32)> {
    let mut positions = BTreeMap::new();
    let mut x = 0.0;
    for column in columns.iter().filter(|column| !column.is_empty()) {
        let mut y = 0.0;
        for id in column {
            let height = height(document, library, *id);
            if y > 0.0 && y + height > HEIGHT_POINTS {
                (x, y) = (x + COLUMN_POINTS, 0.0);
            }
            positions.insert(*id, (x, y));
            y += height + GAP_POINTS;
        }
        x += COLUMN_POINTS;
    }
    positions
}

/// About what the canvas draws: a head and a line a function on the fuller side.
fn height(document: &Document, library: &Library, id: InstanceId) -> f32 {
    let Some(component) = resolve::component_type(document, library, id) else {
        return HEAD_POINTS;
    };
    let lines = |direction: Direction| {
        let ports = component
            .ports
            .iter()
            .filter(|port| port.direction == direction);
        ports
            .map(|port| 1 + resolve::functions(port).len())
            .sum::<usize>()
    };
    HEAD_POINTS + PORT_POINTS * lines(Direction::Required).max(lines(Direction::Provided)) as f32
}
