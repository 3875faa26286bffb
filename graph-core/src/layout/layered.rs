//! One connected graph in columns: which edges lead back, columns, order, heights, and widths of
//! the gaps. Two pictures are made where there was one before, and the one that follows it is taken
//! unless it is clearly worse.

use super::{
    cycle::{Manner, feedback},
    graph::{Graph, median},
    keep, layer,
    order::{Order, ordered},
    place,
};
use std::collections::BTreeSet;

/// Between two columns.
const COLUMN_GAP: f32 = 72.0;
/// More for each line that turns there, and for so many at most.
const LANE: f32 = 9.0;
const LANES: usize = 24;
/// What two lines that cross, and one that leads back, cost in points of length.
const CROSSING_COST: f32 = 60.0;
const FEEDBACK_COST: f32 = 400.0;
/// The picture that follows the one before may cost so many times as much, and this more.
const TOLERANCE: f32 = 1.15;
const SLACK: f32 = 60.0;
/// A picture wider than this many times its height is cut into rows, if it is wider than that.
const WIDEST: f32 = 8.0;
const ROW_MINIMUM: f32 = 6000.0;
const ROW_GAP: f32 = 120.0;
/// Columns in which the best place of a cut is looked for.
const CUT_COLUMNS: usize = 4;

/// The upper left corner of each box.
pub(super) fn layered(graph: &Graph) -> Vec<(f32, f32)> {
    let (anew, cost) = picture(graph, Manner::Anew);
    if graph
        .vertices
        .iter()
        .all(|vertex| vertex.previous.is_none())
    {
        return anew;
    }
    let (following, following_cost) = picture(graph, Manner::Following);
    match following_cost <= cost * TOLERANCE + SLACK {
        true => following,
        false => anew,
    }
}

/// Places and what the picture costs.
fn picture(graph: &Graph, manner: Manner) -> (Vec<(f32, f32)>, f32) {
    let back = feedback(graph, manner);
    let layers = layer::layers(graph, &back);
    let order = ordered(graph, &back, &layers, manner);
    let fresh = place::heights(&order);
    let tops = match manner {
        Manner::Anew => fresh,
        Manner::Following => keep::heights(&order, graph, &fresh),
    };
    let led_back = back.iter().filter(|back| **back).count() as f32;
    let cost = place::bends_and_lengths(&order, &tops)
        + place::extent(&order, &tops)
        + order.crossings() as f32 * CROSSING_COST
        + led_back * FEEDBACK_COST;
    let lefts = columns(graph, &order, &tops, manner);
    let mut places: Vec<(f32, f32)> = vec![(0.0, 0.0); graph.vertices.len()];
    for (item, top) in order.items.iter().zip(&tops) {
        if let Some(vertex) = item.vertex {
            places[vertex] = (lefts[layers[vertex]], *top);
        }
    }
    fold(graph, &order, &mut places);
    (places, cost)
}

/// The left edge of the boxes of each column.
fn columns(graph: &Graph, order: &Order, tops: &[f32], manner: Manner) -> Vec<f32> {
    let widest = |column: &[usize], measure: &dyn Fn(usize) -> f32| {
        let vertices = column.iter().filter_map(|item| order.items[*item].vertex);
        vertices.map(measure).fold(0.0, f32::max)
    };
    let mut gaps = Vec::new();
    for (number, column) in order.columns.iter().enumerate().skip(1) {
        let before = &order.columns[number - 1];
        let width = widest(before, &|vertex| {
            graph.vertices[vertex].width + graph.vertices[vertex].room_right
        });
        let left = widest(column, &|vertex| graph.vertices[vertex].room_left);
        let lanes = match manner {
            Manner::Anew => lanes(order, column, tops),
            // A line more does not move all columns.
            Manner::Following => lanes(order, column, tops) * 2 / 3,
        };
        gaps.push(width + COLUMN_GAP + LANE * lanes as f32 + left);
    }
    let mut at = 0.0;
    let anew: Vec<f32> = std::iter::once(0.0)
        .chain(gaps.iter().map(|gap| {
            at += gap;
            at
        }))
        .collect();
    if manner == Manner::Anew {
        return anew;
    }
    let known = |column: &Vec<usize>| {
        let vertices = column.iter().filter_map(|item| order.items[*item].vertex);
        let lefts = vertices.filter_map(|vertex| Some(graph.vertices[vertex].previous?.0));
        lefts.collect::<Vec<f32>>()
    };
    let mut last = 0.0;
    let goals: Vec<(f32, f32)> = order
        .columns
        .iter()
        .zip(&anew)
        .map(|(column, anew)| {
            let known = known(column);
            let weight = known.len() as f32 * 1000.0 + 1.0;
            let goal = median(known).unwrap_or(anew + last);
            last = goal - anew;
            (goal, weight)
        })
        .collect();
    keep::spread(&goals, &gaps)
}

/// Ports whose lines turn before the column.
fn lanes(order: &Order, column: &[usize], tops: &[f32]) -> usize {
    let links = column
        .iter()
        .flat_map(|item| &order.before[*item])
        .map(|link| order.links[*link]);
    let turns = links
        .filter(|link| (tops[link.from] + link.from_y - tops[link.to] - link.to_y).abs() > 0.5);
    let ports: BTreeSet<(usize, u32)> = turns
        .map(|link| (link.from, link.from_y.to_bits()))
        .collect();
    ports.len().min(LANES)
}

/// Cuts a long chain into rows, where few lines cross the cut.
fn fold(graph: &Graph, order: &Order, places: &mut [(f32, f32)]) {
    let right = places
        .iter()
        .zip(&graph.vertices)
        .map(|(place, vertex)| place.0 + vertex.width);
    let width = right.fold(0.0, f32::max);
    let bottom = places
        .iter()
        .zip(&graph.vertices)
        .map(|(place, vertex)| place.1 + vertex.height);
    let height = bottom.fold(0.0, f32::max) + ROW_GAP;
    if width < ROW_MINIMUM || width < WIDEST * height {
        return;
    }
    let row = (width * height * 1.6).sqrt().max(ROW_MINIMUM / 2.0);
    let (mut left, mut down, mut column) = (0.0, 0.0, 0);
    while column < order.columns.len() {
        let cut = cut(order, places, column, left + row);
        let vertices = order.columns[column..cut]
            .iter()
            .flatten()
            .filter_map(|item| order.items[*item].vertex);
        let next = order.columns.get(cut).into_iter().flatten();
        let mut next = next.filter_map(|item| Some(places[order.items[*item].vertex?].0));
        let next = next.next().unwrap_or(0.0);
        for vertex in vertices {
            places[vertex] = (places[vertex].0 - left, places[vertex].1 + down);
        }
        (left, down, column) = (next, down + height, cut);
    }
}

/// The first column of the next row.
fn cut(order: &Order, places: &[(f32, f32)], first: usize, limit: f32) -> usize {
    let is_inside = |column: &&Vec<usize>| {
        let mut vertices = column.iter().filter_map(|item| order.items[*item].vertex);
        vertices
            .next()
            .is_none_or(|vertex| places[vertex].0 < limit)
    };
    let end = first
        + order.columns[first..]
            .iter()
            .take_while(is_inside)
            .count()
            .max(1);
    if end >= order.columns.len() {
        return order.columns.len();
    }
    let lines = |column: usize| {
        order.columns[column]
            .iter()
            .map(|item| order.before[*item].len())
            .sum::<usize>()
    };
    let candidates = end.saturating_sub(CUT_COLUMNS).max(first + 1)..=end;
    candidates
        .rev()
        .min_by_key(|column| lines(*column))
        .unwrap_or(end)
}
