//! Progress bars: on a terminal only, on standard error, never with `--json` output in the way.

use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal, time::Duration};

/// Something that takes an unknown time.
pub(super) fn spinner(text: &str) -> ProgressBar {
    let bar = bar_for_terminal(ProgressBar::new_spinner);
    bar.set_message(text.to_string());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Virtual time that runs to an end, in nanoseconds.
pub(super) fn virtual_time(text: &str, end_ns: u64) -> ProgressBar {
    let bar = bar_for_terminal(|| ProgressBar::new(end_ns / 1_000_000));
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {percent:>3} % {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(text.to_string());
    bar
}

/// So many things of a kind.
pub(super) fn counted(text: &str, number: usize) -> ProgressBar {
    let bar = bar_for_terminal(|| ProgressBar::new(number as u64));
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(text.to_string());
    bar
}

/// Bytes, of which it is known in time how many there are.
pub(super) fn bytes(text: &str) -> ProgressBar {
    let bar = bar_for_terminal(|| ProgressBar::new(0));
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes}") {
        bar.set_style(style);
    }
    bar.set_message(text.to_string());
    bar
}

fn bar_for_terminal(make: impl FnOnce() -> ProgressBar) -> ProgressBar {
    match std::io::stderr().is_terminal() {
        true => make(),
        false => ProgressBar::hidden(),
    }
}
