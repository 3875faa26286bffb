//! From loaded partitions to time zero: instances are made, and the hub is waited for. Knows nothing
//! of what comes after.

use std::{num::NonZeroU32, sync::mpsc::Receiver};

use ecu_host::{Ecu, PartitionId, Work};

use crate::{
    Milestone, RunError, hub_link,
    linux_board::{LinuxBoard, News},
    protocol::ToEcu,
    turns::{Next, activate},
};

/// How the time of an ECU goes.
pub(crate) struct Begin {
    pub(crate) run_for_ns: Option<u64>,
    pub(crate) slower: NonZeroU32,
}

impl Begin {
    pub(crate) fn in_real_time(run_for_ns: Option<u64>) -> Begin {
        Begin {
            run_for_ns,
            slower: NonZeroU32::MIN,
        }
    }
}

/// Instantiates all partitions, each once. Before time zero: however long this machine takes for
/// it, no first activation is late. A partition that has to start anew does so after time zero.
pub(crate) fn start_partitions(
    ecu: &mut Ecu<LinuxBoard>,
    milestone: fn(Milestone),
) -> Result<Next, RunError> {
    let partitions = (0..).map(PartitionId);
    let count = partitions
        .take_while(|id| ecu.partition(*id).is_some())
        .count();
    for _ in 0..count {
        let next = ecu.next_activation();
        let Some(next) = next.filter(|next| next.work == Work::Start) else {
            break;
        };
        if let Next::End = activate(ecu, next.at_ns, milestone)? {
            return Ok(Next::End);
        }
    }
    Ok(Next::GoOn)
}

/// Until the hub starts all ECUs, or ends the run.
pub(crate) fn wait_for_start(news: &Receiver<News>) -> Result<Begin, RunError> {
    loop {
        let message = match news.recv().map_err(|_| hub_link::lost())? {
            News::Hub(message) => message.map_err(RunError::HubLost)?,
            News::End => return Ok(Begin::in_real_time(Some(0))),
            News::Can { .. } | News::Arrived => continue,
        };
        match message {
            ToEcu::Start { run_for_ns, slower } => return Ok(Begin { run_for_ns, slower }),
            ToEcu::Refused { reason } => return Err(RunError::Refused { reason }),
            ToEcu::Stop => return Ok(Begin::in_real_time(Some(0))),
            ToEcu::Frame { .. }
            | ToEcu::Value { .. }
            | ToEcu::Confirmed { .. }
            | ToEcu::I2c { .. }
            | ToEcu::Spi { .. }
            | ToEcu::SpiConfigured { .. }
            | ToEcu::Pin { .. } => {}
        }
    }
}
