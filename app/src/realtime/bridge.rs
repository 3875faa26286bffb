//! Plays an ECU at the hub for a board that speaks SLCAN: frames both ways, changes of sensors at
//! their time, and what the board says of itself at the end. Knows nothing of how the board runs.
//!
//! The board's clock begins at its reset, so that is when the other ECUs' time begins: what it does at
//! time zero comes when it has booted, and all later things at their time.

use super::{
    MachineError,
    board_log::{self, Status},
    machine::{Machine, MachineOrder},
};
use runner::{
    EcuReport, PROTOCOL, ReadError, ToEcu, ToHub, WireFrame, read_message, write_message,
};
use slcan::{Command, Decoder, Frame, Line};
use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

/// How long a board may take for an answer: QEMU on a busy machine.
const PATIENCE: Duration = Duration::from_secs(100);

/// A temperature from a time on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SensorChange {
    pub(super) at_ns: u64,
    pub(super) sensor: String,
    pub(super) celsius: f64,
}

enum Event {
    Log(String),
    /// From the board: the number of its bus.
    Frame(usize, Frame),
    Hub(Result<ToEcu, ReadError>),
    /// The log has ended, and so the board.
    Ended,
}

struct Bridge<'a> {
    order: &'a MachineOrder,
    machine: Machine,
    hub: TcpStream,
    events: Receiver<Event>,
    changes: VecDeque<SensorChange>,
    /// What the board has said, for messages.
    log: Vec<String>,
}

/// Until the run is over. `changes` are by time.
pub(super) fn serve(
    order: &MachineOrder,
    changes: Vec<SensorChange>,
    hub: SocketAddr,
) -> Result<(), MachineError> {
    let mut bridge = Bridge::new(order, changes, hub)?;
    bridge.change(0)?;
    bridge.tell(&ToHub::Ready)?;
    let Some(run_for_ns) = bridge.wait_for_start()? else {
        return Ok(());
    };
    bridge.machine.go()?;
    bridge.pass(Instant::now(), run_for_ns)?;
    let report = bridge.report()?;
    bridge.tell(&ToHub::Finished { report })
}

impl<'a> Bridge<'a> {
    fn new(
        order: &'a MachineOrder,
        changes: Vec<SensorChange>,
        hub: SocketAddr,
    ) -> Result<Bridge<'a>, MachineError> {
        let machine = Machine::start(order)?;
        let (tell, events) = channel();
        let hub = TcpStream::connect(hub).and_then(|hub| {
            hub.set_nodelay(true)?;
            listen_to_hub(hub.try_clone()?, tell.clone())?;
            listen_to_log(machine.log.try_clone()?, tell.clone())?;
            for (number, line) in machine.can.iter().enumerate() {
                listen_to_bus(number, line.try_clone()?, tell.clone())?;
            }
            Ok(hub)
        });
        let mut bridge = Bridge {
            order,
            machine,
            hub: hub.map_err(MachineError::Hub)?,
            events,
            changes: changes.into(),
            log: Vec::new(),
        };
        bridge.tell(&ToHub::Hello {
            protocol: PROTOCOL,
            ecu: order.ecu.clone(),
        })?;
        Ok(bridge)
    }

    /// How long to run; none where there is nothing to run any more.
    fn wait_for_start(&mut self) -> Result<Option<u64>, MachineError> {
        loop {
            match self.next(Duration::MAX)? {
                Some(Event::Hub(Ok(ToEcu::Start { run_for_ns, .. }))) => {
                    return Ok(Some(run_for_ns.unwrap_or(u64::MAX)));
                }
                Some(Event::Hub(Ok(ToEcu::Stop | ToEcu::Refused { .. }) | Err(_))) => {
                    return Ok(None);
                }
                _ => {}
            }
        }
    }

    fn pass(&mut self, zero: Instant, run_for_ns: u64) -> Result<(), MachineError> {
        loop {
            let now_ns = u64::try_from(zero.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.change(now_ns)?;
            if now_ns >= run_for_ns {
                return Ok(());
            }
            let next_ns = self.changes.front().map(|change| change.at_ns);
            let due_ns = next_ns.unwrap_or(u64::MAX).min(run_for_ns);
            match self.next(Duration::from_nanos(due_ns.saturating_sub(now_ns)))? {
                Some(Event::Frame(bus, frame)) => self.forward(bus, frame)?,
                Some(Event::Log(line)) => {
                    if let Some((partition, text)) = board_log::trap(&line) {
                        self.tell(&ToHub::Trapped {
                            at_ns: now_ns,
                            partition,
                            text,
                            backtrace: Vec::new(),
                        })?;
                    }
                }
                Some(Event::Hub(Ok(ToEcu::Frame { frame }))) => self.transmit(&frame)?,
                Some(Event::Hub(Ok(ToEcu::Stop) | Err(_))) => return Ok(()),
                // SLCAN knows no confirmation; the other messages come before the start.
                Some(Event::Hub(Ok(_)) | Event::Ended) | None => {}
            }
        }
    }

    fn report(&mut self) -> Result<EcuReport, MachineError> {
        let mut status = Status::new(&self.order.ecu);
        self.machine
            .log
            .write_all(&[board_log::QUESTION])
            .map_err(|error| self.lost(&error.to_string()))?;
        let begin = Instant::now();
        loop {
            match self.next(PATIENCE.saturating_sub(begin.elapsed()))? {
                Some(Event::Log(line)) => {
                    if status.take(&line) {
                        return Ok(status.report);
                    }
                }
                Some(_) => {}
                None => return Err(self.lost("it does not say what it has counted")),
            }
        }
    }

    /// What comes within that time. A board that has stopped is an error.
    fn next(&mut self, within: Duration) -> Result<Option<Event>, MachineError> {
        let event = match self.events.recv_timeout(within) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            Err(RecvTimeoutError::Disconnected) => Event::Ended,
        };
        match &event {
            Event::Log(line) => {
                self.log.push(line.clone());
                match board_log::has_stopped(line) {
                    true => Err(self.lost("it has stopped")),
                    false => Ok(Some(event)),
                }
            }
            Event::Ended => Err(self.lost("QEMU has ended")),
            _ => Ok(Some(event)),
        }
    }

    /// Temperatures that are due.
    fn change(&mut self, now_ns: u64) -> Result<(), MachineError> {
        while let Some(change) = self.changes.pop_front_if(|change| change.at_ns <= now_ns) {
            self.machine
                .set_temperature(&change.sensor, change.celsius)?;
        }
        Ok(())
    }

    fn forward(&mut self, bus: usize, frame: Frame) -> Result<(), MachineError> {
        let Some(bus) = self.order.buses.get(bus) else {
            return Ok(());
        };
        let frame = on_wire(bus, &frame);
        self.tell(&ToHub::Frame { request: 0, frame })
    }

    fn transmit(&mut self, frame: &WireFrame) -> Result<(), MachineError> {
        let bus = self.order.buses.iter().position(|bus| *bus == frame.bus);
        let line = bus.and_then(|bus| self.machine.can.get_mut(bus));
        let Some(line) = line else { return Ok(()) };
        let written = line.write_all(Line::of(&on_line(frame)).as_bytes());
        written.map_err(|error| self.lost(&error.to_string()))
    }

    fn tell(&mut self, message: &ToHub) -> Result<(), MachineError> {
        write_message(&mut self.hub, message).map_err(MachineError::Hub)
    }

    fn lost(&self, reason: &str) -> MachineError {
        MachineError::Lost {
            ecu: self.order.ecu.clone(),
            board: self.order.board.clone(),
            reason: reason.to_owned(),
            log: self.log.iter().map(|line| format!("\n{line}")).collect(),
        }
    }
}

fn on_wire(bus: &str, frame: &Frame) -> WireFrame {
    WireFrame {
        bus: bus.to_owned(),
        id: frame.id,
        extended: frame.extended,
        remote: frame.remote,
        data: frame.data().to_vec(),
        flexible: None,
    }
}

fn on_line(frame: &WireFrame) -> Frame {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(&frame.data) {
        *place = *byte;
    }
    Frame {
        id: frame.id,
        extended: frame.extended,
        remote: frame.remote,
        length: frame.data.len().min(bytes.len()) as u8,
        bytes,
    }
}

fn listen_to_hub(mut stream: TcpStream, tell: Sender<Event>) -> io::Result<()> {
    listen("board's hub connection", move || {
        loop {
            let message = read_message(&mut stream);
            let is_last = message.is_err();
            if tell.send(Event::Hub(message)).is_err() || is_last {
                return;
            }
        }
    })
}

fn listen_to_log(stream: TcpStream, tell: Sender<Event>) -> io::Result<()> {
    listen("board's log", move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if tell.send(Event::Log(line)).is_err() {
                return;
            }
        }
        // Nobody may be listening any more.
        let _heard = tell.send(Event::Ended);
    })
}

/// Answers of the board to what it was sent (`z`, BEL) are passed over.
fn listen_to_bus(number: usize, mut stream: TcpStream, tell: Sender<Event>) -> io::Result<()> {
    const BEL: u8 = 0x07;
    listen("board's bus", move || {
        let (mut decoder, mut buffer) = (Decoder::default(), [0; 512]);
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            let bytes = buffer.iter().take(count).filter(|byte| **byte != BEL);
            for byte in bytes {
                if let Some(Command::Frame(frame)) = decoder.put(*byte)
                    && tell.send(Event::Frame(number, frame)).is_err()
                {
                    return;
                }
            }
        }
    })
}

fn listen(name: &str, read: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let named = thread::Builder::new().name(name.to_owned());
    named.spawn(read).map(drop)
}
