//! Signing in on the pages: a bind by login or mail address that leaves a session behind. Not in charge of what one may
//! do then: each use case takes a [`Caller`](super::Caller) and looks.

use super::{BindError, Directory, PasswordError, Unavailable};
use crate::domain::audit::Source;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::secret::Secret;

/// A session that has begun.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser shows from now on: 256 random bits as base64url.
    pub token: Secret,
    /// Nothing but changing the password is allowed.
    pub must_change: bool,
}

/// Who shows a session's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub account: Id,
    /// Their login.
    pub login: String,
    /// Their name, as it is shown.
    pub name: String,
    /// The language that the account names.
    pub language: Option<Language>,
    /// Nothing but changing the password is allowed.
    pub must_change: bool,
}

impl Directory {
    /// Verifies `password` for a login or mail address, as a bind does: same throttle, same time, same answer for every
    /// reason. An address that several accounts share names nobody.
    ///
    /// # Errors
    /// As of [`Directory::bind`].
    pub async fn sign_in(&self, identifier: &str, password: Secret, source: Source) -> Result<SignedIn, BindError> {
        todo!()
    }

    /// Who shows `token`; none if the session is over, or its account may not bind any more.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn visitor(&self, token: &Secret) -> Result<Option<Visitor>, Unavailable> {
        todo!()
    }

    /// Ends the session of `token`.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn sign_out(&self, token: &Secret, source: Source) -> Result<(), Unavailable> {
        todo!()
    }

    /// Changes the password of `visitor`, who knows the `old` one. All their sessions end; a new one begins.
    ///
    /// # Errors
    /// As of [`Directory::change_password`].
    pub async fn change_own_password(
        &self,
        visitor: &Visitor,
        (old, new): (Secret, Secret),
        source: Source,
    ) -> Result<SignedIn, PasswordError> {
        todo!()
    }
}
