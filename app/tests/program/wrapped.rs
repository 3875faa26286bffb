//! The sample `wrapped`: a controller and its surroundings, both C behind the glue of `wireloom wrap`.

use crate::support::{SECOND, Watched, changed_sample, fine, sample, simulated};
use simulator::Options;
use std::path::Path;

const AT_PARK: &str = "windscreen.wireloom:wrapped/windscreen@0.1.0#step -> arm.at-park";
const WATER: &str = "windscreen.wireloom:wrapped/windscreen@0.1.0#step -> water";
const DUTY: &str = "wiper.wireloom:wrapped/wiper@0.1.0#step -> motor-duty";

fn run(project: &Path) -> Watched {
    let watched = simulated(project, Options::default(), 30 * SECOND);
    assert_eq!(watched.simulation.incidents(), []);
    watched
}

/// Values of that time, seconds from and to.
fn between(points: &[[f64; 2]], from: f64, to: f64) -> Vec<f64> {
    let inside = points.iter().filter(|[time, _]| (from..to).contains(time));
    inside.map(|[_, value]| *value).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn the_sample_has_no_findings() {
    let told = fine(&["check", &sample("wrapped")]);
    assert_eq!(told["diagnostics"], serde_json::json!([]), "{told}");
}

#[test]
fn the_wiper_follows_lever_and_rain_and_parks() {
    let watched = run(Path::new(&sample("wrapped")));
    let duty = watched.series(DUTY);
    assert_eq!(largest(&between(&duty, 0.0, 0.9)), 0.0, "off at first");
    assert_eq!(
        largest(&between(&duty, 1.1, 19.9)),
        60.0,
        "slow in intervals"
    );
    assert_eq!(largest(&between(&duty, 20.1, 24.9)), 100.0, "then fast");
    assert_eq!(largest(&between(&duty, 27.0, 30.0)), 0.0, "off again");
    let at_park = watched.series(AT_PARK);
    let leaves = between(&at_park, 1.0, 20.0).contains(&0.0);
    assert!(leaves, "the arm leaves its park position");
    let rests = between(&at_park, 27.0, 30.0);
    assert!(!rests.contains(&0.0), "and rests there at the end");
    let (first, second) = (starts(&duty, 1.0, 10.0), starts(&duty, 10.0, 19.0));
    assert!(
        first >= 1 && second > first,
        "more rain, shorter intervals: {first}, {second}"
    );
    assert!(largest(&between(&watched.series(WATER), 0.0, 30.0)) > 10.0);
}

#[test]
fn without_rain_the_intervals_stay_long() {
    let dry = changed_sample("wrapped", |text| {
        crate::support::without_connector(
            &text,
            "to = \"wiper.wireloom:wrapped/wiper@0.1.0#step(input.rain)\"",
        )
    });
    let [dry, wet] = [dry.path(), Path::new(&sample("wrapped"))]
        .map(|project| starts(&run(project).series(DUTY), 0.0, 19.0));
    assert!(dry >= 2 && dry < wet, "{dry} without rain, {wet} with it");
}

/// How often the motor is switched on.
fn starts(duty: &[[f64; 2]], from: f64, to: f64) -> usize {
    let values = between(duty, from, to);
    let pairs = values.windows(2);
    pairs.filter(|pair| pair[0] == 0.0 && pair[1] > 0.0).count()
}
