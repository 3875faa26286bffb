//! The board in both modes, as one type: `ecu-host` is then in the image once. Knows nothing of
//! what either does.

use alloc::{string::String, vec::Vec};

use back_to_back::{LinkBoard, Linked};
use ecu_host::board::{
    Board, CanError, CanFrame, CanStatus, GpioError, I2cOperation, I2cTransfer, Level, NvBlock,
    NvError, NvStatus, PinConfig, PinWatch, Record, SpiConfig, SpiError, SpiOperation, SpiTransfer,
};

use crate::{ecu_board::EcuBoard, hardware::Hardware, link::LinkPort};

/// Devices in real time, or a tester in their place.
pub(crate) enum ModeBoard<H: Hardware> {
    RealTime(EcuBoard<H>),
    Verification(LinkBoard<LinkPort<H>>),
}

impl<H: Hardware> ModeBoard<H> {
    /// The devices; none in verification.
    pub(crate) fn real_time(&mut self) -> Option<&mut EcuBoard<H>> {
        match self {
            ModeBoard::RealTime(board) => Some(board),
            ModeBoard::Verification(_) => None,
        }
    }

    fn board(&self) -> &dyn Board {
        match self {
            ModeBoard::RealTime(board) => board,
            ModeBoard::Verification(board) => board,
        }
    }

    fn board_mut(&mut self) -> &mut dyn Board {
        match self {
            ModeBoard::RealTime(board) => board,
            ModeBoard::Verification(board) => board,
        }
    }
}

impl<H: Hardware> Linked for ModeBoard<H> {
    type Port = LinkPort<H>;

    fn link(&self) -> Option<&LinkBoard<LinkPort<H>>> {
        match self {
            ModeBoard::RealTime(_) => None,
            ModeBoard::Verification(board) => Some(board),
        }
    }
}

impl<H: Hardware> Board for ModeBoard<H> {
    fn now_ns(&mut self, modelled_ns: u64) -> u64 {
        self.board_mut().now_ns(modelled_ns)
    }

    fn wait(&mut self, from_ns: u64, until_ns: u64) {
        self.board_mut().wait(from_ns, until_ns);
    }

    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        self.board_mut().transmit(at_ns, request, frame)
    }

    fn transmit_once(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
    ) -> Result<(), CanError> {
        self.board_mut().transmit_once(at_ns, request, frame)
    }

    fn abort(&mut self, at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        self.board_mut().abort(at_ns, bus, request)
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        self.board().can_bit_rate_hz(bus)
    }

    fn can_status(&self, at_ns: u64, bus: &str) -> Option<CanStatus> {
        self.board().can_status(at_ns, bus)
    }

    fn has_can(&self, bus: &str) -> bool {
        self.board().has_can(bus)
    }

    fn has_i2c(&self, bus: &str) -> bool {
        self.board().has_i2c(bus)
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        self.board_mut().i2c(at_ns, bus, address, operations)
    }

    fn has_spi(&self, device: &str) -> bool {
        self.board().has_spi(device)
    }

    fn spi_devices(&self) -> Vec<String> {
        self.board().spi_devices()
    }

    fn spi_configure(
        &mut self,
        at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        self.board_mut().spi_configure(at_ns, device, config)
    }

    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        self.board_mut().spi(at_ns, device, operations)
    }

    fn pin(&self, name: &str) -> Option<PinConfig> {
        self.board().pin(name)
    }

    fn digital_read(&mut self, at_ns: u64, pin: &str) -> Result<Level, GpioError> {
        self.board_mut().digital_read(at_ns, pin)
    }

    fn digital_write(&mut self, at_ns: u64, pin: &str, level: Level) -> Result<(), GpioError> {
        self.board_mut().digital_write(at_ns, pin, level)
    }

    fn analog_read(&mut self, at_ns: u64, pin: &str) -> Result<u32, GpioError> {
        self.board_mut().analog_read(at_ns, pin)
    }

    fn analog_write(&mut self, at_ns: u64, pin: &str, value: u32) -> Result<(), GpioError> {
        self.board_mut().analog_write(at_ns, pin, value)
    }

    fn pin_ready(
        &mut self,
        at_ns: u64,
        pin: &str,
        watch: PinWatch,
        since_ns: u64,
    ) -> Result<Option<u64>, GpioError> {
        self.board_mut().pin_ready(at_ns, pin, watch, since_ns)
    }

    fn nv_read(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        self.board_mut().nv_read(at_ns, block)
    }

    fn nv_write(&mut self, at_ns: u64, block: NvBlock<'_>, data: &[u8]) -> Result<(), NvError> {
        self.board_mut().nv_write(at_ns, block, data)
    }

    fn nv_invalidate(&mut self, at_ns: u64, block: NvBlock<'_>) -> Result<(), NvError> {
        self.board_mut().nv_invalidate(at_ns, block)
    }

    fn nv_status(&mut self, at_ns: u64, block: NvBlock<'_>) -> NvStatus {
        self.board_mut().nv_status(at_ns, block)
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        self.board_mut().record(at_ns, record)
    }

    fn random(&mut self) -> u64 {
        self.board_mut().random()
    }
}
