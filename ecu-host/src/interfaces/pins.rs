//! What digital and analog pins of `wasi:gpio@0.2.0` have in common: handles, errors, and the
//! configuration. Knows no level and no number.

use alloc::{format, string::String};
use core::marker::PhantomData;

use wasmtime::Result;

use crate::{
    binding::{ComponentNamedList, Lift, LinkerInstance, Resource, ResourceType, WasmStr},
    board::{ActiveLevel, Board, GpioError, PinConfig, PinDirection, PinKind, PinWatch, Pull},
    handles::{self, push},
    host::{Call, Host, now_ns, with_board},
    misuse::Misuse,
    wasi::poll::Pollable,
    wit::wit,
};

/// What a handle of a pin stands for; `R` tells the six resources apart.
pub(crate) struct Pin<R> {
    pub(crate) name: String,
    pub(crate) config: PinConfig,
    role: PhantomData<R>,
}

/// One of the six resources.
pub(crate) trait Role: Send + 'static {
    const RESOURCE: &'static str;
    const DIRECTION: PinDirection;
    const IS_ANALOG: bool;
}

macro_rules! role {
    ($name:ident, $resource:literal, $direction:ident, $is_analog:literal) => {
        pub(crate) struct $name;
        impl Role for $name {
            const RESOURCE: &'static str = $resource;
            const DIRECTION: PinDirection = PinDirection::$direction;
            const IS_ANALOG: bool = $is_analog;
        }
    };
}

role!(DigitalOut, "digital-out-pin", Out, false);
role!(DigitalIn, "digital-in-pin", In, false);
role!(DigitalInOut, "digital-in-out-pin", InOut, false);
role!(AnalogOut, "analog-out-pin", Out, true);
role!(AnalogIn, "analog-in-pin", In, true);
role!(AnalogInOut, "analog-in-out-pin", InOut, true);

pub(crate) type Handle<R> = Resource<Pin<R>>;
pub(crate) type Answer<T> = (Result<T, Error>,);

wit! {
    pub(crate) variant Error: [Lower] {
        "hardware-fault" HardwareFault,
        "already-in-use" AlreadyInUse,
        "pin-not-allowed" PinNotAllowed,
        "pin-mode-not-allowed" PinModeNotAllowed,
        "undefined-pin-label" UndefinedPinLabel,
        "pin-mode-not-available" PinModeNotAvailable,
        "would-block" WouldBlock,
        "operation-not-supported" OperationNotSupported,
        "other" Other(String),
    }
}

impl From<GpioError> for Error {
    fn from(error: GpioError) -> Error {
        match error {
            GpioError::HardwareFault => Error::HardwareFault,
            GpioError::AlreadyInUse => Error::AlreadyInUse,
            GpioError::PinNotAllowed => Error::PinNotAllowed,
            GpioError::PinModeNotAllowed => Error::PinModeNotAllowed,
            GpioError::UndefinedPinLabel => Error::UndefinedPinLabel,
            GpioError::PinModeNotAvailable => Error::PinModeNotAvailable,
            GpioError::WouldBlock => Error::WouldBlock,
            GpioError::OperationNotSupported => Error::OperationNotSupported,
            GpioError::Other(words) => Error::Other(words),
        }
    }
}

wit! {
    pub(crate) enumeration PinMode: [Lower] {
        "in" In,
        "out" Out,
        "in-out" InOut,
    }
}

impl From<PinDirection> for PinMode {
    fn from(direction: PinDirection) -> PinMode {
        match direction {
            PinDirection::In => PinMode::In,
            PinDirection::Out => PinMode::Out,
            PinDirection::InOut => PinMode::InOut,
        }
    }
}

wit! {
    record DigitalConfig: [Lower] {
        "label" label: String,
        "pin-mode" pin_mode: PinMode,
        "active-level" active_level: Active,
        "pull-resistor" pull_resistor: Option<PullResistor>,
    }
}

wit! {
    record AnalogConfig: [Lower] {
        "label" label: String,
        "pin-mode" pin_mode: PinMode,
    }
}

wit! {
    enumeration Active: [Lower] {
        "active-high" High,
        "active-low" Low,
    }
}

wit! {
    enumeration PullResistor: [Lower] {
        "pull-up" Up,
        "pull-down" Down,
    }
}

/// The types of `wasi:gpio/general` alone.
pub(crate) fn define_types<B: 'static>(_: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    Ok(())
}

/// `wireloom:ecu/buses#open-…`: a handle of a pin that can be used that way.
pub(crate) fn open<B: Board, R: Role>(
    mut call: Call<'_, B>,
    (name,): (WasmStr,),
) -> Result<(Handle<R>,)> {
    let name = handles::text(&call, &name)?;
    let config = with_board(&mut call, |_, board, _| board.pin(&name))?;
    let fits = |config: &PinConfig| {
        let is_analog = matches!(config.kind, PinKind::Analog { .. });
        let goes = config.direction == R::DIRECTION || config.direction == PinDirection::InOut;
        is_analog == R::IS_ANALOG && goes
    };
    let Some(config) = config else {
        return Err(Misuse::NoPin { name }.into());
    };
    if !fits(&config) {
        let resource = R::RESOURCE;
        return Err(Misuse::PinKind { name, resource }.into());
    }
    let pin = Pin::<R> {
        name,
        config,
        role: PhantomData,
    };
    Ok((push(&mut call, pin)?,))
}

/// The resource with what every pin has.
pub(crate) fn define<B: Board + 'static, R: Role>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    let resource = R::RESOURCE;
    linker.resource(
        resource,
        ResourceType::host::<Pin<R>>(),
        |mut call, handle| {
            let handle = Handle::<R>::new_own(handle);
            call.data_mut().resources.delete(handle)?;
            Ok(())
        },
    )?;
    linker.func_wrap(
        &format!("[method]{resource}.watch-for-ready"),
        |mut call: Call<'_, B>, (of,): (Handle<R>,)| {
            let _known = call.data().resources.get(&of)?;
            let ready_ns = now_ns(&mut call)?;
            Ok((push(&mut call, Pollable::At { ready_ns })?,))
        },
    )?;
    let get_config = format!("[method]{resource}.get-config");
    match R::IS_ANALOG {
        true => linker.func_wrap(&get_config, |call: Call<'_, B>, (of,): (Handle<R>,)| {
            let pin = call.data().resources.get(&of)?;
            Ok((AnalogConfig {
                label: pin.name.clone(),
                pin_mode: R::DIRECTION.into(),
            },))
        }),
        false => linker.func_wrap(&get_config, |call: Call<'_, B>, (of,): (Handle<R>,)| {
            let pin = call.data().resources.get(&of)?;
            Ok((digital_config(pin),))
        }),
    }
}

fn digital_config<R: Role>(pin: &Pin<R>) -> DigitalConfig {
    DigitalConfig {
        label: pin.name.clone(),
        pin_mode: R::DIRECTION.into(),
        active_level: match pin.config.active_level {
            ActiveLevel::High => Active::High,
            ActiveLevel::Low => Active::Low,
        },
        pull_resistor: pin.config.pull.map(|pull| match pull {
            Pull::Up => PullResistor::Up,
            Pull::Down => PullResistor::Down,
        }),
    }
}

/// A watch is no interrupt: tasks are released by events of the deployment, and a task that runs
/// asks its pollables. A board that does not watch has the draft's error for that; a task polls the
/// pin instead.
pub(crate) fn define_watch<B: Board + 'static, R: Role, P>(
    linker: &mut LinkerInstance<'_, Host<B>>,
    name: &str,
    condition: fn(&PinConfig, &P) -> PinWatch,
) -> Result<()>
where
    P: ComponentNamedList + Lift + WatchOf<R> + 'static,
{
    let name = format!("[method]{}.{name}", R::RESOURCE);
    linker.func_wrap(&name, move |mut call: Call<'_, B>, parameters: P| {
        let pin = call.data().resources.get(parameters.pin())?;
        let (name, watch) = (pin.name.clone(), condition(&pin.config, &parameters));
        let (since_ns, known) = with_board(&mut call, |_, board, at_ns| {
            (at_ns, board.pin_ready(at_ns, &name, watch, at_ns))
        })?;
        let answer: Answer<Resource<Pollable>> = match known {
            Err(error) => (Err(error.into()),),
            Ok(_) => {
                let pollable = Pollable::Pin {
                    name,
                    watch,
                    since_ns,
                };
                (Ok(push(&mut call, pollable)?),)
            }
        };
        Ok(answer)
    })
}

/// The parameters of a watch begin with the pin.
pub(crate) trait WatchOf<R> {
    fn pin(&self) -> &Handle<R>;
}

impl<R> WatchOf<R> for (Handle<R>,) {
    fn pin(&self) -> &Handle<R> {
        &self.0
    }
}

impl<R, T> WatchOf<R> for (Handle<R>, T) {
    fn pin(&self) -> &Handle<R> {
        &self.0
    }
}
