//! Stored verifiers of passwords and secrets: how they are read, made and verified.
//!
//! Verifying is pure computing and may take tens of milliseconds and megabytes: it is done on the hash threads
//! (`directory::hasher`), which lend the [`Memory`].

mod argon2id;
mod crypt;
mod imported;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::time::UnixTime;
use crate::secret::Secret;

pub use argon2::Block;
pub use argon2id::Cost;
pub use imported::{StoredForm, is_import, stored_form};

/// What is stored to verify a password or a service's secret. It is never shown to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// How it is verified.
    pub verifier: Verifier,
    /// When it was set.
    pub set_at: UnixTime,
    /// From when on it verifies nothing any more; none: it is good for ever.
    pub good_until: Option<UnixTime>,
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

/// Who lends the blocks that Argon2 computes in.
pub trait Memory {
    /// At least `count` blocks of 1 KiB with any contents; none if there is no memory.
    fn blocks(&mut self, count: usize) -> Option<&mut [Block]>;
}

/// There is no memory to compute in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// Why a stored verifier cannot be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is not `{SCHEME}...` nor `$argon2...`.
    #[error("not a stored verifier: give the password itself, or a value like {{SSHA}}...")]
    NotAVerifier,
    /// A scheme that is not verified here.
    #[error("a scheme that is not supported: set a new password instead")]
    Unsupported,
    /// It is not written as its scheme asks.
    #[error("malformed for its scheme: export it again, or set a new password")]
    Malformed,
    /// More than Argon2 m=65536 t=10 p=4, bcrypt 14, SHA-crypt 500,000 rounds, PBKDF2 2,000,000 iterations, or yescrypt
    /// 64 MiB.
    #[error("asks for more work than is allowed: set a new password instead")]
    TooCostly,
}

impl Verifier {
    /// Takes over what another directory stored: `{SSHA}`, `{SHA}`, `{SMD5}`, `{MD5}`, `{SSHA256}` ... `{SHA512}`,
    /// `{CRYPT}` with `$5$`, `$6$`, `$2a$`, `$2b$`, `$2y$` or `$y$`, `{PBKDF2}`, `{PBKDF2-SHA1}`, `{PBKDF2-SHA256}`,
    /// `{PBKDF2-SHA512}`, `{ARGON2}`, or a bare `$argon2...`.
    ///
    /// # Errors
    /// If it is none of these, is malformed, or asks for more work than [`ImportError::TooCostly`] says.
    pub fn import(text: &str) -> Result<Verifier, ImportError> {
        imported::import(text)
    }

    /// The verifier of `password`, prepared, with `salt` at `cost`.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn argon2id(password: &Secret, salt: &[u8; 16], cost: Cost, memory: &mut impl Memory) -> Result<Verifier, NoMemory> {
        argon2id::hash(password.expose(), salt, cost, memory).map(Verifier::Argon2id)
    }

    /// The verifier of a generated secret ([`crate::secret::generated_service_secret`]); of nothing that a person
    /// chose.
    pub fn secret_digest(secret: &Secret) -> Verifier {
        Verifier::SecretDigest(Sha256::digest(secret.expose()).into())
    }

    /// Whether `password`, prepared, is the one. What cannot be read verifies nothing. Compares in constant time.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn verify(&self, password: &Secret, today: Cost, memory: &mut impl Memory) -> Result<Verified, NoMemory> {
        match self {
            Verifier::Argon2id(phc) => argon2id::verify(phc, password.expose(), today, memory),
            Verifier::SecretDigest(_) => Ok(self.verify_secret(password)),
            Verifier::Imported(text) => {
                let verified = imported::verify(text, password.expose(), memory)?;
                Ok(if verified { Verified::Rehash } else { Verified::No })
            }
        }
    }

    /// Whether `secret` is the generated one; a matter of microseconds. A verifier of another kind says no.
    pub fn verify_secret(&self, secret: &Secret) -> Verified {
        match self {
            Verifier::SecretDigest(digest) if bool::from(Sha256::digest(secret.expose()).ct_eq(digest)) => Verified::Yes,
            Verifier::SecretDigest(_) | Verifier::Argon2id(_) | Verifier::Imported(_) => Verified::No,
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Verifier::Argon2id(_) => "Argon2id(…)",
            Verifier::SecretDigest(_) => "SecretDigest(…)",
            Verifier::Imported(_) => "Imported(…)",
        })
    }
}

/// A decimal number without sign and leading zeros.
fn number(digits: &str) -> Result<u32, ImportError> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() && (digits == "0" || !digits.starts_with('0'));
    if !plain {
        return Err(ImportError::Malformed);
    }
    // Only digits: what does not fit is too large.
    digits.parse().map_err(|_| ImportError::TooCostly)
}

#[cfg(test)]
mod tests;
