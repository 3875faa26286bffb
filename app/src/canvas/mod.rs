//! The canvas without a window: where instances, pins and wires lie, what lies under a point, and
//! what gestures mean. Knows nothing of egui, of files and of the session; the document, the
//! selection and the verdicts on a wire come in as data, `CanvasAction`s go out as data.

pub mod action;
pub mod align;
pub mod annotation;
mod carry;
pub mod geometry;
pub mod gesture;
pub mod grid;
pub mod lanes;
pub mod minimap;
pub mod names;
pub mod node;
pub mod pins;
pub mod reroute;
pub mod route;
pub mod scene;
pub mod state;
pub mod wire;
pub mod wiring;

#[cfg(test)]
pub(crate) mod test_data;
