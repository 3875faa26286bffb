//! Partitions of one component that a test writes itself: it exports tasks at its root, calls the
//! host and publishes what it was answered, as it lies in memory.

use super::qemu::Part;
use deployment::{
    Bus, BusKind, Direction, Ecu, Element, Event, Limits, Partition, PartitionFile, Reaction,
    System, Task,
};
use simulator::{Options, Simulation, SystemFiles};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

pub(crate) const MS: u64 = 1_000_000;

/// Where an answer is written, how much of it is zeroed before a call, and where notes begin.
const ANSWER: u32 = 1_024;
const ANSWER_BYTES: u32 = 64;
const NOTES: u32 = 4_096;
const NOTES_END: u32 = 12_288;
/// What `cabi_realloc` gives out.
const ROOM: u32 = 16_384;
const ROOM_END: u32 = 32_768;

/// A component in the making.
pub(crate) struct Written {
    wit: String,
    imports: String,
    functions: String,
    tasks: Vec<Task>,
}

impl Written {
    /// `interfaces` are imported, as WIT says it; `packages` define what of them is not ours.
    pub(crate) fn new(packages: &str, interfaces: &str) -> Written {
        Written {
            wit: format!("package test:written@1.0.0; {packages} world w {{ {interfaces} "),
            imports: String::new(),
            functions: String::new(),
            tasks: Vec::new(),
        }
    }

    /// A core import as `$name`.
    pub(crate) fn import(mut self, name: &str, interface: &str, function: &str, ty: &str) -> Self {
        self.imports += &format!("(import \"{interface}\" \"{function}\" (func ${name} {ty}))\n");
        self
    }

    /// Globals, data, functions.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.functions += text;
        self
    }

    pub(crate) fn task(mut self, name: &str, event: Event, body: &str) -> Self {
        self.wit += &format!("export {name}: func(); ");
        self.functions += &format!("(func (export \"{name}\") (local $n i32) {body})\n");
        self.tasks.push(Task {
            name: name.into(),
            event,
            priority: 1,
            runnables: Vec::new(),
        });
        self
    }

    /// The partition, on that ECU.
    pub(crate) fn part(mut self, ecu: &str, name: &str) -> Part {
        self.wit += "import wireloom:ecu/elements@0.1.0; }";
        let module = self.module();
        let mut resolve = Resolve::default();
        for package in autosar_wit::packages::ALL {
            resolve.push_str(package.path, package.text).unwrap();
        }
        let package = resolve.push_str("written.wit", &self.wit).unwrap();
        let world = resolve.select_world(&[package], None).unwrap();
        let mut module = wat::parse_str(&module).unwrap_or_else(|error| panic!("{error}"));
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let encoder = ComponentEncoder::default().validate(true).module(&module);
        let mut bytes = encoder.unwrap().encode().unwrap();
        let table = table(ecu, name, self.tasks);
        let section = wasm_encoder::CustomSection {
            name: deployment::SECTION.into(),
            data: table.to_bytes().into(),
        };
        wasm_encoder::ComponentSection::append_to_component(&section, &mut bytes);
        (table, bytes)
    }

    fn module(&self) -> String {
        format!(
            r#"(module {imports}
                (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
                (memory (export "memory") 1)
                (global (export "__heap_base") i32 (i32.const {ROOM_END}))
                (global $room (mut i32) (i32.const {ROOM}))
                (global $notes (mut i32) (i32.const {NOTES}))
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
                    (local.set $at (i32.and (i32.const -8) (i32.add (i32.const 7) (global.get $room))))
                    (global.set $room (i32.add (local.get $at) (local.get 3)))
                    (if (i32.gt_u (global.get $room) (i32.const {ROOM_END})) (then unreachable))
                    (local.get $at))
                ;; Zeroes the place of the next answer, and gives it.
                (func $answer (result i32)
                    (memory.fill (i32.const {ANSWER}) (i32.const 0) (i32.const {ANSWER_BYTES}))
                    (i32.const {ANSWER}))
                ;; Bytes of memory at the end of the notes.
                (func $keep (param $at i32) (param $bytes i32)
                    (if (i32.gt_u (i32.add (global.get $notes) (local.get $bytes))
                        (i32.const {NOTES_END})) (then unreachable))
                    (memory.copy (global.get $notes) (local.get $at) (local.get $bytes))
                    (global.set $notes (i32.add (global.get $notes) (local.get $bytes))))
                ;; So many bytes of the answer.
                (func $note (param $bytes i32) (call $keep (i32.const {ANSWER}) (local.get $bytes)))
                ;; A text or list whose address and length lie at that place of the answer.
                (func $content (param $place i32)
                    (call $keep (i32.load offset={ANSWER} (local.get $place))
                        (i32.load offset={length} (local.get $place)))
                    (i32.store offset={ANSWER} (local.get $place) (i32.const 0)))
                (func $number (param i32)
                    (i32.store (i32.const {ANSWER}) (local.get 0)) (call $note (i32.const 4)))
                (func $is (param i32) (result i32)
                    (i32.eq (i32.load8_u (i32.const {ANSWER})) (local.get 0)))
                ;; Publishes the notes and begins anew.
                (func $tell
                    (call $publish (i32.const 0) (i32.const {NOTES})
                        (i32.sub (global.get $notes) (i32.const {NOTES})))
                    (global.set $room (i32.const {ROOM}))
                    (global.set $notes (i32.const {NOTES})))
                {functions})"#,
            imports = self.imports,
            functions = self.functions,
            length = ANSWER + 4,
        )
    }
}

fn table(ecu: &str, name: &str, tasks: Vec<Task>) -> Partition {
    Partition {
        format: deployment::FORMAT,
        ecu: ecu.into(),
        name: name.into(),
        instances: vec!["written".into()],
        runnables: Vec::new(),
        tasks,
        elements: vec![Element {
            name: "notes".into(),
            direction: Direction::Out,
            value: "list<u8>".into(),
            queue: 1,
        }],
        pdus: Vec::new(),
        probes: Vec::new(),
        limits: Limits {
            memory_bytes: 1 << 20,
            fuel: 50_000_000,
        },
        on_trap: Reaction::Stop,
    }
}

pub(crate) fn every(period_ns: u64) -> Event {
    Event::Timing {
        period_ns,
        offset_ns: 0,
    }
}

/// A system of these partitions with a bus `can0`.
pub(crate) fn system(parts: &[&Part]) -> System {
    let mut ecus: Vec<Ecu> = Vec::new();
    for (table, _) in parts {
        let file = PartitionFile {
            name: table.name.clone(),
            file: format!("{}-{}.wasm", table.ecu, table.name),
            sha256: String::new(),
        };
        match ecus.iter_mut().find(|ecu| ecu.name == table.ecu) {
            Some(ecu) => ecu.partitions.push(file),
            None => ecus.push(Ecu {
                name: table.ecu.clone(),
                fuel_ps: 1_000,
                activation_ns: 5_000,
                partitions: vec![file],
            }),
        }
    }
    System {
        format: deployment::FORMAT,
        name: "written".into(),
        ecus,
        buses: vec![Bus {
            name: "can0".into(),
            kind: BusKind::Can {
                bitrate_bps: 500_000,
            },
        }],
        routes: Vec::new(),
        blocks: Vec::new(),
    }
}

pub(crate) fn simulated(parts: &[&Part], options: Options, until_ns: u64) -> Simulation {
    simulated_in(system(parts), parts, options, until_ns)
}

/// The same in a system with more than that.
pub(crate) fn simulated_in(
    mut system: System,
    parts: &[&Part],
    options: Options,
    until_ns: u64,
) -> Simulation {
    let mut partitions = std::collections::BTreeMap::new();
    for (table, bytes) in parts {
        let name = format!("{}-{}.wasm", table.ecu, table.name);
        let files = system.ecus.iter_mut().flat_map(|ecu| &mut ecu.partitions);
        for file in files.filter(|file| file.file == name) {
            file.sha256 = simulator::sha256_hex(bytes);
        }
        partitions.insert(name, bytes.clone());
    }
    let files = SystemFiles { system, partitions };
    let mut simulation = Simulation::new(&files, options).unwrap();
    simulation.run_until(until_ns, &mut |_| true);
    assert_eq!(simulation.incidents(), []);
    simulation
}

/// Notes of an ECU's partition, in hexadecimal.
pub(crate) fn notes(simulation: &Simulation, ecu: &str) -> Vec<String> {
    let rows = simulation.trace().rows_from(0).map(|row| row.to_string());
    let notes = rows.filter_map(|row| {
        let fields: Vec<_> = row.split('\t').collect();
        let ours = fields[1] == "publish" && fields[2].starts_with(&format!("{ecu}/"));
        ours.then(|| fields[3].to_owned())
    });
    notes.collect()
}

/// The same of a native log.
pub(crate) fn native_notes(lines: &[String]) -> Vec<String> {
    let notes = lines.iter().filter(|line| line.starts_with("publish "));
    let notes = notes.map(|line| line.split(' ').nth(3).unwrap_or_default().to_owned());
    notes.collect()
}
