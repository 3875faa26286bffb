//! The host functions that the native runtime serves: which C function answers which import, and
//! what core signature the canonical ABI gives it. Knows nothing of the C behind the names.

/// A host function in C. Its first parameter is the calling side (`wl_caller_t`): memory, realloc
/// and flags of the component instance that calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// As the component imports it, with its version.
    pub interface: &'static str,
    pub function: &'static str,
    /// Name of the C function.
    pub symbol: &'static str,
}

impl Served {
    /// Whether an activation may be ended in the middle of it: then it needs no guard.
    pub(crate) fn may_be_ended(&self) -> bool {
        self.interface == METER
    }
}

const fn served(interface: &'static str, function: &'static str, symbol: &'static str) -> Served {
    Served {
        interface,
        function,
        symbol,
    }
}

const ANALOG: &str = "wasi:gpio/analog@0.2.0";
const BUSES: &str = "wireloom:ecu/buses@0.1.0";
const CAN: &str = "autosar:can/controllers@0.1.0";
const CLOCK: &str = "wireloom:ecu/clock@0.1.0";
const DIGITAL: &str = "wasi:gpio/digital@0.2.0";
const ELEMENTS: &str = "wireloom:ecu/elements@0.1.0";
const FRAMES: &str = "wireloom:ecu/frames@0.1.0";
const METER: &str = "wireloom:ecu/meter@0.1.0";
const NV: &str = "wireloom:ecu/nv@0.1.0";
const PROBES: &str = "wireloom:ecu/probes@0.1.0";
const SPI: &str = "wasi:spi/spi";
const DELAY: &str = "wasi:i2c/delay@0.2.0-draft";
const I2C: &str = "wasi:i2c/i2c@0.2.0-draft";
const ENVIRONMENT: &str = "wasi:cli/environment";
const EXIT: &str = "wasi:cli/exit";
const INSECURE: &str = "wasi:random/insecure";
const MONOTONIC: &str = "wasi:clocks/monotonic-clock";
const PAUSE: &str = "wasi:gpio/delay@0.2.0";
const POLL: &str = "wasi:io/poll";
const RANDOM: &str = "wasi:random/random";
const STREAMS: &str = "wasi:io/streams";
const WALL: &str = "wasi:clocks/wall-clock";

/// By interface, then function. A version that is left out takes every version of 0.2.
#[rustfmt::skip]
pub const SERVED: &[Served] = &[
    served(CAN, "[method]controller.abort", "wl_can_abort"),
    served(CAN, "[method]controller.configure", "wl_can_configure"),
    served(CAN, "[method]controller.confirmed", "wl_can_confirmed"),
    served(CAN, "[method]controller.counters", "wl_can_counters"),
    served(CAN, "[method]controller.error-state", "wl_can_error_state"),
    served(CAN, "[method]controller.next-event", "wl_can_next_event"),
    served(CAN, "[method]controller.receive", "wl_can_take"),
    served(CAN, "[method]controller.set-filters", "wl_can_set_filters"),
    served(CAN, "[method]controller.sleep", "wl_can_sleep"),
    served(CAN, "[method]controller.start", "wl_can_start"),
    served(CAN, "[method]controller.state", "wl_can_state"),
    served(CAN, "[method]controller.stop", "wl_can_stop"),
    served(CAN, "[method]controller.timing", "wl_can_timing"),
    served(CAN, "[method]controller.transmit", "wl_can_transmit"),
    served(CAN, "[method]controller.wake", "wl_can_wake"),
    served(CAN, "[static]controller.open", "wl_can_open"),
    served(ENVIRONMENT, "get-arguments", "wl_wasi_empty_list"),
    served(ENVIRONMENT, "get-environment", "wl_wasi_empty_list"),
    served(ENVIRONMENT, "initial-cwd", "wl_wasi_none"),
    served(EXIT, "exit", "wl_wasi_exit"),
    served(EXIT, "exit-with-code", "wl_wasi_exit"),
    served("wasi:cli/stderr", "get-stderr", "wl_stream_error"),
    served("wasi:cli/stdin", "get-stdin", "wl_stream_input"),
    served("wasi:cli/stdout", "get-stdout", "wl_stream_output"),
    served("wasi:cli/terminal-stderr", "get-terminal-stderr", "wl_wasi_none"),
    served("wasi:cli/terminal-stdin", "get-terminal-stdin", "wl_wasi_none"),
    served("wasi:cli/terminal-stdout", "get-terminal-stdout", "wl_wasi_none"),
    served(MONOTONIC, "now", "wl_clock_now"),
    served(MONOTONIC, "resolution", "wl_wasi_resolution"),
    served(MONOTONIC, "subscribe-duration", "wl_poll_in"),
    served(MONOTONIC, "subscribe-instant", "wl_poll_at"),
    served(WALL, "now", "wl_wasi_wall_now"),
    served(WALL, "resolution", "wl_wasi_wall_resolution"),
    served("wasi:filesystem/preopens", "get-directories", "wl_wasi_empty_list"),
    served(ANALOG, "[method]analog-in-out-pin.get-config", "wl_analog_in_out_config"),
    served(ANALOG, "[method]analog-in-out-pin.read", "wl_analog_read"),
    served(ANALOG, "[method]analog-in-out-pin.read-raw", "wl_analog_read_raw"),
    served(ANALOG, "[method]analog-in-out-pin.set-value", "wl_analog_set"),
    served(ANALOG, "[method]analog-in-out-pin.set-value-raw", "wl_analog_set_raw"),
    served(ANALOG, "[method]analog-in-out-pin.watch-above", "wl_watch_above"),
    served(ANALOG, "[method]analog-in-out-pin.watch-above-raw", "wl_watch_above_raw"),
    served(ANALOG, "[method]analog-in-out-pin.watch-below", "wl_watch_below"),
    served(ANALOG, "[method]analog-in-out-pin.watch-below-raw", "wl_watch_below_raw"),
    served(ANALOG, "[method]analog-in-out-pin.watch-for-ready", "wl_pin_ready"),
    served(ANALOG, "[method]analog-in-pin.get-config", "wl_analog_in_config"),
    served(ANALOG, "[method]analog-in-pin.read", "wl_analog_read"),
    served(ANALOG, "[method]analog-in-pin.read-raw", "wl_analog_read_raw"),
    served(ANALOG, "[method]analog-in-pin.watch-above", "wl_watch_above"),
    served(ANALOG, "[method]analog-in-pin.watch-above-raw", "wl_watch_above_raw"),
    served(ANALOG, "[method]analog-in-pin.watch-below", "wl_watch_below"),
    served(ANALOG, "[method]analog-in-pin.watch-below-raw", "wl_watch_below_raw"),
    served(ANALOG, "[method]analog-in-pin.watch-for-ready", "wl_pin_ready"),
    served(ANALOG, "[method]analog-out-pin.get-config", "wl_analog_out_config"),
    served(ANALOG, "[method]analog-out-pin.set-value", "wl_analog_set"),
    served(ANALOG, "[method]analog-out-pin.set-value-raw", "wl_analog_set_raw"),
    served(ANALOG, "[method]analog-out-pin.watch-for-ready", "wl_pin_ready"),
    served(PAUSE, "delay-ms", "wl_gpio_delay_ms"),
    served(PAUSE, "delay-ns", "wl_gpio_delay_ns"),
    served(PAUSE, "delay-us", "wl_gpio_delay_us"),
    served(DIGITAL, "[method]digital-in-out-pin.get-config", "wl_digital_in_out_config"),
    served(DIGITAL, "[method]digital-in-out-pin.is-active", "wl_digital_is_active"),
    served(DIGITAL, "[method]digital-in-out-pin.is-inactive", "wl_digital_is_inactive"),
    served(DIGITAL, "[method]digital-in-out-pin.read", "wl_digital_read"),
    served(DIGITAL, "[method]digital-in-out-pin.set-active", "wl_digital_set_active"),
    served(DIGITAL, "[method]digital-in-out-pin.set-inactive", "wl_digital_set_inactive"),
    served(DIGITAL, "[method]digital-in-out-pin.set-state", "wl_digital_set_state"),
    served(DIGITAL, "[method]digital-in-out-pin.toggle", "wl_digital_toggle"),
    served(DIGITAL, "[method]digital-in-out-pin.watch-active", "wl_watch_active"),
    served(DIGITAL, "[method]digital-in-out-pin.watch-falling-edge", "wl_watch_falling"),
    served(DIGITAL, "[method]digital-in-out-pin.watch-for-ready", "wl_pin_ready"),
    served(DIGITAL, "[method]digital-in-out-pin.watch-inactive", "wl_watch_inactive"),
    served(DIGITAL, "[method]digital-in-out-pin.watch-rising-edge", "wl_watch_rising"),
    served(DIGITAL, "[method]digital-in-out-pin.watch-state", "wl_watch_state"),
    served(DIGITAL, "[method]digital-in-pin.get-config", "wl_digital_in_config"),
    served(DIGITAL, "[method]digital-in-pin.is-active", "wl_digital_is_active"),
    served(DIGITAL, "[method]digital-in-pin.is-inactive", "wl_digital_is_inactive"),
    served(DIGITAL, "[method]digital-in-pin.read", "wl_digital_read"),
    served(DIGITAL, "[method]digital-in-pin.watch-active", "wl_watch_active"),
    served(DIGITAL, "[method]digital-in-pin.watch-falling-edge", "wl_watch_falling"),
    served(DIGITAL, "[method]digital-in-pin.watch-for-ready", "wl_pin_ready"),
    served(DIGITAL, "[method]digital-in-pin.watch-inactive", "wl_watch_inactive"),
    served(DIGITAL, "[method]digital-in-pin.watch-rising-edge", "wl_watch_rising"),
    served(DIGITAL, "[method]digital-in-pin.watch-state", "wl_watch_state"),
    served(DIGITAL, "[method]digital-out-pin.get-config", "wl_digital_out_config"),
    served(DIGITAL, "[method]digital-out-pin.set-active", "wl_digital_set_active"),
    served(DIGITAL, "[method]digital-out-pin.set-inactive", "wl_digital_set_inactive"),
    served(DIGITAL, "[method]digital-out-pin.set-state", "wl_digital_set_state"),
    served(DIGITAL, "[method]digital-out-pin.toggle", "wl_digital_toggle"),
    served(DIGITAL, "[method]digital-out-pin.watch-for-ready", "wl_pin_ready"),
    served(DELAY, "[method]delay.delay-ns", "wl_delay_ns"),
    served(I2C, "[method]i2c.read", "wl_i2c_read"),
    served(I2C, "[method]i2c.transaction", "wl_i2c_transaction"),
    served(I2C, "[method]i2c.write", "wl_i2c_write"),
    served(I2C, "[method]i2c.write-read", "wl_i2c_write_read"),
    served(POLL, "[method]pollable.block", "wl_poll_block"),
    served(POLL, "[method]pollable.ready", "wl_poll_ready"),
    served(POLL, "poll", "wl_poll"),
    served(STREAMS, "[method]input-stream.blocking-read", "wl_stream_read"),
    served(STREAMS, "[method]input-stream.blocking-skip", "wl_stream_skip"),
    served(STREAMS, "[method]input-stream.read", "wl_stream_read"),
    served(STREAMS, "[method]input-stream.skip", "wl_stream_skip"),
    served(STREAMS, "[method]input-stream.subscribe", "wl_stream_subscribe"),
    served(STREAMS, "[method]output-stream.blocking-flush", "wl_stream_flush"),
    served(STREAMS, "[method]output-stream.blocking-splice", "wl_stream_splice"),
    served(STREAMS, "[method]output-stream.blocking-write-and-flush", "wl_stream_write"),
    served(STREAMS, "[method]output-stream.blocking-write-zeroes-and-flush", "wl_stream_zeroes"),
    served(STREAMS, "[method]output-stream.check-write", "wl_stream_check"),
    served(STREAMS, "[method]output-stream.flush", "wl_stream_flush"),
    served(STREAMS, "[method]output-stream.splice", "wl_stream_splice"),
    served(STREAMS, "[method]output-stream.subscribe", "wl_stream_subscribe"),
    served(STREAMS, "[method]output-stream.write", "wl_stream_write"),
    served(STREAMS, "[method]output-stream.write-zeroes", "wl_stream_zeroes"),
    served(INSECURE, "get-insecure-random-bytes", "wl_random_bytes"),
    served(INSECURE, "get-insecure-random-u64", "wl_random_u64"),
    served("wasi:random/insecure-seed", "insecure-seed", "wl_random_seed"),
    served(RANDOM, "get-random-bytes", "wl_random_bytes"),
    served(RANDOM, "get-random-u64", "wl_random_u64"),
    served(SPI, "[method]spi-device.configure", "wl_spi_configure"),
    served(SPI, "[method]spi-device.read", "wl_spi_read"),
    served(SPI, "[method]spi-device.transaction", "wl_spi_transaction"),
    served(SPI, "[method]spi-device.transfer", "wl_spi_transfer"),
    served(SPI, "[method]spi-device.write", "wl_spi_write"),
    served(SPI, "get-device-names", "wl_spi_names"),
    served(SPI, "open", "wl_spi_open"),
    served(SPI, "open-device", "wl_spi_open"),
    served(BUSES, "open-analog-in", "wl_open_analog_in"),
    served(BUSES, "open-analog-in-out", "wl_open_analog_in_out"),
    served(BUSES, "open-analog-out", "wl_open_analog_out"),
    served(BUSES, "open-delay", "wl_open_delay"),
    served(BUSES, "open-digital-in", "wl_open_digital_in"),
    served(BUSES, "open-digital-in-out", "wl_open_digital_in_out"),
    served(BUSES, "open-digital-out", "wl_open_digital_out"),
    served(BUSES, "open-i2c", "wl_open_i2c"),
    served(BUSES, "open-spi", "wl_open_spi"),
    served(CLOCK, "now", "wl_clock_now"),
    served(ELEMENTS, "publish", "wl_elements_publish"),
    served(ELEMENTS, "refuse", "wl_elements_refuse"),
    served(ELEMENTS, "take", "wl_elements_take"),
    served(FRAMES, "take", "wl_frames_take"),
    served(FRAMES, "transmit", "wl_frames_transmit"),
    served(METER, "enter", "wl_meter_enter"),
    served(METER, "leave", "wl_meter_leave"),
    served(NV, "invalidate", "wl_nv_invalidate"),
    served(NV, "read", "wl_nv_read"),
    served(NV, "status", "wl_nv_status"),
    served(NV, "write", "wl_nv_write"),
    served(PROBES, "called", "wl_probes_called"),
    served(PROBES, "pause", "wl_probes_pause"),
    served(PROBES, "resume", "wl_probes_pause"),
    served(PROBES, "returned", "wl_probes_returned"),
];

/// What answers a call of that function of an imported interface.
pub fn serve(interface: &str, function: &str) -> Option<&'static Served> {
    SERVED.iter().find(|entry| {
        let same = entry.interface == interface
            || interface
                .strip_prefix(entry.interface)
                .is_some_and(|version| version.starts_with("@0.2."));
        same && entry.function == function
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_left_out_takes_every_version_of_0_2() {
        assert!(serve("wasi:cli/exit@0.2.6", "exit").is_some());
        assert!(serve("wasi:cli/exit@0.3.0", "exit").is_none());
        assert!(serve("wireloom:ecu/clock@0.2.0", "now").is_none());
        assert!(serve("wireloom:ecu/clock@0.1.0", "now").is_some());
        assert!(serve("wireloom:ecu/clock@0.1.0", "then").is_none());
    }
}
