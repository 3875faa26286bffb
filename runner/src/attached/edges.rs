//! What digital pins have done since they are watched. A thread a pin waits for its edges, so that
//! none is lost however seldom a guest asks, and wakes an activation that waits for one. Knows no
//! controller.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use ecu_host::board::{GpioError, Level, PinWatch};

use crate::clock::Clock;

/// A digital line of a controller.
pub(crate) trait DigitalLine: Send {
    fn level(&self) -> Result<Level, GpioError>;

    fn drive(&self, level: Level) -> Result<(), GpioError>;

    /// From now on edges are told. A line without an interrupt refuses, and goes on as before.
    fn watch(&mut self) -> Result<Box<dyn EdgeSource>, GpioError>;
}

/// Where edges come from.
pub(crate) trait EdgeSource: Send {
    /// Waits for the next one.
    fn next(&mut self) -> io::Result<Edge>;
}

/// A line gets this level from the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) to: Level,
    pub(crate) at: Instant,
}

/// All pins that are watched, by name.
#[derive(Clone, Default)]
pub(crate) struct Edges {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    pins: Mutex<BTreeMap<String, Seen>>,
    told: Condvar,
}

/// The last edge each way: whether there was one since an instant is all that a watch asks.
#[derive(Debug, Default)]
struct Seen {
    rising: Option<Instant>,
    falling: Option<Instant>,
    /// Why the pin is not watched any more.
    failed: Option<String>,
}

/// A level that a pin has to get, at or after a time of the ECU.
#[derive(Debug, Clone)]
pub(crate) struct Awaited {
    pub(crate) pin: String,
    pub(crate) to: Level,
    pub(crate) since_ns: u64,
}

impl Edges {
    /// Whether the pin is watched already.
    pub(crate) fn are_told_of(&self, pin: &str) -> bool {
        self.pins().contains_key(pin)
    }

    /// Takes the edges of a pin from now on.
    pub(crate) fn listen(&self, pin: &str, mut source: Box<dyn EdgeSource>) -> io::Result<()> {
        self.pins().insert(pin.to_owned(), Seen::default());
        let (edges, name) = (self.clone(), pin.to_owned());
        let listen = move || {
            while edges.take(&name, source.next()) {}
        };
        let spawned = thread::Builder::new()
            .name(format!("pin {pin}"))
            .spawn(listen);
        spawned.map(drop)
    }

    /// Whether more can come.
    fn take(&self, pin: &str, told: io::Result<Edge>) -> bool {
        let mut pins = self.pins();
        let seen = pins.entry(pin.to_owned()).or_default();
        let goes_on = told.is_ok();
        match told {
            Ok(Edge {
                to: Level::High,
                at,
            }) => seen.rising = Some(at),
            Ok(Edge { to: Level::Low, at }) => seen.falling = Some(at),
            Err(error) => seen.failed = Some(error.to_string()),
        }
        drop(pins);
        self.shared.told.notify_all();
        goes_on
    }

    /// When the pin got the level last, by the ECU's clock, if that was not before.
    pub(crate) fn last_ns(&self, clock: Clock, awaited: &Awaited) -> Option<u64> {
        last_ns(&self.pins(), clock, awaited)
    }

    /// Why a pin is not watched any more.
    pub(crate) fn failed(&self, pin: &str) -> Option<String> {
        self.pins().get(pin)?.failed.clone()
    }

    /// Comes back when one of these has happened, when a pin is lost, or after that time.
    pub(crate) fn wait(&self, clock: Clock, awaited: &[Awaited], at_most: Duration) {
        let goes_on = |pins: &mut BTreeMap<String, Seen>| {
            let is_lost =
                |one: &Awaited| pins.get(&one.pin).is_none_or(|seen| seen.failed.is_some());
            awaited
                .iter()
                .all(|one| last_ns(pins, clock, one).is_none() && !is_lost(one))
        };
        let waited = self
            .shared
            .told
            .wait_timeout_while(self.pins(), at_most, goes_on);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// A thread that panicked has left what was seen by then.
    fn pins(&self) -> MutexGuard<'_, BTreeMap<String, Seen>> {
        self.shared
            .pins
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn last_ns(pins: &BTreeMap<String, Seen>, clock: Clock, awaited: &Awaited) -> Option<u64> {
    let seen = pins.get(&awaited.pin)?;
    let last = match awaited.to {
        Level::High => seen.rising,
        Level::Low => seen.falling,
    };
    let last_ns = last.map(|at| clock.at(at));
    last_ns.filter(|at_ns| *at_ns >= awaited.since_ns)
}

/// The level that a watch of a digital pin waits for, and whether having it already is enough.
pub(crate) fn wanted(watch: PinWatch) -> Result<(Level, bool), GpioError> {
    match watch {
        PinWatch::Level(level) => Ok((level, true)),
        PinWatch::Edge(level) => Ok((level, false)),
        PinWatch::Above(_) | PinWatch::Below(_) => Err(GpioError::PinModeNotAvailable),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::{
        num::NonZeroU32,
        sync::mpsc::{Receiver, Sender, channel},
    };

    /// A line that a test drives: the level now, and edges by hand.
    pub(crate) struct FakeLine {
        pub(crate) level: Arc<Mutex<Level>>,
        pub(crate) edges: Option<Receiver<io::Result<Edge>>>,
    }

    pub(crate) struct FakeSource(Receiver<io::Result<Edge>>);

    impl DigitalLine for FakeLine {
        fn level(&self) -> Result<Level, GpioError> {
            Ok(*self.level.lock().unwrap())
        }

        fn drive(&self, level: Level) -> Result<(), GpioError> {
            *self.level.lock().unwrap() = level;
            Ok(())
        }

        /// Once; then there are no interrupts left.
        fn watch(&mut self) -> Result<Box<dyn EdgeSource>, GpioError> {
            let edges = self.edges.take().ok_or(GpioError::OperationNotSupported)?;
            Ok(Box::new(FakeSource(edges)))
        }
    }

    impl EdgeSource for FakeSource {
        fn next(&mut self) -> io::Result<Edge> {
            let gone = |_| io::Error::from(io::ErrorKind::NotFound);
            self.0.recv().map_err(gone)?
        }
    }

    const LONG: Duration = Duration::from_secs(60);

    fn watched() -> (Edges, Sender<io::Result<Edge>>) {
        let edges = Edges::default();
        let (tell, source) = channel();
        edges.listen("door", Box::new(FakeSource(source))).unwrap();
        (edges, tell)
    }

    fn door(to: Level, since_ns: u64) -> Awaited {
        Awaited {
            pin: "door".into(),
            to,
            since_ns,
        }
    }

    #[test]
    fn an_edge_ends_a_wait_and_is_remembered() {
        let (edges, tell) = watched();
        let clock = Clock::start(NonZeroU32::MIN);
        let begun = Instant::now();
        let at = begun + Duration::from_millis(1);
        let teller = thread::spawn(move || {
            let to = Level::Low;
            tell.send(Ok(Edge { to, at })).unwrap();
            tell
        });
        edges.wait(clock, &[door(Level::Low, 0)], LONG);
        assert!(begun.elapsed() < LONG);
        let at_ns = clock.at(at);
        let last_ns = |awaited: &Awaited| edges.last_ns(clock, awaited);
        assert_eq!(last_ns(&door(Level::Low, 0)), Some(at_ns));
        assert_eq!(last_ns(&door(Level::Low, at_ns)), Some(at_ns));
        // The other way, a little later, another pin.
        assert_eq!(last_ns(&door(Level::High, 0)), None);
        assert_eq!(last_ns(&door(Level::Low, at_ns + 1)), None);
        let other = Awaited {
            pin: "lamp".into(),
            ..door(Level::Low, 0)
        };
        assert_eq!(last_ns(&other), None);
        assert!(edges.are_told_of("door") && !edges.are_told_of("lamp"));
        drop(teller.join().unwrap());
    }

    #[test]
    fn what_has_happened_before_the_wait_ends_it_at_once() {
        let (edges, tell) = watched();
        let begun = Instant::now();
        for to in [Level::High, Level::Low, Level::High] {
            let at = Instant::now();
            tell.send(Ok(Edge { to, at })).unwrap();
        }
        // Also before time zero.
        edges.wait(Clock::standing(), &[door(Level::High, 0)], LONG);
        edges.wait(Clock::standing(), &[door(Level::Low, 0)], LONG);
        assert!(begun.elapsed() < LONG);
    }

    #[test]
    fn a_wait_without_an_edge_ends_with_its_time() {
        let (edges, _tell) = watched();
        let clock = Clock::standing();
        let begun = Instant::now();
        edges.wait(clock, &[door(Level::Low, 0)], Duration::from_millis(3));
        assert!(begun.elapsed() >= Duration::from_millis(3));
        assert_eq!(edges.last_ns(clock, &door(Level::Low, 0)), None);
    }

    #[test]
    fn a_pin_that_is_lost_ends_all_waits_and_says_why() {
        let (edges, tell) = watched();
        assert_eq!(edges.failed("door"), None);
        let begun = Instant::now();
        tell.send(Err(io::Error::other("the controller is gone")))
            .unwrap();
        edges.wait(Clock::standing(), &[door(Level::Low, 0)], LONG);
        assert!(begun.elapsed() < LONG);
        let words = "the controller is gone".to_owned();
        assert_eq!(edges.failed("door"), Some(words));
    }

    #[test]
    fn numbers_are_not_watched_at_digital_pins() {
        assert_eq!(wanted(PinWatch::Edge(Level::Low)), Ok((Level::Low, false)));
        assert_eq!(
            wanted(PinWatch::Level(Level::High)),
            Ok((Level::High, true))
        );
        for watch in [PinWatch::Above(1), PinWatch::Below(1)] {
            assert_eq!(wanted(watch), Err(GpioError::PinModeNotAvailable));
        }
    }
}
