//! A generated password that is on its way by mail: the first use puts it in force, since whoever has it has the mail,
//! even if nobody has told us that the mail was taken.

use super::candidate::{Candidate, Principal, of_actor};
use super::prove::Attempt;
use super::{BindError, Never};
use crate::directory::{Caller, Directory};
use crate::domain::audit::AuditEvent;
use crate::domain::caller::Actor;
use crate::domain::credential::Verified;
use crate::domain::id::Id;
use crate::domain::outbox::PasswordWay;
use crate::store::credentials::{self, CredentialError};
use crate::store::resets::{self, Pending};
use crate::store::{Fail, Stop, View};

impl Directory {
    /// A second look at a password that is wrong and has the form of a generated one: it may be one that is on its way,
    /// or has come into force since the first look. It costs a second hash whoever it is for, so that the time does
    /// not tell for whom one is on its way; any other password costs one.
    pub(super) async fn verify_again(&self, attempt: Attempt<'_>, candidate: Candidate) -> Result<(Candidate, Verified), BindError> {
        let Some(Principal::Account(account)) = &candidate.principal else {
            let verdict = self.verify_with(&candidate, None, attempt).await?;
            return Ok((candidate, verdict));
        };
        let (whom, id) = (Actor::Account(account.id), account.id);
        let second = |view: &mut View<'_>| Ok((of_actor(view, whom, id)?, resets::pending(view, id)?));
        let (current, pending) = self.store.read(second).await.map_err(|_: Fail<Never>| BindError::Unavailable)?;
        match (current.set_since(&candidate), pending) {
            (false, Some(pending)) => {
                let verdict = self.verify_with(&candidate, Some(&pending.credential.verifier), attempt).await?;
                if verdict == Verified::No || current.fault(self.clock.now()).is_some() {
                    return Ok((candidate, Verified::No));
                }
                let verifier = pending.credential.verifier.clone();
                self.use_first(attempt, account.id, pending).await?;
                let current = self.store.read(|view| of_actor(view, whom, id)).await.map_err(|_| BindError::Unavailable)?;
                // It is in force now, or another took its place.
                let in_force = current.credential.as_ref().is_some_and(|credential| credential.verifier == verifier);
                Ok((current, if in_force { verdict } else { Verified::No }))
            }
            (true, _) => {
                let verdict = self.verify(&current, attempt).await?;
                Ok((current, verdict))
            }
            (false, None) => {
                let verdict = self.verify_with(&candidate, None, attempt).await?;
                Ok((candidate, verdict))
            }
        }
    }

    /// Puts `pending` in force, if it is still on its way.
    async fn use_first(&self, attempt: Attempt<'_>, id: Id, pending: Pending) -> Result<(), BindError> {
        let now = self.clock.now();
        let caller = Caller { actor: Actor::Account(id), source: attempt.source, must_change: false };
        let notice = self.notice(caller.actor, caller.source, PasswordWay::ResetGenerated);
        let queued = notice.clone();
        let rule = move |view: &mut View<'_>| {
            // Another one may have been minted for the same mail meanwhile.
            if resets::pending(view, id)?.is_none_or(|current| current.credential != pending.credential) {
                return Err(Stop::Rule(CredentialError::Changed));
            }
            credentials::activate_pending(view, id, pending.mail, now)?;
            queued.queue(view, id)
        };
        match self.once(&caller, vec![AuditEvent::PasswordChanged { target: id }], rule).await {
            Ok(()) => {
                self.notified(&notice);
                Ok(())
            }
            // What holds now is looked at next.
            Err(Fail::Rule(CredentialError::Gone | CredentialError::Changed)) => Ok(()),
            Err(Fail::Conflict | Fail::Unknown | Fail::Down) => Err(BindError::Unavailable),
        }
    }
}
