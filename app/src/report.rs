//! The report of an export: the system simulated for a while, as a page that stands alone.

use crate::observe::{self, Meaning};
use exporter::report::{
    Align, Column, Figure, Finding, Load, Plot, Report, Series, Severity, Shape, Table,
};
use graph_core::{compose::Composed, document::Document, library::Library};
use simulator::{Options, Simulation, Summary};
use std::collections::BTreeMap;

/// Points of one series at most: a page stays light.
const POINTS: usize = 4_000;

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("the system cannot be simulated for its report: {0}")]
    Simulate(#[from] simulator::SimulationError),
    #[error(transparent)]
    Report(#[from] exporter::report::ReportError),
}

/// The page's text, the same for the same project.
pub fn page(
    document: &Document,
    library: &Library,
    composed: &Composed,
    until_ns: u64,
) -> Result<String, ReportError> {
    let meaning = observe::meaning(document, library, composed);
    let mut simulation = Simulation::new(&observe::system_files(composed), Options::default())?;
    simulation.run_until(until_ns, &mut |_| true);
    let summary = simulation.summary();
    let report = Report {
        title: document.name.clone(),
        subtitle: format!(
            "{} s of virtual time, seed {}",
            summary.time_ns as f64 / 1e9,
            summary.seed
        ),
        figures: figures(document, &summary),
        findings: findings(document, library, &summary),
        plots: plots(&simulation, &meaning),
        loads: loads(&summary),
        tables: vec![tasks(&summary), messages(&summary)],
        chapters: Vec::new(),
        footer: vec![
            ("Trace hash".to_owned(), summary.trace_hash.clone()),
            ("Wireloom".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            (
                "Engine".to_owned(),
                format!("wasmtime {}", simulator::WASMTIME_VERSION),
            ),
        ],
    };
    Ok(exporter::report::html(&report)?)
}

fn figures(document: &Document, summary: &Summary) -> Vec<Figure> {
    let figure = |name: &str, value: String| Figure {
        name: name.to_owned(),
        value,
    };
    vec![
        figure("Instances", document.instances.len().to_string()),
        figure("Connectors", document.connectors.len().to_string()),
        figure("Activations", summary.activations.to_string()),
        figure("Frames", summary.frames.to_string()),
        figure("Incidents", summary.incidents.len().to_string()),
    ]
}

fn findings(document: &Document, library: &Library, summary: &Summary) -> Vec<Finding> {
    use graph_core::diagnostic;
    let diagnostics = graph_core::check::check(document, library)
        .into_iter()
        .map(|found| Finding {
            severity: match found.severity {
                diagnostic::Severity::Information => Severity::Information,
                diagnostic::Severity::Warning => Severity::Warning,
                diagnostic::Severity::Error => Severity::Error,
            },
            code: found.code.to_owned(),
            message: found.message,
            help: found.help,
        });
    let incidents = summary.incidents.iter().map(|incident| Finding {
        severity: Severity::Error,
        code: "incident".to_owned(),
        message: format!(
            "{} s, `{}`: {}",
            incident.time_ns as f64 / 1e9,
            incident.instance.as_deref().unwrap_or(&incident.partition),
            incident.message
        ),
        help: None,
    });
    incidents.chain(diagnostics).collect()
}

/// One plot a signal or element, in the order of their names.
fn plots(simulation: &Simulation, meaning: &Meaning) -> Vec<Plot> {
    let mut series: BTreeMap<String, (String, Vec<(f64, f64)>)> = BTreeMap::new();
    for row in simulation.trace().rows_from(0) {
        for (name, unit, [time, value]) in meaning.observe(&row).points {
            let entry = series.entry(name).or_default();
            entry.0 = unit;
            entry.1.push((time, value));
        }
    }
    // A value holds until the end, also where nothing has written it again.
    let end = simulation.now_ns() as f64 / 1e9;
    for (_, points) in series.values_mut() {
        if let Some((_, last)) = points.last().copied() {
            points.push((end, last));
        }
    }
    let plots = series.into_iter().map(|(name, (unit, points))| Plot {
        title: name.clone(),
        unit,
        series: vec![Series {
            name,
            points: thinned(points),
            shape: Shape::Step,
        }],
        marks: Vec::new(),
    });
    plots.collect()
}

fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.into_iter().enumerate();
    kept.filter(|(position, _)| position % every == 0 || *position == last)
        .map(|(_, point)| point)
        .collect()
}

fn loads(summary: &Summary) -> Vec<Load> {
    let buses = summary.buses.iter().map(|bus| Load {
        name: format!("Bus {}", bus.bus),
        percent: bus.load * 100.0,
        detail: format!("{} frames", bus.frames),
    });
    let ecus = summary.ecus.iter().map(|ecu| Load {
        name: format!("ECU {}", ecu.ecu),
        percent: ecu.load * 100.0,
        detail: "time in activations".to_owned(),
    });
    let links = summary.networks.iter().flat_map(|network| {
        network.links.iter().map(|link| Load {
            name: format!("Network {} from {}", network.network, link.ecu),
            percent: link.load * 100.0,
            detail: format!("{} values", link.values),
        })
    });
    buses.chain(links).chain(ecus).collect()
}

fn tasks(summary: &Summary) -> Table {
    let columns = [
        ("ECU", Align::Start),
        ("Partition", Align::Start),
        ("Task", Align::Start),
        ("Activations", Align::End),
        ("Worst cost (ns)", Align::End),
        ("Worst response (ns)", Align::End),
        ("Late", Align::End),
        ("Lost", Align::End),
    ];
    let rows = summary.tasks.iter().map(|task| {
        vec![
            task.ecu.clone(),
            task.partition.clone(),
            task.task.clone(),
            task.activations.to_string(),
            task.cost_worst_ns.to_string(),
            task.response_worst_ns.to_string(),
            task.late.to_string(),
            task.lost.to_string(),
        ]
    });
    table("Tasks", &columns, rows.collect())
}

fn messages(summary: &Summary) -> Table {
    let columns = [
        ("Bus", Align::Start),
        ("Identifier", Align::Code),
        ("Frames", Align::End),
        ("Load (%)", Align::End),
    ];
    let rows = summary.buses.iter().flat_map(|bus| {
        bus.ids.iter().map(|id| {
            vec![
                bus.bus.clone(),
                id.id.clone(),
                id.frames.to_string(),
                format!("{:.3}", id.load * 100.0),
            ]
        })
    });
    table("Frames", &columns, rows.collect())
}

fn table(title: &str, columns: &[(&str, Align)], rows: Vec<Vec<String>>) -> Table {
    let columns = columns.iter().map(|(name, align)| Column {
        name: (*name).to_owned(),
        align: *align,
    });
    Table {
        title: title.to_owned(),
        columns: columns.collect(),
        rows,
    }
}
