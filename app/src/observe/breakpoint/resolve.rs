//! From the text of a breakpoint to the rows that it looks at: names of buses, messages, elements,
//! runnables and ports, long or short. Judges no row.

use super::{BreakpointError, COMPARISONS, Condition, Running, Stop};
use crate::canvas::names::port_label;
use deployment::BusKind;
use graph_core::{
    document::{ConnectorKind, End},
    end,
};
use std::collections::BTreeSet;

/// A text in work.
pub(super) struct Asked<'a> {
    running: Running<'a>,
    text: &'a str,
}

impl<'a> Asked<'a> {
    pub(super) fn new(running: Running<'a>, text: &'a str) -> Asked<'a> {
        Asked { running, text }
    }

    /// The rows to look at, and the condition on their value.
    pub(super) fn resolved(&self) -> Result<(Vec<Stop>, Option<Condition>), BreakpointError> {
        if self.text == "incident" {
            return Ok((vec![Stop::Incident], None));
        }
        let (form, rest) = self.text.split_once(' ').ok_or_else(|| self.no_form())?;
        let rest = rest.trim();
        match form {
            "frame" => Ok((vec![self.frame(rest)?], None)),
            "value" => {
                let condition = self.condition(rest)?;
                Ok((vec![self.source(&condition.name)?], Some(condition)))
            }
            "run" => Ok((self.runnables(rest)?, None)),
            "access" => Ok((self.accesses(rest)?, None)),
            _ => Err(self.no_form()),
        }
    }

    fn no_form(&self) -> BreakpointError {
        BreakpointError::Form {
            text: self.text.to_owned(),
        }
    }

    fn unknown(&self, what: &'static str, name: &str, known: &BTreeSet<String>) -> BreakpointError {
        let known: Vec<String> = known.iter().map(|one| format!("`{one}`")).collect();
        BreakpointError::Unknown {
            text: self.text.to_owned(),
            what,
            name: name.to_owned(),
            known: known.join(", "),
        }
    }

    fn frame(&self, name: &str) -> Result<Stop, BreakpointError> {
        let (bus, message) = name.split_once(':').ok_or_else(|| self.no_form())?;
        let buses = self.running.composed.system.buses.iter();
        let buses = buses.filter(|bus| matches!(bus.kind, BusKind::Can { .. }));
        let buses: BTreeSet<String> = buses.map(|bus| bus.name.clone()).collect();
        if !buses.contains(bus) {
            return Err(self.unknown("bus", bus, &buses));
        }
        let described = self.running.meaning.message(bus, message);
        let (id, extended) = match described {
            Some(message) => (message.id, message.extended),
            None => {
                let digits = u32::from_str_radix(message, 16);
                let is_id = matches!(message.len(), 3 | 8);
                match digits {
                    Ok(id) if is_id => (id, message.len() == 8),
                    _ => {
                        let known = self.running.meaning.messages(bus).map(str::to_owned);
                        return Err(self.unknown("message", message, &known.collect()));
                    }
                }
            }
        };
        Ok(Stop::Frame {
            bus: bus.to_owned(),
            id,
            extended,
        })
    }

    /// The value by its full name, and what it is compared with.
    fn condition(&self, text: &str) -> Result<Condition, BreakpointError> {
        let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
            let (name, wanted) = text.rsplit_once(sign)?;
            Some((name, Some((*comparison, wanted.trim().to_owned()))))
        });
        let (name, comparison) = found.unwrap_or((text, None));
        Ok(Condition {
            name: self.value_named(name.trim())?,
            comparison,
        })
    }

    fn value_named(&self, name: &str) -> Result<String, BreakpointError> {
        if self.signal(name).is_some() {
            return Ok(name.to_owned());
        }
        let elements = self.running.meaning.elements();
        if elements.contains(name) {
            return Ok(name.to_owned());
        }
        let of_name = |full: &&&str| names(full).iter().any(|one| one == name);
        let found: Vec<&&str> = elements.iter().filter(of_name).collect();
        match found.as_slice() {
            [full] => Ok((**full).to_owned()),
            [] => {
                let known = elements.iter().map(|full| short(full));
                Err(self.unknown("value", name, &known.collect()))
            }
            several => Err(BreakpointError::Ambiguous {
                text: self.text.to_owned(),
                name: name.to_owned(),
                known: several
                    .iter()
                    .map(|full| format!("`{full}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }

    fn source(&self, name: &str) -> Result<Stop, BreakpointError> {
        Ok(match self.signal(name) {
            Some(stop) => stop,
            None => Stop::Element(name.to_owned()),
        })
    }

    /// The frames of a signal of that exact name.
    fn signal(&self, name: &str) -> Option<Stop> {
        let (bus, path) = name.split_once(':')?;
        let (message, signal) = path.split_once('.')?;
        let described = self.running.meaning.message(bus, message)?;
        let has = described.signals.iter().any(|one| one.name == signal);
        has.then(|| Stop::Frame {
            bus: bus.to_owned(),
            id: described.id,
            extended: described.extended,
        })
    }

    fn runnables(&self, name: &str) -> Result<Vec<Stop>, BreakpointError> {
        let mut known = BTreeSet::new();
        let mut stops = Vec::new();
        for partition in &self.running.composed.partitions {
            let table = &partition.deployment;
            for runnable in &table.runnables {
                let instance = table.instances.get(runnable.instance as usize);
                let instance = instance.map_or("?", String::as_str);
                let full = format!("{instance}.{}", runnable.function);
                let subject = format!("{}/{}/{full}", table.ecu, table.name);
                known.insert(short(&full));
                let is_it = instance == name
                    || subject == name
                    || names(&full).iter().any(|one| one == name);
                if is_it {
                    stops.push(Stop::Run(subject));
                }
            }
        }
        match stops.is_empty() {
            true => Err(self.unknown("runnable", name, &known)),
            false => Ok(stops),
        }
    }

    /// What a port gives, what reaches it, and calls on it.
    fn accesses(&self, name: &str) -> Result<Vec<Stop>, BreakpointError> {
        let document = self.running.document;
        let mut known = BTreeSet::new();
        let mut stops = Vec::new();
        let mut is_direct = false;
        let elements = self.running.meaning.elements();
        for full in &elements {
            known.insert(of_port(full));
            if is_at_port(full, name) {
                stops.push(Stop::Element((*full).to_owned()));
            }
        }
        for connector in document.connectors.values() {
            let from = end::text(document, &connector.from);
            let to = end::text(document, &connector.to);
            let is_at = is_at_port(&to, name);
            match &connector.kind {
                ConnectorKind::Direct => is_direct |= is_at || is_at_port(&from, name),
                _ if is_at => stops.extend(self.carried(&connector.from, &from)),
                _ => {}
            }
        }
        for partition in &self.running.composed.partitions {
            let table = &partition.deployment;
            let probes = table.probes.iter().filter(|probe| {
                let mut ends = probe.name.split(" -> ");
                ends.any(|end| is_at_port(end, name))
            });
            stops.extend(
                probes.map(|probe| {
                    Stop::Call(format!("{}/{}/{}/", table.ecu, table.name, probe.name))
                }),
            );
        }
        match (stops.is_empty(), is_direct) {
            (false, _) => Ok(stops),
            (true, true) => Err(BreakpointError::Unprobed {
                text: self.text.to_owned(),
                name: name.to_owned(),
            }),
            (true, false) => Err(self.unknown("traced port", name, &known)),
        }
    }

    fn carried(&self, from: &End, text: &str) -> Vec<Stop> {
        if let End::Signal { .. } = from {
            return self.signal(text).into_iter().collect();
        }
        let elements = self.running.meaning.elements();
        let prefix = format!("{text}#");
        let is_of = |full: &&str| *full == text || full.starts_with(&prefix);
        let found = elements.into_iter().filter(is_of);
        found.map(|full| Stop::Element(full.to_owned())).collect()
    }
}

/// Instance, port, and what follows it.
fn parts(full: &str) -> Option<(&str, &str, &str)> {
    let (instance, rest) = full.split_once('.')?;
    let (port, function) = rest.split_once('#').unwrap_or((rest, ""));
    Some((instance, port.trim_end_matches("()"), function))
}

/// What people may call it: `fan.fan-status.duty`, `fan.duty`, `fan.fan-status`.
fn names(full: &str) -> Vec<String> {
    let Some((instance, port, function)) = parts(full) else {
        return vec![full.to_owned()];
    };
    let label = port_label(port);
    vec![
        full.to_owned(),
        format!("{instance}.{label}"),
        format!("{instance}.{label}.{function}"),
        format!("{instance}.{function}"),
    ]
}

/// The one that says all in few words.
fn short(full: &str) -> String {
    match parts(full) {
        Some((instance, port, "")) => format!("{instance}.{}", port_label(port)),
        Some((instance, port, function)) => format!("{instance}.{}.{function}", port_label(port)),
        None => full.to_owned(),
    }
}

/// `sensor.temperature` of any of its elements.
fn of_port(full: &str) -> String {
    match parts(full) {
        Some((instance, port, _)) => format!("{instance}.{}", port_label(port)),
        None => full.to_owned(),
    }
}

fn is_at_port(full: &str, name: &str) -> bool {
    let whole = |(instance, port, _): (&str, &str, &str)| format!("{instance}.{port}");
    names(full).iter().any(|one| one == name) || parts(full).map(whole).as_deref() == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_long_as_one_likes() {
        let full = "fan.wireloom:thermal/fan-status@0.1.0#duty";
        for name in [full, "fan.fan-status", "fan.fan-status.duty", "fan.duty"] {
            assert!(names(full).iter().any(|one| one == name), "{name}");
        }
        assert_eq!(short(full), "fan.fan-status.duty");
        assert_eq!(short("fan.speed()"), "fan.speed");
        assert!(is_at_port(full, "fan.wireloom:thermal/fan-status@0.1.0"));
        assert!(!is_at_port(full, "fan.wireloom:thermal/fan"));
    }
}
