//! The order within each column, for few crossings: barycentres over the places of ports, swept
//! forth and back, and neighbours changed where that helps. An edge over several columns has an
//! item of no height in each; edges from one port share them. Source: Sugiyama, Tagawa and Toda,
//! Methods for visual understanding of hierarchical system structures, 1981.

use super::{cycle::Manner, graph::Graph};
use std::collections::BTreeMap;

/// Sweeps at most, and without success.
const SWEEPS: usize = 24;
const FRUITLESS: usize = 5;
/// Passes of changing neighbours.
const PASSES: usize = 8;
/// An edge over more columns goes round the outside and keeps no room between them.
const SPAN: usize = 64;

/// Items by columns, and the links between neighbouring columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    pub(super) items: Vec<Item>,
    pub(super) links: Vec<Link>,
    /// Numbers of items, from above.
    pub(super) columns: Vec<Vec<usize>>,
    /// Links to the column before, of each item.
    pub(super) before: Vec<Vec<usize>>,
    /// Links to the column behind, of each item.
    pub(super) behind: Vec<Vec<usize>>,
    /// The place of each item in its column.
    pub(super) place: Vec<usize>,
}

/// A vertex, or where an edge passes a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// `None`: an edge passes.
    pub(super) vertex: Option<usize>,
    pub(super) height: f32,
}

/// From an item to one in the next column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) from_y: f32,
    pub(super) to_y: f32,
}

/// The order of the vertices in their columns.
pub(super) fn ordered(graph: &Graph, back: &[bool], layers: &[usize], manner: Manner) -> Order {
    let mut order = items(graph, back, layers);
    match manner {
        Manner::Anew => {
            sweep(&mut order);
            order
        }
        Manner::Following => {
            follow(&mut order, graph);
            exchange(&mut order);
            order
        }
    }
}

fn items(graph: &Graph, back: &[bool], layers: &[usize]) -> Order {
    let count = layers.iter().max().map_or(0, |last| last + 1);
    let mut order = Order {
        columns: vec![Vec::new(); count],
        ..Order::default()
    };
    for (vertex, layer) in layers.iter().enumerate() {
        let height = graph.vertices[vertex].height;
        order.enter(Some(vertex), height, *layer);
    }
    let mut passing: BTreeMap<(usize, u32, usize), usize> = BTreeMap::new();
    let forward = graph.edges.iter().zip(back).filter(|(_, back)| !**back);
    for (edge, _) in forward.filter(|(edge, _)| edge.is_drawn) {
        let (first, last) = (layers[edge.from], layers[edge.to]);
        if last > first + SPAN {
            continue;
        }
        let (mut from, mut from_y) = (edge.from, edge.from_y);
        for column in first + 1..last {
            let key = (edge.from, edge.from_y.to_bits(), column);
            let known = passing.get(&key).copied();
            let item = known.unwrap_or_else(|| {
                let item = order.enter(None, 0.0, column);
                order.link(from, item, from_y, 0.0);
                item
            });
            passing.insert(key, item);
            (from, from_y) = (item, 0.0);
        }
        order.link(from, edge.to, from_y, edge.to_y);
    }
    order.count_places();
    order
}

impl Order {
    fn enter(&mut self, vertex: Option<usize>, height: f32, column: usize) -> usize {
        self.items.push(Item { vertex, height });
        self.before.push(Vec::new());
        self.behind.push(Vec::new());
        self.place.push(0);
        self.columns[column].push(self.items.len() - 1);
        self.items.len() - 1
    }

    fn link(&mut self, from: usize, to: usize, from_y: f32, to_y: f32) {
        self.links.push(Link {
            from,
            to,
            from_y,
            to_y,
        });
        self.behind[from].push(self.links.len() - 1);
        self.before[to].push(self.links.len() - 1);
    }

    fn count_places(&mut self) {
        for column in &self.columns {
            for (place, item) in column.iter().enumerate() {
                self.place[*item] = place;
            }
        }
    }

    /// Place in the column and within the item, where a link begins.
    pub(super) fn start(&self, link: usize) -> f32 {
        let link = self.links[link];
        self.place[link.from] as f32 + part(link.from_y, self.items[link.from].height)
    }

    /// The same where it ends.
    pub(super) fn end(&self, link: usize) -> f32 {
        let link = self.links[link];
        self.place[link.to] as f32 + part(link.to_y, self.items[link.to].height)
    }

    /// Pairs of links that cross.
    pub(super) fn crossings(&self) -> usize {
        (1..self.columns.len())
            .map(|column| self.crossings_before(column))
            .sum()
    }

    fn crossings_before(&self, column: usize) -> usize {
        let links = self.columns[column]
            .iter()
            .flat_map(|item| &self.before[*item]);
        let mut ends: Vec<(f32, f32)> = links
            .map(|link| (self.start(*link), self.end(*link)))
            .collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        inversions(&ends.into_iter().map(|(_, end)| end).collect::<Vec<_>>())
    }
}

/// Where in an item of that height, below 1.
fn part(y: f32, height: f32) -> f32 {
    match height > 0.0 {
        true => (y / height).clamp(0.0, 0.99),
        false => 0.5,
    }
}

/// Pairs of which the first is greater, by a Fenwick tree.
fn inversions(values: &[f32]) -> usize {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.dedup();
    let mut tree = vec![0_usize; sorted.len() + 1];
    let mut found = 0;
    for (seen, value) in values.iter().enumerate() {
        let rank = sorted.partition_point(|other| other <= value);
        let (mut not_greater, mut at) = (0, rank);
        while at > 0 {
            not_greater += tree[at];
            at &= at - 1;
        }
        found += seen - not_greater;
        let mut at = rank;
        while at < tree.len() {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    found
}

fn sweep(order: &mut Order) {
    exchange(order);
    let (mut best, mut least) = (order.columns.clone(), order.crossings());
    let mut fruitless = 0;
    for number in 0..SWEEPS {
        if least == 0 || fruitless == FRUITLESS {
            break;
        }
        let last = order.columns.len();
        match number % 2 == 0 {
            true => (1..last).for_each(|column| sort(order, column, Sort::ByTheColumnBefore)),
            false => (0..last.saturating_sub(1))
                .rev()
                .for_each(|column| sort(order, column, Sort::ByTheColumnBehind)),
        }
        exchange(order);
        let crossings = order.crossings();
        fruitless += 1;
        if crossings < least {
            (best, least, fruitless) = (order.columns.clone(), crossings, 0);
        }
    }
    order.columns = best;
    order.count_places();
}

#[derive(Clone, Copy)]
enum Sort {
    ByTheColumnBefore,
    ByTheColumnBehind,
}

fn sort(order: &mut Order, column: usize, by: Sort) {
    let own = order.columns[column].len().max(1) as f32;
    let (others, links) = match by {
        Sort::ByTheColumnBefore => (&order.columns[column - 1], &order.before),
        Sort::ByTheColumnBehind => (&order.columns[column + 1], &order.behind),
    };
    let scale = others.len() as f32 / own;
    let mean = |item: &usize| {
        let ends = links[*item].iter().map(|link| match by {
            Sort::ByTheColumnBefore => order.start(*link),
            Sort::ByTheColumnBehind => order.end(*link),
        });
        match links[*item].len() {
            0 => (order.place[*item] as f32 + 0.5) * scale,
            count => ends.sum::<f32>() / count as f32,
        }
    };
    let mut keyed: Vec<(f32, usize)> = order.columns[column]
        .iter()
        .map(|item| (mean(item), *item))
        .collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    order.columns[column] = keyed.into_iter().map(|(_, item)| item).collect();
    for (place, item) in order.columns[column].iter().enumerate() {
        order.place[*item] = place;
    }
}

/// Changes neighbours as long as crossings go.
fn exchange(order: &mut Order) {
    for _ in 0..PASSES {
        let mut has_changed = false;
        for column in 0..order.columns.len() {
            for place in 1..order.columns[column].len() {
                let (upper, lower) = (
                    order.columns[column][place - 1],
                    order.columns[column][place],
                );
                if crossings_of(order, lower, upper) < crossings_of(order, upper, lower) {
                    order.columns[column].swap(place - 1, place);
                    (order.place[upper], order.place[lower]) = (place, place - 1);
                    has_changed = true;
                }
            }
        }
        if !has_changed {
            break;
        }
    }
}

/// Of the links of two neighbours, were they in this order.
fn crossings_of(order: &Order, upper: usize, lower: usize) -> usize {
    let count = |links: &[Vec<usize>], far: &dyn Fn(usize) -> f32| {
        let mut found = 0;
        for above in &links[upper] {
            let end = far(*above);
            found += links[lower]
                .iter()
                .filter(|below| end > far(**below))
                .count();
        }
        found
    };
    count(&order.before, &|link| order.start(link)) + count(&order.behind, &|link| order.end(link))
}

/// By the heights of before; what is new goes where its neighbours are.
fn follow(order: &mut Order, graph: &Graph) {
    let mut height: Vec<Option<f32>> = order
        .items
        .iter()
        .map(|item| {
            let vertex = graph.vertices[item.vertex?];
            Some(vertex.previous?.1 + vertex.height / 2.0)
        })
        .collect();
    // From both sides inwards, until everything that hangs on something known is known.
    for _ in 0..2 {
        for link in &order.links {
            if height[link.to].is_none() {
                height[link.to] = mean(&order.before[link.to], |link| {
                    height[order.links[link].from]
                });
            }
        }
        for link in order.links.iter().rev() {
            if height[link.from].is_none() {
                height[link.from] = mean(&order.behind[link.from], |link| {
                    height[order.links[link].to]
                });
            }
        }
    }
    for column in &mut order.columns {
        column.sort_by(|a, b| {
            let key = |item: usize| height[item].unwrap_or(f32::MAX);
            key(*a).total_cmp(&key(*b))
        });
    }
    order.count_places();
}

fn mean(links: &[usize], height: impl Fn(usize) -> Option<f32>) -> Option<f32> {
    let known: Vec<f32> = links.iter().filter_map(|link| height(*link)).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f32>() / known.len() as f32)
}
