//! The platform of a Linux ECU: its clock, and behind the names of buses and pins what the
//! configuration says: devices of this machine, or the hub.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, Hasher, RandomState},
    sync::mpsc::Sender,
};

use deployment::{BusKind, System};
use ecu_host::PartitionId;
use ecu_host::board::{
    BitOrder, Board, BusTime, CanError, CanEvent, CanFrame, CanStatus, GpioError, I2cError,
    I2cOperation, I2cTransfer, Level, NvBlock, NvError, NvStatus, PinConfig, PinWatch, Record,
    SpiConfig, SpiError, SpiMode, SpiOperation, SpiTransfer, WatchedPin,
};

use crate::{
    AttachError,
    attached::{
        Heard,
        can::Interface,
        edges::{self, Awaited, Edges},
        i2c,
        pins::Pin,
        spi,
    },
    clock::Clock,
    configuration::{BusBinding, Configuration},
    hub_link::HubLink,
    network::Networks,
    nv::NvStore,
    protocol::ToHub,
    services::{Line, Severity},
};

/// What has happened outside, for the loop.
pub(crate) enum News {
    Hub(Result<crate::protocol::ToEcu, crate::ReadError>),
    Can {
        bus: String,
        heard: Heard,
    },
    /// The process is asked to end.
    End,
}

/// All that an ECU reaches.
pub(crate) struct LinuxBoard {
    pub(crate) clock: Clock,
    pub(crate) hub: Option<HubLink>,
    can: BTreeMap<String, Can>,
    i2c: BTreeMap<String, I2c>,
    spi: BTreeMap<String, spi::Device>,
    pins: BTreeMap<String, Pin>,
    edges: Edges,
    /// Those whose loss the log has told.
    lost_pins: BTreeSet<String>,
    nv: Option<NvStore>,
    pub(crate) networks: Networks,
    log: Sender<Line>,
}

struct Can {
    bit_rate_hz: u32,
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

impl LinuxBoard {
    /// Opens everything that the configuration binds. A bus of the system without a binding is not
    /// attached: a partition that needs it says so.
    pub(crate) fn open(
        system: &System,
        configuration: &Configuration,
        hub: Option<HubLink>,
        nv: Option<NvStore>,
        log: Sender<Line>,
        news: &Sender<News>,
    ) -> Result<LinuxBoard, AttachError> {
        let mut board = LinuxBoard {
            clock: Clock::standing(),
            hub,
            can: BTreeMap::new(),
            i2c: BTreeMap::new(),
            spi: BTreeMap::new(),
            pins: BTreeMap::new(),
            edges: Edges::default(),
            lost_pins: BTreeSet::new(),
            nv,
            networks: Networks::default(),
            log,
        };
        for (name, binding) in &configuration.buses {
            board.attach(system, name, binding, news)?;
        }
        for (name, binding) in &configuration.pins {
            let pin = Pin::open(binding).map_err(|reason| AttachError::Device {
                name: name.clone(),
                reason,
            })?;
            board.pins.insert(name.clone(), pin);
        }
        Ok(board)
    }

    fn attach(
        &mut self,
        system: &System,
        name: &str,
        binding: &BusBinding,
        news: &Sender<News>,
    ) -> Result<(), AttachError> {
        let failed = |reason: String| AttachError::Device {
            name: name.to_owned(),
            reason,
        };
        let bus = system.buses.iter().find(|bus| bus.name == name);
        let kind = bus.map(|bus| &bus.kind);
        let no_hub = self.hub.is_none() && matches!(binding, BusBinding::Hub {});
        if no_hub {
            return Err(AttachError::NoHub { name: name.into() });
        }
        match (binding, kind) {
            (BusBinding::Hub {}, Some(BusKind::Can { bitrate_bps })) => {
                self.can
                    .insert(name.into(), Can::new(*bitrate_bps, CanLink::Hub));
            }
            (BusBinding::Hub {}, Some(BusKind::I2c { .. })) => {
                self.i2c.insert(name.into(), I2c::Hub);
            }
            (BusBinding::Socketcan { interface }, Some(BusKind::Can { bitrate_bps })) => {
                let (tell, bus) = (news.clone(), name.to_owned());
                let hear = move |heard| {
                    tell.send(News::Can {
                        bus: bus.clone(),
                        heard,
                    })
                    .is_ok()
                };
                let opened = Interface::open(interface, name, hear);
                let link = opened.map_err(|error| failed(format!("`{interface}`: {error}")))?;
                self.can
                    .insert(name.into(), Can::new(*bitrate_bps, CanLink::Socket(link)));
            }
            (BusBinding::I2cDev { device }, Some(BusKind::I2c { .. })) => {
                let opened = i2c::Bus::open(device);
                let bus =
                    opened.map_err(|error| failed(format!("`{}`: {error}", device.display())))?;
                self.i2c.insert(name.into(), I2c::Device(bus));
            }
            (
                BusBinding::Spidev {
                    device,
                    clock_hz,
                    mode,
                    lsb_first,
                },
                None,
            ) => {
                let opened = spi::Device::open(device, spi_config(*clock_hz, *mode, *lsb_first));
                let opened =
                    opened.map_err(|error| failed(format!("`{}`: {error}", device.display())))?;
                self.spi.insert(name.into(), opened);
            }
            (_, None) => return Err(AttachError::NoBus { name: name.into() }),
            (_, Some(_)) => return Err(AttachError::Kind { name: name.into() }),
        }
        Ok(())
    }

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

impl Can {
    fn new(bit_rate_hz: u32, link: CanLink) -> Can {
        Can {
            bit_rate_hz,
            status: CanStatus::default(),
            link,
        }
    }
}

fn spi_config(clock_hz: u32, mode: u8, lsb_first: bool) -> SpiConfig {
    SpiConfig {
        clock_hz,
        mode: match mode {
            0 => SpiMode::Mode0,
            1 => SpiMode::Mode1,
            2 => SpiMode::Mode2,
            _ => SpiMode::Mode3,
        },
        bit_order: match lsb_first {
            true => BitOrder::LeastSignificantFirst,
            false => BitOrder::MostSignificantFirst,
        },
    }
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
                // The hub answers at once, the bus would not.
                self.clock.wait(at_ns, at_ns.saturating_add(done.bus_time.0));
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
        _at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        match self.spi.get_mut(device) {
            Some(device) => device.configure(config),
            None => Err(SpiError::Other("the device is not attached".to_owned())),
        }
    }

    fn spi(&mut self, _at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        match self.spi.get_mut(device) {
            Some(device) => device.transfer(operations),
            None => SpiTransfer::failed(SpiError::Other("the device is not attached".to_owned())),
        }
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        self.pins.get(name).map(|pin| pin.config)
    }

    fn digital_read(&mut self, _at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        self.pins
            .get(pin)
            .ok_or(GpioError::UndefinedPinLabel)?
            .level()
    }

    fn digital_write(&mut self, _at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        self.pins
            .get(pin)
            .ok_or(GpioError::UndefinedPinLabel)?
            .drive(level)
    }

    fn analog_read(&mut self, _at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        self.pins
            .get_mut(pin)
            .ok_or(GpioError::UndefinedPinLabel)?
            .number()
    }

    fn analog_write(&mut self, _at_ns: u64, pin: &str, value: u32) -> Result<(), GpioError> {
        self.pins
            .get_mut(pin)
            .ok_or(GpioError::UndefinedPinLabel)?
            .give(value)
    }

    /// What a watch waits for: the level that the pin has now, or that an edge gave it since.
    fn pin_ready(
        &mut self,
        at_ns: u64,
        pin: &str,
        watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        let (to, is_level) = edges::wanted(watch)?;
        let entry = self.pins.get_mut(pin);
        let entry = entry.ok_or(GpioError::UndefinedPinLabel)?;
        entry.watch(pin, &self.edges)?;
        self.tell_lost(pin)?;
        let awaited = Awaited {
            pin: pin.to_owned(),
            to,
            since_ns,
        };
        match self.edges.last_ns(self.clock, &awaited) {
            Some(last_ns) => Ok(Some(last_ns)),
            None if is_level && entry.level()? == to => Ok(Some(at_ns)),
            None => Ok(None),
        }
    }

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
        let at_most = self.clock.from_until(at_ns, until_ns);
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
mod tests {
    use super::*;
    use crate::attached::edges::{Edge, tests::FakeLine};
    use ecu_host::board::{ActiveLevel, PinDirection, PinKind};
    use std::{
        io,
        num::NonZeroU32,
        sync::{
            Arc, Mutex,
            mpsc::{Receiver, channel},
        },
        time::{Duration, Instant},
    };

    type Teller = Sender<io::Result<Edge>>;

    /// A board with an input `door`, which is high; its edges are told by hand.
    fn board() -> (LinuxBoard, Teller, Receiver<Line>) {
        let (log, lines) = channel();
        let (news, _) = channel();
        let (tell, edges) = channel();
        let system = System {
            format: deployment::FORMAT,
            name: "test".into(),
            ecus: vec![],
            buses: vec![],
            routes: vec![],
            blocks: vec![],
        };
        let configuration = Configuration::default();
        let opened = LinuxBoard::open(&system, &configuration, None, None, log, &news);
        let mut board = opened.unwrap();
        let config = PinConfig {
            direction: PinDirection::In,
            kind: PinKind::Digital,
            active_level: ActiveLevel::Low,
            pull: None,
        };
        let line = FakeLine {
            level: Arc::new(Mutex::new(Level::High)),
            edges: Some(edges),
        };
        let pin = Pin::digital(config, line);
        board.pins.insert("door".into(), pin);
        board.clock = Clock::start(NonZeroU32::MIN);
        (board, tell, lines)
    }

    const FALLS: PinWatch = PinWatch::Edge(Level::Low);
    const SECOND: u64 = 1_000_000_000;

    fn fall(tell: &Teller, at: Instant) {
        let to = Level::Low;
        tell.send(Ok(Edge { to, at })).unwrap();
    }

    #[test]
    fn a_level_that_is_there_is_ready_and_an_edge_that_is_not_is_waited_for() {
        let (mut board, tell, _lines) = board();
        let ready = |board: &mut LinuxBoard, watch| board.pin_ready(5, "door", watch, 3);
        let high = PinWatch::Level(Level::High);
        assert_eq!(ready(&mut board, high), Ok(Some(5)));
        assert_eq!(ready(&mut board, PinWatch::Level(Level::Low)), Ok(None));
        assert_eq!(ready(&mut board, FALLS), Ok(None));
        // The press of a button comes from elsewhere while the activation waits.
        let pressing = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(2));
            let at = Instant::now();
            fall(&tell, at);
            (tell, at)
        });
        let watched = WatchedPin {
            pin: "door",
            watch: FALLS,
            since_ns: 0,
        };
        let back_ns = board.wait_for_pins(0, &[watched], 600 * SECOND).unwrap();
        let (_tell, at) = pressing.join().unwrap();
        let at_ns = board.clock.at(at);
        assert!((at_ns..500 * SECOND).contains(&back_ns));
        assert_eq!(board.pin_ready(back_ns, "door", FALLS, 0), Ok(Some(at_ns)));
        // It is high again by the line itself, and has been low since.
        let low = PinWatch::Level(Level::Low);
        assert_eq!(board.pin_ready(back_ns, "door", low, 0), Ok(Some(at_ns)));
        assert_eq!(board.pin_ready(back_ns, "door", FALLS, at_ns + 1), Ok(None));
    }

    #[test]
    fn a_wait_for_an_edge_that_does_not_come_ends_in_time() {
        let (mut board, _tell, _lines) = board();
        assert_eq!(board.pin_ready(0, "door", FALLS, 0), Ok(None));
        let watched = WatchedPin {
            pin: "door",
            watch: FALLS,
            since_ns: 0,
        };
        let until_ns = board.clock.now_ns() + 3_000_000;
        let back_ns = board.wait_for_pins(0, &[watched], until_ns);
        assert!(back_ns.unwrap() >= until_ns);
    }

    #[test]
    fn a_watch_that_is_lost_is_told_once_and_never_waited_for() {
        let (mut board, tell, lines) = board();
        assert_eq!(board.pin_ready(0, "door", FALLS, 0), Ok(None));
        tell.send(Err(io::Error::other("no such device"))).unwrap();
        let watched = WatchedPin {
            pin: "door",
            watch: FALLS,
            since_ns: 0,
        };
        let begun = Instant::now();
        // Either it is lost already, or the loss ends the wait.
        let _back_ns = board.wait_for_pins(0, &[watched], 600 * SECOND);
        assert!(begun.elapsed() < Duration::from_secs(60));
        assert_eq!(board.wait_for_pins(0, &[watched], 600 * SECOND), None);
        for _ in 0..2 {
            let ready = board.pin_ready(0, "door", FALLS, 0);
            assert_eq!(ready, Err(GpioError::HardwareFault));
        }
        let said: Vec<String> = lines.try_iter().map(|line| line.text).collect();
        assert_eq!(
            said,
            [
                "pin `door` is not watched any more: no such device; look at its controller and start the service again"
            ]
        );
    }

    #[test]
    fn what_cannot_be_watched_is_refused() {
        let (mut board, _tell, _lines) = board();
        let refused = |board: &mut LinuxBoard, pin: &str, watch| {
            board.pin_ready(0, pin, watch, 0).unwrap_err()
        };
        let undefined = GpioError::UndefinedPinLabel;
        assert_eq!(refused(&mut board, "gone", FALLS), undefined);
        let other_mode = GpioError::PinModeNotAvailable;
        assert_eq!(refused(&mut board, "door", PinWatch::Above(3)), other_mode);
        // A line without an interrupt is read as before.
        let config = board.pin("door").unwrap();
        let level = Arc::new(Mutex::new(Level::High));
        let deaf = FakeLine { level, edges: None };
        board.pins.insert("deaf".into(), Pin::digital(config, deaf));
        let unsupported = GpioError::OperationNotSupported;
        assert_eq!(refused(&mut board, "deaf", FALLS), unsupported);
        assert_eq!(board.digital_read(0, "deaf"), Ok(Level::High));
    }
}
