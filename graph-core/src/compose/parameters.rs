//! Calibration parameters of a partition: each is a data element that nobody sends, with the
//! project's value before the first reception. Who may change it while the system runs is its host.
//! Knows nothing of who that is.

use super::{
    ComposeError, buffering,
    table::{Builder, function_ref},
};
use crate::{end, parameters::parameters};
use autosar_wit::{metadata::Access, value};
use rte::{Link, Sink, Source};

pub(super) fn add(builder: &mut Builder<'_>) -> Result<(), ComposeError> {
    let (document, library) = (builder.document, builder.library);
    for parameter in parameters(document, library) {
        let Some(member) = builder.scope.member(parameter.instance) else {
            continue;
        };
        let end = parameter.end();
        let place = end::text(document, &end);
        let bad = |text: Option<&str>, reason: String| ComposeError::BadValue {
            what: "value",
            end: place.clone(),
            text: text.unwrap_or_default().to_owned(),
            reason,
        };
        let value = parameter
            .value()
            .ok_or_else(|| bad(None, "there is none".to_owned()))?
            .map_err(|error| bad(parameter.text, error.to_string()))?;
        let initial = value::encode(parameter.value_type, &value)
            .map_err(|error| bad(parameter.text, error.to_string()))?;
        let source = match parameter.access() {
            Access::ReadOnly => Source::Constant,
            Access::ReadWrite => builder.awaited(&end, parameter.value_type.clone()),
        };
        builder.tables.plan.links.push(Link {
            source,
            sink: Sink::Port(function_ref(member.name(), &parameter.path)),
            buffering: rte::Buffering {
                initial: Some(initial),
                bound: buffering::DEFAULT_BOUND,
                ..rte::Buffering::default()
            },
        });
        builder
            .served
            .insert((parameter.instance, parameter.path.port.clone()));
    }
    Ok(())
}
