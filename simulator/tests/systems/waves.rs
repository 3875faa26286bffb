//! Waveforms of buses, decoded by a reader that is not ours: sigrok.

use crate::support::*;
use simulator::{
    Simulation,
    can::{Frame, bits::BitSequence},
    trace::Kind,
};
use std::process::Command;

/// What a decoder of sigrok says of the lines, one annotation a line. Ten samples a microsecond.
fn decoded(simulation: &Simulation, decoder: &str, annotations: &str) -> Vec<String> {
    let file = tempfile::NamedTempFile::with_suffix(".vcd").unwrap();
    std::fs::write(file.path(), simulation.waves()).unwrap();
    let output = Command::new("sigrok-cli")
        .args(["-I", "vcd:downsample=100", "-P", decoder, "-A", annotations])
        .arg("-i")
        .arg(file.path())
        .output()
        .unwrap_or_else(|error| {
            panic!("sigrok-cli could not be started ({error}): `./check` installs it")
        });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let text = |line: &str| line.split_once(": ").unwrap().1.to_owned();
    lines.lines().map(text).collect()
}

/// A row `i2c` of the trace in the words of sigrok's decoder.
fn in_words(row: &str) -> Vec<String> {
    let detail = row.rsplit('\t').next().unwrap();
    let words: Vec<&str> = detail.split(' ').collect();
    let address = words[1].trim_start_matches("0x");
    let result = words[words.len() - 2];
    let mut said = Vec::new();
    for (place, operation) in words[2..words.len() - 2].iter().enumerate() {
        let (kind, bytes) = operation.split_at(1);
        let way = if kind == "r" { "read" } else { "write" };
        said.push(if place == 0 { "Start" } else { "Start repeat" }.to_owned());
        said.push(if kind == "r" { "Read" } else { "Write" }.to_owned());
        said.push(format!("Address {way}: {}", address.to_uppercase()));
        if result == "no-acknowledge-address" {
            said.push("NACK".to_owned());
            break;
        }
        said.push("ACK".to_owned());
        let bytes: Vec<&str> = (0..bytes.len())
            .step_by(2)
            .map(|at| &bytes[at..at + 2])
            .collect();
        for (place, byte) in bytes.iter().enumerate() {
            said.push(format!("Data {way}: {}", byte.to_uppercase()));
            let is_refused = kind == "r" && place + 1 == bytes.len();
            said.push(if is_refused { "NACK" } else { "ACK" }.to_owned());
        }
    }
    said.push("Stop".to_owned());
    said
}

#[test]
fn sigrok_decodes_the_same_i2c_transactions() {
    for address in [0x48, 0x49] {
        let mut simulation = start(&system(&[driver("climate", address)]));
        run(&mut simulation, 250 * MS);
        let rows = lines(&simulation, "i2c");
        let ours: Vec<String> = rows.iter().flat_map(|row| in_words(row)).collect();
        let theirs = decoded(
            &simulation,
            "i2c:scl=scl:sda=sda",
            "i2c=start:repeat-start:stop:ack:nack:address-read:address-write:data-read:data-write",
        );
        assert_eq!(theirs.join("\n"), ours.join("\n"));
        assert_eq!(rows.len(), 3);
    }
}

/// A frame in the words of sigrok's decoder, and how many stuff bits it has.
fn frame_in_words(frame: &Frame) -> (Vec<String>, usize) {
    let id = frame.id().value();
    let name = match frame.id().is_extended() {
        true => "Full Identifier",
        false => "Identifier",
    };
    let mut said = vec![format!("{name}: {id} ({id:#x})")];
    said.push(format!("Data length code: {}", frame.length()));
    let bytes = frame.bytes().iter().enumerate();
    said.extend(bytes.map(|(place, byte)| format!("Data byte {place}: {byte:#04x}")));
    said.push("ACK slot: ACK".to_owned());
    (said, BitSequence::of(frame).stuff_bits() as usize)
}

#[test]
fn sigrok_decodes_the_same_frames() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    let texts = [
        "18DAF110#0210030000000000",
        "00000001#",
        "1FFFFFFF#FFFFFFFF",
        "7FF#FFFFFFFFFFFFFFFF",
        "000#0000000000",
        "555#5555555555555555",
    ];
    for text in texts {
        simulation
            .inject_frame("can0", text.parse().unwrap())
            .unwrap();
    }
    run(&mut simulation, 50 * MS);
    let theirs = decoded(
        &simulation,
        "can:can_rx=can:nominal_bitrate=500000",
        "can=id:full-id:dlc:data:ack-slot:stuff-bit",
    );
    let is_stuff = |line: &&String| ["0", "1"].contains(&line.as_str());
    let stuff_bits = theirs.iter().filter(is_stuff).count();
    let mut fields: Vec<&String> = theirs.iter().filter(|line| !is_stuff(line)).collect();
    // It tells the base of an extended identifier, too.
    let bases: Vec<usize> = (1..fields.len())
        .filter(|place| fields[*place].starts_with("Full"))
        .map(|place| place - 1)
        .collect();
    bases.iter().rev().for_each(|place| {
        fields.remove(*place);
    });

    let trace = simulation.trace();
    let frames = trace.rows_from(0).filter(|row| row.kind == Kind::Frame);
    let ours: Vec<_> = frames
        .map(|row| frame_in_words(&row.frame().unwrap()))
        .collect();
    assert!(ours.len() > texts.len());
    let ours_fields: Vec<&String> = ours.iter().flat_map(|(said, _)| said).collect();
    assert_eq!(fields, ours_fields);
    let ours_stuffed: usize = ours.iter().map(|(_, count)| count).sum();
    assert_eq!(stuff_bits, ours_stuffed);
}

/// Bit rates as the decoder is told them; it samples where we switch.
#[test]
fn sigrok_decodes_the_same_frames_of_can_fd() {
    let mut files = system(&[sender("climate"), receiver("cockpit")]);
    files.system.buses[0].kind = deployment::BusKind::CanFd {
        bitrate_bps: 500_000,
        sample_point_permille: 700,
        data_bitrate_bps: 2_000_000,
        data_sample_point_permille: 700,
    };
    let mut simulation = start(&files);
    let texts = [
        "18DAF110##10210030000000000".to_owned(),
        "00000001##1".to_owned(),
        "7FF##1FFFFFFFFFFFFFFFFFFFFFFFF".to_owned(),
        format!("000##1{}", "00".repeat(64)),
        format!("555##1{}", "55".repeat(64)),
        format!("1FFFFFFF##1{}", "F0".repeat(20)),
    ];
    for text in &texts {
        let frame = text.parse().unwrap();
        simulation.inject_frame("can0", frame).unwrap();
    }
    run(&mut simulation, 50 * MS);
    let theirs = decoded(
        &simulation,
        "can:can_rx=can:nominal_bitrate=500000:fast_bitrate=2000000",
        "can=data",
    );
    let trace = simulation.trace();
    let frames = trace.rows_from(0).filter(|row| row.kind == Kind::Frame);
    let frames: Vec<Frame> = frames.map(|row| row.frame().unwrap()).collect();
    let ours: Vec<String> = frames
        .iter()
        .flat_map(|frame| frame_in_words(frame).0)
        .filter(|line| line.starts_with("Data byte"))
        .collect();
    assert_eq!(theirs, ours);
    assert!(
        frames
            .iter()
            .filter(|frame| frame.as_flexible().is_some())
            .count()
            == texts.len()
    );
}

/// Frames that nobody acknowledges: the decoder goes on behind the error frames.
#[test]
fn sigrok_sees_a_frame_that_nobody_acknowledges() {
    let mut simulation = start(&system(&[sender("climate")]));
    run(&mut simulation, 20 * MS);
    let theirs = decoded(
        &simulation,
        "can:can_rx=can:nominal_bitrate=500000",
        "can=id:ack-slot",
    );
    assert_eq!(theirs[..2], ["Identifier: 291 (0x123)", "ACK slot: NACK"]);
}
