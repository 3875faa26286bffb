//! `wireloom picture PROJECT -o FILE.png`.

use super::outcome::Outcome;
use crate::{files, picture};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct PictureArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    #[arg(short, long)]
    output: PathBuf,
    /// Width in pixels
    #[arg(long, default_value_t = 1600, value_parser = clap::value_parser!(u32).range(64..=16_384))]
    width: u32,
    /// Height in pixels
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(64..=16_384))]
    height: u32,
}

pub(super) fn picture(arguments: &PictureArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let image = picture::of_canvas(project, arguments.width, arguments.height);
    let bytes = match image.to_png() {
        Ok(bytes) => bytes,
        Err(error) => return Outcome::failed(error),
    };
    match files::write_atomically(&arguments.output, &bytes) {
        Ok(()) => Outcome::fine(
            json!({ "file": arguments.output, "width": arguments.width, "height": arguments.height }),
            format!("{}\n", arguments.output.display()),
        ),
        Err(error) => Outcome::failed(error),
    }
}
