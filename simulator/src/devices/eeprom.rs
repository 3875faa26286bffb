//! What serial EEPROMs of one family have in common: word address, pages, the write cycle. Knows no
//! size.
//!
//! Source: Microchip (Atmel), AT24C02C (DS20006042) and AT24C256C (DS20006047); "Write operations"
//! (page write, acknowledge polling), "Read operations" (current address, sequential read).

use super::{Acknowledge, Register, Stimulus};

/// The write-protect pin.
pub(super) const STIMULI: &[Stimulus] = &[Stimulus {
    name: "write-protect",
    unit: "",
    minimum: 0.0,
    maximum: 1.0,
    step: 1.0,
    default: 0.0,
}];

/// tWR: the device answers nothing for so long after the STOP.
const WRITE_CYCLE_NS: u64 = 5_000_000;

pub(super) struct Eeprom {
    content: Vec<u8>,
    page_bytes: usize,
    /// One or two, the high one first.
    address_bytes: usize,
    /// Where the next byte is read.
    address: usize,
    /// Address bytes of this write so far.
    addressed: usize,
    /// Bytes of a page that wait for the STOP, by their place in it.
    page: Vec<Option<u8>>,
    busy_until_ns: u64,
    is_protected: bool,
    misuse: Vec<String>,
}

impl Eeprom {
    /// As it comes from the factory: all ones.
    pub(super) fn new(bytes: usize, page_bytes: usize, address_bytes: usize) -> Eeprom {
        Eeprom {
            content: vec![0xff; bytes],
            page_bytes,
            address_bytes,
            address: 0,
            addressed: 0,
            page: vec![None; page_bytes],
            busy_until_ns: 0,
            is_protected: false,
            misuse: Vec::new(),
        }
    }

    fn answer(&self, at_ns: u64) -> Acknowledge {
        match at_ns < self.busy_until_ns {
            true => Acknowledge::Nack,
            false => Acknowledge::Ack,
        }
    }

    /// Bits beyond the size do not matter.
    fn move_to(&mut self, address: usize) {
        self.address = address % self.content.len().max(1);
    }

    fn forget_page(&mut self) {
        self.page.iter_mut().for_each(|byte| *byte = None);
    }
}

impl super::Device for Eeprom {
    fn begin_write(&mut self, at_ns: u64) -> Acknowledge {
        self.forget_page();
        self.addressed = 0;
        self.answer(at_ns)
    }

    /// A repeated START in front of it: the bytes of a write before are not written.
    fn begin_read(&mut self, at_ns: u64) -> Acknowledge {
        if self.page.iter().any(Option::is_some) {
            self.misuse.push(
                "data were followed by a repeated START instead of a STOP: they are not written"
                    .to_owned(),
            );
        }
        self.forget_page();
        self.answer(at_ns)
    }

    fn write(&mut self, _at_ns: u64, byte: u8) -> Acknowledge {
        if self.addressed < self.address_bytes {
            let high = if self.addressed == 0 { 0 } else { self.address };
            self.addressed += 1;
            self.move_to(high << 8 | usize::from(byte));
            return Acknowledge::Ack;
        }
        if self.is_protected {
            self.misuse.push(
                "a byte was written while the pin WP is high: it is not acknowledged".to_owned(),
            );
            self.forget_page();
            return Acknowledge::Nack;
        }
        let place = self.address % self.page_bytes;
        if let Some(slot) = self.page.get_mut(place) {
            if slot.is_some() {
                self.misuse.push(format!(
                    "more than {} bytes were written to a page: the first are overwritten",
                    self.page_bytes
                ));
            }
            *slot = Some(byte);
        }
        // Within its page, the address rolls over.
        let page = self.address - place;
        self.move_to(page + (place + 1) % self.page_bytes);
        Acknowledge::Ack
    }

    fn read(&mut self, _at_ns: u64) -> u8 {
        let byte = self.content.get(self.address).copied();
        self.move_to(self.address + 1);
        byte.unwrap_or(0xff)
    }

    fn stop(&mut self, at_ns: u64) {
        let page = self.address - self.address % self.page_bytes;
        let mut is_written = false;
        for (place, byte) in self.page.iter_mut().enumerate() {
            if let (Some(byte), Some(cell)) = (byte.take(), self.content.get_mut(page + place)) {
                *cell = byte;
                is_written = true;
            }
        }
        if is_written {
            self.busy_until_ns = at_ns + WRITE_CYCLE_NS;
        }
    }

    fn begin_general_call(&mut self, _at_ns: u64) -> Acknowledge {
        Acknowledge::Nack
    }

    fn set_stimulus(&mut self, _at_ns: u64, stimulus: usize, value: f64) {
        if stimulus == 0 {
            self.is_protected = value != 0.0;
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        (stimulus == 0).then(|| f64::from(u8::from(self.is_protected)))
    }

    fn registers(&self, at_ns: u64) -> Vec<Register> {
        let at = self.content.get(self.address).copied();
        [
            ("word address", self.address as u16),
            ("byte there", at.unwrap_or(0xff).into()),
            ("write cycle", u16::from(at_ns < self.busy_until_ns)),
        ]
        .map(|(name, value)| Register { name, value })
        .into()
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Device, Model};
    use super::*;

    pub(in crate::devices) const MS: u64 = 1_000_000;

    pub(in crate::devices) fn write(device: &mut dyn Device, at_ns: u64, bytes: &[u8]) {
        assert_eq!(device.begin_write(at_ns), Acknowledge::Ack);
        bytes
            .iter()
            .for_each(|byte| assert_eq!(device.write(at_ns, *byte), Acknowledge::Ack));
        device.stop(at_ns);
    }

    /// A random read: the address by a write without STOP, then a sequential read.
    pub(in crate::devices) fn read(
        device: &mut dyn Device,
        at_ns: u64,
        address: &[u8],
        count: usize,
    ) -> Vec<u8> {
        assert_eq!(device.begin_write(at_ns), Acknowledge::Ack);
        address.iter().for_each(|byte| {
            device.write(at_ns, *byte);
        });
        assert_eq!(device.begin_read(at_ns), Acknowledge::Ack);
        let bytes = (0..count).map(|_| device.read(at_ns)).collect();
        device.stop(at_ns);
        bytes
    }

    /// What both sizes do alike, by their pages.
    pub(in crate::devices) fn behaves(model: &Model, address_bytes: usize, page_bytes: u8) {
        let at = |low: u8| [vec![0; address_bytes - 1], vec![low]].concat();
        let mut device = model.make();
        assert_eq!(read(&mut *device, 0, &at(0), 2), [0xff, 0xff]);

        // A page write that rolls over in its page, one byte before its end.
        write(
            &mut *device,
            0,
            &[at(page_bytes - 1), vec![1, 2, 3]].concat(),
        );
        assert_eq!(device.begin_write(5 * MS - 1), Acknowledge::Nack, "polled");
        assert_eq!(device.begin_read(5 * MS - 1), Acknowledge::Nack);
        let bytes = read(&mut *device, 5 * MS, &at(page_bytes - 1), 2);
        assert_eq!(bytes, [1, 0xff], "the next page is as it was");
        assert_eq!(read(&mut *device, 5 * MS, &at(0), 3), [2, 3, 0xff]);

        // The current address goes on behind the last access.
        assert_eq!(device.begin_read(6 * MS), Acknowledge::Ack);
        assert_eq!(device.read(6 * MS), 0xff);
        assert_eq!(device.take_misuse(), Vec::<String>::new());

        // Without STOP nothing is written.
        device.begin_write(7 * MS);
        for byte in [at(0), vec![9]].concat() {
            device.write(7 * MS, byte);
        }
        device.begin_read(7 * MS);
        device.stop(7 * MS);
        assert_eq!(read(&mut *device, 7 * MS, &at(0), 1), [2]);
        assert_eq!(device.take_misuse().len(), 1);

        // The pin WP.
        device.set_stimulus(8 * MS, 0, 1.0);
        device.begin_write(8 * MS);
        for byte in at(0) {
            assert_eq!(device.write(8 * MS, byte), Acknowledge::Ack);
        }
        assert_eq!(device.write(8 * MS, 9), Acknowledge::Nack);
        device.stop(8 * MS);
        assert_eq!(read(&mut *device, 8 * MS, &at(0), 1), [2], "at once");
        assert_eq!(device.take_misuse().len(), 1);

        // More than a page.
        device.set_stimulus(9 * MS, 0, 0.0);
        let long: Vec<u8> = (0..=page_bytes).collect();
        write(&mut *device, 9 * MS, &[at(0), long].concat());
        let bytes = read(&mut *device, 14 * MS, &at(0), 2);
        assert_eq!(bytes, [page_bytes, 1]);
        assert_eq!(device.take_misuse().len(), 1);
    }
}
