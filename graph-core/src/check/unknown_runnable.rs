//! An activation names a function that the component provides and that can be started.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end, resolve,
};
use autosar_wit::{
    component::{ComponentType, Direction},
    types::{Function, FunctionKind},
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        for (position, activation) in instance.activations.iter().enumerate() {
            let twice = instance
                .activations
                .iter()
                .take(position)
                .any(|earlier| earlier == activation);
            let why = match twice {
                true => Some("is there twice"),
                false => problem(component, &activation.runnable),
            };
            let Some(why) = why else { continue };
            let name = end::function_text(&activation.runnable);
            let message = format!("the activation of `{name}` of `{}` {why}", instance.name);
            let mut changed = instance.clone();
            changed.activations.remove(position);
            found.push(
                Diagnostic::new(
                    "unknown-runnable",
                    Severity::Error,
                    Subject::Instance(id),
                    message,
                )
                .help("remove it, or choose a runnable of the component")
                .fix(
                    format!("Remove the activation of `{name}`"),
                    vec![Edit::ChangeInstance(id, changed)],
                ),
            );
        }
    }
    found
}

fn problem(component: &ComponentType, path: &FunctionPath) -> Option<&'static str> {
    match resolve::function(component, Direction::Provided, path) {
        None => Some("names a function that the component does not provide"),
        Some((_, function)) => why_not_startable(function),
    }
}

fn why_not_startable(function: &Function) -> Option<&'static str> {
    let handle = || {
        let parameters = function.parameters.iter().map(|(_, value)| value);
        let copied = parameters
            .filter(|value| rte::Handle::of(value).is_none())
            .chain(&function.result);
        copied
            .into_iter()
            .any(|value| autosar_wit::mapping::handle(value).is_some())
    };
    let is_plain = function.parameters.is_empty() && function.result.is_none();
    if function.is_async && !is_plain {
        Some("names an async function with parameters or a result, which no task starts")
    } else if function.kind != FunctionKind::Free {
        Some("names a function of a resource, which no task starts")
    } else if handle() {
        Some("names a function with handles, streams or futures, which no task can copy")
    } else {
        None
    }
}
