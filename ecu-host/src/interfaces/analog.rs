//! `wasi:gpio/analog@0.2.0`: numbers at pins, raw and as fractions of the full scale. A pin that
//! is active at the low level counts downwards.

use alloc::format;

use wasmtime::Result;

use super::pins::{
    self, AnalogIn, AnalogInOut, AnalogOut, Answer, Error, Handle, Pin, Role, define_watch,
};
use crate::{
    binding::LinkerInstance,
    board::{ActiveLevel, Board, PinConfig, PinKind, PinWatch},
    host::{Call, Host, with_board},
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    pins::define::<B, AnalogOut>(linker)?;
    define_output::<B, AnalogOut>(linker)?;
    pins::define::<B, AnalogIn>(linker)?;
    define_input::<B, AnalogIn>(linker)?;
    pins::define::<B, AnalogInOut>(linker)?;
    define_output::<B, AnalogInOut>(linker)?;
    define_input::<B, AnalogInOut>(linker)
}

fn define_output<B: Board + 'static, R: Role>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    let method = |name| format!("[method]{}.{name}", R::RESOURCE);
    linker.func_wrap(
        &method("set-value-raw"),
        |call: Call<'_, B>, (of, value): (Handle<R>, u32)| {
            let full_scale = full_scale(call.data().resources.get(&of)?);
            write(call, &of, value.min(full_scale))
        },
    )?;
    linker.func_wrap(
        &method("set-value"),
        |call: Call<'_, B>, (of, value): (Handle<R>, f32)| {
            let full_scale = full_scale(call.data().resources.get(&of)?);
            if !(0.0..=1.0).contains(&value) {
                let words = format!("a value is 0 to 1, not {value}");
                return Ok((Err(Error::Other(words)),));
            }
            // Half a step is added, so that the nearest number is taken; `as` cuts the rest off.
            let steps = f64::from(value) * f64::from(full_scale) + 0.5;
            write(call, &of, (steps as u32).min(full_scale))
        },
    )
}

fn define_input<B: Board + 'static, R: Role>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    let method = |name| format!("[method]{}.{name}", R::RESOURCE);
    linker.func_wrap(
        &method("read-raw"),
        |call: Call<'_, B>, (of,): (Handle<R>,)| Ok((read(call, &of)?.map(|(value, _)| value),)),
    )?;
    linker.func_wrap(&method("read"), |call: Call<'_, B>, (of,): (Handle<R>,)| {
        let fraction = |(value, full_scale)| (f64::from(value) / f64::from(full_scale)) as f32;
        Ok((read(call, &of)?.map(fraction),))
    })?;
    define_watch::<B, R, (Handle<R>, u32)>(linker, "watch-above-raw", |config, (_, value)| {
        above(config, *value)
    })?;
    define_watch::<B, R, (Handle<R>, u32)>(linker, "watch-below-raw", |config, (_, value)| {
        below(config, *value)
    })?;
    define_watch::<B, R, (Handle<R>, f32)>(linker, "watch-above", |config, (_, fraction)| {
        // Above 2.5 is above 2, since there are no numbers between.
        above(config, part(config, *fraction) as u32)
    })?;
    define_watch::<B, R, (Handle<R>, f32)>(linker, "watch-below", |config, (_, fraction)| {
        let part = part(config, *fraction);
        let whole = part as u32;
        // Below 2.5 is below 3.
        let is_between = part > f64::from(whole);
        below(config, whole.saturating_add(u32::from(is_between)))
    })
}

fn above(config: &PinConfig, value: u32) -> PinWatch {
    match config.active_level {
        ActiveLevel::High => PinWatch::Above(value),
        ActiveLevel::Low => PinWatch::Below(scale_of(config).saturating_sub(value)),
    }
}

fn below(config: &PinConfig, value: u32) -> PinWatch {
    match config.active_level {
        ActiveLevel::High => PinWatch::Below(value),
        ActiveLevel::Low => PinWatch::Above(scale_of(config).saturating_sub(value)),
    }
}

/// What a fraction is of the full scale. Numbers made of it by `as` saturate, and NaN is 0.
fn part(config: &PinConfig, fraction: f32) -> f64 {
    f64::from(fraction) * f64::from(scale_of(config))
}

/// At least 1, so that it divides.
fn scale_of(config: &PinConfig) -> u32 {
    match config.kind {
        PinKind::Analog { full_scale } => full_scale.max(1),
        PinKind::Digital => 1,
    }
}

fn full_scale<R>(pin: &Pin<R>) -> u32 {
    scale_of(&pin.config)
}

/// The number at the pin of what a guest says, and the other way round.
fn turned(active_level: ActiveLevel, value: u32, full_scale: u32) -> u32 {
    match active_level {
        ActiveLevel::High => value,
        ActiveLevel::Low => full_scale.saturating_sub(value),
    }
}

fn write<B: Board, R: Role>(
    mut call: Call<'_, B>,
    of: &Handle<R>,
    value: u32,
) -> Result<Answer<()>> {
    let pin = call.data().resources.get(of)?;
    let value = turned(pin.config.active_level, value, full_scale(pin));
    let name = pin.name.clone();
    let done = with_board(&mut call, |_, board, at_ns| {
        board.analog_write(at_ns, &name, value)
    })?;
    Ok((done.map_err(Error::from),))
}

/// The number, not above the full scale, and the full scale.
fn read<B: Board, R: Role>(
    mut call: Call<'_, B>,
    of: &Handle<R>,
) -> Result<Result<(u32, u32), Error>> {
    let pin = call.data().resources.get(of)?;
    let (name, active_level) = (pin.name.clone(), pin.config.active_level);
    let full_scale = full_scale(pin);
    let found = with_board(&mut call, |_, board, at_ns| board.analog_read(at_ns, &name))?;
    let value = |found: u32| turned(active_level, found.min(full_scale), full_scale);
    Ok(found
        .map(|found| (value(found), full_scale))
        .map_err(Error::from))
}
