//! A build without devices: whatever is to be opened is refused in words, so nothing below it can
//! ever be called.

/// Why nothing opens.
const ABSENT: &str = "this build has no devices; the one of scripts/build-runner has";

/// What no value can be of.
enum Never {}

pub(crate) mod can {
    use super::{super::Heard, ABSENT, Never};
    use ecu_host::board::{CanError, CanFrame};

    pub(crate) struct Interface(Never);

    impl Interface {
        pub(crate) fn open(
            _interface: &str,
            _bus: &str,
            _tell: impl Fn(Heard) -> bool + Send + 'static,
        ) -> Result<Interface, String> {
            Err(ABSENT.to_owned())
        }

        pub(crate) fn transmit(&self, _frame: &CanFrame) -> Result<(), CanError> {
            match self.0 {}
        }
    }
}

pub(crate) mod gpiochip {
    use super::{
        super::edges::{DigitalLine, EdgeSource},
        ABSENT, Never,
    };
    use crate::configuration::PinUse;
    use ecu_host::board::{GpioError, Level};
    use std::path::Path;

    pub(crate) struct GpioLine(Never);

    impl GpioLine {
        pub(crate) fn open(_: &Path, _: u32, _: PinUse, _: bool) -> Result<GpioLine, String> {
            Err(ABSENT.to_owned())
        }
    }

    impl DigitalLine for GpioLine {
        fn level(&self) -> Result<Level, GpioError> {
            match self.0 {}
        }

        fn drive(&self, _level: Level) -> Result<(), GpioError> {
            match self.0 {}
        }

        fn watch(&mut self) -> Result<Box<dyn EdgeSource>, GpioError> {
            match self.0 {}
        }
    }
}

pub(crate) mod i2c {
    use super::{ABSENT, Never};
    use ecu_host::board::{I2cOperation, I2cTransfer};
    use std::path::Path;

    pub(crate) struct Bus(Never);

    impl Bus {
        pub(crate) fn open(_device: &Path) -> Result<Bus, String> {
            Err(ABSENT.to_owned())
        }

        pub(crate) fn transfer(&mut self, _: u16, _: &mut [I2cOperation]) -> I2cTransfer {
            match self.0 {}
        }
    }
}

pub(crate) mod spi {
    use super::{ABSENT, Never};
    use ecu_host::board::{SpiConfig, SpiError, SpiOperation, SpiTransfer};
    use std::path::Path;

    pub(crate) struct Device(Never);

    impl Device {
        pub(crate) fn open(_device: &Path, _config: SpiConfig) -> Result<Device, String> {
            Err(ABSENT.to_owned())
        }

        pub(crate) fn configure(&mut self, _config: SpiConfig) -> Result<(), SpiError> {
            match self.0 {}
        }

        pub(crate) fn transfer(&mut self, _operations: &mut [SpiOperation]) -> SpiTransfer {
            match self.0 {}
        }
    }
}
