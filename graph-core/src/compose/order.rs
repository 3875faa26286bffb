//! In which order the pieces of a linked component are made: the linker sorts by what needs what,
//! and by more than that. Found by the bytes of each piece, which stand in the component as they are.
//! Knows nothing of what pieces do.

use super::PieceName;
use wasmparser::{ComponentInstance, Encoding, Parser, Payload};

/// A piece as it was handed to the linker.
pub(super) struct Handed<'a> {
    pub(super) name: PieceName,
    pub(super) bytes: &'a [u8],
}

/// Names of the component instances at the root, in the order in which they are made. Pieces with the
/// same bytes are as good as each other: they keep the order in which they were handed over.
pub(super) fn order(linked: &[u8], handed: Vec<Handed<'_>>) -> Vec<PieceName> {
    let mut left = handed;
    let mut components: Vec<&[u8]> = Vec::new();
    let mut names = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(linked).flatten() {
        match payload {
            Payload::Version {
                encoding: Encoding::Module | Encoding::Component,
                ..
            } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentSection {
                unchecked_range, ..
            } if depth == 1 => {
                components.push(linked.get(unchecked_range).unwrap_or_default());
            }
            Payload::ComponentInstanceSection(section) if depth == 1 => {
                for instance in section.into_iter().flatten() {
                    let ComponentInstance::Instantiate {
                        component_index, ..
                    } = instance
                    else {
                        continue;
                    };
                    let bytes = components.get(component_index as usize);
                    let at = left.iter().position(|one| Some(&one.bytes) == bytes);
                    names.push(match at {
                        Some(at) => left.remove(at).name,
                        None => PieceName::Generated("another part".to_owned()),
                    });
                }
            }
            _ => {}
        }
    }
    names
}
