//! What a registry asks for before it answers: a password (RFC 7617) or a token of a token server
//! (the CNCF Distribution project's "Token Authentication Specification"). Knows no repositories.

use crate::{Credential, RegistryError, connection::Connection, credentials::Found};
use serde::Deserialize;
use std::collections::BTreeMap;

/// More than a token needs.
const LIMIT_BYTES: u64 = 1 << 20;

/// A `WWW-Authenticate` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    Basic,
    Bearer {
        realm: String,
        /// `service`, `scope`.
        query: Vec<(String, String)>,
    },
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// The first challenge that is understood.
pub(crate) fn challenge<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    headers.into_iter().find_map(parse)
}

fn parse(header: &str) -> Option<Challenge> {
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut parameters = parameters(rest);
    let realm = parameters.remove("realm")?;
    let query = ["service", "scope"].into_iter();
    Some(Challenge::Bearer {
        realm,
        query: query
            .filter_map(|name| Some((name.to_owned(), parameters.remove(name)?)))
            .collect(),
    })
}

/// `a="1",b="2, 3"`; a scope holds commas inside its quotes.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        let name = name.trim_matches([' ', ',']).to_ascii_lowercase();
        found.insert(name, value.to_owned());
        rest = after;
    }
    found
}

/// The value of an `Authorization` header that meets a challenge.
pub(crate) fn authorization(
    connection: &Connection,
    challenge: &Challenge,
    found: Option<&Found>,
    repository: &str,
) -> Result<String, RegistryError> {
    let unauthorised = || RegistryError::Unauthorised {
        registry: connection.registry.clone(),
        repository: repository.to_owned(),
    };
    match challenge {
        Challenge::Basic => found
            .and_then(|found| found.credential.basic())
            .ok_or_else(unauthorised),
        Challenge::Bearer { realm, query } => token(connection, realm, query, found, repository),
    }
}

fn token(
    connection: &Connection,
    realm: &str,
    query: &[(String, String)],
    found: Option<&Found>,
    repository: &str,
) -> Result<String, RegistryError> {
    let registry = connection.registry.clone();
    // A password must not leave in the clear because an answer says so.
    if !connection.is_plain && !realm.starts_with("https://") {
        return Err(RegistryError::Tls {
            registry,
            reason: "its token server has an address without TLS".to_owned(),
        });
    }
    let pairs = query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let response = match found.map(|found| &found.credential) {
        Some(Credential::IdentityToken(token)) => {
            let form = pairs.chain([
                ("grant_type", "refresh_token"),
                ("client_id", "wireloom"),
                ("refresh_token", token.as_str()),
            ]);
            connection.agent.post(realm).send_form(form)
        }
        credential => {
            let mut request = connection.agent.get(realm).query_pairs(pairs);
            if let Some(basic) = credential.and_then(Credential::basic) {
                request = request.header("Authorization", basic);
            }
            request.call()
        }
    };
    let response = response.map_err(|error| connection.error(error))?;
    match (response.status().as_u16(), found) {
        (200, _) => {}
        (400..=403, Some(found)) => {
            return Err(RegistryError::Refused {
                registry,
                source_name: found.source_name.clone(),
            });
        }
        (400..=403, None) => {
            return Err(RegistryError::Unauthorised {
                registry,
                repository: repository.to_owned(),
            });
        }
        (status, _) => {
            return Err(RegistryError::Protocol {
                registry,
                reason: format!("its token server answered with status {status}"),
            });
        }
    }
    let text = response
        .into_body()
        .into_with_config()
        .limit(LIMIT_BYTES)
        .read_to_vec()
        .map_err(|error| connection.error(error))?;
    let answer: Option<Token> = serde_json::from_slice(&text).ok();
    answer
        .and_then(|answer| answer.token.or(answer.access_token))
        .map(|token| format!("Bearer {token}"))
        .ok_or_else(|| RegistryError::Protocol {
            registry,
            reason: "its token server gave no token".to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_with_commas_is_one_parameter() {
        let header = r#"Bearer realm="https://auth.example/token",service="r.example",scope="repository:team/fan:pull,push""#;
        let query = [
            ("service", "r.example"),
            ("scope", "repository:team/fan:pull,push"),
        ];
        assert_eq!(
            challenge([header].into_iter()),
            Some(Challenge::Bearer {
                realm: "https://auth.example/token".to_owned(),
                query: query
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .to_vec(),
            })
        );
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let headers = ["Negotiate", "Digest realm=\"x\"", "basic realm=\"y\""];
        assert_eq!(challenge(headers.into_iter()), Some(Challenge::Basic));
        assert_eq!(challenge(["Bearer service=\"x\""].into_iter()), None);
        assert_eq!(challenge([""].into_iter()), None);
    }
}
