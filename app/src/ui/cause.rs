//! Why a value is what it is, and what it changed, as a tree. A step that is picked shows on the canvas
//! with the way to it, and in trace and plot.

use super::{
    theme::{self, tokens},
    widgets::{empty_ui, name_field, pill_ui, section_ui},
};
use crate::{
    command::Command,
    observe::cause::{self, Certainty, Latency, Node, Spread, What},
    session::{Session, Step, WhyView},
};
use egui::{Button, Frame, RichText, ScrollArea, Ui, collapsing_header::CollapsingState};

/// Steps below this depth are folded at first.
const OPEN_DEPTH: usize = 9;

pub(super) fn cause_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    Frame::new()
        .fill(tokens(ui).panel)
        .inner_margin(theme::panel_margin())
        .show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            let Some(why) = &session.view().why else {
                let text = "Run the system, then ask by F9 on a wire, or with the second button in trace and plot";
                empty_ui(ui, "No question yet", text);
                return;
            };
            ScrollArea::both().auto_shrink(false).show(ui, |ui| {
                let mut tree = Tree {
                    why,
                    commands: &mut commands,
                };
                let answer = &why.answer;
                let title = format!("{} at {}", super::plot::short(&answer.element), cause::seconds(answer.at_ns));
                section_ui(ui, &title);
                if let Some(found) = &session.view().latency {
                    latency_ui(ui, found);
                }
                tree.node_ui(ui, &answer.back, &Step { is_forward: false, path: Vec::new() });
                section_ui(ui, "What it changed");
                if answer.forward.is_empty() {
                    ui.label(RichText::new("nothing until now").color(tokens(ui).text_faint));
                }
                for (position, node) in answer.forward.iter().enumerate() {
                    let path = vec![position];
                    tree.node_ui(ui, node, &Step { is_forward: true, path });
                }
            });
        });
    commands
}

/// What was measured: latencies, ages, what was lost on the way.
fn latency_ui(ui: &mut Ui, found: &Latency) {
    let (from, to) = (
        super::plot::short(&found.from),
        super::plot::short(&found.to),
    );
    let words = |spread: &Option<Spread>| match spread {
        Some(spread) => {
            let [least, median, most] =
                [spread.min_ns, spread.median_ns, spread.max_ns].map(cause::age);
            format!("{least} to {most}, median {median}, {} times", spread.count)
        }
        None => "never: nothing came of it".to_owned(),
    };
    let mut lines = vec![
        format!("{from} to {to}"),
        format!("latency {}", words(&found.latency)),
        format!("age {}", words(&found.age)),
    ];
    if found.unused > 0 {
        lines.push(format!("{} values were never used", found.unused));
    }
    if found.possible > 0 {
        let text = "are possible ones: the trace does not say for sure";
        lines.push(format!("{} latencies {text}", found.possible));
    }
    for line in lines {
        ui.label(RichText::new(line).color(tokens(ui).text_weak));
    }
    ui.add_space(theme::GAP_SMALL);
}

struct Tree<'a> {
    why: &'a WhyView,
    commands: &'a mut Vec<Command>,
}

impl Tree<'_> {
    fn node_ui(&mut self, ui: &mut Ui, node: &Node, step: &Step) {
        if node.branches.is_empty() {
            ui.horizontal(|ui| {
                // Where others have their triangle.
                ui.add_space(ui.spacing().indent);
                self.row_ui(ui, node, step);
            });
            return;
        }
        let id = ui.make_persistent_id((step.is_forward, &step.path, &self.why.answer.element));
        let is_open = step.path.len() < OPEN_DEPTH;
        CollapsingState::load_with_default_open(ui.ctx(), id, is_open)
            .show_header(ui, |ui| self.row_ui(ui, node, step))
            .body(|ui| {
                for (position, branch) in node.branches.iter().enumerate() {
                    let mut below = step.clone();
                    below.path.push(position);
                    self.node_ui(ui, branch, &below);
                }
            });
    }

    fn row_ui(&mut self, ui: &mut Ui, node: &Node, step: &Step) {
        let is_picked = self.why.picked.as_ref() == Some(step);
        let ink = match node.what {
            What::Elsewhere => tokens(ui).text_faint,
            What::Activation | What::State => tokens(ui).text_weak,
            _ => tokens(ui).text,
        };
        let button = Button::selectable(is_picked, RichText::new(&node.text).color(ink));
        let row = ui.add(button.wrap_mode(egui::TextWrapMode::Extend));
        name_field(&row, &accessible(node));
        if row.clicked() {
            self.commands.push(Command::PickCause(step.clone()));
        }
        if let Some(at_ns) = node.at_ns {
            let mut text = cause::seconds(at_ns);
            if let Some(age_ns) = node.age_ns {
                text = format!("{text}, {} old", cause::age(age_ns));
            }
            let text = RichText::new(text).size(theme::TEXT_SMALL);
            ui.label(text.color(tokens(ui).text_faint));
        }
        let (weak, ground) = (tokens(ui).text_weak, tokens(ui).well);
        match node.certainty {
            Certainty::Fact => {}
            Certainty::OneOf => {
                pill_ui(ui, "one of these", weak, ground);
            }
            Certainty::Possible => {
                let hover = "The trace does not say whether it had a part";
                pill_ui(ui, "possible", weak, ground).on_hover_text(hover);
            }
        }
        if let (Some(element), Some(at_ns)) = (&node.element, node.at_ns)
            && !step.path.is_empty()
        {
            let name = format!("Why {}", node.text);
            let ask = ui.small_button("Why?").on_hover_text("Go on from here");
            name_field(&ask, &name);
            if ask.clicked() {
                let element = element.clone();
                self.commands.push(Command::Why { element, at_ns });
            }
            if !step.is_forward {
                let measure = ui.small_button("Latency");
                let hover = "How long it took from here to the value, over the whole run";
                let measure = measure.on_hover_text(hover);
                name_field(&measure, &format!("Latency from {}", node.text));
                if measure.clicked() {
                    self.commands.push(Command::Latency {
                        from: element.clone(),
                        to: self.why.answer.element.clone(),
                    });
                }
            }
        }
    }
}

/// `fan.duty = 48 %, 0.300123 s, 99.5 ms old, possible`
fn accessible(node: &Node) -> String {
    let mut name = node.text.clone();
    if let Some(at_ns) = node.at_ns {
        name = format!("{name}, {}", cause::seconds(at_ns));
    }
    if let Some(age_ns) = node.age_ns {
        name = format!("{name}, {} old", cause::age(age_ns));
    }
    match node.certainty {
        Certainty::Fact => name,
        Certainty::OneOf => format!("{name}, one of these"),
        Certainty::Possible => format!("{name}, possible"),
    }
}
