//! Runs as spans for a collector of OpenTelemetry: a small one of our own, and a file.

use crate::support::{fine, program, sample, text_of};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpListener,
    thread,
};

/// A collector that answers 200 until the path is `/end`; the bodies.
fn collector() -> (String, thread::JoinHandle<Vec<Value>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let thread = thread::spawn(move || {
        let mut bodies = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut bytes = Vec::new();
            let (path, body) = loop {
                let mut part = [0; 65_536];
                let length = stream.read(&mut part).unwrap();
                bytes.extend(&part[..length]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let announced = head
                    .lines()
                    .find_map(|line| line.strip_prefix("Content-Length: "));
                if announced.unwrap().parse::<usize>().unwrap() == body.len() {
                    break (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned());
                }
            };
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
            match path.as_str() {
                "/v1/traces" => bodies.push(serde_json::from_str(&body).unwrap()),
                _ => return bodies,
            }
        }
        bodies
    });
    (address, thread)
}

fn received(address: &str, thread: thread::JoinHandle<Vec<Value>>) -> Vec<Value> {
    let address = address.parse().unwrap();
    runner::post_otlp(address, "/end", &Value::Null).unwrap();
    thread.join().unwrap()
}

/// Service and span.
fn spans(bodies: &[Value]) -> Vec<(String, Value)> {
    let array = |value: &Value| value.as_array().unwrap().clone();
    let mut all = Vec::new();
    for resource in bodies.iter().flat_map(|body| array(&body["resourceSpans"])) {
        let service = &resource["resource"]["attributes"][0]["value"]["stringValue"];
        let service = service.as_str().unwrap().to_owned();
        for scope in array(&resource["scopeSpans"]) {
            let spans = array(&scope["spans"]).into_iter();
            all.extend(spans.map(|span| (service.clone(), span)));
        }
    }
    all
}

fn time(span: &Value, key: &str) -> u64 {
    span[key].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_collector_receives_activations_with_what_is_in_them_and_frames() {
    let (address, thread) = collector();
    let call = [
        "simulate",
        &sample("thermal"),
        "--for",
        "59950ms",
        "--otlp",
        &address,
    ];
    let summary = fine(&call);
    let bodies = received(&address, thread);
    assert!(bodies.len() > 1, "more than fits one request");
    let spans = spans(&bodies);
    let by_id: BTreeMap<&str, &Value> = spans
        .iter()
        .map(|(_, span)| (span["spanId"].as_str().unwrap(), span))
        .collect();
    assert_eq!(by_id.len(), spans.len(), "an id each");
    let count = |service: &str, name: &str| {
        let same = |(of, span): &&(String, Value)| of == service && span["name"] == name;
        spans.iter().filter(same).count() as u64
    };
    for task in summary["tasks"].as_array().unwrap() {
        let text = |key: &str| task[key].as_str().unwrap();
        assert_eq!(
            count(text("ecu"), text("task")),
            task["activations"],
            "{task}"
        );
    }
    let frames = spans
        .iter()
        .filter(|(service, _)| service == "can0")
        .count();
    assert_eq!(frames as u64, summary["frames"].as_u64().unwrap());
    let mut children = 0;
    for (_, span) in &spans {
        assert!(time(span, "startTimeUnixNano") <= time(span, "endTimeUnixNano"));
        let parent = span["parentSpanId"].as_str().unwrap();
        if !parent.is_empty() {
            children += 1;
            let parent = by_id[parent];
            assert_eq!(parent["traceId"], span["traceId"]);
            assert!(time(parent, "startTimeUnixNano") <= time(span, "startTimeUnixNano"));
            assert!(time(span, "endTimeUnixNano") <= time(parent, "endTimeUnixNano"));
        }
    }
    assert!(children > 100, "{children}");
    assert!(
        spans
            .iter()
            .any(|(service, span)| service == "climate" && span["name"] == "i2c0"),
        "the driver reads its sensor inside an activation"
    );
}

#[test]
fn a_file_has_the_same_bytes_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["one.jsonl", "two.jsonl"].map(|name| {
        let file = text_of(&folder.path().join(name));
        fine(&[
            "simulate",
            &sample("antipinch"),
            "--for",
            "1s",
            "--otlp",
            &file,
        ]);
        std::fs::read_to_string(file).unwrap()
    });
    assert_eq!(first, second);
    let bodies: Vec<Value> = first
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(spans(&bodies).len() > 100);
}

#[test]
fn a_collector_that_is_not_there_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let call = [
        "simulate",
        &sample("thermal"),
        "--for",
        "100ms",
        "--otlp",
        &address,
    ];
    let ran = program(&call);
    assert_eq!(ran.status, 2);
    let words = ran.json.to_string();
    assert!(
        words.contains(&address) && words.contains("is it there"),
        "{words}"
    );
}
