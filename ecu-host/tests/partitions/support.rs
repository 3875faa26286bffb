//! Makes partitions and keeps what they did.

use std::collections::BTreeMap;

use deployment::{
    Direction, Element, Event, FORMAT, Limits, Partition, Pdu, Probe, Reaction, Runnable, Task,
};
use ecu_host::{
    Code, Completion, Ecu, EcuSettings, Outcome, PartitionId, Trapped,
    board::{
        Board, BusTime, CanError, CanFrame, CanStatus, GpioError, I2cError, I2cOperation,
        I2cTransfer, Level, NvBlock, NvError, NvStatus, PinConfig, PinWatch, Record, SpiConfig,
        SpiError, SpiOperation, SpiTransfer, WatchedPin,
    },
    engine_config,
};
use wasmtime::Engine;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const I2C: &str = include_str!("../../../autosar-wit/wit/deps/i2c.wit");
const SPI: &str = include_str!("../../../autosar-wit/wit/deps/spi.wit");
const IO: &str = include_str!("../../../autosar-wit/wit/deps/io.wit");
const GPIO: &str = include_str!("../../../autosar-wit/wit/deps/gpio.wit");
const ECU: &str = include_str!("../../../autosar-wit/wit/wireloom-ecu.wit");
const CAN: &str = include_str!("../../../autosar-wit/wit/autosar-can.wit");
const WASI: &str = include_str!("wasi.wit");

thread_local! {
    static ENGINE: Engine = Engine::new(&engine_config()).unwrap();
}

pub(crate) fn engine() -> Engine {
    ENGINE.with(Engine::clone)
}

/// A component with these imports and these exports of type `func()`; `body` is the inside of a
/// core module, which has `memory` of one page and a `cabi_realloc` that never frees.
pub(crate) fn component(imports: &[&str], exports: &[&str], body: &str) -> Code {
    code(&engine(), &component_bytes(imports, exports, body))
}

/// A component in the form that this host takes.
#[cfg(feature = "component")]
pub(crate) fn code(engine: &Engine, component: &[u8]) -> Code {
    Code::new(engine, component).unwrap()
}

/// A component in the form that this host takes: as the exporter flattens it for firmware.
#[cfg(not(feature = "component"))]
pub(crate) fn code(engine: &Engine, component: &[u8]) -> Code {
    let module = exporter::native::flatten_for_engine("test", component).unwrap();
    Code::new(engine, module).unwrap()
}

pub(crate) fn component_bytes(imports: &[&str], exports: &[&str], body: &str) -> Vec<u8> {
    let imports: String = imports
        .iter()
        .map(|import| format!("import {import};\n"))
        .collect();
    let exports: String = exports
        .iter()
        .map(|name| format!("export {name}: func();\n"))
        .collect();
    let world = format!("package test:partition;\nworld partition {{\n{imports}{exports}}}\n");
    let mut resolve = Resolve::default();
    for (name, text) in [
        ("i2c.wit", I2C),
        ("spi.wit", SPI),
        ("io.wit", IO),
        ("gpio.wit", GPIO),
        ("can.wit", CAN),
        ("ecu.wit", ECU),
        ("wasi.wit", WASI),
    ] {
        resolve.push_str(name, text).unwrap();
    }
    let package = resolve.push_str("world.wit", &world).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let text = format!("(module $guest {body} {LIBRARY})");
    let mut module = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .validate(true)
        .encode()
        .unwrap()
}

const LIBRARY: &str = r#"
    (memory (export "memory") 1)
    (global $heap (mut i32) (i32.const 32768))
    (func $cabi_realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        global.get $heap
        global.get $heap local.get 3 i32.add i32.const 7 i32.add i32.const -8 i32.and
        global.set $heap)
"#;

/// Empty tasks of these names.
pub(crate) fn empty_tasks(names: &[&str]) -> Code {
    let body: String = names
        .iter()
        .map(|name| format!("(func (export \"{name}\"))"))
        .collect();
    component(&[], names, &body)
}

pub(crate) fn task(name: &str, event: Event, priority: u32) -> Task {
    Task {
        name: name.into(),
        event,
        priority,
        runnables: vec![],
    }
}

pub(crate) fn every(period_ns: u64) -> Event {
    Event::Timing {
        period_ns,
        offset_ns: 0,
    }
}

pub(crate) fn on_element(element: u32) -> Event {
    Event::DataReceived {
        elements: vec![element],
        pdus: vec![],
    }
}

pub(crate) fn on_pdu(pdu: u32) -> Event {
    Event::DataReceived {
        elements: vec![],
        pdus: vec![pdu],
    }
}

pub(crate) fn element(name: &str, direction: Direction, queue: u32) -> Element {
    Element {
        name: name.into(),
        direction,
        value: "u8".into(),
        queue,
    }
}

pub(crate) fn pdu(name: &str, direction: Direction, id: u32, queue: u32) -> Pdu {
    let bus = "can0".into();
    Pdu {
        name: name.into(),
        bus,
        direction,
        id,
        extended: false,
        length_bytes: 2,
        queue,
    }
}

/// A table with one instance `fan` and its runnable `step`.
pub(crate) fn table(name: &str, tasks: Vec<Task>) -> Partition {
    Partition {
        format: FORMAT,
        ecu: "climate".into(),
        name: name.into(),
        instances: vec!["fan".into()],
        runnables: vec![Runnable {
            instance: 0,
            function: "step".into(),
        }],
        tasks,
        elements: vec![],
        pdus: vec![],
        probes: vec![Probe {
            name: "a -> b".into(),
            functions: vec!["get".into()],
        }],
        limits: Limits {
            memory_bytes: 1 << 20,
            fuel: 100_000,
        },
        on_trap: Reaction::Restart,
    }
}

/// Costs that are easy to read: 10 ns an activation, fuel costs nothing.
pub(crate) fn settings() -> EcuSettings {
    EcuSettings {
        fuel_ps: 0,
        activation_ns: 10,
        ..EcuSettings::default()
    }
}

pub(crate) fn ecu() -> Ecu<Desk> {
    Ecu::new(&engine(), settings(), Desk::default())
}

/// An ECU with one partition, already started.
pub(crate) fn started(component: &Code, table: Partition) -> Ecu<Desk> {
    let mut ecu = ecu();
    ecu.add(component, table).unwrap();
    let start = ecu.run(0).unwrap();
    assert_eq!(start.outcome, Outcome::Completed);
    ecu
}

pub(crate) const FIRST: PartitionId = PartitionId(0);

/// Runs until a time; one line an activation: `start time, task, cost`.
pub(crate) fn run_until(ecu: &mut Ecu<Desk>, until_ns: u64) -> Vec<String> {
    completions(ecu, until_ns)
        .iter()
        .map(|done| line(ecu, done))
        .collect()
}

pub(crate) fn completions(ecu: &mut Ecu<Desk>, until_ns: u64) -> Vec<Completion> {
    let mut done = vec![];
    while let Some(next) = ecu.next_activation().filter(|next| next.at_ns < until_ns) {
        let completion = ecu.run(next.at_ns).unwrap();
        assert_eq!(
            (completion.partition, completion.work),
            (next.partition, next.work)
        );
        done.push(completion);
    }
    done
}

pub(crate) fn line(ecu: &Ecu<Desk>, done: &Completion) -> String {
    let name = ecu.work_name(done.partition, done.work);
    let text = format!("{} {name} +{}", done.started_ns, done.cost_ns);
    match &done.outcome {
        Outcome::Completed => text,
        Outcome::Trapped(trapped) => {
            format!("{text} {:?} {:?}", trapped.cause, trapped.consequence)
        }
    }
}

/// What the first trap before `until_ns` says.
pub(crate) fn first_trap(ecu: &mut Ecu<Desk>, until_ns: u64) -> Trapped {
    let trapped = completions(ecu, until_ns)
        .into_iter()
        .find_map(|done| match done.outcome {
            Outcome::Trapped(trapped) => Some(*trapped),
            Outcome::Completed => None,
        });
    trapped.expect("nothing trapped")
}

/// A board that writes everything down and answers from its fields.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) lines: Vec<String>,
    pub(crate) transmit_error: Option<CanError>,
    /// Whether one attempt, aborts, bit rate and status are known to it.
    pub(crate) can_status: Option<CanStatus>,
    /// None: its buses are classic.
    #[cfg(feature = "can-fd")]
    pub(crate) data_bit_rate_hz: Option<u32>,
    pub(crate) i2c_error: Option<I2cError>,
    pub(crate) i2c_time_ns: u64,
    pub(crate) spi_error: Option<SpiError>,
    pub(crate) spi_time_ns: u64,
    pub(crate) pins: BTreeMap<String, PinConfig>,
    pub(crate) gpio_error: Option<GpioError>,
    pub(crate) level: Option<Level>,
    pub(crate) number: u32,
    pub(crate) blocks: BTreeMap<String, Vec<u8>>,
    pub(crate) nv_error: Option<NvError>,
    pub(crate) nv_pending: bool,
    pub(crate) numbers: u64,
    /// From and until: what a board in real time would have slept.
    pub(crate) waits_ns: Vec<(u64, u64)>,
    /// When watched pins get what is waited for; none: the board does not watch.
    pub(crate) edge_ns: Option<u64>,
    /// Whether it waits for what it does not know yet.
    pub(crate) waits_for_pins: bool,
    /// The time by its clock; 0: it has none.
    pub(crate) clock_ns: u64,
}

impl Board for Desk {
    fn now_ns(&mut self, modelled_ns: u64) -> u64 {
        modelled_ns.max(self.clock_ns)
    }

    fn wait(&mut self, from_ns: u64, until_ns: u64) {
        self.waits_ns.push((from_ns, until_ns));
    }

    fn pin_ready(
        &mut self,
        at_ns: u64,
        _pin: &str,
        _watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        let edge_ns = self.edge_ns.ok_or(GpioError::OperationNotSupported)?;
        Ok((since_ns..=at_ns).contains(&edge_ns).then_some(edge_ns))
    }

    fn wait_for_pins(
        &mut self,
        at_ns: u64,
        watched: &[WatchedPin<'_>],
        until_ns: u64,
    ) -> Option<u64> {
        if !self.waits_for_pins {
            return None;
        }
        self.lines
            .push(format!("{at_ns} waits for {watched:?} until {until_ns}"));
        self.clock_ns = self.edge_ns?.max(at_ns).min(until_ns);
        Some(self.clock_ns)
    }

    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        let head = crate::can::head(frame);
        let text = format!("{at_ns} {head}{:02x?} request {request}", frame.data);
        self.lines.push(text);
        self.transmit_error.map_or(Ok(()), Err)
    }

    fn transmit_once(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
    ) -> Result<(), CanError> {
        self.can_status.ok_or(CanError::Unsupported)?;
        self.lines.push(format!("{at_ns} once"));
        self.transmit(at_ns, request, frame)
    }

    fn abort(&mut self, at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        self.can_status.ok_or(CanError::Unsupported)?;
        self.lines
            .push(format!("{at_ns} {bus} abort request {request}"));
        Ok(())
    }

    #[cfg(feature = "can-fd")]
    fn can_flexible_rates(&self, _bus: &str) -> Option<ecu_host::board::CanFlexibleRates> {
        self.data_bit_rate_hz.map(crate::can_fd::rates)
    }

    fn can_bit_rate_hz(&self, _bus: &str) -> Option<u32> {
        self.can_status.map(|_| 500_000)
    }

    fn can_status(&self, _at_ns: u64, _bus: &str) -> Option<CanStatus> {
        self.can_status
    }

    fn has_can(&self, bus: &str) -> bool {
        bus == "can0"
    }

    fn has_i2c(&self, bus: &str) -> bool {
        bus == "i2c0"
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        for operation in operations.iter_mut() {
            if let I2cOperation::Read(bytes) = operation {
                (0_u8..)
                    .zip(bytes)
                    .for_each(|(number, byte)| *byte = number + 1);
            }
        }
        self.lines
            .push(format!("{at_ns} {bus} {address:#x} {operations:02x?}"));
        let result = self.i2c_error.map_or(Ok(()), Err);
        I2cTransfer {
            bus_time: BusTime(self.i2c_time_ns),
            result,
        }
    }

    fn has_spi(&self, device: &str) -> bool {
        device == "spi0"
    }

    fn spi_devices(&self) -> Vec<String> {
        vec!["spi0".into()]
    }

    fn spi_configure(
        &mut self,
        at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        self.lines.push(format!("{at_ns} {device} {config:?}"));
        self.spi_error.clone().map_or(Ok(()), Err)
    }

    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        self.lines
            .push(format!("{at_ns} {device} {operations:02x?}"));
        for operation in operations.iter_mut() {
            if let SpiOperation::Read(bytes) | SpiOperation::Transfer(bytes) = operation {
                bytes.iter_mut().for_each(|byte| *byte = !*byte);
            }
        }
        SpiTransfer {
            bus_time: BusTime(self.spi_time_ns),
            result: self.spi_error.clone().map_or(Ok(()), Err),
        }
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        self.pins.get(name).copied()
    }

    fn digital_read(&mut self, at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        self.lines.push(format!("{at_ns} {pin} read"));
        self.gpio_error.clone().map_or(Ok(()), Err)?;
        Ok(self.level.unwrap_or(Level::Low))
    }

    fn digital_write(&mut self, at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        self.lines.push(format!("{at_ns} {pin} {level:?}"));
        self.gpio_error.clone().map_or(Ok(()), Err)
    }

    fn analog_read(&mut self, at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        self.lines.push(format!("{at_ns} {pin} read"));
        self.gpio_error.clone().map_or(Ok(()), Err)?;
        Ok(self.number)
    }

    fn analog_write(&mut self, at_ns: u64, pin: &str, value: u32) -> Result<(), GpioError> {
        self.lines.push(format!("{at_ns} {pin} {value}"));
        self.gpio_error.clone().map_or(Ok(()), Err)
    }

    fn nv_read(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        let NvBlock { partition, name } = block;
        self.lines.push(format!("{at_ns} {partition}/{name} read"));
        self.nv_error.map_or(Ok(()), Err)?;
        self.blocks.get(name).cloned().ok_or(NvError::NvInvalidated)
    }

    fn nv_write(&mut self, at_ns: u64, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        let NvBlock { partition, name } = block;
        self.lines
            .push(format!("{at_ns} {partition}/{name} {data:02x?}"));
        self.nv_error.map_or(Ok(()), Err)?;
        self.blocks.insert(name.into(), data.to_vec());
        Ok(())
    }

    fn nv_invalidate(&mut self, _at_ns: u64, block: NvBlock<'_>) -> Result<(), NvError> {
        self.nv_error.map_or(Ok(()), Err)?;
        self.blocks.remove(block.name);
        Ok(())
    }

    fn nv_status(&mut self, _at_ns: u64, _block: NvBlock<'_>) -> NvStatus {
        match (self.nv_error, self.nv_pending) {
            (Some(error), _) => NvStatus::Failed(error),
            (None, true) => NvStatus::Pending,
            (None, false) => NvStatus::Ok,
        }
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        let text = match record {
            Record::Printed {
                partition,
                instance,
                is_error,
                text,
            } => {
                let text = String::from_utf8_lossy(text);
                format!("{partition} {instance:?} {is_error} {text}")
            }
            Record::Published { element, value, .. } => format!("published {element} {value:02x?}"),
            other => format!("{other:?}"),
        };
        self.lines.push(format!("{at_ns} {text}"));
    }

    fn random(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}
