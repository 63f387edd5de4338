//! A forgotten password: asking for a link, and what its page does. Whoever asks is looked up by a worker, behind the
//! answer ([`Directory::work_on_requests`]), so that the answer tells nothing about who exists.

use tokio_util::sync::CancellationToken;

use super::Directory;
use crate::domain::audit::Source;
use crate::domain::language::Language;
use crate::domain::password_policy::Refusal;
use crate::domain::reset::{End, Requested};
use crate::domain::time::UnixTime;
use crate::secret::Secret;

/// Somebody asks for a new password.
#[derive(Clone, Debug)]
pub struct ResetRequest {
    /// A login or a mail address, as it was typed; [`MAX_IDENTIFIER`] bytes at most. People type passwords here too: it
    /// is kept in memory only, and not logged.
    pub identifier: Secret,
    /// Who asks.
    pub requested: Requested,
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
}

/// Why a link does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// There is no such link, it is for something else, or its account may not bind any more.
    Unknown,
    /// Its time is over.
    Expired,
    /// It ended before.
    Ended(End),
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

impl Directory {
    /// Takes a request down for the worker. Looks nothing up, does no I/O, never waits: the same for everybody.
    ///
    /// # Errors
    /// [`TooMany`], whoever it is for.
    pub fn request_reset(&self, request: ResetRequest) -> Result<(), TooMany> {
        todo!()
    }

    /// Resolves requests into mails of the outbox, until `stop`; what was taken down before is done first.
    pub async fn work_on_requests(&self, stop: CancellationToken) {
        todo!()
    }

    /// What the page of the link with `token` shows. Changes nothing, however often it is asked.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn reset_link(&self, token: &Secret) -> Result<ResetLink, LinkError> {
        todo!()
    }

    /// Sets the password that the owner of the link chose. In one commit: the grant is used up, the credential is in
    /// force, other grants and all sessions end, the throttle is cleared, the notice is queued, the audit is written.
    ///
    /// # Errors
    /// [`RedeemError`]; nothing has changed then.
    pub async fn redeem_with(&self, token: &Secret, password: Secret, source: Source) -> Result<(), RedeemError> {
        todo!()
    }

    /// Uses up the link for a generated password, which goes out by mail; until it has, the old one works.
    ///
    /// # Errors
    /// [`RedeemError`]; nothing has changed then.
    pub async fn redeem_for_generated(&self, token: &Secret, requested: Requested) -> Result<(), RedeemError> {
        todo!()
    }

    /// What the page of the "this was not me" link with `token` shows. Changes nothing.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn revoke_link(&self, token: &Secret) -> Result<ResetLink, LinkError> {
        todo!()
    }

    /// Takes a request back.
    ///
    /// # Errors
    /// [`LinkError`]; nothing has changed then.
    pub async fn revoke_reset(&self, token: &Secret, source: Source) -> Result<(), LinkError> {
        todo!()
    }
}

/// Bytes of a login or mail address that is asked for: the longest address (RFC 5321 §4.5.3.1.3).
pub const MAX_IDENTIFIER: usize = 256;
