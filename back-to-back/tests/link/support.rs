//! A partition that does some of everything, a board that answers, and a pipe between two threads.

use back_to_back::*;
use deployment::{
    Direction, Element, Event, FORMAT, Limits, Partition, Pdu, Reaction, Runnable, Task,
};
use ecu_host::{
    Ecu, EcuSettings,
    board::{Board, BusTime, CanError, CanFrame, CanStatus, I2cOperation, I2cTransfer, Record},
    engine_config,
};
use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};
use wasmtime::{Engine, component::Component};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const I2C: &str = include_str!("../../../autosar-wit/wit/deps/i2c.wit");
const SPI: &str = include_str!("../../../autosar-wit/wit/deps/spi.wit");
const IO: &str = include_str!("../../../autosar-wit/wit/deps/io.wit");
const GPIO: &str = include_str!("../../../autosar-wit/wit/deps/gpio.wit");
const ECU: &str = include_str!("../../../autosar-wit/wit/wireloom-ecu.wit");
const WORLD: &str = "package test:partition;
world partition {
    import wireloom:ecu/buses@0.1.0;
    import wireloom:ecu/elements@0.1.0;
    import wireloom:ecu/frames@0.1.0;
    import wireloom:ecu/meter@0.1.0;
    import wasi:i2c/i2c@0.2.0-draft;
    export measure: func();
    export hear: func();
}";

/// `measure` reads two bytes by I2C, publishes and sends them; `hear` takes a frame and traps if it
/// begins with `ff`.
pub(crate) const MODULE: &str = r#"(module
    (import "wireloom:ecu/buses@0.1.0" "open-i2c" (func $open (param i32 i32) (result i32)))
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wireloom:ecu/frames@0.1.0" "transmit" (func $transmit (param i32 i32 i32)))
    (import "wireloom:ecu/frames@0.1.0" "take" (func $take (param i32 i32)))
    (import "wireloom:ecu/meter@0.1.0" "enter" (func $enter (param i32)))
    (import "wireloom:ecu/meter@0.1.0" "leave" (func $leave))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $read (param i32 i32 i64 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[resource-drop]i2c" (func $drop (param i32)))
    (memory (export "memory") 1)
    (global $heap (mut i32) (i32.const 4096))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        global.get $heap
        global.get $heap local.get 3 i32.add i32.const 7 i32.add i32.const -8 i32.and
        global.set $heap)
    (data (i32.const 8) "i2c0")
    (func (export "measure") (local $bus i32)
        (global.set $heap (i32.const 4096))
        (call $enter (i32.const 0))
        (local.set $bus (call $open (i32.const 8) (i32.const 4)))
        (call $read (local.get $bus) (i32.const 0x48) (i64.const 2) (i32.const 128))
        (call $drop (local.get $bus))
        (call $leave)
        (call $publish (i32.const 0) (i32.load (i32.const 132)) (i32.load (i32.const 136)))
        (call $transmit (i32.const 0) (i32.load (i32.const 132)) (i32.const 2)))
    (func (export "hear")
        (global.set $heap (i32.const 4096))
        (call $enter (i32.const 0))
        (call $take (i32.const 1) (i32.const 128))
        (if (i32.eq (i32.load8_u (i32.load (i32.const 132))) (i32.const 0xff)) (then unreachable))
        (call $leave)))"#;

pub(crate) fn engine() -> Engine {
    Engine::new(&engine_config()).unwrap()
}

pub(crate) fn component(engine: &Engine, module: &str) -> Component {
    let mut resolve = Resolve::default();
    for (name, text) in [
        ("i2c.wit", I2C),
        ("spi.wit", SPI),
        ("io.wit", IO),
        ("gpio.wit", GPIO),
        ("ecu.wit", ECU),
    ] {
        resolve.push_str(name, text).unwrap();
    }
    let package = resolve.push_str("world.wit", WORLD).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let bytes = ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .validate(true)
        .encode()
        .unwrap();
    Component::new(engine, bytes).unwrap()
}

pub(crate) fn table() -> Partition {
    let task = |name: &str, event| Task {
        name: name.into(),
        event,
        priority: 0,
        runnables: vec![0],
    };
    let pdu = |direction, id| Pdu {
        name: format!("message{id}"),
        bus: "can0".into(),
        direction,
        id,
        extended: false,
        length_bytes: 2,
        queue: 1,
    };
    Partition {
        format: FORMAT,
        ecu: "climate".into(),
        name: "main".into(),
        instances: vec!["sensor".into()],
        runnables: vec![Runnable {
            instance: 0,
            function: "measure".into(),
        }],
        tasks: vec![
            task(
                "measure",
                Event::Timing {
                    period_ns: 1_000_000,
                    offset_ns: 0,
                },
            ),
            task(
                "hear",
                Event::DataReceived {
                    elements: vec![],
                    pdus: vec![1],
                },
            ),
        ],
        elements: vec![Element {
            name: "sensor.temperature".into(),
            direction: Direction::Out,
            value: "u16".into(),
            queue: 1,
        }],
        pdus: vec![pdu(Direction::Out, 0x100), pdu(Direction::In, 0x200)],
        probes: vec![],
        limits: Limits {
            memory_bytes: 1 << 20,
            fuel: 100_000,
        },
        on_trap: Reaction::Restart,
    }
}

pub(crate) fn ecu<B: Board + 'static>(board: B, module: &str) -> Ecu<B> {
    let engine = engine();
    let settings = EcuSettings {
        activation_ns: 10,
        ..EcuSettings::default()
    };
    let mut ecu = Ecu::new(&engine, settings, board);
    ecu.add(&component(&engine, module), table()).unwrap();
    ecu
}

/// A bus with a sensor that counts.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    count: u8,
}

impl Board for Desk {
    fn transmit(&mut self, _: u64, request: u64, _: &CanFrame) -> Result<(), CanError> {
        match request % 5 {
            4 => Err(CanError::QueueFull),
            _ => Ok(()),
        }
    }

    fn can_status(&self, _: u64, _: &str) -> Option<CanStatus> {
        None
    }

    fn has_can(&self, bus: &str) -> bool {
        bus == "can0"
    }

    fn has_i2c(&self, bus: &str) -> bool {
        bus == "i2c0"
    }

    fn i2c(&mut self, _: u64, _: &str, _: u16, operations: &mut [I2cOperation]) -> I2cTransfer {
        self.count += 1;
        for operation in operations {
            if let I2cOperation::Read(bytes) = operation {
                bytes.fill(self.count);
            }
        }
        I2cTransfer {
            bus_time: BusTime(700),
            result: Ok(()),
        }
    }

    fn record(&mut self, _: u64, _: Record<'_>) {}

    fn random(&mut self) -> u64 {
        4
    }
}

fn frame(byte: u8) -> CanFrame {
    CanFrame {
        bus: "can0".into(),
        id: 0x200,
        data: vec![byte, 0],
        ..CanFrame::default()
    }
}

/// Ten milliseconds of the ECU; a frame arrives every two, the last of which makes it trap.
pub(crate) fn recorded() -> Recording {
    let mut ecu = ecu(Recorder::on(Desk::default()), MODULE);
    let mut frames = (1..=4).map(|number| {
        let byte = if number == 4 { 0xff } else { number };
        (u64::from(number) * 2_000_500, frame(byte))
    });
    let mut coming = frames.next();
    while let Some(next) = ecu
        .next_activation()
        .filter(|next| next.at_ns <= 10_000_000)
    {
        if let Some((at_ns, frame)) = coming.take_if(|(at_ns, _)| *at_ns <= next.at_ns) {
            receive(&mut ecu, at_ns, &frame);
            coming = frames.next();
            continue;
        }
        assert!(run(&mut ecu, next.at_ns).is_some());
    }
    let head = Head {
        format: back_to_back::FORMAT,
        ecu: "climate".into(),
        wasmtime: "48.0.8".into(),
        seed: 0,
        until_ns: 10_000_000,
        partitions: vec![HeadPartition {
            sha256: String::new(),
            table: table(),
        }],
    };
    let entries = ecu.board().entries().unwrap();
    Recording { head, entries }
}

/// One end of a pipe.
pub(crate) struct PipeEnd {
    from: Receiver<u8>,
    to: Sender<u8>,
}

impl Port for PipeEnd {
    fn read(&mut self) -> Result<u8, Closed> {
        self.from.recv().map_err(|_| Closed)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        let sent = |byte: &u8| self.to.send(*byte).map_err(|_| Closed);
        bytes.iter().try_for_each(sent)
    }
}

pub(crate) fn pipe() -> (PipeEnd, PipeEnd) {
    let ((to_one, from_other), (to_other, from_one)) = (channel(), channel());
    let end = |from, to| PipeEnd { from, to };
    (end(from_other, to_other), end(from_one, to_one))
}

/// Replays on an ECU with this module; the verdict, and how the ECU's side ended.
pub(crate) fn replayed(
    module: &'static str,
    recording: &Recording,
) -> (Result<Verdict, LinkError>, Result<(), LinkError>) {
    let (here, there) = pipe();
    let target = thread::spawn(move || serve(&mut ecu(LinkBoard::new(there), module)));
    let verdict = replay(here, recording, &mut |_| {});
    (verdict, target.join().unwrap())
}
