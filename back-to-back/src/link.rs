//! Messages over a port of bytes. Knows nothing of what they mean and of what the port is.

use alloc::{string::String, vec::Vec};

use serde::{Serialize, de::DeserializeOwned};

use crate::frame::{self, END, FRAME_BYTES};

/// A serial line, a socket or a pipe.
pub trait Port {
    /// The next byte; waits for it.
    fn read(&mut self) -> Result<u8, Closed>;

    /// Sends all of them.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Closed>;
}

/// The other end has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

/// Why a link does not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum LinkError {
    /// No more bytes.
    #[error("the link was closed before the end; look at the target's log")]
    Closed,
    /// A frame that cannot be read.
    #[error("{what}; check the line, and that both ends are of one version of Wireloom")]
    Broken { what: &'static str },
    /// Another protocol.
    #[error(
        "the target speaks version {found} of the protocol, this is version {expected}; build its image again with this version of Wireloom"
    )]
    Protocol { expected: u32, found: u32 },
    /// The target said so.
    #[error("the target refuses: {reason}")]
    Refused { reason: String },
    /// A message at the wrong time.
    #[error("`{found}` came where {expected} was due; reset the target and begin again")]
    Unexpected {
        expected: &'static str,
        found: String,
    },
    /// The image holds something else.
    #[error(
        "the target holds the partitions `{found}`, the recording is of `{expected}`; build the image from the same project"
    )]
    Partitions { expected: String, found: String },
}

impl From<Closed> for LinkError {
    fn from(_: Closed) -> LinkError {
        LinkError::Closed
    }
}

/// One end of a link.
#[derive(Debug)]
pub(crate) struct Link<P> {
    port: P,
    frame: Vec<u8>,
}

impl<P: Port> Link<P> {
    pub(crate) fn new(port: P) -> Link<P> {
        Link {
            port,
            frame: Vec::new(),
        }
    }

    pub(crate) fn send<T: Serialize>(&mut self, message: &T) -> Result<(), LinkError> {
        let frame = frame::framed(frame::content(message)?);
        Ok(self.port.write(&frame)?)
    }

    pub(crate) fn receive<T: DeserializeOwned>(&mut self) -> Result<T, LinkError> {
        frame::message(&self.receive_content()?)
    }

    /// The bytes of the next message. Empty frames are skipped: a line may begin with a zero.
    pub(crate) fn receive_content(&mut self) -> Result<Vec<u8>, LinkError> {
        self.frame.clear();
        loop {
            match self.port.read()? {
                END if self.frame.is_empty() => {}
                END => return frame::unframed(&self.frame),
                _ if self.frame.len() >= FRAME_BYTES => {
                    return Err(LinkError::Broken {
                        what: "a frame is too long",
                    });
                }
                byte => self.frame.push(byte),
            }
        }
    }
}
