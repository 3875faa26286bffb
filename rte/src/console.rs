//! The console: serves `wireloom:ecu` to a partition under any engine with WASI, on a virtual
//! clock that the driver sets. Sent frames are printed as candump log lines; nothing is ever
//! received. I2C buses open and have no devices: no address is ever acknowledged.
//!
//! Source: can-utils, `candump.c` (log file format).

mod buses;

use crate::{
    code::{Body, Callee, Module},
    layout::Scalar,
    plan::{DriverPlan, GenerateError, PrintedPdu},
    synthesis::{bus_packages, component, ecu_package, marked},
};
use wasm_encoder::{
    Instruction,
    ValType::{I32, I64},
};

/// The instance export of the console and import of the driver.
pub const CONSOLE_CONTROL: &str = "console-control";

const WORLD: &str = "package wireloom:glue;
world glue {
    import wasi:cli/stdout@0.2.0;
    import wasi:io/streams@0.2.0;
    export wireloom:ecu/clock@0.1.0;
    export wireloom:ecu/meter@0.1.0;
    export wireloom:ecu/elements@0.1.0;
    export wireloom:ecu/frames@0.1.0;
    export wireloom:ecu/probes@0.1.0;
    export console-control: interface {
        advance: func(now-ns: u64);
        written: func(element: u32) -> bool;
    }
}
package wasi:io@0.2.0 {
    interface error { resource error; }
    interface streams {
        use error.{error};
        variant stream-error { last-operation-failed(error), closed }
        resource output-stream {
            blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
        }
    }
}
package wasi:cli@0.2.0 {
    interface stdout {
        use wasi:io/streams@0.2.0.{output-stream};
        get-stdout: func() -> output-stream;
    }
}
";

/// `(` and ten digits, `.` and six digits, `) `.
const TIME_BYTES: u32 = 20;
/// A name of a bus, an id, and 64 bytes as hexadecimal digits.
const LINE_BYTES: u32 = 512;

/// The console for a partition with these PDUs and elements.
///
/// # Errors
/// None that a plan causes.
pub fn console(plan: &DriverPlan) -> Result<Vec<u8>, GenerateError> {
    let mut module = Module::new();
    let now = module.place(8, 8);
    let written = module.place(plan.elements, 1);
    clock(&mut module, now);
    for name in [
        "wireloom:ecu/meter@0.1.0#leave",
        "wireloom:ecu/probes@0.1.0#pause",
        "wireloom:ecu/probes@0.1.0#resume",
    ] {
        nothing(&mut module, name, 0);
    }
    nothing(&mut module, "wireloom:ecu/meter@0.1.0#enter", 1);
    nothing(&mut module, "wireloom:ecu/elements@0.1.0#refuse", 1);
    for name in [
        "wireloom:ecu/probes@0.1.0#called",
        "wireloom:ecu/probes@0.1.0#returned",
    ] {
        nothing(&mut module, name, 4);
    }
    for name in [
        "wireloom:ecu/elements@0.1.0#take",
        "wireloom:ecu/frames@0.1.0#take",
    ] {
        none(&mut module, name);
    }
    elements(&mut module, written, plan.elements);
    transmit(&mut module, now, &plan.pdus);
    let mut world = WORLD.to_owned();
    if plan.has_i2c {
        buses::serve(&mut module);
        world = world.replacen(
            "world glue {\n",
            &format!("world glue {{\n{}", buses::EXPORTS),
            1,
        );
    }
    module.export_realloc();
    let packages = match plan.has_i2c {
        true => buses::packages(),
        false => bus_packages() + &ecu_package(),
    };
    component(module.finish(), &(world + &packages)).map(marked)
}

fn clock(module: &mut Module, now: u32) {
    let callee = module.declare(&[], &[I64]);
    let mut body = Body::new(0);
    body.i32(now).load(Scalar::U64, 0);
    module.define(callee, body);
    module.export("wireloom:ecu/clock@0.1.0#now", callee);
    let advance = module.declare(&[I64], &[]);
    let mut body = Body::new(1);
    body.i32(now).get(0).store(Scalar::U64, 0);
    module.define(advance, body);
    module.export(format!("{CONSOLE_CONTROL}#advance"), advance);
}

/// A function that takes words and does nothing.
fn nothing(module: &mut Module, name: &str, parameters: usize) {
    let callee = module.declare(&vec![I32; parameters], &[]);
    let mut body = Body::new(parameters);
    body.reset_heap();
    module.define(callee, body);
    module.export(name, callee);
}

/// A function that gives no list.
fn none(module: &mut Module, name: &str) {
    let image = module.place(12, 4);
    let callee = module.declare(&[I32], &[I32]);
    let mut body = Body::new(1);
    body.i32(image);
    module.define(callee, body);
    module.export(name, callee);
}

/// Remembers which elements were published until the driver has asked.
fn elements(module: &mut Module, written: u32, count: u32) {
    let publish = module.declare(&[I32; 3], &[]);
    let mut body = Body::new(3);
    body.get(0).i32(count).op(Instruction::I32LtU).begin_if();
    body.get(0)
        .i32(1)
        .store(Scalar::U8, written)
        .end()
        .reset_heap();
    module.define(publish, body);
    module.export("wireloom:ecu/elements@0.1.0#publish", publish);
    let ask = module.declare(&[I32], &[I32]);
    let mut body = Body::new(1);
    body.get(0).i32(count).op(Instruction::I32GeU).begin_if();
    body.i32(0).op(Instruction::Return).end();
    body.get(0)
        .load(Scalar::U8, written)
        .get(0)
        .i32(0)
        .store(Scalar::U8, written);
    module.define(ask, body);
    module.export(format!("{CONSOLE_CONTROL}#written"), ask);
}

fn transmit(module: &mut Module, now: u32, pdus: &[PrintedPdu]) {
    let table = prefixes(module, pdus);
    let line = module.place(LINE_BYTES, 8);
    let hexadecimal = module.place_data(b"0123456789ABCDEF", 1);
    let write = writer(module);
    let transmit = module.declare(&[I32; 3], &[]);
    let mut body = Body::new(3);
    let (pdu, data, bytes) = (0, 1, 2);
    let (at, entry, byte) = (body.local(I32), body.local(I32), body.local(I32));
    let rest = body.local(I64);
    body.get(pdu)
        .i32(pdus.len() as u32)
        .op(Instruction::I32GeU)
        .begin_if();
    body.reset_heap().op(Instruction::Return).end();
    time(&mut body, now, line, rest);
    body.get(pdu)
        .i32(8)
        .op(Instruction::I32Mul)
        .i32(table)
        .op(Instruction::I32Add)
        .set(entry);
    body.i32(line + TIME_BYTES).get(entry).load(Scalar::U32, 0);
    body.get(entry).load(Scalar::U32, 4).copy();
    body.i32(line + TIME_BYTES).get(entry).load(Scalar::U32, 4);
    body.op(Instruction::I32Add).set(at);
    body.repeat(bytes, |body| {
        body.get(data).load(Scalar::U8, 0).set(byte);
        body.get(at).get(byte).i32(4).op(Instruction::I32ShrU);
        body.load(Scalar::U8, hexadecimal).store(Scalar::U8, 0);
        body.get(at).get(byte).i32(15).op(Instruction::I32And);
        body.load(Scalar::U8, hexadecimal).store(Scalar::U8, 1);
        body.advance(at, 2).advance(data, 1);
    });
    body.get(at).i32(b'\n'.into()).store(Scalar::U8, 0);
    body.i32(line)
        .get(at)
        .i32(line - 1)
        .op(Instruction::I32Sub)
        .call(write)
        .reset_heap();
    module.define(transmit, body);
    module.export("wireloom:ecu/frames@0.1.0#transmit", transmit);
}

/// What stands between time and data of each PDU: a table of addresses and lengths.
fn prefixes(module: &mut Module, pdus: &[PrintedPdu]) -> u32 {
    let mut table = Vec::new();
    for pdu in pdus {
        let bus: String = pdu.bus.chars().take(64).collect();
        let text = match pdu.extended {
            true => format!("{bus} {:08X}#", pdu.id),
            false => format!("{bus} {:03X}#", pdu.id),
        };
        let address = module.place_data(text.as_bytes(), 1);
        table.extend(address.to_le_bytes());
        table.extend((text.len() as u32).to_le_bytes());
    }
    module.place_data(&table, 4)
}

/// Writes the time in microseconds as `(0000000001.500000) `, from its last digit on.
fn time(body: &mut Body, now: u32, line: u32, rest: u32) {
    body.i32(now)
        .load(Scalar::U64, 0)
        .i64(1000)
        .op(Instruction::I64DivU)
        .set(rest);
    for position in (1..18).rev() {
        if position == 11 {
            continue;
        }
        body.i32(line + position)
            .get(rest)
            .i64(10)
            .op(Instruction::I64RemU);
        body.op(Instruction::I32WrapI64)
            .i32(b'0'.into())
            .op(Instruction::I32Add);
        body.store(Scalar::U8, 0)
            .get(rest)
            .i64(10)
            .op(Instruction::I64DivU)
            .set(rest);
    }
    for (position, character) in [(0, b'('), (11, b'.'), (18, b')'), (19, b' ')] {
        body.i32(line + position)
            .i32(character.into())
            .store(Scalar::U8, 0);
    }
}

/// `(address, bytes)`: to standard output, whose handle is asked for once; what cannot be printed
/// is lost.
fn writer(module: &mut Module) -> Callee {
    let stdout = module.import("wasi:cli/stdout@0.2.0", "get-stdout", &[], &[I32]);
    let method = "[method]output-stream.blocking-write-and-flush";
    let write = module.import("wasi:io/streams@0.2.0", method, &[I32; 4], &[]);
    let (handle, is_open) = (module.place(4, 4), module.place(4, 4));
    let outcome = module.place(12, 4);
    let callee = module.declare(&[I32; 2], &[]);
    let mut body = Body::new(2);
    body.i32(is_open)
        .load(Scalar::U32, 0)
        .op(Instruction::I32Eqz)
        .begin_if();
    body.i32(handle).call(stdout).store(Scalar::U32, 0);
    body.i32(is_open).i32(1).store(Scalar::U32, 0).end();
    body.i32(handle)
        .load(Scalar::U32, 0)
        .get(0)
        .get(1)
        .i32(outcome)
        .call(write);
    module.define(callee, body);
    callee
}
