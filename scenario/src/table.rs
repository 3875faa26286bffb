//! CSV files of stimuli and limits: a head line, the times in the first column, numbers in the
//! others. A head may say its unit: `temp [°C]`, `time [ms]`; times without one are in seconds.

use crate::time::Time;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    columns: Vec<Column>,
    pub(crate) times: Vec<Time>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Empty where the head says none.
    pub(crate) unit: String,
    /// By time; an empty cell has none.
    pub(crate) cells: Vec<Option<f64>>,
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(crate) fn first(&self) -> Option<&Column> {
        self.columns.first()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

/// # Errors
/// What is wrong, with its line.
pub(crate) fn read(text: &str) -> Result<Table, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = (1..).zip(text.lines());
    let mut lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let Some((_, head)) = lines.next() else {
        return Err("it is empty; it needs a line with the names of its columns".to_owned());
    };
    let separator = if head.contains(';') { ';' } else { ',' };
    let mut heads = head.split(separator).map(head_of);
    let (_, time_unit) = heads.next().unwrap_or_default();
    let time_unit = if time_unit.is_empty() {
        "s".to_owned()
    } else {
        time_unit
    };
    let mut columns: Vec<Column> = heads
        .map(|(name, unit)| Column {
            name,
            unit,
            cells: Vec::new(),
        })
        .collect();
    if columns.is_empty() {
        return Err("it has one column only; it needs times and at least one of values".to_owned());
    }
    let mut times: Vec<Time> = Vec::new();
    for (number, line) in lines {
        let mut cells = line.split(separator).map(str::trim);
        let first = cells.next().unwrap_or_default();
        let time = Time::of(first, &time_unit);
        let time =
            time.ok_or_else(|| format!("line {number}: `{first}` is no time in {time_unit}"))?;
        if times.last().is_some_and(|last| *last >= time) {
            return Err(format!(
                "line {number}: the time {time} is not after the one before"
            ));
        }
        times.push(time);
        for column in &mut columns {
            let cell = cells.next().unwrap_or_default();
            let value = match cell {
                "" => None,
                cell => Some(cell.parse::<f64>().ok().filter(|value| value.is_finite())),
            };
            match value {
                Some(None) => return Err(format!("line {number}: `{cell}` is no number")),
                value => column.cells.push(value.flatten()),
            }
        }
        if let Some(cell) = cells.next() {
            return Err(format!(
                "line {number}: `{cell}` stands behind the last column"
            ));
        }
    }
    match times.is_empty() {
        true => Err("it has no line with values".to_owned()),
        false => Ok(Table { columns, times }),
    }
}

/// Name and unit of `temp [°C]`.
fn head_of(head: &str) -> (String, String) {
    let head = head.trim().trim_matches('"');
    let split = head
        .strip_suffix(']')
        .and_then(|head| head.rsplit_once('['));
    match split {
        Some((name, unit)) => (name.trim().to_owned(), unit.trim().to_owned()),
        None => (head.to_owned(), String::new()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_with_their_units() {
        let table = read("time [ms], temp [°C], lower\n# warm\n0, 20.5,\n\n10, -3,1e2\n").unwrap();
        assert_eq!(table.times, [Time(0), Time(10_000_000)]);
        let temp = table.column("temp").unwrap();
        assert_eq!(
            (temp.unit.as_str(), temp.cells.clone()),
            ("°C", vec![Some(20.5), Some(-3.0)])
        );
        assert_eq!(table.column("lower").unwrap().cells, [None, Some(100.0)]);
        assert_eq!(read("t;v\n0.5;1").unwrap().times, [Time(500_000_000)]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let cases = [
            (
                "",
                "it is empty; it needs a line with the names of its columns",
            ),
            (
                "time",
                "it has one column only; it needs times and at least one of values",
            ),
            ("t,v", "it has no line with values"),
            ("t,v\nx,1", "line 2: `x` is no time in s"),
            ("t [h],v\n1,1", "line 2: `1` is no time in h"),
            (
                "t,v\n1,1\n1,2",
                "line 3: the time 1 s is not after the one before",
            ),
            ("t,v\n1,warm", "line 2: `warm` is no number"),
            ("t,v\n1,NaN", "line 2: `NaN` is no number"),
            ("t,v\n1,2,3", "line 2: `3` stands behind the last column"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
    }
}
