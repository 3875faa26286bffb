//! What the layout and the ways of wires are worth, in numbers: crossings, bends, length, and how
//! far instances move after a small edit. Prints the table of `docs/layout.md`:
//! `cargo run --release -p wireloom --example measure-layout`, from the project's folder.

#![allow(
    clippy::unwrap_used,
    reason = "an example ends where a file is missing"
)]

use graph_core::{document::*, layout, library::Library, synthetic};
use std::{collections::BTreeMap, path::Path, time::Instant};
use wireloom::canvas::{
    node::Metrics,
    route::{self, Plan, measure},
    scene::{Scene, Toggled},
};

type Positions = BTreeMap<InstanceId, (f32, f32)>;

fn main() {
    println!(
        "| graph | instances | wires | arrange | routes | crossings | bends | length | through boxes | on each other | one instance more: median, 90 %, most | one wire more | one instance less |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for sample in ["thermal", "pedal", "antipinch"] {
        let path = Path::new("samples").join(sample);
        let project = wireloom::files::open_project(&path).unwrap();
        row(
            &format!("`{sample}`, as it is kept"),
            &project.document,
            &project.library,
            Positioned::AsKept,
        );
        let mut document = project.document;
        document.layout.positions.clear();
        row(
            &format!("`{sample}`, arranged"),
            &document,
            &project.library,
            Positioned::Arranged,
        );
    }
    for (count, ecus) in [
        (10, 0),
        (30, 3),
        (100, 0),
        (100, 4),
        (300, 4),
        (1000, 0),
        (1000, 8),
    ] {
        let (document, library) = synthetic::network(count, ecus, 7);
        let name = match ecus {
            0 => "network".to_owned(),
            ecus => format!("network on {ecus} ECUs"),
        };
        row(&name, &document, &library, Positioned::Arranged);
    }
}

#[derive(PartialEq)]
enum Positioned {
    AsKept,
    Arranged,
}

fn row(name: &str, document: &Document, library: &Library, positioned: Positioned) {
    let mut document = document.clone();
    let start = Instant::now();
    if positioned == Positioned::Arranged {
        document.layout.positions = arranged(&document, library);
    }
    let arranging = start.elapsed();
    let plan = plan(&document, library);
    let start = Instant::now();
    let routes = route::routes(&plan);
    let routing = start.elapsed();
    let quality = measure::quality(&plan, &routes);
    let moved = match positioned {
        Positioned::AsKept => [const { String::new() }; 3],
        Positioned::Arranged => [
            one_instance_more(&document),
            one_wire_more(&document),
            one_instance_less(&document),
        ]
        .map(|edited| displacement(&document.layout.positions, &arranged(&edited, library))),
    };
    println!(
        "| {name} | {} | {} | {:.1} ms | {:.1} ms | {} | {} | {:.0} | {} | {} | {} |",
        document.instances.len(),
        plan.wires.len(),
        arranging.as_secs_f64() * 1e3,
        routing.as_secs_f64() * 1e3,
        quality.crossings,
        quality.bends,
        quality.length,
        quality.through_boxes + plan.wires.len() - quality.routed,
        quality.overlaps,
        moved.join(" | "),
    );
}

fn scene(document: &Document, library: &Library) -> Scene {
    Scene::new(document, library, &Metrics::STANDARD, &Toggled::new())
}

fn plan(document: &Document, library: &Library) -> Plan {
    scene(document, library).plan()
}

fn arranged(document: &Document, library: &Library) -> Positions {
    layout::arrange(document, &scene(document, library).shapes())
}

fn displacement(before: &Positions, after: &Positions) -> String {
    let mut ways: Vec<f32> = before
        .iter()
        .filter_map(|(id, (x, y))| after.get(id).map(|(to_x, to_y)| (to_x - x).hypot(to_y - y)))
        .collect();
    ways.sort_by(f32::total_cmp);
    let at = |part: usize| {
        ways.get((ways.len().saturating_sub(1)) * part / 100)
            .copied()
            .unwrap_or(0.0)
    };
    format!("{:.0}, {:.0}, {:.0}", at(50), at(90), at(100))
}

/// In the middle of the list of instances.
fn middle(document: &Document) -> InstanceId {
    let ids: Vec<InstanceId> = document.instances.keys().copied().collect();
    ids.get(ids.len() / 2).copied().unwrap()
}

/// A copy of an instance with a wire from it.
fn one_instance_more(document: &Document) -> Document {
    let mut edited = document.clone();
    let (old, new) = (middle(document), InstanceId(document.next_id));
    let copy = Instance {
        name: "one-more".to_owned(),
        ..document.instances.get(&old).unwrap().clone()
    };
    edited.instances.insert(new, copy);
    let wires = document.connectors.values();
    let mut wires = wires.filter(|wire| wire.to.instance() == Some(old));
    if let Some(wire) = wires.next() {
        let mut wire = wire.clone();
        wire.to = wire.to.at(new);
        edited
            .connectors
            .insert(ConnectorId(document.next_id + 1), wire);
    }
    edited
}

/// From the receiver of one wire to where a later wire ends.
fn one_wire_more(document: &Document) -> Document {
    let mut edited = document.clone();
    let wires: Vec<&Connector> = document
        .connectors
        .values()
        .filter(|wire| wire.from.instance().is_some() && wire.to.instance().is_some())
        .collect();
    if let (Some(first), Some(last)) = (wires.get(wires.len() / 3), wires.get(wires.len() * 2 / 3))
    {
        let wire = Connector {
            from: first.from.clone(),
            to: last.to.clone(),
            ..(*first).clone()
        };
        edited
            .connectors
            .insert(ConnectorId(document.next_id), wire);
    }
    edited
}

fn one_instance_less(document: &Document) -> Document {
    let mut edited = document.clone();
    let gone = middle(document);
    edited.instances.remove(&gone);
    edited.layout.positions.remove(&gone);
    edited
        .connectors
        .retain(|_, wire| wire.from.instance() != Some(gone) && wire.to.instance() != Some(gone));
    edited
}
