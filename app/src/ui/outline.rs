//! ECUs with what they take of their boards, and everything on the canvas as a list, also what is off screen: instances, their ports, wires.

use super::{
    canvas::CanvasView,
    lanes::lanes_ui,
    theme::tokens,
    widgets::{empty_ui, panel_ui, section_ui},
};
use crate::{
    canvas::{gesture::subject, names, scene::Hit},
    command::Command,
    session::{Session, ViewRequest},
};
use egui::{RichText, Ui};
use graph_core::document::Subject;

pub(super) fn outline_ui(ui: &mut Ui, session: &Session, canvas: &mut CanvasView) -> Vec<Command> {
    let mut chosen = None;
    let mut commands = Vec::new();
    panel_ui(ui, |ui| {
        commands = lanes_ui(ui, session);
        let scene = canvas.scene();
        if scene.nodes.is_empty() {
            empty_ui(
                ui,
                "Nothing here yet",
                "Drag a component onto the canvas; instances and wires are listed here",
            );
            return;
        }
        section_ui(ui, "INSTANCES");
        for (number, node) in scene.nodes.iter().enumerate() {
            let item = Subject::Instance(node.instance);
            if ui
                .selectable_label(session.selection().contains(&item), &node.title)
                .clicked()
            {
                chosen = Some(item);
            }
            ui.indent(("outline", node.instance.0), |ui| {
                for (position, pin) in node
                    .pins
                    .iter()
                    .enumerate()
                    .filter(|(_, pin)| pin.depth == 0)
                {
                    let Some(item) = subject(&Hit::Pin(number, position), scene) else {
                        continue;
                    };
                    let wired = node
                        .pin_wires
                        .get(position)
                        .is_some_and(|wires| !wires.is_empty());
                    let ink = if wired {
                        tokens(ui).text_weak
                    } else {
                        tokens(ui).text_faint
                    };
                    let text =
                        RichText::new(format!("{} {}", if wired { "●" } else { "○" }, pin.label))
                            .color(ink);
                    if ui
                        .selectable_label(session.selection().contains(&item), text)
                        .clicked()
                    {
                        chosen = Some(item);
                    }
                }
            });
        }
        let frames = scene.frames.iter().map(|frame| {
            let item = Subject::Frame(frame.frame);
            (item, names::frame_name(&frame.title))
        });
        let notes = scene.notes.iter().map(|note| {
            let item = Subject::Note(note.note);
            (item, names::note_name(&note.text))
        });
        let mut annotations = frames.chain(notes).peekable();
        if annotations.peek().is_some() {
            section_ui(ui, "FRAMES AND NOTES");
        }
        for (item, name) in annotations {
            let is_selected = session.selection().contains(&item);
            if ui.selectable_label(is_selected, name).clicked() {
                chosen = Some(item);
            }
        }
        if !scene.wires.is_empty() {
            section_ui(ui, "WIRES");
        }
        for wire in &scene.wires {
            let item = Subject::Connector(wire.connector);
            let ends = [&wire.from, &wire.to].map(|end| names::end_name(session.document(), end));
            let text = format!("{} → {}", ends[0], ends[1]);
            if ui
                .selectable_label(session.selection().contains(&item), text)
                .clicked()
            {
                chosen = Some(item);
            }
        }
    });
    if let Some(item) = chosen {
        canvas.requests.push(ViewRequest::Reveal(item.clone()));
        commands.push(Command::Select(vec![item]));
    }
    commands
}
