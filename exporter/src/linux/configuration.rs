//! `ecu.toml` as a bundle brings it: a device for every bus of the ECU's system, by the usual names,
//! with what else can be set behind `#`.

use crate::Product;
use deployment::BusKind;
use std::fmt::Write;

const REST: &str = r#"
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

[realtime]
priority = 80                   # under SCHED_FIFO; 0: the ordinary scheduler
lock-memory = true

# [health]                      # GET /health and /metrics
# address = "127.0.0.1:9464"

# [otlp]                        # a collector on the machine: OTLP over HTTP in JSON
# address = "127.0.0.1:4318"
# every-s = 10
"#;

pub(super) fn text(product: &Product, ecu: &deployment::Ecu) -> String {
    let mut text = format!(
        "# What the buses of ECU `{}` are on this machine. Unknown entries are refused.\n",
        ecu.name
    );
    let (mut can, mut i2c) = (0, 1);
    for bus in &product.system.buses {
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
            BusKind::I2c { clock_hz, .. } => {
                let number = i2c;
                i2c += 1;
                writeln!(
                    text,
                    "\n# {clock_hz} Hz in the project; the device tree sets the clock\n[buses.{name}]\nkind = \"i2c-dev\"               # or \"hub\"\ndevice = \"/dev/i2c-{number}\""
                )
            }
        };
    }
    text.push_str(
        "\n# [buses.display]               # for `wasi:spi`: a bus with its chip select\n# kind = \"spidev\"\n# device = \"/dev/spidev0.0\"\n# clock-hz = 1000000\n# mode = 0\n",
    );
    text.push_str(REST);
    let _ = write!(
        text,
        "\n[nv]                            # non-volatile blocks\ndirectory = \"/var/lib/wireloom/{}/nv\"\n",
        ecu.name
    );
    text
}
