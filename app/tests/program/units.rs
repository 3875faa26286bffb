//! Units between elements and signals: a bus in Kelvin and components in degrees Celsius.

use crate::support::{SECOND, Watched, changed_sample, program, sample, simulated, text_of};
use simulator::Options;
use std::{fs, path::Path};

const SIGNAL: &str = "can0:FanStatus.Temperature";

/// `thermal` with the temperature on the bus in K.
fn kelvin(conversion: &str) -> tempfile::TempDir {
    let project = changed_sample("thermal", |text| {
        let ends = [
            "from = \"can0:FanStatus.Temperature\"\nto = \"dashboard.wireloom:thermal/temperature@0.1.0#get\"\nkind = \"buffered\"\n",
            "to = \"can0:FanStatus.Temperature\"\nkind = \"buffered\"\n",
        ];
        ends.iter().fold(text, |text, ends| {
            assert!(text.contains(ends), "{ends}");
            text.replace(ends, &format!("{ends}{conversion}"))
        })
    });
    let file = project.path().join("thermal.dbc");
    let text = fs::read_to_string(&file).unwrap();
    let changed = text.replace(
        "(0.1,40) [-55|150] \"degC\"",
        "(0.1,313.15) [218.15|423.15] \"K\"",
    );
    assert_ne!(changed, text);
    fs::write(&file, changed).unwrap();
    project
}

fn run(project: &Path) -> Watched {
    let watched = simulated(project, Options::default(), 20 * SECOND);
    assert_eq!(watched.simulation.incidents(), []);
    watched
}

#[test]
fn a_bus_in_kelvin_carries_what_a_sensor_gives_in_celsius() {
    let told = |project: &Path| program(&["check", &text_of(project)]).json;
    let count = |told: &serde_json::Value| {
        let found = told["diagnostics"].as_array().unwrap().iter();
        found.filter(|one| one["code"] == "unit-mismatch").count()
    };
    let unconverted = kelvin("");
    let found = told(unconverted.path());
    assert_eq!(count(&found), 2, "{found}");
    let converted = kelvin("conversion = \"unit\"\n");
    let found = told(converted.path());
    assert_eq!(count(&found), 0, "{found}");
    let celsius = run(Path::new(&sample("thermal")));
    let kelvin = run(converted.path());
    let (celsius_points, kelvin_points) = (celsius.series(SIGNAL), kelvin.series(SIGNAL));
    assert!(celsius_points.len() > 100 && celsius_points.len() == kelvin_points.len());
    for ([time, celsius], [_, kelvin]) in celsius_points.iter().zip(&kelvin_points) {
        assert!(
            (celsius + 273.15 - kelvin).abs() < 0.11,
            "{time}: {celsius} {kelvin}"
        );
    }
}
