//! Projects from descriptions of other tools. Knows no files and no window.

pub mod arxml;
pub mod dbc;
