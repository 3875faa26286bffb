//! The loop of an ECU in real time: what is due is done, what comes is heard, until the end.

use std::{sync::mpsc::RecvTimeoutError, time::Duration};

use ecu_host::{Completion, Confirmation, Consequence, Ecu, Outcome, Work};

use crate::{
    RunError,
    attached::Heard,
    clock::Clock,
    ecu::{Milestone, Surroundings},
    linux_board::{LinuxBoard, News},
    network,
    protocol::{EcuReport, ToEcu, ToHub},
    report,
    services::{Line, Severity},
    start::{Begin, start_partitions, wait_for_start},
};

/// A shorter wait is not slept: the kernel takes as long to give the processor away and back.
const SWITCH: Duration = Duration::from_micros(40);

/// Time zero, the loop, the report.
pub(crate) fn go(
    mut ecu: Ecu<LinuxBoard>,
    name: &str,
    mut surroundings: Surroundings<'_>,
    run_for: Option<Duration>,
) -> Result<EcuReport, RunError> {
    let next = start_partitions(&mut ecu, surroundings.milestone)?;
    if ecu.board().hub.is_some() {
        for missing in ecu.board().networks.wait_for_peers() {
            let text = format!("network `{missing}`: not all ECUs are there; going on without");
            ecu.board().log(Line::new(Severity::Warning, None, text));
        }
    }
    tell(&mut ecu, &ToHub::Ready)?;
    let run_for = run_for.map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    let begin = match ecu.board().hub.is_some() {
        true => wait_for_start(&surroundings.news)?,
        false => Begin::in_real_time(run_for),
    };
    ecu.board_mut().clock = Clock::start(begin.slower);
    surroundings.upkeep.begin(&ecu, name);
    if matches!(next, Next::GoOn) {
        poll(&mut ecu, name, &mut surroundings, begin.run_for_ns)?;
    }
    surroundings.upkeep.end(&ecu, name);
    let report = report::of(&ecu, name);
    tell(
        &mut ecu,
        &ToHub::Finished {
            report: report.clone(),
        },
    )?;
    Ok(report)
}

fn tell(ecu: &mut Ecu<LinuxBoard>, message: &ToHub) -> Result<(), RunError> {
    ecu.board_mut()
        .tell(message)
        .map_err(|error| RunError::HubLost(error.into()))
}

/// Whether the ECU goes on.
pub(crate) enum Next {
    GoOn,
    End,
}

fn poll(
    ecu: &mut Ecu<LinuxBoard>,
    name: &str,
    surroundings: &mut Surroundings<'_>,
    run_for_ns: Option<u64>,
) -> Result<(), RunError> {
    let end_ns = run_for_ns.unwrap_or(u64::MAX);
    // What has come before time zero has woken nobody.
    network::deliver_arrived(ecu, 0);
    let mut has_worked = false;
    loop {
        let due_ns = ecu
            .next_activation()
            .map_or(u64::MAX, |next| next.at_ns)
            .min(end_ns);
        let upkeep_ns = surroundings.upkeep.due_ns();
        // The wait ends at an instant of the clock, however late it was begun: nothing drifts.
        let wait = ecu.board().clock.until(due_ns.min(upkeep_ns));
        if has_worked || wait >= SWITCH {
            surroundings.background.start()?;
        }
        let heard = match wait < SWITCH {
            true => surroundings.news.try_recv().ok(),
            false => match surroundings.news.recv_timeout(wait) {
                Ok(news) => Some(news),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => {
                    Some(News::Hub(Err(crate::ReadError::Closed)))
                }
            },
        };
        let now_ns = ecu.board().clock.now_ns();
        if now_ns >= upkeep_ns {
            surroundings.upkeep.work(ecu, name, now_ns)?;
        }
        let next = match heard {
            // However much comes over a network, the tasks go on.
            Some(News::Arrived) => {
                hear(ecu, News::Arrived)?;
                go_on(ecu, surroundings.milestone, now_ns >= end_ns)?
            }
            Some(news) => hear(ecu, news)?,
            None => go_on(ecu, surroundings.milestone, now_ns >= end_ns)?,
        };
        has_worked |= now_ns >= due_ns;
        if matches!(next, Next::End) {
            return Ok(());
        }
    }
}

fn go_on(
    ecu: &mut Ecu<LinuxBoard>,
    milestone: fn(Milestone),
    is_over: bool,
) -> Result<Next, RunError> {
    match is_over {
        true => Ok(Next::End),
        false => work(ecu, milestone),
    }
}

fn hear(ecu: &mut Ecu<LinuxBoard>, news: News) -> Result<Next, RunError> {
    let now_ns = ecu.board().clock.now_ns();
    match news {
        News::Hub(message) => Ok(hear_hub(ecu, message.map_err(RunError::HubLost)?, now_ns)),
        News::End => Ok(Next::End),
        News::Arrived => {
            network::deliver_arrived(ecu, now_ns);
            Ok(Next::GoOn)
        }
        News::Can { bus, heard } => {
            match heard {
                Heard::Frame(frame) => ecu.receive(now_ns, &frame),
                Heard::Event(event) => {
                    ecu.board_mut().note(&bus, event);
                    ecu.can_event(now_ns, &bus, event);
                }
                Heard::Counters { transmit, receive } => {
                    ecu.board_mut().count(&bus, transmit, receive);
                }
                Heard::Lost(reason) => {
                    let text = format!("bus `{bus}` is lost: {reason}");
                    ecu.board().log(Line::new(Severity::Error, None, text));
                }
            }
            Ok(Next::GoOn)
        }
    }
}

fn hear_hub(ecu: &mut Ecu<LinuxBoard>, message: ToEcu, now_ns: u64) -> Next {
    match message {
        ToEcu::Frame { frame } => {
            if let Some(frame) = frame.checked() {
                ecu.receive(now_ns, &frame);
            }
            Next::GoOn
        }
        ToEcu::Value {
            network,
            key,
            value,
        } => {
            if let Some(targets) = ecu.board().networks.targets(&network, &key) {
                network::deliver(ecu, &targets, &value, now_ns);
            }
            Next::GoOn
        }
        ToEcu::Confirmed { request, outcome } => {
            ecu.confirm(Confirmation {
                request,
                outcome: outcome.into(),
                at_ns: now_ns,
            });
            Next::GoOn
        }
        ToEcu::Stop => Next::End,
        // Answers go another way.
        ToEcu::Start { .. }
        | ToEcu::Refused { .. }
        | ToEcu::I2c { .. }
        | ToEcu::Spi { .. }
        | ToEcu::SpiConfigured { .. }
        | ToEcu::Pin { .. } => Next::GoOn,
    }
}

fn work(ecu: &mut Ecu<LinuxBoard>, milestone: fn(Milestone)) -> Result<Next, RunError> {
    let now_ns = ecu.board().clock.now_ns();
    if let Some(next) = ecu.next_activation()
        && next.at_ns <= now_ns
        && matches!(next.work, Work::Task(_))
    {
        milestone(Milestone::FirstTaskBegins);
    }
    activate(ecu, now_ns, milestone)
}

/// Runs what is due at that time, and tells what has failed.
pub(crate) fn activate(
    ecu: &mut Ecu<LinuxBoard>,
    now_ns: u64,
    milestone: fn(Milestone),
) -> Result<Next, RunError> {
    let Some(done) = ecu.run(now_ns) else {
        return Ok(Next::GoOn);
    };
    if done.work == Work::Start {
        milestone(Milestone::PartitionStarted);
    }
    let at_ns = done.ended_ns();
    let Completion {
        partition,
        outcome: Outcome::Trapped(trapped),
        ..
    } = done
    else {
        return Ok(Next::GoOn);
    };
    let name = ecu
        .partition(partition)
        .map(|table| table.name.clone())
        .unwrap_or_default();
    let text = trapped.to_string();
    let line = Line::new(Severity::Error, Some(&name), text.clone());
    ecu.board().log(line);
    let backtrace = trapped.backtrace.clone();
    tell(
        ecu,
        &ToHub::Trapped {
            at_ns,
            partition: name,
            text,
            backtrace,
        },
    )?;
    match trapped.consequence {
        Consequence::StopsRun => Ok(Next::End),
        Consequence::Restarts | Consequence::Stops | Consequence::GivenUp => Ok(Next::GoOn),
    }
}
