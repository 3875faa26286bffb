//! Why a product cannot be exported.

/// What is wrong with the input of an export, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    #[error("system `{system}` has no partition; deploy an instance, then compose again")]
    Empty { system: String },
    #[error("`{file}` is not a plain file name; rename the ECU or the partition")]
    FileName { file: String },
    #[error("two partitions have the file `{file}`; rename one of them")]
    Twice { file: String },
    #[error("the system does not name partition file `{file}`; compose the project again")]
    NotInSystem { file: String },
    #[error(
        "partition file `{file}` is not the one that the system describes; compose the project again"
    )]
    Stale { file: String },
    #[error("the system names `{file}`, which was not composed; compose the project again")]
    Absent { file: String },
    #[error("`{file}` is not WebAssembly; compose the project again")]
    NotWasm { file: String },
    #[error("`{file}` is not readable as WebAssembly: {reason}; compose the project again")]
    Unreadable { file: String, reason: String },
    #[error(
        "version `{version}` has build metadata, which no tag can carry; leave out what follows the `+`"
    )]
    BuildMetadata { version: String },
    #[error(
        "`{file}` has no version; give one as the tag, as in `registry.example/team/name:1.0.0`"
    )]
    NoVersion { file: String },
    #[error(
        "`{file}` does not go into an archive: {reason}; shorten the names of ECU and partition"
    )]
    Archive { file: String, reason: String },
    #[error(
        "pin `{pin}` goes both ways, which a line of a Linux ECU does not; make it an input or an output"
    )]
    BothWays { pin: String },
    #[error("two partitions have the tag `{tag}`; rename one of them")]
    TagTwice { tag: String },
}
