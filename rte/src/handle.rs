//! The handles of buses and pins that a partition opens by name through `wireloom:ecu/buses`:
//! which resource each is of, and what opens it. A sorted list; knows nothing of who needs one.

use autosar_wit::types::{InterfaceId, ResourceType, ValueType};

use crate::layout;

/// What of an ECU a handle stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handle {
    AnalogIn,
    AnalogInOut,
    AnalogOut,
    DigitalIn,
    DigitalInOut,
    DigitalOut,
    /// A bus.
    I2c,
    /// A device: a bus with its chip select.
    Spi,
}

/// Where the resource of a handle is defined, and the function of `buses` that gives one.
struct Entry {
    handle: Handle,
    package: &'static str,
    interface: &'static str,
    version: Option<&'static str>,
    resource: &'static str,
    open: &'static str,
}

#[rustfmt::skip]
const ENTRIES: [Entry; 8] = [
    Entry { handle: Handle::AnalogIn, package: "gpio", interface: "analog", version: Some("0.2.0"), resource: "analog-in-pin", open: "open-analog-in" },
    Entry { handle: Handle::AnalogInOut, package: "gpio", interface: "analog", version: Some("0.2.0"), resource: "analog-in-out-pin", open: "open-analog-in-out" },
    Entry { handle: Handle::AnalogOut, package: "gpio", interface: "analog", version: Some("0.2.0"), resource: "analog-out-pin", open: "open-analog-out" },
    Entry { handle: Handle::DigitalIn, package: "gpio", interface: "digital", version: Some("0.2.0"), resource: "digital-in-pin", open: "open-digital-in" },
    Entry { handle: Handle::DigitalInOut, package: "gpio", interface: "digital", version: Some("0.2.0"), resource: "digital-in-out-pin", open: "open-digital-in-out" },
    Entry { handle: Handle::DigitalOut, package: "gpio", interface: "digital", version: Some("0.2.0"), resource: "digital-out-pin", open: "open-digital-out" },
    Entry { handle: Handle::I2c, package: "i2c", interface: "i2c", version: Some("0.2.0-draft"), resource: "i2c", open: "open-i2c" },
    Entry { handle: Handle::Spi, package: "spi", interface: "spi", version: None, resource: "spi-device", open: "open-spi" },
];

/// All of them.
pub(crate) const HANDLES: [Handle; 8] = [
    Handle::AnalogIn,
    Handle::AnalogInOut,
    Handle::AnalogOut,
    Handle::DigitalIn,
    Handle::DigitalInOut,
    Handle::DigitalOut,
    Handle::I2c,
    Handle::Spi,
];

impl Handle {
    /// The handle that a value is, if it is an own one of these; aliases are looked through, and
    /// any version counts: whether a host serves it is asked elsewhere.
    pub fn of(value: &ValueType) -> Option<Handle> {
        let ValueType::Own(own) = layout::strip(value) else {
            return None;
        };
        let id = own.owner.as_ref().filter(|id| id.namespace == "wasi")?;
        let is_it = |entry: &&Entry| {
            (entry.package, entry.interface) == (&id.package, &id.interface)
                && entry.resource == own.name
        };
        ENTRIES.iter().find(is_it).map(|entry| entry.handle)
    }

    /// What the handle is called where one is missing: "an SPI device".
    pub fn described(self) -> &'static str {
        match self {
            Handle::AnalogIn => "an analog input",
            Handle::AnalogInOut => "an analog input and output",
            Handle::AnalogOut => "an analog output",
            Handle::DigitalIn => "a digital input",
            Handle::DigitalInOut => "a digital input and output",
            Handle::DigitalOut => "a digital output",
            Handle::I2c => "an I2C bus",
            Handle::Spi => "an SPI device",
        }
    }

    /// The resource, in the version that `wireloom:ecu/buses` gives.
    pub(crate) fn resource(self) -> ResourceType {
        let entry = self.entry();
        let owner = InterfaceId {
            namespace: "wasi".into(),
            package: entry.package.into(),
            interface: entry.interface.into(),
            version: entry
                .version
                .and_then(|text| semver::Version::parse(text).ok()),
        };
        ResourceType {
            owner: Some(owner),
            name: entry.resource.into(),
        }
    }

    /// The function of `wireloom:ecu/buses` that opens it by its name.
    pub(crate) fn opener(self) -> &'static str {
        self.entry().open
    }

    fn entry(self) -> &'static Entry {
        ENTRIES
            .iter()
            .find(|entry| entry.handle == self)
            .unwrap_or_else(|| unreachable!("every handle stands in the list: this is a bug"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handle_is_known_by_its_resource() {
        for handle in HANDLES {
            assert_eq!(Handle::of(&ValueType::Own(handle.resource())), Some(handle));
            let mut newer = handle.resource();
            newer.owner.as_mut().unwrap().version = semver::Version::parse("0.9.0").ok();
            assert_eq!(Handle::of(&ValueType::Own(newer)), Some(handle));
        }
    }

    #[test]
    fn others_are_none() {
        let spi = Handle::Spi.resource();
        assert_eq!(Handle::of(&ValueType::Borrow(spi.clone())), None);
        assert_eq!(Handle::of(&ValueType::U32), None);
        let mut own = spi.clone();
        own.owner = None;
        assert_eq!(Handle::of(&ValueType::Own(own)), None);
        let mut other = spi;
        other.owner.as_mut().unwrap().namespace = "acme".into();
        assert_eq!(Handle::of(&ValueType::Own(other)), None);
    }

    #[test]
    fn the_wit_opens_every_one_of_them() {
        let wit = include_str!("../../autosar-wit/wit/wireloom-ecu.wit");
        for handle in HANDLES {
            let resource = handle.resource().name;
            let line = format!("{}: func(name: string) -> {resource};", handle.opener());
            assert!(wit.contains(&line), "{line}");
        }
    }
}
