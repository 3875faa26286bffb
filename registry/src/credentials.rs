//! Credentials, as the tools of registries keep them: the environment, docker's and podman's files,
//! their credential helpers. They are read when they are asked for and written nowhere.
//! Knows no network.

use crate::RegistryError;
use base64::{Engine, engine::general_purpose::STANDARD};
use docker_credential::{CredentialRetrievalError, DockerCredential};
use std::{collections::BTreeMap, fmt, fs::File, io::BufReader, path::PathBuf};

/// Docker's name for the registry that has none.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// Who asks. Its debug text hides it.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    Password {
        user: String,
        password: String,
    },
    /// A refresh token, which is changed for an access token.
    IdentityToken(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("Credential(hidden)")
    }
}

impl Credential {
    /// Value of an `Authorization` header; `None`: it is no password.
    pub(crate) fn basic(&self) -> Option<String> {
        match self {
            Credential::Password { user, password } => Some(format!(
                "Basic {}",
                STANDARD.encode(format!("{user}:{password}"))
            )),
            Credential::IdentityToken(_) => None,
        }
    }
}

/// A credential and where it comes from, for messages.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) credential: Credential,
    pub(crate) source_name: String,
}

/// The environment variables that lead to credentials.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<&'static str, String>,
}

/// For one registry only, so that no other one gets to see them.
const REGISTRY: &str = "WIRELOOM_REGISTRY";
const USER: &str = "WIRELOOM_REGISTRY_USER";
const PASSWORD: &str = "WIRELOOM_REGISTRY_PASSWORD";
const NAMES: [&str; 7] = [
    REGISTRY,
    USER,
    PASSWORD,
    "REGISTRY_AUTH_FILE",
    "DOCKER_CONFIG",
    "HOME",
    "XDG_RUNTIME_DIR",
];

impl Environment {
    /// That of this process.
    pub fn of_process() -> Environment {
        let known = NAMES.into_iter();
        Environment {
            variables: known
                .filter_map(|name| Some((name, std::env::var(name).ok()?)))
                .collect(),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?;
        (!value.is_empty()).then_some(value)
    }

    /// Files that may hold credentials, the first that knows the registry counts.
    fn files(&self) -> Vec<PathBuf> {
        if let Some(file) = self.get("REGISTRY_AUTH_FILE") {
            return vec![PathBuf::from(file)];
        }
        let docker = match (self.get("DOCKER_CONFIG"), self.get("HOME")) {
            (Some(folder), _) => Some(PathBuf::from(folder).join("config.json")),
            (None, Some(home)) => Some(PathBuf::from(home).join(".docker/config.json")),
            (None, None) => None,
        };
        let podman = self
            .get("XDG_RUNTIME_DIR")
            .map(|folder| PathBuf::from(folder).join("containers/auth.json"));
        docker.into_iter().chain(podman).collect()
    }

    /// The credential of a registry, if there is one.
    pub(crate) fn credential(&self, registry: &str) -> Result<Option<Found>, RegistryError> {
        if let (Some(known), Some(user), Some(password)) =
            (self.get(REGISTRY), self.get(USER), self.get(PASSWORD))
            && known == registry
        {
            return Ok(Some(Found {
                credential: Credential::Password {
                    user: user.to_owned(),
                    password: password.to_owned(),
                },
                source_name: format!("the environment ({USER}, {PASSWORD})"),
            }));
        }
        for path in self.files().into_iter().filter(|path| path.is_file()) {
            if let Some(found) = in_file(&path, registry)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn in_file(path: &std::path::Path, registry: &str) -> Result<Option<Found>, RegistryError> {
    let key = match registry {
        "docker.io" | "registry-1.docker.io" => DOCKER_HUB,
        other => other,
    };
    let source_name = format!("`{}`", path.display());
    let failed = |reason: String| RegistryError::Credentials {
        registry: registry.to_owned(),
        source_name: source_name.clone(),
        reason,
    };
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    match docker_credential::get_credential_from_reader(BufReader::new(file), key) {
        Ok(DockerCredential::UsernamePassword(user, password)) => Ok(Some(Found {
            credential: Credential::Password { user, password },
            source_name,
        })),
        Ok(DockerCredential::IdentityToken(token)) => Ok(Some(Found {
            credential: Credential::IdentityToken(token),
            source_name,
        })),
        Err(CredentialRetrievalError::NoCredentialConfigured) => Ok(None),
        // Helpers answer a registry that they do not know with a failure and these words.
        Err(CredentialRetrievalError::HelperFailure { stdout, stderr, .. })
            if format!("{stdout}{stderr}").contains("credentials not found") =>
        {
            Ok(None)
        }
        Err(error) => Err(failed(reason(&error).to_owned())),
    }
}

/// In our words: those of the crate may hold what a helper has printed.
fn reason(error: &CredentialRetrievalError) -> &'static str {
    match error {
        CredentialRetrievalError::HelperCommunicationError => {
            "the credential helper that it names could not be run; install it, or log in again"
        }
        CredentialRetrievalError::MalformedHelperResponse => {
            "the credential helper that it names did not answer with a credential"
        }
        CredentialRetrievalError::HelperFailure { .. } => {
            "the credential helper that it names failed; run it by hand to see why"
        }
        CredentialRetrievalError::CredentialDecodingError => {
            "the entry `auth` is not the base64 text of `user:password`; log in again"
        }
        CredentialRetrievalError::CredentialMismatchError => {
            "`auth` says other things than `username` and `password`; log in again"
        }
        _ => "it is not the JSON that docker and podman write; log in again",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panic")]
    use super::*;

    fn environment(variables: &[(&'static str, &str)]) -> Environment {
        Environment {
            variables: variables
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

    fn with_file(text: &str) -> (tempfile::TempDir, Environment) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), text).unwrap();
        let variables = [("DOCKER_CONFIG", folder.path().to_str().unwrap())];
        let environment = environment(&variables);
        (folder, environment)
    }

    #[test]
    fn those_of_the_environment_are_for_one_registry_only() {
        let environment = environment(&[
            (REGISTRY, "one.example"),
            (USER, "anna"),
            (PASSWORD, "geheim"),
        ]);
        let found = environment.credential("one.example").unwrap().unwrap();
        assert_eq!(found.credential.basic().unwrap(), "Basic YW5uYTpnZWhlaW0=");
        assert!(environment.credential("two.example").unwrap().is_none());
    }

    #[test]
    fn dockers_file_is_read() {
        let (_folder, environment) = with_file(
            r#"{"auths": {"one.example:5000": {"auth": "YW5uYTpnZWhlaW0="}, "t.example": {"identitytoken": "abc"}}}"#,
        );
        let found = environment.credential("one.example:5000").unwrap().unwrap();
        assert_eq!(
            found.credential,
            Credential::Password {
                user: "anna".to_owned(),
                password: "geheim".to_owned()
            }
        );
        let token = environment.credential("t.example").unwrap().unwrap();
        assert_eq!(
            token.credential,
            Credential::IdentityToken("abc".to_owned())
        );
        assert!(token.credential.basic().is_none());
        assert!(environment.credential("two.example").unwrap().is_none());
    }

    #[test]
    fn a_file_that_is_broken_is_named() {
        for (text, reason) in [
            (
                "no json",
                "it is not the JSON that docker and podman write; log in again",
            ),
            (
                r#"{"auths": {"one.example": {"auth": "%"}}}"#,
                "the entry `auth` is not the base64 text of `user:password`; log in again",
            ),
            (
                r#"{"credsStore": "not-there-at-all"}"#,
                "the credential helper that it names could not be run; install it, or log in again",
            ),
        ] {
            let (folder, environment) = with_file(text);
            let error = environment.credential("one.example").unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "the credentials of `one.example` cannot be read from `{}`: {reason}",
                    folder.path().join("config.json").display()
                )
            );
        }
    }

    #[test]
    fn debug_text_holds_no_secret() {
        let environment = environment(&[
            (REGISTRY, "r.example"),
            (USER, "anna"),
            (PASSWORD, "geheim"),
        ]);
        let found = environment.credential("r.example").unwrap().unwrap();
        assert!(!format!("{found:?}").contains("geheim"));
    }
}
