//! Values over virtual time.

use super::{
    theme::{self, tokens},
    widgets::empty_ui,
};
use crate::{
    command::Command,
    session::{Series, Session},
};
use egui::{
    FontId, Frame, Ui,
    text::{LayoutJob, TextFormat},
};
use egui_plot::{AxisHints, Line, Plot, PlotPoints, PlotResponse, VLine, uniform_grid_spacer};

/// More points than this are not seen in a panel: each bucket keeps its least and greatest.
const SHOWN_POINTS: usize = 1500;

pub(super) fn plot_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    Frame::new()
        .fill(tokens(ui).panel)
        .inner_margin(theme::panel_margin())
        .show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            let plotted = &session.view().plotted;
            ui.horizontal_wrapped(|ui| {
                commands.extend(add_ui(ui, session));
                for (number, name) in plotted.iter().enumerate() {
                    if ui
                        .small_button(key_text(ui, session, number, name))
                        .on_hover_text(format!("Remove {name} from the plot"))
                        .clicked()
                    {
                        commands.push(Command::Unplot(name.clone()));
                    }
                }
            });
            if plotted.is_empty() {
                let text = match session.run().series.is_empty() {
                    true => "Run the system, then add values here or from a wire's inspector",
                    false => "Add a value to see it over time",
                };
                empty_ui(ui, "Nothing is plotted", text);
                return;
            }
            let tokens = tokens(ui);
            let plot = Plot::new("values")
                .grid_color(tokens.border)
                .y_grid_spacer(uniform_grid_spacer(|input| {
                    // Lines, those with numbers, and thick ones.
                    [1.0, 2.5, 25.0].map(|times| round_step(input.base_step_size * times))
                }))
                .custom_y_axes(vec![
                    AxisHints::new_y()
                        .label_spacing(16.0..=20.0)
                        .formatter(|mark, _| number(mark.value, mark.step_size)),
                ])
                .custom_x_axes(vec![AxisHints::new_x().label_spacing(24.0..=40.0)]);
            let cursor_ns = session.view().cursor_ns;
            let shown = plot
                .allow_scroll(false)
                .allow_boxed_zoom(false)
                .show(ui, |plot| {
                    if let Some(at_ns) = cursor_ns {
                        let line = VLine::new("", at_ns as f64 / 1e9);
                        plot.vline(line.color(tokens.text_faint).width(1.0));
                    }
                    for (number, name) in plotted.iter().enumerate() {
                        let Some(series) = session.run().series.get(name) else {
                            continue;
                        };
                        let line =
                            Line::new(title(session, name), PlotPoints::from(thinned(series)))
                                .width(1.8);
                        plot.line(line.color(tokens.series(number)));
                    }
                });
            commands.extend(cursor_ui(session, &shown));
        });
    commands
}

/// 1, 2 or 5 times a power of ten that is not less.
fn round_step(least: f64) -> f64 {
    let decade = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|digit| digit * decade);
    steps
        .into_iter()
        .find(|step| *step >= least)
        .unwrap_or(10.0 * decade)
}

/// With the digits that tell it from the next one, a step away.
fn number(value: f64, step: f64) -> String {
    let digits = (-step.log10()).ceil().max(0.0) as usize;
    format!("{value:.digits$}")
}

fn title(session: &Session, name: &str) -> String {
    let series = session.run().series.get(name);
    match series.map_or("", |series| series.unit.as_str()) {
        "" => short(name),
        unit => format!("{} [{unit}]", short(name)),
    }
}

/// Name and unit behind a dot in the line's colour: a legend in the plot would lie on the lines.
fn key_text(ui: &Ui, session: &Session, number: usize, name: &str) -> LayoutJob {
    let tokens = tokens(ui);
    let mut text = LayoutJob::default();
    let title = title(session, name);
    for (part, ink) in [
        ("●  ", tokens.series(number)),
        (title.as_str(), tokens.text),
        ("  ×", tokens.text_weak),
    ] {
        let font = FontId::proportional(theme::TEXT_SIZE);
        text.append(part, 0.0, TextFormat::simple(font, ink));
    }
    text
}

/// A click puts the cursor there; the second button asks about a value at that instant.
fn cursor_ui(session: &Session, shown: &PlotResponse<()>) -> Vec<Command> {
    let mut commands = Vec::new();
    let plot = &shown.response;
    if (plot.clicked() || plot.secondary_clicked())
        && let Some(at) = plot.interact_pointer_pos()
    {
        let seconds = shown.transform.value_from_position(at).x;
        let at_ns = (seconds.max(0.0) * 1e9).round() as u64;
        commands.push(Command::SetCursor(Some(at_ns.min(session.run().now_ns))));
    }
    plot.context_menu(|ui| {
        let values = &session.run().values;
        let plotted = session.view().plotted.iter();
        let known: Vec<String> = plotted
            .filter(|name| values.contains_key(*name))
            .cloned()
            .collect();
        let at_ns = session.instant_ns();
        commands.extend(super::trace::go_there_ui(ui, at_ns));
        commands.extend(super::trace::why_ui(ui, &known, at_ns));
    });
    commands
}

fn add_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    let rest: Vec<&String> = session
        .run()
        .series
        .keys()
        .filter(|name| !session.view().plotted.contains(name))
        .collect();
    ui.add_enabled_ui(!rest.is_empty(), |ui| {
        ui.menu_button("Add value", |ui| {
            egui::ScrollArea::vertical()
                .max_height(320.0)
                .show(ui, |ui| {
                    for name in rest {
                        if ui.button(short(name)).on_hover_text(name).clicked() {
                            commands.push(Command::Plot(name.clone()));
                            ui.close();
                        }
                    }
                });
        });
    });
    commands
}

/// `sensor.temperature#get` of `sensor.wireloom:thermal/temperature@0.1.0#get`.
pub(super) fn short(name: &str) -> String {
    let (instance, rest) = match (name.split_once('.'), name.contains(':')) {
        (Some((instance, rest)), true) if !instance.contains(':') => (instance, rest),
        _ => return name.to_owned(),
    };
    let (port, tail) = rest.split_once('#').unwrap_or((rest, ""));
    let port = crate::canvas::names::port_label(port);
    match tail {
        "" | "get" => format!("{instance}.{port}"),
        tail => format!("{instance}.{port}.{tail}"),
    }
}

fn thinned(series: &Series) -> Vec<[f64; 2]> {
    let points = &series.points;
    if points.len() <= SHOWN_POINTS {
        return points.clone();
    }
    let bucket = points.len().div_ceil(SHOWN_POINTS / 2);
    let ends = |chunk: &[[f64; 2]]| {
        let low = chunk.iter().copied().min_by(|a, b| a[1].total_cmp(&b[1]))?;
        let high = chunk.iter().copied().max_by(|a, b| a[1].total_cmp(&b[1]))?;
        Some(if low[0] <= high[0] {
            [low, high]
        } else {
            [high, low]
        })
    };
    points.chunks(bucket).filter_map(ends).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_where_they_can_be() {
        assert_eq!(
            short("sensor.wireloom:thermal/temperature@0.1.0#get"),
            "sensor.temperature"
        );
        assert_eq!(
            short("lifter.w:a/lifter@0.1.0#step -> motor.duty"),
            "lifter.lifter.step -> motor.duty"
        );
        assert_eq!(short("can0:FanStatus.Duty"), "can0:FanStatus.Duty");
    }

    #[test]
    fn steps_are_numbers_that_people_count_in() {
        let steps = [0.7, 1.0, 1.1, 3.0, 7.0, 42.0].map(round_step);
        assert_eq!(steps, [1.0, 1.0, 2.0, 5.0, 10.0, 50.0]);
        let numbers = [(21.5, 0.5), (22.0, 0.5), (0.05, 0.05), (80.0, 20.0)];
        let numbers = numbers.map(|(value, step)| number(value, step));
        assert_eq!(numbers, ["21.5", "22.0", "0.05", "80"]);
    }

    #[test]
    fn thinning_keeps_peaks_and_order() {
        let mut points: Vec<[f64; 2]> = (0..20_000).map(|at| [f64::from(at), 0.0]).collect();
        points[7777][1] = 99.0;
        let thinned = thinned(&Series {
            unit: String::new(),
            points,
        });
        assert!(thinned.len() <= SHOWN_POINTS + 2);
        assert!(thinned.iter().any(|point| point[1] == 99.0));
        assert!(thinned.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
    }
}
