//! Causes of values on the samples: back to a sensor or frame, forward to what they changed.

use crate::support::{changed_sample, fine, program, sample, text_of};
use serde_json::Value;

fn why(project: &str, element: &str, at: &str, more: &[&str]) -> Value {
    let mut call = vec!["why", project, element, "--at", at, "--for", "3s"];
    call.extend(more);
    fine(&call)
}

/// The first step of that kind whose text begins so, in the branches of a step.
fn step<'v>(node: &'v Value, what: &str, text: &str) -> &'v Value {
    let branches = node["branches"].as_array();
    let all = branches.into_iter().flatten();
    let found = all.into_iter().find(|one| is(one, what, text));
    found.unwrap_or_else(|| panic!("no {what} `{text}` below {node:#}"))
}

fn is(node: &Value, what: &str, text: &str) -> bool {
    node["what"] == what && node["text"].as_str().unwrap().starts_with(text)
}

/// A step anywhere below.
fn below<'v>(node: &'v Value, what: &str, text: &str) -> Option<&'v Value> {
    let branches = node["branches"].as_array()?;
    branches.iter().find_map(|one| match is(one, what, text) {
        true => Some(one),
        false => below(one, what, text),
    })
}

#[test]
fn a_received_duty_goes_back_over_the_bus_to_the_sensor() {
    let ran = why(&sample("thermal"), "dashboard.fan-status.duty", "2.5s", &[]);
    assert_eq!(ran["element"], "can0:FanStatus.Duty");
    let back = &ran["back"];
    assert!(is(back, "value", "can0:FanStatus.Duty = 48 %"), "{back:#}");
    let frame = step(back, "frame", "FanStatus on can0: 120#");
    let sender = step(frame, "activation", "climate/main/send-fan-status");
    let duty = step(sender, "value", "fan.fan-status.duty = 48 %");
    assert_eq!(
        sender["branches"].as_array().unwrap().len(),
        1,
        "the other signals have no part in it"
    );
    let fan = step(duty, "activation", "climate/main/fan-step");
    let demand = step(fan, "value", "controller.fan-demand = 48 %");
    assert_eq!(demand["age_ns"], 0, "the fan runs as the controller ends");
    let controller = step(demand, "activation", "climate/main/controller-step");
    let sensor = step(controller, "state", "sensor, called directly");
    assert_eq!(sensor["certainty"], "possible", "no probe saw the call");
    let sample = step(sensor, "activation", "climate/main/sensor-sample");
    let transfer = step(sample, "transfer", "cabin on i2c0: w00 r1b80 ok");
    step(transfer, "stimulus", "cabin.temperature = 27.5");
}

#[test]
fn a_probe_makes_a_call_a_fact() {
    let project = changed_sample("thermal", |text| {
        let wire = "to = \"controller.wireloom:thermal/temperature@0.1.0\"\nkind = \"direct\"\n";
        assert_eq!(text.matches(wire).count(), 1);
        text.replace(wire, &format!("{wire}probe = true\n"))
    });
    let ran = why(
        &text_of(project.path()),
        "controller.fan-demand",
        "2.5s",
        &[],
    );
    let controller = step(&ran["back"], "activation", "climate/main/controller-step");
    assert_eq!(
        step(controller, "state", "sensor, called directly")["certainty"],
        "fact"
    );
    step(controller, "call", "called sensor.");
}

#[test]
fn a_temperature_leads_forward_to_the_duty_and_over_the_bus() {
    let change = ["--set", "cabin.temperature=35@1s"];
    let ran = why(&sample("thermal"), "sensor.temperature", "2.02s", &change);
    assert!(
        is(&ran["back"], "value", "sensor.temperature = 35"),
        "{:#}",
        ran["back"]
    );
    let root = serde_json::json!({ "branches": ran["forward"] });
    let frame = step(&root, "frame", "FanStatus on can0");
    step(
        frame,
        "activation",
        "read by cockpit/main/dashboard-refresh",
    );
    let controller = step(
        &root,
        "activation",
        "called for by climate/main/controller-step",
    );
    assert_eq!(controller["certainty"], "possible");
    let demand = step(controller, "value", "controller.fan-demand = ");
    let fan = step(demand, "activation", "read by climate/main/fan-step");
    let duty = step(fan, "value", "fan.fan-status.duty = ");
    step(duty, "frame", "FanStatus on can0");
    let cause = below(&ran["back"], "stimulus", "cabin.temperature = 35").unwrap();
    assert_eq!(cause["at_ns"], 1_000_000_000);
}

#[test]
fn the_window_goes_back_to_its_switch_and_round_its_loop() {
    let ran = why(&sample("antipinch"), "lifter.motor.duty", "1s", &[]);
    let lifter = step(&ran["back"], "activation", "door/control/lifter-");
    step(lifter, "value", "switch.up = ");
    step(lifter, "value", "window.position = ");
    let current = step(lifter, "value", "window.motor-current = ");
    let window = step(current, "activation", "door/surroundings/window-");
    let pwm = step(window, "value", "motor.left-pwm = ");
    let motor = step(pwm, "activation", "door/control/motor-");
    let duty = step(motor, "value", "lifter.motor.duty = ");
    assert!(
        duty["at_ns"].as_u64().unwrap() < ran["back"]["at_ns"].as_u64().unwrap(),
        "the loop goes back in time"
    );
    let earlier = step(duty, "activation", "door/control/lifter-");
    step(
        earlier,
        "elsewhere",
        "another activation of this task is told elsewhere",
    );
    let text = ran["back"].to_string();
    assert!(
        text.contains("told elsewhere in this answer"),
        "each activation is told once"
    );
    assert!(text.len() < 20_000, "{}", text.len());
}

#[test]
fn an_old_value_has_its_age_and_the_activation_that_wrote_it() {
    // The controller works once a second: the fan goes on with what it had.
    let project = changed_sample("thermal", |text| {
        let head = "runnable = \"wireloom:thermal/control@0.1.0#step\"\nevent = \"timing\"\nperiod_ns = 100000000\n";
        assert_eq!(text.matches(head).count(), 1);
        text.replace(head, &head.replace("100000000", "1000000000"))
    });
    let ran = why(&text_of(project.path()), "fan.duty", "1.95s", &[]);
    let fan = step(&ran["back"], "activation", "climate/main/fan-step");
    assert_eq!(fan["at_ns"].as_u64().unwrap() / 100_000_000, 19);
    let demand = step(fan, "value", "controller.fan-demand = ");
    assert!(
        demand["text"]
            .as_str()
            .unwrap()
            .ends_with("; too old, read as `timeout`"),
        "{demand:#}"
    );
    assert_eq!(demand["at_ns"].as_u64().unwrap() / 100_000_000, 10);
    let age_ns = demand["age_ns"].as_u64().unwrap();
    assert!((890_000_000..=900_100_000).contains(&age_ns), "{age_ns}");
    let controller = step(demand, "activation", "climate/main/controller-step");
    assert_eq!(controller["at_ns"].as_u64().unwrap() / 100_000_000, 10);
}

#[test]
fn what_was_never_written_says_so() {
    let ran = why(&sample("thermal"), "can0:FanStatus.Duty", "100us", &[]);
    assert_eq!(ran["back"]["what"], "initial");
    assert_eq!(
        ran["back"]["text"],
        "can0:FanStatus.Duty: initial value: no frame has come"
    );
    assert_eq!(ran["forward"], serde_json::json!([]));
}

#[test]
fn a_lamp_goes_back_to_converter_button_and_block() {
    let press = ["--set", "pedal-adc.ch0=3@500ms"];
    let ran = why(&sample("pedal"), "brake-lamp", "1s", &press);
    assert!(
        is(&ran["back"], "value", "brake-lamp = high"),
        "{:#}",
        ran["back"]
    );
    let brake = step(&ran["back"], "activation", "pedals/main/brake");
    let transfer = step(brake, "transfer", "pedal-adc on spi0: ");
    assert_eq!(
        step(transfer, "stimulus", "pedal-adc.ch0 = 3")["at_ns"],
        500_000_000
    );
    step(brake, "pin", "pin learn-button read as 1");
}

#[test]
fn wrong_questions_say_what_can_be_asked() {
    let ran = program(&["why", &sample("thermal"), "fan.rpm", "--at", "1s"]);
    assert_eq!(ran.status, 2);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.starts_with("no value `fan.rpm` is traced; choose one of: can0:FanStatus.Duty, "),
        "{error}"
    );
    let late = program(&["why", &sample("thermal"), "fan.duty", "--at", "11s"]);
    assert_eq!(
        late.json["error"],
        "the instant lies behind the end of the run; give a longer `--for`"
    );
}

#[test]
fn a_duty_goes_back_over_three_values_of_a_network() {
    let project = text_of(&crate::ethernet::project());
    let ran = why(&project, "fan.duty", "1.55s", &[]);
    let fan = step(&ran["back"], "activation", "cockpit/main/fan-step");
    let demand = step(fan, "carried", "controller.fan-demand = 48 % over eth0");
    assert!(demand["age_ns"].as_u64().unwrap() > 0);
    let written = step(demand, "value", "controller.fan-demand = 48 %");
    assert!(written["at_ns"].as_u64().unwrap() < demand["at_ns"].as_u64().unwrap());
    let controller = step(written, "activation", "climate/main/controller-step");
    let filtered = step(
        step(controller, "carried", "filter.temperature = "),
        "value",
        "filter.temperature = ",
    );
    let filter = step(filtered, "activation", "cockpit/main/filter-");
    let measured = step(
        step(filter, "carried", "sensor.temperature = "),
        "value",
        "sensor.temperature = ",
    );
    let sensor = step(measured, "activation", "climate/io/sensor-sample");
    step(sensor, "transfer", "cabin on i2c0: ");
}
