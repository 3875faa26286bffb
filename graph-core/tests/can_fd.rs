//! Buses of CAN FD in the project file.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use graph_core::{
    document::*,
    file::{read, write},
};

#[test]
fn a_can_fd_bus_has_a_data_bit_rate_and_sample_points() {
    let with = |fields: &str| {
        let text = format!(
            "format = 1\nname = \"fd\"\n\n[buses.can0]\nkind = \"can\"\nbitrate_bps = 500000\n{fields}"
        );
        read(&text, "project.wireloom").map(|document| (text, document))
    };
    let rates = |fields: &str| {
        let (text, document) = with(fields).unwrap();
        assert!(write(&document).contains(text.split("\n\n").last().unwrap()));
        let bus = document.buses.values().next().unwrap().clone();
        let BusKind::Can { flexible, .. } = bus.kind else {
            unreachable!()
        };
        flexible
    };
    assert_eq!(rates(""), None);
    let usual = FlexibleDataRate {
        data_bitrate_bps: 2_000_000,
        sample_point_permille: 800,
        data_sample_point_permille: 800,
    };
    assert_eq!(rates("data_bitrate_bps = 2000000\n"), Some(usual));
    let points = "sample_point_permille = 875\ndata_sample_point_permille = 700\n";
    let other = FlexibleDataRate {
        sample_point_permille: 875,
        data_sample_point_permille: 700,
        ..usual
    };
    assert_eq!(
        rates(&format!("data_bitrate_bps = 2000000\n{points}")),
        Some(other)
    );
    let refused = |fields: &str| with(fields).unwrap_err().to_string();
    let all = [
        refused("sample_point_permille = 875\n"),
        refused("data_bitrate_bps = 250000\n"),
        refused("data_bitrate_bps = 500000\nsample_point_permille = 1000\n"),
        refused("data_bitrate_bps = 500000\ndata_sample_point_permille = 0\n"),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    project.wireloom:7: `sample_point_permille` does not belong to the CAN bus `can0` without `data_bitrate_bps`; remove it
    project.wireloom:4: the data bit rate of `can0` is below its bit rate; give the same or a higher one
    project.wireloom:4: a sample point of `can0` is outside of its bit; give 1 to 999 thousandths of the bit
    project.wireloom:4: a sample point of `can0` is outside of its bit; give 1 to 999 thousandths of the bit
    ");
}
