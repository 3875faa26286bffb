//! Sizes that a layout keeps apart. The canvas knows the real ones; without it they are reckoned
//! from the number of ports.

use crate::{document::*, library::Library, resolve};
use autosar_wit::component::Direction;
use std::collections::BTreeMap;

const WIDTH: f32 = 220.0;
const HEAD: f32 = 46.0;
const ROW: f32 = 23.0;

/// The size of an instance's box, in points at zoom 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shape {
    pub width: f32,
    pub height: f32,
    /// For what stands left of it: flags of bus signals.
    pub room_left: f32,
    /// For what stands right of it.
    pub room_right: f32,
}

/// Sizes of instances, and where connectors meet them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shapes {
    pub instances: BTreeMap<InstanceId, Shape>,
    /// Of each connector, how far below the upper edges of its instances it leaves and arrives.
    pub ports: BTreeMap<ConnectorId, (f32, f32)>,
}

impl Shapes {
    /// About what the canvas draws: a head and a line a port or function on the fuller side.
    pub fn estimated(document: &Document, library: &Library) -> Shapes {
        let mut shapes = Shapes::default();
        for id in document.instances.keys() {
            let rows = rows(document, library, *id);
            let shape = Shape {
                width: WIDTH,
                height: HEAD + ROW * (rows as f32 + 0.5),
                ..Shape::default()
            };
            shapes.instances.insert(*id, shape);
        }
        for (id, connector) in &document.connectors {
            let height = |end: &End, direction| port_height(document, library, end, direction);
            let heights = (
                height(&connector.from, Direction::Provided),
                height(&connector.to, Direction::Required),
            );
            shapes.ports.insert(*id, heights);
        }
        shapes
    }
}

fn rows(document: &Document, library: &Library, id: InstanceId) -> usize {
    let Some(component) = resolve::component_type(document, library, id) else {
        return 0;
    };
    let rows = |direction: Direction| {
        let ports = component
            .ports
            .iter()
            .filter(|port| port.direction == direction);
        ports
            .map(|port| 1 + resolve::functions(port).len())
            .sum::<usize>()
    };
    rows(Direction::Required).max(rows(Direction::Provided))
}

fn port_height(document: &Document, library: &Library, end: &End, direction: Direction) -> f32 {
    let component = end
        .instance()
        .and_then(|id| resolve::component_type(document, library, id));
    let Some(component) = component else {
        return HEAD;
    };
    let name = end.port().unwrap_or_default();
    let ports = component
        .ports
        .iter()
        .filter(|port| port.direction == direction);
    let before = ports.take_while(|port| port.name != name);
    let rows: usize = before.map(|port| 1 + resolve::functions(port).len()).sum();
    HEAD + ROW * (rows as f32 + 0.5)
}
