//! The window, driven by the names that a screen reader reads.

mod begin;
mod clipboard;
mod connections;
mod desk;
mod ethernet;
mod export;
mod hardware;
mod path;
mod problems;
mod run;
mod wiring;
