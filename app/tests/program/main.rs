//! The whole path from outside: the real program on the sample projects, and what it does with
//! guests and files that mean no good. One binary, so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod antipinch;
mod arxml;
mod arxml_update;
mod authority;
mod boards;
mod breakpoints;
mod budget;
mod bundles;
mod compare;
mod dbc;
mod described;
mod drive;
mod ethernet;
mod files;
mod gateway;
mod guests;
mod hierarchy;
mod hostile;
mod latency;
mod native;
mod networks;
mod odometer;
mod own_boards;
mod packing;
mod path;
mod pedal;
mod probes;
mod protected;
mod protected_fd;
mod protected_targets;
mod radar;
mod rebuild;
mod received;
mod refused;
mod registries;
mod registry_server;
mod reopen;
mod replay;
mod restbus;
mod restbus_fd;
mod run;
mod scenarios;
mod slots;
mod someip;
mod spans;
mod support;
mod tutorial;
mod units;
mod verify;
mod versions;
mod wac;
mod why;
mod wrapped;
