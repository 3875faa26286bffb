//! The platform under one ECU: its calls reach the virtual buses, its records the trace.
//! Knows nothing of the order of events.

use super::{
    board_buses as buses,
    effort::Asking,
    ethernet::FlowId,
    frames::frame_of,
    wire::error_state,
    world::{FrameRequest, RequestId, World},
};
use crate::{
    can::{Attempts, ControllerId},
    trace::{INVALID, Kind, SubjectId, Trace},
};
use back_to_back::Recorder;
use deployment::Partition;
use ecu_host::board::{
    Board, CanError, CanFlexibleRates, CanFrame, CanStatus, GpioError, I2cOperation, I2cTransfer,
    Level, NvBlock, NvError, NvStatus, PinConfig, PinWatch, Record, SpiConfig, SpiError,
    SpiOperation, SpiTransfer,
};
use ecu_host::{Ecu, PartitionId, Work};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// An ECU of the simulation; its recorder is off unless the options name it.
pub(super) type VirtualEcu = Ecu<Recorder<VirtualBoard>>;

#[derive(Debug)]
pub(super) struct VirtualBoard {
    name: String,
    /// Buses that the ECU is on: their position in the world and its controller there.
    pub(super) controllers: Vec<(usize, ControllerId)>,
    number: usize,
    /// What of which elements goes to other ECUs.
    leaving: BTreeMap<(PartitionId, u32), Vec<FlowId>>,
    partitions: Vec<PartitionSubjects>,
    random: u64,
    entered_ns: u64,
    /// Of the activation that runs.
    pub(super) asking: Asking,
    /// Here while the ECU runs.
    pub(super) world: Option<Box<World>>,
}

/// What a partition's numbers are called in the trace.
#[derive(Debug)]
struct PartitionSubjects {
    name: String,
    start: SubjectId,
    tasks: Vec<SubjectId>,
    elements: Vec<SubjectId>,
    runnables: Vec<SubjectId>,
    instances: Vec<SubjectId>,
    glue: SubjectId,
    /// By probe, then by function.
    probes: Vec<Vec<SubjectId>>,
}

impl PartitionSubjects {
    fn new(trace: &mut Trace, ecu: &str, table: &Partition) -> PartitionSubjects {
        let mut subject = |name: &str| trace.subject(&format!("{ecu}/{}/{name}", table.name));
        let instance = |number: u32| {
            table
                .instances
                .get(number as usize)
                .map_or("?", String::as_str)
        };
        PartitionSubjects {
            name: table.name.clone(),
            start: subject("start"),
            tasks: table.tasks.iter().map(|task| subject(&task.name)).collect(),
            elements: table
                .elements
                .iter()
                .map(|element| subject(&element.name))
                .collect(),
            runnables: table
                .runnables
                .iter()
                .map(|runnable| {
                    subject(&format!(
                        "{}.{}",
                        instance(runnable.instance),
                        runnable.function
                    ))
                })
                .collect(),
            instances: table.instances.iter().map(|name| subject(name)).collect(),
            glue: subject("glue"),
            probes: table
                .probes
                .iter()
                .map(|probe| {
                    let function = |name: &String| subject(&format!("{}/{name}", probe.name));
                    probe.functions.iter().map(function).collect()
                })
                .collect(),
        }
    }
}

impl VirtualBoard {
    pub(super) fn new(
        trace: &mut Trace,
        ecu: &str,
        seed: u64,
        tables: &[Partition],
        (number, controllers): (usize, Vec<(usize, ControllerId)>),
    ) -> VirtualBoard {
        let mixed = Sha256::new()
            .chain_update(seed.to_le_bytes())
            .chain_update(ecu)
            .finalize();
        let random = mixed
            .first_chunk::<8>()
            .map_or(seed, |bytes| u64::from_le_bytes(*bytes));
        VirtualBoard {
            name: ecu.to_owned(),
            controllers,
            number,
            leaving: BTreeMap::new(),
            partitions: tables
                .iter()
                .map(|table| PartitionSubjects::new(trace, ecu, table))
                .collect(),
            random,
            entered_ns: 0,
            asking: Asking::default(),
            world: None,
        }
    }

    /// From now on an element goes over a network.
    pub(super) fn leaves(&mut self, partition: PartitionId, element: u32, flow: FlowId) {
        let flows = self.leaving.entry((partition, element)).or_default();
        flows.push(flow);
    }

    /// What an activation is called in the trace.
    pub(super) fn work_subject(&self, partition: PartitionId, work: Work) -> Option<SubjectId> {
        let subjects = self.partitions.get(partition.0 as usize)?;
        match work {
            Work::Start => Some(subjects.start),
            Work::Task(task) => subjects.tasks.get(task as usize).copied(),
        }
    }

    fn world(&self) -> &World {
        self.world
            .as_deref()
            .unwrap_or_else(|| unreachable!("an ECU runs with its world: this is a bug"))
    }

    fn world_mut(&mut self) -> &mut World {
        self.world
            .as_deref_mut()
            .unwrap_or_else(|| unreachable!("an ECU runs with its world: this is a bug"))
    }

    /// Lends the world together with the ECU's name.
    fn in_world<R>(&mut self, act: impl FnOnce(&mut World, &str) -> R) -> R {
        let Some(world) = self.world.as_deref_mut() else {
            unreachable!("an ECU runs with its world: this is a bug")
        };
        act(world, &self.name)
    }

    fn controller(&self, bus: &str) -> Option<(usize, ControllerId)> {
        let is_named = |net: usize| {
            self.world()
                .cans
                .get(net)
                .is_some_and(|net| net.name == bus)
        };
        self.controllers
            .iter()
            .copied()
            .find(|(net, _)| is_named(*net))
    }

    fn send(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
        attempts: Attempts,
    ) -> Result<(), CanError> {
        self.asking.asked.frames += 1;
        let (net, controller) = self.controller(&frame.bus).ok_or(CanError::NoBus)?;
        // The host refuses what no frame can be; `NoBus` is the nearest answer to a bug there.
        let frame = frame_of(frame).ok_or(CanError::NoBus)?;
        let world = self.world_mut();
        if world.is_bus_off(net, controller) {
            return Err(CanError::BusOff);
        }
        if !world.has_room(net, controller) {
            return Err(CanError::QueueFull);
        }
        world.schedule_request(
            at_ns,
            FrameRequest {
                net,
                controller,
                frame,
                token: request,
                attempts,
            },
        );
        Ok(())
    }

    fn subjects(&self, partition: &str) -> Option<&PartitionSubjects> {
        self.partitions
            .iter()
            .find(|subjects| subjects.name == partition)
    }
}

impl Board for VirtualBoard {
    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        self.send(at_ns, request, frame, Attempts::UntilSent)
    }

    fn transmit_once(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
    ) -> Result<(), CanError> {
        self.send(at_ns, request, frame, Attempts::Once)
    }

    fn abort(&mut self, at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        let (net, controller) = self.controller(bus).ok_or(CanError::NoBus)?;
        let token = request;
        let request = RequestId {
            net,
            controller,
            token,
        };
        self.world_mut().schedule_withdrawal(at_ns, request);
        Ok(())
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        let (net, _) = self.controller(bus)?;
        Some(self.world().cans.get(net)?.bus.rates().bitrate_bps)
    }

    fn can_flexible_rates(&self, bus: &str) -> Option<CanFlexibleRates> {
        let (net, _) = self.controller(bus)?;
        let rates = self.world().cans.get(net)?.bus.rates().flexible?;
        Some(CanFlexibleRates {
            sample_point_permille: rates.sample_point_permille,
            data_bit_rate_hz: rates.data_bitrate_bps,
            data_sample_point_permille: rates.data_sample_point_permille,
        })
    }

    fn can_status(&self, _at_ns: u64, bus: &str) -> Option<CanStatus> {
        let (net, controller) = self.controller(bus)?;
        let controller = self.world().cans.get(net)?.bus.controller(controller)?;
        let count = |errors: u32| u16::try_from(errors).unwrap_or(u16::MAX);
        Some(CanStatus {
            state: error_state(controller.state()),
            transmit_errors: count(controller.transmit_errors()),
            receive_errors: count(controller.receive_errors()),
        })
    }

    fn has_can(&self, bus: &str) -> bool {
        self.controller(bus).is_some()
    }

    fn has_i2c(&self, bus: &str) -> bool {
        self.world().i2cs.iter().any(|wire| wire.name() == bus)
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        self.asking.i2c(operations);
        self.in_world(|world, ecu| buses::i2c(world, ecu, at_ns, bus, (address, operations)))
    }

    fn has_spi(&self, device: &str) -> bool {
        buses::spi_place(self.world(), device).is_some()
    }

    fn spi_devices(&self) -> Vec<String> {
        let buses = self.world().spis.iter();
        let names = buses.flat_map(|bus| bus.names().map(str::to_owned));
        names.collect()
    }

    fn spi_configure(
        &mut self,
        _at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        self.in_world(|world, _| buses::spi_configure(world, device, config))
    }

    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        self.in_world(|world, ecu| buses::spi(world, ecu, at_ns, device, operations))
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        let number = buses::pin_number(self.world(), name)?;
        Some(self.world().lines.get(number)?.line.config())
    }

    fn digital_read(&mut self, at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        self.in_world(|world, ecu| buses::level(world, ecu, at_ns, pin))
    }

    fn digital_write(&mut self, at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        let value = u32::from(level == Level::High);
        self.in_world(|world, ecu| buses::drive(world, ecu, at_ns, pin, value))
    }

    fn analog_read(&mut self, at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        self.in_world(|world, ecu| buses::value(world, ecu, at_ns, pin))
    }

    fn analog_write(&mut self, at_ns: u64, pin: &str, value: u32) -> Result<(), GpioError> {
        self.in_world(|world, ecu| buses::drive(world, ecu, at_ns, pin, value))
    }

    fn pin_ready(
        &mut self,
        at_ns: u64,
        pin: &str,
        watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        self.in_world(|world, ecu| buses::pin_ready(world, ecu, at_ns, pin, watch, since_ns))
    }

    fn nv_read(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        self.in_world(|world, ecu| buses::nv_read(world, ecu, at_ns, block))
    }

    fn nv_write(&mut self, at_ns: u64, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        self.in_world(|world, ecu| buses::nv_write(world, ecu, at_ns, block, data))
    }

    fn nv_invalidate(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<(), NvError> {
        self.in_world(|world, ecu| buses::nv_invalidate(world, ecu, at_ns, block))
    }

    fn nv_status(&mut self, at_ns: u64, block: NvBlock<'_>) -> NvStatus {
        self.in_world(|world, ecu| world.memory.status(at_ns, ecu, block))
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        self.asking.record(&record);
        if let Record::Entered { .. } = record {
            self.entered_ns = at_ns;
            return;
        }
        let entered_ns = self.entered_ns;
        let Some(mut world) = self.world.take() else {
            return;
        };
        record_in(&mut world.trace, at_ns, entered_ns, &record, |partition| {
            self.subjects(partition)
        });
        self.world = Some(world);
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
    fn publish(&mut self, at_ns: u64, partition: PartitionId, element: u32, value: &[u8]) {
        let flows = self.leaving.get(&(partition, element));
        let (number, Some(world)) = (self.number, self.world.as_deref_mut()) else {
            return;
        };
        for flow in flows.into_iter().flatten() {
            world.networks.send(at_ns, number, *flow, value);
        }
    }

    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

fn record_in<'a>(
    trace: &mut Trace,
    at_ns: u64,
    entered_ns: u64,
    record: &Record<'_>,
    subjects: impl Fn(&str) -> Option<&'a PartitionSubjects>,
) {
    let element = |partition: &str, element: u32| {
        subjects(partition)?.elements.get(element as usize).copied()
    };
    let function = |partition: &str, probe: u32, function: u32| {
        subjects(partition)?
            .probes
            .get(probe as usize)?
            .get(function as usize)
            .copied()
    };
    match *record {
        Record::Published {
            partition,
            element: number,
            value,
        } => {
            let Some(subject) = element(partition, number) else {
                return;
            };
            match value {
                [] => trace.record(at_ns, Kind::Published, subject, format_args!("{INVALID}")),
                value => trace.record_bytes(at_ns, Kind::Published, subject, value),
            }
        }
        Record::Refused {
            partition,
            element: number,
        } => {
            let Some(subject) = element(partition, number) else {
                return;
            };
            trace.record(at_ns, Kind::Refused, subject, format_args!(""));
        }
        Record::Called {
            partition,
            probe,
            function: number,
            arguments,
        } => {
            let Some(subject) = function(partition, probe, number) else {
                return;
            };
            trace.record_bytes(at_ns, Kind::Called, subject, arguments);
        }
        Record::Returned {
            partition,
            probe,
            function: number,
            outcome,
        } => {
            let Some(subject) = function(partition, probe, number) else {
                return;
            };
            trace.record_bytes(at_ns, Kind::Returned, subject, outcome);
        }
        Record::Left {
            partition,
            runnable,
            fuel,
        } => {
            let subject =
                subjects(partition).and_then(|names| names.runnables.get(runnable as usize));
            let Some(subject) = subject else { return };
            trace.record(
                at_ns,
                Kind::Ran,
                *subject,
                format_args!("{entered_ns} {fuel}"),
            );
        }
        Record::Printed {
            partition,
            instance,
            is_error,
            text,
        } => {
            let Some(names) = subjects(partition) else {
                return;
            };
            let named = instance.and_then(|instance| names.instances.get(instance as usize));
            let stream = if is_error { "err" } else { "out" };
            let text = String::from_utf8_lossy(text);
            let subject = *named.unwrap_or(&names.glue);
            trace.record(
                at_ns,
                Kind::Printed,
                subject,
                format_args!("{stream} {}", text.escape_debug()),
            );
        }
        // The start of a runnable stands in the row of its end; what comes new is not traced yet.
        _ => {}
    }
}
