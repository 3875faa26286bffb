//! `autosar:can/controllers`: classic frames of drivers and gateways. FD frames, one-shot
//! transmission and other timings than the bus's are answered by `unsupported`.

use alloc::{string::String, vec::Vec};

use wasmtime::{
    Result,
    component::{
        ComponentType, Lift, LinkerInstance, Lower, Resource, ResourceType, WasmStr, flags,
    },
};

use crate::{
    HANDLES,
    board::{Board, CanError, CanFrame},
    controller::{Controller, Filter, State},
    handles,
    host::{Call, Host, with_board},
    misuse::Misuse,
    outcome::Transmission,
};

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(variant)]
enum Identifier {
    #[component(name = "standard")]
    Standard(u16),
    #[component(name = "extended")]
    Extended(u32),
}

flags! {
    Format {
        #[component(name = "remote")]
        const REMOTE;
        #[component(name = "flexible-data-rate")]
        const FLEXIBLE_DATA_RATE;
        #[component(name = "bit-rate-switch")]
        const BIT_RATE_SWITCH;
        #[component(name = "error-state-indicator")]
        const ERROR_STATE_INDICATOR;
    }
}

#[derive(Clone, ComponentType, Lift, Lower)]
#[component(record)]
struct Frame {
    id: Identifier,
    format: Format,
    dlc: u8,
    data: Vec<u8>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct ReceivedFrame {
    frame: Frame,
    #[component(name = "timestamp-ns")]
    timestamp_ns: u64,
    lost: u32,
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(record)]
struct FilterEntry {
    id: Identifier,
    mask: u32,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct ConfirmationEntry {
    request: u64,
    outcome: TransmitOutcome,
    #[component(name = "timestamp-ns")]
    timestamp_ns: u64,
}

#[derive(ComponentType, Lower)]
#[component(variant)]
enum TransmitOutcome {
    #[component(name = "sent")]
    Sent,
    #[component(name = "aborted")]
    Aborted,
    #[component(name = "arbitration-lost")]
    #[expect(dead_code, reason = "one-shot transmission is not served yet")]
    ArbitrationLost,
    #[component(name = "failed")]
    #[expect(dead_code, reason = "one-shot transmission is not served yet")]
    Failed(BusError),
}

#[derive(Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
enum Attempts {
    #[component(name = "until-sent")]
    #[expect(dead_code, reason = "it comes from guests only")]
    UntilSent,
    #[component(name = "one-shot")]
    OneShot,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
enum ControllerState {
    #[component(name = "uninit")]
    #[expect(dead_code, reason = "an opened controller is initialised")]
    Uninit,
    #[component(name = "stopped")]
    Stopped,
    #[component(name = "started")]
    Started,
    #[component(name = "sleep")]
    Sleep,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "no transmission fails by one of these yet")]
enum BusError {
    #[component(name = "bit")]
    Bit,
    #[component(name = "stuff")]
    Stuff,
    #[component(name = "form")]
    Form,
    #[component(name = "crc")]
    Crc,
    #[component(name = "ack")]
    Ack,
}

#[derive(ComponentType, Lower)]
#[component(variant)]
enum Error {
    #[component(name = "unknown-bus")]
    UnknownBus,
    #[component(name = "wrong-state")]
    WrongState(ControllerState),
    #[component(name = "queue-full")]
    QueueFull,
    #[component(name = "invalid")]
    Invalid(String),
    #[component(name = "unsupported")]
    Unsupported,
    #[component(name = "bus-off")]
    BusOff,
}

impl From<State> for ControllerState {
    fn from(state: State) -> ControllerState {
        match state {
            State::Stopped => ControllerState::Stopped,
            State::Started => ControllerState::Started,
            State::Sleep => ControllerState::Sleep,
        }
    }
}

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
    linker.func_wrap("[method]controller.transmit", transmit::<B>)?;
    linker.func_wrap("[method]controller.confirmed", confirmed::<B>)?;
    linker.func_wrap("[method]controller.receive", receive::<B>)?;
    for (name, from, to) in [
        ("[method]controller.start", State::Stopped, State::Started),
        ("[method]controller.stop", State::Started, State::Stopped),
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

fn identifier(id: Identifier) -> Result<(u32, bool), Error> {
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
    let checked = ready.and_then(|()| classic(bus, frame, attempts));
    let frame = match checked {
        Ok(frame) => frame,
        Err(error) => return Ok((Err(error),)),
    };
    let request = call.data_mut().next_request();
    let taken = with_board(&mut call, |_, board, at_ns| {
        board.transmit(at_ns, request, &frame)
    })?;
    let answer = match taken {
        Ok(()) => {
            controller(&mut call, &of)?.requested(request);
            Ok(request)
        }
        Err(CanError::NoBus) => Err(Error::UnknownBus),
        Err(CanError::QueueFull) => Err(Error::QueueFull),
        Err(CanError::BusOff) => Err(Error::BusOff),
    };
    Ok((answer,))
}

/// The frame, where it is a classic one by the rules of the standard.
fn classic(bus: String, frame: Frame, attempts: Attempts) -> Result<CanFrame, Error> {
    let (id, extended) = identifier(frame.id)?;
    let is_classic = frame.format == Format::REMOTE || frame.format == Format::default();
    if !is_classic || attempts == Attempts::OneShot {
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
        }),
        (true, _) => Err(Error::Invalid("a remote frame carries no data".into())),
        (false, found) if found == length => Ok(CanFrame {
            bus,
            id,
            extended,
            remote,
            data: frame.data,
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
        outcome: match oldest.outcome {
            Transmission::Sent => TransmitOutcome::Sent,
            Transmission::Aborted => TransmitOutcome::Aborted,
        },
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
