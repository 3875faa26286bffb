//! Worlds of generated components, written as WIT: interfaces stand inline under plain names, so
//! that instances which were trimmed differently never meet; only the types that another
//! interface owns are imported by its id, as the union of what all of them know.
//! Knows nothing of what the components do.

mod owned;
mod scope;

use crate::{
    handle::{HANDLES, Handle},
    plan::GenerateError,
    tasks::call::is_plain,
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind, Interface, InterfaceId, ResourceType},
};
use owned::Owned;
use scope::{Scope, path};
use std::fmt::Write;
use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

/// The custom section, without content, of every component that is generated to join others (of
/// stubs it is not: they stand in for users' components). By it such a component is known again.
pub const MARK: &str = "wireloom:glue";

/// The host's interfaces; what is not called of them is left out when the component is made.
const ECU: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../autosar-wit/wit/wireloom-ecu.wit"
));
const I2C: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../autosar-wit/wit/deps/i2c.wit"
));
const I2C_HEAD: &str = "package wasi:i2c@0.2.0-draft;";
const ECU_HEAD: &str = "package wireloom:ecu@0.1.0;";
const ECU_INTERFACES: [&str; 7] = [
    "clock", "meter", "elements", "frames", "buses", "nv", "probes",
];
/// A world in the making.
#[derive(Debug, Default)]
pub(crate) struct World {
    imports: Vec<Extern>,
    exports: Vec<Extern>,
}

#[derive(Debug)]
struct Extern {
    name: String,
    item: PortItem,
    /// Whose type it is, for messages.
    user: String,
}

impl World {
    pub(crate) fn import(&mut self, name: &str, item: PortItem, user: &str) {
        self.imports.push(Extern {
            name: name.to_owned(),
            item,
            user: user.to_owned(),
        });
    }

    pub(crate) fn export(&mut self, name: &str, item: PortItem, user: &str) {
        self.exports.push(Extern {
            name: name.to_owned(),
            item,
            user: user.to_owned(),
        });
    }

    /// The component of that core module, which follows the names of `wit-component`.
    pub(crate) fn component(&self, core: Vec<u8>) -> Result<Vec<u8>, GenerateError> {
        component(core, &self.text()?)
    }

    /// The same with the mark of what joins others.
    pub(crate) fn glue(&self, core: Vec<u8>) -> Result<Vec<u8>, GenerateError> {
        self.component(core).map(marked)
    }

    fn text(&self) -> Result<String, GenerateError> {
        let mut owned = Owned::default();
        let handles = HANDLES.into_iter().map(Handle::resource);
        for resource in handles.chain([delay()]) {
            owned.insert_resource(&resource, "the buses");
        }
        let mut root = Scope::new(None);
        let mut body = String::new();
        for interface in ECU_INTERFACES {
            let _ = writeln!(body, "  import wireloom:ecu/{interface}@0.1.0;");
        }
        for (word, externs) in [("import", &self.imports), ("export", &self.exports)] {
            for one in externs {
                if let PortItem::Interface(interface) = &one.item
                    && one.name.contains(':')
                {
                    owned.insert_interface(interface, &one.user)?;
                    let name = interface.id.as_ref().map_or_else(|| one.name.clone(), path);
                    let _ = writeln!(body, "  {word} {name};");
                    continue;
                }
                let item = match &one.item {
                    PortItem::Interface(interface) => {
                        let every = word == "export";
                        inline(interface, every, &one.user, &mut owned)?
                    }
                    PortItem::Function(function) => {
                        signature(function, &mut root, &one.user, &mut owned)? + ";"
                    }
                };
                let _ = writeln!(body, "  {word} %{}: {item}", one.name);
            }
        }
        let mut head = String::new();
        root.write_types(&mut head, &mut owned)?;
        let mut text = format!("package wireloom:glue;\nworld glue {{\n{head}{body}}}\n");
        text.push_str(&owned.packages()?);
        text.push_str(&ecu_package());
        Ok(text)
    }
}

/// The component with the section [`MARK`].
pub(crate) fn marked(mut component: Vec<u8>) -> Vec<u8> {
    CustomSection {
        name: MARK.into(),
        data: [].as_slice().into(),
    }
    .append_to_component(&mut component);
    component
}

/// The component of a core module and the world `glue` of that WIT.
pub(crate) fn component(mut core: Vec<u8>, text: &str) -> Result<Vec<u8>, GenerateError> {
    let bug = |error: &dyn std::fmt::Display| GenerateError::Bug(format!("{error:#}"));
    let mut resolve = Resolve::default();
    let package = resolve
        .push_source("glue.wit", text)
        .map_err(|error| bug(&error))?;
    let world = resolve
        .select_world(&[package], Some("glue"))
        .map_err(|error| bug(&error))?;
    wit_component::embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8)
        .map_err(|error| bug(&error))?;
    ComponentEncoder::default()
        .module(&core)
        .and_then(|encoder| encoder.merge_imports_based_on_semver(false).encode())
        .map_err(|error| bug(&error))
}

/// `wireloom:ecu` as a package within other text; it needs [`bus_packages`] beside it, or what has
/// the same resources.
pub(crate) fn ecu_package() -> String {
    let interfaces = ECU.split_once(ECU_HEAD).map_or("", |(_, rest)| rest);
    format!("package wireloom:ecu@0.1.0 {{{interfaces}}}\n")
}

/// The packages whose resources `wireloom:ecu/buses` names, as far as it names them.
pub(crate) fn bus_packages() -> String {
    let pins = |of: &str| {
        let resources = HANDLES.into_iter().map(Handle::resource);
        let own = resources.filter(|resource| {
            let owner = resource.owner.as_ref();
            owner.is_some_and(|id| id.interface == of)
        });
        own.map(|pin| format!("resource {}; ", pin.name))
            .collect::<String>()
    };
    format!(
        "package wasi:i2c@0.2.0-draft {{
    interface i2c {{ resource i2c; }}
    interface delay {{ resource delay; }}
}}
package wasi:spi {{
    interface spi {{ resource spi-device; }}
}}
package wasi:gpio@0.2.0 {{
    interface analog {{ {}}}
    interface digital {{ {}}}
}}
",
        pins("analog"),
        pins("digital")
    )
}

/// The draft I2C interface as a package within other text.
pub(crate) fn i2c_package() -> String {
    let interfaces = I2C.split_once(I2C_HEAD).map_or("", |(_, rest)| rest);
    format!("package wasi:i2c@0.2.0-draft {{{interfaces}}}\n")
}

/// The resource whose handles `buses.open-delay` gives.
pub(crate) fn delay() -> ResourceType {
    let owner = InterfaceId {
        namespace: "wasi".into(),
        package: "i2c".into(),
        interface: "delay".into(),
        version: semver::Version::parse("0.2.0-draft").ok(),
    };
    ResourceType {
        owner: Some(owner),
        name: "delay".into(),
    }
}

/// An interface in place: own types defined, others taken by `use`.
fn inline(
    interface: &Interface,
    every_type: bool,
    user: &str,
    owned: &mut Owned,
) -> Result<String, GenerateError> {
    let mut scope = Scope::new(interface.id.clone());
    scope.know(&interface.types);
    let mut functions = String::new();
    for function in &interface.functions {
        let signature = signature(function, &mut scope, user, owned)?;
        let _ = writeln!(functions, "    %{}: {signature};", function.name);
    }
    if every_type {
        for definition in &interface.types {
            scope.define(definition, user);
        }
    }
    let mut types = String::new();
    scope.write_types(&mut types, owned)?;
    Ok(format!("interface {{\n{types}{functions}  }}"))
}

fn signature(
    function: &Function,
    scope: &mut Scope,
    user: &str,
    owned: &mut Owned,
) -> Result<String, GenerateError> {
    let place = || format!("{user}#{}", function.name);
    if function.is_async && !is_plain(function) {
        return Err(GenerateError::Asynchronous { place: place() });
    }
    if function.kind != FunctionKind::Free {
        let what = "method of a resource".to_owned();
        return Err(GenerateError::Unbufferable {
            place: place(),
            what,
        });
    }
    let mut text = String::from(match function.is_async {
        true => "async func(",
        false => "func(",
    });
    for (name, value) in &function.parameters {
        let _ = write!(text, "%{name}: {}, ", scope.name(value, user, owned)?);
    }
    text.push(')');
    if let Some(result) = &function.result {
        let _ = write!(text, " -> {}", scope.name(result, user, owned)?);
    }
    Ok(text)
}
