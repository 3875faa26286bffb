//! The samples as native images on the virtual board, against their simulation.

use super::{
    composed::composed,
    machine::{self, Machine},
    qemu::{Port, image, image_for, run},
    simulated::{frames, native_values, parts, simulated, values},
};

#[test]
fn thermal_sends_the_frames_of_its_simulation() {
    let composed = composed("thermal");
    let expected = frames(&simulated(&composed, 4_000_000_000));
    assert!(expected.len() >= 39, "{expected:?}");
    let image = image(&composed.system, &parts(&composed, "climate"), false);
    let mut count = 0;
    let frames = run(&image, Port::Can, Some(27_500), |_| {
        count += 1;
        count == expected.len()
    });
    assert_eq!(frames, expected);
}

#[test]
fn the_temperature_of_the_virtual_sensor_is_in_the_frames() {
    let composed = composed("thermal");
    let image = image(&composed.system, &parts(&composed, "climate"), false);
    let first = |millidegrees| run(&image, Port::Can, Some(millidegrees), |_| true).remove(0);
    // 0.1 °C with an offset of 40 °C, 12 bits, big-endian (thermal.dbc).
    assert!(first(40_000).ends_with("0000"), "{}", first(40_000));
    assert!(first(27_500).ends_with("F830"), "{}", first(27_500));
}

#[test]
fn antipinch_publishes_the_values_of_its_simulation() {
    let composed = composed("antipinch");
    let simulation = simulated(&composed, 1_600_000_000);
    let expected = values(&composed, &simulation, "door");
    assert!(expected.len() > 1_000);
    let image = image(&composed.system, &parts(&composed, "door"), true);
    let mut count = 0;
    let lines = run(&image, Port::Log, None, |line| {
        count += usize::from(line.starts_with("publish "));
        count == expected.len()
    });
    assert_eq!(native_values(&lines), expected);
}

/// The project for ESP-IDF, its scheduler and its board file over a machine that is played here.
#[test]
fn the_project_for_esp_idf_does_what_the_simulation_does() {
    let composed = composed("thermal");
    let simulation = simulated(&composed, 4_000_000_000);
    let machine = Machine::new(&composed.system, &parts(&composed, "climate"));
    let lines = machine.run(4_000, "");
    let expected = frames(&simulation);
    assert!(expected.len() >= 39, "{expected:?}");
    assert_eq!(machine::frames(&lines), expected);
}

#[test]
fn thermal_keeps_to_its_sizes_on_every_board() {
    let composed = composed("thermal");
    for board in ["qemu-mps2-an385", "arduino-due"] {
        let image = image_for(board, &composed.system, &parts(&composed, "climate"), false);
        let (flash, ram) = (image.flash_bytes.unwrap(), image.ram_bytes.unwrap());
        assert!(flash <= 40 * 1024, "{board}: {flash} bytes of flash");
        assert!(ram <= 32 * 1024, "{board}: {ram} bytes of RAM");
        let again = image_for(board, &composed.system, &parts(&composed, "climate"), false);
        assert!(
            again == image,
            "{board}: the same input gives the same bytes"
        );
    }
}
