//! Exports on a thread: the preview, the files, the pair of keys. Knows nothing of the window.

use super::jobs::Handle;
use crate::{
    boards::{self as board_files, ImageOrder},
    files,
    session::{Destination, Event, ExportOrder, NewKey, Preview},
};
use exporter::boards;
use graph_core::{document::Document, library::Library};
use std::path::PathBuf;

pub(super) fn preview(
    document: &Document,
    library: &Library,
    (destination, revision): (Destination, u64),
    job: &Handle,
) -> Vec<Event> {
    let Destination::Board(id) = destination else {
        return Vec::new();
    };
    let proceed = |done: usize, of: usize| {
        job.progress(done, of);
        !job.is_cancelled()
    };
    let preview = match boards::board(id) {
        Ok(board) => crate::preview::preview(document, library, &board, &proceed)
            .map(|preview| preview.map(|preview| with_firmware(preview, id)))
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let preview = match preview {
        Ok(Some(preview)) => Ok(preview),
        Ok(None) => return vec![Event::ExportStopped],
        Err(reason) => Err(reason),
    };
    vec![Event::ExportPreviewed {
        destination,
        revision,
        preview,
    }]
}

/// A board without firmware here is refused before the user has chosen key and folder.
fn with_firmware(mut preview: Preview, board: &str) -> Preview {
    if let Err(error) = files::read_firmware(board) {
        for ecu in preview
            .ecus
            .iter_mut()
            .filter(|ecu| ecu.refusals.is_empty())
        {
            ecu.refusals.push(error.to_string());
        }
    }
    preview
}

pub(super) fn export(
    document: &Document,
    library: &Library,
    order: ExportOrder,
    job: &Handle,
) -> Vec<Event> {
    let contents = match contents(document, library, &order) {
        Ok(contents) => contents,
        Err(reason) => return vec![Event::ExportFailed(reason)],
    };
    // Nothing is written half: who stops now finds the folder as it was.
    if job.is_cancelled() {
        return vec![Event::ExportStopped];
    }
    vec![match files::write_all(&order.directory, &contents) {
        Ok(()) => Event::Exported {
            order,
            files: contents.into_keys().collect(),
        },
        Err(error) => Event::ExportFailed(error.to_string()),
    }]
}

fn contents(
    document: &Document,
    library: &Library,
    order: &ExportOrder,
) -> Result<exporter::Files, String> {
    let id = match order.destination {
        Destination::Portable(target) => {
            let made = crate::export::contents(document, library, target);
            return made.map_err(|error| error.to_string());
        }
        Destination::Board(id) => id,
    };
    let board = boards::board(id).map_err(|error| error.to_string())?;
    let firmware = files::read_firmware(id).map_err(|error| error.to_string())?;
    let key = match &order.key {
        Some(path) => files::read_signing_key(path).map_err(|error| error.to_string())?,
        None => payload::SigningKey::development(),
    };
    let order = ImageOrder {
        board: &board,
        firmware: &firmware,
        ecus: &order.ecus,
        key: &key,
        counter: order.counter,
    };
    board_files::images(document, library, &order).map_err(|error| error.to_string())
}

pub(super) fn make_key(private_path: PathBuf) -> Vec<Event> {
    let made = files::make_signing_key(&private_path).map_err(|error| error.to_string());
    vec![Event::KeyMade(made.map(|(id, public_path)| NewKey {
        private_path,
        public_path,
        id,
    }))]
}
