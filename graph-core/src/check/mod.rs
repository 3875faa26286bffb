//! The checks of the model: one rule a file, its name the code of its findings. A new rule is a new
//! file and a line in [`RULES`]. Rules know the document and the library, never files or the window.

pub use crate::resolve::Side;
pub use crate::sheet::Sheet;
pub use crate::wire::{Candidate, WireVerdict, candidates, verdicts, wire};
pub use concurrency::refusal as concurrency_refusal;
pub use nv_block::keeps_blocks;
pub use partition_size::MAXIMUM_INSTANCES;

use crate::{
    context::Context, diagnostic::Diagnostic, document::Document, hierarchy, library::Library,
};
use std::cmp::Reverse;

pub(crate) mod across_partitions;
pub(crate) mod adapter;
pub(crate) mod binding;
pub(crate) mod buffering_value;
pub(crate) mod capability;
pub(crate) mod chip_select;
pub(crate) mod composition;
pub(crate) mod concurrency;
pub(crate) mod connector_direction;
pub(crate) mod connector_end;
pub(crate) mod direct_cycle;
pub(crate) mod duplicate_source;
pub(crate) mod e2e_protection;
pub(crate) mod empty_ecu;
pub(crate) mod ethernet;
pub(crate) mod missing_file;
pub(crate) mod mode_dependency;
pub(crate) mod multiplexor;
pub(crate) mod name_clash;
pub(crate) mod nothing_exported;
pub(crate) mod nv_block;
pub(crate) mod nv_data;
pub(crate) mod parameter;
pub(crate) mod partition_size;
pub(crate) mod resource_identity;
pub(crate) mod resource_in_buffered;
pub(crate) mod restbus;
pub(crate) mod runnable_without_activation;
pub(crate) mod shared_fate;
pub(crate) mod shared_output;
pub(crate) mod signal_mapping;
pub(crate) mod spi_by_name;
pub(crate) mod type_mismatch;
pub(crate) mod unconnected_port;
pub(crate) mod undeployed_instance;
pub(crate) mod unit_mismatch;
pub(crate) mod unknown_runnable;
pub(crate) mod unserved_import;
pub(crate) mod version_policy;
pub(crate) mod wiring;
pub(crate) mod zero_period;

/// A rule: the code of its findings, and what finds them.
pub struct Rule {
    pub code: &'static str,
    pub run: fn(&Context) -> Vec<Diagnostic>,
}

/// All rules, sorted.
pub const RULES: &[Rule] = &[
    Rule {
        code: "across-partitions",
        run: across_partitions::run,
    },
    Rule {
        code: "adapter",
        run: adapter::run,
    },
    Rule {
        code: "binding",
        run: binding::run,
    },
    Rule {
        code: "buffering-value",
        run: buffering_value::run,
    },
    Rule {
        code: "capability",
        run: capability::run,
    },
    Rule {
        code: "chip-select",
        run: chip_select::run,
    },
    Rule {
        code: "composition",
        run: composition::run,
    },
    Rule {
        code: "concurrency",
        run: concurrency::run,
    },
    Rule {
        code: "connector-direction",
        run: connector_direction::run,
    },
    Rule {
        code: "connector-end",
        run: connector_end::run,
    },
    Rule {
        code: "direct-cycle",
        run: direct_cycle::run,
    },
    Rule {
        code: "duplicate-source",
        run: duplicate_source::run,
    },
    Rule {
        code: "e2e-protection",
        run: e2e_protection::run,
    },
    Rule {
        code: "empty-ecu",
        run: empty_ecu::run,
    },
    Rule {
        code: "ethernet",
        run: ethernet::run,
    },
    Rule {
        code: "missing-file",
        run: missing_file::run,
    },
    Rule {
        code: "mode-dependency",
        run: mode_dependency::run,
    },
    Rule {
        code: "multiplexor",
        run: multiplexor::run,
    },
    Rule {
        code: "name-clash",
        run: name_clash::run,
    },
    Rule {
        code: "nothing-exported",
        run: nothing_exported::run,
    },
    Rule {
        code: "nv-block",
        run: nv_block::run,
    },
    Rule {
        code: "nv-data",
        run: nv_data::run,
    },
    Rule {
        code: "parameter",
        run: parameter::run,
    },
    Rule {
        code: "partition-size",
        run: partition_size::run,
    },
    Rule {
        code: "resource-identity",
        run: resource_identity::run,
    },
    Rule {
        code: "resource-in-buffered",
        run: resource_in_buffered::run,
    },
    Rule {
        code: "restbus",
        run: restbus::run,
    },
    Rule {
        code: "runnable-without-activation",
        run: runnable_without_activation::run,
    },
    Rule {
        code: "shared-fate",
        run: shared_fate::run,
    },
    Rule {
        code: "shared-output",
        run: shared_output::run,
    },
    Rule {
        code: "signal-mapping",
        run: signal_mapping::run,
    },
    Rule {
        code: "spi-by-name",
        run: spi_by_name::run,
    },
    Rule {
        code: "type-mismatch",
        run: type_mismatch::run,
    },
    Rule {
        code: "unconnected-port",
        run: unconnected_port::run,
    },
    Rule {
        code: "undeployed-instance",
        run: undeployed_instance::run,
    },
    Rule {
        code: "unit-mismatch",
        run: unit_mismatch::run,
    },
    Rule {
        code: "unknown-runnable",
        run: unknown_runnable::run,
    },
    Rule {
        code: "unserved-import",
        run: unserved_import::run,
    },
    Rule {
        code: "version-policy",
        run: version_policy::run,
    },
    Rule {
        code: "wiring",
        run: wiring::run,
    },
    Rule {
        code: "zero-period",
        run: zero_period::run,
    },
];

/// All findings: errors first, then by rule, then by text. The same for the same document. The rules
/// judge the flat system, whose parts are called by their ways; what they find is told of the
/// document.
pub fn check(document: &Document, library: &Library) -> Vec<Diagnostic> {
    let flat = hierarchy::flatten(document, hierarchy::Naming::Paths);
    let mut context = Context::new(&flat.document, library);
    context.compositions = flat.findings.clone();
    let found = RULES.iter().flat_map(|rule| (rule.run)(&context));
    let mut found = found
        .map(|found| match found.code {
            composition::CODE => found,
            _ => flat.lift(document, found),
        })
        .collect::<Vec<_>>();
    found.sort_by(|a, b| {
        let key = |diagnostic: &Diagnostic| (Reverse(diagnostic.severity), diagnostic.code);
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.message, &a.subject).cmp(&(&b.message, &b.subject)))
    });
    found
}
