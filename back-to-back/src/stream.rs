//! A port over a reader and a writer of the standard library: a socket, a pipe, a serial device.

use std::{
    io::{Read, Write},
    vec::Vec,
};

use crate::{Closed, Port};

/// Bytes that are read ahead.
const BUFFER_BYTES: usize = 4_096;

/// Reads ahead, writes at once. Errors of either side count as closed.
#[derive(Debug)]
pub struct Stream<R, W> {
    reader: R,
    writer: W,
    buffer: Vec<u8>,
    next: usize,
}

impl<R: Read, W: Write> Stream<R, W> {
    /// A port over both.
    pub fn new(reader: R, writer: W) -> Stream<R, W> {
        Stream {
            reader,
            writer,
            buffer: Vec::new(),
            next: 0,
        }
    }

    fn fill(&mut self) -> Result<(), Closed> {
        self.buffer.resize(BUFFER_BYTES, 0);
        self.next = 0;
        let count = loop {
            match self.reader.read(&mut self.buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other.unwrap_or(0),
            }
        };
        self.buffer.truncate(count);
        match count {
            0 => Err(Closed),
            _ => Ok(()),
        }
    }
}

impl<R: Read, W: Write> Port for Stream<R, W> {
    fn read(&mut self) -> Result<u8, Closed> {
        if self.next >= self.buffer.len() {
            self.fill()?;
        }
        let byte = self.buffer.get(self.next).copied().ok_or(Closed)?;
        self.next += 1;
        Ok(byte)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        let written = self.writer.write_all(bytes);
        written
            .and_then(|()| self.writer.flush())
            .map_err(|_| Closed)
    }
}
