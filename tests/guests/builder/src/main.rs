//! `builder CORE.wasm COMPONENT.wasm`: what `wasm-tools component new` did in August 2024.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(core), Some(component)) = (arguments.next(), arguments.next()) else {
        return Err("usage: builder CORE.wasm COMPONENT.wasm".into());
    };
    let module = std::fs::read(&core).map_err(|error| format!("cannot read `{core}`: {error}"))?;
    let bytes = wit_component::ComponentEncoder::default()
        .module(&module)?
        .validate(true)
        .encode()?;
    std::fs::write(&component, bytes)
        .map_err(|error| format!("cannot write `{component}`: {error}"))?;
    Ok(())
}
