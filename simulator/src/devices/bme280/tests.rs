//! The driver of the data sheet, in its 32 and 64 bit integers, reads what was set; worked numbers.

use super::*;

const MS: u64 = 1_000_000;

fn write(device: &mut Bme280, at_ns: u64, bytes: &[u8]) {
    device.begin_write(at_ns);
    bytes.iter().for_each(|byte| {
        device.write(at_ns, *byte);
    });
    device.stop(at_ns);
}

fn read(device: &mut Bme280, at_ns: u64, register: u8, count: usize) -> Vec<u8> {
    device.begin_write(at_ns);
    device.write(at_ns, register);
    device.begin_read(at_ns);
    (0..count).map(|_| device.read(at_ns)).collect()
}

/// CTRL_MEAS of osrs_t, osrs_p and mode.
fn measure(temperature: u8, pressure: u8, mode: u8) -> u8 {
    (temperature << 5) | (pressure << 2) | mode
}

/// 4.2.3: 1/100 °C, 1/256 Pa, 1/1024 %.
fn driver(device: &mut Bme280, at_ns: u64) -> (i32, u32, u32) {
    let first = read(device, at_ns, CALIB00, 26);
    let second = read(device, at_ns, CALIB26, 7);
    let unsigned = |place: usize| i64::from(u16::from_le_bytes([first[place], first[place + 1]]));
    let signed = |place: usize| i64::from(i16::from_le_bytes([first[place], first[place + 1]]));
    let (t1, t2, t3) = (unsigned(0) as i32, signed(2) as i32, signed(4) as i32);
    let p: Vec<i64> = [unsigned(6)]
        .into_iter()
        .chain((4..12).map(|word| signed(2 * word)))
        .collect();
    let outputs = read(device, at_ns, PRESS_MSB, 8);
    let twenty = |place: usize| {
        i32::from(outputs[place]) << 12
            | i32::from(outputs[place + 1]) << 4
            | i32::from(outputs[place + 2]) >> 4
    };
    let (adc_p, adc_t) = (twenty(0), twenty(3));
    let adc_h = i32::from(outputs[6]) << 8 | i32::from(outputs[7]);

    let slope = (((adc_t >> 3) - (t1 << 1)) * t2) >> 11;
    let bend = (((((adc_t >> 4) - t1) * ((adc_t >> 4) - t1)) >> 12) * t3) >> 14;
    let t_fine = slope + bend;
    let celsius = (t_fine * 5 + 128) >> 8;

    let half = i64::from(t_fine) - 128_000;
    let offset = half * half * p[5] + ((half * p[4]) << 17) + (p[3] << 35);
    let scale = ((half * half * p[2]) >> 8) + ((half * p[1]) << 12);
    let scale = (((1i64 << 47) + scale) * p[0]) >> 33;
    let raw = (((1_048_576 - i64::from(adc_p)) << 31) - offset) * 3125 / scale;
    let square = (p[8] * (raw >> 13) * (raw >> 13)) >> 25;
    let pascal = ((raw + square + ((p[7] * raw) >> 19)) >> 8) + (p[6] << 4);

    let h2 = i32::from(i16::from_le_bytes([second[0], second[1]]));
    let (h1, h3) = (i32::from(first[25]), i32::from(second[2]));
    let h4 = (i32::from(second[3] as i8) * 16) | i32::from(second[4] & 0xf);
    let h5 = (i32::from(second[5] as i8) * 16) | i32::from(second[4] >> 4);
    let h6 = i32::from(second[6] as i8);
    let warm = t_fine - 76_800;
    let linear = ((adc_h << 14) - (h4 << 20) - h5 * warm + 16_384) >> 15;
    let bent = ((((warm * h6) >> 10) * (((warm * h3) >> 11) + 32_768)) >> 10) + 2_097_152;
    let humidity = linear * ((bent * h2 + 8_192) >> 14);
    let humidity = humidity - (((((humidity >> 15) * (humidity >> 15)) >> 7) * h1) >> 4);
    let humidity = humidity.clamp(0, 419_430_400) >> 12;
    (celsius, pascal as u32, humidity as u32)
}

/// BMP280, 3.12: 25.08 °C, 100653.27 Pa. Its figure has 25767236 / 256 Pa; the published
/// formula in 64 bits gives three less, which its footnote allows.
#[test]
fn the_worked_example() {
    let fine = t_fine(519_888.0);
    assert_eq!((fine / 5_120.0 * 100.0).round(), 2_508.0);
    assert_eq!((pascal(415_148.0, fine) * 100.0).round(), 10_065_327.0);
    let mut device = Bme280::new();
    device.temperature.code = 519_888;
    device.pressure.code = 415_148;
    let (celsius, pascal, _) = driver(&mut device, 0);
    assert_eq!((celsius, pascal), (2_508, 25_767_233));
}

#[test]
fn the_data_sheets_driver_reads_what_was_set() {
    let table = [
        (25.0, 1013.25, 50.0),
        (-40.0, 300.0, 5.0),
        (85.0, 1100.0, 95.0),
        (0.0, 850.5, 0.0),
        (21.5, 995.0, 100.0),
    ];
    for (celsius, hectopascal, percent) in table {
        let mut device = Bme280::new();
        for (place, value) in [celsius, hectopascal, percent].into_iter().enumerate() {
            device.set_stimulus(0, place, value);
        }
        // 16 samples of each, normal mode.
        write(&mut device, 0, &[CTRL_HUM, 5, CTRL_MEAS, measure(5, 5, 3)]);
        let (read_celsius, read_pascal, read_percent) = driver(&mut device, 99 * MS);
        let (t, p, h) = (
            f64::from(read_celsius) / 100.0,
            f64::from(read_pascal) / 25_600.0,
            f64::from(read_percent) / 1_024.0,
        );
        assert!((t - celsius).abs() <= 0.011, "{celsius}: {t}");
        assert!((p - hectopascal).abs() <= 0.02, "{hectopascal}: {p}");
        assert!((h - percent).abs() <= 0.02, "{percent}: {h}");
    }
}

#[test]
fn registers_after_power_up() {
    let mut device = Bme280::new();
    assert_eq!(read(&mut device, 0, ID, 1), [0x60]);
    assert_eq!(
        read(&mut device, 0, PRESS_MSB, 8),
        [0x80, 0, 0, 0x80, 0, 0, 0x80, 0]
    );
    assert_eq!(read(&mut device, 0, CTRL_HUM, 4), [0; 4]);
}

/// 9.1: one sample of each takes 8 ms typically; then it sleeps.
#[test]
fn forced_mode_measures_once() {
    let mut device = Bme280::new();
    write(&mut device, 0, &[CTRL_HUM, 1, CTRL_MEAS, measure(1, 1, 1)]);
    assert_eq!(read(&mut device, 8 * MS - 1, STATUS, 1), [MEASURING]);
    assert_eq!(read(&mut device, 8 * MS - 1, PRESS_MSB, 1), [0x80]);
    assert_eq!(read(&mut device, 8 * MS, STATUS, 1), [0]);
    assert_eq!(read(&mut device, 8 * MS, CTRL_MEAS, 1), [measure(1, 1, 0)]);
    let before = driver(&mut device, 8 * MS);
    device.set_stimulus(9 * MS, 0, 80.0);
    assert_eq!(driver(&mut device, 999 * MS), before);
}

#[test]
fn normal_mode_waits_between_measurements() {
    let mut device = Bme280::new();
    // Standby 62.5 ms; temperature only, one sample: 3 ms.
    write(
        &mut device,
        0,
        &[CONFIG, 1 << 5, CTRL_MEAS, measure(1, 0, 3)],
    );
    let first = driver(&mut device, 3 * MS).0;
    device.set_stimulus(3 * MS, 0, 50.0);
    assert_eq!(read(&mut device, 30 * MS, STATUS, 1), [0], "standby");
    let next_ns = 3 * MS + 65_500_000;
    assert_eq!(read(&mut device, next_ns - 1, STATUS, 1), [MEASURING]);
    assert_eq!(driver(&mut device, next_ns - 1).0, first);
    assert!((driver(&mut device, next_ns).0 - 5_000).abs() <= 1);
    let outputs = read(&mut device, next_ns, PRESS_MSB, 8);
    assert_eq!([outputs[0], outputs[6]], [0x80, 0x80], "skipped");
}

/// 3.4.1: 16 bits with one sample, one more for each doubling, 20 with the filter.
#[test]
fn the_resolution_is_that_of_the_samples() {
    for (samples, bits) in [(1u8, 16), (2, 17), (3, 18), (4, 19), (5, 20)] {
        let mut device = Bme280::new();
        device.set_stimulus(0, 0, 23.456);
        write(&mut device, 0, &[CTRL_MEAS, samples << 5 | 3]);
        device.stop(50 * MS);
        let missing = 20 - bits;
        assert_eq!(device.temperature.code & ((1 << missing) - 1), 0);
        let celsius = t_fine(f64::from(device.temperature.code)) / 5_120.0;
        let step = 0.005 / f64::from(1u32 << (bits - 16));
        assert!(
            (celsius - 23.456).abs() <= 1.2 * step.max(0.000_4),
            "{bits}: {celsius}"
        );
    }
}

/// 3.4.4: a step reaches more than 75 % after 2, 5, 11, 22 samples.
#[test]
fn the_filter_follows_a_step() {
    for (bits, samples) in [(1u8, 2u64), (2, 5), (3, 11), (4, 22)] {
        let mut device = Bme280::new();
        device.set_stimulus(0, 0, 0.0);
        write(
            &mut device,
            0,
            &[CONFIG, bits << 2, CTRL_MEAS, measure(1, 0, 3)],
        );
        device.set_stimulus(3 * MS, 0, 40.0);
        // 3 ms and 0.5 ms of standby.
        let after = |count: u64| 3 * MS + count * 3_500_000;
        assert!(driver(&mut device, after(samples - 1)).0 < 3_000, "{bits}");
        assert!(driver(&mut device, after(samples)).0 >= 2_990, "{bits}");
    }
}

#[test]
fn humidity_settings_wait_for_ctrl_meas() {
    let mut device = Bme280::new();
    write(&mut device, 0, &[CTRL_MEAS, measure(1, 0, 3), CTRL_HUM, 1]);
    assert_eq!(read(&mut device, 20 * MS, HUM_LSB - 1, 2), [0x80, 0]);
    write(&mut device, 20 * MS, &[CTRL_MEAS, measure(1, 0, 3)]);
    assert_ne!(read(&mut device, 40 * MS, HUM_LSB - 1, 2), [0x80, 0]);
}

#[test]
fn misuse_is_told_and_stops_nothing() {
    let mut device = Bme280::new();
    write(&mut device, 0, &[ID, 1, RESET, 1, CTRL_MEAS, 3, CONFIG, 4]);
    assert_eq!(device.take_misuse().len(), 3);
    write(&mut device, 0, &[RESET, RESET_WORD]);
    assert_eq!(read(&mut device, 0, CTRL_MEAS, 2), [0, 0]);
}
