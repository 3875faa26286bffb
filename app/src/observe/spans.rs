//! A trace as spans of OpenTelemetry: activations with their runnables, calls over probed wires and
//! transactions on buses inside; frames and values of networks by themselves. Bodies of OTLP requests
//! to `/v1/traces` in JSON (opentelemetry-proto 1). Knows nothing of collectors.

use serde_json::{Value, json};
use simulator::trace::{Kind, Row, Trace};
use std::collections::BTreeMap;

/// Spans of one request at most: a body of less than a megabyte.
const SPANS_OF_A_REQUEST: usize = 2_000;
/// SPAN_KIND_INTERNAL.
const INTERNAL: u8 = 1;

/// A finished span; `service` is the ECU, bus or network where it was.
struct Span {
    service: String,
    value: Value,
}

/// An activation or a call that has begun.
struct Open {
    id: u64,
    trace: u64,
    parent: Option<u64>,
    name: String,
    start_ns: u64,
}

/// The bodies for all rows that the trace holds, in order; `base_ns` is the Unix time of time zero.
pub fn requests(trace: &Trace, base_ns: u64) -> Vec<Value> {
    let mut spans = Spans::new(&trace.hash(), base_ns);
    for row in trace.rows_from(trace.begin()) {
        spans.take(&row);
    }
    let chunks = spans.finished.chunks(SPANS_OF_A_REQUEST);
    chunks.map(body).collect()
}

fn body(spans: &[Span]) -> Value {
    let mut of_service: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for span in spans {
        let group = of_service.entry(&span.service).or_default();
        group.push(&span.value);
    }
    let resources = of_service.into_iter().map(|(service, spans)| {
        json!({
            "resource": { "attributes": [text("service.name", service)] },
            "scopeSpans": [{ "scope": { "name": "wireloom" }, "spans": spans }],
        })
    });
    json!({ "resourceSpans": resources.collect::<Vec<_>>() })
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// 64-bit numbers are text in Protobuf's JSON.
fn number(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

struct Spans {
    /// The first half of all trace ids: other runs have others.
    run: String,
    base_ns: u64,
    /// Ids given so far, of spans and of traces.
    ids: u64,
    traces: u64,
    /// What has begun on each ECU: an activation, calls in it.
    open: BTreeMap<String, Vec<Open>>,
    finished: Vec<Span>,
}

impl Spans {
    fn new(trace_hash: &str, base_ns: u64) -> Spans {
        Spans {
            run: trace_hash.chars().take(16).collect(),
            base_ns,
            ids: 0,
            traces: 0,
            open: BTreeMap::new(),
            finished: Vec::new(),
        }
    }

    fn take(&mut self, row: &Row<'_>) {
        let mut place = row.subject.split('/');
        let (ecu, rest) = (place.next().unwrap_or_default(), place.next_back());
        let words: Vec<&str> = row.detail.split(' ').collect();
        let word = |position: usize| words.get(position).copied().unwrap_or_default();
        let time = |text: &str| text.parse().unwrap_or(row.time_ns);
        let name = rest.unwrap_or(ecu);
        match row.kind {
            Kind::Began => {
                self.open.remove(ecu);
                self.begin(ecu, name, row.time_ns);
            }
            Kind::Ended => {
                let cost = [
                    number("wireloom.cost_ns", time(word(0))),
                    number("wireloom.fuel", time(word(1))),
                ];
                self.end(ecu, row, &cost);
            }
            Kind::Called => self.begin(ecu, &after_partition(row.subject), row.time_ns),
            Kind::Returned => self.end(ecu, row, &[text("wireloom.returned", row.detail)]),
            Kind::Ran => {
                let fuel = [number("wireloom.fuel", time(word(1)))];
                self.inside(ecu, name, time(word(0)), row, &fuel);
            }
            Kind::I2c | Kind::Spi => {
                let told = [text("wireloom.transaction", row.detail)];
                let start_ns = time(words.last().copied().unwrap_or_default());
                self.inside(word(0), row.subject, start_ns, row, &told);
            }
            Kind::Frame => {
                let told = [
                    text("wireloom.frame", word(0)),
                    text("wireloom.senders", word(1)),
                ];
                let id = word(0).split('#').next().unwrap_or_default();
                self.alone(row.subject, id, time(word(2)), row, &told);
            }
            Kind::Carried => {
                let told = [text("wireloom.receiver", word(1))];
                self.alone(row.subject, word(0), time(word(3)), row, &told);
            }
            _ => {}
        }
    }

    fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    fn trace(&mut self) -> u64 {
        self.traces += 1;
        self.traces
    }

    /// What begins now, in what is open there.
    fn begin(&mut self, ecu: &str, name: &str, start_ns: u64) {
        let id = self.id();
        let within = self.open.get(ecu).and_then(|open| open.last());
        let (parent, trace) = match within.map(|open| (open.id, open.trace)) {
            Some((parent, trace)) => (Some(parent), trace),
            None => (None, self.trace()),
        };
        let name = name.to_owned();
        self.open.entry(ecu.to_owned()).or_default().push(Open {
            id,
            trace,
            parent,
            name,
            start_ns,
        });
    }

    /// The end of what began last there.
    fn end(&mut self, ecu: &str, row: &Row<'_>, told: &[Value]) {
        if let Some(open) = self.open.get_mut(ecu).and_then(Vec::pop) {
            self.finish(ecu, open, row, told);
        }
    }

    /// Something short in what is open on that ECU.
    fn inside(&mut self, ecu: &str, name: &str, start_ns: u64, row: &Row<'_>, told: &[Value]) {
        self.begin(ecu, name, start_ns);
        self.end(ecu, row, told);
    }

    /// Something that no activation contains.
    fn alone(&mut self, service: &str, name: &str, start_ns: u64, row: &Row<'_>, told: &[Value]) {
        let open = Open {
            id: self.id(),
            trace: self.trace(),
            parent: None,
            name: name.to_owned(),
            start_ns,
        };
        self.finish(service, open, row, told);
    }

    fn finish(&mut self, service: &str, open: Open, row: &Row<'_>, told: &[Value]) {
        let at = |time_ns: u64| self.base_ns.saturating_add(time_ns).to_string();
        let mut attributes = vec![text("wireloom.subject", row.subject)];
        attributes.extend_from_slice(told);
        let parent = open.parent.map(|id| format!("{id:016x}"));
        self.finished.push(Span {
            service: service.to_owned(),
            value: json!({
                "traceId": format!("{}{:016x}", self.run, open.trace),
                "spanId": format!("{:016x}", open.id),
                "parentSpanId": parent.unwrap_or_default(),
                "name": open.name,
                "kind": INTERNAL,
                "startTimeUnixNano": at(open.start_ns.min(row.time_ns)),
                "endTimeUnixNano": at(row.time_ns),
                "attributes": attributes,
            }),
        });
    }
}

/// `probe/function` of `ecu/partition/probe/function`.
fn after_partition(subject: &str) -> String {
    subject.splitn(3, '/').last().unwrap_or_default().to_owned()
}
