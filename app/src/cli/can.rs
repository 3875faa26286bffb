//! `wireloom can bits FRAME…`.

use super::outcome::Outcome;
use serde_json::Value;
use simulator::can::{self, BitRates, FlexibleRates};
use std::fmt::Write;

#[derive(Debug, clap::Subcommand)]
pub(super) enum CanAction {
    /// Exact length of CAN and CAN FD frames on the wire, interframe space included
    Bits(BitsArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct BitsArguments {
    /// Frames in candump notation: `123#0102`, `18DAF110#0210030000000000`, `123#R4`, `123##1AABB`
    #[arg(required = true)]
    frames: Vec<String>,
    /// In bits per second
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    bitrate: u32,
    /// In bits per second, of CAN FD frames that switch the rate
    #[arg(long, default_value_t = 2_000_000, value_parser = clap::value_parser!(u32).range(1..=8_000_000))]
    data_bitrate: u32,
}

pub(super) fn can(action: &CanAction) -> Outcome {
    let CanAction::Bits(arguments) = action;
    let rates = BitRates {
        bitrate_bps: arguments.bitrate,
        // Where in a bit the rate is switched makes no difference at the end of the frame.
        flexible: Some(FlexibleRates {
            sample_point_permille: 800,
            data_bitrate_bps: arguments.data_bitrate,
            data_sample_point_permille: 800,
        }),
    };
    let mut reports = Vec::new();
    let mut text = format!(
        "{:<28} {:>10} {:>8} {:>12}\n",
        "frame", "unstuffed", "exact", "duration"
    );
    for notation in &arguments.frames {
        let report = match can::bits::report(notation, &rates) {
            Ok(report) => report,
            Err(error) => return Outcome::failed(error),
        };
        let _ = writeln!(
            text,
            "{:<28} {:>10} {:>8} {:>9} ns",
            report.frame.to_string(),
            report.bits_unstuffed,
            report.bits_exact,
            report.duration_ns
        );
        match serde_json::to_value(&report) {
            Ok(value) => reports.push(value),
            Err(error) => return Outcome::failed(error),
        }
    }
    Outcome::fine(Value::Array(reports), text)
}
