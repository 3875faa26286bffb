//! `autosar:can/controllers`: frames of drivers and gateways. FD frames on a bus that does not carry
//! them, and bit rates other than the bus's, are answered by `unsupported`.

use alloc::{string::String, vec::Vec};

use wasmtime::Result;

#[cfg(feature = "can-fd")]
use super::can_flexible;
use super::can_types::{
    Attempts, ConfirmationEntry, ControllerState, Counters, Error, ErrorState, FilterEntry, Format,
    Frame, Identifier, ReceivedFrame, TimedEvent, Timing,
};
use crate::{
    HANDLES,
    binding::{LinkerInstance, Resource, ResourceType, WasmStr},
    board::{Board, CanFrame, CanStatus},
    controller::{BitTiming, Controller, Filter, State},
    handles,
    host::{Call, Host, with_board},
    misuse::Misuse,
};

/// What a handle `controller` stands for: a position among the host's controllers.
struct Handle;

type Controlled = Resource<Handle>;
type Done = Result<(), Error>;

/// The types alone.
pub(crate) fn define_types<B: 'static>(_: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    Ok(())
}

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource(
        "controller",
        ResourceType::host::<Handle>(),
        |mut call, handle| {
            call.data_mut().controllers.close(handle);
            Ok(())
        },
    )?;
    linker.func_wrap("[static]controller.open", open::<B>)?;
    linker.func_wrap("[method]controller.set-filters", set_filters::<B>)?;
    linker.func_wrap(
        "[method]controller.state",
        |mut call: Call<'_, B>, (of,): (Controlled,)| {
            Ok((ControllerState::from(controller(&mut call, &of)?.state),))
        },
    )?;
    linker.func_wrap("[method]controller.configure", configure::<B>)?;
    linker.func_wrap("[method]controller.timing", timing::<B>)?;
    linker.func_wrap("[method]controller.stop", stop::<B>)?;
    linker.func_wrap("[method]controller.error-state", error_state::<B>)?;
    linker.func_wrap("[method]controller.counters", counters::<B>)?;
    linker.func_wrap("[method]controller.transmit", transmit::<B>)?;
    linker.func_wrap("[method]controller.abort", abort::<B>)?;
    linker.func_wrap("[method]controller.next-event", next_event::<B>)?;
    linker.func_wrap("[method]controller.confirmed", confirmed::<B>)?;
    linker.func_wrap("[method]controller.receive", receive::<B>)?;
    for (name, from, to) in [
        ("[method]controller.start", State::Stopped, State::Started),
        ("[method]controller.sleep", State::Stopped, State::Sleep),
        ("[method]controller.wake", State::Sleep, State::Stopped),
    ] {
        linker.func_wrap(name, move |mut call: Call<'_, B>, (of,): (Controlled,)| {
            let controller = controller(&mut call, &of)?;
            let changed = in_state(controller, from);
            if changed.is_ok() {
                controller.state = to;
            }
            Ok((changed,))
        })?;
    }
    Ok(())
}

fn controller<'a, B>(call: &'a mut Call<'_, B>, of: &Controlled) -> Result<&'a mut Controller> {
    let controller = call.data_mut().controllers.get_mut(of.rep());
    controller.ok_or_else(|| Misuse::OutsideActivation.into())
}

fn in_state(controller: &Controller, state: State) -> Done {
    match controller.state == state {
        true => Ok(()),
        false => Err(Error::WrongState(controller.state.into())),
    }
}

fn open<B: Board>(
    mut call: Call<'_, B>,
    (name,): (WasmStr,),
) -> Result<(Result<Controlled, Error>,)> {
    let name = handles::text(&call, &name)?;
    if !with_board(&mut call, |_, board, _| board.has_can(&name))? {
        return Ok((Err(Error::UnknownBus),));
    }
    let handle = call
        .data_mut()
        .controllers
        .open(name)
        .ok_or(Misuse::Handles { limit: HANDLES })?;
    Ok((Ok(Resource::new_own(handle)),))
}

fn configure<B: Board>(
    mut call: Call<'_, B>,
    (of, nominal, data): (Controlled, Timing, Option<Timing>),
) -> Result<(Done,)> {
    let controller_entry = controller(&mut call, &of)?;
    let bus = controller_entry.bus.clone();
    let ready = in_state(controller_entry, State::Stopped);
    let nominal = BitTiming::from(nominal);
    let data = data.map(BitTiming::from);
    let data_rate = match data {
        Some(_) => with_board(&mut call, |_, board, _| data_rate_hz(board, &bus))?,
        None => None,
    };
    let checked = ready.and_then(|()| match (data, data_rate, nominal.broken_rule()) {
        (Some(_), None, _) => Err(Error::Unsupported),
        (_, _, Some(rule)) => Err(Error::Invalid(rule.into())),
        _ => Ok(()),
    });
    if checked.is_err() {
        return Ok((checked,));
    }
    let rate = with_board(&mut call, |_, board, _| board.can_bit_rate_hz(&bus))?;
    let is_other = data.is_some_and(|data| data_rate != Some(data.bit_rate_hz));
    if rate != Some(nominal.bit_rate_hz) || is_other {
        return Ok((Err(Error::Unsupported),));
    }
    let controller = controller(&mut call, &of)?;
    controller.timing = Some(nominal);
    #[cfg(feature = "can-fd")]
    {
        controller.data_timing = data;
    }
    Ok((Ok(()),))
}

/// What a board does not know can not be answered by these types.
fn unknown(method: &str) -> wasmtime::Error {
    let function = alloc::format!("autosar:can/controllers@0.1.0#[method]controller.{method}");
    Misuse::Unserved { function }.into()
}

fn timing<B: Board>(
    mut call: Call<'_, B>,
    (of,): (Controlled,),
) -> Result<((Timing, Option<Timing>),)> {
    let controller = controller(&mut call, &of)?;
    let (bus, set, data) = (
        controller.bus.clone(),
        controller.timing,
        controller.data_timing(),
    );
    let rate = with_board(&mut call, |_, board, _| board.can_bit_rate_hz(&bus))?;
    let nominal = set.or(rate.map(BitTiming::at_rate));
    let nominal = nominal.ok_or_else(|| unknown("timing"))?;
    let data_rate = with_board(&mut call, |_, board, _| data_rate_hz(board, &bus))?;
    let data = data.or(data_rate.map(BitTiming::at_rate));
    Ok(((nominal.into(), data.map(Timing::from)),))
}

/// Where the bus carries frames of CAN FD.
#[cfg(feature = "can-fd")]
fn data_rate_hz<B: Board>(board: &B, bus: &str) -> Option<u32> {
    Some(board.can_flexible_rates(bus)?.data_bit_rate_hz)
}

#[cfg(not(feature = "can-fd"))]
fn data_rate_hz<B: Board>(_: &B, _: &str) -> Option<u32> {
    None
}

/// The state before it is left: waiting requests are withdrawn as far as the board can do that.
fn stop<B: Board>(mut call: Call<'_, B>, (of,): (Controlled,)) -> Result<(Done,)> {
    let controller = controller(&mut call, &of)?;
    let ready = in_state(controller, State::Started);
    if ready.is_ok() {
        controller.state = State::Stopped;
        let (bus, waiting) = (controller.bus.clone(), controller.requests().to_vec());
        with_board(&mut call, |_, board, at_ns| {
            for request in waiting {
                // The confirmation tells what became of it.
                let _withdrawn = board.abort(at_ns, &bus, request);
            }
        })?;
    }
    Ok((ready,))
}

fn status<B: Board>(call: &mut Call<'_, B>, of: &Controlled, method: &str) -> Result<CanStatus> {
    let bus = controller(call, of)?.bus.clone();
    let status = with_board(call, |_, board, at_ns| board.can_status(at_ns, &bus))?;
    status.ok_or_else(|| unknown(method))
}

fn error_state<B: Board>(mut call: Call<'_, B>, (of,): (Controlled,)) -> Result<(ErrorState,)> {
    Ok((status(&mut call, &of, "error-state")?.state.into(),))
}

fn counters<B: Board>(mut call: Call<'_, B>, (of,): (Controlled,)) -> Result<(Counters,)> {
    let CanStatus {
        transmit_errors,
        receive_errors,
        ..
    } = status(&mut call, &of, "counters")?;
    let counters = Counters {
        transmit_errors,
        receive_errors,
    };
    Ok((counters,))
}

fn abort<B: Board>(mut call: Call<'_, B>, (of, request): (Controlled, u64)) -> Result<(Done,)> {
    let controller = controller(&mut call, &of)?;
    if !controller.requests().contains(&request) {
        let rule = "no request of that number waits at this controller";
        return Ok((Err(Error::Invalid(rule.into())),));
    }
    let bus = controller.bus.clone();
    let taken = with_board(&mut call, |_, board, at_ns| {
        board.abort(at_ns, &bus, request)
    })?;
    Ok((taken.map_err(Error::from),))
}

fn next_event<B: Board>(
    mut call: Call<'_, B>,
    (of,): (Controlled,),
) -> Result<(Option<TimedEvent>,)> {
    let oldest = controller(&mut call, &of)?.events.pop_front();
    let entry = oldest.map(|(timestamp_ns, event)| TimedEvent {
        event: event.into(),
        timestamp_ns,
    });
    Ok((entry,))
}

fn set_filters<B: Board>(
    mut call: Call<'_, B>,
    (of, filters): (Controlled, Vec<FilterEntry>),
) -> Result<(Done,)> {
    let checked = filters.iter().map(|filter| {
        let (id, extended) = identifier(filter.id)?;
        Ok(Filter {
            id,
            extended,
            mask: filter.mask,
        })
    });
    let checked: Result<Vec<Filter>, Error> = checked.collect();
    let controller = controller(&mut call, &of)?;
    let result = in_state(controller, State::Stopped).and(checked);
    Ok((result.map(|filters| controller.filters = filters),))
}

pub(super) fn identifier(id: Identifier) -> Result<(u32, bool), Error> {
    match id {
        Identifier::Standard(id) if id <= 0x7ff => Ok((u32::from(id), false)),
        Identifier::Extended(id) if id <= 0x1fff_ffff => Ok((id, true)),
        Identifier::Standard(_) => Err(Error::Invalid("a standard identifier has 11 bits".into())),
        Identifier::Extended(_) => Err(Error::Invalid("an extended identifier has 29 bits".into())),
    }
}

fn transmit<B: Board>(
    mut call: Call<'_, B>,
    (of, frame, attempts): (Controlled, Frame, Attempts),
) -> Result<(Result<u64, Error>,)> {
    let controller_entry = controller(&mut call, &of)?;
    let bus = controller_entry.bus.clone();
    let ready = in_state(controller_entry, State::Started);
    #[cfg(feature = "can-fd")]
    if ready.is_ok() && can_flexible::is_flexible(frame.format) {
        let rates = with_board(&mut call, |_, board, _| board.can_flexible_rates(&bus))?;
        let frame = match rates {
            Some(_) => can_flexible::flexible(bus, frame),
            None => Err(Error::Unsupported),
        };
        return send(call, &of, frame, attempts);
    }
    let checked = ready.and_then(|()| classic(bus, frame));
    send(call, &of, checked, attempts)
}

fn send<B: Board>(
    mut call: Call<'_, B>,
    of: &Controlled,
    checked: Result<CanFrame, Error>,
    attempts: Attempts,
) -> Result<(Result<u64, Error>,)> {
    let frame = match checked {
        Ok(frame) => frame,
        Err(error) => return Ok((Err(error),)),
    };
    let request = call.data_mut().next_request();
    let taken = with_board(&mut call, |_, board, at_ns| match attempts {
        Attempts::UntilSent => board.transmit(at_ns, request, &frame),
        Attempts::OneShot => board.transmit_once(at_ns, request, &frame),
    })?;
    if taken.is_ok() {
        controller(&mut call, of)?.requested(request);
    }
    Ok((taken.map(|()| request).map_err(Error::from),))
}

/// The frame, where it is a classic one by the rules of the standard.
fn classic(bus: String, frame: Frame) -> Result<CanFrame, Error> {
    let (id, extended) = identifier(frame.id)?;
    let is_classic = frame.format == Format::REMOTE || frame.format == Format::default();
    if !is_classic {
        return Err(Error::Unsupported);
    }
    if frame.dlc > 15 {
        return Err(Error::Invalid("a length code has 4 bits".into()));
    }
    let remote = frame.format == Format::REMOTE;
    let length = usize::from(frame.dlc.min(8));
    match (remote, frame.data.len()) {
        (true, 0) => Ok(CanFrame {
            bus,
            id,
            extended,
            remote,
            data: alloc::vec![0; length],
            #[cfg(feature = "can-fd")]
            flexible: None,
        }),
        (true, _) => Err(Error::Invalid("a remote frame carries no data".into())),
        (false, found) if found == length => Ok(CanFrame {
            bus,
            id,
            extended,
            remote,
            data: frame.data,
            #[cfg(feature = "can-fd")]
            flexible: None,
        }),
        (false, _) => Err(Error::Invalid("data and length code differ".into())),
    }
}

fn confirmed<B: Board>(
    mut call: Call<'_, B>,
    (of,): (Controlled,),
) -> Result<(Option<ConfirmationEntry>,)> {
    let oldest = controller(&mut call, &of)?.confirmations.pop_front();
    let entry = oldest.map(|oldest| ConfirmationEntry {
        request: oldest.request,
        outcome: oldest.outcome.into(),
        timestamp_ns: oldest.at_ns,
    });
    Ok((entry,))
}

fn receive<B: Board>(
    mut call: Call<'_, B>,
    (of,): (Controlled,),
) -> Result<(Option<ReceivedFrame>,)> {
    let oldest = controller(&mut call, &of)?.take();
    let entry = oldest.map(|oldest| {
        let CanFrame {
            id,
            extended,
            remote,
            data,
            #[cfg(feature = "can-fd")]
            flexible,
            ..
        } = oldest.frame;
        let id = match extended {
            true => Identifier::Extended(id),
            false => Identifier::Standard(id as u16),
        };
        let dlc = data.len() as u8;
        let (format, data) = match remote {
            true => (Format::REMOTE, Vec::new()),
            false => (Format::default(), data),
        };
        #[cfg(feature = "can-fd")]
        let (format, dlc) = match flexible {
            Some(flexible) => (can_flexible::format(flexible), can_flexible::code(&data)),
            None => (format, dlc),
        };
        let frame = Frame {
            id,
            format,
            dlc,
            data,
        };
        ReceivedFrame {
            frame,
            timestamp_ns: oldest.at_ns,
            lost: oldest.lost,
        }
    });
    Ok((entry,))
}
