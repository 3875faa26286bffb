//! The obstacle of `antipinch`: it comes in at 1.5 s, 300 mm above the open window's edge.

use crate::support::{SECOND, Watched, changed_sample, sample, simulated, without_connector};
use simulator::Options;
use std::path::Path;

const POSITION: &str = "window.wireloom:antipinch/plant@0.1.0#step -> position";
const DUTY: &str = "lifter.wireloom:antipinch/lifter@0.1.0#step -> motor.duty";
const OBSTACLE_MM: f64 = 300.0;
const CLOSED_MM: f64 = 450.0;
/// The switch is let go here; what happens later is another attempt.
const UNTIL_NS: u64 = 8 * SECOND;

fn highest(points: &[[f64; 2]]) -> [f64; 2] {
    let mut highest = points[0];
    for point in points {
        if point[1] > highest[1] {
            highest = *point;
        }
    }
    highest
}

fn run(project: &Path) -> Watched {
    let watched = simulated(project, Options::default(), UNTIL_NS);
    assert_eq!(watched.simulation.incidents(), []);
    watched
}

#[test]
fn the_window_meets_the_obstacle_and_reverses() {
    let watched = run(Path::new(&sample("antipinch")));
    let positions = watched.series(POSITION);
    let [turned_s, turned_mm] = highest(&positions);
    assert!(turned_s > 1.5, "it closes first, and turns at {turned_s} s");
    assert!(
        (OBSTACLE_MM..OBSTACLE_MM + 20.0).contains(&turned_mm),
        "it turns at {turned_mm} mm"
    );
    // 10 N/mm: what presses on the obstacle stays below the 100 N that regulations allow.
    assert!((turned_mm - OBSTACLE_MM) * 10.0 < 100.0, "{turned_mm} mm");
    let lowest_after = positions
        .iter()
        .filter(|[time, _]| *time > turned_s)
        .map(|[_, position]| *position)
        .fold(f64::INFINITY, f64::min);
    assert!(
        lowest_after < turned_mm - 100.0,
        "it opens down to {lowest_after} mm"
    );
    let duties = watched.series(DUTY);
    let closing = duties
        .iter()
        .any(|[time, duty]| *time < turned_s && *duty > 0.5);
    let opening = duties
        .iter()
        .any(|[time, duty]| *time > turned_s - 0.1 && *duty < -0.5);
    assert!(closing && opening, "the motor is driven up, then down");
}

#[test]
fn without_obstacle_the_window_closes() {
    let free = changed_sample("antipinch", |text| {
        without_connector(
            &text,
            "to = \"window.wireloom:antipinch/plant@0.1.0#step(input.obstacle)\"",
        )
    });
    let watched = run(free.path());
    let positions = watched.series(POSITION);
    let [_, highest_mm] = highest(&positions);
    assert!(highest_mm > CLOSED_MM - 1.0, "{highest_mm} mm");
    let [_, last_mm] = positions.last().unwrap();
    assert_eq!(*last_mm, highest_mm, "and stays closed");
}

#[test]
fn with_and_without_obstacle_the_first_second_and_a_half_is_the_same() {
    let free = changed_sample("antipinch", |text| {
        without_connector(
            &text,
            "to = \"window.wireloom:antipinch/plant@0.1.0#step(input.obstacle)\"",
        )
    });
    let [blocked, free] = [Path::new(&sample("antipinch")), free.path()].map(|project| {
        let points = run(project).series(POSITION);
        let early = points.into_iter().filter(|[time, _]| *time < 1.5);
        early.map(|[_, position]| position).collect::<Vec<_>>()
    });
    assert!(blocked.len() > 100);
    assert_eq!(blocked, free);
}
