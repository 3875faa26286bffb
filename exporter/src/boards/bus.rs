//! Buses that a board does not serve. Knows no image.

use deployment::{BusKind, Partition, System};

/// A partition has messages on a bus that the board cannot be on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "partition `{partition}` has the message `{message}` on the CAN FD bus `{bus}`, and board `{board}` serves classic CAN only; make the bus classic, or export the ECU for Linux"
)]
pub struct UnservedBus {
    pub board: String,
    pub partition: String,
    pub message: String,
    pub bus: String,
}

/// Microcontrollers here have controllers of classic CAN.
pub(crate) fn refuse_flexible<'a>(
    system: &System,
    tables: impl IntoIterator<Item = &'a Partition>,
    board: &str,
) -> Result<(), UnservedBus> {
    let is_flexible = |name: &str| {
        let bus = system.buses.iter().find(|bus| bus.name == name);
        bus.is_some_and(|bus| matches!(bus.kind, BusKind::CanFd { .. }))
    };
    for table in tables {
        if let Some(pdu) = table.pdus.iter().find(|pdu| is_flexible(&pdu.bus)) {
            return Err(UnservedBus {
                board: board.to_owned(),
                partition: table.name.clone(),
                message: pdu.name.clone(),
                bus: pdu.bus.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use deployment::{Bus, Direction, FORMAT, Limits, Pdu, Reaction};

    fn bus(name: &str, kind: BusKind) -> Bus {
        Bus {
            name: name.into(),
            kind,
        }
    }

    fn table(bus: &str) -> Partition {
        Partition {
            format: FORMAT,
            ecu: "climate".into(),
            name: "main".into(),
            instances: Vec::new(),
            runnables: Vec::new(),
            tasks: Vec::new(),
            elements: Vec::new(),
            pdus: vec![Pdu {
                name: "FanStatus".into(),
                bus: bus.into(),
                direction: Direction::In,
                id: 1,
                extended: false,
                length_bytes: 8,
                queue: 1,
            }],
            probes: Vec::new(),
            limits: Limits {
                memory_bytes: 0,
                fuel: 0,
            },
            on_trap: Reaction::Stop,
        }
    }

    #[test]
    fn a_message_on_a_bus_of_can_fd_is_refused_by_name() {
        let bitrate_bps = 500_000;
        let flexible = BusKind::CanFd {
            bitrate_bps,
            sample_point_permille: 800,
            data_bitrate_bps: 2_000_000,
            data_sample_point_permille: 800,
        };
        let system = System {
            format: FORMAT,
            name: "thermal".into(),
            ecus: Vec::new(),
            buses: vec![
                bus("can0", BusKind::Can { bitrate_bps }),
                bus("can1", flexible),
            ],
            routes: Vec::new(),
            blocks: Vec::new(),
        };
        let refused = |bus| refuse_flexible(&system, [&table(bus)], "qemu-mps2-an386");
        assert_eq!(refused("can0"), Ok(()));
        assert_eq!(
            refused("can1").unwrap_err().to_string(),
            "partition `main` has the message `FanStatus` on the CAN FD bus `can1`, and board `qemu-mps2-an386` serves classic CAN only; make the bus classic, or export the ECU for Linux"
        );
    }
}
