//! Emitting core WebAssembly: modules, function bodies, and the walkers over values in memory.
//! Knows layouts; knows nothing of stores, tasks or WIT.

mod body;
mod flat;
mod module;
mod pack;
mod unpack;
mod visit;

pub(crate) use body::{Body, Callee, unsigned};
pub(crate) use flat::{lift, lower};
pub(crate) use module::Module;
pub(crate) use pack::{identical, pack};
pub(crate) use unpack::unpack;
pub(crate) use visit::{check, measure};
