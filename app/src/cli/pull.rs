//! `wireloom pull REFERENCE -o FILE`.

use super::{outcome::Outcome, progress, push::AccessArguments};
use crate::{
    files,
    remote::{self, Pulled},
};
use autosar_wit::exchange;
use exporter::oci::Kind;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct PullArguments {
    /// What to fetch: `registry.example/team/name:1.0.0`, `…@sha256:…`, or with `--registry` a
    /// package `namespace:name@1.0.0`
    reference: String,
    /// File, or folder (there already, or with `/` at its end) for a file of its own name; a WIT
    /// package becomes text in a file that ends in `.wit`
    #[arg(short, long)]
    output: PathBuf,
    /// Registry whose `.well-known/wasm-pkg/registry.json` says where its packages are
    #[arg(long, value_name = "HOST")]
    registry: Option<String>,
    #[command(flatten)]
    access: AccessArguments,
}

pub(super) fn pull(arguments: &PullArguments) -> Outcome {
    let bar = progress::bytes("Pulling");
    let access = arguments.access.access(arguments.registry.clone());
    let pulled = remote::pull(&arguments.reference, &access, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
        true
    });
    bar.finish_and_clear();
    match pulled {
        Ok(pulled) => write(&arguments.output, &pulled),
        Err(error) => Outcome::failed(error),
    }
}

fn write(output: &Path, pulled: &Pulled) -> Outcome {
    let is_folder = output.is_dir() || output.to_string_lossy().ends_with('/');
    let path = match is_folder {
        true => output.join(&pulled.file_name),
        false => output.to_path_buf(),
    };
    let is_text = path.extension().is_some_and(|ending| ending == "wit");
    let bytes = match (is_text, pulled.kind) {
        (false, _) => pulled.bytes.clone(),
        (true, Kind::Package) => match exchange::text(&pulled.bytes, &pulled.reference) {
            Ok(text) => text.into_bytes(),
            Err(error) => return Outcome::failed(error),
        },
        (true, Kind::Component) => {
            return Outcome::failed(format!(
                "`{}` is a component, not a WIT package; write it to a file that ends in `.wasm`",
                pulled.reference
            ));
        }
    };
    if let Err(error) = files::write_atomically(&path, &bytes) {
        return Outcome::failed(error);
    }
    let kind = match pulled.kind {
        Kind::Component => "component",
        Kind::Package => "wit-package",
    };
    Outcome::fine(
        json!({
            "reference": pulled.reference,
            "digest": pulled.digest,
            "kind": kind,
            "version": pulled.version,
            "file": path,
            "size_bytes": bytes.len(),
        }),
        format!(
            "pulled {} ({} bytes)\n  {}\n",
            path.display(),
            bytes.len(),
            pulled.digest
        ),
    )
}
