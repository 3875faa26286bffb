//! Everything that an instance requires comes from somewhere: a connector, the platform, a binding.

use crate::{
    context::{Context, is_bufferable},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end, resolve, runnable,
};
use autosar_wit::{
    component::{Direction, Port, PortItem, PortKind},
    types::{Function, TypeKind, ValueType},
};

const CODE: &str = "unconnected-port";
/// More buses than this make no list of buttons.
const MAXIMUM_FIXES: usize = 3;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        for port in component
            .ports
            .iter()
            .filter(|port| port.direction == Direction::Required)
        {
            found.extend(judge_port(context, id, instance, port));
        }
        for activation in &instance.activations {
            found.extend(unbound_parameters(context, id, instance, activation));
            found.extend(zero_fields(context, id, instance, activation));
        }
    }
    found
}

/// Whether a required function hands out a bus: `get-i2c-bus: func() -> i2c`.
pub(crate) fn gives_bus(function: &Function) -> bool {
    function.parameters.is_empty() && function.result.as_ref().is_some_and(runnable::is_bus)
}

fn judge_port(
    context: &Context,
    id: InstanceId,
    instance: &Instance,
    port: &Port,
) -> Vec<Diagnostic> {
    let functions = resolve::functions(port);
    if !functions.is_empty() && functions.iter().all(gives_bus) {
        let keys = functions
            .iter()
            .map(|function| end::function_text(&resolve::path_of(port, function)));
        let open = keys.filter(|key| !instance.bindings.contains_key(key));
        return open
            .map(|key| unbound(context, id, instance, key))
            .collect();
    }
    if matches!(port.kind, PortKind::Platform | PortKind::Types) || functions.is_empty() {
        return Vec::new();
    }
    let mut whole = false;
    let mut connected = Vec::new();
    for wire in context.into_port(id, &port.name) {
        match &wire.connector.to {
            End::Port { .. } => whole = true,
            End::Element { function, .. } => connected.push(function),
            _ => {}
        }
    }
    if whole {
        return Vec::new();
    }
    if connected.is_empty() {
        return vec![open_port(context, id, instance, port)];
    }
    let open = functions
        .iter()
        .filter(|function| !connected.contains(&&resolve::path_of(port, function)));
    open.map(|function| open_element(id, instance, port, function))
        .collect()
}

fn open_port(context: &Context, id: InstanceId, instance: &Instance, port: &Port) -> Diagnostic {
    let message = format!(
        "required port `{}` of `{}` is not connected",
        port.name, instance.name
    );
    let diagnostic = Diagnostic::new(CODE, Severity::Error, subject(id, port), message);
    let PortItem::Interface(interface) = &port.item else {
        return diagnostic.help("connect a provider");
    };
    let providers = interface
        .id
        .as_ref()
        .map_or(&[][..], |interface| context.providers_of(interface));
    let mut others = providers.iter().filter(|(provider, _)| *provider != id);
    let (Some((provider, provided)), None) = (others.next(), others.next()) else {
        return diagnostic.help(match providers.is_empty() {
            true => "connect a provider; no instance provides this interface yet",
            false => "connect a provider; several instances provide this interface",
        });
    };
    let connector = Connector {
        from: End::Port {
            instance: *provider,
            port: provided.name.clone(),
        },
        to: End::Port {
            instance: id,
            port: port.name.clone(),
        },
        kind: match is_bufferable(port) {
            true => ConnectorKind::Buffered(Buffering::default()),
            false => ConnectorKind::Direct,
        },
        accept_version: false,
        probe: false,
    };
    let title = format!("Connect `{}`", context.text(&connector.from));
    let edits = vec![Edit::Connect(
        context.document.new_ids().connector(),
        connector,
    )];
    diagnostic
        .help("connect the only provider of this interface")
        .fix(title, edits)
}

fn open_element(
    id: InstanceId,
    instance: &Instance,
    port: &Port,
    function: &Function,
) -> Diagnostic {
    let message = format!(
        "`{}` in port `{}` of `{}` is not connected and reads as `unconnected`",
        function.name, port.name, instance.name
    );
    Diagnostic::new(CODE, Severity::Warning, subject(id, port), message)
        .help("connect a sender to it")
}

fn unbound_parameters(
    context: &Context,
    id: InstanceId,
    instance: &Instance,
    activation: &Activation,
) -> Vec<Diagnostic> {
    let component = context.component(id);
    let found = component.and_then(|component| {
        resolve::function(component, Direction::Provided, &activation.runnable)
    });
    let Some((_, function)) = found else {
        return Vec::new();
    };
    let path = &activation.runnable;
    let is_bound = |name: &&str| {
        let keys = [
            runnable::binding_key(path, name),
            runnable::short_binding_key(path, name),
        ];
        keys.iter().any(|key| instance.bindings.contains_key(key))
    };
    let open = runnable::bus_parameters(function).filter(|name| !is_bound(name));
    open.map(|name| unbound(context, id, instance, runnable::binding_key(path, name)))
        .collect()
}

/// Parameters of a runnable, or fields in them, that nothing writes.
fn zero_fields(
    context: &Context,
    id: InstanceId,
    instance: &Instance,
    activation: &Activation,
) -> Option<Diagnostic> {
    let path = &activation.runnable;
    let (port, function) = resolve::function(context.component(id)?, Direction::Provided, path)?;
    let mut open = Vec::new();
    for (name, value) in function
        .parameters
        .iter()
        .filter(|(_, value)| !runnable::is_bus(value))
    {
        let written =
            context
                .into_port(id, &path.port)
                .filter_map(|wire| match &wire.connector.to {
                    End::Parameter {
                        function,
                        parameter,
                        fields,
                        ..
                    } if function == path && parameter == name => Some(fields),
                    _ => None,
                });
        let written = written.collect::<Vec<_>>();
        if written.iter().any(|fields| fields.is_empty()) {
            continue;
        }
        let is_open = |field: &&str| {
            !written
                .iter()
                .any(|fields| fields.first().is_some_and(|first| first == field))
        };
        match fields(value) {
            Some(fields) => open.extend(
                fields
                    .into_iter()
                    .filter(is_open)
                    .map(|field| format!("`{name}.{field}`")),
            ),
            None => open.push(format!("`{name}`")),
        }
    }
    if open.is_empty() {
        return None;
    }
    let subject = Subject::Port {
        instance: id,
        direction: Direction::Provided,
        port: port.name.clone(),
    };
    let place = end::function_text(path);
    let message = format!(
        "nothing writes {} of `{place}` of `{}`, which stay zero",
        open.join(", "),
        instance.name
    );
    Some(
        Diagnostic::new(CODE, Severity::Information, subject, message)
            .help("connect senders to them if zero is wrong"),
    )
}

fn fields(value: &ValueType) -> Option<Vec<&str>> {
    match resolve::behind_aliases(value) {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => {
                Some(fields.iter().map(|field| field.name.as_str()).collect())
            }
            _ => None,
        },
        _ => None,
    }
}

fn unbound(context: &Context, id: InstanceId, instance: &Instance, key: String) -> Diagnostic {
    let message = format!("`{key}` of `{}` needs a bus and has none", instance.name);
    let diagnostic = Diagnostic::new(CODE, Severity::Error, Subject::Instance(id), message);
    let buses = context
        .document
        .buses
        .iter()
        .filter(|(_, bus)| matches!(bus.kind, BusKind::I2c { .. }));
    let buses = buses.take(MAXIMUM_FIXES).collect::<Vec<_>>();
    let diagnostic = diagnostic.help(match buses.is_empty() {
        true => "add an I2C bus and bind it",
        false => "bind an I2C bus to it",
    });
    buses
        .into_iter()
        .fold(diagnostic, |diagnostic, (bus, entry)| {
            let mut changed = instance.clone();
            changed.bindings.insert(key.clone(), *bus);
            diagnostic.fix(
                format!("Bind `{key}` to `{}`", entry.name),
                vec![Edit::ChangeInstance(id, changed)],
            )
        })
}

fn subject(id: InstanceId, port: &Port) -> Subject {
    Subject::Port {
        instance: id,
        direction: Direction::Required,
        port: port.name.clone(),
    }
}
