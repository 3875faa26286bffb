//! What can go wrong between here and a registry, in the user's words. No message holds a credential.

/// Why a pull or a push was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    #[error(
        "`{registry}` cannot be reached: {reason}; check the name, the network, and HTTPS_PROXY where there is a proxy"
    )]
    Unreachable { registry: String, reason: String },
    #[error(
        "no safe connection to `{registry}`: {reason}; a certificate of your own goes into the system's store or SSL_CERT_FILE, and a registry without TLS needs `--plain-http`"
    )]
    Tls { registry: String, reason: String },
    #[error(
        "`{registry}` wants to be asked as somebody for `{repository}`; log in with `docker login {registry}` (or podman, skopeo, oras), or set WIRELOOM_REGISTRY, WIRELOOM_REGISTRY_USER and WIRELOOM_REGISTRY_PASSWORD"
    )]
    Unauthorised {
        registry: String,
        repository: String,
    },
    #[error(
        "`{registry}` does not take the credentials that {source_name} has for it; log in again with `docker login {registry}`, or correct them there"
    )]
    Refused {
        registry: String,
        source_name: String,
    },
    #[error(
        "`{registry}` does not let you {act} `{repository}`; ask its owner for the right to, or correct the name"
    )]
    Forbidden {
        registry: String,
        repository: String,
        act: &'static str,
    },
    #[error(
        "`{reference}` is not there; check the name and the tag, `{registry}` answered: {answer}"
    )]
    NotFound {
        reference: String,
        registry: String,
        answer: String,
    },
    #[error(
        "what came for {subject} has the digest {actual}, not {expected}: it was changed on the way or in the registry; nothing was kept"
    )]
    DigestMismatch {
        subject: String,
        expected: String,
        actual: String,
    },
    #[error("{subject} has {size_bytes} bytes; more than {limit_bytes} are not taken")]
    TooLarge {
        subject: String,
        size_bytes: u64,
        limit_bytes: u64,
    },
    #[error(
        "{subject} ended after {actual_bytes} of {expected_bytes} bytes; the connection broke, try again"
    )]
    Short {
        subject: String,
        actual_bytes: u64,
        expected_bytes: u64,
    },
    #[error(
        "`{registry}` answered {act} with status {status}: {answer}; try again, or ask its owner"
    )]
    Status {
        registry: String,
        act: String,
        status: u16,
        answer: String,
    },
    #[error(
        "`{registry}` does not speak the protocol of OCI registries: {reason}; check that this is the registry's host"
    )]
    Protocol { registry: String, reason: String },
    #[error("the credentials of `{registry}` cannot be read from {source_name}: {reason}")]
    Credentials {
        registry: String,
        source_name: String,
        reason: String,
    },
    #[error("`{text}` is no package name; write `namespace:name@1.0.0`")]
    PackageName { text: String },
    #[error(
        "`{registry}` does not say where its packages are: `{address}` {reason}; use the reference of an OCI registry instead"
    )]
    NoPackages {
        registry: String,
        address: String,
        reason: String,
    },
    #[error("cancelled")]
    Cancelled,
}
