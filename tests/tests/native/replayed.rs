//! The link of the native runtime: what the simulation recorded of an ECU is replayed on its C, compiled
//! here over `tests/freestanding/link_board.c` with every access checked, and on the virtual board.

use super::{
    composed::composed,
    drivers, faults,
    image::{compile, write},
    io,
    qemu::{Part, image, image_for},
    simulated::parts,
    values, wasi,
    written::{self, MS},
};
use back_to_back::{Entry, Recording, Stream, Verdict, replay};
use deployment::{Reaction, System};
use exporter::lower::lower;
use simulator::{Options, Simulation, SystemFiles};
use std::{
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;
use wireloom::verify::without_fuel;

const FLAGS: &str = "-std=gnu17 -O0 -w -fsanitize=address,undefined -fno-sanitize-recover=all \
    -DWL_GUEST_STACK_BYTES=1048576u -Ic";

/// What a native image is held against: the ECU of these partitions, whose fuel takes no time.
fn recorded(mut system: System, parts: &[Part], options: Options, until_ns: u64) -> Recording {
    let ecu = parts[0].0.ecu.clone();
    let mut partitions = std::collections::BTreeMap::new();
    for one in &mut system.ecus {
        one.fuel_ps = 0;
        for file in &mut one.partitions {
            let mut tables = parts.iter();
            let part = tables.find(|part| (&part.0.ecu, &part.0.name) == (&one.name, &file.name));
            let Some((_, bytes)) = part else { continue };
            let bytes = lower(bytes).unwrap().bytes;
            file.sha256 = simulator::sha256_hex(&bytes);
            partitions.insert(file.file.clone(), bytes);
        }
    }
    // Of the others nothing is there.
    system.ecus.retain(|one| one.name == ecu);
    let options = Options {
        record: Some(ecu),
        ..options
    };
    let mut simulation = Simulation::new(&SystemFiles { system, partitions }, options).unwrap();
    simulation.run_until(until_ns, &mut |_| true);
    let mut recording = simulation.recording().unwrap();
    without_fuel(&mut recording);
    recording
}

/// The C of these partitions over a board that is a line to a tester; one line of it may be another.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new(system: &System, parts: &[Part], change: Option<[&str; 3]>) -> Machine {
        let folder = tempfile::tempdir().unwrap();
        let files = image_for("esp32-wrover", system, parts, false).files;
        write(folder.path(), &files);
        if let Some([file, from, to]) = change {
            let path = folder.path().join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(
                text.matches(from).count(),
                1,
                "`{from}` is not there any more"
            );
            std::fs::write(path, text.replace(from, to)).unwrap();
        }
        let board = Path::new(env!("CARGO_MANIFEST_DIR")).join("freestanding/link_board.c");
        let mut arguments: Vec<&str> = FLAGS.split_whitespace().collect();
        arguments.push(board.to_str().unwrap());
        let sources = files.keys().filter(|path| path.ends_with(".c"));
        let ours =
            sources.filter(|path| !path.starts_with("c/module") && !path.starts_with("c/boards"));
        arguments.extend(ours.map(String::as_str));
        arguments.extend(["-lm", "-o", "machine"]);
        compile("gcc", folder.path(), &arguments);
        Machine { folder }
    }

    fn replays(&self, recording: &Recording) -> Verdict {
        let mut command = Command::new(self.folder.path().join("machine"));
        command.env("ASAN_OPTIONS", "detect_leaks=0");
        replayed_by(command, recording)
    }
}

fn replayed_by(mut command: Command, recording: &Recording) -> Verdict {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let verdict = replay(Stream::new(output, input), recording, &mut |_| {});
    let _ended = child.kill();
    child.wait().unwrap();
    verdict.unwrap()
}

/// The image on the virtual board, by the line of docs/verification.md.
fn replayed_in_qemu(image: &[u8], recording: &Recording) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.elf");
    std::fs::write(&file, image).unwrap();
    let mut command = Command::new("prlimit");
    command.args(["--cpu=120", "qemu-system-arm", "-M", "mps2-an385"]);
    command.args(["-display", "none", "-monitor", "none", "-kernel"]);
    command.arg(&file);
    command.args([
        "-device",
        "loader,addr=0x20000000,data=0x31423242,data-len=4",
        "-serial",
        "null",
        "-serial",
        "null",
        "-serial",
        "null",
        "-chardev",
        "stdio,id=link,signal=off",
        "-serial",
        "chardev:link",
    ]);
    replayed_by(command, recording)
}

/// How many entries of a recording are of that kind.
fn count(recording: &Recording, kind: fn(&Entry) -> bool) -> usize {
    recording.entries.iter().filter(|entry| kind(entry)).count()
}

fn calls(recording: &Recording) -> usize {
    count(recording, |entry| matches!(entry, Entry::Call { .. }))
}

fn traps(recording: &Recording) -> Vec<String> {
    let ended = recording.entries.iter().filter_map(|entry| match entry {
        Entry::Ended(ended) => ended.trap.as_ref(),
        _ => None,
    });
    ended.map(|trap| trap.reason.clone()).collect()
}

pub(crate) fn same(system: &System, parts: &[Part], options: Options, until_ns: u64) -> Recording {
    let recording = recorded(system.clone(), parts, options, until_ns);
    let machine = Machine::new(system, parts, None);
    let verdict = machine.replays(&recording);
    if let Verdict::Different(difference) = &verdict {
        panic!("{:#?}", difference.place(&recording));
    }
    assert_eq!(verdict, Verdict::Same);
    recording
}

#[test]
fn what_a_driver_of_can_asks_is_asked_of_the_tester() {
    let part = drivers::asking();
    let system = written::system(&[&part]);
    let recording = same(&system, &[part], drivers::options(), 600 * MS);
    assert!(calls(&recording) > 10, "{}", calls(&recording));
    let put_in = count(&recording, |entry| {
        matches!(entry, Entry::Input(back_to_back::Input::Receive { .. }))
    });
    assert!(put_in >= 7, "{put_in}");
}

#[test]
fn spi_pins_and_blocks_are_asked_of_the_tester() {
    let part = io::asking();
    let system = io::with_devices(&part);
    let recording = same(&system, &[part], io::stimulated(), 110 * MS);
    assert!(calls(&recording) > 30, "{}", calls(&recording));
}

#[test]
fn what_a_guest_prints_and_its_random_numbers_pass_over_the_link() {
    let part = wasi::printer();
    let system = written::system(&[&part]);
    let recording = same(&system, &[part], Options::default(), 100 * MS);
    let printed = count(&recording, |entry| {
        matches!(entry, Entry::Note(back_to_back::Note::Printed { .. }))
    });
    assert!(printed > 1 && calls(&recording) > 2, "{printed}");
}

#[test]
fn values_between_partitions_are_those_of_the_recording() {
    for seed in 40..42 {
        let composed = values::varied(seed);
        let parts = parts(&composed, "ecu");
        assert!(parts.len() > 1);
        let recording = same(&composed.system, &parts, Options::default(), 1_100 * MS);
        assert!(recording.activations() > 30);
    }
}

/// Its board has SPI and pins, which the virtual board does not: its C is replayed here.
#[test]
fn the_sample_pedal_does_what_was_recorded() {
    let composed = composed("pedal");
    let parts = parts(&composed, "pedals");
    let changes = ["pedal-adc.ch0=0.5", "pedal-adc.ch0=2.5@100ms"];
    let options = Options {
        stimuli: changes.map(|change| change.parse().unwrap()).to_vec(),
        ..Options::default()
    };
    let recording = same(&composed.system, &parts, options, 300 * MS);
    assert!(calls(&recording) > 20 && recording.activations() > 20);
}

/// Each kind of trap, in a partition of its own, with what follows.
#[test]
fn traps_are_compared_by_their_cause_and_what_follows() {
    let cases = [
        ("(unreachable)", Reaction::Restart, "trap"),
        ("(drop (i32.load (i32.const -1)))", Reaction::Stop, "trap"),
        (
            "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
            Reaction::Stop,
            "trap",
        ),
        ("(call $enter (i32.const 7))", Reaction::Stop, "misuse"),
        ("(loop $l (br $l))", Reaction::Stop, "fuel"),
    ];
    let parts: Vec<Part> = (cases.iter().enumerate())
        .map(|(number, (body, on_trap, _))| {
            faults::faulty(&format!("faulty{number}"), body, *on_trap)
        })
        .collect();
    let system = faults::system(&parts.iter().collect::<Vec<_>>());
    let recording = same(&system, &parts, Options::default(), 100 * MS);
    let mut told = traps(&recording);
    // The one that starts anew is given up at its sixth trap.
    assert_eq!(told.len(), 10, "{told:?}");
    told.sort();
    assert_eq!(told.iter().filter(|one| *one == "trap").count(), 8);
    assert!(
        ["fuel", "misuse"]
            .iter()
            .all(|cause| told.iter().any(|one| one == cause))
    );
}

/// `thermal`'s ECU with the sensor.
fn climate() -> (System, Vec<Part>, Recording) {
    let composed = composed("thermal");
    let parts = parts(&composed, "climate");
    let system = composed.system;
    let recording = recorded(system.clone(), &parts, Options::default(), 1_500 * MS);
    (system, parts, recording)
}

#[test]
fn a_broken_line_of_the_c_is_shown_at_the_first_value_that_it_spoils() {
    let (system, parts, recording) = climate();
    let right = Machine::new(&system, &parts, None).replays(&recording);
    assert_eq!(right, Verdict::Same);
    // The last byte that was read does not reach the guest.
    let line = "memcpy(wl_bytes(c, place, (uint32_t)bytes), buffer, (uint32_t)bytes);";
    let broken = "memcpy(wl_bytes(c, place, (uint32_t)bytes), buffer, (uint32_t)bytes - 1);";
    let wrong = Machine::new(&system, &parts, Some(["c/i2c.c", line, broken]));
    let Verdict::Different(difference) = wrong.replays(&recording) else {
        panic!("nothing was different");
    };
    let place = difference.place(&recording);
    assert_eq!(place.activation.as_deref(), Some("main/sensor-sample"));
    assert!(!place.before.is_empty());
    let (expected, found) = (&place.expected[0], &place.found[0]);
    assert!(expected.contains(" publishes sensor."), "{expected}");
    assert!(
        found.contains(" publishes sensor.") && found != expected,
        "{found}"
    );
}

/// A clock that is off by a nanosecond is another time at the first thing that is told with one.
#[test]
fn a_wrong_time_in_the_c_is_shown() {
    let (system, parts, recording) = climate();
    let line = "return wl_sum(wl_started_ns + wl_system.activation_ns, wl_waited_ns);";
    let broken = "return wl_sum(wl_started_ns + wl_system.activation_ns, wl_waited_ns + 1);";
    let machine = Machine::new(&system, &parts, Some(["c/schedule.c", line, broken]));
    let Verdict::Different(difference) = machine.replays(&recording) else {
        panic!("nothing was different");
    };
    // The end of the start.
    assert_eq!(difference.position, 1, "{difference:?}");
}

#[test]
fn broken_glue_is_shown_on_the_virtual_board() {
    let (system, mut parts, recording) = climate();
    let right = image(&system, &parts, false);
    assert_eq!(replayed_in_qemu(&right, &recording), Verdict::Same);
    // The store's timeout of the fan's demand, which is then always too old.
    let (from, to) = (i64_const(500_000_000), i64_const(1));
    let bytes = &mut parts[0].1;
    let places = (0..bytes.len() - from.len()).filter(|place| bytes[*place..].starts_with(&from));
    let places: Vec<usize> = places.collect();
    assert!(
        !places.is_empty(),
        "the store holds the timeout as a constant"
    );
    for place in places {
        bytes[place..place + to.len()].copy_from_slice(&to);
    }
    let wrong = image(&system, &parts, false);
    let Verdict::Different(difference) = replayed_in_qemu(&wrong, &recording) else {
        panic!("nothing was different");
    };
    let place = difference.place(&recording);
    assert!(
        difference.position > 20 && !place.before.is_empty(),
        "{place:?}"
    );
    assert_ne!(place.expected.first(), place.found.first());
}

/// `i64.const` with an operand of five bytes.
fn i64_const(value: u64) -> Vec<u8> {
    let group = |number: u32| (value >> (7 * number) & 0x7f) as u8;
    let more = (0..4).map(|number| group(number) | 0x80);
    [0x42].into_iter().chain(more).chain([group(4)]).collect()
}

/// What the board says to bytes that are no message: why, and nothing more.
#[test]
fn a_tester_that_says_what_it_may_not_is_told_so() {
    let (system, parts, recording) = climate();
    let mut other = recording.clone();
    other.head.partitions[0].table.name = "other".into();
    let machine = Machine::new(&system, &parts, None);
    let mut command = Command::new(machine.folder.path().join("machine"));
    let mut child = (command.stdin(Stdio::piped()).stdout(Stdio::piped()))
        .spawn()
        .unwrap();
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let refused = replay(Stream::new(output, input), &other, &mut |_| {}).unwrap_err();
    let _ended = child.kill();
    child.wait().unwrap();
    let words = refused.to_string();
    assert!(
        words.contains("the target holds the partitions `main`"),
        "{words}"
    );
    for (said, words) in [
        (&b"\x02\xff\0"[..], "a message ends too soon"),
        (&b"\x05\xff\xff\0"[..], "a frame is not COBS"),
        // An input where the beginning is due.
        (&b"\x05\x01\x02\x03\x04\0"[..], "the beginning was due"),
        // `Begin` of protocol 2, and of protocol 1 with two bytes that are not its checksum.
        (
            &b"\x01\x04\x02\x11\x22\0"[..],
            "speaks version 1 of the protocol",
        ),
        (
            &b"\x01\x04\x01\x11\x22\0"[..],
            "the checksum of a frame is wrong",
        ),
    ] {
        let answer = answer_to(&machine, said);
        assert!(answer.contains(words), "{said:?}: {answer}");
    }
}

fn answer_to(machine: &Machine, said: &[u8]) -> String {
    use std::io::Write;
    let mut command = Command::new(machine.folder.path().join("machine"));
    let mut child = (command.stdin(Stdio::piped()).stdout(Stdio::piped()))
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(said).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}
