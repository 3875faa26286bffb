//! What happens on the wire when some controllers start a frame at the same instant: who stays,
//! whether an error frame follows, and how long it takes. Pure; knows nothing of time and queues.
//!
//! Source: ISO 11898-1, "Medium access control", "Error handling".

use super::{
    bits::{BitSequence, Level},
    controller::ErrorState,
    frame::Frame,
    rates::Span,
};

/// Length of an error flag.
const FLAG_BITS: u32 = 6;
/// Length of an error delimiter.
const DELIMITER_BITS: u32 = 8;

/// A controller that sends, or listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Party {
    pub(super) position: usize,
    pub(super) state: ErrorState,
    /// It knows classic frames only.
    pub(super) is_classic: bool,
}

/// A controller that has won arbitration, alone or with others of the same identifier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    pub(super) party: Party,
    pub(super) frame: Frame,
}

/// What becomes of one transmission.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub(super) end: End,
    /// From start of frame to the end of frame or of the error delimiter.
    pub(super) span: Span,
    /// Who does not understand the frame has flagged it: classic controllers one of CAN FD, or
    /// those whose bits are of another length.
    pub(super) refused: bool,
    /// Nobody acknowledges, and receivers flag it.
    pub(super) flagged: bool,
    /// The error came behind the last bit that receivers look at.
    pub(super) taken: bool,
    /// Positions of senders that met a bit error, in passive state, while the others went on.
    pub(super) dropped: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Sent,
    BitError,
    NoAcknowledge,
}

/// The course of a transmission whose senders have the same arbitration field; `flipped` is a bit
/// that something outside turns over.
pub(super) fn course(
    mut senders: Vec<Sender>,
    receivers: &[Party],
    can_acknowledge: bool,
    flipped: Option<u32>,
) -> Course {
    let mut dropped = Vec::new();
    while let Some(position) = first_difference(&senders) {
        let (erring, staying): (Vec<Sender>, Vec<Sender>) = senders
            .iter()
            .partition(|sender| level(&sender.frame, position) == Some(Level::Recessive));
        if flipped.is_some_and(|flipped| flipped <= position) {
            break;
        }
        if erring
            .iter()
            .any(|sender| sender.party.state == ErrorState::ErrorActive)
        {
            let span = collision(&staying, receivers, position);
            return Course::new(End::BitError, span, dropped);
        }
        dropped.extend(erring.iter().map(|sender| sender.party.position));
        senders = staying;
    }
    let Some(sender) = senders.first() else {
        return Course::new(End::Sent, Span::nominal(0), dropped);
    };
    let sequence = BitSequence::of(&sender.frame);
    let flipped = flipped.map(|bit| bit.min(sequence.length() - 1));
    if let Some(format_bit) = refused(&sequence, receivers)
        && flipped.is_none_or(|bit| bit > format_bit)
    {
        let span = refusal(&sequence, format_bit, &senders, receivers);
        return Course {
            refused: true,
            ..Course::new(End::BitError, span, dropped)
        };
    }
    let slot = sequence.acknowledge_slot();
    if let Some(bit) = flipped.filter(|bit| *bit != slot) {
        return Course {
            taken: bit == sequence.length() - 1,
            ..Course::new(
                End::BitError,
                flip(&sequence, bit, &senders, receivers),
                dropped,
            )
        };
    }
    // A slot that is turned over says the opposite.
    match can_acknowledge != flipped.is_some() {
        true => Course::new(End::Sent, sequence.span(), dropped),
        false => {
            // The flag starts after the ACK slot, active or passive; so does that of receivers who
            // have acknowledged in vain.
            let span = Span {
                bits: slot + 1 + FLAG_BITS + DELIMITER_BITS,
                ..sequence.span()
            };
            Course {
                flagged: receivers
                    .iter()
                    .any(|one| can_acknowledge && one.state == ErrorState::ErrorActive),
                ..Course::new(End::NoAcknowledge, span, dropped)
            }
        }
    }
}

impl Course {
    fn new(end: End, span: Span, dropped: Vec<usize>) -> Course {
        Course {
            end,
            span,
            refused: false,
            flagged: false,
            taken: false,
            dropped,
        }
    }
}

/// FDF of a CAN FD frame that somebody does not know: a recessive bit where a classic frame has a
/// reserved dominant one. Who is error passive does not disturb it.
fn refused(sequence: &BitSequence, receivers: &[Party]) -> Option<u32> {
    let mut receivers = receivers.iter();
    let disturbs = |one: &Party| one.is_classic && one.state == ErrorState::ErrorActive;
    sequence.format_bit().filter(|_| receivers.any(disturbs))
}

/// Classic controllers flag from the bit after FDF on. The rate is not switched any more: BRS is
/// within their flags.
fn refusal(sequence: &BitSequence, format_bit: u32, senders: &[Sender], all: &[Party]) -> Span {
    let mut seen = format_bit;
    for sender in senders {
        seen = seen.max(met(sequence, sender, format_bit).unwrap_or(0));
    }
    let others: Vec<Party> = all.iter().copied().filter(|one| !one.is_classic).collect();
    Span::nominal(flagged(seen.max(echo(&others, format_bit, 0))))
}

/// The first bit in which the senders differ.
fn first_difference(senders: &[Sender]) -> Option<u32> {
    let (first, others) = senders.split_first()?;
    let differing: Vec<&Sender> = others
        .iter()
        .filter(|other| other.frame != first.frame)
        .collect();
    if differing.is_empty() {
        return None;
    }
    let reference = BitSequence::of(&first.frame);
    let difference = |other: &&Sender| {
        let levels = BitSequence::of(&other.frame);
        let pairs = reference.levels().iter().zip(levels.levels());
        pairs
            .into_iter()
            .position(|(a, b)| a != b)
            .map(|position| position as u32)
    };
    differing.iter().filter_map(difference).min()
}

fn level(frame: &Frame, position: u32) -> Option<Level> {
    BitSequence::of(frame)
        .levels()
        .get(position as usize)
        .copied()
}

/// Bits to the end of the error delimiter, if the last who flags has seen an error at `seen`.
fn flagged(seen: u32) -> u32 {
    seen + FLAG_BITS + 1 + DELIMITER_BITS
}

/// An error at `position`, and the last who flags has seen one at `seen`, until which those who have
/// switched the rate stay with it.
fn error(sequence: &BitSequence, position: u32, seen: u32) -> Span {
    let switched = sequence.fast(position).is_some();
    Span {
        bits: flagged(seen),
        fast: sequence.fast(seen).filter(|_| switched),
    }
}

/// Where an active sender meets a flag after `position` by a recessive bit of its own.
fn met(sequence: &BitSequence, sender: &Sender, position: u32) -> Option<u32> {
    let mut later = sequence
        .levels()
        .iter()
        .enumerate()
        .skip(position as usize + 1);
    let met = later.find(|(_, level)| **level == Level::Recessive);
    let met = met.filter(|_| sender.party.state == ErrorState::ErrorActive);
    met.map(|(bit, _)| bit as u32)
}

/// A sender of a recessive bit saw a dominant one at `position` and raises an active flag.
fn collision(staying: &[Sender], receivers: &[Party], position: u32) -> Span {
    let mut seen = position;
    for sender in staying {
        let sequence = BitSequence::of(&sender.frame);
        seen = seen.max(met(&sequence, sender, position).unwrap_or(0));
    }
    let Some(sender) = staying.first() else {
        return Span::nominal(flagged(seen));
    };
    let sequence = BitSequence::of(&sender.frame);
    let seen = seen.max(echo(receivers, position, run_length(&sequence, position)));
    error(&sequence, position, seen)
}

/// Every sender sees its bit turned over.
fn flip(sequence: &BitSequence, bit: u32, senders: &[Sender], receivers: &[Party]) -> Span {
    let is_active = senders
        .iter()
        .any(|sender| sender.party.state == ErrorState::ErrorActive);
    let seen = sequence
        .levels()
        .get(bit as usize)
        .map(|level| level.opposite());
    if bit >= sequence.stuffed_length() {
        // Of a fixed form: receivers see it at once, and flag with the senders.
        return error(sequence, bit, bit);
    }
    // An active flag is dominant, a passive one recessive: receivers count from what they have seen.
    let flag = if is_active {
        Level::Dominant
    } else {
        Level::Recessive
    };
    let run = match seen == Some(flag) {
        true => 1 + run_before(sequence, bit, flag),
        false => 0,
    };
    let seen = bit.max(echo(receivers, bit, run));
    error(sequence, bit, seen)
}

/// Where receivers see the sixth equal bit; they flag from the next on.
fn echo(receivers: &[Party], position: u32, run: u32) -> u32 {
    match receivers
        .iter()
        .any(|receiver| receiver.state == ErrorState::ErrorActive)
    {
        true => position + FLAG_BITS - run.min(FLAG_BITS),
        false => 0,
    }
}

/// Equal bits up to and with `position`.
fn run_length(sequence: &BitSequence, position: u32) -> u32 {
    match sequence.levels().get(position as usize) {
        Some(level) => 1 + run_before(sequence, position, *level),
        None => 1,
    }
}

fn run_before(sequence: &BitSequence, position: u32, level: Level) -> u32 {
    let before = sequence.levels().get(..position as usize).unwrap_or(&[]);
    before
        .iter()
        .rev()
        .take_while(|other| **other == level)
        .count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(position: usize, text: &str, state: ErrorState) -> Sender {
        Sender {
            party: Party {
                position,
                state,
                is_classic: false,
            },
            frame: text.parse().unwrap(),
        }
    }

    const LISTENER: [Party; 1] = [Party {
        position: 9,
        state: ErrorState::ErrorActive,
        is_classic: false,
    }];

    #[test]
    fn one_sender_takes_its_frame() {
        let course = course(
            vec![sender(0, "123#", ErrorState::ErrorActive)],
            &LISTENER,
            true,
            None,
        );
        assert_eq!((course.end, course.span.bits), (End::Sent, 48 - 3));
    }

    #[test]
    fn equal_frames_are_one() {
        let senders = [0, 1].map(|position| sender(position, "123#AB", ErrorState::ErrorActive));
        let both = course(senders.to_vec(), &LISTENER, true, None);
        let one = course(senders[..1].to_vec(), &LISTENER, true, None);
        assert_eq!((both.end, both.span.bits), (End::Sent, one.span.bits));
    }

    #[test]
    fn other_data_is_a_bit_error_of_the_recessive_one() {
        // RTR, IDE, r0 and two bits of DLC 0001 are five zeros: with their stuff bit, data begin at 20.
        let senders = ["555#80", "555#00"].map(|text| sender(0, text, ErrorState::ErrorActive));
        let course = course(senders.to_vec(), &[], true, None);
        // The dominant sender meets its own stuff bit at 25 and flags to 31, then 8 bits of delimiter.
        assert_eq!((course.end, course.span.bits), (End::BitError, 31 + 1 + 8));
    }

    #[test]
    fn a_passive_loser_goes_silently() {
        let senders = vec![
            sender(0, "555#80", ErrorState::ErrorPassive),
            sender(1, "555#00", ErrorState::ErrorActive),
        ];
        let course = course(senders, &LISTENER, true, None);
        assert_eq!((course.end, course.dropped), (End::Sent, vec![0]));
    }

    #[test]
    fn nobody_acknowledges() {
        let course = course(
            vec![sender(0, "123#", ErrorState::ErrorActive)],
            &[],
            false,
            None,
        );
        // 45 bits to the end of frame are 35 to the end of the CRC, delimiter, slot.
        assert_eq!(
            (course.end, course.span.bits),
            (End::NoAcknowledge, 35 + 2 + 6 + 8)
        );
    }

    #[test]
    fn an_error_flag_is_echoed_by_receivers() {
        let alone = course(
            vec![sender(0, "555#00", ErrorState::ErrorActive)],
            &[],
            true,
            Some(20),
        );
        let heard = course(
            vec![sender(0, "555#00", ErrorState::ErrorActive)],
            &LISTENER,
            true,
            Some(20),
        );
        assert_eq!(alone.span.bits, 20 + 6 + 1 + 8);
        // They see bit 20 recessive, then six dominant ones, then flag six themselves.
        assert_eq!(heard.span.bits, 20 + 12 + 1 + 8);
    }
}
