//! What is laid out: boxes of a size, and edges between places on their right and left sides. Knows
//! nothing of documents. All lengths are points at zoom 1; x grows to the right, y downwards.

/// Boxes and edges by their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    pub(super) vertices: Vec<Vertex>,
    pub(super) edges: Vec<Edge>,
}

/// A box.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Vertex {
    pub(super) width: f32,
    pub(super) height: f32,
    /// Room that it needs left of it.
    pub(super) room_left: f32,
    /// Room that it needs right of it.
    pub(super) room_right: f32,
    /// Where its upper left corner was before.
    pub(super) previous: Option<(f32, f32)>,
}

/// From the right side of one box to the left side of another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Below the upper edge of the box.
    pub(super) from_y: f32,
    /// Below the upper edge of the box.
    pub(super) to_y: f32,
    /// How much speaks against leading it back.
    pub(super) weight: u32,
    /// Whether a line is drawn for it; one through a bus only says who comes first.
    pub(super) is_drawn: bool,
}

impl Graph {
    /// The numbers of the boxes that edges join, by the lowest in each set.
    pub(super) fn components(&self) -> Vec<Vec<usize>> {
        let mut leader: Vec<usize> = (0..self.vertices.len()).collect();
        for edge in &self.edges {
            let (a, b) = (find(&mut leader, edge.from), find(&mut leader, edge.to));
            leader[a.max(b)] = a.min(b);
        }
        let mut sets: Vec<Vec<usize>> = vec![Vec::new(); self.vertices.len()];
        for vertex in 0..self.vertices.len() {
            sets[find(&mut leader, vertex)].push(vertex);
        }
        sets.retain(|set| !set.is_empty());
        sets
    }

    /// The part with these boxes, in their order, and the edges between them.
    pub(super) fn part(&self, vertices: &[usize]) -> Graph {
        let mut number = vec![usize::MAX; self.vertices.len()];
        for (new, old) in vertices.iter().enumerate() {
            number[*old] = new;
        }
        let inside =
            |edge: &&Edge| number[edge.from] != usize::MAX && number[edge.to] != usize::MAX;
        let renumbered = |edge: &Edge| Edge {
            from: number[edge.from],
            to: number[edge.to],
            ..*edge
        };
        Graph {
            vertices: vertices.iter().map(|old| self.vertices[*old]).collect(),
            edges: self.edges.iter().filter(inside).map(renumbered).collect(),
        }
    }
}

fn find(leader: &mut [usize], mut vertex: usize) -> usize {
    while leader[vertex] != vertex {
        leader[vertex] = leader[leader[vertex]];
        vertex = leader[vertex];
    }
    vertex
}

/// The median, the lower of two; `None` of nothing.
pub(super) fn median(mut values: Vec<f32>) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}
