//! ECUs as lanes, one below the other, with a band for each partition. The lanes are a way of looking:
//! instances are shown in their bands, in the same order and distances as they stand freely, and the
//! document's positions stay. Knows nothing of budgets and of how lanes are drawn.

use super::{
    geometry::{Point, Rect, point},
    scene::Scene,
};
use graph_core::document::{ConnectorId, Document, EcuId, End, InstanceId, NoteId, PartitionKey};
use std::collections::{BTreeMap, BTreeSet};

/// Width of what stands left of the bands: name, board, bars.
pub const HEADER_WIDTH: f32 = 290.0;
/// Height of a band's name.
pub const BAND_TITLE: f32 = 28.0;
/// From a band's edge to what is in it.
const ROOM: f32 = 30.0;
/// Height of an empty band, and of a lane with a board at least.
const BAND_LEAST: f32 = 120.0;
const LANE_LEAST: f32 = 250.0;
/// Width of bands at least.
const WIDTH_LEAST: f32 = 640.0;
/// Between two lanes.
const GAP: f32 = 16.0;

/// An ECU, or what is not deployed.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    pub ecu: Option<EcuId>,
    pub name: String,
    /// Number of the ECU among all, for the colour.
    pub number: Option<usize>,
    pub rect: Rect,
    pub bands: Vec<Band>,
}

/// A partition, or the instances that are not deployed.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    pub partition: Option<PartitionKey>,
    /// Name of the partition; empty if there is none.
    pub name: String,
    pub rect: Rect,
    /// From where an instance stands freely to where it is shown.
    offset: Point,
}

impl Lane {
    /// Where name, board and bars stand.
    pub fn header(&self) -> Rect {
        Rect::from_size(self.rect.min, point(HEADER_WIDTH, self.rect.size().y))
    }
}

impl Band {
    /// Where something that is shown there stands freely.
    pub fn to_free(&self, shown: Point) -> Point {
        shown - self.offset
    }
}

/// The lanes of a document, and the document with everything where the lanes show it. `free` is the
/// scene without lanes.
pub fn laned(document: &Document, free: &Scene) -> (Vec<Lane>, Document) {
    let mut lanes = Vec::new();
    let bottom = free
        .bounds(None)
        .map_or(point(0.0, 0.0), |all| point(all.min.x, all.max.y + 80.0));
    let mut top = 0.0;
    for (number, (id, ecu)) in document.ecus.iter().enumerate() {
        let keys = ecu.partitions.keys().map(|partition| {
            let key = PartitionKey {
                ecu: *id,
                partition: partition.clone(),
            };
            (Some(key), partition.clone())
        });
        let least = match ecu.target {
            Some(_) => LANE_LEAST,
            None => BAND_LEAST,
        };
        let mut lane = lane(document, free, (top, bottom, least), keys.collect());
        lane.ecu = Some(*id);
        lane.name.clone_from(&ecu.name);
        lane.number = Some(number);
        top = lane.rect.max.y + GAP;
        lanes.push(lane);
    }
    let mut rest = lane(
        document,
        free,
        (top, bottom, BAND_LEAST),
        vec![(None, String::new())],
    );
    rest.name = "Not deployed".to_owned();
    lanes.push(rest);
    let right = lanes
        .iter()
        .map(|lane| lane.rect.max.x)
        .fold(WIDTH_LEAST, f32::max);
    for lane in &mut lanes {
        lane.rect.max.x = right;
        lane.bands
            .iter_mut()
            .for_each(|band| band.rect.max.x = right);
    }
    let shown = shown(document, free, &lanes);
    (lanes, shown)
}

fn lane(
    document: &Document,
    free: &Scene,
    (top, bottom, least): (f32, Point, f32),
    keys: Vec<(Option<PartitionKey>, String)>,
) -> Lane {
    let mut bands: Vec<Band> = Vec::new();
    let mut y = top;
    let mut right = HEADER_WIDTH + WIDTH_LEAST;
    for (partition, name) in keys {
        let origin = point(HEADER_WIDTH + ROOM, y + BAND_TITLE + ROOM);
        let members = members(document, partition.as_ref());
        let inside = match members.is_empty() {
            true => None,
            false => free.bounds(Some(&members)),
        };
        let (offset, size) = match inside {
            Some(inside) => (origin - inside.min, inside.size()),
            None => (origin - bottom, point(0.0, 0.0)),
        };
        let height = (BAND_TITLE + size.y + 2.0 * ROOM).max(BAND_LEAST);
        right = f32::max(right, origin.x + size.x + ROOM);
        bands.push(Band {
            partition,
            name,
            rect: Rect::from_size(point(HEADER_WIDTH, y), point(0.0, height)),
            offset,
        });
        y += height;
    }
    let end = y.max(top + least);
    if let Some(last) = bands.last_mut() {
        last.rect.max.y = end;
    }
    Lane {
        ecu: None,
        name: String::new(),
        number: None,
        rect: Rect::from_corners(point(0.0, top), point(right, end)),
        bands,
    }
}

fn members(document: &Document, partition: Option<&PartitionKey>) -> BTreeSet<InstanceId> {
    let instances = document.instances.iter();
    let inside = instances.filter(|(_, instance)| instance.partition.as_ref() == partition);
    inside.map(|(id, _)| *id).collect()
}

/// Frames and notes on nothing are left out: they speak of places that there are not.
fn shown(document: &Document, free: &Scene, lanes: &[Lane]) -> Document {
    let mut shown = document.clone();
    let bands = || lanes.iter().flat_map(|lane| &lane.bands);
    let offset = |id: InstanceId| {
        let partition = document.instances.get(&id)?.partition.as_ref();
        let band = bands().find(|band| band.partition.as_ref() == partition)?;
        Some(band.offset)
    };
    for node in &free.nodes {
        if let Some(offset) = offset(node.instance) {
            let at = node.rect.min + offset;
            shown.layout.positions.insert(node.instance, (at.x, at.y));
        }
    }
    shown.frames.clear();
    shown.notes.retain(|_, note| note.instance.is_some());
    let on: BTreeMap<NoteId, Point> = shown
        .notes
        .iter()
        .filter_map(|(id, note)| Some((*id, offset(note.instance?)?)))
        .collect();
    for (id, place) in &mut shown.layout.notes {
        if let Some(offset) = on.get(id) {
            (place.x, place.y) = (place.x + offset.x, place.y + offset.y);
        }
    }
    // A wire from band to band finds its own way.
    let both = |id: &ConnectorId| {
        let wire = document.connectors.get(id)?;
        let [from, to] = [&wire.from, &wire.to].map(|end: &End| end.instance().and_then(offset));
        (from == to).then_some(from).flatten()
    };
    shown
        .layout
        .reroute_points
        .retain(|id, _| both(id).is_some());
    for (id, points) in &mut shown.layout.reroute_points {
        for (x, y) in points {
            let by = both(id).unwrap_or_default();
            (*x, *y) = (*x + by.x, *y + by.y);
        }
    }
    shown
}

impl Scene {
    /// The band at a place of the world; beside the lanes the one at that height.
    pub fn band_at(&self, at: Point) -> Option<&Band> {
        let bands = || self.lanes.iter().flat_map(|lane| &lane.bands);
        let distance = |band: &&Band| {
            let (low, high) = (band.rect.min.y, band.rect.max.y);
            (low - at.y).max(at.y - high).max(0.0)
        };
        bands().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The number of the lane whose header is at a place.
    pub(super) fn lane_at(&self, at: Point) -> Option<usize> {
        self.lanes
            .iter()
            .position(|lane| lane.header().contains(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{node::Metrics, scene::Toggled, test_data::climate};
    use graph_core::document::{Ecu, Partition};

    fn key(ecu: u64, partition: &str) -> PartitionKey {
        PartitionKey {
            ecu: EcuId(ecu),
            partition: partition.into(),
        }
    }

    /// A sensor on `a/main`, two controllers: one on `b/aux`, one nowhere; `b/main` is empty.
    fn laned_scene() -> (Document, Scene, Scene) {
        let (mut document, library) = climate(2);
        document.ecus.clear();
        let partition = Partition {
            memory_bytes: 1,
            fuel: 1,
            on_trap: deployment::Reaction::Stop,
            blocks: Default::default(),
        };
        for (id, name, partitions) in [(50, "a", &["main"][..]), (51, "b", &["aux", "main"])] {
            let partitions = partitions
                .iter()
                .map(|name| ((*name).to_owned(), partition.clone()));
            let ecu = Ecu {
                name: name.into(),
                target: None,
                fuel_ps: 1,
                activation_ns: 0,
                partitions: partitions.collect(),
            };
            document.ecus.insert(EcuId(id), ecu);
        }
        let deployed = [
            (10, Some(key(50, "main"))),
            (11, Some(key(51, "aux"))),
            (12, None),
        ];
        for (id, partition) in deployed {
            document
                .instances
                .get_mut(&InstanceId(id))
                .unwrap()
                .partition = partition;
        }
        let scene = |document: &Document| {
            Scene::new(document, &library, &Metrics::default(), &Toggled::new())
        };
        let free = scene(&document);
        let (lanes, shown) = laned(&document, &free);
        let mut scene = scene(&shown);
        scene.lanes = lanes;
        (document, free, scene)
    }

    #[test]
    fn each_instance_is_in_the_band_of_its_partition() {
        let (document, _, scene) = laned_scene();
        let names: Vec<&str> = scene.lanes.iter().map(|lane| lane.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "Not deployed"]);
        assert_eq!(scene.lanes[1].bands.len(), 2);
        for node in &scene.nodes {
            let band = scene.band_at(node.rect.center()).unwrap();
            assert!(band.rect.contains(node.rect.min) && band.rect.contains(node.rect.max));
            assert_eq!(band.partition, document.instances[&node.instance].partition);
        }
    }

    #[test]
    fn lanes_stand_apart_and_bands_fill_them() {
        let (_, _, scene) = laned_scene();
        for two in scene.lanes.windows(2) {
            assert!(two[0].rect.max.y < two[1].rect.min.y);
            assert_eq!(two[0].rect.max.x, two[1].rect.max.x);
        }
        for lane in &scene.lanes {
            let (first, last) = (lane.bands.first().unwrap(), lane.bands.last().unwrap());
            assert_eq!(first.rect.min.y, lane.rect.min.y);
            assert_eq!(last.rect.max.y, lane.rect.max.y);
        }
    }

    #[test]
    fn what_is_shown_in_a_band_leads_back_to_where_it_stands() {
        let (_, free, scene) = laned_scene();
        for (shown, stands) in scene.nodes.iter().zip(&free.nodes) {
            let band = scene.band_at(shown.rect.center()).unwrap();
            assert!((band.to_free(shown.rect.min) - stands.rect.min).length() < 0.01);
        }
        // What comes into an empty band stands below everything.
        let empty = &scene.lanes[1].bands[1];
        let below = empty.to_free(empty.rect.min + point(ROOM, BAND_TITLE + ROOM));
        assert!(below.y > free.bounds(None).unwrap().max.y);
    }

    #[test]
    fn a_header_is_hit_and_beside_the_lanes_the_height_decides() {
        let (_, _, scene) = laned_scene();
        assert_eq!(scene.lane_at(scene.lanes[1].header().center()), Some(1));
        let beside = point(99_999.0, scene.lanes[0].rect.center().y);
        assert_eq!(scene.band_at(beside).unwrap().name, "main");
        let far_below = point(0.0, 99_999.0);
        assert_eq!(scene.band_at(far_below).unwrap().partition, None);
    }
}
