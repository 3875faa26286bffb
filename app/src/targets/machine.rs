//! What an export needs of this machine and does not find there: a board's firmware, a compiler, the
//! programs of Linux ECUs. Looks; makes nothing.

use super::{ExportTarget, Form};
use crate::{files, linux};

/// What is not there, each with what to do; empty: the target can be made here.
pub fn lacks(target: &ExportTarget) -> Vec<String> {
    let Some(board) = &target.board else {
        return Vec::new();
    };
    match target.form {
        Form::Pulley => {
            let firmware = files::read_firmware(&board.id);
            firmware.err().iter().map(ToString::to_string).collect()
        }
        Form::Native | Form::CProject => match exporter::native::native_board(&board.id) {
            Some(native) => {
                let missing = exporter::native::missing_tools(native);
                missing.iter().map(ToString::to_string).collect()
            }
            None => Vec::new(),
        },
        Form::LinuxBundle => {
            let missing = linux::missing(board, &linux::programs());
            missing.iter().map(ToString::to_string).collect()
        }
        Form::Wasm | Form::OciLayout | Form::Wac | Form::Dbc | Form::Arxml => Vec::new(),
    }
}
