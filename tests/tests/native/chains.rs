//! Components whose ports carry a value of any type, wired to chains: from a source through the
//! store to a runnable's parameter, from its result through the store to a port, by direct calls
//! with parameters and results through two more components, and into another partition. The
//! components are a few lines each, since a value is handed on as it lies in memory.

use super::types::{Image, Lengths, Random, Type};
use autosar_wit::{dbc, read};
use graph_core::{
    compose::{Composed, compose},
    file,
    library::{Entry, Library},
};
use std::{fmt::Write, sync::Arc};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Values that a source goes through.
const VALUES: u32 = 6;
/// Where a component's static memory begins, and its room for what it is handed.
const BASE: u32 = 16;
const ARENA_BYTES: u32 = 4_096;
/// So many more flat parameters that all of them go by memory.
const PADDING: u32 = 17;

/// Of a value for another partition of the board (`WL_VALUE_BYTES`).
const LONGEST_BYTES: u32 = 256;

/// One type's chain.
pub(crate) struct Chain {
    number: usize,
    ty: Type,
}

impl Chain {
    pub(crate) fn new(number: usize, random: &mut Random) -> Chain {
        let ty = random.record();
        Chain { number, ty }
    }

    fn package(&self) -> String {
        format!("test:values{}", self.number)
    }

    /// The interfaces, with the type declared in each that has it, and a world.
    fn wit(&self, world: &str) -> String {
        let mut declared = Vec::new();
        let ty = self.ty.wit(&mut declared);
        let types = declared.join(" ");
        let padding = vec!["u8"; PADDING as usize].join(", ");
        format!(
            "package {package}@1.0.0;
             interface value {{ {types} get: func() -> {ty}; }}
             interface service {{ {types}
                 transform: func(x: {ty}, padding: tuple<{padding}>) -> {ty}; }}
             interface processor {{ {types}
                 record padded {{ x: {ty}, padding: tuple<{padding}> }}
                 step: func(input: padded) -> padded; }}
             interface counter {{ get: func() -> u8; }}
             interface stepper {{ step: func(); }}
             world w {{ {world} }}",
            package = self.package(),
        )
    }

    fn name(&self, interface: &str, function: &str) -> String {
        format!("{}/{interface}@1.0.0#{function}", self.package())
    }

    /// Where the answers of calls go, for a value and what follows it as a parameter.
    fn room(&self) -> u32 {
        (self.ty.size() + PADDING).next_multiple_of(16)
    }

    fn source(&self, random: &mut Random, lengths: Lengths) -> Vec<u8> {
        let mut image = Image::new(BASE, lengths);
        let values: Vec<_> = (0..VALUES).map(|_| image.value(&self.ty, random)).collect();
        let table = image.addresses(&values);
        let end = (image.bytes.len() as u32).next_multiple_of(16);
        let module = format!(
            r#"(module
                (memory (export "memory") {pages})
                (data (i32.const 0) "{data}")
                (global (export "__heap_base") i32 (i32.const {end}))
                (global $n (mut i32) (i32.const 0))
                (func (export "{get}") (result i32)
                    (i32.load offset={table} (i32.mul (i32.const 4)
                        (i32.rem_u (global.get $n) (i32.const {VALUES})))))
                (func (export "{count}") (result i32)
                    (i32.and (global.get $n) (i32.const 255)))
                (func (export "{step}")
                    (global.set $n (i32.add (global.get $n) (i32.const 1)))))"#,
            pages = end.div_ceil(65_536),
            data = image.wat(),
            get = self.name("value", "get"),
            count = self.name("counter", "get"),
            step = self.name("stepper", "step"),
        );
        let wit = self.wit("export value; export counter; export stepper;");
        guest(&wit, &module)
    }

    /// A memory whose room is given out in order, and freed as a whole.
    fn memory(&self, imports: &str, functions: &str) -> String {
        let begin = BASE + 2 * self.room();
        let end = begin + ARENA_BYTES;
        format!(
            r#"(module {imports}
                (memory (export "memory") 1)
                (global (export "__heap_base") i32 (i32.const {end}))
                (global $top (mut i32) (i32.const {begin}))
                (func (export "cabi_realloc") (param $old i32) (param $old_bytes i32)
                        (param $align i32) (param $bytes i32) (result i32)
                    (local $at i32)
                    (local.set $at (i32.and
                        (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
                        (i32.sub (i32.const 0) (local.get $align))))
                    (global.set $top (i32.add (local.get $at) (local.get $bytes)))
                    (if (i32.gt_u (global.get $top) (i32.const {end})) (then unreachable))
                    (memory.copy (local.get $at) (local.get $old) (local.get $old_bytes))
                    (local.get $at))
                (func $free (param i32) (global.set $top (i32.const {begin})))
                {functions})"#
        )
    }

    /// Gives on what it reads.
    fn relay(&self) -> Vec<u8> {
        let value = format!("{}/value@1.0.0", self.package());
        let module = self.memory(
            &format!(r#"(import "{value}" "get" (func $get (param i32)))"#),
            &format!(
                r#"(func (export "{value}#get") (result i32)
                    (call $get (i32.const {BASE})) (i32.const {BASE}))
                (export "cabi_post_{value}#get" (func $free))
                (func (export "{}"))"#,
                self.name("stepper", "step")
            ),
        );
        guest(
            &self.wit("import value; export value; export stepper;"),
            &module,
        )
    }

    /// Gives on what a service makes of what it reads.
    fn client(&self) -> Vec<u8> {
        let value = format!("{}/value@1.0.0", self.package());
        let service = format!("{}/service@1.0.0", self.package());
        let answer = BASE + self.room();
        let module = self.memory(
            &format!(
                r#"(import "{value}" "get" (func $get (param i32)))
                (import "{service}" "transform" (func $transform (param i32 i32)))"#
            ),
            &format!(
                r#"(func (export "{value}#get") (result i32)
                    (call $get (i32.const {BASE}))
                    (call $transform (i32.const {BASE}) (i32.const {answer}))
                    (i32.const {answer}))
                (export "cabi_post_{value}#get" (func $free))"#
            ),
        );
        guest(
            &self.wit("import value; import service; export value;"),
            &module,
        )
    }

    /// Gives on the count: somebody who acknowledges its frames, and who reads that one.
    fn reader(&self) -> Vec<u8> {
        let module = format!(
            r#"(module (import "{}/counter@1.0.0" "get" (func $get (result i32)))
                (func (export "{}") (result i32) (call $get))
                (func (export "{}")))"#,
            self.package(),
            self.name("counter", "get"),
            self.name("stepper", "step")
        );
        let world = "import counter; export counter; export stepper;";
        guest(&self.wit(world), &module)
    }

    fn same(&self, interface: &str, function: &str) -> Vec<u8> {
        let name = self.name(interface, function);
        let module = self.memory(
            "",
            &format!(
                r#"(func (export "{name}") (param i32) (result i32) (local.get 0))
                (export "cabi_post_{name}" (func $free))"#
            ),
        );
        guest(&self.wit(&format!("export {interface};")), &module)
    }
}

fn guest(wit: &str, module: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("guest.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}\n{module}"));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let encoder = ComponentEncoder::default().validate(true).module(&module);
    encoder.unwrap().encode().unwrap()
}

/// `Count` carries the count of the first chain's source: the order of frames and values.
const DESCRIPTION: &str = r#"VERSION ""
BU_: ecu peer
BO_ 288 Status: 1 ecu
 SG_ Count : 0|8@1+ (1,0) [0|0] "" peer
"#;

const BEGIN: &str = r#"format = 1
name = "values"
[ecus.ecu]
fuel_ps = 1000
activation_ns = 500
[ecus.ecu.partitions.main]
memory_bytes = 1048576
fuel = 20000000
on_trap = "stop"
[ecus.ecu.partitions.rear]
memory_bytes = 1048576
fuel = 20000000
on_trap = "stop"
[ecus.peer]
fuel_ps = 1000
activation_ns = 500
[ecus.peer.partitions.main]
memory_bytes = 1048576
fuel = 20000000
on_trap = "stop"
[buses.can0]
kind = "can"
bitrate_bps = 500000
description = "values.dbc"
"#;

struct Making {
    text: String,
    components: std::collections::BTreeMap<String, Vec<u8>>,
}

impl Making {
    /// An instance of a component of its own.
    fn instance(&mut self, name: &str, partition: &str, activation: &str, bytes: Vec<u8>) {
        let _ = write!(
            self.text,
            "[components.{name}]\nfile = \"{name}.wasm\"\n\
             [instances.{name}]\ncomponent = \"{name}\"\npartition = \"{partition}\"\n"
        );
        if let Some((runnable, event)) = activation.split_once(' ') {
            let period = match event {
                // The first idle time in QEMU takes twice as long with `sleep=off`: nothing must
                // be due twice after it.
                "timing" => "period_ns = 100000000\noffset_ns = 50000000\n",
                _ => "",
            };
            let _ = write!(
                self.text,
                "[[instances.{name}.activations]]\nrunnable = \"{runnable}\"\n\
                 event = \"{event}\"\npriority = 1\n{period}"
            );
        }
        self.components.insert(name.to_owned(), bytes);
    }

    fn connect(&mut self, from: &str, to: &str, properties: &str) {
        let _ = write!(
            self.text,
            "[[connectors]]\nfrom = \"{from}\"\nto = \"{to}\"\n{properties}\n"
        );
    }
}

/// The composed chains.
pub(crate) fn composed(
    chains: &[Chain],
    random: &mut Random,
    bound: u32,
    lengths: Lengths,
) -> Composed {
    let mut making = Making {
        text: BEGIN.into(),
        components: Default::default(),
    };
    for chain in chains {
        add(&mut making, chain, random, bound, lengths);
    }
    let step = chains[0].name("stepper", "step");
    making.instance(
        "reader",
        "peer/main",
        &format!("{step} timing"),
        chains[0].reader(),
    );
    let count = chains[0].name("counter", "get");
    let buffered = "kind = \"buffered\"";
    making.connect(&format!("source0.{count}"), "can0:Status.Count", buffered);
    making.connect("can0:Status.Count", &format!("reader.{count}"), buffered);
    making.instance("display", "peer/main", "", chains[0].reader());
    let display = format!("display.{count}");
    making.connect(&format!("reader.{count}"), &display, buffered);
    let document = file::read(&making.text, "values.wireloom").unwrap();
    let mut library = Library::default();
    for (id, component) in &document.components {
        let bytes = &making.components[&component.name];
        let entry = Entry::Loaded {
            component_type: Arc::new(read::component(bytes, &component.name).unwrap()),
            bytes: Arc::from(bytes.as_slice()),
        };
        library.components.insert(*id, entry);
    }
    let can = document.bus_named("can0").unwrap();
    let description = dbc::read(DESCRIPTION.as_bytes());
    library
        .descriptions
        .insert(can, Arc::new(description.database));
    compose(&document, &library).unwrap()
}

fn add(making: &mut Making, chain: &Chain, random: &mut Random, bound: u32, lengths: Lengths) {
    let number = chain.number;
    let name = |part: &str| format!("{part}{number}");
    let value = format!("{}/value@1.0.0", chain.package());
    let service = format!("{}/service@1.0.0", chain.package());
    let (get, stepped) = (chain.name("value", "get"), chain.name("processor", "step"));
    let timing = format!("{} timing", chain.name("stepper", "step"));
    let received = format!("{} data-received", chain.name("stepper", "step"));
    // What goes to another partition has its own limit.
    let rear = match chain.ty.packed_most(bound) {
        0..=LONGEST_BYTES => "ecu/rear",
        _ => "ecu/main",
    };
    let parts = [
        (
            "source",
            "ecu/main",
            timing.clone(),
            chain.source(random, lengths),
        ),
        (
            "processor",
            "ecu/main",
            format!("{stepped} timing"),
            chain.same("processor", "step"),
        ),
        (
            "service",
            "ecu/main",
            String::new(),
            chain.same("service", "transform"),
        ),
        ("client", "ecu/main", String::new(), chain.client()),
        ("relay", "ecu/main", timing, chain.relay()),
        ("far", rear, received, chain.relay()),
        ("end", rear, String::new(), chain.relay()),
    ];
    for (part, partition, activation, bytes) in parts {
        making.instance(&name(part), partition, &activation, bytes);
    }
    let buffered = format!("kind = \"buffered\"\nbound = {bound}");
    let direct = "kind = \"direct\"";
    let end = |part: &str, what: &str| format!("{part}{number}.{what}");
    making.connect(
        &end("source", &get),
        &end("processor", &format!("{stepped}(input.x)")),
        &buffered,
    );
    making.connect(
        &end("processor", &format!("{stepped} -> x")),
        &end("client", &get),
        &buffered,
    );
    making.connect(&end("service", &service), &end("client", &service), direct);
    making.connect(&end("client", &value), &end("relay", &value), direct);
    making.connect(&end("relay", &get), &end("far", &get), &buffered);
    making.connect(&end("far", &get), &end("end", &get), &buffered);
}
