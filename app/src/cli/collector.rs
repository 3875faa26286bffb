//! Where spans of a run go: a collector of OpenTelemetry, or a file for one.

use super::outcome::Outcome;
use crate::{files, observe::spans};
use simulator::trace::Trace;
use std::{
    net::SocketAddr,
    path::PathBuf,
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

/// See the file's head.
#[derive(Debug, Clone)]
pub(super) enum Collector {
    At(SocketAddr),
    File(PathBuf),
}

impl FromStr for Collector {
    type Err = String;

    fn from_str(text: &str) -> Result<Collector, String> {
        if text.ends_with(".jsonl") {
            return Ok(Collector::File(text.into()));
        }
        let address = text.strip_prefix("http://").unwrap_or(text);
        let address = address.trim_end_matches('/').parse();
        address.map(Collector::At).map_err(|_| {
            format!("`{text}` is neither IP address and port (127.0.0.1:4318) nor a `.jsonl` file")
        })
    }
}

impl Collector {
    /// All spans of the rows that the trace holds. For a collector time zero is now, since it shows
    /// what is new; in a file it is zero, and the same run gives the same bytes.
    pub(super) fn take(&self, trace: &Trace) -> Result<(), Box<Outcome>> {
        let failed = |text: String| Box::new(Outcome::failed(text));
        if trace.begin() > 0 {
            return Err(failed(format!(
                "the first {} rows of the trace are not kept any more; export spans of a shorter run (`--for`)",
                trace.begin()
            )));
        }
        match self {
            Collector::File(path) => {
                let lines = spans::requests(trace, 0).into_iter();
                let text: String = lines.map(|request| format!("{request}\n")).collect();
                files::write_atomically(path, text.as_bytes())
                    .map_err(|error| Box::new(Outcome::failed(error)))
            }
            Collector::At(address) => spans::requests(trace, unix_ns())
                .iter()
                .try_for_each(|request| runner::post_otlp(*address, "/v1/traces", request))
                .map_err(|error| {
                    failed(format!(
                        "the collector at {address} does not take the spans: {error}; is it there, and does it take OTLP over HTTP in JSON?"
                    ))
                }),
        }
    }
}

fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}
