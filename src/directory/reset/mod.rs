//! A forgotten password: asking for a link, and what its page does. Whoever asks is looked up by a worker, behind the
//! answer ([`Directory::work_on_requests`]), so that the answer tells nothing about who exists.

mod link;
mod redeem;
mod request;
#[cfg(test)]
mod tests;

use super::PasswordError;
use crate::domain::audit::Reason;
use crate::domain::language::Language;
use crate::domain::password_policy::Refusal;
use crate::domain::reset::{GrantEnd, ResetRequested};
use crate::domain::time::UnixTime;
use crate::secret::Secret;
use crate::store::Fail;
use crate::store::credentials::CredentialError;
use crate::store::resets::GrantError;

pub(super) use request::Requests;

/// Somebody asks for a new password.
#[derive(Clone, Debug)]
pub struct ResetRequest {
    /// A login or a mail address, as it was typed; [`MAX_IDENTIFIER`] bytes at most. People type passwords here too: it
    /// is kept in memory only, and not logged.
    pub identifier: Secret,
    /// Who asks.
    pub requested: ResetRequested,
}

/// What the page of a live link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLink {
    /// Whose password, by login.
    pub login: String,
    /// The language that the account names.
    pub language: Option<Language>,
    /// Until when the link works.
    pub expires_at: UnixTime,
    /// It is for their first password: they are new here.
    pub welcome: bool,
}

/// Why a link does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// There is no such link, it is for something else, or its account may not bind any more.
    Unknown,
    /// Its time is over.
    Expired,
    /// It ended before.
    Ended(GrantEnd),
    /// The store does not answer.
    Unavailable,
}

/// Why a link was not redeemed. It can be tried again unless it is [`RedeemError::Link`].
#[derive(Clone, Debug, PartialEq)]
pub enum RedeemError {
    /// The link does nothing.
    Link(LinkError),
    /// The settings do not offer this way.
    NotOffered,
    /// The chosen password is not good enough; the text says what to do.
    Policy(Refusal),
    /// More are waiting for a hash thread than the queue holds.
    Busy,
}

/// More requests are waiting than the queue holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl LinkError {
    /// What the audit says of it; none where nothing was refused.
    fn reason(self) -> Option<Reason> {
        match self {
            LinkError::Unknown => Some(Reason::UnknownLink),
            LinkError::Expired => Some(Reason::ExpiredLink),
            LinkError::Ended(_) => Some(Reason::EndedLink),
            LinkError::Unavailable => None,
        }
    }
}

impl From<GrantError> for LinkError {
    fn from(error: GrantError) -> LinkError {
        match error {
            GrantError::Unknown => LinkError::Unknown,
            GrantError::Expired => LinkError::Expired,
            GrantError::Ended(end) => LinkError::Ended(end),
        }
    }
}

impl From<Fail<LinkError>> for LinkError {
    fn from(fail: Fail<LinkError>) -> LinkError {
        fail.or(LinkError::Unavailable)
    }
}

impl From<LinkError> for RedeemError {
    fn from(error: LinkError) -> RedeemError {
        RedeemError::Link(error)
    }
}

impl From<GrantError> for RedeemError {
    fn from(error: GrantError) -> RedeemError {
        RedeemError::Link(error.into())
    }
}

impl From<CredentialError> for RedeemError {
    fn from(error: CredentialError) -> RedeemError {
        match error {
            CredentialError::Gone => RedeemError::Link(LinkError::Unknown),
            CredentialError::Changed => RedeemError::Busy,
        }
    }
}

impl From<PasswordError> for RedeemError {
    /// Of preparing a password, which asks nobody who may.
    fn from(error: PasswordError) -> RedeemError {
        match error {
            PasswordError::Policy(refusal) => RedeemError::Policy(refusal),
            PasswordError::Busy => RedeemError::Busy,
            PasswordError::NoSuchObject
            | PasswordError::Denied
            | PasswordError::BindFirst
            | PasswordError::OldRequired
            | PasswordError::Exists
            | PasswordError::Invalid(_) => RedeemError::Link(LinkError::Unknown),
            PasswordError::Unavailable => RedeemError::Link(LinkError::Unavailable),
        }
    }
}

impl From<Fail<RedeemError>> for RedeemError {
    fn from(fail: Fail<RedeemError>) -> RedeemError {
        fail.or_busy(RedeemError::Busy, RedeemError::Link(LinkError::Unavailable))
    }
}

/// Bytes of a login or mail address that is asked for: the longest address (RFC 5321 §4.5.3.1.3).
pub const MAX_IDENTIFIER: usize = 256;
