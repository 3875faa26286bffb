//! Components and WIT packages in registries: pulled and pushed as OCI images. Brings together the
//! form of images (`exporter::oci`) and the protocol (`registry`). Writes no files, prints nothing,
//! and never holds a credential.

use autosar_wit::read::LARGEST_BYTES;
use exporter::{
    EPOCH,
    oci::{self, Artifact, Image, ImageError, Kind},
};
use registry::{
    Client, Descriptor, Environment, PackageName, Reference, ReferenceError, RegistryError,
    Transport, Version, Watch,
};

/// Why nothing was pulled or pushed.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Export(#[from] exporter::ExportError),
    #[error(
        "`{package}` is a package; name the registry that has it with `--registry`, as in `--registry wasi.dev`"
    )]
    WhichRegistry { package: String },
    #[error("`{reference}` says no version; add one, as in `{reference}:1.0.0`")]
    NoTag { reference: String },
    #[error(
        "the tag `{tag}` is no semantic version, which everything that is pushed has; write one, as in `1.0.0`"
    )]
    TagVersion { tag: String },
    #[error("a push has a tag, not a digest; write `{repository}:1.0.0`")]
    PushDigest { repository: String },
    #[error(
        "`{reference}` is version {tagged}, but the WIT package in it says {own}; correct the tag or the package"
    )]
    OtherVersion {
        reference: String,
        tagged: String,
        own: String,
    },
}

/// How registries are reached.
#[derive(Clone, Default)]
pub struct Access {
    pub transport: Transport,
    pub environment: Environment,
    /// Where packages are looked up that are named `namespace:name@version`.
    pub packages: Option<String>,
}

/// Something that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// Where it was, its tag included.
    pub reference: String,
    /// Of the manifest: `sha256:…`.
    pub digest: String,
    /// A plain file name.
    pub file_name: String,
    pub version: Option<String>,
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

/// Something that has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    pub reference: String,
    /// Of the manifest: `sha256:…`.
    pub digest: String,
    pub size_bytes: usize,
}

/// Fetches a component or WIT package; every byte is held against its digest.
pub fn pull(text: &str, access: &Access, watch: Watch<'_>) -> Result<Pulled, RemoteError> {
    let reference = resolve(text, access)?;
    if reference.version == Version::Open {
        return Err(RemoteError::NoTag {
            reference: reference.to_string(),
        });
    }
    let name = reference.to_string();
    let environment = access.environment.clone();
    let mut client = Client::new(&reference.registry, access.transport, environment)?;
    let (media_type, manifest) = client.manifest(&reference)?;
    let described = oci::described(&name, &media_type, &manifest)?;
    let layer = Descriptor {
        digest: described.layer.digest,
        size_bytes: described.layer.size_bytes,
    };
    let bytes = client.blob(&reference, &layer, LARGEST_BYTES, watch)?;
    let kind = oci::kind(&name, &bytes)?;
    Ok(Pulled {
        digest: registry::digest(&manifest),
        file_name: file_name(described.title.as_deref(), &reference),
        version: described.version,
        reference: name,
        kind,
        bytes,
    })
}

/// A reference, or a package that its registry's metadata leads from.
fn resolve(text: &str, access: &Access) -> Result<Reference, RemoteError> {
    let wrong = match text.parse::<Reference>() {
        Ok(reference) => return Ok(reference),
        Err(wrong) => wrong,
    };
    match (text.parse::<PackageName>(), &access.packages) {
        (Ok(package), Some(registry)) => Ok(package.resolve(registry, access.transport)?),
        (Ok(package), None) => Err(RemoteError::WhichRegistry {
            package: package.to_string(),
        }),
        (Err(_), _) => Err(wrong.into()),
    }
}

/// The title where it is a plain name: it is foreign text, and must lead nowhere.
fn file_name(title: Option<&str>, reference: &Reference) -> String {
    let is_plain = |name: &&str| {
        name.ends_with(".wasm")
            && name.len() <= 128
            && !name.starts_with('.')
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    };
    match title.filter(is_plain) {
        Some(title) => title.to_owned(),
        None => format!("{}.wasm", reference.name()),
    }
}

/// The image of a component, a core module or a WIT package in binary form, and its tag. The tag is
/// that of the reference, or the version that the binary carries.
pub fn image_of(reference: &Reference, bytes: &[u8]) -> Result<(String, Image), RemoteError> {
    let name = reference.name();
    let title = format!("{name}.wasm");
    let tagged = match &reference.version {
        Version::Tag(tag) => Some(version(tag)?),
        Version::Open => None,
        Version::Digest(_) => {
            return Err(RemoteError::PushDigest {
                repository: format!("{}/{}", reference.registry, reference.repository),
            });
        }
    };
    // A component may be released under another version than its crate's; a package is its version.
    let own = oci::package_version(&title, bytes);
    if let (Some(tagged), Some(own)) = (&tagged, own)
        && *tagged != own
    {
        return Err(RemoteError::OtherVersion {
            reference: reference.to_string(),
            tagged: tagged.to_string(),
            own: own.to_string(),
        });
    }
    let about = oci::about(&title, bytes, tagged)?;
    let image = oci::image(&Artifact {
        title: &title,
        name,
        bytes,
        about: &about,
        created: EPOCH,
    })?;
    Ok((about.version.to_string(), image))
}

/// The version that a tag is.
pub fn version(tag: &str) -> Result<semver::Version, RemoteError> {
    semver::Version::parse(tag).map_err(|_| RemoteError::TagVersion {
        tag: tag.to_owned(),
    })
}

/// Brings images to a repository, each under its tag. A tag is set when all of its image is there.
pub fn push(
    reference: &Reference,
    images: &[(String, Image)],
    access: &Access,
    watch: Watch<'_>,
) -> Result<Vec<Pushed>, RemoteError> {
    let environment = access.environment.clone();
    let mut client = Client::new(&reference.registry, access.transport, environment)?;
    let mut pushed = Vec::new();
    for (tag, image) in images {
        let tagged = reference.tagged(tag);
        client.push_blob(&tagged, &image.layer, &mut *watch)?;
        client.push_blob(&tagged, &image.config, &mut |_, _| true)?;
        pushed.push(Pushed {
            digest: client.push_manifest(&tagged, &image.manifest)?,
            reference: tagged.to_string(),
            size_bytes: image.layer.len(),
        });
    }
    Ok(pushed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_leads_elsewhere_is_not_taken() {
        let reference: Reference = "r.example/team/fan:1.0.0".parse().unwrap();
        assert_eq!(
            file_name(Some("blower-2.wasm"), &reference),
            "blower-2.wasm"
        );
        for title in [
            "../x.wasm",
            "/etc/x.wasm",
            ".x.wasm",
            "x",
            "a b.wasm",
            "x\u{0}.wasm",
        ] {
            assert_eq!(file_name(Some(title), &reference), "fan.wasm", "{title}");
        }
        assert_eq!(file_name(None, &reference), "fan.wasm");
    }

    #[test]
    fn a_reference_has_to_say_what_it_means() {
        let access = Access::default();
        let error = |text: &str| {
            pull(text, &access, &mut |_, _| true)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error("r.example/fan"),
            "`r.example/fan` says no version; add one, as in `r.example/fan:1.0.0`"
        );
        assert_eq!(
            error("wasi:clocks@0.2.0"),
            "`wasi:clocks@0.2.0` is a package; name the registry that has it with `--registry`, as in `--registry wasi.dev`"
        );
        assert!(error("fan").starts_with("`fan` names no registry"));
    }

    #[test]
    fn what_is_pushed_has_one_version() {
        let component = b"\0asm\x0d\0\x01\0".as_slice();
        let image = |text: &str| image_of(&text.parse().unwrap(), component);
        assert_eq!(image("r.example/fan:1.2.0").unwrap().0, "1.2.0");
        assert_eq!(
            image("r.example/fan").unwrap_err().to_string(),
            "`fan.wasm` has no version; give one as the tag, as in `registry.example/team/name:1.0.0`"
        );
        assert_eq!(
            image("r.example/fan:latest").unwrap_err().to_string(),
            "the tag `latest` is no semantic version, which everything that is pushed has; write one, as in `1.0.0`"
        );
        let digest = format!("r.example/fan@sha256:{}", "00".repeat(32));
        assert_eq!(
            image(&digest).unwrap_err().to_string(),
            "a push has a tag, not a digest; write `r.example/fan:1.0.0`"
        );
    }

    #[test]
    fn a_tag_that_says_another_version_than_the_package() {
        let bytes =
            autosar_wit::exchange::encode(&[("a.wit", "package acme:heat@1.0.0;\ninterface t {}")])
                .unwrap();
        let error = image_of(&"r.example/acme/heat:2.0.0".parse().unwrap(), &bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`r.example/acme/heat:2.0.0` is version 2.0.0, but the WIT package in it says 1.0.0; correct the tag or the package"
        );
    }
}
