//! Bind: is this the password of that entry?
//!
//! One answer for every reason, in the same time: a name that nobody has costs a hash and a counted failure
//! like a wrong password does, and a throttled name, known or not, is refused at once. How that is found out is in
//! `prove.rs`, and the same for a bind, for signing in on the pages and for the old password beside a new one.

mod candidate;
mod pending;
mod prove;

use super::Directory;
use crate::domain::audit::{AuditEvent, Reason, cut};
use crate::domain::caller::{Actor, Source};
use crate::domain::credential::{Verified, Verifier};
use crate::domain::dn::Dn;
use crate::domain::id::Id;
use crate::domain::password_policy;
use crate::domain::tree::TreePlace;
use crate::secret::Secret;
use crate::store::bonds::Bond;
use crate::store::{Fail, credentials};

pub(super) use candidate::called;
pub(super) use prove::{Asked, Attempt, Proved};

/// A bind that succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Who it is.
    pub actor: Actor,
    /// Nothing but a password change is allowed (ppolicy `changeAfterReset`).
    pub must_change: bool,
    /// What the connection hangs on ([`Directory::bond`]).
    pub bond: Bond,
}

/// Why a bind is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindError {
    /// Name, password, or the state of the account; what it is exactly is for the ppolicy control alone.
    Invalid(Hint),
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// What the password-policy response control may add to an invalidCredentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    None,
    /// `accountLocked`: throttled, the same for names that nobody has.
    Locked,
    /// `passwordExpired`: the right password of an expired account, or one that was good for a time only.
    Expired,
}

impl Directory {
    /// Verifies `password` for the entry `name`, from `source`. The caller's session is anonymous before it asks.
    ///
    /// # Errors
    /// [`BindError`]; never `Invalid` when the store or the hash threads did not answer.
    pub async fn bind(&self, name: &Dn, password: Secret, source: Source) -> Result<Bound, BindError> {
        let place = self.settings.tree.locate(name);
        let nobody = self.nobody(&place);
        let attempt = Attempt { asked: Asked::Bind(name), password: &password, source };
        let proved = self.prove(attempt, |view| candidate::at(view, &place, nobody)).await?;
        self.renew(&proved, attempt).await;
        let actor = proved.principal.actor();
        self.audit_from(actor, source, AuditEvent::BindSucceeded);
        Ok(Bound { actor, must_change: proved.principal.must_change(), bond: proved.bond })
    }

    /// Verifies that `password` is the one of `whom`, who is called `name`, as a bind would; gives what it was verified
    /// with.
    pub(super) async fn verify_password(&self, whom: Actor, name: &Dn, password: &Secret, source: Source) -> Result<Verifier, BindError> {
        let nobody = self.nobody(&TreePlace::Nowhere);
        let attempt = Attempt { asked: Asked::Bind(name), password, source };
        let proved = self.prove(attempt, |view| candidate::of_actor(view, whom, nobody)).await?;
        Ok(proved.credential.verifier)
    }

    /// A bind by the peer credentials of the Unix socket, over which the daemon knows only one who administers it.
    pub fn bind_peer(&self, source: Source, is_system: bool) -> Result<Bound, BindError> {
        if is_system {
            self.audit_from(Actor::System, source, AuditEvent::BindSucceeded);
            return Ok(Bound { actor: Actor::System, must_change: false, bond: Bond::default() });
        }
        self.refused_unseen(&Dn::root(), source, Reason::AccessDenied);
        Err(BindError::Invalid(Hint::None))
    }

    /// Writes down a bind that was refused before its password was looked at.
    pub fn refused_unseen(&self, name: &Dn, source: Source, reason: Reason) {
        self.write_refused_bind(name, None, source, reason);
    }

    /// Writes down a bind that was refused; with whose name it was, where that is known.
    fn write_refused_bind(&self, name: &Dn, target: Option<Id>, source: Source, reason: Reason) {
        self.audit_from(Actor::Anonymous, source, AuditEvent::BindRefused { name: cut(name.to_string()), reason, target });
    }

    /// Rewrites an imported or outdated credential as today's Argon2id. A bind does not fail because this did.
    pub(super) async fn renew(&self, proved: &Proved, attempt: Attempt<'_>) {
        if proved.verdict != Verified::Rehash {
            return;
        }
        let Ok(prepared) = password_policy::prepare(attempt.password.expose()) else { return };
        let Ok(verifier) = self.hasher.hash(attempt.source, prepared).await else { return };
        let (id, old) = (proved.principal.id(), proved.credential.verifier.clone());
        let written = self.store.run(move |view| credentials::rewrite(view, id, &old, verifier.clone())).await;
        if let Err(fault) = written as Result<(), Fail<credentials::CredentialError>> {
            tracing::warn!(account = %id, ?fault, "a credential was not rewritten; the next bind tries again");
        }
    }
}

/// A rule that only reads refuses nothing.
type Never = std::convert::Infallible;

#[cfg(test)]
mod tests;
