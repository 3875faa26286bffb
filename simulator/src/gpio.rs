//! A line of a GPIO controller: what reaches it from the world, what ECUs drive, and when it
//! changed. Times may come in any order: an activation runs as a whole at its start, so one ECU can
//! ask for an instant before one that another ECU has already acted at.
//! Knows nothing of ECUs and of traces.
//!
//! An ECU that has driven a line goes on driving it. Before that, a digital line is held by what is
//! outside: a switch or sensor that is active drives the active level; one that is not leaves the
//! line to its pull resistor, and drives the other level where there is none. An output that was
//! never driven has the level of its pull resistor, else the low one.

use crate::devices::{Register, Stimulus};
use deployment::{ActiveLevel, Pin, PinDirection, PinSignal, Pull};
use ecu_host::board::{Level, PinConfig, PinWatch};

/// Changes kept a line; an older instant reads as the oldest of them.
const CHANGES_KEPT: usize = 4_096;

/// What a digital line takes from the world.
const DIGITAL: &[Stimulus] = &[Stimulus {
    name: "active",
    unit: "",
    minimum: 0.0,
    maximum: 1.0,
    step: 1.0,
    default: 0.0,
}];

/// What an analog line takes from the world, in parts of its full scale.
const ANALOG: &[Stimulus] = &[Stimulus {
    name: "level",
    unit: "%",
    minimum: 0.0,
    maximum: 100.0,
    step: 0.1,
    default: 0.0,
}];

/// See the file's head.
#[derive(Debug)]
pub struct Line {
    pin: Pin,
    /// The stimulus.
    outside: f64,
    /// What an ECU drives: 0 or 1, or a number.
    driven: Option<u32>,
    /// By time: the line has this value from then on.
    changes: Vec<(u64, u32)>,
}

impl Line {
    pub fn new(pin: &Pin) -> Line {
        let mut line = Line {
            pin: pin.clone(),
            outside: 0.0,
            driven: None,
            changes: Vec::new(),
        };
        line.changes.push((0, line.held(0.0)));
        line
    }

    pub fn name(&self) -> &str {
        &self.pin.name
    }

    /// Whether it has two levels.
    pub fn is_digital(&self) -> bool {
        self.pin.signal == PinSignal::Digital
    }

    /// How it is wired.
    pub fn config(&self) -> PinConfig {
        (&self.pin).into()
    }

    /// What the world can do to it; an output takes nothing.
    pub fn stimuli(&self) -> &'static [Stimulus] {
        stimuli(self.pin.signal, self.pin.direction)
    }

    /// What a panel calls it.
    pub fn title(&self) -> &'static str {
        match (self.pin.signal, self.pin.direction) {
            (PinSignal::Digital, PinDirection::In) => "Digital input",
            (PinSignal::Digital, PinDirection::Out) => "Digital output",
            (PinSignal::Digital, PinDirection::InOut) => "Digital input and output",
            (PinSignal::Analog { .. }, PinDirection::In) => "Analog input",
            (PinSignal::Analog { .. }, PinDirection::Out) => "Analog output",
            (PinSignal::Analog { .. }, PinDirection::InOut) => "Analog input and output",
        }
    }

    /// What a device panel calls its model.
    pub fn model(&self) -> &'static str {
        match self.pin.signal {
            PinSignal::Digital => "digital pin",
            PinSignal::Analog { .. } => "analog pin",
        }
    }

    /// The present value of the stimulus.
    pub fn stimulus(&self) -> f64 {
        self.outside
    }

    /// From `at_ns` on the world does this to the line; gives its new value if that changed.
    pub fn stimulate(&mut self, at_ns: u64, outside: f64) -> Option<u32> {
        self.outside = outside;
        let value = self.driven.unwrap_or_else(|| self.held(outside));
        self.change(at_ns, value)
    }

    /// From `at_ns` on an ECU drives the line; gives its new value if that changed.
    pub fn drive(&mut self, at_ns: u64, value: u32) -> Option<u32> {
        self.driven = Some(value);
        self.change(at_ns, value)
    }

    /// The value at an instant: 0 or 1, or a number.
    pub fn value(&self, at_ns: u64) -> u32 {
        let later = self
            .changes
            .partition_point(|(since_ns, _)| *since_ns <= at_ns);
        let now = self.changes.get(later.saturating_sub(1));
        now.map_or(0, |(_, value)| *value)
    }

    /// The value as a level.
    pub fn level(&self, at_ns: u64) -> Level {
        level(self.value(at_ns))
    }

    /// When a condition first holds at or after `since_ns`, by what has happened and by stimuli
    /// that are still to come, in the order of their times.
    pub fn ready_ns(
        &self,
        watch: PinWatch,
        since_ns: u64,
        to_come: impl Iterator<Item = (u64, f64)>,
    ) -> Option<u64> {
        let mut before = self.value(since_ns);
        if !matches!(watch, PinWatch::Edge(_)) && holds(watch, before, before) {
            return Some(since_ns);
        }
        let first = self
            .changes
            .partition_point(|(at_ns, _)| *at_ns <= since_ns);
        let happened = self.changes.iter().skip(first).copied();
        let held = |(at_ns, outside)| (at_ns, self.driven.unwrap_or_else(|| self.held(outside)));
        for (at_ns, value) in happened.chain(to_come.map(held)) {
            if at_ns > since_ns && holds(watch, before, value) {
                return Some(at_ns);
            }
            before = value;
        }
        None
    }

    /// What a panel shows.
    pub fn registers(&self, at_ns: u64) -> Vec<Register> {
        let value = |name, value: u32| Register {
            name,
            value: u16::try_from(value).unwrap_or(u16::MAX),
        };
        let now = self.value(at_ns);
        match (self.pin.signal, self.pin.active_level) {
            (PinSignal::Digital, ActiveLevel::High) => {
                vec![value("level", now), value("active", now)]
            }
            (PinSignal::Digital, ActiveLevel::Low) => {
                vec![value("level", now), value("active", 1 - now.min(1))]
            }
            (PinSignal::Analog { .. }, _) => vec![value("number", now)],
        }
    }

    /// The value while no ECU drives the line.
    fn held(&self, outside: f64) -> u32 {
        let active = u32::from(self.pin.active_level == ActiveLevel::High);
        match self.pin.signal {
            PinSignal::Analog { full_scale } => {
                // `as` saturates, and NaN is 0.
                let number = (f64::from(full_scale) * outside / 100.0).round() as u32;
                number.min(full_scale)
            }
            PinSignal::Digital if self.pin.direction == PinDirection::Out => {
                u32::from(self.pin.pull == Some(Pull::Up))
            }
            PinSignal::Digital if outside >= 0.5 => active,
            PinSignal::Digital => match self.pin.pull {
                Some(pull) => u32::from(pull == Pull::Up),
                None => 1 - active,
            },
        }
    }

    fn change(&mut self, at_ns: u64, value: u32) -> Option<u32> {
        let is_new = self.value(at_ns) != value;
        let later = self
            .changes
            .partition_point(|(since_ns, _)| *since_ns <= at_ns);
        if is_new {
            self.changes.insert(later, (at_ns, value));
        }
        let surplus = self.changes.len().saturating_sub(CHANGES_KEPT);
        self.changes.drain(..surplus);
        is_new.then_some(value)
    }
}

/// What the world can do to such a pin; an output takes nothing.
pub fn stimuli(signal: PinSignal, direction: PinDirection) -> &'static [Stimulus] {
    match (direction, signal) {
        (PinDirection::Out, _) => &[],
        (_, PinSignal::Digital) => DIGITAL,
        (_, PinSignal::Analog { .. }) => ANALOG,
    }
}

fn level(value: u32) -> Level {
    match value {
        0 => Level::Low,
        _ => Level::High,
    }
}

/// Whether the change from one value to another fulfils the condition.
fn holds(watch: PinWatch, before: u32, now: u32) -> bool {
    match watch {
        PinWatch::Level(wanted) => level(now) == wanted,
        PinWatch::Edge(wanted) => level(now) == wanted && level(before) != wanted,
        PinWatch::Above(limit) => now > limit,
        PinWatch::Below(limit) => now < limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn pin(
        signal: PinSignal,
        direction: PinDirection,
        active_level: ActiveLevel,
        pull: Option<Pull>,
    ) -> Line {
        Line::new(&Pin {
            name: "pin".into(),
            signal,
            direction,
            active_level,
            pull,
            stimuli: BTreeMap::new(),
        })
    }

    fn button() -> Line {
        pin(
            PinSignal::Digital,
            PinDirection::In,
            ActiveLevel::Low,
            Some(Pull::Up),
        )
    }

    #[test]
    fn what_reaches_a_digital_input_is_on_or_off() {
        assert!(DIGITAL.iter().all(Stimulus::is_switch));
        assert!(!ANALOG.iter().any(Stimulus::is_switch));
    }

    #[test]
    fn a_button_against_its_pull_resistor() {
        let mut line = button();
        assert_eq!(line.level(0), Level::High);
        assert_eq!(line.stimulate(10, 1.0), Some(0));
        assert_eq!(line.stimulate(15, 1.0), None);
        assert_eq!(line.stimulate(20, 0.0), Some(1));
        let levels = [9, 10, 19, 20].map(|at_ns| line.level(at_ns));
        assert_eq!(levels, [Level::High, Level::Low, Level::Low, Level::High]);
        assert_eq!(line.stimulus(), 0.0);
    }

    #[test]
    fn a_pull_resistor_to_the_active_level_hides_the_switch() {
        let mut line = pin(
            PinSignal::Digital,
            PinDirection::In,
            ActiveLevel::Low,
            Some(Pull::Down),
        );
        assert_eq!(line.level(0), Level::Low);
        assert_eq!(line.stimulate(1, 1.0), None);
    }

    #[test]
    fn without_a_resistor_the_world_drives_both_levels() {
        for (active_level, expected) in [(ActiveLevel::High, [0, 1]), (ActiveLevel::Low, [1, 0])] {
            let mut line = pin(PinSignal::Digital, PinDirection::In, active_level, None);
            let before = line.value(0);
            line.stimulate(1, 1.0);
            assert_eq!([before, line.value(1)], expected);
        }
    }

    #[test]
    fn an_output_has_its_pull_until_it_is_driven() {
        let mut line = pin(
            PinSignal::Digital,
            PinDirection::Out,
            ActiveLevel::Low,
            Some(Pull::Up),
        );
        assert!(line.stimuli().is_empty());
        assert_eq!(line.value(0), 1);
        assert_eq!(line.drive(5, 1), None);
        assert_eq!(line.drive(6, 0), Some(0));
        let names: Vec<_> = line
            .registers(6)
            .iter()
            .map(|one| (one.name, one.value))
            .collect();
        assert_eq!(names, [("level", 0), ("active", 1)]);
    }

    #[test]
    fn who_asks_for_an_earlier_instant_gets_its_value() {
        let mut line = pin(
            PinSignal::Digital,
            PinDirection::InOut,
            ActiveLevel::High,
            None,
        );
        line.drive(100, 1);
        line.drive(300, 0);
        assert_eq!(
            [99, 100, 299, 300].map(|at_ns| line.value(at_ns)),
            [0, 1, 1, 0]
        );
        // Once driven, the world does not reach it.
        assert_eq!(line.stimulate(400, 1.0), None);
    }

    #[test]
    fn numbers_are_parts_of_the_full_scale() {
        let signal = PinSignal::Analog { full_scale: 4_095 };
        let mut line = pin(signal, PinDirection::In, ActiveLevel::High, None);
        for (percent, number) in [(50.0, 2_048), (100.0, 4_095), (0.0, 0), (0.03, 1)] {
            line.stimulate(1, percent);
            assert_eq!(line.value(1), number, "{percent}");
        }
        let mut line = pin(signal, PinDirection::Out, ActiveLevel::High, None);
        assert_eq!(line.drive(1, 4_000), Some(4_000));
    }

    #[test]
    fn a_watch_knows_what_was_and_what_is_scheduled() {
        let mut line = button();
        line.stimulate(10, 1.0);
        line.stimulate(20, 0.0);
        let nothing = || std::iter::empty();
        let falling = PinWatch::Edge(Level::Low);
        assert_eq!(line.ready_ns(falling, 0, nothing()), Some(10));
        assert_eq!(
            line.ready_ns(PinWatch::Edge(Level::High), 0, nothing()),
            Some(20)
        );
        // The edge at 10 is not one after 10.
        assert_eq!(line.ready_ns(falling, 10, nothing()), None);
        let to_come = || [(30, 0.0), (40, 1.0), (50, 0.0)].into_iter();
        assert_eq!(line.ready_ns(falling, 10, to_come()), Some(40));
        assert_eq!(
            line.ready_ns(PinWatch::Level(Level::Low), 12, nothing()),
            Some(12)
        );
        assert_eq!(
            line.ready_ns(PinWatch::Level(Level::Low), 25, to_come()),
            Some(40)
        );
    }

    #[test]
    fn numbers_are_watched_by_limits() {
        let signal = PinSignal::Analog { full_scale: 100 };
        let mut line = pin(signal, PinDirection::In, ActiveLevel::High, None);
        line.stimulate(10, 60.0);
        let to_come = || [(30, 60.5), (40, 5.0)].into_iter();
        assert_eq!(line.ready_ns(PinWatch::Above(59), 5, to_come()), Some(10));
        assert_eq!(line.ready_ns(PinWatch::Above(60), 10, to_come()), Some(30));
        assert_eq!(line.ready_ns(PinWatch::Below(10), 10, to_come()), Some(40));
        assert_eq!(line.ready_ns(PinWatch::Below(5), 10, to_come()), None);
    }

    #[test]
    fn old_changes_are_forgotten() {
        let mut line = pin(
            PinSignal::Digital,
            PinDirection::Out,
            ActiveLevel::High,
            None,
        );
        for at_ns in 1..=10_000 {
            line.drive(at_ns, (at_ns & 1) as u32);
        }
        assert!(line.changes.len() <= CHANGES_KEPT);
        assert_eq!(line.value(10_000), 0);
        assert_eq!(line.value(9_999), 1);
    }
}
