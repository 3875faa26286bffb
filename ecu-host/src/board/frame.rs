//! A frame of CAN as boards take and give it. Knows no bus.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// A frame of CAN on a named bus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "can-fd"), derive(Serialize, Deserialize))]
pub struct CanFrame {
    /// Name of the bus in the system.
    pub bus: String,
    /// 11 or 29 bits.
    pub id: u32,
    /// Whether `id` has 29 bits.
    pub extended: bool,
    /// Whether this is a remote frame.
    pub remote: bool,
    /// 0 to 8 bytes, of CAN FD up to 64; for a remote frame its length is the DLC and its content is
    /// unused.
    #[cfg_attr(not(feature = "can-fd"), serde(with = "crate::hexadecimal"))]
    pub data: Vec<u8>,
    /// Of a frame of CAN FD; none of a classic one.
    #[cfg(feature = "can-fd")]
    pub flexible: Option<CanFlexible>,
}

/// What a frame of CAN FD says beside identifier and data.
#[cfg(feature = "can-fd")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanFlexible {
    /// BRS.
    pub bit_rate_switch: bool,
    /// ESI: the sender was error passive.
    pub error_state_indicator: bool,
}

/// Of a bus that carries frames of CAN FD.
#[cfg(feature = "can-fd")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the unit says it")]
pub struct CanFlexibleRates {
    pub sample_point_permille: u16,
    pub data_bit_rate_hz: u32,
    pub data_sample_point_permille: u16,
}

/// A classic frame is the same bytes with and without the feature: so hosts that know CAN FD talk
/// to firmware that does not. A frame of CAN FD has a number there that is no truth value.
#[cfg(feature = "can-fd")]
mod serialised {
    use super::{CanFlexible, CanFrame, Deserialize, Serialize, String, Vec};
    use serde::{Deserializer, Serializer, de::Error};

    /// Where people read.
    #[derive(Serialize, Deserialize)]
    #[serde(rename = "CanFrame")]
    struct Readable {
        bus: String,
        id: u32,
        extended: bool,
        remote: bool,
        #[serde(with = "crate::hexadecimal")]
        data: Vec<u8>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flexible: Option<CanFlexible>,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(rename = "CanFrame")]
    struct Packed {
        bus: String,
        id: u32,
        extended: bool,
        /// 0 and 1: a data and a remote frame.
        format: u8,
        data: Vec<u8>,
    }

    const FLEXIBLE: u8 = 4;
    const BIT_RATE_SWITCH: u8 = 1;
    const ERROR_STATE_INDICATOR: u8 = 2;

    impl Serialize for CanFrame {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let CanFrame {
                bus,
                id,
                extended,
                remote,
                data,
                flexible,
            } = self.clone();
            if serializer.is_human_readable() {
                return Readable {
                    bus,
                    id,
                    extended,
                    remote,
                    data,
                    flexible,
                }
                .serialize(serializer);
            }
            let format = match flexible {
                None => u8::from(remote),
                Some(one) => {
                    FLEXIBLE
                        + u8::from(one.bit_rate_switch) * BIT_RATE_SWITCH
                        + u8::from(one.error_state_indicator) * ERROR_STATE_INDICATOR
                }
            };
            Packed {
                bus,
                id,
                extended,
                format,
                data,
            }
            .serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for CanFrame {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CanFrame, D::Error> {
            if deserializer.is_human_readable() {
                let Readable {
                    bus,
                    id,
                    extended,
                    remote,
                    data,
                    flexible,
                } = Readable::deserialize(deserializer)?;
                return Ok(CanFrame {
                    bus,
                    id,
                    extended,
                    remote,
                    data,
                    flexible,
                });
            }
            let Packed {
                bus,
                id,
                extended,
                format,
                data,
            } = Packed::deserialize(deserializer)?;
            let flexible = match format {
                0 | 1 => None,
                4..=7 => Some(CanFlexible {
                    bit_rate_switch: format & BIT_RATE_SWITCH != 0,
                    error_state_indicator: format & ERROR_STATE_INDICATOR != 0,
                }),
                _ => return Err(D::Error::custom("no format of a frame")),
            };
            Ok(CanFrame {
                bus,
                id,
                extended,
                remote: format == 1,
                data,
                flexible,
            })
        }
    }
}
