//! WIT texts and encoded WIT packages into our types, by wit-parser.
#![allow(
    clippy::indexing_slicing,
    reason = "arenas of the parsers, indexed by ids that the same parser gave"
)]

mod convert;
mod group;

use super::{ReadError, WitPackage};
use crate::component::ComponentType;
use convert::Converter;
use wit_parser::{PackageId, Resolve};

/// Packages of texts, without those below `deps`.
pub(super) fn texts(files: &[(&str, &str)]) -> Result<Vec<WitPackage>, ReadError> {
    let (resolve, ids) = resolved(files)?;
    Ok(ids.into_iter().map(|id| package(&resolve, id)).collect())
}

/// What the parser makes of texts, and the packages that are meant.
pub(crate) fn resolved(files: &[(&str, &str)]) -> Result<(Resolve, Vec<PackageId>), ReadError> {
    let groups = group::groups(files)?;
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let names: Vec<_> = groups
        .meant
        .iter()
        .map(|group| group.main.name.clone())
        .collect();
    let mut all = groups.meant.into_iter();
    let first = all.next().ok_or(ReadError::NoWit)?;
    let others = all.chain(groups.used).collect();
    resolve
        .push_groups(first, others)
        .map_err(|error| ReadError::Wit {
            message: group::tidy(&error.render(&resolve.source_map)),
        })?;
    let ids = names
        .iter()
        .filter_map(|name| resolve.package_names.get(name).copied())
        .collect();
    Ok((resolve, ids))
}

/// The package in the binary form of WIT.
pub(super) fn encoded(bytes: &[u8], name: &str) -> Result<WitPackage, ReadError> {
    let invalid = |error: String| ReadError::Wit {
        message: format!("`{name}`: {error}"),
    };
    // The decoder asserts where valid bytes are not laid out as its own encoder does it.
    match std::panic::catch_unwind(|| wit_parser::decoding::decode(bytes)) {
        Ok(Ok(decoded)) => Ok(package(decoded.resolve(), decoded.package())),
        Ok(Err(error)) => Err(invalid(format!("{error:#}"))),
        Err(_) => Err(invalid(
            "not laid out as tools write WIT packages".to_owned(),
        )),
    }
}

/// The world of that name (or `package/world`), or the only one.
pub(super) fn select(
    packages: &[WitPackage],
    file: &str,
    wanted: Option<&str>,
) -> Result<ComponentType, ReadError> {
    let name = file.to_owned();
    let mut all = packages.iter().flat_map(|package| {
        let worlds = package.worlds.iter();
        worlds.map(move |world| (package.name.as_str(), world))
    });
    let names = || {
        let worlds = packages.iter().flat_map(|package| &package.worlds);
        worlds.map(|world| world.name.clone()).collect()
    };
    if let Some(wanted) = wanted {
        let fits =
            |package: &str, world: &str| wanted == world || wanted == with_world(package, world);
        let world = all.find(|(package, world)| fits(package, &world.name));
        return match world {
            Some((_, world)) => Ok(world.clone()),
            None => Err(ReadError::NoSuchWorld {
                name,
                world: wanted.to_owned(),
                worlds: names(),
            }),
        };
    }
    match (all.next(), all.next()) {
        (None, _) => Err(ReadError::NoWorld { name }),
        (Some((_, world)), None) => Ok(world.clone()),
        (Some(_), Some(_)) => Err(ReadError::WhichWorld {
            name,
            worlds: names(),
        }),
    }
}

/// `a:b@1.0.0`, `w` → `a:b/w@1.0.0`.
fn with_world(package: &str, world: &str) -> String {
    match package.split_once('@') {
        Some((path, version)) => format!("{path}/{world}@{version}"),
        None => format!("{package}/{world}"),
    }
}

fn package(resolve: &Resolve, id: PackageId) -> WitPackage {
    let package = &resolve.packages[id];
    let mut converter = Converter::new(resolve);
    let interfaces = package
        .interfaces
        .values()
        .map(|id| converter.interface(*id))
        .collect();
    let worlds = package
        .worlds
        .values()
        .map(|id| converter.world(*id))
        .collect();
    WitPackage {
        name: package.name.to_string(),
        docs: convert::docs(&package.docs),
        worlds,
        interfaces,
    }
}
