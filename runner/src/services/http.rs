//! `GET /health` and `GET /metrics`: for whoever supervises the machine. One request at a time, none
//! longer than a page; everything else is refused.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::{Published, metrics};

/// A request is not longer.
const REQUEST_BYTES: usize = 4_096;
/// Who is slower is left.
const PATIENCE: Duration = Duration::from_secs(1);

/// Listens from now on; gives the address, whose port the system chose if 0 was asked for.
pub(crate) fn serve(address: SocketAddr, published: Published) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    thread::Builder::new()
        .name("health".to_owned())
        .spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who goes away in the middle gets no answer.
                let _answered = answer(stream, &published);
            }
        })?;
    Ok(address)
}

fn answer(mut stream: TcpStream, published: &Published) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = head(&mut stream)?;
    let (status, kind, body) = respond(&head, published, Instant::now());
    let length = body.len();
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(response.as_bytes())
}

/// All until the empty line.
fn head(stream: &mut impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut part = [0; 512];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        let length = stream.read(&mut part)?;
        if length == 0 || bytes.len() > REQUEST_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        bytes.extend(part.get(..length).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn respond(
    head: &str,
    published: &Published,
    now: Instant,
) -> (&'static str, &'static str, String) {
    const JSON: &str = "application/json";
    const TEXT: &str = "text/plain; version=0.0.4";
    let mut words = head.split(' ');
    let (method, path) = (words.next(), words.next());
    let snapshot = published.get();
    match (method, path, snapshot) {
        (Some("GET"), Some("/health" | "/metrics"), None) => (
            "503 Service Unavailable",
            JSON,
            "{\"healthy\":false,\"reason\":\"the partitions are being loaded\"}\n".to_owned(),
        ),
        (Some("GET"), Some("/health"), Some(snapshot)) => match snapshot.complaint(now) {
            None => ("200 OK", JSON, "{\"healthy\":true}\n".to_owned()),
            Some(reason) => {
                let body = serde_json::json!({ "healthy": false, "reason": reason });
                ("503 Service Unavailable", JSON, format!("{body}\n"))
            }
        },
        (Some("GET"), Some("/metrics"), Some(snapshot)) => {
            ("200 OK", TEXT, metrics::text(&snapshot))
        }
        (Some("GET"), _, _) => (
            "404 Not Found",
            TEXT,
            "there is /health and /metrics\n".into(),
        ),
        _ => (
            "405 Method Not Allowed",
            TEXT,
            "only GET is served\n".into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::snapshot::tests::snapshot;

    fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn health_is_loading_then_good_then_bad() {
        let published = Published::default();
        let address = serve("127.0.0.1:0".parse().unwrap(), published.clone()).unwrap();
        let health = || ask(address, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(health().starts_with("HTTP/1.1 503 "));
        published.put(snapshot());
        assert!(health().starts_with("HTTP/1.1 200 OK\r\n"));
        assert!(health().ends_with("\r\n\r\n{\"healthy\":true}\n"));
        let mut bad = snapshot();
        bad.stopped = vec!["main".into()];
        published.put(bad);
        let answer = health();
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.contains("partition `main` has stopped"), "{answer}");
    }

    #[test]
    fn metrics_are_served_and_nothing_else() {
        let published = Published::default();
        published.put(snapshot());
        let address = serve("127.0.0.1:0".parse().unwrap(), published).unwrap();
        let metrics = ask(address, "GET /metrics HTTP/1.1\r\n\r\n");
        assert!(metrics.contains("wireloom_task_activations_total"));
        assert!(ask(address, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        assert!(ask(address, "POST /health HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
        assert!(ask(address, "\r\n\r\n").starts_with("HTTP/1.1 405 "));
    }

    #[test]
    fn who_sends_too_much_is_left() {
        let endless = "GET /health HTTP/1.1\r\n".to_owned() + &"a: b\r\n".repeat(10_000);
        let refused = head(&mut endless.as_bytes());
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(head(&mut &b"GET"[..]).is_err());
    }
}
