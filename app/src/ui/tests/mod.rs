//! The window, driven by the names that a screen reader reads.

mod desk;
mod path;
mod run;
