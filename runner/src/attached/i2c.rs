//! `/dev/i2c-*`: one transaction with repeated STARTs is one system call.

use std::{path::Path, time::Instant};

use ecu_host::board::{BusTime, I2cError, I2cOperation, I2cTransfer};
use i2cdev::{
    core::{I2CMessage, I2CTransfer},
    linux::{I2CMessageFlags, LinuxI2CBus, LinuxI2CError, LinuxI2CMessage},
};

/// What the kernel takes in one message (I2C_RDWR).
const MESSAGE_BYTES: usize = 8_192;

/// An open bus.
pub(crate) struct Bus {
    inner: LinuxI2CBus,
}

impl Bus {
    pub(crate) fn open(device: &Path) -> Result<Bus, String> {
        let inner = LinuxI2CBus::new(device).map_err(|error| error.to_string())?;
        Ok(Bus { inner })
    }

    pub(crate) fn transfer(
        &mut self,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        let bytes = |operation: &I2cOperation| match operation {
            I2cOperation::Read(bytes) | I2cOperation::Write(bytes) => bytes.len(),
        };
        if operations.iter().any(|one| bytes(one) > MESSAGE_BYTES) {
            return I2cTransfer {
                bus_time: BusTime(0),
                result: Err(I2cError::Other),
            };
        }
        let begun = Instant::now();
        let mut messages: Vec<_> = operations
            .iter_mut()
            .map(|operation| message(address, operation))
            .collect();
        let done = self.inner.transfer(&mut messages);
        let bus_ns = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        I2cTransfer {
            bus_time: BusTime(bus_ns),
            result: done.map(|_| ()).map_err(|error| meaning(&error)),
        }
    }
}

/// Above 7 bits an address is one of 10.
fn message(address: u16, operation: &mut I2cOperation) -> LinuxI2CMessage<'_> {
    let ten_bit = match address > 0x7f {
        true => I2CMessageFlags::TEN_BIT_ADDRESS,
        false => I2CMessageFlags::empty(),
    };
    let message = match operation {
        I2cOperation::Read(bytes) => {
            LinuxI2CMessage::read(bytes).with_flags(I2CMessageFlags::READ | ten_bit)
        }
        I2cOperation::Write(bytes) => LinuxI2CMessage::write(bytes).with_flags(ten_bit),
    };
    message.with_address(address)
}

fn meaning(error: &LinuxI2CError) -> I2cError {
    match error {
        LinuxI2CError::Errno(errno) => of_errno(Some(*errno)),
        LinuxI2CError::Io(error) => of_errno(error.raw_os_error()),
    }
}

/// By Documentation/i2c/fault-codes of the kernel; the drivers of some controllers answer EREMOTEIO
/// for any missing acknowledge.
fn of_errno(errno: Option<i32>) -> I2cError {
    match errno {
        Some(libc::EAGAIN) => I2cError::ArbitrationLoss,
        Some(libc::EBUSY | libc::EIO | libc::ETIMEDOUT) => I2cError::Bus,
        Some(libc::ENXIO) => I2cError::NoAcknowledgeAddress,
        Some(libc::ENODEV) => I2cError::NoAcknowledgeData,
        Some(libc::EREMOTEIO) => I2cError::NoAcknowledgeUnknown,
        Some(libc::EOVERFLOW) => I2cError::Overrun,
        _ => I2cError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_kernel_have_their_meaning() {
        for (errno, meant) in [
            (libc::EAGAIN, I2cError::ArbitrationLoss),
            (libc::EBUSY, I2cError::Bus),
            (libc::EIO, I2cError::Bus),
            (libc::ETIMEDOUT, I2cError::Bus),
            (libc::ENXIO, I2cError::NoAcknowledgeAddress),
            (libc::ENODEV, I2cError::NoAcknowledgeData),
            (libc::EREMOTEIO, I2cError::NoAcknowledgeUnknown),
            (libc::EOVERFLOW, I2cError::Overrun),
            (libc::EOPNOTSUPP, I2cError::Other),
        ] {
            assert_eq!(meaning(&LinuxI2CError::Errno(errno)), meant);
            let error = std::io::Error::from_raw_os_error(errno);
            assert_eq!(meaning(&LinuxI2CError::Io(error)), meant);
        }
    }

    #[test]
    fn what_is_no_bus_is_an_error() {
        assert!(Bus::open(Path::new("/dev/i2c-none")).is_err());
        // A file that takes no transaction: the error of the system call is told.
        let mut bus = Bus::open(Path::new("/dev/null")).unwrap();
        let done = bus.transfer(0x48, &mut [I2cOperation::Read(vec![0; 2])]);
        assert_eq!(done.result, Err(I2cError::Other));
    }

    #[test]
    fn a_message_too_long_for_the_kernel_is_not_cut() {
        let mut bus = Bus::open(Path::new("/dev/null")).unwrap();
        let done = bus.transfer(0x48, &mut [I2cOperation::Read(vec![0; 65_536])]);
        assert_eq!(done.result, Err(I2cError::Other));
        assert_eq!(done.bus_time, BusTime(0));
    }
}
