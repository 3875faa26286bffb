//! What of a component is asynchronous, by its name in the specification: looked for before the
//! component is translated, since the engine's translator takes such a component only where it
//! may run it. Knows nothing of what is done about it.

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentDefinedType, ComponentType,
    ComponentTypeDeclaration, InstanceTypeDeclaration, Parser, Payload,
};

/// The first asynchronous construct; none also where the bytes are no component.
pub(crate) fn first(component: &[u8]) -> Option<&'static str> {
    for payload in Parser::new(0).parse_all(component) {
        let found = match payload.ok()? {
            Payload::ComponentTypeSection(section) => {
                section.into_iter().find_map(|item| of_type(&item.ok()?))
            }
            Payload::ComponentCanonicalSection(section) => section
                .into_iter()
                .find_map(|item| of_function(&item.ok()?)),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn of_type(item: &ComponentType<'_>) -> Option<&'static str> {
    use ComponentTypeDeclaration as InComponent;
    use InstanceTypeDeclaration as InInstance;
    match item {
        ComponentType::Defined(ComponentDefinedType::Stream(_)) => Some("stream"),
        ComponentType::Defined(ComponentDefinedType::Future(_)) => Some("future"),
        ComponentType::Func(function) => function.async_.then_some("an async function"),
        ComponentType::Instance(items) => items.iter().find_map(|item| match item {
            InInstance::Type(ty) => of_type(ty),
            _ => None,
        }),
        ComponentType::Component(items) => items.iter().find_map(|item| match item {
            InComponent::Type(ty) => of_type(ty),
            _ => None,
        }),
        ComponentType::Defined(_) | ComponentType::Resource { .. } => None,
    }
}

fn of_function(function: &CanonicalFunction) -> Option<&'static str> {
    let is_async = |options: &[CanonicalOption]| {
        options.iter().any(|option| {
            matches!(
                option,
                CanonicalOption::Async | CanonicalOption::Callback(_)
            )
        })
    };
    match function {
        CanonicalFunction::Lift { options, .. } => is_async(options).then_some("an async export"),
        CanonicalFunction::Lower { options, .. } => is_async(options).then_some("an async import"),
        CanonicalFunction::ResourceNew { .. }
        | CanonicalFunction::ResourceDrop { .. }
        | CanonicalFunction::ResourceRep { .. } => None,
        CanonicalFunction::StreamNew { .. }
        | CanonicalFunction::StreamRead { .. }
        | CanonicalFunction::StreamWrite { .. }
        | CanonicalFunction::StreamCancelRead { .. }
        | CanonicalFunction::StreamCancelWrite { .. }
        | CanonicalFunction::StreamDropReadable { .. }
        | CanonicalFunction::StreamDropWritable { .. } => Some("stream"),
        CanonicalFunction::FutureNew { .. }
        | CanonicalFunction::FutureRead { .. }
        | CanonicalFunction::FutureWrite { .. }
        | CanonicalFunction::FutureCancelRead { .. }
        | CanonicalFunction::FutureCancelWrite { .. }
        | CanonicalFunction::FutureDropReadable { .. }
        | CanonicalFunction::FutureDropWritable { .. } => Some("future"),
        CanonicalFunction::WaitableSetNew
        | CanonicalFunction::WaitableSetWait { .. }
        | CanonicalFunction::WaitableSetPoll { .. }
        | CanonicalFunction::WaitableSetDrop
        | CanonicalFunction::WaitableJoin => Some("waitable-set"),
        CanonicalFunction::TaskReturn { .. } => Some("task.return"),
        CanonicalFunction::TaskCancel => Some("task.cancel"),
        CanonicalFunction::SubtaskDrop | CanonicalFunction::SubtaskCancel { .. } => Some("subtask"),
        CanonicalFunction::BackpressureInc | CanonicalFunction::BackpressureDec => {
            Some("backpressure")
        }
        CanonicalFunction::ContextGet { .. } | CanonicalFunction::ContextSet { .. } => {
            Some("context")
        }
        CanonicalFunction::ErrorContextNew { .. }
        | CanonicalFunction::ErrorContextDebugMessage { .. }
        | CanonicalFunction::ErrorContextDrop => Some("error-context"),
        _ => Some("thread"),
    }
}
