//! Random buses with what hangs on them, ECUs and PDUs.

use super::*;

pub(super) fn bus() -> impl Strategy<Value = Bus> {
    let device = (
        select(vec!["cabin", "motor", "No"]),
        text(),
        any::<u16>(),
        stimuli(),
    )
        .prop_map(|(name, model, address, stimuli)| Device {
            name: name.to_owned(),
            model,
            address,
            stimuli,
        });
    let kind = prop_oneof![
        (any::<u32>(), option::of(path())).prop_map(|(bitrate_bps, description)| BusKind::Can {
            bitrate_bps,
            description
        }),
        (any::<u32>(), collection::vec(device, 0..3))
            .prop_map(|(clock_hz, devices)| BusKind::I2c { clock_hz, devices }),
        (any::<u32>(), collection::vec(spi_device(), 0..3))
            .prop_map(|(clock_hz, devices)| BusKind::Spi { clock_hz, devices }),
        collection::vec(pin(), 0..3).prop_map(|pins| BusKind::Gpio { pins }),
        (any::<u32>(), number()).prop_map(|(bitrate_bps, latency_ns)| BusKind::Ethernet {
            bitrate_bps,
            latency_ns,
        }),
    ];
    (select(vec!["can0", "i2c0", "eth0", "Bus"]), kind).prop_map(|(name, kind)| Bus {
        name: name.to_owned(),
        kind,
    })
}

pub(super) fn spi_device() -> impl Strategy<Value = SpiDevice> {
    let mode = (0..4_u8).prop_map(|mode| deployment::SpiMode::numbered(mode).unwrap_or_default());
    let name = select(vec!["adc", "memory", "can0", "No"]);
    (name, text(), any::<u8>(), mode, stimuli()).prop_map(
        |(name, model, chip_select, mode, stimuli)| SpiDevice {
            name: name.to_owned(),
            model,
            chip_select,
            mode,
            stimuli,
        },
    )
}

pub(super) fn pin() -> impl Strategy<Value = Pin> {
    use deployment::{ActiveLevel, PinDirection, PinSignal, Pull};
    let signal = prop_oneof![
        2 => Just(PinSignal::Digital),
        1 => (0..3_u32).prop_map(|full_scale| PinSignal::Analog { full_scale }),
    ];
    (
        select(vec!["lamp", "switch", "adc", "Lamp"]),
        signal,
        select(vec![
            PinDirection::In,
            PinDirection::Out,
            PinDirection::InOut,
        ]),
        select(vec![ActiveLevel::High, ActiveLevel::Low]),
        option::of(select(vec![Pull::Up, Pull::Down])),
        stimuli(),
    )
        .prop_map(
            |(name, signal, direction, active_level, pull, stimuli)| Pin {
                name: name.to_owned(),
                signal,
                direction,
                active_level,
                pull,
                stimuli,
            },
        )
}

pub(super) fn stimuli() -> impl Strategy<Value = std::collections::BTreeMap<String, f64>> {
    let value = prop_oneof![any::<f64>(), Just(21.5), Just(f64::INFINITY), Just(-0.0)];
    collection::btree_map(
        "[a-z]{1,4}",
        value.prop_filter("equal to itself", |value| !value.is_nan()),
        0..2,
    )
}

pub(super) fn ecu() -> impl Strategy<Value = Ecu> {
    let reaction = select(vec![
        deployment::Reaction::Restart,
        deployment::Reaction::Stop,
        deployment::Reaction::StopRun,
    ]);
    let block = (0..6_u32, option::of(collection::vec(any::<u8>(), 0..4))).prop_map(
        |(size_bytes, initial)| Block {
            size_bytes,
            initial,
        },
    );
    let blocks = collection::btree_map("(cal|[a-z0-9-]{1,3}|Bad)", block, 0..2);
    let partition =
        (number(), number(), reaction, blocks).prop_map(|(memory_bytes, fuel, on_trap, blocks)| {
            Partition {
                memory_bytes,
                fuel,
                on_trap,
                blocks,
            }
        });
    let partitions = collection::btree_map(
        select(vec!["main".to_owned(), "aux".to_owned()]),
        partition,
        0..3,
    );
    (
        select(vec!["climate", "cockpit", "E C U"]),
        option::of(select(vec!["qemu-mps2-an386", "linux-x86_64", ""])),
        number(),
        number(),
        partitions,
    )
        .prop_map(|(name, target, fuel_ps, activation_ns, partitions)| Ecu {
            name: name.to_owned(),
            target: target.map(str::to_owned),
            fuel_ps,
            activation_ns,
            partitions,
        })
}

pub(super) fn pdu() -> impl Strategy<Value = Pdu> {
    let mode = prop_oneof![
        Just(TransmissionMode::OnChange),
        (number(), number()).prop_map(|(period_ns, offset_ns)| TransmissionMode::Cyclic {
            period_ns,
            offset_ns
        }),
        (number(), number()).prop_map(|(period_ns, offset_ns)| TransmissionMode::Mixed {
            period_ns,
            offset_ns
        }),
    ];
    (bus_id(), "(FanStatus|[ -~]{0,3})", mode).prop_map(|(bus, message, mode)| Pdu {
        bus,
        message,
        mode,
    })
}
