//! From `--on ECU=BOARD` to what a virtual board is made of: its image, its buses, the sensors that
//! QEMU has a model of. Starts nothing.

use super::{
    bridge::SensorChange,
    machine::{MachineOrder, Sensor},
};
use crate::{
    boards::{self, ImageOrder},
    export::ExportError,
    files::{FilesError, Project, read_firmware},
};
use deployment::{Bus, BusKind, Device, System};
use exporter::boards::{Board, BoardError};
use graph_core::document::Document;
use simulator::{StimulusChange, devices};
use std::{collections::BTreeSet, str::FromStr};

/// An ECU that runs on a virtual board instead of as a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBoard {
    pub ecu: String,
    /// Id of the board.
    pub board: String,
}

impl FromStr for OnBoard {
    type Err = String;

    fn from_str(text: &str) -> Result<OnBoard, String> {
        match text.split_once('=') {
            Some((ecu, board)) if !ecu.is_empty() && !board.is_empty() => Ok(OnBoard {
                ecu: ecu.to_owned(),
                board: board.to_owned(),
            }),
            _ => Err("give an ECU and a board: `ECU=BOARD`".to_owned()),
        }
    }
}

/// Why an ECU cannot run on a virtual board.
#[derive(Debug, thiserror::Error)]
pub enum OnBoardError {
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error("board `{board}` runs nowhere here; choose one of `{known}`")]
    NotHere { board: String, known: String },
    #[error("ECU `{ecu}` is put on two boards; choose one")]
    Twice { ecu: String },
    #[error(transparent)]
    Firmware(#[from] FilesError),
    #[error(transparent)]
    Image(#[from] ExportError),
    #[error(
        "device `{device}` of `{bus}` is a `{model}`, and QEMU has a model of `{QEMU_MODEL}` only; run ECU `{ecu}` as a process"
    )]
    Model {
        ecu: String,
        bus: String,
        device: String,
        model: String,
    },
    #[error(
        "ECU `{ecu}` uses `{bus}`, which is not the system's first I2C bus: QEMU joins sensors to a board's first one; run the ECU as a process"
    )]
    SecondBus { ecu: String, bus: String },
}

/// The only sensor of which QEMU and the simulator both have a model.
const QEMU_MODEL: &str = "tmp105";
const TEMPERATURE: &str = "temperature";
/// A machine that has just been made remembers no counter.
const COUNTER: u32 = 0;

/// What a board is made of, and what changes while it runs, by time.
pub(super) struct Placed {
    pub(super) machine: MachineOrder,
    pub(super) changes: Vec<SensorChange>,
}

/// All boards of a run. `changes` are those of all devices.
pub(super) fn placed(
    project: &Project,
    system: &System,
    on: &[OnBoard],
    changes: &[StimulusChange],
) -> Result<Vec<Placed>, OnBoardError> {
    let mut ecus = BTreeSet::new();
    on.iter()
        .map(|on| match ecus.insert(&on.ecu) {
            true => place(project, system, on, changes),
            false => Err(OnBoardError::Twice {
                ecu: on.ecu.clone(),
            }),
        })
        .collect()
}

fn place(
    project: &Project,
    system: &System,
    on: &OnBoard,
    changes: &[StimulusChange],
) -> Result<Placed, OnBoardError> {
    let board = exporter::boards::board(&on.board)?;
    let Some(qemu) = &board.qemu else {
        let with_machine =
            |id: &&str| exporter::boards::board(id).is_ok_and(|board| board.qemu.is_some());
        let known: Vec<&str> = exporter::boards::ids().filter(with_machine).collect();
        return Err(OnBoardError::NotHere {
            board: on.board.clone(),
            known: known.join("`, `"),
        });
    };
    let image = image(project, on, &board)?;
    let sensors = sensors(&project.document, system, &on.ecu)?;
    let is_can = |bus: &&Bus| matches!(bus.kind, BusKind::Can { .. });
    let buses = system.buses.iter().filter(is_can);
    Ok(Placed {
        changes: sensor_changes(&sensors, changes),
        machine: MachineOrder {
            ecu: on.ecu.clone(),
            board: board.id.clone(),
            machine: qemu.machine.clone(),
            image,
            buses: buses.map(|bus| bus.name.clone()).collect(),
            sensors: sensors
                .iter()
                .map(|device| Sensor {
                    name: device.name.clone(),
                    address: device.address,
                })
                .collect(),
        },
    })
}

/// As `export` makes it, signed with the development key.
fn image(project: &Project, on: &OnBoard, board: &Board) -> Result<Vec<u8>, OnBoardError> {
    let firmware = read_firmware(&board.id)?;
    let ecus = [on.ecu.clone()];
    let order = ImageOrder {
        board,
        firmware: &firmware,
        ecus: &ecus,
        key: &payload::SigningKey::development(),
        counter: COUNTER,
    };
    let mut files = boards::images(&project.document, &project.library, &order)?;
    let elf = files.remove(&format!("{}.elf", on.ecu));
    Ok(elf.unwrap_or_else(|| unreachable!("an image has an ELF file: this is a bug")))
}

/// The devices of the I2C bus that the ECU's instances use.
fn sensors<'a>(
    document: &Document,
    system: &'a System,
    ecu: &str,
) -> Result<Vec<&'a Device>, OnBoardError> {
    let used = used_buses(document, ecu);
    let i2c = system.buses.iter().filter_map(|bus| match &bus.kind {
        BusKind::I2c { devices, .. } => Some((bus, devices)),
        _ => None,
    });
    let mut found = Vec::new();
    for (number, (bus, devices)) in i2c.enumerate() {
        if !used.contains(bus.name.as_str()) || devices.is_empty() {
            continue;
        }
        if number > 0 {
            return Err(OnBoardError::SecondBus {
                ecu: ecu.to_owned(),
                bus: bus.name.clone(),
            });
        }
        if let Some(device) = devices.iter().find(|device| device.model != QEMU_MODEL) {
            return Err(OnBoardError::Model {
                ecu: ecu.to_owned(),
                bus: bus.name.clone(),
                device: device.name.clone(),
                model: device.model.clone(),
            });
        }
        found.extend(devices);
    }
    Ok(found)
}

fn used_buses<'a>(document: &'a Document, ecu: &str) -> BTreeSet<&'a str> {
    let ecu = document.ecu_named(ecu);
    let is_there = |instance: &&graph_core::document::Instance| {
        let partition = instance.partition.as_ref();
        partition.is_some_and(|partition| Some(partition.ecu) == ecu)
    };
    let instances = document.instances.values().filter(is_there);
    let bindings = instances.flat_map(|instance| instance.bindings.values());
    bindings
        .filter_map(|binding| document.buses.get(&binding.bus))
        .map(|bus| bus.name.as_str())
        .collect()
}

/// First what holds at the start, then the changes of these sensors.
fn sensor_changes(sensors: &[&Device], changes: &[StimulusChange]) -> Vec<SensorChange> {
    let default = devices::model(QEMU_MODEL)
        .and_then(|model| model.stimuli.get(model.stimulus(TEMPERATURE)?))
        .map_or(0.0, |stimulus| stimulus.default);
    let initial = sensors.iter().map(|device| SensorChange {
        at_ns: 0,
        sensor: device.name.clone(),
        celsius: *device.stimuli.get(TEMPERATURE).unwrap_or(&default),
    });
    let is_ours = |change: &&StimulusChange| {
        let named = |device: &&Device| device.name == change.device;
        change.stimulus == TEMPERATURE && sensors.iter().any(named)
    };
    let later = changes.iter().filter(is_ours).map(|change| SensorChange {
        at_ns: change.at_ns,
        sensor: change.device.clone(),
        celsius: change.value,
    });
    let mut all: Vec<_> = initial.chain(later).collect();
    all.sort_by_key(|change| change.at_ns);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ecu_and_a_board_are_read() {
        let read: OnBoard = "sensing=qemu-mps2-an385".parse().unwrap();
        assert_eq!((&*read.ecu, &*read.board), ("sensing", "qemu-mps2-an385"));
        for wrong in ["", "sensing", "=qemu-mps2-an385", "sensing="] {
            let error = wrong.parse::<OnBoard>().unwrap_err();
            assert!(error.contains("`ECU=BOARD`"), "{error}");
        }
    }

    #[test]
    fn a_sensor_has_its_temperature_before_it_changes() {
        let device = |name: &str, stimuli: &[(&str, f64)]| Device {
            name: name.into(),
            model: QEMU_MODEL.into(),
            address: 0x48,
            stimuli: stimuli
                .iter()
                .map(|(name, value)| ((*name).into(), *value))
                .collect(),
        };
        let (cabin, engine) = (
            device("cabin", &[(TEMPERATURE, 27.5)]),
            device("engine", &[]),
        );
        let change = |device: &str, value: f64, at_ns: u64| StimulusChange {
            device: device.into(),
            stimulus: TEMPERATURE.into(),
            value,
            at_ns,
        };
        let changes = [
            change("cabin", 40.0, 9),
            change("of another ECU", 1.0, 2),
            change("cabin", 30.0, 5),
        ];
        let found = sensor_changes(&[&cabin, &engine], &changes);
        let default = devices::model(QEMU_MODEL).unwrap().stimuli[0].default;
        let expected = [
            (0, "cabin", 27.5),
            (0, "engine", default),
            (5, "cabin", 30.0),
            (9, "cabin", 40.0),
        ];
        let found: Vec<_> = found
            .iter()
            .map(|change| (change.at_ns, change.sensor.as_str(), change.celsius))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(sensor_changes(&[], &changes), []);
    }
}
