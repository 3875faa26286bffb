//! What is refused before a run, and by hand during one.

use crate::support::*;
use deployment::{BusKind, Route, RouteEnd};
use simulator::{Options, Replay, ReplayTiming, SystemFiles, can::log::Log};

fn refusal(files: &SystemFiles, options: Options) -> String {
    try_start(files, options).unwrap_err().to_string()
}

fn refused(change: impl FnOnce(&mut SystemFiles)) -> String {
    let mut files = system(&[driver("climate", 0x48)]);
    change(&mut files);
    refusal(&files, Options::default())
}

#[test]
fn files_that_are_no_partitions() {
    let file = "climate-app.wasm".to_owned();
    let set = |bytes: &[u8]| {
        let bytes = bytes.to_vec();
        refused(|files| drop(files.partitions.insert(file.clone(), bytes)))
    };
    assert_eq!(
        refused(|files| files.partitions.clear()),
        "partition file `climate-app.wasm` is missing; compose the project again"
    );
    assert_eq!(
        set(b"text"),
        "partition file `climate-app.wasm`: the file is not a WebAssembly component; choose a composed partition"
    );
    // The table is whole, the code behind it is not.
    let whole = system(&[driver("climate", 0x48)]).partitions[&file].clone();
    let mut broken = whole.clone();
    broken[40] ^= 0xff;
    assert!(
        set(&broken).starts_with("partition file `climate-app.wasm`"),
        "{}",
        set(&broken)
    );
    let other = system(&[driver("cockpit", 0x48)]).partitions["cockpit-app.wasm"].clone();
    assert_eq!(
        set(&other),
        "partition file `climate-app.wasm` is `cockpit/app`, the system file says `climate/app`; compose the project again"
    );
}

#[test]
fn garbage_never_panics_or_hangs() {
    let file = "climate-app.wasm";
    let whole = system(&[driver("climate", 0x48)]).partitions[file].clone();
    for position in (8..whole.len()).step_by(whole.len() / 40) {
        let mut broken = whole.clone();
        broken[position] ^= 0x55;
        let mut files = system(&[driver("climate", 0x48)]);
        files.partitions.insert(file.into(), broken);
        if let Ok(mut simulation) = try_start(&files, Options::default()) {
            run(&mut simulation, 10 * MS);
        }
    }
}

#[test]
fn devices_and_names() {
    let with_device = |change: fn(&mut Vec<deployment::Device>)| {
        refused(|files| {
            if let BusKind::I2c { devices, .. } = &mut files.system.buses[1].kind {
                change(devices);
            }
        })
    };
    assert_eq!(
        with_device(|devices| devices[0].model = "lm99".into()),
        "device `cabin` is a `lm99`, which is no model here; there are `at24c02`, `at24c256`, `bme280`, `ina219`, `lm75a`, `mpu6050`, `pca9685`, `tmp102`, `tmp105`"
    );
    assert_eq!(
        with_device(|devices| devices.push(devices[0].clone())),
        "two devices are called `cabin`; give one of them another name"
    );
    assert_eq!(
        with_device(|devices| devices[0].stimuli.extend([("humidity".into(), 1.0)])),
        "device `cabin` has no stimulus `humidity`; it has `temperature`"
    );
    assert_eq!(
        refused(|files| files.system.buses.push(files.system.buses[0].clone())),
        "two buses are called `can0`; give one of them another name"
    );
    assert_eq!(
        refused(|files| files.system.ecus.push(files.system.ecus[0].clone())),
        "two ECUs are called `climate`; give one of them another name"
    );
}

#[test]
fn routes() {
    let end = |ecu: &str| RouteEnd {
        ecu: ecu.into(),
        partition: "app".into(),
        element: 0,
    };
    assert_eq!(
        refused(|files| files.system.routes.push(Route {
            from: end("climate"),
            to: end("cockpit")
        })),
        "the connector from `climate/app element 0` to `cockpit/app element 0` leads from one ECU to another and over no network; compose the project again"
    );
    assert_eq!(
        refused(|files| files.system.routes.push(Route {
            from: end("x"),
            to: end("x")
        })),
        "the connector names partition `app` of ECU `x`, which is not there; compose the project again"
    );
    assert!(
        refused(|files| files.system.routes.push(Route {
            from: end("climate"),
            to: end("climate")
        }))
        .starts_with("ECU `climate`: a connector between partitions")
    );
}

#[test]
fn flows() {
    let end = |ecu: &str, element: u32| RouteEnd {
        ecu: ecu.into(),
        partition: "app".into(),
        element,
    };
    let network = |from: RouteEnd, to: RouteEnd| deployment::Bus {
        name: "eth0".into(),
        kind: BusKind::Ethernet {
            bitrate_bps: 100_000_000,
            latency_ns: 0,
            flows: vec![deployment::Flow {
                key: "k".into(),
                type_hash: "0000000000000000".into(),
                from,
                to: vec![to],
            }],
        },
    };
    assert_eq!(
        refused(|files| {
            let bus = network(end("x", 0), end("climate", 0));
            files.system.buses.push(bus);
        }),
        "the connector names partition `app` of ECU `x`, which is not there; compose the project again"
    );
    assert!(
        refused(|files| {
            let bus = network(end("climate", 99), end("cockpit", 0));
            files.system.buses.push(bus);
        })
        .starts_with("ECU `climate`: a connector between partitions")
    );
}

#[test]
fn options_that_name_nothing() {
    let files = system(&[driver("climate", 0x48)]);
    let with_stimulus = |text: &str| {
        refusal(
            &files,
            Options {
                stimuli: vec![text.parse().unwrap()],
                ..Options::default()
            },
        )
    };
    assert_eq!(
        with_stimulus("roof.temperature=1"),
        "there is no device `roof`; there are `cabin`"
    );
    assert_eq!(
        with_stimulus("cabin.temperature=900@1s"),
        "900 is out of range for `cabin.temperature`; give -55 to 128 °C"
    );
    let log = Log::parse("(0.0) can0 123#").unwrap();
    let replay = |bus| Options {
        replays: vec![Replay::new(log.clone(), bus, ReplayTiming::Automatic)],
        ..Options::default()
    };
    assert_eq!(
        refusal(&files, replay("can7")),
        "there is no CAN bus `can7`; there are `can0`"
    );
    assert_eq!(
        refusal(&files, replay("i2c0")),
        "there is no CAN bus `i2c0`; there are `can0`"
    );
}

#[test]
fn inputs_by_hand() {
    let mut simulation = start(&system(&[driver("climate", 0x48)]));
    let wrong = simulation
        .set_stimulus("cabin", "temperature", f64::NAN)
        .unwrap_err()
        .to_string();
    assert_eq!(
        wrong,
        "NaN is out of range for `cabin.temperature`; give -55 to 128 °C"
    );
    assert!(simulation.set_stimulus("roof", "temperature", 1.0).is_err());
    assert!(
        simulation
            .inject_frame("i2c0", "123#".parse().unwrap())
            .is_err()
    );
    assert_eq!(simulation.trace().rows_from(0).count(), 0);
}
