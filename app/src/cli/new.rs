//! `wireloom new NAME --world FILE.wit --lang rust|c|c++ [--profile mcu]`.

use super::outcome::Outcome;
use crate::{files, scaffold};
use serde_json::json;
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct NewArguments {
    /// Name of the component and of its folder, in kebab-case
    name: String,
    /// WIT file or folder with the world
    #[arg(long)]
    world: PathBuf,
    /// Language of the sources
    #[arg(long, value_enum, default_value = "rust")]
    lang: Language,
    /// `mcu`: fixed arena, small stack, memory that never grows, so that it fits microcontrollers
    #[arg(long, value_enum, default_value = "default")]
    profile: Profile,
    /// Folder in which the component's folder is made
    #[arg(short, long, default_value = ".")]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Language {
    Rust,
    C,
    #[value(name = "c++", alias = "cpp")]
    Cpp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Profile {
    Default,
    Mcu,
}

impl From<Profile> for scaffold::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Default => scaffold::Profile::Default,
            Profile::Mcu => scaffold::Profile::Mcu,
        }
    }
}

pub(super) fn new(arguments: &NewArguments) -> Outcome {
    let texts = match files::read_wit_texts(&arguments.world) {
        Ok(texts) => texts,
        Err(error) => return Outcome::failed(error),
    };
    let language = match arguments.lang {
        Language::Rust => scaffold::Language::Rust,
        Language::C => scaffold::Language::C,
        Language::Cpp => scaffold::Language::Cpp,
    };
    let profile = arguments.profile.into();
    let contents = match scaffold::files(&arguments.name, &texts, language, profile) {
        Ok(contents) => contents,
        Err(error) => return Outcome::failed(error),
    };
    let folder = arguments.output.join(&arguments.name);
    if folder.exists() {
        return Outcome::failed(format!(
            "`{}` is there already; choose another name",
            folder.display()
        ));
    }
    if let Err(error) = files::write_all(&folder, &contents) {
        return Outcome::failed(error);
    }
    if let Err(error) = files::make_executable(&folder.join("build")) {
        return Outcome::failed(error);
    }
    let mut text = format!("made {}\n", folder.display());
    for name in contents.keys() {
        let _ = writeln!(text, "  {name}");
    }
    let _ = writeln!(text, "build it: {}", folder.join("build").display());
    Outcome::fine(
        json!({ "directory": folder, "files": contents.keys().collect::<Vec<_>>() }),
        text,
    )
}
