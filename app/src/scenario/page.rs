//! Results as a page that stands alone: verdicts first, then each scenario with the curves of what
//! it asks about, their limits and the instants at which it failed.

use super::{Judged, Tested};
use exporter::report::{
    Align, Chapter, Column, Figure, Finding, Mark, Plot, Report, ReportError, Series, Severity,
    Shape, Table,
};
use scenario::Verdict;

/// The page's text, the same for the same results.
pub fn page(project: &str, tested: &[Tested]) -> Result<String, ReportError> {
    let passed = tested.iter().filter(|one| one.has_passed()).count();
    let figure = |name: &str, value: usize| Figure {
        name: name.to_owned(),
        value: value.to_string(),
    };
    let assertions = tested.iter().map(|one| one.judged.len()).sum();
    let report = Report {
        title: format!("Scenarios of {project}"),
        subtitle: match passed == tested.len() {
            true => "All have passed".to_owned(),
            false => format!("{} of {} have failed", tested.len() - passed, tested.len()),
        },
        figures: vec![
            figure("Scenarios", tested.len()),
            figure("Passed", passed),
            figure("Failed", tested.len() - passed),
            figure("Assertions", assertions),
        ],
        chapters: tested.iter().map(chapter).collect(),
        footer: vec![
            ("Wireloom".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            (
                "Engine".to_owned(),
                format!("wasmtime {}", simulator::WASMTIME_VERSION),
            ),
        ],
        ..Report::default()
    };
    exporter::report::html(&report)
}

fn chapter(tested: &Tested) -> Chapter {
    let verdict = if tested.has_passed() {
        "passed"
    } else {
        "failed"
    };
    let mut findings: Vec<Finding> = tested
        .problems
        .iter()
        .map(|problem| finding(Severity::Error, &tested.file, problem.to_string(), None))
        .collect();
    findings.extend(
        (tested.ended.iter()).map(|ended| finding(Severity::Error, "run", ended.clone(), None)),
    );
    findings.extend(
        tested
            .judged
            .iter()
            .filter_map(|judged| told(tested, judged)),
    );
    let plots = tested.curves.iter().enumerate();
    Chapter {
        title: tested.title.clone(),
        subtitle: match tested.problems.is_empty() {
            true => format!(
                "{verdict}: {} of virtual time, seed {}, trace {}",
                scenario::Time(tested.end_ns),
                tested.seed,
                tested.trace_hash.get(..16).unwrap_or_default()
            ),
            false => "did not run".to_owned(),
        },
        findings,
        plots: plots.map(|(number, _)| plot(tested, number)).collect(),
        tables: match tested.judged.is_empty() {
            true => Vec::new(),
            false => vec![table(tested)],
        },
    }
}

fn finding(severity: Severity, code: &str, message: String, help: Option<String>) -> Finding {
    Finding {
        severity,
        code: code.to_owned(),
        message,
        help,
    }
}

/// What went wrong with an assertion.
fn told(tested: &Tested, judged: &Judged) -> Option<Finding> {
    let code = format!("{}:{}", tested.file, judged.line);
    match &judged.verdict {
        Verdict::Failed(failure) => {
            let message = format!(
                "{}: at {} expected {}, but {}",
                judged.name, failure.at, failure.expected, failure.actual
            );
            let cause = (!judged.cause.is_empty()).then(|| judged.cause.join("\n"));
            Some(finding(Severity::Error, &code, message, cause))
        }
        Verdict::NotExercised(why) => {
            let severity = match judged.is_fine {
                true => Severity::Information,
                false => Severity::Error,
            };
            let message = format!("{}: not exercised, as {why}", judged.name);
            Some(finding(severity, &code, message, None))
        }
        Verdict::Passed => None,
    }
}

fn plot(tested: &Tested, number: usize) -> Plot {
    let Some(curve) = tested.curves.get(number) else {
        return Plot::default();
    };
    let mut series = vec![Series {
        name: curve.name.clone(),
        points: curve.points.clone(),
        shape: Shape::Step,
    }];
    let own = tested
        .judged
        .iter()
        .filter(|judged| judged.curves.contains(&number));
    /// Instant in seconds, lower and upper limit.
    type Limits = (f64, Option<f64>, Option<f64>);
    let mut marks = Vec::new();
    for judged in own {
        let side = |name: &str, limit: fn(&Limits) -> Option<f64>| Series {
            name: name.to_owned(),
            points: (judged.limits.iter())
                .map(|point| (point.0, limit(point).unwrap_or(f64::NAN)))
                .collect(),
            shape: Shape::Limit,
        };
        if !judged.limits.is_empty() {
            series.push(side("lower limit", |point| point.1));
            series.push(side("upper limit", |point| point.2));
        }
        if let Verdict::Failed(failure) = &judged.verdict {
            marks.push(Mark {
                at: failure.at.seconds(),
                name: format!("{} at {}", judged.name, failure.at),
            });
        }
    }
    series.retain(|one| one.points.iter().any(|(_, value)| value.is_finite()));
    Plot {
        title: curve.name.clone(),
        unit: curve.unit.clone(),
        series,
        marks,
    }
}

fn table(tested: &Tested) -> Table {
    let columns = [
        ("Line", Align::End),
        ("Assertion", Align::Code),
        ("Verdict", Align::Start),
        ("Instant", Align::End),
        ("Actual", Align::Start),
    ];
    let row = |judged: &Judged| {
        let (verdict, instant, actual) = match &judged.verdict {
            Verdict::Passed => ("passed", String::new(), String::new()),
            Verdict::Failed(failure) => ("failed", failure.at.to_string(), failure.actual.clone()),
            Verdict::NotExercised(why) => ("not exercised", String::new(), why.clone()),
        };
        let text = match judged.name == judged.text {
            true => judged.text.clone(),
            false => format!("{} · {}", judged.name, judged.text),
        };
        vec![
            judged.line.to_string(),
            text,
            verdict.to_owned(),
            instant,
            actual,
        ]
    };
    Table {
        title: "Assertions".to_owned(),
        columns: columns
            .map(|(name, align)| Column {
                name: name.to_owned(),
                align,
            })
            .to_vec(),
        rows: tested.judged.iter().map(row).collect(),
    }
}
