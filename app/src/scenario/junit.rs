//! Results as JUnit XML, as build servers read it: a suite a scenario, a case an assertion. Times
//! are virtual, so the same results give the same text.

use super::{Judged, Tested};
use scenario::Verdict;
use std::fmt::Write;

/// The file's text.
pub fn junit(project: &str, tested: &[Tested]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let suites: String = tested.iter().map(|one| suite(project, one)).collect();
    let sum = |count: fn(&Tested) -> usize| tested.iter().map(count).sum::<usize>();
    let seconds: f64 = tested.iter().map(|one| one.end_ns as f64 / 1e9).sum();
    // Writing to a string does not fail.
    let _ = write!(
        xml,
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{seconds}\">\n{suites}</testsuites>\n",
        escaped(project),
        sum(cases),
        sum(failures),
        sum(errors),
    );
    xml
}

fn cases(tested: &Tested) -> usize {
    tested.judged.len() + errors(tested)
}

fn failures(tested: &Tested) -> usize {
    tested
        .judged
        .iter()
        .filter(|judged| !judged.is_fine)
        .count()
}

/// A scenario that could not run, or not to its end.
fn errors(tested: &Tested) -> usize {
    usize::from(!tested.problems.is_empty() || tested.ended.is_some())
}

fn suite(project: &str, tested: &Tested) -> String {
    let class = format!("{project}.{}", tested.name);
    let mut xml = format!(
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\" file=\"{}\">\n",
        escaped(&tested.title),
        cases(tested),
        failures(tested),
        errors(tested),
        tested
            .judged
            .iter()
            .filter(|judged| is_skipped(judged))
            .count(),
        tested.end_ns as f64 / 1e9,
        escaped(&tested.file),
    );
    if errors(tested) > 0 {
        let problems = tested.problems.iter();
        let mut lines: Vec<String> = problems
            .map(|one| format!("{}:{one}", tested.file))
            .collect();
        lines.extend(tested.ended.clone());
        let first = lines.first().cloned().unwrap_or_default();
        let _ = writeln!(
            xml,
            "<testcase name=\"runs to its end\" classname=\"{}\" time=\"0\">\n<error message=\"{}\">{}</error>\n</testcase>",
            escaped(&class),
            escaped(&first),
            escaped(&lines.join("\n")),
        );
    }
    xml.extend(
        tested
            .judged
            .iter()
            .map(|judged| case(&class, tested, judged)),
    );
    xml.push_str("</testsuite>\n");
    xml
}

/// It had nothing to judge, and need not.
fn is_skipped(judged: &Judged) -> bool {
    judged.is_fine && matches!(judged.verdict, Verdict::NotExercised(_))
}

fn case(class: &str, tested: &Tested, judged: &Judged) -> String {
    let head = format!(
        "<testcase name=\"{}\" classname=\"{}\" time=\"0\"",
        escaped(&judged.name),
        escaped(class)
    );
    let inner = match &judged.verdict {
        Verdict::Passed => return format!("{head}/>\n"),
        Verdict::NotExercised(why) if judged.is_fine => {
            format!("<skipped message=\"{}\"/>\n", escaped(why))
        }
        Verdict::NotExercised(why) => {
            let message = escaped(&format!("not exercised: {why}"));
            format!("<failure message=\"{message}\" type=\"not exercised\">{message}</failure>\n")
        }
        Verdict::Failed(failure) => {
            let message = format!("at {}: expected {}", failure.at, failure.expected);
            let mut out = format!(
                "{}:{}: {}\ninstant: {}\nexpected: {}\nactual: {}\n",
                tested.file, judged.line, judged.text, failure.at, failure.expected, failure.actual
            );
            if !judged.cause.is_empty() {
                let _ = write!(out, "cause:\n{}\n", judged.cause.join("\n"));
            }
            format!(
                "<failure message=\"{}\" type=\"assertion\">{}</failure>\n<system-out>{}</system-out>\n",
                escaped(&message),
                escaped(&format!("actual {}", failure.actual)),
                escaped(&out)
            )
        }
    };
    format!("{head}>\n{inner}</testcase>\n")
}

/// Without what XML 1.0 does not allow at all.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_allow_is_replaced() {
        assert_eq!(
            escaped("a<b> & \"c\"\u{0}\n"),
            "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}\n"
        );
    }
}
