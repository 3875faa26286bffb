//! The Simulation menu.

use super::{Entry, Menu, can_step, ctrl, ctrl_shift, key, shift};
use crate::{command::Command, session::Session};

pub(super) fn entries() -> Vec<Entry> {
    let group = |id, text, tooltip, shortcut, command, enabled| Entry {
        id,
        menu: Menu::Simulation,
        text,
        tooltip,
        shortcut,
        command,
        enabled,
    };
    vec![
        group(
            "simulation.run",
            "Run",
            "Compose the system and let its time run",
            key("F5"),
            Command::Run,
            |session| session.can_compose() && !session.run().is_running(),
        ),
        group(
            "simulation.pause",
            "Pause",
            "Stop time; everything stays as it is",
            key("F6"),
            Command::Pause,
            |session| session.run().is_running(),
        ),
        group(
            "simulation.step",
            "Step",
            "Until the next activation has ended",
            key("F10"),
            Command::Step,
            can_step,
        ),
        group(
            "simulation.step-frame",
            "Step frame",
            "Until the next frame has been sent",
            shift("F10"),
            Command::StepFrame,
            can_step,
        ),
        group(
            "simulation.step-event",
            "Step event",
            "Until anything has happened: an activation, the start or end of a frame, a stimulus",
            key("F11"),
            Command::StepEvent,
            can_step,
        ),
        group(
            "simulation.step-back",
            "Step back",
            "To where the activation before had ended, by running again from zero",
            ctrl("F10"),
            Command::StepBack,
            can_go_back,
        ),
        group(
            "simulation.step-event-back",
            "Step event back",
            "To what it was before the last event, by running again from zero",
            ctrl("F11"),
            Command::StepEventBack,
            can_go_back,
        ),
        group(
            "simulation.go-to-time",
            "Go to time…",
            "To an instant, earlier or later; what was changed by hand comes again at its time",
            ctrl("T"),
            Command::AskForInstant,
            |session| session.can_compose() || session.run().is_started(),
        ),
        group(
            "simulation.restart",
            "Restart",
            "Begin again at time zero",
            ctrl_shift("F5"),
            Command::Restart,
            |session| session.run().is_started(),
        ),
        group(
            "simulation.stop",
            "Stop",
            "End the simulation",
            shift("F5"),
            Command::Stop,
            |session| session.run().is_started(),
        ),
        group(
            "simulation.compare",
            "Compare with a run…",
            "Tell where this run differs first from one that `wireloom simulate --rows` has written",
            None,
            Command::CompareRun,
            |session| session.run().is_started(),
        ),
        group(
            "simulation.scenarios",
            "Scenarios",
            "Show the scenarios of the project and what came of them",
            None,
            Command::Scenarios,
            |session| session.path().is_some(),
        ),
        group(
            "simulation.test",
            "Run all scenarios",
            "Run what lies in scenarios/ beside the project, and tell which assertions hold",
            ctrl_shift("T"),
            Command::TestScenarios,
            |session| session.can_test() && session.scenarios().running.is_empty(),
        ),
        group(
            "simulation.reload-scenarios",
            "Reload scenarios",
            "Read the scenario files again",
            None,
            Command::ReloadScenarios,
            |session| session.path().is_some(),
        ),
        group(
            "simulation.why",
            "Why this value?",
            "What the selected wire's value came from, and what it changed, at the cursor or now",
            key("F9"),
            Command::WhySelected,
            |session| session.why_of_selection().is_some(),
        ),
    ]
}

fn can_go_back(session: &Session) -> bool {
    session.run().now_ns > 0 && !session.run().is_running()
}
