//! A forgotten password: the grant that a mailed link stands for, what may become of it, and how often one may ask.
//! Pure transitions, with the time as an argument.
//!
//! `requested -> mailed(digest, expires) -> redeemed | expired | superseded | revoked`

mod rate;
mod resets;

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::caller::Source;
use super::id::Id;
use super::language::Language;
use super::throttle::neighbourhood;
use super::time::UnixTime;
use crate::secret::Secret;

pub use rate::{Allowance, Rate, RateVerdict};
pub use resets::{Digests, LinkGrants, Resets, Validity};

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
pub struct ResetRequested {
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

/// What a mailed link stands for, stored under the digest of its token. How long it is valid is said by the [`Resets`]
/// of its account, which list it as long as nothing has taken its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResetGrant {
    /// Whose password.
    pub account: Id,
    /// What for.
    pub purpose: Purpose,
    /// Where it was mailed to, as the account had it then. A generated password goes to the same place: whoever cannot
    /// sign in may be unable to read their other mail.
    pub address: String,
    /// When it was minted.
    pub minted_at: UnixTime,
    /// How it ended; none while it lives, and if something took its place.
    pub end: Option<GrantEnd>,
}

/// How a grant ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantEnd {
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
    /// It works until then.
    Live(UnixTime),
    /// Its time is over.
    Expired,
    /// It ended before.
    Ended(GrantEnd),
}

impl ResetGrant {
    /// Whether nobody needs to be told any more how it ended, so that it may be purged.
    pub fn is_over(&self, now: UnixTime) -> bool {
        now.since(self.minted_at) >= GRANT_KEPT
    }
}

/// The network that counts as one source: an IPv4 address, or the /64 of an IPv6 address, as 16 bytes (IPv4 mapped).
/// What comes from this machine's socket counts as one.
pub fn network(source: Source) -> [u8; 16] {
    match neighbourhood(source) {
        Source::Address(IpAddr::V4(address)) => address.to_ipv6_mapped().octets(),
        Source::Address(IpAddr::V6(address)) => address.octets(),
        Source::Socket(_) | Source::Internal => [0; 16],
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
pub struct ResetLimits {
    /// Requests for one account in an hour.
    pub per_account: usize,
    /// The least time between two of them.
    pub cool_down: Duration,
    /// Requests from one source in [`ResetLimits::source_window`].
    pub per_source: usize,
    /// The window of [`ResetLimits::per_source`].
    pub source_window: Duration,
    /// Mails in an hour, whoever they are for.
    pub mails_an_hour: usize,
}

/// What an administrator decides about resets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetSettings {
    /// How long a link is valid.
    pub token_ttl: Duration,
    /// How long the link of an invitation is.
    pub invitation_ttl: Duration,
    /// How long an address that its owner has changed gets no link; zero: it may at once.
    pub new_address_wait: Duration,
    /// What becomes of a generated password.
    pub generated: Generated,
    /// Whether the link's page offers a generated password.
    pub offers_generated: bool,
    /// Whether it lets people choose one.
    pub offers_chosen: bool,
    /// How often it may be asked for.
    pub limits: ResetLimits,
}

impl ResetLimits {
    /// What one account may ask for.
    pub fn of_account(&self) -> Allowance {
        Allowance { most: self.per_account, window: HOUR, apart: self.cool_down }
    }

    /// What one source may ask for.
    pub fn of_source(&self) -> Allowance {
        Allowance { most: self.per_source, window: self.source_window, apart: Duration::ZERO }
    }

    /// What everybody may ask for together.
    pub fn of_everybody(&self) -> Allowance {
        Allowance { most: self.mails_an_hour, window: HOUR, apart: Duration::ZERO }
    }
}

impl Default for ResetLimits {
    fn default() -> ResetLimits {
        ResetLimits {
            per_account: 3,
            cool_down: Duration::from_secs(120),
            per_source: 30,
            source_window: Duration::from_secs(600),
            mails_an_hour: 1000,
        }
    }
}

impl Default for ResetSettings {
    fn default() -> ResetSettings {
        ResetSettings {
            token_ttl: Duration::from_secs(3600),
            invitation_ttl: Duration::from_secs(86_400),
            new_address_wait: Duration::from_secs(86_400),
            generated: Generated { must_change: false, good_for: None },
            offers_generated: true,
            offers_chosen: true,
            limits: ResetLimits::default(),
        }
    }
}

/// How long a grant is kept, so that whoever comes back with an old link reads what became of it: a week behind the
/// longest time that a link may be valid, [`LONGEST_TTL`].
const GRANT_KEPT: Duration = Duration::from_secs(14 * 86_400);

/// The longest time that a link may be valid: an invitation's.
pub const LONGEST_TTL: Duration = Duration::from_secs(7 * 86_400);

/// The longest time that a new address may have to wait.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30 * 86_400);

const HOUR: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_ipv4_address_or_a_64() {
        let network = |text: &str| network(Source::Address(text.parse().unwrap()));
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff:2", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            assert_eq!(network(one) == network(other), same, "{one} {other}");
        }
        assert_eq!(super::network(Source::Socket(0)), super::network(Source::Socket(1000)));
    }

    #[test]
    fn a_token_and_its_digest_belong_together() {
        let digest = |text: &str| TokenDigest::of(&Secret::new(text.as_bytes()));
        assert_eq!(digest("one"), digest("one"));
        assert_ne!(digest("one"), digest("other"));
    }
}
