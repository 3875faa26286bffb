//! The project's scenarios on a thread: the same runs as `wireloom test`, of the project as the window
//! has it. Knows nothing of the window.

use super::{Events, jobs::Handle};
use crate::{
    files::{self, ScenarioFile},
    scenario::{Bench, Text, run_all},
    session::Event,
};
use graph_core::{
    compose::{Composed, compose},
    document::Document,
    library::Library,
};
use simulator::Simulation;
use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

/// Names, and what each says of itself.
pub(super) fn read(project: PathBuf) -> Vec<Event> {
    match files::scenarios(&project) {
        Ok(found) => {
            let known = found.into_iter().map(|file| {
                let title = scenario::parse(&file.text).map(|read| read.name);
                (file.name, title.unwrap_or_default())
            });
            let known = known.collect();
            vec![Event::ScenariosRead { project, known }]
        }
        Err(error) => vec![Event::Failed(error.to_string())],
    }
}

pub(super) fn test(
    (document, library): (&Document, &Library),
    project: &Path,
    names: &[String],
    (job, events): (&Handle, &Events),
) -> Vec<Event> {
    let failure = tested((document, library), project, names, (job, events)).err();
    vec![Event::ScenariosEnded(failure)]
}

fn tested(
    (document, library): (&Document, &Library),
    project: &Path,
    names: &[String],
    (job, events): (&Handle, &Events),
) -> Result<(), String> {
    let composed = compose(document, library).map_err(|error| error.to_string())?;
    let bench = Bench::new(document, library, &composed).map_err(|error| error.to_string())?;
    let mut chosen = files::scenarios(project).map_err(|error| error.to_string())?;
    chosen.retain(|file| names.is_empty() || names.contains(&file.name));
    let readers: Vec<_> = chosen.iter().map(reader).collect();
    let texts = chosen.iter().zip(&readers);
    let texts: Vec<Text<'_>> = texts.map(|(file, read)| text_of(file, read)).collect();
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let done = std::sync::atomic::AtomicUsize::new(0);
    run_all(&bench, &texts, processors, &|tested| {
        events.send(Event::ScenarioTested(Box::new(tested.clone())));
        let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        job.progress(done, texts.len());
    });
    Ok(())
}

/// A scenario to be looked at.
pub(super) struct Scene {
    pub(super) project: PathBuf,
    pub(super) name: String,
}

impl Scene {
    /// At its start, with everything that the scenario gives it.
    pub(super) fn simulation(
        &self,
        (document, library): (&Document, &Library),
        composed: &Composed,
    ) -> Result<Simulation, String> {
        let bench = Bench::new(document, library, composed).map_err(|error| error.to_string())?;
        let known = files::scenarios(&self.project).map_err(|error| error.to_string())?;
        let file = known.into_iter().find(|file| file.name == self.name);
        let file = file.ok_or_else(|| format!("there is no scenario `{}` any more", self.name))?;
        let read = reader(&file);
        let started = bench.start(&text_of(&file, &read));
        started.map_err(|problems| {
            let lines = problems.iter();
            let lines: Vec<String> = lines.map(|one| format!("{}:{one}", self.name)).collect();
            lines.join("\n")
        })
    }
}

/// Reads what lies beside a scenario.
fn reader(file: &ScenarioFile) -> impl Fn(&str) -> Result<Vec<u8>, String> + Sync + use<> {
    let path = file.path.clone();
    move |name| files::read_beside(&path, name)
}

fn text_of<'a>(
    file: &ScenarioFile,
    read: &'a (dyn Fn(&str) -> Result<Vec<u8>, String> + Sync),
) -> Text<'a> {
    Text {
        name: file.name.clone(),
        file: format!("scenarios/{}.scenario", file.name),
        text: file.text.clone(),
        read,
    }
}
