//! The chip over SPI: set up, started and stopped; frames sent and received; what became of them.
//! Knows nothing of handles.
//!
//! Three frames wait in the chip at most. They go out in the order in which they were asked for: of
//! equal priorities the chip takes the highest buffer, so a frame is put below all that wait.

use crate::{
    Acceptance, Frame, Timing,
    component::{
        SpiDevice,
        autosar::can::types::{BusError, ControllerState, ErrorState, Event, TransmitOutcome},
    },
    instruction::*,
    loaded, mode, received,
    register::*,
};
use std::collections::VecDeque;

/// Frames and events that are kept until they are taken.
const QUEUE: usize = 32;
const BUFFERS: usize = 3;
/// Turns of one poll at most: both receive buffers fill again meanwhile.
const TURNS: usize = 8;

// CANINTE and CANINTF
const RX0IF: u8 = 1 << 0;
const TX0IF: u8 = 1 << 2;
const ERRIF: u8 = 1 << 5;
const WAKIF: u8 = 1 << 6;
const MERRF: u8 = 1 << 7;
const ENABLED: u8 = 0x3f;
// CANCTRL
const ABAT: u8 = 1 << 4;
const OSM: u8 = 1 << 3;
// EFLG
const OVERFLOW: u8 = 0xc0;
const BUS_OFF: u8 = 1 << 5;
const PASSIVE: u8 = 0x18;
// TXBnCTRL
const ABTF: u8 = 1 << 6;
const MLOA: u8 = 1 << 5;
const TXREQ: u8 = 1 << 3;
// RXBnCTRL
const RECEIVE_ALL: u8 = 3 << 5;
const ROLLOVER: u8 = 1 << 2;

/// The bus does not answer as an MCP2515 would.
pub struct Silent;

type Done<T> = Result<T, Silent>;

/// A frame in a transmit buffer.
#[derive(Clone, Copy)]
struct Pending {
    request: u64,
    /// It may end without the chip's interrupt.
    is_watched: bool,
}

/// See the file's head.
pub struct Chip {
    spi: SpiDevice,
    pub state: ControllerState,
    pub timing: Timing,
    pub error_state: ErrorState,
    pending: [Option<Pending>; BUFFERS],
    requests: u64,
    is_one_shot: bool,
    pub frames: VecDeque<(Frame, u64, u32)>,
    lost: u32,
    pub confirmations: VecDeque<(u64, TransmitOutcome, u64)>,
    pub events: VecDeque<(Event, u64)>,
}

impl Chip {
    /// The chip after a reset: stopped, at 500 kbit/s, without filters.
    pub fn reset(spi: SpiDevice) -> Done<Chip> {
        let mut chip = Chip {
            spi,
            state: ControllerState::Stopped,
            timing: Timing {
                bit_rate_hz: 500_000,
                segment_1: 9,
                segment_2: 6,
                jump_width: 1,
            },
            error_state: ErrorState::ErrorActive,
            pending: [None; BUFFERS],
            requests: 0,
            is_one_shot: false,
            frames: VecDeque::new(),
            lost: 0,
            confirmations: VecDeque::new(),
            events: VecDeque::new(),
        };
        chip.transfer(&[RESET])?;
        if !chip.is_in(mode::CONFIGURATION)? {
            return Err(Silent);
        }
        if let Ok(registers) = chip.timing.registers() {
            chip.write(CNF3, &registers)?;
        }
        chip.accept(None)?;
        chip.write(CANINTE, &[ENABLED])?;
        Ok(chip)
    }

    pub fn configure(&mut self, timing: Timing, registers: [u8; 3]) -> Done<()> {
        self.write(CNF3, &registers)?;
        self.timing = timing;
        Ok(())
    }

    /// Without filters every frame passes.
    pub fn accept(&mut self, acceptance: Option<&Acceptance>) -> Done<()> {
        let Some(Acceptance { masks, filters }) = acceptance else {
            self.write(RXB0CTRL, &[RECEIVE_ALL | ROLLOVER])?;
            return self.write(RXB1CTRL, &[RECEIVE_ALL]);
        };
        for (register, bytes) in MASKS.iter().zip(masks) {
            self.write(*register, bytes)?;
        }
        for (register, bytes) in FILTERS.iter().zip(filters) {
            self.write(*register, bytes)?;
        }
        self.write(RXB0CTRL, &[ROLLOVER])?;
        self.write(RXB1CTRL, &[0])
    }

    /// Whether the chip is in that mode.
    pub fn is_in(&mut self, asked: u8) -> Done<bool> {
        Ok(self.read(CANSTAT)? & mode::MASK == asked)
    }

    pub fn ask_mode(&mut self, asked: u8) -> Done<()> {
        self.modify(CANCTRL, mode::MASK | ABAT, asked)
    }

    /// Everything that waits is aborted; the frame on the bus ends first.
    pub fn stop(&mut self) -> Done<()> {
        self.watch_all();
        self.modify(CANCTRL, mode::MASK | ABAT, mode::CONFIGURATION | ABAT)?;
        self.state = ControllerState::Stopped;
        Ok(())
    }

    /// Out of sleep, which it leaves listening.
    pub fn wake(&mut self) -> Done<()> {
        self.modify(CANINTF, WAKIF, WAKIF)?;
        self.modify(CANINTF, WAKIF, 0)
    }

    /// TEC and REC.
    pub fn counters(&mut self) -> Done<(u8, u8)> {
        let read = self.transfer(&[READ, TEC, 0, 0])?;
        match read[..] {
            [_, _, transmit, receive] => Ok((transmit, receive)),
            _ => Err(Silent),
        }
    }

    /// The number of the request; none if there is no room.
    pub fn transmit(&mut self, frame: &Frame, is_one_shot: bool) -> Done<Option<u64>> {
        let below = self.pending.iter().position(Option::is_some);
        let Some(number) = below.unwrap_or(BUFFERS).checked_sub(1) else {
            return Ok(None);
        };
        // One shot or not is the chip's business as a whole.
        if self.is_one_shot != is_one_shot {
            if below.is_some() {
                return Ok(None);
            }
            self.modify(CANCTRL, OSM, if is_one_shot { OSM } else { 0 })?;
            self.is_one_shot = is_one_shot;
        }
        let mut bytes = vec![LOAD_TX_BUFFER + 2 * number as u8];
        bytes.extend(loaded(frame));
        self.transfer(&bytes)?;
        self.transfer(&[REQUEST_TO_SEND | 1 << number])?;
        self.requests += 1;
        self.pending[number] = Some(Pending {
            request: self.requests,
            is_watched: is_one_shot,
        });
        Ok(Some(self.requests))
    }

    pub fn abort(&mut self, request: u64) -> Done<()> {
        for number in 0..BUFFERS {
            let Some(pending) = self.pending[number].as_mut() else {
                continue;
            };
            if pending.request == request {
                pending.is_watched = true;
                self.modify(control(number), TXREQ, 0)?;
            }
        }
        Ok(())
    }

    /// Whether something may have happened without the chip's interrupt.
    pub fn is_watched(&self) -> bool {
        let mut pending = self.pending.iter().flatten();
        pending.any(|one| one.is_watched) || self.error_state != ErrorState::ErrorActive
    }

    /// Takes everything that has happened, as having happened now.
    pub fn poll(&mut self, now_ns: u64) -> Done<()> {
        for _ in 0..TURNS {
            let flags = self.read(CANINTF)?;
            for number in 0..2 {
                if flags & RX0IF << number != 0 {
                    self.take_frame(number, now_ns)?;
                }
            }
            let sent = flags & (TX0IF | TX0IF << 1 | TX0IF << 2);
            for number in 0..BUFFERS {
                if sent & TX0IF << number != 0 {
                    self.confirm(number, TransmitOutcome::Sent, now_ns);
                }
            }
            if flags & ERRIF != 0 || self.error_state != ErrorState::ErrorActive {
                self.look_at_errors(now_ns)?;
            }
            let cleared = sent | flags & (ERRIF | MERRF);
            if cleared != 0 {
                self.modify(CANINTF, cleared, 0)?;
            }
            if flags & (RX0IF | RX0IF << 1) == 0 {
                break;
            }
        }
        self.look_at_pending(now_ns)
    }

    fn take_frame(&mut self, number: u8, now_ns: u64) -> Done<()> {
        // Its flag is cleared by chip select.
        let mut bytes = [0; 14];
        bytes[0] = READ_RX_BUFFER + 4 * number;
        let read = self.transfer(&bytes)?;
        let Some(frame) = received(&read[1..]) else {
            return Ok(());
        };
        if self.frames.len() == QUEUE {
            self.lost += 1;
            self.note(Event::Overrun, now_ns);
            return Ok(());
        }
        let lost = std::mem::take(&mut self.lost);
        self.frames.push_back((frame, now_ns, lost));
        Ok(())
    }

    fn look_at_errors(&mut self, now_ns: u64) -> Done<()> {
        let errors = self.read(EFLG)?;
        if errors & OVERFLOW != 0 {
            self.lost += (errors & OVERFLOW).count_ones();
            self.note(Event::Overrun, now_ns);
            self.modify(EFLG, OVERFLOW, 0)?;
        }
        let state = match (errors & BUS_OFF, errors & PASSIVE) {
            (0, 0) => ErrorState::ErrorActive,
            (0, _) => ErrorState::ErrorPassive,
            _ => ErrorState::BusOff,
        };
        if state != self.error_state {
            self.error_state = state;
            self.note(Event::ErrorState(state), now_ns);
        }
        Ok(())
    }

    /// Frames that were aborted, or had one attempt.
    fn look_at_pending(&mut self, now_ns: u64) -> Done<()> {
        for number in 0..BUFFERS {
            if !self.pending[number].is_some_and(|one| one.is_watched) {
                continue;
            }
            let flags = self.read(control(number))?;
            if flags & TXREQ != 0 || self.read(CANINTF)? & TX0IF << number != 0 {
                continue;
            }
            let outcome = match (flags & ABTF, flags & MLOA) {
                (0, 0) => TransmitOutcome::Failed(BusError::Bit),
                (0, _) => TransmitOutcome::ArbitrationLost,
                _ => TransmitOutcome::Aborted,
            };
            self.confirm(number, outcome, now_ns);
        }
        Ok(())
    }

    fn watch_all(&mut self) {
        for pending in self.pending.iter_mut().flatten() {
            pending.is_watched = true;
        }
    }

    fn confirm(&mut self, number: usize, outcome: TransmitOutcome, now_ns: u64) {
        let Some(pending) = self.pending[number].take() else {
            return;
        };
        if self.confirmations.len() == QUEUE {
            self.confirmations.pop_front();
        }
        self.confirmations
            .push_back((pending.request, outcome, now_ns));
    }

    fn note(&mut self, event: Event, now_ns: u64) {
        if self.events.len() < QUEUE {
            self.events.push_back((event, now_ns));
        }
    }

    fn read(&mut self, register: u8) -> Done<u8> {
        let read = self.transfer(&[READ, register, 0])?;
        read.get(2).copied().ok_or(Silent)
    }

    fn write(&mut self, register: u8, bytes: &[u8]) -> Done<()> {
        let all = [&[WRITE, register], bytes].concat();
        self.transfer(&all).map(drop)
    }

    fn modify(&mut self, register: u8, mask: u8, bits: u8) -> Done<()> {
        self.transfer(&[BIT_MODIFY, register, mask, bits]).map(drop)
    }

    fn transfer(&mut self, bytes: &[u8]) -> Done<Vec<u8>> {
        let read = self.spi.transfer(bytes).map_err(|_| Silent)?;
        if read.len() == bytes.len() {
            Ok(read)
        } else {
            Err(Silent)
        }
    }
}

/// TXBnCTRL.
fn control(number: usize) -> u8 {
    TXB0CTRL + 0x10 * number as u8
}
