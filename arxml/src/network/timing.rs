//! When a PDU is sent: the timing of its transmission mode "true", which is the one in use where
//! no condition chooses another.

use crate::{
    component::behaviour::nanoseconds,
    model::TransmissionMode,
    reader::Reader,
    tree::{below, child, children, number},
};
use autosar_data::{Element, ElementName};

/// The mode, and the cycle time in whole milliseconds if it has one.
pub(super) fn of(reader: &mut Reader, pdu: &Element) -> Option<(TransmissionMode, Option<u32>)> {
    let timing = children(pdu, ElementName::IPduTimingSpecifications)
        .into_iter()
        .next()?;
    let declaration = below(&timing, &[ElementName::TransmissionModeDeclaration])?;
    let timing = child(&declaration, ElementName::TransmissionModeTrueTiming)?;
    let is_event = child(&timing, ElementName::EventControlledTiming).is_some();
    let Some(cyclic) = child(&timing, ElementName::CyclicTiming) else {
        return is_event.then_some((TransmissionMode::OnChange, None));
    };
    let seconds = |name| number(&child(&cyclic, name)?, ElementName::Value);
    let period = seconds(ElementName::TimePeriod).and_then(nanoseconds);
    let Some(period_ns) = period.filter(|period| *period > 0) else {
        reader.wrong(
            pdu,
            "cyclic timing needs a TIME-PERIOD above 0 in seconds; add it",
        );
        return None;
    };
    let offset_ns = seconds(ElementName::TimeOffset)
        .and_then(nanoseconds)
        .unwrap_or_default();
    let mode = match is_event {
        true => TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        },
        false => TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        },
    };
    let milliseconds = (period_ns % 1_000_000 == 0).then_some(period_ns / 1_000_000);
    Some((mode, milliseconds.and_then(|ms| u32::try_from(ms).ok())))
}
