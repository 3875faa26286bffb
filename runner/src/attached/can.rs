//! SocketCAN: frames and error frames of a network interface. Sending never blocks; a thread reads.
//! The socket takes frames of CAN FD too; the kernel refuses those that the interface does not carry.

use std::{io, sync::Arc, thread, time::Duration};

use super::Heard;
use ecu_host::board::{CanBusError, CanError, CanErrorState, CanEvent, CanFlexible, CanFrame};
use socketcan::{
    CanAnyFrame as SocketFrame, CanDataFrame, CanFdFrame, CanFdSocket, CanRemoteFrame,
    EmbeddedFrame, ErrorCause, ExtendedId, Id, Socket, SocketOptions, StandardId, id::FdFlags,
};

/// A kernel that does not take a frame by then has a full queue.
const SEND_WITHIN: Duration = Duration::from_micros(100);

/// An open interface.
pub(crate) struct Interface {
    socket: Arc<CanFdSocket>,
}

impl Interface {
    /// Opens the interface; `tell` hears of everything from a thread of its own, and ends it by
    /// `false`.
    pub(crate) fn open(
        interface: &str,
        bus: &str,
        tell: impl Fn(Heard) -> bool + Send + 'static,
    ) -> Result<Interface, String> {
        Interface::try_open(interface, bus, tell).map_err(|error| error.to_string())
    }

    fn try_open(
        interface: &str,
        bus: &str,
        tell: impl Fn(Heard) -> bool + Send + 'static,
    ) -> io::Result<Interface> {
        let socket = CanFdSocket::open(interface)?;
        socket.set_error_filter_accept_all()?;
        // The reader waits; a sender never does for long.
        socket.set_write_timeout(SEND_WITHIN)?;
        let socket = Arc::new(socket);
        let (reader, bus) = (socket.clone(), bus.to_owned());
        thread::Builder::new()
            .name(format!("CAN {interface}"))
            .spawn(move || while listen(&reader, &bus, &tell) {})?;
        Ok(Interface { socket })
    }

    /// Hands a frame to the controller's queue.
    pub(crate) fn transmit(&self, frame: &CanFrame) -> Result<(), CanError> {
        let frame = encode(frame).ok_or(CanError::Unsupported)?;
        let sent = self.socket.write_frame(&frame);
        sent.map_err(|error| refusal(&error))
    }
}

/// Why the kernel did not take a frame.
fn refusal(error: &io::Error) -> CanError {
    match error.raw_os_error() {
        Some(libc::EAGAIN | libc::ENOBUFS) => CanError::QueueFull,
        _ => CanError::BusOff,
    }
}

fn listen(socket: &CanFdSocket, bus: &str, tell: &impl Fn(Heard) -> bool) -> bool {
    match socket.read_frame() {
        Ok(SocketFrame::Error(frame)) => told(&frame.into_error()).into_iter().all(tell),
        Ok(frame) => decode(bus, &frame).is_none_or(|frame| tell(Heard::Frame(frame))),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => true,
        Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => {
            // The interface is down for now: the driver hears of it, and of what comes after.
            tell(Heard::Event(CanEvent::ErrorState(CanErrorState::BusOff)))
        }
        Err(error) => {
            tell(Heard::Lost(error.to_string()));
            false
        }
    }
}

/// The frame as the kernel takes it; none where it is no frame.
fn encode(frame: &CanFrame) -> Option<SocketFrame> {
    let id: Id = match frame.extended {
        true => ExtendedId::new(frame.id)?.into(),
        false => StandardId::new(u16::try_from(frame.id).ok()?)?.into(),
    };
    match (frame.remote, frame.flexible) {
        (true, _) => Some(SocketFrame::Remote(CanRemoteFrame::new_remote(
            id,
            frame.data.len(),
        )?)),
        (false, None) => Some(SocketFrame::Normal(CanDataFrame::new(id, &frame.data)?)),
        (false, Some(flexible)) => {
            let mut flags = FdFlags::empty();
            flags.set(FdFlags::BRS, flexible.bit_rate_switch);
            flags.set(FdFlags::ESI, flexible.error_state_indicator);
            let encoded = CanFdFrame::with_flags(id, &frame.data, flags)?;
            Some(SocketFrame::Fd(encoded))
        }
    }
}

/// The frame as the ECU takes it; none for an error frame.
fn decode(bus: &str, frame: &SocketFrame) -> Option<CanFrame> {
    let (remote, data) = match frame {
        SocketFrame::Normal(frame) => (false, frame.data().to_vec()),
        SocketFrame::Fd(frame) => (false, frame.data().to_vec()),
        SocketFrame::Remote(frame) => (true, vec![0; frame.dlc()]),
        SocketFrame::Error(_) => return None,
    };
    let flexible = match frame {
        SocketFrame::Fd(frame) => Some(CanFlexible {
            bit_rate_switch: frame.is_brs(),
            error_state_indicator: frame.is_esi(),
        }),
        _ => None,
    };
    let (id, extended) = match frame.id() {
        Id::Standard(id) => (u32::from(id.as_raw()), false),
        Id::Extended(id) => (id.as_raw(), true),
    };
    Some(CanFrame {
        bus: bus.to_owned(),
        id,
        extended,
        remote,
        data,
        flexible,
    })
}

/// What an error frame of the kernel (linux/can/error.h) tells.
fn told(error: &socketcan::CanError) -> Vec<Heard> {
    let counters = error
        .counters()
        .map(|(transmit, receive)| Heard::Counters { transmit, receive });
    let events = error.causes().filter_map(event).map(Heard::Event);
    counters.into_iter().chain(events).collect()
}

fn event(cause: &ErrorCause) -> Option<CanEvent> {
    use socketcan::errors::{ControllerProblems as Problems, ViolationTypes as Types};
    let violated = |types: Types| match types {
        types if types.intersects(Types::BIT | Types::BIT0 | Types::BIT1) => Some(CanBusError::Bit),
        types if types.contains(Types::STUFF) => Some(CanBusError::Stuff),
        types if types.contains(Types::FORM) => Some(CanBusError::Form),
        _ => None,
    };
    let state = |problems: Problems| {
        let passive = Problems::RX_PASSIVE | Problems::TX_PASSIVE;
        match problems {
            problems if problems.intersects(Problems::RX_OVERFLOW) => Some(CanEvent::Overrun),
            problems if problems.intersects(passive) => {
                Some(CanEvent::ErrorState(CanErrorState::ErrorPassive))
            }
            problems if problems.intersects(Problems::ACTIVE) => {
                Some(CanEvent::ErrorState(CanErrorState::ErrorActive))
            }
            _ => None,
        }
    };
    match cause {
        ErrorCause::LostArbitration(bit) => Some(CanEvent::ArbitrationLost(*bit)),
        ErrorCause::Controller(problems) => state(*problems),
        ErrorCause::Protocol { types, location } => {
            let is_crc = location.to_string().contains("CRC");
            let crc = is_crc.then_some(CanBusError::Crc);
            violated(*types).or(crc).map(CanEvent::BusError)
        }
        ErrorCause::NoAck => Some(CanEvent::BusError(CanBusError::Acknowledge)),
        ErrorCause::BusOff => Some(CanEvent::ErrorState(CanErrorState::BusOff)),
        ErrorCause::Restarted => Some(CanEvent::ErrorState(CanErrorState::ErrorActive)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use socketcan::CanErrorFrame;

    fn frame(id: u32, extended: bool, remote: bool, data: &[u8]) -> CanFrame {
        CanFrame {
            bus: "can0".into(),
            id,
            extended,
            remote,
            data: data.to_vec(),
            flexible: None,
        }
    }

    fn flexible(data: &[u8], bit_rate_switch: bool, error_state_indicator: bool) -> CanFrame {
        CanFrame {
            flexible: Some(CanFlexible {
                bit_rate_switch,
                error_state_indicator,
            }),
            ..frame(0x123, false, false, data)
        }
    }

    #[test]
    fn frames_go_to_the_kernel_and_back_unchanged() {
        for frame in [
            frame(0, false, false, &[]),
            frame(0x7ff, false, false, &[1, 2, 3]),
            frame(0x123, true, false, &[0xff; 8]),
            frame(0x1fff_ffff, true, false, &[9]),
            frame(0x100, false, true, &[0; 5]),
            flexible(&[], false, false),
            flexible(&[0xa5; 12], true, false),
            flexible(&[0x5a; 64], true, true),
        ] {
            let encoded = encode(&frame).unwrap();
            assert_eq!(decode("can0", &encoded), Some(frame));
        }
    }

    #[test]
    fn the_bytes_are_those_of_linux_can_h() {
        use socketcan::frame::AsPtr;
        let Some(SocketFrame::Normal(encoded)) =
            encode(&frame(0x1234_5678, true, false, &[0xa1, 0xa2]))
        else {
            panic!("a data frame");
        };
        let raw: &libc::can_frame = encoded.as_ref();
        assert_eq!(encoded.size(), 16);
        // The identifier with CAN_EFF_FLAG.
        assert_eq!((raw.can_id, raw.can_dlc), (0x9234_5678, 2));
        assert_eq!(raw.data, [0xa1, 0xa2, 0, 0, 0, 0, 0, 0]);
        let Some(SocketFrame::Fd(encoded)) = encode(&flexible(&[7; 48], true, false)) else {
            panic!("a frame of CAN FD");
        };
        let raw: &libc::canfd_frame = encoded.as_ref();
        assert_eq!(encoded.size(), 72);
        // CANFD_BRS and CANFD_FDF.
        assert_eq!((raw.can_id, raw.len, raw.flags), (0x123, 48, 0x05));
        assert_eq!((raw.data[47], raw.data[48]), (7, 0));
    }

    #[test]
    fn what_is_no_frame_is_not_sent() {
        assert!(encode(&frame(0x800, false, false, &[])).is_none());
        assert!(encode(&frame(0x2000_0000, true, false, &[])).is_none());
        assert!(encode(&frame(1, false, false, &[0; 9])).is_none());
        assert!(encode(&frame(1, false, true, &[0; 9])).is_none());
        assert!(encode(&flexible(&[0; 65], true, false)).is_none());
    }

    #[test]
    fn error_frames_become_events() {
        let heard = |class: u32, data: [u8; 8]| {
            let frame = CanErrorFrame::new_error(class, &data).unwrap();
            told(&frame.into_error())
        };
        let event = |event| [Heard::Event(event)];
        // Classes and bytes of linux/can/error.h.
        assert_eq!(
            heard(0x02, [11, 0, 0, 0, 0, 0, 0, 0]),
            event(CanEvent::ArbitrationLost(11))
        );
        assert_eq!(
            heard(0x40, [0; 8]),
            event(CanEvent::ErrorState(CanErrorState::BusOff))
        );
        assert_eq!(
            heard(0x20, [0; 8]),
            event(CanEvent::BusError(CanBusError::Acknowledge))
        );
        assert_eq!(
            heard(0x04, [0, 0x20, 0, 0, 0, 0, 0, 0]),
            event(CanEvent::ErrorState(CanErrorState::ErrorPassive))
        );
        assert_eq!(
            heard(0x04, [0, 0x01, 0, 0, 0, 0, 0, 0]),
            event(CanEvent::Overrun)
        );
        for (types, error) in [
            (0x01, CanBusError::Bit),
            (0x02, CanBusError::Form),
            (0x04, CanBusError::Stuff),
        ] {
            assert_eq!(
                heard(0x08, [0, 0, types, 0, 0, 0, 0, 0]),
                event(CanEvent::BusError(error))
            );
        }
        // At the CRC sequence (0x08).
        assert_eq!(
            heard(0x08, [0, 0, 0, 0x08, 0, 0, 0, 0]),
            event(CanEvent::BusError(CanBusError::Crc))
        );
        assert_eq!(heard(0x01, [0; 8]), []);
        // CAN_ERR_CNT.
        assert_eq!(
            heard(0x200, [0, 0, 0, 0, 0, 0, 96, 3]),
            [Heard::Counters {
                transmit: 96,
                receive: 3
            }]
        );
    }

    #[test]
    fn a_full_queue_is_told_from_a_bus_that_is_off() {
        let refused = |errno| refusal(&io::Error::from_raw_os_error(errno));
        assert_eq!(refused(libc::ENOBUFS), CanError::QueueFull);
        assert_eq!(refused(libc::EAGAIN), CanError::QueueFull);
        assert_eq!(refused(libc::ENETDOWN), CanError::BusOff);
    }

    #[test]
    fn an_interface_that_is_not_there_is_an_error() {
        assert!(Interface::open("no-such-can", "can0", |_| true).is_err());
    }
}
