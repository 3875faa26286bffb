//! Pins as `ecu-host` and a board speak of them. Knows no controller: levels are those at the pin,
//! what of them is "active" `ecu-host` derives from [`PinConfig`].

use alloc::string::String;

use serde::{Deserialize, Serialize};

/// How a pin is wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinConfig {
    pub direction: PinDirection,
    pub kind: PinKind,
    pub active_level: ActiveLevel,
    /// None: no resistor, or one outside the controller.
    pub pull: Option<Pull>,
}

impl From<&deployment::Pin> for PinConfig {
    fn from(pin: &deployment::Pin) -> PinConfig {
        PinConfig {
            direction: match pin.direction {
                deployment::PinDirection::In => PinDirection::In,
                deployment::PinDirection::Out => PinDirection::Out,
                deployment::PinDirection::InOut => PinDirection::InOut,
            },
            kind: match pin.signal {
                deployment::PinSignal::Digital => PinKind::Digital,
                deployment::PinSignal::Analog { full_scale } => PinKind::Analog { full_scale },
            },
            active_level: match pin.active_level {
                deployment::ActiveLevel::High => ActiveLevel::High,
                deployment::ActiveLevel::Low => ActiveLevel::Low,
            },
            pull: pin.pull.map(|pull| match pull {
                deployment::Pull::Up => Pull::Up,
                deployment::Pull::Down => Pull::Down,
            }),
        }
    }
}

/// Which ways a pin may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum PinDirection {
    In,
    Out,
    InOut,
}

/// What a pin carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinKind {
    /// Two levels.
    Digital,
    /// A number from 0 to this one, which stands for the highest voltage or a duty cycle of 100 %.
    Analog {
        /// At least 1: 4095 for a converter of 12 bits.
        full_scale: u32,
    },
}

/// The level that means "active".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ActiveLevel {
    #[default]
    High,
    Low,
}

/// A resistor within the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Pull {
    Up,
    Down,
}

/// The level at a digital pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Level {
    Low,
    High,
}

impl Level {
    /// The other one.
    #[must_use]
    pub fn inverted(self) -> Level {
        match self {
            Level::Low => Level::High,
            Level::High => Level::Low,
        }
    }
}

/// What a guest waits for at a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinWatch {
    /// The pin has this level.
    Level(Level),
    /// The pin gets this level from the other one.
    Edge(Level),
    /// The number at the pin is above this one.
    Above(u32),
    /// The number at the pin is below this one.
    Below(u32),
}

/// A condition at a pin, as [`super::Board::pin_ready`] takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchedPin<'a> {
    pub pin: &'a str,
    pub watch: PinWatch,
    pub since_ns: u64,
}

/// The errors of `wasi:gpio`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GpioError {
    /// The controller does not reach the pin.
    HardwareFault,
    /// Another process uses the pin.
    AlreadyInUse,
    /// The pin must not be used at all.
    PinNotAllowed,
    /// The pin must not be used this way.
    PinModeNotAllowed,
    /// No pin of that name.
    UndefinedPinLabel,
    /// The pin can not be used this way.
    PinModeNotAvailable,
    /// The call would have to wait.
    WouldBlock,
    /// The ECU has no such function.
    OperationNotSupported,
    /// Anything else, in words.
    Other(String),
}
