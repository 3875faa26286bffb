//! Frames that are proposed for what leads from one ECU to another: the table to look at and to change,
//! with the load that they make of the bus.

use super::{
    theme::{self, tokens},
    widgets::{dialog_frame, main_button_ui, section_ui},
};
use crate::{
    command::Command,
    packing::{self, Plan},
    session::Session,
};
use egui::{ComboBox, DragValue, Id, Modal, RichText, ScrollArea, TextEdit, Ui};
use graph_core::{
    document::BusKind,
    end,
    packing::{Frame, Signal, Target},
};

const NAME_WIDTH: f32 = 190.0;
const LARGEST_ID: u32 = 0x7ff;
const LONGEST_CYCLE_MS: u32 = 60_000;

pub(super) fn packing_ui(ui: &Ui, session: &Session) -> Vec<Command> {
    let Some(plan) = session.packing() else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    let modal = Modal::new(Id::unique("packing"))
        .frame(dialog_frame(ui))
        .show(ui.ctx(), |ui| {
            ui.set_width(theme::WIZARD_WIDTH);
            ui.heading("Pack into CAN frames");
            commands.extend(bus_ui(ui, session, plan));
            let mut changed = plan.clone();
            ScrollArea::vertical()
                .max_height(theme::WIZARD_HEIGHT)
                .show(ui, |ui| {
                    let bits = changed.proposal.most_bytes * 8;
                    for frame in &mut changed.proposal.frames {
                        frame_ui(ui, session, bits, frame);
                    }
                    let reasons = plan.proposal.refused.iter().map(|one| &one.reason);
                    let reasons: Vec<&String> = reasons.collect();
                    if !reasons.is_empty() {
                        section_ui(ui, "NOT PACKED");
                        reasons.into_iter().for_each(|reason| {
                            ui.label(reason);
                        });
                    }
                });
            if changed != *plan {
                commands.push(Command::ChangePacking(Box::new(changed)));
            }
            commands.extend(foot_ui(ui, plan));
        });
    if modal.should_close() && commands.is_empty() {
        commands.push(Command::DismissPacking);
    }
    commands
}

/// The bus that is to carry them, and what they take of it.
fn bus_ui(ui: &mut Ui, session: &Session, plan: &Plan) -> Option<Command> {
    let mut chosen = plan.bus.clone();
    let buses = session.document().buses.values();
    let buses = buses.filter(|bus| matches!(bus.kind, BusKind::Can { .. }));
    let mut names: Vec<&String> = buses.map(|bus| &bus.name).collect();
    if matches!(plan.target, Target::New { .. }) {
        names.push(&plan.bus);
    }
    names.sort_unstable();
    ui.horizontal(|ui| {
        let label = ui.label("Bus").id;
        ComboBox::from_id_salt("frames bus")
            .selected_text(&chosen)
            .show_ui(ui, |ui| {
                for name in names {
                    ui.selectable_value(&mut chosen, name.clone(), name);
                }
            })
            .response
            .labelled_by(label);
        if matches!(plan.target, Target::New { .. }) {
            ui.label(RichText::new("a new one").color(tokens(ui).text_weak));
        }
    });
    ui.label(packing::load_line(plan));
    (chosen != plan.bus).then_some(Command::ProposePacking(Some(chosen)))
}

fn frame_ui(ui: &mut Ui, session: &Session, bits: u32, frame: &mut Frame) {
    ui.add_space(theme::GAP);
    ui.separator();
    ui.horizontal(|ui| {
        let label = ui.label(RichText::new("Frame").strong()).id;
        ui.add(TextEdit::singleline(&mut frame.name).desired_width(NAME_WIDTH))
            .labelled_by(label);
        let label = ui.label("Identifier").id;
        ui.add(
            DragValue::new(&mut frame.id)
                .range(0..=LARGEST_ID)
                .hexadecimal(3, false, false)
                .prefix("0x"),
        )
        .labelled_by(label);
        let label = ui.label("Cycle").id;
        let mut cycle = frame.cycle_ms.unwrap_or(0);
        let on_change = |cycle: f64| match cycle {
            0.0 => "on change".to_owned(),
            cycle => format!("{cycle} ms"),
        };
        let value = DragValue::new(&mut cycle)
            .range(0..=LONGEST_CYCLE_MS)
            .custom_formatter(move |cycle, _| on_change(cycle))
            .custom_parser(|text| text.trim_end_matches("ms").trim().parse().ok());
        if ui.add(value).labelled_by(label).changed() {
            frame.cycle_ms = (cycle > 0).then_some(cycle);
        }
        ui.label(format!(
            "{} bytes from {}",
            frame.length_bytes(),
            frame.node
        ));
    });
    ui.label(RichText::new(&frame.why).color(tokens(ui).text_weak));
    for signal in &mut frame.signals {
        signal_ui(ui, session, bits, signal);
    }
}

/// The frame holds so many bits.
fn signal_ui(ui: &mut Ui, session: &Session, bits: u32, signal: &mut Signal) {
    let layout = &mut signal.layout;
    ui.horizontal(|ui| {
        ui.add_space(theme::GAP);
        let label = ui.label("Signal").id;
        ui.add(TextEdit::singleline(&mut layout.name).desired_width(NAME_WIDTH))
            .labelled_by(label);
        let label = ui.label("At bit").id;
        let last = bits.saturating_sub(layout.length_bits);
        ui.add(DragValue::new(&mut layout.start_bit).range(0..=last))
            .labelled_by(label);
        let unit = match layout.unit.as_str() {
            "" => String::new(),
            unit => format!(", in {unit}"),
        };
        ui.label(format!("{}{unit}", signal.why));
    });
    ui.horizontal(|ui| {
        ui.add_space(theme::GAP);
        let source = end::text(session.document(), &signal.source);
        ui.label(RichText::new(source).color(tokens(ui).text_weak));
    });
}

fn foot_ui(ui: &mut Ui, plan: &Plan) -> Vec<Command> {
    let problems = plan.problems();
    for problem in &problems {
        ui.label(RichText::new(problem).color(tokens(ui).error));
    }
    let mut commands = Vec::new();
    ui.add_space(theme::GAP);
    ui.horizontal(|ui| {
        let can_be_taken = problems.is_empty() && !plan.proposal.frames.is_empty();
        if main_button_ui(ui, can_be_taken, "Take over").clicked() {
            commands.push(Command::TakePacking);
        }
        if ui.button("Cancel").clicked() {
            commands.push(Command::DismissPacking);
        }
    });
    commands
}
