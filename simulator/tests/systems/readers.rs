//! Our logs read by a reader that is not ours: python-can.

use crate::support::*;
use simulator::can::{Frame, log::Log};
use std::process::Command;

const SCRIPT: &str = "
import can, sys
for m in can.CanutilsLogReader(sys.argv[1]):
    kind = 'x' if m.is_extended_id else 's'
    data = f'R{m.dlc}' if m.is_remote_frame else m.data.hex()
    if m.is_fd:
        kind += f'f{int(m.bitrate_switch)}{int(m.error_state_indicator)}'
    print(round(m.timestamp * 1e6), m.channel, kind, m.arbitration_id, data)
";

fn as_python_prints(time_ns: u64, bus: &str, frame: &Frame) -> String {
    let kind = if frame.id().is_extended() { 'x' } else { 's' };
    let flexible = frame.as_flexible().map(|one| {
        let (switch, indicator) = (one.bit_rate_switch, one.error_state_indicator);
        format!("f{}{}", u8::from(switch), u8::from(indicator))
    });
    let flexible = flexible.unwrap_or_default();
    let data: String = match frame.is_remote() {
        true => format!("R{}", frame.length()),
        false => frame
            .bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    };
    let line = format!(
        "{} {bus} {kind}{flexible} {} {data}",
        time_ns / 1_000,
        frame.id().value()
    );
    line.trim_end().to_owned()
}

#[test]
fn python_can_reads_the_same_frames() {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has python-can");
    };
    let mut files = system(&[sender("climate"), receiver("cockpit")]);
    files.system.buses[0].kind = deployment::BusKind::CanFd {
        bitrate_bps: 500_000,
        sample_point_permille: 800,
        data_bitrate_bps: 2_000_000,
        data_sample_point_permille: 800,
    };
    let mut simulation = start(&files);
    let long = format!("18DAF110##1{}", "5A".repeat(64));
    for text in [
        "18DAF110#0210030000000000",
        "00000001#",
        "7FF#R4",
        "001#",
        "002##0",
        "003##3000102030405060708090A0B",
        &long,
    ] {
        simulation
            .inject_frame("can0", text.parse().unwrap())
            .unwrap();
    }
    run(&mut simulation, 50 * MS);
    let log = simulation.candump();
    let file = tempfile::NamedTempFile::with_suffix(".log").unwrap();
    std::fs::write(file.path(), &log).unwrap();
    let output = Command::new(python)
        .args(["-c", SCRIPT])
        .arg(file.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let theirs = String::from_utf8(output.stdout).unwrap();
    let ours: Vec<String> = Log::parse(&log)
        .unwrap()
        .entries
        .iter()
        .map(|entry| as_python_prints(entry.time_ns, &entry.bus, &entry.frame))
        .collect();
    assert_eq!(theirs.lines().map(str::trim_end).collect::<Vec<_>>(), ours);
    assert!(ours.len() > 50);
}
