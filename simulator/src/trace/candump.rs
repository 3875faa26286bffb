//! Frames of a trace as a log of `candump -l`, written while a run goes on. Knows nothing of files.

use super::{Kind, Trace};
use crate::can::log::write_line;
use std::io;

/// Remembers what it has written.
#[derive(Debug, Default)]
pub struct CandumpWriter {
    next: u64,
    line: String,
}

impl CandumpWriter {
    /// Writes the frames since the last call, each at its end of frame.
    pub fn write(&mut self, trace: &Trace, out: &mut dyn io::Write) -> io::Result<()> {
        for row in trace
            .rows_from(self.next)
            .filter(|row| row.kind == Kind::Frame)
        {
            let Some(frame) = row.frame() else { continue };
            self.line.clear();
            // Writing to a string does not fail.
            let _ = write_line(&mut self.line, row.time_ns, row.subject, &frame);
            self.line.push('\n');
            out.write_all(self.line.as_bytes())?;
        }
        self.next = trace.end();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_each_frame_once() {
        let mut trace = Trace::new(1 << 20);
        let bus = trace.subject("can0");
        let (mut writer, mut out) = (CandumpWriter::default(), Vec::new());
        for time_ns in [1_500_000, 2_000_999_999] {
            trace.advance(time_ns);
            trace.record(time_ns, Kind::Frame, bus, format_args!("123#AB climate 7"));
            trace.record(time_ns, Kind::Misuse, bus, format_args!("no frame"));
            writer.write(&trace, &mut out).unwrap();
        }
        writer.write(&trace, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "(0.001500) can0 123#AB\n(2.000999) can0 123#AB\n"
        );
    }
}
