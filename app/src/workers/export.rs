//! Exports on a thread: the preview, the files, the pair of keys. Knows nothing of the window.

use super::jobs::Handle;
use crate::{
    budget, files,
    session::{Destination, Event, ExportOrder, NewKey, Preview},
    targets,
};
use graph_core::{document::Document, library::Library};
use std::path::PathBuf;

pub(super) fn preview(
    document: &Document,
    library: &Library,
    (destination, revision): (Destination, u64),
    job: &Handle,
) -> Vec<Event> {
    let Some(target) = targets::target(destination) else {
        return Vec::new();
    };
    let proceed = |done: usize, of: usize| {
        job.progress(done, of);
        !job.is_cancelled()
    };
    let budgets = budget::placed_on(document, library, &target, &[])
        .and_then(|placed| budget::budget(document, library, &placed, &proceed));
    let preview = match budgets {
        Ok(Some(mut ecus)) => {
            // Told before the user has chosen key and folder.
            for ecu in &mut ecus {
                ecu.refusals.extend(targets::lacks(&target));
                ecu.refusals.dedup();
            }
            Ok(Preview { ecus })
        }
        Ok(None) => return vec![Event::ExportStopped],
        Err(error) => Err(error.to_string()),
    };
    vec![Event::ExportPreviewed {
        destination,
        revision,
        preview,
    }]
}

pub(super) fn export(
    document: &Document,
    library: &Library,
    order: ExportOrder,
    job: &Handle,
) -> Vec<Event> {
    let contents = match targets::files(document, library, &order) {
        Ok(contents) => contents,
        Err(error) => return vec![Event::ExportFailed(error.to_string())],
    };
    // Nothing is written half: who stops now finds the folder as it was.
    if job.is_cancelled() {
        return vec![Event::ExportStopped];
    }
    vec![match targets::write(&order.directory, &contents) {
        Ok(()) => Event::Exported {
            order,
            files: contents.into_keys().collect(),
        },
        Err(error) => Event::ExportFailed(error.to_string()),
    }]
}

pub(super) fn make_key(private_path: PathBuf) -> Vec<Event> {
    let made = files::make_signing_key(&private_path).map_err(|error| error.to_string());
    vec![Event::KeyMade(made.map(|(id, public_path)| NewKey {
        private_path,
        public_path,
        id,
    }))]
}
