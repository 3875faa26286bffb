//! Positions on the canvas: columns from senders to receivers, each ECU's instances together. Pure;
//! changes no document. Where wires run is not its business.

#![allow(
    clippy::indexing_slicing,
    reason = "numbers of vertices, edges and items are given here and index the lists that they number"
)]

mod cycle;
mod graph;
mod keep;
mod layer;
mod layered;
mod order;
mod pack;
mod place;
mod shape;

pub use shape::{Shape, Shapes};

use crate::document::*;
use graph::{Edge, Graph, Vertex, median};
use pack::Block;
use std::collections::{BTreeMap, BTreeSet};

/// Between the blocks of two ECUs.
const GROUP_ROOM: f32 = 30.0;
/// How much speaks against leading a connector back. A buffered one can lead back without harm.
const DIRECT_WEIGHT: u32 = 4;
const BUFFERED_WEIGHT: u32 = 1;

/// A position for every instance, in points: senders left of their receivers, instances of one ECU
/// together, few crossings, ports level where they can be; nothing overlaps. Where the document has
/// positions, the new ones follow them unless that is clearly worse: a small edit moves little. The
/// same for the same document.
pub fn arrange(document: &Document, shapes: &Shapes) -> BTreeMap<InstanceId, (f32, f32)> {
    arrange_by(document, shapes, Grouping::Ecus)
}

/// Which instances stay together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Those of one ECU.
    Ecus,
    /// Those of one partition: where each has a band of its own.
    Partitions,
}

/// The same with the instances of each ECU or of each partition together.
pub fn arrange_by(
    document: &Document,
    shapes: &Shapes,
    grouping: Grouping,
) -> BTreeMap<InstanceId, (f32, f32)> {
    let mut ids: Vec<InstanceId> = document.instances.keys().copied().collect();
    ids.sort_by(|a, b| document.instances[a].name.cmp(&document.instances[b].name));
    let graph = graph(document, shapes, &ids);
    let groups = groups(document, &ids, grouping);
    let places = match groups.len() {
        0 | 1 => placed(&graph),
        _ => grouped(&graph, &groups),
    };
    let places = back_home(&graph, places);
    let whole = |(x, y): (f32, f32)| (x.round(), y.round());
    ids.into_iter().zip(places.into_iter().map(whole)).collect()
}

/// The same for some instances: their wires with others do not count, and their upper left corner
/// stays where it is.
pub fn arrange_some(
    document: &Document,
    shapes: &Shapes,
    some: &BTreeSet<InstanceId>,
) -> BTreeMap<InstanceId, (f32, f32)> {
    let mut part = document.clone();
    part.instances.retain(|id, _| some.contains(id));
    let inside = |end: &End| end.instance().is_none_or(|id| some.contains(&id));
    part.connectors
        .retain(|_, wire| inside(&wire.from) && inside(&wire.to));
    let corner = |places: &BTreeMap<InstanceId, (f32, f32)>| {
        let places = places.iter().filter(|(id, _)| some.contains(id));
        let corner = places.map(|(_, place)| *place);
        corner.reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))
    };
    let mut positions = arrange(&part, shapes);
    if let (Some(before), Some(after)) = (corner(&document.layout.positions), corner(&positions)) {
        for (x, y) in positions.values_mut() {
            (*x, *y) = (*x + before.0 - after.0, *y + before.1 - after.1);
        }
    }
    positions
}

fn graph(document: &Document, shapes: &Shapes, ids: &[InstanceId]) -> Graph {
    let numbers: BTreeMap<InstanceId, usize> = ids
        .iter()
        .enumerate()
        .map(|(number, id)| (*id, number))
        .collect();
    let vertex = |id: &InstanceId| {
        let shape = shapes.instances.get(id).copied().unwrap_or_default();
        Vertex {
            width: shape.width,
            height: shape.height,
            room_left: shape.room_left,
            room_right: shape.room_right,
            previous: document.layout.positions.get(id).copied(),
        }
    };
    let mut edges = Vec::new();
    for (id, connector) in &document.connectors {
        let number = |end: &End| numbers.get(&end.instance()?).copied();
        let (Some(from), Some(to)) = (number(&connector.from), number(&connector.to)) else {
            continue;
        };
        let (from_y, to_y) = shapes.ports.get(id).copied().unwrap_or_default();
        let weight = match connector.kind {
            ConnectorKind::Direct => DIRECT_WEIGHT,
            ConnectorKind::Buffered(_) => BUFFERED_WEIGHT,
        };
        edges.push(Edge {
            from,
            to,
            from_y,
            to_y,
            weight,
            is_drawn: true,
        });
    }
    edges.extend(over_buses(document, &numbers));
    Graph {
        vertices: ids.iter().map(vertex).collect(),
        edges,
    }
}

/// Who sends a signal stands left of who receives it, although no line joins them.
fn over_buses(document: &Document, numbers: &BTreeMap<InstanceId, usize>) -> Vec<Edge> {
    let mut ends: BTreeMap<&End, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for connector in document.connectors.values() {
        let number = |end: &End| numbers.get(&end.instance()?).copied();
        match (&connector.from, &connector.to) {
            (from, signal @ End::Signal { .. }) => {
                ends.entry(signal).or_default().0.extend(number(from))
            }
            (signal @ End::Signal { .. }, to) => {
                ends.entry(signal).or_default().1.extend(number(to))
            }
            _ => {}
        }
    }
    let mut edges = Vec::new();
    for (senders, receivers) in ends.values() {
        for from in senders {
            edges.extend(receivers.iter().map(|to| Edge {
                from: *from,
                to: *to,
                from_y: 0.0,
                to_y: 0.0,
                weight: BUFFERED_WEIGHT,
                is_drawn: false,
            }));
        }
    }
    edges
}

/// The instances of each ECU or partition; one that is not deployed is by itself.
fn groups(document: &Document, ids: &[InstanceId], grouping: Grouping) -> Vec<Vec<usize>> {
    let mut of_ecus: BTreeMap<(EcuId, &str), Vec<usize>> = BTreeMap::new();
    let mut single = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        match &document.instances[id].partition {
            Some(key) => {
                let partition = match grouping {
                    Grouping::Ecus => "",
                    Grouping::Partitions => key.partition.as_str(),
                };
                of_ecus
                    .entry((key.ecu, partition))
                    .or_default()
                    .push(number);
            }
            None => single.push(vec![number]),
        }
    }
    if of_ecus.is_empty() {
        return vec![single.into_iter().flatten().collect()];
    }
    of_ecus.into_values().chain(single).collect()
}

/// Each connected part in columns, the parts packed.
fn placed(graph: &Graph) -> Vec<(f32, f32)> {
    let components = graph.components();
    let blocks: Vec<Block> = components
        .iter()
        .map(|vertices| {
            let part = graph.part(vertices);
            let places = layered::layered(&part);
            Block::new(&part, places)
        })
        .collect();
    let mut places = vec![(0.0, 0.0); graph.vertices.len()];
    let moves = pack::packed(&blocks);
    for ((vertices, block), (right, down)) in components.iter().zip(&blocks).zip(moves) {
        for (vertex, (x, y)) in vertices.iter().zip(&block.places) {
            places[*vertex] = (x + right, y + down);
        }
    }
    places
}

/// Each group by itself, then the groups as boxes.
fn grouped(graph: &Graph, groups: &[Vec<usize>]) -> Vec<(f32, f32)> {
    let blocks: Vec<Block> = groups
        .iter()
        .map(|vertices| {
            let part = graph.part(vertices);
            let places = placed(&part);
            Block::new(&part, places)
        })
        .collect();
    let mut group_of = vec![(0, 0.0); graph.vertices.len()];
    for (number, (vertices, block)) in groups.iter().zip(&blocks).enumerate() {
        for (vertex, (_, y)) in vertices.iter().zip(&block.places) {
            group_of[*vertex] = (number, y - block.corner().1);
        }
    }
    let outer = Graph {
        vertices: blocks
            .iter()
            .map(|block| Vertex {
                width: block.width(),
                height: block.height(),
                room_left: GROUP_ROOM,
                room_right: GROUP_ROOM,
                previous: block.home_corner(),
            })
            .collect(),
        edges: graph
            .edges
            .iter()
            .filter(|edge| group_of[edge.from].0 != group_of[edge.to].0)
            .map(|edge| Edge {
                from: group_of[edge.from].0,
                to: group_of[edge.to].0,
                from_y: group_of[edge.from].1 + edge.from_y,
                to_y: group_of[edge.to].1 + edge.to_y,
                ..*edge
            })
            .collect(),
    };
    let corners = placed(&outer);
    let mut places = vec![(0.0, 0.0); graph.vertices.len()];
    for ((vertices, block), (left, top)) in groups.iter().zip(&blocks).zip(corners) {
        for (vertex, (x, y)) in vertices.iter().zip(&block.places) {
            places[*vertex] = (x - block.corner().0 + left, y - block.corner().1 + top);
        }
    }
    places
}

/// Moves all so that half of what was there before stays where it was; else begins at the origin.
fn back_home(graph: &Graph, places: Vec<(f32, f32)>) -> Vec<(f32, f32)> {
    let moved = |axis: fn((f32, f32)) -> f32| {
        let vertices = graph.vertices.iter().zip(&places);
        vertices
            .filter_map(|(vertex, place)| Some(axis(vertex.previous?) - axis(*place)))
            .collect()
    };
    let first = |axis: fn((f32, f32)) -> f32| {
        places
            .iter()
            .copied()
            .map(axis)
            .reduce(f32::min)
            .unwrap_or(0.0)
    };
    let by = |axis: fn((f32, f32)) -> f32| median(moved(axis)).unwrap_or(-first(axis));
    let (right, down) = (by(|place| place.0), by(|place| place.1));
    places
        .into_iter()
        .map(|(x, y)| (x + right, y + down))
        .collect()
}
