//! The world of a new component: WIT texts resolved by the parser that the generators of bindings
//! use, packages of Wireloom added where they are used. Knows nothing of languages.

use super::error::ScaffoldError;
use autosar_wit::packages;
use std::collections::BTreeMap;
use wit_bindgen_core::wit_parser::{
    Function, FunctionKind, Resolve, SourceMap, Type, TypeDefKind, UnresolvedPackageGroup, WorldId,
    WorldItem,
};

pub(super) struct World {
    pub(super) resolve: Resolve,
    pub(super) id: WorldId,
    /// The texts by their path in the new project.
    pub(super) texts: BTreeMap<String, String>,
}

pub(super) fn read(name: &str, texts: &[(String, String)]) -> Result<World, ScaffoldError> {
    let texts = placed(texts);
    let (dependencies, main): (Vec<_>, Vec<_>) = texts
        .iter()
        .partition(|(path, _)| path.starts_with("wit/deps/"));
    let main = group(&main)?;
    let mut by_folder: BTreeMap<&str, Vec<(&String, &String)>> = BTreeMap::new();
    for (path, text) in dependencies {
        let rest = path.trim_start_matches("wit/deps/");
        // A file directly in `deps` is a package; else its folder is.
        let key = rest.split_once('/').map_or(rest, |(folder, _)| folder);
        by_folder.entry(key).or_default().push((path, text));
    }
    let dependencies = by_folder
        .values()
        .map(|files| group(files))
        .collect::<Result<_, _>>()?;
    let mut resolve = Resolve::default();
    let package = resolve
        .push_groups(main, dependencies)
        .map_err(|error| ScaffoldError::Wit(format!("{error:#}")))?;
    let worlds = &resolve.packages[package].worlds;
    let id = match (worlds.get(name), worlds.len()) {
        (Some(id), _) => *id,
        (None, 0) => return Err(ScaffoldError::NoWorld),
        (None, 1) => worlds[0],
        (None, _) => {
            return Err(ScaffoldError::SeveralWorlds(
                worlds.keys().cloned().collect(),
            ));
        }
    };
    Ok(World { resolve, id, texts })
}

/// The texts below `wit/`, with what they use of Wireloom's own packages below `wit/deps/`.
fn placed(texts: &[(String, String)]) -> BTreeMap<String, String> {
    let mut placed = BTreeMap::new();
    for (path, text) in texts {
        let path = format!("/{}", path.replace('\\', "/"));
        let place = match path.rsplit_once("/deps/") {
            Some((_, rest)) => format!("wit/deps/{rest}"),
            None => format!("wit/{}", path.rsplit('/').next().unwrap_or_default()),
        };
        placed.insert(place, text.clone());
    }
    // Users before used ones, so that one round is enough.
    for package in packages::ALL.iter().rev() {
        let name = package_name(package.text);
        let is_there = placed.values().any(|text| package_name(text) == name);
        if !is_there
            && placed
                .values()
                .any(|text| text.contains(&format!("{name}/")))
        {
            let file = package.path.rsplit('/').next().unwrap_or(package.path);
            placed.insert(format!("wit/deps/{file}"), package.text.to_owned());
        }
    }
    placed
}

/// `autosar:rte` of `package autosar:rte@0.1.0;`.
fn package_name(text: &str) -> &str {
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("package "));
    line.unwrap_or_default()
        .split(['@', ';', ' '])
        .next()
        .unwrap_or_default()
}

fn group(files: &[(&String, &String)]) -> Result<UnresolvedPackageGroup, ScaffoldError> {
    let mut map = SourceMap::default();
    for (path, text) in files {
        map.push_str(path, text.as_str());
    }
    map.parse()
        .map_err(|(map, error)| ScaffoldError::Wit(error.render(&map)))
}

/// Refuses exports that no stub can be made for.
pub(super) fn refuse_unsupported(world: &World) -> Result<(), ScaffoldError> {
    for function in exported_functions(world) {
        let what = match (&function.kind, function.kind.is_async()) {
            (_, true) => Some("is asynchronous"),
            (FunctionKind::Freestanding, _) => None,
            _ => Some("belongs to a resource that is exported"),
        };
        let of_types = || {
            let types = function
                .params
                .iter()
                .map(|parameter| parameter.ty)
                .chain(function.result);
            types
                .filter_map(|ty| unsupported(&world.resolve, ty))
                .next()
        };
        if let Some(what) = what.or_else(of_types) {
            return Err(ScaffoldError::Unsupported {
                function: function.name.clone(),
                what,
            });
        }
    }
    Ok(())
}

fn exported_functions(world: &World) -> impl Iterator<Item = &Function> {
    world.resolve.worlds[world.id]
        .exports
        .values()
        .flat_map(|item| match item {
            WorldItem::Function(function) => vec![function],
            WorldItem::Interface { id, .. } => {
                world.resolve.interfaces[*id].functions.values().collect()
            }
            WorldItem::Type { .. } => Vec::new(),
        })
}

/// What of a type can not be stubbed.
fn unsupported(resolve: &Resolve, ty: Type) -> Option<&'static str> {
    let inner = |ty: &Type| unsupported(resolve, *ty);
    let Type::Id(id) = ty else {
        return (ty == Type::ErrorContext).then_some("carries an error context");
    };
    match &resolve.types[id].kind {
        TypeDefKind::Stream(_) | TypeDefKind::Future(_) => Some("carries a stream or a future"),
        TypeDefKind::Map(..) => Some("carries a map"),
        TypeDefKind::Handle(_) => Some("carries a resource"),
        TypeDefKind::Type(target) | TypeDefKind::List(target) | TypeDefKind::Option(target) => {
            inner(target)
        }
        TypeDefKind::FixedLengthList(..) => Some("carries a list of fixed length"),
        TypeDefKind::Record(record) => record.fields.iter().find_map(|field| inner(&field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().find_map(inner),
        TypeDefKind::Variant(variant) => variant
            .cases
            .iter()
            .find_map(|case| case.ty.as_ref().and_then(inner)),
        TypeDefKind::Result(result) => [&result.ok, &result.err]
            .into_iter()
            .find_map(|ty| ty.as_ref().and_then(inner)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Vec<(String, String)> {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    fn message(text: &str) -> String {
        let read = read("fan", &texts(&[("/home/x/fan.wit", text)]))
            .and_then(|world| refuse_unsupported(&world));
        read.err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn packages_of_ours_are_added_where_they_are_used() {
        let text =
            "package a:b; world fan { import wasi:i2c/i2c@0.2.0-draft; export run: func(); }";
        let world = read("fan", &texts(&[("some/where/fan.wit", text)])).unwrap();
        assert_eq!(
            world.texts.keys().collect::<Vec<_>>(),
            ["wit/deps/i2c.wit", "wit/fan.wit"]
        );
    }

    #[test]
    fn a_folder_keeps_its_dependencies() {
        let used = "package c:d; interface i { f: func(); }";
        let text = "package a:b; world fan { export c:d/i; }";
        let world = read(
            "fan",
            &texts(&[("w/fan.wit", text), ("w/deps/d/i.wit", used)]),
        )
        .unwrap();
        assert_eq!(
            world.texts.keys().collect::<Vec<_>>(),
            ["wit/deps/d/i.wit", "wit/fan.wit"]
        );
    }

    #[test]
    fn the_world_is_the_only_one_or_the_one_of_that_name() {
        assert_eq!(message("package a:b; world other {}"), "");
        assert_eq!(message("package a:b; world fan {} world other {}"), "");
        assert_eq!(
            message("package a:b; world left {} world right {}"),
            "the WIT has several worlds (left, right); name the component as one of them"
        );
        assert!(message("package a:b; interface i {}").starts_with("there is no world in the WIT"));
    }

    #[test]
    fn broken_wit_names_file_and_line() {
        let message = message("package a:b;\nworld fan { export f: funk(); }");
        assert!(message.contains("wit/fan.wit:2"), "{message}");
    }

    #[test]
    fn what_can_not_be_stubbed_is_refused() {
        let cases = [
            ("export f: async func();", "is asynchronous"),
            (
                "export f: func() -> stream<u8>;",
                "carries a stream or a future",
            ),
            (
                "export i: interface { resource r { m: func(); } }",
                "belongs to a resource that is exported",
            ),
        ];
        for (item, what) in cases {
            let message = message(&format!("package a:b; world fan {{ {item} }}"));
            assert!(message.contains(what), "{item}: {message}");
        }
    }
}
