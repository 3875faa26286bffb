//! AT24C256, a serial EEPROM of 32 KiB in pages of 64 bytes.
//!
//! Source: Microchip (Atmel), AT24C256C data sheet, DS20006047.

use super::{
    Model,
    eeprom::{Eeprom, STIMULI},
};

pub(super) const MODEL: Model = Model {
    name: "at24c256",
    title: "AT24C256 EEPROM, 32 KiB",
    addresses: &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    stimuli: STIMULI,
    make: || Box::new(Eeprom::new(32_768, 64, 2)),
};

#[cfg(test)]
mod tests {
    use super::{super::eeprom::tests, MODEL};

    #[test]
    fn it_writes_pages_and_reads_on() {
        tests::behaves(&MODEL, 2, 64);
    }

    #[test]
    fn the_highest_bit_of_an_address_does_not_matter() {
        let mut device = MODEL.make();
        tests::write(&mut *device, 0, &[0xff, 0xff, 1]);
        let bytes = tests::read(&mut *device, 5 * tests::MS, &[0x7f, 0xff], 2);
        assert_eq!(bytes, [1, 0xff], "the second is the first byte of all");
    }
}
