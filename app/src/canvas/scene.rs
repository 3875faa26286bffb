//! The picture that a document gives: boxes, pins, wires, and what lies under a point. Derived from
//! document and library, rebuilt when they change. Knows nothing of zoom and screen.

use super::{
    annotation::{Edges, FrameBox, NoteBox},
    geometry::{Point, Rect, point},
    grid::Grid,
    lanes::Lane,
    names::end_label,
    node::{Metrics, flag, place},
    pins::{Pin, Side, holds, instance_of, pins},
    wire::Curve,
};
use autosar_wit::component::{ComponentType, Direction};
use graph_core::{
    document::{ConnectorId, ConnectorKind, Document, End, InstanceId},
    library::{Entry, Library},
};
use std::collections::{BTreeMap, BTreeSet};

mod composition;
mod ways;

pub use composition::NodeKind;
use composition::kind_of;

/// Ports whose elements are shown where they would be hidden, and the other way round.
pub type Toggled = BTreeSet<(InstanceId, Direction, String)>;

/// All that is drawn.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// In the order of their ids; later ones lie above.
    pub nodes: Vec<Node>,
    /// In the order of their ids.
    pub wires: Vec<Wire>,
    /// ECUs one below the other, where they are shown as lanes.
    pub lanes: Vec<Lane>,
    /// In the order of their ids; below everything.
    pub frames: Vec<FrameBox>,
    /// In the order of their ids; below instances and wires.
    pub notes: Vec<NoteBox>,
    /// The boundary of the composition whose inside it is; ports lie outside of it.
    pub boundary: Option<Rect>,
    /// Sizes that it was made with.
    pub metrics: Metrics,
    node_grid: Grid,
    wire_grid: Grid,
}

/// The box of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Whose it is.
    pub instance: InstanceId,
    /// Name of the instance.
    pub title: String,
    /// Name of the component.
    pub subtitle: String,
    /// What it stands for.
    pub kind: NodeKind,
    /// Whether its component could be read.
    pub is_loaded: bool,
    /// Name of its ECU and partition; empty if not deployed.
    pub place: String,
    /// Number of its ECU among all, for the colour; `None` if not deployed.
    pub lane: Option<usize>,
    /// Where it lies.
    pub rect: Rect,
    /// Its pins.
    pub pins: Vec<Pin>,
    /// The middle of each pin.
    pub pin_points: Vec<Point>,
    /// The wires at each pin.
    pub pin_wires: Vec<Vec<ConnectorId>>,
}

/// A connector.
#[derive(Debug, Clone, PartialEq)]
pub struct Wire {
    /// Whose it is.
    pub connector: ConnectorId,
    /// Its source.
    pub from: End,
    /// Its target.
    pub to: End,
    /// Copied after the runnable, not called at once.
    pub is_buffered: bool,
    /// What it brings is converted.
    pub has_adapter: bool,
    /// What stands in its flag; empty if both ends are at instances.
    pub flag: String,
    /// How many rows below its pin the flag stands.
    pub flag_row: u8,
    /// Points that the user leads it through, from its source on.
    pub through: Vec<Point>,
    /// Its course.
    pub course: Course,
}

/// How a wire runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Course {
    /// From pin to pin.
    Curve(Curve),
    /// Beside a pin, with the name of what lies on a bus.
    Flag {
        /// The pin.
        pin: Point,
        /// Which side of the instance.
        side: Side,
        /// The box of the flag.
        rect: Rect,
    },
    /// One of its ends is nowhere.
    Nowhere,
}

/// What lies under a point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hit {
    /// A pin: number of the node and of the pin in it.
    Pin(usize, usize),
    /// An instance: number of the node.
    Node(usize),
    /// A point that a wire is led through: number of the wire and of the point.
    ReroutePoint(usize, usize),
    /// A wire: number of the wire.
    Wire(usize),
    /// A note, and its right edge: number of the note.
    Note(usize),
    NoteEdge(usize),
    /// The title of a frame, and edges of it: number of the frame.
    Frame(usize),
    FrameEdge(usize, Edges),
    /// The header of a lane: number of the lane.
    Lane(usize),
    /// Empty canvas.
    Nothing,
}

impl Scene {
    /// The scene of a document.
    pub fn new(
        document: &Document,
        library: &Library,
        metrics: &Metrics,
        toggled: &Toggled,
    ) -> Scene {
        let mut ends: BTreeMap<InstanceId, Vec<(&End, Side)>> = BTreeMap::new();
        for connector in document.connectors.values() {
            for (end, side) in [(&connector.from, Side::Right), (&connector.to, Side::Left)] {
                if let Some(instance) = instance_of(end) {
                    ends.entry(instance).or_default().push((end, side));
                }
            }
        }
        let mut scene = Scene {
            metrics: *metrics,
            ..Scene::default()
        };
        for (&id, instance) in &document.instances {
            let ends = ends.get(&id).map_or(&[][..], Vec::as_slice);
            let pins = pins(
                id,
                component_type(library, instance.component),
                ends,
                &|port| {
                    let parameter = format!("{port}(");
                    let mut bindings = instance.bindings.iter();
                    let (_, bound) =
                        bindings.find(|(key, _)| *key == port || key.starts_with(&parameter))?;
                    Some(document.binding_text(bound))
                },
                &|direction, port| toggled.contains(&(id, direction, port.to_owned())),
            );
            scene.nodes.push(node(document, library, id, pins, metrics));
        }
        scene.boundary = scene.boundary_of(document);
        scene.index_nodes();
        scene.wire(document);
        scene.index_wires();
        scene.annotate(document);
        scene
    }

    /// The node of an instance.
    pub fn node(&self, instance: InstanceId) -> Option<&Node> {
        let number = self
            .nodes
            .binary_search_by_key(&instance, |node| node.instance)
            .ok()?;
        self.nodes.get(number)
    }

    /// The wire of a connector.
    pub fn wire_of(&self, connector: ConnectorId) -> Option<&Wire> {
        let number = self
            .wires
            .binary_search_by_key(&connector, |wire| wire.connector)
            .ok()?;
        self.wires.get(number)
    }

    /// The pin at a place in it.
    pub fn pin(&self, node: usize, pin: usize) -> Option<(&Node, &Pin, Point)> {
        let node = self.nodes.get(node)?;
        Some((node, node.pins.get(pin)?, *node.pin_points.get(pin)?))
    }

    /// Where an end is drawn, and on which side of its instance.
    pub fn end_point(&self, end: &End, side: Side) -> Option<(Point, Side)> {
        let node = self.node(instance_of(end)?)?;
        let number = node.pins.iter().position(|pin| holds(pin, end, side))?;
        Some((*node.pin_points.get(number)?, node.pins.get(number)?.side))
    }

    /// What lies under a point of the world; `zoom` keeps wires as easy to hit when zoomed out.
    pub fn hit(&self, p: Point, zoom: f32) -> Hit {
        let reach = self.metrics.pin_reach;
        let mut found = Hit::Nothing;
        for &number in self.node_grid.near(p).iter().rev() {
            let Some(node) = self.nodes.get(number as usize) else {
                continue;
            };
            let nearest = (node.pin_points.iter().enumerate())
                .map(|(pin, at)| (pin, (*at - p).length()))
                .filter(|(_, distance)| *distance <= reach)
                .min_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((pin, _)) = nearest {
                return Hit::Pin(number as usize, pin);
            }
            if found == Hit::Nothing && node.rect.contains(p) {
                found = Hit::Node(number as usize);
            }
        }
        if found != Hit::Nothing {
            return found;
        }
        self.reroute_point_at(p, zoom)
            .or_else(|| self.wire_at(p, zoom).map(Hit::Wire))
            .or_else(|| self.annotation_at(p, zoom))
            .or_else(|| self.lane_at(p).map(Hit::Lane))
            .unwrap_or(Hit::Nothing)
    }

    /// The number of the wire under a point of the world, whatever lies above it.
    pub fn wire_at(&self, p: Point, zoom: f32) -> Option<usize> {
        let wire_reach = self.metrics.wire_reach / zoom.max(0.2);
        let distance = |wire: &Wire| match &wire.course {
            Course::Curve(curve) => curve.distance(p),
            Course::Flag { rect, .. } if rect.contains(p) => 0.0,
            _ => f32::INFINITY,
        };
        (self.wire_grid.near(p).iter())
            .filter_map(|&number| Some((number, distance(self.wires.get(number as usize)?))))
            .filter(|(_, distance)| *distance <= wire_reach)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(number, _)| number as usize)
    }

    /// A rectangle around the given instances with their flags; around all if `None`.
    pub fn bounds(&self, instances: Option<&BTreeSet<InstanceId>>) -> Option<Rect> {
        let wanted = |instance: &InstanceId| instances.is_none_or(|some| some.contains(instance));
        let nodes = self
            .nodes
            .iter()
            .filter(|node| wanted(&node.instance))
            .map(|node| node.rect);
        let flags = self.wires.iter().filter_map(|wire| match &wire.course {
            Course::Flag { rect, .. } => {
                let owner = instance_of(&wire.from).or_else(|| instance_of(&wire.to))?;
                wanted(&owner).then_some(*rect)
            }
            _ => None,
        });
        let frames = self.frames.iter().map(|one| one.rect);
        let annotations = frames.chain(self.notes.iter().map(|one| one.rect));
        let lanes = self.lanes.iter().map(|lane| lane.rect);
        let annotations = annotations.chain(lanes).filter(|_| instances.is_none());
        nodes.chain(flags).chain(annotations).reduce(Rect::union)
    }

    /// The same scene with some instances elsewhere, while they are dragged.
    pub fn shift(&mut self, instances: &BTreeSet<InstanceId>, by: Point) {
        for node in self
            .nodes
            .iter_mut()
            .filter(|node| instances.contains(&node.instance))
        {
            node.rect = node.rect.moved(by);
            node.pin_points.iter_mut().for_each(|p| *p = *p + by);
        }
        self.index_nodes();
        let courses: Vec<(usize, Course)> = (self.wires.iter().enumerate())
            .filter(|(_, wire)| {
                [&wire.from, &wire.to]
                    .into_iter()
                    .filter_map(instance_of)
                    .any(|id| instances.contains(&id))
            })
            .map(|(number, wire)| (number, self.course(wire)))
            .collect();
        for (number, course) in courses {
            if let Some(wire) = self.wires.get_mut(number) {
                wire.course = course;
            }
        }
        self.index_wires();
    }

    fn wire(&mut self, document: &Document) {
        for (&connector, value) in &document.connectors {
            let flag = match (&value.from, &value.to) {
                (end @ End::Signal { .. }, _) | (_, end @ End::Signal { .. }) => end_label(end),
                _ => String::new(),
            };
            let points = document.layout.reroute_points.get(&connector);
            let points = points.map_or(&[][..], Vec::as_slice);
            self.wires.push(Wire {
                connector,
                from: value.from.clone(),
                to: value.to.clone(),
                is_buffered: matches!(value.kind, ConnectorKind::Buffered(_)),
                has_adapter: value.adapter.is_some(),
                flag,
                flag_row: 0,
                through: points.iter().map(|(x, y)| point(*x, *y)).collect(),
                course: Course::Nowhere,
            });
            self.note_at_pin(connector, &value.from, Side::Right);
            self.note_at_pin(connector, &value.to, Side::Left);
        }
        self.order_flags();
        let courses: Vec<Course> = self.wires.iter().map(|wire| self.course(wire)).collect();
        for (wire, course) in self.wires.iter_mut().zip(courses) {
            wire.course = course;
        }
    }

    fn note_at_pin(&mut self, connector: ConnectorId, end: &End, side: Side) {
        let Some(instance) = instance_of(end) else {
            return;
        };
        let found = self
            .nodes
            .binary_search_by_key(&instance, |node| node.instance);
        let Some(node) = found.ok().and_then(|number| self.nodes.get_mut(number)) else {
            return;
        };
        let pin = node.pins.iter().position(|pin| holds(pin, end, side));
        if let Some(wires) = pin.and_then(|pin| node.pin_wires.get_mut(pin)) {
            wires.push(connector);
        }
    }

    /// Flags at one pin stand one below the other, and below a curve that begins there.
    fn order_flags(&mut self) {
        let mut rows: BTreeMap<ConnectorId, u8> = BTreeMap::new();
        let flagged: BTreeSet<ConnectorId> = (self.wires.iter())
            .filter(|wire| !wire.flag.is_empty())
            .map(|wire| wire.connector)
            .collect();
        for wires in self.nodes.iter().flat_map(|node| &node.pin_wires) {
            let mut row = u8::from(wires.iter().any(|wire| !flagged.contains(wire)));
            for wire in wires.iter().filter(|wire| flagged.contains(wire)) {
                rows.insert(*wire, row);
                row = row.saturating_add(1);
            }
        }
        for wire in &mut self.wires {
            wire.flag_row = rows.get(&wire.connector).copied().unwrap_or(0);
        }
    }

    fn course(&self, wire: &Wire) -> Course {
        let from = self.end_point(&wire.from, Side::Right);
        let to = self.end_point(&wire.to, Side::Left);
        match (from, to) {
            (Some((from, _)), Some((to, _))) => match wire.through.as_slice() {
                [] => Course::Curve(Curve::between(from, to)),
                points => {
                    let corners: Vec<Point> = [&[from], points, &[to]].concat();
                    Course::Curve(Curve::along(&corners))
                }
            },
            (Some((pin, side)), None) | (None, Some((pin, side))) => {
                let below = f32::from(wire.flag_row) * self.metrics.row_height;
                let place = pin + point(0.0, below);
                Course::Flag {
                    pin,
                    side,
                    rect: flag(place, side, &wire.flag, &self.metrics),
                }
            }
            (None, None) => Course::Nowhere,
        }
    }

    fn index_nodes(&mut self) {
        self.node_grid = Grid::default();
        for (number, node) in self.nodes.iter().enumerate() {
            self.node_grid
                .insert(node.rect.expanded(self.metrics.pin_reach), number as u32);
        }
    }

    fn index_wires(&mut self) {
        self.wire_grid = Grid::default();
        for (number, wire) in self.wires.iter().enumerate() {
            if let Some(bounds) = wire.bounds() {
                self.wire_grid.insert(
                    bounds.expanded(self.metrics.wire_reach * 4.0),
                    number as u32,
                );
            }
        }
    }
}

impl Wire {
    /// A rectangle around it.
    pub fn bounds(&self) -> Option<Rect> {
        match &self.course {
            Course::Curve(curve) => Some(curve.bounds()),
            Course::Flag { pin, rect, .. } => Some(rect.union(Rect::around(*pin, 1.0))),
            Course::Nowhere => None,
        }
    }
}

/// The type of a component, if its file could be read.
pub fn component_type(
    library: &Library,
    component: graph_core::document::ComponentId,
) -> Option<&ComponentType> {
    match library.components.get(&component) {
        Some(Entry::Loaded { component_type, .. }) => Some(component_type),
        _ => None,
    }
}

fn node(
    document: &Document,
    library: &Library,
    id: InstanceId,
    pins: Vec<Pin>,
    metrics: &Metrics,
) -> Node {
    let instance = document.instances.get(&id);
    let title = instance
        .map(|instance| instance.name.clone())
        .unwrap_or_default();
    let component = instance.and_then(|instance| document.components.get(&instance.component));
    let subtitle = component
        .map(|component| component.name.clone())
        .unwrap_or_default();
    let key = instance.and_then(|instance| instance.partition.as_ref());
    let ecu = key.and_then(|key| document.ecus.get(&key.ecu));
    let (x, y) = document
        .layout
        .positions
        .get(&id)
        .copied()
        .unwrap_or_else(|| stand_in(id));
    let (rect, pin_points) = place(point(x, y), &title, &subtitle, &pins, metrics);
    Node {
        instance: id,
        title,
        subtitle,
        kind: kind_of(document, id),
        is_loaded: instance
            .is_some_and(|instance| component_type(library, instance.component).is_some()),
        place: match (key, ecu) {
            (Some(key), Some(ecu)) => format!("{} / {}", ecu.name, key.partition),
            _ => String::new(),
        },
        lane: key.and_then(|key| document.ecus.keys().position(|ecu| *ecu == key.ecu)),
        rect,
        pin_wires: vec![Vec::new(); pins.len()],
        pins,
        pin_points,
    }
}

/// Where an instance stands that has no position: a place of its own, the same each time.
pub fn stand_in(id: InstanceId) -> (f32, f32) {
    let (column, row) = (id.0 % 5, (id.0 / 5) % 1000);
    (column as f32 * 380.0, row as f32 * 220.0)
}

#[cfg(test)]
#[path = "scene_tests.rs"]
mod tests;
