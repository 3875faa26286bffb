//! Documents in the language of wac as projects: instances and the connectors between whole ports.
//! What such a document can say and a project cannot is refused with its line. Opens no files.
//! The other way is `compose::documents`.

mod error;
mod project;
mod read;

pub use error::{Fault, WacError};
pub use project::{Package, project};
pub use read::{Composition, Link, Made, read};
