//! A serial line (RM0386, "Universal synchronous receiver transmitter"): 8 bits, no parity. Knows
//! no pins.

use stm32f4::stm32f469::usart1::RegisterBlock;

/// Divider for BRR: sixteenths of the clock over sixteen, rounded to the nearest; none where the
/// line can not be so fast or so slow.
pub fn divider(clock_hz: u32, baud_hz: u32) -> Option<u16> {
    let divider = clock_hz.checked_add(baud_hz / 2)?.checked_div(baud_hz)?;
    u16::try_from(divider).ok().filter(|divider| *divider >= 16)
}

/// Sends and receives, with an interrupt for what comes in. Without a divider the line keeps the
/// one that it has.
pub fn enable(line: &RegisterBlock, divider: Option<u16>) {
    if let Some(divider) = divider {
        // SAFETY: mantissa and fraction take any number.
        line.brr().write(|brr| unsafe { brr.bits(divider) });
    }
    line.cr1().write(|cr1| {
        cr1.ue()
            .set_bit()
            .te()
            .set_bit()
            .re()
            .set_bit()
            .rxneie()
            .set_bit()
    });
}

/// Sends all of them; waits for the line.
pub fn send(line: &RegisterBlock, bytes: &[u8]) {
    for byte in bytes {
        while line.sr().read().txe().bit_is_clear() {}
        // SAFETY: eight bits of nine.
        line.dr()
            .write(|dr| unsafe { dr.dr().bits(u16::from(*byte)) });
    }
}

/// A byte that has come, if one has. A byte that came before one was taken is lost: reading the
/// data behind the status clears that error too.
pub fn receive(line: &RegisterBlock) -> Option<u8> {
    let status = line.sr().read();
    match status.rxne().bit_is_set() || status.ore().bit_is_set() {
        true => Some(line.dr().read().dr().bits() as u8),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_of_zeroes;

    #[test]
    fn the_divider_gives_the_rate() {
        // RM0386, "Error calculation for programmed baud rates": 45 MHz and 115.2 kbit/s need
        // 24.4375 = 391 sixteenths; 90 MHz and 115.2 kbit/s 48.8125 = 781 sixteenths.
        assert_eq!(divider(45_000_000, 115_200), Some(391));
        assert_eq!(divider(90_000_000, 115_200), Some(781));
        assert_eq!(divider(16_000_000, 115_200), Some(139));
        assert_eq!(divider(16_000_000, 1_100_000), None);
        assert_eq!(divider(180_000_000, 300), None);
        assert_eq!(divider(45_000_000, 0), None);
    }

    #[test]
    fn a_line_is_switched_on_both_ways_with_its_interrupt() {
        let line = block_of_zeroes::<RegisterBlock>();
        enable(line, divider(45_000_000, 115_200));
        // RM0386, USART_CR1: UE 13, RXNEIE 5, TE 3, RE 2.
        assert_eq!(line.cr1().read().bits(), 1 << 13 | 1 << 5 | 1 << 3 | 1 << 2);
        assert_eq!(line.brr().read().bits(), 391);
        assert_eq!(receive(line), None);
    }
}
