//! Two runs at their first difference: the rows in which their canonical traces part, what both had
//! before, whose activation ran, and what such a difference can come from. Knows traces as lines only.

use super::Meaning;
use serde::Serialize;
use simulator::trace::{Kind, Row};
use std::collections::{BTreeMap, VecDeque};

/// Rows before and after that are told.
const TOLD: usize = 6;

/// Where two runs part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunDifference {
    /// How many rows are the same.
    pub rows: u64,
    /// The earlier one of the two rows.
    pub at_ns: u64,
    /// The last rows of both, oldest first.
    pub before: Vec<String>,
    /// What comes then in the first run; empty where it ends.
    pub first: Vec<String>,
    pub second: Vec<String>,
    /// `ecu/partition/task` that runs there.
    pub activation: Option<String>,
    /// What it can come from.
    pub cause: String,
}

impl RunDifference {
    /// Rows with their value or frame in words behind them.
    pub fn in_words(self, meaning: &Meaning) -> RunDifference {
        let words = |lines: Vec<String>| -> Vec<String> {
            lines.iter().map(|line| words(meaning, line)).collect()
        };
        RunDifference {
            before: words(self.before),
            first: words(self.first),
            second: words(self.second),
            ..self
        }
    }
}

fn words(meaning: &Meaning, line: &str) -> String {
    let Some(row) = Row::parse(0, line) else {
        return line.to_owned();
    };
    let observed = meaning.observe(&row).row;
    match (observed.text == row.detail, observed.decoded.as_str()) {
        (true, "") => line.to_owned(),
        (true, decoded) => format!("{line}  {decoded}"),
        (false, decoded) => {
            let words = format!("{line}  {} {decoded}", observed.text);
            words.trim_end().to_owned()
        }
    }
}

/// The first difference of two canonical traces, given line by line.
///
/// # Errors
/// A line that is none of a trace: its number, from 1, and whether it is the second trace's.
pub fn first_difference(
    mut first: impl Iterator<Item = String>,
    mut second: impl Iterator<Item = String>,
) -> Result<Option<RunDifference>, BrokenLine> {
    let mut rows = 0;
    let mut before = VecDeque::new();
    let mut running: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let (one, other) = (first.next(), second.next());
        match (one, other) {
            (None, None) => return Ok(None),
            (Some(one), Some(other)) if one == other => {
                let row = Row::parse(rows, &one).ok_or(BrokenLine {
                    line: rows + 1,
                    is_second: false,
                })?;
                follow(&mut running, &row);
                rows += 1;
                if before.len() == TOLD {
                    before.pop_front();
                }
                before.push_back(one);
            }
            (one, other) => {
                let parted = (parse(rows, &one, false)?, parse(rows, &other, true)?);
                let activation = activation(&running, &parted);
                let times = [&parted.0, &parted.1];
                let times = times.into_iter().flatten().map(|row| row.time_ns);
                return Ok(Some(RunDifference {
                    rows,
                    at_ns: times.min().unwrap_or(0),
                    before: before.into(),
                    cause: cause(&parted, activation.as_deref()),
                    activation,
                    first: one.iter().cloned().chain(first).take(TOLD).collect(),
                    second: other.iter().cloned().chain(second).take(TOLD).collect(),
                }));
            }
        }
    }
}

/// A line that no trace has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no row of a trace; write it with `wireloom simulate --rows`")]
pub struct BrokenLine {
    pub line: u64,
    pub is_second: bool,
}

fn parse(
    number: u64,
    line: &Option<String>,
    is_second: bool,
) -> Result<Option<Row<'_>>, BrokenLine> {
    let Some(line) = line else {
        return Ok(None);
    };
    let row = Row::parse(number, line).ok_or(BrokenLine {
        line: number + 1,
        is_second,
    });
    row.map(Some)
}

fn follow(running: &mut BTreeMap<String, String>, row: &Row<'_>) {
    let ecu = || row.subject.split('/').next().unwrap_or_default().to_owned();
    match row.kind {
        Kind::Began => drop(running.insert(ecu(), row.subject.to_owned())),
        Kind::Ended => drop(running.remove(&ecu())),
        _ => {}
    }
}

/// The two rows, where there are any.
type Parted<'a> = (Option<Row<'a>>, Option<Row<'a>>);

fn activation(running: &BTreeMap<String, String>, parted: &Parted<'_>) -> Option<String> {
    let rows = [&parted.0, &parted.1].into_iter().flatten();
    let mut ecus = rows.map(|row| match row.kind {
        Kind::I2c | Kind::Spi | Kind::Pin => row.detail.split(' ').next(),
        _ => row.subject.split('/').next(),
    });
    let found = ecus.find_map(|ecu| running.get(ecu?));
    found.cloned()
}

fn cause(parted: &Parted<'_>, activation: Option<&str>) -> String {
    let (first, second) = match parted {
        (Some(first), Some(second)) => (first, second),
        (Some(_), None) => {
            return "the second run ends here; all that it has is the same".to_owned();
        }
        _ => return "the first run ends here; all that it has is the same".to_owned(),
    };
    let given = [first, second]
        .into_iter()
        .find(|row| matches!(row.kind, Kind::Stimulus | Kind::Parameter | Kind::Fault));
    if let Some(row) = given {
        return format!(
            "another input: `{}` is given a value or a fault in one run that it does not get there in the other",
            row.subject
        );
    }
    if first.kind == Kind::Ended && second.kind == Kind::Ended && first.subject == second.subject {
        return format!(
            "`{}` took another time or other fuel and did the same until then: other code, or other costs",
            first.subject
        );
    }
    if let Some(activation) = activation {
        return format!(
            "`{activation}` did something else although all that is traced was the same: other code, another project, or another seed"
        );
    }
    if first.kind == Kind::Frame || second.kind == Kind::Frame {
        return "another frame on a bus: a log that is replayed, the restbus, a frame sent by hand, or another bus".to_owned();
    }
    "the runs are of other projects, or have other options".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: &str = "0\tstimulus\tcabin.temperature\t21.5\n0\tbegin\tclimate/app/send\t0\n";

    fn difference(first: &str, second: &str) -> Option<RunDifference> {
        let lines = |rest: &str| {
            let text = format!("{COMMON}{rest}");
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        first_difference(lines(first).into_iter(), lines(second).into_iter()).unwrap()
    }

    #[test]
    fn the_first_row_that_differs_is_told_with_what_it_comes_from() {
        assert_eq!(difference("", ""), None);
        let published = difference(
            "5\tpublish\tclimate/app/duty\t00\n",
            "5\tpublish\tclimate/app/duty\t01\n9\tend\tclimate/app/send\t9 4\n",
        )
        .unwrap();
        assert_eq!((published.rows, published.at_ns), (2, 5));
        assert_eq!(published.activation.as_deref(), Some("climate/app/send"));
        assert_eq!((published.first.len(), published.second.len()), (1, 2));
        assert_eq!(published.before.len(), 2);
        for (first, second, words) in [
            (
                "9\tend\tclimate/app/send\t9 4\n",
                "",
                "the second run ends here",
            ),
            (
                "",
                "9\tend\tclimate/app/send\t9 4\n",
                "the first run ends here",
            ),
            (
                "9\tend\tclimate/app/send\t9 4\n",
                "9\tend\tclimate/app/send\t9 5\n",
                "`climate/app/send` took another time",
            ),
            (
                "3\tstimulus\tcabin.temperature\t30\n",
                "9\tend\tclimate/app/send\t9 5\n",
                "another input: `cabin.temperature`",
            ),
            (
                "5\tpublish\tclimate/app/duty\t00\n",
                "5\tpublish\tclimate/app/duty\t01\n",
                "`climate/app/send` did something else",
            ),
            (
                "7\tframe\tcan0\t123#00 replay0 3\n",
                "8\tframe\tcan0\t123#00 replay0 4\n",
                "another frame on a bus",
            ),
        ] {
            let cause = difference(first, second).unwrap().cause;
            assert!(cause.starts_with(words), "{cause}");
        }
    }

    #[test]
    fn what_is_no_trace_is_refused_with_its_line() {
        let lines = |text: &'static str| text.lines().map(str::to_owned);
        let refused =
            first_difference(lines("0\tbegin\ta\t0\nhello"), lines("0\tbegin\ta\t0\nyou"));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "line 2 is no row of a trace; write it with `wireloom simulate --rows`"
        );
    }
}
