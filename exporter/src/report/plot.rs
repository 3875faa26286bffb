//! A plot as SVG: axes with round numbers, at most a few thousand points a series.
//! Knows nothing of where values come from.

use super::{
    Mark, Plot, Series, Shape,
    text::{coordinate, escape, label},
};

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 30.0;
/// Columns into which long series are thinned; each keeps its extremes, so no peak is lost.
const COLUMNS: usize = 900;
/// Colours in the style sheet.
const COLOURS: usize = 6;

/// A range of values and the distance of its grid lines.
#[derive(Clone, Copy)]
struct Axis {
    from: f64,
    to: f64,
    step: f64,
}

/// The plot with its legend.
pub(super) fn svg(plot: &Plot) -> String {
    let all = || {
        plot.series
            .iter()
            .flat_map(|series| &series.points)
            .filter(|p| is_number(p))
    };
    let time = range(all().map(|point| point.0)).map(|(from, to)| axis(from, to, 10.0, Fit::Tight));
    let value = range(all().map(|point| point.1)).map(|(from, to)| axis(from, to, 5.0, Fit::Round));
    let title = heading(plot);
    let (Some(time), Some(value)) = (time, value) else {
        return format!(
            "<figure class=\"plot\">{title}<p class=\"none\">No values.</p></figure>\n"
        );
    };
    let curves: String = plot
        .series
        .iter()
        .enumerate()
        .map(|(at, series)| {
            let d = path(series, time, value);
            format!("<path class=\"curve {}\" d=\"{d}\"/>\n", look(at, series))
        })
        .collect();
    let marks: String = plot.marks.iter().map(|one| mark(one, time)).collect();
    format!(
        "<figure class=\"plot\">{title}\n<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n{}{curves}{marks}</svg>\n{}</figure>\n",
        escape(&plot.title),
        grid(time, value),
        legend(plot),
    )
}

/// The classes of a series.
fn look(at: usize, series: &Series) -> String {
    match series.shape {
        Shape::Limit => "limit".to_owned(),
        Shape::Step | Shape::Line => format!("s{}", at % COLOURS),
    }
}

/// A line over the whole height with a flag at its top.
fn mark(mark: &Mark, time: Axis) -> String {
    let at = x(time, mark.at.clamp(time.from, time.to));
    let (left, middle, right) = (coordinate(at - 6.0), coordinate(at), coordinate(at + 6.0));
    let bottom = HEIGHT - BOTTOM;
    format!(
        "<g><title>{}</title><line class=\"mark\" x1=\"{middle}\" y1=\"{TOP}\" x2=\"{middle}\" y2=\"{bottom}\"/><path class=\"flag\" d=\"M{left} 2H{right}L{middle} {TOP}Z\"/></g>\n",
        escape(&mark.name)
    )
}

fn heading(plot: &Plot) -> String {
    match plot.unit.is_empty() {
        true => format!("<h3>{}</h3>", escape(&plot.title)),
        false => format!("<h3>{} [{}]</h3>", escape(&plot.title), escape(&plot.unit)),
    }
}

fn is_number(point: &(f64, f64)) -> bool {
    point.0.is_finite() && point.1.is_finite()
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((from, to)) => Some((value.min(from), value.max(to))),
    })
}

enum Fit {
    /// Ends where the values end.
    Tight,
    /// Ends at grid lines.
    Round,
}

fn axis(from: f64, to: f64, lines: f64, fit: Fit) -> Axis {
    let (from, to) = if to > from {
        (from, to)
    } else {
        (from - 0.5, to + 0.5)
    };
    let step = round_step((to - from) / lines);
    match fit {
        Fit::Tight => Axis { from, to, step },
        Fit::Round => Axis {
            from: (from / step).floor() * step,
            to: (to / step).ceil() * step,
            step,
        },
    }
}

/// 1, 2 or 5 times a power of ten, not below the wanted distance.
fn round_step(wanted: f64) -> f64 {
    if !wanted.is_finite() || wanted <= f64::MIN_POSITIVE {
        return 1.0;
    }
    let power = 10_f64.powf(wanted.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= wanted);
    factor.unwrap_or(10.0) * power
}

impl Axis {
    /// 0 to 1 along the axis.
    fn part(self, value: f64) -> f64 {
        (value - self.from) / (self.to - self.from)
    }

    /// Values of the grid lines.
    fn lines(self) -> impl Iterator<Item = f64> {
        let first = (self.from / self.step).ceil();
        let count = ((self.to / self.step).floor() - first).clamp(0.0, 100.0) as u32;
        (0..=count).map(move |line| (first + f64::from(line)) * self.step)
    }
}

fn x(time: Axis, at: f64) -> f64 {
    LEFT + time.part(at) * (WIDTH - LEFT - RIGHT)
}

fn y(value: Axis, at: f64) -> f64 {
    HEIGHT - BOTTOM - value.part(at) * (HEIGHT - TOP - BOTTOM)
}

fn grid(time: Axis, value: Axis) -> String {
    let mut grid = String::new();
    let bottom = HEIGHT - BOTTOM;
    for line in value.lines() {
        let at = coordinate(y(value, line));
        grid.push_str(&format!(
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at}\" x2=\"{}\" y2=\"{at}\"/><text x=\"{}\" y=\"{at}\" dy=\"4\" text-anchor=\"end\">{}</text>\n",
            WIDTH - RIGHT,
            LEFT - 8.0,
            label(line, value.step),
        ));
    }
    for line in time.lines() {
        let at = coordinate(x(time, line));
        grid.push_str(&format!(
            "<line class=\"axis\" x1=\"{at}\" y1=\"{bottom}\" x2=\"{at}\" y2=\"{}\"/><text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{} s</text>\n",
            bottom + 4.0,
            bottom + 18.0,
            label(line, time.step),
        ));
    }
    grid.push_str(&format!(
        "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{bottom}\" x2=\"{}\" y2=\"{bottom}\"/>\n",
        WIDTH - RIGHT
    ));
    grid
}

/// A path that is lifted where there is no number.
fn path(series: &Series, time: Axis, value: Axis) -> String {
    let mut path = String::new();
    let mut before: Option<f64> = None;
    for point in thinned(&series.points, time) {
        if !is_number(&point) {
            before = None;
            continue;
        }
        let (x, y) = (x(time, point.0), y(value, point.1));
        match (before, series.shape) {
            (None, _) => path.push_str(&format!("M{} {}", coordinate(x), coordinate(y))),
            (Some(_), Shape::Line | Shape::Limit) => {
                path.push_str(&format!("L{} {}", coordinate(x), coordinate(y)));
            }
            (Some(before), Shape::Step) if before == y => {
                path.push_str(&format!("H{}", coordinate(x)))
            }
            (Some(_), Shape::Step) => {
                path.push_str(&format!("H{}V{}", coordinate(x), coordinate(y)));
            }
        }
        before = Some(y);
    }
    if let (Some(_), Shape::Step) = (before, series.shape) {
        path.push_str(&format!("H{}", coordinate(WIDTH - RIGHT)));
    }
    path
}

/// First, smallest, largest and last point of each column, in the order of time.
fn thinned(points: &[(f64, f64)], time: Axis) -> Vec<(f64, f64)> {
    if points.len() <= 4 * COLUMNS {
        return points.to_vec();
    }
    let column = |point: &(f64, f64)| (time.part(point.0) * COLUMNS as f64) as usize;
    let mut kept = Vec::with_capacity(4 * COLUMNS);
    for chunk in points.chunk_by(|a, b| column(a) == column(b)) {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let extremes = [
            chunk.first(),
            chunk.iter().min_by(by_value),
            chunk.iter().max_by(by_value),
            chunk.last(),
        ];
        let mut extremes: Vec<(f64, f64)> = extremes.into_iter().flatten().copied().collect();
        extremes.sort_by(|a, b| a.0.total_cmp(&b.0));
        extremes.dedup();
        kept.extend(extremes);
    }
    kept
}

fn legend(plot: &Plot) -> String {
    let entries: String = plot
        .series
        .iter()
        .enumerate()
        .map(|(at, series)| {
            let numbers = series.points.iter().filter(|point| is_number(point));
            let range = match range(numbers.map(|point| point.1)) {
                Some((from, to)) => {
                    let step = round_step((to - from).abs() / 1000.0);
                    let step = if to > from { step } else { 1e-3 };
                    format!("{} … {}", label(from, step), label(to, step))
                }
                None => "no values".to_owned(),
            };
            format!(
                "<li><span class=\"key {}\"></span>{} <span class=\"range\">{range}</span></li>\n",
                look(at, series),
                escape(&series.name),
            )
        })
        .collect();
    let marks = plot.marks.iter().map(|mark| {
        let name = escape(&mark.name);
        format!("<li class=\"failed\">▼ {name}</li>\n")
    });
    let marks: String = marks.collect();
    format!("<ul class=\"legend\">\n{entries}{marks}</ul>\n")
}
