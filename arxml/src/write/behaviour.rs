//! The internal behaviour of a component type: runnables, what starts them, what they read and write.

use super::{Result, Writer, component::seconds, names, xml};
use crate::{Component, Event, ModeChange, Port, Runnable};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    component::{Direction, PortKind},
    metadata::RunnableMetadata,
};

impl Writer {
    /// Operations and triggers that the component serves: path of the port and its name, path and
    /// function.
    pub(super) fn operations_of(&self, component: &Component) -> Vec<Operation> {
        let mut found = Vec::new();
        let served = component.ports.iter().filter(|port| {
            port.direction == Direction::Provided
                && matches!(port.kind, PortKind::ClientServer | PortKind::Trigger)
        });
        for port in served {
            let Some(interface) = self.interfaces.get(&port.interface) else {
                continue;
            };
            for (function, path) in &interface.elements {
                found.push(Operation {
                    port: port.path.clone(),
                    path: path.clone(),
                    name: format!(
                        "{}_{}",
                        names::split(&port.path).1,
                        names::short_name(function)
                    ),
                    is_trigger: port.kind == PortKind::Trigger,
                });
            }
        }
        found
    }

    pub(super) fn runnable(
        &mut self,
        component: &Component,
        behaviour: &Element,
        path: &str,
        runnable: &Runnable,
        known: Option<&RunnableMetadata>,
        events: &mut Events,
    ) -> Result<()> {
        let container = ElementName::Runnables;
        let name = &runnable.autosar_name;
        let element = xml::named(behaviour, container, ElementName::RunnableEntity, name)?;
        let path = format!("{path}/{name}");
        xml::text(&element, ElementName::MinimumStartInterval, "0")?;
        xml::text(&element, ElementName::CanBeInvokedConcurrently, "false")?;
        let accessed = |direction: Direction| {
            let all = component
                .ports
                .iter()
                .filter(move |port| port.direction == direction);
            let named = known.map(|known| match direction {
                Direction::Required => &known.reads,
                Direction::Provided => &known.writes,
            });
            all.filter(move |port| named.is_none_or(|named| named.contains(&port.name)))
        };
        for port in accessed(Direction::Required) {
            self.access(&element, port)?;
        }
        for port in accessed(Direction::Provided) {
            self.access(&element, port)?;
        }
        xml::text(&element, ElementName::Symbol, name)?;
        for (number, event) in runnable.events.iter().enumerate() {
            let kind = match event {
                Event::Init => ElementName::InitEvent,
                Event::Timing { .. } => ElementName::TimingEvent,
                Event::DataReceived => ElementName::DataReceivedEvent,
                Event::ModeSwitch { .. } => ElementName::SwcModeSwitchEvent,
            };
            // Which data element it is, a project does not say: any of those that it reads.
            let received = match event {
                Event::DataReceived => {
                    let own = self.received(accessed(Direction::Required));
                    match own.is_empty() {
                        true => self.received(component.ports.iter()),
                        false => own,
                    }
                }
                _ => vec![(String::new(), String::new())],
            };
            if received.is_empty() {
                let why = "it reads no data elements, so none can start it";
                self.left_out(&path, kind.to_str(), why);
            }
            for (port, data) in received {
                let at = format!("{name}_{}", word(event, &data));
                let made = events.start(behaviour, kind, &at, &path)?;
                let disabled = runnable.disabled.iter().filter(|one| one.event == number);
                for disabled in disabled {
                    let holder = ElementName::DisabledModeIrefs;
                    let holder = made.get_or_create_sub_element(holder)?;
                    let (port, mode) = (&disabled.mode.port, &disabled.mode.mode);
                    let name = ElementName::DisabledModeIref;
                    self.mode(&holder, name, component, port, mode)?;
                }
                self.event(&made, event, component, (&port, &data))?;
            }
        }
        Ok(())
    }

    /// What an event waits for.
    fn event(
        &mut self,
        made: &Element,
        event: &Event,
        component: &Component,
        (port, data): (&str, &str),
    ) -> Result<()> {
        match event {
            Event::Init => Ok(()),
            Event::Timing {
                period_ns,
                offset_ns,
            } => {
                if *offset_ns > 0 {
                    xml::text(made, ElementName::Offset, &seconds(*offset_ns))?;
                }
                xml::text(made, ElementName::Period, &seconds(*period_ns)).map(drop)
            }
            Event::DataReceived => {
                let place = made.create_sub_element(ElementName::DataIref)?;
                let kind = self.port_kind(port);
                xml::reference(&place, ElementName::ContextRPortRef, kind, port)?;
                let name = ElementName::TargetDataElementRef;
                xml::reference(&place, name, ElementName::VariableDataPrototype, data)
            }
            Event::ModeSwitch { port, change } => {
                let (way, modes) = match change {
                    ModeChange::Entry(mode) => ("ON-ENTRY", vec![mode]),
                    ModeChange::Exit(mode) => ("ON-EXIT", vec![mode]),
                    ModeChange::Transition { from, to } => ("ON-TRANSITION", vec![from, to]),
                };
                xml::text(made, ElementName::Activation, way)?;
                let holder = made.create_sub_element(ElementName::ModeIrefs)?;
                for mode in modes {
                    self.mode(&holder, ElementName::ModeIref, component, port, mode)?;
                }
                Ok(())
            }
        }
    }

    /// A mode at a required port of the component.
    fn mode(
        &mut self,
        holder: &Element,
        name: ElementName,
        component: &Component,
        port: &str,
        mode: &str,
    ) -> Result<()> {
        let mut ports = component.ports.iter();
        let is_it = |one: &&Port| one.name == port && one.direction == Direction::Required;
        let found = ports.find(is_it).and_then(|port| {
            let interface = self.interfaces.get(&port.interface)?;
            let group = interface.elements.values().next()?.clone();
            Some((port.path.clone(), group, interface.modes.get(mode)?.clone()))
        });
        let Some((port, group, declared)) = found else {
            let why = format!("port `{port}` has no mode `{mode}`");
            self.left_out(&component.path, name.to_str(), why);
            return Ok(());
        };
        let place = holder.create_sub_element(name)?;
        let kind = self.port_kind(&port);
        xml::reference(&place, ElementName::ContextPortRef, kind, &port)?;
        let name = ElementName::ContextModeDeclarationGroupPrototypeRef;
        let kind = ElementName::ModeDeclarationGroupPrototype;
        xml::reference(&place, name, kind, &group)?;
        let name = ElementName::TargetModeDeclarationRef;
        xml::reference(&place, name, ElementName::ModeDeclaration, &declared)
    }

    /// Paths of sender-receiver ports and of the data elements in them.
    fn received<'a>(&self, ports: impl Iterator<Item = &'a Port>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let is_receiver = |port: &&Port| {
            port.kind == PortKind::SenderReceiver && port.direction == Direction::Required
        };
        for port in ports.filter(is_receiver) {
            let interface = self.interfaces.get(&port.interface);
            let elements = interface.into_iter().flat_map(|one| one.elements.values());
            found.extend(elements.map(|element| (port.path.clone(), element.clone())));
        }
        found
    }

    /// The points at which a runnable reads or writes a port.
    fn access(&self, runnable: &Element, port: &Port) -> Result<()> {
        let (Some(interface), Some(written)) = (
            self.interfaces.get(&port.interface),
            self.ports.get(&port.path),
        ) else {
            return Ok(());
        };
        let is_read = port.direction == Direction::Required;
        for element in interface.elements.values() {
            let name = format!("{}_{}", names::split(&port.path).1, names::split(element).1);
            let name = match names::is_short_name(&name) {
                true => name,
                false => continue,
            };
            match port.kind {
                PortKind::SenderReceiver => {
                    let container = match is_read {
                        true => ElementName::DataReceivePointByArguments,
                        false => ElementName::DataSendPoints,
                    };
                    let prefix = match is_read {
                        true => "Read",
                        false => "Write",
                    };
                    let kind = ElementName::VariableAccess;
                    let point = xml::named(runnable, container, kind, &format!("{prefix}_{name}"))?;
                    let place = xml::below(
                        &point,
                        &[
                            ElementName::AccessedVariable,
                            ElementName::AutosarVariableIref,
                        ],
                    )?;
                    let to = ElementName::PortPrototypeRef;
                    xml::reference(&place, to, written.element, &port.path)?;
                    let to = ElementName::TargetDataPrototypeRef;
                    let kind = ElementName::VariableDataPrototype;
                    xml::reference(&place, to, kind, element)?;
                }
                PortKind::ModeSwitch if is_read => {
                    let points =
                        runnable.get_or_create_sub_element(ElementName::ModeAccessPoints)?;
                    let point = points.create_sub_element(ElementName::ModeAccessPoint)?;
                    let group = point.create_sub_element(ElementName::ModeGroupIref)?;
                    let place =
                        group.create_sub_element(ElementName::RModeGroupInAtomicSwcInstanceRef)?;
                    let to = ElementName::ContextRPortRef;
                    xml::reference(&place, to, written.element, &port.path)?;
                    let kind = ElementName::ModeDeclarationGroupPrototype;
                    let to = ElementName::TargetModeGroupRef;
                    xml::reference(&place, to, kind, element)?;
                }
                PortKind::ModeSwitch => {
                    let container = ElementName::ModeSwitchPoints;
                    let kind = ElementName::ModeSwitchPoint;
                    let point = xml::named(runnable, container, kind, &format!("Switch_{name}"))?;
                    let group = point.create_sub_element(ElementName::ModeGroupIref)?;
                    let to = ElementName::ContextPPortRef;
                    xml::reference(&group, to, written.element, &port.path)?;
                    let kind = ElementName::ModeDeclarationGroupPrototype;
                    let to = ElementName::TargetModeGroupRef;
                    xml::reference(&group, to, kind, element)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What an event is called, behind the name of its runnable.
fn word<'a>(event: &Event, data: &'a str) -> &'a str {
    match event {
        Event::Init => "Init",
        Event::Timing { .. } => "Timing",
        Event::DataReceived => names::split(data).1,
        Event::ModeSwitch { .. } => "ModeSwitch",
    }
}

pub(super) struct Operation {
    port: String,
    path: String,
    name: String,
    is_trigger: bool,
}

/// Names of events, each once.
#[derive(Default)]
pub(super) struct Events {
    taken: std::collections::BTreeSet<String>,
}

impl Events {
    fn start(
        &mut self,
        behaviour: &Element,
        kind: ElementName,
        name: &str,
        runnable: &str,
    ) -> Result<Element> {
        let short: String = name.chars().take(120).collect();
        let name = super::types::unlike(short, &mut self.taken);
        let event = xml::named(behaviour, ElementName::Events, kind, &name)?;
        let start = ElementName::StartOnEventRef;
        xml::reference(&event, start, ElementName::RunnableEntity, runnable)?;
        Ok(event)
    }
}

/// The runnable that serves an operation or a trigger.
pub(super) fn operation_runnable(
    behaviour: &Element,
    path: &str,
    operation: &Operation,
    events: &mut Events,
) -> Result<()> {
    let container = ElementName::Runnables;
    let mut name: String = operation.name.chars().take(120).collect();
    let taken = |name: &str| {
        let model = behaviour.model();
        model.is_ok_and(|model| {
            model
                .get_element_by_path(&format!("{path}/{name}"))
                .is_some()
        })
    };
    while taken(&name) {
        name.push('_');
    }
    let element = xml::named(behaviour, container, ElementName::RunnableEntity, &name)?;
    xml::text(&element, ElementName::MinimumStartInterval, "0")?;
    xml::text(&element, ElementName::CanBeInvokedConcurrently, "false")?;
    xml::text(&element, ElementName::Symbol, &name)?;
    let runnable = format!("{path}/{name}");
    match operation.is_trigger {
        true => {
            let kind = ElementName::ExternalTriggerOccurredEvent;
            let event = events.start(behaviour, kind, &format!("{name}_Triggered"), &runnable)?;
            let place = event.create_sub_element(ElementName::TriggerIref)?;
            let port = ElementName::RPortPrototype;
            xml::reference(&place, ElementName::ContextRPortRef, port, &operation.port)?;
            let to = ElementName::TargetTriggerRef;
            xml::reference(&place, to, ElementName::Trigger, &operation.path)
        }
        false => {
            let kind = ElementName::OperationInvokedEvent;
            let event = events.start(behaviour, kind, &format!("{name}_Invoked"), &runnable)?;
            let place = event.create_sub_element(ElementName::OperationIref)?;
            let port = ElementName::PPortPrototype;
            xml::reference(&place, ElementName::ContextPPortRef, port, &operation.port)?;
            let to = ElementName::TargetProvidedOperationRef;
            let kind = ElementName::ClientServerOperation;
            xml::reference(&place, to, kind, &operation.path)
        }
    }
}
