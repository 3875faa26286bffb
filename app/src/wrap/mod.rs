//! `wireloom wrap`: a component around a controller in C, of the shape that model-based design tools
//! generate: `initialize`, `step`, `terminate`, and structures of inputs and outputs. Texts in, texts
//! out; knows nothing of folders and compilers.

mod constants;
mod cursor;
mod declarator;
mod error;
mod glue;
mod model;
mod parse;
mod preprocess;
mod shape;
mod tokens;
mod types;
mod wit;

pub use error::{Note, Place, WrapError};
pub use model::Request;

use autosar_wit::names;

/// A controller as a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The component's and the interface's name.
    pub name: String,
    pub world: String,
    pub wit: String,
    /// The source file that joins bindings and controller.
    pub glue: String,
    /// Units by element, for `meaning.toml`.
    pub meaning: String,
    /// Fields of inputs and of outputs.
    pub inputs: usize,
    pub outputs: usize,
    /// What of the headers was passed over, by place.
    pub notes: Vec<Note>,
}

/// Whether a source has a program's entry, which a component has not.
pub fn has_main(text: &str) -> bool {
    let words = tokens::tokens(text, "");
    words
        .windows(2)
        .any(|pair| matches!(pair, [main, open] if main.is("main") && open.is("(")))
}

/// Without a `name` the component is called as the controller; without a `package` it is
/// `model:NAME@0.1.0`.
pub fn wrap(
    request: &Request,
    name: Option<&str>,
    package: Option<&str>,
) -> Result<Wrapped, WrapError> {
    let model = model::read(request)?;
    let name = name.map_or_else(|| names::to_label(&model.name), str::to_owned);
    let package = package.map_or_else(|| format!("model:{name}@0.1.0"), str::to_owned);
    let described = wit::describe(&model, &name, &package)?;
    Ok(Wrapped {
        glue: glue::glue(&model, &described),
        name,
        world: described.world,
        wit: described.text,
        meaning: described.meaning,
        inputs: model.inputs.len(),
        outputs: model.outputs.len(),
        notes: model.notes,
    })
}
