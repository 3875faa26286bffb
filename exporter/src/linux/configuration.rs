//! `ecu.toml` as a bundle brings it: a device for every bus of the ECU's system, by the usual names,
//! with what else can be set behind `#`.

use deployment::{
    ActiveLevel, BusKind, Ecu, Flow, Pin, PinDirection, PinSignal, Pull, SpiDevice, System,
    ethernet,
};
use std::fmt::Write;

const PINS: &str = r#"
# [pins.lamp]                   # for `wasi:gpio`: a line of a controller
# kind = "gpiochip"
# chip = "/dev/gpiochip0"
# line = 17
# direction = "out"             # or "in"
# active-low = false

# [pins.pressure]               # a channel of a converter
# kind = "analog-file"
# file = "/sys/bus/iio/devices/iio:device0/in_voltage0_raw"
# direction = "in"
# full-scale = 4095
"#;

const REST: &str = r#"
[realtime]
priority = 80                   # under SCHED_FIFO; 0: the ordinary scheduler
lock-memory = true

# [health]                      # GET /health and /metrics
# address = "127.0.0.1:9464"

# [otlp]                        # a collector on the machine: OTLP over HTTP in JSON
# address = "127.0.0.1:4318"
# every-s = 10
"#;

const SPI: &str = r#"
# [buses.display]               # for `wasi:spi`: a bus with its chip select
# kind = "spidev"
# device = "/dev/spidev0.0"
# clock-hz = 1000000
# mode = 0
"#;

/// The port of the first network; that of the next one is one higher. Zenoh's own.
const PORT: u16 = 7447;

/// Whether the ECU exchanges values with another one.
/// As `ip` takes a part of a bit.
fn thousandths(permille: u16) -> String {
    format!("0.{permille:03}")
}

fn is_on(flows: &[Flow], ecu: &str) -> bool {
    flows.iter().any(|flow| flow.concerns(ecu))
}

pub(super) fn text(system: &System, ecu: &Ecu) -> String {
    let mut text = format!(
        "# What the buses of ECU `{}` are on this machine. Unknown entries are refused.\n",
        ecu.name
    );
    let (mut can, mut i2c, mut spi, mut chip, mut port) = (0, 1, 0, 0, PORT);
    let mut pins = String::new();
    for bus in &system.buses {
        let name = &bus.name;
        // Writing to a string does not fail.
        let _ = match &bus.kind {
            BusKind::Can { bitrate_bps } => {
                let interface = can;
                can += 1;
                writeln!(
                    text,
                    "\n# ip link set can{interface} up type can bitrate {bitrate_bps}\n[buses.{name}]\nkind = \"socketcan\"             # or \"hub\": a virtual bus, with --hub\ninterface = \"can{interface}\""
                )
            }
            BusKind::CanFd {
                bitrate_bps,
                sample_point_permille,
                data_bitrate_bps,
                data_sample_point_permille,
            } => {
                let interface = can;
                can += 1;
                writeln!(
                    text,
                    "\n# ip link set can{interface} up type can bitrate {bitrate_bps} sample-point {} \\\n#   dbitrate {data_bitrate_bps} dsample-point {} fd on\n[buses.{name}]\nkind = \"socketcan\"             # or \"hub\": a virtual bus, with --hub\ninterface = \"can{interface}\"",
                    thousandths(*sample_point_permille),
                    thousandths(*data_sample_point_permille)
                )
            }
            BusKind::Ethernet { flows, .. } => {
                let own = port;
                port = port.saturating_add(1);
                match is_on(flows, &ecu.name) {
                    true => network(&mut text, (name, own), system, ecu, flows),
                    false => Ok(()),
                }
            }
            BusKind::I2c { clock_hz, .. } => {
                let number = i2c;
                i2c += 1;
                writeln!(
                    text,
                    "\n# {clock_hz} Hz in the project; the device tree sets the clock\n[buses.{name}]\nkind = \"i2c-dev\"               # or \"hub\"\ndevice = \"/dev/i2c-{number}\""
                )
            }
            BusKind::Spi { clock_hz, devices } => {
                let number = spi;
                spi += 1;
                devices
                    .iter()
                    .try_for_each(|device| spi_device(&mut text, (name, number), *clock_hz, device))
            }
            BusKind::Gpio { pins: lines } => {
                let number = chip;
                chip += 1;
                lines
                    .iter()
                    .enumerate()
                    .try_for_each(|(line, entry)| pin(&mut pins, (name, number), line, entry))
            }
        };
    }
    if spi == 0 {
        text.push_str(SPI);
    }
    match pins.is_empty() {
        true => text.push_str(PINS),
        false => text.push_str(&pins),
    }
    text.push_str(REST);
    let _ = write!(
        text,
        "\n[nv]                            # non-volatile blocks\ndirectory = \"/var/lib/wireloom/{}/nv\"\n",
        ecu.name
    );
    text
}

/// All listen, also where nobody connects, so that a tool can watch any of them.
fn network(
    text: &mut String,
    (name, port): (&str, u16),
    system: &System,
    ecu: &Ecu,
    flows: &[Flow],
) -> std::fmt::Result {
    let peers = ethernet::connects_to(system, flows, &ecu.name);
    let peers: Vec<String> = peers
        .map(|other| format!("\"tcp/{other}:{port}\""))
        .collect();
    writeln!(
        text,
        "\n# Values of other ECUs, by zenoh over TCP. `connect` names the ECUs that this one reaches, by\n# their host names or addresses; of two ECUs one connects, the other listens.\n[networks.{name}]\nkind = \"zenoh\"                 # or \"hub\": a virtual network, with --hub\nlisten = [\"tcp/0.0.0.0:{port}\"]\nconnect = [{}]",
        peers.join(", ")
    )
}

fn spi_device(
    text: &mut String,
    (bus, number): (&str, u32),
    clock_hz: u32,
    device: &SpiDevice,
) -> std::fmt::Result {
    let SpiDevice {
        name,
        model,
        chip_select,
        mode,
        ..
    } = device;
    writeln!(
        text,
        "\n# {model} on {bus}, chip select {chip_select}\n[buses.{name}]\nkind = \"spidev\"\ndevice = \"/dev/spidev{number}.{chip_select}\"\nclock-hz = {clock_hz}\nmode = {}",
        mode.number()
    )
}

/// The project does not say which line of a controller, or which file, a pin is: the numbers are
/// those of the list, to be set right on the machine.
fn pin(
    text: &mut String,
    (controller, chip): (&str, u32),
    line: usize,
    pin: &Pin,
) -> std::fmt::Result {
    let direction = match pin.direction {
        PinDirection::In => "in",
        // One that goes both ways was refused before.
        PinDirection::Out | PinDirection::InOut => "out",
    };
    let name = &pin.name;
    write!(text, "\n# pin {line} of {controller}: set what it is here")?;
    if let Some(pull) = pin.pull {
        let pull = match pull {
            Pull::Up => "up",
            Pull::Down => "down",
        };
        write!(
            text,
            "; pulled {pull} in the project, the device tree does that"
        )?;
    }
    writeln!(text, "\n[pins.{name}]")?;
    match pin.signal {
        PinSignal::Digital => writeln!(
            text,
            "kind = \"gpiochip\"\nchip = \"/dev/gpiochip{chip}\"\nline = {line}\ndirection = \"{direction}\""
        )?,
        PinSignal::Analog { full_scale } => writeln!(
            text,
            "kind = \"analog-file\"\nfile = \"/sys/bus/iio/devices/iio:device{chip}/{direction}_voltage{line}_raw\"\ndirection = \"{direction}\"\nfull-scale = {full_scale}"
        )?,
    }
    match pin.active_level {
        ActiveLevel::High => Ok(()),
        ActiveLevel::Low => writeln!(text, "active-low = true"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deployment::{Bus, FORMAT, RouteEnd, SpiMode};

    fn pins() -> Vec<Pin> {
        let pin = |name: &str, signal, direction, active_level, pull| Pin {
            name: name.to_owned(),
            signal,
            direction,
            active_level,
            pull,
            stimuli: Default::default(),
        };
        let analog = PinSignal::Analog { full_scale: 4095 };
        vec![
            pin(
                "lamp",
                PinSignal::Digital,
                PinDirection::Out,
                ActiveLevel::High,
                None,
            ),
            pin(
                "button",
                PinSignal::Digital,
                PinDirection::In,
                ActiveLevel::Low,
                Some(Pull::Up),
            ),
            pin("supply", analog, PinDirection::In, ActiveLevel::High, None),
        ]
    }

    fn ecu(name: &str) -> Ecu {
        Ecu {
            name: name.into(),
            fuel_ps: 1,
            activation_ns: 1,
            partitions: Vec::new(),
        }
    }

    fn end(ecu: &str) -> RouteEnd {
        RouteEnd {
            ecu: ecu.into(),
            partition: "main".into(),
            element: 0,
        }
    }

    #[test]
    fn a_bus_of_can_fd_is_set_up_with_both_rates() {
        let kind = BusKind::CanFd {
            bitrate_bps: 500_000,
            sample_point_permille: 875,
            data_bitrate_bps: 2_000_000,
            data_sample_point_permille: 70,
        };
        let name = "can1".to_owned();
        let text = text(&system(vec![Bus { name, kind }]), &ecu("brake"));
        let lines = "# ip link set can0 up type can bitrate 500000 sample-point 0.875 \\\n#   dbitrate 2000000 dsample-point 0.070 fd on\n[buses.can1]\nkind = \"socketcan\"";
        assert!(text.contains(lines), "{text}");
    }

    /// Brake and dash both take what the wheel sends, and share nothing with each other.
    #[test]
    fn of_two_ecus_that_share_a_value_the_later_connects() {
        let flow = Flow {
            key: "k".into(),
            type_hash: String::new(),
            from: end("wheel"),
            to: vec![end("brake"), end("dash")],
        };
        let network = |name: &str, flows| Bus {
            name: name.into(),
            kind: BusKind::Ethernet {
                bitrate_bps: 100_000_000,
                latency_ns: 0,
                flows,
            },
        };
        let buses = vec![network("eth0", Vec::new()), network("eth1", vec![flow])];
        let ecus = ["brake", "wheel", "dash", "lamp"].map(ecu);
        let system = System {
            ecus: ecus.to_vec(),
            ..system(buses)
        };
        let bound = |ecu: &Ecu| {
            let text = text(&system, ecu);
            let entry = text
                .split("\n\n")
                .find(|entry| entry.contains("[networks."));
            entry.map(|entry| entry.lines().skip(2).collect::<Vec<_>>().join("\n"))
        };
        let expected = |peers: &str| {
            format!(
                "[networks.eth1]\nkind = \"zenoh\"                 # or \"hub\": a virtual network, with --hub\nlisten = [\"tcp/0.0.0.0:7448\"]\nconnect = [{peers}]"
            )
        };
        let [brake, wheel, dash, lamp] = &ecus;
        assert_eq!(bound(brake), Some(expected("")));
        assert_eq!(bound(wheel), Some(expected("\"tcp/brake:7448\"")));
        assert_eq!(bound(dash), Some(expected("\"tcp/wheel:7448\"")));
        assert_eq!(bound(lamp), None);
    }

    fn system(buses: Vec<Bus>) -> System {
        System {
            format: FORMAT,
            name: "pedal".into(),
            ecus: Vec::new(),
            buses,
            routes: Vec::new(),
            blocks: Vec::new(),
        }
    }

    #[test]
    fn every_spi_device_and_pin_is_bound() {
        let adc = SpiDevice {
            name: "adc".into(),
            model: "mcp3008".into(),
            chip_select: 1,
            mode: SpiMode::Mode3,
            stimuli: Default::default(),
        };
        let spi = BusKind::Spi {
            clock_hz: 2_000_000,
            devices: vec![adc],
        };
        let buses = [("io", BusKind::Gpio { pins: pins() }), ("spi0", spi)];
        let buses = buses.map(|(name, kind)| Bus {
            name: name.into(),
            kind,
        });
        insta::assert_snapshot!(text(&system(buses.into()), &ecu("pedals")));
    }
}
