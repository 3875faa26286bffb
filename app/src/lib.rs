//! The studio: session, commands, command line, window.

pub mod cli;
pub mod command;
pub mod files;
pub mod session;
pub mod work;
