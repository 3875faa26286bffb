//! Makes partitions from text and systems from partitions.

use deployment::{
    Bus, BusKind, Device, Direction, Ecu, Element, Event, FORMAT, Limits, Partition, PartitionFile,
    Pdu, Reaction, Runnable, SECTION, System, Task,
};
use simulator::{Halt, Options, Programs, Simulation, SimulationError, SystemFiles};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const I2C: &str = include_str!("../../../autosar-wit/wit/deps/i2c.wit");
const CAN: &str = include_str!("../../../autosar-wit/wit/autosar-can.wit");
const SPI: &str = include_str!("../../../autosar-wit/wit/deps/spi.wit");
const IO: &str = include_str!("../../../autosar-wit/wit/deps/io.wit");
const GPIO: &str = include_str!("../../../autosar-wit/wit/deps/gpio.wit");
const ECU: &str = include_str!("../../../autosar-wit/wit/wireloom-ecu.wit");

pub const MS: u64 = 1_000_000;
pub const SECOND: u64 = 1_000 * MS;
/// Of every ECU here.
pub const ACTIVATION_NS: u64 = 1_000;

/// What every guest here can call, and the memory it has.
const LIBRARY: &str = r#"
    (import "wireloom:ecu/meter@0.1.0" "enter" (func $enter (param i32)))
    (import "wireloom:ecu/meter@0.1.0" "leave" (func $leave))
    (import "wireloom:ecu/frames@0.1.0" "transmit" (func $transmit (param i32 i32 i32)))
    (import "wireloom:ecu/frames@0.1.0" "take" (func $take_frame (param i32 i32)))
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wireloom:ecu/elements@0.1.0" "take" (func $take (param i32 i32)))
    (import "wireloom:ecu/buses@0.1.0" "open-i2c" (func $open (param i32 i32) (result i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.write-read" (func $write_read (param i32 i32 i32 i32 i64 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[resource-drop]i2c" (func $drop (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 8) "i2c0")
    ;; set back by every task
    (global $heap (mut i32) (i32.const 32768))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        global.get $heap
        global.get $heap local.get 3 i32.add i32.const 7 i32.add i32.const -8 i32.and
        global.set $heap)
"#;

const WORLD: &str = "
    import wireloom:ecu/meter@0.1.0;
    import wireloom:ecu/frames@0.1.0;
    import wireloom:ecu/elements@0.1.0;
    import wireloom:ecu/buses@0.1.0;
    import wasi:i2c/i2c@0.2.0-draft;
";

/// A partition in the making: its table and the tasks' code.
pub struct Guest {
    pub table: Partition,
    driver: &'static str,
    imports: &'static str,
    code: String,
}

/// A partition `ecu/name` with one instance `fan` and its runnable `step`.
pub fn guest(ecu: &str, name: &str) -> Guest {
    let table = Partition {
        format: FORMAT,
        ecu: ecu.into(),
        name: name.into(),
        instances: vec!["fan".into()],
        runnables: vec![Runnable {
            instance: 0,
            function: "step".into(),
        }],
        tasks: vec![],
        elements: vec![],
        pdus: vec![],
        probes: vec![],
        limits: Limits {
            memory_bytes: 1 << 20,
            fuel: 100_000,
        },
        on_trap: Reaction::Restart,
    };
    Guest {
        table,
        driver: "",
        imports: "",
        code: String::new(),
    }
}

impl Guest {
    /// Further imports, in the world and in the core module, and what the tasks may call.
    pub fn driver(mut self, world: &'static str, core: &'static str, body: &str) -> Guest {
        (self.imports, self.driver) = (world, core);
        self.code += body;
        self
    }

    pub fn task(mut self, name: &str, event: Event, body: &str) -> Guest {
        self.table.tasks.push(Task {
            name: name.into(),
            event,
            priority: 1,
            runnables: vec![0],
        });
        self.code += &format!(
            "(func (export \"{name}\") (local $a i32) i32.const 32768 global.set $heap {body})\n"
        );
        self
    }

    pub fn element(mut self, name: &str, direction: Direction) -> Guest {
        self.table.elements.push(Element {
            name: name.into(),
            direction,
            value: "u16".into(),
            queue: 4,
        });
        self
    }

    pub fn pdu(mut self, name: &str, direction: Direction, id: u32) -> Guest {
        let (name, bus) = (name.into(), "can0".into());
        self.table.pdus.push(Pdu {
            name,
            bus,
            direction,
            id,
            extended: false,
            length_bytes: 2,
            queue: 4,
        });
        self
    }

    pub fn on_trap(mut self, reaction: Reaction) -> Guest {
        self.table.on_trap = reaction;
        self
    }

    /// The component with its deployment section.
    pub fn bytes(&self) -> Vec<u8> {
        let exports: String = self
            .table
            .tasks
            .iter()
            .map(|task| format!("export {}: func();\n", task.name))
            .collect();
        let world = format!(
            "package test:partition;\nworld partition {{\n{WORLD}{}{exports}}}\n",
            self.imports
        );
        let mut resolve = Resolve::default();
        for (name, text) in [
            ("i2c.wit", I2C),
            ("spi.wit", SPI),
            ("io.wit", IO),
            ("gpio.wit", GPIO),
        ] {
            resolve.push_str(name, text).unwrap();
        }
        resolve.push_str("ecu.wit", ECU).unwrap();
        resolve.push_str("can.wit", CAN).unwrap();
        let package = resolve.push_str("world.wit", &world).unwrap();
        let world = resolve.select_world(&[package], None).unwrap();
        let mut module = wat::parse_str(format!(
            "(module $guest {} {LIBRARY} {})",
            self.driver, self.code
        ))
        .unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let mut bytes = ComponentEncoder::default()
            .module(&module)
            .unwrap()
            .encode()
            .unwrap();
        append_section(&mut bytes, &self.table.to_bytes());
        bytes
    }
}

pub fn append_section(bytes: &mut Vec<u8>, payload: &[u8]) {
    let length = 1 + SECTION.len() + payload.len();
    bytes.push(0);
    let mut rest = length;
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes.push(SECTION.len() as u8);
    bytes.extend(SECTION.as_bytes());
    bytes.extend(payload);
}

pub fn every(period_ns: u64) -> Event {
    Event::Timing {
        period_ns,
        offset_ns: 0,
    }
}

/// A system of these partitions with a CAN bus `can0` (500 kbit/s), and a TMP105 `cabin` at 0x48 of
/// `i2c0` (100 kHz).
pub fn system(guests: &[Guest]) -> SystemFiles {
    let mut ecus: BTreeMap<&str, Vec<PartitionFile>> = BTreeMap::new();
    let mut partitions = BTreeMap::new();
    for guest in guests {
        let Partition { ecu, name, .. } = &guest.table;
        let (file, bytes) = (format!("{ecu}-{name}.wasm"), guest.bytes());
        let sha256 = simulator::simulation::sha256_hex(&bytes);
        partitions.insert(file.clone(), bytes);
        ecus.entry(ecu).or_default().push(PartitionFile {
            name: name.clone(),
            file,
            sha256,
        });
    }
    let ecu = |(name, partitions): (&str, Vec<PartitionFile>)| Ecu {
        name: name.into(),
        fuel_ps: 0,
        activation_ns: ACTIVATION_NS,
        partitions,
    };
    let cabin = Device {
        name: "cabin".into(),
        model: "tmp105".into(),
        address: 0x48,
        stimuli: BTreeMap::from([("temperature".into(), 21.5)]),
    };
    let system = System {
        format: FORMAT,
        name: "test".into(),
        ecus: ecus.into_iter().map(ecu).collect(),
        buses: vec![
            Bus {
                name: "can0".into(),
                kind: BusKind::Can {
                    bitrate_bps: 500_000,
                },
            },
            Bus {
                name: "i2c0".into(),
                kind: BusKind::I2c {
                    clock_hz: 100_000,
                    devices: vec![cabin],
                },
            },
        ],
        routes: vec![],
        blocks: vec![],
    };
    SystemFiles { system, partitions }
}

/// One for all tests of the process.
pub fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| Programs::new().unwrap())
}

pub fn try_start(files: &SystemFiles, options: Options) -> Result<Simulation, SimulationError> {
    Simulation::with_programs(Arc::new(files.clone()), options, programs())
}

pub fn start(files: &SystemFiles) -> Simulation {
    try_start(files, Options::default()).unwrap()
}

pub fn run(simulation: &mut Simulation, until_ns: u64) -> Halt {
    simulation.run_until(until_ns, &mut |_| true)
}

/// The trace's lines of one kind.
pub fn lines(simulation: &Simulation, kind: &str) -> Vec<String> {
    let lines = simulation
        .trace()
        .rows_from(0)
        .filter(|row| row.kind.word() == kind);
    lines.map(|row| row.to_string()).collect()
}

/// Sends a counter as frame 0x123 every millisecond.
pub fn sender(ecu: &str) -> Guest {
    let count = "i32.const 64 i32.const 64 i32.load i32.const 1 i32.add i32.store";
    guest(ecu, "app").pdu("Count", Direction::Out, 0x123).task(
        "send",
        every(MS),
        &format!("{count} i32.const 0 i32.const 64 i32.const 2 call $transmit"),
    )
}

/// Publishes the two bytes of every frame 0x123.
pub fn receiver(ecu: &str) -> Guest {
    guest(ecu, "app")
        .pdu("Count", Direction::In, 0x123)
        .element("count", Direction::Out)
        .task(
            "receive",
            Event::DataReceived {
                elements: vec![],
                pdus: vec![0],
            },
            "i32.const 0 i32.const 128 call $take_frame
            i32.const 0 i32.const 132 i32.load i32.const 136 i32.load call $publish",
        )
}

/// Reads the temperature register every 100 ms and publishes what comes, result tag first.
pub fn driver(ecu: &str, address: u16) -> Guest {
    let body = format!(
        "i32.const 8 i32.const 4 call $open local.set $a
        local.get $a i32.const {address} i32.const 96 i32.const 1 i64.const 2 i32.const 128 call $write_read
        i32.const 128 i32.load8_u
        if i32.const 0 i32.const 132 i32.const 2 call $publish
        else i32.const 0 i32.const 132 i32.load i32.const 136 i32.load call $publish end
        local.get $a call $drop"
    );
    guest(ecu, "app")
        .element("temperature", Direction::Out)
        .task("sample", every(100 * MS), &body)
}
