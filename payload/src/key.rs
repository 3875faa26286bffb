//! Keys: the pair that signs, the one that a device trusts, and the development key that everybody
//! has. Knows nothing of files or randomness: seeds come in.

use core::fmt;

use ed25519_compact::{KeyPair, Seed, Signature};

use crate::Hash;

/// What boot log and manifest say of payloads that are signed with the development key.
pub const DEVELOPMENT_MARK: &str =
    "DEVELOPMENT KEY: anybody can sign for this device; make a key with `wireloom keygen`";

/// The seed of the development key. It is public on purpose, and says so.
const DEVELOPMENT_SEED: [u8; 32] = *b"wireloom development key, public";

/// Its public key, so that a device need not compute it; a test holds it against the seed.
const DEVELOPMENT_KEY: [u8; 32] = [
    0xf2, 0xa1, 0x23, 0x8f, 0x0a, 0xa5, 0x8c, 0x74, 0xb3, 0xd6, 0x7e, 0xab, 0xca, 0xd2, 0x95, 0xd1,
    0x22, 0xe5, 0x88, 0xeb, 0x56, 0xd3, 0x9e, 0xec, 0x0b, 0x96, 0xdd, 0xc9, 0x18, 0x7e, 0x7a, 0x26,
];

/// The key that a device trusts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key that devices trust until they are given another one.
    pub const DEVELOPMENT: PublicKey = PublicKey(DEVELOPMENT_KEY);

    pub const fn new(bytes: [u8; 32]) -> PublicKey {
        PublicKey(bytes)
    }

    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether everybody can sign for it.
    pub fn is_development(&self) -> bool {
        *self == PublicKey::DEVELOPMENT
    }

    /// What a header names it by.
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, e, f, g, h, ..] = Hash::of(&self.0).0;
        KeyId([a, b, c, d, e, f, g, h])
    }

    pub(crate) fn accepts(&self, signed: &[u8], signature: &[u8; 64]) -> bool {
        let key = ed25519_compact::PublicKey::new(self.0);
        key.verify(signed, &Signature::new(*signature)).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Hash(self.0), f)
    }
}

/// First eight bytes of the SHA-256 of a public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The pair that signs payloads.
pub struct SigningKey(KeyPair);

impl fmt::Debug for SigningKey {
    /// Never the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}

impl SigningKey {
    /// The pair of a seed of 32 random bytes; a seed of zeros is refused, since no source of
    /// randomness gives one.
    pub fn from_seed(seed: [u8; 32]) -> Result<SigningKey, KeyError> {
        let pair = KeyPair::try_from_seed(Seed::new(seed)).map_err(|_| KeyError::Seed)?;
        Ok(SigningKey(pair))
    }

    /// The pair that everybody has.
    pub fn development() -> SigningKey {
        SigningKey(KeyPair::from_seed(Seed::new(DEVELOPMENT_SEED)))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.0.pk)
    }

    pub(crate) fn sign(&self, signed: &[u8]) -> [u8; 64] {
        *self.0.sk.sign(signed, None)
    }
}

/// Why a key could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the seed of the key is not random; make a key with `wireloom keygen`")]
    Seed,
    #[error(
        "this is not an ed25519 private key in PEM (`BEGIN PRIVATE KEY`, PKCS#8); make one with `wireloom keygen` or `openssl genpkey -algorithm ed25519`"
    )]
    Pem,
    #[error("the development key is no key of yours; make one with `wireloom keygen`")]
    Development,
}

#[cfg(feature = "pem")]
mod pem {
    use super::*;
    use alloc::string::String;

    impl SigningKey {
        /// The private key as PKCS#8 in PEM (RFC 8410), as openssl reads and writes it.
        pub fn to_pem(&self) -> String {
            self.0.sk.to_pem()
        }

        /// Reads [`SigningKey::to_pem`] or a key of `openssl genpkey -algorithm ed25519`.
        pub fn from_pem(text: &str) -> Result<SigningKey, KeyError> {
            let secret = ed25519_compact::SecretKey::from_pem(text).map_err(|_| KeyError::Pem)?;
            let key = SigningKey::from_seed(*secret.seed())?;
            match key.public().is_development() {
                true => Err(KeyError::Development),
                false => Ok(key),
            }
        }
    }

    impl PublicKey {
        /// The public key in PEM (RFC 8410), as openssl reads it.
        pub fn to_pem(&self) -> String {
            ed25519_compact::PublicKey::new(self.0).to_pem()
        }
    }
}
