//! What components and messages are otherwise in a newer description: ports, functions, types, what
//! numbers mean, signals. The document says nothing of them, so its difference does not either.

use autosar_wit::{
    component::{ComponentType, Direction, PortItem},
    dbc::{Database, Message},
    print,
};
use graph_core::{
    difference::{Names, Naming},
    document::Document,
    library::{Entry, Library},
};
use std::{collections::BTreeMap, fmt};

/// One thing that is there now, is gone, or is another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct News {
    /// `added`, `removed`, `changed`
    pub change: &'static str,
    /// `port`
    pub what: &'static str,
    /// `controller.speed`
    pub name: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// `changed  port controller.speed: … → …`, as changes of a project are told.
impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {} {}", self.change, self.what, self.name)?;
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, ": {from} → {to}"),
            (Some(one), None) | (None, Some(one)) => write!(f, ": {one}"),
            (None, None) => Ok(()),
        }
    }
}

/// What is said of one thing, by its name; each on one line.
type Said = BTreeMap<String, String>;

/// What of the components and messages that both have, by their names, is another one.
///
/// `ours` bears the new names already; what is in its components and buses does not yet.
pub(super) fn between(
    ours: (&Document, &Library),
    theirs: (&Document, &Library),
    names: &Naming,
) -> Vec<News> {
    let mut news = Vec::new();
    let inner = inner_names(names);
    let (before, after) = (types(ours), types(theirs));
    let both = before.keys().filter(|name| after.contains_key(*name));
    let both: Vec<&str> = both.copied().collect();
    let of = |types: &BTreeMap<&str, &ComponentType>, say: fn(&ComponentType) -> Said| {
        let said = both
            .iter()
            .filter_map(|name| Some((*name, say(types.get(name)?))));
        let named = said.flat_map(|(name, said)| {
            let said = said.into_iter();
            said.map(move |(part, text)| (format!("{name}.{part}"), text))
        });
        named.collect::<Said>()
    };
    type Say = fn(&ComponentType) -> Said;
    let kinds: [(&'static str, Say); 3] = [
        ("port", ports),
        ("runnable", runnables),
        ("meaning", meanings),
    ];
    for (what, say) in kinds {
        let before = renamed(of(&before, say), &inner);
        compare(what, &before, &of(&after, say), &mut news);
    }
    let shared = |types: &BTreeMap<&str, &ComponentType>| -> Vec<ComponentType> {
        let shared = both.iter().filter_map(|name| types.get(name));
        shared.map(|one| (*one).clone()).collect()
    };
    let (before, after) = (shared(&before), shared(&after));
    compare(
        "function",
        &functions(&before),
        &functions(&after),
        &mut news,
    );
    compare(
        "type",
        &definitions(&before),
        &definitions(&after),
        &mut news,
    );
    messages(ours, theirs, &inner, &mut news);
    news.sort();
    news
}

/// New names of ports, runnables, messages and signals, as they are told: `COMPONENT.PORT`,
/// `BUS:MESSAGE.SIGNAL`.
fn inner_names(names: &Naming) -> Names {
    let now = |names: &Names, name: &str| names.get(name).map_or(name, String::as_str).to_owned();
    let mut inner = Names::new();
    for (component, ports) in &names.ports {
        let component = now(&names.components, component);
        for (was, is) in ports {
            inner.insert(format!("{component}.{was}"), format!("{component}.{is}"));
        }
    }
    for (bus, messages) in &names.messages {
        let bus = now(&names.buses, bus);
        for (was, is) in messages {
            inner.insert(format!("{bus}:{was}"), format!("{bus}:{is}"));
        }
    }
    for ((bus, message), signals) in &names.signals {
        let of_bus = names.messages.get(bus);
        let message_now = of_bus.map_or_else(|| message.clone(), |names| now(names, message));
        let bus = now(&names.buses, bus);
        for (was, is) in signals {
            inner.insert(
                format!("{bus}:{message}.{was}"),
                format!("{bus}:{message_now}.{is}"),
            );
        }
    }
    inner
}

/// The same under the new names; what is in something goes with it.
fn renamed(said: Said, inner: &Names) -> Said {
    let now = |name: &str| {
        let mut end = name.len();
        loop {
            let (outer, rest) = name.split_at(end);
            if let Some(new) = inner.get(outer) {
                return format!("{new}{rest}");
            }
            match outer.rfind('.') {
                Some(dot) => end = dot,
                None => return name.to_owned(),
            }
        }
    };
    said.into_iter()
        .map(|(name, text)| (now(&name), text))
        .collect()
}

fn compare(what: &'static str, before: &Said, after: &Said, news: &mut Vec<News>) {
    let mut tell = |change, name: &String, from: Option<&String>, to: Option<&String>| {
        news.push(News {
            change,
            what,
            name: name.clone(),
            from: from.cloned(),
            to: to.cloned(),
        });
    };
    for (name, from) in before {
        match after.get(name) {
            None => tell("removed", name, Some(from), None),
            Some(to) if to != from => tell("changed", name, Some(from), Some(to)),
            Some(_) => {}
        }
    }
    for (name, to) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        tell("added", name, None, Some(to));
    }
}

fn types<'a>(
    (document, library): (&'a Document, &'a Library),
) -> BTreeMap<&'a str, &'a ComponentType> {
    let components = document.components.iter();
    let types = components.filter_map(|(id, component)| match library.components.get(id)? {
        Entry::Loaded { component_type, .. } => Some((component.name.as_str(), &**component_type)),
        Entry::Missing { .. } => None,
    });
    types.collect()
}

fn ports(component: &ComponentType) -> Said {
    let ports = component.ports.iter();
    let ports = ports.filter_map(|port| {
        let PortItem::Interface(interface) = &port.item else {
            return None;
        };
        let id = interface.id.as_ref()?;
        let way = match port.direction {
            Direction::Required => "required",
            Direction::Provided => "provided",
        };
        Some((port.name.clone(), format!("{way} {id}")))
    });
    ports.collect()
}

fn runnables(component: &ComponentType) -> Said {
    let ports = component.ports.iter();
    let functions = ports.filter_map(|port| match &port.item {
        PortItem::Function(function) if port.direction == Direction::Provided => {
            Some((port.name.clone(), print::signature(function)))
        }
        _ => None,
    });
    functions.collect()
}

/// Units, ranges and conversions of what ports carry.
fn meanings(component: &ComponentType) -> Said {
    let mut said = Said::new();
    for port in &component.metadata.ports {
        for (element, meaning) in &port.elements {
            let text = serde_json::to_string(meaning).unwrap_or_default();
            said.insert(format!("{}.{element}", port.name), text);
        }
    }
    said
}

fn functions(components: &[ComponentType]) -> Said {
    let mut said = Said::new();
    for port in components.iter().flat_map(|one| &one.ports) {
        let PortItem::Interface(interface) = &port.item else {
            continue;
        };
        let Some(id) = &interface.id else {
            continue;
        };
        for function in &interface.functions {
            let name = format!("{id}#{}", function.name);
            said.insert(name, print::signature(function));
        }
    }
    said
}

fn definitions(components: &[ComponentType]) -> Said {
    let types = arxml::named_types(components.iter());
    let types = types.into_iter().map(|((owner, name), definition)| {
        let owner = owner.map_or_else(String::new, |owner| format!("{owner}."));
        let text = print::definition(&definition);
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.starts_with("///"));
        let text: Vec<&str> = lines.collect();
        (format!("{owner}{name}"), text.join(" "))
    });
    types.collect()
}

fn messages(
    ours: (&Document, &Library),
    theirs: (&Document, &Library),
    inner: &Names,
    news: &mut Vec<News>,
) {
    let descriptions = |(document, library): (&Document, &Library)| {
        let buses = document.buses.iter();
        let known = buses.filter_map(|(id, bus)| {
            let database = library.descriptions.get(id)?;
            Some((bus.name.clone(), database.clone()))
        });
        known.collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (descriptions(ours), descriptions(theirs));
    for (bus, before) in &before {
        let Some(after) = after.get(bus) else {
            continue;
        };
        let messages = renamed(frames(bus, before), inner);
        compare("message", &messages, &frames(bus, after), news);
        let carried = renamed(signals(bus, before), inner);
        compare("signal", &carried, &signals(bus, after), news);
    }
}

fn frames(bus: &str, database: &Database) -> Said {
    let messages = database.messages.iter().map(|message| {
        let Message {
            id,
            length_bytes,
            sender,
            ..
        } = message;
        let sender = sender.as_deref().unwrap_or("nobody");
        let said = format!("{id:#x}, {length_bytes} bytes, sent by {sender}");
        (format!("{bus}:{}", message.name), said)
    });
    messages.collect()
}

fn signals(bus: &str, database: &Database) -> Said {
    let mut said = Said::new();
    for message in &database.messages {
        for signal in &message.signals {
            let sign = match (signal.float, signal.signed) {
                (true, _) => "float",
                (false, true) => "signed",
                (false, false) => "unsigned",
            };
            let mut text = format!(
                "bit {} of {}, {:?}, {sign}, × {} + {}",
                signal.start_bit,
                signal.length_bits,
                signal.byte_order,
                signal.factor,
                signal.offset,
            );
            if !signal.unit.is_empty() {
                text += &format!(" {}", signal.unit);
            }
            if !signal.values.is_empty() {
                text += &format!(", words {:?}", signal.values);
            }
            said.insert(format!("{bus}:{}.{}", message.name, signal.name), text);
        }
    }
    said
}
