//! An instance into a wire, or out of it with the wire healed.

use super::connector;
use crate::{
    check::{Candidate, Sheet, WireVerdict, candidates},
    document::*,
    edit::{Edit, removal},
    resolve::Side,
};

/// The two wires that take the place of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Splice {
    pub before: Connector,
    pub after: Connector,
}

/// What is shown has the instance already, unwired. `None`: it has no port that takes what the wire
/// brings, or none that gives what its receiver needs. Of several the first by name that fits.
pub fn splice(sheet: &Sheet, wire: ConnectorId, instance: InstanceId) -> Option<Splice> {
    let document = sheet.document;
    let Connector { from, to, .. } = document.connectors.get(&wire)?.clone();
    let mut open = document.clone();
    // A receiver has one sender: as long as the wire is there nothing fits its receiver.
    open.connectors.remove(&wire);
    let open = sheet.with(&open);
    let fitting = |start: &End, side: Side| {
        let found = candidates(&open, start, side).into_iter();
        let here = found.filter(|found: &Candidate| {
            found.end.instance() == Some(instance)
                && matches!(found.verdict, WireVerdict::Fits { .. })
        });
        here.map(|found| found.end).min()
    };
    let (taking, giving) = (fitting(&from, Side::Source)?, fitting(&to, Side::Target)?);
    Some(Splice {
        before: connector(&open, &from, &taking)?,
        after: connector(&open, &giving, &to)?,
    })
}

/// The edits that remove instances and connect what sent to them with what received from them, where
/// that fits; and how many such wires there are.
pub fn heal(sheet: &Sheet, instances: &[InstanceId]) -> (Vec<Edit>, usize) {
    let document = sheet.document;
    let subjects: Vec<Subject> = instances.iter().copied().map(Subject::Instance).collect();
    let mut edits = removal(document, &subjects);
    let mut without = document.clone();
    if without.apply_batch(edits.clone()).is_err() {
        return (edits, 0);
    }
    let goes = |end: &End| end.instance().is_some_and(|id| instances.contains(&id));
    let wires = || document.connectors.values();
    let mut ids = without.new_ids();
    let mut healed = 0;
    for leaving in wires().filter(|wire| goes(&wire.from) && !goes(&wire.to)) {
        let coming = wires().filter(|wire| goes(&wire.to) && !goes(&wire.from));
        let fitting = coming
            .filter_map(|coming| connector(&sheet.with(&without), &coming.from, &leaving.to))
            .min_by(|a, b| a.from.cmp(&b.from));
        if let Some(wire) = fitting {
            let edit = Edit::Connect(ids.connector(), wire);
            // Two wires that would close a circle together: the second is refused by the rules.
            if edit.clone().apply(&mut without).is_ok() {
                edits.push(edit);
                healed += 1;
            }
        }
    }
    (edits, healed)
}
