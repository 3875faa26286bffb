//! What an activation has cost so far: users' fuel, time waited, a constant. Knows fuel only as
//! numbers.

use crate::EcuSettings;

/// The meter of the activation that runs.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    started_ns: u64,
    waited_ns: u64,
    spent_fuel: u64,
    section: Option<Section>,
}

/// From `meter.enter` to `meter.leave`.
#[derive(Debug, Clone, Copy)]
struct Section {
    runnable: u32,
    /// Users' fuel that was spent when it began.
    before_fuel: u64,
    /// Fuel that was left when users' code last took over; none while a probe works.
    from_fuel: Option<u64>,
}

impl Meter {
    pub(crate) fn start(started_ns: u64) -> Meter {
        Meter {
            started_ns,
            ..Meter::default()
        }
    }

    pub(crate) fn enter(&mut self, runnable: u32, left_fuel: u64) {
        self.leave(left_fuel);
        let from_fuel = Some(left_fuel);
        self.section = Some(Section {
            runnable,
            before_fuel: self.spent_fuel,
            from_fuel,
        });
    }

    /// The runnable that ran and what it has spent.
    pub(crate) fn leave(&mut self, left_fuel: u64) -> Option<(u32, u64)> {
        self.pause(left_fuel);
        let section = self.section.take()?;
        Some((section.runnable, self.spent_fuel - section.before_fuel))
    }

    pub(crate) fn pause(&mut self, left_fuel: u64) {
        self.spent_fuel = self.spent_fuel_at(left_fuel);
        if let Some(section) = &mut self.section {
            section.from_fuel = None;
        }
    }

    pub(crate) fn resume(&mut self, left_fuel: u64) {
        self.pause(left_fuel);
        if let Some(section) = &mut self.section {
            section.from_fuel = Some(left_fuel);
        }
    }

    pub(crate) fn wait(&mut self, wait_ns: u64) {
        self.waited_ns = self.waited_ns.saturating_add(wait_ns);
    }

    pub(crate) fn waited_ns(&self) -> u64 {
        self.waited_ns
    }

    pub(crate) fn started_ns(&self) -> u64 {
        self.started_ns
    }

    pub(crate) fn runnable(&self) -> Option<u32> {
        self.section.map(|section| section.runnable)
    }

    pub(crate) fn spent_fuel_at(&self, left_fuel: u64) -> u64 {
        let from_fuel = self.section.and_then(|section| section.from_fuel);
        let open_fuel = from_fuel.map_or(0, |from_fuel| from_fuel.saturating_sub(left_fuel));
        self.spent_fuel.saturating_add(open_fuel)
    }

    /// The ECU's modelled time when this much fuel is left.
    pub(crate) fn now_ns(&self, settings: &EcuSettings, left_fuel: u64) -> u64 {
        let fuel_ns = self
            .spent_fuel_at(left_fuel)
            .saturating_mul(settings.fuel_ps)
            / 1_000;
        self.started_ns
            .saturating_add(settings.activation_ns)
            .saturating_add(fuel_ns)
            .saturating_add(self.waited_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> EcuSettings {
        EcuSettings {
            fuel_ps: 500,
            activation_ns: 10,
            ..EcuSettings::default()
        }
    }

    #[test]
    fn only_what_runnables_spend_is_a_cost() {
        let mut meter = Meter::start(1_000);
        assert_eq!(meter.now_ns(&settings(), 90_000), 1_010);
        meter.enter(3, 80_000);
        assert_eq!(meter.now_ns(&settings(), 79_000), 1_510);
        assert_eq!(meter.leave(78_000), Some((3, 2_000)));
        assert_eq!(meter.now_ns(&settings(), 10_000), 2_010);
    }

    #[test]
    fn a_probe_costs_nothing() {
        let mut meter = Meter::start(0);
        meter.enter(0, 100);
        meter.pause(90);
        assert_eq!(meter.spent_fuel_at(50), 10);
        meter.resume(40);
        assert_eq!(meter.leave(30), Some((0, 20)));
    }

    #[test]
    fn calls_in_the_wrong_order_do_no_harm() {
        let mut meter = Meter::start(0);
        assert_eq!(meter.leave(10), None);
        meter.resume(5);
        meter.pause(4);
        assert_eq!(meter.spent_fuel_at(0), 0);
        meter.enter(1, 100);
        meter.enter(2, 90);
        assert_eq!(meter.leave(85), Some((2, 5)));
        assert_eq!(meter.spent_fuel_at(0), 15);
    }

    #[test]
    fn time_saturates() {
        let mut meter = Meter::start(u64::MAX - 5);
        meter.wait(u64::MAX);
        assert_eq!(meter.now_ns(&settings(), 0), u64::MAX);
    }
}
