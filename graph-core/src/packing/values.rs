//! What a connector between two ECUs carries, as values that signals can carry: type, meaning,
//! period of the sender.

use super::Receiver;
use crate::{
    context::{Context, Wire},
    document::*,
    end, physical,
    resolve::{self, Resolved},
};
use autosar_wit::{
    metadata::{CompuMethod, ElementMetadata},
    print,
    types::{TypeKind, ValueType},
};

/// A value that leaves an ECU.
pub(super) struct Value {
    pub(super) source: End,
    pub(super) receivers: Vec<Receiver>,
    pub(super) form: Form,
    pub(super) unit: String,
    pub(super) sender: PartitionKey,
    /// `None`: nothing periodic writes it.
    pub(super) period_ns: Option<u64>,
    /// The physical value before the first one is sent.
    pub(super) start: Option<f64>,
}

/// How a value lies in a frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    pub(super) bits: u32,
    pub(super) signed: bool,
    pub(super) float: bool,
    pub(super) factor: f64,
    pub(super) offset: f64,
    /// The raw values that it can have.
    pub(super) range: Option<(f64, f64)>,
    pub(super) texts: Vec<(i64, String)>,
    /// Of what it was made: `enum of 4`.
    pub(super) made_of: String,
}

/// `None`: the connector stays inside an ECU, or leads to a signal already.
pub(super) fn of(context: &Context, wire: &Wire) -> Option<Result<Vec<Value>, String>> {
    let from = context.partition_of(&wire.connector.from)?;
    let to = context.partition_of(&wire.connector.to)?;
    (from.ecu != to.ecu).then(|| values(context, wire, from))
}

fn values(context: &Context, wire: &Wire, sender: &PartitionKey) -> Result<Vec<Value>, String> {
    let connector = wire.connector;
    let ConnectorKind::Buffered(buffering) = &connector.kind else {
        return Err("calls do not leave an ECU; make the connector buffered first".to_owned());
    };
    if connector.adapter.is_some() {
        return Err("it has an adapter, which converts whole ports".to_owned());
    }
    if buffering.queue.is_some() {
        return Err("it has a queue; a signal has its last value alone".to_owned());
    }
    let mut ends = [&connector.from, &connector.to].into_iter();
    if let Some(one) = ends.find(|end| is_composition(context, end)) {
        return Err(format!(
            "`{}` is at a composition; connect its parts",
            context.text(one)
        ));
    }
    let (Ok(from), Ok(to)) = (&wire.from, &wire.to) else {
        return Err("its ends are not known; the checks say why".to_owned());
    };
    let pairs = pairs(connector, *from, *to)?;
    let receiver = |end| Receiver {
        end,
        connector: wire.id,
    };
    let start = buffering.initial.as_deref().and_then(start);
    let made = pairs.into_iter().map(|(source, target, value)| {
        let meaning = physical::element(context.document, context.library, &source);
        let form = form(value, meaning).ok_or_else(|| {
            format!(
                "`{}` is `{}`; signals carry numbers, bool and enums",
                context.text(&source),
                print::value_type(value)
            )
        })?;
        let unit = meaning.and_then(|meaning| meaning.unit.clone());
        Ok(Value {
            period_ns: period(context, &source),
            sender: sender.clone(),
            receivers: vec![receiver(target)],
            unit: unit.unwrap_or_default(),
            form,
            source,
            start,
        })
    });
    made.collect()
}

fn is_composition(context: &Context, end: &End) -> bool {
    let instance = end.instance();
    let instance = instance.and_then(|id| context.document.instances.get(&id));
    let component = instance.and_then(|one| context.document.components.get(&one.component));
    component.is_some_and(|one| one.source == ComponentSource::Composition)
}

/// The single values of a connector: source, receiver, type.
fn pairs<'a>(
    connector: &Connector,
    from: Resolved<'a>,
    to: Resolved<'a>,
) -> Result<Vec<(End, End, &'a ValueType)>, String> {
    let (Resolved::Port(given), Resolved::Port(needed)) = (from, to) else {
        let value = crate::fit::value_of(from).ok_or("its source has no value")?;
        return Ok(vec![(connector.from.clone(), connector.to.clone(), value)]);
    };
    let (Some(sender), Some(receiver)) = (connector.from.instance(), connector.to.instance())
    else {
        return Err("its ends are no ports of instances".to_owned());
    };
    let given_functions = resolve::functions(given);
    let needed_functions = resolve::functions(needed);
    let is_single = needed_functions.len() == 1 && given_functions.len() == 1;
    let mut found = Vec::new();
    for function in needed_functions {
        let name = &function.name;
        let other = given_functions
            .iter()
            .find(|other| is_single || other.name == *name);
        let value = other
            .filter(|other| resolve::why_no_element(other).is_none())
            .and_then(|other| Some((other, other.result.as_ref()?)));
        let Some((other, value)) = value else {
            return Err(format!("`{name}` is no data element"));
        };
        let element = |instance, port, function| End::Element {
            instance,
            function: resolve::path_of(port, function),
        };
        found.push((
            element(sender, given, other),
            element(receiver, needed, function),
            value,
        ));
    }
    Ok(found)
}

/// What a value takes in a frame; `None`: it does not fit into a signal.
fn form(value: &ValueType, meaning: Option<&ElementMetadata>) -> Option<Form> {
    let inside = rte::element_value(value).unwrap_or(value);
    let inside = resolve::behind_aliases(inside);
    let method = meaning.and_then(|meaning| meaning.compu_method.as_ref());
    let (factor, offset) = match method {
        Some(CompuMethod::Linear { factor, offset }) => (*factor, *offset),
        _ => (1.0, 0.0),
    };
    let texts = match method {
        Some(CompuMethod::TextTable(texts)) => {
            let texts = texts.iter();
            texts.map(|(value, text)| (*value, text.clone())).collect()
        }
        _ => Vec::new(),
    };
    let made = |bits: u32, signed: bool, range| Form {
        bits,
        signed,
        float: false,
        factor,
        offset,
        range,
        texts: texts.clone(),
        made_of: print::value_type(inside),
    };
    let unsigned = |bits: u32| made(bits, false, Some((0.0, 2_f64.powi(exponent(bits)) - 1.0)));
    let signed = |bits: u32| {
        let half = 2_f64.powi(exponent(bits - 1));
        made(bits, true, Some((-half, half - 1.0)))
    };
    Some(match inside {
        ValueType::Bool => made(1, false, Some((0.0, 1.0))),
        ValueType::U8 => unsigned(8),
        ValueType::U16 => unsigned(16),
        ValueType::U32 => unsigned(32),
        ValueType::U64 => unsigned(64),
        ValueType::S8 => signed(8),
        ValueType::S16 => signed(16),
        ValueType::S32 => signed(32),
        ValueType::S64 => signed(64),
        ValueType::F32 => Form {
            float: true,
            ..made(32, true, None)
        },
        ValueType::F64 => Form {
            float: true,
            ..made(64, true, None)
        },
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Enum(cases) => {
                let last = cases.len().saturating_sub(1);
                let bits = (usize::BITS - last.leading_zeros()).max(1);
                let texts = (0..).zip(cases.iter().cloned()).collect();
                let last = u32::try_from(last).ok()?;
                Form {
                    texts,
                    made_of: format!("`{}`, an enum of {}", definition.name, cases.len()),
                    ..made(bits, false, Some((0.0, f64::from(last))))
                }
            }
            _ => return None,
        },
        _ => return None,
    })
}

fn exponent(bits: u32) -> i32 {
    i32::try_from(bits).unwrap_or(i32::MAX)
}

/// A number in WAVE's words.
fn start(text: &str) -> Option<f64> {
    match text.trim() {
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

/// The shortest period of the runnables that write it.
fn period(context: &Context, source: &End) -> Option<u64> {
    let instance = context.document.instances.get(&source.instance()?)?;
    let metadata = &context.component(source.instance()?)?.metadata;
    let port = source.port()?;
    let writes = |runnable: &FunctionPath| match source {
        End::Result { function, .. } => runnable == function,
        // What a component says that it writes; else every runnable can.
        _ => match metadata.runnables.get(&end::function_text(runnable)) {
            Some(said) => said.writes.iter().any(|written| written == port),
            None => true,
        },
    };
    let periods = instance.activations.iter().filter_map(|activation| {
        let RteEvent::Timing { period_ns, .. } = activation.event else {
            return None;
        };
        writes(&activation.runnable).then_some(period_ns)
    });
    periods.min()
}

/// The words of a source from which its name is made: instance, port, function, fields.
pub(super) fn words(context: &Context, source: &End) -> Vec<String> {
    let name = source.instance().map(|id| context.instance_name(id));
    let mut words: Vec<String> = name.into_iter().map(str::to_owned).collect();
    let interface = |port: &str| {
        let path = port.split('@').next().unwrap_or(port);
        path.rsplit('/').next().unwrap_or(path).to_owned()
    };
    match source {
        End::Result {
            function, fields, ..
        } => match fields.is_empty() {
            true => words.push(function.function.clone().unwrap_or_default()),
            false => words.extend(fields.iter().cloned()),
        },
        _ => {
            words.extend(source.port().map(interface));
            if let End::Element { function, .. } = source {
                let element = function.function.clone();
                // The usual name of an interface's only element says nothing.
                words.extend(element.filter(|name| name != "get"));
            }
        }
    }
    words
}
