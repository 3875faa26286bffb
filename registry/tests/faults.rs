//! Registries that do wrong, are not there, or want to know who asks: every error with its words.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod common;

use common::{Answer, Request, Server, answer, serve};
use registry::{
    Client, Descriptor, Environment, MANIFEST_MEDIA_TYPE, PackageName, Reference, RegistryError,
    Transport, digest,
};
use std::net::TcpListener;

fn client(server: &Server) -> Client {
    Client::new(&server.address, Transport::Safe, Environment::default()).unwrap()
}

fn reference(server: &Server, end: &str) -> Reference {
    format!("{}/team/fan{end}", server.address).parse().unwrap()
}

fn manifest(headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut all = vec![("Content-Type", MANIFEST_MEDIA_TYPE)];
    all.extend_from_slice(headers);
    answer("200 OK", &all, body)
}

/// The error of pulling the manifest of a server that answers so.
fn pulled(answers: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> (Server, RegistryError) {
    let server = serve(answers);
    let error = client(&server)
        .manifest(&reference(&server, ":1.0.0"))
        .unwrap_err();
    (server, error)
}

/// The error of pulling a blob that is said to be `expected` and comes as `body`.
fn blob(expected: &[u8], limit_bytes: u64, body: &'static [u8]) -> (Server, RegistryError) {
    let server = serve(move |_| answer("200 OK", &[], body));
    let descriptor = Descriptor {
        digest: digest(expected),
        size_bytes: expected.len() as u64,
    };
    let error = client(&server)
        .blob(
            &reference(&server, ":1.0.0"),
            &descriptor,
            limit_bytes,
            &mut |_, _| true,
        )
        .unwrap_err();
    (server, error)
}

#[test]
fn a_manifest_that_is_not_what_its_digest_says() {
    let told = digest(b"other");
    let header = told.clone();
    let (server, error) = pulled(move |_| manifest(&[("Docker-Content-Digest", &header)], b"{}"));
    assert_eq!(
        error.to_string(),
        format!(
            "what came for the manifest of `{}/team/fan:1.0.0` has the digest {}, not {told}: it was changed on the way or in the registry; nothing was kept",
            server.address,
            digest(b"{}")
        )
    );
    let server = serve(|_| manifest(&[], b"{}"));
    let by_digest = reference(&server, &format!("@{told}"));
    let error = client(&server).manifest(&by_digest).unwrap_err();
    assert!(matches!(error, RegistryError::DigestMismatch { expected, .. } if expected == told));
}

#[test]
fn a_blob_that_was_changed_cut_or_blown_up() {
    let (_, error) = blob(b"good", 100, b"evil");
    assert!(
        matches!(error, RegistryError::DigestMismatch { .. }),
        "{error}"
    );
    let (server, error) = blob(b"four", 3, b"four");
    assert_eq!(
        error.to_string(),
        format!(
            "the blob {} of `{}/team/fan:1.0.0` has 4 bytes; more than 3 are not taken",
            digest(b"four"),
            server.address
        )
    );
    assert!(
        server.requests.lock().unwrap().is_empty(),
        "it was not even asked for"
    );
    let (_, error) = blob(b"four", 100, b"more than four");
    assert!(
        matches!(
            error,
            RegistryError::TooLarge {
                size_bytes: 14,
                limit_bytes: 4,
                ..
            }
        ),
        "{error}"
    );
    let (_, error) = blob(b"long", 100, b"cut");
    assert!(
        error
            .to_string()
            .ends_with("ended after 3 of 4 bytes; the connection broke, try again"),
        "{error}"
    );
}

#[test]
fn a_manifest_without_end_is_not_read() {
    let (_, error) = pulled(|_| manifest(&[("Content-Length", "99999999999")], b"{"));
    assert!(
        error
            .to_string()
            .ends_with("has 99999999999 bytes; more than 4194304 are not taken"),
        "{error}"
    );
}

#[test]
fn what_is_not_there() {
    let body =
        br#"{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown\u001b[31m"}]}"#;
    let (server, error) = pulled(|_| answer("404 Not Found", &[], body));
    assert_eq!(
        error.to_string(),
        format!(
            "`{0}/team/fan:1.0.0` is not there; check the name and the tag, `{0}` answered: manifest unknown[31m",
            server.address
        )
    );
}

#[test]
fn nobody_answers() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let registry = free.local_addr().unwrap().to_string();
    drop(free);
    let mut client = Client::new(&registry, Transport::Safe, Environment::default()).unwrap();
    let reference: Reference = format!("{registry}/fan:1.0.0").parse().unwrap();
    let text = client.manifest(&reference).unwrap_err().to_string();
    assert!(
        text.starts_with(&format!("`{registry}` cannot be reached: ")),
        "{text}"
    );
    assert!(
        text.ends_with("; check the name, the network, and HTTPS_PROXY where there is a proxy"),
        "{text}"
    );
}

#[test]
fn a_registry_that_wants_to_know_who_asks() {
    let basic = |_: &Request| {
        answer(
            "401 Unauthorized",
            &[("WWW-Authenticate", "Basic realm=\"x\"")],
            b"",
        )
    };
    let (server, error) = pulled(basic);
    assert_eq!(
        error.to_string(),
        format!(
            "`{0}` wants to be asked as somebody for `team/fan`; log in with `docker login {0}` (or podman, skopeo, oras), or set WIRELOOM_REGISTRY, WIRELOOM_REGISTRY_USER and WIRELOOM_REGISTRY_PASSWORD",
            server.address
        )
    );
    let strange = |_: &Request| {
        answer(
            "401 Unauthorized",
            &[("WWW-Authenticate", "Negotiate")],
            b"",
        )
    };
    let (server, error) = pulled(strange);
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` does not speak the protocol of OCI registries: it asks for credentials in a way that is not known here; check that this is the registry's host",
            server.address
        )
    );
    let (server, error) = pulled(|_| answer("403 Forbidden", &[], b""));
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` does not let you pull `team/fan`; ask its owner for the right to, or correct the name",
            server.address
        )
    );
}

#[test]
fn a_registry_that_fails_is_quoted() {
    let (server, error) = pulled(|_| answer("503 Service Unavailable", &[], b"<html>"));
    assert_eq!(
        error.to_string(),
        format!(
            "`{0}` answered for `{0}/team/fan:1.0.0` with status 503: nothing more; try again, or ask its owner",
            server.address
        )
    );
}

/// A registry with a token server in the same place: anonymous tokens are given for `pull`.
fn with_tokens(request: &Request) -> Answer {
    let token = request.headers.get("authorization").map(String::as_str);
    if request.line.starts_with("GET /token?") {
        assert!(
            request
                .line
                .contains("scope=repository%3Ateam%2Ffan%3Apull"),
            "{}",
            request.line
        );
        return answer("200 OK", &[], br#"{"token": "t1"}"#);
    }
    match token {
        Some("Bearer t1") => manifest(&[], b"{}"),
        _ => {
            let host = &request.headers["host"];
            let challenge = format!(
                "Bearer realm=\"http://{host}/token\",service=\"s\",scope=\"repository:team/fan:pull\""
            );
            answer("401 Unauthorized", &[("WWW-Authenticate", &challenge)], b"")
        }
    }
}

#[test]
fn a_token_is_fetched_and_used() {
    let server = serve(with_tokens);
    let mut client = client(&server);
    let pulled = client.manifest(&reference(&server, ":1.0.0")).unwrap();
    assert_eq!(pulled, (MANIFEST_MEDIA_TYPE.to_owned(), b"{}".to_vec()));
    client.manifest(&reference(&server, ":1.0.1")).unwrap();
    // Refused, token, manifest; then the manifest at once.
    assert_eq!(server.requests.lock().unwrap().len(), 4);
}

#[test]
fn a_store_behind_a_registry_does_not_get_the_token() {
    let store = serve(|_| answer("200 OK", &[], b"blob"));
    let location = format!(
        "http://{}/stored",
        store.address.replace("127.0.0.1", "localhost")
    );
    let server = serve(move |request| match request.line.contains("/blobs/") {
        true if request.headers.contains_key("authorization") => {
            answer("307 Temporary Redirect", &[("Location", &location)], b"")
        }
        _ => with_tokens(request),
    });
    let descriptor = Descriptor {
        digest: digest(b"blob"),
        size_bytes: 4,
    };
    let mut heard = Vec::new();
    let bytes = client(&server)
        .blob(
            &reference(&server, ":1.0.0"),
            &descriptor,
            100,
            &mut |done, of| {
                heard.push((done, of));
                true
            },
        )
        .unwrap();
    assert_eq!(bytes, b"blob");
    assert_eq!(heard.last(), Some(&(4, 4)));
    let requests = store.requests.lock().unwrap();
    assert_eq!(requests.len(), 1);
    assert!(!requests[0].headers.contains_key("authorization"));
}

#[test]
fn a_transfer_ends_when_it_is_told_to() {
    let bytes = vec![7; 1 << 20];
    let body = bytes.clone();
    let server = serve(move |request| match request.line.split(' ').next() {
        Some("HEAD") => answer("404 Not Found", &[], b""),
        Some("POST") => answer(
            "202 Accepted",
            &[("Location", "/v2/team/fan/blobs/uploads/1")],
            b"",
        ),
        _ => answer("200 OK", &[], &body),
    });
    let descriptor = Descriptor {
        digest: digest(&bytes),
        size_bytes: bytes.len() as u64,
    };
    let reference = reference(&server, ":1.0.0");
    let pulled = client(&server).blob(&reference, &descriptor, 1 << 30, &mut |done, _| {
        done < 100_000
    });
    assert_eq!(pulled, Err(RegistryError::Cancelled));
    let pushed = client(&server).push_blob(&reference, &bytes, &mut |done, _| done < 100_000);
    assert_eq!(pushed, Err(RegistryError::Cancelled));
}

#[test]
fn packages_are_found_by_the_metadata_of_their_registry() {
    let server = serve(|request| match request.line.as_str() {
        "GET /.well-known/wasm-pkg/registry.json HTTP/1.1" => answer(
            "200 OK",
            &[],
            br#"{"oci": {"registry": "ghcr.io", "namespacePrefix": "webassembly/"}}"#,
        ),
        other => panic!("{other}"),
    });
    let package: PackageName = "wasi:clocks@0.2.0".parse().unwrap();
    let reference = package.resolve(&server.address, Transport::Safe).unwrap();
    assert_eq!(
        reference.to_string(),
        "ghcr.io/webassembly/wasi/clocks:0.2.0"
    );

    let server = serve(|_| answer("404 Not Found", &[], b""));
    let error = package
        .resolve(&server.address, Transport::Safe)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "`{0}` does not say where its packages are: `http://{0}/.well-known/wasm-pkg/registry.json` answers with status 404; use the reference of an OCI registry instead",
            server.address
        )
    );
    let server = serve(|_| answer("200 OK", &[], b"<html>"));
    let error = package
        .resolve(&server.address, Transport::Safe)
        .unwrap_err();
    assert!(error.to_string().contains("is not readable"), "{error}");
}
