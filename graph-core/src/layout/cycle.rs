//! Which edges lead back, so that the others close no circle. Heuristic of Eades, Lin and Smyth (A
//! fast and effective heuristic for the feedback arc set problem, 1993) with weights, inside each
//! strongly connected part; what closes no circle is never led back.

use super::graph::Graph;
use petgraph::{algo::kosaraju_scc, graph::DiGraph};

/// Whose side is taken where a circle can be cut in several places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// The same graph gives the same.
    Anew,
    /// What led back before leads back now.
    Following,
}

/// Of each edge whether it leads back.
pub(super) fn feedback(graph: &Graph, manner: Manner) -> Vec<bool> {
    let mut back: Vec<bool> = graph
        .edges
        .iter()
        .map(|edge| edge.from == edge.to)
        .collect();
    if manner == Manner::Following {
        let part = parts(graph, &back);
        for (edge, back) in graph.edges.iter().zip(&mut back) {
            let left = |vertex: usize| graph.vertices[vertex].previous.map(|(x, _)| x);
            let led_back = left(edge.from)
                .zip(left(edge.to))
                .is_some_and(|(a, b)| a >= b);
            *back |= part[edge.from] == part[edge.to] && led_back;
        }
    }
    let part = parts(graph, &back);
    let rank = ranks(graph, &back, &part);
    for (edge, back) in graph.edges.iter().zip(&mut back) {
        *back |= part[edge.from] == part[edge.to] && rank[edge.from] >= rank[edge.to];
    }
    back
}

/// Of each vertex the number of its strongly connected part.
fn parts(graph: &Graph, back: &[bool]) -> Vec<usize> {
    let mut directed = DiGraph::<(), ()>::new();
    let nodes: Vec<_> = graph
        .vertices
        .iter()
        .map(|_| directed.add_node(()))
        .collect();
    for (edge, _) in graph.edges.iter().zip(back).filter(|(_, back)| !**back) {
        directed.add_edge(nodes[edge.from], nodes[edge.to], ());
    }
    let mut part = vec![0; graph.vertices.len()];
    for (number, set) in kosaraju_scc(&directed).into_iter().enumerate() {
        for node in set {
            part[node.index()] = number;
        }
    }
    part
}

/// Places in a sequence in which little weight leads back.
fn ranks(graph: &Graph, back: &[bool], part: &[usize]) -> Vec<usize> {
    let count = graph.vertices.len();
    let (mut outgoing, mut incoming) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    let (mut out, mut into) = (vec![0_i64; count], vec![0_i64; count]);
    for (edge, back) in graph.edges.iter().zip(back) {
        if *back || part[edge.from] != part[edge.to] {
            continue;
        }
        let weight = i64::from(edge.weight);
        outgoing[edge.from].push((edge.to, weight));
        incoming[edge.to].push((edge.from, weight));
        out[edge.from] += weight;
        into[edge.to] += weight;
    }
    let mut left: Vec<usize> = (0..count).collect();
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let sink = left.iter().position(|vertex| out[*vertex] == 0);
        let source = || left.iter().position(|vertex| into[*vertex] == 0);
        let richest = || {
            let surplus = |vertex: &usize| out[*vertex] - into[*vertex];
            // The first of equals.
            let best = left.iter().map(surplus).max();
            left.iter().position(|vertex| Some(surplus(vertex)) == best)
        };
        let Some(place) = sink.or_else(source).or_else(richest) else {
            break;
        };
        let vertex = left.remove(place);
        match sink.is_some() {
            true => tail.push(vertex),
            false => head.push(vertex),
        }
        for (to, weight) in &outgoing[vertex] {
            into[*to] -= weight;
        }
        for (from, weight) in &incoming[vertex] {
            out[*from] -= weight;
        }
    }
    let mut rank = vec![0; count];
    for (place, vertex) in head.iter().chain(tail.iter().rev()).enumerate() {
        rank[*vertex] = place;
    }
    rank
}
