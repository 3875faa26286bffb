//! The connection to the hub: what the ECU tells and asks there. Knows no device.

use std::{
    net::{SocketAddr, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use ecu_host::board::{
    BusTime, GpioError, I2cError, I2cOperation, I2cTransfer, SpiConfig, SpiError, SpiOperation,
    SpiTransfer,
};

use crate::{
    ReadError, RunError,
    linux_board::News,
    protocol::{
        PROTOCOL, PinAnswer, PinRequest, ToEcu, ToHub, WireOperation, read_message, write_message,
    },
};

pub(crate) struct HubLink {
    stream: TcpStream,
    /// What the ECU waits for, one at a time.
    answers: Receiver<ToEcu>,
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

    fn ask(&mut self, request: &ToHub) -> Option<ToEcu> {
        self.tell(request).ok()?;
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
        let request = ToHub::I2c {
            at_ns,
            bus: bus.to_owned(),
            address,
            operations: operations.iter().map(WireOperation::from).collect(),
        };
        let Some(ToEcu::I2c { bus_ns, result }) = self.ask(&request) else {
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

    /// One transaction with an SPI device of the hub.
    pub(crate) fn spi(
        &mut self,
        at_ns: u64,
        device: &str,
        operations: &mut [SpiOperation],
    ) -> SpiTransfer {
        let request = ToHub::Spi {
            at_ns,
            device: device.to_owned(),
            operations: operations.to_vec(),
        };
        let Some(ToEcu::Spi { bus_ns, result }) = self.ask(&request) else {
            return SpiTransfer::failed(SpiError::Other(HUB_GONE.to_owned()));
        };
        let result = result.and_then(|answers| match same_spi_shape(operations, &answers) {
            true => {
                operations.clone_from_slice(&answers);
                Ok(())
            }
            false => Err(SpiError::Other("the hub answers something else".to_owned())),
        });
        SpiTransfer {
            bus_time: BusTime(bus_ns),
            result,
        }
    }

    /// How an SPI device of the hub is spoken to.
    pub(crate) fn spi_configure(
        &mut self,
        at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        let request = ToHub::SpiConfigure {
            at_ns,
            device: device.to_owned(),
            config,
        };
        match self.ask(&request) {
            Some(ToEcu::SpiConfigured { result }) => result,
            _ => Err(SpiError::Other(HUB_GONE.to_owned())),
        }
    }

    /// Something at a pin of the hub.
    pub(crate) fn pin(
        &mut self,
        at_ns: u64,
        pin: &str,
        request: PinRequest,
    ) -> Result<PinAnswer, GpioError> {
        let request = ToHub::Pin {
            at_ns,
            pin: pin.to_owned(),
            request,
        };
        match self.ask(&request) {
            Some(ToEcu::Pin { result }) => result,
            _ => Err(GpioError::HardwareFault),
        }
    }
}

/// That it is gone is noticed by the reader of the connection, and ends the run.
const HUB_GONE: &str = "the hub does not answer";

fn forward(stream: &mut TcpStream, news: &Sender<News>, answers: &Sender<ToEcu>) -> Option<()> {
    match read_message(stream) {
        Ok(answer) if is_answer(&answer) => answers.send(answer).ok(),
        Ok(message) => news.send(News::Hub(Ok(message))).ok(),
        Err(error) => {
            let _last = news.send(News::Hub(Err(error)));
            None
        }
    }
}

fn is_answer(message: &ToEcu) -> bool {
    matches!(
        message,
        ToEcu::I2c { .. } | ToEcu::Spi { .. } | ToEcu::SpiConfigured { .. } | ToEcu::Pin { .. }
    )
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

fn same_spi_shape(operations: &[SpiOperation], answers: &[SpiOperation]) -> bool {
    use SpiOperation::{DelayNs, Read, Transfer, Write};
    let same = |(operation, answer): (&SpiOperation, &SpiOperation)| match (operation, answer) {
        (Read(asked), Read(done)) | (Transfer(asked), Transfer(done)) => asked.len() == done.len(),
        (Write(asked), Write(done)) => asked == done,
        (DelayNs(asked), DelayNs(done)) => asked == done,
        _ => false,
    };
    operations.len() == answers.len() && operations.iter().zip(answers).all(same)
}
