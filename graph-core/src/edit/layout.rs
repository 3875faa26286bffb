//! Application of the edits that change nothing but the picture.

use super::{Edit, EditError, Noun, apply::known, connectors::connector_name};
use crate::document::*;

pub(super) fn move_instance(
    document: &mut Document,
    id: InstanceId,
    position: Option<(f32, f32)>,
) -> Result<Edit, EditError> {
    let name = match document.ports.get(&id) {
        Some(port) => &port.name,
        None => &known(Noun::Instance, &document.instances, id, id.0)?.name,
    };
    let old = match position {
        Some((x, y)) if !x.is_finite() || !y.is_finite() => {
            return Err(EditError::Position {
                instance: name.clone(),
            });
        }
        Some(position) => document.layout.positions.insert(id, position),
        None => document.layout.positions.remove(&id),
    };
    Ok(Edit::Move(id, old))
}

pub(super) fn reroute(
    document: &mut Document,
    id: ConnectorId,
    points: Vec<(f32, f32)>,
) -> Result<Edit, EditError> {
    known(Noun::Connector, &document.connectors, id, id.0)?;
    if !points.iter().all(|(x, y)| x.is_finite() && y.is_finite()) {
        return Err(EditError::ReroutePoint {
            connector: connector_name(document, id),
        });
    }
    let known = &mut document.layout.reroute_points;
    let old = match points.is_empty() {
        true => known.remove(&id),
        false => known.insert(id, points),
    };
    Ok(Edit::Reroute(id, old.unwrap_or_default()))
}
