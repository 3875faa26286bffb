//! What wires carry while a simulation runs.

use crate::session::{RunView, Session};
use graph_core::document::ConnectorId;
use std::collections::BTreeMap;

/// The values by connector; none before a run.
pub(in crate::ui) fn live_values(session: &Session) -> BTreeMap<ConnectorId, String> {
    let run = session.run();
    if !run.is_started() {
        return BTreeMap::new();
    }
    let value = |id: &ConnectorId| Some((*id, carried(run, session.element(*id)?)?));
    let shown = session.document().connectors.keys();
    shown.filter_map(value).collect()
}

/// What is known of a connector's source: its own value, those of the elements of its port, or the
/// last of a signal.
fn carried(run: &RunView, source: &str) -> Option<String> {
    if let Some(value) = run.values.get(source) {
        return Some(value.text.clone());
    }
    let prefix = format!("{source}#");
    let elements: Vec<&str> = run
        .values
        .range(prefix.clone()..)
        .take_while(|(name, _)| name.starts_with(&prefix))
        .map(|(_, value)| value.text.as_str())
        .collect();
    match elements.is_empty() {
        false => Some(elements.join(", ")),
        true => {
            let [_, value] = run.series.get(source)?.points.last()?;
            Some(format!("{}", (value * 1e6).round() / 1e6))
        }
    }
}
