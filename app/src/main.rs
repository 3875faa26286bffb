//! The `wireloom` program: window and command line.

fn main() {}
