//! What an ECU takes of its board, as bars with words: for the export wizard and the canvas.

use super::theme::{self, Tokens, tokens};
use crate::session::{EcuBudget, LoadBasis};
use egui::{Color32, ProgressBar, RichText, Ui};

/// Of the words before a bar.
const NEED_WIDTH: f32 = 280.0;
const BAR_WIDTH: f32 = 160.0;
const BAR_HEIGHT: f32 = 8.0;

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount {
    /// `Flash`, `RAM`, `CPU load`, `Imports`.
    pub(super) what: &'static str,
    /// `715 KiB of 4096 KiB`.
    pub(super) text: String,
    /// 0 to 1, or more.
    pub(super) part: f32,
    pub(super) level: Level,
    /// Beside the bar: not by colour alone.
    pub(super) word: String,
    /// What the figure is worth.
    pub(super) note: Option<&'static str>,
}

/// How near a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Fine,
    Tight,
    Over,
}

impl Level {
    fn of(part: f32) -> Level {
        match part {
            ..0.8 => Level::Fine,
            ..=1.0 => Level::Tight,
            _ => Level::Over,
        }
    }

    pub(super) fn ink(self, tokens: &Tokens) -> Color32 {
        match self {
            Level::Fine => tokens.success,
            Level::Tight => tokens.warning,
            Level::Over => tokens.error,
        }
    }

    fn word(self, part: f32) -> String {
        let percent = percent(part);
        match self {
            Level::Fine => percent,
            Level::Tight => format!("{percent}, tight"),
            Level::Over => format!("{percent}, too much"),
        }
    }
}

/// The bars of an ECU, as far as their figures are known.
pub(super) fn amounts(budget: &EcuBudget) -> Vec<Amount> {
    let mut amounts = Vec::new();
    if let Some(flash) = &budget.flash {
        amounts.push(of("Flash", flash.used_bytes, flash.limit_bytes));
    }
    if let Some(ram) = &budget.ram {
        let note = ram.heap_bytes.map(|_| "heap and stack are estimates");
        amounts.push(Amount {
            note,
            ..of("RAM", ram.used_bytes, ram.limit_bytes)
        });
    }
    if let Some(load) = budget.cpu.as_ref().and_then(|cpu| cpu.load) {
        let basis = budget.cpu.as_ref().map(|cpu| cpu.basis);
        amounts.push(Amount {
            what: "CPU load",
            text: percent(load as f32),
            part: load as f32,
            level: Level::of(load as f32),
            word: Level::of(load as f32).word(load as f32),
            note: (basis == Some(LoadBasis::OneInstructionACycle))
                .then_some("at one instruction a cycle; not measured on the board"),
        });
    }
    if !budget.imports.is_empty() {
        let served = budget.imports.iter().filter(|one| one.served).count();
        let of = budget.imports.len();
        amounts.push(Amount {
            what: "Imports",
            text: format!("{served} of {of} served"),
            part: served as f32 / of as f32,
            level: match served == of {
                true => Level::Fine,
                false => Level::Over,
            },
            word: match of - served {
                0 => String::new(),
                missing => format!("{missing} missing"),
            },
            note: None,
        });
    }
    amounts
}

fn of(what: &'static str, used: u64, limit: u64) -> Amount {
    let part = used as f32 / limit.max(1) as f32;
    Amount {
        what,
        text: format!("{} of {}", size_text(used), size_text(limit)),
        part,
        level: Level::of(part),
        word: Level::of(part).word(part),
        note: None,
    }
}

fn percent(part: f32) -> String {
    let percent = part * 100.0;
    match percent {
        ..10.0 => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}

/// One below the other.
pub(super) fn amounts_ui(ui: &mut Ui, amounts: &[Amount]) {
    for amount in amounts {
        ui.horizontal(|ui| {
            let text = format!("{}: {}", amount.what, amount.text);
            ui.allocate_ui([NEED_WIDTH, theme::ROW_HEIGHT].into(), |ui| {
                ui.set_min_width(NEED_WIDTH);
                ui.label(text);
            });
            let bar = ProgressBar::new(amount.part.min(1.0))
                .desired_width(BAR_WIDTH)
                .desired_height(BAR_HEIGHT)
                .fill(amount.level.ink(tokens(ui)));
            let rect = ui.add(bar).rect;
            // How much is left is seen in the theme whose grounds are all black, too.
            let outline = (1.0, tokens(ui).border);
            ui.painter()
                .rect_stroke(rect, BAR_HEIGHT / 2.0, outline, egui::StrokeKind::Outside);
            ui.label(&amount.word);
        });
        if let Some(note) = amount.note {
            let text = RichText::new(note).size(theme::TEXT_SMALL);
            ui.label(text.color(tokens(ui).text_faint));
        }
    }
}

/// A size as data sheets write it: `512 KiB`.
pub(super) fn size_text(bytes: u64) -> String {
    let kib = bytes as f64 / 1024.0;
    match kib {
        ..10.0 => format!("{kib:.1} KiB"),
        ..10240.0 => format!("{kib:.0} KiB"),
        _ => format!("{:.0} MiB", kib / 1024.0),
    }
}

/// A count as people read it: `6.3 million`.
pub(super) fn count_text(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..1_000_000 => format!("{:.0} thousand", count as f64 / 1e3),
        _ => format!("{:.1} million", count as f64 / 1e6),
    }
}
