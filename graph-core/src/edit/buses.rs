//! What a bus with its devices or pins has to be, and a non-volatile block: conditions of edits.
//! Applies nothing.

use super::{
    EditError, Noun,
    apply::{check_label, check_unique, known, referenced},
};
use crate::document::*;

/// Bytes of a block at most, and of its name: `wireloom:ecu/nv`.
const BLOCK_BYTES: u32 = 4096;
const BLOCK_NAME_BYTES: usize = 48;

pub(super) fn check_bus(document: &Document, id: BusId, bus: &Bus) -> Result<(), EditError> {
    check_label(Noun::Bus, &bus.name)?;
    let others = document
        .buses
        .iter()
        .map(|(other, bus)| (*other, bus.name.as_str()));
    check_unique(Noun::Bus, id, &bus.name, others)?;
    check_bound_parts(document, id, bus)?;
    let named = |noun| bus.devices().into_iter().map(move |name| (noun, name));
    match &bus.kind {
        BusKind::Can {
            bitrate_bps,
            flexible: Some(flexible),
            ..
        } => check_flexible(&bus.name, *bitrate_bps, flexible)?,
        BusKind::Can { .. } | BusKind::Ethernet { .. } => {}
        BusKind::I2c { .. } | BusKind::Spi { .. } => check_among_themselves(named(Noun::Device))?,
        BusKind::Gpio { pins } => {
            check_among_themselves(named(Noun::Pin))?;
            pins.iter().try_for_each(check_pin)?;
        }
    }
    check_parts(document, id, bus)
}

fn check_flexible(
    bus: &str,
    bitrate_bps: u32,
    flexible: &FlexibleDataRate,
) -> Result<(), EditError> {
    let points = [
        flexible.sample_point_permille,
        flexible.data_sample_point_permille,
    ];
    if flexible.data_bitrate_bps < bitrate_bps {
        return Err(EditError::DataBitRate {
            bus: bus.to_owned(),
        });
    }
    match points.iter().all(|point| (1..1000).contains(point)) {
        true => Ok(()),
        false => Err(EditError::SamplePoint {
            bus: bus.to_owned(),
        }),
    }
}

fn check_among_themselves<'a>(
    named: impl Iterator<Item = (Noun, &'a str)> + Clone,
) -> Result<(), EditError> {
    for (position, (noun, name)) in named.clone().enumerate() {
        check_label(noun, name)?;
        let others = named.clone().map(|(_, name)| name).enumerate();
        check_unique(noun, position, name, others)?;
    }
    Ok(())
}

/// SPI devices and pins are opened by their names: no other bus, device or pin has one of these.
fn check_parts(document: &Document, id: BusId, bus: &Bus) -> Result<(), EditError> {
    let all = |of: &Bus| {
        let names = of.devices().into_iter().chain([of.name.as_str()]);
        names.map(str::to_ascii_lowercase).collect::<Vec<_>>()
    };
    let parts = |of: &Bus| {
        let names = of.parts().into_iter().map(str::to_ascii_lowercase);
        names.collect::<Vec<_>>()
    };
    let refused = |name: String| {
        let noun = Noun::Named;
        Err(EditError::DuplicateName { noun, name })
    };
    let own = bus.name.to_ascii_lowercase();
    let (mine, my_parts) = (all(bus), parts(bus));
    if my_parts.contains(&own) {
        return refused(own);
    }
    for (_, other) in document.buses.iter().filter(|(other, _)| **other != id) {
        let (theirs, their_parts) = (all(other), parts(other));
        let mut clash = my_parts.iter().filter(|name| theirs.contains(name));
        let mut turned = their_parts.iter().filter(|name| mine.contains(name));
        if let Some(name) = clash.next().or(turned.next()) {
            return refused(name.clone());
        }
    }
    Ok(())
}

fn check_pin(pin: &Pin) -> Result<(), EditError> {
    match pin.signal {
        deployment::PinSignal::Analog { full_scale: 0 } => Err(EditError::FullScale {
            pin: pin.name.clone(),
        }),
        deployment::PinSignal::Analog { .. } if pin.pull.is_some() => Err(EditError::AnalogPull {
            pin: pin.name.clone(),
        }),
        _ => Ok(()),
    }
}

/// What is bound to has to be there.
pub(super) fn check_binding(document: &Document, binding: &Binding) -> Result<(), EditError> {
    let bus = known(Noun::Bus, &document.buses, binding.bus, binding.bus.0)?;
    match binding.part.as_deref() {
        Some(part) if !bus.parts().contains(&part) => Err(EditError::UnknownPart {
            bus: bus.name.clone(),
            part: part.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// What an instance is bound to stays on its bus.
fn check_bound_parts(document: &Document, id: BusId, changed: &Bus) -> Result<(), EditError> {
    let parts = changed.parts();
    for instance in document.instances.values() {
        let bound = instance.bindings.values().filter(|bound| bound.bus == id);
        let mut gone = bound.filter_map(|bound| bound.part.as_deref());
        if let Some(part) = gone.find(|part| !parts.contains(part)) {
            let user = format!("a binding of the instance `{}`", instance.name);
            return Err(referenced(Noun::Part, part, user));
        }
    }
    Ok(())
}

pub(super) fn check_block(name: &str, block: &Block) -> Result<(), EditError> {
    check_block_name(name)?;
    let initial = block.initial.as_ref().map_or(0, Vec::len);
    if !(1..=BLOCK_BYTES).contains(&block.size_bytes) || initial > block.size_bytes as usize {
        return Err(EditError::BlockSize {
            block: name.to_owned(),
        });
    }
    Ok(())
}

/// As `wireloom:ecu/nv` takes them.
pub(super) fn check_block_name(name: &str) -> Result<(), EditError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match (1..=BLOCK_NAME_BYTES).contains(&name.len()) && name.bytes().all(fits) {
        true => Ok(()),
        false => Err(EditError::BlockName {
            name: name.to_owned(),
        }),
    }
}
