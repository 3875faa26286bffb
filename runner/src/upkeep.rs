//! What the loop does now and then for others: says that it is alive, publishes what it has counted,
//! and ends the trial of a new version, well or badly. Knows no task.

use std::{fs, io, time::Instant};

use ecu_host::Ecu;

use crate::{
    RunError, Trial,
    linux_board::LinuxBoard,
    notify::Notify,
    report,
    services::{Line, Published, Severity, Snapshot},
};

/// How often what was counted is published.
const PUBLISH_NS: u64 = 1_000_000_000;

pub(crate) struct Upkeep {
    notify: Option<Notify>,
    published: Published,
    trial: Option<Trial>,
    alive_ns: u64,
    publish_ns: u64,
}

impl Upkeep {
    /// For a loop that nobody supervises.
    #[cfg(feature = "compile")]
    pub(crate) fn none() -> Upkeep {
        Upkeep {
            notify: None,
            published: Published::default(),
            trial: None,
            alive_ns: u64::MAX,
            publish_ns: u64::MAX,
        }
    }

    pub(crate) fn new(published: Published, trial: Option<Trial>) -> Upkeep {
        Upkeep {
            notify: Some(Notify::from_environment()),
            published,
            trial,
            alive_ns: u64::MAX,
            publish_ns: 0,
        }
    }

    /// The first activation is due.
    pub(crate) fn begin(&mut self, ecu: &Ecu<LinuxBoard>, name: &str) {
        let Some(notify) = &self.notify else { return };
        notify.ready();
        self.alive_ns = match notify.alive_every {
            Some(_) => 0,
            None => u64::MAX,
        };
        self.publish(ecu, name, 0);
        self.publish_ns = PUBLISH_NS;
    }

    /// Nothing runs any more: what was counted by now is what remains.
    pub(crate) fn end(&self, ecu: &Ecu<LinuxBoard>, name: &str) {
        let Some(notify) = &self.notify else { return };
        notify.stopping();
        self.publish(ecu, name, ecu.board().clock.now_ns());
    }

    /// When there is something to do.
    pub(crate) fn due_ns(&self) -> u64 {
        let trial = self
            .trial
            .as_ref()
            .map(|trial| trial.passes_after.as_nanos());
        let judge_ns = trial.map_or(u64::MAX, |after| u64::try_from(after).unwrap_or(u64::MAX));
        self.alive_ns.min(self.publish_ns).min(judge_ns)
    }

    pub(crate) fn work(
        &mut self,
        ecu: &Ecu<LinuxBoard>,
        name: &str,
        now_ns: u64,
    ) -> Result<(), RunError> {
        if now_ns >= self.alive_ns
            && let Some(notify) = &self.notify
        {
            notify.alive();
            let every = notify.alive_every.unwrap_or_default();
            self.alive_ns = now_ns.saturating_add(every.as_nanos() as u64);
        }
        if now_ns >= self.publish_ns {
            self.publish(ecu, name, now_ns);
            self.publish_ns = now_ns.saturating_add(PUBLISH_NS);
        }
        self.judge(ecu, now_ns)
    }

    fn publish(&self, ecu: &Ecu<LinuxBoard>, name: &str, now_ns: u64) {
        self.published.put(Snapshot {
            made: Instant::now(),
            uptime_ns: now_ns,
            report: report::of(ecu, name),
            stopped: report::stopped(ecu),
        });
    }

    /// A version on trial ends at the first partition that stops, and is kept when its time is over.
    fn judge(&mut self, ecu: &Ecu<LinuxBoard>, now_ns: u64) -> Result<(), RunError> {
        let Some(trial) = &self.trial else {
            return Ok(());
        };
        if let Some(stopped) = report::stopped(ecu).first() {
            let reason = format!("partition `{stopped}` has stopped");
            return Err(RunError::Trial { reason });
        }
        if u128::from(now_ns) < trial.passes_after.as_nanos() {
            return Ok(());
        }
        let line = match fs::remove_file(&trial.marker) {
            Ok(()) => Some((
                Severity::Info,
                "the new version has passed its trial".to_owned(),
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                let path = trial.marker.display();
                let text = format!(
                    "`{path}` can not be removed: {error}; the next start takes the old version"
                );
                Some((Severity::Error, text))
            }
        };
        if let Some((severity, text)) = line {
            ecu.board().log(Line::new(severity, None, text));
        }
        self.trial = None;
        Ok(())
    }
}
