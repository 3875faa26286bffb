//! What a scene gives to those who arrange instances and lead wires, and takes back from them.

use super::{
    super::{
        geometry::{Point, Rect},
        pins::{Side, instance_of},
        route::{Plan, PlannedWire, Routes},
        wire::Curve,
    },
    Course, Hit, Scene, Wire,
};
use graph_core::{
    document::{ConnectorId, End, InstanceId},
    layout::{Shape, Shapes},
};

impl Scene {
    /// The instances that touch a rectangle.
    pub fn nodes_in(&self, rect: Rect) -> Vec<InstanceId> {
        self.nodes
            .iter()
            .filter(|node| node.rect.intersects(rect))
            .map(|node| node.instance)
            .collect()
    }

    /// What the ways of wires are found from.
    pub fn plan(&self) -> Plan {
        let flags = self.wires.iter().filter_map(|wire| match &wire.course {
            Course::Flag { rect, .. } => Some(*rect),
            _ => None,
        });
        let planned = |wire: &Wire| match &wire.course {
            Course::Curve(curve) => Some(PlannedWire {
                connector: wire.connector,
                from: curve.start(),
                to: curve.end(),
                through: wire.through.clone(),
            }),
            _ => None,
        };
        Plan {
            boxes: self.nodes.iter().map(|node| node.rect).collect(),
            flags: flags.collect(),
            wires: self.wires.iter().filter_map(planned).collect(),
        }
    }

    /// Leads wires along the ways that were found for them, as far as their pins are there still.
    pub fn take_routes(&mut self, routes: &Routes) {
        for wire in &mut self.wires {
            let Course::Curve(curve) = &wire.course else {
                continue;
            };
            let Some(corners) = routes.get(&wire.connector) else {
                continue;
            };
            if corners.first() == Some(&curve.start()) && corners.last() == Some(&curve.end()) {
                wire.course = Course::Curve(Curve::along(corners));
            }
        }
        self.index_wires();
    }

    /// Leads wires as in an older scene whose pins have not moved since, until new ways are found.
    pub fn keep_routes(&mut self, older: &Scene) {
        let is_same = |wire: &Wire| {
            self.wire_of(wire.connector)
                .is_some_and(|now| now.through == wire.through)
        };
        let ways = older.wires.iter().filter_map(|wire| match &wire.course {
            Course::Curve(curve) if curve.corners().len() > 2 && is_same(wire) => {
                Some((wire.connector, curve.corners().to_vec()))
            }
            _ => None,
        });
        self.take_routes(&ways.collect());
    }

    /// The sizes that an arrangement keeps apart.
    pub fn shapes(&self) -> Shapes {
        let mut shapes = Shapes::default();
        for node in &self.nodes {
            let size = node.rect.size();
            let shape = Shape {
                width: size.x,
                height: size.y,
                ..Shape::default()
            };
            shapes.instances.insert(node.instance, shape);
        }
        for wire in &self.wires {
            let owner = |end: &End| self.node(instance_of(end)?);
            match &wire.course {
                Course::Curve(curve) => {
                    let below = |end: &End, at: Point| Some(at.y - owner(end)?.rect.min.y);
                    let heights =
                        below(&wire.from, curve.start()).zip(below(&wire.to, curve.end()));
                    shapes
                        .ports
                        .extend(heights.map(|heights| (wire.connector, heights)));
                }
                Course::Flag { side, rect, .. } => {
                    let node = owner(&wire.from).or_else(|| owner(&wire.to));
                    let Some(node) = node else { continue };
                    let Some(shape) = shapes.instances.get_mut(&node.instance) else {
                        continue;
                    };
                    match side {
                        Side::Left => {
                            shape.room_left = shape.room_left.max(node.rect.min.x - rect.min.x);
                        }
                        Side::Right => {
                            shape.room_right = shape.room_right.max(rect.max.x - node.rect.max.x);
                        }
                    }
                }
                Course::Nowhere => {}
            }
        }
        shapes
    }

    pub(super) fn reroute_point_at(&self, p: Point, zoom: f32) -> Option<Hit> {
        let reach = self.metrics.wire_reach * 1.5 / zoom.max(0.2);
        let led = self.wires.iter().enumerate();
        let mut led = led.filter(|(_, wire)| !wire.through.is_empty() && wire.flag.is_empty());
        led.find_map(|(number, wire)| {
            let mut points = wire.through.iter();
            let point = points.position(|at| (*at - p).length() <= reach)?;
            Some(Hit::ReroutePoint(number, point))
        })
    }

    /// Leads a wire straight through points, while one of them is dragged.
    pub fn lead_through(&mut self, connector: ConnectorId, through: &[Point]) {
        let wires = self.wires.iter_mut();
        let mut wires = wires.filter(|wire| wire.connector == connector);
        if let Some(wire) = wires.next()
            && let Course::Curve(curve) = &wire.course
        {
            wire.through = through.to_vec();
            let corners: Vec<Point> = [&[curve.start()], through, &[curve.end()]].concat();
            wire.course = Course::Curve(Curve::along(&corners));
        }
        self.index_wires();
    }
}
