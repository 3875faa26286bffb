//! Every call of a board passes the link: what a board behind it answers is what a recorder heard.

use alloc::{boxed::Box, format, string::String, vec, vec::Vec};
use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use ecu_host::board::*;

use crate::{Closed, Entry, FromEcu, LinkBoard, LinkError, Port, Recorder, ToEcu, link::Link};

/// Answers everything, and nothing twice the same.
#[derive(Debug, Default)]
struct Bench {
    count: u8,
}

impl Bench {
    fn next(&mut self) -> u8 {
        self.count += 1;
        self.count
    }
}

impl Board for Bench {
    fn transmit(&mut self, _: u64, _: u64, _: &CanFrame) -> Result<(), CanError> {
        Err(CanError::QueueFull)
    }
    fn transmit_once(&mut self, _: u64, _: u64, _: &CanFrame) -> Result<(), CanError> {
        Ok(())
    }
    fn abort(&mut self, _: u64, _: &str, _: u64) -> Result<(), CanError> {
        Err(CanError::BusOff)
    }
    fn can_bit_rate_hz(&self, _: &str) -> Option<u32> {
        Some(500_000)
    }
    fn can_status(&self, _: u64, _: &str) -> Option<CanStatus> {
        Some(CanStatus {
            state: CanErrorState::ErrorPassive,
            transmit_errors: 130,
            receive_errors: 1,
        })
    }
    fn has_can(&self, bus: &str) -> bool {
        bus == "can0"
    }
    fn has_i2c(&self, bus: &str) -> bool {
        bus == "i2c0"
    }
    fn i2c(&mut self, _: u64, _: &str, _: u16, operations: &mut [I2cOperation]) -> I2cTransfer {
        for operation in operations {
            if let I2cOperation::Read(bytes) = operation {
                bytes.fill(self.next());
            }
        }
        I2cTransfer {
            bus_time: BusTime(300),
            result: Err(I2cError::NoAcknowledgeData),
        }
    }
    fn has_spi(&self, device: &str) -> bool {
        device == "adc"
    }
    fn spi_devices(&self) -> Vec<String> {
        vec!["adc".into(), "flash".into()]
    }
    fn spi_configure(&mut self, _: u64, _: &str, _: SpiConfig) -> Result<(), SpiError> {
        Err(SpiError::Other("fixed".into()))
    }
    fn spi(&mut self, _: u64, _: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        for operation in operations {
            if let SpiOperation::Read(bytes) | SpiOperation::Transfer(bytes) = operation {
                bytes.fill(self.next());
            }
        }
        SpiTransfer {
            bus_time: BusTime(80),
            result: Ok(()),
        }
    }
    fn pin(&self, name: &str) -> Option<PinConfig> {
        (name == "lamp").then_some(PinConfig {
            direction: PinDirection::Out,
            kind: PinKind::Analog { full_scale: 4_095 },
            active_level: ActiveLevel::Low,
            pull: Some(Pull::Up),
        })
    }
    fn digital_read(&mut self, _: u64, _: &str) -> Result<Level, GpioError> {
        Ok(Level::High)
    }
    fn digital_write(&mut self, _: u64, _: &str, _: Level) -> Result<(), GpioError> {
        Err(GpioError::PinNotAllowed)
    }
    fn analog_read(&mut self, _: u64, _: &str) -> Result<u32, GpioError> {
        Ok(u32::from(self.next()))
    }
    fn analog_write(&mut self, _: u64, _: &str, _: u32) -> Result<(), GpioError> {
        Ok(())
    }
    fn nv_read(&mut self, _: u64, _: NvBlock<'_>) -> Result<Vec<u8>, NvError> {
        Ok(vec![1, 0, 2])
    }
    fn nv_write(&mut self, _: u64, _: NvBlock<'_>, _: &[u8]) -> Result<(), NvError> {
        Err(NvError::Full)
    }
    fn nv_invalidate(&mut self, _: u64, _: NvBlock<'_>) -> Result<(), NvError> {
        Ok(())
    }
    fn nv_status(&mut self, _: u64, _: NvBlock<'_>) -> NvStatus {
        NvStatus::Pending
    }
    fn record(&mut self, _: u64, _: Record<'_>) {}
    fn random(&mut self) -> u64 {
        u64::MAX
    }
}

/// Every call once, with what each answered.
fn exercise(board: &mut impl Board) -> Vec<String> {
    let frame = CanFrame {
        bus: "can0".into(),
        id: 0x123,
        data: vec![0, 1],
        ..CanFrame::default()
    };
    let block = NvBlock {
        partition: "main",
        name: "odometer",
    };
    let mut reads = vec![I2cOperation::Write(vec![9]), I2cOperation::Read(vec![0; 3])];
    let mut shifts = vec![
        SpiOperation::Write(vec![5]),
        SpiOperation::Transfer(vec![6, 0]),
        SpiOperation::DelayNs(50),
        SpiOperation::Read(vec![0]),
    ];
    let config = SpiConfig {
        clock_hz: 1_000_000,
        mode: SpiMode::Mode3,
        bit_order: BitOrder::default(),
    };
    let mut said = vec![
        format!("{:?}", board.transmit(1, 2, &frame)),
        format!("{:?}", board.transmit_once(2, 3, &frame)),
        format!("{:?}", board.abort(3, "can0", 3)),
        format!("{:?}", board.can_bit_rate_hz("can0")),
        format!("{:?}", board.can_status(4, "can0")),
        format!("{:?} {:?}", board.has_can("can0"), board.has_can("can1")),
        format!("{:?} {:?}", board.has_i2c("i2c0"), board.has_i2c("i2c1")),
        format!("{:?}", board.i2c(5, "i2c0", 0x48, &mut reads)),
        format!("{:?} {:?}", board.has_spi("adc"), board.has_spi("dac")),
        format!("{:?}", board.spi_devices()),
        format!("{:?}", board.spi_configure(6, "adc", config)),
        format!("{:?}", board.spi(7, "adc", &mut shifts)),
        format!("{:?} {:?}", board.pin("lamp"), board.pin("horn")),
        format!("{:?}", board.digital_read(8, "door")),
        format!("{:?}", board.digital_write(9, "lamp", Level::Low)),
        format!("{:?}", board.analog_read(10, "light")),
        format!("{:?}", board.analog_write(11, "lamp", 7)),
        format!("{:?}", board.nv_read(12, block)),
        format!("{:?}", board.nv_write(13, block, &[0, 7])),
        format!("{:?}", board.nv_invalidate(14, block)),
        format!("{:?}", board.nv_status(15, block)),
        format!("{:?}", board.random()),
    ];
    let record = Record::Refused {
        partition: "main",
        element: 2,
    };
    board.record(16, record);
    said.push(format!("{reads:?} {shifts:?}"));
    said
}

struct Pipe(Receiver<u8>, Sender<u8>);

impl Port for Pipe {
    fn read(&mut self) -> Result<u8, Closed> {
        self.0.recv().map_err(|_| Closed)
    }
    fn write(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        let sent = |byte: &u8| self.1.send(*byte).map_err(|_| Closed);
        bytes.iter().try_for_each(sent)
    }
}

fn pipe() -> (Pipe, Pipe) {
    let ((to_one, from_other), (to_other, from_one)) = (channel(), channel());
    (Pipe(from_other, to_other), Pipe(from_one, to_one))
}

fn recorded() -> (Vec<String>, Vec<Entry>) {
    let mut recorder = Recorder::on(Bench::default());
    let said = exercise(&mut recorder);
    (said, recorder.entries().unwrap())
}

/// What a tester says to an entry.
type Answers = dyn Fn(&Entry) -> Option<ToEcu> + Send;

/// What a board behind a link says when it hears these answers, and how the link is then.
fn linked(entries: Vec<Entry>, answer: Box<Answers>) -> (Vec<String>, Option<LinkError>) {
    let (here, there) = pipe();
    let tester = thread::spawn(move || {
        let mut link = Link::new(here);
        for entry in entries {
            let Ok(said) = link.receive::<FromEcu>() else {
                return;
            };
            assert_eq!(Some(said), entry.output().map(FromEcu::Output));
            if let Some(answer) = answer(&entry) {
                link.send(&answer).unwrap();
            }
        }
    });
    let mut board = LinkBoard::new(there);
    let said = exercise(&mut board);
    let failed = board.failed();
    // Its end of the pipe goes, so that a tester who waits in vain hears it.
    drop(board);
    tester.join().unwrap();
    (said, failed)
}

fn right(entry: &Entry) -> Option<ToEcu> {
    match entry {
        Entry::Call { answer, .. } => Some(ToEcu::Answer(answer.clone())),
        _ => None,
    }
}

#[test]
fn a_board_behind_a_link_answers_as_the_recorded_one() {
    let (expected, entries) = recorded();
    // Every call of the board has its entry.
    assert_eq!(entries.len(), 27);
    let mut plain = Bench::default();
    assert_eq!(exercise(&mut plain), expected);
    assert_eq!(exercise(&mut Recorder::off(Bench::default())), expected);
    assert_eq!(linked(entries, Box::new(right)), (expected, None));
}

#[test]
fn a_wrong_answer_ends_the_link_at_every_call() {
    let (_, entries) = recorded();
    let calls = (0..).zip(&entries);
    let calls = calls.filter(|(_, entry)| matches!(entry, Entry::Call { .. }));
    for (position, _) in calls {
        let wrong = entries[position].clone();
        let answer = move |entry: &Entry| match *entry == wrong {
            true => Some(ToEcu::End),
            false => right(entry),
        };
        let (_, failed) = linked(entries.clone(), Box::new(answer));
        let unexpected = matches!(failed, Some(LinkError::Unexpected { .. }));
        assert!(unexpected, "{position}: {failed:?}");
    }
}

#[test]
fn an_answer_to_another_call_ends_the_link() {
    let (_, entries) = recorded();
    let shifted = |entry: &Entry| match right(entry)? {
        // A number for everything, and a truth for what is a number.
        ToEcu::Answer(crate::Answer::Random(_)) => {
            Some(ToEcu::Answer(crate::Answer::IsAttached(true)))
        }
        _ => Some(ToEcu::Answer(crate::Answer::Random(1))),
    };
    for first in 0..entries.len() - 1 {
        let from = entries[first].clone();
        let answer = move |entry: &Entry| match *entry == from {
            true => shifted(entry),
            false => right(entry),
        };
        let (_, failed) = linked(entries.clone(), Box::new(answer));
        let unexpected = matches!(failed, Some(LinkError::Unexpected { .. }));
        assert!(unexpected, "{first}: {failed:?}");
    }
}
