//! Runnables and the tasks that call them, from the instances' activations.
//! Knows nothing of PDUs that are sent cyclically.

use super::{
    ComposeError, modes, pdus,
    scope::Member,
    table::{Builder, function_ref, position},
    ways::{Buffered, Ways},
};
use crate::{
    document::{Activation, End, FunctionPath, RteEvent},
    end, runnable,
};
use autosar_wit::{component::Direction, names, types::Function};
use deployment::{Event, Task};
use rte::{RunnablePlan, TaskPlan};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers every function that has an activation.
pub(super) fn add_runnables(builder: &mut Builder<'_>) -> Result<(), ComposeError> {
    for (instance, member) in builder.scope.members.iter().enumerate() {
        let paths: BTreeSet<&FunctionPath> = member
            .instance
            .activations
            .iter()
            .map(|activation| &activation.runnable)
            .collect();
        for path in paths {
            let function = member.function(Direction::Provided, path)?;
            let index = builder.tables.plan.runnables.len();
            builder.runnables.insert((member.id, path.clone()), index);
            builder.tables.plan.runnables.push(RunnablePlan {
                function: function_ref(member.name(), path),
                handles: handles(builder, member, path, function)?,
                ports: ports(member, path),
            });
            builder
                .tables
                .deployment
                .runnables
                .push(deployment::Runnable {
                    instance: position(instance),
                    function: end::function_text(path),
                });
        }
    }
    Ok(())
}

/// What is opened for the parameters of a runnable that are handles.
fn handles(
    builder: &Builder<'_>,
    member: &Member<'_>,
    path: &FunctionPath,
    function: &Function,
) -> Result<BTreeMap<String, String>, ComposeError> {
    let mut handles = BTreeMap::new();
    for (parameter, _) in runnable::handle_parameters(function) {
        let short = runnable::short_binding_key(path, parameter);
        let bindings = &member.instance.bindings;
        let bound = bindings
            .get(&runnable::binding_key(path, parameter))
            .or(bindings.get(&short));
        let name = bound
            .and_then(|binding| builder.document.opened_name(binding))
            .ok_or_else(|| ComposeError::Unbound {
                instance: member.name().to_owned(),
                what: short.clone(),
            })?;
        handles.insert(parameter.to_owned(), name);
    }
    Ok(handles)
}

/// The ports that a runnable reads and writes, where the component says so.
fn ports(member: &Member<'_>, path: &FunctionPath) -> Option<Vec<String>> {
    let said = member
        .component_type
        .metadata
        .runnables
        .get(&end::function_text(path))?;
    Some(said.reads.iter().chain(&said.writes).cloned().collect())
}

/// An activation with whose it is.
struct Call<'a> {
    member: &'a Member<'a>,
    activation: &'a Activation,
}

/// Adds the tasks: one for each activation, or for each common name.
pub(super) fn add(builder: &mut Builder<'_>, ways: &Ways<'_>) -> Result<(), ComposeError> {
    let scope = builder.scope;
    let mut own: Vec<Call<'_>> = Vec::new();
    let mut common: BTreeMap<&str, Vec<Call<'_>>> = BTreeMap::new();
    for member in &scope.members {
        for activation in &member.instance.activations {
            let call = Call { member, activation };
            match &activation.task {
                Some((name, _)) => common.entry(name).or_default().push(call),
                None => own.push(call),
            }
        }
    }
    for (name, mut calls) in common {
        calls.sort_by_key(|call| call.activation.task.as_ref().map(|(_, at)| *at));
        add_task(builder, ways, name.to_owned(), &calls)?;
    }
    for call in own {
        let name = task_name(builder, &call);
        add_task(builder, ways, name, &[call])?;
    }
    Ok(())
}

/// `fan-step`; with the interface in it where an instance has two functions of one name.
fn task_name(builder: &Builder<'_>, call: &Call<'_>) -> String {
    let path = &call.activation.runnable;
    let function = path.function.as_deref().unwrap_or(&path.port);
    let taken = |name: &str| {
        builder
            .tables
            .deployment
            .tasks
            .iter()
            .any(|task| task.name == name)
    };
    let short = names::join(call.member.name(), &names::to_label(function));
    if !taken(&short) {
        return short;
    }
    let interface = path
        .port
        .split('@')
        .next()
        .and_then(|port| port.rsplit('/').next());
    let long = names::join(&short, &names::to_label(interface.unwrap_or_default()));
    names::unique(&long, taken)
}

fn add_task(
    builder: &mut Builder<'_>,
    ways: &Ways<'_>,
    name: String,
    calls: &[Call<'_>],
) -> Result<(), ComposeError> {
    let Some(first) = calls.first() else {
        return Ok(());
    };
    let kind = &first.activation.event;
    if calls.iter().any(|call| call.activation.event != *kind) {
        return Err(ComposeError::TwoEvents { task: name });
    }
    if builder
        .tables
        .deployment
        .tasks
        .iter()
        .any(|task| task.name == name)
    {
        return Err(ComposeError::ExportName { name });
    }
    let runnables: Vec<usize> = calls
        .iter()
        .filter_map(|call| {
            let key = (call.member.id, call.activation.runnable.clone());
            builder.runnables.get(&key).copied()
        })
        .collect();
    let event = match kind {
        RteEvent::Init => Event::Init,
        RteEvent::Timing {
            period_ns,
            offset_ns,
        } => Event::Timing {
            period_ns: *period_ns,
            offset_ns: *offset_ns,
        },
        RteEvent::DataReceived => data_received(builder, ways, &name, |way| {
            calls.iter().any(|call| reads(call, way))
        })?,
        RteEvent::ModeSwitch { port, .. } => data_received(builder, ways, &name, |way| {
            calls.iter().any(|call| is_mode(call, port, way))
        })?,
    };
    for (at, call) in calls.iter().enumerate() {
        modes::depend(builder, call.member, call.activation, (&name, at))?;
    }
    builder.tables.deployment.tasks.push(Task {
        name: name.clone(),
        event,
        priority: calls
            .iter()
            .map(|call| call.activation.priority)
            .max()
            .unwrap_or(0),
        runnables: runnables.iter().map(|index| position(*index)).collect(),
    });
    builder.tables.plan.tasks.push(TaskPlan {
        name,
        runnables,
        sends: Vec::new(),
        sends_late: Vec::new(),
    });
    Ok(())
}

/// What comes by those buffered connectors.
fn data_received(
    builder: &Builder<'_>,
    ways: &Ways<'_>,
    task: &str,
    is_awaited: impl Fn(&Buffered<'_>) -> bool,
) -> Result<Event, ComposeError> {
    let mut elements: BTreeSet<u32> = BTreeSet::new();
    let mut pdus: BTreeSet<u32> = BTreeSet::new();
    for way in ways.buffered.iter().filter(|way| is_awaited(way)) {
        let published = || builder.tables.published.get(&way.from);
        elements.extend(builder.inbox.get(&way.to).or_else(published));
        pdus.extend(pdus::received(builder, &way.from));
    }
    if elements.is_empty() && pdus.is_empty() {
        return Err(ComposeError::NothingReceived {
            task: task.to_owned(),
        });
    }
    Ok(Event::DataReceived {
        elements: elements.into_iter().collect(),
        pdus: pdus.into_iter().collect(),
    })
}

/// Whether the mode at that port of the caller comes on this way.
fn is_mode(call: &Call<'_>, port: &str, way: &Buffered<'_>) -> bool {
    match &way.to {
        End::Element { instance, function } => *instance == call.member.id && function.port == port,
        _ => false,
    }
}

/// Whether the runnable of this call reads what comes on this way.
fn reads(call: &Call<'_>, way: &Buffered<'_>) -> bool {
    match &way.to {
        End::Parameter {
            instance, function, ..
        } => *instance == call.member.id && *function == call.activation.runnable,
        End::Element { instance, function } => {
            *instance == call.member.id
                && ports(call.member, &call.activation.runnable)
                    .is_none_or(|ports| ports.contains(&function.port))
        }
        _ => false,
    }
}
