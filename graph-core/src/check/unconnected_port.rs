//! Everything that an instance requires comes from somewhere: a connector, the platform, a binding.

use crate::{
    capability::Capability,
    context::{Context, is_bufferable},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end, nv_data, parameters, resolve, runnable,
};
use autosar_wit::{
    component::{Direction, Port, PortItem, PortKind},
    types::{Function, TypeKind, ValueType},
};
use rte::Handle;

const CODE: &str = "unconnected-port";
/// More to choose from than this makes no list of buttons.
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

fn judge_port(
    context: &Context,
    id: InstanceId,
    instance: &Instance,
    port: &Port,
) -> Vec<Diagnostic> {
    let capability = Capability::of_port(port);
    if capability.is_some_and(|one| instance.capabilities.contains_key(&one)) {
        return Vec::new();
    }
    let functions = resolve::functions(port);
    let handles: Option<Vec<_>> = functions.iter().map(runnable::gives_handle).collect();
    if let Some(handles) = handles.filter(|handles| !handles.is_empty()) {
        let keys = functions
            .iter()
            .map(|function| end::function_text(&resolve::path_of(port, function)));
        let open = keys
            .zip(handles)
            .filter(|(key, _)| !instance.bindings.contains_key(key));
        return open
            .map(|(key, handle)| unbound(context, id, instance, key, handle))
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
    if connected.is_empty() && (parameters::is_served(instance, port) || nv_data::is_served(port)) {
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
        adapter: None,
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
    let is_bound = |name: &str| {
        let keys = [
            runnable::binding_key(path, name),
            runnable::short_binding_key(path, name),
        ];
        keys.iter().any(|key| instance.bindings.contains_key(key))
    };
    let open = runnable::handle_parameters(function).filter(|(name, _)| !is_bound(name));
    open.map(|(name, handle)| {
        let key = runnable::binding_key(path, name);
        unbound(context, id, instance, key, handle)
    })
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
        .filter(|(_, value)| rte::Handle::of(value).is_none())
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

fn unbound(
    context: &Context,
    id: InstanceId,
    instance: &Instance,
    key: String,
    handle: Handle,
) -> Diagnostic {
    let needed = handle.described();
    let message = format!("`{key}` of `{}` needs {needed} and has none", instance.name);
    let diagnostic = Diagnostic::new(CODE, Severity::Error, Subject::Instance(id), message);
    let fitting = context.document.bindings_for(handle);
    let diagnostic = diagnostic.help(match fitting.is_empty() {
        true => format!("add {needed} and bind it"),
        false => format!("bind {needed} to it"),
    });
    fitting
        .into_iter()
        .take(MAXIMUM_FIXES)
        .fold(diagnostic, |diagnostic, binding| {
            let title = format!(
                "Bind `{key}` to `{}`",
                context.document.binding_text(&binding)
            );
            let mut changed = instance.clone();
            changed.bindings.insert(key.clone(), binding);
            diagnostic.fix(title, vec![Edit::ChangeInstance(id, changed)])
        })
}

fn subject(id: InstanceId, port: &Port) -> Subject {
    Subject::Port {
        instance: id,
        direction: Direction::Required,
        port: port.name.clone(),
    }
}
