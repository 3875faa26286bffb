//! The board of an ECU that is driven over a link: every call goes to the tester. The same on a
//! microcontroller (a UART) and in a process (standard input and output).

use alloc::{format, string::String, vec::Vec};
use core::cell::RefCell;

use ecu_host::board::{
    Board, BusTime, CanError, CanFrame, CanStatus, I2cError, I2cOperation, I2cTransfer, Record,
};

use crate::{Answer, Call, FromEcu, LinkError, Note, Output, Port, ToEcu, link::Link};

/// See the file's head. Calls of the board cannot fail: after an error of the link they answer what
/// a board without buses would, and [`crate::serve`] ends with the error.
#[derive(Debug)]
pub struct LinkBoard<P> {
    // Some calls of a board take it shared.
    end: RefCell<End<P>>,
}

#[derive(Debug)]
struct End<P> {
    link: Link<P>,
    failed: Option<LinkError>,
}

impl<P: Port> LinkBoard<P> {
    /// A board whose calls go over this port.
    pub fn new(port: P) -> LinkBoard<P> {
        let link = Link::new(port);
        LinkBoard {
            end: RefCell::new(End { link, failed: None }),
        }
    }

    pub(crate) fn receive(&self) -> Result<ToEcu, LinkError> {
        self.end.borrow_mut().link.receive()
    }

    pub(crate) fn say(&self, message: &FromEcu) -> Result<(), LinkError> {
        self.end.borrow_mut().link.send(message)
    }

    pub(crate) fn failed(&self) -> Option<LinkError> {
        self.end.borrow().failed.clone()
    }

    fn ask(&self, call: Call) -> Option<Answer> {
        let end = &mut *self.end.borrow_mut();
        if end.failed.is_some() {
            return None;
        }
        let said = end.link.send(&FromEcu::Output(Output::Call(call)));
        match said.and_then(|()| end.link.receive()) {
            Ok(ToEcu::Answer(answer)) => Some(answer),
            Ok(other) => end.fail(unexpected(&format!("{other:?}"))),
            Err(error) => end.fail(error),
        }
    }

    fn other_answer(&self, answer: &Answer) {
        self.end
            .borrow_mut()
            .fail(unexpected(&format!("{answer:?}")));
    }

    fn taken(&self, call: Call) -> Result<(), CanError> {
        match self.ask(call) {
            Some(Answer::Taken(taken)) => taken,
            Some(other) => {
                self.other_answer(&other);
                Err(CanError::NoBus)
            }
            None => Err(CanError::NoBus),
        }
    }

    fn is_attached(&self, call: Call) -> bool {
        match self.ask(call) {
            Some(Answer::IsAttached(is_attached)) => is_attached,
            Some(other) => {
                self.other_answer(&other);
                false
            }
            None => false,
        }
    }
}

impl<P> End<P> {
    fn fail(&mut self, error: LinkError) -> Option<Answer> {
        self.failed.get_or_insert(error);
        None
    }
}

fn unexpected(found: &str) -> LinkError {
    LinkError::Unexpected {
        expected: "the answer to a call",
        found: String::from(found),
    }
}

impl<P: Port> Board for LinkBoard<P> {
    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        self.taken(Call::Transmit {
            at_ns,
            request,
            frame: frame.clone(),
        })
    }

    fn transmit_once(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
    ) -> Result<(), CanError> {
        self.taken(Call::TransmitOnce {
            at_ns,
            request,
            frame: frame.clone(),
        })
    }

    fn abort(&mut self, at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        self.taken(Call::Abort {
            at_ns,
            bus: bus.into(),
            request,
        })
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        match self.ask(Call::CanBitRate { bus: bus.into() })? {
            Answer::BitRateHz(rate) => rate,
            other => {
                self.other_answer(&other);
                None
            }
        }
    }

    fn can_status(&self, at_ns: u64, bus: &str) -> Option<CanStatus> {
        match self.ask(Call::CanStatus {
            at_ns,
            bus: bus.into(),
        })? {
            Answer::CanStatus(status) => status,
            other => {
                self.other_answer(&other);
                None
            }
        }
    }

    fn has_can(&self, bus: &str) -> bool {
        self.is_attached(Call::HasCan { bus: bus.into() })
    }

    fn has_i2c(&self, bus: &str) -> bool {
        self.is_attached(Call::HasI2c { bus: bus.into() })
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        let answer = self.ask(Call::I2c {
            at_ns,
            bus: bus.into(),
            address,
            operations: operations.to_vec(),
        });
        match answer {
            Some(Answer::I2c {
                bus_ns,
                result,
                operations: done,
            }) if fits(operations, &done) => {
                operations.clone_from_slice(&done);
                let bus_time = BusTime(bus_ns);
                I2cTransfer { bus_time, result }
            }
            other => {
                if let Some(other) = other {
                    self.other_answer(&other);
                }
                I2cTransfer {
                    bus_time: BusTime(0),
                    result: Err(I2cError::Other),
                }
            }
        }
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        let Some(note) = Note::of(at_ns, &record) else {
            return;
        };
        let end = self.end.get_mut();
        if end.failed.is_some() {
            return;
        }
        if let Err(error) = end.link.send(&FromEcu::Output(Output::Note(note))) {
            end.fail(error);
        }
    }

    fn random(&mut self) -> u64 {
        match self.ask(Call::Random) {
            Some(Answer::Random(number)) => number,
            Some(other) => {
                self.other_answer(&other);
                0
            }
            None => 0,
        }
    }
}

/// Whether the answer has the operations that were asked for, each of its length.
fn fits(asked: &[I2cOperation], done: &[I2cOperation]) -> bool {
    let same = |(asked, done): (&I2cOperation, &I2cOperation)| match (asked, done) {
        (I2cOperation::Read(asked), I2cOperation::Read(done)) => asked.len() == done.len(),
        (I2cOperation::Write(asked), I2cOperation::Write(done)) => asked == done,
        _ => false,
    };
    asked.len() == done.len() && asked.iter().zip(done).all(same)
}

/// Names of an ECU's partitions, in the order of their numbers.
pub(crate) fn partition_names<B: Board + 'static>(ecu: &ecu_host::Ecu<B>) -> Vec<String> {
    let name = |number| ecu.partition(ecu_host::PartitionId(number));
    (0..)
        .map_while(|number| name(number).map(|table| table.name.clone()))
        .collect()
}
