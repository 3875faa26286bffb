//! What a scenario can name in a project, and what of a trace or of an input each name is.

use crate::{canvas::names as words, observe};
use autosar_wit::{
    dbc::{Database, Message, Signal},
    types::{TypeKind, ValueType},
};
use deployment::{BusKind, Direction, PinSignal};
use graph_core::{
    compose::{Composed, ComposedPartition},
    document::{Document, End},
    end,
    library::Library,
    physical,
};
use scenario::{Catalogue, Kind, Settable};
use simulator::Simulation;
use std::{collections::BTreeMap, sync::Arc};

/// How deep fields of records are told apart.
const DEPTH: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) catalogue: Catalogue,
    /// By the whole name of a signal.
    pub(super) sources: BTreeMap<String, Source>,
    /// By the name of what can be set.
    pub(super) ways: BTreeMap<String, Way>,
    /// Types of published elements, by their subject in the trace.
    pub(super) types: BTreeMap<String, ValueType>,
    /// By bus.
    pub(super) descriptions: BTreeMap<String, Arc<Database>>,
    /// Cases of the enums that signals are received as, by `bus:Message.Signal`.
    pub(super) cases: BTreeMap<String, Vec<String>>,
    /// Bits per second of CAN buses.
    pub(super) bitrates: BTreeMap<String, u32>,
}

/// Where the values of a signal come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A published element, and which field of it.
    Element {
        subject: String,
        fields: Vec<String>,
    },
    /// The mode that an element tells.
    Mode {
        subject: String,
    },
    /// Of a message on a bus.
    Signal {
        bus: String,
        message: String,
        signal: String,
    },
    /// `device.stimulus`
    Stimulus(String),
    Pin(String),
    /// Frames that reached their end on a bus: all, or those of a message.
    Frames {
        bus: String,
        id: Option<(u32, bool)>,
    },
    /// Error frames of a bus.
    Errors(String),
    /// Share of the last whole second, in percent.
    BusLoad(String),
    EcuLoad(String),
    /// By `ecu/partition/task`.
    Task(String, Count),
    /// By ECU.
    Incidents(String),
    /// By device.
    Misuse(String),
    /// By `ecu/partition/block`.
    Writes(String),
}

/// What is counted of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Count {
    Activations,
    /// Milliseconds from its event to the end of the last activation.
    Response,
    /// Milliseconds of the last activation.
    Cost,
    Late,
    Lost,
}

/// How something is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// Of a device, or of a message of the restbus.
    Stimulus {
        device: String,
        stimulus: String,
    },
    Parameter,
}

/// Of a flat project that composes, with the simulation of it at its start.
pub(super) fn names(
    (document, library): (&Document, &Library),
    composed: &Composed,
    start: &Simulation,
) -> Names {
    let mut names = Names {
        cases: observe::received_cases(document, library),
        ..Names::default()
    };
    for partition in &composed.partitions {
        names.add_partition((document, library), partition);
    }
    for (id, database) in &library.descriptions {
        if let Some(bus) = document.buses.get(id) {
            names.add_description(&bus.name, database);
        }
    }
    names.add_system(composed);
    names.add_stimuli(start);
    names.add_parameters(document, library);
    names.add_modes((document, library), composed);
    names
}

impl Names {
    fn add(&mut self, name: &str, short: &[String], kind: Kind, source: Source) {
        self.catalogue.add(name, short, kind);
        self.sources.insert(name.to_owned(), source);
    }

    fn add_partition(&mut self, of: (&Document, &Library), partition: &ComposedPartition) {
        let place = format!("{}/{}", partition.ecu, partition.name);
        let elements = partition.deployment.elements.iter();
        for (element, value_type) in elements.zip(&partition.element_types) {
            if element.direction != Direction::Out {
                continue;
            }
            let subject = format!("{place}/{}", element.name);
            let short = match element.name.split_once("#e2e ") {
                Some((message, receiver)) => vec![
                    format!("{message}.e2e"),
                    format!("{message}.e2e.{receiver}"),
                ],
                None => short_names(of.0, &element.name),
            };
            self.types.insert(subject.clone(), value_type.clone());
            self.add_fields(
                of,
                (&element.name, &short),
                (subject, Vec::new()),
                value_type,
            );
        }
        for task in &partition.deployment.tasks {
            let task = format!("{place}/{}", task.name);
            let milliseconds = || Kind::Number {
                unit: "ms".to_owned(),
            };
            for (word, count, kind) in [
                ("activations", Count::Activations, number()),
                ("response", Count::Response, milliseconds()),
                ("cost", Count::Cost, milliseconds()),
                ("late", Count::Late, number()),
                ("lost", Count::Lost, number()),
            ] {
                let source = Source::Task(task.clone(), count);
                self.add(&format!("{word}({task})"), &[], kind, source);
            }
        }
    }

    /// An element or a field of one, and the fields in it.
    fn add_fields(
        &mut self,
        of: (&Document, &Library),
        (name, short): (&str, &[String]),
        (subject, fields): (String, Vec<String>),
        value_type: &ValueType,
    ) {
        let kind = kind(value_type, unit(of, name));
        let source = Source::Element {
            subject: subject.clone(),
            fields: fields.clone(),
        };
        self.add(name, short, kind, source);
        if fields.len() == DEPTH {
            return;
        }
        for field in record(value_type) {
            let longer = |name: &str| format!("{name}.{}", field.name);
            let short: Vec<String> = short.iter().map(|name| longer(name)).collect();
            let mut fields = fields.clone();
            fields.push(field.name.clone());
            let place = (subject.clone(), fields);
            self.add_fields(of, (&longer(name), &short), place, &field.value);
        }
    }

    fn add_description(&mut self, bus: &str, database: &Arc<Database>) {
        self.descriptions.insert(bus.to_owned(), database.clone());
        for message in &database.messages {
            let name = format!("{bus}:{}", message.name);
            let id = Some((message.id, message.extended));
            let bus = bus.to_owned();
            let frames = Source::Frames { bus, id };
            self.add(&format!("frames({name})"), &[], number(), frames);
            for signal in &message.signals {
                self.add_signal(&name, message, signal);
            }
        }
    }

    fn add_signal(&mut self, of: &str, message: &Message, signal: &Signal) {
        let name = format!("{of}.{}", signal.name);
        let labels = signal.values.iter().map(|(_, label)| label.clone());
        let words = self
            .cases
            .get(&name)
            .cloned()
            .unwrap_or_else(|| labels.collect());
        let unit = signal.unit.clone();
        let kind = match words.is_empty() {
            true => Kind::Number { unit },
            false => Kind::Labelled { unit, words },
        };
        let bus = of.split_once(':').map_or("", |(bus, _)| bus).to_owned();
        let source = Source::Signal {
            bus,
            message: message.name.clone(),
            signal: signal.name.clone(),
        };
        let dotted = name.replacen(':', ".", 1);
        self.add(&name, &[dotted], kind, source);
    }

    fn add_system(&mut self, composed: &Composed) {
        let percent = || Kind::Number {
            unit: "%".to_owned(),
        };
        for ecu in &composed.system.ecus {
            let name = &ecu.name;
            self.add(
                &format!("load({name})"),
                &[],
                percent(),
                Source::EcuLoad(name.clone()),
            );
            let incidents = Source::Incidents(name.clone());
            self.add(&format!("incidents({name})"), &[], number(), incidents);
        }
        for bus in &composed.system.buses {
            let name = &bus.name;
            if let BusKind::Can { bitrate_bps } | BusKind::CanFd { bitrate_bps, .. } = &bus.kind {
                self.catalogue.buses.insert(name.clone());
                self.bitrates.insert(name.clone(), *bitrate_bps);
                let frames = Source::Frames {
                    bus: name.clone(),
                    id: None,
                };
                self.add(&format!("frames({name})"), &[], number(), frames);
                let errors = Source::Errors(name.clone());
                self.add(&format!("errors({name})"), &[], number(), errors);
                self.add(
                    &format!("load({name})"),
                    &[],
                    percent(),
                    Source::BusLoad(name.clone()),
                );
            }
            if let BusKind::Gpio { pins } = &bus.kind {
                for pin in pins {
                    let words = ["low", "high"].map(str::to_owned).to_vec();
                    let kind = match pin.signal {
                        PinSignal::Digital => Kind::Labelled {
                            unit: String::new(),
                            words,
                        },
                        _ => number(),
                    };
                    let source = Source::Pin(pin.name.clone());
                    self.add(&format!("pin({})", pin.name), &[], kind, source);
                }
            }
        }
        for block in &composed.system.blocks {
            let name = format!("{}/{}/{}", block.ecu, block.partition, block.name);
            self.add(
                &format!("writes({name})"),
                &[],
                number(),
                Source::Writes(name),
            );
        }
    }

    fn add_stimuli(&mut self, start: &Simulation) {
        let mut settable = |device: &str, stimulus: &str, unit: &str, range| {
            let name = format!("{device}.{stimulus}");
            let kind = Kind::Number {
                unit: unit.to_owned(),
            };
            let range = Some(range);
            self.catalogue
                .settable
                .insert(name.clone(), Settable { kind, range });
            let (device, stimulus) = (device.to_owned(), stimulus.to_owned());
            self.ways.insert(name, Way::Stimulus { device, stimulus });
        };
        for rest in start.restbus() {
            for signal in &rest.signals {
                let range = (signal.minimum, signal.maximum);
                settable(&rest.name, &signal.name, &signal.unit, range);
            }
        }
        let devices = start.devices();
        for device in &devices {
            for stimulus in &device.stimuli {
                let declared = &stimulus.declared;
                let range = (declared.minimum, declared.maximum);
                settable(&device.name, declared.name, declared.unit, range);
            }
        }
        for device in &devices {
            for stimulus in &device.stimuli {
                let name = format!("{}.{}", device.name, stimulus.declared.name);
                let unit = stimulus.declared.unit.to_owned();
                self.add(
                    &name,
                    &[],
                    Kind::Number { unit },
                    Source::Stimulus(name.clone()),
                );
            }
            let misuse = Source::Misuse(device.name.clone());
            self.add(&format!("misuse({})", device.name), &[], number(), misuse);
        }
    }

    fn add_parameters(&mut self, document: &Document, library: &Library) {
        for parameter in crate::session::parameter_views(document, library) {
            let unit = parameter.meaning.and_then(|meaning| meaning.unit);
            let kind = kind(&parameter.value_type, unit.unwrap_or_default());
            let settable = Settable { kind, range: None };
            self.catalogue
                .settable
                .insert(parameter.name.clone(), settable);
            self.ways.insert(parameter.name, Way::Parameter);
        }
    }

    fn add_modes(&mut self, (document, library): (&Document, &Library), composed: &Composed) {
        for group in observe::mode_groups(document, library) {
            let sends = |partition: &&ComposedPartition| {
                let mut elements = partition.deployment.elements.iter();
                elements.any(|one| one.direction == Direction::Out && one.name == group.element)
            };
            let Some(partition) = composed.partitions.iter().find(sends) else {
                continue;
            };
            let subject = format!("{}/{}/{}", partition.ecu, partition.name, group.element);
            let port = words::port_label(&group.port);
            let name = format!("mode({}.{port})", group.manager);
            let short = format!("mode({})", group.manager);
            let kind = Kind::Word { words: group.modes };
            self.add(&name, &[short], kind, Source::Mode { subject });
        }
    }
}

fn number() -> Kind {
    Kind::Number {
        unit: String::new(),
    }
}

/// `fan.duty` and `fan.fan-status.duty` of `fan.wireloom:thermal/fan-status@0.1.0#duty`.
fn short_names(document: &Document, name: &str) -> Vec<String> {
    let Ok(end) = end::parse(document, name) else {
        return Vec::new();
    };
    let instance = name.split('.').next().unwrap_or_default();
    let long = words::end_name(document, &end);
    let mut names = vec![
        long.clone(),
        format!("{instance}.{}", words::end_label(&end)),
    ];
    names.extend(long.strip_suffix(".get").map(str::to_owned));
    if let End::Result { function, .. } = &end {
        let port = words::port_label(&function.port);
        names.push(format!("{instance}.{port}.{}", words::end_label(&end)));
    }
    names.sort();
    names.dedup();
    names
}

/// The unit of an element by its name in the trace.
fn unit((document, library): (&Document, &Library), name: &str) -> String {
    let end = end::parse(document, name).ok();
    let meaning = end.and_then(|end| physical::element(document, library, &end)?.unit.clone());
    meaning.unwrap_or_default()
}

/// What values of a type are; of a result or an option, what is in it.
fn kind(value_type: &ValueType, unit: String) -> Kind {
    match value_type {
        ValueType::Bool => Kind::Word {
            words: ["false", "true"].map(str::to_owned).to_vec(),
        },
        ValueType::U8
        | ValueType::U16
        | ValueType::U32
        | ValueType::U64
        | ValueType::S8
        | ValueType::S16
        | ValueType::S32
        | ValueType::S64
        | ValueType::F32
        | ValueType::F64 => Kind::Number { unit },
        ValueType::Option(inner) => kind(inner, unit),
        ValueType::Result {
            ok: Some(inner), ..
        } => kind(inner, unit),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(inner) => kind(inner, unit),
            TypeKind::Enum(cases) => Kind::Word {
                words: cases.clone(),
            },
            _ => Kind::Text,
        },
        _ => Kind::Text,
    }
}

/// The fields of a record; none of any other type.
fn record(value_type: &ValueType) -> &[autosar_wit::types::Field] {
    match value_type {
        ValueType::Option(inner) => record(inner),
        ValueType::Result {
            ok: Some(inner), ..
        } => record(inner),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(inner) => record(inner),
            TypeKind::Record(fields) => fields,
            _ => &[],
        },
        _ => &[],
    }
}
