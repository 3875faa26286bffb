//! `wasi:gpio/digital@0.2.0`: levels at pins, as states that the active level gives them.

use alloc::format;

use wasmtime::Result;

use super::pins::{
    self, Answer, DigitalIn, DigitalInOut, DigitalOut, Error, Handle, Role, define_watch,
};
use crate::{
    binding::LinkerInstance,
    board::{ActiveLevel, Board, Level, PinWatch},
    host::{Call, Host, with_board},
    wit::wit,
};

wit! {
    #[derive(PartialEq, Eq)]
    enumeration State: [Lift Lower] {
        "active" Active,
        "inactive" Inactive,
    }
}

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    pins::define::<B, DigitalOut>(linker)?;
    define_output::<B, DigitalOut>(linker)?;
    pins::define::<B, DigitalIn>(linker)?;
    define_input::<B, DigitalIn>(linker)?;
    pins::define::<B, DigitalInOut>(linker)?;
    define_output::<B, DigitalInOut>(linker)?;
    define_input::<B, DigitalInOut>(linker)
}

fn define_output<B: Board + 'static, R: Role>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    let method = |name| format!("[method]{}.{name}", R::RESOURCE);
    linker.func_wrap(
        &method("set-state"),
        |call: Call<'_, B>, (of, state): (Handle<R>, State)| write(call, &of, state),
    )?;
    for (name, state) in [
        ("set-active", State::Active),
        ("set-inactive", State::Inactive),
    ] {
        linker.func_wrap(
            &method(name),
            move |call: Call<'_, B>, (of,): (Handle<R>,)| write(call, &of, state),
        )?;
    }
    linker.func_wrap(
        &method("toggle"),
        |mut call: Call<'_, B>, (of,): (Handle<R>,)| {
            let pin = call.data().resources.get(&of)?.name.clone();
            let done = with_board(&mut call, |_, board, at_ns| {
                let level = board.digital_read(at_ns, &pin)?;
                board.digital_write(at_ns, &pin, level.inverted())
            })?;
            Ok((done.map_err(Error::from),))
        },
    )
}

fn define_input<B: Board + 'static, R: Role>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    let method = |name| format!("[method]{}.{name}", R::RESOURCE);
    linker.func_wrap(&method("read"), |call: Call<'_, B>, (of,): (Handle<R>,)| {
        Ok((read(call, &of)?,))
    })?;
    for (name, state) in [
        ("is-active", State::Active),
        ("is-inactive", State::Inactive),
    ] {
        linker.func_wrap(
            &method(name),
            move |call: Call<'_, B>, (of,): (Handle<R>,)| {
                Ok((read(call, &of)?.map(|found| found == state),))
            },
        )?;
    }
    define_watch::<B, R, (Handle<R>, State)>(linker, "watch-state", |config, (_, state)| {
        PinWatch::Level(level_of(config.active_level, *state))
    })?;
    define_watch::<B, R, (Handle<R>,)>(linker, "watch-active", |config, _| {
        PinWatch::Level(level_of(config.active_level, State::Active))
    })?;
    define_watch::<B, R, (Handle<R>,)>(linker, "watch-inactive", |config, _| {
        PinWatch::Level(level_of(config.active_level, State::Inactive))
    })?;
    // Edges are those of the level at the pin, whichever is active.
    define_watch::<B, R, (Handle<R>,)>(linker, "watch-falling-edge", |_, _| {
        PinWatch::Edge(Level::Low)
    })?;
    define_watch::<B, R, (Handle<R>,)>(linker, "watch-rising-edge", |_, _| {
        PinWatch::Edge(Level::High)
    })
}

fn level_of(active_level: ActiveLevel, state: State) -> Level {
    match (state, active_level) {
        (State::Active, ActiveLevel::High) | (State::Inactive, ActiveLevel::Low) => Level::High,
        (State::Active, ActiveLevel::Low) | (State::Inactive, ActiveLevel::High) => Level::Low,
    }
}

fn write<B: Board, R: Role>(
    mut call: Call<'_, B>,
    of: &Handle<R>,
    state: State,
) -> Result<Answer<()>> {
    let pin = call.data().resources.get(of)?;
    let level = level_of(pin.config.active_level, state);
    let name = pin.name.clone();
    let done = with_board(&mut call, |_, board, at_ns| {
        board.digital_write(at_ns, &name, level)
    })?;
    Ok((done.map_err(Error::from),))
}

fn read<B: Board, R: Role>(mut call: Call<'_, B>, of: &Handle<R>) -> Result<Result<State, Error>> {
    let pin = call.data().resources.get(of)?;
    let (name, active_level) = (pin.name.clone(), pin.config.active_level);
    let level = with_board(&mut call, |_, board, at_ns| {
        board.digital_read(at_ns, &name)
    })?;
    let state = level.map(|level| match (level, active_level) {
        (Level::High, ActiveLevel::High) | (Level::Low, ActiveLevel::Low) => State::Active,
        (Level::High, ActiveLevel::Low) | (Level::Low, ActiveLevel::High) => State::Inactive,
    });
    Ok(state.map_err(Error::from))
}
