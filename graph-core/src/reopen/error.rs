//! Why a file is no project again, with what to do.

use crate::file::FileError;
use autosar_wit::read::ReadError;

/// A composition could not be opened as a project.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    #[error(transparent)]
    Read(Box<ReadError>),
    #[error("`{file}` cannot be read: {reason}; build it again")]
    Damaged { file: String, reason: String },
    #[error(
        "`{file}` was made by {maker}; it has no parts that can be edited: drag it in as one component"
    )]
    Leaf { file: String, maker: String },
    #[error(
        "a part of `{file}` takes types from around it and is no component by itself; drag `{file}` in as one component"
    )]
    Lonely { file: String },
    #[error(
        "`{file}` was composed with its parts left outside: component `{part}` is imported; compose it with its parts in it (without `--import-dependencies`)"
    )]
    Outside { file: String, part: String },
    #[error(
        "`{file}`: import `{import}` of `{part}` is not taken from one port of another part, and a connector joins whole ports; drag `{file}` in as one component"
    )]
    NoPort {
        file: String,
        part: String,
        import: String,
    },
    #[error(
        "`{file}`: `{provider}` serves `{port}` to `{requirer}`, and in a project that comes from the host; drag `{file}` in as one component"
    )]
    Platform {
        file: String,
        provider: String,
        port: String,
        requirer: String,
    },
    #[error("`{file}`: {reason}")]
    Graph { file: String, reason: String },
    #[error(
        "the section `wireloom:project` of `{file}` cannot be read: {reason}; compose it again from its project"
    )]
    Section { file: String, reason: String },
    #[error(
        "`{file}` was composed by a newer Wireloom (section `wireloom:project` of format {format}, known is 1); open it with that"
    )]
    Format { file: String, format: u32 },
    #[error("`{file}` does not say of which project it is a part; open it by itself")]
    Alone { file: String },
    #[error(
        "`{first}` is a part of project `{first_project}` and `{second}` of `{second_project}`; open them one by one"
    )]
    Projects {
        first: String,
        first_project: String,
        second: String,
        second_project: String,
    },
    #[error("instance `{instance}` is in `{first}` and in `{second}`; open one of them")]
    Twice {
        instance: String,
        first: String,
        second: String,
    },
    #[error(
        "{what} differs between `{file}` and the files before it: they come from different versions of the project; compose it again and open the new files"
    )]
    Differ { what: String, file: String },
    #[error(transparent)]
    Project(Box<FileError>),
}

impl From<ReadError> for ReopenError {
    fn from(source: ReadError) -> ReopenError {
        ReopenError::Read(Box::new(source))
    }
}

impl From<FileError> for ReopenError {
    fn from(source: FileError) -> ReopenError {
        ReopenError::Project(Box::new(source))
    }
}
