//! Parts, ports and connectors: those between data elements of the same two ports are one connector,
//! and what their buffers say is said by the receiver's com spec.

use super::{Builder, left, shape};
use ::arxml::{
    Connector as Described, End as Place, Part, Port, Reception, interface_of, short_name,
};
use autosar_wit::{
    component::{self, Direction, PortKind},
    names::to_label,
};
use graph_core::{document::*, end, library::Entry};
use std::collections::BTreeSet;

impl Builder<'_> {
    pub(super) fn outer_ports(&mut self, id: ComponentId, path: &str) -> Vec<Port> {
        let mut labels = BTreeSet::new();
        let mut ports = Vec::new();
        for (_, port) in self.document.ports_of(id) {
            let place = format!("{path}/{}", port.name);
            let Some(found) = self.outer_port(id, port.direction, &port.name) else {
                let why = "nothing stands behind it, so its interface is not known";
                self.left_out(&place, "port", why);
                continue;
            };
            let Some(interface) = interface_of(&found) else {
                self.left_out(&place, "port", "a function by itself is no port");
                continue;
            };
            let last = port.name.rsplit('/').next().unwrap_or_default();
            let made = short_name(&to_label(last.split('@').next().unwrap_or_default()));
            let own = self.origin.port(path, &port.name);
            let wanted = own.map_or(made, str::to_owned);
            let numbered = (2..).map(|number| format!("{wanted}_{number}"));
            let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
            let name = candidates.find(|name| labels.insert(name.to_ascii_lowercase()));
            let name = name.unwrap_or_default();
            ports.push(Port {
                path: format!("{path}/{name}"),
                name: port.name.clone(),
                autosar_name: name,
                direction: port.direction,
                kind: found.kind,
                interface,
                receptions: Vec::new(),
            });
        }
        ports
    }

    fn outer_port(
        &self,
        id: ComponentId,
        direction: Direction,
        name: &str,
    ) -> Option<component::Port> {
        match self.outer.get(&id)? {
            Entry::Loaded { component_type, .. } => component_type.port(direction, name).cloned(),
            Entry::Missing { .. } => None,
        }
    }

    pub(super) fn parts(&mut self, scope: Option<ComponentId>, path: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        for (_, instance) in self.document.parts(scope) {
            let place = self.origin.part(path, &instance.name);
            let Some(component) = self.paths.get(&instance.component).cloned() else {
                let why = "its component is not in the description";
                self.left_out(&place, "instance", why);
                continue;
            };
            self.all_left_out(&place, left::of_instance(instance));
            for (key, text) in &instance.nv_data {
                self.first_value(instance, (key, text), &place);
            }
            parts.push(Part {
                autosar_name: place.rsplit('/').next().unwrap_or_default().to_owned(),
                name: instance.name.clone(),
                component,
                path: place,
            });
        }
        parts
    }

    /// The connectors of a composition that is the last of the model.
    pub(super) fn connect(&mut self, scope: Option<ComponentId>) {
        let document = self.document;
        let mut made: Vec<Described> = Vec::new();
        let mut names = BTreeSet::new();
        let all = document.connectors.values();
        for connector in all.filter(|one| document.scope_of(one) == scope) {
            if connector.from.bus().is_some() || connector.to.bus().is_some() {
                continue;
            }
            let text = |one: &End| end::text(document, one);
            let place = format!("{} → {}", text(&connector.from), text(&connector.to));
            let (from, to) = (
                self.end(&connector.from, Direction::Provided),
                self.end(&connector.to, Direction::Required),
            );
            let (Some((from, kind)), Some((to, _))) = (from, to) else {
                let why = "a port at its ends is not in the description";
                self.left_out(&place, "connector", why);
                continue;
            };
            if let Some(why) = differs(connector) {
                self.left_out(&place, "connector", why);
                continue;
            }
            self.all_left_out(&place, left::of_connector(connector));
            if let ConnectorKind::Buffered(buffering) = &connector.kind {
                self.all_left_out(&place, left::of_buffer(buffering));
                self.receive(&connector.to, buffering, &place);
            }
            if made.iter().any(|one| one.from == from && one.to == to) {
                continue;
            }
            let name = format!("{}_To_{}", word(&from), word(&to));
            let name: String = name.chars().take(110).collect();
            made.push(Described {
                path: name,
                from,
                to,
                kind,
            });
        }
        let origin = self.origin;
        if let Some(composition) = self.model.compositions.last_mut() {
            // Those that had a name keep it: they take theirs first.
            let own = |connector: &Described| origin.connector(&composition.path, connector);
            made.sort_by_key(|connector| own(connector).is_none());
            for connector in &mut made {
                let wanted = own(connector).map_or(connector.path.clone(), str::to_owned);
                let numbered = (2..).map(|number| format!("{wanted}_{number}"));
                let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
                let name = candidates.find(|name| names.insert(name.to_ascii_lowercase()));
                connector.path = format!("{}/{}", composition.path, name.unwrap_or_default());
            }
            composition.connectors = made;
        }
    }

    /// Where a connector ends: part and port, or a port of the composition itself.
    fn end(&self, end: &End, direction: Direction) -> Option<(Place, PortKind)> {
        let id = end.instance()?;
        if let Some(port) = self.document.ports.get(&id) {
            let found = self.outer_port(port.composition, port.direction, &port.name)?;
            let port = port.name.clone();
            return Some((Place::Outer { port }, found.kind));
        }
        let instance = self.document.instances.get(&id)?;
        let (port, kind) = self.port_at(instance, end, direction)?;
        let part = instance.name.clone();
        Some((Place::Part { part, port }, kind))
    }

    /// The port of an instance's type that an end is in.
    fn port_at(
        &self,
        instance: &Instance,
        end: &End,
        direction: Direction,
    ) -> Option<(String, PortKind)> {
        let name = match shape::pin(end) {
            Some((_, name)) => name,
            None => end.port()?.to_owned(),
        };
        if let Some(shaped) = self.shaped.get(&instance.component) {
            let port = shaped.port(direction, &name)?;
            return Some((name, port.kind));
        }
        let found = self.outer_port(instance.component, direction, &name)?;
        Some((name, found.kind))
    }

    /// The com spec of a receiver.
    pub(super) fn receive(&mut self, to: &End, buffering: &Buffering, place: &str) {
        let instance = to
            .instance()
            .and_then(|id| self.document.instances.get(&id));
        let Some((port, elements)) = instance.and_then(|one| self.elements(one, to)) else {
            return;
        };
        for element in elements {
            let reception = Reception {
                element: element.clone(),
                initial: buffering.initial.clone(),
                substitute: buffering.substitute.clone(),
                alive_timeout_ns: buffering.alive_timeout_ns,
                queue: buffering.queue,
                bound: None,
            };
            self.tell((port.clone(), element), reception, place);
        }
    }

    /// The com spec of a required port of non-volatile data.
    fn first_value(&mut self, instance: &Instance, (key, text): (&str, &str), place: &str) {
        let port = key.rsplit_once('#').and_then(|(port, element)| {
            let shaped = self.shaped.get(&instance.component)?;
            let port = shaped.port(Direction::Required, port)?;
            Some((port.path.clone(), element.to_owned()))
        });
        let Some(key) = port else {
            let why = "its port is not in the description";
            return self.left_out(place, "first value", why);
        };
        let reception = Reception {
            element: key.1.clone(),
            initial: Some(text.to_owned()),
            ..Reception::default()
        };
        self.tell(key, reception, place);
    }

    /// Com specs belong to component types: those of the first instance count.
    fn tell(&mut self, key: (String, String), reception: Reception, place: &str) {
        match self.told.get(&key) {
            Some(known) if *known != reception => {
                let why = "another instance of the component receives it otherwise, and in AUTOSAR the com spec belongs to the component type";
                self.left_out(place, "com spec", why);
            }
            Some(_) => {}
            None => drop(self.told.insert(key, reception)),
        }
    }

    /// The path of the port at a receiver's end, and the elements that are received.
    fn elements(&self, instance: &Instance, to: &End) -> Option<(String, Vec<String>)> {
        let (name, _) = self.port_at(instance, to, Direction::Required)?;
        let (path, item) = match self.shaped.get(&instance.component) {
            Some(shaped) => {
                let described = shaped.described.port(Direction::Required, &name)?;
                let port = shaped.port(Direction::Required, &name)?;
                (port.path.clone(), described.item.clone())
            }
            None => {
                let owner = self.paths.get(&instance.component)?;
                let mut all = self.model.compositions.iter();
                let composition = all.find(|one| one.path == *owner)?;
                let mut ports = composition.ports.iter();
                let port = ports.find(|one| one.name == name)?;
                let found = self.outer_port(instance.component, Direction::Required, &name)?;
                (port.path.clone(), found.item)
            }
        };
        let component::PortItem::Interface(interface) = item else {
            return None;
        };
        let elements = match to {
            End::Element { function, .. } => vec![function.function.clone()?],
            _ => interface
                .functions
                .into_iter()
                .map(|one| one.name)
                .collect(),
        };
        Some((path, elements))
    }
}

/// Elements of different names are joined by a mapping in AUTOSAR.
fn differs(connector: &Connector) -> Option<&'static str> {
    let element = |end: &End| match end {
        End::Element { function, .. } => function.function.clone(),
        End::Result { .. } | End::Parameter { .. } => Some(shape::VALUE.to_owned()),
        End::Port { .. } | End::Signal { .. } => None,
    };
    let both = (element(&connector.from)?, element(&connector.to)?);
    (both.0 != both.1).then_some(
        "it joins data elements of different names, for which a PORT-INTERFACE-MAPPING-SET is not written",
    )
}

fn word(place: &Place) -> String {
    match place {
        Place::Part { part, .. } => short_name(part),
        Place::Outer { port } => {
            let last = port.rsplit('/').next().unwrap_or_default();
            short_name(&to_label(last.split('@').next().unwrap_or_default()))
        }
    }
}
