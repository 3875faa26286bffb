//! The connection to the hub: what the ECU tells and asks there. Knows no device.

use std::{
    net::{SocketAddr, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use ecu_host::board::{BusTime, I2cError, I2cOperation, I2cTransfer};

use crate::{
    ReadError, RunError,
    linux_board::News,
    protocol::{PROTOCOL, ToEcu, ToHub, WireError, WireOperation, read_message, write_message},
};

/// An answer to an I2C transaction: time on the bus, and what was read.
type Answer = (u64, Result<Vec<WireOperation>, WireError>);

pub(crate) struct HubLink {
    stream: TcpStream,
    answers: Receiver<Answer>,
}

impl HubLink {
    /// Says hello; a thread of its own reads, so that a frame wakes the ECU.
    pub(crate) fn connect(
        address: SocketAddr,
        ecu: &str,
        news: Sender<News>,
    ) -> Result<HubLink, RunError> {
        let failed = |error| RunError::Connect {
            address: address.to_string(),
            error,
        };
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let hello = ToHub::Hello {
            protocol: PROTOCOL,
            ecu: ecu.to_owned(),
        };
        write_message(&mut stream, &hello).map_err(failed)?;
        let (tell_answer, answers) = channel();
        let mut reader = stream.try_clone().map_err(failed)?;
        let read = move || while forward(&mut reader, &news, &tell_answer).is_some() {};
        let named = thread::Builder::new()
            .name("hub connection".to_owned())
            .spawn(read);
        named.map_err(failed)?;
        Ok(HubLink { stream, answers })
    }

    /// A hub that is gone is noticed by the reader of the connection.
    pub(crate) fn tell(&mut self, message: &ToHub) -> std::io::Result<()> {
        write_message(&mut self.stream, message)
    }

    fn ask(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &[I2cOperation],
    ) -> Option<Answer> {
        let operations = operations.iter().map(WireOperation::from).collect();
        self.tell(&ToHub::I2c {
            at_ns,
            bus: bus.to_owned(),
            address,
            operations,
        })
        .ok()?;
        self.answers.recv().ok()
    }

    /// One transaction with the hub's devices.
    pub(crate) fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        let failed = |error| I2cTransfer {
            bus_time: BusTime(0),
            result: Err(error),
        };
        let Some((bus_ns, result)) = self.ask(at_ns, bus, address, operations) else {
            return failed(I2cError::Bus);
        };
        let bus_time = BusTime(bus_ns);
        match result {
            Err(error) => I2cTransfer {
                bus_time,
                result: Err(error.into()),
            },
            Ok(answers) if same_shape(operations, &answers) => {
                for (operation, answer) in operations.iter_mut().zip(answers) {
                    *operation = answer.into();
                }
                I2cTransfer {
                    bus_time,
                    result: Ok(()),
                }
            }
            Ok(_) => failed(I2cError::Other),
        }
    }
}

fn forward(stream: &mut TcpStream, news: &Sender<News>, answers: &Sender<Answer>) -> Option<()> {
    match read_message(stream) {
        Ok(ToEcu::I2c { bus_ns, result }) => answers.send((bus_ns, result)).ok(),
        Ok(message) => news.send(News::Hub(Ok(message))).ok(),
        Err(error) => {
            let _last = news.send(News::Hub(Err(error)));
            None
        }
    }
}

/// A hub that closes without a word.
pub(crate) fn lost() -> RunError {
    RunError::HubLost(ReadError::Closed)
}

fn same_shape(operations: &[I2cOperation], answers: &[WireOperation]) -> bool {
    let same = |(operation, answer): (&I2cOperation, &WireOperation)| match (operation, answer) {
        (I2cOperation::Read(asked), WireOperation::Read(read)) => asked.len() == read.len(),
        (I2cOperation::Write(_), WireOperation::Write(_)) => true,
        _ => false,
    };
    operations.len() == answers.len() && operations.iter().zip(answers).all(same)
}
