//! A partition closed for `wasmtime run`: console before it, driver behind it, `wasi:cli/run` at the
//! outside. Knows nothing of the document; works on what was composed.

use super::{
    ComposeError, ComposedPartition,
    link::{Piece, Source, Wire, link},
    seal,
};
use deployment::{Event, Partition, Task};
use rte::{CONSOLE_CONTROL, DrivenEvent, DrivenTask, DriverPlan, PrintedPdu};

/// Interfaces that the console serves.
const CONSOLE: [&str; 5] = [
    "wireloom:ecu/clock@0.1.0",
    "wireloom:ecu/elements@0.1.0",
    "wireloom:ecu/frames@0.1.0",
    "wireloom:ecu/meter@0.1.0",
    "wireloom:ecu/probes@0.1.0",
];
const I2C: &str = "wasi:i2c/i2c@0.2.0-draft";
const I2C_RESOURCE: &str = "i2c";
/// And these where a driver needs one of them.
const BUSES: [&str; 3] = [
    "wasi:i2c/delay@0.2.0-draft",
    I2C,
    "wireloom:ecu/buses@0.1.0",
];
/// What only an ECU serves.
const NEEDS_HOST: [&str; 4] = [
    "autosar:can/",
    "wasi:gpio/",
    "wasi:spi/",
    "wireloom:ecu/nv@",
];
const RUN: &str = "wasi:cli/run@0.2.0";

/// A command that calls the partition's tasks for that time and prints the frames that it sends;
/// it receives none. Its I2C buses have no devices. A partition with a driver of anything else is
/// refused: a plain engine has no buses.
pub fn closed(partition: &ComposedPartition, until_ns: u64) -> Result<Vec<u8>, ComposeError> {
    let imports = seal::imports(&partition.bytes);
    let needs_host = |import: &&&str| NEEDS_HOST.iter().any(|start| import.starts_with(start));
    if let Some(import) = imports.iter().find(needs_host) {
        return Err(ComposeError::NeedsHost {
            ecu: partition.ecu.clone(),
            partition: partition.name.clone(),
            import: (*import).to_owned(),
        });
    }
    let glue = |source| ComposeError::Glue {
        ecu: partition.ecu.clone(),
        partition: partition.name.clone(),
        source: Box::new(source),
    };
    let has_i2c = imports.iter().any(|import| BUSES.contains(import));
    let plan = DriverPlan {
        has_i2c,
        ..plan(&partition.deployment, until_ns)
    };
    let (console, driver) = (
        rte::console(&plan).map_err(glue)?,
        rte::driver(&plan).map_err(glue)?,
    );
    let export = |piece: usize, name: &str| Wire {
        import: name.to_owned(),
        source: Source {
            piece,
            path: vec![name.to_owned()],
        },
    };
    let served = |import: &&&str| CONSOLE.contains(import) || BUSES.contains(import);
    let mut partition_wires: Vec<Wire> = imports
        .iter()
        .filter(served)
        .map(|import| export(0, import))
        .collect();
    if imports.contains(&I2C_RESOURCE) {
        // A component takes its bus by a root function: the import is the type of the handle.
        partition_wires.push(Wire {
            import: I2C_RESOURCE.to_owned(),
            source: Source {
                piece: 0,
                path: vec![I2C.to_owned(), I2C_RESOURCE.to_owned()],
            },
        });
    }
    let mut driver_wires = vec![export(0, CONSOLE_CONTROL)];
    driver_wires.extend(plan.tasks.iter().map(|task| export(1, &task.name)));
    let piece = |name, bytes, package, wires| Piece {
        name,
        bytes,
        package,
        wires,
    };
    let pieces = [
        piece("the console", console.as_slice(), 0, [].as_slice()),
        piece(&partition.file_name, &partition.bytes, 1, &partition_wires),
        piece("the driver", &driver, 2, &driver_wires),
    ];
    let run = Source {
        piece: 2,
        path: vec![RUN.to_owned()],
    };
    link(&pieces, &[(RUN.to_owned(), run)])
}

fn plan(table: &Partition, until_ns: u64) -> DriverPlan {
    let mut tasks: Vec<&Task> = table.tasks.iter().collect();
    tasks.sort_by(|a, b| {
        b.priority
            .cmp(&a.priority)
            .then_with(|| a.name.cmp(&b.name))
    });
    let driven = |task: &Task| DrivenTask {
        name: task.name.clone(),
        event: match &task.event {
            Event::Init => DrivenEvent::Init,
            Event::Timing {
                period_ns,
                offset_ns,
            } => DrivenEvent::Timing {
                period_ns: *period_ns,
                offset_ns: *offset_ns,
            },
            Event::DataReceived { elements, .. } => DrivenEvent::DataReceived {
                elements: elements.clone(),
            },
        },
    };
    let printed = |pdu: &deployment::Pdu| PrintedPdu {
        bus: pdu.bus.clone(),
        id: pdu.id,
        extended: pdu.extended,
    };
    DriverPlan {
        tasks: tasks.into_iter().map(driven).collect(),
        elements: super::table::position(table.elements.len()),
        pdus: table.pdus.iter().map(printed).collect(),
        has_i2c: false,
        until_ns,
    }
}
