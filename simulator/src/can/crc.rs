//! Cyclic redundancy checks of CAN and the stuff count of CAN FD. Knows nothing of frames.
//!
//! Source: ISO 11898-1, "CRC sequence", "Stuff bit count".

use super::bits::Level;

/// A register that takes bit after bit.
#[derive(Debug, Clone, Copy)]
pub struct Crc {
    /// Without its leading one.
    polynomial: u32,
    pub(super) width: u32,
    value: u32,
}

impl Crc {
    /// Of classic frames: 0x4599.
    pub const CRC15: Crc = Crc {
        polynomial: 0x4599,
        width: 15,
        value: 0,
    };
    /// Of CAN FD frames up to 16 bytes: 0x3685b with its leading one.
    pub const CRC17: Crc = Crc {
        polynomial: 0x1_685b,
        width: 17,
        value: 1 << 16,
    };
    /// Of longer ones: 0x302899 with its leading one.
    pub const CRC21: Crc = Crc {
        polynomial: 0x10_2899,
        width: 21,
        value: 1 << 20,
    };

    pub fn add(&mut self, level: Level) {
        let next = (level == Level::Recessive) != (self.value >> (self.width - 1) & 1 == 1);
        self.value = self.value << 1 & ((1 << self.width) - 1);
        if next {
            self.value ^= self.polynomial;
        }
    }

    pub fn value(&self) -> u32 {
        self.value
    }
}

/// Four bits: the number of stuff bits modulo 8 in Gray code, and a bit that makes the ones even.
pub fn stuff_count(stuff_bits: u32) -> u32 {
    let count = stuff_bits % 8;
    let gray = count ^ count >> 1;
    gray << 1 | gray.count_ones() & 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catalogue of parametrised CRC algorithms: CRC-15/CAN, CRC-17/CAN-FD and CRC-21/CAN-FD of
    /// "123456789", which begin at zero (ISO 11898-1 begins the longer ones at a one).
    #[test]
    fn the_crcs_of_the_check_string() {
        let of = |mut crc: Crc| {
            crc.value = 0;
            for byte in b"123456789" {
                for bit in (0..8).rev() {
                    crc.add(match byte >> bit & 1 {
                        1 => Level::Recessive,
                        _ => Level::Dominant,
                    });
                }
            }
            crc.value()
        };
        assert_eq!(of(Crc::CRC15), 0x059e);
        assert_eq!(of(Crc::CRC17), 0x0_4f03);
        assert_eq!(of(Crc::CRC21), 0x0e_d841);
    }

    /// ISO 11898-1, table of the stuff bit count.
    #[test]
    fn the_table_of_stuff_counts() {
        let table = [
            0b0000, 0b0011, 0b0110, 0b0101, 0b1100, 0b1111, 0b1010, 0b1001,
        ];
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 7].map(stuff_count), table);
        assert_eq!(stuff_count(13), table[5]);
    }
}
