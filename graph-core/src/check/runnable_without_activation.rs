//! A deployed instance's runnables are started by something.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end, resolve,
    runnable::{self, Role, Runnable},
};
use autosar_wit::component::Direction;
use std::collections::BTreeSet;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let used = used(context);
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        if instance.partition.is_none() {
            continue;
        }
        let known = runnable::of(component);
        for runnable in &known {
            if is_started(context, id, instance, runnable) {
                continue;
            }
            if used.contains(&(id, &runnable.path)) {
                found.push(report(
                    id,
                    instance,
                    &runnable.path,
                    Severity::Error,
                    Some(runnable),
                ));
            } else if runnable.role != Role::Terminate {
                found.push(report(
                    id,
                    instance,
                    &runnable.path,
                    Severity::Warning,
                    Some(runnable),
                ));
            }
        }
        let none = FunctionPath {
            port: String::new(),
            function: None,
        };
        for (_, path) in used
            .range((id, &none)..)
            .take_while(|(other, _)| *other == id)
        {
            let is_known = known.iter().any(|runnable| runnable.path == **path);
            let is_active = instance
                .activations
                .iter()
                .any(|activation| activation.runnable == **path);
            let exists = resolve::function(component, Direction::Provided, path).is_some();
            if exists && !is_known && !is_active {
                found.push(report(id, instance, path, Severity::Error, None));
            }
        }
    }
    found
}

/// Functions whose results or parameters connectors name.
fn used<'a>(context: &Context<'a>) -> BTreeSet<(InstanceId, &'a FunctionPath)> {
    let ends = context
        .document
        .connectors
        .values()
        .flat_map(|connector| [&connector.from, &connector.to]);
    ends.filter_map(|end| match end {
        End::Result {
            instance, function, ..
        }
        | End::Parameter {
            instance, function, ..
        } => Some((*instance, function)),
        _ => None,
    })
    .collect()
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

fn report(
    id: InstanceId,
    instance: &Instance,
    path: &FunctionPath,
    severity: Severity,
    runnable: Option<&Runnable>,
) -> Diagnostic {
    let name = end::function_text(path);
    let why = match severity {
        Severity::Error => ", yet connectors carry its values",
        Severity::Warning | Severity::Information => "",
    };
    let message = format!(
        "nothing starts the runnable `{name}` of `{}`{why}",
        instance.name
    );
    let diagnostic = Diagnostic::new(
        "runnable-without-activation",
        severity,
        Subject::Instance(id),
        message,
    )
    .help("give it an activation");
    let event = RteEvent::Timing {
        period_ns: runnable::DEFAULT_PERIOD_NS,
        offset_ns: 0,
    };
    let cyclic = Activation {
        runnable: path.clone(),
        event,
        priority: 1,
        task: None,
        disabled_in: Default::default(),
    };
    let activation = runnable.and_then(runnable::suggested).unwrap_or(cyclic);
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
