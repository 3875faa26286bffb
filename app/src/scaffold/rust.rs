//! A Rust project: bindings by wit-bindgen's macro, stubs written here. Knows nothing of C.

use super::{Profile, ScaffoldError, filled, names, rust_types, world::World};
use std::collections::BTreeMap;
use std::fmt::Write;
use wit_bindgen_core::{
    name_package_module,
    wit_parser::{Function, InterfaceId, Resolve, WorldItem, WorldKey},
};

const MANIFEST: &str = include_str!("templates/rust/manifest");
const BUILD: &str = include_str!("templates/rust/build");
const HEAD: &str = include_str!("templates/rust/head");
const HEAD_MCU: &str = include_str!("templates/rust/head_mcu");
const MCU: &str = include_str!("templates/rust/mcu");
/// The arena of the samples: one text for both.
const ARENA: &str = include_str!("../../../samples/guest-runtime/src/arena.rs");

const LINK_MCU: &str = " \\\n    -Clink-arg=-zstack-size=4096 -Clink-arg=--stack-first \\\n    \
    -Clink-arg=--initial-memory=65536 -Clink-arg=--max-memory=65536";

pub(super) fn files(
    name: &str,
    world: &World,
    profile: Profile,
) -> Result<BTreeMap<String, Vec<u8>>, ScaffoldError> {
    let world_name = &world.resolve.worlds[world.id].name;
    let crate_name = names::snake(name);
    let (features, link, head) = match profile {
        Profile::Default => ("\"bitflags\", \"macros\", \"realloc\", \"std\"", "", HEAD),
        Profile::Mcu => ("\"bitflags\", \"macros\", \"realloc\"", LINK_MCU, HEAD_MCU),
    };
    let values = [
        ("name", name),
        ("crate", crate_name.as_str()),
        ("world", world_name.as_str()),
        ("features", features),
        ("link", link),
    ];
    let mut library = filled(head, &values);
    library.extend(stubs(world).into_bytes());
    let mut files = BTreeMap::from([
        ("Cargo.toml".to_owned(), filled(MANIFEST, &values)),
        ("build".to_owned(), filled(BUILD, &values)),
        ("src/lib.rs".to_owned(), library),
    ]);
    if profile == Profile::Mcu {
        files.insert("src/arena.rs".to_owned(), ARENA.as_bytes().to_vec());
        files.insert("src/mcu.rs".to_owned(), MCU.as_bytes().to_vec());
    }
    Ok(files)
}

/// `impl …::Guest for Component` for each exported interface, and for the world's own functions.
fn stubs(world: &World) -> String {
    let resolve = &world.resolve;
    let mut text = String::new();
    let mut root = Vec::new();
    for (key, item) in &resolve.worlds[world.id].exports {
        match item {
            WorldItem::Interface { id, .. } => {
                let functions: Vec<&Function> =
                    resolve.interfaces[*id].functions.values().collect();
                // An interface without functions has no trait to implement.
                if !functions.is_empty() {
                    text += &implementation(
                        resolve,
                        &format!("{}::", module(resolve, key, *id)),
                        &functions,
                    );
                }
            }
            WorldItem::Function(function) => root.push(function),
            WorldItem::Type { .. } => {}
        }
    }
    if !root.is_empty() {
        text += &implementation(resolve, "", &root);
    }
    text
}

/// The module that the macro makes for an exported interface.
fn module(resolve: &Resolve, key: &WorldKey, id: InterfaceId) -> String {
    let interface = &resolve.interfaces[id];
    match (key, interface.package, &interface.name) {
        (WorldKey::Interface(_), Some(package), Some(name)) => format!(
            "exports::{}::{}::{}",
            names::identifier(&resolve.packages[package].name.namespace),
            name_package_module(resolve, package),
            names::identifier(name)
        ),
        _ => format!(
            "exports::{}",
            names::identifier(&resolve.name_world_key(key))
        ),
    }
}

fn implementation(resolve: &Resolve, path: &str, functions: &[&Function]) -> String {
    let mut text = format!("\nimpl {path}Guest for Component {{");
    for (index, function) in functions.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let parameters: Vec<String> = function
            .params
            .iter()
            .map(|parameter| {
                format!(
                    "_{}: {}",
                    names::snake(&parameter.name),
                    rust_types::name(resolve, path, parameter.ty)
                )
            })
            .collect();
        let result = function
            .result
            .map(|ty| format!(" -> {}", rust_types::name(resolve, path, ty)));
        let body = function
            .result
            .map_or_else(String::new, |ty| rust_types::zero(resolve, path, ty));
        let _ = write!(
            text,
            "\n    fn {}({}){} {{\n        // Fill this in.\n{}    }}\n",
            names::identifier(&function.name),
            parameters.join(", "),
            result.unwrap_or_default(),
            if body.is_empty() {
                body
            } else {
                format!("        {body}\n")
            },
        );
    }
    text + "}\n"
}
