//! AT24C02, a serial EEPROM of 256 bytes in pages of 8.
//!
//! Source: Microchip (Atmel), AT24C02C data sheet, DS20006042.

use super::{
    Model,
    eeprom::{Eeprom, STIMULI},
};

pub(super) const MODEL: Model = Model {
    name: "at24c02",
    title: "AT24C02 EEPROM, 256 bytes",
    addresses: &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    stimuli: STIMULI,
    make: || Box::new(Eeprom::new(256, 8, 1)),
};

#[cfg(test)]
mod tests {
    use super::{super::eeprom::tests, MODEL};

    #[test]
    fn it_writes_pages_and_reads_on() {
        tests::behaves(&MODEL, 1, 8);
    }

    #[test]
    fn a_sequential_read_rolls_over_behind_the_last_byte() {
        let mut device = MODEL.make();
        tests::write(&mut *device, 0, &[0xff, 1]);
        tests::write(&mut *device, 5 * tests::MS, &[0x00, 2]);
        let bytes = tests::read(&mut *device, 10 * tests::MS, &[0xff], 2);
        assert_eq!(bytes, [1, 2]);
    }
}
