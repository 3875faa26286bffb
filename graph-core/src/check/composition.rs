//! Every port of a composition leads to a part, and no two parts have one name in the running system.
//! Found while compositions are made flat, since none of them is left for the other rules.

use crate::{context::Context, diagnostic::Diagnostic};

/// Its findings speak of the document already.
pub(crate) const CODE: &str = "composition";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context.compositions.clone()
}
