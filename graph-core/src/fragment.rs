//! A part of a document on its way elsewhere: instances with their components, the connectors
//! between them, and by name what they run on and are bound to. Copying, pasting and duplicating
//! are made of it. Its text is a project file, so it goes through a clipboard into another window,
//! or into a mail. Changes no document: what comes in is edits.

mod annotations;

use crate::{
    document::*,
    edit::Edit,
    file::{self, FileError},
    hierarchy::flattened,
};
use std::collections::{BTreeMap, BTreeSet};

/// Between the project and the layout in the text. A comment in both.
const SEAM: &str = "\n# --- layout ---\n";
/// How far a copy stands from what stands there already, in points.
const STEP: f32 = 32.0;

/// Some instances of a document, as a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Fragment {
    document: Document,
}

/// The edits that bring a fragment into a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Insertion {
    pub edits: Vec<Edit>,
    /// The new instances.
    pub instances: Vec<InstanceId>,
    /// The new frames and notes.
    pub annotations: Vec<Subject>,
    /// Components that the document did not have, by their new numbers.
    pub components: Vec<ComponentId>,
    /// What there is no place for here, a sentence each.
    pub left_out: Vec<String>,
}

/// How a fragment comes in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manner {
    /// Also the connectors that bring something to the instances of these names from outside the
    /// fragment. Those that lead outside stay where they are: a receiver has one sender.
    pub outer: bool,
    /// Where instances run whose partition the document does not have.
    pub partition: Option<PartitionKey>,
    /// The composition that they become parts of; `None`: the system.
    pub composition: Option<ComponentId>,
}

impl Fragment {
    /// These instances, which stand in one composition or in the system, with the notes on them;
    /// `None` if the document has none of them.
    pub fn of(document: &Document, instances: &BTreeSet<InstanceId>) -> Option<Fragment> {
        Fragment::with_annotations(document, instances, &BTreeSet::new(), &BTreeSet::new())
    }

    /// The same with frames and further notes, or these alone.
    pub fn with_annotations(
        document: &Document,
        instances: &BTreeSet<InstanceId>,
        frames: &BTreeSet<FrameId>,
        notes: &BTreeSet<NoteId>,
    ) -> Option<Fragment> {
        let mut part = Document {
            name: document.name.clone(),
            next_id: document.next_id,
            ..Document::default()
        };
        let mut scopes = instances.iter().filter_map(|id| document.scope_at(*id));
        let scope = scopes.next()?;
        for id in instances {
            let instance = document.instances.get(id);
            if let Some(instance) = instance.filter(|instance| instance.composition == scope) {
                let instance = Instance {
                    composition: None,
                    ..instance.clone()
                };
                take_instance(document, &mut part, *id, instance);
            }
        }
        let inside = |end: &End| {
            end.instance()
                .is_some_and(|id| part.instances.contains_key(&id) || part.ports.contains_key(&id))
        };
        for (id, connector) in &document.connectors {
            if inside(&connector.from) && inside(&connector.to) {
                part.connectors.insert(*id, connector.clone());
                take(
                    &document.layout.reroute_points,
                    &mut part.layout.reroute_points,
                    *id,
                );
                if let Some(network) = connector.network() {
                    take(&document.buses, &mut part.buses, network);
                }
            }
        }
        annotations::take_along(document, &mut part, frames, notes);
        let is_empty = part.instances.is_empty() && part.frames.is_empty() && part.notes.is_empty();
        (!is_empty).then_some(Fragment { document: part })
    }

    /// Rewrites the paths of files; see [`Document::map_files`].
    pub fn map_files(&mut self, map: impl Fn(&str) -> String) {
        self.document.map_files(map);
    }

    /// As a project file with its layout behind it.
    pub fn to_text(&self) -> String {
        let (project, layout) = (
            file::write(&self.document),
            file::write_layout(&self.document),
        );
        format!("{project}{SEAM}{layout}")
    }

    /// The fragment of a text, which may as well be a whole project file.
    pub fn read(text: &str) -> Result<Fragment, FileError> {
        let (project, layout) = text.split_once(SEAM).unwrap_or((text, ""));
        let mut document = file::read(project, "clipboard")?;
        if !layout.is_empty() {
            document.layout = file::read_layout(layout, "clipboard", &document)?;
        }
        Ok(Fragment { document })
    }

    /// What has to be done to have the fragment in a document too. Names that are taken there get a
    /// number; a component of the same name is the same component.
    pub fn insertion(&self, into: &Document, manner: &Manner) -> Insertion {
        let mut insertion = Insertion::default();
        let mut ids = into.new_ids();
        let components = self.components(into, &mut ids, &mut insertion);
        let names = self.names(into, manner.composition);
        let shift = self.shift(into, manner.composition);
        // What is inside a composition that is known there already is known too.
        let place = |composition: Option<ComponentId>| match composition {
            None => Some((manner.composition, shift)),
            Some(old) => {
                let new = components.get(&old)?;
                let is_new = insertion.components.contains(new);
                is_new.then_some((Some(*new), 0.0))
            }
        };
        let mut copies = BTreeMap::new();
        let (mut edits, mut moves) = (Vec::new(), Vec::new());
        let mut left_out = Vec::new();
        let mut selected = Vec::new();
        for (old, port) in &self.document.ports {
            let Some((Some(composition), _)) = place(Some(port.composition)) else {
                continue;
            };
            let id = ids.instance();
            let port = DelegationPort {
                composition,
                ..port.clone()
            };
            edits.push(Edit::InsertPort(id, port));
            copies.insert(*old, id);
        }
        for (old, instance) in &self.document.instances {
            let Some((composition, _)) = place(instance.composition) else {
                continue;
            };
            let id = ids.instance();
            let mut copy = instance.clone();
            copy.composition = composition;
            copy.component = components
                .get(&instance.component)
                .copied()
                .unwrap_or(instance.component);
            if instance.composition.is_none() {
                copy.name = names.get(old).cloned().unwrap_or_default();
                selected.push(id);
            }
            // Without one the parts of a composition have their own.
            let fallback = match self.document.is_composition(instance.component) {
                true => None,
                false => manner.partition.clone(),
            };
            copy.partition = self.partition(into, instance).or(fallback);
            copy.bindings = self.bindings(into, instance, &mut left_out);
            edits.push(Edit::InsertInstance(id, copy));
            copies.insert(*old, id);
        }
        for (old, id) in &copies {
            let scope = self.document.scope_at(*old).flatten();
            let at = self.document.layout.positions.get(old);
            if let (Some((x, y)), Some((_, shift))) = (at, place(scope)) {
                moves.push(Edit::Move(*id, Some((x + shift, y + shift))));
            }
        }
        edits.extend(moves);
        for (old, connector) in &self.document.connectors {
            let Some((_, shift)) = place(self.document.scope_of(connector)) else {
                continue;
            };
            let Some(inner) = self.inner(into, connector, &copies) else {
                left_out.push(format!(
                    "a connector from `{}` to `{}` leads to a bus that is not here; connect it anew",
                    crate::end::text(&self.document, &connector.from),
                    crate::end::text(&self.document, &connector.to)
                ));
                continue;
            };
            let id = ids.connector();
            edits.push(Edit::Connect(id, inner));
            if let Some(points) = self.document.layout.reroute_points.get(old) {
                let points = points.iter().map(|(x, y)| (x + shift, y + shift));
                edits.push(Edit::Reroute(id, points.collect()));
            }
        }
        insertion.edits.extend(edits);
        insertion.left_out = left_out;
        own_prefixes(into, &mut insertion.edits, &selected);
        let outer = match manner.outer {
            true => self.outer(into, manner.composition, &copies),
            false => Vec::new(),
        };
        for connector in outer {
            insertion
                .edits
                .push(Edit::Connect(ids.connector(), connector));
        }
        // Compositions have neither frames nor notes.
        if manner.composition.is_none() {
            let by = (&mut ids, &copies, shift);
            annotations::bring(&self.document, into, by, &mut insertion);
        }
        insertion.instances = selected;
        insertion
    }

    fn components(
        &self,
        into: &Document,
        ids: &mut NewIds,
        insertion: &mut Insertion,
    ) -> BTreeMap<ComponentId, ComponentId> {
        let mut numbers = BTreeMap::new();
        for (old, component) in &self.document.components {
            let is_composition = |id: &ComponentId| into.is_composition(*id);
            let known = into.component_named(&component.name);
            let same = known.filter(|known| {
                is_composition(known) == (component.source == ComponentSource::Composition)
            });
            let id = same.unwrap_or_else(|| {
                let id = ids.component();
                let is_taken = |name: &str| {
                    let mut others = into.components.values();
                    others.any(|other| other.name.eq_ignore_ascii_case(name))
                };
                let component = Component {
                    name: autosar_wit::names::unique(&component.name, is_taken),
                    ..component.clone()
                };
                insertion.edits.push(Edit::InsertComponent(id, component));
                insertion.components.push(id);
                id
            });
            numbers.insert(*old, id);
        }
        numbers
    }

    /// Of each instance the name that it can have there.
    fn names(
        &self,
        into: &Document,
        composition: Option<ComponentId>,
    ) -> BTreeMap<InstanceId, String> {
        let mut taken: BTreeSet<String> = into
            .parts(composition)
            .map(|(_, instance)| instance.name.to_ascii_lowercase())
            .collect();
        let mut names = BTreeMap::new();
        for (id, instance) in self.document.parts(None) {
            let is_taken = |name: &str| taken.contains(&name.to_ascii_lowercase());
            let name = match is_taken(&instance.name) {
                false => instance.name.clone(),
                true => {
                    let base = instance
                        .name
                        .trim_end_matches(|last: char| last.is_ascii_digit());
                    autosar_wit::names::unique(base.trim_end_matches('-'), is_taken)
                }
            };
            taken.insert(name.to_ascii_lowercase());
            names.insert(id, name);
        }
        names
    }

    /// The first step down and to the right at which nothing stands where something is already.
    fn shift(&self, into: &Document, composition: Option<ComponentId>) -> f32 {
        let at = |(x, y): (f32, f32)| (x.round() as i64, y.round() as i64);
        let in_scope = |document: &Document, scope| {
            let positions = document.layout.positions.iter();
            let here = positions.filter(|(id, _)| document.scope_at(**id) == Some(scope));
            let here = here.map(|(_, place)| *place);
            let others = match scope {
                None => annotations::corners(&document.layout),
                Some(_) => Vec::new(),
            };
            here.chain(others).collect::<Vec<_>>()
        };
        let taken: BTreeSet<(i64, i64)> = in_scope(into, composition).into_iter().map(at).collect();
        let mut shift = 0.0;
        let positions = in_scope(&self.document, None);
        while positions
            .iter()
            .any(|(x, y)| taken.contains(&at((x + shift, y + shift))))
        {
            shift += STEP;
        }
        shift
    }

    fn partition(&self, into: &Document, instance: &Instance) -> Option<PartitionKey> {
        let key = instance.partition.as_ref()?;
        let name = &self.document.ecus.get(&key.ecu)?.name;
        let there = PartitionKey {
            ecu: into.ecu_named(name)?,
            partition: key.partition.clone(),
        };
        into.partition(&there).is_some().then_some(there)
    }

    fn bindings(
        &self,
        into: &Document,
        instance: &Instance,
        left_out: &mut Vec<String>,
    ) -> BTreeMap<String, Binding> {
        let mut bindings = BTreeMap::new();
        for (key, binding) in &instance.bindings {
            let there = self.document.buses.get(&binding.bus).and_then(|bus| {
                let id = into.bus_named(&bus.name)?;
                let parts = into.buses.get(&id)?.parts();
                let has = |part: &String| parts.contains(&part.as_str());
                binding.part.as_ref().is_none_or(has).then_some(Binding {
                    bus: id,
                    part: binding.part.clone(),
                })
            });
            match there {
                Some(there) => drop(bindings.insert(key.clone(), there)),
                None => left_out.push(format!(
                    "`{key}` of `{}` was bound to `{}`, which is not here; bind it anew",
                    instance.name,
                    self.document.binding_text(binding)
                )),
            }
        }
        bindings
    }

    fn inner(
        &self,
        into: &Document,
        connector: &Connector,
        instances: &BTreeMap<InstanceId, InstanceId>,
    ) -> Option<Connector> {
        let bus = |bus: &BusId| into.bus_named(&self.document.buses.get(bus)?.name);
        let copy = |end: &End| match end {
            End::Signal {
                bus: old,
                message,
                signal,
            } => Some(End::Signal {
                bus: bus(old)?,
                message: message.clone(),
                signal: signal.clone(),
            }),
            inside => Some(inside.at(*instances.get(&inside.instance()?)?)),
        };
        let mut inner = connector.clone();
        (inner.from, inner.to) = (copy(&connector.from)?, copy(&connector.to)?);
        if let ConnectorKind::Buffered(buffering) = &mut inner.kind {
            buffering.network = buffering.network.as_ref().and_then(bus);
        }
        Some(inner)
    }

    /// What comes to the instances of these names from outside, for the copies too.
    fn outer(
        &self,
        into: &Document,
        composition: Option<ComponentId>,
        instances: &BTreeMap<InstanceId, InstanceId>,
    ) -> Vec<Connector> {
        let mut copies = BTreeMap::new();
        for (old, copy) in instances {
            let origin = self.document.instances.get(old);
            let origin = origin.filter(|origin| origin.composition.is_none());
            if let Some(id) = origin.and_then(|origin| into.part_named(composition, &origin.name)) {
                copies.insert(id, *copy);
            }
        }
        let outer = |connector: &Connector| {
            let is_inside = |id| copies.contains_key(&id);
            let copy = copies.get(&connector.to.instance()?)?;
            let mut outer = connector.clone();
            outer.to = connector.to.at(*copy);
            (!connector.from.instance().is_some_and(is_inside)).then_some(outer)
        };
        into.connectors.values().filter_map(outer).collect()
    }
}

/// Copies of compositions that give their parts names which others have in the running system give
/// them names of their own.
fn own_prefixes(into: &Document, edits: &mut [Edit], copies: &[InstanceId]) {
    let mut after = into.clone();
    let is_prefixed = |edit: &Edit| matches!(edit, Edit::InsertInstance(id, copy) if copy.prefix.is_some() && copies.contains(id));
    if !edits.iter().any(is_prefixed) || after.apply_batch(edits.to_vec()).is_err() {
        return;
    }
    if flattened(&after).clashes <= flattened(into).clashes {
        return;
    }
    for edit in edits.iter_mut().filter(|edit| is_prefixed(edit)) {
        if let Edit::InsertInstance(_, copy) = edit {
            copy.prefix = None;
        }
    }
}

/// An instance with all that it refers to; of a composition, with all that is inside.
fn take_instance(document: &Document, part: &mut Document, id: InstanceId, instance: Instance) {
    let component = instance.component;
    if let Some(key) = &instance.partition {
        take(&document.ecus, &mut part.ecus, key.ecu);
    }
    for binding in instance.bindings.values() {
        take(&document.buses, &mut part.buses, binding.bus);
    }
    take(&document.layout.positions, &mut part.layout.positions, id);
    part.instances.insert(id, instance);
    let is_known = part.components.contains_key(&component);
    take(&document.components, &mut part.components, component);
    if is_known || !document.is_composition(component) {
        return;
    }
    for (id, port) in document.ports_of(component) {
        part.ports.insert(id, port.clone());
        take(&document.layout.positions, &mut part.layout.positions, id);
    }
    for (id, inner) in document.parts(Some(component)) {
        take_instance(document, part, id, inner.clone());
    }
    let inside = document.connectors.iter();
    for (id, connector) in inside.filter(|(_, one)| document.scope_of(one) == Some(component)) {
        part.connectors.insert(*id, connector.clone());
        let (points, taken) = (
            &document.layout.reroute_points,
            &mut part.layout.reroute_points,
        );
        take(points, taken, *id);
        let ends = [connector.from.bus(), connector.to.bus()];
        for bus in ends.into_iter().flatten().chain(connector.network()) {
            take(&document.buses, &mut part.buses, bus);
        }
    }
}

fn take<I: Ord + Copy, T: Clone>(from: &BTreeMap<I, T>, to: &mut BTreeMap<I, T>, id: I) {
    if let Some(value) = from.get(&id) {
        to.insert(id, value.clone());
    }
}
