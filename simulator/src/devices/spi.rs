//! What is known of an SPI device, and how the bus speaks to one. Knows no device.

use super::{CanNode, Register, Stimulus};
use deployment::SpiMode;
use std::ops::RangeInclusive;

/// What is known of a device before there is one.
#[derive(Debug)]
pub struct SpiModel {
    /// As the project names it.
    pub name: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// Modes in which it understands its controller.
    pub modes: &'static [SpiMode],
    /// Clocks that its data sheet allows.
    pub clock_hz: RangeInclusive<u32>,
    pub stimuli: &'static [Stimulus],
    pub(super) make: fn() -> Box<dyn SpiDevice>,
}

impl SpiModel {
    /// A device that has been under power for long.
    pub fn make(&self) -> Box<dyn SpiDevice> {
        (self.make)()
    }

    /// Whether it is a CAN controller, with an interrupt output.
    pub fn is_on_can(&self) -> bool {
        self.make().can_node().is_some()
    }
}

/// A device on an SPI bus. Times never go back from call to call.
pub trait SpiDevice: Send {
    /// Chip select falls.
    fn select(&mut self, at_ns: u64);

    /// Eight clocks that end at `at_ns`, the most significant bit first: a byte in, a byte out.
    fn exchange(&mut self, at_ns: u64, byte: u8) -> u8;

    /// Chip select rises.
    fn deselect(&mut self, at_ns: u64);

    /// From `at_ns` on the stimulus at that position of the model's list has this value.
    fn set_stimulus(&mut self, at_ns: u64, stimulus: usize, value: f64);

    /// The present value of a stimulus.
    fn stimulus(&self, stimulus: usize) -> Option<f64>;

    /// What a panel shows.
    fn registers(&self, at_ns: u64) -> Vec<Register>;

    /// What the guest did wrong since the last call; it never stops the run.
    fn take_misuse(&mut self) -> Vec<String>;

    /// Its side on a CAN bus, if it has one.
    fn can_node(&mut self) -> Option<&mut dyn CanNode> {
        None
    }
}
