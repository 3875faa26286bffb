//! Manifests and blobs of one registry, there and back. Knows nothing of what they hold.
//!
//! Source: OCI Distribution Specification 1.1, end points 2 to 7.

use crate::{
    Environment, Reference, RegistryError, Transport, Version,
    auth::{authorization, challenge},
    connection::Connection,
    digest,
    error::RegistryError as Error,
};
use std::io::{self, Read};
use ureq::{Agent, Body, SendBody, http::Response};

/// OCI Image Format Specification, "Image Manifest".
pub const MANIFEST_MEDIA_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
const ACCEPTED: &str = "application/vnd.oci.image.manifest.v1+json, \
    application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.list.v2+json";
/// What the specification asks registries to take at least.
const MANIFEST_LIMIT_BYTES: u64 = 4 << 20;
const CHUNK_BYTES: usize = 64 << 10;

/// Hears of bytes that are done and of bytes in all; `false` ends the transfer.
pub type Watch<'a> = &'a mut dyn FnMut(u64, u64) -> bool;

/// Asks an agent, with the value of an `Authorization` header.
type Ask<'a> = &'a mut dyn FnMut(&Agent, Option<&str>) -> Result<Response<Body>, ureq::Error>;

/// A blob, as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    pub digest: String,
    pub size_bytes: u64,
}

/// One registry.
pub struct Client {
    connection: Connection,
    environment: Environment,
    authorization: Option<String>,
}

impl Client {
    /// Speaks to nobody yet.
    pub fn new(
        registry: &str,
        transport: Transport,
        environment: Environment,
    ) -> Result<Client, RegistryError> {
        Ok(Client {
            connection: Connection::new(registry, transport)?,
            environment,
            authorization: None,
        })
    }

    /// Media type and bytes of a manifest, which has the digest that the reference names.
    pub fn manifest(&mut self, reference: &Reference) -> Result<(String, Vec<u8>), RegistryError> {
        let version = match &reference.version {
            Version::Tag(text) | Version::Digest(text) => text.clone(),
            Version::Open => "latest".to_owned(),
        };
        let url = self.url(&reference.repository, &format!("manifests/{version}"));
        let response = self.send(&reference.repository, "pull", &mut |agent, token| {
            with(agent.get(&url).header("Accept", ACCEPTED), token).call()
        })?;
        let response = self.expect(response, 200, reference)?;
        let media_type = header(&response, "content-type").unwrap_or_default();
        let told = header(&response, "docker-content-digest");
        let subject = format!("the manifest of `{reference}`");
        let bytes = self.body(response, &subject, MANIFEST_LIMIT_BYTES, None)?;
        let expected = match &reference.version {
            Version::Digest(digest) => Some(digest.clone()),
            _ => told.filter(|told| told.starts_with("sha256:")),
        };
        check_digest(&subject, expected.as_deref(), &bytes)?;
        let media_type = media_type.split(';').next().unwrap_or_default();
        Ok((media_type.trim().to_owned(), bytes))
    }

    /// A blob of the size and digest that its descriptor has.
    pub fn blob(
        &mut self,
        reference: &Reference,
        descriptor: &Descriptor,
        limit_bytes: u64,
        watch: Watch<'_>,
    ) -> Result<Vec<u8>, RegistryError> {
        let subject = format!("the blob {} of `{reference}`", descriptor.digest);
        if descriptor.size_bytes > limit_bytes {
            return Err(Error::TooLarge {
                subject,
                size_bytes: descriptor.size_bytes,
                limit_bytes,
            });
        }
        let url = self.url(
            &reference.repository,
            &format!("blobs/{}", descriptor.digest),
        );
        let response = self.send(&reference.repository, "pull", &mut |agent, token| {
            with(agent.get(&url), token).call()
        })?;
        let response = self.expect(response, 200, reference)?;
        let size = descriptor.size_bytes;
        let bytes = self.body(response, &subject, size, Some((size, watch)))?;
        check_digest(&subject, Some(&descriptor.digest), &bytes)?;
        Ok(bytes)
    }

    /// Brings a blob there unless it is there already.
    pub fn push_blob(
        &mut self,
        reference: &Reference,
        bytes: &[u8],
        watch: Watch<'_>,
    ) -> Result<(), RegistryError> {
        let repository = &reference.repository;
        let name = digest(bytes);
        let url = self.url(repository, &format!("blobs/{name}"));
        let there = self.send(repository, "push to", &mut |agent, token| {
            with(agent.head(&url), token).call()
        })?;
        if there.status() == 200 {
            return Ok(());
        }
        let url = self.url(repository, "blobs/uploads/");
        let begun = self.send(repository, "push to", &mut |agent, token| {
            with(agent.post(&url), token).send_empty()
        })?;
        let begun = self.expect(begun, 202, reference)?;
        let location = header(&begun, "location").ok_or_else(|| Error::Protocol {
            registry: self.connection.registry.clone(),
            reason: "it does not say where a blob goes".to_owned(),
        })?;
        self.upload(reference, &location, &name, bytes, watch)
    }

    /// Names what was pushed; gives the manifest's digest.
    pub fn push_manifest(
        &mut self,
        reference: &Reference,
        manifest: &[u8],
    ) -> Result<String, RegistryError> {
        let name = digest(manifest);
        let version = match &reference.version {
            Version::Tag(tag) => tag,
            Version::Digest(_) | Version::Open => &name,
        };
        let url = self.url(&reference.repository, &format!("manifests/{version}"));
        let response = self.send(&reference.repository, "push to", &mut |agent, token| {
            with(agent.put(&url), token)
                .content_type(MANIFEST_MEDIA_TYPE)
                .send(manifest)
        })?;
        self.expect(response, 201, reference)?;
        Ok(name)
    }

    fn upload(
        &mut self,
        reference: &Reference,
        location: &str,
        name: &str,
        bytes: &[u8],
        watch: Watch<'_>,
    ) -> Result<(), RegistryError> {
        let base = self.connection.base.clone();
        let address = match location.starts_with("http://") || location.starts_with("https://") {
            true => location.to_owned(),
            false => format!("{base}/{}", location.trim_start_matches('/')),
        };
        // What a registry hands on to a store is no business of the store's.
        let is_own = address.starts_with(&format!("{base}/"));
        let mark = if address.contains('?') { '&' } else { '?' };
        let url = format!("{address}{mark}digest={}", name.replace(':', "%3A"));
        let mut is_cancelled = false;
        let sent = self.send(&reference.repository, "push to", &mut |agent, token| {
            let mut body = Sending {
                left: bytes,
                of: bytes.len() as u64,
                watch: &mut *watch,
                is_cancelled: &mut is_cancelled,
            };
            with(agent.put(&url), token.filter(|_| is_own))
                .content_type("application/octet-stream")
                .header("Content-Length", bytes.len().to_string())
                .send(SendBody::from_reader(&mut body))
        });
        if is_cancelled {
            return Err(Error::Cancelled);
        }
        self.expect(sent?, 201, reference)?;
        Ok(())
    }

    fn url(&self, repository: &str, end: &str) -> String {
        format!("{}/v2/{repository}/{end}", self.connection.base)
    }

    /// Asks; where the registry wants to know who asks, says so and asks again.
    fn send(
        &mut self,
        repository: &str,
        act: &'static str,
        ask: Ask<'_>,
    ) -> Result<Response<Body>, RegistryError> {
        let connection = &self.connection;
        let mut response = ask(&connection.agent, self.authorization.as_deref())
            .map_err(|error| connection.error(error))?;
        if response.status() == 401 {
            let headers = response.headers().get_all("www-authenticate");
            let challenge = challenge(headers.iter().filter_map(|value| value.to_str().ok()));
            let challenge = challenge.ok_or_else(|| Error::Protocol {
                registry: connection.registry.clone(),
                reason: "it asks for credentials in a way that is not known here".to_owned(),
            })?;
            let found = self.environment.credential(&connection.registry)?;
            let header = authorization(connection, &challenge, found.as_ref(), repository)?;
            response =
                ask(&connection.agent, Some(&header)).map_err(|error| connection.error(error))?;
            self.authorization = Some(header);
            if response.status() == 401 {
                let registry = connection.registry.clone();
                return Err(match found {
                    Some(found) => Error::Refused {
                        registry,
                        source_name: found.source_name,
                    },
                    None => Error::Unauthorised {
                        registry,
                        repository: repository.to_owned(),
                    },
                });
            }
        }
        match response.status().as_u16() {
            403 => Err(Error::Forbidden {
                registry: connection.registry.clone(),
                repository: repository.to_owned(),
                act,
            }),
            _ => Ok(response),
        }
    }

    fn expect(
        &self,
        response: Response<Body>,
        status: u16,
        reference: &Reference,
    ) -> Result<Response<Body>, RegistryError> {
        let actual = response.status().as_u16();
        if actual == status {
            return Ok(response);
        }
        let registry = self.connection.registry.clone();
        let answer = answer(response);
        Err(match actual {
            404 => Error::NotFound {
                reference: reference.to_string(),
                registry,
                answer,
            },
            _ => Error::Status {
                registry,
                act: format!("for `{reference}`"),
                status: actual,
                answer,
            },
        })
    }

    /// Reads a body up to a limit; where its size is known, it has that size.
    fn body(
        &self,
        response: Response<Body>,
        subject: &str,
        limit_bytes: u64,
        mut known: Option<(u64, Watch<'_>)>,
    ) -> Result<Vec<u8>, RegistryError> {
        let too_large = |size_bytes| Error::TooLarge {
            subject: subject.to_owned(),
            size_bytes,
            limit_bytes,
        };
        let body = response.into_body();
        if let Some(length) = body.content_length().filter(|length| *length > limit_bytes) {
            return Err(too_large(length));
        }
        let mut reader = body.into_with_config().limit(u64::MAX).reader();
        let mut bytes = Vec::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => match &known {
                    Some((size, _)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                        return Err(short(subject, bytes.len(), *size));
                    }
                    _ => return Err(self.connection.error(ureq::Error::Io(error))),
                },
            };
            bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
            let done = bytes.len() as u64;
            if done > limit_bytes {
                return Err(too_large(done));
            }
            if let Some((size, watch)) = &mut known
                && !watch(done, *size)
            {
                return Err(Error::Cancelled);
            }
        }
        match known {
            Some((size, _)) if size != bytes.len() as u64 => Err(short(subject, bytes.len(), size)),
            _ => Ok(bytes),
        }
    }
}

fn short(subject: &str, actual: usize, expected_bytes: u64) -> RegistryError {
    Error::Short {
        subject: subject.to_owned(),
        actual_bytes: actual as u64,
        expected_bytes,
    }
}

fn check_digest(subject: &str, expected: Option<&str>, bytes: &[u8]) -> Result<(), RegistryError> {
    let actual = digest(bytes);
    match expected {
        Some(expected) if expected != actual => Err(Error::DigestMismatch {
            subject: subject.to_owned(),
            expected: expected.to_owned(),
            actual,
        }),
        _ => Ok(()),
    }
}

fn with<B>(
    request: ureq::RequestBuilder<B>,
    authorization: Option<&str>,
) -> ureq::RequestBuilder<B> {
    match authorization {
        Some(value) => request.header("Authorization", value),
        None => request,
    }
}

fn header(response: &Response<Body>, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(value.to_str().ok()?.to_owned())
}

/// What a registry says of an error, in one line: foreign text is kept short and plain.
fn answer(response: Response<Body>) -> String {
    let read = response
        .into_body()
        .into_with_config()
        .limit(CHUNK_BYTES as u64)
        .read_to_vec();
    let value: serde_json::Value =
        serde_json::from_slice(&read.unwrap_or_default()).unwrap_or_default();
    let errors = value.get("errors").and_then(|errors| errors.as_array());
    let messages: Vec<&str> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| error.get("message")?.as_str())
        .collect();
    let text: String = messages
        .join("; ")
        .chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    match text.is_empty() {
        true => "nothing more".to_owned(),
        false => text,
    }
}

/// A body that says how far it is.
struct Sending<'a, 'w> {
    left: &'a [u8],
    of: u64,
    watch: &'a mut (dyn FnMut(u64, u64) -> bool + 'w),
    is_cancelled: &'a mut bool,
}

impl Read for Sending<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = into.len().min(CHUNK_BYTES);
        let read = self.left.read(into.get_mut(..length).unwrap_or_default())?;
        if !(self.watch)(self.of - self.left.len() as u64, self.of) {
            *self.is_cancelled = true;
            return Err(io::Error::other("cancelled"));
        }
        Ok(read)
    }
}
