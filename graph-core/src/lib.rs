//! The document, its edits, checks, composition and file format.
//! Knows nothing of the window and of the engine; reads no files.

pub mod compose;
pub mod diagnostic;
pub mod document;
pub mod edit;
pub mod library;
