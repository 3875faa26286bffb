//! The platform of a Linux ECU: its clock, and the hub for everything else.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, Hasher, RandomState},
    net::TcpStream,
    sync::mpsc::Receiver,
};

use deployment::{Bus, BusKind, System};
use ecu_host::board::{
    Board, BusTime, CanError, CanFrame, CanStatus, I2cError, I2cOperation, I2cTransfer, Record,
};

use crate::{
    clock::Clock,
    protocol::{ToHub, WireError, WireFrame, WireOperation, write_message},
};

/// An answer to an I2C transaction: time on the bus, and what was read.
pub(crate) type Answer = (u64, Result<Vec<WireOperation>, WireError>);

/// The connection to the hub as a board.
pub(crate) struct HubBoard {
    pub(crate) clock: Clock,
    stream: TcpStream,
    answers: Receiver<Answer>,
    /// With their bit rates.
    can_buses: BTreeMap<String, u32>,
    i2c_buses: BTreeSet<String>,
}

impl HubBoard {
    pub(crate) fn new(system: &System, stream: TcpStream, answers: Receiver<Answer>) -> HubBoard {
        let can = |bus: &Bus| match bus.kind {
            BusKind::Can { bitrate_bps } => Some((bus.name.clone(), bitrate_bps)),
            BusKind::I2c { .. } => None,
        };
        let is_i2c = |bus: &&Bus| matches!(bus.kind, BusKind::I2c { .. });
        let i2c_buses = system.buses.iter().filter(is_i2c);
        HubBoard {
            clock: Clock::start(),
            stream,
            answers,
            can_buses: system.buses.iter().filter_map(can).collect(),
            i2c_buses: i2c_buses.map(|bus| bus.name.clone()).collect(),
        }
    }

    /// Tells the hub. A hub that is gone is noticed by the reader of the connection.
    pub(crate) fn tell(&mut self, message: &ToHub) -> std::io::Result<()> {
        write_message(&mut self.stream, message)
    }

    fn ask(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &[I2cOperation],
    ) -> Option<Answer> {
        let operations = operations.iter().map(WireOperation::from).collect();
        self.tell(&ToHub::I2c {
            at_ns,
            bus: bus.to_owned(),
            address,
            operations,
        })
        .ok()?;
        self.answers.recv().ok()
    }
}

impl Board for HubBoard {
    fn now_ns(&mut self, modelled_ns: u64) -> u64 {
        modelled_ns.max(self.clock.now_ns())
    }

    fn transmit(&mut self, _at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        if !self.can_buses.contains_key(&frame.bus) {
            return Err(CanError::NoBus);
        }
        let frame = WireFrame::from(frame);
        self.tell(&ToHub::Frame { request, frame })
            .map_err(|_| CanError::BusOff)
    }

    fn has_can(&self, bus: &str) -> bool {
        self.can_buses.contains_key(bus)
    }

    fn abort(&mut self, _at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        let bus = bus.to_owned();
        self.tell(&ToHub::Abort { bus, request })
            .map_err(|_| CanError::BusOff)
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        self.can_buses.get(bus).copied()
    }

    /// No error ever happens on the hub's buses.
    fn can_status(&self, _at_ns: u64, bus: &str) -> Option<CanStatus> {
        self.has_can(bus).then(CanStatus::default)
    }

    fn has_i2c(&self, bus: &str) -> bool {
        self.i2c_buses.contains(bus)
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        let failed = |error| I2cTransfer {
            bus_time: BusTime(0),
            result: Err(error),
        };
        let Some((bus_ns, result)) = self.ask(at_ns, bus, address, operations) else {
            return failed(I2cError::Bus);
        };
        let bus_time = BusTime(bus_ns);
        match result {
            Err(error) => I2cTransfer {
                bus_time,
                result: Err(error.into()),
            },
            Ok(answers) if same_shape(operations, &answers) => {
                for (operation, answer) in operations.iter_mut().zip(answers) {
                    *operation = answer.into();
                }
                I2cTransfer {
                    bus_time,
                    result: Ok(()),
                }
            }
            Ok(_) => failed(I2cError::Other),
        }
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        if let Record::Printed {
            partition,
            instance,
            is_error,
            text,
        } = record
        {
            let (partition, text) = (partition.to_owned(), text.to_vec());
            // A hub that is gone is noticed by the reader of the connection.
            let _told = self.tell(&ToHub::Printed {
                at_ns,
                partition,
                instance,
                is_error,
                text,
            });
        }
    }

    fn random(&mut self) -> u64 {
        // Each of these states is seeded by the operating system.
        RandomState::new().build_hasher().finish()
    }
}

fn same_shape(operations: &[I2cOperation], answers: &[WireOperation]) -> bool {
    let same = |(operation, answer): (&I2cOperation, &WireOperation)| match (operation, answer) {
        (I2cOperation::Read(asked), WireOperation::Read(read)) => asked.len() == read.len(),
        (I2cOperation::Write(_), WireOperation::Write(_)) => true,
        _ => false,
    };
    operations.len() == answers.len() && operations.iter().zip(answers).all(same)
}
