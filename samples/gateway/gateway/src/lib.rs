//! What a gateway hands on: the speed as a frame of the body bus, and the doors from one.
//! Knows nothing of buses and of who calls.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod component;

guest_runtime::guest!(arena_bytes: 4096);

/// `VehicleSpeed` on the body bus.
pub const SPEED_ID: u16 = 0x1f0;
/// `DoorStatus` on the body bus.
pub const DOORS_ID: u16 = 0x2a0;
/// A speed that is not known.
const UNKNOWN: u16 = 0xffff;

/// The speed in hundredths of km/h, the low byte first.
pub fn speed_bytes(speed: Option<f32>) -> [u8; 2] {
    // `as` saturates, and NaN is 0.
    let known = speed.map(|speed| ((speed * 100.0 + 0.5) as u16).min(UNKNOWN - 1));
    known.unwrap_or(UNKNOWN).to_le_bytes()
}

/// The open doors; none of a frame that is too short.
pub fn doors(data: &[u8]) -> Option<u8> {
    data.first().map(|open| open & 0x1f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_in_hundredths() {
        assert_eq!(speed_bytes(Some(0.0)), [0, 0]);
        assert_eq!(speed_bytes(Some(123.45)), 12_345_u16.to_le_bytes());
        assert_eq!(speed_bytes(Some(-1.0)), [0, 0]);
        assert_eq!(speed_bytes(Some(9_999.0)), [0xfe, 0xff]);
        assert_eq!(speed_bytes(None), [0xff, 0xff]);
    }

    #[test]
    fn doors_are_five_bits() {
        assert_eq!(doors(&[0b1110_0101, 7]), Some(0b101));
        assert_eq!(doors(&[]), None);
    }
}
