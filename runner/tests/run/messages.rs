//! The protocol: what is written is read, and garbage is refused.

use std::num::NonZeroU32;

use runner::{
    EcuReport, MESSAGE_BYTES, NetworkReport, PROTOCOL, PartitionReport, PinAnswer, PinRequest,
    ReadError, TaskReport, ToEcu, ToHub, WireError, WireFrame, WireOperation, WireOutcome,
    board::{BitOrder, GpioError, Level, PinWatch, SpiConfig, SpiError, SpiMode, SpiOperation},
    read_message, write_message,
};

fn frame() -> WireFrame {
    let bus = "can0".to_owned();
    WireFrame {
        bus,
        id: 0x1fff_ffff,
        extended: true,
        remote: false,
        data: vec![0, 127, 255],
        flexible: None,
    }
}

fn to_hub() -> Vec<ToHub> {
    let task = TaskReport {
        name: "fan-step".into(),
        activations: u64::MAX,
        late: 1,
        lost: 2,
        worst_response_ns: 3,
        busy_ns: 4,
    };
    let partition = PartitionReport {
        name: "main".into(),
        traps: 1,
        restarts: 2,
        frames_lost: 3,
        frames_refused: 4,
        values_lost: 5,
        values_refused: 6,
        tasks: vec![task],
    };
    let network = NetworkReport {
        name: "eth0".into(),
        sent: 1,
        received: 3,
        refused: 6,
        lost: 7,
        repeated: 8,
        dropped: 9,
        peers: 1,
    };
    let report = EcuReport {
        ecu: "climate".into(),
        partitions: vec![partition],
        networks: vec![network],
    };
    let operations = vec![
        WireOperation::Write(vec![1]),
        WireOperation::Read(vec![0; 3]),
    ];
    let text = "Grüße\n\0".as_bytes().to_vec();
    let pin = |request| ToHub::Pin {
        at_ns: 1,
        pin: "door".into(),
        request,
    };
    vec![
        ToHub::Hello {
            protocol: PROTOCOL,
            ecu: "climate".into(),
        },
        ToHub::Ready,
        ToHub::Frame {
            request: u64::MAX,
            frame: frame(),
        },
        ToHub::Abort {
            bus: "can0".into(),
            request: 1 << 48,
        },
        ToHub::I2c {
            at_ns: u64::MAX,
            bus: "i2c0".into(),
            address: 0x48,
            operations,
        },
        ToHub::Spi {
            at_ns: 7,
            device: "adc".into(),
            operations: vec![
                SpiOperation::Read(vec![0; 2]),
                SpiOperation::Write(vec![1]),
                SpiOperation::Transfer(vec![0xff]),
                SpiOperation::DelayNs(u32::MAX),
            ],
        },
        ToHub::SpiConfigure {
            at_ns: 7,
            device: "adc".into(),
            config: SpiConfig {
                clock_hz: u32::MAX,
                mode: SpiMode::Mode3,
                bit_order: BitOrder::LeastSignificantFirst,
            },
        },
        pin(PinRequest::DigitalRead),
        pin(PinRequest::DigitalWrite(Level::High)),
        pin(PinRequest::AnalogRead),
        pin(PinRequest::AnalogWrite(u32::MAX)),
        pin(PinRequest::Ready {
            watch: PinWatch::Edge(Level::Low),
            since_ns: u64::MAX,
        }),
        ToHub::Printed {
            at_ns: 1,
            partition: "main".into(),
            instance: None,
            is_error: true,
            text,
        },
        ToHub::Trapped {
            at_ns: 1,
            partition: "main".into(),
            text: "x".into(),
            backtrace: vec![],
        },
        ToHub::Finished { report },
    ]
}

fn to_ecu() -> Vec<ToEcu> {
    let mut all = vec![
        ToEcu::Start {
            run_for_ns: Some(1),
            slower: NonZeroU32::MIN,
        },
        ToEcu::Start {
            run_for_ns: None,
            slower: NonZeroU32::MAX,
        },
        ToEcu::Frame { frame: frame() },
        ToEcu::Confirmed {
            request: u64::MAX,
            outcome: WireOutcome::Sent,
        },
        ToEcu::Confirmed {
            request: 0,
            outcome: WireOutcome::Aborted,
        },
        ToEcu::I2c {
            bus_ns: 5,
            result: Ok(vec![WireOperation::Read(vec![9])]),
        },
        ToEcu::Spi {
            bus_ns: 5,
            result: Ok(vec![SpiOperation::Transfer(vec![9])]),
        },
        ToEcu::Spi {
            bus_ns: 0,
            result: Err(SpiError::Other("x".into())),
        },
        ToEcu::SpiConfigured { result: Ok(()) },
        ToEcu::SpiConfigured {
            result: Err(SpiError::ModeFault),
        },
        ToEcu::Pin {
            result: Err(GpioError::PinNotAllowed),
        },
        ToEcu::Stop,
        ToEcu::Refused {
            reason: "no".into(),
        },
    ];
    let answers = [
        PinAnswer::Level(Level::Low),
        PinAnswer::Number(3),
        PinAnswer::Driven,
        PinAnswer::Ready(None),
        PinAnswer::Ready(Some(u64::MAX)),
    ];
    all.extend(answers.map(|answer| ToEcu::Pin { result: Ok(answer) }));
    for error in [
        WireError::Bus,
        WireError::ArbitrationLoss,
        WireError::NoAcknowledgeAddress,
        WireError::NoAcknowledgeData,
        WireError::NoAcknowledgeUnknown,
        WireError::Overrun,
        WireError::Other,
    ] {
        all.push(ToEcu::I2c {
            bus_ns: 0,
            result: Err(error),
        });
    }
    all
}

#[test]
fn what_is_written_is_read() {
    let mut bytes = Vec::new();
    to_hub()
        .iter()
        .for_each(|message| write_message(&mut bytes, message).unwrap());
    let mut rest = bytes.as_slice();
    for message in to_hub() {
        assert_eq!(read_message::<ToHub>(&mut rest).unwrap(), message);
    }
    assert!(matches!(
        read_message::<ToHub>(&mut rest),
        Err(ReadError::Closed)
    ));
    for message in to_ecu() {
        let mut bytes = Vec::new();
        write_message(&mut bytes, &message).unwrap();
        assert_eq!(
            read_message::<ToEcu>(&mut bytes.as_slice()).unwrap(),
            message
        );
    }
}

#[test]
fn a_message_that_is_cut_off_is_no_message() {
    for message in to_hub() {
        let mut bytes = Vec::new();
        write_message(&mut bytes, &message).unwrap();
        for length in 1..bytes.len() {
            let result = read_message::<ToHub>(&mut &bytes[..length]);
            assert!(
                matches!(result, Err(ReadError::Io(_))),
                "{length} of {message:?}"
            );
        }
    }
}

#[test]
fn garbage_is_refused_and_never_a_panic() {
    let mut state = 1_u64;
    for _ in 0..2_000 {
        // A small generator of its own, the same on every run (xorshift).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let body: Vec<u8> = state
            .to_le_bytes()
            .iter()
            .cycle()
            .take((state % 40) as usize)
            .copied()
            .collect();
        let mut bytes = (body.len() as u32).to_be_bytes().to_vec();
        bytes.extend(body);
        assert!(read_message::<ToHub>(&mut bytes.as_slice()).is_err());
        assert!(read_message::<ToEcu>(&mut bytes.as_slice()).is_err());
    }
}

#[test]
fn every_flipped_byte_is_refused_or_another_message() {
    for message in to_hub() {
        let mut bytes = Vec::new();
        write_message(&mut bytes, &message).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0xff;
            if let Ok(read) = read_message::<ToHub>(&mut changed.as_slice()) {
                assert_ne!(read, message);
            }
        }
    }
}

#[test]
fn refusals_say_why() {
    let read = |body: &str| {
        let mut bytes = (body.len() as u32).to_be_bytes().to_vec();
        bytes.extend(body.bytes());
        read_message::<ToHub>(&mut bytes.as_slice())
            .unwrap_err()
            .to_string()
    };
    assert!(read(r#"{"fly":{}}"#).contains("unknown variant `fly`"));
    assert!(
        read(r#"{"hello":{"protocol":1,"ecu":"a","more":1}}"#).contains("unknown field `more`")
    );
    assert!(read(r#"{"hello":{"protocol":-1,"ecu":"a"}}"#).contains("can not be understood"));
    let too_long = (MESSAGE_BYTES as u32 + 1).to_be_bytes();
    let message = read_message::<ToHub>(&mut too_long.as_slice())
        .unwrap_err()
        .to_string();
    let words = "a message of 1048577 bytes was announced, at most 1048576 are allowed; something else speaks on this port";
    assert_eq!(message, words);
}

#[test]
fn a_message_that_is_too_long_is_not_sent() {
    let text = "x".repeat(MESSAGE_BYTES);
    let message = ToEcu::Refused { reason: text };
    let mut bytes = Vec::new();
    assert!(write_message(&mut bytes, &message).is_err());
    assert!(bytes.is_empty());
}

#[test]
fn frames_that_no_bus_can_carry_are_none() {
    assert!(frame().checked().is_some());
    assert!(
        WireFrame {
            extended: false,
            ..frame()
        }
        .checked()
        .is_none()
    );
    assert!(
        WireFrame {
            id: 0x2000_0000,
            ..frame()
        }
        .checked()
        .is_none()
    );
    assert!(
        WireFrame {
            data: vec![0; 9],
            ..frame()
        }
        .checked()
        .is_none()
    );
    assert!(
        WireFrame {
            id: 0x800,
            extended: false,
            ..frame()
        }
        .checked()
        .is_none()
    );
}
