//! One ECU in real time: loads its partitions, waits for the start, polls until the end.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, Sender, channel},
    time::Duration,
};

use deployment::{Partition, System};
use ecu_host::{Ecu, EcuSettings, board::Board, engine_config};
use wasmtime::{Engine, component::Component};

use crate::{
    Configuration, RunError,
    background::Background,
    bundle::Loadable,
    files::{PartitionBytes, ecu_named},
    hub_link::HubLink,
    linux_board::{LinuxBoard, News},
    native,
    network::{self, Networks},
    nv::NvStore,
    os,
    protocol::EcuReport,
    services::{self, Export, Line, Published, Severity},
    turns::go,
    upkeep::Upkeep,
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
    /// Where non-volatile blocks are kept; none: they are not served.
    pub nv: Option<PathBuf>,
}

/// One ECU from a bundle, as a service of the machine.
#[derive(Debug, Clone)]
pub struct ServiceOptions {
    /// See [`crate::read_bundle`].
    pub loadable: Loadable,
    /// See [`Configuration::read`].
    pub configuration: Configuration,
    /// For buses of kind `hub`.
    pub hub: Option<SocketAddr>,
    /// None: until the process is asked to end. With a hub its time counts.
    pub run_for: Option<Duration>,
    /// Removed when all partitions ran for [`Trial::passes_after`].
    pub trial: Option<Trial>,
    /// Told at the instants that [`Milestone`] names.
    pub milestone: fn(Milestone),
}

/// A new version has to show that it runs before it replaces the old one.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The file by which the boot script knows that the version is on trial.
    pub marker: PathBuf,
    /// A minute on a vehicle.
    pub passes_after: Duration,
}

/// Instants of a start, for whoever measures it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Milestone {
    Loaded,
    PartitionStarted,
    FirstTaskBegins,
}

/// What a loop has besides its ECU.
pub(crate) struct Surroundings<'a> {
    pub(crate) news: Receiver<News>,
    pub(crate) upkeep: Upkeep,
    pub(crate) background: &'a mut Background,
    pub(crate) milestone: fn(Milestone),
}

/// Runs one ECU until the hub ends it, its time is over, or a partition stops the run. Guests that
/// fail are told to the hub and are no error here.
#[cfg(feature = "compile")]
pub fn run(options: RunnerOptions) -> Result<EcuReport, RunError> {
    let (tell, news) = channel();
    let hub = HubLink::connect(options.hub, &options.ecu, tell.clone())?;
    let configuration = Configuration::all_on_hub(&options.system);
    // Lines of guests reach the hub; nobody else listens.
    let (log, _nobody) = channel();
    let networks = Networks::open(&options.system, &options.ecu, &configuration, &tell, &log)?;
    let nv = open_blocks(options.nv.as_deref(), &options.system, &options.ecu)?;
    let mut board = LinuxBoard::open(&options.system, &configuration, Some(hub), nv, log, &tell)?;
    board.networks = networks;
    let ecu = load(
        &options.system,
        &options.ecu,
        &options.partitions,
        Code::Native,
        board,
    )?;
    let surroundings = Surroundings {
        news,
        upkeep: Upkeep::none(),
        background: &mut Background::none(),
        milestone: |_| (),
    };
    go(ecu, &options.ecu, surroundings, None)
}

/// Runs the ECU of a bundle until the process is asked to end, the hub ends it, its time is over, or
/// a partition stops the run.
pub fn run_bundle(options: ServiceOptions) -> Result<EcuReport, RunError> {
    let (tell, news) = channel();
    let mut background = Background::hold(tell.clone())?;
    let published = Published::default();
    let export = match &options.configuration.otlp {
        None => None,
        Some(otlp) => {
            let export = Export::start(otlp, &options.loadable.ecu, published.clone());
            Some(export.map_err(RunError::set_up("OTLP"))?)
        }
    };
    let (log, lines) = channel();
    background.keep_log(lines, export);
    if options.hub.is_some() || !options.configuration.networks.is_empty() {
        // Waiting for others can take long.
        background.start()?;
    }
    let ended = run_logged(&options, log, published, (tell, news), &mut background);
    // With the ECU all senders of lines are gone: what it said last is written before the process
    // ends.
    background.finish();
    ended
}

fn run_logged(
    options: &ServiceOptions,
    log: Sender<Line>,
    published: Published,
    (tell, news): (Sender<News>, Receiver<News>),
    background: &mut Background,
) -> Result<EcuReport, RunError> {
    let configuration = &options.configuration;
    let ecu_name = options.loadable.ecu.clone();
    if let Some(health) = &configuration.health {
        services::serve(health.address, published.clone())
            .map_err(RunError::set_up("the health endpoint"))?;
    }
    let system = &options.loadable.system;
    let directory = configuration.nv.as_ref().map(|nv| nv.directory.as_path());
    let nv = open_blocks(directory, system, &ecu_name)?;
    if let (None, Some(name)) = (options.hub, configuration.network_on_hub()) {
        let name = name.to_owned();
        return Err(crate::AttachError::NoHub { name }.into());
    }
    // From here on threads are of the loop's class: those that read what wakes it.
    for refused in os::enter(&configuration.realtime) {
        let _heard = log.send(Line::new(Severity::Warning, None, refused));
    }
    let hub = match options.hub {
        None => None,
        Some(address) => Some(HubLink::connect(address, &ecu_name, tell.clone())?),
    };
    let networks = Networks::open(system, &ecu_name, configuration, &tell, &log)?;
    let mut board = LinuxBoard::open(system, configuration, hub, nv, log, &tell)?;
    board.networks = networks;
    let engine = engine()?;
    let parts = natives(&engine, &options.loadable)?;
    let ecu = join(&engine, system, &ecu_name, parts, board)?;
    // What the engine keeps by thread, else made when the first partition is.
    Engine::tls_eager_initialize();
    (options.milestone)(Milestone::Loaded);
    let surroundings = Surroundings {
        news,
        upkeep: Upkeep::new(published, options.trial.clone()),
        background,
        milestone: options.milestone,
    };
    go(ecu, &ecu_name, surroundings, options.run_for)
}

fn open_blocks(
    directory: Option<&Path>,
    system: &System,
    ecu: &str,
) -> Result<Option<NvStore>, RunError> {
    let Some(directory) = directory else {
        return Ok(None);
    };
    let own = system.blocks.iter().filter(|block| block.ecu == ecu);
    let opened = NvStore::open(directory, own);
    opened
        .map(Some)
        .map_err(RunError::set_up("non-volatile memory"))
}

type Parts = Vec<(Partition, Component)>;

fn engine() -> Result<Engine, RunError> {
    Engine::new(&engine_config()).map_err(|error| RunError::Engine {
        reason: format!("{error:#}"),
    })
}

fn natives(engine: &Engine, loadable: &Loadable) -> Result<Parts, RunError> {
    let load = |partition: &crate::LoadablePartition| {
        let component = native::load(engine, &partition.code);
        let component = component.map_err(|reason| RunError::Native {
            partition: partition.name.clone(),
            reason,
        })?;
        Ok((partition.table.clone(), component))
    };
    loadable.partitions.iter().map(load).collect()
}

/// What partitions are compiled to.
#[cfg(feature = "compile")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Instructions of this machine.
    Native,
    /// Instructions of the interpreter that microcontrollers have, in its 64-bit form.
    Pulley64,
}

/// An ECU of a composed system with its partitions, at time 0.
#[cfg(feature = "compile")]
pub(crate) fn load<B: Board + 'static>(
    system: &System,
    name: &str,
    partitions: &[PartitionBytes],
    code: Code,
    board: B,
) -> Result<Ecu<B>, RunError> {
    let engine = match code {
        Code::Native => engine()?,
        Code::Pulley64 => {
            let mut config = engine_config();
            let made = config
                .target("pulley64")
                .and_then(|config| Engine::new(config));
            made.map_err(|error| RunError::Engine {
                reason: format!("{error:#}"),
            })?
        }
    };
    let mut parts = Vec::new();
    for partition in partitions {
        let name = || partition.name.clone();
        let table =
            ecu_host::deployment_of(&partition.component).map_err(|error| RunError::Section {
                partition: name(),
                error,
            })?;
        if ecu_host::needs_concurrency(&partition.component) {
            return Err(RunError::Concurrency { partition: name() });
        }
        let compiled = Component::from_binary(&engine, &partition.component);
        let component = compiled.map_err(|error| RunError::Compile {
            partition: name(),
            reason: format!("{error:#}"),
        })?;
        parts.push((table, component));
    }
    join(&engine, system, name, parts, board)
}

fn join<B: Board + 'static>(
    engine: &Engine,
    system: &System,
    name: &str,
    parts: Parts,
    board: B,
) -> Result<Ecu<B>, RunError> {
    let entry = ecu_named(system, name)?;
    let mut ecu = Ecu::new(engine, EcuSettings::of(entry), board);
    for (table, component) in parts {
        ecu.add(&component, table)?;
    }
    connect(&mut ecu, system, name)?;
    network::connect(&mut ecu, system, name)?;
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
