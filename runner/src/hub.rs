//! The virtual buses of a run, in the parent process: takes frames from each ECU to all others, and
//! what an ECU asks of devices and pins to those of whoever runs the hub. Knows no device and no
//! file.

mod frames;
mod network;

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        atomic::Ordering,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use deployment::{Bus, BusKind};
use ecu_host::board::{BusTime, I2cError, I2cOperation, I2cTransfer};

use crate::{
    HubError, ReadError,
    bus::VirtualCan,
    clock::Clock,
    hub_options::{Devices, HubEvent, HubOptions},
    protocol::{EcuReport, PROTOCOL, ToEcu, ToHub, read_message, write_message},
};

use network::VirtualNetwork;

/// A bound hub, to whose address the ECU processes are sent.
pub struct Hub {
    listener: TcpListener,
    address: SocketAddr,
}

impl Hub {
    /// Listens on a free port of this machine only.
    pub fn bind() -> Result<Hub, HubError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Hub { listener, address })
    }

    /// For [`crate::RunnerOptions::hub`].
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves one run to its end. An ECU that is lost ends it for all.
    pub fn serve(
        self,
        options: &HubOptions,
        devices: &mut dyn Devices,
        on_event: &mut dyn FnMut(HubEvent),
    ) -> Result<Vec<EcuReport>, HubError> {
        let (tell, heard) = channel();
        let mut run = Run::new(options, devices, on_event, heard);
        let result = run.gather(&self.listener, &tell).and_then(|()| run.serve());
        run.tell_all(&ToEcu::Stop);
        result.map(|()| run.reports)
    }
}

/// A message of a connection.
type Heard = (usize, Result<ToHub, ReadError>);

/// How often the stop flag is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long an ECU may take to end after its time.
const GRACE: Duration = Duration::from_secs(10);

/// One connection.
struct Line {
    stream: TcpStream,
    ecu: Option<String>,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Loading,
    Ready,
    Finished,
    Closed,
}

struct Run<'a> {
    options: &'a HubOptions,
    devices: &'a mut dyn Devices,
    on_event: &'a mut dyn FnMut(HubEvent),
    heard: Receiver<Heard>,
    lines: Vec<Line>,
    buses: BTreeMap<String, VirtualCan>,
    networks: BTreeMap<String, VirtualNetwork>,
    clock: Clock,
    reports: Vec<EcuReport>,
}

impl<'a> Run<'a> {
    fn new(
        options: &'a HubOptions,
        devices: &'a mut dyn Devices,
        on_event: &'a mut dyn FnMut(HubEvent),
        heard: Receiver<Heard>,
    ) -> Run<'a> {
        let can = |bus: &Bus| Some((bus.name.clone(), VirtualCan::of(&bus.kind)?));
        Run {
            options,
            devices,
            on_event,
            heard,
            lines: Vec::new(),
            buses: options.buses.iter().filter_map(can).collect(),
            networks: options
                .buses
                .iter()
                .filter_map(VirtualNetwork::of)
                .collect(),
            clock: Clock::standing(),
            reports: Vec::new(),
        }
    }

    /// Until all ECUs are ready.
    fn gather(&mut self, listener: &TcpListener, tell: &Sender<Heard>) -> Result<(), HubError> {
        let deadline = Instant::now() + self.options.ready_within;
        loop {
            self.accept(listener, tell)?;
            if let Ok((line, message)) = self.heard.recv_timeout(LOOK) {
                self.greet(line, message)?;
            }
            let missing = self.missing();
            if missing.is_empty() {
                return Ok(());
            }
            if Instant::now() > deadline || self.options.stop.load(Ordering::Relaxed) {
                return Err(HubError::NotReady {
                    missing: missing.join(", "),
                });
            }
        }
    }

    fn accept(&mut self, listener: &TcpListener, tell: &Sender<Heard>) -> Result<(), HubError> {
        match listener.accept() {
            Ok((stream, _)) => self.attach(stream, tell.clone()).map_err(HubError::Listen),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(HubError::Listen(error)),
        }
    }

    fn attach(&mut self, stream: TcpStream, tell: Sender<Heard>) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        // An ECU that does not read must not stop the hub.
        stream.set_write_timeout(Some(GRACE))?;
        let mut reader = stream.try_clone()?;
        let line = self.lines.len();
        self.lines.push(Line {
            stream,
            ecu: None,
            phase: Phase::Loading,
        });
        let read = move || {
            loop {
                let message = read_message(&mut reader);
                let is_last = message.is_err();
                if tell.send((line, message)).is_err() || is_last {
                    return;
                }
            }
        };
        thread::Builder::new()
            .name(format!("ecu connection {line}"))
            .spawn(read)?;
        Ok(())
    }

    fn missing(&self) -> Vec<String> {
        let is_ready = |ecu: &&String| {
            let of_ecu = |line: &Line| line.ecu.as_ref() == Some(*ecu);
            self.lines
                .iter()
                .any(|line| of_ecu(line) && line.phase == Phase::Ready)
        };
        self.options
            .ecus
            .iter()
            .filter(|ecu| !is_ready(ecu))
            .cloned()
            .collect()
    }

    fn greet(&mut self, line: usize, message: Result<ToHub, ReadError>) -> Result<(), HubError> {
        let Some(ecu) = self.ecu(line) else {
            self.introduce(line, message);
            return Ok(());
        };
        match message {
            Ok(ToHub::Ready) => {
                self.set_phase(line, Phase::Ready);
                (self.on_event)(HubEvent::Ready { ecu });
                Ok(())
            }
            // What instantiating does happens at time zero.
            message => self.hear(line, message),
        }
    }

    fn introduce(&mut self, line: usize, message: Result<ToHub, ReadError>) {
        let reason = match message {
            Ok(ToHub::Hello {
                protocol: PROTOCOL,
                ecu,
            }) => match self.refusal(&ecu) {
                None => {
                    if let Some(entry) = self.lines.get_mut(line) {
                        entry.ecu = Some(ecu);
                    }
                    return;
                }
                Some(reason) => reason,
            },
            Ok(ToHub::Hello { protocol, .. }) => {
                format!("protocol {protocol} is not {PROTOCOL}; both sides must be of one version")
            }
            Ok(_) => "a message came before `hello`".to_owned(),
            Err(error) => error.to_string(),
        };
        self.tell(
            line,
            &ToEcu::Refused {
                reason: reason.clone(),
            },
        );
        self.set_phase(line, Phase::Closed);
        (self.on_event)(HubEvent::Stranger { reason });
    }

    fn refusal(&self, ecu: &String) -> Option<String> {
        let is_taken = self.lines.iter().any(|line| line.ecu.as_ref() == Some(ecu));
        match (self.options.ecus.contains(ecu), is_taken) {
            (false, _) => Some(format!("ECU `{ecu}` is not part of this run")),
            (true, true) => Some(format!("ECU `{ecu}` is connected already")),
            (true, false) => None,
        }
    }

    /// From time zero until all ECUs have finished.
    fn serve(&mut self) -> Result<(), HubError> {
        let HubOptions {
            run_for, slower, ..
        } = *self.options;
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        // First, so that no frame comes before its time.
        self.clock = Clock::start(slower);
        self.tell_all(&ToEcu::Start {
            run_for_ns: run_for.map(nanoseconds),
            slower,
        });
        (self.on_event)(HubEvent::Started);
        let real = |run_for: Duration| run_for.saturating_mul(slower.get()) + GRACE;
        let mut deadline = run_for.map(|run_for| Instant::now() + real(run_for));
        while let Some(ecu) = self.unfinished() {
            match self.heard.recv_timeout(self.wait()) {
                Ok((line, message)) => self.hear(line, message)?,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            self.offer_absent(self.clock.now_ns());
            self.pass_frames(self.clock.now_ns());
            self.pass_values(self.clock.now_ns());
            if self.options.stop.swap(false, Ordering::Relaxed) {
                self.tell_all(&ToEcu::Stop);
                deadline = Some(Instant::now() + GRACE);
            }
            if deadline.is_some_and(|deadline| Instant::now() > deadline) {
                return Err(HubError::NotFinished { ecu });
            }
        }
        self.pass_frames(u64::MAX);
        Ok(())
    }

    fn wait(&self) -> Duration {
        let ends = self.buses.values().filter_map(VirtualCan::next_end_ns);
        let arrivals = self.networks.values().filter_map(VirtualNetwork::next_ns);
        ends.chain(arrivals)
            .chain(self.devices.next_frame_ns())
            .map(|end_ns| self.clock.until(end_ns))
            .min()
            .unwrap_or(LOOK)
            .min(LOOK)
    }

    fn unfinished(&self) -> Option<String> {
        let line = self.lines.iter().find(|line| line.phase == Phase::Ready)?;
        line.ecu.clone()
    }

    fn hear(&mut self, line: usize, message: Result<ToHub, ReadError>) -> Result<(), HubError> {
        let Some(ecu) = self.ecu(line) else {
            return Ok(());
        };
        let is_finished = self
            .lines
            .get(line)
            .is_some_and(|line| line.phase == Phase::Finished);
        match message {
            Err(_) if is_finished => {}
            Err(reason) => return Err(HubError::EcuLost { ecu, reason }),
            Ok(ToHub::Frame { request, frame }) => self.offer((line, request), ecu, frame),
            Ok(ToHub::Abort { bus, request }) => self.withdraw((line, request), &bus),
            Ok(ToHub::Value {
                network,
                key,
                value,
            }) => {
                let now_ns = self.clock.now_ns();
                let place = self.networks.get_mut(&network);
                if !place.is_some_and(|place| place.offer(now_ns, &ecu, &key, &value)) {
                    (self.on_event)(HubEvent::ValueDropped { ecu, network, key });
                }
            }
            Ok(ToHub::I2c {
                at_ns,
                bus,
                address,
                operations,
            }) => {
                let mut operations: Vec<_> =
                    operations.into_iter().map(I2cOperation::from).collect();
                let done = self.transfer(at_ns, &bus, address, &mut operations);
                self.tell(line, &ToEcu::answer(done, &operations));
            }
            Ok(ToHub::Spi {
                at_ns,
                device,
                mut operations,
            }) => {
                let done = self.devices.spi(at_ns, &device, &mut operations);
                self.tell(line, &ToEcu::spi_answer(done, operations));
            }
            Ok(ToHub::SpiConfigure {
                at_ns,
                device,
                config,
            }) => {
                let result = self.devices.spi_configure(at_ns, &device, config);
                self.tell(line, &ToEcu::SpiConfigured { result });
            }
            Ok(ToHub::Pin {
                at_ns,
                pin,
                request,
            }) => {
                let result = self.devices.pin(at_ns, &ecu, &pin, request);
                self.tell(line, &ToEcu::Pin { result });
            }
            Ok(ToHub::Printed {
                at_ns,
                partition,
                is_error,
                text,
                ..
            }) => {
                (self.on_event)(HubEvent::Printed {
                    at_ns,
                    ecu,
                    partition,
                    is_error,
                    text,
                });
            }
            Ok(ToHub::Trapped {
                at_ns,
                partition,
                text,
                backtrace,
            }) => {
                (self.on_event)(HubEvent::Trapped {
                    at_ns,
                    ecu,
                    partition,
                    text,
                    backtrace,
                });
            }
            Ok(ToHub::Finished { report }) => {
                self.set_phase(line, Phase::Finished);
                self.reports.push(report.clone());
                (self.on_event)(HubEvent::Finished(report));
            }
            Ok(ToHub::Hello { .. } | ToHub::Ready) => {}
        }
        Ok(())
    }

    fn transfer(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        let is_i2c = |entry: &Bus| entry.name == bus && matches!(entry.kind, BusKind::I2c { .. });
        match self.options.buses.iter().any(is_i2c) {
            true => self.devices.i2c(at_ns, bus, address, operations),
            false => I2cTransfer {
                bus_time: BusTime(0),
                result: Err(I2cError::Other),
            },
        }
    }

    fn ecu(&self, line: usize) -> Option<String> {
        self.lines.get(line)?.ecu.clone()
    }

    fn set_phase(&mut self, line: usize, phase: Phase) {
        if let Some(line) = self.lines.get_mut(line) {
            line.phase = phase;
        }
    }

    fn tell_all(&mut self, message: &ToEcu) {
        (0..self.lines.len()).for_each(|line| self.tell(line, message));
    }

    fn tell(&mut self, line: usize, message: &ToEcu) {
        let Some(line) = self.lines.get_mut(line) else {
            return;
        };
        if matches!(line.phase, Phase::Loading | Phase::Ready) {
            // An ECU that is gone is noticed by the reader of its connection.
            let _told = write_message(&mut line.stream, message);
        }
    }
}
