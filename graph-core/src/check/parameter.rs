//! A calibration parameter has a value of its type and in its range, and values are given to
//! parameters that are there.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    parameters::{Parameter, parameters},
};
use autosar_wit::{print, value};
use std::collections::BTreeSet;

const CODE: &str = "parameter";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let all = parameters(context.document, context.library);
    let mut found: Vec<Diagnostic> = all.iter().filter_map(|one| judge(context, one)).collect();
    let known: BTreeSet<(InstanceId, String)> =
        all.iter().map(|one| (one.instance, one.key())).collect();
    for (id, instance, _) in context.typed_instances() {
        for key in instance.parameters.keys() {
            if known.contains(&(id, key.clone())) {
                continue;
            }
            let message = format!("`{}` has no parameter `{key}`", instance.name);
            let mut changed = instance.clone();
            changed.parameters.remove(key);
            found.push(
                Diagnostic::new(CODE, Severity::Error, Subject::Instance(id), message)
                    .help("give values to required getters that no connector serves")
                    .fix(
                        format!("Remove the value of `{key}`"),
                        vec![Edit::ChangeInstance(id, changed)],
                    ),
            );
        }
    }
    found
}

fn judge(context: &Context, parameter: &Parameter<'_>) -> Option<Diagnostic> {
    let (id, key) = (parameter.instance, parameter.key());
    let name = context.instance_name(id);
    let finding =
        |message: String| Diagnostic::new(CODE, Severity::Error, Subject::Instance(id), message);
    match (parameter.text, parameter.value()) {
        (Some(text), Some(Err(error))) => {
            let needed = print::value_type(parameter.value_type);
            let message = format!(
                "the value `{}` of parameter `{key}` of `{name}` does not do: {error}",
                text.escape_debug()
            );
            Some(finding(message).help(format!("write a `{needed}`, raw, as WAVE text")))
        }
        (Some(_), _) => None,
        (None, _) => {
            let message = format!("parameter `{key}` of `{name}` has no value");
            let default = value::print(&value::default_value(parameter.value_type)?);
            let title = format!("Give it {default}");
            let mut changed = context.document.instances.get(&id)?.clone();
            changed.parameters.insert(key, default);
            let edits = vec![Edit::ChangeInstance(id, changed)];
            Some(finding(message).help("give it one").fix(title, edits))
        }
    }
}
