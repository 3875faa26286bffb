//! Messages of CAN FD that are protected end to end, between two composed partitions: what one sends
//! arrives damaged, late, twice or not at all at the other, which says so.

use crate::support::{SECOND, changed_sample, fine, frames, simulated, text_of, without_connector};
use protection::{Configuration, Profile, Receiver, Status};
use simulator::{
    Options, Replay, ReplayTiming,
    can::{
        Frame,
        log::{Entry, Log},
    },
};
use std::fs;
use tempfile::TempDir;
use wireloom::observe;

/// A profile, the bytes of the frame that holds the message, and how long the message is.
const CASES: [(u8, usize, usize); 5] = [
    (4, 64, 64),
    (7, 64, 64),
    (44, 64, 50),
    (8, 48, 48),
    (22, 32, 30),
];
/// The signals of the sample end with byte 3.
const OFFSET: u16 = 8;

/// The sample on a bus of CAN FD, its message longer and protected behind the signals.
fn flexible(profile: u8, length: usize, change: impl FnOnce(String) -> String) -> TempDir {
    let folder = changed_sample("thermal", |text| {
        let bus = "bitrate_bps = 500000\n";
        assert_eq!(text.matches(bus).count(), 1);
        let text = text.replace(bus, &format!("{bus}data_bitrate_bps = 2000000\n"));
        let identifiers = match profile {
            22 => "data_ids = \"000102030405060708090a0b0c0d0e0f\"",
            _ => "data_id = 4660",
        };
        change(text)
            + &format!(
                "\n[[transmissions]]\nmessage = \"can0:FanStatus\"\n\n[transmissions.e2e]\n\
                 profile = {profile}\n{identifiers}\noffset_bytes = {OFFSET}\n"
            )
    });
    let description = folder.path().join("thermal.dbc");
    let text = fs::read_to_string(&description).unwrap();
    let longer = text.replace(
        "FanStatus: 4 climate",
        &format!("FanStatus: {length} climate"),
    );
    assert_ne!(longer, text);
    fs::write(description, longer).unwrap();
    folder
}

fn configuration(profile: u8) -> Configuration {
    let mut data_ids = [0; 16];
    let mut data_id = 4660;
    if profile == 22 {
        data_id = 0;
        data_ids = std::array::from_fn(|at| at as u8);
    }
    Configuration {
        data_id,
        data_ids,
        offset_bytes: OFFSET,
        ..Configuration::new(Profile::of_number(profile).unwrap())
    }
}

/// What the sending partition puts on the bus in a run of two seconds.
fn sent(profile: u8, length: usize) -> Vec<Entry> {
    let folder = flexible(profile, length, |text| text);
    let log = folder.path().join("run.log");
    let (path, trace) = (text_of(folder.path()), text_of(&log));
    let json = fine(&["simulate", &path, "--for", "2060ms", "--trace", &trace]);
    let checks = &json["e2e"][0];
    let sent = frames(&log);
    assert_eq!(checks["message"], "can0:FanStatus");
    assert_eq!(checks["state"], "valid", "profile {profile}");
    assert_eq!(checks["checks"], serde_json::json!({ "ok": sent.len() }));
    sent
}

/// Status and state of each check of a receiver that is alone with these frames.
fn checks(profile: u8, length: usize, frames: Vec<Entry>) -> Vec<(String, String)> {
    let folder = flexible(profile, length, |text| {
        let lines = ["Duty", "State", "Temperature"];
        let to = lines.map(|signal| format!("to = \"can0:FanStatus.{signal}\""));
        to.iter()
            .fold(text, |text, line| without_connector(&text, line))
    });
    let log = Log {
        entries: frames,
        ..Log::default()
    };
    let options = Options {
        replays: vec![Replay::new(log, "can0", ReplayTiming::AsRecorded)],
        ..Options::default()
    };
    let watched = simulated(folder.path(), options, 3 * SECOND);
    let checked = watched.observed().filter_map(|row| observe::checked(&row));
    checked.map(|one| (one.status, one.state)).collect()
}

/// The frame with another content.
fn with_data(entry: &Entry, change: impl FnOnce(&mut Vec<u8>)) -> Entry {
    let mut data = entry.frame.bytes().to_vec();
    change(&mut data);
    let flexible = entry.frame.as_flexible().unwrap();
    Entry {
        frame: Frame::flexible(entry.frame.id(), &data, flexible).unwrap(),
        ..entry.clone()
    }
}

#[test]
fn a_sender_protects_the_whole_frame_and_a_receiver_takes_it() {
    for (profile, frame_bytes, length) in CASES {
        let sent = sent(profile, length);
        assert!(sent.len() >= 19, "{}", sent.len());
        let mut receiver = Receiver::new();
        for (number, entry) in sent.iter().enumerate() {
            assert!(entry.frame.as_flexible().is_some());
            assert_eq!(entry.frame.bytes().len(), frame_bytes, "profile {profile}");
            let checked = receiver.check(&configuration(profile), Some(entry.frame.bytes()));
            assert_eq!(
                checked.status,
                Status::Ok,
                "profile {profile}, frame {number}"
            );
        }
    }
}

#[test]
fn what_happens_to_frames_on_their_way_is_seen_in_status_and_state() {
    for (profile, frame_bytes, length) in CASES {
        let sent = sent(profile, length);
        let mut arriving = sent[..19].to_vec();
        // In the first byte of a signal, in the checksum, and in the last byte of the frame.
        for (number, byte) in [(5, 0), (15, usize::from(OFFSET)), (16, frame_bytes - 1)] {
            arriving[number] = with_data(&sent[number], |data| data[byte] ^= 0x10);
        }
        arriving.remove(12);
        let mut repeated = sent[9].clone();
        repeated.time_ns += 20_000_000;
        arriving.insert(10, repeated);
        let checks = checks(profile, length, arriving);
        let expected = [
            ("ok", "init"),
            ("ok", "valid"),
            ("ok", "valid"),
            ("ok", "valid"),
            ("ok", "valid"),
            ("error", "valid"),
            // The counter of the damaged one is missing.
            ("wrong-sequence", "valid"),
            ("ok", "valid"),
            ("ok", "valid"),
            ("ok", "valid"),
            ("repeated", "valid"),
            ("ok", "valid"),
            ("ok", "valid"),
            ("wrong-sequence", "valid"),
            ("ok", "valid"),
            ("error", "valid"),
            ("error", "invalid"),
            ("wrong-sequence", "invalid"),
            ("ok", "invalid"),
        ];
        let owned = |(status, state): &(&str, &str)| ((*status).to_owned(), (*state).to_owned());
        let expected: Vec<_> = expected.iter().map(owned).collect();
        assert_eq!(checks[..19], expected, "profile {profile}");
        let silence = &checks[19..];
        assert!(silence.len() >= 4, "{silence:?}");
        let nothing = ("no-new-data".to_owned(), "invalid".to_owned());
        assert!(silence.iter().all(|one| *one == nothing), "{silence:?}");
    }
}
