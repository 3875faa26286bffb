//! The list of guests as it stands in `guests.toml`. Knows nothing of how they are built.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    license: String,
    guest: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    sample: String,
    world: String,
    language: Language,
    stack_bytes: u32,
    #[serde(default)]
    heap: Heap,
    description: String,
    #[serde(default)]
    glue: bool,
}

/// Where a guest allocates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Heap {
    /// In an arena of its own: its memory is fixed.
    #[default]
    Arena,
    /// In a memory that grows: for hosts with concurrency, which no microcontroller is.
    Growing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Language {
    #[serde(rename = "c")]
    C,
    #[serde(rename = "c++")]
    Cxx,
    #[serde(rename = "rust")]
    Rust,
}

/// One component to build.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    /// Of the component, its folder and (Rust) its package.
    pub(crate) name: String,
    /// Folder under `samples/`.
    pub(crate) sample: String,
    pub(crate) world: String,
    pub(crate) language: Language,
    pub(crate) stack_bytes: u32,
    pub(crate) heap: Heap,
    pub(crate) description: String,
    /// Put into partitions by composition and offered to nobody.
    pub(crate) glue: bool,
    pub(crate) version: String,
    pub(crate) license: String,
}

#[derive(Debug)]
pub(crate) struct List {
    pub(crate) guests: Vec<Guest>,
}

pub(crate) fn read(path: &Path) -> Result<List> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    parse(&text).with_context(|| format!("`{}` is not a list of guests", path.display()))
}

fn parse(text: &str) -> Result<List> {
    let file: File = toml::from_str(text)?;
    if let Some(pair) = file
        .guest
        .windows(2)
        .find(|pair| pair[0].name >= pair[1].name)
    {
        bail!(
            "guests are sorted by name, but `{}` stands before `{}`",
            pair[0].name,
            pair[1].name
        );
    }
    let guest = |entry: Entry| Guest {
        name: entry.name,
        sample: entry.sample,
        world: entry.world,
        language: entry.language,
        stack_bytes: entry.stack_bytes,
        heap: entry.heap,
        description: entry.description,
        glue: entry.glue,
        version: file.version.clone(),
        license: file.license.clone(),
    };
    Ok(List {
        guests: file.guest.into_iter().map(guest).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "version = \"1.0.0\"\nlicense = \"MIT\"\n";

    fn entry(name: &str) -> String {
        format!(
            "[[guest]]\nname = \"{name}\"\nsample = \"s\"\nworld = \"w\"\nlanguage = \"c++\"\n\
             stack_bytes = 1024\ndescription = \"d\"\n"
        )
    }

    #[test]
    fn reads_a_sorted_list() {
        let list = parse(&format!("{HEAD}{}{}", entry("a"), entry("b"))).unwrap();
        assert_eq!(list.guests.len(), 2);
        assert_eq!(list.guests[1].language, Language::Cxx);
        assert_eq!(list.guests[1].version, "1.0.0");
    }

    #[test]
    fn refuses_disorder_duplicates_and_unknown_fields() {
        for (second, first) in [("a", "b"), ("a", "a")] {
            let message = parse(&format!("{HEAD}{}{}", entry(first), entry(second)))
                .unwrap_err()
                .to_string();
            assert!(message.contains("sorted by name"), "{message}");
        }
        let message = parse(&format!("{HEAD}{}colour = 1\n", entry("a")))
            .unwrap_err()
            .to_string();
        assert!(message.contains("colour"), "{message}");
        let message = parse(&format!("{HEAD}{}", entry("a").replace("c++", "cobol")))
            .unwrap_err()
            .to_string();
        assert!(message.contains("cobol"), "{message}");
    }
}
