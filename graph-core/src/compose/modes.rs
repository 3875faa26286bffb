//! Modes on which calls depend: which mode machine, by which modes.
//! Knows nothing of who switches: the mode comes by a buffered connector as any other value.

use super::{
    ComposeError,
    scope::Member,
    table::{Builder, function_ref},
};
use crate::document::{Activation, FunctionPath, ModeChange, RteEvent};
use autosar_wit::{
    component::{Direction, PortKind},
    modes,
};
use rte::{ModeCondition, ModeDependency, ModePlan, Sink};

/// Tells the plan on which modes this call of a task depends.
pub(super) fn depend(
    builder: &mut Builder<'_>,
    member: &Member<'_>,
    activation: &Activation,
    (task, call): (&str, usize),
) -> Result<(), ComposeError> {
    let mut add =
        |port: &str, condition: &dyn Fn(&Named<'_>) -> Result<ModeCondition, ComposeError>| {
            let (mode, named) = machine(builder, member, port, task)?;
            let dependency = ModeDependency {
                task: task.to_owned(),
                call,
                condition: condition(&named)?,
            };
            if let Some(plan) = builder.tables.plan.modes.get_mut(mode) {
                plan.dependencies.push(dependency);
            }
            Ok(())
        };
    for (port, disabled) in &activation.disabled_in {
        add(port, &|named| {
            let modes = disabled.iter().map(|mode| named.position(mode));
            Ok(ModeCondition::NotIn(modes.collect::<Result<_, _>>()?))
        })?;
    }
    if let RteEvent::ModeSwitch { port, change } = &activation.event {
        add(port, &|named| {
            Ok(match change {
                ModeChange::Entry(mode) => ModeCondition::Entry(named.position(mode)?),
                ModeChange::Exit(mode) => ModeCondition::Exit(named.position(mode)?),
                ModeChange::Transition { from, to } => ModeCondition::Transition {
                    from: named.position(from)?,
                    to: named.position(to)?,
                },
            })
        })?;
    }
    Ok(())
}

/// The modes of a port.
struct Named<'a> {
    instance: &'a str,
    port: &'a str,
    modes: &'a [String],
}

impl Named<'_> {
    fn position(&self, mode: &str) -> Result<u32, ComposeError> {
        let position = self.modes.iter().position(|known| known == mode);
        let position = position.and_then(|position| u32::try_from(position).ok());
        position.ok_or_else(|| ComposeError::NoMode {
            instance: self.instance.to_owned(),
            port: self.port.to_owned(),
            mode: mode.to_owned(),
        })
    }
}

/// The mode machine at a required port; what comes to the port comes to it as well.
fn machine<'a>(
    builder: &mut Builder<'_>,
    member: &Member<'a>,
    port: &str,
    task: &str,
) -> Result<(usize, Named<'a>), ComposeError> {
    let no_port = || ComposeError::NoModePort {
        task: task.to_owned(),
        instance: member.name().to_owned(),
        port: port.to_owned(),
    };
    let found = member.component_type.port(Direction::Required, port);
    let found = found
        .filter(|port| port.kind == PortKind::ModeSwitch)
        .ok_or_else(no_port)?;
    let known = modes::of(found).ok_or_else(no_port)?;
    let named = Named {
        instance: member.name(),
        port: &found.name,
        modes: known.names,
    };
    let key = (member.id, port.to_owned());
    if let Some(mode) = builder.modes.get(&key) {
        return Ok((*mode, named));
    }
    let path = FunctionPath {
        port: port.to_owned(),
        function: Some(modes::CURRENT.to_owned()),
    };
    let getter = Sink::Port(function_ref(member.name(), &path));
    let plan = &mut builder.tables.plan;
    let brings = plan.links.iter().find(|link| link.sink == getter).cloned();
    let mut link = brings.ok_or_else(|| ComposeError::ModeUnseen {
        task: task.to_owned(),
        instance: member.name().to_owned(),
        port: port.to_owned(),
    })?;
    let mode = plan.modes.len();
    link.sink = Sink::Mode { mode };
    plan.links.push(link);
    plan.modes.push(ModePlan {
        state: known.state.clone(),
        dependencies: Vec::new(),
    });
    builder.modes.insert(key, mode);
    Ok((mode, named))
}
