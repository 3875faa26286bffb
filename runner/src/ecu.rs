//! One ECU in real time: loads its partitions, waits for the start, polls until the end.

use std::{
    net::{SocketAddr, TcpStream},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
};

use deployment::System;
use ecu_host::{
    Completion, Confirmation, Consequence, Ecu, EcuSettings, Outcome, PartitionId, board::Board,
    deployment_of, engine_config,
};
use wasmtime::{Engine, component::Component};

use crate::{
    ReadError, RunError,
    clock::Clock,
    files::{PartitionBytes, ecu_named},
    hub_board::{Answer, HubBoard},
    protocol::{
        EcuReport, PROTOCOL, PartitionReport, TaskReport, ToEcu, ToHub, read_message, write_message,
    },
};

/// One ECU and where its hub is.
#[derive(Debug, Clone)]
pub struct RunnerOptions {
    /// All ECUs, buses and connectors.
    pub system: System,
    /// Those of this ECU, by the names in the system; see [`crate::read_folder`].
    pub partitions: Vec<PartitionBytes>,
    /// Name of the ECU.
    pub ecu: String,
    /// Address of the hub.
    pub hub: SocketAddr,
}

/// Runs one ECU until the hub ends it, its time is over, or a partition stops the run. Guests that
/// fail are told to the hub and are no error here.
pub fn run(options: RunnerOptions) -> Result<EcuReport, RunError> {
    let connect = |error| RunError::Connect {
        address: options.hub.to_string(),
        error,
    };
    let mut stream = TcpStream::connect(options.hub).map_err(connect)?;
    stream.set_nodelay(true).map_err(connect)?;
    let hello = ToHub::Hello {
        protocol: PROTOCOL,
        ecu: options.ecu.clone(),
    };
    write_message(&mut stream, &hello).map_err(connect)?;
    let (news, answers) = listen(stream.try_clone().map_err(connect)?);
    let board = HubBoard::new(&options.system, stream, answers);
    let mut ecu = load(
        &options.system,
        &options.ecu,
        &options.partitions,
        Code::Native,
        board,
    )?;
    tell(&mut ecu, &ToHub::Ready)?;
    let run_for_ns = wait_for_start(&news)?;
    ecu.board_mut().clock = Clock::start();
    poll(&mut ecu, &news, run_for_ns)?;
    let report = report(&ecu, &options.ecu);
    tell(
        &mut ecu,
        &ToHub::Finished {
            report: report.clone(),
        },
    )?;
    Ok(report)
}

/// What the hub says, apart from answers to I2C transactions.
type News = Receiver<Result<ToEcu, ReadError>>;

/// Reads the connection on a thread of its own, so that a frame wakes the ECU.
fn listen(mut stream: TcpStream) -> (News, Receiver<Answer>) {
    let (tell_news, news) = channel();
    let (tell_answer, answers) = channel();
    let read = move || while forward(&mut stream, &tell_news, &tell_answer).is_some() {};
    let named = thread::Builder::new()
        .name("hub connection".to_owned())
        .spawn(read);
    // Without the thread both channels are closed, which reads as a lost hub.
    drop(named);
    (news, answers)
}

fn forward(
    stream: &mut TcpStream,
    news: &Sender<Result<ToEcu, ReadError>>,
    answers: &Sender<Answer>,
) -> Option<()> {
    match read_message(stream) {
        Ok(ToEcu::I2c { bus_ns, result }) => answers.send((bus_ns, result)).ok(),
        Ok(message) => news.send(Ok(message)).ok(),
        Err(error) => {
            let _last = news.send(Err(error));
            None
        }
    }
}

/// What partitions are compiled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Instructions of this machine.
    Native,
    /// Instructions of the interpreter that microcontrollers have, in its 64-bit form.
    Pulley64,
}

fn engine(code: Code) -> wasmtime::Result<Engine> {
    let mut config = engine_config();
    if code == Code::Pulley64 {
        config.target("pulley64")?;
    }
    Engine::new(&config)
}

/// An ECU of a composed system with its partitions, at time 0.
pub(crate) fn load<B: Board + 'static>(
    system: &System,
    name: &str,
    partitions: &[PartitionBytes],
    code: Code,
    board: B,
) -> Result<Ecu<B>, RunError> {
    let entry = ecu_named(system, name)?;
    let engine = engine(code).map_err(|error| RunError::Engine {
        reason: format!("{error:#}"),
    })?;
    let mut ecu = Ecu::new(&engine, EcuSettings::of(entry), board);
    for partition in partitions {
        let name = || partition.name.clone();
        let table = deployment_of(&partition.component).map_err(|error| RunError::Section {
            partition: name(),
            error,
        })?;
        let compiled = Component::from_binary(&engine, &partition.component);
        let component = compiled.map_err(|error| RunError::Compile {
            partition: name(),
            reason: format!("{error:#}"),
        })?;
        ecu.add(&component, table)?;
    }
    connect(&mut ecu, system, name)?;
    Ok(ecu)
}

fn connect<B: Board + 'static>(
    ecu: &mut Ecu<B>,
    system: &System,
    name: &str,
) -> Result<(), RunError> {
    let inside = |end: &deployment::RouteEnd| end.ecu == name;
    for route in system
        .routes
        .iter()
        .filter(|route| inside(&route.from) && inside(&route.to))
    {
        let end = |end: &deployment::RouteEnd| {
            let partition = ecu
                .partition_named(&end.partition)
                .ok_or_else(|| RunError::Route {
                    ecu: end.ecu.clone(),
                    partition: end.partition.clone(),
                })?;
            Ok::<_, RunError>((partition, end.element))
        };
        let (from, to) = (end(&route.from)?, end(&route.to)?);
        ecu.connect(from, to)?;
    }
    Ok(())
}

fn tell(ecu: &mut Ecu<HubBoard>, message: &ToHub) -> Result<(), RunError> {
    ecu.board_mut()
        .tell(message)
        .map_err(|error| RunError::HubLost(error.into()))
}

fn wait_for_start(news: &News) -> Result<Option<u64>, RunError> {
    loop {
        match news
            .recv()
            .unwrap_or(Err(ReadError::Closed))
            .map_err(RunError::HubLost)?
        {
            ToEcu::Start { run_for_ns } => return Ok(run_for_ns),
            ToEcu::Refused { reason } => return Err(RunError::Refused { reason }),
            ToEcu::Stop => return Ok(Some(0)),
            ToEcu::Frame { .. } | ToEcu::Confirmed { .. } | ToEcu::I2c { .. } => {}
        }
    }
}

/// Whether the ECU goes on.
enum Next {
    GoOn,
    End,
}

fn poll(ecu: &mut Ecu<HubBoard>, news: &News, run_for_ns: Option<u64>) -> Result<(), RunError> {
    let end_ns = run_for_ns.unwrap_or(u64::MAX);
    loop {
        let due_ns = ecu
            .next_activation()
            .map_or(u64::MAX, |next| next.at_ns)
            .min(end_ns);
        let wait = ecu.board().clock.until(due_ns);
        let heard = match wait.is_zero() {
            true => news.try_recv().ok(),
            false => match news.recv_timeout(wait) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Err(ReadError::Closed)),
            },
        };
        let next = match heard {
            Some(message) => hear(ecu, message.map_err(RunError::HubLost)?),
            None if due_ns >= end_ns => Next::End,
            None => work(ecu)?,
        };
        if matches!(next, Next::End) {
            return Ok(());
        }
    }
}

fn hear(ecu: &mut Ecu<HubBoard>, message: ToEcu) -> Next {
    match message {
        ToEcu::Frame { frame } => {
            let now_ns = ecu.board().clock.now_ns();
            if let Some(frame) = frame.checked() {
                ecu.receive(now_ns, &frame);
            }
            Next::GoOn
        }
        ToEcu::Confirmed { request, outcome } => {
            let at_ns = ecu.board().clock.now_ns();
            ecu.confirm(Confirmation {
                request,
                outcome: outcome.into(),
                at_ns,
            });
            Next::GoOn
        }
        ToEcu::Stop => Next::End,
        ToEcu::Start { .. } | ToEcu::I2c { .. } | ToEcu::Refused { .. } => Next::GoOn,
    }
}

fn work(ecu: &mut Ecu<HubBoard>) -> Result<Next, RunError> {
    let now_ns = ecu.board().clock.now_ns();
    let Some(done) = ecu.run(now_ns) else {
        return Ok(Next::GoOn);
    };
    let at_ns = done.ended_ns();
    let Completion {
        partition,
        outcome: Outcome::Trapped(trapped),
        ..
    } = done
    else {
        return Ok(Next::GoOn);
    };
    let name = ecu
        .partition(partition)
        .map(|table| table.name.clone())
        .unwrap_or_default();
    let text = trapped.to_string();
    let backtrace = trapped.backtrace.clone();
    tell(
        ecu,
        &ToHub::Trapped {
            at_ns,
            partition: name,
            text,
            backtrace,
        },
    )?;
    match trapped.consequence {
        Consequence::StopsRun => Ok(Next::End),
        Consequence::Restarts | Consequence::Stops | Consequence::GivenUp => Ok(Next::GoOn),
    }
}

fn report<B: Board + 'static>(ecu: &Ecu<B>, name: &str) -> EcuReport {
    let ids = (0..)
        .map(PartitionId)
        .map_while(|id| ecu.partition(id).map(|table| (id, table)));
    let partitions = ids.map(|(id, table)| {
        let counters = ecu.partition_counters(id).unwrap_or_default();
        let tasks = (0_u32..).zip(&table.tasks);
        PartitionReport {
            name: table.name.clone(),
            traps: counters.traps,
            restarts: counters.restarts,
            frames_lost: counters.frames_lost,
            frames_refused: counters.frames_refused,
            values_lost: counters.values_lost,
            values_refused: counters.values_refused,
            tasks: tasks
                .map(|(task, entry)| task_report(ecu, id, task, &entry.name))
                .collect(),
        }
    });
    EcuReport {
        ecu: name.to_owned(),
        partitions: partitions.collect(),
    }
}

fn task_report<B: Board + 'static>(
    ecu: &Ecu<B>,
    partition: PartitionId,
    task: u32,
    name: &str,
) -> TaskReport {
    let counters = ecu.task_counters(partition, task).unwrap_or_default();
    TaskReport {
        name: name.to_owned(),
        activations: counters.activations,
        late: counters.late,
        lost: counters.lost,
        worst_response_ns: counters.worst_response_ns,
        busy_ns: counters.busy_ns,
    }
}
