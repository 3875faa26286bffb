//! A connector between two parts that stand in different places: over ports of the compositions
//! between them. Applies nothing.

use super::{group::Ports, origins::Origin};
use crate::{document::*, edit::Edit, resolve::Side};
use autosar_wit::component::Direction;

/// The edits that connect two parts wherever they stand. Ports that lead to their ends already are
/// used, others are made. `None`: a port on the way has a sender already.
pub(super) fn connect(
    document: &Document,
    connector: &Connector,
    from: &Origin<InstanceId>,
    to: &Origin<InstanceId>,
) -> Option<Vec<Edit>> {
    let ways = from.path.iter().zip(&to.path);
    let common = ways.take_while(|(a, b)| a == b).count();
    let mut across = Across {
        document,
        ids: document.new_ids(),
        edits: Vec::new(),
    };
    let ends = [
        (&connector.from, from, Side::Source),
        (&connector.to, to, Side::Target),
    ];
    let [from, to] = ends.map(|(end, origin, side)| {
        let groups = origin.path.get(common..)?;
        across.outward(end.at(origin.subject), side, groups)
    });
    let outer = Connector {
        from: from?,
        to: to?,
        ..connector.clone()
    };
    let id = across.ids.connector();
    across.edits.push(Edit::Connect(id, outer));
    Some(across.edits)
}

struct Across<'a> {
    document: &'a Document,
    ids: NewIds,
    edits: Vec<Edit>,
}

impl Across<'_> {
    /// The end as it is seen outside of these compositions' instances, the innermost of them last.
    fn outward(&mut self, end: End, side: Side, groups: &[InstanceId]) -> Option<End> {
        groups
            .iter()
            .rev()
            .try_fold(end, |end, group| match self.known(&end, side) {
                Some(port) => self.free(end.at(*group).of_port(port), side),
                None => self.port(&end, side, *group),
            })
    }

    /// The port of its composition that leads to a part's port already.
    fn known(&self, end: &End, side: Side) -> Option<&str> {
        let document = self.document;
        let wanted = match side {
            Side::Source => Direction::Provided,
            Side::Target => Direction::Required,
        };
        document.connectors.values().find_map(|connector| {
            let (part, port) = match side {
                Side::Source => (&connector.from, &connector.to),
                Side::Target => (&connector.to, &connector.from),
            };
            let is_here = part.instance() == end.instance() && part.port() == end.port();
            let port = document.ports.get(&port.instance()?)?;
            (is_here && port.direction == wanted).then_some(port.name.as_str())
        })
    }

    /// A receiver has one sender.
    fn free(&self, end: End, side: Side) -> Option<End> {
        let mut connectors = self.document.connectors.values();
        let is_taken = connectors
            .any(|one| one.to.instance() == end.instance() && one.to.port() == end.port());
        (side == Side::Source || !is_taken).then_some(end)
    }

    fn port(&mut self, end: &End, side: Side, group: InstanceId) -> Option<End> {
        let composition = self.document.instances.get(&group)?.component;
        let mut ports = Ports::new(self.document, composition, self.ids.clone());
        let outside = ports.outside(end, side, group)?;
        self.ids = ports.ids;
        self.edits.append(&mut ports.edits);
        Some(outside)
    }
}
