//! A forgotten password: the grant that a mailed link stands for, what may become of it, and how often one may ask.
//! Pure transitions, with the time as an argument.
//!
//! `requested -> mailed(digest, expires) -> redeemed | expired | superseded | revoked`

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::audit::Source;
use super::id::Id;
use super::language::Language;
use super::time::UnixTime;
use crate::secret::Secret;

/// What is stored of a token: its SHA-256. The token has 256 random bits and needs no stretching (OWASP ASVS 6.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenDigest(pub [u8; 32]);

impl TokenDigest {
    /// The digest of `token`, as it stands in the link.
    pub fn of(token: &Secret) -> TokenDigest {
        TokenDigest(Sha256::digest(token.expose()).into())
    }
}

/// Who asked for a new password, as the mail tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// When.
    pub at: UnixTime,
    /// From where.
    pub source: Source,
    /// The language of the page that was used, for accounts that name none.
    pub language: Language,
}

/// What a token may be used for; one of another purpose is no token at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Setting a new password.
    Reset,
    /// Taking back the request ("this was not me").
    Revoke,
}

/// What a mailed link stands for, stored under the digest of its token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResetGrant {
    /// Whose password.
    pub account: Id,
    /// What for.
    pub purpose: Purpose,
    /// Where the link was mailed to, as the account had it. A generated password goes to the same place: whoever cannot
    /// sign in may be unable to read their other mail.
    pub address: String,
    /// From when on it is worth nothing. The hour runs from the moment the relay takes the mail.
    pub expires_at: UnixTime,
    /// How it ended; none while it lives.
    pub end: Option<End>,
}

/// How a grant ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It was used.
    Redeemed,
    /// A newer one, or a new password, took its place.
    Superseded,
    /// Its owner took it back.
    Revoked,
}

/// What is to be said of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Live,
    /// Its time is over.
    Expired,
    /// It ended before.
    Ended(End),
}

impl ResetGrant {
    /// What it is worth at `now`.
    pub fn standing(&self, now: UnixTime) -> Standing {
        match self.end {
            Some(end) => Standing::Ended(end),
            None if self.expires_at <= now => Standing::Expired,
            None => Standing::Live,
        }
    }
}

/// A generated password that is on its way by mail: stored, but not in force before the relay has taken the mail or
/// somebody binds with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// Whether it must be changed at the next sign-in.
    pub must_change: bool,
    /// How long it is good for once it is in force; for ever if none.
    pub good_for: Option<Duration>,
}

/// How often a new password may be asked for. Silent: nobody is told that it was too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests for one account in an hour.
    pub per_account: usize,
    /// The least time between two of them.
    pub cool_down: Duration,
    /// Requests from one source in [`Limits::source_window`].
    pub per_source: usize,
    /// The window of [`Limits::per_source`].
    pub source_window: Duration,
    /// Mails in an hour, whoever they are for.
    pub mails_an_hour: usize,
}

/// What an administrator decides about resets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long a link is valid.
    pub token_ttl: Duration,
    /// What becomes of a generated password.
    pub generated: Generated,
    /// Whether the link's page offers a generated password.
    pub offers_generated: bool,
    /// Whether it lets people choose one.
    pub offers_chosen: bool,
    /// How often it may be asked for.
    pub limits: Limits,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            per_account: 3,
            cool_down: Duration::from_secs(120),
            per_source: 30,
            source_window: Duration::from_secs(600),
            mails_an_hour: 1000,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            token_ttl: Duration::from_secs(3600),
            generated: Generated { must_change: false, good_for: None },
            offers_generated: true,
            offers_chosen: true,
            limits: Limits::default(),
        }
    }
}
