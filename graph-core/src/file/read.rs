//! From text to a document, with the line of whatever is wrong. Everything goes through edits, so
//! a document that was read is as sound as one that was built.

mod annotations;
mod buses;
mod compositions;

use super::{FileError, Problem, e2e, slashed, v1};
use crate::{
    document::*,
    edit::{Building, Edit, EditError},
    end,
};
use autosar_wit::mapping::{Mapping, Policy, Rule};
use serde::{Deserialize, de::DeserializeOwned};
use std::ops::Range;
use toml::Spanned;

/// Reads a project file of any format up to the present one. `file_name` stands in the error.
pub fn read(text: &str, file_name: &str) -> Result<Document, FileError> {
    check_format(text, file_name)?;
    let project = parse::<v1::Project>(text, file_name)?;
    let place = Place { text, file_name };
    let mut reader = Reader {
        document: Building::new(Document::default()),
        place,
    };
    reader.apply(
        &project.name.span(),
        Edit::Rename(project.name.get_ref().clone()),
    )?;
    if let Some(folder) = &project.imported {
        let folder = slashed(folder);
        reader.apply(&project.name.span(), Edit::SetImported(Some(folder)))?;
    }
    reader.components(project.components)?;
    reader.ecus(project.ecus)?;
    reader.buses(project.buses)?;
    reader.compositions(project.compositions, project.instances, project.connectors)?;
    reader.transmissions(project.transmissions)?;
    reader.annotations(project.frames, project.notes)?;
    Ok(reader.document.finished())
}

/// The text of a file's bytes.
pub fn decode<'a>(bytes: &'a [u8], file_name: &str) -> Result<&'a str, FileError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to());
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        FileError {
            file: file_name.to_owned(),
            line,
            problem: Problem::NotText,
        }
    })
}

/// Refuses what is no TOML and formats that this build does not know.
pub(super) fn check_format(text: &str, file_name: &str) -> Result<(), FileError> {
    #[derive(Deserialize)]
    struct Header {
        format: Option<Spanned<i64>>,
    }
    let place = Place { text, file_name };
    if let Err(error) = text.parse::<toml::Table>() {
        let span = error.span().unwrap_or(0..0);
        return Err(place.error(
            &span,
            Problem::NotToml {
                reason: error.message().to_owned(),
            },
        ));
    }
    match parse::<Header>(text, file_name)?.format {
        None => Err(place.error(&(0..0), Problem::NoFormat)),
        Some(format) if (1..=super::FORMAT).contains(format.get_ref()) => Ok(()),
        Some(format) => Err(place.error(
            &format.span(),
            Problem::Format {
                found: *format.get_ref(),
            },
        )),
    }
}

pub(super) fn parse<T: DeserializeOwned>(text: &str, file_name: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| {
        let problem = Problem::Field {
            reason: error.message().to_owned(),
        };
        Place { text, file_name }.error(&error.span().unwrap_or(0..0), problem)
    })
}

#[derive(Clone, Copy)]
struct Place<'a> {
    text: &'a str,
    file_name: &'a str,
}

impl Place<'_> {
    fn error(&self, span: &Range<usize>, problem: impl Into<Problem>) -> FileError {
        let before = self.text.bytes().take(span.start);
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        FileError {
            file: self.file_name.to_owned(),
            line,
            problem: problem.into(),
        }
    }
}

struct Reader<'a> {
    document: Building,
    place: Place<'a>,
}

impl Reader<'_> {
    fn components(&mut self, components: v1::Table<v1::Component>) -> Result<(), FileError> {
        for (name, entry) in components {
            let described = || format!("component `{}`", name.get_ref());
            let source = match (entry.file, entry.wit) {
                (Some(file), None) => {
                    self.none("world", &entry.world, described)?;
                    ComponentSource::File(slashed(&file))
                }
                (None, Some(wit)) => ComponentSource::Stub {
                    wit: slashed(wit.get_ref()),
                    world: entry.world.map(Spanned::into_inner),
                },
                (Some(_), Some(wit)) => {
                    let problem = Problem::StrayField {
                        entry: described(),
                        field: "wit",
                    };
                    return Err(self.place.error(&wit.span(), problem));
                }
                (None, None) => {
                    let problem = Problem::MissingField {
                        entry: described(),
                        field: "file` or `wit",
                    };
                    return Err(self.place.error(&name.span(), problem));
                }
            };
            let id = self.document.new_ids().component();
            let component = Component {
                name: name.get_ref().clone(),
                source,
            };
            self.apply(&name.span(), Edit::InsertComponent(id, component))?;
        }
        Ok(())
    }

    fn ecus(&mut self, ecus: v1::Table<v1::Ecu>) -> Result<(), FileError> {
        for (name, entry) in ecus {
            let partitions = entry
                .partitions
                .into_iter()
                .map(|(name, entry)| Ok((name.into_inner(), self.partition(entry)?)));
            let ecu = Ecu {
                name: name.get_ref().clone(),
                target: entry.target,
                fuel_ps: entry.fuel_ps,
                activation_ns: entry.activation_ns,
                partitions: partitions.collect::<Result<_, FileError>>()?,
            };
            let id = self.document.new_ids().ecu();
            self.apply(&name.span(), Edit::InsertEcu(id, ecu))?;
        }
        Ok(())
    }

    fn instances(
        &mut self,
        composition: Option<ComponentId>,
        instances: v1::Table<v1::Instance>,
    ) -> Result<(), FileError> {
        for (name, entry) in instances {
            let component = self
                .document
                .component_named(entry.component.get_ref())
                .ok_or_else(|| {
                    let problem = Problem::UnknownComponent {
                        name: entry.component.get_ref().clone(),
                    };
                    self.place.error(&entry.component.span(), problem)
                })?;
            let partition = entry
                .partition
                .map(|text| self.partition_key(&text))
                .transpose()?;
            let bindings = entry
                .bindings
                .into_iter()
                .map(|(key, bound)| Ok((key, self.binding(&bound)?)));
            let instance = Instance {
                name: name.get_ref().clone(),
                composition,
                component,
                prefix: entry.prefix.map(Spanned::into_inner),
                partition,
                bindings: bindings.collect::<Result<_, FileError>>()?,
                activations: entry
                    .activations
                    .into_iter()
                    .map(|entry| self.activation(entry))
                    .collect::<Result<_, _>>()?,
                blocks: entry.blocks,
                configuration: entry.configuration,
                parameters: entry.parameters,
                nv_data: entry.nv_data,
                capabilities: entry.capabilities,
            };
            let id = self.document.new_ids().instance();
            self.apply(&name.span(), Edit::InsertInstance(id, instance))?;
        }
        Ok(())
    }

    fn activation(&self, mut entry: v1::Activation) -> Result<Activation, FileError> {
        let text = entry.runnable.get_ref().clone();
        let span = entry.runnable.span();
        let runnable = end::parse_function(&text).ok_or_else(|| {
            self.place
                .error(&span, Problem::Runnable { text: text.clone() })
        })?;
        let described = || format!("the activation of `{text}`");
        let event = match entry.event {
            v1::Event::Timing => RteEvent::Timing {
                period_ns: self.some("period_ns", entry.period_ns, &span, described)?,
                offset_ns: entry.offset_ns.map_or(0, Spanned::into_inner),
            },
            event => {
                self.none("period_ns", &entry.period_ns, described)?;
                self.none("offset_ns", &entry.offset_ns, described)?;
                match event {
                    v1::Event::Init => RteEvent::Init,
                    v1::Event::ModeSwitch => RteEvent::ModeSwitch {
                        port: self.some("port", entry.port.take(), &span, described)?,
                        change: self.mode_change(&mut entry, &span)?,
                    },
                    v1::Event::Timing | v1::Event::DataReceived => RteEvent::DataReceived,
                }
            }
        };
        self.none("port", &entry.port, described)?;
        self.none("on", &entry.on, described)?;
        self.none("mode", &entry.mode, described)?;
        self.none("to_mode", &entry.to_mode, described)?;
        let task = match entry.task {
            Some(task) => Some((
                task.into_inner(),
                self.some("position", entry.position, &span, described)?,
            )),
            None => {
                self.none("position", &entry.position, described)?;
                None
            }
        };
        Ok(Activation {
            runnable,
            event,
            priority: entry.priority,
            task,
            disabled_in: entry.disabled_in,
        })
    }

    fn mode_change(
        &self,
        entry: &mut v1::Activation,
        span: &Range<usize>,
    ) -> Result<ModeChange, FileError> {
        let described = || format!("the activation of `{}`", entry.runnable.get_ref());
        let on = self.some("on", entry.on.take(), span, described)?;
        let mode = self.some("mode", entry.mode.take(), span, described)?;
        Ok(match on {
            v1::Change::Entry => ModeChange::Entry(mode),
            v1::Change::Exit => ModeChange::Exit(mode),
            v1::Change::Transition => ModeChange::Transition {
                from: mode,
                to: self.some("to_mode", entry.to_mode.take(), span, described)?,
            },
        })
    }

    fn connectors(
        &mut self,
        composition: Option<ComponentId>,
        connectors: Vec<v1::Connector>,
    ) -> Result<(), FileError> {
        for mut entry in connectors {
            let end = |text: &v1::Text| {
                end::parse_in(&self.document, composition, text.get_ref())
                    .map_err(|error| self.place.error(&text.span(), error))
            };
            let (from, to) = (end(&entry.from)?, end(&entry.to)?);
            let span = entry.from.span();
            let (accept_version, probe) = (entry.accept_version, entry.probe);
            let adapter = entry.adapter.take().map(mapping);
            let is_delegation = matches!(entry.kind, v1::ConnectorKind::Delegation);
            let connector = Connector {
                from,
                to,
                kind: self.connector_kind(entry)?,
                accept_version,
                probe,
                adapter,
            };
            if is_delegation != self.document.is_delegation(&connector) {
                return Err(self.place.error(&span, Problem::Delegation));
            }
            let id = self.document.new_ids().connector();
            self.apply(&span, Edit::Connect(id, connector))?;
        }
        Ok(())
    }

    fn connector_kind(&self, entry: v1::Connector) -> Result<ConnectorKind, FileError> {
        let unbuffered = match entry.kind {
            v1::ConnectorKind::Direct => Some("a direct connector"),
            v1::ConnectorKind::Delegation => Some("a delegation"),
            v1::ConnectorKind::Buffered => None,
        };
        if let Some(described) = unbuffered {
            let described = || described.to_owned();
            self.none("initial", &entry.initial, described)?;
            self.none("alive_timeout_ns", &entry.alive_timeout_ns, described)?;
            self.none("substitute", &entry.substitute, described)?;
            self.none("queue", &entry.queue, described)?;
            self.none("bound", &entry.bound, described)?;
            self.none("conversion", &entry.conversion, described)?;
            self.none("network", &entry.network, described)?;
            return Ok(ConnectorKind::Direct);
        }
        let network = entry
            .network
            .map(|bus| self.bus(bus.get_ref(), &bus.span()))
            .transpose()?;
        Ok(ConnectorKind::Buffered(Buffering {
            initial: entry.initial.map(Spanned::into_inner),
            alive_timeout_ns: entry.alive_timeout_ns.map(Spanned::into_inner),
            substitute: entry.substitute.map(Spanned::into_inner),
            queue: entry.queue.map(Spanned::into_inner),
            bound: entry.bound.map(Spanned::into_inner),
            conversion: match entry.conversion.map(Spanned::into_inner) {
                None | Some(v1::Conversion::Physical) => Conversion::Physical,
                Some(v1::Conversion::Raw) => Conversion::Raw,
                Some(v1::Conversion::Unit) => Conversion::Unit,
            },
            network,
        }))
    }

    fn transmissions(&mut self, transmissions: Vec<v1::Transmission>) -> Result<(), FileError> {
        for entry in transmissions {
            let span = entry.message.span();
            let text = entry.message.get_ref();
            let described = || format!("the transmission of `{text}`");
            let (bus, message) = text.split_once(':').ok_or_else(|| {
                let reason = format!("`{text}` is no message; write `bus:Message`");
                self.place.error(&span, Problem::Field { reason })
            })?;
            let offset_ns = entry
                .offset_ns
                .as_ref()
                .map_or(0, |offset| *offset.get_ref());
            let mode = match entry.mode {
                None | Some(v1::Mode::OnChange) => {
                    self.none("period_ns", &entry.period_ns, described)?;
                    self.none("offset_ns", &entry.offset_ns, described)?;
                    entry.mode.map(|_| TransmissionMode::OnChange)
                }
                Some(v1::Mode::Cyclic) => Some(TransmissionMode::Cyclic {
                    period_ns: self.some("period_ns", entry.period_ns, &span, described)?,
                    offset_ns,
                }),
                Some(v1::Mode::Mixed) => Some(TransmissionMode::Mixed {
                    period_ns: self.some("period_ns", entry.period_ns, &span, described)?,
                    offset_ns,
                }),
            };
            let protection = entry.e2e.as_ref().map(e2e::read).transpose();
            let pdu = Pdu {
                bus: self.bus(bus, &span)?,
                message: message.to_owned(),
                mode,
                minimum_delay_ns: entry.minimum_delay_ns,
                repetitions: entry.repetitions,
                repetition_period_ns: entry.repetition_period_ns,
                timeout_ns: entry.timeout_ns,
                protection: protection
                    .map_err(|reason| self.place.error(&span, Problem::Field { reason }))?,
            };
            let id = self.document.new_ids().pdu();
            self.apply(&span, Edit::InsertPdu(id, pdu))?;
        }
        Ok(())
    }

    fn partition_key(&self, text: &v1::Text) -> Result<PartitionKey, FileError> {
        let key = text.get_ref().split_once('/').and_then(|(ecu, partition)| {
            let key = PartitionKey {
                ecu: self.document.ecu_named(ecu)?,
                partition: partition.to_owned(),
            };
            self.document.partition(&key).is_some().then_some(key)
        });
        key.ok_or_else(|| {
            let problem = Problem::UnknownPartition {
                text: text.get_ref().clone(),
            };
            self.place.error(&text.span(), problem)
        })
    }

    fn bus(&self, name: &str, span: &Range<usize>) -> Result<BusId, FileError> {
        let problem = || Problem::UnknownBus {
            name: name.to_owned(),
        };
        self.document
            .bus_named(name)
            .ok_or_else(|| self.place.error(span, problem()))
    }

    fn none<T>(
        &self,
        field: &'static str,
        value: &Option<Spanned<T>>,
        entry: impl Fn() -> String,
    ) -> Result<(), FileError> {
        match value {
            None => Ok(()),
            Some(value) => Err(self.place.error(
                &value.span(),
                Problem::StrayField {
                    entry: entry(),
                    field,
                },
            )),
        }
    }

    fn some<T>(
        &self,
        field: &'static str,
        value: Option<Spanned<T>>,
        span: &Range<usize>,
        entry: impl Fn() -> String,
    ) -> Result<T, FileError> {
        let problem = || Problem::MissingField {
            entry: entry(),
            field,
        };
        value
            .map(Spanned::into_inner)
            .ok_or_else(|| self.place.error(span, problem()))
    }

    fn apply(&mut self, span: &Range<usize>, edit: Edit) -> Result<(), FileError> {
        let refused = |error: EditError| self.place.error(span, error);
        self.document.apply(edit).map(drop).map_err(refused)
    }
}

fn mapping(entry: v1::Adapter) -> Mapping {
    let rule = |rule: v1::AdapterRule| Rule {
        from: rule.from,
        default: rule.default,
        factor: rule.factor,
        offset: rule.offset,
        policy: rule.policy.map(|policy| match policy {
            v1::AdapterPolicy::Saturate => Policy::Saturate,
            v1::AdapterPolicy::Invalid => Policy::Invalid,
            v1::AdapterPolicy::LeaveOut => Policy::LeaveOut,
        }),
        cases: rule.cases,
        otherwise: rule.otherwise,
        to_confirm: rule.to_confirm,
    };
    Mapping {
        rules: entry
            .rules
            .into_iter()
            .map(|(place, one)| (place, rule(one)))
            .collect(),
        bound: entry.bound,
    }
}
