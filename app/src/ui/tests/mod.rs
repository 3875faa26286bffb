//! The window, driven by the names that a screen reader reads.

mod adapter;
mod annotation;
mod authority;
mod begin;
mod clipboard;
mod connections;
mod desk;
mod differences;
mod ethernet;
mod export;
mod hardware;
mod hierarchy;
mod hover;
mod lanes;
mod merge;
mod modes;
mod panels;
mod path;
mod problems;
mod rebuilt;
mod reroute;
mod run;
mod settings;
mod tour;
mod why;
mod wiring;
