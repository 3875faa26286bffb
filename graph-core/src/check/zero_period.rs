//! Periods are longer than nothing, or time would stand still.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end, runnable,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = activations(context);
    for (id, pdu) in &context.document.pdus {
        let Some(
            TransmissionMode::Cyclic { period_ns: 0, .. }
            | TransmissionMode::Mixed { period_ns: 0, .. },
        ) = pdu.mode
        else {
            continue;
        };
        let message = format!("message `{}` is sent with a period of 0", pdu.message);
        found.push(
            Diagnostic::new("zero-period", Severity::Error, Subject::Pdu(*id), message)
                .help("give it a period, or send it on change")
                .fix(
                    format!("Send `{}` on change", pdu.message),
                    vec![Edit::ChangePdu(
                        *id,
                        Pdu {
                            mode: Some(TransmissionMode::OnChange),
                            ..pdu.clone()
                        },
                    )],
                ),
        );
    }
    found
}

fn activations(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance) in &context.document.instances {
        for (position, activation) in instance.activations.iter().enumerate() {
            let RteEvent::Timing {
                period_ns: 0,
                offset_ns,
            } = activation.event
            else {
                continue;
            };
            let name = end::function_text(&activation.runnable);
            let mut changed = instance.clone();
            if let Some(activation) = changed.activations.get_mut(position) {
                activation.event = RteEvent::Timing {
                    period_ns: runnable::DEFAULT_PERIOD_NS,
                    offset_ns,
                };
            }
            let message = format!(
                "the runnable `{name}` of `{}` has a period of 0",
                instance.name
            );
            found.push(
                Diagnostic::new(
                    "zero-period",
                    Severity::Error,
                    Subject::Instance(*id),
                    message,
                )
                .help("give it a period")
                .fix(
                    format!("Run `{name}` every 10 ms"),
                    vec![Edit::ChangeInstance(*id, changed)],
                ),
            );
        }
    }
    found
}
