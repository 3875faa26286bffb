//! A CAN bus that is played by whoever holds the other end of a serial line: SLCAN over a board's
//! bytes. For boards without a CAN controller.

use slcan::{Command, Decoder, Frame, Line};

/// The adapter's side of one line.
#[derive(Debug, Default)]
pub struct SlcanPort {
    decoder: Decoder,
}

impl SlcanPort {
    /// The next frame that the bytes make; answers what is to be answered.
    pub fn receive(
        &mut self,
        mut next: impl FnMut() -> Option<u8>,
        send: impl Fn(&[u8]),
    ) -> Option<Frame> {
        loop {
            let Some(command) = self.decoder.put(next()?) else {
                continue;
            };
            send(command.answer());
            if let Command::Frame(frame) = command {
                return Some(frame);
            }
        }
    }

    /// Sends a frame.
    pub fn transmit(&self, frame: &Frame, send: impl Fn(&[u8])) {
        send(Line::of(frame).as_bytes());
    }
}
