//! The platform of a Linux ECU: its clock, and behind the names of buses and pins what the
//! configuration says: devices of this machine, or the hub.

mod attach;

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, Hasher, RandomState},
    sync::mpsc::Sender,
};

use ecu_host::PartitionId;
use ecu_host::board::{
    Board, BusTime, CanError, CanEvent, CanFlexibleRates, CanFrame, CanStatus, GpioError, I2cError,
    I2cOperation, I2cTransfer, Level, NvBlock, NvError, NvStatus, PinConfig, PinWatch, Record,
    SpiConfig, SpiError, SpiOperation, SpiTransfer, WatchedPin,
};

use crate::{
    attached::{
        Heard,
        can::Interface,
        edges::{self, Awaited, Edges},
        i2c,
        pins::Pin,
        spi,
    },
    clock::Clock,
    hub_link::HubLink,
    network::Networks,
    nv::NvStore,
    protocol::{PinAnswer, PinRequest, ToHub},
    services::{Line, Severity},
};

/// What has happened outside, for the loop.
pub(crate) enum News {
    Hub(Result<crate::protocol::ToEcu, crate::ReadError>),
    Can {
        bus: String,
        heard: Heard,
    },
    /// Values have come over a network: they are in its inbox.
    Arrived,
    /// The process is asked to end.
    End,
}

/// All that an ECU reaches.
pub(crate) struct LinuxBoard {
    pub(crate) clock: Clock,
    pub(crate) hub: Option<HubLink>,
    can: BTreeMap<String, Can>,
    i2c: BTreeMap<String, I2c>,
    spi: BTreeMap<String, Spi>,
    pins: BTreeMap<String, PinLink>,
    edges: Edges,
    /// Those whose loss the log has told.
    lost_pins: BTreeSet<String>,
    nv: Option<NvStore>,
    pub(crate) networks: Networks,
    log: Sender<Line>,
}

struct Can {
    bit_rate_hz: u32,
    flexible: Option<CanFlexibleRates>,
    status: CanStatus,
    link: CanLink,
}

enum CanLink {
    Hub,
    Socket(Interface),
}

enum I2c {
    Hub,
    Device(i2c::Bus),
}

enum Spi {
    Hub,
    Device(spi::Device),
}

enum PinLink {
    Hub(PinConfig),
    Own(Pin),
}

impl LinuxBoard {
    /// The status that a controller told last.
    pub(crate) fn note(&mut self, bus: &str, event: CanEvent) {
        if let (CanEvent::ErrorState(state), Some(can)) = (event, self.can.get_mut(bus)) {
            can.status.state = state;
        }
    }

    /// The error counters that a controller told last.
    pub(crate) fn count(&mut self, bus: &str, transmit_errors: u8, receive_errors: u8) {
        if let Some(can) = self.can.get_mut(bus) {
            can.status.transmit_errors = transmit_errors.into();
            can.status.receive_errors = receive_errors.into();
        }
    }

    /// Tells the hub, where there is one. A hub that is gone is noticed by the reader.
    pub(crate) fn tell(&mut self, message: &ToHub) -> std::io::Result<()> {
        match &mut self.hub {
            Some(hub) => hub.tell(message),
            None => Ok(()),
        }
    }

    /// A line for the log and, where one listens, for OTLP.
    pub(crate) fn log(&self, line: Line) {
        let _heard = self.log.send(line);
    }

    /// The hub answers at once, the bus would not.
    fn pass(&self, at_ns: u64, BusTime(bus_ns): BusTime) {
        self.clock.wait(at_ns, at_ns.saturating_add(bus_ns));
    }

    fn pin_link(&mut self, pin: &str) -> Result<&mut PinLink, GpioError> {
        let link = self.pins.get_mut(pin);
        link.ok_or(GpioError::UndefinedPinLabel)
    }

    fn ask_pin(
        &mut self,
        at_ns: u64,
        pin: &str,
        request: PinRequest,
    ) -> Result<PinAnswer, GpioError> {
        let hub = self.hub.as_mut().ok_or(GpioError::HardwareFault)?;
        hub.pin(at_ns, pin, request)
    }

    /// What a watch waits for: the level that the pin has now, or that an edge gave it since.
    fn own_pin_ready(
        &mut self,
        at_ns: u64,
        name: &str,
        watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        let (to, is_level) = edges::wanted(watch)?;
        let Some(PinLink::Own(pin)) = self.pins.get_mut(name) else {
            return Err(GpioError::UndefinedPinLabel);
        };
        pin.watch(name, &self.edges)?;
        let has_level = is_level && pin.level()? == to;
        self.tell_lost(name)?;
        let awaited = Awaited {
            pin: name.to_owned(),
            to,
            since_ns,
        };
        let last_ns = self.edges.last_ns(self.clock, &awaited);
        Ok(last_ns.or(has_level.then_some(at_ns)))
    }

    /// A pin that is not watched any more fails, and the log says why, once.
    fn tell_lost(&mut self, pin: &str) -> Result<(), GpioError> {
        let Some(reason) = self.edges.failed(pin) else {
            return Ok(());
        };
        if self.lost_pins.insert(pin.to_owned()) {
            let text = format!(
                "pin `{pin}` is not watched any more: {reason}; look at its controller and start the service again"
            );
            self.log(Line::new(Severity::Error, None, text));
        }
        Err(GpioError::HardwareFault)
    }

    fn nv(&mut self) -> Result<&mut NvStore, NvError> {
        self.nv.as_mut().ok_or(NvError::NotServed)
    }
}

fn not_attached() -> SpiError {
    SpiError::Other("the device is not attached".to_owned())
}

impl Board for LinuxBoard {
    fn now_ns(&mut self, modelled_ns: u64) -> u64 {
        modelled_ns.max(self.clock.now_ns())
    }

    /// The loop's thread sleeps: an activation keeps the ECU busy while it waits. What comes in
    /// meanwhile is heard after it.
    fn wait(&mut self, from_ns: u64, until_ns: u64) {
        self.clock.wait(from_ns, until_ns);
    }

    fn transmit(&mut self, _at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        match (self.can.get(&frame.bus).map(|can| &can.link), &mut self.hub) {
            (Some(CanLink::Socket(interface)), _) => interface.transmit(frame),
            (Some(CanLink::Hub), Some(hub)) => hub
                .tell(&ToHub::Frame {
                    request,
                    frame: frame.into(),
                })
                .map_err(|_| CanError::BusOff),
            (Some(CanLink::Hub), None) | (None, _) => Err(CanError::NoBus),
        }
    }

    /// A kernel does not give frames back.
    fn abort(&mut self, _at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        match (self.can.get(bus).map(|can| &can.link), &mut self.hub) {
            (Some(CanLink::Hub), Some(hub)) => {
                let bus = bus.to_owned();
                hub.tell(&ToHub::Abort { bus, request })
                    .map_err(|_| CanError::BusOff)
            }
            (Some(_), _) => Err(CanError::Unsupported),
            (None, _) => Err(CanError::NoBus),
        }
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        self.can.get(bus).map(|can| can.bit_rate_hz)
    }

    fn can_flexible_rates(&self, bus: &str) -> Option<CanFlexibleRates> {
        self.can.get(bus)?.flexible
    }

    /// No error ever happens on the hub's buses.
    fn can_status(&self, _at_ns: u64, bus: &str) -> Option<CanStatus> {
        self.can.get(bus).map(|can| can.status)
    }

    fn has_can(&self, bus: &str) -> bool {
        self.can.contains_key(bus)
    }

    fn has_i2c(&self, bus: &str) -> bool {
        self.i2c.contains_key(bus)
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        match (self.i2c.get_mut(bus), &mut self.hub) {
            (Some(I2c::Device(bus)), _) => bus.transfer(address, operations),
            (Some(I2c::Hub), Some(hub)) => {
                let done = hub.i2c(at_ns, bus, address, operations);
                self.pass(at_ns, done.bus_time);
                done
            }
            (Some(I2c::Hub), None) | (None, _) => I2cTransfer {
                bus_time: BusTime(0),
                result: Err(I2cError::Other),
            },
        }
    }

    fn has_spi(&self, device: &str) -> bool {
        self.spi.contains_key(device)
    }

    fn spi_devices(&self) -> Vec<String> {
        self.spi.keys().cloned().collect()
    }

    fn spi_configure(
        &mut self,
        at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        match (self.spi.get_mut(device), &mut self.hub) {
            (Some(Spi::Device(device)), _) => device.configure(config),
            (Some(Spi::Hub), Some(hub)) => hub.spi_configure(at_ns, device, config),
            (Some(Spi::Hub), None) | (None, _) => Err(not_attached()),
        }
    }

    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        match (self.spi.get_mut(device), &mut self.hub) {
            (Some(Spi::Device(device)), _) => device.transfer(operations),
            (Some(Spi::Hub), Some(hub)) => {
                let done = hub.spi(at_ns, device, operations);
                self.pass(at_ns, done.bus_time);
                done
            }
            (Some(Spi::Hub), None) | (None, _) => SpiTransfer::failed(not_attached()),
        }
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        self.pins.get(name).map(|pin| match pin {
            PinLink::Hub(config) => *config,
            PinLink::Own(pin) => pin.config,
        })
    }

    fn digital_read(&mut self, at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        let answer = match self.pin_link(pin)? {
            PinLink::Own(pin) => return pin.level(),
            PinLink::Hub(_) => self.ask_pin(at_ns, pin, PinRequest::DigitalRead)?,
        };
        match answer {
            PinAnswer::Level(level) => Ok(level),
            _ => Err(GpioError::HardwareFault),
        }
    }

    fn digital_write(&mut self, at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        match self.pin_link(pin)? {
            PinLink::Own(pin) => pin.drive(level),
            PinLink::Hub(_) => {
                let request = PinRequest::DigitalWrite(level);
                self.ask_pin(at_ns, pin, request).map(drop)
            }
        }
    }

    fn analog_read(&mut self, at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        let answer = match self.pin_link(pin)? {
            PinLink::Own(pin) => return pin.number(),
            PinLink::Hub(_) => self.ask_pin(at_ns, pin, PinRequest::AnalogRead)?,
        };
        match answer {
            PinAnswer::Number(number) => Ok(number),
            _ => Err(GpioError::HardwareFault),
        }
    }

    fn analog_write(&mut self, at_ns: u64, pin: &str, value: u32) -> Result<(), GpioError> {
        match self.pin_link(pin)? {
            PinLink::Own(pin) => pin.give(value),
            PinLink::Hub(_) => {
                let request = PinRequest::AnalogWrite(value);
                self.ask_pin(at_ns, pin, request).map(drop)
            }
        }
    }

    fn pin_ready(
        &mut self,
        at_ns: u64,
        pin: &str,
        watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        match self.pin_link(pin)? {
            PinLink::Own(_) => self.own_pin_ready(at_ns, pin, watch, since_ns),
            PinLink::Hub(_) => {
                let request = PinRequest::Ready { watch, since_ns };
                match self.ask_pin(at_ns, pin, request)? {
                    PinAnswer::Ready(ready_ns) => Ok(ready_ns),
                    _ => Err(GpioError::HardwareFault),
                }
            }
        }
    }

    /// Waits for edges of own pins; of the hub's pins is known what the stimuli will do, and no
    /// more in real time than in the simulation.
    fn wait_for_pins(
        &mut self,
        at_ns: u64,
        watched: &[WatchedPin<'_>],
        until_ns: u64,
    ) -> Option<u64> {
        let awaited = |one: &WatchedPin<'_>| {
            let is_told = self.edges.are_told_of(one.pin) && self.edges.failed(one.pin).is_none();
            Some(Awaited {
                pin: one.pin.to_owned(),
                to: edges::wanted(one.watch).ok().filter(|_| is_told)?.0,
                since_ns: one.since_ns,
            })
        };
        let awaited: Vec<Awaited> = watched.iter().map(awaited).collect::<Option<_>>()?;
        let at_most = self.clock.between(at_ns, until_ns);
        self.edges.wait(self.clock, &awaited, at_most);
        Some(self.clock.now_ns().max(at_ns))
    }

    fn nv_read(&mut self, _at_ns: u64, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        self.nv()?.read(block)
    }

    fn nv_write(&mut self, _at_ns: u64, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        self.nv()?.write(block, data)
    }

    fn nv_invalidate(&mut self, _at_ns: u64, block: NvBlock<'_>) -> Result<(), NvError> {
        self.nv()?.invalidate(block)
    }

    fn nv_status(&mut self, _at_ns: u64, block: NvBlock<'_>) -> NvStatus {
        match self.nv() {
            Ok(nv) => nv.status(block),
            Err(error) => NvStatus::Failed(error),
        }
    }

    fn publish(&mut self, _at_ns: u64, partition: PartitionId, element: u32, value: &[u8]) {
        if !self.networks.carries(partition, element) {
            return;
        }
        for message in self.networks.publish(partition, element, value) {
            // A hub that is gone is noticed by the reader of the connection.
            let _told = self.tell(&message);
        }
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        let Record::Printed {
            partition,
            instance,
            is_error,
            text,
        } = record
        else {
            return;
        };
        if self.hub.is_some() {
            // A hub that is gone is noticed by the reader of the connection.
            let _told = self.tell(&ToHub::Printed {
                at_ns,
                partition: partition.to_owned(),
                instance,
                is_error,
                text: text.to_vec(),
            });
        }
        self.log(Line::printed(partition, is_error, text));
    }

    fn random(&mut self) -> u64 {
        // Each of these states is seeded by the operating system.
        RandomState::new().build_hasher().finish()
    }
}

#[cfg(test)]
mod tests;
