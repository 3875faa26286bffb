//! The studio: session, commands, command line, window.
#![allow(
    missing_docs,
    reason = "fields and cases whose names say it all carry no sentence"
)]

pub mod boards;
pub mod budget;
pub mod calibration;
pub mod canvas;
pub mod cli;
pub mod command;
mod concurrency;
pub mod export;
pub mod files;
pub mod icon;
pub mod import;
pub mod linux;
pub mod native;
pub mod next_steps;
pub mod observe;
pub mod own_boards;
pub mod packing;
pub mod picture;
pub mod realtime;
pub mod remote;
pub mod report;
pub mod scaffold;
pub mod scenario;
pub mod session;
mod stand_ins;
pub mod targets;
pub mod ui;
pub mod verify;
pub mod workers;
pub mod wrap;
