//! Logs by readers and writers that are not ours: python-can, tshark. What is damaged is told.

use simulator::{
    can::{Flexible, Frame, log::Entry},
    logs::{Format, read, write},
};
use std::{path::Path, process::Command};

fn entries() -> Vec<Entry> {
    let frames = [
        (0, "can0", "123#0102"),
        (1_234_567, "can1", "18DAF110#0210030000000000"),
        (2_000_000, "can0", "7FF#"),
        (2_000_001_000, "can0", "000#R4"),
        (2_500_000_000, "can1", "1FFFFFFF#R0"),
        (3_600_000_000_000, "can0", "555#FFEEDDCCBBAA9988"),
    ];
    let flexible = [
        (3_600_000_000_400, "can0", "123##00102030405060708090A0B0C"),
        (3_600_500_000_000, "can1", "18DAF110##1AA"),
        (3_601_000_000_000, "can0", "001##300"),
        (
            3_602_000_000_000,
            "can0",
            &*format!("7FF##1{}", "5A".repeat(64)),
        ),
    ];
    frames.iter().chain(&flexible).map(entry).collect()
}

fn entry((time_ns, bus, frame): &(u64, &str, &str)) -> Entry {
    Entry {
        time_ns: *time_ns,
        bus: (*bus).to_owned(),
        frame: frame.parse().unwrap(),
    }
}

fn python(script: &str, file: &Path) -> String {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has python-can");
    };
    let output = Command::new(python)
        .args(["-c", script])
        .arg(file)
        .env("TZ", "UTC")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Nanoseconds, channel from 0, identifier, `x` where extended, `fd`, and data or `R` and a length.
const READ: &str = "
import can, sys
for m in can.LogReader(sys.argv[1]):
    kind = ('x' if m.is_extended_id else 's') + ('f' if m.is_fd else '')
    kind += ('b' if m.bitrate_switch else '') + ('e' if m.error_state_indicator else '')
    data = f'R{m.dlc}' if m.is_remote_frame else m.data.hex()
    channel = m.channel if m.channel is not None else 'none'
    print(round(m.timestamp * 1e6), channel, kind, m.arbitration_id, data)
";

fn in_words(entry: &Entry, channel: &str) -> String {
    let frame = &entry.frame;
    let form = frame.as_flexible();
    let mark = |is_set: bool, mark: &'static str| if is_set { mark } else { "" };
    let kind = [
        if frame.id().is_extended() { "x" } else { "s" },
        mark(form.is_some(), "f"),
        mark(form.is_some_and(|form| form.bit_rate_switch), "b"),
        mark(form.is_some_and(|form| form.error_state_indicator), "e"),
    ]
    .concat();
    let data: String = match frame.is_remote() {
        true => format!("R{}", frame.length()),
        false => frame
            .bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    };
    let micros = (entry.time_ns + 500) / 1_000;
    format!("{micros} {channel} {kind} {} {data}", frame.id().value())
}

#[test]
fn python_can_reads_what_was_written() {
    for extension in ["asc", "blf", "log", "csv"] {
        let file = tempfile::NamedTempFile::with_suffix(format!(".{extension}")).unwrap();
        let mut entries = entries();
        // Formats that cut times, or have no CAN FD.
        match extension {
            "csv" => entries.retain(|entry| entry.frame.as_flexible().is_none()),
            "log" => entries
                .iter_mut()
                .for_each(|entry| entry.time_ns -= entry.time_ns % 1_000),
            _ => {}
        }
        std::fs::write(file.path(), write(Format::of(file.path()), &entries)).unwrap();
        let theirs = python(READ, file.path());
        let channel = |entry: &Entry| match extension {
            "csv" => "none".to_owned(),
            "log" => entry.bus.clone(),
            _ => entry.bus.trim_start_matches("can").to_owned(),
        };
        let ours: Vec<String> = entries
            .iter()
            .map(|entry| in_words(entry, &channel(entry)))
            .collect();
        let theirs: Vec<&str> = theirs.lines().map(str::trim_end).collect();
        let ours: Vec<&str> = ours.iter().map(|line| line.trim_end()).collect();
        assert_eq!(theirs, ours, "{extension}");
    }
}

/// Frames of all kinds, by python-can's writers.
const WRITE: &str = "
import can, sys
frames = [
    dict(arbitration_id=0x123, is_extended_id=False, data=[1, 2]),
    dict(arbitration_id=0x18daf110, data=[2, 16, 3]),
    dict(arbitration_id=0x7ff, is_extended_id=False, is_remote_frame=True, dlc=4),
    dict(arbitration_id=0x1, is_extended_id=False, is_fd=True, data=range(12)),
    dict(arbitration_id=0x1fffffff, is_fd=True, bitrate_switch=True, data=range(64)),
    dict(arbitration_id=0x2, is_extended_id=False, is_fd=True, error_state_indicator=True, data=[]),
    dict(arbitration_id=0x3, is_extended_id=False, is_error_frame=True),
]
with can.Logger(sys.argv[1]) as log:
    for number in range(400):
        for place, frame in enumerate(frames):
            log.on_message_received(can.Message(
                timestamp=number * 0.01 + place * 0.001, channel=place % 2, **frame))
";

#[test]
fn what_python_can_wrote_is_read() {
    let expected = [
        ("1", "123#0102"),
        ("2", "18DAF110#021003"),
        ("1", "7FF#R4"),
        ("2", "001##0000102030405060708090A0B"),
        (
            "1",
            &*format!(
                "1FFFFFFF##1{}",
                (0..64)
                    .map(|byte| format!("{byte:02X}"))
                    .collect::<String>()
            ),
        ),
        ("2", "002##2"),
    ];
    for extension in ["asc", "blf"] {
        let file = tempfile::NamedTempFile::with_suffix(format!(".{extension}")).unwrap();
        python(WRITE, file.path());
        let log = read(
            Format::of(file.path()),
            &std::fs::read(file.path()).unwrap(),
        )
        .unwrap();
        assert_eq!(log.defects, [], "{extension}");
        // The error frames are no entries.
        assert_eq!(log.entries.len(), 6 * 400, "{extension}");
        for (place, entry) in log.entries.iter().enumerate() {
            let (bus, frame) = expected[place % 6];
            assert_eq!(
                (&*entry.bus, entry.frame),
                (bus, frame.parse::<Frame>().unwrap()),
                "{extension}"
            );
            let micros = (place / 6) as u64 * 10_000 + (place % 6) as u64 * 1_000;
            assert_eq!((entry.time_ns + 500) / 1_000, micros, "{extension}");
        }
    }
}

#[test]
fn what_was_written_is_read_again() {
    for format in [Format::Asc, Format::Blf, Format::Candump] {
        let mut entries = entries();
        let log = read(format, &write(format, &entries)).unwrap();
        assert_eq!(log.defects, [], "{format:?}");
        for entry in &mut entries {
            match format {
                Format::Candump => entry.time_ns -= entry.time_ns % 1_000,
                Format::Blf => entry.bus = if entry.bus == "can0" { "1" } else { "2" }.to_owned(),
                _ => {}
            }
        }
        assert_eq!(log.entries, entries, "{format:?}");
    }
}

#[test]
fn tshark_reads_what_was_written() {
    let file = tempfile::NamedTempFile::with_suffix(".pcapng").unwrap();
    std::fs::write(file.path(), write(Format::Pcapng, &entries())).unwrap();
    let fields = [
        "frame.time_epoch",
        "frame.interface_name",
        "can.id",
        "can.flags.xtd",
        "can.flags.rtr",
        "can.len",
        "canfd.flags.brs",
        "canfd.flags.esi",
        "data.data",
    ];
    let output = Command::new("tshark")
        .args(["-T", "fields", "-E", "separator=,"])
        .args(fields.iter().flat_map(|field| ["-e", field]))
        .arg("-r")
        .arg(file.path())
        .output()
        .unwrap_or_else(|error| {
            panic!("tshark could not be started ({error}): `./check` installs it")
        });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let theirs = String::from_utf8(output.stdout).unwrap();
    let ours: Vec<String> = entries().iter().map(as_tshark_prints).collect();
    assert_eq!(theirs.lines().collect::<Vec<_>>(), ours);
}

fn as_tshark_prints(entry: &Entry) -> String {
    let frame = &entry.frame;
    let flag = |is_set: bool| u8::from(is_set).to_string();
    let form = |is_set: fn(Flexible) -> bool| {
        frame
            .as_flexible()
            .map_or(String::new(), |form| flag(is_set(form)))
    };
    let data: String = frame
        .bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let remote = match frame.as_flexible() {
        Some(_) => String::new(),
        None => flag(frame.is_remote()),
    };
    [
        format!(
            "{}.{:09}",
            entry.time_ns / 1_000_000_000,
            entry.time_ns % 1_000_000_000
        ),
        entry.bus.clone(),
        frame.id().value().to_string(),
        flag(frame.id().is_extended()),
        remote,
        frame.length().to_string(),
        form(|form| form.bit_rate_switch),
        form(|form| form.error_state_indicator),
        data,
    ]
    .join(",")
}

#[test]
fn defects_of_an_asc_log_have_their_lines() {
    let text = "base dec timestamps relative\n0.5 1 291 Rx d 2 1 255\nx 1 1 Rx d 0\n0.5 1 2048 Rx d 0\n0.5 1 1 Rx d 2 1\n0.25 1 1 Rx d 1 256\n0.25 1 Statistic: D 1\n0.25 2 17x Tx r\n0.1 CANFD 1 Rx 5 0 7 1 1 1\n";
    let log = read(Format::Asc, text.as_bytes()).unwrap();
    let frames: Vec<_> = log
        .entries
        .iter()
        .map(|it| (it.time_ns, &*it.bus, it.frame.to_string()))
        .collect();
    assert_eq!(
        frames,
        [
            (500_000_000, "1", "123#01FF".to_owned()),
            (2_250_000_000, "2", "00000011#R".to_owned()),
        ]
    );
    let told: Vec<String> = log.defects.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 3: `x` is no time in seconds",
            "line 4: standard id 0x800 is above 0x7ff; write an extended id with 8 digits",
            "line 5: `1` is no row of as many bytes as its length says",
            "line 6: `256` is no byte",
            "line 9: `0 7 1 1 1` is no CAN FD frame",
        ]
    );
}

#[test]
fn a_damaged_blf_file_gives_what_is_whole() {
    let whole = write(Format::Blf, &entries());
    let refused = |bytes: &[u8]| read(Format::Blf, bytes).unwrap_err().to_string();
    assert_eq!(
        refused(b"LOGX"),
        "it is no BLF file: it does not begin with `LOGG`"
    );
    assert_eq!(
        refused(&whole[..20]),
        "it is no BLF file: its header does not end within the file"
    );
    assert!(refused(&whole[..200]).contains("does not end within the file"));
    let mut other = whole.clone();
    other[200] ^= 0xff;
    assert!(!refused(&other).is_empty());
    // Every cut and every flipped byte is told or read, and none stops us.
    for at in 0..whole.len() {
        let _told = read(Format::Blf, &whole[..at]);
        let mut flipped = whole.clone();
        flipped[at] ^= 0x55;
        let _told = read(Format::Blf, &flipped);
    }
}

#[test]
fn what_is_only_written_is_refused_in_words() {
    for format in [Format::Csv, Format::Pcapng] {
        let refusal = read(format, b"").unwrap_err().to_string();
        assert!(refusal.contains("convert it to ASC, BLF or candump's format"));
    }
    let refusal = read(Format::Candump, b"LOGG\xff").unwrap_err().to_string();
    assert!(refusal.contains("named `.blf`"));
}
