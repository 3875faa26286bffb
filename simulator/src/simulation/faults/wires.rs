//! Faults that transactions on I2C and SPI and calls of pins meet. Knows nothing of devices.

use super::What;
use crate::{
    faults::{I2cEffect, SpiEffect},
    i2c::Disturbance,
    simulation::world::World,
};
use ecu_host::board::{GpioError, SpiError, SpiOperation};

/// What a fault of I2C is in the terms of the bus.
fn disturbance(effect: I2cEffect) -> Disturbance {
    let none = Disturbance::default();
    match effect {
        I2cEffect::Nack { byte, .. } => Disturbance {
            nack: Some(byte),
            ..none
        },
        I2cEffect::Fail { error, .. } => Disturbance {
            failure: Some(error),
            ..none
        },
        I2cEffect::Corrupt { byte, bit, .. } => Disturbance {
            flip: Some((byte, 1 << (bit % 8))),
            ..none
        },
        I2cEffect::Stretch { by_ns, .. } => Disturbance {
            stretch_ns: by_ns,
            ..none
        },
        I2cEffect::Disconnect { .. } => Disturbance {
            is_apart: true,
            ..none
        },
        I2cEffect::Stuck => Disturbance {
            is_stuck: true,
            ..none
        },
    }
}

/// `None`: all of them.
fn address_of(effect: I2cEffect) -> Option<u16> {
    match effect {
        I2cEffect::Nack { address, .. }
        | I2cEffect::Fail { address, .. }
        | I2cEffect::Corrupt { address, .. }
        | I2cEffect::Stretch { address, .. }
        | I2cEffect::Disconnect { address } => Some(address),
        I2cEffect::Stuck => None,
    }
}

impl World {
    /// What happens to a transaction that is asked for now.
    pub(in crate::simulation) fn i2c_disturbance(
        &mut self,
        at_ns: u64,
        (bus, address): (usize, u16),
    ) -> Disturbance {
        let meets = |what: &What| match what {
            What::I2c { bus: own, effect }
                if *own == bus && address_of(*effect).is_none_or(|own| own == address) =>
            {
                Some((disturbance(*effect), effect.to_string()))
            }
            _ => None,
        };
        let struck = self.faults.strike(&mut self.trace, at_ns, meets);
        struck.unwrap_or_default()
    }

    /// What happens to a transaction with a device on SPI.
    pub(in crate::simulation) fn spi_effect(
        &mut self,
        at_ns: u64,
        place: (usize, usize),
    ) -> Option<SpiEffect> {
        let meets = |what: &What| match what {
            What::Spi { place: own, effect } if *own == place => {
                Some((effect.clone(), effect.to_string()))
            }
            _ => None,
        };
        self.faults.strike(&mut self.trace, at_ns, meets)
    }

    /// Whether a call of a pin fails.
    pub(in crate::simulation) fn pin_failure(
        &mut self,
        at_ns: u64,
        pin: &str,
    ) -> Result<(), GpioError> {
        let meets = |what: &What| match what {
            What::Pin { pin: own, error } if own == pin => Some((error.clone(), "fail".to_owned())),
            _ => None,
        };
        match self.faults.strike(&mut self.trace, at_ns, meets) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// The error of a transaction that fails before its first bit.
pub(in crate::simulation) fn spi_failure(effect: &Option<SpiEffect>) -> Option<SpiError> {
    match effect {
        Some(SpiEffect::Fail { error }) => Some(error.clone()),
        _ => None,
    }
}

/// Turns the bit over in what the controller only writes, before it goes out.
pub(in crate::simulation) fn flip_written(effect: &Option<SpiEffect>, all: &mut [SpiOperation]) {
    flip(effect, all, |operation| {
        matches!(operation, SpiOperation::Write(_))
    });
}

/// Turns the bit over in what has come in.
pub(in crate::simulation) fn flip_read(effect: &Option<SpiEffect>, all: &mut [SpiOperation]) {
    flip(effect, all, |operation| {
        !matches!(operation, SpiOperation::Write(_))
    });
}

fn flip(
    effect: &Option<SpiEffect>,
    all: &mut [SpiOperation],
    is_meant: impl Fn(&SpiOperation) -> bool,
) {
    let Some(SpiEffect::Corrupt { byte, bit }) = effect else {
        return;
    };
    let mut before = 0;
    for operation in all {
        let is_meant = is_meant(operation);
        let (SpiOperation::Read(bytes)
        | SpiOperation::Write(bytes)
        | SpiOperation::Transfer(bytes)) = operation
        else {
            continue;
        };
        let place = (*byte as usize).checked_sub(before + 1);
        before += bytes.len();
        if let Some(byte) = place.and_then(|place| bytes.get_mut(place))
            && is_meant
        {
            *byte ^= 1 << (bit % 8);
        }
    }
}
