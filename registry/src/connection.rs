//! The HTTP side: one agent for a registry, TLS with the system's certificates, what goes wrong in
//! the user's words. Knows nothing of repositories and credentials.

use crate::RegistryError;
use std::{net::IpAddr, sync::Arc, time::Duration};
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};

/// A registry that does not answer for so long is given up.
const CONNECT: Duration = Duration::from_secs(15);
const ANSWER: Duration = Duration::from_secs(120);
const STALL: Duration = Duration::from_secs(60);

/// How a registry is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// TLS; without it on the loopback interface, where nobody listens in.
    #[default]
    Safe,
    /// Without TLS, since the user has asked for it.
    Plain,
}

/// A way to one registry.
pub(crate) struct Connection {
    pub(crate) agent: Agent,
    pub(crate) registry: String,
    /// `https://registry.example`.
    pub(crate) base: String,
    pub(crate) is_plain: bool,
}

impl Connection {
    pub(crate) fn new(registry: &str, transport: Transport) -> Result<Connection, RegistryError> {
        let is_plain = transport == Transport::Plain || is_loopback(registry);
        Connection::over(registry, is_plain)
    }

    fn over(registry: &str, is_plain: bool) -> Result<Connection, RegistryError> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(!is_plain)
            .user_agent(concat!("wireloom/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_per_read(Some(STALL))
            .timeout_per_write(Some(STALL));
        if !is_plain {
            config = config.tls_config(tls(registry)?);
        }
        if is_loopback(registry) {
            config = config.proxy(None);
        }
        let scheme = if is_plain { "http" } else { "https" };
        let host = match registry {
            "docker.io" => "registry-1.docker.io",
            other => other,
        };
        Ok(Connection {
            agent: config.build().new_agent(),
            registry: registry.to_owned(),
            base: format!("{scheme}://{host}"),
            is_plain,
        })
    }

    /// What has gone wrong below the protocol.
    pub(crate) fn error(&self, error: ureq::Error) -> RegistryError {
        let registry = self.registry.clone();
        let unreachable = |reason: String| RegistryError::Unreachable {
            registry: registry.clone(),
            reason,
        };
        let unsafe_connection = |reason: String| RegistryError::Tls {
            registry: registry.clone(),
            reason,
        };
        match error {
            ureq::Error::HostNotFound => unreachable("no such host".to_owned()),
            ureq::Error::ConnectionFailed => unreachable("nobody answers there".to_owned()),
            ureq::Error::Timeout(_) => unreachable("no answer in time".to_owned()),
            ureq::Error::Rustls(error) => unsafe_connection(error.to_string()),
            ureq::Error::Tls(reason) => unsafe_connection(reason.to_owned()),
            ureq::Error::RequireHttpsOnly(_) => {
                unsafe_connection("it leads to an address without TLS".to_owned())
            }
            ureq::Error::Io(error) => match is_tls(&error) {
                true => unsafe_connection(error.to_string()),
                false => unreachable(error.to_string()),
            },
            other => RegistryError::Protocol {
                registry: registry.clone(),
                reason: other.to_string(),
            },
        }
    }
}

fn is_tls(error: &std::io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some())
}

fn tls(registry: &str) -> Result<TlsConfig, RegistryError> {
    let loaded = rustls_native_certs::load_native_certs();
    let certificates: Vec<Certificate<'static>> = loaded
        .certs
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    if certificates.is_empty() {
        return Err(RegistryError::Tls {
            registry: registry.to_owned(),
            reason: "this system has no certificates (Debian's package ca-certificates)".to_owned(),
        });
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(provider)
        .build())
}

/// `localhost`, 127.0.0.0/8 and ::1.
fn is_loopback(registry: &str) -> bool {
    let host = match registry.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => registry,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panic")]
    use super::*;
    use std::{io::Write, net::TcpListener};

    #[test]
    fn only_the_machine_itself_is_spoken_to_without_tls() {
        for registry in [
            "localhost",
            "localhost:5000",
            "127.0.0.1:1",
            "[::1]:5000",
            "127.9.9.9",
        ] {
            assert!(is_loopback(registry), "{registry}");
        }
        for registry in [
            "ghcr.io",
            "localhost.example",
            "10.0.0.1:5000",
            "127.0.0.1.example",
        ] {
            assert!(!is_loopback(registry), "{registry}");
        }
    }

    #[test]
    fn a_registry_without_tls_is_told_from_one_that_is_not_there() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let registry = listener.local_addr().unwrap().to_string();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .unwrap();
        });
        let connection = Connection::over(&registry, false).unwrap();
        let error = connection.agent.get(&connection.base).call().unwrap_err();
        answering.join().unwrap();
        let text = connection.error(error).to_string();
        assert!(
            text.starts_with(&format!("no safe connection to `{registry}`: ")),
            "{text}"
        );
        assert!(
            text.ends_with("and a registry without TLS needs `--plain-http`"),
            "{text}"
        );
    }

    #[test]
    fn an_address_without_tls_is_not_asked_over_a_safe_connection() {
        let connection = Connection::over("r.example", false).unwrap();
        let error = connection
            .agent
            .get("http://r.example/")
            .call()
            .unwrap_err();
        assert!(
            connection
                .error(error)
                .to_string()
                .contains("it leads to an address without TLS")
        );
    }
}
