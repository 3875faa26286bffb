//! The programs that the native path starts: `wasm2c`, and a C compiler for the board. They work in
//! a folder of their own that goes away. Knows nothing of what is translated.

use crate::{Files, program};
use std::{
    ffi::{OsStr, OsString},
    path::Path,
    process::Command,
};

/// Versions of `wasm2c` whose C fits the native runtime's header.
const WASM2C_VERSIONS: &[&str] = &["1.0.32"];
/// A Python with the package `ziglang`, where it is not `python3`.
const PYTHON_VARIABLE: &str = "WIRELOOM_PYTHON";

/// Why a tool did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("`wasm2c` is not installed; install the package `wabt` (Debian: apt-get install wabt)")]
    NoWasm2c,
    #[error(
        "`wasm2c` has version {found}, whose C was not tried with this build; install version {}",
        WASM2C_VERSIONS.join(" or ")
    )]
    Wasm2cVersion { found: String },
    #[error(
        "no C compiler for {core} was found; install `gcc-arm-none-eabi` (Debian) or `ziglang` (pip install ziglang)"
    )]
    NoCompiler { core: &'static str },
    #[error("`{tool}` could not be started: {reason}; check its installation")]
    Start { tool: String, reason: String },
    #[error("`{tool}` refused its input: {message}; this is a bug of the native path")]
    Refused { tool: String, message: String },
    #[error(
        "the image does not fit {board}: {message}; leave components out, shrink their memories, or take a larger board"
    )]
    TooLarge { board: String, message: String },
    #[error(
        "the folder for the build is not usable: {reason}; check the space in the folder for temporary files"
    )]
    Folder { reason: String },
}

/// A C compiler for Cortex-M.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compiler {
    program: OsString,
    /// What stands before the compiler's own arguments.
    before: Vec<OsString>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gcc,
    Zig,
}

impl Compiler {
    /// The first that is there: `arm-none-eabi-gcc`, then `ziglang`.
    pub(crate) fn find() -> Result<Compiler, ToolError> {
        let python = std::env::var_os(PYTHON_VARIABLE).unwrap_or_else(|| "python3".into());
        let zig = ["-m", "ziglang", "cc"].map(OsString::from).to_vec();
        let known = [
            ("arm-none-eabi-gcc".into(), Vec::new(), Kind::Gcc),
            (python, zig, Kind::Zig),
        ];
        for (program, before, kind) in known {
            let compiler = Compiler {
                program,
                before,
                kind,
            };
            if compiler
                .command(["--version"])
                .output()
                .is_ok_and(|output| output.status.success())
            {
                return Ok(compiler);
            }
        }
        Err(ToolError::NoCompiler {
            core: "Arm Cortex-M",
        })
    }

    /// Its name, as a report says it.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Gcc => "arm-none-eabi-gcc",
            Kind::Zig => "zig cc",
        }
    }

    fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = program(&self.program);
        command.args(&self.before).args(arguments);
        command
    }

    /// Arguments that choose the core.
    fn target(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Gcc => &["-mcpu=cortex-m3", "-mthumb"],
            Kind::Zig => &["-target", "thumb-freestanding-eabi", "-mcpu=cortex_m3"],
        }
    }

    /// Compiles one file of the folder to an object beside it.
    pub(crate) fn compile(
        &self,
        folder: &Path,
        source: &str,
        object: &str,
        flags: &[String],
    ) -> Result<(), ToolError> {
        let mut command = self.command(self.target());
        command.args(flags).args(["-c", source, "-o", object]);
        run(self.name(), command.current_dir(folder)).map(|_| ())
    }

    /// Links the objects by a linker script.
    pub(crate) fn link(
        &self,
        folder: &Path,
        board: &str,
        objects: &[String],
        script: &str,
        image: &str,
    ) -> Result<(), ToolError> {
        let mut command = self.command(self.target());
        command.args([
            "-nostartfiles",
            "-Wl,--gc-sections",
            "-Wl,--build-id=none",
            "-L.",
        ]);
        command.args(["-T", script]).args(objects);
        if self.kind == Kind::Gcc {
            command.args(["-nodefaultlibs", "-lgcc"]);
        }
        command.args(["-o", image]);
        run(self.name(), command.current_dir(folder))
            .map(|_| ())
            .map_err(|error| match error {
                ToolError::Refused { message, .. }
                    if message.contains("will not fit") || message.contains("overflowed") =>
                {
                    ToolError::TooLarge {
                        board: board.to_owned(),
                        message,
                    }
                }
                other => other,
            })
    }
}

/// C and header for a module: `<name>.c`, `<name>.h`.
pub(crate) fn wasm2c(
    folder: &Path,
    module: &[u8],
    name: &str,
    prefix: &str,
) -> Result<Files, ToolError> {
    let input = format!("{name}.wasm");
    let output = format!("{name}.c");
    write(&folder.join(&input), module)?;
    let mut command = program("wasm2c");
    command.args(["--enable-multi-memory", "--no-debug-names", "-n", prefix]);
    command.args([&input, "-o", &output]);
    run("wasm2c", command.current_dir(folder))?;
    [output, format!("{name}.h")]
        .into_iter()
        .map(|file| Ok((file.clone(), read(&folder.join(&file))?)))
        .collect()
}

/// Refuses a `wasm2c` that is not there, or of a version whose C has another shape.
pub(crate) fn check_wasm2c() -> Result<(), ToolError> {
    let output = program("wasm2c").arg("--version").output();
    let output = output.map_err(|_| ToolError::NoWasm2c)?;
    let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match WASM2C_VERSIONS.contains(&found.as_str()) {
        true => Ok(()),
        false => Err(ToolError::Wasm2cVersion { found }),
    }
}

fn run(tool: &str, command: &mut Command) -> Result<String, ToolError> {
    let output = command.output().map_err(|error| ToolError::Start {
        tool: tool.to_owned(),
        reason: error.to_string(),
    })?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(ToolError::Refused {
            tool: tool.to_owned(),
            message: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        }),
    }
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), ToolError> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|error| ToolError::Folder {
            reason: error.to_string(),
        })
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ToolError> {
    std::fs::read(path).map_err(|error| ToolError::Folder {
        reason: error.to_string(),
    })
}
