//! Frames of boards as frames of buses, and back; the bit rates of a system's buses. Knows neither
//! boards nor buses.

use crate::can::{BitRates, Flexible, FlexibleRates, Frame, Id};
use deployment::BusKind;
use ecu_host::board::{CanFlexible, CanFrame};

/// None where no frame can be so.
pub(super) fn frame_of(frame: &CanFrame) -> Option<Frame> {
    let id = if frame.extended {
        Id::extended(frame.id)
    } else {
        Id::standard(frame.id)
    }
    .ok()?;
    match (frame.remote, frame.flexible) {
        (true, _) => Frame::remote(id, frame.data.len()).ok(),
        (false, None) => Frame::data(id, &frame.data).ok(),
        (false, Some(format)) => {
            let flexible = Flexible {
                bit_rate_switch: format.bit_rate_switch,
                error_state_indicator: format.error_state_indicator,
            };
            Frame::flexible(id, &frame.data, flexible).ok()
        }
    }
}

/// What a board receives.
pub fn board_frame(bus: &str, frame: &Frame) -> CanFrame {
    CanFrame {
        bus: bus.to_owned(),
        id: frame.id().value(),
        extended: frame.id().is_extended(),
        remote: frame.is_remote(),
        data: match frame.is_remote() {
            true => vec![0; usize::from(frame.length())],
            false => frame.bytes().to_vec(),
        },
        flexible: frame.as_flexible().map(|flexible| CanFlexible {
            bit_rate_switch: flexible.bit_rate_switch,
            error_state_indicator: flexible.error_state_indicator,
        }),
    }
}

/// None where no frames of CAN go.
pub(crate) fn rates_of(kind: &BusKind) -> Option<BitRates> {
    match kind {
        BusKind::Can { bitrate_bps } => Some(BitRates::classic(*bitrate_bps)),
        BusKind::CanFd {
            bitrate_bps,
            sample_point_permille,
            data_bitrate_bps,
            data_sample_point_permille,
        } => Some(BitRates {
            bitrate_bps: *bitrate_bps,
            flexible: Some(FlexibleRates {
                sample_point_permille: *sample_point_permille,
                data_bitrate_bps: *data_bitrate_bps,
                data_sample_point_permille: *data_sample_point_permille,
            }),
        }),
        _ => None,
    }
}
