//! The system: its outermost composition, ECUs, and which component runs on which of them.

use crate::{
    model::{Deployment, Ecu, System},
    reader::Reader,
    tree::{children, docs, path, short_name},
};
use autosar_data::{Element, ElementName};
use autosar_wit::names;
use std::collections::BTreeSet;

/// Of several systems the first by path counts.
pub(crate) fn read(reader: &mut Reader, elements: &[Element]) -> System {
    let mut system = System {
        ecus: ecus(elements),
        ..System::default()
    };
    let mut systems = elements
        .iter()
        .filter(|element| element.element_name() == ElementName::System);
    let Some(element) = systems.next() else {
        return system;
    };
    for other in systems {
        reader.unmapped(
            other,
            format!(
                "`{}` is the system already; a project has one",
                path(element)
            ),
        );
    }
    for prototype in children(element, ElementName::RootSoftwareCompositions) {
        match reader.target(&prototype, ElementName::SoftwareCompositionTref) {
            Some(target) if system.root.is_none() => system.root = Some(path(&target)),
            _ => reader.unmapped(&prototype, "a project has one outermost composition"),
        }
    }
    for mapping in children(element, ElementName::Mappings) {
        for mapping in children(&mapping, ElementName::SwMappings) {
            if mapping.element_name() == ElementName::SwcToEcuMapping {
                deployments(reader, &mapping, &mut system);
            }
        }
    }
    system
}

fn ecus(elements: &[Element]) -> Vec<Ecu> {
    let mut taken = BTreeSet::new();
    let instances = elements
        .iter()
        .filter(|element| element.element_name() == ElementName::EcuInstance);
    let mut ecu = |element: &Element| {
        let label = names::to_label(&short_name(element));
        let name = names::unique(&label, |label| taken.contains(label));
        taken.insert(name.clone());
        Ecu {
            path: path(element),
            autosar_name: short_name(element),
            name,
            docs: docs(element).join("\n"),
        }
    };
    instances.map(&mut ecu).collect()
}

fn deployments(reader: &mut Reader, mapping: &Element, system: &mut System) {
    let Some(ecu) = reader.target(mapping, ElementName::EcuInstanceRef) else {
        reader.unmapped(mapping, "left out, since its ECU is not there");
        return;
    };
    let ecu = path(&ecu);
    let Some(name) = system.ecus.iter().find(|known| known.path == ecu) else {
        return;
    };
    let name = name.name.clone();
    for reference in children(mapping, ElementName::ComponentIrefs) {
        // The root composition's prototype stands first, then parts from outside to inside.
        let mut way = Vec::new();
        for step in reference.sub_elements() {
            let is_part = matches!(
                step.element_name(),
                ElementName::ContextComponentRef | ElementName::TargetComponentRef
            );
            match is_part.then(|| reader.follow(&step)) {
                Some(Some(part)) => way.push(path(&part)),
                Some(None) => {
                    way.clear();
                    break;
                }
                None => drop(reader.follow(&step)),
            }
        }
        if way.is_empty() {
            reader.unmapped(&reference, "left out, since the component is not there");
            continue;
        }
        system.deployments.push(Deployment {
            parts: way,
            ecu: name.clone(),
        });
    }
}
