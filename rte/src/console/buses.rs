//! I2C buses without devices: they open, every transaction ends at the address, which nobody
//! acknowledges, and waiting takes no time.

use crate::{
    code::{Body, Module},
    synthesis::{ecu_package, i2c_package},
};
use wasm_encoder::ValType::{self, I32, I64};

/// What the console's world has of this.
pub(super) const EXPORTS: &str = "    export wasi:i2c/i2c@0.2.0-draft;
    export wasi:i2c/delay@0.2.0-draft;
    export wireloom:ecu/buses@0.1.0;
";

const I2C: &str = "wasi:i2c/i2c@0.2.0-draft";
const DELAY: &str = "wasi:i2c/delay@0.2.0-draft";
/// `err(no-acknowledge(address))` of a result whose payload is a list: it lies at the fourth byte.
const LISTS_REFUSED: [u8; 12] = [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0];
/// The same of a result without a payload.
const REFUSED: [u8; 3] = [1, 2, 0];

/// The packages behind that: `buses` as far as it is about I2C, so that nothing else is to be
/// served.
pub(super) fn packages() -> String {
    let other = [
        "wasi:spi/",
        "wasi:gpio/",
        "open-spi",
        "open-digital",
        "open-analog",
    ];
    let ecu = ecu_package();
    let lines = ecu
        .lines()
        .filter(|line| !other.iter().any(|word| line.contains(word)));
    let ecu: String = lines.map(|line| format!("{line}\n")).collect();
    i2c_package() + &ecu
}

pub(super) fn serve(module: &mut Module) {
    let list = module.place_data(&LISTS_REFUSED, 4);
    let unit = module.place_data(&REFUSED, 1);
    // A handle, an address, and what is written or how much is read.
    for (method, parameters, image) in [
        ("transaction", [I32; 4].as_slice(), list),
        ("read", &[I32, I32, I64], list),
        ("write", &[I32; 4], unit),
        ("write-read", &[I32, I32, I32, I32, I64], list),
    ] {
        answer(
            module,
            &format!("{I2C}#[method]i2c.{method}"),
            parameters,
            image,
        );
    }
    let waits = module.declare(&[I32; 2], &[]);
    module.define(waits, Body::new(2));
    module.export(format!("{DELAY}#[method]delay.delay-ns"), waits);
    open(module, "open-i2c", 2, (I2C, "i2c"));
    open(module, "open-delay", 0, (DELAY, "delay"));
}

/// A function that gives this image, whatever it is asked.
fn answer(module: &mut Module, name: &str, parameters: &[ValType], image: u32) {
    let callee = module.declare(parameters, &[I32]);
    let mut body = Body::new(parameters.len());
    body.reset_heap().i32(image);
    module.define(callee, body);
    module.export(name, callee);
}

/// A function that makes a handle; all of them are the same.
fn open(module: &mut Module, name: &str, parameters: usize, (owner, resource): (&str, &str)) {
    let make = format!("[resource-new]{resource}");
    let make = module.import(&format!("[export]{owner}"), &make, &[I32], &[I32]);
    let callee = module.declare(&vec![I32; parameters], &[I32]);
    let mut body = Body::new(parameters);
    body.reset_heap().i32(1).call(make);
    module.define(callee, body);
    module.export(format!("wireloom:ecu/buses@0.1.0#{name}"), callee);
}
