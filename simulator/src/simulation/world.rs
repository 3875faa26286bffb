//! Everything around the ECUs: buses, devices, what is scheduled, and the trace. It is lent to the
//! board of the ECU that runs. Knows nothing of partitions' insides.

use super::{
    attached::{DeviceSlot, PinLine},
    error::{SimulationError, listed},
    ethernet::Networks,
    faults::Faults,
    frames::rates_of,
    nodes::Node,
    restbus::Rest,
};
use crate::{
    can::{
        self, Attempts, BitRates, Bus, ControllerId, ControllerSettings, Frame, FrameError, Mode,
        QueueOrder,
    },
    devices::NodeOrder,
    i2c::I2cBus,
    nv::Memory,
    spi::SpiBus,
    trace::{Kind, SubjectId, Trace},
};
use std::collections::BTreeMap;

/// Transmit mailboxes of an ECU's controller.
const MAILBOXES: usize = 64;

#[derive(Debug)]
pub(super) struct World {
    pub(super) trace: Trace,
    /// By name.
    pub(super) cans: Vec<CanNet>,
    /// By name.
    pub(super) i2cs: Vec<I2cBus>,
    /// By name.
    pub(super) spis: Vec<SpiBus>,
    pub(super) lines: Vec<PinLine>,
    pub(super) memory: Memory,
    pub(super) devices: Vec<DeviceSlot>,
    /// Those of them that are on a CAN bus too.
    pub(super) nodes: Vec<Node>,
    pub(super) networks: Networks,
    pub(super) rests: Vec<Rest>,
    pub(super) faults: Faults,
    /// By time, then by the order in which they were given.
    pub(super) stimuli: BTreeMap<(u64, u64), Stimulation>,
    requests: BTreeMap<(u64, u64), Asked>,
    /// When ECUs asked for frames that are not confirmed yet.
    asked_ns: BTreeMap<RequestId, u64>,
    sequence: u64,
}

/// A CAN bus and who is on it.
#[derive(Debug)]
pub(super) struct CanNet {
    pub(super) name: String,
    pub(super) bus: Bus,
    /// By controller: its ECU, if it is one's.
    pub(super) ecus: Vec<Option<usize>>,
    /// By controller: frames that will be asked for later in an activation that has run already.
    scheduled: Vec<usize>,
    tester: Option<ControllerId>,
    pub(super) subject: SubjectId,
    pub(super) controller_subjects: Vec<SubjectId>,
    /// What the counters of its controllers should be.
    pub(super) expected: can::Expected,
    /// Names of messages that ECUs or the restbus know.
    pub(super) messages: BTreeMap<String, can::Id>,
}

/// A stimulus of a device, or a signal of the restbus, gets a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stimulation {
    pub(super) target: Target,
    pub(super) value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Device { device: usize, stimulus: usize },
    Signal { message: usize, signal: usize },
}

/// A controller will be asked for a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameRequest {
    pub(super) net: usize,
    pub(super) controller: ControllerId,
    pub(super) frame: Frame,
    pub(super) token: u64,
    pub(super) attempts: Attempts,
}

/// A request of a controller, by the number that the ECU gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestId {
    pub(super) net: usize,
    pub(super) controller: ControllerId,
    pub(super) token: u64,
}

/// What a controller will be asked for.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Send(FrameRequest),
    /// By a fault; it is late already.
    SendLate(FrameRequest),
    Withdraw(RequestId),
    /// Of a device, by the number of its node.
    Order(usize, NodeOrder),
}

impl FrameRequest {
    fn id(&self) -> RequestId {
        RequestId {
            net: self.net,
            controller: self.controller,
            token: self.token,
        }
    }
}

impl World {
    pub(super) fn new(
        system: &deployment::System,
        rows_bytes_max: usize,
    ) -> Result<World, SimulationError> {
        let mut world = World {
            trace: Trace::new(rows_bytes_max),
            cans: Vec::new(),
            i2cs: Vec::new(),
            spis: Vec::new(),
            lines: Vec::new(),
            memory: Memory::new(&system.blocks),
            devices: Vec::new(),
            nodes: Vec::new(),
            networks: Networks::default(),
            rests: Vec::new(),
            faults: Faults::default(),
            stimuli: BTreeMap::new(),
            requests: BTreeMap::new(),
            asked_ns: BTreeMap::new(),
            sequence: 0,
        };
        let mut buses: Vec<&deployment::Bus> = system.buses.iter().collect();
        buses.sort_by(|a, b| a.name.cmp(&b.name));
        super::build::refuse_duplicates("buses", buses.iter().map(|bus| bus.name.as_str()))?;
        for bus in buses {
            match &bus.kind {
                kind @ (deployment::BusKind::Can { .. } | deployment::BusKind::CanFd { .. }) => {
                    if let Some(rates) = rates_of(kind) {
                        world.add_can(&bus.name, rates);
                    }
                }
                deployment::BusKind::I2c { clock_hz, devices } => {
                    world.i2cs.push(I2cBus::new(&bus.name, *clock_hz));
                    devices
                        .iter()
                        .try_for_each(|device| world.add_i2c_device(device))?;
                }
                deployment::BusKind::Spi { clock_hz, devices } => {
                    world.spis.push(SpiBus::new(&bus.name, *clock_hz));
                    devices
                        .iter()
                        .try_for_each(|device| world.add_spi_device(device))?;
                }
                deployment::BusKind::Gpio { pins } => pins
                    .iter()
                    .try_for_each(|pin| world.add_pin(&bus.name, pin))?,
                // It is there when the ECUs are: `ethernet::join`.
                deployment::BusKind::Ethernet { .. } => {}
            }
        }
        super::build::refuse_duplicates(
            "devices",
            world.devices.iter().map(|slot| slot.name.as_str()),
        )?;
        Ok(world)
    }

    fn add_can(&mut self, name: &str, rates: BitRates) {
        let subject = self.trace.subject(name);
        self.cans.push(CanNet {
            name: name.to_owned(),
            bus: Bus::with(rates),
            ecus: Vec::new(),
            scheduled: Vec::new(),
            tester: None,
            subject,
            controller_subjects: Vec::new(),
            expected: can::Expected::default(),
            messages: BTreeMap::new(),
        });
    }

    /// A controller for an ECU, or for a log that is replayed.
    pub(super) fn attach(
        &mut self,
        number: usize,
        name: &str,
        ecu: Option<usize>,
        order: QueueOrder,
    ) -> ControllerId {
        let capacity = if ecu.is_some() { MAILBOXES } else { usize::MAX };
        let Some(net) = self.cans.get(number) else {
            unreachable!("the bus was looked up before: this is a bug")
        };
        let settings = ControllerSettings {
            name: name.to_owned(),
            order,
            capacity,
            mode: Mode::Normal,
            is_flexible: net.bus.rates().flexible.is_some(),
        };
        self.attach_as(number, ecu, settings)
    }

    /// A controller of any kind.
    pub(super) fn attach_as(
        &mut self,
        net: usize,
        ecu: Option<usize>,
        settings: ControllerSettings,
    ) -> ControllerId {
        let Some(net) = self.cans.get_mut(net) else {
            unreachable!("the bus was looked up before: this is a bug")
        };
        net.ecus.push(ecu);
        net.scheduled.push(0);
        let subject = format!("{}/{}", net.name, settings.name);
        let subject = self.trace.subject(&subject);
        net.controller_subjects.push(subject);
        net.bus.attach(settings)
    }

    /// Whether frames of users and logs are of a kind that the bus carries.
    pub(super) fn carries(&self, net: usize, frame: &Frame) -> Result<(), FrameError> {
        let bus = self.cans.get(net).map(|net| &net.bus);
        let is_flexible = bus.is_some_and(|bus| bus.rates().flexible.is_some());
        if is_flexible || frame.as_flexible().is_none() {
            return Ok(());
        }
        Err(FrameError::FlexibleDataRate {
            text: frame.to_string(),
        })
    }

    /// The controller by which a user sends frames by hand.
    pub(super) fn tester(&mut self, net: usize) -> ControllerId {
        if let Some(tester) = self.cans.get(net).and_then(|net| net.tester) {
            return tester;
        }
        let tester = self.attach(net, "tester", None, QueueOrder::Fifo);
        if let Some(net) = self.cans.get_mut(net) {
            net.tester = Some(tester);
        }
        tester
    }

    pub(super) fn can_named(&self, name: &str) -> Result<usize, SimulationError> {
        self.cans
            .iter()
            .position(|net| net.name == name)
            .ok_or_else(|| SimulationError::UnknownBus {
                bus: name.to_owned(),
                known: listed(self.cans.iter().map(|net| net.name.as_str())),
            })
    }

    pub(super) fn schedule_stimulus(&mut self, at_ns: u64, stimulation: Stimulation) {
        self.sequence += 1;
        self.stimuli.insert((at_ns, self.sequence), stimulation);
    }

    pub(super) fn next_stimulus_ns(&self) -> Option<u64> {
        self.stimuli.first_key_value().map(|((at_ns, _), _)| *at_ns)
    }

    /// Faults and stimuli up to an instant at which an ECU does something.
    pub(super) fn come_to(&mut self, at_ns: u64) {
        self.faults_until(at_ns);
        self.stimulate_until(at_ns);
        self.refresh_noise(at_ns);
    }

    /// Every stimulus up to `until_ns` reaches its device: also before a transfer that an
    /// activation makes later than its start.
    pub(super) fn stimulate_until(&mut self, until_ns: u64) {
        while let Some(entry) = self.stimuli.first_entry() {
            let (at_ns, _) = *entry.key();
            if at_ns > until_ns {
                return;
            }
            let stimulation = entry.remove();
            self.stimulate(at_ns, stimulation);
        }
    }

    pub(super) fn schedule_request(&mut self, at_ns: u64, request: FrameRequest) {
        self.sequence += 1;
        self.asked_ns.insert(request.id(), at_ns);
        let asked = Asked::Send(request);
        self.requests.insert((at_ns, self.sequence), asked);
        if let Some(count) = self.scheduled_mut(&request) {
            *count += 1;
        }
    }

    pub(super) fn schedule_withdrawal(&mut self, at_ns: u64, request: RequestId) {
        self.sequence += 1;
        let asked = Asked::Withdraw(request);
        self.requests.insert((at_ns, self.sequence), asked);
    }

    pub(super) fn schedule_order(&mut self, at_ns: u64, node: usize, order: NodeOrder) {
        self.sequence += 1;
        let asked = Asked::Order(node, order);
        self.requests.insert((at_ns, self.sequence), asked);
    }

    /// A device asks its controller for a frame.
    pub(super) fn ask_for(&mut self, at_ns: u64, request: FrameRequest) {
        self.asked_ns.insert(request.id(), at_ns);
        self.request(at_ns, request);
    }

    /// When an ECU or a device asked for a frame.
    pub(super) fn asked_ns(&self, id: RequestId) -> Option<u64> {
        self.asked_ns.get(&id).copied()
    }

    pub(super) fn forget_request(&mut self, id: RequestId) {
        self.asked_ns.remove(&id);
    }

    fn scheduled_mut(&mut self, request: &FrameRequest) -> Option<&mut usize> {
        self.cans
            .get_mut(request.net)?
            .scheduled
            .get_mut(request.controller.0 as usize)
    }

    pub(super) fn next_request_ns(&self) -> Option<u64> {
        self.requests
            .first_key_value()
            .map(|((at_ns, _), _)| *at_ns)
    }

    /// Gives back what was not taken, or is withdrawn.
    pub(super) fn make_next_request(&mut self) -> Option<RequestId> {
        let ((at_ns, _), asked) = self.requests.pop_first()?;
        let (request, is_late) = match asked {
            Asked::Send(request) => (request, false),
            Asked::SendLate(request) => (request, true),
            Asked::Withdraw(id) => {
                let bus = &mut self.cans.get_mut(id.net)?.bus;
                let is_back = bus.withdraw(at_ns, id.controller, id.token);
                return (is_back || self.withdraw_late(id)).then_some(id);
            }
            Asked::Order(node, order) => {
                self.obey(at_ns, node, order);
                return None;
            }
        };
        if let Some(count) = self.scheduled_mut(&request) {
            *count -= 1;
        }
        let is_taken = match is_late {
            true => self.request_now(at_ns, request),
            false => self.request(at_ns, request),
        };
        (!is_taken).then_some(request.id())
    }

    fn withdraw_late(&mut self, id: RequestId) -> bool {
        let is_it = |asked: &Asked| matches!(asked, Asked::SendLate(one) if one.id() == id);
        let late = self.requests.iter().find(|(_, asked)| is_it(asked));
        let Some(key) = late.map(|(key, _)| *key) else {
            return false;
        };
        if let Some(Asked::SendLate(request)) = self.requests.remove(&key)
            && let Some(count) = self.scheduled_mut(&request)
        {
            *count -= 1;
        }
        true
    }

    /// Whether the controller takes the frame, now or as late as a fault has it; if not, the trace
    /// says why.
    pub(super) fn request(&mut self, at_ns: u64, request: FrameRequest) -> bool {
        let Some(by_ns) = self.delay_ns(at_ns, request.net, &request.frame) else {
            return self.request_now(at_ns, request);
        };
        self.sequence += 1;
        let key = (at_ns.saturating_add(by_ns), self.sequence);
        self.requests.insert(key, Asked::SendLate(request));
        if let Some(count) = self.scheduled_mut(&request) {
            *count += 1;
        }
        true
    }

    pub(super) fn request_now(&mut self, at_ns: u64, request: FrameRequest) -> bool {
        let Some(net) = self.cans.get_mut(request.net) else {
            return false;
        };
        let FrameRequest {
            controller,
            frame,
            token,
            attempts,
            ..
        } = request;
        let Err(error) = net.bus.request(at_ns, controller, frame, token, attempts) else {
            return true;
        };
        if let Some(subject) = net.controller_subjects.get(controller.0 as usize) {
            self.trace
                .record(at_ns, Kind::Lost, *subject, format_args!("{frame} {error}"));
        }
        false
    }

    /// Whether the controller has room, counting what it will be asked for before.
    pub(super) fn has_room(&self, net: usize, controller: ControllerId) -> bool {
        let Some(net) = self.cans.get(net) else {
            return false;
        };
        let scheduled = net
            .scheduled
            .get(controller.0 as usize)
            .copied()
            .unwrap_or(0);
        net.bus
            .controller(controller)
            .is_some_and(|one| one.pending() + scheduled < one.capacity())
    }

    pub(super) fn is_bus_off(&self, net: usize, controller: ControllerId) -> bool {
        let controller = self
            .cans
            .get(net)
            .and_then(|net| net.bus.controller(controller));
        controller.is_some_and(|one| one.state() == can::ErrorState::BusOff)
    }
}
