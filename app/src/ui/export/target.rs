//! First page: what the system is exported for.

use super::ExportDialog;
use crate::{
    session::Destination,
    targets::{self, ExportTarget, Form},
    ui::{
        budget::size_text,
        theme::{self, Tokens, tokens},
        widgets::{pill_ui, section_ui},
    },
};
use egui::{Color32, RichText, Ui};
use exporter::boards::{Board, Proof};

impl ExportDialog {
    pub(super) fn target_ui(&mut self, ui: &mut Ui) {
        let all = targets::targets();
        for (title, is_here) in SECTIONS {
            section_ui(ui, title);
            for target in all.iter().filter(|target| is_here(target)) {
                self.choice_ui(ui, target);
            }
        }
    }

    fn choice_ui(&mut self, ui: &mut Ui, target: &ExportTarget) {
        let name = choice_name(target);
        ui.horizontal(|ui| {
            ui.radio_value(&mut self.destination, target.destination, &name);
            if let Some(board) = &target.board {
                let (text, ink, ground) = proof(tokens(ui), board.proof);
                pill_ui(ui, text, ink, ground);
            }
        });
        let Some(board) = &target.board else {
            note_ui(ui, &name, target.form.writes());
            return;
        };
        note_ui(ui, &name, &facts(board, target.form));
        if let (Destination::Board(_), Some(note)) = (target.destination, &board.note) {
            note_ui(ui, &name, note);
        }
        if target.destination == self.destination {
            note_ui(ui, &name, target.form.writes());
        }
    }
}

/// By C where that is not a board's default, what people call the board is not enough.
pub(super) fn choice_name(target: &ExportTarget) -> String {
    match target.destination {
        Destination::Native(_) => format!("{}, native code", target.name),
        _ => target.name.clone(),
    }
}

/// Headings, and what stands below them.
type Section = (&'static str, fn(&ExportTarget) -> bool);

const SECTIONS: [Section; 4] = [
    ("PORTABLE", |target| target.board.is_none()),
    ("MICROCONTROLLERS", |target| {
        matches!(target.destination, Destination::Board(_)) && target.form != Form::LinuxBundle
    }),
    (
        "MICROCONTROLLERS, NATIVE CODE BESIDE THE DEFAULT",
        |target| matches!(target.destination, Destination::Native(_)),
    ),
    ("LINUX ECUS", |target| target.form == Form::LinuxBundle),
];

fn note_ui(ui: &mut Ui, id: &str, text: &str) {
    let text = RichText::new(text)
        .size(theme::TEXT_SMALL)
        .color(tokens(ui).text_weak);
    ui.indent(id, |ui| ui.label(text));
}

/// Core, memories, the way that partitions take: `Cortex-M3, 25 MHz · 4 MiB flash · …`.
fn facts(board: &Board, form: Form) -> String {
    let mut facts = vec![match board.clock_hz {
        Some(clock_hz) => format!("{}, {} MHz", board.core, clock_hz / 1_000_000),
        None => board.core.clone(),
    }];
    for (region, what) in [(board.flash, "flash"), (board.ram, "RAM")] {
        facts.extend(region.map(|region| format!("{} {what}", size_text(region.bytes.into()))));
    }
    facts.push(form.word().to_owned());
    facts.join(" · ")
}

/// What Wireloom's own tests show of the board.
fn proof(tokens: &Tokens, proof: Proof) -> (&'static str, Color32, Color32) {
    let good = (tokens.success, tokens.surface);
    let open = (tokens.warning, tokens.warning_soft);
    let (text, (ink, ground)) = match proof {
        Proof::Here => ("runs here", good),
        Proof::Qemu => ("runs in QEMU", good),
        Proof::QemuUser => ("runs under QEMU", good),
        Proof::Compiled => ("compiled, not run here", open),
        Proof::None => ("not run here", open),
    };
    (text, ink, ground)
}
