//! The document, its edits, checks, composition and file format.
//! Knows nothing of the window and of the engine; reads no files.
#![allow(
    missing_docs,
    reason = "fields and cases whose names say it all carry no sentence"
)]

pub mod adapter;
pub mod assist;
pub mod authority;
pub mod capability;
pub mod check;
pub mod compose;
pub mod context;
pub mod diagnostic;
pub mod difference;
pub mod document;
pub mod edit;
pub mod end;
pub mod file;
mod fit;
pub mod fragment;
pub mod hierarchy;
pub mod history;
pub mod layout;
pub mod library;
pub mod message;
pub mod nv_data;
pub mod packing;
pub mod parameters;
pub mod physical;
pub mod reopen;
pub mod resolve;
pub mod runnable;
mod sheet;
pub mod synthetic;
pub mod topology;
pub mod wac;
mod wire;
