//! Which texts make up which package. As wit-parser's folders, but several packages may share one.

use super::super::ReadError;
use std::collections::BTreeMap;
use wit_parser::{SourceMap, UnresolvedPackageGroup};

/// Brackets of types inside each other; more is refused before the parser recurses into them.
const DEEPEST: usize = 100;

pub(super) struct Groups {
    /// Packages that the user opened.
    pub meant: Vec<UnresolvedPackageGroup>,
    /// Packages below `deps`.
    pub used: Vec<UnresolvedPackageGroup>,
}

pub(super) fn groups(files: &[(&str, &str)]) -> Result<Groups, ReadError> {
    if files.is_empty() {
        return Err(ReadError::NoWit);
    }
    let mut groups = Groups {
        meant: Vec::new(),
        used: Vec::new(),
    };
    for ((folder, _), texts) in by_package(files) {
        let group = parse(&texts)?;
        match folder.split('/').any(|part| part == "deps") {
            true => groups.used.push(group),
            false => groups.meant.push(group),
        }
    }
    if groups.meant.is_empty() {
        groups.meant = std::mem::take(&mut groups.used);
    }
    Ok(groups)
}

type Texts<'a> = Vec<(&'a str, &'a str)>;

/// By folder and declared package; a text without a declaration belongs to the one package of its
/// folder.
fn by_package<'a>(files: &[(&'a str, &'a str)]) -> BTreeMap<(&'a str, String), Texts<'a>> {
    let mut groups: BTreeMap<(&str, String), Texts<'_>> = BTreeMap::new();
    let mut bare = Vec::new();
    for (path, text) in files {
        match declared(text) {
            Some(package) => groups
                .entry((folder(path), package))
                .or_default()
                .push((path, text)),
            None => bare.push((*path, *text)),
        }
    }
    for (path, text) in bare {
        let key = groups.keys().find(|(of, _)| *of == folder(path)).cloned();
        groups
            .entry(key.unwrap_or((folder(path), String::new())))
            .or_default()
            .push((path, text));
    }
    groups
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The package that a text declares in a line of its own.
fn declared(text: &str) -> Option<String> {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("package "))?;
    let package = line.strip_prefix("package ")?.split("//").next()?.trim();
    // `package a:b { … }` is nested and declares nothing for the file.
    package
        .strip_suffix(';')
        .map(|package| package.trim().to_owned())
}

fn parse(texts: &[(&str, &str)]) -> Result<UnresolvedPackageGroup, ReadError> {
    let mut map = SourceMap::default();
    for (path, text) in texts {
        let depth = deepest(text);
        if depth > DEEPEST {
            let message = format!(
                "types in `{path}` are nested {depth} levels deep, {DEEPEST} are allowed; flatten them"
            );
            return Err(ReadError::Wit { message });
        }
        map.push_str(path, *text);
    }
    map.parse().map_err(|(map, error)| ReadError::Wit {
        message: tidy(&error.render(&map)),
    })
}

/// Brackets `<` that are open at once; those of `->` do not count.
fn deepest(text: &str) -> usize {
    let (mut depth, mut most, mut before) = (0_usize, 0, ' ');
    for letter in text.chars() {
        match letter {
            '<' => depth += 1,
            '>' if before != '-' => depth = depth.saturating_sub(1),
            ';' | '{' | '}' => depth = 0,
            _ => {}
        }
        most = most.max(depth);
        before = letter;
    }
    most
}

/// The parser's message on one line: `message (wit/a.wit:3:5)`.
pub(super) fn tidy(rendered: &str) -> String {
    let lines = || rendered.lines().map(str::trim);
    let message: Vec<&str> = lines()
        .take_while(|line| !line.starts_with("-->"))
        .collect();
    let message = message.join(" ").trim().to_owned();
    match lines().find_map(|line| line.strip_prefix("--> ")) {
        Some(place) => format!("{message} ({place})"),
        None => message,
    }
}
