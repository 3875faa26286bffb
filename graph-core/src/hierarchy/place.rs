//! Where in a project someone looks. Knows nothing of who looks.

use crate::document::*;

/// The system, or a composition by the way to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// A composition that is looked at by itself; `None`: the way begins in the system.
    pub root: Option<ComponentId>,
    /// The instances of compositions that were entered, from there on.
    pub path: Vec<InstanceId>,
}

impl Place {
    /// The composition that is seen there; `None`: the system.
    pub fn composition(&self, document: &Document) -> Option<ComponentId> {
        let entered = self.path.last().and_then(|id| document.instances.get(id));
        entered
            .map(|instance| instance.component)
            .or(self.root.filter(|_| self.path.is_empty()))
    }

    /// What is inside an instance there.
    pub fn inside(&self, instance: InstanceId) -> Place {
        let mut inside = self.clone();
        inside.path.push(instance);
        inside
    }

    /// One step out; of the system there is no outside.
    pub fn outside(&self) -> Place {
        let mut outside = self.clone();
        if outside.path.pop().is_none() {
            outside.root = None;
        }
        outside
    }

    /// As far as it is there still.
    pub fn settled(&self, document: &Document) -> Place {
        let root = self.root.filter(|root| document.is_composition(*root));
        if root != self.root {
            return Place::default();
        }
        let mut settled = Place {
            root,
            path: Vec::new(),
        };
        for id in &self.path {
            let here = settled.composition(document);
            let part = document.instances.get(id);
            let is_here = part.is_some_and(|part| {
                part.composition == here && document.is_composition(part.component)
            });
            if !is_here {
                break;
            }
            settled.path.push(*id);
        }
        settled
    }
}
