//! The report: one HTML file that stands alone, with plots as inline SVG and tables; light or dark
//! as the reader's system is. Input is plain data; knows nothing of simulations.

mod plot;
mod style;
mod table;
mod text;

use text::{escape, prose};

/// Everything in a report, in the order in which it is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The project's name.
    pub title: String,
    /// What was done: "60 s of virtual time, seed 0".
    pub subtitle: String,
    /// Figures at the top.
    pub figures: Vec<Figure>,
    pub findings: Vec<Finding>,
    pub plots: Vec<Plot>,
    pub loads: Vec<Load>,
    pub tables: Vec<Table>,
    /// What is told one after the other, each with all of its own.
    pub chapters: Vec<Chapter>,
    /// Small print: versions, trace hash.
    pub footer: Vec<(String, String)>,
}

/// A part of a report with a heading of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chapter {
    pub title: String,
    pub subtitle: String,
    pub findings: Vec<Finding>,
    pub plots: Vec<Plot>,
    pub tables: Vec<Table>,
}

/// One number with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub name: String,
    pub value: String,
}

/// A diagnostic, or something that went wrong in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    /// The stable name of the rule, or of the event.
    pub code: String,
    pub message: String,
    pub help: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Information,
    Warning,
    Error,
}

/// Values over one axis of time. All series of a plot have one unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plot {
    pub title: String,
    pub unit: String,
    pub series: Vec<Series>,
    pub marks: Vec<Mark>,
}

/// An instant at which something went wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Seconds.
    pub at: f64,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: String,
    /// Seconds and value, by time. What is no number is a gap.
    pub points: Vec<(f64, f64)>,
    pub shape: Shape,
}

/// What holds between two points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The earlier value: messages, data elements.
    Step,
    /// A straight line: quantities of the plant.
    Line,
    /// The same, and dashed: what another series must not leave.
    Limit,
}

/// A part of a whole, in percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    pub name: String,
    pub percent: f64,
    /// What it consists of: "1.2 ms of 60 s".
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub title: String,
    pub columns: Vec<Column>,
    /// As many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Start,
    /// Numbers.
    End,
    /// Bytes and identifiers: a fixed pitch.
    Code,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    #[error(
        "row {row} of table `{table}` has {found} cells for {expected} columns; fill or cut it"
    )]
    Cells {
        table: String,
        row: usize,
        found: usize,
        expected: usize,
    },
    #[error(
        "series `{series}` of plot `{plot}` goes back in time at point {point}; sort it by time"
    )]
    Backwards {
        plot: String,
        series: String,
        point: usize,
    },
}

/// The file's text; the same report gives the same text.
pub fn html(report: &Report) -> Result<String, ReportError> {
    check(report)?;
    let mut page = String::new();
    page.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.push_str(&format!("<title>{}</title>\n", escape(&report.title)));
    page.push_str(&format!(
        "<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        style::CSS
    ));
    page.push_str(&header(report));
    page.push_str(&findings(&report.findings));
    page.push_str(&section("Signals", report.plots.iter().map(plot::svg)));
    page.push_str(&section("Load", report.loads.iter().map(table::load)));
    for table in &report.tables {
        page.push_str(&table::table(table));
    }
    page.extend(report.chapters.iter().map(chapter));
    page.push_str(&footer(&report.footer));
    page.push_str("</main>\n</body>\n</html>\n");
    Ok(page)
}

fn check(report: &Report) -> Result<(), ReportError> {
    let chapters = report.chapters.iter();
    let tables = chapters.clone().flat_map(|chapter| &chapter.tables);
    for table in report.tables.iter().chain(tables) {
        let expected = table.columns.len();
        if let Some(row) = table.rows.iter().position(|row| row.len() != expected) {
            let found = table.rows.get(row).map_or(0, Vec::len);
            return Err(ReportError::Cells {
                table: table.title.clone(),
                row: row + 1,
                found,
                expected,
            });
        }
    }
    let plots = chapters.flat_map(|chapter| &chapter.plots);
    for plot in report.plots.iter().chain(plots) {
        for series in &plot.series {
            let mut pairs = series.points.iter().zip(series.points.iter().skip(1));
            if let Some(point) = pairs.position(|(before, after)| after.0 < before.0) {
                return Err(ReportError::Backwards {
                    plot: plot.title.clone(),
                    series: series.name.clone(),
                    point: point + 2,
                });
            }
        }
    }
    Ok(())
}

fn header(report: &Report) -> String {
    let figures: String = report
        .figures
        .iter()
        .map(|figure| {
            let (name, value) = (escape(&figure.name), escape(&figure.value));
            format!("<div class=\"figure\"><dt>{name}</dt><dd>{value}</dd></div>\n")
        })
        .collect();
    format!(
        "<header>\n<h1>{}</h1>\n<p class=\"subtitle\">{}</p>\n<dl class=\"figures\">\n{figures}</dl>\n</header>\n",
        escape(&report.title),
        escape(&report.subtitle),
    )
}

fn chapter(chapter: &Chapter) -> String {
    let findings: String = chapter.findings.iter().map(finding).collect();
    let plots: String = chapter.plots.iter().map(plot::svg).collect();
    let tables: String = chapter.tables.iter().map(table::inner).collect();
    format!(
        "<section class=\"chapter\">\n<h2>{}</h2>\n<p class=\"subtitle\">{}</p>\n{findings}{tables}{plots}</section>\n",
        escape(&chapter.title),
        escape(&chapter.subtitle),
    )
}

fn findings(findings: &[Finding]) -> String {
    section("Diagnostics", findings.iter().map(finding))
}

fn finding(finding: &Finding) -> String {
    let word = match finding.severity {
        Severity::Information => "information",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let help = finding.help.as_ref().map_or_else(String::new, |help| {
        format!("<p class=\"help\">{}</p>", prose(help))
    });
    format!(
        "<div class=\"finding {word}\"><p><span class=\"badge\">{word}</span> {} <code class=\"rule\">{}</code></p>{help}</div>\n",
        prose(&finding.message),
        escape(&finding.code),
    )
}

fn section(title: &str, parts: impl Iterator<Item = String>) -> String {
    let content: String = parts.collect();
    if content.is_empty() {
        return String::new();
    }
    format!("<section>\n<h2>{title}</h2>\n{content}</section>\n")
}

fn footer(entries: &[(String, String)]) -> String {
    let entries: String = entries
        .iter()
        .map(|(name, value)| {
            format!(
                "<div><dt>{}</dt><dd>{}</dd></div>\n",
                escape(name),
                escape(value)
            )
        })
        .collect();
    format!("<footer>\n<dl>\n{entries}</dl>\n</footer>\n")
}
