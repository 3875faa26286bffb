//! The WIT packages that Wireloom defines or serves, as texts for generators, templates and hosts.

/// `wireloom:ecu`: what a partition asks of its host.
pub const WIRELOOM_ECU: Package = Package {
    path: "wireloom-ecu.wit",
    text: include_str!("../wit/wireloom-ecu.wit"),
};
/// `autosar:rte`: reception status.
pub const AUTOSAR_RTE: Package = Package {
    path: "autosar-rte.wit",
    text: include_str!("../wit/autosar-rte.wit"),
};
/// `autosar:can`: raw CAN.
pub const AUTOSAR_CAN: Package = Package {
    path: "autosar-can.wit",
    text: include_str!("../wit/autosar-can.wit"),
};
/// `wasi:i2c` (draft).
pub const WASI_I2C: Package = Package {
    path: "deps/i2c.wit",
    text: include_str!("../wit/deps/i2c.wit"),
};
/// `wasi:spi` (draft).
pub const WASI_SPI: Package = Package {
    path: "deps/spi.wit",
    text: include_str!("../wit/deps/spi.wit"),
};
/// What `wasi:gpio` uses of `wasi:io`.
pub const WASI_IO: Package = Package {
    path: "deps/io.wit",
    text: include_str!("../wit/deps/io.wit"),
};
/// `wasi:gpio` (draft).
pub const WASI_GPIO: Package = Package {
    path: "deps/gpio.wit",
    text: include_str!("../wit/deps/gpio.wit"),
};

/// Every package, those that others use first.
pub const ALL: [Package; 7] = [
    WASI_I2C,
    WASI_SPI,
    WASI_IO,
    WASI_GPIO,
    AUTOSAR_RTE,
    AUTOSAR_CAN,
    WIRELOOM_ECU,
];

/// The text of one WIT package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Package {
    /// Relative to `autosar-wit/wit`.
    pub path: &'static str,
    pub text: &'static str,
}

impl Package {
    /// Namespace and name without the version: `autosar:rte`.
    pub fn name(&self) -> &'static str {
        let line = self
            .text
            .lines()
            .find_map(|line| line.strip_prefix("package "));
        line.unwrap_or_default()
            .split(['@', ';'])
            .next()
            .unwrap_or_default()
    }
}
