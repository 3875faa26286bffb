//! The user's breakpoints: texts, switched on or off. They are no part of the project; they stay while
//! the window is open.

use super::{Effect, Panel, Session, SimulationOrder};
use crate::command::Command;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakpointView {
    /// See [`crate::observe::Breakpoint`].
    pub text: String,
    pub is_on: bool,
}

impl Session {
    pub(super) fn apply_breakpoint(&mut self, command: Command) -> Vec<Effect> {
        let all = &mut self.view.breakpoints;
        match command {
            Command::AddBreakpoint(text) => {
                let text = text.trim().to_owned();
                all.retain(|one| one.text != text);
                if !text.is_empty() {
                    all.push(BreakpointView { text, is_on: true });
                }
                self.view.hidden_panels.remove(&Panel::Breakpoints);
            }
            Command::SwitchBreakpoint(text) => {
                let switched = all.iter_mut().filter(|one| one.text == text);
                switched.for_each(|one| one.is_on = !one.is_on);
            }
            Command::RemoveBreakpoint(text) => all.retain(|one| one.text != text),
            _ => {}
        }
        match self.run.is_started() {
            true => vec![self.breakpoint_order()],
            false => Vec::new(),
        }
    }

    pub(super) fn breakpoint_order(&self) -> Effect {
        let on = self.view.breakpoints.iter().filter(|one| one.is_on);
        let texts = on.map(|one| one.text.clone());
        Effect::Simulation(SimulationOrder::SetBreakpoints(texts.collect()))
    }
}
