//! First page: what the system is exported for.

use super::{ExportDialog, size_text};
use crate::{
    session::{Destination, Target},
    ui::{
        theme::{self, Tokens, tokens},
        widgets::{pill_ui, section_ui},
    },
};
use egui::{Color32, RichText, Ui};
use exporter::boards::{self, Board, Execution, Kind, Proof};

const PORTABLE: [(Target, &str, &str); 2] = [
    (
        Target::Wasm,
        "Composed components",
        "One .wasm a partition, the system file and a report; any WebAssembly host runs it",
    ),
    (
        Target::OciLayout,
        "OCI image layout",
        "A folder that registries and fleet tools take as it is",
    ),
];

impl ExportDialog {
    pub(super) fn target_ui(&mut self, ui: &mut Ui) {
        section_ui(ui, "PORTABLE");
        for (target, name, text) in PORTABLE {
            let destination = Destination::Portable(target);
            ui.radio_value(&mut self.destination, destination, name);
            note_ui(ui, name, text);
        }
        for (kind, title) in [
            (Kind::Microcontroller, "MICROCONTROLLERS"),
            (Kind::Linux, "LINUX ECUS"),
        ] {
            section_ui(ui, title);
            let known = boards::ids().filter_map(|id| Some((id, boards::board(id).ok()?)));
            for (id, board) in known.filter(|(_, board)| board.kind == kind) {
                ui.horizontal(|ui| {
                    let destination = Destination::Board(id);
                    ui.radio_value(&mut self.destination, destination, &board.name);
                    let (text, ink, ground) = proof(tokens(ui), board.proof);
                    pill_ui(ui, text, ink, ground);
                });
                note_ui(ui, id, &facts(&board));
                if let Some(note) = &board.note {
                    note_ui(ui, id, note);
                }
            }
        }
    }
}

fn note_ui(ui: &mut Ui, id: &str, text: &str) {
    let text = RichText::new(text)
        .size(theme::TEXT_SMALL)
        .color(tokens(ui).text_weak);
    ui.indent(id, |ui| ui.label(text));
}

/// Core, memories, the way that partitions take: `Cortex-M3, 25 MHz · 4 MiB flash · …`.
fn facts(board: &Board) -> String {
    let mut facts = vec![match board.clock_hz {
        Some(clock_hz) => format!("{}, {} MHz", board.core, clock_hz / 1_000_000),
        None => board.core.clone(),
    }];
    for (region, what) in [(board.flash, "flash"), (board.ram, "RAM")] {
        facts.extend(region.map(|region| format!("{} {what}", size_text(region.bytes.into()))));
    }
    facts.push(
        match board.execution {
            Execution::Pulley => "interpreted (Pulley)",
            Execution::Native => "native code",
            Execution::CProject => "C sources for the vendor's build",
            Execution::LinuxBundle => "folder with runner and services",
        }
        .to_owned(),
    );
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
