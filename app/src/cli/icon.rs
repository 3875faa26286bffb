//! `wireloom icon -o FILE.png --pixels N`: the program's icon, for the desktops that a package is
//! made for (./release).

use super::outcome::Outcome;
use crate::{files, icon, picture::Picture};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct IconArguments {
    #[arg(short, long)]
    output: PathBuf,
    /// Width and height
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u16).range(8..=1_024))]
    pixels: u16,
}

pub(super) fn icon(arguments: &IconArguments) -> Outcome {
    let Some(rgba) = icon::paint(arguments.pixels) else {
        unreachable!("the icon is read by a test: this is a bug")
    };
    let side = usize::from(arguments.pixels);
    let picture = Picture {
        width: side,
        height: side,
        rgba,
    };
    let bytes = match picture.to_png() {
        Ok(bytes) => bytes,
        Err(error) => return Outcome::failed(error),
    };
    match files::write_atomically(&arguments.output, &bytes) {
        Ok(()) => Outcome::fine(
            json!({ "file": arguments.output, "pixels": arguments.pixels }),
            format!("{}\n", arguments.output.display()),
        ),
        Err(error) => Outcome::failed(error),
    }
}
