//! `wireloom keygen -o FILE`: the pair of keys that signs payloads for microcontrollers.

use super::outcome::Outcome;
use crate::files;
use payload::SigningKey;
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
    if path.exists() {
        let path = path.display();
        return Outcome::failed(format!(
            "`{path}` is there already, and a key that signs for devices must not get lost; choose another file"
        ));
    }
    let mut seed = [0; 32];
    if let Err(error) = getrandom::fill(&mut seed) {
        return Outcome::failed(format!("the system gives no random numbers: {error}"));
    }
    let key = match SigningKey::from_seed(seed) {
        Ok(key) => key,
        Err(error) => return Outcome::failed(error),
    };
    let mut public_path = path.clone().into_os_string();
    public_path.push(".pub");
    let public_path = PathBuf::from(public_path);
    let written = files::write_secret(path, key.to_pem().as_bytes())
        .and_then(|()| files::write_atomically(&public_path, key.public().to_pem().as_bytes()));
    if let Err(error) = written {
        return Outcome::failed(error);
    }
    let id = key.public().id().to_string();
    let text = format!(
        "key {id}\nprivate key  {}   keep it secret: who has it signs for your devices\npublic key   {}\n",
        path.display(),
        public_path.display()
    );
    let json = json!({ "id": id, "private_key": path, "public_key": public_path });
    Outcome::fine(json, text)
}
