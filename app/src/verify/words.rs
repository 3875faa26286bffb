//! What a verification came to, in words: for the command line and the window.

use super::{Agreement, EcuReport};
use back_to_back::Activated;
use std::fmt::Write;

/// One ECU on a target; lines, the last with its line feed.
pub fn ecu_text(target: &str, ecu: &EcuReport) -> String {
    let EcuReport {
        ecu: name,
        activations,
        entries,
        agreed,
        fuel,
        ..
    } = ecu;
    let fuel = match fuel {
        0 => "no fuel counted".to_owned(),
        fuel => format!("fuel {fuel}"),
    };
    match (ecu.verdict, &ecu.place) {
        (Agreement::Different, Some(place)) => format!(
            "ECU {name}: different on {target} after {agreed} of {entries} inputs and outputs\n{}",
            place_text(place)
        ),
        (Agreement::Lost, Some(place)) => format!(
            "ECU {name}: {target} was lost after {agreed} of {entries} inputs and outputs: {}\n{}",
            ecu.reason.as_deref().unwrap_or_default(),
            place_text(place)
        ),
        _ => format!(
            "ECU {name}: the same on {target}: {activations} activations, {entries} inputs and outputs, {fuel}\n"
        ),
    }
}

fn place_text(place: &Activated) -> String {
    let mut text = String::new();
    let at = place.at_ns.map(|at_ns| format!(" at {at_ns} ns"));
    let _ = writeln!(
        text,
        "  in {}{}{}",
        place.activation.as_deref().unwrap_or("no activation"),
        at.unwrap_or_default(),
        place
            .runnable
            .as_ref()
            .map(|runnable| format!(", in {runnable}"))
            .unwrap_or_default()
    );
    for (head, lines) in [
        ("  both sides before", &place.before),
        ("  simulation", &place.expected),
        ("  target", &place.found),
    ] {
        let _ = writeln!(text, "{head}");
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}
