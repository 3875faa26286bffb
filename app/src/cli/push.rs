//! `wireloom push REFERENCE SOURCE`.

use super::{
    outcome::{Outcome, has_errors},
    progress,
};
use crate::{
    export, files,
    remote::{self, Access, RemoteError},
};
use autosar_wit::exchange;
use exporter::oci::Image;
use registry::{Environment, Reference, Transport, Version};
use serde_json::json;
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct PushArguments {
    /// Where it goes: `registry.example/team/name:1.0.0`; without a tag the version that the
    /// source carries
    reference: String,
    /// Component `.wasm`, WIT file or folder, or project (one image a partition)
    source: PathBuf,
    #[command(flatten)]
    access: AccessArguments,
}

/// How registries are reached, for every command that does.
#[derive(Debug, clap::Args)]
pub(super) struct AccessArguments {
    /// Speak to the registry without TLS: what is sent can be read and changed on the way
    #[arg(long)]
    plain_http: bool,
}

impl AccessArguments {
    pub(super) fn access(&self, packages: Option<String>) -> Access {
        Access {
            transport: match self.plain_http {
                true => Transport::Plain,
                false => Transport::Safe,
            },
            environment: Environment::of_process(),
            packages,
        }
    }
}

pub(super) fn push(arguments: &PushArguments) -> Outcome {
    let reference: Reference = match arguments.reference.parse() {
        Ok(reference) => reference,
        Err(error) => return Outcome::failed(error),
    };
    let images = match images(&reference, &arguments.source) {
        Ok(images) => images,
        Err(outcome) => return *outcome,
    };
    let bar = progress::bytes("Pushing");
    let access = arguments.access.access(None);
    let pushed = remote::push(&reference, &images, &access, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
        true
    });
    bar.finish_and_clear();
    let pushed = match pushed {
        Ok(pushed) => pushed,
        Err(error) => return Outcome::failed(error),
    };
    let mut text = String::new();
    for one in &pushed {
        let _ = writeln!(text, "pushed {} ({} bytes)", one.reference, one.size_bytes);
        let _ = writeln!(text, "  {}", one.digest);
    }
    let listed = pushed.iter().map(|one| {
        json!({
            "reference": one.reference,
            "digest": one.digest,
            "size_bytes": one.size_bytes,
        })
    });
    Outcome::fine(json!({ "images": listed.collect::<Vec<_>>() }), text)
}

/// The images of whatever it is, with their tags.
fn images(
    reference: &Reference,
    source: &std::path::Path,
) -> Result<Vec<(String, Image)>, Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let is_wit_file = source.extension().is_some_and(|ending| ending == "wit");
    let is_wit_folder = source.is_dir() && files::project_file(source).is_err();
    if is_wit_file || is_wit_folder {
        let texts = files::read_wit_texts(source).map_err(|error| failed(&error))?;
        let texts: Vec<(&str, &str)> = texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let bytes = exchange::encode(&texts).map_err(|error| failed(&error))?;
        let image = remote::image_of(reference, &bytes).map_err(|error| failed(&error))?;
        return Ok(vec![image]);
    }
    if source.is_dir()
        || source
            .extension()
            .is_some_and(|ending| ending == "wireloom")
    {
        return partitions(reference, source);
    }
    let bytes = files::read_limited(source).map_err(|error| failed(&error))?;
    let image = remote::image_of(reference, &bytes).map_err(|error| failed(&error))?;
    Ok(vec![image])
}

/// One image a partition; with several, each has its place behind the version.
fn partitions(
    reference: &Reference,
    source: &std::path::Path,
) -> Result<Vec<(String, Image)>, Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let project = files::open_project(source).map_err(|error| failed(&error))?;
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    if has_errors(&diagnostics) {
        return Err(Box::new(Outcome::diagnosed(
            &project.document,
            &diagnostics,
        )));
    }
    let version = match &reference.version {
        Version::Tag(tag) => Some(remote::version(tag).map_err(|error| failed(&error))?),
        Version::Open => None,
        Version::Digest(_) => {
            return Err(failed(&RemoteError::PushDigest {
                repository: format!("{}/{}", reference.registry, reference.repository),
            }));
        }
    };
    let project = project.flattened();
    export::images(&project.document, &project.library, version)
        .map_err(|error| Box::new(Outcome::wrong(error)))
}
