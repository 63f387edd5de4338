//! Stored verifiers of passwords and secrets.

use serde::{Deserialize, Serialize};

use super::time::UnixTime;

/// What is stored to verify a password or a service's secret. It is never shown to anybody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// How it is verified.
    pub verifier: Verifier,
    /// When it was set.
    pub set_at: UnixTime,
}

/// The kinds of [`Credential`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verifier {
    /// An Argon2id PHC string.
    Argon2id(String),
    /// The SHA-256 digest of a generated 256-bit secret, which needs no stretching.
    SecretDigest([u8; 32]),
    /// What another directory stored, `{SCHEME}...`, until the first success rewrites it.
    Imported(String),
}

/// The answer of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// It is the password.
    Yes,
    /// It is the password, and the credential is to be rewritten with today's parameters.
    Rehash,
    /// It is not.
    No,
}
