//! `wireloom keygen -o FILE`: the pair of keys that signs payloads for microcontrollers.

use super::outcome::Outcome;
use crate::files;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct KeygenArguments {
    /// File for the private key, which must not be there yet; the public key goes beside it, with
    /// `.pub` at its end
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn keygen(arguments: &KeygenArguments) -> Outcome {
    let path = &arguments.output;
    let (id, public_path) = match files::make_signing_key(path) {
        Ok(made) => made,
        Err(error) => return Outcome::failed(error),
    };
    let text = format!(
        "key {id}\nprivate key  {}   keep it secret: who has it signs for your devices\npublic key   {}\n",
        path.display(),
        public_path.display()
    );
    let json = json!({ "id": id, "private_key": path, "public_key": public_path });
    Outcome::fine(json, text)
}
