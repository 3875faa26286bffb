//! Compositions inside compositions. Everything that judges, composes, simulates or exports a system
//! works on the flat one, [`flattened`], in which there are no compositions; what it says is carried
//! back by [`Origins`]. What shows one composition works on a [`view`], in which inner compositions
//! and the ports of the shown one stand as instances of components with those ports.
//! Nothing else has to know that there is a hierarchy but [`crate::check::Sheet`], on which a wire that
//! is only drawn is judged by what it would be in the flat system.

mod across;
mod ends;
mod flatten;
mod given;
mod group;
mod led;
mod names;
mod origins;
mod place;
mod port;
mod size;
mod types;
mod ungroup;
mod view;

pub use flatten::{Flat, flattened};
pub(crate) use flatten::{Flattening, Naming, flatten};
pub use group::{Grouping, delegate, group};
pub use origins::{Origin, Origins};
pub use place::Place;
pub use port::rename_port;
pub use types::types;
pub use ungroup::ungroup;
pub use view::view;
pub(crate) use view::whole;
