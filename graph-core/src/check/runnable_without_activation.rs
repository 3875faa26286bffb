//! A deployed instance's runnables are started by something.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end,
    runnable::{self, Role, Runnable},
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        if instance.partition.is_none() {
            continue;
        }
        for runnable in runnable::of(component) {
            if runnable.role != Role::Terminate && !is_started(context, id, instance, &runnable) {
                found.push(report(id, instance, &runnable));
            }
        }
    }
    found
}

/// By an activation, or by the calls of a client.
fn is_started(context: &Context, id: InstanceId, instance: &Instance, runnable: &Runnable) -> bool {
    instance
        .activations
        .iter()
        .any(|activation| activation.runnable == runnable.path)
        || context
            .out_of_port(id, &runnable.path.port)
            .any(|wire| wire.connector.kind.is_direct())
}

fn report(id: InstanceId, instance: &Instance, runnable: &Runnable) -> Diagnostic {
    let name = end::function_text(&runnable.path);
    let message = format!(
        "nothing starts the runnable `{name}` of `{}`",
        instance.name
    );
    let diagnostic = Diagnostic::new(
        "runnable-without-activation",
        Severity::Warning,
        Subject::Instance(id),
        message,
    )
    .help("give it an activation");
    let Some(activation) = runnable::suggested(runnable) else {
        return diagnostic;
    };
    let title = match activation.event {
        RteEvent::Init => format!("Run `{name}` at the start"),
        _ => format!(
            "Run `{name}` every {} ms",
            runnable::DEFAULT_PERIOD_NS / 1_000_000
        ),
    };
    let mut changed = instance.clone();
    changed.activations.push(activation);
    diagnostic.fix(title, vec![Edit::ChangeInstance(id, changed)])
}
