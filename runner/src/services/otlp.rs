//! OTLP over HTTP in JSON (opentelemetry-proto 1): metrics and lines of the log, to a collector on
//! the machine. A collector that is not there costs the lines that do not fit the buffer, and nothing
//! else.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{
    Line, Published, Severity, Snapshot,
    lines::Kept,
    metrics::{Kind, Metric, NETWORK, PARTITION, TASK},
};
use crate::configuration::Otlp;

/// A collector that is slower is left until the next time.
const PATIENCE: Duration = Duration::from_secs(2);

/// The thread that sends.
pub(crate) struct Export {
    kept: Kept,
    /// Nothing is ever sent: its end wakes the thread.
    going_on: Sender<Infallible>,
    thread: JoinHandle<()>,
}

impl Export {
    /// Sends from now on what is kept and published.
    pub(crate) fn start(otlp: &Otlp, ecu: &str, published: Published) -> io::Result<Export> {
        let kept: Kept = Arc::new(Mutex::new(VecDeque::new()));
        let (lines, address, ecu) = (kept.clone(), otlp.address, ecu.to_owned());
        let every = Duration::from_secs(otlp.every_s.into());
        let started_ns = unix_ns();
        let (going_on, end) = channel();
        let thread = thread::Builder::new()
            .name("OTLP".to_owned())
            .spawn(move || {
                let mut is_last = false;
                while !is_last {
                    is_last = end.recv_timeout(every) == Err(RecvTimeoutError::Disconnected);
                    let snapshot = published.get();
                    // What could not be sent is counted again by the next metrics.
                    let _sent = snapshot.map(|snapshot| {
                        let body = metrics(&snapshot, started_ns, unix_ns());
                        post(address, "/v1/metrics", &body)
                    });
                    send_lines(address, &ecu, &lines);
                }
            })?;
        Ok(Export {
            kept,
            going_on,
            thread,
        })
    }

    /// Where lines to send are put.
    pub(crate) fn kept(&self) -> Kept {
        self.kept.clone()
    }

    /// Sends what is left; a collector that is not there holds it up for [`PATIENCE`] a request.
    pub(crate) fn finish(self) {
        drop(self.going_on);
        // A panic was told by the thread.
        let _ended = self.thread.join();
    }
}

fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

fn send_lines(address: SocketAddr, ecu: &str, kept: &Kept) {
    let taken: Vec<Line> = match kept.lock() {
        Ok(mut kept) => kept.drain(..).collect(),
        Err(_) => return,
    };
    if !taken.is_empty() && post(address, "/v1/logs", &logs(ecu, &taken)).is_err() {
        // They wait for the next time, before those that came meanwhile.
        if let Ok(mut kept) = kept.lock() {
            taken
                .into_iter()
                .rev()
                .for_each(|line| kept.push_front(line));
        }
    }
}

fn resource(ecu: &str) -> Value {
    json!({ "attributes": attributes(&[("service.name", "wireloom-ecu"), ("wireloom.ecu", ecu)]) })
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    let one =
        |(key, value): &(&str, &str)| json!({ "key": key, "value": { "stringValue": value } });
    pairs.iter().map(one).collect()
}

const SCOPE: &str = "wireloom";

/// The body of a request to `/v1/metrics`.
fn metrics(snapshot: &Snapshot, started_ns: u64, now_ns: u64) -> Value {
    let report = &snapshot.report;
    let times = (started_ns, now_ns);
    let mut all = vec![json!({
        "name": "wireloom.ecu.uptime",
        "unit": "ns",
        "gauge": { "dataPoints": [point(&[], times, snapshot.uptime_ns)] },
    })];
    all.extend(PARTITION.iter().map(|metric| {
        let points = report.partitions.iter().map(|partition| {
            let labels = [("wireloom.partition", partition.name.as_str())];
            point(&labels, times, (metric.value)(partition))
        });
        of_kind(metric, points.collect())
    }));
    let networks = NETWORK.iter().filter(|_| !report.networks.is_empty());
    all.extend(networks.map(|metric| {
        let points = report.networks.iter().map(|network| {
            let labels = [("wireloom.network", network.name.as_str())];
            point(&labels, times, (metric.value)(network))
        });
        of_kind(metric, points.collect())
    }));
    all.extend(TASK.iter().map(|metric| {
        let points = report.partitions.iter().flat_map(|partition| {
            partition.tasks.iter().map(|task| {
                let labels = [
                    ("wireloom.partition", partition.name.as_str()),
                    ("wireloom.task", task.name.as_str()),
                ];
                point(&labels, times, (metric.value)(task))
            })
        });
        of_kind(metric, points.collect())
    }));
    json!({ "resourceMetrics": [{
        "resource": resource(&report.ecu),
        "scopeMetrics": [{ "scope": { "name": SCOPE }, "metrics": all }],
    }] })
}

/// A counter is a cumulative sum (2).
fn of_kind<T>(metric: &Metric<T>, points: Vec<Value>) -> Value {
    match metric.kind {
        Kind::Counter => json!({
            "name": metric.name,
            "unit": metric.unit,
            "sum": { "aggregationTemporality": 2, "isMonotonic": true, "dataPoints": points },
        }),
        Kind::Gauge => json!({
            "name": metric.name,
            "unit": metric.unit,
            "gauge": { "dataPoints": points },
        }),
    }
}

/// 64-bit numbers are text in Protobuf's JSON.
fn point(labels: &[(&str, &str)], (started_ns, now_ns): (u64, u64), value: u64) -> Value {
    json!({
        "attributes": attributes(labels),
        "startTimeUnixNano": started_ns.to_string(),
        "timeUnixNano": now_ns.to_string(),
        "asInt": value.to_string(),
    })
}

/// The body of a request to `/v1/logs`.
fn logs(ecu: &str, lines: &[Line]) -> Value {
    let record = |line: &Line| {
        let labels: Vec<_> = line
            .partition
            .iter()
            .map(|name| ("wireloom.partition", name.as_str()))
            .collect();
        json!({
            "timeUnixNano": line.unix_ns.to_string(),
            "severityNumber": line.severity as u32,
            "severityText": match line.severity {
                Severity::Info => "INFO",
                Severity::Warning => "WARN",
                Severity::Error => "ERROR",
            },
            "body": { "stringValue": line.text },
            "attributes": attributes(&labels),
        })
    };
    let records: Vec<_> = lines.iter().map(record).collect();
    json!({ "resourceLogs": [{
        "resource": resource(ecu),
        "scopeLogs": [{ "scope": { "name": SCOPE }, "logRecords": records }],
    }] })
}

/// Posts the body of a request to a collector: `/v1/traces`, `/v1/metrics`, `/v1/logs`.
///
/// # Errors
/// A collector that is not there, is slower than two seconds, or refuses.
pub fn post(address: SocketAddr, path: &str, body: &Value) -> io::Result<()> {
    let body = body.to_string();
    let length = body.len();
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    match answer.get(9) {
        Some(b'2') => Ok(()),
        _ => Err(io::Error::other("the collector refuses the request")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::Log;
    use crate::services::snapshot::tests::snapshot;
    use std::net::TcpListener;

    /// Takes one request, answers it with that status and gives its path and body.
    fn receive(listener: &TcpListener, status: &str) -> (String, Value) {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        loop {
            let mut part = [0; 1024];
            let length = stream.read(&mut part).unwrap();
            bytes.extend(&part[..length]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let announced = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "));
            if body.len() == announced.unwrap().parse::<usize>().unwrap() {
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
                let path = head.split(' ').nth(1).unwrap().to_owned();
                return (path, serde_json::from_str(body).unwrap());
            }
        }
    }

    #[test]
    fn a_collector_receives_metrics() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sender =
            thread::spawn(move || post(address, "/v1/metrics", &metrics(&snapshot(), 1, 2)));
        let (path, body) = receive(&listener, "200 OK");
        sender.join().unwrap().unwrap();
        assert_eq!(path, "/v1/metrics");
        let one = &body["resourceMetrics"][0];
        assert_eq!(
            one["resource"]["attributes"][1],
            json!({ "key": "wireloom.ecu", "value": { "stringValue": "climate" } })
        );
        let all = one["scopeMetrics"][0]["metrics"].as_array().unwrap();
        let named = |name: &str| all.iter().find(|metric| metric["name"] == name).unwrap();
        let late = named("wireloom.task.late");
        assert_eq!(late["unit"], "{activation}");
        assert_eq!(late["sum"]["isMonotonic"], true);
        let point = &late["sum"]["dataPoints"][0];
        assert_eq!(point["asInt"], "2");
        assert_eq!(
            (&point["startTimeUnixNano"], &point["timeUnixNano"]),
            (&json!("1"), &json!("2"))
        );
        assert_eq!(point["attributes"][1]["value"]["stringValue"], "step");
        let worst = named("wireloom.task.worst_response");
        assert_eq!(worst["gauge"]["dataPoints"][0]["asInt"], "1500000");
        assert_eq!(all.len(), 1 + PARTITION.len() + NETWORK.len() + TASK.len());
        let refused = &named("wireloom.network.refused")["sum"]["dataPoints"][0];
        assert_eq!(refused["asInt"], "16");
        assert_eq!(refused["attributes"][0]["value"]["stringValue"], "eth0");
    }

    #[test]
    fn a_collector_receives_lines() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let kept: Kept = Arc::default();
        let line = Line {
            unix_ns: 7,
            severity: Severity::Error,
            partition: Some("main".into()),
            text: "trapped".into(),
        };
        kept.lock().unwrap().push_back(line);
        let lines = kept.clone();
        let sender = thread::spawn(move || send_lines(address, "climate", &lines));
        let (path, body) = receive(&listener, "200 OK");
        sender.join().unwrap();
        assert_eq!(path, "/v1/logs");
        let record = &body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
        assert_eq!(record["timeUnixNano"], "7");
        assert_eq!(record["severityNumber"], 17);
        assert_eq!(record["body"]["stringValue"], "trapped");
        assert_eq!(record["attributes"][0]["value"]["stringValue"], "main");
        assert!(kept.lock().unwrap().is_empty());
    }

    /// The log's thread and this one are waited for: what was said last arrives, long before the
    /// next regular time.
    #[test]
    fn the_last_lines_are_written_and_sent_at_the_end() {
        // An ECU that fails while it is loaded has not started what writes them.
        for is_started in [true, false] {
            last_lines(is_started);
        }
    }

    fn last_lines(is_started: bool) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let otlp = Otlp {
            address: listener.local_addr().unwrap(),
            every_s: 3_600,
        };
        let export = Export::start(&otlp, "climate", Published::default()).unwrap();
        let (log, lines) = channel();
        let mut writer = Log::new(lines, Some(export));
        if is_started {
            writer.start().unwrap();
        }
        let collector = thread::spawn(move || receive(&listener, "200 OK"));
        let said: Vec<String> = (0..500).map(|number| format!("line {number}")).collect();
        for text in &said {
            log.send(Line::new(Severity::Info, None, text.clone()))
                .unwrap();
        }
        drop(log);
        writer.finish();
        let (path, body) = collector.join().unwrap();
        assert_eq!(path, "/v1/logs");
        let records = &body["resourceLogs"][0]["scopeLogs"][0]["logRecords"];
        let texts = records.as_array().unwrap().iter();
        let texts: Vec<&str> = texts
            .map(|record| record["body"]["stringValue"].as_str().unwrap())
            .collect();
        assert_eq!(texts, said);
    }

    #[test]
    fn lines_wait_for_a_collector_that_refuses_or_is_not_there() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let kept: Kept = Arc::default();
        for text in ["first", "second"] {
            let line = Line::new(Severity::Info, None, text.to_owned());
            kept.lock().unwrap().push_back(line);
        }
        let lines = kept.clone();
        let sender = thread::spawn(move || send_lines(address, "climate", &lines));
        receive(&listener, "500 Internal Server Error");
        sender.join().unwrap();
        drop(listener);
        send_lines(address, "climate", &kept);
        let kept = kept.lock().unwrap();
        let texts: Vec<_> = kept.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["first", "second"]);
    }
}
