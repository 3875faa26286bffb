//! Devices that are on a CAN bus besides their SPI bus, and what is wired to them: their controllers
//! there, what they ask of them, what they are told, their interrupt lines. Knows no device.
//!
//! What a driver writes takes effect at the instant of the byte, later in an activation that runs as
//! a whole at its start; what the bus does meanwhile reaches the device after that activation.

use super::{
    attached::Place,
    board_buses::pin_number,
    error::{SimulationError, listed},
    world::{FrameRequest, RequestId, World},
};
use crate::{
    can::{BusEvent, ControllerId, ControllerSettings, Mode, QueueOrder},
    devices::{CanNode, NodeOrder, NodeStatus},
};

/// Transmit buffers of a device at most.
const BUFFERS_MAX: usize = 8;

/// What is wired to a virtual device besides its own bus, by the names of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wiring {
    pub device: String,
    /// The CAN bus that it is on.
    pub can: Option<String>,
    /// The pin that its interrupt output drives.
    pub interrupt: Option<String>,
}

/// A device with a side on a CAN bus.
#[derive(Debug)]
pub(super) struct Node {
    device: String,
    /// Of its SPI bus, and there.
    bus: usize,
    position: usize,
    controller: Option<(usize, ControllerId)>,
    /// Its interrupt line, and since when it drives it as it does.
    line: Option<(usize, u64)>,
}

impl World {
    /// Joins devices with what is wired to them.
    pub(super) fn wire(&mut self, wirings: &[Wiring]) -> Result<(), SimulationError> {
        for number in 0..self.devices.len() {
            let Some(slot) = self.devices.get(number) else {
                continue;
            };
            let (name, place) = (slot.name.clone(), slot.place);
            let wiring = wirings.iter().find(|wiring| wiring.device == name);
            let node = self.node_at(place).is_some();
            match (wiring, node) {
                (wiring, true) => self.add_node(number, wiring)?,
                (Some(_), false) => {
                    let text = "it has neither a side on a CAN bus nor an interrupt output";
                    self.note_misuse(0, number, text.to_owned());
                }
                (None, false) => {}
            }
        }
        match wirings
            .iter()
            .find(|wiring| !self.has_device(&wiring.device))
        {
            None => Ok(()),
            Some(wiring) => Err(SimulationError::UnknownDevice {
                device: wiring.device.clone(),
                known: listed(self.devices.iter().map(|slot| slot.name.as_str())),
            }),
        }
    }

    fn has_device(&self, name: &str) -> bool {
        self.devices.iter().any(|slot| slot.name == name)
    }

    fn add_node(&mut self, slot: usize, wiring: Option<&Wiring>) -> Result<(), SimulationError> {
        let Some((name, place)) = self
            .devices
            .get(slot)
            .map(|one| (one.name.clone(), one.place))
        else {
            return Ok(());
        };
        let Place::Spi { bus, position } = place else {
            return Ok(());
        };
        let can = wiring.and_then(|wiring| wiring.can.as_deref());
        let controller = match can {
            Some(can) => Some(self.add_controller(&name, can)?),
            None => {
                let text = "it is on no CAN bus; say which by `can` of the device";
                self.note_misuse(0, slot, text.to_owned());
                None
            }
        };
        let interrupt = wiring.and_then(|wiring| wiring.interrupt.as_deref());
        let line = interrupt.map(|pin| self.line_named(pin)).transpose()?;
        let bitrate_bps = controller.and_then(|(net, _)| {
            let net = self.cans.get(net)?;
            Some(net.bus.rates().bitrate_bps)
        });
        if let (Some(node), Some(bitrate_bps)) = (self.node_at(place), bitrate_bps) {
            node.join(bitrate_bps);
        }
        self.nodes.push(Node {
            device: name,
            bus,
            position,
            controller,
            line: line.map(|line| (line, 0)),
        });
        self.settle(0, self.nodes.len() - 1);
        Ok(())
    }

    fn add_controller(
        &mut self,
        name: &str,
        can: &str,
    ) -> Result<(usize, ControllerId), SimulationError> {
        let net = self.can_named(can)?;
        let settings = ControllerSettings {
            name: name.to_owned(),
            order: QueueOrder::Token,
            capacity: BUFFERS_MAX,
            mode: Mode::Off,
            is_flexible: false,
        };
        Ok((net, self.attach_as(net, None, settings)))
    }

    fn line_named(&self, pin: &str) -> Result<usize, SimulationError> {
        let line = pin_number(self, pin);
        let is_digital = |line: &usize| {
            self.lines
                .get(*line)
                .is_some_and(|one| one.line.is_digital())
        };
        line.filter(is_digital).ok_or_else(|| {
            let digital = self.lines.iter().filter(|one| one.line.is_digital());
            SimulationError::UnknownPin {
                pin: pin.to_owned(),
                known: listed(digital.map(|one| one.line.name())),
            }
        })
    }

    fn node_at(&mut self, place: Place) -> Option<&mut dyn CanNode> {
        let Place::Spi { bus, position } = place else {
            return None;
        };
        self.spis.get_mut(bus)?.device_mut(position)?.can_node()
    }

    fn node_mut(&mut self, number: usize) -> Option<&mut dyn CanNode> {
        let Node { bus, position, .. } = *self.nodes.get(number)?;
        self.node_at(Place::Spi { bus, position })
    }

    /// After a driver, or the world, has reached a device on an SPI bus.
    pub(super) fn settle_spi(&mut self, at_ns: u64, bus: usize, position: usize) {
        let mut nodes = self.nodes.iter();
        if let Some(number) = nodes.position(|node| (node.bus, node.position) == (bus, position)) {
            self.settle(at_ns, number);
        }
    }

    /// Takes what the device has asked for, and drives its interrupt line.
    fn settle(&mut self, at_ns: u64, number: usize) {
        let Some(node) = self.node_mut(number) else {
            return;
        };
        let orders = node.take_orders();
        let is_interrupting = node.is_interrupting();
        for (at_ns, order) in orders {
            self.schedule_order(at_ns, number, order);
        }
        let Some(Node {
            device,
            line: Some((line, since_ns)),
            ..
        }) = self.nodes.get_mut(number)
        else {
            return;
        };
        // A driver may have done something later than what the bus does now.
        let at_ns = at_ns.max(*since_ns);
        *since_ns = at_ns;
        let (line, device) = (*line, device.clone());
        self.drive(at_ns, line, &device, u32::from(!is_interrupting));
    }

    /// A device's order is due.
    pub(super) fn obey(&mut self, at_ns: u64, number: usize, order: NodeOrder) {
        let controller = self.nodes.get(number).and_then(|node| node.controller);
        match (order, controller) {
            (NodeOrder::Wake, _) => {
                if let Some(node) = self.node_mut(number) {
                    node.wake(at_ns);
                }
                self.settle(at_ns, number);
            }
            (order, Some(controller)) => self.obey_on_bus(at_ns, number, order, controller),
            (_, None) => {}
        }
    }

    fn obey_on_bus(
        &mut self,
        at_ns: u64,
        number: usize,
        order: NodeOrder,
        (net, controller): (usize, ControllerId),
    ) {
        if let NodeOrder::Send {
            token,
            frame,
            attempts,
        } = order
        {
            let request = FrameRequest {
                net,
                controller,
                frame,
                token,
                attempts,
            };
            self.ask_for(at_ns, request);
            return;
        }
        let Some(bus) = self.cans.get_mut(net).map(|net| &mut net.bus) else {
            return;
        };
        match order {
            NodeOrder::Mode(mode) => bus.set_mode(at_ns, controller, mode),
            NodeOrder::Reset => bus.forget(at_ns, controller),
            NodeOrder::GiveUp { token } => {
                if bus.give_up(at_ns, controller, token) {
                    self.forget_request(RequestId {
                        net,
                        controller,
                        token,
                    });
                    if let Some(node) = self.node_mut(number) {
                        node.withdrawn(at_ns, token);
                    }
                    self.settle(at_ns, number);
                }
            }
            NodeOrder::Send { .. } | NodeOrder::Wake => {}
        }
    }

    /// Something has happened on a bus: those on it are told, each for itself.
    pub(super) fn tell_nodes(&mut self, net: usize, event: &BusEvent) {
        for (number, controller) in self.nodes_on(net) {
            let Some(node) = self.node_mut(number) else {
                continue;
            };
            match event {
                BusEvent::Sent(sent) => {
                    let own = sent
                        .senders
                        .iter()
                        .find(|(sender, _)| *sender == controller);
                    if let Some((_, token)) = own {
                        node.sent(sent.end_ns, *token);
                    }
                    if sent.receivers.contains(&controller) {
                        node.received(sent.end_ns, &sent.frame);
                    }
                }
                BusEvent::Failed(failed) => {
                    if failed.receivers.contains(&controller) {
                        node.received(failed.end_ns, &failed.frame);
                    }
                    node.disturbed(failed.end_ns);
                }
                BusEvent::Flagged { end_ns, .. } => node.disturbed(*end_ns),
                BusEvent::Setback(setback) if setback.controller == controller => {
                    let (token, is_given_up) = (setback.token, setback.is_given_up);
                    node.set_back(setback.at_ns, token, setback.cause, is_given_up);
                }
                BusEvent::Setback(_) | BusEvent::StateChanged { .. } => {}
            }
        }
    }

    /// After everything that has happened on a bus at once.
    pub(super) fn observe_nodes(&mut self, at_ns: u64, net: usize) {
        for (number, controller) in self.nodes_on(net) {
            let found = self
                .cans
                .get(net)
                .and_then(|net| net.bus.controller(controller));
            let Some(status) = found.map(|controller| NodeStatus {
                transmit_errors: controller.transmit_errors(),
                receive_errors: controller.receive_errors(),
                state: controller.state(),
            }) else {
                continue;
            };
            if let Some(node) = self.node_mut(number) {
                node.observe(at_ns, status);
            }
            self.settle(at_ns, number);
        }
    }

    fn nodes_on(&self, net: usize) -> Vec<(usize, ControllerId)> {
        let nodes = self.nodes.iter().enumerate();
        let on = nodes.filter_map(|(number, node)| Some((number, node.controller?)));
        on.filter(|(_, (own, _))| *own == net)
            .map(|(number, (_, controller))| (number, controller))
            .collect()
    }
}
