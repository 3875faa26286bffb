//! A run in the window beside one that was written to a file: where they differ first.

use super::Run;
use crate::{
    files,
    observe::{self, RunDifference},
    session::RunCompared,
};
use std::path::Path;

impl Run<'_> {
    pub(super) fn compare(&self, path: &Path) -> Result<RunCompared, String> {
        let trace = self.simulation.trace();
        if trace.begin() > 0 {
            let reason =
                "the first rows of this run are no longer kept; restart, and compare earlier";
            return Err(reason.to_owned());
        }
        let bytes = files::read_bytes(path).map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&bytes);
        let own = trace.rows_from(0).map(|row| row.to_string());
        let found = observe::first_difference(own, text.lines().map(str::to_owned));
        let found = found.map_err(|error| format!("`{}`: {error}", path.display()))?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(RunCompared {
            file: name.to_string_lossy().into_owned(),
            rows: trace.end(),
            // What the other run did later is no difference yet.
            difference: found
                .filter(|found| !found.first.is_empty())
                .map(|found| Box::new(RunDifference::in_words(found, &self.meaning))),
        })
    }
}
