//! Why a file is no component type, one case a cause, each with what to do.

use super::LARGEST_BYTES;
use crate::metadata::MetadataError;

/// A file could not be read as a component type; `name` is what the caller called it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("`{name}` is empty; build the component again")]
    Empty { name: String },
    #[error(
        "`{name}` has {} MB, the largest component is {} MB; strip its debug information (`wasm-tools strip`) or take data out of it",
        .size_bytes / 1_000_000, LARGEST_BYTES / 1_000_000
    )]
    TooLarge { name: String, size_bytes: u64 },
    #[error(
        "`{name}` is WebAssembly text, not a binary; assemble it with `wasm-tools parse {name} -o component.wasm`"
    )]
    WebAssemblyText { name: String },
    #[error("`{name}` is WIT text, not a component; add its folder as a WIT package to get a stub")]
    WitText { name: String },
    #[error("`{name}` is a text file, not a component; choose the built `.wasm`")]
    Text { name: String },
    #[error(
        "`{name}` is no WebAssembly: it starts with {start}, not with 00 61 73 6d; choose the built `.wasm`"
    )]
    NotWebAssembly { name: String, start: String },
    #[error(
        "`{name}` is a core module, not a component; wrap it with `wireloom pack {name} -o component.wasm`, or build for a target with components such as wasm32-wasip2"
    )]
    CoreModule { name: String },
    #[error(
        "`{name}` has WebAssembly version {version:#010x}, known are 0x0001000d (component) and 0x00000001 (core module); build it with current tools"
    )]
    Version { name: String, version: u32 },
    #[error("`{name}` is cut off at {offset:#010x}; copy or build it again")]
    Truncated { name: String, offset: u64 },
    #[error("`{name}` is no valid component: {message} (at {offset:#010x}); build it again")]
    Invalid {
        name: String,
        message: String,
        offset: u64,
    },
    #[error(
        "`{name}` imports the {sort} `{import}`, which no port can provide; link it into the component first"
    )]
    Import {
        name: String,
        import: String,
        sort: &'static str,
    },
    #[error(
        "`{name}` is the WIT package `{package}`, not a component; add it as a WIT package to get a stub"
    )]
    Package { name: String, package: String },
    #[error("`{name}` is a component, not a WIT package; add it as a component")]
    NotPackage { name: String },
    #[error("`{name}`: {error}")]
    Metadata { name: String, error: MetadataError },
    #[error("no WIT file; choose a folder with `.wit` files")]
    NoWit,
    #[error("WIT is not valid: {message}")]
    Wit { message: String },
    #[error("these WIT files define {}; choose the folder of one package", listed(.packages))]
    WhichPackage { packages: Vec<String> },
    #[error("WIT in `{name}` has no world `{world}`; {}", known(.worlds))]
    NoSuchWorld {
        name: String,
        world: String,
        worlds: Vec<String>,
    },
    #[error(
        "WIT in `{name}` has no world; write `world name {{ … }}` with the ports of the component"
    )]
    NoWorld { name: String },
    #[error("WIT in `{name}` has more than one world; choose one of {}", listed(.worlds))]
    WhichWorld { name: String, worlds: Vec<String> },
}

fn known(worlds: &[String]) -> String {
    match worlds.is_empty() {
        true => "it has none".to_owned(),
        false => format!("choose one of {}", listed(worlds)),
    }
}

fn listed(worlds: &[String]) -> String {
    let worlds: Vec<String> = worlds.iter().map(|world| format!("`{world}`")).collect();
    worlds.join(", ")
}
