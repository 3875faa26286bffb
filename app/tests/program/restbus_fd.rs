//! Messages of a node that is not there: those of CAN FD and multiplexed ones, in the simulation and in
//! real time, with counters and checksums that hold.

use crate::{
    run::{ById, PATIENT, by_id},
    support::{changed_sample, fine, frames, program, text_of},
};
use protection::{Configuration, Profile, Receiver, Status};
use std::{fs, process::Command};
use tempfile::TempDir;

/// A gateway with a message of 50 bytes, which goes out in frames of 64, one with three groups of
/// signals, of which the last has groups of its own, and one that is sent when it is set.
const MESSAGES: &str = r#"
BO_ 256 Outside: 50 gateway
 SG_ Celsius : 7|12@0- (0.1,0) [-40|80] "degC" climate
 SG_ Last : 392|8@1+ (1,0) [0|255] "" climate

BO_ 258 Doors: 8 gateway
 SG_ Door M : 0|8@1+ (1,0) [0|0] "" climate
 SG_ Left m0 : 8|16@1+ (1,0) [0|65535] "" climate
 SG_ Right m1 : 8|16@1+ (1,0) [0|65535] "" climate
 SG_ Inner m2M : 8|4@1+ (1,0) [0|0] "" climate
 SG_ Lock m2 : 12|12@1+ (1,0) [0|4095] "" climate

BO_ 259 Horn: 2 gateway
 SG_ Kind M : 0|8@1+ (1,0) [0|0] "" cockpit
 SG_ Loud m1 : 8|8@1+ (1,0) [0|255] "" cockpit
 SG_ Long m2 : 8|8@1+ (1,0) [0|255] "" cockpit

CM_ BO_ 288"#;
const EXTENDED: &str = "SG_MUL_VAL_ 258 Left Door 0-0;\nSG_MUL_VAL_ 258 Right Door 1-1;\n\
    SG_MUL_VAL_ 258 Inner Door 2-2;\nSG_MUL_VAL_ 258 Lock Inner 3-5;\n\
    BA_DEF_ BO_ \"GenMsgNrOfRepetition\" INT 0 100;\nBA_DEF_ BO_ \"GenMsgCycleTimeFast\" INT 0 100;\n\
    BA_ \"GenMsgNrOfRepetition\" BO_ 259 1;\nBA_ \"GenMsgCycleTimeFast\" BO_ 259 20;\n";
const E2E: &str = "\n[[transmissions]]\nmessage = \"can0:Outside\"\n\n[transmissions.e2e]\n\
    profile = 7\ndata_id = 4660\noffset_bytes = 8\n\n\
    [[transmissions]]\nmessage = \"can0:Doors\"\n\n[transmissions.e2e]\n\
    profile = 5\ndata_id = 22136\noffset_bytes = 4\n";
const CYCLE_NS: u64 = 200_000_000;
const SET: [&str; 8] = [
    "--set",
    "can0:Outside.Celsius=-21.5@1100ms",
    "--set",
    "can0:Doors.Right=4660@1100ms",
    "--set",
    "can0:Doors.Lock=2748@1100ms",
    "--set",
    "can0:Doors.Door=1@2100ms",
];
const READ: &str = "import cantools, sys
database = cantools.database.load_file(sys.argv[1])
for line in open(sys.argv[2]):
    identifier, data = line.split()[2].split('##' if '##' in line else '#')
    message = database.get_message_by_frame_id(int(identifier, 16))
    data = bytes.fromhex(data[1:] if '##' in line else data)
    if message.name in ('Outside', 'Doors', 'Horn'):
        assert (message.length > 8) == ('##' in line)
        values = message.decode(data, decode_choices=False, allow_truncated=False)
        print(message.name, *(f'{name}={value:g}' for name, value in values.items()))
";

fn gateway() -> TempDir {
    let folder = changed_sample("thermal", |text| {
        let rate = "bitrate_bps = 500000\n";
        let bus = "description = \"thermal.dbc\"\n";
        text.replace(rate, &format!("{rate}data_bitrate_bps = 2000000\n"))
            .replace(bus, &format!("{bus}restbus = [\"gateway\"]\n"))
            + E2E
    });
    let description = folder.path().join("thermal.dbc");
    let text = fs::read_to_string(&description).unwrap();
    let text = text.replace("BU_: climate cockpit", "BU_: climate cockpit gateway");
    let cycles = "BA_ \"GenMsgCycleTime\" BO_ 256 200;\nBA_ \"GenMsgCycleTime\" BO_ 258 200;\n\
                  BA_ \"GenMsgCycleTime\" BO_ 288";
    let text = text.replacen("CM_ BO_ 288", MESSAGES, 1);
    let text = text.replace("BA_ \"GenMsgCycleTime\" BO_ 288", cycles) + EXTENDED;
    fs::write(description, text).unwrap();
    folder
}

fn ran(folder: &TempDir, command: &str, more: &[&str]) -> ById {
    let log = folder.path().join(format!("{command}.log"));
    let (path, trace) = (text_of(folder.path()), text_of(&log));
    let call = [command, &path, "--for", "3s", "--trace", &trace];
    fine(&[&call[..], &SET, more].concat());
    by_id(frames(&log))
}

/// What each frame says, whether checked or not, without counters and checksums.
fn checked(frames: &[(Vec<u8>, u64)], configuration: &Configuration) -> Vec<Vec<u8>> {
    let mut receiver = Receiver::new();
    for (number, (data, _)) in frames.iter().enumerate() {
        let status = receiver.check(configuration, Some(data)).status;
        assert_eq!(status, Status::Ok, "frame {number}: {data:02x?}");
    }
    frames.iter().map(|(data, _)| data[..4].to_vec()).collect()
}

fn outside(frames: &ById) -> Vec<Vec<u8>> {
    let frames = &frames[&("can0".to_owned(), 256)];
    assert!(frames.iter().all(|(data, _)| data.len() == 64));
    let configuration = Configuration {
        data_id: 4660,
        offset_bytes: 8,
        ..Configuration::new(Profile::P07)
    };
    checked(frames, &configuration)
}

fn doors(frames: &ById) -> Vec<Vec<u8>> {
    let configuration = Configuration {
        data_id: 22136,
        offset_bytes: 4,
        ..Configuration::new(Profile::P05)
    };
    checked(&frames[&("can0".to_owned(), 258)], &configuration)
}

/// -215 in 12 bits, Motorola, from the change on.
fn expected_outside(number: usize) -> Vec<u8> {
    match number {
        0..6 => vec![0, 0, 0, 0],
        _ => vec![0xf2, 0x90, 0, 0],
    }
}

/// Left, right, lock by turns; the lock is there while the inner multiplexor is 3. Then the right one.
fn expected_doors(number: usize) -> Vec<u8> {
    let is_set = number >= 6;
    match (number, number % 3) {
        (11.., _) => vec![1, 0x34, 0x12, 0],
        (_, 0) => vec![0, 0, 0, 0],
        (_, 1) if is_set => vec![1, 0x34, 0x12, 0],
        (_, 1) => vec![1, 0, 0, 0],
        _ if is_set => vec![2, 0xc3, 0xab, 0],
        _ => vec![2, 3, 0, 0],
    }
}

#[test]
fn groups_go_by_turns_until_one_is_set_and_long_messages_as_can_fd() {
    let folder = gateway();
    let sent = ran(&folder, "simulate", &[]);
    let (outside, doors) = (outside(&sent), doors(&sent));
    assert_eq!((outside.len(), doors.len()), (15, 15));
    for number in 0..15 {
        assert_eq!(outside[number], expected_outside(number), "{number}");
        assert_eq!(doors[number], expected_doors(number), "{number}");
    }
    let times = sent[&("can0".to_owned(), 256)].iter().enumerate();
    for (number, (_, time_ns)) in times {
        assert!(
            time_ns - CYCLE_NS * (number as u64) < 1_000_000,
            "{time_ns}"
        );
    }
    let again = ran(&folder, "simulate", &[]);
    assert_eq!(again, sent);
}

#[test]
fn a_live_run_sends_the_same_for_nodes_that_are_not_there() {
    let folder = gateway();
    let sent = ran(&folder, "run", &PATIENT);
    let (outside, doors) = (outside(&sent), doors(&sent));
    // A machine that is late leaves cycles out.
    assert!(
        outside.len() >= 13 && doors.len() >= 13,
        "{}",
        outside.len()
    );
    for (number, data) in outside.iter().enumerate() {
        let allowed = [expected_outside(number), expected_outside(number + 1)];
        assert!(allowed.contains(data), "{number}: {data:02x?}");
    }
    assert_eq!(outside.last(), Some(&expected_outside(14)));
    assert_eq!(doors[..5], (0..5).map(expected_doors).collect::<Vec<_>>());
    assert_eq!(doors.last(), Some(&expected_doors(14)));
    let path = text_of(folder.path());
    let unknown = ["run", &path, "--set", "can0:Doors.Middle=1"];
    let refused = program(&unknown);
    assert_eq!(refused.status, 2, "{}", refused.json);
    assert_eq!(
        refused.json["error"],
        "message `can0:Doors` has no signal `Middle` that can be set; it has `Door`, `Left`, `Right`, `Inner`, `Lock`"
    );
    let other = program(&["run", &path, "--set", "can0:Nothing.Middle=1"]);
    let error = other.json["error"].as_str().unwrap();
    assert!(
        error.contains("`cabin`") && error.contains("`can0:Doors`"),
        "{error}"
    );
}

#[test]
fn cantools_reads_groups_and_frames_of_can_fd() {
    let python = std::env::var_os("WIRELOOM_PYTHON").expect("`./check` sets WIRELOOM_PYTHON");
    let folder = gateway();
    let log = folder.path().join("set.log");
    let (path, trace) = (text_of(folder.path()), text_of(&log));
    let call = ["simulate", &path, "--for", "1s", "--trace", &trace];
    let set = [
        "--set",
        "can0:Outside.Last=7@100ms",
        "--set",
        "can0:Doors.Left=513@100ms",
    ];
    let horn = [
        "--set",
        "can0:Horn.Long=9@350ms",
        "--set",
        "can0:Horn.Loud=8@450ms",
    ];
    fine(&[&call[..], &set, &horn].concat());
    let output = Command::new(python)
        .args(["-c", READ])
        .arg(folder.path().join("thermal.dbc"))
        .arg(&log)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let of = |name: &str| -> Vec<&str> {
        let lines = text.lines().filter(|line| line.starts_with(name));
        lines.collect()
    };
    assert_eq!(
        of("Outside"),
        [
            "Outside Celsius=0 Last=0",
            "Outside Celsius=0 Last=7",
            "Outside Celsius=0 Last=7",
            "Outside Celsius=0 Last=7",
            "Outside Celsius=0 Last=7"
        ],
        "{errors}"
    );
    assert_eq!(
        of("Doors"),
        [
            "Doors Door=0 Left=0",
            "Doors Door=1 Right=0",
            "Doors Door=2 Inner=3 Lock=0",
            "Doors Door=0 Left=513",
            "Doors Door=1 Right=0"
        ],
        "{errors}"
    );
    // Once more each.
    let horn = ["Horn Kind=2 Long=9", "Horn Kind=1 Loud=8"];
    assert_eq!(of("Horn"), horn.map(|line| [line; 2]).concat(), "{errors}");
}
