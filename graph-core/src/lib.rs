//! The document, its edits, checks, composition and file format.
//! Knows nothing of the window and of the engine; reads no files.
#![allow(
    missing_docs,
    reason = "fields and cases whose names say it all carry no sentence"
)]

pub mod compose;
pub mod diagnostic;
pub mod document;
pub mod edit;
pub mod end;
pub mod file;
pub mod history;
pub mod library;
