//! The tour of the first start: five steps that are done, not read. It knows by the session when
//! one is done.

use super::{Effect, Session};
use crate::command::Command;
use graph_core::diagnostic::Severity;

/// Where a step happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TourPlace {
    Canvas,
    Problems,
    /// Run, pause, step, export.
    Controls,
}

/// A step as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TourStep {
    pub title: &'static str,
    pub text: &'static str,
    pub place: TourPlace,
}

/// A tour that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tour {
    /// From 0.
    step: usize,
    /// Connectors when the step began.
    connectors: usize,
}

pub const TOUR: [TourStep; 5] = [
    TourStep {
        title: "This is a system",
        text: "Each box is an instance of a WebAssembly component. A wire carries what one provides, \
               on its right, to another that requires it, on its left. Turn the wheel to zoom, drag \
               with the middle button to move, F shows all. Rest on a pin to read its WIT. Select a \
               box to go on.",
        place: TourPlace::Canvas,
    },
    TourStep {
        title: "Take a wire away",
        text: "Click a wire and press Delete.",
        place: TourPlace::Canvas,
    },
    TourStep {
        title: "Wire it again",
        text: "Problems says what is missing now; a click goes there. Drag from one pin: those that \
               fit light up, and one that does not says why while you hold the wire over it. Let go \
               at the right one. Undo does it, too.",
        place: TourPlace::Problems,
    },
    TourStep {
        title: "Run it",
        text: "Run composes the components and simulates the ECUs in virtual time. Watch values on \
               the wires, and frames in the Trace panel; change a stimulus under Devices.",
        place: TourPlace::Controls,
    },
    TourStep {
        title: "Export what you have seen",
        text: "Export writes what runs on the vehicle: the same components, composed, for Linux ECUs, \
               microcontrollers or a registry. Then begin your own: New in the File menu, and Add… \
               in the library.",
        place: TourPlace::Controls,
    },
];

impl Session {
    /// The step that is shown with its number from 1; `done`: what it asks for has been done.
    pub fn tour(&self) -> Option<(usize, TourStep, bool)> {
        let tour = self.view.tour?;
        let step = TOUR.get(tour.step)?;
        // Before there is a system there is nothing to show.
        (!self.document.instances.is_empty()).then(|| (tour.step + 1, *step, self.is_done(&tour)))
    }

    fn is_done(&self, tour: &Tour) -> bool {
        let has_error = |severity| severity == Severity::Error;
        match tour.step {
            0 => !self.selection.is_empty(),
            1 => self.document.connectors.len() < tour.connectors,
            2 => {
                self.document.connectors.len() > tour.connectors
                    && !self.diagnostics.iter().any(|one| has_error(one.severity))
            }
            3 => self.run.is_started(),
            _ => self.view.export.open,
        }
    }

    pub(super) fn apply_tour(&mut self, command: Command) -> Vec<Effect> {
        let at = |step| Tour {
            step,
            connectors: self.document.connectors.len(),
        };
        self.view.tour = match (command, self.view.tour) {
            (Command::Tour, _) => Some(at(0)),
            (Command::NextTourStep, Some(tour)) if tour.step + 1 < TOUR.len() => {
                Some(at(tour.step + 1))
            }
            _ => None,
        };
        match self.view.tour {
            Some(_) => Vec::new(),
            None => self.end_tour(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tour_shows_nothing_without_a_system_and_is_not_offered_again_once_it_has_ended() {
        let mut session = Session::default();
        session.apply(Command::Tour);
        assert_eq!(session.tour(), None);
        for _ in 0..TOUR.len() - 1 {
            assert!(session.apply(Command::NextTourStep).is_empty());
        }
        let effects = session.apply(Command::NextTourStep);
        assert!(matches!(&effects[..], [Effect::KeepSettings(_)]));
        assert!(session.settings().tour_seen);
    }
}
