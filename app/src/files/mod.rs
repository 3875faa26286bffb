//! Files: projects with what they refer to, components, saves that cannot be half done.
//! The only part of the studio that reads and writes them. Knows no window.

mod compiled;
mod component;
mod core_module;
mod error;
mod firmware;
mod nv;
mod project;
mod reopen;
mod save;
mod scenarios;
mod settings;

pub use compiled::programs;
pub use component::{
    read_any, read_arxml, read_c_folder, read_component, read_limited, read_shelf, read_wit_texts,
    shelf_folders,
};
pub use core_module::{is_core_module, wrap_core_module};
pub use error::FilesError;
pub use firmware::{make_signing_key, read_firmware, read_signing_key};
pub use nv::{NvError, NvFolder, keep_nv, read_nv};
pub use project::{
    Project, is_same, open_project, project_file, read_bytes, read_description, read_document,
    read_entry, read_library, read_project_text, read_text,
};
pub use reopen::{are_compositions, reopen, write_parts};
pub use save::{
    drop_recovery, layout_path, make_executable, recovery_files, save, save_recovery, write_all,
    write_atomically, write_new, write_secret,
};
pub use scenarios::{ScenarioFile, read_beside, scenario, scenarios};
pub use settings::{keep_settings, read_settings, settings_path};
