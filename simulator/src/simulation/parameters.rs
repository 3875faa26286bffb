//! Calibration parameters: values that a user gives to elements which nobody in the system sends, at
//! an instant of the run. Knows nothing of types: values come packed.

use super::{
    Simulation, board::VirtualEcu, error::SimulationError, ethernet::place,
    options::ParameterChange,
};
use crate::trace::Kind;
use deployment::{Direction, RouteEnd};
use ecu_host::PartitionId;
use std::{collections::VecDeque, sync::Arc};

/// A parameter gets a value.
#[derive(Debug, Clone)]
pub(super) struct Calibration {
    pub(super) at_ns: u64,
    ecu: usize,
    element: (PartitionId, u32),
    value: Arc<[u8]>,
}

/// Numbers for names.
pub(super) fn resolve(
    ecus: &[(String, VirtualEcu)],
    change: &ParameterChange,
) -> Result<Calibration, SimulationError> {
    let end = RouteEnd {
        ecu: change.ecu.clone(),
        partition: change.partition.clone(),
        element: change.element,
    };
    let (ecu, partition) = place(ecus, &end, Direction::In)?;
    Ok(Calibration {
        at_ns: change.at_ns,
        ecu,
        element: (partition, change.element),
        value: change.value.as_slice().into(),
    })
}

/// All of a run, by time, then as they were given.
pub(super) fn resolved(
    ecus: &[(String, VirtualEcu)],
    changes: &[ParameterChange],
) -> Result<VecDeque<Calibration>, SimulationError> {
    let all = changes.iter().map(|change| resolve(ecus, change));
    let mut all = all.collect::<Result<Vec<_>, _>>()?;
    all.sort_by_key(|one| one.at_ns);
    Ok(all.into())
}

impl Simulation {
    pub(super) fn calibrate_next(&mut self, at_ns: u64) {
        if let Some(calibration) = self.calibrations.pop_front() {
            self.calibrate(at_ns, &calibration);
        }
    }

    /// The value waits at the partition, as one of another partition would.
    pub(super) fn calibrate(&mut self, at_ns: u64, calibration: &Calibration) {
        let Calibration {
            element: (partition, element),
            value,
            ..
        } = calibration;
        let Some((name, ecu)) = self.ecus.get_mut(calibration.ecu) else {
            return;
        };
        let table = ecu.partition(*partition);
        let subject = table.and_then(|table| {
            let element = table.elements.get(*element as usize)?;
            Some(format!("{name}/{}/{}", table.name, element.name))
        });
        // The place was looked up when the change was resolved.
        let _delivered = back_to_back::deliver(ecu, at_ns, (*partition, *element), value);
        let trace = &mut self.world_mut().trace;
        let subject = trace.subject(&subject.unwrap_or_default());
        trace.record_bytes(at_ns, Kind::Parameter, subject, value);
    }
}
