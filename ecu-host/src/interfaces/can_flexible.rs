//! Frames of CAN FD between guests and boards. Knows no function.
//!
//! Source: ISO 11898-1, "DLC".

use alloc::string::String;

use super::{
    can::identifier,
    can_types::{Error, Format, Frame},
};
use crate::board::{CanFlexible, CanFrame};

/// Data bytes by their code.
const LENGTHS: [usize; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64];

/// Whether the guest means CAN FD, right or wrong.
pub(super) fn is_flexible(format: Format) -> bool {
    format != Format::default() && format != Format::REMOTE
}

/// The flags of a received frame.
pub(super) fn format(flexible: CanFlexible) -> Format {
    let mut format = Format::FLEXIBLE_DATA_RATE;
    if flexible.bit_rate_switch {
        format |= Format::BIT_RATE_SWITCH;
    }
    if flexible.error_state_indicator {
        format |= Format::ERROR_STATE_INDICATOR;
    }
    format
}

/// The code of a received frame's length.
pub(super) fn code(data: &[u8]) -> u8 {
    let code = LENGTHS.iter().position(|length| *length == data.len());
    code.unwrap_or(0) as u8
}

/// The frame, where it is one of CAN FD by the rules of the standard.
pub(super) fn flexible(bus: String, frame: Frame) -> Result<CanFrame, Error> {
    let (id, extended) = identifier(frame.id)?;
    let all = [(false, false), (true, false), (false, true), (true, true)];
    let mut all = all.into_iter().map(|(switch, indicator)| CanFlexible {
        bit_rate_switch: switch,
        error_state_indicator: indicator,
    });
    let Some(flexible) = all.find(|one| format(*one) == frame.format) else {
        let rule = "a frame of CAN FD is no remote frame, and others have no flags of CAN FD";
        return Err(Error::Invalid(rule.into()));
    };
    let Some(length) = LENGTHS.get(usize::from(frame.dlc)) else {
        return Err(Error::Invalid("a length code has 4 bits".into()));
    };
    if frame.data.len() != *length {
        return Err(Error::Invalid("data and length code differ".into()));
    }
    Ok(CanFrame {
        bus,
        id,
        extended,
        remote: false,
        data: frame.data,
        flexible: Some(flexible),
    })
}
