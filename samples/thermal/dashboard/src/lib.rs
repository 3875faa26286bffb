//! What the driver sees of the climate: one line of text and a warning level.
//! Knows nothing of how values and statuses reach it.
#![cfg_attr(target_arch = "wasm32", no_std)]

mod line;

#[cfg(target_arch = "wasm32")]
mod component;

pub use line::Line;

guest_runtime::guest!(arena_bytes: 512);

/// From this temperature on the driver is cautioned.
pub const HOT_CELSIUS: f32 = 35.0;
/// From this duty on the fan has no reserve left.
pub const LIMIT_PERCENT: f32 = 99.5;

/// State of the fan as the dashboard knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fan {
    Off,
    Ramping,
    Running,
    Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    None,
    Caution,
    Alarm,
}

/// The last values; `None`: there is none that may be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inputs {
    pub celsius: Option<f32>,
    pub duty_percent: Option<f32>,
    pub fan: Option<Fan>,
}

/// The text, such as `cabin 27.5 C  fan  48 %`.
pub fn text(inputs: &Inputs) -> Line {
    let mut line = Line::new();
    line.push("cabin ");
    match inputs.celsius {
        Some(celsius) => line.push_tenths(celsius),
        None => line.push("--.-"),
    }
    line.push(" C  fan ");
    match (inputs.fan, inputs.duty_percent) {
        (Some(Fan::Fault), _) => line.push("fault"),
        (Some(Fan::Off), _) => line.push("off"),
        (_, Some(percent)) => {
            line.push_whole(percent);
            line.push(" %");
        }
        (_, None) => line.push("-- %"),
    }
    line
}

pub fn warning(inputs: &Inputs) -> Warning {
    match inputs {
        Inputs {
            fan: None | Some(Fan::Fault),
            ..
        } => Warning::Alarm,
        Inputs { celsius: None, .. }
        | Inputs {
            duty_percent: None, ..
        } => Warning::Alarm,
        Inputs {
            celsius: Some(celsius),
            ..
        } if *celsius >= HOT_CELSIUS => Warning::Caution,
        Inputs {
            duty_percent: Some(duty),
            ..
        } if *duty >= LIMIT_PERCENT => Warning::Caution,
        _ => Warning::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Inputs = Inputs {
        celsius: Some(27.46),
        duty_percent: Some(47.5),
        fan: Some(Fan::Running),
    };

    #[test]
    fn shows_values() {
        assert_eq!(text(&CALM).as_str(), "cabin 27.5 C  fan 48 %");
        assert_eq!(warning(&CALM), Warning::None);
        let off = Inputs {
            fan: Some(Fan::Off),
            celsius: Some(-3.04),
            ..CALM
        };
        assert_eq!(text(&off).as_str(), "cabin -3.0 C  fan off");
    }

    #[test]
    fn shows_what_is_missing() {
        let nothing = Inputs {
            celsius: None,
            duty_percent: None,
            fan: None,
        };
        assert_eq!(text(&nothing).as_str(), "cabin --.- C  fan -- %");
        assert_eq!(warning(&nothing), Warning::Alarm);
        assert_eq!(
            warning(&Inputs {
                celsius: None,
                ..CALM
            }),
            Warning::Alarm
        );
    }

    #[test]
    fn warns() {
        assert_eq!(
            warning(&Inputs {
                celsius: Some(35.0),
                ..CALM
            }),
            Warning::Caution
        );
        assert_eq!(
            warning(&Inputs {
                duty_percent: Some(100.0),
                ..CALM
            }),
            Warning::Caution
        );
        let fault = Inputs {
            fan: Some(Fan::Fault),
            ..CALM
        };
        assert_eq!(warning(&fault), Warning::Alarm);
        assert_eq!(text(&fault).as_str(), "cabin 27.5 C  fan fault");
    }

    #[test]
    fn never_needs_more_than_32_bytes() {
        let wild = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN,
            -9999.94,
            1e9,
        ];
        for value in wild {
            let inputs = Inputs {
                celsius: Some(value),
                duty_percent: Some(value),
                fan: Some(Fan::Ramping),
            };
            assert!(text(&inputs).as_str().len() <= line::CAPACITY, "{value}");
        }
    }
}
