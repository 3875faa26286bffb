//! A network over zenoh: a peer of the other ECUs, by TCP. A thread of its own opens it and sends;
//! what arrives goes to the inbox. Knows neither tasks nor elements.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use deployment::ethernet::header::{HEADER_BYTES, Header, Reception, Verdict};
use serde_json::json;
use zenoh::{
    Config, Session, Wait,
    pubsub::{Publisher, Subscriber},
    qos::{CongestionControl, Priority},
    sample::{Sample, SampleKind},
};

use super::{
    Arriving, NodeOptions,
    counters::{Counters, add},
    inbox::Arrived,
};
use crate::{
    AttachError, MESSAGE_BYTES, os,
    services::{Line, Severity},
};

/// Values that wait for the sending thread at most; above that they are dropped.
const OUTBOX_VALUES: usize = 256;
/// A link that is silent for longer is given up, and made again by the side that connects.
const LEASE_MS: u64 = 2_000;
/// Until a peer that is there has to have answered.
const OPEN_MS: u64 = 2_000;
/// Between attempts to reach a peer: at first, and at most.
const RETRY_MS: (u64, u64) = (100, 1_000);
/// How often peers are counted: while not all receivers are there, and then.
const LOOK: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// One network of this ECU.
pub(super) struct Node {
    leaving: BTreeMap<String, Leaving>,
    outbox: SyncSender<Outgoing>,
    counters: Arc<Counters>,
    start: u32,
    is_joined: Arc<AtomicBool>,
}

/// A key under which this ECU publishes.
struct Leaving {
    /// Position among the publishers.
    publisher: usize,
    type_hash: [u8; 8],
    sequence: u32,
}

/// A value for the sending thread, with its header.
struct Outgoing {
    publisher: usize,
    bytes: Vec<u8>,
}

impl Node {
    /// Listens, and begins to connect. A peer that is not there is no error: it is tried until it
    /// comes.
    pub(super) fn open(options: NodeOptions) -> Result<Node, AttachError> {
        let name = options.name.clone();
        let failed = |reason: String| AttachError::Device { name, reason };
        let (outbox, outgoing) = sync_channel(OUTBOX_VALUES);
        let is_joined = Arc::new(AtomicBool::new(false));
        let leaving = options.leaving.iter().enumerate();
        let leaving = leaving.map(|(publisher, (key, type_hash))| {
            let leaving = Leaving {
                publisher,
                type_hash: *type_hash,
                sequence: 0,
            };
            (key.clone(), leaving)
        });
        let node = Node {
            leaving: leaving.collect(),
            outbox,
            counters: options.counters.clone(),
            start: RandomState::new().build_hasher().finish() as u32,
            is_joined: is_joined.clone(),
        };
        let (tell_opened, opened) = channel();
        let spawned = thread::Builder::new()
            .name(format!("network {}", options.name))
            .spawn(move || serve(options, &outgoing, &is_joined, &tell_opened));
        match spawned.map(|_| opened.recv()) {
            Ok(Ok(Ok(()))) => Ok(node),
            Ok(Ok(Err(reason))) => Err(failed(reason)),
            Ok(Err(_)) => Err(failed("its thread has ended".to_owned())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// Hands a value to the sending thread; never waits.
    pub(super) fn publish(&mut self, key: &str, value: &[u8]) {
        let Some(leaving) = self.leaving.get_mut(key) else {
            return;
        };
        if value.len() > MESSAGE_BYTES {
            add(&self.counters.refused, 1);
            return;
        }
        let sent = SystemTime::now().duration_since(UNIX_EPOCH);
        let header = Header {
            start: self.start,
            sequence: leaving.sequence,
            sent_ns: sent.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
            type_hash: leaving.type_hash,
        };
        // Also for a value that is dropped here: its receivers shall count it as lost.
        leaving.sequence = leaving.sequence.wrapping_add(1);
        let mut bytes = Vec::with_capacity(HEADER_BYTES + value.len());
        bytes.extend(header.to_bytes());
        bytes.extend(value);
        let outgoing = Outgoing {
            publisher: leaving.publisher,
            bytes,
        };
        let counter = match self.outbox.try_send(outgoing) {
            Ok(()) => &self.counters.sent,
            Err(_) => &self.counters.dropped,
        };
        add(counter, 1);
    }

    /// Whether every key of this ECU has a receiver, and all ECUs that share one with it are there.
    pub(super) fn is_joined(&self) -> bool {
        self.is_joined.load(Ordering::Relaxed)
    }
}

/// What lives as long as the network.
struct Opened {
    session: Session,
    publishers: Vec<Publisher<'static>>,
    _subscribers: Vec<Subscriber<()>>,
}

/// The sending thread. All threads of zenoh come from it and have its scheduling class.
fn serve(
    options: NodeOptions,
    outgoing: &Receiver<Outgoing>,
    is_joined: &AtomicBool,
    opened: &Sender<Result<(), String>>,
) {
    os::enter_below(&options.realtime);
    let network = match open(&options) {
        Ok(network) => network,
        Err(error) => {
            // The one who asked waits for it.
            let _heard = opened.send(Err(error.to_string()));
            return;
        }
    };
    let _heard = opened.send(Ok(()));
    let mut look = LOOK.0;
    loop {
        match outgoing.recv_timeout(look) {
            Ok(Outgoing { publisher, bytes }) => {
                if let Some(publisher) = network.publishers.get(publisher) {
                    // Without a receiver it goes nowhere, and where a link is congested the receiver
                    // counts it as lost.
                    let _sent = publisher.put(bytes).wait();
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if count_peers(&network, &options) {
                    is_joined.store(true, Ordering::Relaxed);
                    look = LOOK.1;
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // The log is written to its end when nobody can say more: that shall not wait for peers.
    drop(options);
    let _closed = network.session.close().wait();
}

fn open(options: &NodeOptions) -> zenoh::Result<Opened> {
    let session = zenoh::open(configuration(options)?).wait()?;
    let mut publishers = Vec::new();
    for (key, _) in &options.leaving {
        let publisher = session
            .declare_publisher(key.clone())
            .congestion_control(CongestionControl::Drop)
            .priority(Priority::RealTime)
            // A value waits for no other to fill a frame with.
            .express(true)
            .wait()?;
        publishers.push(publisher);
    }
    let mut subscribers = Vec::new();
    for arriving in &options.arriving {
        let (counters, inbox) = (options.counters.clone(), options.inbox.clone());
        let reception = Mutex::new(Reception::new(arriving.type_hash));
        let targets = arriving.targets.clone();
        let take = move |sample: Sample| {
            if let Some(bytes) = taken(&sample, &reception, &counters) {
                inbox.put(Arrived {
                    targets: targets.clone(),
                    bytes,
                    counters: counters.clone(),
                });
            }
        };
        let Arriving { key, .. } = arriving;
        let subscriber = session.declare_subscriber(key.clone()).callback(take);
        subscribers.push(subscriber.wait()?);
    }
    Ok(Opened {
        session,
        publishers,
        _subscribers: subscribers,
    })
}

/// What the configuration says, and nothing that it does not: no search by multicast, no peers by
/// hearsay.
fn configuration(options: &NodeOptions) -> zenoh::Result<Config> {
    let text = json!({
        "mode": "peer",
        "listen": { "endpoints": options.listen },
        "connect": {
            "endpoints": options.connect,
            "timeout_ms": -1,
            "exit_on_failure": false,
            "retry": {
                "period_init_ms": RETRY_MS.0,
                "period_max_ms": RETRY_MS.1,
                "period_increase_factor": 2.0,
            },
        },
        "open": { "return_conditions": { "connect_scouted": false, "declares": false } },
        "scouting": {
            "multicast": { "enabled": false },
            "gossip": { "enabled": false },
        },
        "transport": {
            "unicast": { "open_timeout": OPEN_MS, "accept_timeout": OPEN_MS },
            "link": {
                "tx": { "lease": LEASE_MS },
                "rx": { "max_message_size": MESSAGE_BYTES + HEADER_BYTES },
            },
        },
    });
    Config::from_json5(&text.to_string())
}

/// The bytes of a value that its elements may have; everything is counted.
fn taken(sample: &Sample, reception: &Mutex<Reception>, counters: &Counters) -> Option<Vec<u8>> {
    let count = |counter: &AtomicU64, count: u32| add(counter, u64::from(count));
    let bytes = sample.payload().to_bytes();
    let read = match sample.kind() {
        SampleKind::Put => Header::split(&bytes).ok(),
        SampleKind::Delete => None,
    };
    let Some((header, _)) = read else {
        count(&counters.refused, 1);
        return None;
    };
    let mut reception = reception.lock().unwrap_or_else(|held| held.into_inner());
    match reception.judge(&header) {
        Verdict::Taken { lost } => {
            count(&counters.lost, lost);
            count(&counters.received, 1);
            Some(bytes.into_owned())
        }
        Verdict::Repeated => {
            count(&counters.repeated, 1);
            None
        }
        Verdict::OtherType => {
            count(&counters.refused, 1);
            None
        }
    }
}

/// Notes how many peers there are, tells a change, and whether all that the flows name are there.
fn count_peers(network: &Opened, options: &NodeOptions) -> bool {
    let peers = network.session.info().peers_zid().wait().count() as u64;
    let before = options.counters.peers.swap(peers, Ordering::Relaxed);
    if before != peers {
        let severity = match before < peers {
            true => Severity::Info,
            false => Severity::Warning,
        };
        let text = format!("network `{}`: {peers} peers are connected", options.name);
        let _heard = options.log.send(Line::new(severity, None, text));
    }
    let has_receiver = |publisher: &Publisher<'_>| {
        let status = publisher.matching_status().wait();
        status.is_ok_and(|status| status.matching())
    };
    peers >= options.peers as u64 && network.publishers.iter().all(has_receiver)
}
