//! `wireloom picture PROJECT -o FILE.png`.

use super::outcome::Outcome;
use crate::{files, picture};
use graph_core::{document::Document, hierarchy::Place};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct PictureArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    #[arg(short, long)]
    output: PathBuf,
    /// What is inside an instance of a composition, by its way: `front/left`
    #[arg(long = "in", value_name = "WAY")]
    inside: Option<String>,
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
    let place = match place(&project.document, arguments.inside.as_deref()) {
        Ok(place) => place,
        Err(reason) => return Outcome::failed(reason),
    };
    let image = picture::of_canvas(project, &place, arguments.width, arguments.height);
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

/// The place that a way leads to.
fn place(document: &Document, way: Option<&str>) -> Result<Place, String> {
    let mut place = Place::default();
    for name in way.iter().flat_map(|way| way.split('/')) {
        let here = place.composition(document);
        let part = document.part_named(here, name);
        let is_composition = |id| {
            let instance = document.instances.get(&id);
            instance.is_some_and(|instance| document.is_composition(instance.component))
        };
        match part.filter(|id| is_composition(*id)) {
            Some(id) => place = place.inside(id),
            None => {
                return Err(format!(
                    "there is no composition `{name}` on the way; name instances of compositions from the system on, as `front/left`"
                ));
            }
        }
    }
    Ok(place)
}
