//! What a thing of a project says that a description has no place for. Every field is named here, so
//! that none which is added to the project goes without a word.

use graph_core::document::*;

/// What is left out, and why.
pub(super) type Left = Vec<(&'static str, &'static str)>;

const PLATFORM: &str = "what an instance has of the platform has no place in AUTOSAR's components";

fn list(all: impl IntoIterator<Item = (&'static str, bool, &'static str)>) -> Left {
    let all = all.into_iter().filter(|(_, is_there, _)| *is_there);
    all.map(|(what, _, why)| (what, why)).collect()
}

pub(super) fn of_instance(instance: &Instance) -> Left {
    let Instance {
        name: _,
        composition: _,
        component: _,
        prefix,
        partition: _,
        activations: _,
        bindings,
        blocks,
        configuration,
        parameters,
        // Com specs say them.
        nv_data: _,
        capabilities,
    } = instance;
    list([
        ("configuration", !configuration.is_empty(), PLATFORM),
        ("capabilities", !capabilities.is_empty(), PLATFORM),
        ("bindings", !bindings.is_empty(), PLATFORM),
        ("blocks", !blocks.is_empty(), PLATFORM),
        ("values of parameters", !parameters.is_empty(), PLATFORM),
        (
            "prefix",
            prefix.is_some(),
            "what stands before the names of parts in the flat system is the project's own",
        ),
    ])
}

/// Of a connector whose ends are both written, without its buffer.
pub(super) fn of_connector(connector: &Connector) -> Left {
    let Connector {
        from: _,
        to: _,
        kind: _,
        accept_version,
        probe,
        adapter,
    } = connector;
    list([
        (
            "adapter",
            adapter.is_some(),
            "it is not written; AUTOSAR has a PORT-INTERFACE-MAPPING-SET for it",
        ),
        (
            "accept_version",
            *accept_version,
            "interfaces have no versions in AUTOSAR, so none is accepted for another",
        ),
        (
            "probe",
            *probe,
            "what is watched on a running system belongs to the project",
        ),
    ])
}

/// Of the buffer of a connector between data elements.
pub(super) fn of_buffer(buffering: &Buffering) -> Left {
    let Buffering {
        initial: _,
        alive_timeout_ns: _,
        substitute: _,
        queue: _,
        bound,
        conversion,
        network,
    } = buffering;
    list([
        (
            "bound and network",
            bound.is_some() || network.is_some(),
            "bounds and the network between two ECUs belong to the project",
        ),
        (
            "conversion",
            *conversion != Conversion::default(),
            "data elements of different units are converted by the RTE from their CompuMethods; nothing is said of it at the connector",
        ),
    ])
}

/// Of a CAN bus; none of the others is written.
pub(super) fn of_can(kind: &BusKind) -> Left {
    let BusKind::Can {
        bitrate_bps: _,
        flexible,
        description: _,
        restbus,
    } = kind
    else {
        return Left::new();
    };
    let sampled = flexible.is_some_and(|flexible| {
        let FlexibleDataRate {
            data_bitrate_bps: _,
            sample_point_permille,
            data_sample_point_permille,
        } = flexible;
        let usual = FlexibleDataRate::SAMPLE_POINT_PERMILLE;
        (sample_point_permille, data_sample_point_permille) != (usual, usual)
    });
    list([
        (
            "sample points",
            sampled,
            "sample points belong to the configuration of each ECU's CAN controller",
        ),
        (
            "restbus",
            !restbus.is_empty(),
            "which absent nodes a simulation plays belongs to the project",
        ),
    ])
}

pub(super) fn of_pdu(pdu: &Pdu) -> Left {
    let Pdu {
        bus: _,
        message: _,
        mode: _,
        minimum_delay_ns,
        repetitions,
        repetition_period_ns,
        timeout_ns,
        protection,
    } = pdu;
    const WHY: &str = "is not written for messages yet";
    list([
        ("minimum delay", minimum_delay_ns.is_some(), WHY),
        ("repetitions", repetitions.is_some(), WHY),
        ("repetition period", repetition_period_ns.is_some(), WHY),
        ("timeout", timeout_ns.is_some(), WHY),
        ("end-to-end protection", protection.is_some(), WHY),
    ])
}

pub(super) fn of_ecu(ecu: &Ecu) -> Left {
    let Ecu {
        name: _,
        target: _,
        fuel_ps: _,
        activation_ns: _,
        partitions,
    } = ecu;
    let has_blocks = partitions.values().any(|partition| {
        let Partition {
            memory_bytes: _,
            fuel: _,
            on_trap: _,
            blocks,
        } = partition;
        !blocks.is_empty()
    });
    list([
        (
            "board, times, sizes of partitions",
            true,
            "boards, times and sizes belong to the ECU configuration",
        ),
        (
            "partitions",
            partitions.len() > 1,
            "partitions belong to the ECU configuration; all its components are mapped to the ECU",
        ),
        (
            "blocks",
            has_blocks,
            "non-volatile blocks of a partition belong to the ECU configuration",
        ),
    ])
}

pub(super) fn of_activation(activation: &Activation) -> Left {
    let Activation {
        runnable: _,
        event: _,
        priority: _,
        task,
        disabled_in: _,
    } = activation;
    list([(
        "task",
        task.is_some(),
        "which task a runnable runs in belongs to the ECU configuration",
    )])
}
