//! The first values of non-volatile data are of their types, an element fits into a block, and no two
//! elements have one.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    nv_data::{NvDatum, nv_ports},
};
use autosar_wit::print;
use std::collections::{BTreeMap, BTreeSet};

const CODE: &str = "nv-data";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let ports = nv_ports(context.document, context.library);
    let all = || ports.iter().flat_map(|port| &port.elements);
    let mut found: Vec<Diagnostic> = all().flat_map(|datum| judge(context, datum)).collect();
    let known: BTreeSet<(InstanceId, String)> =
        all().map(|datum| (datum.instance, datum.key())).collect();
    for (id, instance, _) in context.typed_instances() {
        let keys = instance.nv_data.keys();
        let unknown = keys.filter(|key| !known.contains(&(id, (*key).clone())));
        found.extend(unknown.map(|key| without(id, instance, key)));
    }
    let mut keepers: BTreeMap<(&PartitionKey, &str), &NvDatum<'_>> = BTreeMap::new();
    for datum in all() {
        let instance = context.document.instances.get(&datum.instance);
        let Some(key) = instance.and_then(|one| one.partition.as_ref()) else {
            continue;
        };
        let declared = context.document.partition(key);
        if declared.is_some_and(|one| one.blocks.contains_key(&datum.block)) {
            found.push(shared(context, datum, "a block of the partition"));
        }
        if let Some(first) = keepers.insert((key, &datum.block), datum) {
            found.push(shared(context, datum, &named(context, first)));
        }
    }
    found
}

fn named(context: &Context, datum: &NvDatum<'_>) -> String {
    let name = context.instance_name(datum.instance);
    format!("`{}` of `{name}`", datum.key())
}

fn finding(id: InstanceId, message: String) -> Diagnostic {
    Diagnostic::new(CODE, Severity::Error, Subject::Instance(id), message)
}

fn judge(context: &Context, datum: &NvDatum<'_>) -> Option<Diagnostic> {
    let name = named(context, datum);
    if datum.size_bytes().is_none() {
        let bytes = rte::nv_block_bytes(datum.value_type, datum.bound());
        let message = format!("non-volatile data {name} takes {bytes} bytes, a block has 4096");
        let help = "give it a smaller type: lists and strings count with 256 entries";
        return Some(finding(datum.instance, message).help(help));
    }
    let Err(error) = datum.initial()? else {
        return None;
    };
    let text = datum.text.unwrap_or_default().escape_debug();
    let message =
        format!("the first value `{text}` of non-volatile data {name} does not do: {error}");
    let needed = print::value_type(datum.value_type);
    let help = format!("write a `{needed}`, raw, as WAVE text");
    Some(finding(datum.instance, message).help(help))
}

fn without(id: InstanceId, instance: &Instance, key: &str) -> Diagnostic {
    let message = format!("`{}` has no non-volatile data `{key}`", instance.name);
    let mut changed = instance.clone();
    changed.nv_data.remove(key);
    let edits = vec![Edit::ChangeInstance(id, changed)];
    finding(id, message)
        .help("give first values to elements of required NV data ports that no connector serves")
        .fix(format!("Remove the first value of `{key}`"), edits)
}

fn shared(context: &Context, datum: &NvDatum<'_>, other: &str) -> Diagnostic {
    let name = named(context, datum);
    let message = format!(
        "non-volatile data {name} is kept as `{}`, and so is {other}",
        datum.block
    );
    finding(datum.instance, message).help("give one of them another name")
}
