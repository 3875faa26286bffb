//! An analog-to-digital converter (RM0386, "Analog-to-digital converter"): 12 bits, one channel at a
//! time, polled. Knows no pins.

use stm32f4::stm32f469::{adc_common::RegisterBlock as Common, adc1::RegisterBlock};

use crate::wait;

/// The highest number that a conversion gives.
pub const FULL_SCALE: u32 = 4_095;
/// Polls until a conversion must be through: 84 + 12 clocks of 22.5 MHz are 4.3 µs.
const WITHIN: u32 = 10_000;
/// ADC_SMPRx: 84 clocks, for sources of up to some 10 kΩ.
const SAMPLES: u32 = 0b100;
/// ADC_CCR.ADCPRE: APB2 divided by 4, at most 36 MHz (data sheet).
const DIVIDE_BY_4: u8 = 0b01;

/// Switches it on.
pub fn enable(adc: &RegisterBlock, common: &Common) {
    // SAFETY, here and below: fields of the manual.
    common
        .ccr()
        .modify(|_, ccr| unsafe { ccr.adcpre().bits(DIVIDE_BY_4) });
    let all =
        |channels: u32| (0..channels).fold(0, |bits, channel| bits | SAMPLES << (3 * channel));
    adc.smpr1().write(|smpr1| unsafe { smpr1.bits(all(9)) });
    adc.smpr2().write(|smpr2| unsafe { smpr2.bits(all(10)) });
    adc.cr2().write(|cr2| cr2.adon().set_bit());
}

/// The number at a channel; none where the converter does not answer.
pub fn convert(adc: &RegisterBlock, channel: u8) -> Option<u32> {
    // One conversion, of this channel.
    adc.sqr1().write(|sqr1| unsafe { sqr1.bits(0) });
    adc.sqr3()
        .write(|sqr3| unsafe { sqr3.bits(u32::from(channel & 31)) });
    adc.cr2().modify(|_, cr2| cr2.swstart().set_bit());
    let done = wait(WITHIN, || adc.sr().read().eoc().bit_is_set());
    done.then(|| adc.dr().read().bits() & FULL_SCALE)
}

/// A number of the converter on another scale, rounded to the nearest.
pub fn scaled(number: u32, full_scale: u32) -> u32 {
    let number = u64::from(number.min(FULL_SCALE)) * u64::from(full_scale);
    ((number + u64::from(FULL_SCALE / 2)) / u64::from(FULL_SCALE)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_of_zeroes;

    #[test]
    fn a_channel_is_chosen_and_sampled_long_enough() {
        let (adc, common) = (
            block_of_zeroes::<RegisterBlock>(),
            block_of_zeroes::<Common>(),
        );
        enable(adc, common);
        assert_eq!(common.ccr().read().bits(), 1 << 16);
        assert_eq!(adc.smpr2().read().bits(), 0x2492_4924);
        assert_eq!(adc.smpr1().read().bits(), 0x0492_4924);
        assert_eq!(convert(adc, 14), None, "memory converts nothing");
        assert_eq!(adc.sqr3().read().bits(), 14);
        assert!(adc.cr2().read().swstart().bit_is_set());
    }

    #[test]
    fn a_number_is_scaled_to_the_full() {
        assert_eq!(scaled(FULL_SCALE, FULL_SCALE), FULL_SCALE);
        assert_eq!(scaled(2_000, FULL_SCALE), 2_000);
        assert_eq!(scaled(FULL_SCALE, 1_000), 1_000);
        assert_eq!(scaled(2_048, 1_000), 500);
        assert_eq!(scaled(0, 1_000), 0);
        assert_eq!(scaled(5_000, u32::MAX), u32::MAX);
    }
}
