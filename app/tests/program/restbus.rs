//! Messages of a node that is not there: sent by the simulation with the values that are set, with
//! valid counters and checksums, and read by cantools.

use crate::support::{changed_sample, fine, frames, program, text_of};
use protection::{Configuration, Profile, Receiver, State, Status};
use std::{fs, process::Command};
use tempfile::TempDir;

/// A gateway that sends the outside temperature every 50 ms, protected in its last three bytes, and
/// the horn when it is set.
const MESSAGES: &str = r#"
BO_ 256 Outside: 5 gateway
 SG_ Celsius : 7|12@0- (0.1,0) [-40|80] "degC" climate
 SG_ Rain : 8|1@1+ (1,0) [0|1] "" climate
 SG_ Checksum : 16|16@1+ (1,0) [0|65535] "" climate
 SG_ Counter : 32|8@1+ (1,0) [0|255] "" climate

BO_ 257 Horn: 1 gateway
 SG_ On : 0|1@1+ (1,0) [0|1] "" cockpit

CM_ BO_ 288"#;
const E2E: &str = "\n[[transmissions]]\nmessage = \"can0:Outside\"\n\n[transmissions.e2e]\n\
                   profile = 5\ndata_id = 4660\noffset_bytes = 2\n";
const READ: &str = "import cantools, sys
database = cantools.database.load_file(sys.argv[1])
for line in open(sys.argv[2]):
    identifier, data = line.split()[2].split('#')
    message = database.get_message_by_frame_id(int(identifier, 16))
    values = message.decode(bytes.fromhex(data), decode_choices=False)
    if message.name == 'Outside':
        print(message.name, round(values['Celsius'], 3), values['Rain'], values['Counter'])
    if message.name == 'Horn':
        print(message.name, values['On'])
";

fn gateway() -> TempDir {
    let folder = changed_sample("thermal", |text| {
        let bus = "description = \"thermal.dbc\"\n";
        assert_eq!(text.matches(bus).count(), 1);
        text.replace(bus, &format!("{bus}restbus = [\"gateway\"]\n")) + E2E
    });
    let description = folder.path().join("thermal.dbc");
    let text = fs::read_to_string(&description).unwrap();
    let text = text.replace("BU_: climate cockpit", "BU_: climate cockpit gateway");
    let cycle = "BA_ \"GenMsgCycleTime\" BO_ 256 50;\nBA_ \"GenMsgCycleTime\" BO_ 288";
    let text = text.replacen("CM_ BO_ 288", MESSAGES, 1);
    let text = text.replace("BA_ \"GenMsgCycleTime\" BO_ 288", cycle);
    fs::write(description, text).unwrap();
    folder
}

/// The frames of a run of one second, and what it says of itself.
fn run(folder: &TempDir) -> (Vec<(u64, u32, Vec<u8>)>, serde_json::Value) {
    let log = folder.path().join("run.log");
    let (path, trace) = (text_of(folder.path()), text_of(&log));
    let json = fine(&[
        "simulate",
        &path,
        "--for",
        "1s",
        "--set",
        "can0:Outside.Celsius=-21.5@490ms",
        "--set",
        "can0:Outside.Rain=1@490ms",
        "--set",
        "can0:Horn.On=1@700ms",
        "--trace",
        &trace,
    ]);
    let entries = frames(&log).into_iter();
    let sent = entries.map(|entry| {
        let id = entry.frame.id().value();
        (entry.time_ns, id, entry.frame.bytes().to_vec())
    });
    (sent.collect(), json)
}

#[test]
fn messages_of_an_absent_node_go_out_protected_by_their_cycle_and_as_they_are_set() {
    let folder = gateway();
    let (sent, json) = run(&folder);
    let outside: Vec<_> = sent.iter().filter(|(_, id, _)| *id == 256).collect();
    assert_eq!(outside.len(), 20);
    let configuration = Configuration {
        data_id: 4660,
        offset_bytes: 2,
        ..Configuration::new(Profile::P05)
    };
    let mut receiver = Receiver::new();
    for (number, (time_ns, _, data)) in outside.iter().enumerate() {
        let checked = receiver.check(&configuration, Some(data));
        assert_eq!(checked.status, Status::Ok);
        assert_eq!(checked.state == State::Valid, number > 0);
        // A frame takes up to 120 bits, and waits for one other at most.
        let late_ns = time_ns - 50_000_000 * number as u64;
        assert!(late_ns < 600_000, "{late_ns}");
        let expected: &[u8] = match time_ns {
            0..500_000_000 => &[0, 0],
            // -215 in 12 bits, Motorola: 0xf29; the rain is bit 8.
            _ => &[0xf2, 0x91],
        };
        assert_eq!(data[..2], *expected, "{number}");
    }
    let horn: Vec<_> = sent.iter().filter(|(_, id, _)| *id == 257).collect();
    let [(time_ns, _, data)] = horn[..] else {
        panic!("{horn:?}")
    };
    assert_eq!((time_ns / 1_000_000, data.as_slice()), (700, &[1][..]));
    let (again, told) = run(&folder);
    assert_eq!(again, sent);
    assert_eq!(told["trace_hash"], json["trace_hash"]);
}

#[test]
fn cantools_reads_what_was_set() {
    let python = std::env::var("WIRELOOM_PYTHON").expect("`./check` sets WIRELOOM_PYTHON");
    let folder = gateway();
    run(&folder);
    let file = |name: &str| folder.path().join(name);
    let output = Command::new(python)
        .args(["-c", READ])
        .args([file("thermal.dbc"), file("run.log")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 21, "{text}{errors}");
    assert_eq!(lines[0], "Outside 0.0 0 0");
    assert_eq!(lines[9], "Outside 0.0 0 9");
    assert_eq!(lines[10], "Outside -21.5 1 10");
    assert!(lines.contains(&"Horn 1"));
}

#[test]
fn what_cannot_be_set_is_said() {
    let folder = gateway();
    let path = text_of(folder.path());
    let refused = |change: &str| {
        let ran = program(&["simulate", &path, "--for", "1ms", "--set", change]);
        assert_eq!(ran.status, 2, "{}", ran.json);
        ran.errors + &ran.json.to_string()
    };
    let range = refused("can0:Outside.Celsius=81");
    assert!(
        range.contains("81 is out of range for `can0:Outside.Celsius`; give -40 to 80"),
        "{range}"
    );
    let header = refused("can0:Outside.Counter=1");
    assert!(
        header
            .contains("message `can0:Outside` has no signal `Counter` that can be set; it has `Celsius`, `Rain`"),
        "{header}"
    );
    let ours = refused("can0:FanStatus.Duty=1");
    assert!(
        ours.contains("no device `can0:FanStatus`") && ours.contains("can0:Outside"),
        "{ours}"
    );
}
