//! The loop in real time: what came in, what is due, sleep. Knows nothing of how the ECU was made.

use ecu_host::{Completion, Confirmation, Consequence, Ecu, Outcome, PartitionId, PartitionState};

use crate::{
    clock::LONGEST_SLEEP,
    ecu_board::EcuBoard,
    hardware::{CanTold, Hardware},
    log::log,
    mode::ModeBoard,
    status,
};

/// How long and how often the processor has slept.
#[derive(Debug, Default)]
pub(crate) struct Sleep {
    pub(crate) count: u64,
    pub(crate) asleep_ns: u64,
}

/// A payload that has run so long without a partition that stays stopped has shown that it works.
const CONFIRMED_AFTER_NS: u64 = 10_000_000_000;

/// Runs for ever; ends only where the board is in another mode. `confirm` is called once, when the
/// payload has shown that it works.
pub(crate) fn run<H: Hardware>(
    ecu: &mut Ecu<ModeBoard<H>>,
    confirm: impl Fn(&mut H),
) -> Option<()> {
    let mut sleep = Sleep::default();
    let mut confirmed = false;
    log!("first activation at {} ns", board(ecu)?.clock_ns());
    // However long the start has taken, no first activation is late.
    board(ecu)?.restart_clock();
    loop {
        board(ecu)?.hardware.alive();
        take_in(ecu, &sleep)?;
        let now_ns = board(ecu)?.clock_ns();
        if !confirmed && now_ns >= CONFIRMED_AFTER_NS && all_run(ecu) {
            confirmed = true;
            confirm(&mut board(ecu)?.hardware);
        }
        match ecu.next_activation().map(|next| next.at_ns) {
            Some(due_ns) if due_ns <= now_ns => {
                if let Some(done) = ecu.run(now_ns) {
                    tell(ecu, &done);
                }
            }
            due_ns => {
                let board = board(ecu)?;
                let ticks = due_ns.map_or(LONGEST_SLEEP, |due_ns| {
                    board.clock.ticks_of(due_ns - now_ns)
                });
                sleep_for(board, ticks, &mut sleep);
            }
        }
    }
}

fn board<H: Hardware>(ecu: &mut Ecu<ModeBoard<H>>) -> Option<&mut EcuBoard<H>> {
    ecu.board_mut().real_time()
}

/// Frames, confirmations and commands that wait.
fn take_in<H: Hardware>(ecu: &mut Ecu<ModeBoard<H>>, sleep: &Sleep) -> Option<()> {
    for confirmation in core::mem::take(&mut board(ecu)?.sent) {
        ecu.confirm(confirmation);
    }
    while let Some((bus, told)) = board(ecu)?.told() {
        let at_ns = board(ecu)?.clock_ns();
        match told {
            CanTold::Done(request, outcome) => ecu.confirm(Confirmation {
                request,
                outcome,
                at_ns,
            }),
            CanTold::Met(event) => ecu.can_event(at_ns, &bus, event),
        }
    }
    while let Some(frame) = board(ecu)?.received() {
        let now_ns = board(ecu)?.clock_ns();
        ecu.receive(now_ns, &frame);
    }
    while let Some(command) = board(ecu)?.hardware.command() {
        if command == status::STATUS {
            let now_ns = board(ecu)?.clock_ns();
            status::tell(ecu, now_ns, sleep);
        }
    }
    Some(())
}

fn sleep_for<H: Hardware>(board: &mut EcuBoard<H>, ticks: u32, sleep: &mut Sleep) {
    let began_ns = board.clock_ns();
    board.sleep(ticks);
    sleep.count += 1;
    sleep.asleep_ns += board.clock_ns().saturating_sub(began_ns);
}

fn all_run<H: Hardware>(ecu: &Ecu<ModeBoard<H>>) -> bool {
    (0..)
        .map_while(|id| ecu.state(PartitionId(id)))
        .all(|state| state == PartitionState::Running)
}

fn tell<H: Hardware>(ecu: &Ecu<ModeBoard<H>>, done: &Completion) {
    let Outcome::Trapped(trapped) = &done.outcome else {
        return;
    };
    let partition = ecu.partition(done.partition);
    let name = partition.map_or("?", |table| table.name.as_str());
    let consequence = match trapped.consequence {
        Consequence::Restarts => "it starts anew",
        Consequence::Stops => "it stays stopped",
        Consequence::GivenUp => "it failed too often and stays stopped",
        Consequence::StopsRun => "the ECU stops, as its deployment says",
    };
    log!(
        "partition {name} trapped in {} at {} us: {trapped}; {consequence}",
        ecu.work_name(done.partition, done.work),
        done.ended_ns() / 1_000
    );
}
