//! Random buses with what hangs on them, ECUs and PDUs.

use super::*;
use protection::{Configuration, IdMode, Machine, Profile, Window};

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
        (
            any::<u32>(),
            option::of(flexible()),
            option::of(path()),
            nodes()
        )
            .prop_map(|(bitrate_bps, flexible, description, restbus)| {
                BusKind::Can {
                    bitrate_bps,
                    flexible: flexible.map(|one| FlexibleDataRate {
                        data_bitrate_bps: one.data_bitrate_bps.max(bitrate_bps),
                        ..one
                    }),
                    description,
                    restbus,
                }
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

fn flexible() -> impl Strategy<Value = FlexibleDataRate> {
    (any::<u32>(), 1_u16..1000, 1_u16..1000).prop_map(
        |(data_bitrate_bps, sample_point_permille, data_sample_point_permille)| FlexibleDataRate {
            data_bitrate_bps,
            sample_point_permille,
            data_sample_point_permille,
        },
    )
}

pub(super) fn spi_device() -> impl Strategy<Value = SpiDevice> {
    let mode = (0..4_u8).prop_map(|mode| deployment::SpiMode::numbered(mode).unwrap_or_default());
    let name = select(vec!["adc", "memory", "can0", "No"]);
    let wired = || option::of(text());
    (name, text(), any::<u8>(), mode, stimuli(), wired(), wired()).prop_map(
        |(name, model, chip_select, mode, stimuli, can, interrupt)| SpiDevice {
            name: name.to_owned(),
            model,
            chip_select,
            mode,
            stimuli,
            can,
            interrupt,
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
    let again = (option::of(any::<u32>()), option::of(number()));
    let times = (option::of(number()), option::of(number()), again);
    let message = "(FanStatus|[ -~]{0,3})";
    (
        bus_id(),
        message,
        option::of(mode),
        times,
        option::of(protection()),
    )
        .prop_map(
            |(bus, message, mode, (minimum_delay_ns, timeout_ns, again), protection)| Pdu {
                bus,
                message,
                mode,
                minimum_delay_ns,
                repetitions: again.0,
                repetition_period_ns: again.1,
                timeout_ns,
                protection,
            },
        )
}

fn nodes() -> impl Strategy<Value = BTreeSet<String>> {
    collection::btree_set("(Gateway|[ -~]{0,3})", 0..3)
}

/// Whatever a file can say of a profile.
fn protection() -> impl Strategy<Value = Configuration> {
    let window =
        (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(size, min_ok, max_error)| Window {
            size,
            min_ok,
            max_error,
        });
    let machine = (window.clone(), window.clone(), window, any::<bool>());
    let numbers = (
        any::<u32>(),
        any::<[u8; 16]>(),
        any::<[u16; 4]>(),
        any::<u32>(),
    );
    let profile = select(Profile::ALL.to_vec());
    let joining = (any::<u8>(), any::<u8>(), select(IdMode::ALL.to_vec()));
    (profile, numbers, machine, joining).prop_map(|(profile, numbers, machine, joining)| {
        let (data_id, data_ids, offsets, max_delta_counter) = numbers;
        let own = Configuration {
            max_delta_counter,
            machine: Machine {
                init: machine.0,
                valid: machine.1,
                invalid: machine.2,
                clear_to_invalid: machine.3,
            },
            ..Configuration::new(profile)
        };
        let own = match profile.has_id_list() {
            true => Configuration { data_ids, ..own },
            false => Configuration { data_id, ..own },
        };
        let [
            offset_bytes,
            crc_offset_bits,
            counter_offset_bits,
            nibble_offset_bits,
        ] = offsets;
        let own = match profile.has_bit_offsets() {
            true => Configuration {
                crc_offset_bits,
                counter_offset_bits,
                nibble_offset_bits,
                id_mode: joining.2,
                ..own
            },
            false => Configuration {
                offset_bytes,
                ..own
            },
        };
        match profile {
            Profile::P01 | Profile::P02 => Configuration {
                max_no_new_or_repeated: joining.0,
                sync_counter: joining.1,
                ..own
            },
            _ => own,
        }
    })
}
