//! The window: panels that read the session and give commands, and the painter of the canvas.
//! The only part of the studio that knows egui and file dialogs. One panel a file.

mod adapter;
mod authority;
mod breakpoints;
mod budget;
pub mod canvas;
mod cause;
mod connect;
mod connections;
mod console;
mod controls;
mod core_modules;
mod devices;
pub mod dialogs;
mod differences;
mod docking;
mod export;
mod icons;
mod impact;
mod inspector;
mod keys;
mod lanes;
mod library;
mod menu_bar;
mod merge;
mod modes;
mod notices;
mod nv;
mod outline;
mod packing;
mod palette;
mod parameters;
mod plot;
mod problems;
mod scenarios;
mod settings;
mod status;
mod studio;
pub mod theme;
mod timeline;
mod tour;
mod trace;
mod value_field;
mod widgets;
mod window;

#[cfg(test)]
mod tests;

pub use studio::{Outside, Studio};
pub use window::open_window;
