//! What a connector that is only thought of would be in the flat system: one for each place where its
//! composition stands and each part behind its ends.

use super::flatten::Flattening;
use crate::document::*;
use autosar_wit::component::Direction;

impl Flattening<'_> {
    /// The flat system, without the connector.
    pub(crate) fn document(&self) -> &Document {
        &self.flat
    }

    /// What a connector in that scope would be; nothing where its composition does not stand or no part
    /// is behind an end. To a port of the composition it carries on what leads there outside.
    pub(crate) fn led(&self, scope: Option<ComponentId>, connector: &Connector) -> Vec<Connector> {
        let places = self.occurrences.iter().enumerate();
        let places = places.filter(|(_, one)| one.composition == scope);
        places
            .flat_map(|(number, _)| self.led_in(number, connector))
            .collect()
    }

    fn led_in(&self, number: usize, connector: &Connector) -> Vec<Connector> {
        let (from, to) = (&connector.from, &connector.to);
        let port_at = |end: &End| self.source.ports.get(&end.instance()?);
        match (port_at(from), port_at(to)) {
            (Some(port), _) => {
                let outside = self.outside(number, port).into_iter();
                outside
                    .flat_map(|(outer, far)| {
                        let near = behind(&outer.to, to);
                        between(outer, &far, &self.landed(number, near.as_ref()))
                    })
                    .collect()
            }
            (None, Some(port)) => {
                let outside = self.outside(number, port).into_iter();
                outside
                    .flat_map(|(outer, far)| {
                        let near = behind(&outer.from, from);
                        between(outer, &self.landed(number, near.as_ref()), &far)
                    })
                    .collect()
            }
            (None, None) => {
                let (from, to) = (
                    self.landed(number, Some(from)),
                    self.landed(number, Some(to)),
                );
                between(connector, &from, &to)
            }
        }
    }

    /// The connectors outside of an occurrence that end at its port, and where their other ends lie.
    fn outside(&self, number: usize, port: &DelegationPort) -> Vec<(&Connector, Vec<End>)> {
        let inner = self.occurrences.get(number);
        let place = inner.and_then(|inner| Some((inner.outer?, *inner.path.last()?)));
        let Some((outer, standing)) = place else {
            return Vec::new();
        };
        let scope = self.occurrences.get(outer).and_then(|one| one.composition);
        let is_here =
            |end: &End| end.instance() == Some(standing) && end.port() == Some(&port.name);
        let mut found = Vec::new();
        for (_, connector) in self.index.connectors(scope) {
            let far = match port.direction {
                Direction::Required if is_here(&connector.to) => &connector.from,
                Direction::Provided if is_here(&connector.from) => &connector.to,
                _ => continue,
            };
            found.push((connector, self.landed(outer, Some(far))));
        }
        // Through a port of the composition that this one stands in.
        for (_, further) in scope.into_iter().flat_map(|one| self.source.ports_of(one)) {
            let behind = self.index.behind(further.composition, &further.name);
            if further.direction == port.direction && behind.into_iter().any(is_here) {
                found.extend(self.outside(outer, further));
            }
        }
        found
    }

    fn landed(&self, number: usize, end: Option<&End>) -> Vec<End> {
        let landings = end.map_or_else(Vec::new, |end| self.landings(number, end));
        landings.into_iter().map(|landing| landing.end).collect()
    }
}

/// What ends at a composition's port outside, at the part behind it.
fn behind(outer: &End, part: &End) -> Option<End> {
    Some(outer.at(part.instance()?).of_port(part.port()?))
}

fn between(connector: &Connector, from: &[End], to: &[End]) -> Vec<Connector> {
    let pairs = from
        .iter()
        .flat_map(|from| to.iter().map(move |to| (from, to)));
    pairs
        .map(|(from, to)| Connector {
            from: from.clone(),
            to: to.clone(),
            ..connector.clone()
        })
        .collect()
}
