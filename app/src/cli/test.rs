//! `wireloom test PROJECT [SCENARIO…]`: runs scenarios and tells which assertions hold.

use super::{
    compose::opened_and_composed,
    outcome::{Outcome, Status},
    progress,
};
use crate::{
    files::{self, ScenarioFile},
    scenario::{Bench, Judged, Tested, Text, junit, page, run_all},
};
use scenario::Verdict;
use serde_json::{Value, json};
use std::{
    fmt::Write,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct TestArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// Names of scenarios of the project, or files; all of the project without them
    #[arg(value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// Write the results as JUnit XML, for build servers
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the results as a page that stands alone, with plots
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Scenarios that run at once; as many as there are processors without it
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

pub(super) fn test(arguments: &TestArguments) -> Outcome {
    let opened = match opened_and_composed(&arguments.project) {
        Ok(opened) => opened,
        Err(outcome) => return *outcome,
    };
    let chosen = match chosen(&opened.project.path, &arguments.scenarios) {
        Ok(chosen) => chosen,
        Err(outcome) => return *outcome,
    };
    let (document, library) = (&opened.project.document, &opened.project.library);
    let compiling = progress::spinner("Compiling");
    let bench = Bench::new(document, library, &opened.composed);
    compiling.finish_and_clear();
    let bench = match bench {
        Ok(bench) => bench,
        Err(error) => return Outcome::wrong(error),
    };
    let folder = opened.project.path.parent().unwrap_or(Path::new("."));
    let read = |file: &ScenarioFile| {
        let path = file.path.clone();
        move |name: &str| files::read_beside(&path, name)
    };
    let readers: Vec<_> = chosen.iter().map(read).collect();
    let text = |(file, read)| text_of(folder, file, read);
    let texts: Vec<Text<'_>> = chosen.iter().zip(&readers).map(text).collect();
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = arguments.jobs.map_or(processors, NonZeroUsize::get);
    let bar = progress::counted("Testing", texts.len());
    let tested = run_all(&bench, &texts, jobs, &|_| bar.inc(1));
    bar.finish_and_clear();
    let name = &document.name;
    if let Some(path) = &arguments.junit
        && let Err(error) = files::write_atomically(path, junit(name, &tested).as_bytes())
    {
        return Outcome::failed(error);
    }
    if let Some(path) = &arguments.html {
        let written = match page(name, &tested) {
            Ok(page) => files::write_atomically(path, page.as_bytes()),
            Err(error) => return Outcome::failed(error),
        };
        if let Err(error) = written {
            return Outcome::failed(error);
        }
    }
    outcome(&tested).with_warnings(&opened.warnings)
}

fn text_of<'a, R>(folder: &Path, file: &ScenarioFile, read: &'a R) -> Text<'a>
where
    R: Fn(&str) -> Result<Vec<u8>, String> + Sync,
{
    let shown = file.path.strip_prefix(folder).unwrap_or(&file.path);
    Text {
        name: file.name.clone(),
        file: shown.to_string_lossy().replace('\\', "/"),
        text: file.text.clone(),
        read,
    }
}

/// The scenarios that a call names, in its order, or all of the project.
fn chosen(project: &Path, names: &[String]) -> Result<Vec<ScenarioFile>, Box<Outcome>> {
    let failed = |error: String| Box::new(Outcome::failed(error));
    let own = files::scenarios(project).map_err(|error| failed(error.to_string()))?;
    if names.is_empty() {
        return match own.is_empty() {
            true => Err(failed(
                "the project has no scenarios; write one into `scenarios/NAME.scenario` beside it"
                    .to_owned(),
            )),
            false => Ok(own),
        };
    }
    let find = |name: &String| {
        if let Some(file) = own.iter().find(|file| file.name == *name) {
            return Ok(file.clone());
        }
        let path = Path::new(name);
        if path.is_file() {
            return files::scenario(path).map_err(|error| failed(error.to_string()));
        }
        let known: Vec<String> = own.iter().map(|file| format!("`{}`", file.name)).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        Err(failed(format!(
            "there is no scenario `{name}`; there are {known}"
        )))
    };
    names.iter().map(find).collect()
}

fn outcome(tested: &[Tested]) -> Outcome {
    let passed = tested.iter().filter(|one| one.has_passed()).count();
    let failed = tested.len() - passed;
    let mut text: String = tested.iter().map(told).collect();
    let _ = writeln!(text, "{passed} passed, {failed} failed");
    let json = json!({
        "scenarios": tested.iter().map(scenario_json).collect::<Vec<_>>(),
        "passed": passed,
        "failed": failed,
    });
    Outcome {
        status: match failed {
            0 => Status::Fine,
            _ => Status::ModelWrong,
        },
        json,
        text,
    }
}

/// A line, and what went wrong below it.
fn told(tested: &Tested) -> String {
    let word = if tested.has_passed() {
        "passed"
    } else {
        "FAILED"
    };
    let mut text = format!("{word} {}: {}\n", tested.name, tested.title);
    for problem in &tested.problems {
        let _ = writeln!(text, "  {}:{problem}", tested.file);
    }
    if let Some(ended) = &tested.ended {
        let _ = writeln!(text, "  {ended}");
    }
    for judged in &tested.judged {
        let place = format!("{}:{}", tested.file, judged.line);
        match &judged.verdict {
            Verdict::Passed => {}
            Verdict::NotExercised(why) => {
                let _ = writeln!(text, "  {place}: {}\n    not exercised: {why}", judged.name);
            }
            Verdict::Failed(failure) => {
                let _ = writeln!(
                    text,
                    "  {place}: {}\n    at       {}\n    expected {}\n    actual   {}",
                    judged.name, failure.at, failure.expected, failure.actual
                );
                for line in &judged.cause {
                    let _ = writeln!(text, "    | {line}");
                }
            }
        }
    }
    text
}

fn scenario_json(tested: &Tested) -> Value {
    let problem = |problem: &scenario::Problem| {
        json!({
            "line": problem.spot.line,
            "column": problem.spot.column,
            "message": problem.message,
        })
    };
    json!({
        "scenario": tested.name,
        "file": tested.file,
        "title": tested.title,
        "passed": tested.has_passed(),
        "problems": tested.problems.iter().map(problem).collect::<Vec<_>>(),
        "ended": tested.ended,
        "seed": tested.seed,
        "time_ns": tested.end_ns,
        "trace_hash": tested.trace_hash,
        "assertions": tested.judged.iter().map(assertion_json).collect::<Vec<_>>(),
    })
}

fn assertion_json(judged: &Judged) -> Value {
    let mut json = json!({
        "name": judged.name,
        "text": judged.text,
        "line": judged.line,
        "fine": judged.is_fine,
    });
    let verdict = match &judged.verdict {
        Verdict::Passed => json!({ "verdict": "passed" }),
        Verdict::NotExercised(why) => json!({ "verdict": "not-exercised", "reason": why }),
        Verdict::Failed(failure) => json!({
            "verdict": "failed",
            "at_ns": failure.at.0,
            "expected": failure.expected,
            "actual": failure.actual,
            "cause": judged.cause,
        }),
    };
    if let (Some(fields), Value::Object(verdict)) = (json.as_object_mut(), verdict) {
        fields.extend(verdict);
    }
    json
}
