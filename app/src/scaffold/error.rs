//! Why a project can not be begun. Knows nothing of the command line.

/// Why there are no files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScaffoldError {
    #[error(
        "`{0}` is no name of a component; take lower-case words joined by hyphens, such as `fan-control`"
    )]
    Name(String),
    #[error("the WIT can not be read: {0}")]
    Wit(String),
    #[error(
        "there is no world in the WIT; add one that says what the component imports and exports"
    )]
    NoWorld,
    #[error("the WIT has several worlds ({}); name the component as one of them", .0.join(", "))]
    SeveralWorlds(Vec<String>),
    #[error(
        "`{function}` {what}, which `wireloom new` can not stub yet; write this component by hand with wit-bindgen"
    )]
    Unsupported {
        function: String,
        what: &'static str,
    },
    #[error("bindings can not be generated: {0}")]
    Bindings(String),
    #[error("this is no core module with a world in it: {0}")]
    Pack(String),
    #[error(
        "this core module has no world in it (custom section `component-type`), so nobody knows the types of its functions; let wit-bindgen generate its bindings and build it again"
    )]
    NoWorldInside,
    #[error(transparent)]
    Meaning(#[from] autosar_wit::meanings::MeaningsError),
}
