//! What WASI has beyond the interfaces that are served: a component may import it, and a call of it
//! is a misuse. Knows no interface.

/// What an ECU has no resources for: files, sockets, HTTP.
pub(crate) struct Absent;

#[cfg(feature = "component")]
pub(crate) use component::trap_the_rest;

#[cfg(feature = "component")]
mod component {
    use alloc::format;

    use wasmtime::{
        Engine, Result,
        component::{
            LinkerInstance, ResourceType,
            types::{ComponentInstance, ComponentItem},
        },
    };

    use super::Absent;
    use crate::{host::Host, misuse::Misuse};

    /// Resources of the served interfaces: where another interface uses them, they are not absent.
    const SERVED_RESOURCES: [&str; 11] = [
        "analog-in-out-pin",
        "analog-in-pin",
        "analog-out-pin",
        "controller",
        "digital-in-out-pin",
        "digital-in-pin",
        "digital-out-pin",
        "error",
        "input-stream",
        "output-stream",
        "pollable",
    ];

    /// Defines what the instance has and the linker has not.
    pub(crate) fn trap_the_rest<B: 'static>(
        place: &mut LinkerInstance<'_, Host<B>>,
        engine: &Engine,
        import: &str,
        instance: &ComponentInstance,
    ) -> Result<()> {
        for (name, item) in instance.exports(engine) {
            match item.ty {
                ComponentItem::ComponentFunc(_) => {
                    let function = format!("{import}#{name}");
                    let trap = move || Misuse::Unserved {
                        function: function.clone(),
                    };
                    // An error means that the interface is served and defines it already.
                    let _served = place.func_new(name, move |_, _, _, _| Err(trap().into()));
                }
                ComponentItem::Resource(_) if !SERVED_RESOURCES.contains(&name) => {
                    place.resource(name, ResourceType::host::<Absent>(), |_, _| Ok(()))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
